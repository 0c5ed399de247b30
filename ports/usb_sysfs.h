/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel keeps of USB devices in sysfs (Documentation/ABI/stable/sysfs-bus-usb and
 * testing/sysfs-bus-usb): who is behind a device node, and which devices are DfuSe bootloaders. Nothing
 * is opened but these files, which all users may read.
 */
#ifndef BOOTPIN_USB_SYSFS_H
#define BOOTPIN_USB_SYSFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct usb_facts {
	uint16_t vid, pid;		/* 0: it is behind no USB device */
	char product[64], serial[64];	/* as the device says them, cut if longer; or "" */
};

/* Of the device that @path, a link or folder in sysfs, belongs to: its own, or one above it. */
void usb_sysfs_behind(const char *path, struct usb_facts *facts);

/* One that is in its DfuSe bootloader. */
struct usb_dfuse {
	char path[32];			/* "1-3.2": bus and ports, the same at every return */
	char layout[128];		/* "@Internal Flash  /0x08000000/..."; or "" */
	struct usb_facts facts;
};

/*
 * Calls @take for each DfuSe device. @root is put before /sys: "" but for tests. An interface of DFU
 * mode (FE/01/02; DFU 1.1, 4.2.3) whose functional descriptor says version 1.1a is DfuSe.
 */
void usb_sysfs_each_dfuse(const char *root, void (*take)(void *arg, const struct usb_dfuse *d),
			  void *arg);

#endif
