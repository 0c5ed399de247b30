/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bootloader over USB: DfuSe, which is DFU 1.1a (AN3156, AN2662, UM0290), as loader.h has it.
 */
#ifndef BOOTPIN_DFU_H
#define BOOTPIN_DFU_H

#include "loader/loader.h"

/* @port: with PORT_CONTROL. Freed by its close. NULL with @e set (ERR_OTHER). */
struct loader *dfu_open(struct port *port, const struct loader_config *config, struct err *e);

/* The most bytes in one write, before the device has said how many it takes. */
uint32_t dfu_write_max(void);

#endif
