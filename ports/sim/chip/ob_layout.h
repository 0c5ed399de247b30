/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How option bytes are laid out in each family, as data: where the chip finds what it obeys.
 *
 * Sources: AN2606 and the reference manuals' option byte tables; register images: CMSIS device
 * headers. The table is independent of the host's tables, so that a mistake in either one shows.
 */
#ifndef BOOTPIN_SIM_OB_LAYOUT_H
#define BOOTPIN_SIM_OB_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

enum ob_form {
	OB_BYTES,		/* F0 F1 F3: each byte with its complement behind it */
	OB_HALVES,		/* L0 L1: half-words, complement in the upper half */
	OB_WORDS,		/* C0 G0 G4 L4 U0 WB WL: words, complement in the next word */
	OB_PLAIN,		/* F2 F4 F7: half-words, no complements */
	OB_IMAGE,		/* H5 H7 L5 U5: registers, no complements */
};

#define OB_END 0xFFFFu		/* ends a list of offsets */
#define OB_SECOND 0x8000u	/* added to an offset: it counts from the second block */

#define OB_NO_AREA 0xFF00FFFFu	/* of write protection: begins behind its end */

/*
 * A bit, counted from the first of the block; with OB_NOT it means what it stands for when it is
 * 0. 0: there is none.
 */
#define OB_NOT 0x8000u

struct ob_value {
	uint16_t offset;
	uint32_t value;		/* as long as an entry of the form is */
};

/* Bits of write protection that follow each other, a bit for each unit. */
struct ob_bits {
	uint16_t offset;
	uint8_t count;		/* 0 ends the list */
};

/* The bits that decide what a reset starts (AN2606, bootloader activation patterns). */
struct ob_boot {
	uint16_t pin_ignored;	/* the bit high says what the BOOT0 pin would say */
	uint16_t high;
	uint16_t ram;		/* high boots RAM, not the ROM (nBOOT1) */
	uint16_t dual;		/* low boots the bank that holds a program (BFB2) */
	uint16_t lock;		/* flash in any case (BOOT_LOCK) */
	/* Where addresses decide: those for low and high, in so many bytes; 0: they do not. */
	uint16_t addr[2];
	uint8_t addr_bytes, addr_shift;
	uint32_t rom, flash;	/* the addresses that stand for the ROM, and for flash on
				 * another bus */
	bool states;		/* product states decide (H5) */
};

struct ob_layout {
	enum ob_form form;
	uint16_t size;		/* of a block, also of what the ROM does not show */
	bool whole;		/* the ROM takes the first address only, and erases all of the
				 * block before it writes */
	uint8_t rdp;		/* offset of the protection level's byte */
	uint8_t open;		/* its value at level 0; 0: the chip has no levels */
	bool level_2;		/* CC is level 2 */
	const struct ob_value *factory;		/* all others are 1, OB_HALVES: 0 */
	const uint16_t *twins;	/* registers that show what is in force, in front of those that
				 * take what shall be; NULL: none */
	uint16_t frozen;	/* from this offset on the ROM writes nothing; 0: no such */
	struct ob_bits wrp[7];
	bool wrp_set;		/* 1 protects, not 0 */
	bool wrp_rest;		/* the last bit stands for all the rest */
	uint16_t area[4];	/* 1A 1B 2A 2B, in place of bits; first 0: none */
	uint16_t pcrop[4];	/* first words of the same; the last ones an entry behind */
	uint16_t pcrop_unit;	/* bytes */
	uint16_t secure;	/* word whose low byte is the first page that is not the ROM's
				 * core's (WB); 0: none */
	uint16_t watchdog;	/* the watchdog runs from reset on */
	struct ob_boot boot;
};

extern const struct ob_layout ob_f0, ob_f09, ob_f1, ob_f1_xl, ob_f2, ob_f42, ob_f7, ob_f76, ob_g0,
	ob_g4, ob_h5, ob_h7, ob_h7a3, ob_l0, ob_l1, ob_l4, ob_l47, ob_l5, ob_none, ob_u5, ob_wb,
	ob_wl;

#endif
