/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "ports/sim/chip/ob_layout.h"

#define BIT(byte, bit) (8 * (byte) + (bit))

static const struct ob_value nothing[] = { { OB_END, 0 } };

/* --- bytes with complements: RDP, USER, two of the user's, WRP0 to WRP3 --- */

#define BYTES \
	.form = OB_BYTES, .size = 16, .whole = true, .factory = nothing, \
	.wrp = { { 8, 8 }, { 10, 8 }, { 12, 8 }, { 14, 8 } }, .wrp_rest = true, \
	.watchdog = BIT(2, 0) | OB_NOT

const struct ob_layout ob_f1 = { BYTES, .open = 0xA5 };
const struct ob_layout ob_f1_xl = { BYTES, .open = 0xA5, .boot = { .dual = BIT(2, 3) | OB_NOT } };
const struct ob_layout ob_f0 = {
	BYTES, .open = 0xAA, .level_2 = true, .boot = { .ram = BIT(2, 4) | OB_NOT },
};
const struct ob_layout ob_f09 = {
	BYTES, .open = 0xAA, .level_2 = true,
	.boot = { .pin_ignored = BIT(2, 7) | OB_NOT, .high = BIT(2, 3) | OB_NOT,
		  .ram = BIT(2, 4) | OB_NOT },
};

/* --- half-words of OPTCR: USER and RDP, then nWRP 8 bytes on; F7: a half-word every 8 bytes --- */

#define OPTCR \
	.form = OB_PLAIN, .whole = true, .rdp = 1, .open = 0xAA, .level_2 = true, \
	.watchdog = BIT(0, 5) | OB_NOT

static const struct ob_value factory_f2[] = { { 0, 0xAAEF }, { 8, 0x0FFF }, { OB_END, 0 } };
static const struct ob_value factory_f7[] = {
	{ 0, 0xAAFF }, { 8, 0xC0FF }, { 0x10, 0x0080 }, { 0x18, 0x0040 }, { OB_END, 0 }
};
static const struct ob_value factory_f76[] = {
	{ 0, 0xAAFF }, { 8, 0xFFFF }, { 0x10, 0x0080 }, { 0x18, 0x0040 }, { OB_END, 0 }
};
#define F7_BOOT \
	.addr = { 0x10, 0x18 }, .addr_bytes = 2, .addr_shift = 14, .rom = 0x00100000, \
	.flash = 0x00200000

const struct ob_layout ob_f2 = { OPTCR, .size = 16, .factory = factory_f2, .wrp = { { 8, 12 } } };
const struct ob_layout ob_f42 = {
	OPTCR, .size = 16, .factory = factory_f2,
	.wrp = { { 8, 12 }, { 8 | OB_SECOND, 12 } }, .boot = { .dual = BIT(0, 4) },
};
const struct ob_layout ob_f7 = {
	OPTCR, .size = 32, .factory = factory_f7, .wrp = { { 8, 8 } }, .boot = { F7_BOOT },
};
const struct ob_layout ob_f76 = {
	OPTCR, .size = 32, .factory = factory_f76, .wrp = { { 8, 12 } },
	.boot = { F7_BOOT, .dual = BIT(9, 4) | OB_NOT },
};

/* --- half-words with complements: RDP, USER, then what is protected --- */

#define HALVES \
	.form = OB_HALVES, .whole = true, .open = 0xAA, .level_2 = true, .factory = factory_l0, \
	.wrp_set = true, .watchdog = BIT(4, 4) | OB_NOT

static const struct ob_value factory_l0[] = {
	{ 0, 0x00AA }, { 4, 0x8070 }, { OB_END, 0 }
};
const struct ob_layout ob_l0 = {
	HALVES, .size = 32, .wrp = { { 8, 16 }, { 12, 16 }, { 16, 16 } },
	.boot = { .ram = BIT(5, 7) | OB_NOT },
};
const struct ob_layout ob_l1 = {
	HALVES, .size = 160,
	.wrp = { { 8, 16 }, { 12, 16 }, { 16, 16 }, { 20, 16 }, { 24, 16 }, { 28, 16 } },
};

