/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The simulated chip: what its memories take, what they lose, and how it comes out of reset. */
#include <unistd.h>

#include "tests/lib/sim_rig.h"


/* Bytes 1 to 256, as far as @len goes. */
static void write_count(struct rig *r, uint32_t addr, uint32_t len)
{
	uint8_t data[256];

	for (uint32_t i = 0; i < len; i++)
		data[i] = (uint8_t)(i + 1);
	rig_write(r, addr, data, len);
}

#define D8 "0102030405060708"
#define B8 "ffffffffffffffff"
#define D16 D8 "090a0b0c0d0e0f10"
#define D32 D16 "1112131415161718191a1b1c1d1e1f20"
#define B32 B8 B8 B8 B8
#define Z32 "0000000000000000000000000000000000000000000000000000000000000000"

/* Writes, each acknowledged, and what is there afterwards. */
static const struct {
	const char *rule, *spec;
	struct { uint32_t offset; const char *hex; } write[3];
	uint32_t look;
	const char *holds;
} program_cases[] = {
	{ "F1: half-words", "f103", { { 0, D8 } }, 0, D8 },
	{ "F1: a half-word that is not blank keeps what it has", "f103",
	  { { 0, "11223344" }, { 0, "55663344" } }, 0, "11223344" },
	{ "F1: only blank half-words of a block are taken", "f103",
	  { { 0, "1122ffff" }, { 0, "55663344" } }, 0, "11223344" },
	{ "F1: zero is always taken", "f103", { { 0, "11223344" }, { 0, "00003344" } }, 0,
	  "00003344" },
	{ "F0: the same", "f051", { { 0, "11223344" }, { 0, "55660000" } }, 0, "11220000" },
	{ "F3: the same", "f303", { { 0, "11223344" }, { 0, "55660000" } }, 0, "11220000" },
	{ "F1: AN3155 wants multiples of 4; what follows is lost too", "f103",
	  { { 0, "1122" }, { 8, D8 } }, 0, B8 B8 },
	{ "F1: address", "f103", { { 2, "11223344" }, { 8, D8 } }, 0, B8 B8 },
	{ "F4: bits are cleared", "f405", { { 0, "f0f0f0f0" }, { 0, "0fffffff" } }, 0, "00f0f0f0" },
	{ "F4: AN2606, minimum write 4", "f405", { { 0, "112233" }, { 8, D8 } }, 0, B8 B8 },
	{ "F412 (field): one odd length, and all later writes fail", "f412",
	  { { 0, "112233445566" }, { 8, D8 } }, 0, B8 B8 },
	{ "F7: AN2606, minimum write 8", "f746", { { 0, "11223344" }, { 8, D8 } }, 0, B8 B8 },
	{ "F7: bits are cleared", "f767", { { 0, B8 }, { 0, D8 } }, 0, D8 },
	{ "L4: double words", "l432", { { 0, D16 } }, 0, D16 },
	{ "L4: a double word is programmed once", "l432", { { 0, D8 }, { 0, "0000000000000000" } },
	  0, D8 },
	{ "L4: also one of all FF", "l432", { { 0, B8 }, { 0, D8 } }, 0, B8 },
	{ "L4: what follows the error is lost", "l432", { { 0, D8 }, { 0, D8 }, { 8, D8 } }, 0,
	  D8 B8 },
	{ "L4: length 4", "l432", { { 0, "11223344" }, { 8, D8 } }, 0, B8 B8 },
	{ "L4: address 4", "l476", { { 4, D8 }, { 8, D8 } }, 0, B8 B8 },
	{ "G0 (field): 8n + 4 is lost, whatever AN2606 says", "g071", { { 4, D8 }, { 8, D8 } }, 0,
	  B8 B8 },
	{ "G0: length 4", "g0b1", { { 0, "11223344" } }, 0, B8 },
	{ "G4", "g474", { { 0, D8 }, { 12, "11223344" } }, 0, D8 B8 },
	{ "C0", "c031", { { 0, D8 }, { 0, D8 }, { 8, D8 } }, 0, D8 B8 },
	{ "WB", "wb55", { { 0, D8 }, { 4, D8 } }, 0, D8 B8 },
	{ "L5: cells of 8, AN2606 asks 16", "l552", { { 0, D8 } }, 0, B8 },
	{ "L5", "l552", { { 0, D16 } }, 0, D16 },
	{ "U5: 16", "u575", { { 0, D16 }, { 16, D8 }, { 32, D16 } }, 0, D16 B32 },
	{ "H5: 16", "h563", { { 0, D16 }, { 8, D16 } }, 0, D16 B8 },
	{ "H743: cells of 32, padding is the host's", "h743", { { 0, D8 }, { 32, D32 } }, 0,
	  B32 B32 },
	{ "H743", "h743", { { 0, D32 }, { 32, D32 } }, 0, D32 D32 },
	{ "H723: 16 of 32", "h723", { { 16, D16 } }, 0, B32 },
	{ "H7A3: 16", "h7a3", { { 16, D16 } }, 0, B8 B8 D16 },
	{ "L0: whole half pages", "l073", { { 0, D32 D32 } }, 0, D32 D32 },
	{ "L0 (field): the first half of a half page is taken", "l073", { { 0, D32 } }, 0,
	  D32 Z32 },
	{ "L0 (field): the second half is lost", "l073", { { 0, D32 }, { 32, D32 } }, 0, D32 Z32 },
	{ "L0: each half page of a block for itself", "l053", { { 32, D32 D32 } }, 0, Z32 Z32 D32 },
	{ "L0: what is not zero stays", "l053", { { 0, D8 }, { 0, "ffffffffffffffff" } }, 0, D8 },
	{ "L0: length 4", "l053", { { 0, "11223344" }, { 64, D8 } }, 0, Z32 Z32 "00000000" },
	{ "L1: half pages of 128", "l152", { { 64, D32 D32 } }, 0, Z32 Z32 Z32 Z32 },
	{ "beyond the end", "f103cb", { { 128 * 1024 - 4, D8 } }, 128 * 1024 - 4, "01020304" },
	{ "lie: nothing is stored", "f103,lie", { { 0, D8 } }, 0, B8 },
	{ "write-protected", "f405,wrp=0", { { 0, D8 }, { 16384, D8 } }, 0, B8 },
	{ "the sector beside it is not", "f405,wrp=0", { { 0, D8 }, { 16384, D8 } }, 16384, D8 },
	{ "F1: a code stands for 4 pages", "f103,wrp=1", { { 4096, D8 } }, 4096, B8 },
	{ "F1: the page before them", "f103,wrp=1", { { 4095 - 7, D8 } }, 4095 - 7, D8 },
	{ "F1: code 31 stands for all the rest", "f103he,wrp=31", { { 511 * 1024, D8 } },
	  511 * 1024, B8 },
	{ "L4: first and last page", "l432,wrp=2+3", { { 8191 - 7, D8 } }, 8191 - 7, B8 },
	{ "L4: the page behind them", "l432,wrp=2+3", { { 8192, D8 } }, 8192, D8 },
	{ "F42x: sectors of bank 2", "f427,wrp=12", { { 1 << 20, D8 } }, 1 << 20, B8 },
	{ "L4: pages of bank 2", "l476,wrp=255+0+255+0+3+4",
	  { { 259 * 2048, D8 }, { 261 * 2048, D8 } }, 259 * 2048, B8 },
	{ "L4: behind them", "l476,wrp=255+0+255+0+3+4",
	  { { 259 * 2048, D8 }, { 261 * 2048, D8 } }, 261 * 2048, D8 },
	{ "L0: 32 pages", "l073,wrp=1", { { 4096, D32 } }, 4096, Z32 },
	{ "WB: all of 256 pages", "wb55,write-protected", { { 1020 * 1024, D8 } }, 1020 * 1024,
	  B8 },
	{ "G474: both banks", "g474,write-protected", { { 510 * 1024, D8 } }, 510 * 1024, B8 },
	{ "U5", "u575,write-protected", { { 2040 * 1024, D16 } }, 2040 * 1024, B8 B8 },
};

