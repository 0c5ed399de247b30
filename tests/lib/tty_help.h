/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests of the serial port: pseudo-terminals, a lock directory of their own, and work done in
 * another process.
 */
#ifndef BOOTPIN_TESTS_TTY_HELP_H
#define BOOTPIN_TESTS_TTY_HELP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/* A pseudo-terminal: the far end, which plays the chip, and the near end's path. */
struct pty {
	int far;
	char path[64];
};

void pty_make(struct pty *p);

/* An empty directory, which others may look into; what TMPDIR names may be closed to them. */
void dir_make(char *path, size_t size);

/* The result of another process. */
struct outcome {
	int ret;
	struct err e;
};

/* Another process: it runs a function, tells the outcome, and then stays until it is ended. */
struct child {
	pid_t pid;
	int told;			/* at its end once the outcome is there */
	struct outcome *outcome;	/* shared memory */
};

/* Runs fn(arg, outcome) in another process, as nobody if asked; returns when it has run. */
void child_start(struct child *c, void (*fn)(void *arg, struct outcome *o), void *arg,
		 bool as_nobody);

/* Ends it. What it held is free when this returns. */
void child_end(struct child *c);

/* Whether the test may become nobody; says why if not. */
bool may_be_nobody(const char *test);

#endif
