/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The option bytes of the simulated chips, attacked in raw bytes: what is written and what of it
 * comes into force, in the form of every family; what protection does; what a reset then starts.
 */
#include <unistd.h>

#include "tests/lib/sim_rig.h"

#define CODE "fee7fee7fee7fee7"
#define VECTORS "0010002009000008" CODE

/* The chip has reset itself, or has been; its bootloader is spoken to again. */
static void again(struct rig *r)
{
	r->now += NSEC_PER_SEC;
	rig_sync(r);
}

static bool write_protected(struct rig *r, uint32_t page)
{
	return chip_flash(r->chip)->protected[page];
}

/* --- the factory's --- */

static const struct {
	const char *spec;
	uint32_t addr;
	const char *holds;
} factory_cases[] = {
	{ "f103", 0x1FFFF800, "a55aff00ff00ff00ff00ff00ff00ff00" },
	{ "f051", 0x1FFFF800, "aa55ff00ff00ff00ff00ff00ff00ff00" },
	{ "f303", 0x1FFFF800, "aa55ff00" },
	{ "f405", 0x1FFFC000, "efaaffffffffffffff0fffffffffffff" },
	{ "f427", 0x1FFEC008, "ffff" },
	{ "f746", 0x1FFF0000, "ffaaffffffffffffffc0" },
	{ "f746", 0x1FFF0010, "8000ffffffffffff4000" },
	{ "l073", 0x1FF80000, "aa0055ff70808f7f0000ffff0000ffff0000ffff" },
	{ "l152xd", 0x1FF80000, "aa0055ff" },
	{ "l432", 0x1FFF7800, "aaf8efff55071000ffffffff0000000000000000ffffffffffff00ff0000ff00" },
	{ "l4r5", 0x1FF01018, "ffff00ff0000ff00" },
	{ "g431", 0x1FFF7828, "00fffeffff000100" },
	{ "g071", 0x1FFF7800, "aafefffe55010001" },
	{ "g071,nboot_sel=1", 0x1FFF7800, "aafeffff55010000" },
	{ "g071", 0x1FFF7870, "00fffeffff000100" },
	{ "wb55", 0x1FFF8000, "aaf1ff3f550e00c0" },
	{ "wb55", 0x1FFF8070, "f4feffff" },
	{ "wb55,sfsa=0xcb", 0x1FFF8070, "cbfeffff34010000" },
	{ "l552", 0x40022040, "aaf8ef7f7f0000087f00f90b" },
	{ "u575", 0x40022040, "aaf8ef1f" },
	{ "u575", 0x40022058, "ffff00ff" },
	{ "h743", 0x5200201C, "f0aac61bf0aac61b" },
	{ "h743", 0x52002040, "0008f01f0008f01f" },
	{ "h563", 0x40022050, "f8ed302df8ed302d" },
};

START_TEST(factory_options_are_those_of_the_manual)
{
	struct rig r = rig_new(factory_cases[_i].spec);

	rig_holds(&r, factory_cases[_i].addr, factory_cases[_i].holds);
	ck_assert_int_eq(chip_rdp(r.chip), 0);
	rig_free(&r);
}
END_TEST

/* --- Write Memory --- */

#define W4(a) a a a a

