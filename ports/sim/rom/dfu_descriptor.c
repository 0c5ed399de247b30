/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/usb/ch9.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "ports/sim/rom/dfu_descriptor.h"

#define DFU_FUNCTIONAL 0x21u
#define FUNCTIONAL_SIZE 9u
#define SUBCLASS_DFU 1u
#define PROTOCOL_DFU_MODE 2u
#define DETACH_MS 255u
#define SELF_POWERED 0xC0u
#define TEXT_MAX 128u

/* F42x: the string that should have 166 bytes comes with 112. */
#define CUT_SIZE 112u

unsigned int dfu_alts(const struct dfu_model *m)
{
	unsigned int n = 0;

	while (n < DFU_ALTS && m->alts[n])
		n++;
	return n;
}

static int device_descriptor(const struct dfu_model *m, uint8_t *out)
{
	memset(out, 0, USB_DT_DEVICE_SIZE);
	out[0] = USB_DT_DEVICE_SIZE;
	out[1] = USB_DT_DEVICE;
	put_le16(out + 2, m->bcd_usb);
	out[7] = 64;			/* bMaxPacketSize0 */
	put_le16(out + 8, m->vid);
	put_le16(out + 10, m->pid);
	put_le16(out + 12, m->bcd_device);
	out[14] = DFU_STRING_MAKER;
	out[15] = DFU_STRING_PRODUCT;
	out[16] = DFU_STRING_SERIAL;
	out[17] = 1;			/* bNumConfigurations */
	return USB_DT_DEVICE_SIZE;
}

static int config_descriptor(const struct dfu_model *m, uint8_t *out)
{
	const uint8_t functional[FUNCTIONAL_SIZE] = {
		FUNCTIONAL_SIZE, DFU_FUNCTIONAL, m->attributes, DETACH_MS, 0,
		(uint8_t)m->transfer, (uint8_t)(m->transfer >> 8),
		(uint8_t)m->dfu_version, (uint8_t)(m->dfu_version >> 8),
	};
	unsigned int alts = dfu_alts(m);
	uint8_t *p = out + USB_DT_CONFIG_SIZE;

	for (unsigned int i = 0; i < alts; i++, p += USB_DT_INTERFACE_SIZE) {
		const uint8_t alt[USB_DT_INTERFACE_SIZE] = {
			USB_DT_INTERFACE_SIZE, USB_DT_INTERFACE, 0, (uint8_t)i, 0,
			USB_CLASS_APP_SPEC, SUBCLASS_DFU, PROTOCOL_DFU_MODE,
			(uint8_t)(DFU_STRING_ALT + i),
		};

		memcpy(p, alt, sizeof(alt));
	}
	memcpy(p, functional, sizeof(functional));
	p += sizeof(functional);
	memcpy(out, (const uint8_t[USB_DT_CONFIG_SIZE]){
		USB_DT_CONFIG_SIZE, USB_DT_CONFIG, (uint8_t)(p - out), 0, 1, 1, 0, SELF_POWERED, 50,
	}, USB_DT_CONFIG_SIZE);
	return (int)(p - out);
}

/* The rule of ST's ROMs and of the device library. */
static void serial_text(const struct dfu_face *f, char *text)
{
	const uint8_t *uid = f->uid;

	if (f->model->serial)
		snprintf(text, TEXT_MAX, "%s", f->model->serial);
	else
		snprintf(text, TEXT_MAX, "%08X%04X", (unsigned int)(le32(uid) + le32(uid + 8)),
			 (unsigned int)(le32(uid + 4) >> 16));
}

/* What the string @index should be; "" if there is none. */
static void string_text(const struct dfu_face *f, unsigned int index, char *text)
{
	const struct dfu_model *m = f->model;

	text[0] = '\0';
	if (index == DFU_STRING_SERIAL)
		serial_text(f, text);
	else if (index == DFU_STRING_MAKER || index == DFU_STRING_PRODUCT)
		snprintf(text, TEXT_MAX, "%s", index == DFU_STRING_MAKER ? m->maker : m->product);
	else if (index >= DFU_STRING_ALT && index < DFU_STRING_ALT + dfu_alts(m) && !f->nameless)
		snprintf(text, TEXT_MAX, "%s", m->alts[index - DFU_STRING_ALT]);
}

static int string_descriptor(const struct dfu_face *f, unsigned int index, uint8_t *out)
{
	bool raw = index == DFU_STRING_SERIAL && f->model->flags & DFU_RAW_SERIAL;
	char text[TEXT_MAX];
	size_t size = 2, n;

	string_text(f, index, text);
	n = strlen(text);
	if (!n)
		return -1;
	for (size_t i = 0; i < n; i++) {
		out[size++] = (uint8_t)text[i];
		if (!raw)
			out[size++] = 0;
	}
	out[0] = (uint8_t)size;
	out[1] = USB_DT_STRING;
	if (index == DFU_STRING_ALT && f->model->flags & DFU_CUT_STRING)
		size = CUT_SIZE;
	return (int)size;
}

int dfu_descriptor(const struct dfu_face *f, uint16_t value, uint8_t *out)
{
	static const uint8_t languages[] = { 4, USB_DT_STRING, 0x09, 0x04 };

	switch (value >> 8) {
	case USB_DT_DEVICE:
		return device_descriptor(f->model, out);
	case USB_DT_CONFIG:
		return value & 0xFF ? -1 : config_descriptor(f->model, out);
	case USB_DT_STRING:
		if (value & 0xFF)
			return string_descriptor(f, value & 0xFF, out);
		memcpy(out, languages, sizeof(languages));
		return sizeof(languages);
	default:
		return -1;
	}
}

void dfu_string(const struct dfu_face *f, unsigned int index, char *text, size_t size)
{
	uint8_t bytes[DFU_DESCRIPTOR_MAX];
	int len = string_descriptor(f, index, bytes);
	size_t n = 0;

	for (int i = 2; i + 1 < len && n + 1 < size; i += 2)
		text[n++] = bytes[i + 1] ? '?' : (char)bytes[i];
	text[n] = '\0';
}
