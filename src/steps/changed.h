/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --only-changed: the pages that hold the image already are neither erased nor written.
 *
 * The chip's own sums tell where it can sum up its memory: by a routine in RAM, a sum a page, or by
 * its bootloader's Get Checksum; else pages are read. Two different pages have the same sum once in
 * four thousand millions.
 */
#ifndef BOOTPIN_CHANGED_H
#define BOOTPIN_CHANGED_H

#include "image/image.h"
#include "job/plan.h"
#include "session/session.h"

/*
 * Takes off @p the pages in which flash holds all bytes of @img, and adds these bytes to
 * *@unchanged. Nothing is changed on the chip.
 */
int changed_pages(struct session *s, const struct image *img, struct plan *p, uint64_t *unchanged,
		  struct err *e);

#endif
