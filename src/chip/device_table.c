/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One row a product ID. The comment that opens a row names the sources of its flash and RAM data,
 * then comes what is odd about it. Bootloader IDs, protocol versions, I2C addresses and start-up
 * times are AN2606's alone.
 *
 * AN2606 is its revision 70. stm32flash, stm32loader, OpenOCD, stlink, probe-rs and zephyr stand
 * for the device tables of these projects, CMSIS for ST's device headers, openbl for ST's own
 * bootloader library, "field" for reports of users.
 *
 * Adding a chip: copy its sibling's row, change what differs, and name the sources. What all rows
 * of a family share is in its _COMMON macro; no field may be given twice.
 */
#include "chip/device.h"

#define DEFECTS(...)	((const struct rom_defect[]){ __VA_ARGS__, { 0 } })
#define ROMS(...)	((const struct rom[]){ __VA_ARGS__, { 0 } })

/* Parts whose main flash is where an STM32 has it. */
#define STM32		.flash_start = 0x08000000, .ram_base = 0x20000000

/* 255 pages at most: a count byte of 0xFF would be Global Erase (AN3155, Erase Memory). */
#define ERASE		.erase_cmd = 0x43, .erase_max_pages = 255

/*
 * AN3155 leaves the limit to the product. AN4221 says 512 for the same command, openbl keeps about
 * 580 page numbers and drops the rest, an L152 fails above 512: 256 leaves room.
 */
#define EXTENDED_ERASE	.erase_cmd = 0x44, .erase_max_pages = 256

/*
 * Times are maxima of the data sheets; where there is none, of the nearest family. Mass erase is
 * that of the largest part, its banks one after the other.
 */
#define TIMING(name, page, mass, write256) \
	static const struct flash_timing name = { \
		.page_us = (page), .mass_us = (mass), .write256_us = (write256), \
	}

TIMING(f0_timing, 40000, 40000, 7700);		/* also F3 */
TIMING(f1_timing, 40000, 40000, 9000);		/* also W108, clones */
TIMING(f1_xl_timing, 40000, 80000, 9000);
TIMING(g0_timing, 40000, 80000, 4000);		/* also C0, U0 */
TIMING(g4_timing, 24500, 49200, 2950);		/* also L5, WB, WL */
TIMING(l4_timing, 30000, 60000, 2950);		/* data sheet: 24.5 ms; field: 30 ms */
TIMING(l0_timing, 3940, 6100000, 16000);	/* no mass erase: all 1536 pages; by half pages */
TIMING(l1_timing, 4000, 8200000, 8000);		/* likewise, 2048 pages */
TIMING(u5_timing, 5000, 1260000, 2000);		/* also U3, WBA */
TIMING(h5_timing, 10000, 1060000, 1000);	/* also assumed for H7RS, C5 */
TIMING(h7_timing, 4000000, 26000000, 4700);	/* 128 KB sectors, bytewise */
TIMING(h7a3_timing, 3000, 770000, 3200);
TIMING(wb0_timing, 40000, 40000, 2700);

/*
 * Sectors at bytewise parallelism, the ROM's default (F2, F4, F7). 16, 64 and 128 KB take up to
 * 0.8, 2.4 and 4 s: the line through the first two is an upper bound of the third. F74x erases
 * sectors of twice the size in the same times; F76x has both sorts, so takes the slower. @mass in
 * seconds.
 */
#define SECTORS_16K(mass)	SECTORS(33300, mass)
#define SECTORS_32K(mass)	SECTORS(16650, mass)
#define SECTORS(per_kb, mass) \
	(&(const struct flash_timing){ \
		.page_us = 270000, .per_kb_us = (per_kb), \
		.mass_us = (mass) * 1000000, .write256_us = 26000, \
	})

/* One or two banks, and parts with a gap between them. The first that fits is taken. */
#define BIT(n)			(1u << (n))
#define LAYOUT(kb, text, what)	{ .flash_kb = (kb), .layout = (text), .name = (what) }
#define LAYOUT_IF_SET(kb, addr, bit, text, what) { \
	.flash_kb = (kb), .opt_addr = (addr), .opt_mask = BIT(bit), .opt_value = BIT(bit), \
	.layout = (text), .name = what "=1" }
#define LAYOUT_IF_CLEAR(kb, addr, bit, text, what) { \
	.flash_kb = (kb), .opt_addr = (addr), .opt_mask = BIT(bit), .opt_value = 0, \
	.layout = (text), .name = what "=0" }

/*
 * FLASH_OPTR bit 22. Bank 2 never moves: small parts have a gap, and how their ROM numbers it is
 * not known.
 */
static const struct layout_variant g47_dbank[] = {
	LAYOUT_IF_SET(128, 0x1FFF7800, 22, "32x2K+@0x08040000:#?:32x2K", "DBANK"),
	LAYOUT_IF_SET(256, 0x1FFF7800, 22, "64x2K+@0x08040000:#?:64x2K", "DBANK"),
	LAYOUT_IF_SET(0, 0x1FFF7800, 22, "256x2K", "DBANK"),
	LAYOUT_IF_CLEAR(0, 0x1FFF7800, 22, "128x4K", "DBANK"),
	{ 0 }
};

/*
 * FLASH_OPTR bit 22, on the smaller part bit 21 (L4+, L5). How the ROM numbers bank 2 of the
 * smaller part is not known.
 */
static const struct layout_variant l4r_dbank[] = {
	LAYOUT_IF_SET(1024, 0x1FF00000, 21, "128x4K+#?:128x4K", "DB1M"),
	LAYOUT_IF_CLEAR(1024, 0x1FF00000, 21, "128x8K", "DB1M"),
	LAYOUT_IF_SET(0, 0x1FF00000, 22, "512x4K", "DBANK"),
	LAYOUT_IF_CLEAR(0, 0x1FF00000, 22, "256x8K", "DBANK"),
	{ 0 }
};

static const struct layout_variant l4p_dbank[] = {
	LAYOUT_IF_SET(512, 0x1FF00000, 21, "64x4K+#?:64x4K", "DB512K"),
	LAYOUT_IF_CLEAR(512, 0x1FF00000, 21, "64x8K", "DB512K"),
	LAYOUT_IF_SET(0, 0x1FF00000, 22, "256x4K", "DBANK"),
	LAYOUT_IF_CLEAR(0, 0x1FF00000, 22, "128x8K", "DBANK"),
	{ 0 }
};

static const struct layout_variant l5_dbank[] = {
	LAYOUT_IF_SET(256, 0x40022040, 21, "64x2K+#?:64x2K", "DB256K"),
	LAYOUT_IF_CLEAR(256, 0x40022040, 21, "64x4K", "DB256K"),
	LAYOUT_IF_SET(0, 0x40022040, 22, "256x2K", "DBANK"),
	LAYOUT_IF_CLEAR(0, 0x40022040, 22, "128x4K", "DBANK"),
	{ 0 }
};

/*
 * FLASH_OPTR bit 21. Hardware numbers bank 2 of the smaller parts from 256, their ROM is
 * unverified.
 */
static const struct layout_variant l47_dualbank[] = {
	LAYOUT(1024, "512x2K", "always dual bank"),
	LAYOUT_IF_SET(512, 0x1FFF7800, 21, "128x2K+#?:128x2K", "DUALBANK"),
	LAYOUT_IF_SET(256, 0x1FFF7800, 21, "64x2K+#?:64x2K", "DUALBANK"),
	LAYOUT_IF_CLEAR(0, 0x1FFF7800, 21, "512x2K", "DUALBANK"),
	{ 0 }
};

#define BANK_512K	"4x16K+1x64K+3x128K"
#define BANK_1M		"4x16K+1x64K+7x128K"

/* FLASH_OPTCR bit 30, bit 14 of the option bytes' third word. Sectors of bank 2 count from 12. */
static const struct layout_variant f42_db1m[] = {
	LAYOUT_IF_SET(1024, 0x1FFFC008, 14, BANK_512K "+#12:" BANK_512K, "DB1M"),
	LAYOUT_IF_CLEAR(1024, 0x1FFFC008, 14, BANK_1M, "DB1M"),
	LAYOUT(0, BANK_1M "+" BANK_1M, "dual bank"),
	{ 0 }
};

/* FLASH_OPTCR bit 29, at bit 13 of the option bytes' third word. */
static const struct layout_variant f76_ndbank[] = {
	LAYOUT_IF_CLEAR(1024, 0x1FFF0008, 13, BANK_512K "+#12:" BANK_512K, "nDBANK"),
	LAYOUT_IF_CLEAR(0, 0x1FFF0008, 13, BANK_1M "+" BANK_1M, "nDBANK"),
	LAYOUT_IF_SET(0, 0x1FFF0008, 13, "4x32K+1x128K+7x256K", "nDBANK"),
	{ 0 }
};

static const struct layout_variant h74_banks[] = {
	LAYOUT(1024, "4x128K+@0x08100000:#8:4x128K", "bank 2 at 0x08100000"),
	LAYOUT(0, "16x128K", "contiguous"),
	{ 0 }
};

static const struct layout_variant h7a3_banks[] = {
	LAYOUT(1024, "64x8K+@0x08100000:#?:64x8K", "bank 2 at 0x08100000"),
	LAYOUT(0, "256x8K", "contiguous"),
	{ 0 }
};

/*
 * info_together: what lies between the size and ID registers is system memory (F0, F1, F3, by the
 * memory map), or has the calibration values that data sheets name (G0, G4, C0, L4, L4+, WB).
 */
#define F0_COMMON \
	.family = "F0", STM32, .size_reg = 0x1FFFF7CC, .size_mask = 0xFFFF, \
	.uid_reg = 0x1FFFF7AC, .info_together = true, \
	.sys_end = 0x1FFFF800, .ob_start = 0x1FFFF800, .ob_end = 0x1FFFF810, .rdp_open = 0xAA, \
	EXTENDED_ERASE, .erased = 0xFF, .write_gran = 4, .timing = &f0_timing

