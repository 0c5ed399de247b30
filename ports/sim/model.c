/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "model.h"

/* AN3155, Get: what a ROM of each generation lists. */
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
static const struct flash_regs regs_f0 = {
	.keyr = 0x40022004, .optkeyr = 0x40022008, KEYS, .cr = 0x40022010, .obl_bit = 1u << 13,
};
static const struct flash_regs regs_l4 = {
	.keyr = 0x40022008, .optkeyr = 0x4002200C, KEYS, .cr = 0x40022014, .obl_bit = 1u << 27,
};
static const struct flash_regs regs_l43 = {
	.keyr = 0x40022008, .optkeyr = 0x4002200C, KEYS, .cr = 0x40022014, .obl_bit = 1u << 27,
	.empty_reg = 0x40022010, .empty_bit = 1u << 17, .empty_toggles = true,
};
static const struct flash_regs regs_g0 = {
	.keyr = 0x40022008, .optkeyr = 0x4002200C, KEYS, .cr = 0x40022014, .obl_bit = 1u << 27,
	.empty_reg = 0x40022000, .empty_bit = 1u << 16,
};
static const struct flash_regs regs_wb = {
	.keyr = 0x58004008, .optkeyr = 0x5800400C, KEYS, .cr = 0x58004014, .obl_bit = 1u << 27,
	.empty_reg = 0x58004000, .empty_bit = 1u << 16,
};
static const struct flash_regs regs_l5 = {
	.keyr = 0x40022008, .optkeyr = 0x40022010, KEYS, .cr = 0x40022028, .obl_bit = 1u << 27,
};
static const struct flash_regs regs_l0 = {
	.keyr = 0x4002200C, .optkeyr = 0x40022014, L0_KEYS, .cr = 0x40022004, .obl_bit = 1u << 18,
};
static const struct flash_regs regs_l1 = {
	.keyr = 0x40023C0C, .optkeyr = 0x40023C14, L0_KEYS, .cr = 0x40023C04, .obl_bit = 1u << 18,
};

