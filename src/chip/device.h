/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of all chips: one row a product ID (the answer to Get ID), in device_table.c.
 *
 * Source of the rows: AN2606 rev 70 and the tables named in each row's comment. Addresses are
 * inclusive at the start and exclusive at the end.
 */
#ifndef BOOTPIN_DEVICE_H
#define BOOTPIN_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "chip/geometry.h"

/* Properties of a chip or of all its ROMs. */
enum device_flag {
	DEV_CLONE = 1u << 0,		/* a look-alike that reports another chip's ID: listed,
					 * never looked up */
	DEV_IDENTIFY_ONLY = 1u << 1,	/* no layout is known: erase and write need --chip */
	DEV_RESET_ON_OB = 1u << 2,	/* option-byte changes end in a plain reset, without
					 * reload launch */
	DEV_NO_MASS_ERASE = 1u << 3,	/* Extended Erase FFFF is refused (L0, L1) */
	DEV_EEPROM = 1u << 4,		/* data EEPROM at 0x08080000 */
	DEV_VOLT_REG = 1u << 5,		/* virtual supply-range register at 0xFFFF0000 */
	DEV_NO_FREE_RAM = 1u << 6,	/* the ROM leaves no RAM to a stub, or does not give
					 * access to it */
	DEV_LONG_INFO_READ = 1u << 7,	/* size and ID registers are right only in a long read of
					 * their block */
	DEV_EMPTY_CHECK = 1u << 8,	/* boots the ROM while the first flash word is blank */
	DEV_EMPTY_CLEARED = 1u << 9,	/* its ROM clears the empty flag at start */
	DEV_I2C_73_IS_RDU = 1u << 10,	/* over I2C, 0x73 mass-erases */
	DEV_TOP_SECURE = 1u << 11,	/* top pages belong to the wireless stack (WB) */
	DEV_INVENTED = 1u << 12,	/* no such chip: for the simulator */
	DEV_SIZE_CODE = 1u << 13,	/* size register holds a code: 0 = 384 KB, 1 = 256 KB
					 * (0x436) */
	DEV_SIZE_UNREADABLE = 1u << 14,	/* size register is out of the ROM's reach (WB0) */
	DEV_RAM_DOUBTFUL = 1u << 15,	/* sources disagree about the RAM window: no code is put
					 * there */
	DEV_RDU_POWER_CYCLE = 1u << 16,	/* Readout Unprotect takes effect only after a power
					 * cycle */
	DEV_SIZE_STATED = 1u << 17,	/* flash_kb was stated by --chip: it holds where the size
					 * register tells nothing */
};

/* Defects of single ROM versions. A row's quirks name the bootloader ID byte they hold for. */
enum rom_quirk {
	ROM_ONE_PAGE_ERASE = 1u << 0,	/* erases only the first page of a list, or hangs: one
					 * page a command */
	ROM_ONE_PAGE_BANK2 = 1u << 1,	/* the same for pages of bank 2 */
	ROM_RAM_WRITE_BUG = 1u << 2,	/* RAM writes are corrupted: no code can be run there */
	ROM_NO_READ_BETWEEN_WRITES = 1u << 3,	/* a read right after a write gives FF; verify
						 * after the last write */
	ROM_GO_ACK_MISSING = 1u << 4,	/* Go's first ACK is missing */
	ROM_GO_BROKEN = 1u << 5,
	ROM_BANK2_EARLY_ACK = 1u << 6,	/* erase in bank 2 is acknowledged before it is done */
	ROM_NO_OBL = 1u << 7,		/* new option bytes need a power cycle */
};

struct rom_defect {
	uint8_t bl_id;			/* bootloader ID byte, or 0 for every version of the row */
	uint8_t version;		/* protocol version byte (0x22 = 2.2) it is limited to,
					 * or 0 */
	uint32_t quirks;		/* enum rom_quirk */
};

/* A ROM that the product ID is known to come with. */
struct rom {
	uint16_t bl_id;			/* bootloader ID; 0: it has none */
	uint8_t version;		/* protocol version over UART: 0x31 = 3.1 */
};

/* A layout that depends on the chip's size or on an option bit; the first that fits is taken. */
struct layout_variant {
	uint16_t flash_kb;		/* only for chips of this size; 0: any */
	uint32_t opt_addr;		/* little-endian option word that decides; 0: none */
	uint32_t opt_mask;
	uint32_t opt_value;
	const char *layout;		/* as struct device's */
	const char *name;		/* what it is called in messages: "DBANK=1" */
};

/*
 * Erase and program times in microseconds, worst case of the data sheets. Sectors are timed
 * by their size: max = page_us + per_kb_us * KB.
 */
struct flash_timing {
	uint32_t page_us;
	uint32_t per_kb_us;
	uint32_t mass_us;		/* whole flash of the largest part */
	uint32_t write256_us;		/* 256 bytes in one Write Memory */
};

struct ram_window {
	uint32_t start, end;		/* what Write Memory and Go accept; start == end: none */
};

