/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A serial port of another machine, over TCP.
 *
 * "rfc2217://HOST:PORT" is a server of RFC 2217, such as ser2net: it is told rate, format, lines and
 * BREAK, and each of them counts only when it is confirmed. "tcp://HOST:PORT" is the bytes alone:
 * rate and format are what the server was told by others.
 *
 * Neither can tell which byte had a parity error. Both have port->round_trip, which read adds to each
 * wait. Neither is private, nor does the server know who calls.
 */
#ifndef BOOTPIN_FAR_H
#define BOOTPIN_FAR_H

#include "ports/port.h"

extern const struct port_ops port_rfc2217;
extern const struct port_ops port_tcp;

/*
 * A port on @fd, a connected socket that is non-blocking, which becomes the port's, also after a
 * failure. @patience: how long a confirmation is waited for beyond the round trip.
 */
struct port *far_open_fd(const struct port_cfg *cfg, bool telnet, int fd, nsec_t patience,
			 struct err *e);

#endif
