/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Option bytes over DFU: a block of memory that is written whole, behind which the chip resets
 * itself. Protecting the chip against reading is such a write (AN2662, Write Memory to option bytes;
 * protocol notes: "Option bytes", "Read protection").
 */
#ifndef BOOTPIN_DFU_OPTBLOCK_H
#define BOOTPIN_DFU_OPTBLOCK_H

#include "loader/dfu/memory.h"

/* May a block of @len bytes be written? ERR_ABILITY. */
int optblock_check(const struct dfu *d, uint32_t len, struct err *e);

/* Writes the block at @addr, and waits until the chip has left. As loader_ops.write_options. */
int optblock_write(struct dfu *d, uint32_t addr, const uint8_t *buf, size_t len, nsec_t work,
		  struct err *e);

/* Is it known where read-out protection is set? ERR_ABILITY. */
int optblock_can_lock(const struct dfu *d, struct err *e);

/* Read-out protection level 1, and never another: it can be lifted. */
int optblock_lock(struct dfu *d, nsec_t work, struct err *e);

#endif
