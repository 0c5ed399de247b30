/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "ports/sim/chip/model.h"

/* AN3155, Get: the list of commands of each generation of ROMs. */
static const uint8_t std_commands[] = {
	0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x43, 0x63, 0x73, 0x82, 0x92, 0xFF
};
static const uint8_t ext_commands[] = {
	0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92, 0xFF
};
static const uint8_t h5_commands[] = {
	0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x50, 0x63, 0x73, 0xFF
};
static const uint8_t x33_commands[] = {
	0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92, 0xA1, 0xFF
};

/* Erase times by page size, in microseconds (data sheets, flash memory characteristics). */
static const struct erase_time erase_20_40[] = { { 0, 20000, 40000 } };
static const struct erase_time erase_g0[] = { { 0, 22000, 40000 } };
static const struct erase_time erase_l4[] = { { 0, 22000, 24470 } };
static const struct erase_time erase_l0[] = { { 0, 3200, 3940 } };
static const struct erase_time erase_l1[] = { { 0, 3280, 4000 } };
static const struct erase_time erase_u5[] = { { 0, 1500, 5000 } };
static const struct erase_time erase_h5[] = { { 0, 2000, 10000 } };
static const struct erase_time erase_h7a3[] = { { 0, 2000, 3000 } };
static const struct erase_time erase_h7[] = { { 0, 2000000, 4000000 } };
static const struct erase_time erase_f4[] = {
	{ 16, 400000, 800000 }, { 64, 1200000, 2400000 }, { 0, 2000000, 4000000 }
};
static const struct erase_time erase_f7[] = {
	{ 32, 400000, 800000 }, { 128, 1100000, 2400000 }, { 0, 2000000, 4000000 }
};

/* Keys and bits of the option byte launch (CMSIS device headers; L0 and L1: reference manuals). */
#define KEYS .key = { 0x45670123, 0xCDEF89AB }, .optkey = { 0x08192A3B, 0x4C5D6E7F }
#define L0_KEYS .key = { 0x89ABCDEF, 0x02030405 }, .optkey = { 0xFBEAD9C8, 0x24252627 }
/* LOCK and OPTLOCK, where option bytes are launched by bit 27. */
#define LOCKS .lock_bits = { 1u << 31, 1u << 30 }
static const struct flash_regs regs_f0 = {
	.keyr = 0x40022004, .optkeyr = 0x40022008, KEYS, .cr = 0x40022010, .obl_bit = 1u << 13,
};
static const struct flash_regs regs_l4 = {
	.keyr = 0x40022008, .optkeyr = 0x4002200C, KEYS, .cr = 0x40022014, .obl_bit = 1u << 27,
	LOCKS,
};
static const struct flash_regs regs_l43 = {
	.keyr = 0x40022008, .optkeyr = 0x4002200C, KEYS, .cr = 0x40022014, .obl_bit = 1u << 27,
	LOCKS,
	.empty_reg = 0x40022010, .empty_bit = 1u << 17, .empty_toggles = true,
};
static const struct flash_regs regs_g0 = {
	.keyr = 0x40022008, .optkeyr = 0x4002200C, KEYS, .cr = 0x40022014, .obl_bit = 1u << 27,
	LOCKS,
	.empty_reg = 0x40022000, .empty_bit = 1u << 16,
};
static const struct flash_regs regs_wb = {
	.keyr = 0x58004008, .optkeyr = 0x5800400C, KEYS, .cr = 0x58004014, .obl_bit = 1u << 27,
	LOCKS,
	.empty_reg = 0x58004000, .empty_bit = 1u << 16,
};
static const struct flash_regs regs_l5 = {
	.keyr = 0x40022008, .optkeyr = 0x40022010, KEYS, .cr = 0x40022028, .obl_bit = 1u << 27,
	LOCKS,
};
static const struct flash_regs regs_l0 = {
	.keyr = 0x4002200C, .optkeyr = 0x40022014, L0_KEYS, .cr = 0x40022004, .obl_bit = 1u << 18,
};
static const struct flash_regs regs_l1 = {
	.keyr = 0x40023C0C, .optkeyr = 0x40023C14, L0_KEYS, .cr = 0x40023C04, .obl_bit = 1u << 18,
};

