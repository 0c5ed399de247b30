/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "steps/look.h"
#include "steps/run.h"

/* ---- a report that keeps the unique ID ---- */

static void hear_event(struct report *r, const struct event_row *row,
		       const struct event_value *values)
{
	struct sight *s = r->listener;

	if (row != &event_table[EV_IDENTITY])
		return;
	s->kind = SIGHT_BOARD;
	snprintf(s->uid, sizeof(s->uid), "%s", values[4].text ? values[4].text : "");
}

static void hear_note(struct report *r, const struct event_row *row,
		      const struct event_value *values)
{
	(void)r;
	(void)row;
	(void)values;
}

static void hear_time(struct report *r, nsec_t now)
{
	(void)r;
	(void)now;
}

static void hear_end(struct report *r, bool done, nsec_t now)
{
	(void)r;
	(void)done;
	(void)now;
}

static void hear_error(struct report *r, const char *prog, const struct err *e)
{
	(void)r;
	(void)prog;
	(void)e;
}

static const struct report_ops quiet = {
	.event = hear_event,
	.note = hear_note,
	.begin = hear_time,
	.progress = hear_time,
	.waiting = hear_time,
	.end = hear_end,
	.error = hear_error,
};

/* ---- what an error says of the board ---- */

/* The error may be about a GPIO line as well, which is looked for before the port. */
static bool is_absent(const struct job *j, const struct err *e)
{
	const char *port = j->req->port;
	bool lines = pin_plan_uses_host(&j->pins, port) &&
		     (j->req->wire == WIRE_USB || access(port, F_OK) == 0);

	return e->code == ERR_OPEN && !lines &&
	       (e->sys == ENOENT || e->sys == ENXIO || e->sys == ENODEV);
}

static enum sight_kind judge(const struct job *j, const struct err *e)
{
	switch (e->code) {
	case ERR_GONE:
		return SIGHT_NO_PORT;
	case ERR_OPEN:
		return is_absent(j, e) ? SIGHT_NO_PORT : SIGHT_UNSEEN;
	case ERR_USAGE:
	case ERR_OTHER:
		return SIGHT_UNSEEN;
	case ERR_SILENT:
		return SIGHT_SILENT;
	case ERR_PROTECTED:
	case ERR_ABILITY:
		return SIGHT_BOARD;
	default:
		return SIGHT_UNCLEAR;
	}
}

/* The same port, pins and chip, and nothing to be done. */
static struct request make_request(const struct request *from)
{
	return (struct request){
		.action = ACT_IDENTIFY,
		.port = from->port,
		.ports = from->ports,
		.port_count = from->port_count,
		.wire = from->wire,
		.baud = from->baud,
		.baud_given = from->baud_given,
		.mode = from->mode,
		.mode_given = from->mode_given,
		.frame_rx = from->frame_rx,
		.frame_tx = from->frame_tx,
		.retries = from->retries,
		.i2c_addr = from->i2c_addr,
		.pins = from->pins,
		.only_calls = true,
		.chip = from->chip,
		.verbosity = -1,
	};
}

int look(const struct job *j, const struct port_ops *const *kinds, struct stop *stop,
	 struct sight *s, struct err *e)
{
	const struct request req = make_request(j->req);
	const struct job own = { .req = &req, .pins = j->pins };
	struct report r = { .ops = &quiet, .verbosity = -1, .listener = s };

	*e = ERR_INIT;
	s->kind = SIGHT_UNCLEAR;
	s->uid[0] = '\0';
	if (run_job(&own, kinds, &r, stop, e) == 0)
		s->kind = SIGHT_BOARD;
	if (s->kind == SIGHT_BOARD)
		return 0;
	s->kind = judge(j, e);
	return s->kind == SIGHT_UNSEEN ? -1 : 0;
}
