/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "chip/region.h"

#define KIB 1024u
#define SYSTEM_BUS 0x40000000u
#define EXTERNAL 0x60000000u

/*
 * Of a family, or of one product ID of it; the first row that fits counts. CMSIS: ST's device
 * headers (*_BASE); notes: the product table's notes ("Extra memories").
 */
static const struct row {
	const char *family;
	uint32_t pid;			/* 0: all of the family */
	struct region region;
} rows[] = {
	/* CMSIS CCMDATARAM_BASE; notes. F401, F411, F446 ... have none. */
	{ "F4", 0x413, { "CCM RAM", 0x10000000, 0x1000FFFF, 0 } },
	{ "F4", 0x419, { "CCM RAM", 0x10000000, 0x1000FFFF, 0 } },
	{ "F4", 0x434, { "CCM RAM", 0x10000000, 0x1000FFFF, 0 } },
	/* CMSIS CCMDATARAM_BASE: 8, 4 and 16 KiB; notes. F301, F302x8, F373 have none. */
	{ "F3", 0x422, { "CCM RAM", 0x10000000, 0x10001FFF, 0 } },
	{ "F3", 0x438, { "CCM RAM", 0x10000000, 0x10000FFF, 0 } },
	{ "F3", 0x446, { "CCM RAM", 0x10000000, 0x10003FFF, 0 } },
	/* CMSIS SRAM2_BASE, 64 KiB at most; notes */
	{ "L4", 0, { "SRAM2", 0x10000000, 0x1000FFFF, 0 } },
	{ "L4+", 0, { "SRAM2", 0x10000000, 0x1000FFFF, 0 } },
	/* CMSIS CCMSRAM_BASE, 32 KiB at most */
	{ "G4", 0, { "CCM RAM", 0x10000000, 0x10007FFF, 0 } },
	/* CMSIS RAMITCM_BASE, FLASHITCM_BASE, RAMDTCM_BASE; notes */
	{ "F7", 0, { "ITCM RAM", 0x00000000, 0x00003FFF, 0 } },
	{ "F7", 0, { "the ITCM alias of flash", 0x00200000, 0x003FFFFF, 0x08000000 } },
	{ "F7", 0x451, { "DTCM RAM", 0x20000000, 0x2001FFFF, 0 } },
	{ "F7", 0, { "DTCM RAM", 0x20000000, 0x2000FFFF, 0 } },
	/* CMSIS D1_ITCMRAM_BASE, D1_DTCMRAM_BASE, D1_AXISRAM_BASE ...; notes */
	{ "H7", 0, { "ITCM RAM", 0x00000000, 0x0000FFFF, 0 } },
	{ "H7", 0, { "DTCM RAM", 0x20000000, 0x2001FFFF, 0 } },
	{ "H7", 0, { "AXI SRAM", 0x24000000, 0x240FFFFF, 0 } },
	{ "H7", 0, { "SRAM of the second domain", 0x30000000, 0x30047FFF, 0 } },
	{ "H7", 0, { "SRAM of the third domain", 0x38000000, 0x3800FFFF, 0 } },
	{ "H7", 0, { "backup SRAM", 0x38800000, 0x38800FFF, 0 } },
	{ "H7RS", 0, { "ITCM RAM", 0x00000000, 0x0002FFFF, 0 } },
	/* CMSIS FLASH_BASE_S, SRAM1_BASE_S. H503 has no TrustZone, and so no alias. */
	{ "L5", 0, { "the secure alias of flash", 0x0C000000, 0x0CFFFFFF, 0x08000000 } },
	{ "L5", 0, { "the secure alias of RAM", 0x30000000, 0x3FFFFFFF, 0x20000000 } },
	{ "H5", 0x478, { "the secure alias of flash", 0x0C000000, 0x0CFFFFFF, 0x08000000 } },
	{ "H5", 0x478, { "the secure alias of RAM", 0x30000000, 0x3FFFFFFF, 0x20000000 } },
	{ "H5", 0x484, { "the secure alias of flash", 0x0C000000, 0x0CFFFFFF, 0x08000000 } },
	{ "H5", 0x484, { "the secure alias of RAM", 0x30000000, 0x3FFFFFFF, 0x20000000 } },
	{ "H5", 0x47A, { "the secure alias of flash", 0x0C000000, 0x0CFFFFFF, 0x08000000 } },
	{ "H5", 0x47A, { "the secure alias of RAM", 0x30000000, 0x3FFFFFFF, 0x20000000 } },
	{ "U3", 0, { "the secure alias of flash", 0x0C000000, 0x0CFFFFFF, 0x08000000 } },
	{ "U3", 0, { "the secure alias of RAM", 0x30000000, 0x3FFFFFFF, 0x20000000 } },
	{ "U5", 0, { "the secure alias of flash", 0x0C000000, 0x0CFFFFFF, 0x08000000 } },
	{ "U5", 0, { "the secure alias of RAM", 0x30000000, 0x3FFFFFFF, 0x20000000 } },
	{ "U5", 0, { "SRAM4", 0x28000000, 0x28003FFF, 0 } },
	{ "WBA", 0, { "the secure alias of flash", 0x0C000000, 0x0CFFFFFF, 0x08000000 } },
	{ "WBA", 0, { "the secure alias of RAM", 0x30000000, 0x3FFFFFFF, 0x20000000 } },
};

static bool is_in(const struct region *r, uint32_t addr)
{
	return addr >= r->start && addr <= r->last;
}

static bool find_row(const struct device *d, uint32_t addr, struct region *r)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].family, d->family) == 0 &&
		    (!rows[i].pid || rows[i].pid == d->pid) && is_in(&rows[i].region, addr)) {
			*r = rows[i].region;
			return true;
		}
	return false;
}

/*
 * Regions that follow from the chip's row, or are so on every Cortex-M (Armv7-M and Armv8-M Architecture
 * Reference Manuals, System address map; external memory by FMC, QUADSPI and OCTOSPI: CMSIS).
 */
static bool find_common(const struct device *d, uint32_t addr, struct region *r)
{
	const struct region common[] = {
		{ "its unique ID", d->uid_reg, d->uid_reg + 11, 0 },
		{ "its size register", d->size_reg, d->size_reg + 1, 0 },
		{ "RAM that its bootloader keeps to itself", d->ram_base, d->ram.start - 1, 0 },
		{ "the range of RAM, outside of what its bootloader gives access to",
		  0x20000000, 0x2FFFFFFF, 0 },
		{ "registers of peripherals", SYSTEM_BUS, EXTERNAL - 1, 0 },
		{ "external memory", EXTERNAL, 0xDFFFFFFF, 0 },
		{ "registers of the core", 0xE0000000, 0xFFFFFFFF, 0 },
	};

	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		if (common[i].start && is_in(&common[i], addr)) {
			*r = common[i];
			return true;
		}
	return false;
}

static bool find_boot_alias(const struct device *d, uint32_t addr, struct region *r)
{
	*r = (struct region){ "the boot alias of flash", 0, d->flash_kb * KIB - 1, d->flash_start };
	return device_flash_at_zero(d) && d->flash_kb && is_in(r, addr);
}

bool region_find(const struct device *d, uint32_t addr, struct region *r)
{
	return find_row(d, addr, r) || find_boot_alias(d, addr, r) || find_common(d, addr, r);
}
