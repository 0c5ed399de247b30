/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simulated chip: memories, their rules, protection, reset. It knows nothing of any wire.
 *
 * Here it is made, powered and reset, and its state is read. chip_rom.h has the operations of its
 * ROM, and chip_run.h runs its code.
 */
#ifndef BOOTPIN_SIM_CHIP_H
#define BOOTPIN_SIM_CHIP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "ports/sim/chip/config.h"
#include "ports/sim/chip/flash.h"

struct chip;

/* A new board without power. NULL with @e set; chip_free accepts NULL. */
struct chip *chip_new(const struct chip_config *cfg, struct err *e);
void chip_free(struct chip *c);

const struct chip_config *chip_config(const struct chip *c);

/* Flash as it is, for tests and for files. */
struct flash *chip_flash(struct chip *c);

/* For the key wrp: the codes that Write Protect takes, in force at once. */
void chip_protect_pages(struct chip *c, const uint8_t *codes, uint32_t count);
void chip_protect_all(struct chip *c);

/* The BOOT0 pin, looked at by every reset. */
void chip_set_boot0(struct chip *c, bool high);

/*
 * Power goes off and comes on: RAM is lost, option bytes are loaded, the empty flag is found out,
 * and the chip starts as its BOOT0 pin and option bits say.
 */
void chip_power_on(struct chip *c);

enum chip_reload {
	CHIP_RELOAD_NONE,		/* NRST: option bytes stay as they were loaded last */
	CHIP_RELOAD_PLAIN,		/* new ones hold, but the empty flag stays as it was */
	CHIP_RELOAD_LAUNCH,		/* as at power-on */
};
void chip_reset(struct chip *c, enum chip_reload reload);

/* Stops the core for good: what a ROM does that has run into a hole. */
void chip_lock_up(struct chip *c);

/*
 * For tests: looks at memory past all protection. Returns 0, or -1 if a byte of the range does not
 * exist.
 */
int chip_peek(const struct chip *c, uint32_t addr, uint8_t *buf, uint32_t len);

/* For tests: puts bytes into memory as they are. */
int chip_poke(struct chip *c, uint32_t addr, const uint8_t *buf, uint32_t len);

/* An option byte makes the watchdog run from each reset on; the ROM serves it, as AN2606 says. */
bool chip_watchdog(const struct chip *c);

/* Behind the last byte of RAM: where a stack begins. */
uint32_t chip_ram_end(const struct chip *c);

/* 0, 1 or 2. */
int chip_rdp(const struct chip *c);

/*
 * Why flash was not cut into the pages that its option bytes say (out of memory); NULL if nothing
 * of this kind happened.
 */
const struct err *chip_trouble(const struct chip *c);

enum chip_state chip_state(const struct chip *c);

/* Entry point and initial stack pointer of what was started last. */
uint32_t chip_pc(const struct chip *c);
uint32_t chip_sp(const struct chip *c);

/* Number of resets since power-on, the one of power-on not counted. */
unsigned int chip_resets(const struct chip *c);

/*
 * Erase operations done to the page with this number since the board was made; counts every one,
 * also of blank pages.
 */
unsigned int chip_page_erases(const struct chip *c, uint32_t page);

/*
 * Bytes that Write Memory programmed or tried to program into [addr, addr+len) since the board was
 * made.
 */
uint64_t chip_bytes_written(const struct chip *c, uint32_t addr, uint32_t len);

/* Sum of the time spent erasing and programming, in nanoseconds. */
int64_t chip_busy_ns(const struct chip *c);

/* For the chip's own files. */

/* Sets protection and the division into pages from the option bytes in force. */
void chip_obey_options(struct chip *c);

/*
 * The core leaves reset or the ROM: stack and entry from a vector table; runs, or locks up where
 * they cannot be.
 */
void chip_start(struct chip *c, uint32_t vectors);

#endif
