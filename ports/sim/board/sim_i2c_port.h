/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The I2C half of port_sim: the port of i2c.h, on a simulated bus in place of the kernel's.
 */
#ifndef BOOTPIN_SIM_I2C_PORT_H
#define BOOTPIN_SIM_I2C_PORT_H

#include "ports/sim/board/sim.h"

/* As sim_port, for a board with bus=i2c. @owned: the board ends with the port. */
struct port *sim_i2c_port(struct sim *s, const struct port_cfg *cfg, bool owned, struct err *e);

#endif
