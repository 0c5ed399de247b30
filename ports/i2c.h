/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The I2C port. All but tests and the simulator open it through port_open.
 */
#ifndef BOOTPIN_I2C_H
#define BOOTPIN_I2C_H

#include "ports/i2c_sys.h"
#include "ports/port.h"

extern const struct port_ops port_i2c;

/* Opens a port as port_i2c.open does, on the system @sys, which must outlive the port. */
struct port *i2c_open_on(const struct port_cfg *cfg, const struct i2c_sys *sys, struct err *e);

#endif
