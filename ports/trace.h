/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A trace: all that goes through a port, as text that a person can read and port_replay plays back.
 *
 *	bootpin-trace 1 115200 8e1 parity /dev/ttyUSB0
 *	# bootpin 0.1.0
 *	+0.000105 > 7f
 *	+0.000391 < 79
 *	# +1.000391 nothing came
 *
 * The first line has the format's version, rate or clock, mode ("i2c" without PORT_STREAM, when
 * each line is one transaction, "usb" with PORT_CONTROL), "parity" or "plain" (with PORT_PARITY or
 * without) and the port.
 * ">": the bytes that were sent, and the time when the port had taken them. "<": the bytes of
 * one read; "!" follows the first byte with a parity error. Times are seconds since the start,
 * cut to microseconds. "s" of USB: the setup packet of a control transfer, whose data, if any, are
 * the next line. Lines that begin with "#" are remarks.
 */
#ifndef BOOTPIN_TRACE_H
#define BOOTPIN_TRACE_H

#include <stdio.h>

#include "ports/port.h"

/* The mode's word where there is no stream. */
#define TRACE_MODE_I2C "i2c"
#define TRACE_MODE_USB "usb"

/*
 * A port that does all through @inner and writes it to @to, line by line, so that a crash leaves
 * what came before it. @spec names the port and @program the program in the head of the trace.
 *
 * @inner is the new port's, which closes it; @to stays the caller's, and open until after the
 * close. A trace that cannot be written disturbs nothing until port_close, which then is ERR_OTHER.
 * NULL with @e set (ERR_OTHER) if memory is short; @inner is still the caller's then.
 */
struct port *trace_wrap(struct port *inner, FILE *to, const char *spec, const char *program,
			struct err *e);

#endif