#define F1_COMMON \
	.family = "F1", STM32, .size_reg = 0x1FFFF7E0, .size_mask = 0xFFFF, \
	.uid_reg = 0x1FFFF7E8, .info_together = true, \
	.sys_end = 0x1FFFF800, .ob_start = 0x1FFFF800, .ob_end = 0x1FFFF810, .rdp_open = 0xA5, \
	.erased = 0xFF, .write_gran = 4

#define F3_COMMON \
	.family = "F3", STM32, .size_reg = 0x1FFFF7CC, .size_mask = 0xFFFF, \
	.uid_reg = 0x1FFFF7AC, .info_together = true, \
	.sys_start = 0x1FFFD800, .sys_end = 0x1FFFF800, \
	.ob_start = 0x1FFFF800, .ob_end = 0x1FFFF810, .rdp_open = 0xAA, \
	EXTENDED_ERASE, .erased = 0xFF, .write_gran = 4, .wrp_pages = 2, .timing = &f0_timing

#define F4_COMMON \
	.family = "F4", STM32, .size_reg = 0x1FFF7A22, .size_mask = 0xFFFF, \
	.uid_reg = 0x1FFF7A10, \
	.sys_start = 0x1FFF0000, .sys_end = 0x1FFF7800, \
	.ob_start = 0x1FFFC000, .ob_end = 0x1FFFC010, .rdp_offset = 1, .rdp_open = 0xAA, \
	.otp_start = 0x1FFF7800, .otp_end = 0x1FFF7A10, \
	EXTENDED_ERASE, .erased = 0xFF, .write_gran = 4, .wrp_pages = 1

#define F7_COMMON \
	.family = "F7", STM32, .size_mask = 0xFFFF, \
	.sys_start = 0x1FF00000, .sys_end = 0x1FF0EDC0, \
	.ob_start = 0x1FFF0000, .ob_end = 0x1FFF0020, .rdp_offset = 1, .rdp_open = 0xAA, \
	EXTENDED_ERASE, .erased = 0xFF, .write_gran = 8, .wrp_pages = 1

#define G0_COMMON \
	.family = "G0", STM32, .size_reg = 0x1FFF75E0, .uid_reg = 0x1FFF7590, .info_together = true, \
	.sys_start = 0x1FFF0000, .ob_start = 0x1FFF7800, .ob_end = 0x1FFF7880, .rdp_open = 0xAA, \
	.otp_start = 0x1FFF7000, .otp_end = 0x1FFF7400, \
	EXTENDED_ERASE, .erased = 0xFF, .write_gran = 8, .wrp_pages = 1, \
	.timing = &g0_timing

#define G4_COMMON \
	.family = "G4", STM32, .size_reg = 0x1FFF75E0, .size_mask = 0xFFFF, \
	.uid_reg = 0x1FFF7590, .info_together = true, \
	.sys_start = 0x1FFF0000, .sys_end = 0x1FFF7000, \
	.ob_start = 0x1FFF7800, .ob_end = 0x1FFF7830, .rdp_open = 0xAA, \
	.otp_start = 0x1FFF7000, .otp_end = 0x1FFF7400, \
	EXTENDED_ERASE, .erased = 0xFF, .write_gran = 8, .wrp_pages = 1, \
	.timing = &g4_timing

#define C0_COMMON \
	.family = "C0", STM32, .size_reg = 0x1FFF75A0, .size_mask = 0xFFFF, \
	.uid_reg = 0x1FFF7550, .info_together = true, \
	.sys_start = 0x1FFF0000, .ob_start = 0x1FFF7800, .ob_end = 0x1FFF7880, .rdp_open = 0xAA, \
	.otp_start = 0x1FFF7000, .otp_end = 0x1FFF7400, \
	EXTENDED_ERASE, .erased = 0xFF, .write_gran = 8, .wrp_pages = 1, \
	.timing = &g0_timing

#define C5_COMMON \
	.family = "C5", STM32, \
	.sys_start = 0x0BF80080, .sys_end = 0x0BF88600, \
	EXTENDED_ERASE, .erased = 0xFF, .write_gran = 16, .timing = &h5_timing

#define H5_COMMON \
	.family = "H5", STM32, \
	.otp_start = 0x08FFF000, .otp_end = 0x08FFF800, \
	EXTENDED_ERASE, .erased = 0xFF, .write_gran = 16, .timing = &h5_timing

#define H7_COMMON \
	.family = "H7", STM32, .size_mask = 0xFFFF, \
	.sys_start = 0x1FF00000, .ob_start = 0x5200201C, .ob_end = 0x5200209C, .rdp_offset = 1, \
	.rdp_open = 0xAA, \
	EXTENDED_ERASE, .erased = 0xFF

#define L0_COMMON \
	.family = "L0", STM32, .size_reg = 0x1FF8007C, .size_mask = 0xFFFF, \
	.uid_reg = 0x1FF80050, \
	.sys_start = 0x1FF00000, .ob_start = 0x1FF80000, .ob_end = 0x1FF80020, .rdp_open = 0xAA, \
	EXTENDED_ERASE, .erased = 0x00, .write_gran = 64, .wrp_pages = 32, .timing = &l0_timing

#define L1_COMMON \
	.family = "L1", STM32, \
	.sys_start = 0x1FF00000, .ob_start = 0x1FF80000, .rdp_open = 0xAA, \
	EXTENDED_ERASE, .erased = 0x00, .write_gran = 128, .wrp_pages = 16, \
	.timing = &l1_timing

#define L4_COMMON \
	.family = "L4", STM32, .size_reg = 0x1FFF75E0, .size_mask = 0xFFFF, \
	.uid_reg = 0x1FFF7590, .info_together = true, \
	.sys_start = 0x1FFF0000, .sys_end = 0x1FFF7000, \
	.ob_start = 0x1FFF7800, .ob_end = 0x1FFF7828, .rdp_open = 0xAA, \
	.otp_start = 0x1FFF7000, .otp_end = 0x1FFF7400, \
	EXTENDED_ERASE, .erased = 0xFF, .write_gran = 8, .wrp_pages = 1, \
	.timing = &l4_timing

#define L4_PLUS_COMMON \
	.family = "L4+", STM32, .size_reg = 0x1FFF75E0, .size_mask = 0xFFFF, \
	.uid_reg = 0x1FFF7590, .info_together = true, \
	.sys_start = 0x1FFF0000, .sys_end = 0x1FFF7000, \
	.ob_start = 0x1FF00000, .ob_end = 0x1FF00028, .rdp_open = 0xAA, \
	.otp_start = 0x1FFF7000, .otp_end = 0x1FFF7400, \
	EXTENDED_ERASE, .erased = 0xFF, .write_gran = 8, .wrp_pages = 1, \
	.timing = &l4_timing

#define U0_COMMON \
	.family = "U0", STM32, .size_mask = 0xFFFF, \
	.sys_start = 0x1FFF0000, .ob_start = 0x40022020, .ob_end = 0x400220A8, .rdp_open = 0xAA, \
	.otp_start = 0x1FFF6800, .otp_end = 0x1FFF6C00, \
	EXTENDED_ERASE, .erased = 0xFF, .write_gran = 8, .wrp_pages = 1, \
	.timing = &g0_timing

#define U3_COMMON \
	.family = "U3", STM32, .size_reg = 0x0BFA07A0, .size_mask = 0xFFFF, \
	.uid_reg = 0x0BFA0700, \
	.sys_start = 0x0BF8F000, .sys_end = 0x0BFA0000, \
	.ob_start = 0x40022040, .ob_end = 0x40022044, .rdp_open = 0xAA, \
	.otp_start = 0x0BFA0000, .otp_end = 0x0BFA0200, \
	EXTENDED_ERASE, .erased = 0xFF, .write_gran = 8, .wrp_pages = 1, \
	.timing = &u5_timing

#define U5_COMMON \
	.family = "U5", STM32, .size_reg = 0x0BFA07A0, .size_mask = 0xFFFF, \
	.uid_reg = 0x0BFA0700, \
	.sys_start = 0x0BF90000, .sys_end = 0x0BFA0000, \
	.ob_start = 0x40022040, .ob_end = 0x40022080, .rdp_open = 0xAA, \
	.otp_start = 0x0BFA0000, .otp_end = 0x0BFA0200, \
	EXTENDED_ERASE, .erased = 0xFF, .write_gran = 16, .wrp_pages = 1, \
	.timing = &u5_timing

#define WB_COMMON \
	.family = "WB", STM32, .size_reg = 0x1FFF75E0, .size_mask = 0x7FF, \
	.uid_reg = 0x1FFF7590, .info_together = true, \
	.sys_start = 0x1FFF0000, .sys_end = 0x1FFF7000, .rdp_open = 0xAA, \
	.otp_start = 0x1FFF7000, .otp_end = 0x1FFF7400, \
	EXTENDED_ERASE, .erased = 0xFF, .write_gran = 8, .wrp_pages = 1, \
	.timing = &g4_timing

#define WBA_COMMON \
	.family = "WBA", STM32, .size_mask = 0xFFFF, \
	.ob_start = 0x40022040, .ob_end = 0x40022044, .rdp_open = 0xAA, \
	EXTENDED_ERASE, .erased = 0xFF, .write_gran = 16, .wrp_pages = 1, \
	.timing = &u5_timing

#define WB0_COMMON \
	.family = "WB0", .flash_start = 0x10040000, .ram_base = 0x20000000, .size_mask = 0xFFFF, \
	.sys_start = 0x10000000, \
	ERASE, .erased = 0xFF, .write_gran = 4, .timing = &wb0_timing

#define W1_COMMON \
	.family = "W1", STM32, \
	.sys_start = 0x08040000, .sys_end = 0x08040800, \
	.ob_start = 0x08040800, .ob_end = 0x08040810, .rdp_open = 0xA5, \
	ERASE, .erased = 0xFF, .write_gran = 4, .wrp_pages = 4, .timing = &f1_timing

