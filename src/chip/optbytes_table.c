/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fields of option bytes. Names and bits: reference manuals and CMSIS device headers; offsets: the
 * manuals' tables of option byte organisation. Left out are U0, U3, WBA, H5, C5 and WL, whose base,
 * length or layout the sources disagree about.
 */
#include "chip/optbytes_table.h"

#define ALL 0

/* A field; a bit; and the same with a meaning of its own. */
#define FIELD(what, on, at, first, bits) \
	.name = (what), .kinds = (on), .offset = (at), .bit = (first), .width = (bits)
#define BIT(what, on, at, first) FIELD(what, on, at, first, 1)
#define IN2(what, on, at, first, bits) FIELD(what, on, at, first, bits), .block = 1
#define FOREVER .guard = OPT_FOREVER
#define FIXED .guard = OPT_FIXED
#define RDP(at) { FIELD("RDP", ALL, at, 0, 8), .guard = OPT_RDP }

/* Bytes of a value, and of its complement behind it. */
#define PAIR8 { 1, 1 }
#define PAIR16 { 2, 2 }
#define PAIR32 { 4, 4 }
#define BYTES { 1, 0 }
#define WORDS { 4, 0 }

/* ---- F0, F1, F3: a byte and its complement ---- */

#define F013_COMMON \
	RDP(0), \
	{ BIT("WDG_SW", ALL, 2, 0) }, \
	{ BIT("nRST_STOP", ALL, 2, 1) }, \
	{ BIT("nRST_STDBY", ALL, 2, 2) }, \
	{ FIELD("Data0", ALL, 4, 0, 8) }, \
	{ FIELD("Data1", ALL, 6, 0, 8) }, \
	{ FIELD("WRP", ALL, 8, 0, 32), .role = OPT_WRP }

enum { F0_BOOT_SEL = 1 };

static const struct opt_field f0_fields[] = {
	F013_COMMON,
	{ BIT("nBOOT0", F0_BOOT_SEL, 2, 3), .role = OPT_NBOOT0 },
	{ BIT("nBOOT1", ALL, 2, 4), .role = OPT_ROM_IF_1 },
	{ BIT("VDDA_MONITOR", ALL, 2, 5) },
	{ BIT("RAM_PARITY_CHECK", ALL, 2, 6) },
	{ BIT("BOOT_SEL", F0_BOOT_SEL, 2, 7), .role = OPT_PIN_IF_1 },
	{ 0 }
};

enum { F1_XL = 1 };

static const struct opt_field f1_fields[] = {
	F013_COMMON,
	{ BIT("BFB2", F1_XL, 2, 3), .role = OPT_ROM_IF_1 },
	{ 0 }
};

enum { F3_SDADC = 1 };

static const struct opt_field f3_fields[] = {
	F013_COMMON,
	{ BIT("nBOOT1", ALL, 2, 4), .role = OPT_ROM_IF_1 },
	{ BIT("VDDA_MONITOR", ALL, 2, 5) },
	{ BIT("SRAM_PE", ALL, 2, 6) },
	{ BIT("SDADC12_VDD_MONITOR", F3_SDADC, 2, 7) },
	{ 0 }
};

static const struct opt_map f0 = { .format = PAIR8, .fields = f0_fields };
static const struct opt_map f1 = { .format = PAIR8, .fields = f1_fields };
static const struct opt_map f3 = { .format = PAIR8, .fields = f3_fields };

/* ---- F2, F4, F7: bytes ---- */

enum {
	F4_5_SECTORS = 1, F4_6_SECTORS = 2, F4_8_SECTORS = 4, F4_12_SECTORS = 8,
	F4_16_SECTORS = 16, F4_SPRMOD = 32, F4_TWO_BANKS = 64,
};

