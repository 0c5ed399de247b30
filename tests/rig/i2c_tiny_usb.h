/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An i2c-tiny-usb: a USB adapter to an I2C bus, one control transfer a message (the driver
 * i2c-tiny-usb). It tells an address that nobody acknowledged from all other failures, and no
 * more; the driver waits 2 s for a message.
 */
#ifndef RIG_I2C_TINY_USB_H
#define RIG_I2C_TINY_USB_H

#include "tests/rig/board.h"
#include "tests/rig/usbip.h"

struct i2c_tiny_usb {
	struct board *board;
	uint8_t status;			/* private: of the last message */
};

extern const struct usb_kind i2c_tiny_usb_kind;

#endif
