/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket of bootpin-sim: other programs drive the board's pins, and change the board.
 *
 * A program connects to a Unix socket and sends lines of text. Each is answered by a line when it has
 * taken effect: "ok", "ok" and what was asked for, or "error" and why. Commands:
 *
 *	lines			ok BOOT0=0 NRST=1 SPARE0=0 SPARE1=0: the GPIO lines by offset, and their levels
 *	hold LINE		the line is this program's; an error if it is another's. It does not move
 *	set LINE 0|1		drives it; holds it, too
 *	free LINE		lets it go
 *	board [KEY=VALUE,...]	takes the board away and puts the next one in its place
 *	remove			takes it away
 *
 * The lines that a program holds are let go when its connection ends, as those of a GPIO chip are.
 */
#ifndef BOOTPIN_SIM_CONTROL_H
#define BOOTPIN_SIM_CONTROL_H

#include <poll.h>

#include "ports/sim/seat.h"
#include "ports/sim/serve.h"

#define CONTROL_CLIENTS 8
#define CONTROL_FDS (CONTROL_CLIENTS + 1)
#define CONTROL_LINE 4096

struct control_client {
	int fd;				/* -1: free */
	unsigned int holds;		/* lines, by SIM_BIT */
	char line[CONTROL_LINE];	/* not complete yet */
	size_t len;
};

struct control {
	const char *path;		/* NULL: there is no socket */
	int listener;
	struct control_client client[CONTROL_CLIENTS];
};

#define CONTROL_NONE { .path = NULL }

/*
 * Makes the socket at @path, which must outlive it. A socket that nobody listens on is replaced; any
 * other file is an error. Returns 0, or -1 with @e set (ERR_OTHER), and there is none.
 */
int control_open(struct control *c, const char *path, struct err *e);

/* Ends all connections and removes the socket. */
void control_close(struct control *c);

/* Fills @fds with what to wait for; returns how many, at most CONTROL_FDS. */
size_t control_fds(const struct control *c, struct pollfd *fds);

/* Carries out what has come, after a wait for the @count @fds of control_fds. */
void control_turn(struct control *c, const struct pollfd *fds, size_t count, struct server *server,
		  struct seat *seat);

#endif
