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

/*
 * Undoes what the kernel does to input under PARMRK (termios(3)): FF FF is the byte FF, FF 00 x is
 * x with a parity or framing error, or a BREAK for x = 00. The state is what was cut off at the end
 * of the last read; 0 at the start.
 */
struct parmrk {
	unsigned int pending;		/* bytes of a sequence seen: 0, 1 (FF), 2 (FF 00) */
};

/*
 * Decodes @len bytes in place. Returns how many are left, perhaps 0. *@bad: index of the first
 * marked one, or the number returned if there is none. FF followed by neither FF nor 00 cannot
 * come; it counts as a mark.
 */
size_t parmrk_decode(struct parmrk *s, uint8_t *buf, size_t len, size_t *bad);

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
