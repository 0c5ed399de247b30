/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of the serial port share: pseudo-terminals, a lock directory of their own, and
 * work done in another process.
 */
#ifndef BOOTPIN_TTY_HELP_H
#define BOOTPIN_TTY_HELP_H

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "tests/lib/quiet_check.h"

#define TTY_HELP_NOBODY 65534

/* A pseudo-terminal: the far end, which plays the chip, and the near end's path. */
struct pty {
	int far;
	char path[64];
};

static inline void pty_make(struct pty *p)
{
	p->far = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(p->far, 0);
	ck_assert_int_eq(grantpt(p->far), 0);
	ck_assert_int_eq(unlockpt(p->far), 0);
	ck_assert_int_eq(ptsname_r(p->far, p->path, sizeof(p->path)), 0);
}

/* An empty directory, which others may look into; what TMPDIR names may be closed to them. */
static inline void dir_make(char *path, size_t size)
{
	snprintf(path, size, "/tmp/bootpin-test.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(path));
	ck_assert_int_eq(chmod(path, 0755), 0);
}

/* What another process found out. */
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
static inline void child_start(struct child *c, void (*fn)(void *arg, struct outcome *o),
			       void *arg, bool as_nobody)
{
	int told[2];
	char byte;

	c->outcome = mmap(NULL, sizeof(*c->outcome), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(c->outcome != MAP_FAILED);
	ck_assert_int_eq(pipe(told), 0);
	c->pid = fork();
	ck_assert_int_ge(c->pid, 0);
	if (c->pid == 0) {
		close(told[0]);
		if (as_nobody && (setgroups(0, NULL) < 0 || setgid(TTY_HELP_NOBODY) < 0 ||
				  setuid(TTY_HELP_NOBODY) < 0))
			_exit(1);
		fn(arg, c->outcome);
		close(told[1]);
		for (;;)
			pause();
	}
	close(told[1]);
	c->told = told[0];
	ck_assert_int_eq(read(c->told, &byte, 1), 0);
	close(c->told);
}

/* Ends it. What it held is free when this returns. */
static inline void child_end(struct child *c)
{
	kill(c->pid, SIGKILL);
	ck_assert_int_eq(waitpid(c->pid, NULL, 0), c->pid);
	munmap(c->outcome, sizeof(*c->outcome));
}

/* Whether the test may become nobody; says why if not. */
static inline bool may_be_nobody(const char *test)
{
	if (geteuid() == 0)
		return true;
	fprintf(stderr, "%s: skipped: needs root to become an ordinary user\n", test);
	return false;
}

#endif