struct device {
	uint32_t pid;
	const char *family;		/* "F1", "L4+" */
	const char *parts;		/* "F103x8 F103xB" */
	uint32_t flash_start;
	uint16_t flash_kb;		/* of the largest part; 0: unknown */
	const char *layout;		/* see geometry_parse; NULL: unknown */
	const struct layout_variant *variants;	/* ends with layout == NULL; NULL: layout is the
						 * only one */
	uint32_t size_reg, size_mask;	/* 16-bit KB register and the bits of it that count;
					 * size_reg 0: none */
	uint32_t uid_reg;		/* 12 bytes; 0: none */
	bool info_together;		/* all between these two registers can be read as well */
	struct ram_window ram;		/* start: first byte that no ROM version uses */
	struct ram_window ram2;
	uint32_t ram_base;		/* where RAM begins, the ROM's part included */
	uint32_t sys_start, sys_end;	/* system memory */
	uint32_t sys2_start, sys2_end;	/* its second part; both 0: none */
	uint32_t bl_id_addr;		/* of the bootloader ID byte; 0: none */
	uint32_t ob_start, ob_end;	/* option bytes; both 0: unknown; one word: only that one
					 * is certain */
	uint32_t ob2_start;		/* second block of the same length; 0: none */
	uint8_t rdp_offset;		/* of the read-out protection (or product state) byte in
					 * the option bytes */
	uint8_t rdp_open;		/* its value at level 0; 0: it has no levels, or is not
					 * known */
	uint32_t otp_start, otp_end;	/* both 0: none or unknown */
	uint32_t eeprom_size;		/* at 0x08080000, largest part */
	uint8_t erase_cmd;		/* 0x43 or 0x44 */
	uint8_t erased;			/* 0xFF, or 0x00 on L0 and L1 */
	uint8_t write_gran;		/* bytes that are programmed together: address and length
					 * are multiples of it */
	uint16_t erase_max_pages;	/* in one command */
	uint8_t wrp_pages;		/* pages in a unit of write protection; 0: unknown */
	uint8_t i2c_addr;		/* 7-bit; 0: none */
	/* commands in Get's answer over I2C version 2.0; 0: not known */
	uint8_t i2c_get_count;
	uint32_t startup_us;		/* reset to ready for the first byte; 0: unknown */
	const struct flash_timing *timing;
	uint32_t flags;			/* enum device_flag */
	const struct rom *roms;		/* ends with version == 0; NULL: unknown */
	const struct rom_defect *defects;	/* ends with quirks == 0; NULL: none */
	/* Of several rows in common: a product ID whose option bytes all of them share; 0: none */
	uint32_t options_like;
	char *own_parts;		/* of such a row: what @parts points to; or NULL */
	/* Of a description: the part that --chip names, "STM32F103C8T6"; "": it names none ... */
	char named[24];
	uint16_t named_kb;		/* ... and the size by its letter; 0: it has none */
};

extern const struct device device_table[];
extern const size_t device_count;

/* The row of a product ID; NULL if there is none. Clones are never returned. */
const struct device *device_by_pid(uint32_t pid);

/*
 * Does the chip show its flash at address 0 when it boots from it? So do chips with MEM_MODE in
 * SYSCFG (ST's SVD files: 0 is "Main Flash memory mapped at 0x0000_0000"), F1 and W108. Cortex-M7
 * and M33 begin at an address from the option bytes instead (the same files: NSBOOTADD0R of U5 and
 * WBA, "boot from Flash memory (0x0800 0000)"; BOOT_ADD0 of F7 is 0x0080, which is 0x00200000).
 * Nothing is known of C5, so that it is not assumed there.
 */
bool device_flash_at_zero(const struct device *d);

/*
 * The quirks (enum rom_quirk) of a ROM; bl_id 0 (unread) assumes the worst of all versions of the
 * row.
 */
uint32_t device_quirks(const struct device *d, uint8_t bl_id, uint8_t version);

/*
 * Interprets what the size register holds: masks, codes, 0 and 0xFFFF. Returns KB, or 0 if it
 * tells nothing.
 */
uint16_t device_flash_kb(const struct device *d, uint16_t raw);

/*
 * DEV_LONG_INFO_READ: bytes of the aligned block in which size and ID registers are read right
 * (AN3155, Read Memory; field reports on F4 and L0).
 */
#define DEVICE_INFO_BLOCK_MAX 256
uint32_t device_info_block(const struct device *d);

/*
 * A copy of @base (NULL: of an unknown chip) with what --chip says: "KEY=VALUE,...", keys
 * flash=SIZE, layout=LAYOUT, ram=START-END, erase=43|44, erased=00|ff, unit=BYTES, start=ADDR. A
 * NAME (as for device_by_name) takes that row instead of @base; keys may follow it. A stated
 * layout replaces all variants and lifts DEV_IDENTIFY_ONLY, a stated size sets DEV_SIZE_STATED;
 * the size letter of a part's name, which the row must have, is kept in named_kb.
 * Flash and RAM can only be stated where STM32s have them, so never over option bytes.
 * The copy is owned by the caller and freed by device_free. NULL with @e set: ERR_USAGE, or
 * ERR_ABILITY if a size and a layout do not go together because of @base.
 */
struct device *device_describe(const char *text, const struct device *base, struct err *e);
void device_free(struct device *d);

/*
 * The row that @name fits: a product ID ("0x410"), a family with one row ("L5"), or the beginning
 * of a part's name, all of it, or that and more ("f030x8", "STM32L432KC"); STM32 in front may be
 * left out and case does not matter. The closest fit wins. NULL if none fits, or several: "f103".
 */
const struct device *device_by_name(const char *name);

#endif
