/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration of one simulated chip, and the states of its core.
 */
#ifndef BOOTPIN_SIM_CHIP_CONFIG_H
#define BOOTPIN_SIM_CHIP_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "ports/sim/chip/model.h"

struct chip_config {
	const struct model *model;
	struct rom_version rom;
	uint16_t flash_kb;
	int32_t size_says;		/* the size register, whatever the size; -1: the truth */
	bool dual;			/* where the model has a bank option */
	bool pin_counts;		/* where the model has MODEL_BOOT_SEL */
	bool max_times;			/* maximum flash times in place of typical ones */
	int rdp;
	uint8_t options[256];		/* the first block's beginning, as Write Memory takes it */
	uint32_t options_len;
	int secure_page;		/* first page of the wireless stack; -1: as it is made */
	uint8_t uid[12];
	/* KB at the start of flash that hold a bootloader of the user's; 0: there is none */
	uint16_t custom_kb;
};

enum chip_state {
	CHIP_ROM,		/* in the bootloader */
	CHIP_RUNNING,		/* executes the application, see chip_pc */
	CHIP_LOCKED_UP,		/* hard fault: dead until reset */
	CHIP_OFF,
};

#endif
