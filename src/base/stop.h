/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signals ask the program to stop; loops look between frames.
 *
 * The handler only counts and writes to a pipe, so that a wait for a descriptor ends at once. The
 * first signal lets the frame in flight end, or STOP_GRACE pass; the second abandons it.
 */
#ifndef BOOTPIN_STOP_H
#define BOOTPIN_STOP_H

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define STOP_GRACE_NS 2000000000LL

/* In the place of a signal's number, for a caller that catches none. */
#define STOP_CANCELLED 0
#define STOP_TIMED_OUT SIGALRM		/* which is never caught */

/* Whoever raises it may be in a handler, or in another thread. */
struct stop {
	atomic_int count;		/* how many signals came */
	atomic_int signo;		/* the first of them */
	atomic_int spares;		/* STOP_GENTLE changes nothing: stop_spare */
	int wake[2];			/* readable end, writable end; -1: nothing is woken */
};

/* From the parent of a process: end, but a job in hand is to be done. No other signal can swallow it. */
#define STOP_GENTLE SIGUSR1

#define STOP_INIT { .wake = { -1, -1 } }

/*
 * Catches SIGINT, SIGTERM and SIGHUP into @s, which must live until the end of the process. A
 * signal that is ignored at entry (nohup) stays ignored. Nothing is done if @s catches them
 * already. Returns 0 or -1.
 */
int stop_catch(struct stop *s, struct err *e);

/*
 * The same in a child process, which has inherited @s, between stop_hold and stop_release: what came
 * before was meant for its parent.
 */
int stop_catch_anew(struct stop *s, struct err *e);

/* Behind that: catches STOP_GENTLE as well. */
int stop_catch_gentle(struct err *e);

/* All of these signals wait from stop_hold until stop_release, which gets what stop_hold has put aside. */
void stop_hold(sigset_t *before);
void stop_release(const sigset_t *before);

/*
 * In the place of stop_catch, for a caller that leaves signals alone and calls stop_raise itself: @s
 * counts as one that catches them already. stop_close is due after a success. Returns 0 or -1.
 */
int stop_open(struct stop *s, struct err *e);
void stop_close(struct stop *s);

/* From now on STOP_GENTLE changes nothing, in whichever order it comes with others. */
void stop_spare(struct stop *s);

/* Forgets what was raised. */
void stop_reset(struct stop *s);

/* A wait for s->wake[0] is to end by the next signal, not by those that came. */
void stop_drain(const struct stop *s);

/*
 * Ignores SIGPIPE and SIGXFSZ: a pipe without a reader, or a file that may not grow, becomes an
 * error of the write. A message that cannot be printed must not end a job between two frames.
 */
void stop_ignore_writes(void);

/*
 * Counts a signal, as the handler does, or STOP_CANCELLED or STOP_TIMED_OUT. Safe in a handler, and in
 * any thread.
 */
void stop_raise(struct stop *s, int signo);

/* Sets @e to ERR_SIGNAL and returns -1 if a signal came, else 0. @s may be NULL. */
int stop_check(const struct stop *s, struct err *e);

#endif
