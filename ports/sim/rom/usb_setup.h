/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The setup packet of a control transfer (USB 2.0, chapter 9.3), its numbers as the host has them.
 */
#ifndef BOOTPIN_SIM_USB_SETUP_H
#define BOOTPIN_SIM_USB_SETUP_H

#include <stdint.h>

struct usb_setup {
	uint8_t type, request;		/* bmRequestType, bRequest */
	uint16_t value, index, length;	/* wValue, wIndex, wLength */
};

#endif
