/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/stop.h"

static const struct { int number; const char *name; } stop_signals[] = {
	{ SIGINT, "SIGINT" }, { SIGTERM, "SIGTERM" }, { SIGHUP, "SIGHUP" },
};
#define STOP_SIGNALS (sizeof(stop_signals) / sizeof(stop_signals[0]))

/* A handler is given nothing but the number: this is its only way to the caller's struct. */
static struct stop *stop_caught;

/*
 * The exit sequence still runs after two signals. A third one ends the program at once.
 */
static void stop_handler(int signo)
{
	if (stop_caught->count >= 2) {
		signal(signo, SIG_DFL);
		raise(signo);
	}
	stop_raise(stop_caught, signo);
}

void stop_raise(struct stop *s, int signo)
{
	int saved = errno;

	if (s->spares && signo == STOP_GENTLE)
		return;
	if (!s->count)
		s->signo = signo;
	s->count++;
	/* The only error possible, a full pipe, wakes just as well. */
	if (s->wake[1] >= 0 && write(s->wake[1], "", 1) < 0)
		errno = saved;
}

static void choose_signals(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < STOP_SIGNALS; i++)
		sigaddset(set, stop_signals[i].number);
	sigaddset(set, STOP_GENTLE);
}

/* The handler must not be interrupted by itself: counting takes more than one instruction. */
static void fill_action(struct sigaction *sa)
{
	memset(sa, 0, sizeof(*sa));
	sa->sa_handler = stop_handler;
	choose_signals(&sa->sa_mask);
}

static int stop_install(struct err *e)
{
	struct sigaction sa, old;
	size_t i;

	fill_action(&sa);
	for (i = 0; i < STOP_SIGNALS; i++) {
		if (sigaction(stop_signals[i].number, NULL, &old) < 0 ||
		    (old.sa_handler != SIG_IGN && sigaction(stop_signals[i].number, &sa, NULL) < 0))
			return err_sys(e, ERR_OTHER, errno, "cannot catch %s",
				       stop_signals[i].name);
	}
	return 0;
}

void stop_ignore_writes(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

int stop_open(struct stop *s, struct err *e)
{
	if (pipe2(s->wake, O_NONBLOCK | O_CLOEXEC) < 0)
		return err_sys(e, ERR_OTHER, errno, "cannot make a pipe for signals");
	return 0;
}

void stop_close(struct stop *s)
{
	for (size_t i = 0; i < 2; i++)
		if (s->wake[i] >= 0)
			close(s->wake[i]);
	s->wake[0] = s->wake[1] = -1;
}

void stop_spare(struct stop *s)
{
	s->spares = 1;
}

void stop_reset(struct stop *s)
{
	s->count = 0;
	s->spares = 0;
	s->signo = 0;
	stop_drain(s);
}

int stop_catch(struct stop *s, struct err *e)
{
	if (s->wake[0] >= 0)
		return 0;
	if (stop_open(s, e) < 0)
		return -1;
	stop_caught = s;
	return stop_install(e);
}

int stop_catch_gentle(struct err *e)
{
	struct sigaction sa;

	fill_action(&sa);
	if (sigaction(STOP_GENTLE, &sa, NULL) < 0)
		return err_sys(e, ERR_OTHER, errno, "cannot catch signal %d", STOP_GENTLE);
	return 0;
}

void stop_hold(sigset_t *before)
{
	sigset_t set;

	choose_signals(&set);
	sigprocmask(SIG_BLOCK, &set, before);
}

void stop_release(const sigset_t *before)
{
	sigprocmask(SIG_SETMASK, before, NULL);
}

/* To ignore a signal forgets one that is pending. */
static void forget_pending(void)
{
	struct sigaction sa;

	for (size_t i = 0; i < STOP_SIGNALS; i++) {
		int number = stop_signals[i].number;

		if (sigaction(number, NULL, &sa) == 0 && sa.sa_handler != SIG_IGN) {
			signal(number, SIG_IGN);
			sigaction(number, &sa, NULL);
		}
	}
}

int stop_catch_anew(struct stop *s, struct err *e)
{
	forget_pending();
	stop_close(s);
	s->count = 0;
	s->spares = 0;
	s->signo = 0;
	return stop_catch(s, e);
}

void stop_drain(const struct stop *s)
{
	char bytes[64];

	while (read(s->wake[0], bytes, sizeof(bytes)) > 0)
		;
}

static void name_stop(int signo, struct err *e)
{
	const char *name = "a signal";

	for (size_t i = 0; i < STOP_SIGNALS; i++)
		if (stop_signals[i].number == signo)
			name = stop_signals[i].name;
	if (signo == STOP_CANCELLED)
		err_set(e, ERR_SIGNAL, "cancelled");
	else if (signo == STOP_TIMED_OUT)
		err_set(e, ERR_SIGNAL, "the time for this job is over");
	else
		err_set(e, ERR_SIGNAL, "interrupted by %s", name);
}

int stop_check(const struct stop *s, struct err *e)
{
	if (!s || !s->count)
		return 0;
	name_stop(s->signo, e);
	if (e)
		e->sys = s->signo;
	return -1;
}
