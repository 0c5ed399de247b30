/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A simulated chip between two runs, in a file: flash, data memory, option bytes as programmed and
 * as in force, the empty flag, and what runs. It stays under power meanwhile, but RAM is lost.
 *
 * The file: a line "bootpin-sim state 1 CHIP KB", a line "NAME NUMBER" for each thing remembered,
 * and for each memory a line "NAME BYTES", so many raw bytes and a line's end; all in a fixed
 * order.
 */
#ifndef BOOTPIN_SIM_STATE_H
#define BOOTPIN_SIM_STATE_H

#include "ports/sim/chip/chip.h"

/*
 * Returns 1 if @c is as it was left, *@baud being the rate at which its ROM is in step with a host
 * or 0; 0 if there is no such file, and -1 with @e set (ERR_OTHER) if it cannot be read or is of
 * another chip. @c is then useless.
 */
int state_load(const char *name, struct chip *c, uint32_t *baud, struct err *e);

/* The file is replaced whole or not at all. Returns 0, or -1 with @e set (ERR_OTHER). */
int state_save(const char *name, struct chip *c, uint32_t baud, struct err *e);

#endif
