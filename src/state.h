/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state that a chip is in, beyond what kind it is: found out after its identification and
 * before anything is done to it, so that a refusal can be explained by it.
 */
#ifndef BOOTPIN_STATE_H
#define BOOTPIN_STATE_H

#include "target.h"

struct state {
	/* The vector table: its first two words, which Go and a reset start from. */
	bool vectors_known;	/* false: reading is refused */
	bool blank;		/* both words are as an erase leaves them */
	uint32_t sp, entry;
};

/*
 * Reads the vector table, until two successive answers agree; what cannot be read stays unknown,
 * and a refusal for good is noted in t->is_protected. Returns 0, or -1 with @e set (errors of the
 * link).
 */
int state_look(struct state *st, struct target *t, struct link *l, struct err *e);

/* Prints what protects the chip, and the vector table, to standard output. */
void state_print(const struct state *st, const struct target *t, struct report *r);

#endif