START_TEST(programming_follows_the_rules_of_the_family)
{
	struct rig r = rig_new(program_cases[_i].spec);

	rig_sync(&r);
	for (int i = 0; i < 3 && program_cases[_i].write[i].hex; i++)
		rig_write_hex(&r, FLASH + program_cases[_i].write[i].offset,
			  program_cases[_i].write[i].hex);
	rig_holds(&r, FLASH + program_cases[_i].look, program_cases[_i].holds);
	rig_free(&r);
}
END_TEST

/* The error flag goes with an erase, and with a reset (AN2606: until then all writes fail). */
START_TEST(error_flag_stays_until_an_erase_or_reset)
{
	struct rig r = rig_new("l432");

	rig_sync(&r);
	rig_write_hex(&r, FLASH + 4, D8);
	rig_write_hex(&r, FLASH + 2048, D8);
	rig_holds(&r, FLASH + 2048, B8);
	rig_try(&r, "44bb", "79");
	rig_try(&r, "0000000000", "79");
	rig_write_hex(&r, FLASH + 2048, D8);
	rig_holds(&r, FLASH + 2048, D8);

	rig_write_hex(&r, FLASH + 12, D8);
	sim_reset(r.sim, true, r.now);
	r.now += NSEC_PER_SEC;
	rig_sync(&r);
	rig_write_hex(&r, FLASH + 4096, D8);
	rig_holds(&r, FLASH + 4096, D8);
	rig_free(&r);
}
END_TEST

