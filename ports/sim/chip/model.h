/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The catalogue of simulated chips: how each behaves.
 *
 * Where memories lie comes from the device table (src/device.h). How they behave - what is
 * programmed together, what is lost, how long it takes, which option bit moves the pages, what each
 * ROM does wrong - is said here once more, from the documents and not from that table, so that a
 * mistake in what the host believes is met by the simulator, not shared.
 */
#ifndef BOOTPIN_SIM_MODEL_H
#define BOOTPIN_SIM_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ports/sim/chip/cpu.h"
#include "ports/sim/chip/ob_layout.h"

/* How flash cells take data (reference manuals; AN2606, minimum write). */
enum flash_kind {
	FLASH_NOR16,		/* F0 F1 F3: half-words; one that is not blank takes only 0 */
	FLASH_NOR8,		/* F2 F4 F7: bits can be cleared again and again */
	FLASH_ECC,		/* a unit is programmed once after each erase */
	FLASH_HALF_PAGE,	/* L0 L1: erased to 0; words, half pages */
};

struct erase_time {
	uint16_t kb;		/* pages up to this size; 0: all, and the last */
	uint32_t typ_us, max_us;
};

/* The flash registers through which code launches the option bytes (CMSIS device headers). */
struct flash_regs {
	uint32_t keyr, optkeyr;
	uint32_t key[2], optkey[2];
	uint32_t cr, obl_bit;
	uint32_t lock_bits[2];		/* of cr, while it and the options are locked; 0: none */
	uint32_t empty_reg, empty_bit;	/* the empty flag; 0: not visible */
	bool empty_toggles;		/* writing 1 turns it over; else it is what is written */
};

/* The properties that chips of a family share. Times: data sheets, typical and maximum. */
struct family {
	enum flash_kind flash;
	uint16_t unit;		/* bytes that are programmed together */
	uint16_t align;		/* a write at another address or of another length is lost, and
				 * what follows */
	uint16_t half_page;	/* FLASH_HALF_PAGE only */
	const struct ob_layout *ob;
	enum cpu_core core;
	const uint8_t *commands;	/* as Get lists them; 0xFF ends the list */
	bool calibrated;	/* factory values lie between ID and size register (data sheets) */
	bool hw_autobaud;	/* else the first edge after reset must be a clean 0x7F */
	bool early_acks;	/* Readout Unprotect: both ACKs come before the erase */
	bool plain_reset;	/* option changes end in a reset that does not look at the flash
				 * again */
	bool no_mass_erase;
	uint32_t prog_typ_ns, prog_max_ns;	/* a unit */
	const struct erase_time *erase;
	uint32_t mass_typ_us, mass_max_us;	/* a bank; 0: as its pages together */
	const struct flash_regs *regs;	/* for code that runs; NULL: none is modelled */
};

/* Defects of single ROM versions (AN2606, product bootloader limitations). */
enum defect {
	DEFECT_DOUBLE_NACK = 1u << 0,		/* two NACKs to Read, Write and Go under
						 * protection */
	DEFECT_MISSING_NACK = 1u << 1,		/* a bad address ends Read or Write without an
						 * answer */
	DEFECT_TWO_ACKS = 1u << 2,		/* 0x7F is acknowledged twice */
	DEFECT_ONE_PAGE = 1u << 3,		/* only the first page of a list is erased, and
						 * none too soon after another */
	DEFECT_ONE_PAGE_BANK2 = 1u << 4,	/* of the pages of bank 2 only the first of a
						 * list is */
	DEFECT_BANK_NACK = 1u << 5,		/* bank erase is refused */
	DEFECT_BANK_LOST = 1u << 6,		/* bank erase is acknowledged and not done */
	DEFECT_RAM_WRITE = 1u << 7,		/* what is written to RAM arrives corrupted */
	DEFECT_READ_AFTER_WRITE = 1u << 8,	/* a block that was just written reads FF */
	DEFECT_GET_COUNT = 1u << 9,		/* Get announces two commands more than follow */
	DEFECT_GO_FIRST_ACK = 1u << 10,		/* Go's first ACK is missing */
	DEFECT_GO_BROKEN = 1u << 11,		/* Go hangs */
	DEFECT_GO_SP = 1u << 12,		/* Go hangs unless SP is below the end of RAM -
						 * 16 */
	DEFECT_BANK2_EARLY = 1u << 13,		/* erases in bank 2 go on after their ACK */
	DEFECT_NO_OBL = 1u << 14,		/* new option bytes hold from the next power-on */
	DEFECT_RDU_POWER = 1u << 15,		/* a lifted read-out protection shows at the
						 * next power-on */
	DEFECT_LIST_100 = 1u << 16,		/* lists of more than 100 pages hang */
	DEFECT_LIST_512 = 1u << 17,		/* lists of more than 512 pages are refused */
	DEFECT_PROTOCOL_20 = 1u << 18,		/* reports protocol 2.0 */
	DEFECT_DROPS_PARITY = 1u << 19,		/* bytes with a parity error are dropped: no
						 * known ROM */
	DEFECT_STRETCH_ERASE = 1u << 20,	/* I2C: No-Stretch Erase stretches all the same */
	DEFECT_STRETCH_MASS = 1u << 21,		/* I2C: the same, but only for a mass erase */
	DEFECT_I2C_73_RDU = 1u << 22,		/* I2C: Write Unprotect does what Readout
						 * Unprotect does */
	DEFECT_EMPTY_CLEARED = 1u << 23,	/* clears the empty flag at start */
	/* Of bootloaders made from ST's open one, and of clones. */
	DEFECT_NO_CHECKSUM = 1u << 24,		/* Get Checksum is listed and refused */
	DEFECT_NO_MASS_ERASE = 1u << 25,	/* mass and bank erase are refused */
	DEFECT_RDU_KEEPS = 1u << 26,		/* Readout Unprotect erases nothing at level 0 */
	DEFECT_RDU_NOTHING = 1u << 27,		/* it and Write Unprotect are acknowledged, and do nothing */
	DEFECT_NO_VERSION = 1u << 29,		/* Get Version is refused */
	DEFECT_NO_ID = 1u << 30,		/* Get ID is refused */
	DEFECT_NO_BUSY = 1u << 28,		/* I2C: no-stretch commands stretch, without BUSY */
};