/* Two rows of times a family: typical, maximum. AN2606 gives what a write must be a multiple of. */
static const struct family family_f0 = {
	.flash = FLASH_NOR16, .unit = 2, .align = 4, .ob = &ob_f0, .core = CPU_M0,
	.commands = ext_commands, .plain_reset = true, .regs = &regs_f0,
	.prog_typ_ns = 53500, .prog_max_ns = 60000, .erase = erase_20_40,
	.mass_typ_us = 20000, .mass_max_us = 40000,
};
static const struct family family_f1 = {
	.flash = FLASH_NOR16, .unit = 2, .align = 4, .ob = &ob_f1, .core = CPU_M3,
	.commands = std_commands, .plain_reset = true,
	.prog_typ_ns = 52500, .prog_max_ns = 70000, .erase = erase_20_40,
	.mass_typ_us = 20000, .mass_max_us = 40000,
};
static const struct family family_f1_xl = {
	.flash = FLASH_NOR16, .unit = 2, .align = 4, .ob = &ob_f1_xl, .core = CPU_M3,
	.commands = ext_commands, .plain_reset = true,
	.prog_typ_ns = 52500, .prog_max_ns = 70000, .erase = erase_20_40,
	.mass_typ_us = 20000, .mass_max_us = 40000,
};
static const struct family family_f3 = {
	.flash = FLASH_NOR16, .unit = 2, .align = 4, .ob = &ob_f0, .core = CPU_M4,
	.commands = ext_commands, .regs = &regs_f0,
	.prog_typ_ns = 53500, .prog_max_ns = 60000, .erase = erase_20_40,
	.mass_typ_us = 20000, .mass_max_us = 40000,
};
static const struct family family_f4 = {
	.flash = FLASH_NOR8, .unit = 1, .align = 4, .ob = &ob_f2, .core = CPU_M4,
	.commands = ext_commands, .plain_reset = true,
	.prog_typ_ns = 16000, .prog_max_ns = 100000, .erase = erase_f4,
};
static const struct family family_f7 = {
	.flash = FLASH_NOR8, .unit = 1, .align = 8, .ob = &ob_f7, .core = CPU_M7,
	.commands = ext_commands, .plain_reset = true,
	.prog_typ_ns = 16000, .prog_max_ns = 100000, .erase = erase_f7,
};
static const struct family family_g0 = {
	.flash = FLASH_ECC, .unit = 8, .align = 8, .ob = &ob_g0, .core = CPU_M0,
	.calibrated = true,
	.commands = ext_commands, .hw_autobaud = true, .early_acks = true, .regs = &regs_g0,
	.prog_typ_ns = 85000, .prog_max_ns = 125000, .erase = erase_g0,
	.mass_typ_us = 22000, .mass_max_us = 40000,
};
static const struct family family_g4 = {
	.flash = FLASH_ECC, .unit = 8, .align = 8, .ob = &ob_g4, .core = CPU_M4,
	.calibrated = true,
	.commands = ext_commands, .hw_autobaud = true, .early_acks = true, .regs = &regs_l4,
	.prog_typ_ns = 81700, .prog_max_ns = 90800, .erase = erase_l4,
	.mass_typ_us = 22100, .mass_max_us = 24600,
};
static const struct family family_l4 = {
	.flash = FLASH_ECC, .unit = 8, .align = 8, .ob = &ob_l4, .core = CPU_M4,
	.calibrated = true,
	.commands = ext_commands, .regs = &regs_l4,
	.prog_typ_ns = 81700, .prog_max_ns = 90800, .erase = erase_l4,
	.mass_typ_us = 22100, .mass_max_us = 24600,
};
/*
 * AN2606 names L41x, L43x and L45x among the parts that end option changes in a plain reset; L47x
 * and up are not.
 */