/* The bytes sent to an address, those there after the reset, and the level then. */
static const struct {
	const char *rule, *spec;
	uint32_t addr;
	const char *hex;
	uint32_t look;
	const char *holds;
	int level;
} write_cases[] = {
	{ "F1: USER, as sent", "f103", 0x1FFFF800, "a55afe01ff00ff00ff00ff00ff00ff00", 0x1FFFF800,
	  "a55afe01ff00", 0 },
	{ "F1: a wrong complement of the level protects", "f103", 0x1FFFF800, "a5a5ff00",
	  0x1FFFF800, "a5a5", 1 },
	{ "F1: AA is no level of this family", "f103", 0x1FFFF800, "aa55ff00", 0x1FFFF800, "aa55",
	  1 },
	{ "F1 has no level 2", "f103", 0x1FFFF800, "cc33ff00", 0x1FFFF800, "cc33", 1 },
	{ "F1: what is not sent is erased", "f103,wrp=0+9", 0x1FFFF800, "a55aff00", 0x1FFFF808,
	  "ffffffff", 0 },
	{ "F0: A5 is no level of this family", "f051", 0x1FFFF800, "a55aff00", 0x1FFFF800, "a55a",
	  1 },
	{ "F0: level 2", "f051", 0x1FFFF800, "cc33ff00", 0x1FFFF800, "cc33", 2 },
	{ "F3: all but AA is level 1", "f303", 0x1FFFF800, "00ffff00", 0x1FFFF800, "00ff", 1 },
	{ "F4: plain bytes", "f405", 0x1FFFC000, "ebaaffffffffffffff0fffffffffffff", 0x1FFFC000,
	  "ebaaffffffffffffff0f", 0 },
	{ "F4: a short block loses the level", "f405", 0x1FFFC000, "efffffff", 0x1FFFC000,
	  "efffffffffffffffffff", 1 },
	{ "F4: level 2", "f405", 0x1FFFC000, "efcc", 0x1FFFC000, "efcc", 2 },
	{ "F42x: the second block for itself", "f427", 0x1FFEC000,
	  "fffffffffffffffffe0fffffffffffff", 0x1FFEC008, "fe0f", 0 },
	{ "F7: BOOT_ADD0", "f746", 0x1FFF0000,
	  "ffaaffffffffffffffc0ffffffffffff4000ffffffffffff4000ffffffffffff", 0x1FFF0010, "4000",
	  0 },
	{ "L0: half-words", "l073", 0x1FF80000, "aa0055ff70808f7f0100feff", 0x1FF80008,
	  "0100feff", 0 },
	{ "L0: a wrong complement of the level protects", "l073", 0x1FF80000, "aa00ffff70808f7f",
	  0x1FF80000, "aa00ffff", 1 },
	{ "L1: level 2", "l152", 0x1FF80000, "cc0033ff", 0x1FF80000, "cc0033ff", 2 },
	{ "L4: complements follow by themselves", "l432", 0x1FFF7800, "aaf8effe00000000",
	  0x1FFF7800, "aaf8effe55071001", 0 },
	{ "L4: a part of an entry is not taken", "l432", 0x1FFF7800,
	  "aaf8efff55071000" W4("00000000") "1122", 0x1FFF7818, "ffff00ff", 0 },
	{ "L4: all of it is", "l432", 0x1FFF7800, "aaf8efff55071000" W4("00000000") "02000300",
	  0x1FFF7818, "02000300fdfffcff", 0 },
	{ "G0: data are taken as from the base (openbl)", "g071", 0x1FFF7818, "aafefffa",
	  0x1FFF7800, "aafefffa55010005", 0 },
	{ "G0: DC is not CC", "g071", 0x1FFF7800, "dcfefffe", 0x1FFF7800, "dcfefffe", 1 },
	{ "G0: level 2", "g071", 0x1FFF7800, "ccfefffe", 0x1FFF7800, "ccfefffe", 2 },
	{ "G0: shorter than a word, the rest is 0 (openbl)", "g071", 0x1FFF7800, "aafe",
	  0x1FFF7800, "aa00000055ffffff", 0 },
	{ "L47x: the block of bank 2", "l476", 0x1FFFF800,
	  W4("00000000") "00000000" "00000000" "05000600", 0x1FFFF818, "05000600faff", 0 },
	{ "WB: the other core's words are not taken", "wb55", 0x1FFF8000,
	  "aaf1ff3f00000000" "ffffffff00000000" "0000000000000000" "ffff00ff00000000"
	  "ffff00ff00000000" W4("ffffffff00000000") W4("ffffffff00000000")
	  "ffffffff00000000" "00000000ffffffff" "00000000ffffffff", 0x1FFF8070,
	  "f4feffff0b010000ffffffff", 0 },
	{ "L5: registers", "l552", 0x40022040, "aaf8ef7f7f0000087f000008", 0x40022048, "7f000008",
	  0 },
	{ "L5: no complements", "l552", 0x40022040, "bbf8ef7f", 0x40022040, "bbf8ef7f7f000008",
	  1 },
	{ "U5: level 2", "u575", 0x40022040, "ccf8ef1f", 0x40022040, "ccf8ef1f", 2 },
	{ "H7: what is in force cannot be written", "h743", 0x5200201C, "f0ccc61b", 0x5200201C,
	  "f0aac61bf0aac61b", 0 },
	{ "H7: what shall be can", "h743", 0x5200201C, "f0aac61b" "e0aac61b", 0x5200201C,
	  "e0aac61be0aac61b", 0 },
	{ "H7: level 1", "h743", 0x5200201C, "f0aac61b" "f0bbc61b", 0x5200201C, "f0bbc61b", 1 },
	{ "H5: a product state", "h563", 0x40022050, "f8ed302d" "f817302d", 0x40022050,
	  "f817302d", 0 },
};

