/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --patch ADDR=TYPE:VALUE: data of one unit, as a serial number, that are put over the image.
 *
 * Types: hex (pairs of digits), u8, u16, u32 and u64 (a number, little endian as the chips have it),
 * str (the characters as they are, without a NUL behind them).
 */
#ifndef BOOTPIN_PATCH_H
#define BOOTPIN_PATCH_H

#include <stddef.h>
#include <stdint.h>

#include "image/image.h"
#include "report/report.h"

struct patch {
	const char *text;		/* as it was given; the caller's */
	uint32_t addr, len;		/* len > 0; addr + len <= 2^32 */
	uint8_t *data;
};

struct patches {
	struct patch *item;		/* in the order in which they were given */
	size_t count;
};

/*
 * Adds the patch that @text describes, which must outlive @all. ERR_USAGE: it is none, its value does
 * not fit its type, or it overlaps another one; ERR_OTHER: there is no memory.
 */
int patches_add(struct patches *all, const char *text, struct err *e);
void patches_free(struct patches *all);

/*
 * Puts all of them over @img, and tells @r where each went: over the image, beside it, or both. After
 * a failure (ERR_OTHER, ERR_IMAGE) @img may have some of them.
 */
int patches_apply(const struct patches *all, struct image *img, struct report *r, struct err *e);

#endif
