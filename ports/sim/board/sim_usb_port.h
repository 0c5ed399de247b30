/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A simulated board with bus=usb as a port, in virtual time.
 */
#ifndef BOOTPIN_SIM_USB_PORT_H
#define BOOTPIN_SIM_USB_PORT_H

#include "ports/sim/board/sim.h"

/*
 * A port on @s; as sim_port. ERR_OPEN if no device is on the bus and @cfg does not say that it comes
 * later.
 */
struct port *sim_usb_port(struct sim *s, const struct port_cfg *cfg, bool owned, struct err *e);

#endif