#define CLONE_F1_COMMON \
	STM32, \
	ERASE, .erased = 0xFF, .write_gran = 4, .timing = &f1_timing

const struct device device_table[] = {
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F0_COMMON, .pid = 0x440, .parts = "F051 F058 F030x8",
		.flash_kb = 64, .layout = "64x1K", .ram = { 0x20000800, 0x20002000 },
		.sys_start = 0x1FFFEC00, .bl_id_addr = 0x1FFFF7A6, .roms = ROMS({ 0x21, 0x31 }),
		.wrp_pages = 4, .startup_us = 1612,
		.flags = DEV_RESET_ON_OB,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F0_COMMON, .pid = 0x444, .parts = "F031 F038 F030x4 F030x6",
		.flash_kb = 32, .layout = "32x1K", .ram = { 0x20000800, 0x20001000 },
		.sys_start = 0x1FFFEC00, .bl_id_addr = 0x1FFFF7A6, .roms = ROMS({ 0x10, 0x31 }),
		.wrp_pages = 4, .startup_us = 1612,
		.flags = DEV_RESET_ON_OB,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* AN2606 lists no RAM for F09x, stm32flash runs code there. */
		F0_COMMON, .pid = 0x442, .parts = "F091 F098 F030xC",
		.flash_kb = 256, .layout = "128x2K", .ram = { 0x20001800, 0x20008000 },
		.sys_start = 0x1FFFD800, .bl_id_addr = 0x1FFFF796,
		.roms = ROMS({ 0x52, 0x31 }, { 0x50, 0x31 }),
		.wrp_pages = 2, .i2c_addr = 0x41, .startup_us = 2000,
		.flags = DEV_RESET_ON_OB | DEV_EMPTY_CHECK | DEV_RAM_DOUBTFUL,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* The ROM uses all 6 KB of RAM. */
		F0_COMMON, .pid = 0x445, .parts = "F042 F048 F070x6",
		.flash_kb = 32, .layout = "32x1K", .ram = { 0x20001800, 0x20001800 },
		.sys_start = 0x1FFFC400, .bl_id_addr = 0x1FFFF6A6,
		.roms = ROMS({ 0xA1, 0x31 }, { 0xA2, 0x31 }, { 0xA3, 0x31 }),
		.wrp_pages = 4, .i2c_addr = 0x3E, .startup_us = 58,
		.flags = DEV_RESET_ON_OB | DEV_NO_FREE_RAM | DEV_EMPTY_CHECK,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F0_COMMON, .pid = 0x448, .parts = "F071 F072 F078 F070xB",
		.flash_kb = 128, .layout = "64x2K", .ram = { 0x20001800, 0x20004000 },
		.sys_start = 0x1FFFC800, .bl_id_addr = 0x1FFFF6A6,
		.roms = ROMS({ 0xA1, 0x31 }, { 0xA2, 0x31 }, { 0xA3, 0x31 }),
		.wrp_pages = 2, .i2c_addr = 0x3B, .startup_us = 58,
		.flags = DEV_RESET_ON_OB,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F1_COMMON, .pid = 0x412, .parts = "F101x4 F101x6 F102x4 F102x6 F103x4 F103x6",
		.flash_kb = 32, .layout = "32x1K", .ram = { 0x20000200, 0x20002800 },
		.sys_start = 0x1FFFF000, .roms = ROMS({ 0x00, 0x22 }),
		ERASE, .wrp_pages = 4, .timing = &f1_timing, .startup_us = 1227,
		.flags = DEV_RESET_ON_OB,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* Clones report this ID too. */
		F1_COMMON, .pid = 0x410, .parts = "F101x8 F101xB F102x8 F102xB F103x8 F103xB",
		.flash_kb = 128, .layout = "128x1K", .ram = { 0x20000200, 0x20005000 },
		.sys_start = 0x1FFFF000, .roms = ROMS({ 0x00, 0x22 }),
		ERASE, .wrp_pages = 4, .timing = &f1_timing, .startup_us = 1227,
		.flags = DEV_RESET_ON_OB,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F1_COMMON, .pid = 0x414, .parts = "F101xC F101xD F101xE F103xC F103xD F103xE",
		.flash_kb = 512, .layout = "256x2K", .ram = { 0x20000200, 0x20010000 },
		.sys_start = 0x1FFFF000, .roms = ROMS({ 0x00, 0x22 }),
		ERASE, .wrp_pages = 2, .timing = &f1_timing, .startup_us = 1227,
		.flags = DEV_RESET_ON_OB,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* ROM reports protocol 2.0 though it is of class 2.2. */
		F1_COMMON, .pid = 0x418, .parts = "F105 F107",
		.flash_kb = 256, .layout = "128x2K", .ram = { 0x20001000, 0x20010000 },
		.sys_start = 0x1FFFB000, .roms = ROMS({ 0x00, 0x20 }),
		ERASE, .wrp_pages = 2, .timing = &f1_timing, .startup_us = 1400,
		.flags = DEV_RESET_ON_OB,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F1_COMMON, .pid = 0x420, .parts = "F100x4 F100x6 F100x8 F100xB",
		.flash_kb = 128, .layout = "128x1K", .ram = { 0x20000200, 0x20002000 },
		.sys_start = 0x1FFFF000, .bl_id_addr = 0x1FFFF7D6, .roms = ROMS({ 0x10, 0x22 }),
		ERASE, .wrp_pages = 4, .timing = &f1_timing, .startup_us = 1227,
		.flags = DEV_RESET_ON_OB,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F1_COMMON, .pid = 0x428, .parts = "F100xC F100xD F100xE",
		.flash_kb = 512, .layout = "256x2K", .ram = { 0x20000200, 0x20008000 },
		.sys_start = 0x1FFFF000, .bl_id_addr = 0x1FFFF7D6, .roms = ROMS({ 0x10, 0x22 }),
		ERASE, .wrp_pages = 2, .timing = &f1_timing, .startup_us = 1227,
		.flags = DEV_RESET_ON_OB,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* Dies of more than about 150 pages in one erase (field); ST sends at most 100. */
		F1_COMMON, .pid = 0x430, .parts = "F101xF F101xG F103xF F103xG",
		.flash_kb = 1024, .layout = "512x2K", .ram = { 0x20000800, 0x20018000 },
		.sys_start = 0x1FFFE000, .bl_id_addr = 0x1FFFF7D6, .roms = ROMS({ 0x21, 0x30 }),
		.erase_cmd = 0x44, .erase_max_pages = 100, .wrp_pages = 2, .timing = &f1_xl_timing,
		.startup_us = 1227,
		.flags = DEV_RESET_ON_OB,
	},
	{	/* stm32flash, stm32loader */
		/* Unpublished; both sources have one origin; registers assumed as F103. */
		F1_COMMON, .pid = 0x641, .parts = "F1-PL",
		.flash_kb = 128, .layout = "128x1K", .ram = { 0x20000200, 0x20005000 },
		.sys_start = 0x1FFFF000,
		ERASE, .wrp_pages = 4, .timing = &f1_timing,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		.family = "F2", STM32, .pid = 0x411, .parts = "F205 F207 F215 F217",
		.flash_kb = 1024, .layout = "4x16K+1x64K+7x128K", .size_reg = 0x1FFF7A22,
		.size_mask = 0xFFFF, .uid_reg = 0x1FFF7A10, .ram = { 0x20002000, 0x20020000 },
		.sys_start = 0x1FFF0000, .sys_end = 0x1FFF7800, .bl_id_addr = 0x1FFF77DE,
		.roms = ROMS({ 0x20, 0x30 }, { 0x33, 0x31 }),
		.ob_start = 0x1FFFC000, .ob_end = 0x1FFFC010, .rdp_offset = 1, .rdp_open = 0xAA,
		.otp_start = 0x1FFF7800, .otp_end = 0x1FFF7A10, EXTENDED_ERASE, .erased = 0xFF,
		.write_gran = 4, .wrp_pages = 1, .timing = SECTORS_16K(32), .startup_us = 134000,
		.flags = DEV_RESET_ON_OB | DEV_VOLT_REG,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* RAM as for F373, which leaves less than F378. */
		F3_COMMON, .pid = 0x432, .parts = "F373 F378",
		.flash_kb = 256, .layout = "128x2K", .ram = { 0x20001400, 0x20008000 },
		.bl_id_addr = 0x1FFFF7A6, .roms = ROMS({ 0x41, 0x31 }, { 0x50, 0x31 }),
		.i2c_addr = 0x37, .startup_us = 43000,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F3_COMMON, .pid = 0x422, .parts = "F302xB F302xC F303xB F303xC F358",
		.flash_kb = 256, .layout = "128x2K", .ram = { 0x20001400, 0x2000A000 },
		.bl_id_addr = 0x1FFFF796, .roms = ROMS({ 0x41, 0x31 }, { 0x50, 0x31 }),
		.i2c_addr = 0x37, .startup_us = 43000,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F3_COMMON, .pid = 0x439, .parts = "F301 F302x4 F302x6 F302x8 F318",
		.flash_kb = 64, .layout = "32x2K", .ram = { 0x20001800, 0x20004000 },
		.bl_id_addr = 0x1FFFF796, .roms = ROMS({ 0x40, 0x31 }, { 0x50, 0x31 }),
		.i2c_addr = 0x3D, .startup_us = 560000,	/* of F318; others 45 ms */
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F3_COMMON, .pid = 0x438, .parts = "F303x4 F303x6 F303x8 F328 F334",
		.flash_kb = 64, .layout = "32x2K", .ram = { 0x20001800, 0x20003000 },
		.bl_id_addr = 0x1FFFF796, .roms = ROMS({ 0x50, 0x31 }),
		.i2c_addr = 0x3F, .startup_us = 155,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F3_COMMON, .pid = 0x446, .parts = "F302xD F302xE F303xD F303xE F398",
		.flash_kb = 512, .layout = "256x2K", .ram = { 0x20001800, 0x20010000 },
		.bl_id_addr = 0x1FFFF796, .roms = ROMS({ 0x40, 0x31 }, { 0x50, 0x31 }),
		.i2c_addr = 0x40, .startup_us = 146000,	/* of F398; others 7.5 ms */
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* RAM as for ROM 0x9x, which leaves less than 0x31. */
		F4_COMMON, .pid = 0x413, .parts = "F405 F407 F415 F417",
		.flash_kb = 1024, .layout = "4x16K+1x64K+7x128K", .ram = { 0x20003000, 0x20020000 },
		.bl_id_addr = 0x1FFF77DE,
		.roms = ROMS({ 0x31, 0x31 }, { 0x90, 0x31 }, { 0x91, 0x31 }),
		.timing = SECTORS_16K(32), .i2c_addr = 0x3A, .startup_us = 84600,
		.flags = DEV_RESET_ON_OB | DEV_VOLT_REG | DEV_LONG_INFO_READ,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F4_COMMON, .pid = 0x419, .parts = "F427 F429 F437 F439",
		.flash_kb = 2048, .layout = "4x16K+1x64K+7x128K+4x16K+1x64K+7x128K",
		.variants = f42_db1m, .ram = { 0x20003000, 0x20030000 }, .bl_id_addr = 0x1FFF76DE,
		.roms = ROMS({ 0x70, 0x31 }, { 0x91, 0x31 }),
		.ob2_start = 0x1FFEC000, .timing = SECTORS_16K(64), .i2c_addr = 0x38,
		.startup_us = 82000,
		.flags = DEV_RESET_ON_OB | DEV_VOLT_REG | DEV_LONG_INFO_READ,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* Older documents: I2C address 0x39. */
		F4_COMMON, .pid = 0x423, .parts = "F401xB F401xC",
		.flash_kb = 256, .layout = "4x16K+1x64K+1x128K", .ram = { 0x20003000, 0x20010000 },
		.bl_id_addr = 0x1FFF76DE, .roms = ROMS({ 0xD1, 0x31 }),
		.timing = SECTORS_16K(8), .i2c_addr = 0x3A, .startup_us = 74500,
		.flags = DEV_RESET_ON_OB | DEV_VOLT_REG | DEV_LONG_INFO_READ,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F4_COMMON, .pid = 0x433, .parts = "F401xD F401xE",
		.flash_kb = 512, .layout = "4x16K+1x64K+3x128K", .ram = { 0x20003000, 0x20018000 },
		.bl_id_addr = 0x1FFF76DE, .roms = ROMS({ 0xD1, 0x31 }),
		.timing = SECTORS_16K(16), .i2c_addr = 0x39, .startup_us = 74500,
		.flags = DEV_RESET_ON_OB | DEV_VOLT_REG | DEV_LONG_INFO_READ,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F4_COMMON, .pid = 0x458, .parts = "F410",
		.flash_kb = 128, .layout = "4x16K+1x64K", .ram = { 0x20003000, 0x20008000 },
		.bl_id_addr = 0x1FFF76DE, .roms = ROMS({ 0xB1, 0x31 }),
		.timing = SECTORS_16K(4), .i2c_addr = 0x47, .startup_us = 610,
		.flags = DEV_RESET_ON_OB | DEV_VOLT_REG | DEV_LONG_INFO_READ,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F4_COMMON, .pid = 0x431, .parts = "F411",
		.flash_kb = 512, .layout = "4x16K+1x64K+3x128K", .ram = { 0x20003000, 0x20020000 },
		.bl_id_addr = 0x1FFF76DE, .roms = ROMS({ 0xD0, 0x31 }),
		.timing = SECTORS_16K(16), .i2c_addr = 0x39, .startup_us = 74500,
		.flags = DEV_RESET_ON_OB | DEV_VOLT_REG | DEV_LONG_INFO_READ,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F4_COMMON, .pid = 0x441, .parts = "F412",
		.flash_kb = 1024, .layout = "4x16K+1x64K+7x128K", .ram = { 0x20003000, 0x20040000 },
		.bl_id_addr = 0x1FFF76DE, .roms = ROMS({ 0x90, 0x31 }, { 0x91, 0x31 }),
		.timing = SECTORS_16K(32), .i2c_addr = 0x46, .startup_us = 610,
		.flags = DEV_RESET_ON_OB | DEV_VOLT_REG | DEV_LONG_INFO_READ,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F4_COMMON, .pid = 0x463, .parts = "F413 F423",
		.flash_kb = 1536, .layout = "4x16K+1x64K+11x128K",
		.ram = { 0x20003000, 0x20050000 }, .bl_id_addr = 0x1FFF76DE,
		.roms = ROMS({ 0x90, 0x31 }),
		.timing = SECTORS_16K(48), .i2c_addr = 0x4B, .startup_us = 610,
		.flags = DEV_RESET_ON_OB | DEV_VOLT_REG | DEV_LONG_INFO_READ,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F4_COMMON, .pid = 0x421, .parts = "F446",
		.flash_kb = 512, .layout = "4x16K+1x64K+3x128K", .ram = { 0x20003000, 0x20020000 },
		.bl_id_addr = 0x1FFF76DE, .roms = ROMS({ 0x90, 0x31 }),
		.timing = SECTORS_16K(16), .i2c_addr = 0x3C, .startup_us = 73600,
		.flags = DEV_RESET_ON_OB | DEV_VOLT_REG | DEV_LONG_INFO_READ,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F4_COMMON, .pid = 0x434, .parts = "F469 F479",
		.flash_kb = 2048, .layout = "4x16K+1x64K+7x128K+4x16K+1x64K+7x128K",
		.variants = f42_db1m, .ram = { 0x20003000, 0x20060000 }, .bl_id_addr = 0x1FFF76DE,
		.roms = ROMS({ 0x90, 0x31 }),
		.ob2_start = 0x1FFEC000, .timing = SECTORS_16K(64), .i2c_addr = 0x44,
		.startup_us = 73600,
		.flags = DEV_RESET_ON_OB | DEV_VOLT_REG | DEV_LONG_INFO_READ,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* F723 answers on I2C2 at 0x4D. */
		F7_COMMON, .pid = 0x452, .parts = "F722 F723 F730x8 F732 F733",
		.flash_kb = 512, .layout = "4x16K+1x64K+3x128K", .size_reg = 0x1FF07A22,
		.uid_reg = 0x1FF07A10, .ram = { 0x20004000, 0x20040000 }, .bl_id_addr = 0x1FF0EDBE,
		.roms = ROMS({ 0x90, 0x31 }),
		.otp_start = 0x1FF07800, .otp_end = 0x1FF07A10, .timing = SECTORS_16K(16),
		.i2c_addr = 0x49, .startup_us = 17900,
		.flags = DEV_RESET_ON_OB | DEV_VOLT_REG,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F7_COMMON, .pid = 0x449, .parts = "F745 F746 F750x8 F756",
		.flash_kb = 1024, .layout = "4x32K+1x128K+3x256K", .size_reg = 0x1FF0F442,
		.uid_reg = 0x1FF0F420, .ram = { 0x20004000, 0x20050000 }, .bl_id_addr = 0x1FF0EDBE,
		.roms = ROMS({ 0x70, 0x31 }, { 0x90, 0x31 }),
		.otp_start = 0x1FF0F000, .otp_end = 0x1FF0F400, .timing = SECTORS_32K(32),
		.i2c_addr = 0x45, .startup_us = 16600,
		.flags = DEV_RESET_ON_OB | DEV_VOLT_REG,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		F7_COMMON, .pid = 0x451, .parts = "F765 F767 F769 F777 F779",
		.flash_kb = 2048, .layout = "4x32K+1x128K+7x256K", .variants = f76_ndbank,
		.size_reg = 0x1FF0F442, .uid_reg = 0x1FF0F420, .ram = { 0x20004000, 0x20080000 },
		.bl_id_addr = 0x1FF0EDBE, .roms = ROMS({ 0x93, 0x31 }),
		.otp_start = 0x1FF0F000, .otp_end = 0x1FF0F400, .timing = SECTORS_16K(64),
		.i2c_addr = 0x49,
		.flags = DEV_RESET_ON_OB | DEV_VOLT_REG,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		G0_COMMON, .pid = 0x466, .parts = "G030 G031 G041",
		.flash_kb = 64, .layout = "32x2K", .size_mask = 0x7F,
		.ram = { 0x20001000, 0x20002000 }, .sys_end = 0x1FFF2000, .bl_id_addr = 0x1FFF1FFE,
		.roms = ROMS({ 0x53, 0x31 }, { 0x54, 0x31 }),
		.i2c_addr = 0x56, .startup_us = 390,
		.flags = DEV_EMPTY_CHECK,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* RAM with parity off; AN2606 ends it at 0x20002000. */
		G0_COMMON, .pid = 0x456, .parts = "G050 G051 G061",
		.flash_kb = 64, .layout = "32x2K", .size_mask = 0x7F,
		.ram = { 0x20001000, 0x20004800 }, .sys_end = 0x1FFF2000, .bl_id_addr = 0x1FFF1FFE,
		.roms = ROMS({ 0x51, 0x31 }),
		.i2c_addr = 0x62, .startup_us = 390,
		.flags = DEV_EMPTY_CHECK,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* Only ROM 0xB3 clears the empty flag. */
		G0_COMMON, .pid = 0x460, .parts = "G070 G071 G081",
		.flash_kb = 128, .layout = "64x2K", .size_mask = 0xFF,
		.ram = { 0x20002700, 0x20009000 }, .sys_end = 0x1FFF7000, .bl_id_addr = 0x1FFF6FFE,
		.roms = ROMS({ 0xB2, 0x31 }, { 0xB3, 0x31 }, { 0xB4, 0x31 }),
		.i2c_addr = 0x51, .startup_us = 390,
		.flags = DEV_EMPTY_CHECK | DEV_EMPTY_CLEARED,
		.defects = DEFECTS(
			{ 0xB2, 0, ROM_NO_OBL },	/* V11.2: AN2606, field */
			{ 0xB3, 0, ROM_ONE_PAGE_ERASE }),	/* V11.3: AN2606 */
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		G0_COMMON, .pid = 0x467, .parts = "G0B0 G0B1 G0C1",
		.flash_kb = 512, .layout = "256x2K", .size_mask = 0x3FF,
		.ram = { 0x20004000, 0x20020000 }, .sys_end = 0x1FFF7000,
		.sys2_start = 0x1FFF8000, .sys2_end = 0x1FFFF000, .bl_id_addr = 0x1FFF9FFE,
		.roms = ROMS({ 0xD0, 0x31 }, { 0x92, 0x31 }),
		.i2c_addr = 0x5D, .startup_us = 390,
		.flags = DEV_EMPTY_CHECK | DEV_EMPTY_CLEARED,
		.defects = DEFECTS(
			{ 0xD0, 0, ROM_ONE_PAGE_BANK2 },	/* G0B0 V13.0: AN2606 */
			{ 0x92, 0, ROM_ONE_PAGE_BANK2 }),	/* G0B1, G0C1 V9.2: AN2606 */
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		G4_COMMON, .pid = 0x468, .parts = "G431 G441",
		.flash_kb = 128, .layout = "64x2K", .ram = { 0x20004000, 0x20005800 },
		.bl_id_addr = 0x1FFF6FFE, .roms = ROMS({ 0xD4, 0x31 }),
		.i2c_addr = 0x54, .startup_us = 390,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		G4_COMMON, .pid = 0x469, .parts = "G471 G473 G474 G483 G484",
		.flash_kb = 512, .layout = "256x2K", .variants = g47_dbank,
		.ram = { 0x20004000, 0x20018000 }, .bl_id_addr = 0x1FFF6FFE,
		.roms = ROMS({ 0xD5, 0x31 }),
		.ob2_start = 0x1FFFF800, .i2c_addr = 0x53, .startup_us = 390,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		G4_COMMON, .pid = 0x479, .parts = "G491 G4A1",
		.flash_kb = 512, .layout = "256x2K", .ram = { 0x20004000, 0x2001C000 },
		.bl_id_addr = 0x1FFF6FFE, .roms = ROMS({ 0xD2, 0x31 }),
		.i2c_addr = 0x5F, .startup_us = 390,
	},
	{	/* AN2606, stm32loader, OpenOCD, stlink, CMSIS */
		/* AN2606 misprints the RAM. */
		C0_COMMON, .pid = 0x443, .parts = "C011",
		.flash_kb = 32, .layout = "16x2K", .ram = { 0x20001000, 0x20001800 },
		.sys_end = 0x1FFF1800, .bl_id_addr = 0x1FFF17FE, .roms = ROMS({ 0x51, 0x31 }),
		.i2c_addr = 0x64, .startup_us = 2100,
		.flags = DEV_EMPTY_CHECK | DEV_RAM_DOUBTFUL,
	},
	{	/* AN2606, stm32loader, OpenOCD, stlink, CMSIS */
		/* AN2606 misprints the RAM. */
		C0_COMMON, .pid = 0x453, .parts = "C031",
		.flash_kb = 32, .layout = "16x2K", .ram = { 0x20002000, 0x20003000 },
		.sys_end = 0x1FFF1800, .bl_id_addr = 0x1FFF17FE, .roms = ROMS({ 0x52, 0x31 }),
		.i2c_addr = 0x63, .startup_us = 2100,
		.flags = DEV_EMPTY_CHECK | DEV_RAM_DOUBTFUL,
	},
	{	/* AN2606, OpenOCD */
		C0_COMMON, .pid = 0x44C, .parts = "C051",
		.flash_kb = 64, .layout = "32x2K", .ram = { 0x20001400, 0x20003000 },
		.sys_end = 0x1FFF3000, .bl_id_addr = 0x1FFF2FFE, .roms = ROMS({ 0xB0, 0x40 }),
		.i2c_addr = 0x76, .startup_us = 2260,
		.flags = DEV_EMPTY_CHECK | DEV_EMPTY_CLEARED,
	},
	{	/* AN2606, OpenOCD, CMSIS */
		C0_COMMON, .pid = 0x493, .parts = "C071",
		.flash_kb = 128, .layout = "64x2K", .ram = { 0x20002300, 0x20006000 },
		.sys_end = 0x1FFF6800, .bl_id_addr = 0x1FFF67FE, .roms = ROMS({ 0xD1, 0x31 }),
		.i2c_addr = 0x71, .startup_us = 2360,
		.flags = DEV_EMPTY_CHECK | DEV_EMPTY_CLEARED,
	},
	{	/* AN2606, OpenOCD */
		/* An ID of three digits, probably a half-word. */
		C0_COMMON, .pid = 0x44D, .parts = "C091 C092",
		.flash_kb = 256, .layout = "128x2K", .ram = { 0x20002400, 0x20007800 },
		.sys_end = 0x1FFF4000, .bl_id_addr = 0x1FFF3FFE, .roms = ROMS({ 0x121, 0x40 }),
		.i2c_addr = 0x77, .startup_us = 1530,
		.flags = DEV_EMPTY_CHECK | DEV_EMPTY_CLEARED,
	},
	{	/* AN2606 */
		/* Nothing is known of its flash. */
		C5_COMMON, .pid = 0x44E, .parts = "C551 C552 C562",
		.ram = { 0x20003C40, 0x20020000 }, .bl_id_addr = 0x0BF885FE,
		.roms = ROMS({ 0x101, 0x40 }),
		.startup_us = 4800,
		.flags = DEV_IDENTIFY_ONLY,
	},
	{	/* AN2606 */
		/* Nothing is known of its flash. */
		C5_COMMON, .pid = 0x44F, .parts = "C531 C532 C542",
		.ram = { 0x20003C00, 0x20010000 }, .bl_id_addr = 0x0BF885FE,
		.roms = ROMS({ 0x100, 0x40 }),
		.startup_us = 4800,
		.flags = DEV_IDENTIFY_ONLY,
	},
	{	/* AN2606 */
		/* Nothing is known of its flash. */
		C5_COMMON, .pid = 0x45A, .parts = "C591 C593 C5A3",
		.ram = { 0x20003C00, 0x20040000 }, .bl_id_addr = 0x0BF885FE,
		.roms = ROMS({ 0x100, 0x40 }),
		.startup_us = 4800,
		.flags = DEV_IDENTIFY_ONLY,
	},
	{	/* AN2606, stm32loader, CMSIS, probe-rs */
		H5_COMMON, .pid = 0x474, .parts = "H503",
		.flash_kb = 128, .layout = "16x8K", .size_reg = 0x08FFF80C, .size_mask = 0xFFFF,
		.uid_reg = 0x08FFF800, .ram = { 0x20004000, 0x20008000 },
		.sys_start = 0x0BF87000, .sys_end = 0x0BF90000, .bl_id_addr = 0x0BF8FFFE,
		.roms = ROMS({ 0xE1, 0x40 }, { 0xE2, 0x40 }),
		.ob_start = 0x40022050, .ob_end = 0x40022200, .rdp_offset = 1, .wrp_pages = 1,
		.i2c_addr = 0x67, .startup_us = 1500,
	},
	{	/* AN2606, CMSIS, probe-rs */
		/* Start of system memory inferred from the ID byte. */
		H5_COMMON, .pid = 0x478, .parts = "H523 H533",
		.flash_kb = 512, .layout = "64x8K", .size_reg = 0x08FFF80C, .size_mask = 0xFFFF,
		.uid_reg = 0x08FFF800, .ram = { 0x20004000, 0x20044000 },
		.sys_start = 0x0BF87000, .sys_end = 0x0BF90000, .bl_id_addr = 0x0BF8FFFE,
		.roms = ROMS({ 0xE2, 0x40 }),
		.ob_start = 0x40022050, .ob_end = 0x40022200, .rdp_offset = 1, .i2c_addr = 0x6E,
		.startup_us = 2700,
	},
	{	/* AN2606, stm32loader, CMSIS, probe-rs, openbl, stlink */
		/* AN2606 prints RAM from its start; 16 KB reserved as in its siblings. */
		H5_COMMON, .pid = 0x484, .parts = "H562 H563 H573",
		.flash_kb = 2048, .layout = "256x8K", .size_reg = 0x08FFF80C, .size_mask = 0xFFFF,
		.uid_reg = 0x08FFF800, .ram = { 0x20004000, 0x200A0000 },
		.sys_start = 0x0BF97000, .sys_end = 0x0BFA0000, .bl_id_addr = 0x0BF9FAFE,
		.roms = ROMS({ 0xE3, 0x40 }, { 0xE4, 0x40 }, { 0xE5, 0x40 }),
		.ob_start = 0x40022050, .ob_end = 0x40022200, .rdp_offset = 1, .wrp_pages = 4,
		.i2c_addr = 0x65, .startup_us = 1800, .i2c_get_count = 15,
	},
	{	/* AN2606 */
		/* Nothing is known of its flash. */
		H5_COMMON, .pid = 0x47A, .parts = "H5E5 H5F5 H5E4 H5F4",
		.ram = { 0x20004000, 0x20180000 }, .sys_start = 0x0BFAC000, .sys_end = 0x0BFB8000,
		.bl_id_addr = 0x0BFB5FFE, .roms = ROMS({ 0xF0, 0x40 }),
		.i2c_addr = 0x74, .startup_us = 11700,
		.flags = DEV_IDENTIFY_ONLY,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		H7_COMMON, .pid = 0x450, .parts = "H742 H743 H745 H747 H750xB H753 H755 H757",
		.flash_kb = 2048, .layout = "16x128K", .variants = h74_banks,
		.size_reg = 0x1FF1E880, .uid_reg = 0x1FF1E800, .ram = { 0x20004100, 0x20020000 },
		.ram2 = { 0x24005000, 0x24080000 }, .sys_end = 0x1FF1E800, .bl_id_addr = 0x1FF1E7FE,
		.roms = ROMS({ 0x90, 0x31 }, { 0x91, 0x31 }, { 0x92, 0x31 },
			      { 0xD2, 0x31 }, { 0xD3, 0x31 }),
		.write_gran = 32, .wrp_pages = 1, .timing = &h7_timing, .i2c_addr = 0x4E,
		.startup_us = 54000,
		.defects = DEFECTS(
			{ 0x90, 0, ROM_GO_ACK_MISSING },	/* V9.0 */
			{ 0x91, 0, ROM_BANK2_EARLY_ACK },	/* V9.1: AN2606 */
			{ 0xD2, 0, ROM_GO_BROKEN }),	/* V13.2: AN2606 */
	},
	{	/* AN2606, stm32loader, OpenOCD, stlink, CMSIS */
		H7_COMMON, .pid = 0x483, .parts = "H723 H725 H730xB H733 H735",
		.flash_kb = 1024, .layout = "8x128K", .size_reg = 0x1FF1E880, .uid_reg = 0x1FF1E800,
		.ram = { 0x20004100, 0x20020000 }, .ram2 = { 0x24004000, 0x24050000 },
		.sys_end = 0x1FF1E800, .bl_id_addr = 0x1FF1E7FE,
		.roms = ROMS({ 0x92, 0x31 }, { 0x93, 0x31 }),
		.write_gran = 32, .wrp_pages = 1, .timing = &h7_timing, .i2c_addr = 0x5C,
		.startup_us = 54000,
		.defects = DEFECTS({ 0, 0, ROM_NO_READ_BETWEEN_WRITES }),	/* field */
	},
	{	/* AN2606, stm32loader, OpenOCD, stlink, CMSIS */
		/* I2C address misprinted in AN2606, 0x57 assumed. */
		H7_COMMON, .pid = 0x480, .parts = "H7A3 H7B0xB H7B3",
		.flash_kb = 2048, .layout = "256x8K", .variants = h7a3_banks,
		.size_reg = 0x08FFF80C, .uid_reg = 0x08FFF800, .ram = { 0x20004100, 0x20020000 },
		.ram2 = { 0x24034000, 0x24080000 }, .sys_end = 0x1FF14000, .bl_id_addr = 0x1FF13FFE,
		.roms = ROMS({ 0x91, 0x31 }, { 0x92, 0x31 }),
		.otp_start = 0x08FFF000, .otp_end = 0x08FFF400, .write_gran = 16, .wrp_pages = 4,
		.timing = &h7a3_timing, .i2c_addr = 0x57, .startup_us = 545000,
	},
	{	/* AN2606, OpenOCD, CMSIS */
		/* RAM also at 0x24000000-0x24020000. */
		.family = "H7RS", STM32, .pid = 0x485, .parts = "H7R3 H7R7 H7S3 H7S7",
		.flash_kb = 64, .layout = "8x8K", .size_reg = 0x08FFF80C, .size_mask = 0xFFFF,
		.uid_reg = 0x08FFF800, .ram = { 0x20000000, 0x20030000 },
		.ram2 = { 0x24024000, 0x24072000 }, .sys_start = 0x1FF18000, .sys_end = 0x1FF20000,
		.bl_id_addr = 0x1FF1FCFE, .roms = ROMS({ 0xE3, 0x40 }, { 0xE5, 0x40 }),
		EXTENDED_ERASE, .erased = 0xFF, .write_gran = 16, .wrp_pages = 1,
		.timing = &h5_timing, .i2c_addr = 0x61,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* The ROM uses all RAM. */
		L0_COMMON, .pid = 0x457, .parts = "L010x3 L010x4 L011 L021",
		.flash_kb = 16, .layout = "128x128", .ram = { 0x20000800, 0x20000800 },
		.sys_end = 0x1FF01000, .bl_id_addr = 0x1FF00FFE, .roms = ROMS({ 0xC3, 0x31 }),
		.eeprom_size = 512, .startup_us = 710,
		.flags = DEV_NO_MASS_ERASE | DEV_EEPROM | DEV_NO_FREE_RAM | DEV_LONG_INFO_READ |
			 DEV_EMPTY_CHECK,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* Read and Write do not accept RAM: AN2606. */
		L0_COMMON, .pid = 0x425, .parts = "L010x6 L031 L041",
		.flash_kb = 32, .layout = "256x128", .ram = { 0x20002000, 0x20002000 },
		.sys_end = 0x1FF01000, .bl_id_addr = 0x1FF00FFE, .roms = ROMS({ 0xC0, 0x31 }),
		.eeprom_size = 1 * 1024, .startup_us = 710,
		.flags = DEV_NO_MASS_ERASE | DEV_EEPROM | DEV_NO_FREE_RAM | DEV_LONG_INFO_READ,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		L0_COMMON, .pid = 0x417, .parts = "L010x8 L051 L052 L053 L062 L063",
		.flash_kb = 64, .layout = "512x128", .ram = { 0x20001000, 0x20002000 },
		.sys_end = 0x1FF01000, .bl_id_addr = 0x1FF00FFE, .roms = ROMS({ 0xC0, 0x31 }),
		.eeprom_size = 2 * 1024, .startup_us = 710,
		.flags = DEV_NO_MASS_ERASE | DEV_EEPROM | DEV_LONG_INFO_READ,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* RAM from where stm32flash has it; AN2606: from 0x20001400. */
		L0_COMMON, .pid = 0x447, .parts = "L010xB L071 L072 L073 L081 L082 L083",
		.flash_kb = 192, .layout = "1536x128", .ram = { 0x20002000, 0x20005000 },
		.sys_end = 0x1FF02000, .bl_id_addr = 0x1FF01FFE,
		.roms = ROMS({ 0x41, 0x31 }, { 0xB2, 0x31 }),
		.eeprom_size = 6 * 1024, .i2c_addr = 0x42, .startup_us = 710,
		.flags = DEV_NO_MASS_ERASE | DEV_EEPROM | DEV_LONG_INFO_READ,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		L1_COMMON, .pid = 0x416,
		.parts = "L100x6 L100x8 L100xB L151x6 L151x8 L151xB L152x6 L152x8 L152xB",
		.flash_kb = 128, .layout = "512x256", .size_reg = 0x1FF8004C, .size_mask = 0xFFFF,
		.uid_reg = 0x1FF80050, .ram = { 0x20000800, 0x20004000 }, .sys_end = 0x1FF01000,
		.bl_id_addr = 0x1FF00FFE, .roms = ROMS({ 0x20, 0x30 }),
		.ob_end = 0x1FF80020, .eeprom_size = 4 * 1024, .startup_us = 710,
		.flags = DEV_NO_MASS_ERASE | DEV_EEPROM,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* Protocol 3.1 should have the missing NACK fixed, AN2606 lists it all the same. */
		L1_COMMON, .pid = 0x429,
		.parts = "L100x6xxA L100x8xxA L100xBxxA L151x6xxA L151x8xxA L151xBxxA "
			 "L152x6xxA L152x8xxA L152xBxxA",
		.flash_kb = 128, .layout = "512x256", .size_reg = 0x1FF8004C, .size_mask = 0xFF,
		.uid_reg = 0x1FF80050, .ram = { 0x20001000, 0x20008000 }, .sys_end = 0x1FF01000,
		.bl_id_addr = 0x1FF00FFE, .roms = ROMS({ 0x20, 0x31 }),
		.ob_end = 0x1FF80020, .eeprom_size = 4 * 1024, .startup_us = 710,
		.flags = DEV_NO_MASS_ERASE | DEV_EEPROM,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		L1_COMMON, .pid = 0x427, .parts = "L100xC L151xC L152xC L162xC",
		.flash_kb = 256, .layout = "1024x256", .size_reg = 0x1FF800CC, .size_mask = 0xFFFF,
		.uid_reg = 0x1FF800D0, .ram = { 0x20001000, 0x20008000 }, .sys_end = 0x1FF02000,
		.bl_id_addr = 0x1FF01FFE, .roms = ROMS({ 0x40, 0x31 }),
		.ob_end = 0x1FF80020, .eeprom_size = 8 * 1024, .startup_us = 710,
		.flags = DEV_NO_MASS_ERASE | DEV_EEPROM,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		L1_COMMON, .pid = 0x436, .parts = "L151xD L152xD L162xD",
		.flash_kb = 384, .layout = "1536x256", .size_reg = 0x1FF800CC, .size_mask = 0xFFFF,
		.uid_reg = 0x1FF800D0, .ram = { 0x20001000, 0x2000C000 }, .sys_end = 0x1FF02000,
		.bl_id_addr = 0x1FF01FFE, .roms = ROMS({ 0x45, 0x31 }),
		.ob_end = 0x1FF800A0, .eeprom_size = 12 * 1024, .startup_us = 710,
		.flags = DEV_NO_MASS_ERASE | DEV_EEPROM | DEV_SIZE_CODE,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		L1_COMMON, .pid = 0x437, .parts = "L151xE L152xE L162xE",
		.flash_kb = 512, .layout = "2048x256", .size_reg = 0x1FF800CC, .size_mask = 0xFFFF,
		.uid_reg = 0x1FF800D0, .ram = { 0x20001000, 0x20014000 }, .sys_end = 0x1FF02000,
		.bl_id_addr = 0x1FF01FFE, .roms = ROMS({ 0x40, 0x31 }),
		.ob_end = 0x1FF800A0, .eeprom_size = 16 * 1024, .startup_us = 710,
		.flags = DEV_NO_MASS_ERASE | DEV_EEPROM,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* RAM from where stm32flash has it; AN2606: from 0x20002100. */
		L4_COMMON, .pid = 0x464, .parts = "L412 L422",
		.flash_kb = 128, .layout = "64x2K", .ram = { 0x20003100, 0x20008000 },
		.bl_id_addr = 0x1FFF6FFE, .roms = ROMS({ 0xD1, 0x31 }),
		.i2c_addr = 0x52, .startup_us = 860,
		.flags = DEV_RESET_ON_OB | DEV_EMPTY_CHECK,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		L4_COMMON, .pid = 0x435, .parts = "L431 L432 L433 L442 L443",
		.flash_kb = 256, .layout = "128x2K", .ram = { 0x20003100, 0x2000C000 },
		.bl_id_addr = 0x1FFF6FFE, .roms = ROMS({ 0x91, 0x31 }),
		.i2c_addr = 0x48, .startup_us = 860,
		.flags = DEV_RESET_ON_OB | DEV_EMPTY_CHECK,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		L4_COMMON, .pid = 0x462, .parts = "L451 L452 L462",
		.flash_kb = 512, .layout = "256x2K", .ram = { 0x20003100, 0x20020000 },
		.bl_id_addr = 0x1FFF6FFE, .roms = ROMS({ 0x92, 0x31 }),
		.i2c_addr = 0x4A, .startup_us = 860,
		.flags = DEV_RESET_ON_OB | DEV_EMPTY_CHECK,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* RAM as for ROM 0x92, which leaves less than 0xA3. */
		L4_COMMON, .pid = 0x415, .parts = "L471 L475 L476 L486",
		.flash_kb = 1024, .layout = "512x2K", .variants = l47_dualbank,
		.ram = { 0x20003100, 0x20018000 }, .bl_id_addr = 0x1FFF6FFE,
		.roms = ROMS({ 0x90, 0x31 }, { 0x92, 0x31 }, { 0xA1, 0x31 }, { 0xA3, 0x31 }),
		.ob2_start = 0x1FFFF800, .i2c_addr = 0x43, .startup_us = 55000,
		.defects = DEFECTS(
			{ 0x90, 0, ROM_RAM_WRITE_BUG },	/* V9.0: AN2606 */
			{ 0xA1, 0, ROM_RAM_WRITE_BUG }),	/* V10.1: AN2606 */
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* 320 KB of RAM in stlink. */
		L4_COMMON, .pid = 0x461, .parts = "L496 L4A6",
		.flash_kb = 1024, .layout = "512x2K", .variants = l47_dualbank,
		.ram = { 0x20003100, 0x20040000 }, .bl_id_addr = 0x1FFF6FFE,
		.roms = ROMS({ 0x93, 0x31 }),
		.ob2_start = 0x1FFFF800, .i2c_addr = 0x4C, .startup_us = 77000,
		.flags = DEV_EMPTY_CHECK,
	},
	{	/* AN2606, stm32flash, stm32loader, OpenOCD, stlink, CMSIS */
		/* 1 MB of 2K pages is what stm32flash and stm32loader have. */
		L4_PLUS_COMMON, .pid = 0x470, .parts = "L4R5 L4R7 L4R9 L4S5 L4S7 L4S9",
		.flash_kb = 2048, .layout = "512x4K", .variants = l4r_dbank,
		.ram = { 0x20003200, 0x200A0000 }, .bl_id_addr = 0x1FFF6FFE,
		.roms = ROMS({ 0x95, 0x31 }),
		.ob2_start = 0x1FF01000, .i2c_addr = 0x50, .startup_us = 10000,
		.flags = DEV_EMPTY_CHECK,
	},
	{	/* AN2606, stm32loader, OpenOCD, stlink, CMSIS */
		/* CMSIS has an empty flag, the activation pattern does not: not set. */
		L4_PLUS_COMMON, .pid = 0x471, .parts = "L4P5 L4Q5",
		.flash_kb = 1024, .layout = "256x4K", .variants = l4p_dbank,
		.ram = { 0x20004000, 0x20050000 }, .bl_id_addr = 0x1FFF6FFE,
		.roms = ROMS({ 0x90, 0x31 }),
		.ob2_start = 0x1FF01000, .i2c_addr = 0x5B, .startup_us = 10000,
	},
	{	/* AN2606, stm32loader, OpenOCD, stlink, CMSIS */
		.family = "L5", STM32, .pid = 0x472, .parts = "L552 L562",
		.flash_kb = 512, .layout = "256x2K", .variants = l5_dbank, .size_reg = 0x0BFA05E0,
		.size_mask = 0xFFFF, .uid_reg = 0x0BFA0590, .ram = { 0x20004000, 0x20040000 },
		.sys_start = 0x0BF90000, .sys_end = 0x0BF98000, .bl_id_addr = 0x0BF97FFE,
		.roms = ROMS({ 0x90, 0x31 }, { 0x92, 0x31 }),
		.ob_start = 0x40022040, .ob_end = 0x40022070, .rdp_open = 0xAA,
		.otp_start = 0x0BFA0000, .otp_end = 0x0BFA0200, EXTENDED_ERASE, .erased = 0xFF,
		.write_gran = 16, .wrp_pages = 1, .timing = &g4_timing,
		.i2c_addr = 0x2C, .startup_us = 390,
	},
	{	/* AN2606, OpenOCD, CMSIS */
		/* CMSIS has 8 KB of RAM. */
		U0_COMMON, .pid = 0x459, .parts = "U031",
		.flash_kb = 64, .layout = "32x2K", .size_reg = 0x1FFF3EA0, .uid_reg = 0x1FFF3E50,
		.ram = { 0x20001500, 0x20003000 }, .sys_end = 0x1FFF3800, .bl_id_addr = 0x1FFF37FE,
		.roms = ROMS({ 0xB0, 0x31 }),
		.i2c_addr = 0x6B, .startup_us = 5600,
		.flags = DEV_EMPTY_CHECK | DEV_EMPTY_CLEARED,
	},
	{	/* AN2606, OpenOCD, CMSIS */
		U0_COMMON, .pid = 0x489, .parts = "U073 U083",
		.flash_kb = 256, .layout = "128x2K", .size_reg = 0x1FFF6EA0, .uid_reg = 0x1FFF6E50,
		.ram = { 0x20002170, 0x2000A000 }, .sys_end = 0x1FFF6800, .bl_id_addr = 0x1FFF67FE,
		.roms = ROMS({ 0xD0, 0x31 }),
		.i2c_addr = 0x6A, .startup_us = 5600,
		.flags = DEV_EMPTY_CHECK | DEV_EMPTY_CLEARED,
	},
	{	/* AN2606, OpenOCD, probe-rs */
		/* Zephyr says 8K pages. */
		U3_COMMON, .pid = 0x454, .parts = "U375 U385",
		.flash_kb = 1024, .layout = "256x4K", .ram = { 0x20004000, 0x20040000 },
		.bl_id_addr = 0x0BF98FFE, .roms = ROMS({ 0xE1, 0x40 }, { 0xE2, 0x40 }),
		.i2c_addr = 0x6C, .startup_us = 4400,
		.defects = DEFECTS({ 0xE1, 0, ROM_ONE_PAGE_ERASE }),	/* V14.1: AN2606 */
	},
	{	/* AN2606, OpenOCD */
		U3_COMMON, .pid = 0x42A, .parts = "U3B5 U3C5",
		.flash_kb = 2048, .layout = "512x4K", .ram = { 0x20004000, 0x200A0000 },
		.bl_id_addr = 0x0BF98FFE, .roms = ROMS({ 0xE0, 0x40 }),
		.i2c_addr = 0x73, .startup_us = 4400,
	},
	{	/* AN2606, stm32loader, OpenOCD, stlink, CMSIS */
		/* AN2606 prints 0x20240000 as the end of RAM. */
		U5_COMMON, .pid = 0x455, .parts = "U535 U545",
		.flash_kb = 512, .layout = "64x8K", .ram = { 0x20004000, 0x20040000 },
		.bl_id_addr = 0x0BF99EFE, .roms = ROMS({ 0x91, 0x31 }),
		.i2c_addr = 0x5A, .startup_us = 390,
	},
	{	/* AN2606, stm32loader, OpenOCD, stlink, CMSIS, probe-rs */
		U5_COMMON, .pid = 0x482, .parts = "U575 U585",
		.flash_kb = 2048, .layout = "256x8K", .ram = { 0x20004000, 0x200C0000 },
		.bl_id_addr = 0x0BF99EFE, .roms = ROMS({ 0x92, 0x31 }, { 0x93, 0x31 }),
		.i2c_addr = 0x5A, .startup_us = 390,
	},
	{	/* AN2606, stm32loader, OpenOCD, stlink, CMSIS */
		U5_COMMON, .pid = 0x481, .parts = "U595 U599 U5A5 U5A9",
		.flash_kb = 4096, .layout = "512x8K", .ram = { 0x20004000, 0x20270000 },
		.bl_id_addr = 0x0BF99EFE, .roms = ROMS({ 0x92, 0x31 }),
		.i2c_addr = 0x60, .startup_us = 390,
	},
	{	/* AN2606, OpenOCD, stlink, CMSIS */
		U5_COMMON, .pid = 0x476, .parts = "U5F7 U5F9 U5G7 U5G9",
		.flash_kb = 4096, .layout = "512x8K", .ram = { 0x20004000, 0x202F0000 },
		.bl_id_addr = 0x0BF99EFE, .roms = ROMS({ 0x90, 0x31 }),
		.i2c_addr = 0x69, .startup_us = 390,
	},
	{	/* AN2606, stm32loader, OpenOCD, CMSIS */
		/* AN2606 gives RAM that CMSIS does not have. */
		WB_COMMON, .pid = 0x494, .parts = "WB10 WB15",
		.flash_kb = 320, .layout = "160x2K", .ram = { 0x20005000, 0x20040000 },
		.bl_id_addr = 0x1FFF6FFE, .roms = ROMS({ 0xB1, 0x31 }),
		.ob_start = 0x1FFF7800, .ob_end = 0x1FFF7880, .i2c_addr = 0x4F, .startup_us = 390,
		.flags = DEV_EMPTY_CHECK | DEV_I2C_73_IS_RDU | DEV_TOP_SECURE | DEV_RAM_DOUBTFUL,
	},
	{	/* AN2606, stm32loader, OpenOCD, stlink, CMSIS */
		WB_COMMON, .pid = 0x495, .parts = "WB30 WB35 WB50 WB55",
		.flash_kb = 1024, .layout = "256x4K", .ram = { 0x20004000, 0x2000C000 },
		.bl_id_addr = 0x1FFF6FFE, .roms = ROMS({ 0xD5, 0x32 }),
		.ob_start = 0x1FFF8000, .ob_end = 0x1FFF8080, .i2c_addr = 0x4F, .startup_us = 390,
		.flags = DEV_EMPTY_CHECK | DEV_I2C_73_IS_RDU | DEV_TOP_SECURE |
			 DEV_RDU_POWER_CYCLE,
	},
	{	/* AN2606, stm32loader, OpenOCD, CMSIS, probe-rs */
		/* The chip has 128 KB of RAM, its ROM gives 2 KB. */
		WBA_COMMON, .pid = 0x492, .parts = "WBA50 WBA52 WBA54 WBA55",
		.flash_kb = 1024, .layout = "128x8K", .size_reg = 0x0BF907A0, .uid_reg = 0x0BF90700,
		.ram = { 0x20001800, 0x20002000 }, .sys_start = 0x0BF88000, .sys_end = 0x0BF90000,
		.bl_id_addr = 0x0BF8FEFE, .roms = ROMS({ 0xB0, 0x31 }, { 0xB1, 0x31 }),
		.otp_start = 0x0BF90000, .otp_end = 0x0BF90200, .i2c_addr = 0x66, .startup_us = 390,
	},
	{	/* AN2606, OpenOCD, zephyr */
		WBA_COMMON, .pid = 0x4B0, .parts = "WBA62 WBA63 WBA64 WBA65",
		.flash_kb = 2048, .layout = "256x8K", .size_reg = 0x0BFA07A0, .uid_reg = 0x0BFA0700,
		.ram = { 0x20003000, 0x20080000 }, .sys_start = 0x0BF90000, .sys_end = 0x0BFA0000,
		.bl_id_addr = 0x0BF97EFE, .roms = ROMS({ 0xD2, 0x40 }),
		.otp_start = 0x0BFA0000, .otp_end = 0x0BFA0200, .i2c_addr = 0x6F,
		.startup_us = 2730,
	},
	{	/* AN2606, OpenOCD, zephyr */
		WBA_COMMON, .pid = 0x4B2, .parts = "WBA20 WBA23 WBA25",
		.flash_kb = 512, .layout = "128x4K", .size_reg = 0x0BF8D7A0, .uid_reg = 0x0BF8D700,
		.ram = { 0x20003000, 0x20018000 }, .sys_start = 0x0BF85000, .sys_end = 0x0BF8CE00,
		.bl_id_addr = 0x0BF8CCFE, .roms = ROMS({ 0xD0, 0x40 }),
		.otp_start = 0x0BF8D000, .otp_end = 0x0BF8D200, .i2c_addr = 0x78,
		.startup_us = 2300,
	},
	{	/* AN2606, stm32loader, zephyr */
		WB0_COMMON, .pid = 0x3B, .parts = "WB05 BlueNRG-LPS",
		.flash_kb = 192, .layout = "96x2K", .size_reg = 0x40001014,
		.ram = { 0x20000000, 0x20005400 }, .sys_end = 0x10001800,
		.roms = ROMS({ 0x00, 0x20 }),
		.flags = DEV_SIZE_UNREADABLE | DEV_RAM_DOUBTFUL,
	},
	{	/* AN2606, stm32loader, zephyr */
		WB0_COMMON, .pid = 0x3F, .parts = "WB06 WB07 BlueNRG-LP",
		.flash_kb = 256, .layout = "128x2K", .size_reg = 0x40001014,
		.ram = { 0x20000000, 0x2000F400 }, .sys_end = 0x10001800,
		.roms = ROMS({ 0x00, 0x40 }),
		.flags = DEV_SIZE_UNREADABLE | DEV_RAM_DOUBTFUL,
	},
	{	/* AN2606, stm32loader, zephyr */
		WB0_COMMON, .pid = 0x06, .parts = "WB09",
		.flash_kb = 512, .layout = "256x2K", .size_reg = 0x40001014,
		.ram = { 0x20000000, 0x2000F400 }, .sys_end = 0x10001800,
		.roms = ROMS({ 0x00, 0x10 }),
		.flags = DEV_SIZE_UNREADABLE | DEV_RAM_DOUBTFUL,
	},
	{	/* AN2606, stm32loader, zephyr */
		WB0_COMMON, .pid = 0x5F, .parts = "WL3x",
		.flash_kb = 256, .layout = "128x2K", .size_reg = 0x40001014,
		.ram = { 0x20000000, 0x20007400 }, .sys_end = 0x10001800,
		.roms = ROMS({ 0x00, 0x40 }),
		.flags = DEV_SIZE_UNREADABLE | DEV_RAM_DOUBTFUL,
	},
	{	/* AN2606, stm32loader, zephyr */
		WB0_COMMON, .pid = 0x03, .parts = "BlueNRG-1",
		.flash_kb = 160, .layout = "80x2K", .size_reg = 0x40100014,
		.ram = { 0x20000000, 0x20005400 }, .sys_end = 0x10000800,
		.flags = DEV_SIZE_UNREADABLE | DEV_RAM_DOUBTFUL,
	},
	{	/* AN2606, stm32loader, zephyr */
		WB0_COMMON, .pid = 0x2F, .parts = "BlueNRG-2",
		.flash_kb = 256, .layout = "128x2K", .size_reg = 0x40100014,
		.ram = { 0x20000000, 0x20005400 }, .sys_end = 0x10000800,
		.flags = DEV_SIZE_UNREADABLE | DEV_RAM_DOUBTFUL,
	},
	{	/* AN2606, stm32loader, OpenOCD, stlink, CMSIS */
		.family = "WL", STM32, .pid = 0x497, .parts = "WLE4 WLE5 WL54 WL55",
		.flash_kb = 256, .layout = "128x2K", .size_reg = 0x1FFF75E0, .size_mask = 0xFFFF,
		.uid_reg = 0x1FFF7590, .ram = { 0x20002000, 0x20010000 },
		.sys_start = 0x1FFF0000, .sys_end = 0x1FFF4000, .bl_id_addr = 0x1FFF3EFE,
		.roms = ROMS({ 0xC4, 0x31 }),
		.ob_start = 0x1FFF7800, .ob_end = 0x1FFF8000, .rdp_open = 0xAA,
		.otp_start = 0x1FFF7000, .otp_end = 0x1FFF7400, EXTENDED_ERASE, .erased = 0xFF,
		.write_gran = 8, .wrp_pages = 1, .timing = &g4_timing,
		.startup_us = 390,
		.flags = DEV_EMPTY_CHECK,
	},
	{	/* stm32flash, stm32loader */
		W1_COMMON, .pid = 0x9A8, .parts = "W108xB",
		.flash_kb = 128, .layout = "128x1K", .ram = { 0x20000200, 0x20002000 },
	},
	{	/* stm32flash, stm32loader */
		W1_COMMON, .pid = 0x9B0, .parts = "W108xC",
		.flash_kb = 256, .layout = "128x2K", .ram = { 0x20000200, 0x20004000 },
	},
	{	/* stm32loader, issue reports */
		CLONE_F1_COMMON, .family = "CLONE", .pid = 0x410,
		.parts = "GD32F103x8 GD32F103xB CS32F103 CKS32F103 APM32F103xB HK32F103",
		.flash_kb = 128, .layout = "128x1K", .ram = { 0x20000200, 0x20005000 },
		.flags = DEV_CLONE,
	},
	{	/* stm32loader, issue reports */
		CLONE_F1_COMMON, .family = "CLONE", .pid = 0x414,
		.parts = "GD32F103xC GD32F103xE GD32F303 APM32F103xC APM32F103xE",
		.flash_kb = 512, .layout = "256x2K", .ram = { 0x20000200, 0x20010000 },
		.flags = DEV_CLONE,
	},
	{	/* stm32loader, issue reports */
		CLONE_F1_COMMON, .family = "CLONE", .pid = 0x440,
		.parts = "FMD, PY, HK look-alikes of F030x8",
		.flash_kb = 64, .layout = "64x1K", .ram = { 0x20000800, 0x20002000 },
		.flags = DEV_CLONE,
	},
	{	/* stm32loader, issue reports */
		CLONE_F1_COMMON, .family = "W7500", .pid = 0x801, .parts = "W7500",
		.flags = DEV_IDENTIFY_ONLY,
	},
	{	/* stm32loader, issue reports */
		CLONE_F1_COMMON, .family = "CLONE", .pid = 0x50494B36, .parts = "GD32VW553",
		.flash_kb = 4096, .layout = "1024x4K",
		.flags = DEV_CLONE | DEV_IDENTIFY_ONLY,
	},
	{	/* No such chip. For the simulator: an H5 whose ROM 3.3 lists Get Checksum. */
		.family = "X3", STM32, .pid = 0x4F3, .parts = "X33",
		.flash_kb = 256, .layout = "32x8K", .size_reg = 0x08FFF80C, .size_mask = 0xFFFF,
		.uid_reg = 0x08FFF800, .ram = { 0x20004000, 0x20014000 },
		.sys_start = 0x0BF97000, .sys_end = 0x0BF9FB00, .bl_id_addr = 0x0BF9FAFE,
		.roms = ROMS({ 0xE3, 0x33 }),
		EXTENDED_ERASE, .erased = 0xFF, .write_gran = 16, .timing = &h5_timing,
		.startup_us = 1800,
		.flags = DEV_INVENTED,
	},
};

const size_t device_count = sizeof(device_table) / sizeof(device_table[0]);
