/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual time passes on a simulated board's port.
 */
#ifndef BOOTPIN_SIM_WAIT_H
#define BOOTPIN_SIM_WAIT_H

#include "ports/sim/board/sim.h"

/*
 * Waits on a board's port until @until, by its clock *@now. Returns 0, or -1 with @e set if a signal
 * came and the port is not deaf to it.
 */
int sim_wait(struct sim *s, const struct port *port, struct stop *stop, nsec_t *now,
	     nsec_t until, struct err *e);

#endif