START_TEST(written_block_is_in_force_behind_a_reset)
{
	struct rig r = rig_new(write_cases[_i].spec);
	unsigned int resets = chip_resets(r.chip);

	rig_sync(&r);
	rig_write_hex(&r, write_cases[_i].addr, write_cases[_i].hex);
	ck_assert_uint_eq(chip_resets(r.chip), resets + 1);
	rig_holds(&r, write_cases[_i].look, write_cases[_i].holds);
	ck_assert_int_eq(chip_rdp(r.chip), write_cases[_i].level);
	rig_free(&r);
}
END_TEST

/* Older ROMs take nothing but the block's first address. */
START_TEST(old_rom_takes_only_the_first_address)
{
	static const struct { const char *spec; uint32_t addr; } cases[] = {
		{ "f103", 0x1FFFF804 }, { "f051", 0x1FFFF808 }, { "f405", 0x1FFFC008 },
		{ "f427", 0x1FFEC008 }, { "f746", 0x1FFF0010 }, { "l073", 0x1FF80004 },
	};
	struct rig r = rig_new(cases[_i].spec);

	rig_sync(&r);
	rig_try(&r, "31ce", "79");
	rig_address(&r, cases[_i].addr, "79");
	rig_try(&r, "03ffffffff03", "1f");
	ck_assert_uint_eq(chip_resets(r.chip), 0);
	ck_assert_int_eq(chip_rdp(r.chip), 0);
	rig_free(&r);
}
END_TEST

/* A level that was written is in force: nothing can be read, and level 2 is the end. */
START_TEST(written_level_is_in_force)
{
	static const struct { const char *spec; uint32_t addr; const char *one, *two; } cases[] = {
		{ "f091", 0x1FFFF800, "bb44ff00", "cc33ff00" },
		{ "f303", 0x1FFFF800, "bb44ff00", "cc33ff00" },
		{ "f405", 0x1FFFC000, "efbbffff", "efccffff" },
		{ "l073", 0x1FF80000, "bb0044ff70808f7f", "cc0033ff70808f7f" },
		{ "l152", 0x1FF80000, "bb0044ff70808f7f", "cc0033ff70808f7f" },
		{ "l432", 0x1FFF7800, "bbf8efff44071000", "ccf8efff33071000" },
		{ "g071", 0x1FFF7800, "bbfefffe44010001", "ccfefffe33010001" },
		{ "g474", 0x1FFF7800, "bbf8efff44071000", "ccf8efff33071000" },
		{ "c031", 0x1FFF7800, "bbfefffe44010001", "ccfefffe33010001" },
		{ "wb55", 0x1FFF8000, "bbf1ff3f440e00c0", "ccf1ff3f330e00c0" },
		{ "l552", 0x40022040, "bbf8ef7f", "ccf8ef7f" },
		{ "u575", 0x40022040, "bbf8ef1f", "ccf8ef1f" },
		{ "h743", 0x5200201C, "f0aac61bf0bbc61b", "f0aac61bf0ccc61b" },
	};
	struct rig r = rig_new(cases[_i].spec);

	rig_sync(&r);
	rig_write_hex(&r, cases[_i].addr, cases[_i].one);
	again(&r);
	rig_try(&r, "11ee", "1f");
	rig_try(&r, "31ce", "1f");
	rig_free(&r);

	r = rig_new(cases[_i].spec);
	rig_sync(&r);
	rig_write_hex(&r, cases[_i].addr, cases[_i].two);
	ck_assert_int_eq(chip_rdp(r.chip), 2);
	for (int power = 0; power < 2; power++) {
		r.now += NSEC_PER_SEC;
		rig_try(&r, "7f", "");
		ck_assert_int_ne(chip_state(r.chip), CHIP_ROM);
		sim_power_cycle(r.sim, true, r.now);
	}
	rig_free(&r);
}
END_TEST

/* --- Write Protect in sight --- */

