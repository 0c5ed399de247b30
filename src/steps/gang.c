/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/poll.h"
#include "report/inplace.h"
#include "report/json.h"
#include "report/log.h"
#include "report/tally.h"
#include "steps/gang.h"
#include "steps/member.h"

#define REDRAW (100 * NSEC_PER_MSEC)
/* From the end of the entry part to the first call; each board is then called for some seconds. */
#define STARTUP (100 * NSEC_PER_MSEC)
#define TALLY_SIZE 512

struct gang {
	const struct job *job;
	const struct request *req;	/* the job's */
	struct report *r;
	struct stop *stop;
	struct member *member;
	struct tally_board *tally;	/* one for each */
	struct pollfd *fds;		/* one for signals, then one for each at work */
	size_t count, started;
	const struct member *own;	/* in a board's process: its own */
	size_t done, had;		/* boards of --loop */
	struct err failed;		/* the first that was not done; ERR_NONE: all were */

	bool holds;			/* the lines of the host, for all boards */
	struct pins pins;

	size_t drawn;			/* columns of the line that shows how far they are */
	nsec_t drawn_at;
	struct err untold;		/* why a result could not be written */
};

static int gang_init(struct gang *g, const struct job *j, struct report *r, struct stop *stop,
		     struct err *e)
{
	size_t n = j->req->port_count;

	*g = (struct gang){ .job = j, .req = j->req, .r = r, .stop = stop };
	pins_init(&g->pins, &j->pins);
	g->member = calloc(n, sizeof(*g->member));
	g->tally = calloc(n, sizeof(*g->tally));
	g->fds = calloc(n + 1, sizeof(*g->fds));
	if (!g->member || !g->tally || !g->fds)
		return err_set(e, ERR_OTHER, "out of memory");
	g->count = n;
	for (size_t i = 0; i < n; i++) {
		member_init(&g->member[i], j->req->ports[i], r);
		g->tally[i].r = &g->member[i].r;
		if (json_branch(r, &g->member[i].r, g->member[i].port, e) < 0)
			return -1;
	}
	return 0;
}

static void gang_free(struct gang *g)
{
	for (size_t i = 0; i < g->count; i++) {
		json_drop(&g->member[i].r);
		member_free(&g->member[i]);
	}
	pins_free(&g->pins);
	free(g->member);
	free(g->tally);
	free(g->fds);
}

/* ---- lines of the host ---- */

/* Do more than one of the ports drive them? A single one holds its own. */
static bool are_lines_shared(const struct gang *g)
{
	size_t users = 0;

	for (size_t i = 0; i < g->count; i++)
		users += pin_plan_uses_host(&g->job->pins, g->member[i].port);
	return users > 1;
}

static bool is_held_for(const struct gang *g, const struct member *m)
{
	return g->holds && pin_plan_uses_host(&g->job->pins, m->port);
}

/* RTS and DTR are moved by each board's process, GPIO lines by this one: one order for both is none. */
static int check_sequence(const struct gang *g, struct err *e)
{
	if (!sequence_drives_modem(g->pins.seq))
		return 0;
	return err_set(e, ERR_USAGE, "a sequence that drives both GPIO lines and RTS, DTR or BREAK is "
		       "for one PORT: several share the lines");
}

static void let_start(void)
{
	const struct timespec startup = { .tv_nsec = (long)STARTUP };

	nanosleep(&startup, NULL);
}

static int enter(struct gang *g, struct err *e)
{
	g->holds = are_lines_shared(g);
	if (!g->holds)
		return 0;
	if (g->req->loop)
		return err_set(e, ERR_USAGE, "'--loop' resets each board on its own: PORTs that share "
			       "GPIO lines need one of them");
	if (check_sequence(g, e) < 0)
		return -1;
	for (size_t i = 0; i < g->count && !g->pins.gpio; i++)
		if (pins_request(&g->pins, g->member[i].port, e) < 0)
			return -1;
	if (!sequence_part(g->pins.seq, SEQUENCE_ENTRY)->count || g->req->resume)
		return 0;
	if (pins_run(&g->pins, SEQUENCE_ENTRY, e) < 0)
		return -1;
	report_event(g->r, EV_ENTERED_ALL);
	let_start();
	return 0;
}

