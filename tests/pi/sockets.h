/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections to QEMU. */
#ifndef PI_SOCKETS_H
#define PI_SOCKETS_H

#include "base/err.h"

/*
 * Connects to the UNIX socket @path, which may be about to appear: waits for it for a minute.
 * Returns a descriptor, or -1 with @e set: ERR_OTHER.
 */
int socket_connect(const char *path, struct err *e);

#endif
