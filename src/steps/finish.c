/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "steps/finish.h"

void finish(struct session *s, bool ok)
{
	const struct port_traffic *t = &s->port->traffic;
	uint64_t took = (uint64_t)(port_now(s->port) - s->began);

	report_event(s->r, EV_TRAFFIC, t->turns, t->sent, t->received, took);
	if (s->name[0])
		report_event(s->r, ok ? EV_JOB_DONE : EV_JOB_FAILED, s->name, s->uid,
			     report_done(s->r), took);
}