/* An erased page can be programmed again, and reads as erased pages of this family do. */
START_TEST(erased_page_is_blank_and_writable_again)
{
	static const struct { const char *spec, *erase, *blank; } cases[] = {
		{ "f103", "000101", B8 }, { "l432", "0000000101", B8 },
		{ "l073", "0000001010", "0000000000000000" },
		{ "f405", "0000000000", B8 },
	};
	const char *erase = cases[_i].erase;
	struct rig r = rig_new(cases[_i].spec);
	uint32_t addr = FLASH + (_i == 3 ? 0 : 2048);

	if (_i == 0)
		addr = FLASH + 1024;
	rig_sync(&r);
	write_count(&r, addr, 64);
	rig_try(&r, _i == 0 ? "43bc" : "44bb", "79");
	rig_try(&r, erase, "79");
	rig_holds(&r, addr, cases[_i].blank);
	write_count(&r, addr, 64);
	rig_holds(&r, addr, D32);
	rig_free(&r);
}
END_TEST

/* Which bytes a page number stands for, in both layouts of the chips that have two. */
static const struct {
	const char *spec;
	uint32_t page, first, bytes;
} page_cases[] = {
	{ "f103", 63, 63 * 1024, 1024 },
	{ "f103xl", 256, 512 * 1024, 2048 },
	{ "f405", 4, 64 * 1024, 64 * 1024 },
	{ "f405", 11, 7 * 128 * 1024, 128 * 1024 },
	{ "f427", 12, 1 << 20, 16 * 1024 },
	{ "f427,size=1024,db1m=0", 11, 7 * 128 * 1024, 128 * 1024 },
	{ "f427,size=1024,db1m=1", 12, 512 * 1024, 16 * 1024 },
	{ "f767", 1, 32 * 1024, 32 * 1024 },
	{ "f767,dbank=1", 1, 16 * 1024, 16 * 1024 },
	{ "f767,dbank=1", 12, 1 << 20, 16 * 1024 },
	{ "f767,dbank=0", 11, 7 * 256 * 1024, 256 * 1024 },
	{ "l476,size=512", 256, 256 * 1024, 2048 },
	{ "l476,size=512,dualbank=0", 255, 255 * 2048, 2048 },
	{ "g474", 1, 2048, 2048 },
	{ "g474,dbank=0", 1, 4096, 4096 },
	{ "g474,size=128", 128, 256 * 1024, 2048 },
	{ "l4r5", 1, 4096, 4096 },
	{ "l4r5,dbank=0", 1, 8192, 8192 },
	{ "l552", 255, 255 * 2048, 2048 },
	{ "l552,dbank=0", 127, 127 * 4096, 4096 },
	{ "h743", 8, 1 << 20, 128 * 1024 },
	{ "h743,size=1024", 8, 1 << 20, 128 * 1024 },
	{ "h7a3,size=1024", 128, 1 << 20, 8192 },
	{ "l073", 1535, 1535 * 128, 128 },
	{ "l152xd", 1535, 1535 * 256, 256 },
};