static const struct opt_field f4_fields[] = {
	RDP(1),
	{ FIELD("BOR_LEV", ALL, 0, 2, 2) },
	{ BIT("BFB2", F4_TWO_BANKS, 0, 4), .role = OPT_ROM_IF_0 },
	{ BIT("WDG_SW", ALL, 0, 5) },
	{ BIT("nRST_STOP", ALL, 0, 6) },
	{ BIT("nRST_STDBY", ALL, 0, 7) },
	{ FIELD("nWRP", F4_5_SECTORS, 8, 0, 5), .role = OPT_WRP },
	{ FIELD("nWRP", F4_6_SECTORS, 8, 0, 6), .role = OPT_WRP },
	{ FIELD("nWRP", F4_8_SECTORS, 8, 0, 8), .role = OPT_WRP },
	{ FIELD("nWRP", F4_12_SECTORS, 8, 0, 12), .role = OPT_WRP },
	/* The last bit is for the last two sectors. */
	{ FIELD("nWRP", F4_16_SECTORS, 8, 0, 15), .role = OPT_WRP },
	{ IN2("nWRP_BANK2", F4_TWO_BANKS, 8, 0, 12), .role = OPT_WRP, .arg = 12 },
	{ BIT("DB1M", F4_TWO_BANKS, 8, 14) },
	{ BIT("SPRMOD", F4_SPRMOD, 8, 15), FOREVER, .role = OPT_PCROP_MODE },
	{ 0 }
};

enum { F7_8_SECTORS = 1, F7_12_SECTORS = 2 };

/* Boot addresses are in units of 16 KB: system memory by ITCM, and by AXI. */
#define F7_ROM .role = OPT_ROM_ADDRESS, .arg = 0x0040, .alias = 0x7FC0

static const struct opt_field f7_fields[] = {
	RDP(1),
	{ FIELD("BOR_LEV", ALL, 0, 2, 2) },
	{ BIT("WWDG_SW", ALL, 0, 4) },
	{ BIT("IWDG_SW", ALL, 0, 5) },
	{ BIT("nRST_STOP", ALL, 0, 6) },
	{ BIT("nRST_STDBY", ALL, 0, 7) },
	{ FIELD("nWRP", F7_8_SECTORS, 8, 0, 8), .role = OPT_WRP },
	{ FIELD("nWRP", F7_12_SECTORS, 8, 0, 12), .role = OPT_WRP },
	{ BIT("nDBOOT", F7_12_SECTORS, 8, 12) },
	{ BIT("nDBANK", F7_12_SECTORS, 8, 13), .role = OPT_DUAL_IF_0 },
	{ BIT("IWDG_STDBY", ALL, 8, 14) },
	{ BIT("IWDG_STOP", ALL, 8, 15) },
	{ FIELD("BOOT_ADD0", ALL, 0x10, 0, 16), F7_ROM },
	{ FIELD("BOOT_ADD1", ALL, 0x18, 0, 16), F7_ROM },
	{ 0 }
};

static const struct opt_map f4 = { .format = BYTES, .fields = f4_fields };
static const struct opt_map f7 = { .format = BYTES, .fields = f7_fields };

/* ---- L0, L1: half-words, the complement in the upper half of the word ---- */

enum { L0_WRP2 = 1, L0_BFB2 = 2, L0_BOOT_SEL = 4 };

static const struct opt_field l0_fields[] = {
	RDP(0),
	{ BIT("WPRMOD", ALL, 0, 8), FOREVER, .role = OPT_PCROP_MODE },
	{ FIELD("BOR_LEV", ALL, 4, 0, 4) },
	{ BIT("WDG_SW", ALL, 4, 4) },
	{ BIT("nRST_STOP", ALL, 4, 5) },
	{ BIT("nRST_STDBY", ALL, 4, 6) },
	{ BIT("BFB2", L0_BFB2, 4, 7), .role = OPT_ROM_IF_0 },
	{ BIT("nBOOT_SEL", L0_BOOT_SEL, 4, 13), .role = OPT_PIN_IF_0 },
	{ BIT("nBOOT0", L0_BOOT_SEL, 4, 14), .role = OPT_NBOOT0 },
	{ BIT("nBOOT1", ALL, 4, 15), .role = OPT_ROM_IF_1 },
	{ FIELD("WRP1", ALL, 8, 0, 32), .role = OPT_WRP },
	{ FIELD("WRP2", L0_WRP2, 0x10, 0, 16), .role = OPT_WRP, .arg = 32 },
	{ 0 }
};

enum { L1_WRP2 = 1, L1_WRP3 = 2, L1_WRP4 = 4, L1_SPRMOD = 8, L1_BFB2 = 16 };

