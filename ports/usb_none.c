/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "ports/usb.h"
#include "ports/usb_boards.h"

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

int usb_boards_list(struct usb_boards *list, struct err *e)
{
	list->count = 0;
	return err_set(e, ERR_OPEN, "cannot look for USB devices: bootpin was built without libusb");
}