static const struct {
	const char *rule, *spec, *codes;	/* N and the codes, with their XOR */
	uint32_t look;
	const char *holds;
	uint32_t page, free_page;
} protect_cases[] = {
	{ "F1: bits of 4 pages that are 0", "f103", "000202", 0x1FFFF808, "fb04ff00", 8, 12 },
	{ "F1 HD: code 31 is all the rest", "f103he", "001f1f", 0x1FFFF80E, "7f80", 255, 61 },
	{ "F0", "f051", "010f0e00", 0x1FFFF808, "ff003fc0", 56, 55 },
	{ "F4", "f405", "000404", 0x1FFFC008, "ef0f", 4, 5 },
	{ "F42x: bank 2", "f427", "000c0c", 0x1FFEC008, "feff", 12, 0 },
	{ "F7", "f746", "000707", 0x1FFF0008, "7fc0", 7, 6 },
	{ "F76x: one bank", "f767", "000b0b", 0x1FFF0008, "fff7", 11, 10 },
	{ "F76x: two banks, two sectors a bit", "f767,dbank=1", "000606", 0x1FFF0008, "bfdf", 13,
	  14 },
	{ "L0: bits of 32 pages that are 1", "l073", "002f2f", 0x1FF80010, "0080ff7f", 47 * 32,
	  46 * 32 },
	{ "L1: 16 pages", "l152xd", "005f5f", 0x1FF8001C, "0080ff7f", 95 * 16, 94 * 16 },
	{ "L4: an area", "l432", "01020300", 0x1FFF7818, "02ff03fffd00fc00", 3, 4 },
	{ "L4: the second one", "l432", "03ff000405fd", 0x1FFF7820, "04ff05ff", 5, 6 },
	{ "L47x: bank 2", "l476", "05ff00ff00030402", 0x1FFFF818, "03ff04ff", 259, 258 },
	{ "G0: bank 2 in the same block", "g0b1", "05ff00ff00030402", 0x1FFF7848, "03ff04ff", 131,
	  130 },
	{ "WB", "wb55", "01020300", 0x1FFF8018, "02ff03ff", 3, 4 },
	{ "L5", "l552", "01020300", 0x40022058, "02ff03ff", 2, 1 },
	{ "U5: bank 2", "u575", "05ff00ff00030402", 0x40022068, "03ff04ff", 131, 130 },
	{ "H7: in force and to be", "h743", "000202", 0x52002038, "fbffffff" "fbffffff", 2, 3 },
	{ "H7: bank 2, out of sight", "h743", "000909", 0x52002038, "ffffffff", 9, 8 },
	{ "H7A3: bits of 4 pages", "h7a3", "000202", 0x52002038, "fbffffff", 8, 12 },
	{ "H5", "h563", "000202", 0x400220E8, "fbffffff" "fbffffff", 8, 12 },
	{ "H5: bank 2", "h563", "002121", 0x400221E8, "fdffffff", 132, 136 },
};

START_TEST(write_protect_shows_in_the_option_bytes)
{
	struct rig r = rig_new(protect_cases[_i].spec);

	rig_sync(&r);
	rig_try(&r, "639c", "79");
	rig_try(&r, protect_cases[_i].codes, "79");
	rig_holds(&r, protect_cases[_i].look, protect_cases[_i].holds);
	ck_assert(write_protected(&r, protect_cases[_i].page));
	ck_assert(!write_protected(&r, protect_cases[_i].free_page));
	again(&r);
	rig_try(&r, "738c", "7979");
	ck_assert(!write_protected(&r, protect_cases[_i].page));
	rig_free(&r);
}
END_TEST

/* Protection written into the block, not by Write Protect. */
START_TEST(protection_written_as_options_holds)
{
	static const struct { const char *spec; uint32_t addr; const char *hex; uint32_t page; }
	cases[] = {
		{ "f103", 0x1FFFF800, "a55aff00ff00ff00fe01ff00ff00ff00", 3 },
		{ "f405", 0x1FFFC000, "efaaffffffffffffbf0fffffffffffff", 6 },
		{ "l073", 0x1FF80000, "aa0055ff70808f7f0200fdff0000ffff0000ffff", 32 },
		{ "l432", 0x1FFF7800,
		  "aaf8efff55071000" "ffffffff00000000" "00000000ffffffff" "0100020000000000", 2 },
		{ "u575", 0x40022040, "aaf8ef1f" "7f000008" "7f00f90b" "7c00000c" "ffffffff"
				      "ffffffff" "01000200", 1 },
		{ "h743", 0x5200201C, "f0aac61bf0aac61b00000000ff000000ff000000ff000000ff000000"
				      "fffffffffeffffff", 0 },
	};
	struct rig r = rig_new(cases[_i].spec);

	rig_sync(&r);
	rig_write_hex(&r, cases[_i].addr, cases[_i].hex);
	ck_assert(write_protected(&r, cases[_i].page));
	ck_assert(!write_protected(&r, cases[_i].page + 4 + (_i == 2) * 32));
	ck_assert_int_eq(chip_rdp(r.chip), 0);
	rig_free(&r);
}
END_TEST