/* Two rows of times a family: typical, maximum. AN2606 gives what a write must be a multiple of. */
static const struct family f0 = {
	.flash = FLASH_NOR16, .unit = 2, .align = 4, .ob = OB_F0, .core = CPU_M0, .plain_reset = true,
	.prog_typ_ns = 53500, .prog_max_ns = 60000, .erase = erase_20_40,
	.mass_typ_us = 20000, .mass_max_us = 40000, .regs = &regs_f0,
};
static const struct family f1 = {
	.flash = FLASH_NOR16, .unit = 2, .align = 4, .ob = OB_F1, .core = CPU_M3, .plain_reset = true,
	.prog_typ_ns = 52500, .prog_max_ns = 70000, .erase = erase_20_40,
	.mass_typ_us = 20000, .mass_max_us = 40000,
};
static const struct family f3 = {
	.flash = FLASH_NOR16, .unit = 2, .align = 4, .ob = OB_F0, .core = CPU_M4,
	.prog_typ_ns = 53500, .prog_max_ns = 60000, .erase = erase_20_40,
	.mass_typ_us = 20000, .mass_max_us = 40000, .regs = &regs_f0,
};
static const struct family f4 = {
	.flash = FLASH_NOR8, .unit = 1, .align = 4, .ob = OB_F4, .core = CPU_M4, .plain_reset = true,
	.prog_typ_ns = 16000, .prog_max_ns = 100000, .erase = erase_f4,
};
static const struct family f7 = {
	.flash = FLASH_NOR8, .unit = 1, .align = 8, .ob = OB_F4, .core = CPU_M7, .plain_reset = true,
	.prog_typ_ns = 16000, .prog_max_ns = 100000, .erase = erase_f7,
};
static const struct family g0 = {
	.flash = FLASH_ECC, .unit = 8, .align = 8, .ob = OB_AREA, .core = CPU_M0,
	.hw_autobaud = true, .early_acks = true,
	.prog_typ_ns = 85000, .prog_max_ns = 125000, .erase = erase_g0,
	.mass_typ_us = 22000, .mass_max_us = 40000, .regs = &regs_g0,
};
static const struct family g4 = {
	.flash = FLASH_ECC, .unit = 8, .align = 8, .ob = OB_AREA, .core = CPU_M4,
	.hw_autobaud = true, .early_acks = true,
	.prog_typ_ns = 81700, .prog_max_ns = 90800, .erase = erase_l4,
	.mass_typ_us = 22100, .mass_max_us = 24600, .regs = &regs_l4,
};
static const struct family l4 = {
	.flash = FLASH_ECC, .unit = 8, .align = 8, .ob = OB_AREA, .core = CPU_M4,
	.prog_typ_ns = 81700, .prog_max_ns = 90800, .erase = erase_l4,
	.mass_typ_us = 22100, .mass_max_us = 24600, .regs = &regs_l4,
};
/* AN2606 names L41x, L43x and L45x among the parts that end option changes in a plain reset; L47x and up are not. */
static const struct family l43 = {
	.flash = FLASH_ECC, .unit = 8, .align = 8, .ob = OB_AREA, .core = CPU_M4, .plain_reset = true,
	.prog_typ_ns = 81700, .prog_max_ns = 90800, .erase = erase_l4,
	.mass_typ_us = 22100, .mass_max_us = 24600, .regs = &regs_l43,
};
static const struct family wb = {
	.flash = FLASH_ECC, .unit = 8, .align = 8, .ob = OB_AREA, .core = CPU_M4,
	.hw_autobaud = true, .early_acks = true,
	.prog_typ_ns = 81700, .prog_max_ns = 90800, .erase = erase_l4,
	.mass_typ_us = 22100, .mass_max_us = 24600, .regs = &regs_wb,
};
static const struct family l5 = {
	.flash = FLASH_ECC, .unit = 8, .align = 16, .ob = OB_REGISTERS, .core = CPU_M33,
	.hw_autobaud = true, .early_acks = true,
	.prog_typ_ns = 81700, .prog_max_ns = 90800, .erase = erase_l4,
	.mass_typ_us = 22100, .mass_max_us = 24600, .regs = &regs_l5,
};
static const struct family u5 = {
	.flash = FLASH_ECC, .unit = 16, .align = 16, .ob = OB_REGISTERS, .core = CPU_M33,
	.hw_autobaud = true, .early_acks = true,
	.prog_typ_ns = 118000, .prog_max_ns = 118000, .erase = erase_u5,
	.mass_typ_us = 195000, .mass_max_us = 315000, .regs = &regs_l5,
};
static const struct family h5 = {
	.flash = FLASH_ECC, .unit = 16, .align = 16, .ob = OB_STATE, .core = CPU_M33,
	.hw_autobaud = true, .early_acks = true,
	.prog_typ_ns = 30000, .prog_max_ns = 60000, .erase = erase_h5,
	.mass_typ_us = 256000, .mass_max_us = 530000,
};
static const struct family x33 = {
	.flash = FLASH_ECC, .unit = 16, .align = 16, .ob = OB_HIDDEN, .core = CPU_M33,
	.hw_autobaud = true, .early_acks = true,
	.prog_typ_ns = 30000, .prog_max_ns = 60000, .erase = erase_h5,
	.mass_typ_us = 256000, .mass_max_us = 530000,
};
/* The ROM promises 8 bytes; the cells take 32 (H7A3: 16), and padding is the host's (AN2606, reference manuals). */
static const struct family h7 = {
	.flash = FLASH_ECC, .unit = 32, .align = 32, .ob = OB_H7, .core = CPU_M7,
	.hw_autobaud = true, .early_acks = true,
	.prog_typ_ns = 290000, .prog_max_ns = 580000, .erase = erase_h7,
	.mass_typ_us = 6500000, .mass_max_us = 13000000,
};
static const struct family h7a3 = {
	.flash = FLASH_ECC, .unit = 16, .align = 16, .ob = OB_H7, .core = CPU_M7,
	.hw_autobaud = true, .early_acks = true,
	.prog_typ_ns = 140000, .prog_max_ns = 200000, .erase = erase_h7a3,
};
static const struct family l0 = {
	.flash = FLASH_HALF_PAGE, .unit = 4, .align = 8, .half_page = 64, .ob = OB_L0, .core = CPU_M0,
	.no_mass_erase = true, .prog_typ_ns = 3200000, .prog_max_ns = 3940000, .erase = erase_l0, .regs = &regs_l0,
};
static const struct family l1 = {
	.flash = FLASH_HALF_PAGE, .unit = 4, .align = 8, .half_page = 128, .ob = OB_L0, .core = CPU_M3,
	.no_mass_erase = true, .prog_typ_ns = 3280000, .prog_max_ns = 3940000, .erase = erase_l1, .regs = &regs_l1,
};

