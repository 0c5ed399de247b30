/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/rate.h"

int rate_rest(struct session *s, struct err *e)
{
	unsigned int base = s->rate.base;

	if (!base)
		return 0;
	s->rate.base = 0;
	s->rate.proven = false;
	s->loader->strict = false;
	return s->port->ops->set_baud(s->port, base, e);
}

int rate_go_back(struct session *s, struct err *e)
{
	if (!s->rate.base)
		return 0;
	if (s->rate.proven)
		report_event(s->r, EV_RATE_BACK, s->port->baud, s->rate.base);
	s->rate.over = true;
	return rate_rest(s, e);
}