static const struct family family_l43 = {
	.flash = FLASH_ECC, .unit = 8, .align = 8, .ob = &ob_l4, .core = CPU_M4,
	.calibrated = true,
	.commands = ext_commands, .plain_reset = true, .regs = &regs_l43,
	.prog_typ_ns = 81700, .prog_max_ns = 90800, .erase = erase_l4,
	.mass_typ_us = 22100, .mass_max_us = 24600,
};
static const struct family family_wb = {
	.flash = FLASH_ECC, .unit = 8, .align = 8, .ob = &ob_wb, .core = CPU_M4,
	.calibrated = true,
	.commands = ext_commands, .hw_autobaud = true, .early_acks = true, .regs = &regs_wb,
	.prog_typ_ns = 81700, .prog_max_ns = 90800, .erase = erase_l4,
	.mass_typ_us = 22100, .mass_max_us = 24600,
};
static const struct family family_l5 = {
	.flash = FLASH_ECC, .unit = 8, .align = 16, .ob = &ob_l5, .core = CPU_M33,
	.commands = ext_commands, .hw_autobaud = true, .early_acks = true, .regs = &regs_l5,
	.prog_typ_ns = 81700, .prog_max_ns = 90800, .erase = erase_l4,
	.mass_typ_us = 22100, .mass_max_us = 24600,
};
static const struct family family_u5 = {
	.flash = FLASH_ECC, .unit = 16, .align = 16, .ob = &ob_u5, .core = CPU_M33,
	.commands = ext_commands, .hw_autobaud = true, .early_acks = true, .regs = &regs_l5,
	.prog_typ_ns = 118000, .prog_max_ns = 118000, .erase = erase_u5,
	.mass_typ_us = 195000, .mass_max_us = 315000,
};
static const struct family family_h5 = {
	.flash = FLASH_ECC, .unit = 16, .align = 16, .ob = &ob_h5, .core = CPU_M33,
	.commands = h5_commands, .hw_autobaud = true, .early_acks = true,
	.prog_typ_ns = 30000, .prog_max_ns = 60000, .erase = erase_h5,
	.mass_typ_us = 256000, .mass_max_us = 530000,
};
static const struct family family_x33 = {
	.flash = FLASH_ECC, .unit = 16, .align = 16, .ob = &ob_none, .core = CPU_M33,
	.commands = x33_commands, .hw_autobaud = true, .early_acks = true,
	.prog_typ_ns = 30000, .prog_max_ns = 60000, .erase = erase_h5,
	.mass_typ_us = 256000, .mass_max_us = 530000,
};
/*
 * The ROM promises 8 bytes; the cells take 32 (H7A3: 16), and padding is the host's (AN2606,
 * reference manuals).
 */
static const struct family family_h7 = {
	.flash = FLASH_ECC, .unit = 32, .align = 32, .ob = &ob_h7, .core = CPU_M7,
	.commands = ext_commands, .hw_autobaud = true, .early_acks = true,
	.prog_typ_ns = 290000, .prog_max_ns = 580000, .erase = erase_h7,
	.mass_typ_us = 6500000, .mass_max_us = 13000000,
};
static const struct family family_h7a3 = {
	.flash = FLASH_ECC, .unit = 16, .align = 16, .ob = &ob_h7a3, .core = CPU_M7,
	.commands = ext_commands, .hw_autobaud = true, .early_acks = true,
	.prog_typ_ns = 140000, .prog_max_ns = 200000, .erase = erase_h7a3,
};
static const struct family family_l0 = {
	.flash = FLASH_HALF_PAGE, .unit = 4, .align = 8, .half_page = 64, .ob = &ob_l0,
	.core = CPU_M0,
	.commands = ext_commands, .no_mass_erase = true, .regs = &regs_l0,
	.prog_typ_ns = 3200000, .prog_max_ns = 3940000, .erase = erase_l0,
};
static const struct family family_l1 = {
	.flash = FLASH_HALF_PAGE, .unit = 4, .align = 8, .half_page = 128, .ob = &ob_l1,
	.core = CPU_M3,
	.commands = ext_commands, .no_mass_erase = true, .regs = &regs_l1,
	.prog_typ_ns = 3280000, .prog_max_ns = 3940000, .erase = erase_l1,
};

/*
 * Pages of the parts whose numbering depends on size or on an option bit (reference manuals, flash
 * organisation).
 */
#define SECTORS_F4_HALF "4x16K+1x64K+3x128K"
#define SECTORS_F4 "4x16K+1x64K+7x128K"
static const struct layout layouts_f42[] = {
	{ 2048, -1, SECTORS_F4 "+" SECTORS_F4, 12, 0 },
	{ 1024, 1, SECTORS_F4_HALF "+@0x08080000:#12:" SECTORS_F4_HALF, 12, 0 },
	{ 1024, 0, SECTORS_F4, 0, 0 },
	{ 0 }
};
static const struct layout layouts_f76[] = {
	{ 2048, 0, "4x32K+1x128K+7x256K", 0, 0 },
	{ 2048, 1, SECTORS_F4 "+" SECTORS_F4, 12, 2 },
	{ 1024, 0, "4x32K+1x128K+3x256K", 0, 0 },
	{ 1024, 1, SECTORS_F4_HALF "+@0x08080000:#12:" SECTORS_F4_HALF, 12, 2 },
	{ 0 }
};
static const struct layout layouts_g47[] = {
	{ 512, 1, "256x2K", 128, 0 },
	{ 512, 0, "128x4K", 0, 0 },
	{ 256, 1, "64x2K+@0x08040000:#128:64x2K", 128, 0 },
	{ 256, 0, "64x4K", 0, 0 },
	{ 128, 1, "32x2K+@0x08040000:#128:32x2K", 128, 0 },
	{ 128, 0, "32x4K", 0, 0 },
	{ 0 }
};
/*
 * Below 1 MB, the hardware numbers bank 2 from 256; that the ROM does too is an assumption, the
 * stricter one.
 */
