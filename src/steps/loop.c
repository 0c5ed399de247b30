/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <time.h>

#include "base/poll.h"
#include "steps/look.h"
#include "steps/loop.h"
#include "steps/run.h"

#define PERIOD (300 * NSEC_PER_MSEC)
/* Each look by pins resets the board that is there, whose application is to run meanwhile. */
#define PERIOD_RESETS NSEC_PER_SEC

struct wait {
	struct arrival arrival;
	struct report *r;
	bool told, told_had;	/* what is waited for */
	struct err trouble;	/* why the last look failed; ERR_NONE: it did not */
};

static nsec_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static void pause_for(nsec_t duration, const struct stop *stop)
{
	struct pollfd wake = { .fd = stop->wake[0], .events = POLLIN };
	const struct timespec ts = { duration / NSEC_PER_SEC, (long)(duration % NSEC_PER_SEC) };

	poll_for(&wake, 1, &ts, NULL);
}

static bool has_pins(const struct job *j)
{
	return j->pins.given && sequence_part(&j->pins.seq, SEQUENCE_ENTRY)->count > 0;
}

/* Once each time that it changes. */
static void tell_wait(struct wait *w)
{
	bool had = w->arrival.last.had;

	if (w->told && w->told_had == had)
		return;
	w->told = true;
	w->told_had = had;
	report_event(w->r, EV_BOARD_AWAITED, had ? "take this one off" : "waiting for a board");
}

/* One that lasts is told once. */
static void note_trouble(struct wait *w, int ret, const struct err *e)
{
	if (ret < 0 && strcmp(w->trouble.msg, e->msg) != 0)
		report_event(w->r, EV_BOARD_TROUBLE, e->msg);
	w->trouble = ret < 0 ? *e : ERR_INIT;
}

static bool is_hopeless(const struct err *e)
{
	return e->code == ERR_USAGE || e->code == ERR_OTHER;
}

static nsec_t choose_period(const struct arrival *a)
{
	return a->pins && a->last.had && !a->silent ? PERIOD_RESETS : PERIOD;
}

/* 1: a board has come, @s; 0: a signal; -1: @e. */
static int await_board(struct wait *w, const struct job *j, const struct port_ops *const *kinds,
		       struct stop *stop, struct sight *s, struct err *e)
{
	for (;;) {
		int ret = look(j, kinds, stop, s, e);

		if (stop->count)
			break;
		s->at = now();
		note_trouble(w, ret, e);
		if (ret < 0 && is_hopeless(e))
			return -1;
		if (arrival_is_new(&w->arrival, s))
			return 1;
		tell_wait(w);
		pause_for(choose_period(&w->arrival), stop);
		if (stop->count)
			break;
	}
	*e = w->trouble;
	return e->code == ERR_NONE ? 0 : -1;
}

/* From now on the job is in hand. False: a signal was there first. */
static bool take_in_hand(struct stop *stop)
{
	sigset_t held;
	bool free;

	stop_hold(&held);
	free = !stop->count;
	if (free)
		stop_spare(stop);
	stop_release(&held);
	return free;
}

int loop_board(const struct job *j, const struct port_ops *const *kinds,
	       const struct arrival_last *last, struct report *r, struct stop *stop, struct err *e)
{
	struct wait w = { .r = r };
	struct sight s = { .kind = SIGHT_UNCLEAR };
	int ret;

	arrival_init(&w.arrival, has_pins(j), j->req->wire == WIRE_USB, last);
	ret = await_board(&w, j, kinds, stop, &s, e);
	if (ret <= 0 || !take_in_hand(stop))
		return ret < 0 ? -1 : 0;
	*e = ERR_INIT;
	report_event(r, EV_BOARD_CAME, s.uid);
	return run_job(j, kinds, r, stop, e);
}
