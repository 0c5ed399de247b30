/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One of several boards that are worked on at once: the process that does its job, what that has
 * told, and its result.
 *
 * The process is in a process group of its own, so that Ctrl-C reaches its parent alone, which
 * passes each signal on, once. When its parent dies it gets SIGTERM: it ends with the exit part run.
 */
#ifndef BOOTPIN_MEMBER_H
#define BOOTPIN_MEMBER_H

#include <sys/types.h>

#include "base/stop.h"
#include "job/job.h"
#include "report/relay.h"
#include "steps/arrival.h"

struct member {
	const char *port;
	struct report r;	/* prints what the process reports, with the port in front */

	pid_t pid;		/* 0: none was started */
	int from;		/* where its records come; -1: it has ended, or was never started */
	struct relay in;
	bool ready;		/* it counts signals of its own */
	int passed_on;		/* how many it was sent */

	struct err err;		/* once it has ended; ERR_NONE: it succeeded */
	bool died;		/* without a word: nobody knows what its chip holds */

	char chip[96], uid[ARRIVAL_UID];	/* "": not told */
	nsec_t took;		/* by its port's clock; 0: not told */

	/* With --loop: */
	bool came;		/* the board that this process waits for */
	struct arrival_last last;	/* that one, or the one before it */

	bool leaves;		/* it told which exit part fits its chip (EV_EXIT_LEFT): */
	bool lost;		/* none, since a reset would be the end of it */
	enum sequence_part part;
};

/* Nothing is started. What @r prints is printed like that, too. member_free is due. */
void member_init(struct member *m, const char *port, const struct report *r);
void member_free(struct member *m);

/* For the next board on this port, once the process has ended: what is known is the last board. */
void member_renew(struct member *m, const struct report *r);

/*
 * Starts the process. Returns true in it: *@to is then where its records go, and signals are held
 * (stop_hold) until member_work. Returns false in its parent; if none could be started, m->err says
 * why.
 */
bool member_start(struct member *m, int *to, sigset_t *held);

/*
 * In the process: does @j on its port, with --loop once a board has come, with everything told through @to by @r from now on, as run_job
 * does. @parent: who has started it. @pins_held: its parent drives the lines.
 */
int member_work(const struct member *m, const struct job *j, const struct port_ops *const *kinds,
		bool pins_held, pid_t parent, int to, const sigset_t *held, struct report *r,
		struct stop *stop, struct err *e);

/*
 * Reads what the process has sent, for member_next. At its end its result is in m->err, made here if
 * it died without one. Returns false then.
 */
bool member_listen(struct member *m);

/* The next record, and what it says of the chip is noted. False: there is none now. */
bool member_next(struct member *m, struct relay_record *rec);

/*
 * Passes on the signals that @stop has caught and that it was not sent yet; @gently: the first one as
 * STOP_GENTLE.
 */
void member_pass_on(struct member *m, const struct stop *stop, bool gently);

#endif
