/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The USB port: a DfuSe device through libusb-1.0. All but tests open it through port_open.
 */
#ifndef BOOTPIN_USB_H
#define BOOTPIN_USB_H

#include "ports/port.h"

/* Without libusb it takes the same specs, and says that there is none. */
extern const struct port_ops port_usb;

/* Is @spec a USB port: "usb", "usb:BUS-PORT", "usb:VID:PID" or "usb:SERIAL"? */
enum port_wire usb_match(const char *spec);

struct usb_sys;

/* Opens a port as port_usb.open does, on @sys, which must outlive the port. */
struct port *usb_open_on(const struct port_cfg *cfg, const struct usb_sys *sys, struct err *e);

#endif
