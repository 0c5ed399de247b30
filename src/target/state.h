/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state that a chip is in, beyond what kind it is: found out after its identification and
 * before anything is done to it, so that a refusal can be explained by it.
 */
#ifndef BOOTPIN_STATE_H
#define BOOTPIN_STATE_H

#include "target/optbytes.h"
#include "target/target.h"

struct state {
	/* The vector table: its first two words, which Go and a reset start from. */
	bool vectors_known;	/* false: not looked at, or reading is refused */
	bool blank;		/* both words are as an erase leaves them */
	uint32_t sp, entry;
	/* Option bytes that can be read and are known by name. */
	bool options_known;
	struct optbytes options;
};

/*
 * Reads, as far as they are wanted, the vector table and the option bytes, until two successive
 * answers agree. What cannot be read stays unknown, and a refusal for good is noted in
 * t->is_protected. Returns 0, or -1 with @e set (errors of the link).
 */
int state_look(struct state *st, struct target *t, struct loader *l, bool vectors, bool options,
	       struct err *e);

/* WB: the option SFSA says where the wireless stack's flash begins: t->stack_start. */
void state_find_stack(const struct state *st, struct target *t);

/*
 * The first page from @addr to @end (exclusive) that is write-protected, as far as the option bytes
 * tell. False: none, or it cannot be told.
 */
bool state_write_protected(const struct state *st, const struct target *t, uint32_t addr,
			   uint64_t end, struct page *page);

/* Do the option bytes tell of every page that it is not write-protected? */
bool state_all_writable(const struct state *st, const struct target *t);

/* May the page at @addr be write-protected? False: the option bytes say that it is not. */
bool state_may_be_protected(const struct state *st, const struct target *t, uint32_t addr);

/* Prints what protects the chip, and the vector table, to standard output. */
void state_print(const struct state *st, const struct target *t, struct report *r);

#endif
