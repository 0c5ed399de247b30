/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chip at the other end: what it says of itself, joined with what the table knows of its kind.
 *
 * Answers without a checksum that decide what is erased or written are read until two successive
 * ones agree.
 */
#ifndef BOOTPIN_TARGET_H
#define BOOTPIN_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "chip/device.h"
#include "loader/loader.h"
#include "report/report.h"
#include "target/candidates.h"

enum area {
	AREA_NONE,		/* nothing that the table knows of */
	AREA_FLASH,
	AREA_RAM,
	AREA_EEPROM,
	AREA_OPTIONS,
	AREA_OTP,
	AREA_SYSTEM,
	AREA_REGISTER,		/* the supply-range register at 0xFFFF0000 */
};

struct target {
	uint32_t pid;
	/* NULL: the product ID is not in the table and --chip says nothing */
	const struct device *dev;
	struct device *described;	/* owned; dev points here with --chip */
	/* owned; dev points here where several rows fit, none, or the bootloader is no ROM's */
	struct device *common;
	/* where several rows fit: which, "STM32F205..., STM32F405..."; else "" */
	char may_be[160];
	struct candidates rows;	/* the same, all of them; none where one row was found */
	bool is_protected;		/* reading is refused: nothing below is known */
	bool bl_id_known;
	uint8_t bl_id;
	uint32_t quirks;		/* enum rom_quirk; the worst while bl_id is unknown */
	bool size_known;
	/* by its own register or --chip; else the table's maximum */
	uint32_t flash_kb;
	const char *size_by;		/* "its size register", "--chip"; NULL: not known */
	bool size_read;			/* the register was read ... */
	uint32_t size_says;		/* ... and says that: KiB, or what tells nothing */
	/* the bytes around size and ID registers that were read at once; 0: none */
	uint32_t info_from;
	bool info_refused;		/* they cannot be, only one by one */
	uint8_t info[DEVICE_INFO_BLOCK_MAX];
	char no_size[120];		/* why the size is not known; empty if it is */
	bool uid_known;
	uint8_t uid[12];
	bool geometry_known;
	struct geometry geometry;
	/* WB: first address of the flash that its wireless stack has; 0: not known */
	uint32_t stack_start;
	const char *layout_name;	/* "DBANK=1", or NULL where there is but one */
	char no_geometry[160];		/* why it is not known */
	/* what the chip says of itself that does not fit together; empty if all does */
	char inconsistent[160];
};

/*
 * @chip: --chip's text or NULL. @loader_id: the bootloader's ID is needed, else it is not asked for.
 * Returns 0, or -1 with @e set; target_free is due in both cases.
 */
int target_identify(struct target *t, struct loader *l, const char *chip, bool loader_id,
		    struct err *e);
void target_free(struct target *t);

/*
 * "STM32F101xB/F102xB/F103xB (0x410)" by product ID and size, "STM32F103CB (0x410)" if --chip says
 * so, "product ID 0x999"; returns @buf.
 */
const char *target_name(const struct target *t, char *buf, size_t size);

/* Prints all parts that the chip may be, and odd sizes: its name in one line leaves them out. */
void target_tell_more(const struct target *t, struct report *r);

/* Prints the identification to standard output. */
void target_print(const struct target *t, const struct loader *l, struct report *r);

uint32_t target_flash_start(const struct target *t);

/*
 * WB: first address that may belong to the wireless stack, by SFSA or, where that is not known, the
 * middle of flash; the end of flash on other chips.
 */
uint32_t target_stack_start(const struct target *t);
/* First address behind the flash, by what is known of its size. */
uint32_t target_flash_end(const struct target *t);

/* The area that @addr lies in, and the first address behind that area. */
enum area target_area(const struct target *t, uint32_t addr, uint32_t *end);
const char *area_name(enum area a);

/* How long its flash may take (chip/timing.h). */
nsec_t target_erase_time(const struct target *t, uint32_t page_size);
nsec_t target_write_time(const struct target *t);
nsec_t target_mass_erase_time(const struct target *t);

/* Smallest piece that may be written, 4 at least. */
uint32_t target_write_unit(const struct target *t);
uint8_t target_erased(const struct target *t);

/* @len bytes of RAM that the bootloader leaves free and writes right; -1 with @e set (ERR_ABILITY). */
int target_free_ram(const struct target *t, uint32_t len, uint32_t *addr, struct err *e);

/* Where a stub of @len bytes may be put; -1 with @e set (ERR_ABILITY) if there is no such RAM. */
int target_stub_address(const struct target *t, uint32_t len, uint32_t *addr, struct err *e);

#endif