/* Pages of the parts whose numbering depends on size or on an option bit (reference manuals, flash organisation). */
#define SECTORS_F4_HALF "4x16K+1x64K+3x128K"
#define SECTORS_F4 "4x16K+1x64K+7x128K"
static const struct layout layouts_f42[] = {
	{ 2048, -1, SECTORS_F4 "+" SECTORS_F4, 12 },
	{ 1024, 1, SECTORS_F4_HALF "+@0x08080000:#12:" SECTORS_F4_HALF, 12 },
	{ 1024, 0, SECTORS_F4, 0 },
	{ 0 }
};
static const struct layout layouts_f76[] = {
	{ 2048, 0, "4x32K+1x128K+7x256K", 0 },
	{ 2048, 1, SECTORS_F4 "+" SECTORS_F4, 12 },
	{ 1024, 0, "4x32K+1x128K+3x256K", 0 },
	{ 1024, 1, SECTORS_F4_HALF "+@0x08080000:#12:" SECTORS_F4_HALF, 12 },
	{ 0 }
};
static const struct layout layouts_g47[] = {
	{ 512, 1, "256x2K", 128 },
	{ 512, 0, "128x4K", 0 },
	{ 256, 1, "64x2K+@0x08040000:#128:64x2K", 128 },
	{ 256, 0, "64x4K", 0 },
	{ 128, 1, "32x2K+@0x08040000:#128:32x2K", 128 },
	{ 128, 0, "32x4K", 0 },
	{ 0 }
};
static const struct layout layouts_l4r[] = {
	{ 2048, 1, "512x4K", 256 },
	{ 2048, 0, "256x8K", 0 },
	{ 0 }
};
static const struct layout layouts_l55[] = {
	{ 512, 1, "256x2K", 128 },
	{ 512, 0, "128x4K", 0 },
	{ 0 }
};
static const struct layout layouts_h74[] = {
	{ 2048, -1, "16x128K", 8 },
	{ 1024, -1, "4x128K+@0x08100000:#8:4x128K", 8 },
	{ 128, -1, "1x128K", 0 },
	{ 0 }
};
static const struct layout layouts_h7a[] = {
	{ 2048, -1, "256x8K", 128 },
	{ 1024, -1, "64x8K+@0x08100000:#128:64x8K", 128 },
	{ 128, -1, "16x8K", 0 },
	{ 0 }
};

#define EMPTY MODEL_EMPTY_CHECK
#define BOOT_SEL MODEL_BOOT_SEL

