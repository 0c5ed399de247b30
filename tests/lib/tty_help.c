/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/quiet_check.h"
#include "tests/lib/tty_help.h"

#define NOBODY 65534

void pty_make(struct pty *p)
{
	p->far = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(p->far, 0);
	ck_assert_int_eq(grantpt(p->far), 0);
	ck_assert_int_eq(unlockpt(p->far), 0);
	ck_assert_int_eq(ptsname_r(p->far, p->path, sizeof(p->path)), 0);
}

void dir_make(char *path, size_t size)
{
	snprintf(path, size, "/tmp/bootpin-test.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(path));
	ck_assert_int_eq(chmod(path, 0755), 0);
}

void child_start(struct child *c, void (*fn)(void *arg, struct outcome *o), void *arg,
		 bool as_nobody)
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
		if (as_nobody &&
		    (setgroups(0, NULL) < 0 || setgid(NOBODY) < 0 || setuid(NOBODY) < 0))
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

void child_end(struct child *c)
{
	kill(c->pid, SIGKILL);
	ck_assert_int_eq(waitpid(c->pid, NULL, 0), c->pid);
	munmap(c->outcome, sizeof(*c->outcome));
}

bool may_be_nobody(const char *test)
{
	if (geteuid() == 0)
		return true;
	fprintf(stderr, "%s: skipped: needs root to become an ordinary user\n", test);
	return false;
}
