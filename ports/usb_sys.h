/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libusb and the system under the USB port, which tests replace. The calls are those of the same
 * names in libusb-1.0 without their prefix.
 */
#ifndef BOOTPIN_USB_SYS_H
#define BOOTPIN_USB_SYS_H

#include <libusb.h>
#include <poll.h>

#include "base/clock.h"

struct usb_sys {
	const char *lock_dir;		/* where lock files are made */
	const char *sysfs;		/* where sysfs is mounted */
	const char *nodes;		/* where the device nodes are: BUS/ADDRESS, three digits each */
	const char *proc;
	int (*init)(libusb_context **context);
	void (*exit)(libusb_context *context);
	ssize_t (*get_device_list)(libusb_context *context, libusb_device ***list);
	void (*free_device_list)(libusb_device **list, int unref);
	uint8_t (*get_bus_number)(libusb_device *device);
	uint8_t (*get_device_address)(libusb_device *device);
	int (*get_port_numbers)(libusb_device *device, uint8_t *ports, int count);
	int (*open)(libusb_device *device, libusb_device_handle **handle);
	void (*close)(libusb_device_handle *handle);
	int (*claim_interface)(libusb_device_handle *handle, int interface);
	int (*release_interface)(libusb_device_handle *handle, int interface);
	int (*set_interface_alt_setting)(libusb_device_handle *handle, int interface, int alt);
	int (*submit_transfer)(struct libusb_transfer *transfer);
	int (*cancel_transfer)(struct libusb_transfer *transfer);
	const struct libusb_pollfd **(*get_pollfds)(libusb_context *context);
	void (*free_pollfds)(const struct libusb_pollfd **pollfds);
	int (*handle_events)(libusb_context *context, struct timeval *limit, int *completed);
	/* Waits until one of @fds is ready, but @limit at most. */
	void (*wait)(struct pollfd *fds, nfds_t count, nsec_t limit);
	nsec_t (*now)(void);
};

/* libusb on Linux. */
extern const struct usb_sys usb_linux;

#endif
