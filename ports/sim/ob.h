/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The option bytes of a simulated chip: one or two blocks of memory, and what they mean to the
 * chip.
 *
 * Sources: AN2606 and the reference manuals' option byte tables. Where no visible place for write
 * protection is known (register images), it is kept beside the block.
 */
#ifndef BOOTPIN_SIM_OB_H
#define BOOTPIN_SIM_OB_H

#include "../../src/device.h"
#include "flash.h"
#include "model.h"

struct ob {
	const struct model *model;
	uint32_t start, start2;		/* addresses; 0: there is no such block */
	uint32_t size;			/* of each */
	uint8_t *mem, *mem2;
	uint8_t hidden_rdp;		/* OB_HIDDEN */
	bool *hidden_wrp;		/* a flag for each page number, where no visible place
					 * is known */
	uint32_t pages;
};

/*
 * Factory contents, with the bank option as @dual. Returns 0 or -1; ob_free is due in both cases.
 */
int ob_init(struct ob *o, const struct model *m, const struct device *d, bool dual, uint32_t pages);
void ob_free(struct ob *o);

/* The read-out protection that the bytes stand for: 0, 1 or 2. */
int ob_rdp(const struct ob *o);
void ob_set_rdp(struct ob *o, int level);

/* Whether the BOOT0 pin counts (MODEL_BOOT_SEL); true on all other chips. */
bool ob_pin_counts(const struct ob *o);
void ob_set_pin_counts(struct ob *o, bool counts);

/*
 * Write Memory at @addr, which lies in one of the blocks: old bytes are lost, also those that @data
 * do not reach. Returns 0, or -1 where the ROM wants the block's first address and @addr is
 * another.
 */
int ob_write(struct ob *o, uint32_t addr, const uint8_t *data, uint32_t len);

/*
 * Write Protect with the codes as sent, in place of what was protected; Write Unprotect with none.
 */
void ob_protect(struct ob *o, const uint8_t *codes, uint32_t count, uint32_t bank2);

/* Takes what is write-protected over into the flash. */
void ob_apply(const struct ob *o, struct flash *f, uint32_t bank2);

#endif
