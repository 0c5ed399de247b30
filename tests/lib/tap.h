/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tap on the line between host and chip, to listen and to spoil: it knows which frame of which
 * command is under way.
 */
#ifndef BOOTPIN_TESTS_TAP_H
#define BOOTPIN_TESTS_TAP_H

#include "loader/an3155/bl.h"
#include "ports/wrapper.h"

struct tap {
	struct wrapper wrapper;
	/*
	 * A frame on its way to the chip may be changed or cut short: its new length. NULL: all
	 * passes.
	 */
	size_t (*to_chip)(struct tap *t, uint8_t *frame, size_t len);
	/*
	 * A byte on its way back may be changed; false: it is lost. NULL: all passes. Over I2C it
	 * is the first of a transaction, which is lost whole.
	 */
	bool (*from_chip)(struct tap *t, uint8_t *byte);
	/*
	 * The frame that went last: its command, its number behind the command's own frame, which
	 * is 0, and the number of the byte of its answer that comes next.
	 */
	int command;		/* -1: a byte outside of any */
	unsigned int frame, answer;
	unsigned int frames_left;
	unsigned int times;	/* the hooks' own: what they did */
	uint64_t sent;		/* bytes that the host sent */
	uint64_t received;	/* that reached it */
	/* Set by from_chip: this byte has a parity error; every read fails so from now on. */
	bool bad_parity;
	struct err ends;
};

/* For wrapper_init. */
extern const struct port_ops tap_ops;

/* Forgets what an earlier job did; the hooks stay. */
void tap_reset(struct tap *t);

#endif
