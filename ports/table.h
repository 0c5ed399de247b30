/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kinds of port there are: a new one gets its row here.
 */
#ifndef BOOTPIN_PORT_TABLE_H
#define BOOTPIN_PORT_TABLE_H

#include "ports/port.h"

/* In the order in which they are asked whether they take a spec; NULL-terminated. */
extern const struct port_ops *const port_kinds[];

#endif
