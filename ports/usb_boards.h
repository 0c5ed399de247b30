/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The devices with a DFU interface on this machine's USB, whatever their kind, for who lists them or
 * chooses among them. Nothing is opened: names of alternate settings are read by opening the port.
 */
#ifndef BOOTPIN_USB_BOARDS_H
#define BOOTPIN_USB_BOARDS_H

#include "base/err.h"
#include "ports/usb_descriptors.h"

#define USB_BOARDS_MAX 32

struct usb_board {
	enum usb_kind kind;
	uint8_t address;		/* on its bus; another at each return */
	uint8_t configuration;		/* bConfigurationValue */
	/* Names of alternate settings: only of the current one, as far as the kernel has it. */
	struct usb_device is;
};

struct usb_boards {
	size_t count;
	struct usb_board board[USB_BOARDS_MAX];
};

/* In the order in which the system has them. Returns 0, or -1 with @e set (ERR_OPEN). */
int usb_boards_list(struct usb_boards *list, struct err *e);

#endif
