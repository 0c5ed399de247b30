/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The data of a file whose records may come in any order, gathered before they become an image.
 *
 * Memory is bounded by the data. An ordinary file has a run a segment and is in order; one whose
 * records are shuffled takes no longer than a sort.
 */
#ifndef BOOTPIN_RUNS_H
#define BOOTPIN_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/image.h"

/* Bytes of one record that are contiguous in memory. */
struct piece {
	uint32_t addr, len;		/* addr + len <= 2^32 */
	const uint8_t *data;
};

struct run;

struct runs {
	struct run *run;
	size_t count, room;
	bool unsorted;
	uint8_t *bytes;			/* all records' data, in the order of the file */
	size_t used;
};

/* Room for up to @most bytes. ERR_OTHER if there is no memory; runs_free is due in both cases. */
int runs_init(struct runs *runs, size_t most, struct err *e);
void runs_free(struct runs *runs);

/* Keeps a piece, as a part of the run before it where it follows on. ERR_OTHER. */
int runs_add(struct runs *runs, const struct piece *p, struct err *e);

/*
 * Puts all that was kept into @img; @name is the segments' origin. Returns 0, -1 with @e set
 * (without @name), or 1 where two records give the byte at *@clash different values.
 */
int runs_fill(struct runs *runs, struct image *img, const char *name, uint32_t *clash,
	      struct err *e);

/* For a second look at a file: which two of its records give the byte at @addr two values. */
struct clash {
	uint32_t addr;
	bool seen;
	unsigned int place;		/* of the first such record: its line, or its block */
	uint8_t first, here;
};

/* The next piece, in the order of the file. True: it differs, c->here, from c->first at c->place. */
bool clash_at(struct clash *c, const struct piece *p, unsigned int place);

#endif
