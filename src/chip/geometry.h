/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the flash of a chip is divided into pages, and what a page is called by its bootloader.
 */
#ifndef BOOTPIN_GEOMETRY_H
#define BOOTPIN_GEOMETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* How the flash of one chip is divided. */
struct flash_region {
	uint32_t addr;
	uint32_t page_size;
	uint32_t count;
	uint32_t first_page;		/* meaningless if unnumbered */
	bool unnumbered;		/* the ROM's page numbers are not known here: no erase */
};

#define GEOMETRY_MAX 16
struct geometry {
	struct flash_region region[GEOMETRY_MAX];
	size_t count;
};

/*
 * Parses "4x16K+1x64K+7x128K": regions of COUNTxSIZE, joined by '+', page numbers and addresses
 * going on from region to region. A region may begin with "@ADDR:" (starts there instead) and
 * "#N:" (numbers start there) or "#?:" (numbers not known), in this order:
 * "64x2K+@0x08040000:#?:64x2K". Sizes are bytes, or KB with K. At most @kb KB are kept (0: all), in
 * whole pages. Regions ascend and do not overlap.
 * Returns 0, or -1 with @e set (ERR_USAGE).
 */
int geometry_parse(const char *layout, uint32_t start, uint32_t kb, struct geometry *g,
		   struct err *e);

struct page {
	uint32_t number;		/* 0 if it is not known */
	uint32_t addr, size;
	bool unnumbered;
};

/* The page that holds @addr. Returns 0, or -1 if @addr is in no page. */
int geometry_page_at(const struct geometry *g, uint32_t addr, struct page *p);

/* The page with this number, unnumbered ones left out. Returns 0, or -1 if there is none. */
int geometry_page(const struct geometry *g, uint32_t number, struct page *p);

/* First address after the last page. */
uint32_t geometry_end(const struct geometry *g);

/* Number of pages in all regions. */
uint32_t geometry_pages(const struct geometry *g);

/* The hole between two regions that @addr lies in, and its bounds (end exclusive). False: in none. */
bool geometry_hole_at(const struct geometry *g, uint32_t addr, uint32_t *start, uint32_t *end);

#endif