/* --- what a reset starts --- */

static const struct {
	const char *rule, *spec;
	bool pin;
	enum chip_state state;
	uint32_t pc;
} boot_cases[] = {
	{ "F0: the pin", "f051", true, CHIP_ROM, 0 },
	{ "F0: nBOOT1 = 0 is RAM", "f051,options=aa55ef10", true, CHIP_LOCKED_UP, 0 },
	{ "F0: and with the pin low flash", "f051,options=aa55ef10", false, CHIP_RUNNING, 9 },
	{ "F09x: BOOT_SEL = 0, nBOOT0 = 1: flash whatever the pin", "f091,options=aa557f80", true,
	  CHIP_RUNNING, 9 },
	{ "F09x: nBOOT0 = 0: the ROM", "f091,options=aa557788", false, CHIP_ROM, 0 },
	{ "L0: nBOOT1 = 0", "l073,options=aa0055ff7000 8fff", true, CHIP_LOCKED_UP, 0 },
	{ "L43x: nSWBOOT0 = 0, nBOOT0 = 1", "l432,options=aaf8effb", true, CHIP_RUNNING, 9 },
	{ "L43x: nSWBOOT0 = 0, nBOOT0 = 0", "l432,options=aaf8eff3", false, CHIP_ROM, 0 },
	{ "L43x: nBOOT1 = 0", "l432,options=aaf86fff", true, CHIP_LOCKED_UP, 0 },
	{ "L47x has no nSWBOOT0", "l476,options=aaf8effb", true, CHIP_ROM, 0 },
	{ "WB: nSWBOOT0 = 0, nBOOT0 = 1", "wb55,options=aaf1ff3b", true, CHIP_RUNNING, 9 },
	{ "WB: nSWBOOT0 = 0, nBOOT0 = 0", "wb55,options=aaf1ff33", false, CHIP_ROM, 0 },
	{ "G4: nSWBOOT0 = 0, nBOOT0 = 1", "g474,options=aaf8effb", true, CHIP_RUNNING, 9 },
	{ "G0: as it is made, the pin does not count", "g071,nboot_sel=1", true, CHIP_RUNNING, 9 },
	{ "G0: nBOOT_SEL = 1, nBOOT0 = 0", "g071,options=aafefffb", false, CHIP_ROM, 0 },
	{ "G0: nBOOT_SEL = 0: the pin", "g071,options=aafefffe", true, CHIP_ROM, 0 },
	{ "C0: nBOOT1 = 0", "c031,options=aafefffc", true, CHIP_LOCKED_UP, 0 },
	{ "F7: BOOT_ADD1 is flash", "f746,options=ffaaffffffffffffffc0ffffffffffff8000ffffffffffff"
				   "0020ffffffffffff", true, CHIP_RUNNING, 9 },
	{ "F7: BOOT_ADD0 is the ROM", "f746,options=ffaaffffffffffffffc0ffffffffffff4000ffffffff"
				     "ffff4000ffffffffffff", false, CHIP_ROM, 0 },
	{ "H7: BOOT_ADD1 is flash", "h743,options=f0aac61bf0aac61b00000000ff000000ff000000ff000000"
				   "ff000000ffffffffffffffff0008f01f00080008", true, CHIP_RUNNING,
	  9 },
	{ "U5: NSBOOTADD1 is flash", "u575,options=aaf8ef1f7f0000087f000008", true, CHIP_RUNNING,
	  9 },
	{ "U5: nSWBOOT0 = 0, nBOOT0 = 0: the ROM", "u575,options=aaf8ef13", false, CHIP_ROM, 0 },
	{ "H5: open, and the pin", "h563", true, CHIP_ROM, 0 },
	{ "H5: open", "h563", false, CHIP_RUNNING, 9 },
	{ "H5: provisioning, whatever the pin", "h563,options=f8ed302df817302d", false, CHIP_ROM,
	  0 },
	{ "H5: closed, whatever the pin", "h563,options=f8ed302df872302d", true, CHIP_RUNNING, 9 },
	{ "F42x: BFB2, bank 2 is blank", "f427,options=ffaaffffffffffffff0f", false, CHIP_RUNNING,
	  9 },
	{ "L47x: BFB2", "l476,options=aaf8ffff", false, CHIP_RUNNING, 9 },
	{ "L47x: BFB2, and the pin", "l476,options=aaf8ffff", true, CHIP_ROM, 0 },
};

