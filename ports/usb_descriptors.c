/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/bytes.h"
#include "ports/usb_descriptors.h"

/* bDescriptorType (USB 2.0, table 9-5; DFU 1.1, table 4.1.3). */
#define TYPE_DEVICE 1
#define TYPE_CONFIGURATION 2
#define TYPE_STRING 3
#define TYPE_INTERFACE 4
#define TYPE_DFU 0x21

#define DEVICE_LEN 18u
#define CONFIGURATION_LEN 9u
#define INTERFACE_LEN 9u
#define DFU_LEN 7u		/* of DFU 1.0 */
#define DFU_LEN_VERSIONED 9u
#define VERSION_1_0 0x0100u

#define CLASS_APPLICATION 0xFE
#define SUBCLASS_DFU 1
#define PROTOCOL_RUNTIME 1

/* Where in the descriptors it is. */
struct cursor {
	bool in_dfu;		/* behind a DFU interface */
	bool found;		/* one was taken, with its number */
};

static int take_device(const uint8_t *raw, size_t len, struct usb_described *d)
{
	*d = (struct usb_described){ 0 };
	if (len < DEVICE_LEN || raw[0] < DEVICE_LEN || raw[1] != TYPE_DEVICE)
		return -1;
	d->device.vid = le16(raw + 8);
	d->device.pid = le16(raw + 10);
	d->device.bcd_device = le16(raw + 12);
	d->product = raw[15];
	d->serial = raw[16];
	return 0;
}

static void take_interface(const uint8_t *p, struct cursor *c, struct usb_described *d)
{
	struct usb_device *u = &d->device;

	c->in_dfu = p[5] == CLASS_APPLICATION && p[6] == SUBCLASS_DFU &&
		    (!c->found || p[2] == u->interface);
	if (!c->in_dfu)
		return;
	if (!c->found)
		d->kind = p[7] == PROTOCOL_RUNTIME ? USB_RUNTIME : USB_PLAIN_DFU;
	c->found = true;
	u->interface = p[2];
	if (u->alt_count == USB_ALTS_MAX)
		return;
	d->alts[u->alt_count] = p[8];
	u->alts[u->alt_count++].number = p[3];
}

static void take_functional(const uint8_t *p, struct usb_described *d)
{
	struct usb_device *u = &d->device;

	u->attributes = p[2];
	u->transfer_size = le16(p + 5);
	u->dfu_version = p[0] >= DFU_LEN_VERSIONED ? le16(p + 7) : VERSION_1_0;
	if (d->kind == USB_PLAIN_DFU && u->dfu_version == DFU_VERSION_DFUSE && u->transfer_size)
		d->kind = USB_DFUSE;
}

int usb_descriptors_take(const uint8_t *raw, size_t len, struct usb_described *d)
{
	struct cursor c = { 0 };

	if (take_device(raw, len, d) < 0)
		return -1;
	for (size_t at = raw[0]; at + 2 <= len && raw[at] >= 2 && at + raw[at] <= len;
	     at += raw[at]) {
		const uint8_t *p = raw + at;

		if (p[1] == TYPE_CONFIGURATION && p[0] >= CONFIGURATION_LEN && !c.found)
			d->configuration = p[5];
		else if (p[1] == TYPE_INTERFACE && p[0] >= INTERFACE_LEN)
			take_interface(p, &c, d);
		else if (p[1] == TYPE_DFU && p[0] >= DFU_LEN && c.in_dfu && !d->device.dfu_version)
			take_functional(p, d);
	}
	return 0;
}

const char *usb_string_take(const uint8_t *raw, size_t len, char *text, size_t size)
{
	size_t n = 0;

	if (len >= 2 && raw[1] == TYPE_STRING)
		for (size_t i = 2; i + 2 <= len && n + 1 < size && le16(raw + i); i += 2)
			text[n++] = (char)(raw[i + 1] ? '?' : raw[i]);
	text[n] = '\0';
	return text;
}