enum leaving { LEAVE_START, LEAVE_STAY, LEAVE_STARTED, LEAVE_LOST };

/*
 * All boards get the same. One that Go has started is not reset again, and one that could not come
 * back from a reset keeps all from it; else a half-written one does: all wait in their bootloaders.
 */
static enum leaving choose_leaving(const struct gang *g)
{
	enum leaving how = LEAVE_START;

	for (size_t i = 0; i < g->count; i++) {
		const struct member *m = &g->member[i];
		enum leaving own = LEAVE_START;

		if (!is_held_for(g, m))
			continue;
		if (m->leaves && m->part == SEQUENCE_STARTED)
			return LEAVE_STARTED;
		if (m->leaves && m->lost)
			own = LEAVE_LOST;
		else if ((m->leaves && m->part == SEQUENCE_STAY) || m->died)
			own = LEAVE_STAY;
		if (own > how)
			how = own;
	}
	return how;
}

static int leave(struct gang *g, struct err *e)
{
	static const struct {
		enum sequence_part part;
		const char *words;
	} ways[] = {
		[LEAVE_START] = { SEQUENCE_EXIT, "exit part run, once for all boards" },
		[LEAVE_STAY] = { SEQUENCE_STAY, "a board failed half-way: all boards were reset "
				 "into their bootloaders and wait there" },
		[LEAVE_STARTED] = { SEQUENCE_STARTED, "exit part run without a reset, since a board "
				    "was started" },
		[LEAVE_LOST] = { SEQUENCE_PARTS, "exit part not run: a board with blank flash would "
				 "not come back from a reset before a power cycle" },
	};
	const struct sequence *seq = g->pins.seq;
	enum leaving how = seq->own ? choose_leaving(g) : LEAVE_START;

	if (!g->holds || !(seq->has_exit || seq->own))
		return 0;
	if (ways[how].part != SEQUENCE_PARTS && pins_run(&g->pins, ways[how].part, e) < 0)
		return err_recode(e, ERR_OPEN, "the exit part failed");
	report_event(g->r, EV_EXITED_ALL, ways[how].words);
	return 0;
}

/* ---- what is shown ---- */

static nsec_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static enum tally_state board_state(const struct gang *g, const struct member *m)
{
	if (m->from >= 0)
		return g->req->loop && !m->came ? TALLY_AWAITED : TALLY_AT_WORK;
	return m->err.code == ERR_NONE ? TALLY_DONE : TALLY_FAILED;
}

static void show_tally(struct gang *g)
{
	char line[TALLY_SIZE];

	if (!g->r->bar || (g->drawn && now() - g->drawn_at < REDRAW))
		return;
	for (size_t i = 0; i < g->count; i++)
		g->tally[i].state = board_state(g, &g->member[i]);
	tally_draw(g->tally, g->count, inplace_columns(g->r->err), line, sizeof(line));
	inplace_draw(g->r->err, &g->drawn, line);
	g->drawn_at = now();
}

static void hide_tally(struct gang *g)
{
	if (g->drawn)
		inplace_clear(g->r->err, &g->drawn);
}

static bool prints(const struct gang *g, const struct relay_record *rec)
{
	if (rec->kind == RELAY_EVENT)
		return report_tells(g->r, event_table[rec->event].level);
	return rec->kind == RELAY_END || rec->kind == RELAY_ERROR;
}

/* ---- at work ---- */

/* Nothing more comes of @m. */
static void end_board(struct gang *g, struct member *m)
{
	struct err why = ERR_INIT;

	if (json_end(&m->r, &m->err, &why) < 0 && g->untold.code == ERR_NONE)
		g->untold = why;
	if (log_line(&m->r, m->port, &m->err, &why) < 0 && g->untold.code == ERR_NONE)
		g->untold = why;
}

/* Where a board's process tells, and the signals that wait meanwhile: member_start. */
struct birth {
	int to;
	sigset_t held;
};

/* The first one, of --loop. */
static void note_failure(struct gang *g, const struct err *e)
{
	if (g->failed.code == ERR_NONE)
		g->failed = *e;
}