START_TEST(boot_bits_decide_what_starts)
{
	uint8_t vectors[16];
	char spec[256] = "";
	struct rig r;

	for (const char *p = boot_cases[_i].spec; *p; p++)
		if (*p != ' ')
			strncat(spec, p, 1);
	r = rig_new(spec);
	rig_hex(VECTORS, vectors, sizeof(vectors));
	ck_assert_int_eq(chip_poke(r.chip, FLASH, vectors, sizeof(vectors)), 0);
	sim_power_cycle(r.sim, boot_cases[_i].pin, r.now);
	ck_assert_int_eq(chip_state(r.chip), boot_cases[_i].state);
	if (boot_cases[_i].state == CHIP_RUNNING)
		ck_assert_uint_eq(chip_pc(r.chip), FLASH + boot_cases[_i].pc);
	r.now += NSEC_PER_SEC;
	rig_try(&r, "7f", boot_cases[_i].state == CHIP_ROM ? "79" : "");
	rig_free(&r);
}
END_TEST

/* BFB2: bank 2 first; the ROM stays if neither holds a program, whatever the pin. */
START_TEST(dual_boot_prefers_bank_2)
{
	struct rig r = rig_new("l476,options=aaf8ffff");
	uint8_t vectors[16];

	sim_power_cycle(r.sim, false, r.now);
	ck_assert_int_eq(chip_state(r.chip), CHIP_ROM);
	rig_hex("0010002009000808" CODE, vectors, sizeof(vectors));
	ck_assert_int_eq(chip_poke(r.chip, 0x08080000, vectors, sizeof(vectors)), 0);
	sim_power_cycle(r.sim, false, r.now);
	ck_assert_int_eq(chip_state(r.chip), CHIP_RUNNING);
	ck_assert_uint_eq(chip_pc(r.chip), 0x08080009);
	rig_free(&r);
}
END_TEST

/* BOOT_LOCK: neither pin, nor bits, nor blank flash lead into the ROM any more. */
START_TEST(boot_lock_closes_every_way_into_the_rom)
{
	static const struct { const char *spec; uint32_t base; uint32_t len, secr; } cases[] = {
		{ "g071", 0x1FFF7800, 0x78, 0x70 }, { "c031", 0x1FFF7800, 0x78, 0x70 },
		{ "g431", 0x1FFF7800, 0x30, 0x28 },
	};
	struct rig r = rig_new(cases[_i].spec);
	uint8_t block[128];

	rig_sync(&r);
	rig_read(&r, cases[_i].base, block, cases[_i].len);
	block[cases[_i].secr + 2] |= 1;
	rig_write(&r, cases[_i].base, block, cases[_i].len);
	for (int power = 0; power < 2; power++) {
		ck_assert_int_eq(chip_state(r.chip), CHIP_LOCKED_UP);
		r.now += NSEC_PER_SEC;
		rig_try(&r, "7f", "");
		sim_power_cycle(r.sim, true, r.now);
	}
	rig_free(&r);
}
END_TEST

/* A bank option that is written cuts flash into other pages at its reset. */
START_TEST(written_bank_option_recuts_the_pages)
{
	struct rig r = rig_new("g474,fill=pattern");
	uint8_t byte;

	rig_sync(&r);
	rig_write_hex(&r, 0x1FFF7800, "aaf8afff");
	again(&r);
	rig_try(&r, "44bb", "79");
	rig_try(&r, "0000000101", "79");
	ck_assert_int_eq(chip_peek(r.chip, FLASH + 4095, &byte, 1), 0);
	ck_assert_uint_ne(byte, 0xFF);
	ck_assert_int_eq(chip_peek(r.chip, FLASH + 8191, &byte, 1), 0);
	ck_assert_uint_eq(byte, 0xFF);
	rig_try(&r, "44bb", "79");
	rig_try(&r, "fffe01", "1f");
	rig_free(&r);
}
END_TEST

/* --- proprietary areas, and the other core's --- */

#define PCROP "options=aaf8efff000000000100ffff000000000200"

