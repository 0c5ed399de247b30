/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/listen.h"
#include "report/text.h"

static void tell(const struct listener *l, const struct record *rec)
{
	l->tell(l->arg, rec);
}

static void hear_event(struct report *r, const struct event_row *row,
		       const struct event_value *values)
{
	struct listener *l = r->listener;
	struct record rec;

	record_event(&rec, l->port, row, values);
	tell(l, &rec);
}

/* The end of the job is worded as for people: the result has those words. */
static void keep_note(struct report *r, const struct event_row *row,
		      const struct event_value *values)
{
	report_text.note(r, row, values);
}

static void hear_begin(struct report *r, nsec_t now)
{
	struct listener *l = r->listener;
	struct record rec;

	l->told = now;
	record_begin(&rec, l->port, r);
	tell(l, &rec);
}

static void hear_progress(struct report *r, nsec_t now)
{
	struct listener *l = r->listener;
	struct record rec;

	if (now - l->told < RECORD_PROGRESS_EVERY)
		return;
	l->told = now;
	record_progress(&rec, l->port, r, now);
	tell(l, &rec);
}

static void hear_end(struct report *r, bool done, nsec_t now)
{
	struct listener *l = r->listener;
	struct record rec;

	(void)done;
	record_end(&rec, l->port, r, now);
	tell(l, &rec);
}

static void hear_error(struct report *r, const char *prog, const struct err *e)
{
	struct listener *l = r->listener;
	struct record rec;

	(void)prog;
	record_error(&rec, l->port, e);
	tell(l, &rec);
}

void listen_begin(struct report *r, struct listener *l, int verbosity)
{
	static const struct report_ops ops = {
		.event = hear_event,
		.note = keep_note,
		.begin = hear_begin,
		.progress = hear_progress,
		.waiting = hear_progress,
		.end = hear_end,
		.error = hear_error,
	};

	*r = (struct report){ .ops = &ops, .verbosity = verbosity, .listener = l };
}

void listen_end(struct report *r, const struct err *e, struct record *last)
{
	struct listener *l = r->listener;

	record_result(last, l->port, e, report_done(r), &r->result);
	record_work(last, &r->result);
	tell(l, last);
}
