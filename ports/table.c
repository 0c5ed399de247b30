/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ports/far.h"
#include "ports/i2c.h"
#include "ports/replay.h"
#include "ports/serial.h"
#include "ports/sim/board/sim_port.h"
#include "ports/table.h"
#include "ports/usb.h"

/* port_serial takes every path, so it comes last. */
const struct port_ops *const port_kinds[] = {
	&port_sim, &port_replay, &port_usb, &port_rfc2217, &port_tcp, &port_i2c,
	&port_serial, NULL,
};
