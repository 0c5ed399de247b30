/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The place of a simulated board in a jig: boards come and go, what drives their pins stays.
 *
 * While no board is there the place holds one that never answers, so that there always is a sim.
 */
#ifndef BOOTPIN_SIM_SEAT_H
#define BOOTPIN_SIM_SEAT_H

#include "ports/sim/event_log.h"
#include "ports/sim/board/sim.h"

struct seat {
	struct sim *sim;		/* the board that is there; never NULL once it is open */

	/* The rest is private. */
	char *chip;			/* "CHIP" */
	char *keys;			/* ",key=value..." of each board, or "" */
	struct event_log *log;		/* NULL: none */
	unsigned int driven, levels;	/* GPIO lines, by SIM_BIT */
};

/*
 * Puts the first board in place, from @chip and @keys as in "CHIP[,key=value...]". Returns 0, or -1 with
 * @e set: as sim_new, or ERR_USAGE for a bus that a serial port cannot reach. seat_close is due in
 * both cases.
 */
int seat_open(struct seat *s, const char *chip, const char *keys, struct err *e);

/* Commands to the boards' bootloaders go to @log, which stays the caller's. */
void seat_log(struct seat *s, struct event_log *log);

/* Takes the board away, as sim_free does. Returns 0, or -1 with @e set; it is away in either case. */
int seat_leave(struct seat *s, struct err *e);

/*
 * Takes the board away and puts the next one in place: that of the same keys, with @more
 * ("key=value,...", or "") added. It is powered on, and its pins are driven as those of the last one
 * were. Returns 0, or -1 with @e set; then no board is there.
 */
int seat_next(struct seat *s, const char *more, struct err *e);

/* Drives a GPIO line of the board, or lets it go, at @at of its time. */
void seat_drive(struct seat *s, int line, bool high, nsec_t at);
void seat_release(struct seat *s, unsigned int lines, nsec_t at);

/* As seat_leave, for good. Nothing is done if it is all zero. */
int seat_close(struct seat *s, struct err *e);

#endif
