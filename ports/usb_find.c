/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ports/usb_find.h"

#define PREFIX "usb"
#define ST_VID 0x0483
#define ST_PID 0xDF11
#define PORTS_MAX 7		/* hubs in a row (USB 2.0, 4.1.1) */

/* ---- what is meant ---- */

/* "1-3.2" */
static bool is_path(const char *text)
{
	size_t bus = strspn(text, "0123456789");
	const char *ports = text + bus + 1;

	return bus && text[bus] == '-' && isdigit((unsigned char)*ports) &&
	       ports[strspn(ports, "0123456789.")] == '\0';
}

/* "0483:df11" */
static bool is_ids(const char *text, struct usb_choice *c)
{
	static const char digits[] = "0123456789abcdefABCDEF";

	if (strlen(text) != 9 || strspn(text, digits) != 4 || text[4] != ':' ||
	    strspn(text + 5, digits) != 4)
		return false;
	c->vid = (uint16_t)strtoul(text, NULL, 16);
	c->pid = (uint16_t)strtoul(text + 5, NULL, 16);
	return true;
}

bool usb_choice_parse(const char *spec, struct usb_choice *choice)
{
	struct usb_choice c = { .by = USB_BY_NOTHING, .text = "", .vid = ST_VID, .pid = ST_PID };

	if (strncmp(spec, PREFIX, strlen(PREFIX)) != 0)
		return false;
	spec += strlen(PREFIX);
	if (*spec && *spec != ':')
		return false;
	if (*spec) {
		c.text = spec + 1;
		c.by = is_path(c.text) ? USB_BY_PATH : is_ids(c.text, &c) ? USB_BY_IDS
									   : USB_BY_SERIAL;
	}
	if (choice)
		*choice = c;
	return true;
}

/* One colon is taken for that of VID:PID: a serial number that has one is named by its place. */
int usb_choice_check(const char *spec, struct err *e)
{
	struct usb_choice c;
	const char *colon;

	usb_choice_parse(spec, &c);
	if (c.by != USB_BY_NOTHING && !*c.text)
		return err_set(e, ERR_USAGE, "'%s' lacks what is behind the colon: BUS-PORT, VID:PID or a "
			       "serial number", spec);
	colon = c.by == USB_BY_SERIAL ? strchr(c.text, ':') : NULL;
	if (colon && !strchr(colon + 1, ':'))
		return err_set(e, ERR_USAGE, "'%s': VID:PID is four hexadecimal digits each, as in "
			       "usb:0483:df11", spec);
	return 0;
}

/* ---- what is there ---- */

const char *usb_node(const struct usb_sys *sys, const struct usb_found *f, char *path, size_t size)
{
	snprintf(path, size, "%s/%03u/%03u", sys->nodes, f->bus, f->address);
	return path;
}

static size_t read_file(const char *path, void *buf, size_t size)
{
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(buf, 1, size, f) : 0;

	if (f)
		fclose(f);
	return n;
}

/* A line of sysfs, "" if there is none. */
static void read_line(const struct usb_sys *sys, const char *path, const char *name, char *text,
		      size_t size)
{
	char file[PATH_MAX];
	size_t n;

	snprintf(file, sizeof(file), "%s/bus/usb/devices/%s/%s", sys->sysfs, path, name);
	n = read_file(file, text, size - 1);
	while (n && (text[n - 1] == '\n' || text[n - 1] == '\0'))
		n--;
	text[n] = '\0';
}

/* From sysfs, or where that is not mounted from the node, which is readable by all as a rule. */
static size_t read_descriptors(const struct usb_sys *sys, const struct usb_found *f,
			       const char *path, uint8_t *raw, size_t size)
{
	char file[PATH_MAX];
	size_t n;

	snprintf(file, sizeof(file), "%s/bus/usb/devices/%s/descriptors", sys->sysfs, path);
	n = read_file(file, raw, size);
	return n ? n : read_file(usb_node(sys, f, file, sizeof(file)), raw, size);
}

/* "1-3.2"; false for a root hub. */
static bool make_path(const struct usb_sys *sys, libusb_device *device, char *path, size_t size)
{
	uint8_t ports[PORTS_MAX];
	int count = sys->get_port_numbers(device, ports, PORTS_MAX);
	size_t n;

	if (count <= 0)
		return false;
	n = (size_t)snprintf(path, size, "%u", sys->get_bus_number(device));
	for (int i = 0; i < count && n < size; i++)
		n += (size_t)snprintf(path + n, size - n, "%c%u", i ? '.' : '-', ports[i]);
	return n < size;
}

/* Is it one with a DFU interface? */
static bool look_at(const struct usb_sys *sys, libusb_device *device, struct usb_found *f)
{
	uint8_t raw[USB_DESCRIPTORS_MAX];
	char path[sizeof(f->is.device.path)];
	struct usb_device *u = &f->is.device;
	size_t n;

	if (!make_path(sys, device, path, sizeof(path)))
		return false;
	f->device = device;
	f->bus = sys->get_bus_number(device);
	f->address = sys->get_device_address(device);
	n = read_descriptors(sys, f, path, raw, sizeof(raw));
	if (usb_descriptors_take(raw, n, &f->is) < 0 || f->is.kind == USB_NOT_DFU)
		return false;
	memcpy(u->path, path, sizeof(path));
	read_line(sys, path, "product", u->product, sizeof(u->product));
	read_line(sys, path, "serial", u->serial, sizeof(u->serial));
	return true;
}