/* Returns true in a board's process. */
static bool start_board(struct gang *g, struct member *m, struct birth *birth)
{
	g->own = m;
	if (stop_check(g->stop, &m->err) == 0 && member_start(m, &birth->to, &birth->held))
		return true;
	if (m->err.code != ERR_NONE) {
		report_error(&m->r, "bootpin", &m->err);
		note_failure(g, &m->err);
		end_board(g, m);
	}
	return false;
}

/* Returns true in a board's process. */
static bool start_boards(struct gang *g, struct birth *birth)
{
	for (; g->started < g->count; g->started++)
		if (start_board(g, &g->member[g->started], birth))
			return true;
	return false;
}

static int work(struct gang *g, const struct port_ops *const *kinds, pid_t parent,
		const struct birth *birth, struct err *e)
{
	const struct member *own = g->own;

	for (size_t i = 0; i < g->started; i++)
		member_free(&g->member[i]);
	pins_forget(&g->pins);
	return member_work(own, g->job, kinds, is_held_for(g, own), parent, birth->to, &birth->held,
			   g->r, g->stop, e);
}

/* ---- board after board ---- */

/* The line is there at once: who reads it through a pipe wants the next board. */
static void tell_result(struct gang *g, const struct member *m)
{
	bool ok = m->err.code == ERR_NONE;

	hide_tally(g);
	report_event(g->r, EV_BOARD_RESULT, m->port, ok ? "OK" : "failed",
		     m->uid[0] ? m->uid : m->last.uid, m->chip, (uint64_t)m->took, m->err.msg);
	if (g->r->out)
		fflush(g->r->out);
	g->had++;
	g->done += ok;
}

/*
 * The process of a board has ended; is there to be another one? One that has met no board was ended by
 * a signal, or can never meet one.
 */
static bool ends_for_next(struct gang *g, struct member *m)
{
	struct err e = ERR_INIT;

	if (m->err.code != ERR_NONE)
		note_failure(g, &m->err);
	if (!m->came) {
		json_drop(&m->r);
		return false;
	}
	end_board(g, m);
	tell_result(g, m);
	if (g->stop->count)
		return false;
	member_renew(m, g->r);
	if (json_branch(g->r, &m->r, m->port, &e) == 0)
		return true;
	note_failure(g, &e);
	return false;
}

/* Returns true in the process of the next board. */
static bool end_or_go_on(struct gang *g, struct member *m, struct birth *birth)
{
	if (g->req->loop)
		return ends_for_next(g, m) && start_board(g, m, birth);
	end_board(g, m);
	return false;
}

/* ---- what they tell ---- */

/* False: nothing more comes of @m. */
static bool hear(struct gang *g, struct member *m)
{
	struct relay_record rec;
	bool more = member_listen(m);

	while (member_next(m, &rec)) {
		if (prints(g, &rec))
			hide_tally(g);
		relay_replay(&rec, &m->r);
	}
	if (!more && m->died) {
		hide_tally(g);
		report_error(&m->r, "bootpin", &m->err);
	}
	return more;
}

/*
 * Waits for what comes next, from a board or a signal. False: no board is at work. The kernel takes no
 * more entries than descriptors may be open, so boards that are not at work have none.
 */
static bool await(struct gang *g)
{
	size_t n = 1;

	g->fds[0] = (struct pollfd){ .fd = g->stop->wake[0], .events = POLLIN };
	for (size_t i = 0; i < g->count; i++)
		if (g->member[i].from >= 0)
			g->fds[n++] = (struct pollfd){ .fd = g->member[i].from, .events = POLLIN };
	if (n > 1 && poll_for(g->fds, n, NULL, NULL) < 0)
		memset(g->fds, 0, n * sizeof(*g->fds));
	return n > 1;
}

/* Returns true in the process of a next board. */
static bool follow_boards(struct gang *g, struct birth *birth)
{
	while (await(g)) {
		size_t n = 1;

		if (g->fds[0].revents)
			stop_drain(g->stop);
		for (size_t i = 0; i < g->count; i++) {
			struct member *m = &g->member[i];
			bool over = m->from >= 0 && g->fds[n++].revents && !hear(g, m);

			if (over && end_or_go_on(g, m, birth))
				return true;
			member_pass_on(m, g->stop, g->req->loop);
		}
		show_tally(g);
	}
	hide_tally(g);
	return false;
}