/* 16 bytes from 0x08000008 read 0, and can be neither programmed nor erased. */
START_TEST(pcrop_area_reads_0_and_stays)
{
	struct rig r = rig_new("l432,fill=pattern," PCROP "0000");
	uint8_t byte[32];

	rig_sync(&r);
	rig_read(&r, FLASH, byte, 32);
	for (int i = 0; i < 32; i++)
		ck_assert_int_eq(byte[i] == 0, i >= 8 && i < 24);
	rig_try(&r, "44bb", "79");
	rig_try(&r, "0000000000", "79");
	ck_assert_uint_eq(chip_page_erases(r.chip, 0), 0);
	rig_try(&r, "926d", "7979");
	ck_assert_int_eq(chip_peek(r.chip, FLASH + 8, byte, 1), 0);
	ck_assert_uint_ne(byte[0], 0xFF);
	rig_free(&r);
}
END_TEST

/* With PCROP_RDP, the regression takes the area and what is in it. */
START_TEST(pcrop_area_goes_with_the_regression)
{
	struct rig r = rig_new("l432,fill=pattern,rdp=1," PCROP "0080");
	uint8_t byte[16];

	rig_sync(&r);
	rig_try(&r, "926d", "7979");
	again(&r);
	rig_read(&r, FLASH + 8, byte, 16);
	for (int i = 0; i < 16; i++)
		ck_assert_uint_eq(byte[i], 0xFF);
	rig_holds(&r, 0x1FFF7808, "ffffffff00000000");
	rig_free(&r);
}
END_TEST

/* The wireless stack survives all; reads are 0. */
START_TEST(wireless_stack_survives_all)
{
	struct rig r = rig_new("wb55,fill=pattern,sfsa=0xcb");
	uint8_t stack[2], seen[2];

	ck_assert_int_eq(chip_peek(r.chip, FLASH + 0xCB000, stack, 2), 0);
	ck_assert(stack[0] != 0xFF);
	rig_sync(&r);
	rig_read(&r, FLASH + 0xCAFFF, seen, 2);
	ck_assert(seen[0] != 0 && seen[1] == 0);
	rig_try(&r, "44bb", "79");
	rig_try(&r, "0000 00cb cb", "79");
	rig_try(&r, "44bb", "79");
	rig_try(&r, "ffff00", "79");
	ck_assert_uint_eq(chip_page_erases(r.chip, 0xCA), 1);
	ck_assert_uint_eq(chip_page_erases(r.chip, 0xCB), 0);
	rig_write_hex(&r, FLASH + 0xCB000, "0102030405060708");
	rig_try(&r, "926d", "7979");
	ck_assert_int_eq(chip_peek(r.chip, FLASH + 0xCB000, seen, 2), 0);
	ck_assert_mem_eq(seen, stack, 2);
	rig_free(&r);
}
END_TEST

/* --- from run to run --- */

/* @extra: more keys of the spec. */
static struct rig kept(const char *chip, const char *name, const char *extra)
{
	char spec[128];

	snprintf(spec, sizeof(spec), "%s,state=%s%s", chip, name, extra);
	return rig_new(spec);
}

/* Flash, units that are used up, protection, the empty flag and the ROM in step all stay. */
START_TEST(state_file_keeps_all)
{
	char name[] = "/tmp/check_sim_XXXXXX";
	struct rig r;

	close(mkstemp(name));
	unlink(name);
	r = kept("l432", name, "");
	rig_sync(&r);
	rig_write_hex(&r, FLASH, VECTORS);
	rig_try(&r, "639c", "79");
	rig_try(&r, "01020300", "79");
	again(&r);
	rig_free(&r);

	r = kept("l432", name, "");
	rig_try(&r, "02fd", "7901043579");
	rig_write_hex(&r, FLASH, "0000000000000000");
	rig_holds(&r, FLASH, VECTORS);
	ck_assert(write_protected(&r, 2));
	sim_reset(r.sim, false, r.now);
	ck_assert_int_eq(chip_state(r.chip), CHIP_ROM);
	rig_free(&r);

	/* Reset, the ROM waits for the first byte. */
	r = kept("l432", name, "");
	ck_assert_int_eq(chip_state(r.chip), CHIP_ROM);
	again(&r);
	rig_free(&r);

	r = kept("l432", name, ",power-cycle,boot=low");
	ck_assert_int_eq(chip_state(r.chip), CHIP_RUNNING);
	rig_holds(&r, FLASH, VECTORS);
	rig_free(&r);
	r = kept("l432", name, "");
	ck_assert_int_eq(chip_state(r.chip), CHIP_RUNNING);
	ck_assert_uint_eq(chip_pc(r.chip), FLASH + 9);
	rig_free(&r);
	unlink(name);
}
END_TEST