START_TEST(erase_of_a_page_blanks_just_that_page)
{
	char frame[16], spec[64];
	struct rig r;
	uint8_t edge[2];
	uint32_t page = page_cases[_i].page, first = FLASH + page_cases[_i].first;
	uint32_t last = first + page_cases[_i].bytes - 1;

	snprintf(spec, sizeof(spec), "%s,fill=pattern", page_cases[_i].spec);
	r = rig_new(spec);
	rig_sync(&r);
	if (strncmp(spec, "f103,", 5) == 0) {
		rig_try(&r, "43bc", "79");
		snprintf(frame, sizeof(frame), "00%02x%02x", page, page);
	} else {
		rig_try(&r, "44bb", "79");
		snprintf(frame, sizeof(frame), "0000%04x%02x", page, (page >> 8 ^ page) & 0xFF);
	}
	rig_try(&r, frame, "79");
	ck_assert_uint_eq(chip_page_erases(r.chip, page), 1);
	ck_assert_int_eq(chip_peek(r.chip, first, edge, 1), 0);
	ck_assert_int_eq(chip_peek(r.chip, last, edge + 1, 1), 0);
	ck_assert_msg((edge[0] == 0xFF || edge[0] == 0) && edge[0] == edge[1], "edges %02x %02x",
		      edge[0], edge[1]);
	if (chip_peek(r.chip, first - 1, edge, 1) == 0 && first > FLASH)
		ck_assert(edge[0] != 0xFF && edge[0] != 0);
	if (chip_peek(r.chip, last + 1, edge, 1) == 0 && last + 1 < 0x08080000 + 0x180000)
		ck_assert(edge[0] != 0xFF && edge[0] != 0);
	rig_free(&r);
}
END_TEST

/* --- what is where --- */

static const struct {
	const char *spec;
	uint32_t addr;
	const char *holds;
} read_cases[] = {
	{ "f103,size=128", 0x1FFFF7E0, "8000" },
	{ "f103", 0x1FFFF7E8, "2a001b000e51383331363734" },
	{ "f103,uid=00112233445566778899aabb", 0x1FFFF7E8, "00112233445566778899aabb" },
	{ "f103", 0x1FFFF800, "a55aff00ff00ff00ff00ff00ff00ff00" },
	{ "f103,rdp=1", 0x1FFFF800, "bb44" },
	{ "f103,wrp=0+9", 0x1FFFF808, "fe01fd02ff00ff00" },
	{ "f051", 0x1FFFF800, "aa55" },
	{ "f051", 0x1FFFF7A6, "21" },
	{ "f405", 0x1FFFC001, "aa" },
	{ "f405,wrp=3", 0x1FFFC008, "f70f" },
	{ "f405,rom=0x31", 0x1FFF77DE, "31" },
	{ "f427,wrp=13", 0x1FFEC008, "fdff" },
	{ "f767,dbank=1", 0x1FFF0009, "df" },
	{ "f767", 0x1FFF0009, "ff" },
	{ "l073", 0x1FF80000, "aa0055ff" },
	{ "l152xd", 0x1FF800CC, "0000" },
	{ "l152xd,size=256", 0x1FF800CC, "0100" },
	{ "l432", 0x1FFF7800, "aaf8efff55071000" },
	{ "l432", 0x1FFF6FFE, "91" },
	{ "l432,wrp=2+3", 0x1FFF7818, "02ff03ff" },
	{ "g474,dbank=0", 0x1FFF7802, "af" },
	{ "g031", 0x1FFF75E0, "c0ff" },
	{ "wb55", 0x1FFF75E0, "00fc" },
	{ "l552,dbank=0", 0x40022042, "af" },
	{ "h743", 0x5200201D, "aa" },
	{ "h563", 0x40022051, "ed" },
	{ "h743", 0x1FF1E880, "0008" },
};

