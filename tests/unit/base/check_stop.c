/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals: counted, never lost, never blocking; and what they make of the exit status. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/stop.h"
#include "tests/lib/runner.h"

static const struct { int signo; const char *name; int status; } stop_cases[] = {
	{ SIGINT, "interrupted by SIGINT", 130 },
	{ SIGTERM, "interrupted by SIGTERM", 143 },
	{ SIGHUP, "interrupted by SIGHUP", 129 },
};

START_TEST(first_signal_decides_the_exit_status)
{
	struct stop s = STOP_INIT;
	struct err e = ERR_INIT;

	ck_assert_int_eq(stop_check(NULL, &e), 0);
	ck_assert_int_eq(stop_check(&s, &e), 0);
	ck_assert_int_eq(e.code, ERR_NONE);

	stop_raise(&s, stop_cases[_i].signo);
	stop_raise(&s, SIGALRM);
	ck_assert_int_eq(s.count, 2);
	ck_assert_int_eq(stop_check(&s, &e), -1);
	ck_assert_int_eq(e.code, ERR_SIGNAL);
	ck_assert_str_eq(e.msg, stop_cases[_i].name);
	ck_assert_int_eq(err_exit_status(&e), stop_cases[_i].status);
	ck_assert_int_eq(stop_check(&s, NULL), -1);
}
END_TEST

static bool pipe_is_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

START_TEST(raise_wakes_and_never_blocks)
{
	struct stop s = STOP_INIT;
	int i, flood = 100000;		/* more than a pipe holds */

	ck_assert_int_eq(pipe2(s.wake, O_NONBLOCK | O_CLOEXEC), 0);
	ck_assert(!pipe_is_readable(s.wake[0]));
	stop_raise(&s, SIGINT);
	ck_assert(pipe_is_readable(s.wake[0]));

	errno = ENOTTY;
	for (i = 1; i < flood; i++)
		stop_raise(&s, SIGINT);
	ck_assert_int_eq(s.count, flood);
	ck_assert_msg(errno == ENOTTY, "a handler must leave errno alone");
	close(s.wake[0]);
	close(s.wake[1]);
}
END_TEST

/* Handlers stay: each of these has a process of its own, and returns the number of its failure. */

static int catches_all(void)
{
	static struct stop s = STOP_INIT;
	struct sigaction sa;
	size_t i;

	signal(SIGHUP, SIG_DFL);
	if (stop_catch(&s, NULL) < 0)
		return 1;
	if (!(fcntl(s.wake[0], F_GETFL) & fcntl(s.wake[1], F_GETFL) & O_NONBLOCK))
		return 2;
	if (!(fcntl(s.wake[0], F_GETFD) & fcntl(s.wake[1], F_GETFD) & FD_CLOEXEC))
		return 3;
	for (i = 0; i < COUNT(stop_cases); i++) {
		if (sigaction(stop_cases[i].signo, NULL, &sa) < 0 || (sa.sa_flags & SA_RESTART))
			return 4;	/* a blocked read would not end */
		s.count = 0;
		raise(stop_cases[i].signo);
		if (s.count != 1 || s.signo != stop_cases[i].signo)
			return 5;
	}
	if (!pipe_is_readable(s.wake[0]))
		return 6;
	return s.count == 1 ? 0 : 7;
}

static int survives_writes(void)
{
	stop_ignore_writes();
	raise(SIGPIPE);
	raise(SIGXFSZ);
	return 0;
}

/* Two are counted, so that the pins can be put back; who sends a third wants an end. */
static int third_kills(void)
{
	static struct stop s = STOP_INIT;

	if (stop_catch(&s, NULL) < 0)
		return 1;
	raise(SIGTERM);
	raise(SIGINT);
	if (s.count != 2 || s.signo != SIGTERM)
		return 2;
	raise(SIGTERM);
	return 3;
}

static int keeps_nohup(void)
{
	static struct stop s = STOP_INIT;

	signal(SIGHUP, SIG_IGN);
	if (stop_catch(&s, NULL) < 0)
		return 1;
	raise(SIGHUP);
	if (s.count)
		return 2;
	raise(SIGTERM);
	return s.count == 1 && s.signo == SIGTERM ? 0 : 3;
}

/* What was caught or is pending was meant for its parent; what comes later is counted. */
static int child_begins_anew(void)
{
	static struct stop s = STOP_INIT;
	sigset_t before;
	int wake;

	signal(SIGHUP, SIG_DFL);	/* the tests may be run by nohup */
	if (stop_catch(&s, NULL) < 0 || raise(SIGINT) || s.count != 1)
		return 1;
	wake = s.wake[0];
	if (stop_catch(&s, NULL) < 0 || s.wake[0] != wake || s.count != 1)
		return 2;	/* it is no beginning */
	stop_hold(&before);
	raise(SIGTERM);
	if (s.count != 1 || stop_catch_anew(&s, NULL) < 0)
		return 3;
	stop_release(&before);
	if (s.count || pipe_is_readable(s.wake[0]))
		return 4;
	stop_hold(&before);
	raise(SIGHUP);
	stop_release(&before);
	if (s.count != 1 || s.signo != SIGHUP || !pipe_is_readable(s.wake[0]))
		return 5;
	stop_drain(&s);
	return pipe_is_readable(s.wake[0]) || s.count != 1 ? 6 : 0;
}

static int child_keeps_nohup(void)
{
	static struct stop s = STOP_INIT;

	signal(SIGHUP, SIG_IGN);
	if (stop_catch(&s, NULL) < 0 || stop_catch_anew(&s, NULL) < 0)
		return 1;
	raise(SIGHUP);
	return s.count ? 2 : 0;
}

static const struct { const char *name; int (*fn)(void); int killed_by; } caught_cases[] = {
	{ "child_begins_anew", child_begins_anew, 0 }, { "child_keeps_nohup", child_keeps_nohup, 0 },
	{ "catches_all", catches_all, 0 }, { "keeps_nohup", keeps_nohup, 0 },
	{ "third_kills", third_kills, SIGTERM }, { "survives_writes", survives_writes, 0 },
};

START_TEST(caught_signals_end_the_program_as_they_should)
{
	int status = 0;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(caught_cases[_i].fn());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == caught_cases[_i].killed_by, "%s ended with status 0x%x",
		      caught_cases[_i].name, (unsigned int)status);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stop");
	TCase *tc = runner_case(suite, "stop", 0);

	tcase_add_loop_test(tc, first_signal_decides_the_exit_status, 0, COUNT(stop_cases));
	tcase_add_test(tc, raise_wakes_and_never_blocks);
	tcase_add_loop_test(tc, caught_signals_end_the_program_as_they_should,
			    0, COUNT(caught_cases));
	return runner_run(suite);
}
