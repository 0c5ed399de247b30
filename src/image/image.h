/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An image: what is to be in memory, as sorted segments that neither overlap nor touch.
 *
 * Gaps are never filled: memory use is bounded by the data, whatever the addresses. Functions that
 * can fail return 0, or -1 with ERR_IMAGE, or ERR_OTHER if there is no memory; on failure the image
 * is unchanged.
 */
#ifndef BOOTPIN_IMAGE_H
#define BOOTPIN_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct segment {
	uint32_t addr;
	uint32_t len;		/* > 0; addr + len <= 2^32 */
	uint8_t *data;		/* owned by the image */
	const char *origin;	/* file of its first byte; owned by the caller, may be NULL */
};

/* Bytes from one file: a segment that several files fill has several. */
struct image_part {
	uint32_t addr, len;
	const char *origin;
};

struct image {
	struct segment *seg;	/* sorted by address */
	size_t count;
	size_t room;		/* private: allocated entries */
	struct image_part *part;	/* private: what was merged, file by file */
	size_t parts, part_room;
	bool has_start;		/* a start-address record was seen */
	uint32_t start;		/* linear address (type 05), or CS << 16 | IP (type 03) */
	bool start_segmented;	/* start is CS:IP */
	/* of one file: the line behind its end that was left out as no record; 0: none */
	unsigned int ignored_line;
	/* of one file: the chips that it says it is for, by UF2's number of their family */
	bool has_family;
	uint32_t family;
};

#define IMAGE_INIT ((struct image){ 0 })

/*
 * Adds a copy of @len bytes at @addr. Bytes that are there already must be equal (one record given
 * twice is harmless): otherwise ERR_IMAGE naming the first address that differs. Appending to the
 * end of the last segment is cheap; anywhere else costs time in proportion to the image.
 */
int image_add(struct image *img, uint32_t addr, const uint8_t *data, uint32_t len,
	      const char *origin, struct err *e);

/*
 * Puts a copy of @len bytes at @addr, over what is there. On failure what was there may have changed.
 */
int image_put(struct image *img, uint32_t addr, const uint8_t *data, uint32_t len,
	      const char *origin, struct err *e);

/*
 * Adds all of @src to @dst; any overlap, equal or not, is ERR_IMAGE naming both origins. A start
 * address of @src replaces the one of @dst. @src is unchanged and still the caller's.
 */
int image_merge(struct image *dst, const struct image *src, struct err *e);

/*
 * Adds @by to every address, a linear start address too. The start address is left alone where it
 * would leave the address space. ERR_IMAGE, with nothing moved, if a byte would.
 */
int image_move(struct image *img, int64_t by, struct err *e);

/* Leaves out all bytes that are not in [@start, @end); returns how many. */
uint64_t image_keep(struct image *img, uint32_t start, uint64_t end);

/* The file that the byte at @addr came from; NULL if there is no such byte or it has no origin. */
const char *image_origin(const struct image *img, uint32_t addr);

/* Number of bytes in all segments. */
uint64_t image_bytes(const struct image *img);

/* The first segment that ends above @addr, or NULL. */
const struct segment *image_find(const struct image *img, uint32_t addr);

/*
 * The next run of bytes from *@addr to @end (exclusive) that the image does not hold: where it
 * begins and, in *@len, how long it is. False: the image holds all of them.
 */
bool image_gap(const struct image *img, uint32_t *addr, uint64_t end, uint32_t *len);

/*
 * Copies what the image holds of [addr, addr + len) over @buf, leaving the rest of @buf as it was.
 * Returns how many bytes were copied.
 */
uint32_t image_copy(const struct image *img, uint32_t addr, uint8_t *buf, uint32_t len);

void image_free(struct image *img);

#endif
