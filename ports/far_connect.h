/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection to a far port: "HOST:PORT", found and opened.
 */
#ifndef BOOTPIN_FAR_CONNECT_H
#define BOOTPIN_FAR_CONNECT_H

#include "base/clock.h"
#include "base/err.h"
#include "base/stop.h"

/* How long each address, and the look-up of a name, is tried. */
#define FAR_CONNECT_TIME (10 * NSEC_PER_SEC)
/* A peer that takes or acknowledges nothing for so long is gone. */
#define FAR_DEAD_MS 10000

/* The port's clock. */
nsec_t far_now(void);

/* Which part of "HOST:PORT" is which. */
struct far_name {
	char host[256];		/* without the brackets of an IPv6 address */
	char service[64];	/* a number or a name */
};

/*
 * Takes @text apart, the part of @spec behind "//". ERR_USAGE, with @e set, if it is no HOST:PORT; an
 * IPv6 address stands in brackets.
 */
int far_name_parse(struct far_name *name, const char *spec, const char *text, struct err *e);

/*
 * Connects to the first address of @name that answers. Returns a non-blocking socket (TCP_NODELAY, and
 * keep-alive, so that a peer that fell silent shows), or -1 with @e set: ERR_OPEN, or ERR_SIGNAL as
 * soon as a signal comes. *round_trip becomes the time that the connection took.
 */
int far_connect(const struct far_name *name, const char *spec, const struct stop *stop,
		nsec_t *round_trip, struct err *e);

#endif