START_TEST(each_memory_is_where_it_belongs)
{
	struct rig r = rig_new(read_cases[_i].spec);

	rig_holds(&r, read_cases[_i].addr, read_cases[_i].holds);
	rig_free(&r);
}
END_TEST

/* F4, L0 (field): size and ID are right only in a read of the block around them. */
START_TEST(short_info_read_is_wrong)
{
	struct rig r = rig_new("f405");
	uint8_t block[256], two[2];

	rig_sync(&r);
	rig_read(&r, 0x1FFF7A00, block, 256);
	ck_assert_uint_eq(block[0x22] | block[0x23] << 8, 1024);
	rig_read(&r, 0x1FFF7A22, two, 2);
	ck_assert(memcmp(two, block + 0x22, 2) != 0);
	rig_free(&r);

	r = rig_new("f103");
	rig_sync(&r);
	rig_read(&r, 0x1FFFF7E0, two, 2);
	ck_assert_uint_eq(two[0] | two[1] << 8, 64);
	rig_free(&r);
}
END_TEST

/*
 * Supply range register of F2, F4, F7: words in place of bytes make programming four times as fast.
 */
START_TEST(supply_range_decides_the_programming_time)
{
	struct rig r = rig_new("f405");
	uint8_t range;
	int64_t slow, fast;

	rig_sync(&r);
	write_count(&r, FLASH, 256);
	slow = chip_busy_ns(r.chip);
	rig_write_hex(&r, 0xFFFF0000, "03ffffff");
	rig_read(&r, 0xFFFF0000, &range, 1);
	ck_assert_uint_eq(range, 3);
	write_count(&r, FLASH + 256, 256);
	fast = chip_busy_ns(r.chip) - slow;
	ck_assert_int_eq(fast * 4, slow);
	rig_holds(&r, FLASH + 256, D32);
	rig_try(&r, "44bb", "79");
	rig_try(&r, "0000000101", "79");
	ck_assert_int_eq(chip_busy_ns(r.chip) - slow - fast, 200 * NSEC_PER_MSEC);

	rig_try(&r, "31ce", "79");
	rig_address(&r, 0xFFFF0000, "79");
	rig_try(&r, "030300ffff00", "1f");

	sim_reset(r.sim, true, r.now);
	r.now += NSEC_PER_SEC;
	rig_sync(&r);
	rig_read(&r, 0xFFFF0000, &range, 1);
	ck_assert_uint_eq(range, 0);
	slow = chip_busy_ns(r.chip);
	rig_try(&r, "44bb", "79");
	rig_try(&r, "0000000101", "79");
	ck_assert_int_eq(chip_busy_ns(r.chip) - slow, 400 * NSEC_PER_MSEC);
	rig_free(&r);
}
END_TEST

START_TEST(data_memory_is_written_byte_by_byte)
{
	struct rig r = rig_new("l073");

	rig_sync(&r);
	rig_write_hex(&r, 0x08080001, "aabb");
	rig_write_hex(&r, 0x08080001, "cc");
	rig_holds(&r, 0x08080000, "00ccbb00");
	rig_free(&r);
}
END_TEST

/* One-time bytes lose ones for ever; RAM loses all without power, and keeps it through a reset. */
START_TEST(otp_only_loses_ones_and_ram_loses_all_without_power)
{
	struct rig r = rig_new("f405");

	rig_sync(&r);
	rig_write_hex(&r, 0x1FFF7800, "f0f0");
	rig_write_hex(&r, 0x1FFF7800, "3cff");
	rig_holds(&r, 0x1FFF7800, "30f0ff");
	rig_write_hex(&r, 0x20004000, D8);
	sim_reset(r.sim, true, r.now);
	rig_holds(&r, 0x20004000, D8);
	sim_power_cycle(r.sim, true, r.now);
	rig_holds(&r, 0x20004000, "0000000000000000");
	rig_holds(&r, 0x1FFF7800, "30f0ff");
	rig_free(&r);
}
END_TEST