int usb_list_make(struct usb_list *list, const struct usb_sys *sys, libusb_context *context,
		  struct err *e)
{
	ssize_t n;

	list->sys = sys;
	list->all = NULL;
	list->count = 0;
	n = sys->get_device_list(context, &list->all);
	if (n < 0)
		return err_set(e, ERR_OPEN, "cannot list the USB devices: %s",
			       libusb_strerror((int)n));
	for (ssize_t i = 0; i < n && list->count < USB_FOUND_MAX; i++)
		list->count += look_at(sys, list->all[i], &list->found[list->count]);
	return 0;
}

void usb_current_name(const struct usb_sys *sys, struct usb_device *d)
{
	char interface[64], number[8];
	unsigned int alt;

	snprintf(interface, sizeof(interface), "%s:1.%u", d->path, d->interface);
	read_line(sys, interface, "bAlternateSetting", number, sizeof(number));
	alt = (unsigned int)strtoul(number, NULL, 10);
	for (unsigned int i = 0; i < d->alt_count; i++)
		if (d->alts[i].number == alt)
			read_line(sys, interface, "interface", d->alts[i].name,
				  sizeof(d->alts[i].name));
}

void usb_list_free(struct usb_list *list)
{
	if (list->all)
		list->sys->free_device_list(list->all, 1);
	list->all = NULL;
	list->count = 0;
}

/* ---- which one ---- */

const struct usb_found *usb_list_at(const struct usb_list *list, const char *path)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->found[i].is.device.path, path) == 0)
			return &list->found[i];
	return NULL;
}

static bool is_meant(const struct usb_choice *c, const struct usb_device *u)
{
	switch (c->by) {
	case USB_BY_PATH:
		return strcmp(u->path, c->text) == 0;
	case USB_BY_SERIAL:
		return strcmp(u->serial, c->text) == 0;
	case USB_BY_NOTHING:
	case USB_BY_IDS:
		break;
	}
	return u->vid == c->vid && u->pid == c->pid;
}

static void add_line(struct err *e, const struct usb_found *f)
{
	const struct usb_device *u = &f->is.device;
	static const char *const kinds[] = {
		[USB_NOT_DFU] = "", [USB_RUNTIME] = ", runs its application",
		[USB_PLAIN_DFU] = ", plain DFU, which has no addresses", [USB_DFUSE] = "",
	};

	err_add_line(e, "usb:%s  %04x:%04x %s%s%s%s", u->path, u->vid, u->pid, u->product,
		     u->serial[0] ? ", serial number " : "", u->serial, kinds[f->is.kind]);
}

static int several(const struct usb_list *list, const struct usb_choice *c, struct err *e)
{
	err_set(e, ERR_OPEN, "several DFU devices are there: say which");
	for (size_t i = 0; i < list->count; i++)
		if (list->found[i].is.kind == USB_DFUSE && is_meant(c, &list->found[i].is.device))
			add_line(e, &list->found[i]);
	return -1;
}

static int wrong_kind(const struct usb_found *f, struct err *e)
{
	const struct usb_device *u = &f->is.device;

	if (f->is.kind == USB_RUNTIME)
		return err_set(e, ERR_OPEN, "usb:%s (%04x:%04x) runs its application: hold BOOT0 "
			       "high while the board is reset or plugged in", u->path, u->vid,
			       u->pid);
	return err_set(e, ERR_OPEN, "usb:%s (%04x:%04x) speaks plain DFU %x.%02x, not ST's DfuSe "
		       "(1.1a): it takes no addresses, and dfu-util is the program for it",
		       u->path, u->vid, u->pid, u->dfu_version >> 8, u->dfu_version & 0xFFu);
}

static int none(const struct usb_list *list, const struct usb_choice *c, struct err *e)
{
	if (c->by == USB_BY_NOTHING)
		err_set(e, ERR_OPEN, "no chip in its USB bootloader (0483:df11) is there: hold BOOT0 "
			"high while the board is reset or plugged in; the cable must carry data");
	else
		err_set(e, ERR_OPEN, "no DFU device '%s' is there: hold BOOT0 high while the board "
			"is reset or plugged in", c->text);
	if (list->count)
		err_append(e, "; there is");
	for (size_t i = 0; i < list->count; i++)
		add_line(e, &list->found[i]);
	if (e)
		e->sys = ENODEV;
	return -1;
}

const struct usb_found *usb_list_pick(const struct usb_list *list, const struct usb_choice *choice,
				      struct err *e)
{
	const struct usb_found *hit = NULL, *other = NULL;
	size_t hits = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct usb_found *f = &list->found[i];

		if (!is_meant(choice, &f->is.device))
			continue;
		if (f->is.kind != USB_DFUSE) {
			other = f;
			continue;
		}
		hit = f;
		hits++;
	}
	if (hits == 1)
		return hit;
	if (hits > 1)
		several(list, choice, e);
	else if (other)
		wrong_kind(other, e);
	else
		none(list, choice, e);
	return NULL;
}