/* ---- the result ---- */

static size_t tell_boards(const struct gang *g)
{
	size_t done = 0;

	for (size_t i = 0; i < g->count; i++) {
		const struct member *m = &g->member[i];
		bool ok = m->err.code == ERR_NONE;

		done += ok;
		report_event(g->r, EV_BOARD, m->port, ok ? "OK" : "failed", m->uid, m->chip,
			     (uint64_t)m->took);
	}
	return done;
}

/* "; failed: /dev/ttyUSB3 (exit 7), /dev/ttyUSB5 (exit 5) and 3 more" */
static void name_failed(const struct gang *g, size_t failed, struct err *e)
{
	const char *before = "; failed: ";

	for (size_t i = 0; i < g->count; i++) {
		const struct member *m = &g->member[i];

		if (m->err.code == ERR_NONE)
			continue;
		if (strlen(e->msg) + strlen(m->port) + 40 > sizeof(e->msg)) {
			err_append(e, " and %zu more", failed);
			return;
		}
		err_append(e, "%s%s (exit %d)", before, m->port, err_exit_status(&m->err));
		before = ", ";
		failed--;
	}
}

/* Of --loop: each board's result was told, and the first that was not done is the exit status. */
static int conclude_loop(const struct gang *g, struct err *e)
{
	if (g->failed.code == ERR_NONE) {
		report_event(g->r, EV_BOARDS_DONE, g->done, g->had);
		return 0;
	}
	err_set(e, g->failed.code, "%zu of %zu boards done; the first failure: %s", g->done, g->had,
		g->failed.msg);
	e->sys = g->failed.sys;
	return -1;
}

static int conclude(const struct gang *g, struct err *e)
{
	size_t done = tell_boards(g), i = 0;

	if (done == g->count) {
		report_event(g->r, EV_BOARDS_DONE, done, g->count);
		return 0;
	}
	while (g->member[i].err.code == ERR_NONE)
		i++;
	if (stop_check(g->stop, e) < 0) {
		err_append(e, "; %zu of %zu boards done", done, g->count);
	} else {
		err_set(e, g->member[i].err.code, "%zu of %zu boards done", done, g->count);
		e->sys = g->member[i].err.sys;
	}
	name_failed(g, g->count - done, e);
	return -1;
}

/* A failure behind the boards counts if none of them has failed; it is told in any case. */
static int first_failure(const struct gang *g, int ret, struct err *e, const struct err *later)
{
	if (ret < 0)
		report_event(g->r, EV_FAILED_LATER, later->msg);
	else
		*e = *later;
	return -1;
}

static int run_boards(struct gang *g, const struct port_ops *const *kinds, struct err *e)
{
	struct err left = ERR_INIT, released = ERR_INIT;
	pid_t parent = getpid();
	struct birth birth;
	int ret;

	if (enter(g, e) < 0) {
		if (g->pins.gpio)
			leave(g, NULL);
		pins_release(&g->pins, NULL);
		return -1;
	}
	if (start_boards(g, &birth) || follow_boards(g, &birth))
		return work(g, kinds, parent, &birth, e);
	leave(g, &left);
	pins_release(&g->pins, &released);
	ret = g->req->loop ? conclude_loop(g, e) : conclude(g, e);
	if (left.code != ERR_NONE)
		ret = first_failure(g, ret, e, &left);
	if (released.code != ERR_NONE)
		ret = first_failure(g, ret, e, &released);
	if (g->untold.code != ERR_NONE)
		ret = first_failure(g, ret, e, &g->untold);
	return ret;
}

int gang_run(const struct job *j, const struct port_ops *const *kinds, struct report *r,
	     struct stop *stop, struct err *e)
{
	struct gang g;
	int ret = gang_init(&g, j, r, stop, e) < 0 || stop_catch(stop, e) < 0 ? -1 : 0;

	if (ret == 0)
		ret = run_boards(&g, kinds, e);
	gang_free(&g);
	return ret;
}