/* --- reset and boot --- */

static void reset_board(struct rig *r, bool boot0)
{
	sim_reset(r->sim, boot0, r->now);
	r->now += NSEC_PER_SEC;
}

#define VECTORS "0010002009000008fee7fee7fee7fee7"

START_TEST(boot0_selects_what_starts)
{
	struct rig r = rig_new("f103");

	rig_sync(&r);
	rig_write_hex(&r, FLASH, VECTORS);
	reset_board(&r, true);
	ck_assert_int_eq(chip_state(r.chip), CHIP_ROM);
	reset_board(&r, false);
	ck_assert_int_eq(chip_state(r.chip), CHIP_RUNNING);
	ck_assert_uint_eq(chip_pc(r.chip), FLASH + 9);
	ck_assert_uint_eq(chip_sp(r.chip), 0x20001000);
	ck_assert_uint_eq(chip_resets(r.chip), 2);
	rig_try(&r, "7f7f", "");
	rig_free(&r);
}
END_TEST

START_TEST(blank_flash_locks_up)
{
	struct rig r = rig_new("f103");

	reset_board(&r, false);
	ck_assert_int_eq(chip_state(r.chip), CHIP_LOCKED_UP);
	rig_free(&r);
}
END_TEST

/*
 * Empty check: found out at power-on, used at every reset, so a fresh program does not start by
 * NRST alone.
 */
START_TEST(empty_flag_is_found_out_at_power_on)
{
	struct rig r = rig_new("l432");

	rig_sync(&r);
	rig_write_hex(&r, FLASH, VECTORS);
	reset_board(&r, false);
	ck_assert_int_eq(chip_state(r.chip), CHIP_ROM);
	sim_power_cycle(r.sim, false, r.now);
	ck_assert_int_eq(chip_state(r.chip), CHIP_RUNNING);
	rig_free(&r);
}
END_TEST

/* An option byte write ends in a plain reset on L43x, in an option byte launch on G0. */
START_TEST(option_launch_looks_at_the_flash_again)
{
	static const struct { const char *spec; enum chip_state state; } cases[] = {
		{ "l432", CHIP_ROM }, { "g071,nboot_sel=1", CHIP_RUNNING },
		{ "g071,nboot_sel=1,rom=0xb2", CHIP_ROM },
	};

	struct rig r = rig_new(cases[_i].spec);
	uint8_t block[8];

	rig_sync(&r);
	rig_write_hex(&r, FLASH, VECTORS);
	/* The write is repeated with the pin low: only the launch looks at the flash again. */
	chip_set_boot0(r.chip, false);
	rig_read(&r, 0x1FFF7800, block, 8);
	rig_write(&r, 0x1FFF7800, block, 8);
	ck_assert_int_eq(chip_state(r.chip), cases[_i].state);
	rig_free(&r);
}
END_TEST

/*
 * C051 and its like clear the flag when their ROM starts: the first reset boots blank flash
 * (AN2606).
 */
START_TEST(rom_that_clears_the_empty_flag_is_left_by_a_reset)
{
	struct rig r = rig_new("g0b1,nboot_sel=1");

	rig_sync(&r);
	reset_board(&r, true);
	ck_assert_int_eq(chip_state(r.chip), CHIP_LOCKED_UP);
	rig_try(&r, "7f", "");
	sim_power_cycle(r.sim, true, r.now);
	r.now += NSEC_PER_SEC;
	rig_sync(&r);
	rig_free(&r);
}
END_TEST

