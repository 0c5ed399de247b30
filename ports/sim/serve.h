/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serves a simulated board on a pseudo-terminal: its virtual time against the clock on the wall.
 *
 * Virtual time runs with that clock, and jumps ahead to each answer at once, so that nobody waits
 * for a byte or an erase. Paced, it never jumps, and answers are held back until they are due.
 */
#ifndef BOOTPIN_SIM_SERVE_H
#define BOOTPIN_SIM_SERVE_H

#include <signal.h>

#include "pty.h"
#include "sim.h"

#define SERVE_BATCH 64

struct server {
	struct sim *sim;
	struct pty *pty;
	bool paced;

	/* The rest is private. */
	nsec_t origin;			/* virtual time 0 on the monotonic clock */
	nsec_t line_free;		/* end of the last byte from the host */
	uint8_t out[SERVE_BATCH];	/* answers held back until out_due */
	size_t out_len;
	nsec_t out_due;
	bool has_next;			/* fetched, and not yet part of out */
	uint8_t next;
	nsec_t next_due;
};

/* Begins: the board has just been powered on. @sim and @pty stay the caller's. */
void server_start(struct server *s, struct sim *sim, struct pty *pty, bool paced);

/* Passes on what has come from the host, and to it what is due. Does not wait. */
void server_turn(struct server *s);

/* Waits until there is something to do, or a signal comes that @blocked lets through. */
void server_wait(const struct server *s, const sigset_t *blocked);

#endif