static const struct opt_field l1_fields[] = {
	RDP(0),
	{ BIT("SPRMOD", L1_SPRMOD, 0, 8), FOREVER, .role = OPT_PCROP_MODE },
	{ FIELD("BOR_LEV", ALL, 4, 0, 4) },
	{ BIT("IWDG_SW", ALL, 4, 4) },
	{ BIT("nRST_STOP", ALL, 4, 5) },
	{ BIT("nRST_STDBY", ALL, 4, 6) },
	{ BIT("nBFB2", L1_BFB2, 4, 7), .role = OPT_ROM_IF_1 },
	{ FIELD("WRP1", ALL, 8, 0, 32), .role = OPT_WRP },
	{ FIELD("WRP2", L1_WRP2, 0x10, 0, 32), .role = OPT_WRP, .arg = 32 },
	{ FIELD("WRP3", L1_WRP3, 0x18, 0, 32), .role = OPT_WRP, .arg = 64 },
	{ FIELD("WRP4", L1_WRP4, 0x80, 0, 32), .role = OPT_WRP, .arg = 96 },
	{ 0 }
};

static const struct opt_map l0 = { .format = PAIR16, .wrp = OPT_WRP_SECTORS_1,
				   .fields = l0_fields };
static const struct opt_map l1 = { .format = PAIR16, .wrp = OPT_WRP_SECTORS_1,
				   .fields = l1_fields };

/* ---- L4, G4, G0, C0, WB: a word and its complement ---- */

/* First and last page of a protected area; smaller chips look at fewer of the bits. */
#define WRP_AREA(what, on, at) \
	{ FIELD(what "_STRT", on, at, 0, 8) }, { FIELD(what "_END", on, at, 16, 8) }
#define WRP_AREA2(what, on, at) \
	{ IN2(what "_STRT", on, at, 0, 8) }, { IN2(what "_END", on, at, 16, 8) }

#define IWDG_WWDG(at) \
	{ BIT("IWDG_SW", ALL, at, 16) }, \
	{ BIT("IWDG_STOP", ALL, at, 17) }, \
	{ BIT("IWDG_STDBY", ALL, at, 18) }, \
	{ BIT("WWDG_SW", ALL, at, 19) }

#define L4_G4_COMMON \
	RDP(0), \
	{ FIELD("BOR_LEV", ALL, 0, 8, 3) }, \
	{ BIT("nRST_STOP", ALL, 0, 12) }, \
	{ BIT("nRST_STDBY", ALL, 0, 13) }, \
	{ BIT("nRST_SHDW", ALL, 0, 14) }, \
	IWDG_WWDG(0), \
	{ BIT("nBOOT1", ALL, 0, 23), .role = OPT_ROM_IF_1 }

#define NSWBOOT0(on, at, first) \
	{ BIT("nSWBOOT0", on, at, first), .role = OPT_PIN_IF_1 }, \
	{ BIT("nBOOT0", on, at, (first) + 1), .role = OPT_NBOOT0 }

enum {
	L4_TWO_BANKS = 1, L4_DUALBANK = 2, L4_DB1M = 4, L4_DB512K = 8, L4_NSWBOOT0 = 16,
};

static const struct opt_field l4_fields[] = {
	L4_G4_COMMON,
	{ BIT("BFB2", L4_TWO_BANKS, 0, 20), .role = OPT_ROM_IF_0 },
	{ BIT("DUALBANK", L4_DUALBANK, 0, 21), .role = OPT_DUAL_IF_1, .arg = 1024 },
	{ BIT("DB1M", L4_DB1M, 0, 21), .role = OPT_DUAL_IF_1, .arg = 2048 },
	{ BIT("DBANK", L4_DB1M, 0, 22), .role = OPT_DUAL_IF_1, .arg = 1024 },
	{ BIT("DB512K", L4_DB512K, 0, 21), .role = OPT_DUAL_IF_1, .arg = 1024 },
	{ BIT("DBANK", L4_DB512K, 0, 22), .role = OPT_DUAL_IF_1, .arg = 512 },
	{ BIT("SRAM2_PE", ALL, 0, 24) },
	{ BIT("SRAM2_RST", ALL, 0, 25) },
	NSWBOOT0(L4_NSWBOOT0, 0, 26),
	{ FIELD("PCROP1_STRT", ALL, 8, 0, 16), FOREVER },
	{ FIELD("PCROP1_END", ALL, 0x10, 0, 16), FOREVER },
	{ BIT("PCROP_RDP", ALL, 0x10, 31), FOREVER },
	WRP_AREA("WRP1A", ALL, 0x18),
	WRP_AREA("WRP1B", ALL, 0x20),
	{ IN2("PCROP2_STRT", L4_TWO_BANKS, 8, 0, 16), FOREVER },
	{ IN2("PCROP2_END", L4_TWO_BANKS, 0x10, 0, 16), FOREVER },
	WRP_AREA2("WRP2A", L4_TWO_BANKS, 0x18),
	WRP_AREA2("WRP2B", L4_TWO_BANKS, 0x20),
	{ 0 }
};