/* Level 2: no way into the ROM, but on F74x, which then tells only what it is (AN2606). */
START_TEST(level_2_leaves_no_way_in)
{
	struct rig r = rig_new("f405,rdp=2");

	ck_assert_int_eq(chip_rdp(r.chip), 2);
	rig_try(&r, "7f", "");
	rig_free(&r);

	r = rig_new("f746,rdp=2");
	rig_sync(&r);
	rig_try(&r, "02fd", "7901044979");
	rig_try(&r, "926d", "1f");
	rig_try(&r, "11ee", "1f");
	rig_free(&r);
}
END_TEST

/* --- code in RAM --- */

/*
 * The 32 bytes that ask for a reset through AIRCR (Armv6-M Architecture Reference Manual), at
 * @base.
 */
static void write_reset_code(struct rig *r, uint32_t base)
{
	uint8_t code[32];
	uint32_t sp = base + 0x200, entry = (base + 8) | 1;

	for (int i = 0; i < 4; i++) {
		code[i] = (uint8_t)(sp >> 8 * i);
		code[4 + i] = (uint8_t)(entry >> 8 * i);
	}
	rig_hex("024803490160bff34f8ffee70ced00e00400fa0500000000", code + 8, 24);
	rig_write(r, base, code, sizeof(code));
}

START_TEST(code_in_ram_can_reset)
{
	static const char *const specs[] = {
		"f103", "f405", "l432", "g071", "h743", "u575", "x33"
	};
	struct rig r = rig_new(specs[_i]);
	static const uint32_t base[] = {
		0x20001000, 0x20004000, 0x20004000, 0x20003000, 0x20005000, 0x20005000, 0x20005000
	};

	if (!runner_runs_code()) {
		rig_free(&r);
		return;
	}
	rig_sync(&r);
	write_reset_code(&r, base[_i]);
	rig_try(&r, "21de", "79");
	rig_address(&r, base[_i], "79");
	ck_assert_uint_eq(chip_resets(r.chip), 1);
	ck_assert_int_eq(chip_state(r.chip), CHIP_ROM);
	rig_try(&r, "00ff", "");
	sim_reset(r.sim, true, r.now);
	r.now += NSEC_PER_SEC;
	rig_sync(&r);
	rig_free(&r);
}
END_TEST

/*
 * A loop over pairs of address and value, in RAM at 0x20004000 (CMSIS: FLASH_KEYR, FLASH_OPTKEYR,
 * FLASH_CR with OBL_LAUNCH, FLASH_SR with PEMPTY), started with a program in flash and the pin low.
 */
#define LOOP "004300200940002003a006c8002901d00a60fae7fee700bf"
#define KEYS "0820024023016745" "08200240ab89efcd"
#define OPTKEYS "0c2002403b2a1908" "0c2002407f6e5d4c"
#define LAUNCH "1420024000000008"
#define END "0000000000000000"

static const struct {
	const char *what, *spec, *table;
	enum chip_state state;
	uint32_t pc;
	unsigned int resets;
} launch_cases[] = {
	{ "L4: launched, and the flash is no longer empty", "l432", KEYS OPTKEYS LAUNCH END,
	  CHIP_RUNNING, FLASH + 9, 1 },
	{ "G0", "g071", KEYS OPTKEYS LAUNCH END, CHIP_RUNNING, FLASH + 9, 1 },
	{ "without the second pair of keys nothing happens", "l432", KEYS LAUNCH END,
	  CHIP_RUNNING, 0x20004009, 0 },
	{ "nor with a wrong key", "l432", "0820024000000000" KEYS OPTKEYS LAUNCH END,
	  CHIP_RUNNING, 0x20004009, 0 },
	{ "AIRCR alone: the flag stays, the ROM comes back", "l432", "0ced00e00400fa05" END,
	  CHIP_ROM, 0x20004009, 1 },
	{ "L4: the flag turned over, then AIRCR", "l432",
	  "1020024000000200" "0ced00e00400fa05" END, CHIP_RUNNING, FLASH + 9, 1 },
	{ "G0: the flag written 0, then AIRCR", "g071",
	  "0020024000000000" "0ced00e00400fa05" END, CHIP_RUNNING, FLASH + 9, 1 },
};