static const struct layout layouts_l47[] = {
	{ 1024, -1, "512x2K", 256, 0 },
	{ 512, 1, "128x2K+@0x08040000:#256:128x2K", 256, 0 },
	{ 512, 0, "256x2K", 0, 0 },
	{ 256, 1, "64x2K+@0x08020000:#256:64x2K", 256, 0 },
	{ 256, 0, "128x2K", 0, 0 },
	{ 0 }
};
static const struct layout layouts_l4r[] = {
	{ 2048, 1, "512x4K", 256, 0 },
	{ 2048, 0, "256x8K", 0, 0 },
	{ 0 }
};
static const struct layout layouts_l55[] = {
	{ 512, 1, "256x2K", 128, 0 },
	{ 512, 0, "128x4K", 0, 0 },
	{ 0 }
};
static const struct layout layouts_h74[] = {
	{ 2048, -1, "16x128K", 8, 0 },
	{ 1024, -1, "4x128K+@0x08100000:#8:4x128K", 8, 0 },
	{ 128, -1, "1x128K", 0, 0 },
	{ 0 }
};
static const struct layout layouts_h7a[] = {
	{ 2048, -1, "256x8K", 128, 0 },
	{ 1024, -1, "64x8K+@0x08100000:#128:64x8K", 128, 0 },
	{ 128, -1, "16x8K", 0, 0 },
	{ 0 }
};

#define EMPTY MODEL_EMPTY_CHECK
#define BOOT_SEL MODEL_BOOT_SEL

/* The beginning of every row. */
#define CHIP(n, t, id, kb, f) \
	.name = (n), .title = (t), .pid = (id), .flash_kb = (kb), .family = &family_##f