/* Options programmed but not in force stay so until power goes; pages stay as they are cut. */
START_TEST(state_file_keeps_what_is_not_in_force)
{
	char name[] = "/tmp/check_sim_XXXXXX";
	struct rig r;

	close(mkstemp(name));
	unlink(name);
	r = kept("g071,rom=0xb2", name, "");
	rig_sync(&r);
	rig_try(&r, "827d", "7979");
	rig_free(&r);
	r = kept("g071,rom=0xb2", name, "");
	ck_assert_int_eq(chip_rdp(r.chip), 0);
	rig_free(&r);
	r = kept("g071,rom=0xb2", name, ",power-cycle");
	ck_assert_int_eq(chip_rdp(r.chip), 1);
	rig_free(&r);
	unlink(name);

	r = kept("g474", name, "");
	rig_sync(&r);
	rig_write_hex(&r, 0x1FFF7800, "aaf8afff");
	rig_free(&r);
	r = kept("g474", name, "");
	ck_assert_uint_eq(chip_flash(r.chip)->pages, 128);
	rig_free(&r);
	unlink(name);
}
END_TEST

/* A file of another chip, or half of one, is refused and left as it is. */
START_TEST(state_file_of_another_chip_is_refused)
{
	char name[] = "/tmp/check_sim_XXXXXX", spec[64];
	struct err e = ERR_INIT;
	struct rig r;

	close(mkstemp(name));
	unlink(name);
	r = kept("f103", name, "");
	rig_free(&r);
	snprintf(spec, sizeof(spec), "f103cb,state=%s", name);
	ck_assert_ptr_null(sim_new(spec, &e));
	ck_assert_int_eq(e.code, ERR_OTHER);
	ck_assert_ptr_nonnull(strstr(e.msg, "not of a f103cb with 128 KB"));
	r = kept("f103", name, "");
	rig_free(&r);
	ck_assert_int_eq(truncate(name, 1000), 0);
	snprintf(spec, sizeof(spec), "f103,state=%s", name);
	ck_assert_ptr_null(sim_new(spec, &e));
	ck_assert_int_eq(e.code, ERR_OTHER);
	unlink(name);
}
END_TEST

/* Options that are not loaded are programmed, but not in force (G07x V11.2, USART). */
START_TEST(options_that_are_not_loaded_are_not_in_force)
{
	struct rig r = rig_new("g071,rom=0xb2");

	rig_sync(&r);
	rig_try(&r, "639c", "79");
	rig_try(&r, "01020300", "79");
	rig_holds(&r, 0x1FFF7818, "02ff03ff");
	ck_assert(!write_protected(&r, 3));
	again(&r);
	rig_write_hex(&r, 0x1FFF7800, "bbfefffe");
	ck_assert_int_eq(chip_rdp(r.chip), 0);
	sim_power_cycle(r.sim, true, r.now);
	ck_assert_int_eq(chip_rdp(r.chip), 1);
	ck_assert(write_protected(&r, 3));
	rig_free(&r);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sim_options");
	TCase *t = runner_case(s, "sim_options", 60);

	tcase_add_loop_test(t, factory_options_are_those_of_the_manual, 0, COUNT(factory_cases));
	tcase_add_loop_test(t, written_block_is_in_force_behind_a_reset, 0, COUNT(write_cases));
	tcase_add_loop_test(t, old_rom_takes_only_the_first_address, 0, 6);
	tcase_add_loop_test(t, written_level_is_in_force, 0, 13);
	tcase_add_loop_test(t, write_protect_shows_in_the_option_bytes, 0, COUNT(protect_cases));
	tcase_add_loop_test(t, protection_written_as_options_holds, 0, 6);
	tcase_add_loop_test(t, boot_bits_decide_what_starts, 0, COUNT(boot_cases));
	tcase_add_test(t, dual_boot_prefers_bank_2);
	tcase_add_loop_test(t, boot_lock_closes_every_way_into_the_rom, 0, 3);
	tcase_add_test(t, written_bank_option_recuts_the_pages);
	tcase_add_test(t, pcrop_area_reads_0_and_stays);
	tcase_add_test(t, pcrop_area_goes_with_the_regression);
	tcase_add_test(t, wireless_stack_survives_all);
	tcase_add_test(t, options_that_are_not_loaded_are_not_in_force);
	tcase_add_test(t, state_file_keeps_all);
	tcase_add_test(t, state_file_keeps_what_is_not_in_force);
	tcase_add_test(t, state_file_of_another_chip_is_refused);
	return runner_run(s);
}
