/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bootloader in a simulated chip's ROM, as far as it is the same on every wire: its commands
 * (AN3155, AN4221). rom_uart.h and rom_i2c.h make one that listens.
 *
 * Times are nanoseconds since power-on of the board and do not go back.
 */
#ifndef BOOTPIN_SIM_ROM_H
#define BOOTPIN_SIM_ROM_H

#include "base/clock.h"
#include "base/err.h"
#include "ports/sim/chip/chip.h"
#include "ports/sim/rom/event.h"

struct bootrom;
struct rom_wire;

/*
 * For the files of the wires: makes @r, whose answers go to @wire, the ROM of @chip. @lie: Write
 * Memory is acknowledged and not done. @protocol and @list (of commands, 0xFF ends it): what it
 * tells of itself on this wire.
 */
void rom_init(struct bootrom *r, const struct rom_wire *wire, struct chip *chip, bool lie,
	      uint8_t protocol, const uint8_t *list);

/* The chip has come out of reset at @at; the ROM is ready for its first byte at @ready. */
void rom_restart(struct bootrom *r, nsec_t at, nsec_t ready);

/* It stops for @time before its next answer, as a halted core does; a reset ends that. */
void rom_stall(struct bootrom *r, nsec_t time);

/* When it has done all that it was told so far. */
nsec_t rom_free_at(const struct bootrom *r);

/* Why code could not be run that was to be; NULL if nothing of this kind happened. */
const struct err *rom_trouble(const struct bootrom *r);

void rom_on_event(struct bootrom *r, void (*fn)(void *arg, const struct rom_event *ev), void *arg);

#endif
