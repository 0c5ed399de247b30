/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "sim:CHIP[,key=value...]": a simulated board as a port (see sim.h for the keys).
 */
#ifndef BOOTPIN_SIM_PORT_H
#define BOOTPIN_SIM_PORT_H

#include "ports/sim/board/sim.h"

/*
 * A port on this board, in virtual time, for tests: closing it leaves the board. The board must
 * outlive it. A port that port_open makes of a sim: spec has its own board, which ends with it.
 */
struct port *sim_port(struct sim *s, const struct port_cfg *cfg, struct err *e);

extern const struct port_ops port_sim;

#endif
