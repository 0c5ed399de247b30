/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report/json.h"
#include "steps/loop.h"
#include "steps/member.h"
#include "steps/run.h"

void member_init(struct member *m, const char *port, const struct report *r)
{
	*m = (struct member){
		.port = port,
		.from = -1,
		.r = { .ops = r->ops, .out = r->out, .err = r->err, .verbosity = r->verbosity,
		       .lines = r->lines, .port = port, .log = r->log },
	};
}

void member_renew(struct member *m, const struct report *r)
{
	struct arrival_last last = m->last;

	member_free(m);
	member_init(m, m->port, r);
	m->last = last;
}

void member_free(struct member *m)
{
	if (m->from >= 0)
		close(m->from);
	m->from = -1;
	relay_free(&m->in);
}

/* ---- its process ---- */

bool member_start(struct member *m, int *to, sigset_t *held)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0) {
		err_sys(&m->err, ERR_OTHER, errno, "cannot make a pipe");
		return false;
	}
	/* What is still in a buffer would be printed twice. */
	fflush(NULL);
	stop_hold(held);
	m->pid = fork();
	if (m->pid == 0) {
		close(ends[0]);
		*to = ends[1];
		return true;
	}
	stop_release(held);
	close(ends[1]);
	m->from = ends[0];
	if (m->pid < 0) {
		err_sys(&m->err, ERR_OTHER, errno, "cannot start a process");
		m->pid = 0;
		member_free(m);
	}
	return false;
}

/* A parent that died before it could be noticed is noticed here. */
static int settle(pid_t parent, struct stop *stop, struct err *e)
{
	setpgid(0, 0);
	if (stop_catch_anew(stop, e) < 0)
		return -1;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		stop_raise(stop, SIGTERM);
	return stop_check(stop, e);
}

int member_work(const struct member *m, const struct job *j, const struct port_ops *const *kinds,
		bool pins_held, pid_t parent, int to, const sigset_t *held, struct report *r,
		struct stop *stop, struct err *e)
{
	struct request req = *j->req;
	struct job own = *j;
	int ret = settle(parent, stop, e);

	if (ret == 0 && req.loop)
		ret = stop_catch_gentle(e);
	stop_release(held);
	json_drop(r);
	r->log = NULL;
	relay_begin(r, to);
	if (ret < 0)
		return -1;
	req.port = m->port;
	own.req = &req;
	own.pins.held = pins_held;
	ret = req.loop ? loop_board(&own, kinds, &m->last, r, stop, e)
		       : run_job(&own, kinds, r, stop, e);
	/* What was typed is no port: that says that nothing was opened, which the others may have been. */
	if (ret < 0 && e->code == ERR_USAGE)
		e->code = ERR_OPEN;
	return ret;
}

/* ---- what it tells ---- */

static void note_event(struct member *m, enum event ev, const struct event_value *values)
{
	if (ev == EV_EXIT_LEFT) {
		m->leaves = true;
		m->lost = values[0].number;
		m->part = (enum sequence_part)values[1].number;
	} else if (ev == EV_BOARD_CAME) {
		m->came = true;
		m->last = (struct arrival_last){ .had = true };
		snprintf(m->last.uid, sizeof(m->last.uid), "%s", values[0].text);
	} else if (ev == EV_JOB_DONE || ev == EV_JOB_FAILED) {
		snprintf(m->chip, sizeof(m->chip), "%s", values[0].text);
		snprintf(m->uid, sizeof(m->uid), "%s", values[1].text);
		if (m->uid[0])
			memcpy(m->last.uid, m->uid, sizeof(m->last.uid));
		m->took = (nsec_t)values[3].number;
	}
}

bool member_next(struct member *m, struct relay_record *rec)
{
	if (!relay_next(&m->in, rec))
		return false;
	if (rec->kind == RELAY_READY)
		m->ready = true;
	else if (rec->kind == RELAY_EVENT)
		note_event(m, rec->event, rec->values + 1);
	else if (rec->kind == RELAY_ERROR)
		m->err = rec->err;
	return true;
}

/* @how: in which way it ended without a result. */
static void make_result(struct member *m, const char *how)
{
	const char *phase = m->r.under_way ? report_phase(&m->r) : NULL;

	err_set(&m->err, ERR_OTHER, "its process %s%s%s: what its chip holds is not known; run it again",
		how, phase ? " while " : "", phase ? phase : "");
	m->err.phase = phase;
	m->died = true;
}

static void take_status(struct member *m, int status)
{
	char how[40];

	if (WIFSIGNALED(status)) {
		snprintf(how, sizeof(how), "was ended by signal %d", WTERMSIG(status));
		if (m->err.code == ERR_NONE)
			make_result(m, how);
	} else if (WEXITSTATUS(status) && m->err.code == ERR_NONE) {
		snprintf(how, sizeof(how), "ended with %d without a word", WEXITSTATUS(status));
		make_result(m, how);
	}
}

bool member_listen(struct member *m)
{
	int got = relay_read(&m->in, m->from), status = 0;

	if (got > 0)
		return true;
	if (got < 0)		/* no memory: nothing that it tells can be taken any more */
		kill(m->pid, SIGTERM);
	close(m->from);
	m->from = -1;
	while (waitpid(m->pid, &status, 0) < 0 && errno == EINTR)
		;
	take_status(m, status);
	return false;
}

void member_pass_on(struct member *m, const struct stop *stop, bool gently)
{
	if (gently && m->from >= 0 && m->ready && stop->count && !m->passed_on) {
		kill(m->pid, STOP_GENTLE);
		m->passed_on++;
	}
	for (; m->from >= 0 && m->ready && m->passed_on < stop->count; m->passed_on++)
		kill(m->pid, stop->signo);
}
