/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serves a simulated board, which has virtual time, on a pseudo-terminal in real time.
 *
 * Virtual time runs with the monotonic clock and jumps ahead to each answer, so that a host never
 * waits for a byte or an erase. Paced, it never jumps, and answers are held back until they are
 * due.
 */
#ifndef BOOTPIN_SIM_SERVE_H
#define BOOTPIN_SIM_SERVE_H

#include <poll.h>
#include <signal.h>

#include "ports/sim/pty.h"
#include "ports/sim/board/sim.h"
#include "ports/sim/board/wire.h"

/* Answers are handed over in pieces: no byte early, and none later than this many byte times. */
#define SERVE_BATCH 128

struct server {
	struct sim *sim;
	struct pty *pty;
	bool paced;			/* bytes and operations take real time */

	/* The rest is private. */
	bool line_ready, hands_ready;	/* the host has sent something; hosts have come or gone */
	nsec_t origin;			/* virtual time 0 on the monotonic clock */
	nsec_t line_free;		/* end of the last byte from the host */
	bool used;			/* this host, or the last one, has sent something */
	bool unasked;			/* the board has just spoken with nothing sent to it */
	struct wire_rx host;		/* the host's receiver */
	uint8_t out[SERVE_BATCH];	/* what it has received and not yet been given */
	size_t out_len;
	nsec_t out_end;			/* end of the last byte of that */
	bool has_next;			/* a byte was fetched that is not part of out yet */
	uint8_t next;
	nsec_t next_end;
};

/* Begins: the board has just been powered on. @sim and @pty stay the caller's. */
void server_start(struct server *s, struct sim *sim, struct pty *pty, bool paced);

/* Passes on what has come from the host, and to it what is due. Does not wait. */
void server_turn(struct server *s);

/*
 * Waits until there is something to do, here or at the @count @others of the caller's, which poll(2)
 * fills; false if a signal came that @blocked lets through.
 */
bool server_wait(struct server *s, struct pollfd *others, size_t count, const sigset_t *blocked);

/* At most so many @others. */
#define SERVE_OTHERS 16

/* When a pin that moves now does so, in the board's time: not before what it has taken already. */
nsec_t server_pin_time(const struct server *s);

/* To be called after it has moved: a chip in reset sends nothing, also not what it had begun. */
void server_pins_moved(struct server *s);

/* Another board, just powered on, is served from now on. */
void server_change_board(struct server *s, struct sim *sim);

#endif
