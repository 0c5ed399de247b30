/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The serial port of a simulated board: a pseudo-terminal that stays while hosts come and go.
 *
 * Linux pseudo-terminals carry bytes and a rate, but neither parity nor modem lines.
 */
#ifndef BOOTPIN_SIM_PTY_H
#define BOOTPIN_SIM_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct pty {
	int master;		/* the server's end; polled for input, never blocks */
	int slave;		/* kept open: without, the master fails whenever no host is there */
	int watch;		/* inotify; polled for hosts that come and go */
	unsigned int hosts;	/* how many have it open */
	char path[64];		/* the device that hosts open */
};

/* Makes one, in raw mode at 115200 baud, that any user may open. Returns 0, or -1 (ERR_OTHER). */
int pty_open(struct pty *p, struct err *e);
void pty_close(struct pty *p);

/* The rate that the host has set; 0 if it has hung up (B0). */
unsigned int pty_baud(const struct pty *p);

/* Bytes from the host, as many as there are up to @len; 0 if there are none. */
size_t pty_read(struct pty *p, uint8_t *buf, size_t len);

/* Bytes to the host. Bytes beyond the room in its buffer are lost, as on a serial port. */
void pty_write(struct pty *p, const uint8_t *buf, size_t len);

/*
 * Looks for hosts that came and went: whether the last host has closed the port, or a first one has
 * opened it. A claim to be alone (TIOCEXCL) ends with the last host, as on a real port.
 */
bool pty_changed_hands(struct pty *p);

/* Throws away what the host has left unread. */
void pty_flush(struct pty *p);

#endif
