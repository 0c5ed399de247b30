/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The option bytes of a simulated chip: what is programmed, and what was loaded and is in force
 * since (ob_effect.h says what that means to the chip).
 *
 * They are one or two blocks of memory; some chips have more of them than the ROM shows. Sources:
 * AN2606, the reference manuals' option bytes, openbl's option writer.
 */
#ifndef BOOTPIN_SIM_OB_H
#define BOOTPIN_SIM_OB_H

#include "chip/device.h"
#include "ports/sim/chip/ob_layout.h"

struct ob {
	const struct ob_layout *layout;
	uint32_t start, start2;		/* addresses; start2 0: no second block in sight */
	uint32_t size;			/* of each, as the ROM shows it */
	uint32_t room;			/* of each, all of it */
	uint8_t *mem;			/* both blocks as they are programmed */
	uint8_t *live;			/* both as they were loaded */
};

/* Factory contents, loaded. Returns 0 or -1; ob_free is due in both cases. */
int ob_init(struct ob *o, const struct ob_layout *l, const struct device *d);
void ob_free(struct ob *o);

/* The byte at an address, NULL if there is none. */
uint8_t *ob_place(const struct ob *o, uint32_t addr);

/*
 * Programmed option bytes come into force, as by a power-on or a launch. Those with a wrong
 * complement get their factory values, and the protection becomes level 1 (reference manuals,
 * option byte loading).
 */
void ob_load(struct ob *o);

/* Programs the bits of @mask in the byte at @offset; a complement follows. */
void ob_change(struct ob *o, uint32_t offset, uint8_t mask, uint8_t value);

/* Programs a bit of the layout's so that it means (or not) what it stands for. */
void ob_change_bit(struct ob *o, uint16_t bit, bool means);

/* Programs a level of protection, 0 to 2. Nothing on chips without. */
void ob_set_rdp(struct ob *o, int level);

/*
 * Write Memory at @addr, which lies in one of the blocks. Where the ROM erases first, what @data do
 * not reach is lost. Returns 0, or -1 where the ROM wants the block's first address and @addr is
 * another.
 */
int ob_write(struct ob *o, uint32_t addr, const uint8_t *data, uint32_t len);

/*
 * Write Protect with the codes as sent, in place of what was protected; Write Unprotect with none.
 */
void ob_protect(struct ob *o, const uint8_t *codes, uint32_t count);

/* Takes the proprietary areas away: as a regression to level 0 does. */
void ob_drop_pcrop(struct ob *o);

/* A little-endian value of up to four bytes. */
uint32_t ob_get(const uint8_t *p, uint32_t bytes);

#endif