/* A byte with a parity error is its last. Too large for an enum of C11. */
#define DEFECT_PARITY_HANGS (1u << 31)

struct defect_name {
	const char *name;	/* as in rom=NAME */
	const char *title;
	uint32_t defect;
};
extern const struct defect_name defect_names[];		/* ends with name == NULL */

struct rom_version {
	uint8_t bl_id;		/* bootloader ID byte */
	uint8_t protocol;	/* as Get reports it; 0 ends the list */
	uint32_t defects;
	uint8_t i2c;		/* protocol over I2C; 0: it has none */
};

/* The pages of a chip of one size and banking; the first that fits is taken. */
struct layout {
	uint16_t kb;		/* 0 ends the list */
	int8_t dual;		/* option bit: 0, 1, or -1 for both */
	const char *text;	/* grammar: geometry_parse */
	uint16_t bank2;		/* first page number of bank 2; 0: one bank */
	uint16_t wrp_unit;	/* as struct model's, where it is another */
};

/* Option bit that chooses between one and two banks. */
struct bank_option {
	const char *key;	/* its name in a spec; NULL: there is none */
	uint16_t dual;		/* the bit, as in struct ob_layout */
	bool factory_dual;
};

enum model_flag {
	MODEL_SHORT_INFO_WRONG = 1u << 0,	/* size and ID are right only in a long read */
	MODEL_INFO_BLOCK = 1u << 5,		/* the block that they lie in can be read */
	MODEL_EMPTY_CHECK = 1u << 1,
	MODEL_BOOT_SEL = 1u << 2,		/* as it is made, the BOOT0 pin does not count */
	MODEL_TALKS_AT_RDP2 = 1u << 3,		/* Get, Get Version and Get ID work at level 2 */
	MODEL_VOLT_REG = 1u << 4,		/* supply range at 0xFFFF0000 */
};

struct model {
	const char *name;
	const char *title;
	uint32_t pid;
	uint16_t flash_kb;
	const struct family *family;
	const struct layout *layouts;		/* NULL: the device row's, any size */
	uint16_t bank2;				/* as struct layout's, where layouts is NULL */
	struct bank_option bank;
	const struct ob_layout *ob;		/* NULL: the family's */
	uint16_t wrp_unit;			/* pages a write-protected sector has; 0: areas
						 * do */
	uint32_t startup_us;			/* reset to ready */
	uint32_t flags;				/* enum model_flag */
	uint16_t size_junk;			/* bits of the size register that mean nothing,
						 * and read 1 */
	uint8_t i2c_addr;			/* 7 bits (AN2606); 0: no ROM of it has I2C */
	uint16_t i2c_timeout_ms;		/* within a command (AN2606); 0: 1000 */
	struct rom_version rom[6];		/* the first is the usual one */
};

extern const struct model models[];		/* ends with name == NULL */

const struct ob_layout *model_ob(const struct model *m);

/*
 * By its name or by that of a part in its title ("F103", "stm32f103c8t6"), in any case. NULL if
 * there is none.
 */
const struct model *model_find(const char *name);

#endif
