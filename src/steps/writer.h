/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A write under way, shared by write.c (the step) and verify.c; and its pages, of which some may
 * have to be done again.
 */
#ifndef BOOTPIN_WRITER_H
#define BOOTPIN_WRITER_H

#include "job/plan.h"
#include "session/session.h"
#include "steps/preserve.h"

struct writer {
	struct session *s;
	struct plan plan;
	struct image content;	/* the image, what is kept beside it, and the filling */
	struct image filling;	/* of units of flash: blank, and in no size that is told */
	/* By page of the plan. */
	bool *bad;		/* in doubt, or found wrong: to be erased and written again */
	size_t bad_count;
	bool *redone;		/* since it was last looked at */
	struct page *again;	/* room for those that are done again: no memory is wanted then */
	bool looked;		/* all of it was verified once */
	enum verify_how way;	/* VERIFY_READ, _CHECKSUM or _STUB */
	bool *agrees;		/* by segment: the routine's sum is right */
	bool summed, read;	/* by the chip's sums, by reading: how that was done */
	uint64_t unchanged;	/* bytes that were there already (--only-changed) */
	struct preserved kept;
	/* How far it got, for the message of a failure. */
	bool erasing, erased, writing;
	uint32_t written_from, written_to;
	/* The first difference that was found, if any was. */
	bool differs;
	uint32_t diff_addr;
	uint8_t diff_want, diff_found;
};

/* The page of the plan that @addr lies in; NULL. */
struct page *writer_page_of(struct writer *w, uint32_t addr);

/* Was the page of @addr written again since it was looked at? */
bool writer_is_redone(struct writer *w, uint32_t addr);

/* Marks the pages of a range to be done again. False where there is no page to erase. */
bool writer_mark_bad(struct writer *w, uint32_t addr, uint32_t len);

/* Does the segment lie in flash? */
bool writer_in_flash(const struct writer *w, const struct segment *g);

#endif
