/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ports/usb_device.h"
#include "ports/usb_sysfs.h"

#define DEVICES "/sys/bus/usb/devices"
#define DESCRIPTORS_MAX 4096
#define DFU_FUNCTIONAL 0x21	/* bDescriptorType (DFU 1.1, 4.1.3) */
#define DFU_FUNCTIONAL_LEN 9
#define DFU_VERSION_AT 7

/* The first line of @dir/@name, cut to @size; "" if there is none. */
static void read_attribute(const char *dir, const char *name, char *text, size_t size)
{
	char path[PATH_MAX + 64];
	FILE *f;

	text[0] = '\0';
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "re");
	if (!f)
		return;
	if (!fgets(text, (int)size, f))
		text[0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	fclose(f);
}

static unsigned long read_hex(const char *dir, const char *name)
{
	char text[16];

	read_attribute(dir, name, text, sizeof(text));
	return strtoul(text, NULL, 16);
}

static void read_facts(const char *dir, struct usb_facts *facts)
{
	facts->vid = (uint16_t)read_hex(dir, "idVendor");
	facts->pid = (uint16_t)read_hex(dir, "idProduct");
	read_attribute(dir, "product", facts->product, sizeof(facts->product));
	read_attribute(dir, "serial", facts->serial, sizeof(facts->serial));
}

void usb_sysfs_behind(const char *path, struct usb_facts *facts)
{
	char dir[PATH_MAX], *slash;

	*facts = (struct usb_facts){ 0 };
	if (!realpath(path, dir))
		return;
	while (!read_hex(dir, "idVendor") && (slash = strrchr(dir, '/')))
		*slash = '\0';
	if (dir[0])
		read_facts(dir, facts);
}

/* ---- DfuSe ---- */

/* Whether the descriptors of the device in @dir have a functional one of DfuSe. */
static bool is_dfuse(const char *dir)
{
	uint8_t all[DESCRIPTORS_MAX];
	char path[PATH_MAX + 64];
	size_t len = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/descriptors", dir);
	f = fopen(path, "re");
	if (f) {
		len = fread(all, 1, sizeof(all), f);
		fclose(f);
	}
	for (size_t i = 0; i + 2 <= len && all[i]; i += all[i])
		if (all[i + 1] == DFU_FUNCTIONAL && all[i] >= DFU_FUNCTIONAL_LEN &&
		    i + DFU_FUNCTIONAL_LEN <= len &&
		    (all[i + DFU_VERSION_AT] | all[i + DFU_VERSION_AT + 1] << 8) == DFU_VERSION_DFUSE)
			return true;
	return false;
}

/* @name: of an interface, "1-3.2:1.0", whose device is "1-3.2". */
static bool look_at(const char *devices, const char *name, struct usb_dfuse *d)
{
	size_t len = strcspn(name, ":");
	char dir[PATH_MAX];

	*d = (struct usb_dfuse){ .path = "" };
	if (!name[len] || len >= sizeof(d->path))
		return false;
	memcpy(d->path, name, len);
	snprintf(dir, sizeof(dir), "%.200s/%.255s", devices, name);
	if (read_hex(dir, "bInterfaceClass") != 0xFE || read_hex(dir, "bInterfaceSubClass") != 1 ||
	    read_hex(dir, "bInterfaceProtocol") != 2)
		return false;
	read_attribute(dir, "interface", d->layout, sizeof(d->layout));
	snprintf(dir, sizeof(dir), "%.200s/%s", devices, d->path);
	read_facts(dir, &d->facts);
	return is_dfuse(dir);
}

void usb_sysfs_each_dfuse(const char *root, void (*take)(void *arg, const struct usb_dfuse *d),
			  void *arg)
{
	char devices[PATH_MAX];
	struct dirent *entry;
	struct usb_dfuse d;
	DIR *list;

	snprintf(devices, sizeof(devices), "%s" DEVICES, root);
	list = opendir(devices);
	while (list && (entry = readdir(list)))
		if (look_at(devices, entry->d_name, &d))
			take(arg, &d);
	if (list)
		closedir(list);
}
