/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading, writing and erasing over DFU, with what it takes to be sure: a transfer that failed is
 * tried again, and what a doubtful write has left is looked at. The protocol reports neither write
 * protection nor skipped work, so that success is no proof (protocol notes: "State machine").
 *
 * Errors are those of loader.h. ERR_PROTECTED only if memory_is_protected says so.
 */
#ifndef BOOTPIN_DFU_MEMORY_H
#define BOOTPIN_DFU_MEMORY_H

#include "loader/dfu/transfer.h"

/*
 * Read-out protection shows as dfuERROR with errVENDOR on UPLOAD of flash, twice, on a bootloader
 * that lists Read Unprotect. A transfer that fails shows nothing: some chips fail at random behind
 * fast host controllers (AN2606, USB DFU). 1 it is, 0 not, -1 with @e set.
 */
int memory_is_protected(struct dfu *d, struct err *e);

/* Reads up to the transfer size of bytes. @twice: until two successive answers agree. */
int memory_read(struct dfu *d, uint32_t addr, uint8_t *buf, size_t len, bool twice,
		struct err *e);

/* As loader_ops.write. */
int memory_write(struct dfu *d, uint32_t addr, const uint8_t *buf, size_t len, uint8_t blank,
		 nsec_t work, enum loader_written *how, struct err *e);

/* One page, of @size bytes; sets loader.refused and loader.under_way. */
int memory_erase(struct dfu *d, uint32_t addr, uint32_t size, struct err *e);

/* All flash. */
int memory_erase_all(struct dfu *d, nsec_t work, struct err *e);

/* Where flash begins. */
uint32_t memory_flash_start(const struct dfu *d);

/* An error that another try may mend. */
bool memory_may_retry(const struct err *e);

/* The condition of a last try becomes an exit status. Returns -1. */
int memory_give_up(struct err *e, unsigned int tries);

#endif
