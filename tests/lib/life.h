/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events in the middle of a job: the board's power comes late, a watchdog resets it, a jumper is
 * set, or the host is killed.
 */
#ifndef BOOTPIN_TESTS_LIFE_H
#define BOOTPIN_TESTS_LIFE_H

#include "tests/lib/board.h"

struct life {
	struct wrapper wrapper;
	struct board *board;
	unsigned int frames;	/* written so far */
	unsigned int dies_at;	/* neither that frame is sent nor any behind it; 0: never */
	bool torn;		/* half of that frame is sent */
	bool dead;
	bool behind_erase;	/* the last frame was Extended Erase without its pages */
	nsec_t power_at;	/* power comes then, with BOOT0 high; 0: it is there */
	nsec_t boot0_at;	/* the jumper is set then; 0: never */
	nsec_t resets_every;	/* a watchdog's, while no bootloader runs; 0: there is none */
	nsec_t next_reset;
	bool boot0;
	const unsigned int *answers;	/* addresses that it answers at, and a 0; NULL: its own */
};

/* A life without events, on the line of @b in place of the tap. */
void life_begin(struct life *l, struct board *b);

/* The next job is another process, which is not killed. */
void life_again(struct life *l);

#endif
