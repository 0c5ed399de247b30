/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "loader/an3155/an3155.h"
#include "loader/dfu/dfu.h"
#include "loader/table.h"

struct loader *loader_open(struct port *port, const struct loader_config *config, struct err *e)
{
	return port->caps & PORT_CONTROL ? dfu_open(port, config, e) : an3155_open(port, config, e);
}

uint32_t loader_write_max(enum port_wire wire, uint32_t frame_tx)
{
	return wire == WIRE_USB ? dfu_write_max() : an3155_write_max(frame_tx);
}