enum { G4_TWO_BANKS = 1 };

static const struct opt_field g4_fields[] = {
	L4_G4_COMMON,
	{ BIT("BFB2", G4_TWO_BANKS, 0, 20), .role = OPT_ROM_IF_0 },
	{ BIT("DBANK", G4_TWO_BANKS, 0, 22), .role = OPT_DUAL_IF_1 },
	{ BIT("SRAM_PE", ALL, 0, 24) },
	{ BIT("CCMSRAM_RST", ALL, 0, 25) },
	NSWBOOT0(ALL, 0, 26),
	{ FIELD("NRST_MODE", ALL, 0, 28, 2) },
	{ BIT("IRHEN", ALL, 0, 30) },
	{ FIELD("PCROP1_STRT", ALL, 8, 0, 15), FOREVER },
	{ FIELD("PCROP1_END", ALL, 0x10, 0, 15), FOREVER },
	{ BIT("PCROP_RDP", ALL, 0x10, 31), FOREVER },
	WRP_AREA("WRP1A", ALL, 0x18),
	WRP_AREA("WRP1B", ALL, 0x20),
	{ FIELD("SEC_SIZE1", ALL, 0x28, 0, 8), FOREVER },
	{ BIT("BOOT_LOCK", ALL, 0x28, 16), FOREVER, .role = OPT_ROM_IF_0 },
	{ IN2("PCROP2_STRT", G4_TWO_BANKS, 8, 0, 15), FOREVER },
	{ IN2("PCROP2_END", G4_TWO_BANKS, 0x10, 0, 15), FOREVER },
	WRP_AREA2("WRP2A", G4_TWO_BANKS, 0x18),
	WRP_AREA2("WRP2B", G4_TWO_BANKS, 0x20),
	{ IN2("SEC_SIZE2", G4_TWO_BANKS, 0x28, 0, 8), FOREVER },
	{ 0 }
};

#define G0_C0_COMMON \
	RDP(0), \
	{ BIT("BOR_EN", ALL, 0, 8) }, \
	{ BIT("nRST_STOP", ALL, 0, 13) }, \
	{ BIT("nRST_STDBY", ALL, 0, 14) }, \
	{ BIT("nRST_SHDW", ALL, 0, 15) }, \
	IWDG_WWDG(0), \
	{ BIT("RAM_PARITY_CHECK", ALL, 0, 22) }, \
	{ BIT("nBOOT_SEL", ALL, 0, 24), .role = OPT_PIN_IF_0 }, \
	{ BIT("nBOOT1", ALL, 0, 25), .role = OPT_ROM_IF_1 }, \
	{ BIT("nBOOT0", ALL, 0, 26), .role = OPT_NBOOT0 }, \
	{ FIELD("NRST_MODE", ALL, 0, 27, 2) }, \
	{ BIT("IRHEN", ALL, 0, 29) }, \
	{ BIT("PCROP_RDP", ALL, 0x10, 31), FOREVER }, \
	{ BIT("BOOT_LOCK", ALL, 0x70, 16), FOREVER, .role = OPT_ROM_IF_0 }

/* PCROP areas are in units of 512 bytes. */
#define PCROP_AREA(what, on, strt, end, bits) \
	{ FIELD(what "_STRT", on, strt, 0, bits), FOREVER }, \
	{ FIELD(what "_END", on, end, 0, bits), FOREVER }

enum { G0_ONE_BANK = 1, G0_TWO_BANKS = 2 };

