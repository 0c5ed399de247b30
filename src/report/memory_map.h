/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A picture of a chip's flash: its pages, and what a job does to each byte of them, as text and as
 * SVG. Both are drawn from one list of stripes.
 *
 * Drawing only: which stripes there are is found out by job/flash_map.h.
 */
#ifndef BOOTPIN_MEMORY_MAP_H
#define BOOTPIN_MEMORY_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/outfile.h"
#include "report/report.h"

/*
 * The fate of the bytes of a stripe. Where several share one sign of the picture, the first of
 * this list is drawn.
 */
enum stripe_kind {
	STRIPE_BARRED,		/* write-protected, and the job would change it */
	STRIPE_NOT_READ,	/* erased beside the image; what it holds was not read */
	STRIPE_MAY_GO,		/* the same, if the image differs from what its page holds */
	STRIPE_KEPT,		/* beside the image, and written back */
	STRIPE_IMAGE,		/* the image, in pages that are erased */
	STRIPE_IF_DIFFERS,	/* the image, in pages that are compared first */
	STRIPE_OVER,		/* the image, written without an erase */
	STRIPE_SAME,		/* holds the image already */
	STRIPE_BLANK,		/* erased, and blank before */
	STRIPE_PROTECTED,	/* write-protected, not touched */
	STRIPE_STACK,		/* may belong to the wireless stack, not touched */
	STRIPE_UNTOUCHED,
	STRIPE_KINDS
};

struct stripe {
	uint32_t addr, len;		/* len > 0 */
	enum stripe_kind kind;
};

/* A page or sector. */
struct map_page {
	uint32_t addr, size, number;
	bool unnumbered;		/* its number is not known */
};

#define MAP_NOTES_MAX 8

struct memory_map {
	char chip[160];		/* and its layout, where there are several */
	struct map_page *pages;		/* all of the chip, ascending; there may be holes between them */
	size_t page_count;
	/* Without overlap, ascending, and together just what the pages cover. */
	struct stripe *stripes;
	size_t stripe_count, stripe_room;
	const char *notes[MAP_NOTES_MAX];	/* what the picture cannot show */
	size_t note_count;
};

/* A short name of a kind, for programs, and what it means. */
const char *stripe_name(enum stripe_kind kind);
const char *stripe_meaning(enum stripe_kind kind);

/* Adds to the last stripe if that goes on with the same kind. ERR_OTHER if there is no memory. */
int memory_map_add(struct memory_map *m, uint32_t addr, uint32_t len, enum stripe_kind kind,
		   struct err *e);

/* A sentence below the picture; @note outlives @m. */
void memory_map_note(struct memory_map *m, const char *note);

/* All of it, in lines of 80 columns at most; for programs the stripes are events of their own. */
void memory_map_tell(const struct memory_map *m, struct report *r);

/* The picture alone, in a line or a few, as --dry-run has it. */
void memory_map_tell_short(const struct memory_map *m, struct report *r);

/* The SVG into @to. ERR_OTHER. */
int memory_map_svg(const struct memory_map *m, struct outfile *to, struct err *e);

void memory_map_free(struct memory_map *m);

#endif
