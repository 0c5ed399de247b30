/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bootloader in a simulated chip's ROM, as far as it is the same on every wire: its commands
 * (AN3155, AN4221). rom_uart.h and rom_i2c.h make one that listens.
 *
 * Times are nanoseconds since power-on of the board and do not go back.
 */
#ifndef BOOTPIN_SIM_ROM_H
#define BOOTPIN_SIM_ROM_H

#include "base/err.h"
#include "ports/port.h"
#include "ports/sim/chip/chip.h"
#include "ports/sim/board/sim.h"

struct bootrom;

/* The chip has come out of reset at @at; the ROM is ready for its first byte at @ready. */
void rom_restart(struct bootrom *r, nsec_t at, nsec_t ready);

/* When it has done all that it was told so far. */
nsec_t rom_free_at(const struct bootrom *r);

/* Why code could not be run that was to be; NULL if nothing of this kind happened. */
const struct err *rom_trouble(const struct bootrom *r);

void rom_on_event(struct bootrom *r, void (*fn)(void *arg, const struct sim_event *ev), void *arg);

#endif