static const struct opt_field g0_fields[] = {
	G0_C0_COMMON,
	{ FIELD("BORF_LEV", ALL, 0, 9, 2) },
	{ FIELD("BORR_LEV", ALL, 0, 11, 2) },
	{ BIT("nSWAP_BANK", G0_TWO_BANKS, 0, 20), .role = OPT_SWAP },
	{ BIT("DUAL_BANK", G0_TWO_BANKS, 0, 21), .role = OPT_DUAL_IF_1 },
	PCROP_AREA("PCROP1A", G0_ONE_BANK, 8, 0x10, 8),
	PCROP_AREA("PCROP1B", G0_ONE_BANK, 0x28, 0x30, 8),
	PCROP_AREA("PCROP1A", G0_TWO_BANKS, 8, 0x10, 9),
	PCROP_AREA("PCROP1B", G0_TWO_BANKS, 0x28, 0x30, 9),
	PCROP_AREA("PCROP2A", G0_TWO_BANKS, 0x38, 0x40, 9),
	PCROP_AREA("PCROP2B", G0_TWO_BANKS, 0x58, 0x60, 9),
	WRP_AREA("WRP1A", ALL, 0x18),
	WRP_AREA("WRP1B", ALL, 0x20),
	WRP_AREA("WRP2A", G0_TWO_BANKS, 0x48),
	WRP_AREA("WRP2B", G0_TWO_BANKS, 0x50),
	{ FIELD("SEC_SIZE", ALL, 0x70, 0, 8), FOREVER },
	{ FIELD("SEC_SIZE2", G0_TWO_BANKS, 0x70, 20, 8), FOREVER },
	{ 0 }
};

static const struct opt_field c0_fields[] = {
	G0_C0_COMMON,
	{ FIELD("BORR_LEV", ALL, 0, 9, 2) },
	{ FIELD("BORF_LEV", ALL, 0, 11, 2) },
	PCROP_AREA("PCROP1A", ALL, 8, 0x10, 9),
	PCROP_AREA("PCROP1B", ALL, 0x28, 0x30, 9),
	WRP_AREA("WRP1A", ALL, 0x18),
	WRP_AREA("WRP1B", ALL, 0x20),
	{ FIELD("SEC_SIZE", ALL, 0x70, 0, 8), FOREVER },
	{ 0 }
};

static const struct opt_field wb_fields[] = {
	L4_G4_COMMON,
	{ BIT("ESE", ALL, 0, 8), FIXED },
	{ BIT("SRAM2_PE", ALL, 0, 24) },
	{ BIT("SRAM2_RST", ALL, 0, 25) },
	NSWBOOT0(ALL, 0, 26),
	{ FIELD("AGC_TRIM", ALL, 0, 29, 3), FIXED },
	PCROP_AREA("PCROP1A", ALL, 8, 0x10, 9),
	PCROP_AREA("PCROP1B", ALL, 0x28, 0x30, 9),
	{ BIT("PCROP_RDP", ALL, 0x10, 31), FOREVER },
	WRP_AREA("WRP1A", ALL, 0x18),
	WRP_AREA("WRP1B", ALL, 0x20),
	/* Of the second core and its wireless stack. */
	{ FIELD("IPCCDBA", ALL, 0x68, 0, 14), FIXED },
	{ FIELD("SFSA", ALL, 0x70, 0, 8), FIXED },
	{ BIT("FSD", ALL, 0x70, 8), FIXED },
	{ BIT("DDS", ALL, 0x70, 12), FIXED },
	{ 0 }
};

static const struct opt_map l4 = { .format = PAIR32, .wrp = OPT_WRP_AREAS, .fields = l4_fields };
static const struct opt_map g4 = { .format = PAIR32, .wrp = OPT_WRP_AREAS, .fields = g4_fields };
static const struct opt_map g0 = { .format = PAIR32, .wrp = OPT_WRP_AREAS, .fields = g0_fields };
static const struct opt_map c0 = { .format = PAIR32, .wrp = OPT_WRP_AREAS, .fields = c0_fields };
static const struct opt_map wb = { .format = PAIR32, .wrp = OPT_WRP_AREAS, .fields = wb_fields };

/* ---- L5, U5, H7: registers ---- */

/* Bits 31:7 of the address of system memory. */
#define L5_ROM .role = OPT_ROM_ADDRESS, .arg = 0x0BF90000 >> 7

#define L5_U5_COMMON \
	RDP(0), \
	{ FIELD("BOR_LEV", ALL, 0, 8, 3) }, \
	{ BIT("nRST_STOP", ALL, 0, 12) }, \
	{ BIT("nRST_STDBY", ALL, 0, 13) }, \
	{ BIT("nRST_SHDW", ALL, 0, 14) }, \
	IWDG_WWDG(0), \
	{ BIT("SWAP_BANK", ALL, 0, 20), .role = OPT_SWAP }, \
	{ BIT("SRAM2_RST", ALL, 0, 25) }, \
	NSWBOOT0(ALL, 0, 26), \
	{ BIT("PA15_PUPEN", ALL, 0, 28) }, \
	{ BIT("TZEN", ALL, 0, 31), FOREVER }, \
	{ FIELD("NSBOOTADD0", ALL, 4, 7, 25) }, \
	{ FIELD("NSBOOTADD1", ALL, 8, 7, 25), L5_ROM }