const struct model models[] = {
	{ CHIP("f051", "STM32F051x8", 0x440, 64, f0),
	  .startup_us = 1612, .wrp_unit = 4,
	  .rom = { { 0x21, 0x31, DEFECT_DOUBLE_NACK, 0 } } },
	{ CHIP("f072", "STM32F072xB", 0x448, 128, f0),
	  .startup_us = 58, .wrp_unit = 2, .i2c_addr = 0x3B,
	  .rom = { { 0xA1, 0x31, 0, 0x10 } } },
	{ CHIP("f091", "STM32F091xC", 0x442, 256, f0),
	  .startup_us = 2000, .wrp_unit = 2, .ob = &ob_f09, .flags = EMPTY,
	  .i2c_addr = 0x41,
	  .rom = { { 0x50, 0x31, 0, 0x10 } } },
	/*
	 * The ROM of low, medium and high density has no bootloader ID byte; 0x22 is its protocol.
	 */
	{ CHIP("f103", "STM32F103x8", 0x410, 64, f1),
	  .startup_us = 1227, .wrp_unit = 4,
	  .rom = { { 0x22, 0x22, 0, 0 } } },
	{ CHIP("f103cb", "STM32F103xB", 0x410, 128, f1),
	  .startup_us = 1227, .wrp_unit = 4,
	  .rom = { { 0x22, 0x22, 0, 0 } } },
	{ CHIP("f103he", "STM32F103xE (high density)", 0x414, 512, f1),
	  .startup_us = 1227, .wrp_unit = 2,
	  .rom = { { 0x22, 0x22, 0, 0 } } },
	{ CHIP("f103xl", "STM32F103xG (XL-density)", 0x430, 1024, f1_xl),
	  .startup_us = 1227, .wrp_unit = 2, .bank2 = 256,
	  .rom = { { 0x21, 0x30, DEFECT_LIST_100, 0 } } },
	{ CHIP("f105", "STM32F105xC (connectivity line)", 0x418, 256, f1),
	  .startup_us = 1400, .wrp_unit = 2,
	  .rom = { { 0x22, 0x22, DEFECT_PROTOCOL_20, 0 } } },
	{ CHIP("f107", "STM32F107xC (connectivity line)", 0x418, 256, f1),
	  .startup_us = 1400, .wrp_unit = 2,
	  .rom = { { 0x22, 0x22, DEFECT_PROTOCOL_20, 0 } } },
	{ CHIP("f205", "STM32F205xG", 0x411, 1024, f4),
	  .startup_us = 84600, .wrp_unit = 1, .flags = MODEL_VOLT_REG,
	  .rom = { { 0x33, 0x31, DEFECT_DOUBLE_NACK, 0 },
		   { 0x20, 0x30, DEFECT_MISSING_NACK, 0 } } },
	{ CHIP("f303", "STM32F303xC", 0x422, 256, f3),
	  .startup_us = 43000, .wrp_unit = 2,
	  .rom = { { 0x41, 0x31, 0, 0 } } },
	{ CHIP("f358", "STM32F358xC", 0x422, 256, f3),
	  .startup_us = 2400, .wrp_unit = 2, .i2c_addr = 0x37, .i2c_timeout_ms = 10,
	  .rom = { { 0x50, 0x31, 0, 0x10 } } },
	{ CHIP("f398", "STM32F398xE", 0x446, 512, f3),
	  .startup_us = 146000, .wrp_unit = 2, .i2c_addr = 0x40, .i2c_timeout_ms = 1500,
	  .rom = { { 0x50, 0x31, 0, 0x10 } } },
	{ CHIP("f405", "STM32F405xG", 0x413, 1024, f4),
	  .startup_us = 74000, .wrp_unit = 1, .flags = MODEL_SHORT_INFO_WRONG | MODEL_INFO_BLOCK |
		   MODEL_VOLT_REG,
	  .i2c_addr = 0x3A,
	  .rom = { { 0x91, 0x31, 0, 0x10 }, { 0x90, 0x31, DEFECT_DOUBLE_NACK, 0x10 },
		   { 0x31, 0x31, DEFECT_DOUBLE_NACK, 0 },
		   { 0x30, 0x30, DEFECT_MISSING_NACK, 0 } } },
	{ CHIP("f412", "STM32F412xG", 0x441, 1024, f4),
	  .startup_us = 610, .wrp_unit = 1, .flags = MODEL_INFO_BLOCK | MODEL_VOLT_REG,
	  .i2c_addr = 0x46,
	  .rom = { { 0x91, 0x31, 0, 0x12 }, { 0x90, 0x31, 0, 0x12 } } },
	{ CHIP("f427", "STM32F427xI", 0x419, 2048, f4),
	  .startup_us = 74000, .wrp_unit = 1, .layouts = layouts_f42,
	  .bank = { "db1m", 8 * 9 + 6, false }, .ob = &ob_f42,
	  .flags = MODEL_INFO_BLOCK | MODEL_VOLT_REG,
	  .i2c_addr = 0x38,
	  .rom = { { 0x91, 0x31, 0, 0x10 }, { 0x70, 0x31, 0, 0x10 } } },
	{ CHIP("f723", "STM32F723xE", 0x452, 512, f7),
	  .startup_us = 17900, .wrp_unit = 1, .flags = MODEL_VOLT_REG, .i2c_addr = 0x49,
	  .rom = { { 0x90, 0x31, DEFECT_STRETCH_MASS, 0x12 } } },
	{ CHIP("f746", "STM32F746xG", 0x449, 1024, f7),
	  .startup_us = 16600, .wrp_unit = 1, .flags = MODEL_VOLT_REG | MODEL_TALKS_AT_RDP2,
	  .i2c_addr = 0x45, .i2c_timeout_ms = 500,
	  .rom = { { 0x90, 0x31, 0, 0x12 }, { 0x70, 0x31, 0, 0x12 } } },
	/*
	 * nDBANK is bit 29 of OPTCR, whose upper half is the half-word at offset 8. Start-up time
	 * as F74x: not stated.
	 */
	{ CHIP("f767", "STM32F767xI", 0x451, 2048, f7),
	  .startup_us = 16600, .wrp_unit = 1, .layouts = layouts_f76,
	  .bank = { "dbank", (8 * 9 + 5) | OB_NOT, false }, .ob = &ob_f76, .flags = MODEL_VOLT_REG,
	  .i2c_addr = 0x49,
	  .rom = { { 0x93, 0x31, 0, 0x12 } } },
	{ CHIP("g031", "STM32G031x8", 0x466, 64, g0),
	  .startup_us = 390, .flags = EMPTY | BOOT_SEL, .size_junk = 0xFF80,
	  .i2c_addr = 0x56,
	  .rom = { { 0x53, 0x31, 0, 0x12 }, { 0x54, 0x31, 0, 0x12 } } },
	{ CHIP("g051", "STM32G051x8", 0x456, 64, g0),
	  .startup_us = 390, .flags = EMPTY | BOOT_SEL, .i2c_addr = 0x62,
	  .rom = { { 0x51, 0x31, DEFECT_STRETCH_ERASE, 0x12 } } },
	{ CHIP("g071", "STM32G071xB", 0x460, 128, g0),
	  .startup_us = 390, .flags = EMPTY | BOOT_SEL, .size_junk = 0xFF00,
	  .i2c_addr = 0x51,
	  .rom = { { 0xB4, 0x31, 0, 0x12 },
		   { 0xB3, 0x31, DEFECT_ONE_PAGE | DEFECT_EMPTY_CLEARED, 0x12 },
		   { 0xB2, 0x31, DEFECT_NO_OBL | DEFECT_PARITY_HANGS, 0x12 } } },
	{ CHIP("g0b1", "STM32G0B1xE", 0x467, 512, g0),
	  .startup_us = 390, .bank2 = 128, .flags = EMPTY | BOOT_SEL,
	  .size_junk = 0xFC00,
	  .i2c_addr = 0x5D,
	  .rom = { { 0x92, 0x31, DEFECT_ONE_PAGE_BANK2 | DEFECT_EMPTY_CLEARED, 0x12 },
		   { 0xD0, 0x31, DEFECT_ONE_PAGE_BANK2 | DEFECT_EMPTY_CLEARED, 0x12 } } },
	{ CHIP("g431", "STM32G431xB", 0x468, 128, g4),
	  .startup_us = 390,
	  .i2c_addr = 0x54,
	  .rom = { { 0xD4, 0x31, 0, 0x12 } } },
	{ CHIP("g474", "STM32G474xE", 0x469, 512, g4),
	  .startup_us = 390, .layouts = layouts_g47, .bank = { "dbank", 22, true },
	  .i2c_addr = 0x53,
	  .rom = { { 0xD5, 0x31, 0, 0x12 } } },
	{ CHIP("c011", "STM32C011x6", 0x443, 32, g0),
	  .startup_us = 2100, .flags = EMPTY | BOOT_SEL,
	  .i2c_addr = 0x64, .i2c_timeout_ms = 2000,
	  .rom = { { 0x51, 0x31, 0, 0x11 } } },
	{ CHIP("c031", "STM32C031x6", 0x453, 32, g0),
	  .startup_us = 2100, .flags = EMPTY | BOOT_SEL,
	  .i2c_addr = 0x63, .i2c_timeout_ms = 2000,
	  .rom = { { 0x52, 0x31, 0, 0x11 } } },
	{ CHIP("c051", "STM32C051x8", 0x44C, 64, g0),
	  .startup_us = 2260, .flags = EMPTY | BOOT_SEL, .i2c_addr = 0x76, .i2c_timeout_ms = 2200,
	  .rom = { { 0xB0, 0x40, DEFECT_EMPTY_CLEARED, 0x20 } } },
	{ CHIP("l053", "STM32L053x8", 0x417, 64, l0),
	  .startup_us = 710, .wrp_unit = 32, .flags = MODEL_SHORT_INFO_WRONG | MODEL_INFO_BLOCK,
	  .rom = { { 0xC0, 0x31, 0, 0 } } },
	{ CHIP("l073", "STM32L073xZ", 0x447, 192, l0),
	  .startup_us = 710, .wrp_unit = 32, .flags = MODEL_SHORT_INFO_WRONG | MODEL_INFO_BLOCK,
	  .i2c_addr = 0x42,
	  .rom = { { 0xB2, 0x31, 0, 0x12 }, { 0x41, 0x31, 0, 0 } } },
	/*
	 * Lists of more than 512 pages fail on L152 (AN4221, Erase Memory; stm32flash splits there
	 * too).
	 */
	{ CHIP("l152", "STM32L152xB", 0x416, 128, l1),
	  .startup_us = 710, .wrp_unit = 16,
	  .rom = { { 0x20, 0x30, DEFECT_MISSING_NACK | DEFECT_LIST_512, 0 } } },
	{ CHIP("l152xd", "STM32L152xD", 0x436, 384, l1),
	  .startup_us = 710, .wrp_unit = 16,
	  .rom = { { 0x45, 0x31, DEFECT_DOUBLE_NACK | DEFECT_LIST_512, 0 } } },
	{ CHIP("l412", "STM32L412xB", 0x464, 128, l43),
	  .startup_us = 860, .flags = EMPTY,
	  .i2c_addr = 0x52,
	  .rom = { { 0xD1, 0x31, DEFECT_TWO_ACKS, 0x12 } } },
	{ CHIP("l432", "STM32L432xC", 0x435, 256, l43),
	  .startup_us = 860, .flags = EMPTY,
	  .i2c_addr = 0x48,
	  .rom = { { 0x91, 0x31, 0, 0x12 } } },
	{ CHIP("l476", "STM32L476xG", 0x415, 1024, l4),
	  .startup_us = 55000, .layouts = layouts_l47,
	  .ob = &ob_l47, .bank = { "dualbank", 21, true },
	  .i2c_addr = 0x43,
	  .rom = { { 0xA3, 0x31, 0, 0x12 }, { 0x92, 0x31, 0, 0x12 },
		   { 0xA1, 0x31, DEFECT_RAM_WRITE, 0x12 },
		   { 0x90, 0x31, DEFECT_RAM_WRITE, 0x12 } } },
	{ CHIP("l496", "STM32L496xG", 0x461, 1024, l4),
	  .startup_us = 77000, .layouts = layouts_l47,
	  .bank = { "dualbank", 21, true }, .flags = EMPTY,
	  .i2c_addr = 0x4C,
	  .rom = { { 0x93, 0x31, DEFECT_BANK_NACK, 0x12 } } },
	{ CHIP("l4r5", "STM32L4R5xI", 0x470, 2048, l4),
	  .startup_us = 10000, .layouts = layouts_l4r, .bank = { "dbank", 22, true },
	  .flags = EMPTY,
	  .i2c_addr = 0x50,
	  .rom = { { 0x95, 0x31, 0, 0x12 } } },
	{ CHIP("l552", "STM32L552xE", 0x472, 512, l5),
	  .startup_us = 390, .layouts = layouts_l55, .bank = { "dbank", 22, true },
	  .i2c_addr = 0x2C,
	  .rom = { { 0x92, 0x31, 0, 0x12 } } },
	{ CHIP("u083", "STM32U083xC", 0x489, 256, g0),
	  .startup_us = 5600, .flags = EMPTY | BOOT_SEL,
	  .i2c_addr = 0x6A,
	  .rom = { { 0xD0, 0x31, DEFECT_EMPTY_CLEARED, 0x12 } } },
	{ CHIP("u575", "STM32U575xI", 0x482, 2048, u5),
	  .startup_us = 390, .bank2 = 128,
	  .i2c_addr = 0x5A,
	  .rom = { { 0x93, 0x31, 0, 0x12 }, { 0x92, 0x31, 0, 0x12 } } },
	{ CHIP("wb55", "STM32WB55xG", 0x495, 1024, wb),
	  .startup_us = 390, .flags = EMPTY, .size_junk = 0xF800,
	  .i2c_addr = 0x4F,
	  .rom = { { 0xD5, 0x32, DEFECT_RDU_POWER | DEFECT_I2C_73_RDU, 0x12 } } },
	{ CHIP("wle5", "STM32WLE5xC", 0x497, 256, wb),
	  .startup_us = 390, .ob = &ob_wl, .flags = EMPTY,
	  .rom = { { 0xC4, 0x31, 0, 0 } } },
	{ CHIP("h563", "STM32H563xI", 0x484, 2048, h5),
	  .startup_us = 1800, .wrp_unit = 4, .bank2 = 128,
	  .i2c_addr = 0x65,
	  .rom = { { 0xE5, 0x40, 0, 0x20 }, { 0xE4, 0x40, 0, 0x20 }, { 0xE3, 0x40, 0, 0x20 } } },
	{ CHIP("h723", "STM32H723xG", 0x483, 1024, h7),
	  .startup_us = 54000, .wrp_unit = 1,
	  .i2c_addr = 0x5C,
	  .rom = { { 0x93, 0x31, DEFECT_READ_AFTER_WRITE, 0x12 },
		   { 0x92, 0x31, DEFECT_READ_AFTER_WRITE, 0x12 } } },
	{ CHIP("h743", "STM32H743xI", 0x450, 2048, h7),
	  .startup_us = 54000, .wrp_unit = 1, .layouts = layouts_h74,
	  .i2c_addr = 0x4E,
	  .rom = { { 0x92, 0x31, 0, 0x11 },
		   { 0x90, 0x31, DEFECT_GET_COUNT | DEFECT_GO_FIRST_ACK, 0x11 },
		   { 0x91, 0x31, DEFECT_BANK2_EARLY | DEFECT_GO_SP, 0x11 },
		   { 0xD2, 0x31, DEFECT_GO_BROKEN, 0x11 },
		   { 0xD3, 0x31, DEFECT_BANK_LOST, 0x11 } } },
	{ CHIP("h7a3", "STM32H7A3xI", 0x480, 2048, h7a3),
	  .startup_us = 545000, .wrp_unit = 4, .layouts = layouts_h7a,
	  .i2c_addr = 0x57,
	  .rom = { { 0x92, 0x31, 0, 0x12 }, { 0x91, 0x31, 0, 0x12 } } },
	{ CHIP("x33", "invented: H5-like, ROM 3.3 that lists Get Checksum", 0x4F3, 256, x33),
	  .startup_us = 1800, .wrp_unit = 4,
	  .rom = { { 0xE3, 0x33, 0, 0 } } },
	{ .name = NULL }
};

