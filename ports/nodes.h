/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ports that this machine has: serial ports with a device behind them, and I2C buses. They are
 * looked up by name; none is opened, which would move RTS and DTR.
 */
#ifndef BOOTPIN_NODES_H
#define BOOTPIN_NODES_H

#include <stddef.h>

#include "base/err.h"

#define NODES_MAX 256

struct port_nodes {
	size_t count;
	struct port_node {
		char path[64];		/* "/dev/ttyUSB0" */
		char id[128];		/* its name in /dev/serial/by-id, which stays; or "" */
	} node[NODES_MAX];
};

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
