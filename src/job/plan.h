/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A plan: the pages that a job erases on one particular chip, the blocks that it writes, and the
 * bytes outside the image that share its pages.
 *
 * Pure computation: nothing is sent. All that needs the chip's identity is refused here, before
 * the first change (exit 3 for an image that does not fit, 9 for what this chip cannot do).
 */
#ifndef BOOTPIN_PLAN_H
#define BOOTPIN_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "image/image.h"
#include "job/range.h"
#include "job/request.h"
#include "target/target.h"

struct block {
	/* as long as a write may be at most; both are multiples of the write unit in flash */
	uint32_t addr, len;
	enum area area;
	uint32_t bytes;		/* of the content, without what fills up the block */
};

struct plan {
	struct page *pages;	/* to be erased, ascending */
	size_t page_count;
	bool mass_erase;	/* the whole flash instead */
	struct block *blocks;	/* to be written, ascending */
	size_t block_count, block_room;
	uint64_t write_bytes;	/* of the content, in blocks */
	uint64_t blank_bytes;	/* left out, since an erased page holds them already */
	uint64_t beside_bytes;	/* in the pages, but not in the image */
	uint8_t erased;
};

/* The range that -S, or -s and -e, name on this chip; without them the flash. ERR_ABILITY. */
int plan_range(const struct request *o, const struct target *t, struct range *range, struct err *e);

/* Where a raw file goes that nothing else places: page -s, else the start of flash. ERR_ABILITY. */
int plan_base(const struct request *o, const struct target *t, uint32_t *base, struct err *e);

/*
 * Every byte of @img lies in the range that -S, or -s and -e, name, if they are given. ERR_IMAGE.
 */
int plan_check_fence(const struct request *o, const struct image *img, const struct target *t,
		     struct err *e);

/*
 * Every byte of @img lies in memory that may be written; -S as a fence. ERR_IMAGE naming the
 * address, ERR_ABILITY if this chip has no such range, or its size is not known.
 */
int plan_check_image(const struct request *o, const struct image *img, const struct target *t,
		     struct err *e);

/*
 * Every byte of @img lies in memory that the table knows of: past its end a ROM can hang.
 * ERR_IMAGE; ERR_ABILITY if -S does not begin there.
 */
int plan_check_known(const struct request *o, const struct image *img, const struct target *t,
		     struct err *e);

/* Pages to erase for a write: those that @img touches, or what -e and -S:LEN say. */
int plan_pages(struct plan *p, const struct request *o, const struct image *img,
	       const struct target *t, struct err *e);

/* The part of @g in @page, from *@from up to *@to. False: there is none. */
bool plan_overlap(const struct page *page, const struct segment *g, uint64_t *from, uint64_t *to);

/* Leaves of the pages those that @keep says, by their number in @p. */
void plan_keep(struct plan *p, const bool *keep, const struct image *img);

/* Pages of an erase-only job (-o). */
int plan_erase(struct plan *p, const struct request *o, const struct target *t, struct err *e);

/*
 * Blocks that bring @content into memory, at most @max bytes each; what is blank is left out
 * unless @full. Flash that the content does not name is never written, but for the padding of a
 * unit that it touches, and, where that is harmless, for a gap in an erased page that is shorter
 * than what a frame of its own costs.
 */
int plan_blocks(struct plan *p, const struct image *content, const struct target *t, uint32_t max,
		bool full, struct err *e);

/*
 * The bytes of a block: @content over erased memory. @buf holds block->len bytes. Returns how many
 * are the content's.
 */
uint32_t plan_block_data(const struct plan *p, const struct block *b, const struct image *content,
			 uint8_t *buf);

void plan_free(struct plan *p);

#endif
