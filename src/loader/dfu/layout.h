/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory that an alternate setting of a DfuSe device stands for, as its string describes it
 * (UM0290, UM0424; protocol notes: "Interface string grammar"):
 *
 *	@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg
 *
 * A name, then zones: an address and COUNT*SIZE UNIT TYPE for each run of pages. Devices take
 * liberties with it, which are taken here too: blanks anywhere, control characters, no unit, no type
 * (taken as readable and writable), upper-case letters, addresses of fewer digits.
 */
#ifndef BOOTPIN_DFU_LAYOUT_H
#define BOOTPIN_DFU_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chip/geometry.h"

#define LAYOUT_SEGMENTS_MAX GEOMETRY_MAX
#define LAYOUT_NAME_MAX 32

/* What may be done with a page: the low bits of its type letter. */
enum layout_right {
	LAYOUT_READ = 1u << 0,
	LAYOUT_ERASE = 1u << 1,
	LAYOUT_WRITE = 1u << 2,
};

struct layout_segment {
	uint32_t addr;
	uint32_t page_size, count;	/* both over 0; it ends within the address space */
	unsigned int rights;		/* enum layout_right */
};

struct layout {
	char name[LAYOUT_NAME_MAX];	/* "Internal Flash", cut where the member ends */
	size_t count;			/* 1 to LAYOUT_SEGMENTS_MAX */
	struct layout_segment segment[LAYOUT_SEGMENTS_MAX];
};

/* Returns 0, or -1 if @text is no layout; *@l is then undefined. */
int layout_parse(const char *text, struct layout *l);

/* First address and first address behind all of it; the latter may be 2^32. */
uint32_t layout_start(const struct layout *l);
uint64_t layout_end(const struct layout *l);

/*
 * The first address of [@addr, @end) whose page lacks one of @rights, or that is in no page where
 * @strict; *@page_end is then the first address behind that page. Returns false if there is none.
 */
bool layout_lacks(const struct layout *l, uint32_t addr, uint64_t end, unsigned int rights,
		  bool strict, uint32_t *at, uint64_t *page_end);

/*
 * The same as the pages of a chip, numbered from 0. Returns 0, or -1 if its segments do not ascend
 * or reach the end of the address space.
 */
int layout_geometry(const struct layout *l, struct geometry *g);

#endif
