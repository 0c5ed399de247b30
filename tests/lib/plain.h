/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bootloader without a protocol: it works on the memory of a simulated board's chip directly. It
 * has nothing that steps could know of AN3155: blocks are 2048 bytes, it tells no product ID, erases
 * five pages at once, and after a change of protection it is gone for some time and comes back.
 */
#ifndef BOOTPIN_TESTS_PLAIN_H
#define BOOTPIN_TESTS_PLAIN_H

#include "loader/loader.h"
#include "tests/lib/board.h"

#define PLAIN_BLOCK 2048u
#define PLAIN_LIST 5u

struct plain {
	struct loader loader;
	struct chip *chip;
	const struct geometry *geometry;
	unsigned int away;		/* how often it will not be found yet */
	/* The requests that it was given. */
	unsigned int finds, returns, writes, erases, mass_erases;
	uint32_t longest_write;
};

/* @port: of the board, for its clock; no byte goes over it. */
void plain_init(struct plain *p, struct board *b, struct port *port,
		const struct loader_config *config);

/* Runs "bootpin @args" through it on a port of the board. Returns the exit status, as board_run. */
int plain_run(struct plain *p, struct board *b, const char *args);

#endif
