/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ports that this machine has: serial ports with a device behind them, DfuSe bootloaders on USB, and
 * I2C buses. They are looked up by name; none is opened, which would move RTS and DTR.
 */
#ifndef BOOTPIN_NODES_H
#define BOOTPIN_NODES_H

#include <stddef.h>

#include "base/err.h"
#include "ports/usb_sysfs.h"

#define NODES_MAX 256

enum node_kind { NODE_TTY, NODE_USB, NODE_I2C };

struct port_nodes {
	size_t count;
	struct port_node {
		enum node_kind kind;
		char path[64];		/* as a PORT: "/dev/ttyUSB0", "usb:1-3.2" */
		char id[128];		/* its name in /dev/serial/by-id, which stays; or "" */
		/* of the USB device behind it; of an I2C bus product is the adapter's name */
		struct usb_facts usb;
		char layout[128];	/* of a DfuSe device's first memory, in its words; or "" */
	} node[NODES_MAX];
};

/* Who has the node open, in words; "" if nobody is known to, or it is a bus; returns @text. */
const char *nodes_users(const struct port_node *node, const char *root, char *text, size_t size);

/* "tty", "usb", "i2c" */
const char *nodes_kind(const struct port_node *node);

/*
 * Fills @n, those with an id first. @root is put before /dev and /sys: "" but for tests. The kernel
 * lists serial ports in /sys/class/tty; of 8250 ports ("ttyS*") many are there that no hardware is
 * behind, whose type is 0 (Documentation/ABI/testing/sysfs-tty). What /dev lacks is left out.
 */
void nodes_find(const char *root, struct port_nodes *n);

/*
 * No PORT was given: the error with those that are there, "/dev/ttyUSB0 (usb-FTDI_...), /dev/i2c-1
 * and 3 more", as many as fit. Returns -1 with @e set (ERR_USAGE).
 */
int nodes_ask_for_one(const char *root, struct err *e);

#endif
