/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of a simulated chip, for the files that are it: chip.c (making, reset, looking),
 * chip_map.c (what is where), chip_rom.c (what the ROM's commands do), chip_run.c (running code),
 * state.c (keeping it in a file).
 */
#ifndef BOOTPIN_SIM_CHIP_PRIVATE_H
#define BOOTPIN_SIM_CHIP_PRIVATE_H

#include "chip/device.h"
#include "ports/sim/chip/chip.h"
#include "ports/sim/chip/ob_effect.h"

struct ram {
	uint32_t start, end;	/* as the core sees it */
	uint32_t rom_end;	/* below it, the ROM's own */
	uint8_t *mem;
};

struct chip {
	struct chip_config cfg;
	const struct device *dev;
	struct flash flash;
	const struct layout *layout;	/* NULL: the device row's */
	uint32_t bank2;
	struct ob ob;
	struct ram ram[2];
	uint8_t *otp, *eeprom;
	uint8_t volt;

	/* State. */
	enum chip_state state;
	bool empty;
	bool boot0;
	uint32_t pc, sp;
	unsigned int resets;
	uint8_t unlock;			/* flash keys that running code has written: chip_run.c */
	int64_t flash_busy;		/* an erase that went on after its ACK ends then */
	int64_t other_busy;

	struct err trouble;		/* no memory for pages of another size */
};

/* What is at an address. */
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

/* Option bytes come into force. */
void chip_load_options(struct chip *c);

/* What is in force makes protection, and the pages that a bank option stands for. */
void chip_obey_options(struct chip *c);

/*
 * The core leaves reset or the ROM: stack and entry from a vector table; runs, or locks up where
 * they cannot be.
 */
void chip_start(struct chip *c, uint32_t vectors);

#endif
