/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What QEMU tells of the machine that it emulates: its registers, and edges of its output pins, over
 * the text protocol that its option -qtest serves on a UNIX socket.
 */
#ifndef PI_QTEST_H
#define PI_QTEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct qtest_calls {
	/* An output of the device that is watched has changed. */
	void (*edge)(void *arg, unsigned int line, bool high);
	/*
	 * QEMU has not answered yet. It may be held up by a socket of the caller's that is full: what
	 * is in it has to be taken.
	 */
	void (*waiting)(void *arg);
};

struct qtest;

/*
 * Connects to the socket @path and asks for the edges of the device @device (its path among QEMU's
 * objects). @calls are made from the functions below, edges in their order. NULL with @e set: ERR_OTHER.
 */
struct qtest *qtest_new(const char *path, const char *device, const struct qtest_calls *calls,
			void *arg, struct err *e);

/* NULL is accepted. */
void qtest_free(struct qtest *q);

/* Readable when there is an edge. */
int qtest_fd(const struct qtest *q);

/* Tells the edges that have come. Returns 0, or -1 when QEMU has gone. */
int qtest_edges(struct qtest *q);

/*
 * Reads or writes the 32-bit register at the physical address @addr; waits for the answer, and
 * tells the edges that come before it. Returns 0, or -1 when QEMU has gone.
 */
int qtest_read(struct qtest *q, uint32_t addr, uint32_t *value);
int qtest_write(struct qtest *q, uint32_t addr, uint32_t value);

#endif
