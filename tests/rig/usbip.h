/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A USB device in user space: the kernel's virtual host controller (vhci_hcd) talks USB/IP to it
 * over a socket (Documentation/usb/usbip_protocol.rst). Full speed; control and bulk transfers.
 *
 * Times are the board's: nanoseconds since it was powered on.
 */
#ifndef RIG_USBIP_H
#define RIG_USBIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ports/port.h"
#include "ports/sim/rom/usb_setup.h"

#define USB_NEVER INT64_MAX

/* One kind of device: its descriptors and its answers; @dev is its own state. */
struct usb_kind {
	uint16_t vendor, product;
	const char *maker, *name;
	const uint8_t *config;		/* configuration descriptor with all that belongs to it */
	size_t config_len;

	/* Its control takes standard requests, too; what is above is not used. */
	bool whole;

	/*
	 * Until when it answers no control transfer at all, at @now; in the past if it does. What comes
	 * meanwhile is looked at then. NULL: it always does.
	 */
	nsec_t (*naks_until)(void *dev, nsec_t now);

	/*
	 * A vendor's request, with @len bytes of @data in either direction. Returns how many bytes
	 * of @data are the answer, or -EPIPE to stall. *@due, preset to now, is when it completes;
	 * USB_NEVER for no answer.
	 */
	int (*control)(void *dev, const struct usb_setup *setup, uint8_t *data, size_t len,
		       nsec_t *due);

	/* Takes all that the host sends, or returns false: there is no room yet. */
	bool (*take)(void *dev, const uint8_t *data, size_t len, nsec_t now);

	/* Gives the host at most @room bytes; 0 if there is nothing. */
	size_t (*give)(void *dev, uint8_t *data, size_t room);
};

struct usbip;

/* Plugs the device in, at @port of the virtual hub. NULL with @e set: ERR_OTHER. */
struct usbip *usbip_plug(const struct usb_kind *kind, void *dev, unsigned int port,
			 struct err *e);

/* Pulls it out. NULL is accepted. */
void usbip_pull(struct usbip *u);

/* Readable when the host has sent something. */
int usbip_fd(const struct usbip *u);

/* Takes one message of the host's. Returns 0, or -1 when the host has let go of the device. */
int usbip_receive(struct usbip *u, nsec_t now);

/* Completes all transfers that can be. */
void usbip_serve(struct usbip *u, nsec_t now);

/* When the next transfer completes without anything else happening, or USB_NEVER. */
nsec_t usbip_due(const struct usbip *u);

#endif
