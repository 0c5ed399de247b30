/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "ports/usb.h"

enum port_wire usb_match(const char *spec)
{
	return strncmp(spec, "usb", 3) == 0 && (!spec[3] || spec[3] == ':') ? WIRE_USB : WIRE_NONE;
}

static struct port *usb_open(const struct port_cfg *cfg, struct err *e)
{
	err_set(e, ERR_OPEN, "cannot open '%s': bootpin was built without libusb", cfg->spec);
	return NULL;
}

const struct port_ops port_usb = { .match = usb_match, .open = usb_open };