static const struct opt_field l5_fields[] = {
	L5_U5_COMMON,
	{ BIT("DB256K", ALL, 0, 21), .role = OPT_DUAL_IF_1, .arg = 512 },
	{ BIT("DBANK", ALL, 0, 22), .role = OPT_DUAL_IF_1, .arg = 256 },
	{ BIT("SRAM2_PE", ALL, 0, 24) },
	WRP_AREA("WRP1A", ALL, 0x18),
	WRP_AREA("WRP1B", ALL, 0x1C),
	WRP_AREA("WRP2A", ALL, 0x28),
	WRP_AREA("WRP2B", ALL, 0x2C),
	{ 0 }
};

static const struct opt_field u5_fields[] = {
	L5_U5_COMMON,
	{ BIT("DUALBANK", ALL, 0, 21), .role = OPT_DUAL_IF_1 },
	{ BIT("BKPRAM_ECC", ALL, 0, 22) },
	{ BIT("SRAM3_ECC", ALL, 0, 23) },
	{ BIT("SRAM2_ECC", ALL, 0, 24) },
	WRP_AREA("WRP1A", ALL, 0x18),
	WRP_AREA("WRP1B", ALL, 0x1C),
	WRP_AREA("WRP2A", ALL, 0x28),
	WRP_AREA("WRP2B", ALL, 0x2C),
	{ 0 }
};

enum { H7_74 = 1, H7_72 = 2, H7_A3 = 4 };

/* Upper half of the address of system memory. */
#define H7_ROM .role = OPT_ROM_ADDRESS, .arg = 0x1FF0

static const struct opt_field h7_fields[] = {
	RDP(1),
	{ FIELD("BOR_LEV", ALL, 0, 2, 2) },
	{ BIT("IWDG1_SW", H7_74 | H7_72, 0, 4) },
	{ BIT("IWDG_SW", H7_A3, 0, 4) },
	{ BIT("NRST_STOP_D1", H7_74 | H7_72, 0, 6) },
	{ BIT("NRST_STBY_D1", H7_74 | H7_72, 0, 7) },
	{ BIT("NRST_STOP", H7_A3, 0, 6) },
	{ BIT("NRST_STDBY", H7_A3, 0, 7) },
	{ BIT("FZ_IWDG_STOP", ALL, 0, 17) },
	{ BIT("FZ_IWDG_SDBY", ALL, 0, 18) },
	{ BIT("SECURITY", ALL, 0, 21), FOREVER },
	{ BIT("SWAP_BANK", H7_74 | H7_A3, 0, 31), .role = OPT_SWAP },
	{ FIELD("PROT_AREA_START1", ALL, 0x0C, 0, 12), FOREVER },
	{ FIELD("PROT_AREA_END1", ALL, 0x0C, 16, 12), FOREVER },
	{ BIT("DMEP1", ALL, 0x0C, 31), FOREVER },
	{ FIELD("SEC_AREA_START1", ALL, 0x14, 0, 12), FOREVER },
	{ FIELD("SEC_AREA_END1", ALL, 0x14, 16, 12), FOREVER },
	{ BIT("DMES1", ALL, 0x14, 31), FOREVER },
	{ FIELD("nWRP1", H7_74 | H7_72, 0x1C, 0, 8), .role = OPT_WRP },
	{ FIELD("nWRP1", H7_A3, 0x1C, 0, 32), .role = OPT_WRP },
	{ FIELD("BOOT_ADD0", ALL, 0x24, 0, 16), H7_ROM },
	{ FIELD("BOOT_ADD1", ALL, 0x24, 16, 16), H7_ROM },
	{ 0 }
};

static const struct opt_map l5 = { .format = WORDS, .wrp = OPT_WRP_AREAS, .fields = l5_fields };
/* The block goes on with the keys of OEM locks, which read as 0 and must not be written so. */
static const struct opt_map u5 = { .format = WORDS, .wrp = OPT_WRP_AREAS, .write_len = 48,
				   .fields = u5_fields };
static const struct opt_map h7 = { .format = WORDS, .twin = 4, .bank1_only = true,
				   .fields = h7_fields };

/* ---- products ---- */