/* --- words with complements: OPTR, PCROP1SR, PCROP1ER, WRP1AR, WRP1BR, and more --- */

#define WORDS .form = OB_WORDS, .open = 0xAA, .level_2 = true, .watchdog = 16 | OB_NOT

static const struct ob_value factory_l4[] = {
	{ 0x00, 0xFFEFF8AA }, { 0x10, 0 }, { 0x28, 0xFFFEFF00 }, { 0x10 | OB_SECOND, 0 },
	{ OB_END, 0 }
};
#define L4 \
	WORDS, .factory = factory_l4, \
	.area = { 0x18, 0x20, 0x18 | OB_SECOND, 0x20 | OB_SECOND }, \
	.pcrop = { 0x08, 0, 0x08 | OB_SECOND, 0 }, .pcrop_unit = 8
#define SWBOOT0 \
	.pin_ignored = 26 | OB_NOT, .high = 27 | OB_NOT, .ram = 23 | OB_NOT

const struct ob_layout ob_l4 = { L4, .size = 40, .boot = { SWBOOT0, .dual = 20 } };
const struct ob_layout ob_l47 = { L4, .size = 40, .boot = { .ram = 23 | OB_NOT, .dual = 20 } };
const struct ob_layout ob_g4 = {
	L4, .size = 48, .boot = { SWBOOT0, .dual = 20, .lock = BIT(0x28, 16) },
};

/* As they are made, an option bit decides in place of the pin. */
static const struct ob_value factory_g0[] = {
	{ 0x00, 0xFFFFFEAA }, { 0x10, 0 }, { 0x30, 0 },
	{ 0x40, 0 }, { 0x60, 0 }, { 0x70, 0xFFFEFF00 },
	{ OB_END, 0 }
};
const struct ob_layout ob_g0 = {
	WORDS, .size = 136, .factory = factory_g0, .area = { 0x18, 0x20, 0x48, 0x50 },
	.pcrop = { 0x08, 0x28, 0x38, 0x58 }, .pcrop_unit = 512,
	.boot = { .pin_ignored = 24, .high = 26 | OB_NOT, .ram = 25 | OB_NOT,
		  .lock = BIT(0x70, 16) },
};

/*
 * SFR and SRRVR, at 0x70 and 0x78, are the second core's. As it is made, a WB55 has the firmware
 * upgrade services in its last pages.
 */
static const struct ob_value factory_wb[] = {
	{ 0x00, 0x3FFFF1AA }, { 0x10, 0 }, { 0x30, 0 },
	{ 0x70, 0xFFFFFEF4 }, { OB_END, 0 }
};
static const struct ob_value factory_wl[] = {
	{ 0x00, 0x3FFFF0AA }, { 0x10, 0 }, { 0x30, 0 },
	{ OB_END, 0 }
};
#define WB \
	WORDS, .area = { 0x18, 0x20, 0, 0 }, .pcrop = { 0x08, 0x28, 0, 0 }, .frozen = 0x70, \
	.size = 128, .boot = { SWBOOT0 }

const struct ob_layout ob_wb = {
	WB, .factory = factory_wb, .pcrop_unit = 2048, .secure = 0x70,
};
const struct ob_layout ob_wl = { WB, .factory = factory_wl, .pcrop_unit = 1024 };

/* --- registers: OPTR, NSBOOTADD0R, NSBOOTADD1R, SECBOOTADD0R, SECWM1R1 and 2, WRP1AR, ... --- */