const struct defect_name defect_names[] = {
	{ "double-nack", "two NACKs to Read, Write and Go under read-out protection",
	  DEFECT_DOUBLE_NACK },
	{ "missing-nack", "a bad address ends Read and Write without an answer",
	  DEFECT_MISSING_NACK },
	{ "two-acks", "0x7F is acknowledged twice", DEFECT_TWO_ACKS },
	{ "one-page", "only the first page of an erase list is erased", DEFECT_ONE_PAGE },
	{ "one-page-bank2", "of the pages of bank 2, only the first of an erase list is erased",
	  DEFECT_ONE_PAGE_BANK2 },
	{ "bank-nack", "bank erase is refused", DEFECT_BANK_NACK },
	{ "bank-lost", "bank erase is acknowledged and not done", DEFECT_BANK_LOST },
	{ "ram-write", "data written to RAM are corrupted", DEFECT_RAM_WRITE },
	{ "read-after-write", "a block that was just written reads FF", DEFECT_READ_AFTER_WRITE },
	{ "get-count", "Get announces two commands more than follow", DEFECT_GET_COUNT },
	{ "go-first-ack", "the first ACK of Go is missing", DEFECT_GO_FIRST_ACK },
	{ "go-broken", "Go hangs", DEFECT_GO_BROKEN },
	{ "go-sp", "Go hangs unless the stack begins 16 bytes below the end of RAM", DEFECT_GO_SP },
	{ "bank2-early", "erases in bank 2 go on after their ACK", DEFECT_BANK2_EARLY },
	{ "no-obl", "new option bytes hold only after a power cycle", DEFECT_NO_OBL },
	{ "rdu-power", "Readout Unprotect shows only after a power cycle", DEFECT_RDU_POWER },
	{ "list-100", "erase lists of more than 100 pages hang", DEFECT_LIST_100 },
	{ "list-512", "erase lists of more than 512 pages are refused", DEFECT_LIST_512 },
	{ "protocol-20", "reports protocol 2.0", DEFECT_PROTOCOL_20 },
	{ "parity-hangs", "hangs at a byte with a parity error", DEFECT_PARITY_HANGS },
	{ "drops-parity", "drops bytes with a parity error (no known ROM)", DEFECT_DROPS_PARITY },
	{ "stretch-erase", "over I2C, No-Stretch Erase stretches all the same",
	  DEFECT_STRETCH_ERASE },
	{ "stretch-mass", "over I2C, No-Stretch Erase stretches for a mass erase",
	  DEFECT_STRETCH_MASS },
	{ "i2c-73", "over I2C, Write Unprotect does what Readout Unprotect does",
	  DEFECT_I2C_73_RDU },
	{ "empty-cleared", "clears the empty flag at start", DEFECT_EMPTY_CLEARED },
	{ "no-checksum", "lists Get Checksum and refuses it", DEFECT_NO_CHECKSUM },
	{ "no-mass-erase", "mass erase is refused", DEFECT_NO_MASS_ERASE },
	{ "rdu-keeps", "Readout Unprotect erases nothing of a chip that is not protected",
	  DEFECT_RDU_KEEPS },
	{ "rdu-nothing", "Readout and Write Unprotect are acknowledged and do nothing",
	  DEFECT_RDU_NOTHING },
	{ "no-version", "Get Version is refused", DEFECT_NO_VERSION },
	{ "no-id", "Get ID is refused", DEFECT_NO_ID },
	{ "no-busy", "over I2C, no-stretch commands stretch all the same, without BUSY",
	  DEFECT_NO_BUSY },
	{ NULL, NULL, 0 }
};

const struct ob_layout *model_ob(const struct model *m)
{
	return m->ob ? m->ob : m->family->ob;
}

/* Whether @part ("f103C8T6") is one of a title's ("STM32F103x8 (...)"), x for any character. */
static bool is_part_of(const char *part, const char *title)
{
	const char *t = strncmp(title, "STM32", 5) ? title : title + 5;

	for (; *t && *t != ' '; t++, part++)
		if (!*part || (*t != 'x' && toupper((unsigned char)*part) != *t))
			return false;
	return true;
}

const struct model *model_find(const char *name)
{
	const char *part = strncasecmp(name, "STM32", 5) ? name : name + 5;

	for (const struct model *m = models; m->name; m++)
		if (strcasecmp(m->name, part) == 0)
			return m;
	for (const struct model *m = models; m->name; m++)
		if (is_part_of(part, m->title))
			return m;
	return NULL;
}
