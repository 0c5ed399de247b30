/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory map of a simulated chip: which memory an address is in, and its bytes. For the files
 * that are the chip.
 */
#ifndef BOOTPIN_SIM_CHIP_MAP_H
#define BOOTPIN_SIM_CHIP_MAP_H

#include <stdbool.h>
#include <stdint.h>

struct chip;

/* The kind of memory at an address. */
enum place_kind {
	PLACE_NONE,
	PLACE_FLASH,
	PLACE_RAM,
	PLACE_OPTIONS,
	PLACE_OTP,
	PLACE_EEPROM,
	PLACE_INFO,		/* size register and unique ID */
	PLACE_GAP,		/* beside them: FF */
	PLACE_SYSTEM,
	PLACE_VOLT,		/* supply range (F2, F4, F7) */
};

struct place {
	enum place_kind kind;
	uint8_t *byte;		/* NULL where the byte is not kept but known */
};
struct place chip_place(const struct chip *c, uint32_t addr);

/* Any byte that can be read. Returns 0, or -1 if there is nothing. */
int chip_byte(const struct chip *c, uint32_t addr, uint8_t *byte);

/* A word in little endian; what is missing reads FF. */
uint32_t chip_word(const struct chip *c, uint32_t addr);

static inline bool chip_within(uint32_t addr, uint32_t start, uint32_t end)
{
	return addr >= start && addr < end;
}

#endif
