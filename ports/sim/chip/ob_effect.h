/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The effects of the loaded option bytes of a simulated chip: protection, and what a reset starts.
 */
#ifndef BOOTPIN_SIM_OB_EFFECT_H
#define BOOTPIN_SIM_OB_EFFECT_H

#include "ports/sim/chip/flash.h"
#include "ports/sim/chip/ob.h"

/* The read-out protection in force: 0, 1 or 2. */
int ob_rdp(const struct ob *o);

/* Whether a bit of the layout's, as loaded, means what it stands for; false for none. */
bool ob_says(const struct ob *o, uint16_t bit);

/* How flash is cut, for protection: pages in a unit of bits, and the first page of bank 2 or 0. */
struct ob_cut {
	uint32_t unit, bank2;
};

/* Takes what is write-protected, proprietary or the other core's over into the flash. */
void ob_apply(const struct ob *o, struct ob_cut cut, struct flash *f);

/* Whether a regression to level 0 takes proprietary areas along (PCROP_RDP). */
bool ob_pcrop_goes(const struct ob *o);

enum ob_start {
	OB_STARTS_FLASH,
	OB_STARTS_DUAL,		/* the ROM, which starts bank 2 or 1 if there is a program */
	OB_STARTS_ROM,
	OB_STARTS_RAM,
	OB_STARTS_AT,		/* the vector table at *@addr */
};

/* Finds what a reset with BOOT0 at @pin starts; @empty: flash counts as blank. */
enum ob_start ob_start(const struct ob *o, bool pin, bool empty, uint32_t *addr);

#endif
