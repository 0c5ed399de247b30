/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages that are blank need no erase: the chip's own sums tell which are, where it can sum up its
 * memory and that is quicker than to erase them. A chip whose first page holds firmware is not
 * looked at by the routine in RAM.
 */
#ifndef BOOTPIN_BLANK_PAGES_H
#define BOOTPIN_BLANK_PAGES_H

#include "session/session.h"

/*
 * Sets @blank of each of @pages that is known to be blank, and leaves it for the others. Nothing is
 * changed on the chip. -1 with @e set only if the job cannot go on.
 */
int blank_pages(struct session *s, const struct page *pages, size_t count, bool *blank,
		struct err *e);

#endif
