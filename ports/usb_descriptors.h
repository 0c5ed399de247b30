/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a device on USB says of itself, out of the bytes that it sends and the kernel keeps (USB 2.0,
 * chapter 9; DFU 1.1, chapter 4). Pure functions: any bytes will do, lies included.
 */
#ifndef BOOTPIN_USB_DESCRIPTORS_H
#define BOOTPIN_USB_DESCRIPTORS_H

#include <stddef.h>

#include "ports/usb_device.h"

enum usb_kind {
	USB_NOT_DFU,
	USB_RUNTIME,		/* an application that can be sent into its DFU bootloader */
	USB_PLAIN_DFU,		/* DFU without addresses: DFU 1.0 and 1.1 */
	USB_DFUSE,		/* DFU 1.1a */
};

struct usb_described {
	enum usb_kind kind;
	uint8_t configuration;		/* bConfigurationValue of the one with the DFU interface */
	/* without strings and path; alts have their numbers */
	struct usb_device device;
	/* numbers of its strings; 0: it has none */
	uint8_t product, serial, alts[USB_ALTS_MAX];
};

/* The longest device and configuration descriptors that are looked at. */
#define USB_DESCRIPTORS_MAX 1024

/*
 * Takes the device descriptor and what follows it: its configurations, of which the first DFU
 * interface counts. The functional descriptor is believed only behind such an interface: its type is
 * that of HID's too, and some devices never answer when they are asked for it alone. Returns 0, or
 * -1 if @raw does not begin with a device descriptor; *@d is then empty.
 */
int usb_descriptors_take(const uint8_t *raw, size_t len, struct usb_described *d);

/*
 * The text of a string descriptor as it came: some state a length that they do not have. What is
 * beyond Latin-1 becomes '?'. Returns @text, "" if it is none.
 */
const char *usb_string_take(const uint8_t *raw, size_t len, char *text, size_t size);

#endif
