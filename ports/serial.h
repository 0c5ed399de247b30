/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The serial port. All but tests open it through port_open.
 */
#ifndef BOOTPIN_SERIAL_H
#define BOOTPIN_SERIAL_H

#include "ports/port.h"

extern const struct port_ops port_serial;

/* Opens a port as port_serial.open does, with lock files in @lock_dir, not PORT_LOCK_DIR. */
struct port *serial_open_in(const struct port_cfg *cfg, const char *lock_dir, struct err *e);

/* Line settings, as asked for or as the driver reports them. */
struct serial_line {
	unsigned int baud;
	struct serial_mode mode;
};

/*
 * Compares the settings that a driver reports with those that were asked for. A rate that is more
 * than 2.5 % off, or another format, is ERR_OPEN. A pseudo-terminal may drop parity.
 */
int serial_line_check(const char *path, const struct serial_line *asked,
		      const struct serial_line *got, bool pty, struct err *e);

#endif