START_TEST(code_in_ram_can_load_option_bytes)
{
	struct rig r = rig_new(launch_cases[_i].spec);
	char code[256];

	if (!runner_runs_code()) {
		rig_free(&r);
		return;
	}
	rig_sync(&r);
	rig_write_hex(&r, FLASH, VECTORS);
	snprintf(code, sizeof(code), "%s%s", LOOP, launch_cases[_i].table);
	rig_write_hex(&r, 0x20004000, code);
	chip_set_boot0(r.chip, false);
	rig_try(&r, "21de", "79");
	rig_address(&r, 0x20004000, "79");
	ck_assert_int_eq(chip_state(r.chip), launch_cases[_i].state);
	ck_assert_uint_eq(chip_pc(r.chip), launch_cases[_i].pc);
	ck_assert_uint_eq(chip_resets(r.chip), launch_cases[_i].resets);
	rig_free(&r);
}
END_TEST

/* L47x V10.1 corrupts what is written to RAM (AN2606): the code does not do what it should. */
START_TEST(defective_rom_spoils_what_is_written_to_ram)
{
	struct rig r = rig_new("l476,rom=0xa1");

	rig_sync(&r);
	rig_write_hex(&r, 0x20004000, D16);
	rig_holds(&r, 0x20004000, "01020304050607f7");
	rig_free(&r);
}
END_TEST

/* --- files --- */

START_TEST(flash_file_is_loaded_and_saved)
{
	char name[] = "/tmp/check_sim_XXXXXX", spec[64];
	int fd = mkstemp(name);
	struct err e = ERR_INIT;
	struct rig r;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "\x11\x22", 2), 2);
	close(fd);
	snprintf(spec, sizeof(spec), "f103,flash=%s", name);
	r = rig_new(spec);
	rig_holds(&r, FLASH, "1122ffff");
	rig_sync(&r);
	rig_write_hex(&r, FLASH + 4, "33445566");
	rig_free(&r);
	r = rig_new(spec);
	rig_holds(&r, FLASH, "1122ffff33445566");
	rig_free(&r);

	ck_assert_int_eq(truncate(name, 65537), 0);
	ck_assert_ptr_null(sim_new(spec, &e));
	ck_assert_int_eq(e.code, ERR_OTHER);
	ck_assert_ptr_nonnull(strstr(e.msg, "larger"));
	unlink(name);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sim_chip");
	TCase *t = runner_case(s, "sim_chip", 60);

	tcase_add_loop_test(t, programming_follows_the_rules_of_the_family,
			    0, COUNT(program_cases));
	tcase_add_test(t, error_flag_stays_until_an_erase_or_reset);
	tcase_add_loop_test(t, erased_page_is_blank_and_writable_again, 0, 4);
	tcase_add_loop_test(t, erase_of_a_page_blanks_just_that_page, 0, COUNT(page_cases));
	tcase_add_loop_test(t, each_memory_is_where_it_belongs, 0, COUNT(read_cases));
	tcase_add_test(t, short_info_read_is_wrong);
	tcase_add_test(t, supply_range_decides_the_programming_time);
	tcase_add_test(t, data_memory_is_written_byte_by_byte);
	tcase_add_test(t, otp_only_loses_ones_and_ram_loses_all_without_power);
	tcase_add_test(t, boot0_selects_what_starts);
	tcase_add_test(t, blank_flash_locks_up);
	tcase_add_test(t, empty_flag_is_found_out_at_power_on);
	tcase_add_loop_test(t, option_launch_looks_at_the_flash_again, 0, 3);
	tcase_add_test(t, rom_that_clears_the_empty_flag_is_left_by_a_reset);
	tcase_add_test(t, level_2_leaves_no_way_in);
	tcase_add_loop_test(t, code_in_ram_can_reset, 0, 7);
	tcase_add_loop_test(t, code_in_ram_can_load_option_bytes, 0, COUNT(launch_cases));
	tcase_add_test(t, defective_rom_spoils_what_is_written_to_ram);
	tcase_add_test(t, flash_file_is_loaded_and_saved);
	return runner_run(s);
}
