/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fields of option bytes as data: one row a field. For target/opt*.c.
 */
#ifndef BOOTPIN_OPTBYTES_TABLE_H
#define BOOTPIN_OPTBYTES_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How values are stored: little endian, with their complement behind them or without. */
struct opt_format {
	uint8_t value;		/* bytes of one value */
	uint8_t complement;	/* bytes of its complement: as many, or 0 */
};

/* The consent that a change of a field needs. */
enum opt_guard {
	OPT_FREE,
	OPT_RDP,		/* never by name: --lock, --unlock */
	OPT_FOREVER,		/* a mass erase cannot undo it: --i-know-this-is-forever */
	OPT_FIXED,		/* belongs to the chip's maker or its firmware: never */
};

/* The meaning of a field that bootpin acts on. */
enum opt_role {
	OPT_PLAIN,
	/* How a reset with BOOT0 high gets to the bootloader: */
	OPT_PIN_IF_0,		/* the pin counts if it is 0, else nBOOT0 does */
	OPT_PIN_IF_1,		/* the pin counts if it is 1, else nBOOT0 does */
	OPT_NBOOT0,		/* in place of the pin: 0 is BOOT0 high */
	OPT_ROM_IF_0,		/* only if it is 0 */
	OPT_ROM_IF_1,		/* only if it is 1 */
	OPT_ROM_ADDRESS,	/* only if one of these is an address of system memory */
	/* Write protection: */
	OPT_WRP,		/* a bit a sector; arg: number of the first */
	OPT_PCROP_MODE,		/* if it is 1, those bits mean read-protected code */
	OPT_DUAL_IF_0,		/* two banks if it is 0; arg: not on a chip of so many KB */
	OPT_DUAL_IF_1,
	OPT_SWAP,		/* which bank is at the start of flash */
};

struct opt_field {
	const char *name;	/* as in the reference manual; NULL ends a list */
	uint16_t kinds;		/* the map's products that have it; 0: all */
	uint8_t block;
	uint8_t offset;		/* in the block, of its first value */
	uint8_t bit, width;	/* in the value; it may go on in the next */
	enum opt_guard guard;
	enum opt_role role;
	uint32_t arg;		/* OPT_ROM_ADDRESS: the value for system memory */
	uint32_t alias;		/* OPT_ROM_ADDRESS: another one; 0: none */
};

/* How sectors or pages are marked as protected. */
enum opt_wrp {
	OPT_WRP_SECTORS_0,	/* OPT_WRP: a bit that is 0 protects */
	OPT_WRP_SECTORS_1,
	OPT_WRP_AREAS,		/* WRP1A_STRT to WRP1A_END, pages of the bank, and 1B, 2A, 2B */
};

struct opt_map {
	struct opt_format format;
	enum opt_wrp wrp;
	/* writes stop short of the block's end, at what must not be written back; 0: whole block */
	uint8_t write_len;
	/* a value is stored a second time, so far behind; 0: it is not (H7: CUR and PRG) */
	uint8_t twin;
	/* the protected sectors of bank 2 lie outside the block */
	bool bank1_only;
	const struct opt_field *fields;
};

/* Which fields a product has. */
struct opt_product {
	uint32_t pid;
	const struct opt_map *map;
	uint16_t kinds;
};

/* NULL: what is known of this product ID is not certain. */
const struct opt_product *opt_product_find(uint32_t pid);

#endif
