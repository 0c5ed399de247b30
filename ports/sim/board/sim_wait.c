/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ports/sim/board/sim_wait.h"

int sim_wait(struct sim *s, const struct port *port, struct stop *stop, nsec_t *now,
	     nsec_t until, struct err *e)
{
	if (!port->deaf && stop_check(stop, e) < 0)
		return -1;
	if (until > *now)
		*now = until;
	sim_advance(s, *now);
	return 0;
}
