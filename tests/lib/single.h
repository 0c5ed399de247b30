/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Single steps of a job on a board's chip, which is found and identified first. For tests of what
 * the host takes care of: it can be made to forget it.
 */
#ifndef BOOTPIN_TESTS_SINGLE_H
#define BOOTPIN_TESTS_SINGLE_H

#include "session/session.h"
#include "tests/lib/board.h"
#include "tests/lib/command.h"

struct single {
	struct command command;
	struct job job;
	struct report r;
	struct session s;
	FILE *null;
};

/* For "bootpin @args" on @b, over a UART and without its tap. @x must not be moved. */
void single_open(struct single *x, struct board *b, const char *args);
void single_close(struct single *x);

/* Forgets the quirks of this ROM version, of which there must be some. */
void single_forget_quirks(struct single *x);

/* Steps. They return 0, or -1 with @e set. */
int single_write_image(struct single *x, struct err *e);
int single_start(struct single *x, struct err *e);
int single_erase(struct single *x, const uint16_t *pages, size_t count, nsec_t work, struct err *e);

/* Commands, in one try. At most 256 bytes. */
int single_write(struct single *x, uint32_t addr, const void *data, uint32_t len, struct err *e);
int single_read(struct single *x, uint32_t addr, void *data, uint32_t len, struct err *e);

#endif
