/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How good the line is, and what follows from it: on one that spoils every third long block most
 * short ones come through, silence most likely is a lost byte, and what is lost in all is bounded.
 */
#ifndef BOOTPIN_AN3155_LINE_H
#define BOOTPIN_AN3155_LINE_H

#include "loader/an3155/inside.h"

#define LINE_BLOCK_LEAST 32u

/* Nothing is known of it yet. */
void line_init(struct link *l);

/*
 * The largest multiple of @unit in @len that a message of at most @limit bytes (0: any) takes
 * beside @overhead.
 */
size_t line_piece(size_t len, uint32_t limit, uint32_t overhead, uint32_t unit);

/*
 * @len bytes at @addr as far as fits the line, in multiples of @unit. Of memory that is not flash
 * all of it: it may be right only when it is read or written as a whole (AN3155, Read Memory).
 */
size_t line_fit(const struct link *l, uint32_t addr, size_t len, uint32_t unit);

/* Whether a block of that length may become shorter. */
bool line_can_shorten(const struct link *l, uint32_t addr, size_t len);

/* A bad line has blocks that are shorter than the longest. */
bool line_is_bad(const struct link *l);

/* How many refusals running are no accident. */
unsigned int line_refusals(const struct link *l);

/* A block was spoiled; one came through. */
void line_note_spoiled(struct link *l);
void line_note_clean(struct link *l);

/*
 * All that came since @began was lost, on something that is made good now. Returns 0, or -1 with @e
 * set (ERR_LINK) if this has taken too much of the time: 40 s, and three fifths of what is beyond
 * them.
 */
int line_note_lost(struct link *l, nsec_t began, struct err *e);

#endif
