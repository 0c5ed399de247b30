/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The DFU devices on this machine's USB, and which of them a PORT means. Nothing is opened and no
 * transfer is made: the kernel keeps the descriptors and strings of each device, readable by all.
 */
#ifndef BOOTPIN_USB_FIND_H
#define BOOTPIN_USB_FIND_H

#include <stdbool.h>

#include "base/err.h"
#include "ports/usb_descriptors.h"
#include "ports/usb_sys.h"

#define USB_FOUND_MAX 32

/* What PORT says. */
enum usb_by {
	USB_BY_NOTHING,		/* "usb": ST's own numbers, 0483:df11 */
	USB_BY_PATH,		/* "usb:1-3.2": bus and ports */
	USB_BY_IDS,		/* "usb:0483:df11" */
	USB_BY_SERIAL,		/* "usb:" and anything else */
};

struct usb_choice {
	enum usb_by by;
	const char *text;	/* what is behind "usb:"; points into the spec */
	uint16_t vid, pid;	/* USB_BY_IDS, USB_BY_NOTHING */
};

/* Is @spec a USB port at all? @choice may be NULL. */
bool usb_choice_parse(const char *spec, struct usb_choice *choice);

/* Whether @spec, which is one, is spelled as it can be. Returns 0, or -1 with @e set (ERR_USAGE). */
int usb_choice_check(const char *spec, struct err *e);

/* A device with a DFU interface. */
struct usb_found {
	libusb_device *device;		/* valid until usb_list_free */
	uint8_t bus, address;
	struct usb_described is;	/* with path, product and serial as far as sysfs has them */
};

struct usb_list {
	const struct usb_sys *sys;
	libusb_device **all;
	size_t count;
	struct usb_found found[USB_FOUND_MAX];
};

/* Lists the devices of @context. Returns 0, or -1 with @e set (ERR_OPEN); usb_list_free is due. */
int usb_list_make(struct usb_list *list, const struct usb_sys *sys, libusb_context *context,
		  struct err *e);
void usb_list_free(struct usb_list *list);

/*
 * The DfuSe device that @choice means. NULL with @e set: ERR_OPEN with a list of what may be meant,
 * a line each that can be used as PORT; e->sys is ENODEV if nothing fits so far.
 */
const struct usb_found *usb_list_pick(const struct usb_list *list, const struct usb_choice *choice,
				      struct err *e);

/* The device at @path ("1-3.2"); NULL. */
const struct usb_found *usb_list_at(const struct usb_list *list, const char *path);

/*
 * The name of the alternate setting that is selected now, into @d, as far as the kernel has it: that of
 * the others only the device itself tells.
 */
void usb_current_name(const struct usb_sys *sys, struct usb_device *d);

/* The node of a device, "/dev/bus/usb/001/005". Returns @path. */
const char *usb_node(const struct usb_sys *sys, const struct usb_found *f, char *path, size_t size);

#endif
