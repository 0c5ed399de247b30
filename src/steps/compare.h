/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory compared with what it should hold.
 */
#ifndef BOOTPIN_COMPARE_H
#define BOOTPIN_COMPARE_H

#include "session/session.h"

/* --compare: ERR_VERIFY with the first address that differs. */
int step_compare(struct session *s, struct err *e);

/*
 * Compares what the chip holds at @addr with @want; a difference is believed when it is read
 * twice. *differs is the offset of the first, or @len. @len: at most the loader's read_max.
 */
int compare_block(struct session *s, uint32_t addr, const uint8_t *want, uint32_t len,
		  uint32_t *differs, uint8_t *found, struct err *e);

#endif
