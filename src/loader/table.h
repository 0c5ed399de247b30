/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which bootloader is behind a port.
 */
#ifndef BOOTPIN_LOADER_TABLE_H
#define BOOTPIN_LOADER_TABLE_H

#include "loader/loader.h"

/* Opens the one that speaks over this kind of port. Ownership and errors as an3155_open's. */
struct loader *loader_open(struct port *port, const struct loader_config *config, struct err *e);

/* The most bytes in one write, known before a port is open. @frame_tx: as in loader_config. */
uint32_t loader_write_max(enum port_wire wire, uint32_t frame_tx);

#endif