static const struct opt_product products[] = {
	{ 0x440, &f0, 0 }, { 0x444, &f0, 0 }, { 0x442, &f0, F0_BOOT_SEL },
	{ 0x445, &f0, F0_BOOT_SEL }, { 0x448, &f0, 0 },
	{ 0x412, &f1, 0 }, { 0x410, &f1, 0 }, { 0x414, &f1, 0 }, { 0x418, &f1, 0 },
	{ 0x420, &f1, 0 }, { 0x428, &f1, 0 }, { 0x430, &f1, F1_XL }, { 0x641, &f1, 0 },
	{ 0x432, &f3, F3_SDADC }, { 0x422, &f3, 0 }, { 0x439, &f3, 0 }, { 0x438, &f3, 0 },
	{ 0x446, &f3, 0 },
	{ 0x411, &f4, F4_12_SECTORS }, { 0x413, &f4, F4_12_SECTORS },
	{ 0x419, &f4, F4_12_SECTORS | F4_SPRMOD | F4_TWO_BANKS },
	{ 0x434, &f4, F4_12_SECTORS | F4_SPRMOD | F4_TWO_BANKS },
	{ 0x423, &f4, F4_6_SECTORS | F4_SPRMOD }, { 0x433, &f4, F4_8_SECTORS | F4_SPRMOD },
	{ 0x458, &f4, F4_5_SECTORS | F4_SPRMOD }, { 0x431, &f4, F4_8_SECTORS | F4_SPRMOD },
	{ 0x441, &f4, F4_12_SECTORS | F4_SPRMOD }, { 0x463, &f4, F4_16_SECTORS | F4_SPRMOD },
	{ 0x421, &f4, F4_8_SECTORS | F4_SPRMOD },
	{ 0x452, &f7, F7_8_SECTORS }, { 0x449, &f7, F7_8_SECTORS }, { 0x451, &f7, F7_12_SECTORS },
	{ 0x457, &l0, L0_BOOT_SEL }, { 0x425, &l0, 0 }, { 0x417, &l0, 0 },
	{ 0x447, &l0, L0_WRP2 | L0_BFB2 },
	{ 0x416, &l1, 0 }, { 0x429, &l1, L1_SPRMOD }, { 0x427, &l1, L1_WRP2 | L1_SPRMOD },
	{ 0x436, &l1, L1_WRP2 | L1_WRP3 | L1_SPRMOD | L1_BFB2 },
	{ 0x437, &l1, L1_WRP2 | L1_WRP3 | L1_WRP4 | L1_SPRMOD | L1_BFB2 },
	{ 0x464, &l4, L4_NSWBOOT0 }, { 0x435, &l4, L4_NSWBOOT0 }, { 0x462, &l4, L4_NSWBOOT0 },
	{ 0x415, &l4, L4_TWO_BANKS | L4_DUALBANK },
	{ 0x461, &l4, L4_TWO_BANKS | L4_DUALBANK | L4_NSWBOOT0 },
	{ 0x470, &l4, L4_TWO_BANKS | L4_DB1M | L4_NSWBOOT0 },
	{ 0x471, &l4, L4_TWO_BANKS | L4_DB512K | L4_NSWBOOT0 },
	{ 0x468, &g4, 0 }, { 0x469, &g4, G4_TWO_BANKS }, { 0x479, &g4, 0 },
	{ 0x466, &g0, G0_ONE_BANK }, { 0x456, &g0, G0_ONE_BANK }, { 0x460, &g0, G0_ONE_BANK },
	{ 0x467, &g0, G0_TWO_BANKS },
	{ 0x443, &c0, 0 }, { 0x453, &c0, 0 }, { 0x44C, &c0, 0 }, { 0x493, &c0, 0 },
	{ 0x44D, &c0, 0 },
	{ 0x494, &wb, 0 }, { 0x495, &wb, 0 },
	{ 0x472, &l5, 0 },
	{ 0x455, &u5, 0 }, { 0x482, &u5, 0 }, { 0x481, &u5, 0 }, { 0x476, &u5, 0 },
	{ 0x450, &h7, H7_74 }, { 0x483, &h7, H7_72 }, { 0x480, &h7, H7_A3 },
};

const struct opt_product *opt_product_find(uint32_t pid)
{
	for (size_t i = 0; i < sizeof(products) / sizeof(products[0]); i++)
		if (products[i].pid == pid)
			return &products[i];
	return NULL;
}
