/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The struct of a simulated chip, for the files that are the chip: chip.c (making, reset, looking),
 * chip_map.c (which memory is at an address), chip_rom.c (what the ROM's commands do), chip_run.c
 * (running code), state.c (keeping it in a file). All others use chip.h.
 */
#ifndef BOOTPIN_SIM_CHIP_INSIDE_H
#define BOOTPIN_SIM_CHIP_INSIDE_H

#include "chip/device.h"
#include "ports/sim/chip/config.h"
#include "ports/sim/chip/flash.h"
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
	int64_t ran;			/* ns that code ran before it ended in the last reset */
	int64_t flash_busy;		/* an erase that went on after its ACK ends then */
	int64_t other_busy;

	struct err trouble;		/* no memory for pages of another size */
};

#endif
