/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A simulated board: a chip, its ROM, and the wire to it, in virtual time.
 *
 * The same core serves the in-process port "sim:CHIP[,key=value...]", bootpin-sim on a pseudo-terminal, and the rig.
 * Virtual time is in nanoseconds since power-on of the board and moves only forward.
 */
#ifndef BOOTPIN_SIM_H
#define BOOTPIN_SIM_H

#include "../port.h"
#include "chip.h"

struct sim;

/*
 * Builds a board from "CHIP[,key=value...]" (keys: see bootpin-sim(1), the same names as its options). The chip has been
 * powered on with BOOT0 high, so that its ROM waits for the first byte. NULL with @e set (ERR_USAGE, or ERR_OTHER
 * for a flash file).
 */
struct sim *sim_new(const char *spec, struct err *e);

/* Saves flash=FILE if there is one. Returns 0 or -1; @s is gone in either case. NULL is accepted. */
int sim_free(struct sim *s, struct err *e);

struct chip *sim_chip(struct sim *s);

/*
 * The wire, for servers in real time (bootpin-sim, the rig). A byte arrives at the chip at @at, sent at @baud with
 * @mode; @at must not go back. What the chip answers is then fetched byte by byte: sim_next returns true and the byte
 * that is complete on the wire at *@when, in order; false if nothing is under way.
 */
void sim_feed(struct sim *s, uint8_t byte, nsec_t at, unsigned int baud, struct serial_mode mode);
bool sim_next(struct sim *s, uint8_t *byte, nsec_t *when);

/* Lets the chip go on to @now (end of operations, resets) without input. */
void sim_advance(struct sim *s, nsec_t now);

/* Resets the chip with BOOT0 as given; power cycles it. */
void sim_reset(struct sim *s, bool boot0, nsec_t at);
void sim_power_cycle(struct sim *s, bool boot0, nsec_t at);

/*
 * A port on this board, in virtual time, for tests: closing it leaves the board. The board must outlive it.
 * sim: specs given to port_open make a board of their own that ends with the port.
 */
struct port *sim_port(struct sim *s, const struct port_cfg *cfg, struct err *e);

/* Called for every command the ROM has finished with. @outcome: "ack", "nack", "lost" (acknowledged and lost). */
struct sim_event {
	nsec_t start, end;
	const char *command;		/* "get", "read", "write", "erase", ... */
	uint32_t addr, len;		/* where it has them */
	const char *outcome;
	const char *detail;		/* why something was refused or lost; NULL if there is nothing to say */
	const uint16_t *pages;		/* an erase's pages that were erased, else NULL */
	uint32_t page_count;
};
void sim_on_event(struct sim *s, void (*fn)(void *arg, const struct sim_event *ev), void *arg);

/* The catalogue, for --list-chips: NULL after the last. */
const char *sim_chip_name(size_t i);
const char *sim_chip_title(size_t i);

#endif
