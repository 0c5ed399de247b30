/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simulated chip: memories, their rules, protection, reset. It knows nothing of any wire.
 *
 * It loses in silence whatever the real part loses in silence (misaligned, not blank, write-protected); what it did is
 * told by the returned outcome, which the ROM must not leak to the host.
 */
#ifndef BOOTPIN_SIM_CHIP_H
#define BOOTPIN_SIM_CHIP_H

#include <stdbool.h>
#include <stdint.h>

struct chip;

/* For tests: looks at memory past all protection. Returns 0, or -1 if a byte of the range does not exist. */
int chip_peek(const struct chip *c, uint32_t addr, uint8_t *buf, uint32_t len);

/* For tests: puts bytes into memory as they are. */
int chip_poke(struct chip *c, uint32_t addr, const uint8_t *buf, uint32_t len);

/* 0, 1 or 2. */
int chip_rdp(const struct chip *c);

enum chip_state {
	CHIP_ROM,		/* in the bootloader */
	CHIP_RUNNING,		/* executes the application, see chip_pc */
	CHIP_LOCKED_UP,		/* hard fault: dead until reset */
	CHIP_OFF,
};
enum chip_state chip_state(const struct chip *c);

/* Entry point and initial stack pointer of what was started last. */
uint32_t chip_pc(const struct chip *c);
uint32_t chip_sp(const struct chip *c);

/* Number of resets since power-on, the one of power-on not counted. */
unsigned int chip_resets(const struct chip *c);

/* Erase operations done to the page with this number since the board was made; counts every one, also of blank pages. */
unsigned int chip_page_erases(const struct chip *c, uint32_t page);

/* Bytes that Write Memory programmed or tried to program into [addr, addr+len) since the board was made. */
uint64_t chip_bytes_written(const struct chip *c, uint32_t addr, uint32_t len);

/* Sum of the time spent erasing and programming, in nanoseconds. */
int64_t chip_busy_ns(const struct chip *c);

#endif