const struct model models[] = {
	{ .name = "f051", .title = "STM32F051x8", .pid = 0x440, .flash_kb = 64, .family = &f0, .wrp_unit = 4,
	  .commands = ext_commands, .startup_us = 1612,
	  .rom = { { 0x21, 0x31, DEFECT_DOUBLE_NACK } } },
	{ .name = "f091", .title = "STM32F091xC", .pid = 0x442, .flash_kb = 256, .family = &f0, .wrp_unit = 2,
	  .commands = ext_commands, .startup_us = 2000, .flags = EMPTY,
	  .rom = { { 0x50, 0x31, 0 } } },
	/* The ROM of low, medium and high density has no bootloader ID byte; 0x22 is its protocol. */
	{ .name = "f103", .title = "STM32F103x8", .pid = 0x410, .flash_kb = 64, .family = &f1, .wrp_unit = 4,
	  .commands = std_commands, .startup_us = 1227,
	  .rom = { { 0x22, 0x22, 0 } } },
	{ .name = "f103cb", .title = "STM32F103xB", .pid = 0x410, .flash_kb = 128, .family = &f1, .wrp_unit = 4,
	  .commands = std_commands, .startup_us = 1227,
	  .rom = { { 0x22, 0x22, 0 } } },
	{ .name = "f103he", .title = "STM32F103xE (high density)", .pid = 0x414, .flash_kb = 512, .family = &f1,
	  .wrp_unit = 2, .commands = std_commands, .startup_us = 1227,
	  .rom = { { 0x22, 0x22, 0 } } },
	{ .name = "f103xl", .title = "STM32F103xG (XL-density)", .pid = 0x430, .flash_kb = 1024, .family = &f1,
	  .bank2 = 256, .wrp_unit = 2, .commands = ext_commands, .startup_us = 1227,
	  .rom = { { 0x21, 0x30, DEFECT_LIST_100 } } },
	{ .name = "f107", .title = "STM32F107xC (connectivity line)", .pid = 0x418, .flash_kb = 256, .family = &f1,
	  .wrp_unit = 2, .commands = std_commands, .startup_us = 1400,
	  .rom = { { 0x22, 0x22, DEFECT_PROTOCOL_20 } } },
	{ .name = "f205", .title = "STM32F205xG", .pid = 0x411, .flash_kb = 1024, .family = &f4, .wrp_unit = 1,
	  .commands = ext_commands, .startup_us = 84600, .flags = MODEL_VOLT_REG,
	  .rom = { { 0x33, 0x31, DEFECT_DOUBLE_NACK }, { 0x20, 0x30, DEFECT_MISSING_NACK } } },
	{ .name = "f303", .title = "STM32F303xC", .pid = 0x422, .flash_kb = 256, .family = &f3, .wrp_unit = 2,
	  .commands = ext_commands, .startup_us = 43000,
	  .rom = { { 0x41, 0x31, 0 } } },
	{ .name = "f405", .title = "STM32F405xG", .pid = 0x413, .flash_kb = 1024, .family = &f4, .wrp_unit = 1,
	  .commands = ext_commands, .startup_us = 74000, .flags = MODEL_SHORT_INFO_WRONG | MODEL_VOLT_REG,
	  .rom = { { 0x91, 0x31, 0 }, { 0x90, 0x31, DEFECT_DOUBLE_NACK }, { 0x31, 0x31, DEFECT_DOUBLE_NACK },
		   { 0x30, 0x30, DEFECT_MISSING_NACK } } },
	{ .name = "f412", .title = "STM32F412xG", .pid = 0x441, .flash_kb = 1024, .family = &f4, .wrp_unit = 1,
	  .commands = ext_commands, .startup_us = 610, .flags = MODEL_VOLT_REG,
	  .rom = { { 0x91, 0x31, 0 }, { 0x90, 0x31, 0 } } },
	{ .name = "f427", .title = "STM32F427xI", .pid = 0x419, .flash_kb = 2048, .family = &f4,
	  .layouts = layouts_f42, .wrp_unit = 1, .bank = { "db1m", 9, 0x40, false, false },
	  .commands = ext_commands, .startup_us = 74000, .flags = MODEL_VOLT_REG,
	  .rom = { { 0x91, 0x31, 0 }, { 0x70, 0x31, 0 } } },
	{ .name = "f746", .title = "STM32F746xG", .pid = 0x449, .flash_kb = 1024, .family = &f7, .wrp_unit = 1,
	  .commands = ext_commands, .startup_us = 16600, .flags = MODEL_VOLT_REG | MODEL_TALKS_AT_RDP2,
	  .rom = { { 0x90, 0x31, 0 }, { 0x70, 0x31, 0 } } },
	/* nDBANK is bit 29 of OPTCR, whose upper half is the half-word at offset 8. Start-up time as F74x: not stated. */
	{ .name = "f767", .title = "STM32F767xI", .pid = 0x451, .flash_kb = 2048, .family = &f7,
	  .layouts = layouts_f76, .wrp_unit = 1, .bank = { "dbank", 9, 0x20, true, false },
	  .commands = ext_commands, .startup_us = 16600, .flags = MODEL_VOLT_REG,
	  .rom = { { 0x93, 0x31, 0 } } },
	{ .name = "g031", .title = "STM32G031x8", .pid = 0x466, .flash_kb = 64, .family = &g0,
	  .commands = ext_commands, .startup_us = 390, .flags = EMPTY | BOOT_SEL, .size_junk = 0xFF80,
	  .rom = { { 0x53, 0x31, 0 }, { 0x54, 0x31, 0 } } },
	{ .name = "g071", .title = "STM32G071xB", .pid = 0x460, .flash_kb = 128, .family = &g0,
	  .commands = ext_commands, .startup_us = 390, .flags = EMPTY | BOOT_SEL, .size_junk = 0xFF00,
	  .rom = { { 0xB4, 0x31, 0 }, { 0xB3, 0x31, DEFECT_ONE_PAGE }, { 0xB2, 0x31, DEFECT_NO_OBL } } },
	{ .name = "g0b1", .title = "STM32G0B1xE", .pid = 0x467, .flash_kb = 512, .family = &g0, .bank2 = 128,
	  .commands = ext_commands, .startup_us = 390, .flags = EMPTY | BOOT_SEL | MODEL_EMPTY_CLEARED,
	  .size_junk = 0xFC00,
	  .rom = { { 0x92, 0x31, DEFECT_ONE_PAGE_BANK2 }, { 0xD0, 0x31, DEFECT_ONE_PAGE_BANK2 } } },
	{ .name = "g431", .title = "STM32G431xB", .pid = 0x468, .flash_kb = 128, .family = &g4,
	  .commands = ext_commands, .startup_us = 390,
	  .rom = { { 0xD4, 0x31, 0 } } },
	{ .name = "g474", .title = "STM32G474xE", .pid = 0x469, .flash_kb = 512, .family = &g4,
	  .layouts = layouts_g47, .bank = { "dbank", 2, 0x40, false, true },
	  .commands = ext_commands, .startup_us = 390,
	  .rom = { { 0xD5, 0x31, 0 } } },
	{ .name = "c011", .title = "STM32C011x6", .pid = 0x443, .flash_kb = 32, .family = &g0,
	  .commands = ext_commands, .startup_us = 2100, .flags = EMPTY | BOOT_SEL,
	  .rom = { { 0x51, 0x31, 0 } } },
	{ .name = "c031", .title = "STM32C031x6", .pid = 0x453, .flash_kb = 32, .family = &g0,
	  .commands = ext_commands, .startup_us = 2100, .flags = EMPTY | BOOT_SEL,
	  .rom = { { 0x52, 0x31, 0 } } },
	{ .name = "l053", .title = "STM32L053x8", .pid = 0x417, .flash_kb = 64, .family = &l0, .wrp_unit = 32,
	  .commands = ext_commands, .startup_us = 710, .flags = MODEL_SHORT_INFO_WRONG,
	  .rom = { { 0xC0, 0x31, 0 } } },
	{ .name = "l073", .title = "STM32L073xZ", .pid = 0x447, .flash_kb = 192, .family = &l0, .wrp_unit = 32,
	  .commands = ext_commands, .startup_us = 710, .flags = MODEL_SHORT_INFO_WRONG,
	  .rom = { { 0xB2, 0x31, 0 }, { 0x41, 0x31, 0 } } },
	/* Lists of more than 512 pages fail on L152 (AN4221, Erase Memory; stm32flash splits there too). */
	{ .name = "l152", .title = "STM32L152xB", .pid = 0x416, .flash_kb = 128, .family = &l1, .wrp_unit = 16,
	  .commands = ext_commands, .startup_us = 710,
	  .rom = { { 0x20, 0x30, DEFECT_MISSING_NACK | DEFECT_LIST_512 } } },
	{ .name = "l152xd", .title = "STM32L152xD", .pid = 0x436, .flash_kb = 384, .family = &l1, .wrp_unit = 16,
	  .commands = ext_commands, .startup_us = 710,
	  .rom = { { 0x45, 0x31, DEFECT_DOUBLE_NACK | DEFECT_LIST_512 } } },
	{ .name = "l412", .title = "STM32L412xB", .pid = 0x464, .flash_kb = 128, .family = &l43,
	  .commands = ext_commands, .startup_us = 860, .flags = EMPTY,
	  .rom = { { 0xD1, 0x31, DEFECT_TWO_ACKS } } },
	{ .name = "l432", .title = "STM32L432xC", .pid = 0x435, .flash_kb = 256, .family = &l43,
	  .commands = ext_commands, .startup_us = 860, .flags = EMPTY,
	  .rom = { { 0x91, 0x31, 0 } } },
	{ .name = "l476", .title = "STM32L476xG", .pid = 0x415, .flash_kb = 1024, .family = &l4, .bank2 = 256,
	  .commands = ext_commands, .startup_us = 55000,
	  .rom = { { 0xA3, 0x31, 0 }, { 0x92, 0x31, 0 }, { 0xA1, 0x31, DEFECT_RAM_WRITE },
		   { 0x90, 0x31, DEFECT_RAM_WRITE } } },
	{ .name = "l496", .title = "STM32L496xG", .pid = 0x461, .flash_kb = 1024, .family = &l4, .bank2 = 256,
	  .commands = ext_commands, .startup_us = 77000, .flags = EMPTY,
	  .rom = { { 0x93, 0x31, DEFECT_BANK_NACK } } },
	{ .name = "l4r5", .title = "STM32L4R5xI", .pid = 0x470, .flash_kb = 2048, .family = &l4,
	  .layouts = layouts_l4r, .bank = { "dbank", 2, 0x40, false, true },
	  .commands = ext_commands, .startup_us = 10000, .flags = EMPTY,
	  .rom = { { 0x95, 0x31, 0 } } },
	{ .name = "l552", .title = "STM32L552xE", .pid = 0x472, .flash_kb = 512, .family = &l5,
	  .layouts = layouts_l55, .bank = { "dbank", 2, 0x40, false, true },
	  .commands = ext_commands, .startup_us = 390,
	  .rom = { { 0x92, 0x31, 0 } } },
	{ .name = "u083", .title = "STM32U083xC", .pid = 0x489, .flash_kb = 256, .family = &g0,
	  .commands = ext_commands, .startup_us = 5600, .flags = EMPTY | BOOT_SEL | MODEL_EMPTY_CLEARED,
	  .rom = { { 0xD0, 0x31, 0 } } },
	{ .name = "u575", .title = "STM32U575xI", .pid = 0x482, .flash_kb = 2048, .family = &u5, .bank2 = 128,
	  .commands = ext_commands, .startup_us = 390,
	  .rom = { { 0x93, 0x31, 0 }, { 0x92, 0x31, 0 } } },
	{ .name = "wb55", .title = "STM32WB55xG", .pid = 0x495, .flash_kb = 1024, .family = &wb,
	  .commands = ext_commands, .startup_us = 390, .flags = EMPTY, .size_junk = 0xF800,
	  .rom = { { 0xD5, 0x32, DEFECT_RDU_POWER } } },
	{ .name = "wle5", .title = "STM32WLE5xC", .pid = 0x497, .flash_kb = 256, .family = &wb,
	  .commands = ext_commands, .startup_us = 390, .flags = EMPTY,
	  .rom = { { 0xC4, 0x31, 0 } } },
	{ .name = "h563", .title = "STM32H563xI", .pid = 0x484, .flash_kb = 2048, .family = &h5, .bank2 = 128,
	  .wrp_unit = 4, .commands = h5_commands, .startup_us = 1800,
	  .rom = { { 0xE5, 0x40, 0 }, { 0xE4, 0x40, 0 }, { 0xE3, 0x40, 0 } } },
	{ .name = "h723", .title = "STM32H723xG", .pid = 0x483, .flash_kb = 1024, .family = &h7, .wrp_unit = 1,
	  .commands = ext_commands, .startup_us = 54000,
	  .rom = { { 0x93, 0x31, DEFECT_READ_AFTER_WRITE }, { 0x92, 0x31, DEFECT_READ_AFTER_WRITE } } },
	{ .name = "h743", .title = "STM32H743xI", .pid = 0x450, .flash_kb = 2048, .family = &h7,
	  .layouts = layouts_h74, .wrp_unit = 1, .commands = ext_commands, .startup_us = 54000,
	  .rom = { { 0x92, 0x31, 0 }, { 0x90, 0x31, DEFECT_GET_COUNT | DEFECT_GO_FIRST_ACK },
		   { 0x91, 0x31, DEFECT_BANK2_EARLY | DEFECT_GO_SP }, { 0xD2, 0x31, DEFECT_GO_BROKEN },
		   { 0xD3, 0x31, DEFECT_BANK_LOST } } },
	{ .name = "h7a3", .title = "STM32H7A3xI", .pid = 0x480, .flash_kb = 2048, .family = &h7a3,
	  .layouts = layouts_h7a, .wrp_unit = 4, .commands = ext_commands, .startup_us = 545000,
	  .rom = { { 0x92, 0x31, 0 }, { 0x91, 0x31, 0 } } },
	{ .name = "x33", .title = "invented: H5-like, ROM 3.3 that lists Get Checksum", .pid = 0x4F3,
	  .flash_kb = 256, .family = &x33, .wrp_unit = 4, .commands = x33_commands, .startup_us = 1800,
	  .rom = { { 0xE3, 0x33, 0 } } },
	{ .name = NULL }
};

const struct defect_name defect_names[] = {
	{ "double-nack", "two NACKs to Read, Write and Go under read-out protection", DEFECT_DOUBLE_NACK },
	{ "missing-nack", "a bad address ends Read and Write without an answer", DEFECT_MISSING_NACK },
	{ "two-acks", "0x7F is acknowledged twice", DEFECT_TWO_ACKS },
	{ "one-page", "only the first page of an erase list is erased", DEFECT_ONE_PAGE },
	{ "one-page-bank2", "of the pages of bank 2, only the first of an erase list is erased", DEFECT_ONE_PAGE_BANK2 },
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
	{ "drops-parity", "drops bytes with a parity error (no known ROM)", DEFECT_DROPS_PARITY },
	{ NULL, NULL, 0 }
};

const struct model *model_find(const char *name)
{
	for (const struct model *m = models; m->name; m++)
		if (strcmp(m->name, name) == 0)
			return m;
	return NULL;
}
