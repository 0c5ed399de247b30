/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The suffix that tools for USB DFU put behind a file (DFU 1.1, appendix B): 16 bytes or more,
 * which end with "UFD", their own length and a CRC-32 of all that is before it.
 */
#ifndef BOOTPIN_DFU_SUFFIX_H
#define BOOTPIN_DFU_SUFFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dfu_suffix {
	DFU_SUFFIX_NONE,
	DFU_SUFFIX_GOOD,
	DFU_SUFFIX_BAD,			/* it is there, and its CRC-32 is wrong */
};

/* Looks for one at the end of @data. *@body: bytes before it, where it is good. */
enum dfu_suffix dfu_suffix_find(const uint8_t *data, size_t len, size_t *body);

/* For which device a file is, as its suffix says. */
#define DFU_ANY_ID 0xFFFFu

struct dfu_ids {
	uint16_t vid, pid;		/* DFU_ANY_ID: for any */
};

/* Takes them from the end of @data. False where there is no good suffix. */
bool dfu_suffix_ids(const uint8_t *data, size_t len, struct dfu_ids *ids);

#endif