static const struct ob_value factory_l5[] = {
	{ 0x00, 0x7FEFF8AA }, { 0x04, 0x0800007F }, { 0x08, 0x0BF9007F }, { 0x0C, 0x0C00007C },
	{ OB_END, 0 }
};
static const struct ob_value factory_u5[] = {
	{ 0x00, 0x1FEFF8AA }, { 0x04, 0x0800007F }, { 0x08, 0x0BF9007F }, { 0x0C, 0x0C00007C },
	{ OB_END, 0 }
};
#define L5 \
	.form = OB_IMAGE, .open = 0xAA, .level_2 = true, .area = { 0x18, 0x1C, 0x28, 0x2C }, \
	.watchdog = 16 | OB_NOT, \
	.boot = { .pin_ignored = 26 | OB_NOT, .high = 27 | OB_NOT, .addr = { 0x04, 0x08 }, \
		  .addr_bytes = 4, .rom = 0x0BF90000 }

const struct ob_layout ob_l5 = { L5, .size = 48, .factory = factory_l5 };
const struct ob_layout ob_u5 = { L5, .size = 64, .factory = factory_u5 };

/*
 * H7 and H5: a register that shows what is in force, then its twin for what shall be. H7: OPTSR,
 * PRAR, SCAR, WPSN, BOOT; bank 2 has its own 0x100 behind, out of the ROM's sight.
 */
static const uint16_t twins_h7[] = {
	0x00, 0x0C, 0x14, 0x1C, 0x24, 0x10C, 0x114, 0x11C, OB_END
};
static const struct ob_value factory_h7[] = {
	{ 0x00, 0x1BC6AAF0 }, { 0x04, 0x1BC6AAF0 }, { 0x08, 0 }, { 0x0C, 0xFF }, { 0x10, 0xFF },
	{ 0x14, 0xFF }, { 0x18, 0xFF }, { 0x24, 0x1FF00800 }, { 0x28, 0x1FF00800 }, { OB_END, 0 }
};
#define H7 \
	.form = OB_IMAGE, .size = 0x124, .rdp = 1, .open = 0xAA, .level_2 = true, \
	.factory = factory_h7, .twins = twins_h7, .watchdog = 4 | OB_NOT, \
	.boot = { .addr = { 0x24, 0x26 }, .addr_bytes = 2, .addr_shift = 16, .rom = 0x1FF00000 }

const struct ob_layout ob_h7 = { H7, .wrp = { { 0x1C, 8 }, { 0x11C, 8 } } };
const struct ob_layout ob_h7a3 = { H7, .wrp = { { 0x1C, 32 }, { 0x11C, 32 } } };

/* H5: OPTSR, OPTSR2, NSBOOTR, SECBOOTR, SECWM1R, WRP1R, EDATA1R, HDP1R, and again for bank 2. */
static const uint16_t twins_h5[] = {
	0x00, 0x20, 0x30, 0x38, 0x90, 0x98, 0xA0, 0xA8, 0x190, 0x198, 0x1A0, 0x1A8, OB_END
};
static const struct ob_value factory_h5[] = {
	{ 0x00, 0x2D30EDF8 }, { 0x04, 0x2D30EDF8 }, { 0x20, 0xC3000000 }, { 0x24, 0xC3000000 },
	{ 0x30, 0x080000C3 }, { 0x34, 0x080000C3 }, { OB_END, 0 }
};
const struct ob_layout ob_h5 = {
	.form = OB_IMAGE, .size = 0x1B0, .rdp = 1, .factory = factory_h5, .twins = twins_h5,
	.wrp = { { 0x98, 32 }, { 0x198, 32 } }, .watchdog = 3 | OB_NOT,
	.boot = { .states = true },
};

/* Nothing of it is visible (the invented chip). */
static const struct ob_value factory_none[] = { { 0, 0xFFFFFFAA }, { OB_END, 0 } };
const struct ob_layout ob_none = {
	.form = OB_IMAGE, .size = 8, .open = 0xAA, .level_2 = true, .factory = factory_none,
	.wrp = { { 4, 32 } },
};
