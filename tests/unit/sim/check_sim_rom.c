/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simulated ROM: byte transcripts of every command, of every refusal, and of every known
 * defect.
 */
#include "tests/lib/sim_rig.h"

#define ADDR_FLASH "0800000008"

/* After 0x7F and its ACK: what is sent, and exactly what must come back. */
static const struct {
	const char *rule, *spec;
	struct { const char *in, *out; } step[12];
} transcripts[] = {
	{ "Get, protocol 2.2", "f103", { { "00ff", "790b22000102112131436373829279" } } },
	{ "Get, 3.1", "l432", { { "00ff", "790b31000102112131446373829279" } } },
	{ "Get, 3.0", "f103xl", { { "00ff", "790b30000102112131446373829279" } } },
	{ "Get, 3.3 lists Get Checksum", "x33",
	  { { "00ff", "790c330001021121314463738292a179" } } },
	{ "Get, 4.0", "h563", { { "00ff", "790a400001021121314450637379" } } },
	{ "Get, F107 reports 2.0 (AN2606)", "f107",
	  { { "00ff", "790b20000102112131436373829279" } } },
	{ "Get, H743 V9.0 announces 13 (AN2606)", "h743,rom=0x90",
	  { { "00ff", "790d31000102112131446373829279" } } },
	{ "Get Version", "f103", { { "01fe", "7922000079" } } },
	{ "Get Version", "wb55", { { "01fe", "7932000079" } } },
	{ "Get ID", "f103", { { "02fd", "7901041079" } } },
	{ "Get ID", "l432", { { "02fd", "7901043579" } } },

	{ "a bad complement", "f103",
	  { { "0000", "1f" }, { "00fe", "1f" }, { "00ff", "790b22000102112131436373829279" } } },
	{ "a command of another generation", "f103",
	  { { "44bb", "1f" }, { "a15e", "1f" }, { "50af", "1f" } } },
	{ "a command of another generation", "l432", { { "43bc", "1f" }, { "a15e", "1f" } } },
	{ "H5 has no read-out protection commands", "h563",
	  { { "827d", "1f" }, { "926d", "1f" } } },
	{ "0x7F in step and idle is half a pair", "f103",
	  { { "7f", "" }, { "7f", "1f" }, { "02fd", "7901041079" } } },
	{ "0x7F after half a pair", "f103",
	  { { "31", "" }, { "7f", "1f" }, { "02fd", "7901041079" } } },
	{ "7F 80 is a pair but no command", "f103", { { "7f80", "1f" } } },

	{ "Read: address checksum", "f103",
	  { { "11ee", "79" }, { "0800000009", "1f" }, { "01fe", "7922000079" } } },
	{ "Read: no memory there", "f103", { { "11ee", "79" }, { "0000000000", "1f" } } },
	{ "Read: behind this part's flash", "f103", { { "11ee", "79" }, { "0801000009", "1f" } } },
	{ "Read: peripherals", "l432", { { "11ee", "79" }, { "4002200062", "1f" } } },
	{ "Read: the ROM's own RAM", "f103", { { "11ee", "79" }, { "2000010021", "1f" } } },
	{ "Read: RAM", "f103",
	  { { "11ee", "79" }, { "2000020022", "79" }, { "03fc", "7900000000" } } },
	{ "Read: length checksum", "f103",
	  { { "11ee", "79" }, { ADDR_FLASH, "79" }, { "0000", "1f" }, { "02fd", "7901041079" } } },
	{ "Read: one byte, no ACK behind it", "f103",
	  { { "11ee", "79" }, { ADDR_FLASH, "79" }, { "00ff", "79ff" } } },
	{ "Read: no alignment", "f103",
	  { { "11ee", "79" }, { "0800000109", "79" }, { "02fd", "79ffffff" } } },
	{ "Read: off the end, the ROM hangs", "f103",
	  { { "11ee", "79" }, { "0800fffe09", "79" }, { "03fc", "79ffff" }, { "01fe", "" },
	    { "7f", "" } } },

	{ "Write: address checksum", "f103", { { "31ce", "79" }, { "0800000000", "1f" } } },
	{ "Write: system memory", "f103", { { "31ce", "79" }, { "1ffff00010", "1f" } } },
	{ "Write: the ROM's own RAM", "l432", { { "31ce", "79" }, { "2000000020", "1f" } } },
	{ "Write: data checksum", "f103",
	  { { "31ce", "79" }, { ADDR_FLASH, "79" }, { "031122334400", "1f" }, { "11ee", "79" },
	    { ADDR_FLASH, "79" }, { "03fc", "79ffffffff" } } },
	{ "Write", "f103",
	  { { "31ce", "79" }, { ADDR_FLASH, "79" }, { "031122334447", "79" }, { "11ee", "79" },
	    { ADDR_FLASH, "79" }, { "03fc", "7911223344" } } },
	{ "Write: F1 takes option bytes only at their first address", "f103",
	  { { "31ce", "79" }, { "1ffff8021a", "79" }, { "01ff00fe", "1f" } } },

	{ "Erase: list checksum", "f103", { { "43bc", "79" }, { "000001", "1f" } } },
	{ "Erase: pages that are not there are passed over", "f103",
	  { { "43bc", "79" }, { "01c800c9", "79" } } },
	{ "Erase: FF and not 00", "f103",
	  { { "43bc", "79" }, { "ff7f", "79" }, { "01fe", "7922000079" } } },
	{ "Extended Erase: list checksum", "l432", { { "44bb", "79" }, { "0000000001", "1f" } } },
	{ "Extended Erase: a page that is not there", "l432",
	  { { "44bb", "79" }, { "0000800080", "79" } } },
	{ "Extended Erase: mass erase needs 00", "l432", { { "44bb", "79" }, { "ffffff", "1f" } } },
	{ "Extended Erase: mass erase", "l432", { { "44bb", "79" }, { "ffff00", "79" } } },
	{ "Extended Erase: one bank only", "l432", { { "44bb", "79" }, { "fffe01", "1f" } } },
	{ "Extended Erase: reserved codes", "l476",
	  { { "44bb", "79" }, { "fff00f", "1f" }, { "44bb", "79" }, { "fffc03", "1f" } } },
	{ "Extended Erase: L0 has no mass erase", "l073",
	  { { "44bb", "79" }, { "ffff00", "1f" } } },
	{ "Extended Erase: L1 has none", "l152", { { "44bb", "79" }, { "ffff00", "1f" } } },

	{ "Go: neither flash nor RAM", "f103", { { "21de", "79" }, { "1ffff00010", "1f" } } },
	{ "Go: the ROM's own RAM", "f103", { { "21de", "79" }, { "2000000020", "1f" } } },
	{ "Go: address checksum", "f103", { { "21de", "79" }, { "0800000000", "1f" } } },
	{ "Go: blank flash locks up", "f103",
	  { { "21de", "79" }, { ADDR_FLASH, "79" }, { "01fe", "" } } },

	{ "level 1: what is refused", "f103,rdp=1",
	  { { "11ee", "1f" }, { "21de", "1f" }, { "31ce", "1f" }, { "43bc", "1f" },
	    { "639c", "1f" }, { "738c", "1f" }, { "827d", "1f" },
	    { "00ff", "790b22000102112131436373829279" }, { "01fe", "7922000079" },
	    { "02fd", "7901041079" } } },
	{ "level 1: Get Checksum", "x33,rdp=1", { { "a15e", "1f" }, { "44bb", "1f" } } },
	{ "level 1: two NACKs (F40x V3.1)", "f405,rdp=1,rom=0x31",
	  { { "11ee", "1f1f" }, { "21de", "1f1f" }, { "31ce", "1f1f" }, { "44bb", "1f" },
	    { "02fd", "7901041379" } } },
	{ "level 1: two NACKs (F05x)", "f051,rdp=1", { { "11ee", "1f1f" } } },
	{ "level 1: one NACK (F40x V9.1)", "f405,rdp=1", { { "11ee", "1f" } } },

	{ "missing NACK (F40x V3.0): the next pair is a command", "f405,rom=0x30",
	  { { "11ee", "79" }, { "1000000010", "" }, { "02fd", "7901041379" } } },
	{ "missing NACK: also in Write", "f205,rom=0x20",
	  { { "31ce", "79" }, { "1000000010", "" }, { "0311", "1f" } } },
	{ "missing NACK: not in Go", "f405,rom=0x30",
	  { { "21de", "79" }, { "1000000010", "1f" } } },
	{ "missing NACK: not for a bad checksum", "l152",
	  { { "11ee", "79" }, { "1000000011", "1f" } } },

	{ "Get Checksum: nothing", "x33",
	  { { "a15e", "79" }, { ADDR_FLASH, "79" }, { "0000000000", "1f" } } },
	{ "Get Checksum: nothing, inside flash", "x33",
	  { { "a15e", "79" }, { "080000040c", "79" }, { "0000000000", "1f" } } },
	{ "Get Checksum: beyond the end", "x33",
	  { { "a15e", "79" }, { ADDR_FLASH, "79" }, { "0001000101", "1f" } } },
	/* CRC-32/MPEG-2 of ff ff ff ff, computed by hand: the register stays 0, 0 shifts to 0. */
	{ "Get Checksum: one blank word", "x33",
	  { { "a15e", "79" }, { ADDR_FLASH, "79" }, { "0000000101", "79" }, { "04c11db76f", "79" },
	    { "ffffffff00", "79790000000000" } } },
	/* The hardware's CRC of 12345678 (field: STM32 CRC unit, default settings). */
	{ "Get Checksum: words are taken in little endian", "x33",
	  { { "31ce", "79" }, { "2000500070", "79" },
	    { "0f7856341200000000000000000000000007", "79" }, { "a15e", "79" },
	    { "2000500070", "79" }, { "0000000101", "79" }, { "04c11db76f", "79" },
	    { "ffffffff00", "7979df8a8a2bf4" } } },
	{ "Read Memory: nothing lies beside the size register", "l432",
	  { { "11ee", "79" }, { "1fff750095", "1f" }, { "02fd", "7901043579" } } },
	{ "Read Memory: the size register", "l432",
	  { { "11ee", "79" }, { "1fff75e075", "79" }, { "01fe", "790001" } } },
	{ "Read Memory: the block of the size register", "f405",
	  { { "11ee", "79" }, { "1fff7a009a", "79" } } },
	{ "Special: unknown", "h563", { { "50af", "79" }, { "123426", "1f" } } },
	{ "Special: too long, the rest is taken for commands", "h563",
	  { { "50af", "79" }, { "000101", "79" }, { "0081", "1f" }, { "02fd", "7901048479" } } },
	{ "Special: a product state", "h563",
	  { { "50af", "79" }, { "000101", "79" }, { "00041700000013", "79000000010079" },
	    { "02fd", "7901048479" } } },
	{ "Special: no such product state", "h563",
	  { { "50af", "79" }, { "000101", "79" }, { "00044200000046", "79000000010179" },
	    { "02fd", "7901048479" } } },
	{ "Special: a product state is four bytes", "h563",
	  { { "50af", "79" }, { "000101", "79" }, { "00011716", "79000000010179" } } },
	{ "Special: no product state leads back", "h563",
	  { { "50af", "79" }, { "000101", "79" }, { "00047200000076", "79000000010079" },
	    { "50af", "79" }, { "000101", "79" }, { "0004ed000000e9", "79000000010179" } } },
	{ "Special: reset", "h563",
	  { { "50af", "79" }, { "000202", "79" }, { "000000", "79000000010079" },
	    { "02fd", "" } } },
};

START_TEST(rom_answers_as_its_transcript)
{
	struct rig r = rig_new(transcripts[_i].spec);

	rig_sync(&r);
	for (int i = 0; i < 12 && transcripts[_i].step[i].in; i++)
		rig_try(&r, transcripts[_i].step[i].in, transcripts[_i].step[i].out);
	rig_free(&r);
}
END_TEST

/* --- what becomes of memory --- */

static bool blank(struct rig *r, uint32_t addr)
{
	uint8_t b[2];

	ck_assert_int_eq(chip_peek(r->chip, addr, b, 2), 0);
	return b[0] == 0xFF && b[1] == 0xFF;
}

/* A frame whose last byte is the XOR of the others. */
static void try_summed(struct rig *r, const uint8_t *bytes, size_t len, const char *out)
{
	uint8_t sum = 0, want[4], got[4];
	size_t n = rig_hex(out, want, sizeof(want));

	for (size_t i = 0; i < len; i++)
		sum ^= bytes[i];
	rig_send(r, bytes, len);
	rig_send(r, &sum, 1);
	ck_assert_uint_eq(rig_hear(r, got, sizeof(got)), n);
	ck_assert_mem_eq(got, want, n);
}

/* Extended Erase of @count pages from @first. */
static void erase_list(struct rig *r, uint32_t first, uint32_t count, const char *out)
{
	uint8_t frame[2 + 2 * 2048] = { (uint8_t)((count - 1) >> 8), (uint8_t)(count - 1) };

	for (uint32_t i = 0; i < count; i++) {
		frame[2 + 2 * i] = (uint8_t)((first + i) >> 8);
		frame[3 + 2 * i] = (uint8_t)(first + i);
	}
	rig_try(r, "44bb", "79");
	try_summed(r, frame, 2 + 2 * count, out);
}

START_TEST(list_of_erase_erases_just_its_pages)
{
	struct rig r = rig_new("f103,fill=pattern");

	rig_sync(&r);
	rig_try(&r, "43bc", "79");
	rig_try(&r, "01 03 05 07", "79");
	for (uint32_t p = 0; p < 64; p++) {
		ck_assert_int_eq(blank(&r, FLASH + 1024 * p), p == 3 || p == 5);
		ck_assert_uint_eq(chip_page_erases(r.chip, p), p == 3 || p == 5);
	}
	rig_free(&r);
}
END_TEST

/* FF 00 after a half-sent 43 BC is a global erase. */
START_TEST(ff_00_behind_half_a_command_erases_all)
{
	struct rig r = rig_new("f103,fill=pattern,prefeed=43bc");

	rig_try(&r, "ff00", "79");
	ck_assert(blank(&r, FLASH) && blank(&r, FLASH + 65534));
	rig_free(&r);

	r = rig_new("f103,fill=pattern,prefeed=43bc");
	rig_try(&r, "ffff", "79");
	ck_assert(!blank(&r, FLASH) && !blank(&r, FLASH + 65534));
	rig_free(&r);
}
END_TEST

START_TEST(bank_erase_erases_its_bank)
{
	static const struct {
		const char *spec;
		uint32_t half;		/* KB before bank 2 */
		const char *code, *out;
		bool first, second;
	} cases[] = {
		{ "l476", 512, "fffe01", "79", true, false },
		{ "l476", 512, "fffd02", "79", false, true },
		{ "l476", 512, "ffff00", "79", true, true },
		{ "f427", 1024, "fffd02", "79", false, true },
		{ "g474,dbank=0", 256, "fffe01", "1f", false, false },
		{ "l496", 512, "fffe01", "1f", false, false },
		{ "l496", 512, "ffff00", "79", true, true },
		{ "h743,rom=0xd3", 1024, "fffe01", "79", false, false },
		{ "h743,rom=0xd3", 1024, "ffff00", "79", true, true },
	};
	struct rig r = rig_new(cases[_i].spec);
	uint8_t byte = 0;
	uint32_t second = FLASH + (cases[_i].half << 10);

	chip_poke(r.chip, second - 1, &byte, 1);
	chip_poke(r.chip, second, &byte, 1);
	rig_sync(&r);
	rig_try(&r, "44bb", "79");
	rig_try(&r, cases[_i].code, cases[_i].out);
	ck_assert_int_eq(chip_peek(r.chip, second - 1, &byte, 1), 0);
	ck_assert_int_eq(byte == 0xFF, cases[_i].first);
	ck_assert_int_eq(chip_peek(r.chip, second, &byte, 1), 0);
	ck_assert_int_eq(byte == 0xFF, cases[_i].second);
	rig_free(&r);
}
END_TEST

/* A lost byte of a page list, a filler of 00, and another page goes; a filler of FF is refused. */
START_TEST(filler_of_00_erases_another_page_and_ff_none)
{
	struct rig r = rig_new("l476,fill=pattern,prefeed=44bb00000101");

	rig_try(&r, "00", "79");
	ck_assert(blank(&r, FLASH + 257 * 2048) && !blank(&r, FLASH + 2048));
	rig_free(&r);

	r = rig_new("l476,fill=pattern,prefeed=44bb00000101");
	rig_try(&r, "ff", "1f");
	ck_assert(!blank(&r, FLASH + 257 * 2048));
	rig_free(&r);
}
END_TEST

/* The ROM waits for the rest of a frame for ever, and then judges it like any other. */
START_TEST(half_a_write_waits_for_its_rest)
{
	struct rig r = rig_new("f103,prefeed=31ce08000000080311");
	uint8_t data[4];

	r.now += 60 * NSEC_PER_SEC;
	rig_try(&r, "22", "");
	r.now += 60 * NSEC_PER_SEC;
	rig_try(&r, "334447", "79");
	rig_read(&r, FLASH, data, 4);
	ck_assert_mem_eq(data, "\x11\x22\x33\x44", 4);
	rig_free(&r);
}
END_TEST

/* FF at every field boundary of a command whose state is unknown: nothing is erased or written. */
START_TEST(ff_is_harmless)
{
	static const char *const fed[] = {
		"", "43", "43bc", "43bc00", "43bc0000", "11", "11ee", "11ee08", "11ee0800000008",
		"31ce", "31ce0800000008", "21de", "21de080000", "63", "82",
	};
	char spec[80];
	struct rig r;
	uint8_t ff = 0xFF, heard[600], before[65536], after[65536];

	snprintf(spec, sizeof(spec), "f103,fill=pattern,synced,prefeed=%s", fed[_i]);
	r = rig_new(spec);
	ck_assert_int_eq(chip_peek(r.chip, FLASH, before, sizeof(before)), 0);
	for (int i = 0; i < 300; i++) {
		rig_send(&r, &ff, 1);
		rig_hear(&r, heard, sizeof(heard));
	}
	/*
	 * Behind a write's address FF is a block of FF with the right checksum, which changes no
	 * cell.
	 */
	ck_assert_int_eq(chip_peek(r.chip, FLASH, after, sizeof(after)), 0);
	ck_assert_mem_eq(after, before, sizeof(after));
	ck_assert_int_eq(chip_rdp(r.chip), 0);
	rig_free(&r);
}
END_TEST

START_TEST(readout_unprotect_erases_and_opens)
{
	static const char *const specs[] = {
		"f103", "f303", "f405", "l073", "l432", "g071", "h743", "u575", "x33"
	};
	char spec[64];
	struct rig r;

	snprintf(spec, sizeof(spec), "%s,rdp=1,fill=pattern", specs[_i]);
	r = rig_new(spec);
	rig_sync(&r);
	rig_try(&r, "926d", "7979");
	ck_assert_int_eq(chip_rdp(r.chip), 0);
	ck_assert_uint_eq(chip_resets(r.chip), 1);
	if (_i == 3) {
		uint8_t byte;

		ck_assert_int_eq(chip_peek(r.chip, FLASH, &byte, 1), 0);
		ck_assert_uint_eq(byte, 0);
	} else {
		ck_assert(blank(&r, FLASH));
	}
	rig_try(&r, "11ee", "");
	sim_reset(r.sim, true, r.now);
	r.now += NSEC_PER_SEC;
	rig_sync(&r);
	rig_try(&r, "11ee", "79");
	rig_free(&r);
}
END_TEST

/* Readout Unprotect erases a chip that was not protected, and pages that were write-protected. */
START_TEST(unprotect_erases_anyway)
{
	struct rig r = rig_new("l432,fill=pattern,write-protected");

	rig_sync(&r);
	rig_try(&r, "926d", "7979");
	ck_assert(blank(&r, FLASH) && blank(&r, FLASH + (256 << 10) - 2));
	rig_free(&r);
}
END_TEST

/*
 * Data memory goes with flash; F1 erases its option bytes as a whole, write protection with them.
 */
START_TEST(readout_unprotect_takes_data_memory_and_options)
{
	struct rig r = rig_new("l073,rdp=1");
	uint8_t bytes[2] = { 0x55, 0x55 };

	ck_assert_int_eq(chip_poke(r.chip, 0x08080000, bytes, 1), 0);
	rig_sync(&r);
	rig_try(&r, "926d", "7979");
	ck_assert_int_eq(chip_peek(r.chip, 0x08080000, bytes, 1), 0);
	ck_assert_uint_eq(bytes[0], 0);
	rig_free(&r);

	r = rig_new("f103,rdp=1,wrp=0");
	rig_sync(&r);
	rig_try(&r, "926d", "7979");
	ck_assert_int_eq(chip_peek(r.chip, 0x1FFFF808, bytes, 2), 0);
	ck_assert_uint_eq(bytes[0], 0xFF);
	ck_assert_uint_eq(bytes[1], 0x00);
	rig_free(&r);
}
END_TEST

/* WB55 V13.5: the protection is lifted, but that shows only after a power cycle (AN2606). */
START_TEST(defective_unprotect_needs_a_power_cycle)
{
	struct rig r = rig_new("wb55,rdp=1");

	rig_sync(&r);
	rig_try(&r, "926d", "7979");
	r.now += NSEC_PER_SEC;
	rig_sync(&r);
	rig_try(&r, "11ee", "1f");
	sim_power_cycle(r.sim, true, r.now);
	r.now += NSEC_PER_SEC;
	rig_sync(&r);
	rig_try(&r, "11ee", "79");
	rig_free(&r);
}
END_TEST

START_TEST(readout_protect_refuses_reading)
{
	struct rig r = rig_new("f405");

	rig_sync(&r);
	rig_try(&r, "827d", "7979");
	ck_assert_int_eq(chip_rdp(r.chip), 1);
	r.now += NSEC_PER_SEC;
	rig_sync(&r);
	rig_try(&r, "11ee", "1f");
	rig_free(&r);
}
END_TEST

/* G07x V11.2 does not launch option bytes over USART (AN2606, field). */
START_TEST(defective_rom_loads_no_option_bytes)
{
	struct rig r = rig_new("g071,rom=0xb2");

	rig_sync(&r);
	rig_try(&r, "827d", "7979");
	r.now += NSEC_PER_SEC;
	rig_sync(&r);
	rig_try(&r, "11ee", "79");
	sim_reset(r.sim, true, r.now);
	ck_assert_int_eq(chip_rdp(r.chip), 0);
	sim_power_cycle(r.sim, true, r.now + NSEC_PER_SEC);
	ck_assert_int_eq(chip_rdp(r.chip), 1);
	rig_free(&r);
}
END_TEST

/* F1: option bytes that are erased and not written again protect the chip. */
START_TEST(erased_options_protect_an_f1)
{
	struct rig r = rig_new("f103");

	rig_sync(&r);
	rig_try(&r, "31ce", "79");
	rig_address(&r, 0x1FFFF800, "79");
	rig_try(&r, "01ffff01", "79");
	ck_assert_int_eq(chip_rdp(r.chip), 1);
	rig_free(&r);
}
END_TEST

/* Options behind the end of a short block are erased: here the write protection. */
START_TEST(short_options_erase_the_rest)
{
	struct rig r = rig_new("f103,wrp=0");
	uint8_t wrp[2];

	rig_sync(&r);
	rig_try(&r, "31ce", "79");
	rig_address(&r, 0x1FFFF800, "79");
	rig_try(&r, "01a55afe", "79");
	ck_assert_int_eq(chip_rdp(r.chip), 0);
	ck_assert_int_eq(chip_peek(r.chip, 0x1FFFF808, wrp, 2), 0);
	ck_assert_uint_eq(wrp[0], 0xFF);
	ck_assert_uint_eq(wrp[1], 0xFF);
	rig_free(&r);
}
END_TEST

/* Each Write Protect takes the place of the one before; Write Unprotect lifts all. */
START_TEST(write_protect_replaces_and_unprotect_lifts)
{
	struct rig r = rig_new("f103,fill=pattern,wrp=0");

	rig_sync(&r);
	rig_try(&r, "639c", "79");
	rig_try(&r, "000101", "79");
	ck_assert_uint_eq(chip_resets(r.chip), 1);
	r.now += NSEC_PER_SEC;
	rig_sync(&r);
	rig_try(&r, "43bc", "79");
	rig_try(&r, "01000405", "79");
	ck_assert(blank(&r, FLASH) && !blank(&r, FLASH + 4096));
	rig_try(&r, "738c", "7979");
	r.now += NSEC_PER_SEC;
	rig_sync(&r);
	rig_try(&r, "43bc", "79");
	rig_try(&r, "000404", "79");
	ck_assert(blank(&r, FLASH + 4096));
	rig_free(&r);
}
END_TEST

/* Also where the codes are kept out of sight (U5: pairs of first and last page). */
START_TEST(write_protect_replaces_hidden_codes_too)
{
	struct rig r = rig_new("u575,fill=pattern,write-protected");

	rig_sync(&r);
	rig_try(&r, "639c", "79");
	rig_try(&r, "01050602", "79");
	r.now += NSEC_PER_SEC;
	rig_sync(&r);
	erase_list(&r, 4, 4, "79");
	for (uint32_t p = 4; p < 8; p++)
		ck_assert_uint_eq(chip_page_erases(r.chip, p), p == 4 || p == 7);
	rig_free(&r);
}
END_TEST

/* --- defects in lists --- */

START_TEST(defective_rom_erases_one_page_a_list)
{
	static const struct {
		const char *spec;
		uint32_t first;
		bool erased[3];
	} cases[] = {
		{ "g071,rom=0xb4", 4, { true, true, true } },
		{ "g071,rom=0xb3", 4, { true, false, false } },
		{ "g0b1", 4, { true, true, true } },
		{ "g0b1", 200, { true, false, false } },
		{ "g0b1", 127, { true, true, false } },
		{ "l432,rom=one-page", 4, { true, false, false } },
	};
	char spec[64];
	struct rig r;

	snprintf(spec, sizeof(spec), "%s,fill=pattern", cases[_i].spec);
	r = rig_new(spec);
	rig_sync(&r);
	erase_list(&r, cases[_i].first, 3, "79");
	for (uint32_t i = 0; i < 3; i++)
		ck_assert_uint_eq(chip_page_erases(r.chip, cases[_i].first + i),
				  cases[_i].erased[i]);
	rig_free(&r);
}
END_TEST

START_TEST(list_beyond_the_roms_limit_is_not_carried_out_whole)
{
	static const struct {
		const char *spec;
		uint32_t count;
		const char *out;
		uint32_t erased;
	} cases[] = {
		{ "f103xl", 100, "79", 100 },
		{ "f103xl", 101, "", 0 },
		{ "l152xd", 512, "79", 512 },
		{ "l152xd", 513, "1f", 0 },
		{ "l476", 512, "79", 512 },
		/* Pages beyond the buffer are acknowledged and forgotten (openbl). */
		{ "l073", 700, "79", 580 },
	};
	struct rig r = rig_new(cases[_i].spec);
	uint32_t erased = 0;

	rig_sync(&r);
	erase_list(&r, 0, cases[_i].count, cases[_i].out);
	for (uint32_t p = 0; p < cases[_i].count; p++)
		erased += chip_page_erases(r.chip, p);
	ck_assert_uint_eq(erased, cases[_i].erased);
	rig_free(&r);
}
END_TEST

/*
 * H743 V9.1: the ACK of an erase in bank 2 comes before its end; what is written until then is
 * lost.
 */
START_TEST(early_ack_of_bank_2_loses_writes)
{
	struct rig r = rig_new("h743,rom=0x91");
	uint8_t data[32] = { 1 };

	rig_sync(&r);
	erase_list(&r, 8, 1, "79");
	rig_write(&r, 0x08100000, data, 32);
	ck_assert(blank(&r, 0x08100000));
	r.now += 5 * NSEC_PER_SEC;
	rig_write(&r, 0x08100000, data, 32);
	ck_assert(!blank(&r, 0x08100000));
	rig_free(&r);
}
END_TEST

/*
 * H72x (ST forum 115022): the block that was just written reads FF, until another command has come.
 */
START_TEST(block_just_written_reads_ff_once)
{
	struct rig r = rig_new("h723");
	uint8_t data[32] = { 1, 2, 3 }, got[32];

	rig_sync(&r);
	rig_write(&r, FLASH, data, 32);
	rig_read(&r, FLASH, got, 32);
	ck_assert_uint_eq(got[0], 0xFF);
	rig_read(&r, FLASH, got, 32);
	ck_assert_mem_eq(got, data, 32);
	rig_write(&r, FLASH + 32, data, 32);
	rig_try(&r, "02fd", "7901048379");
	rig_read(&r, FLASH + 32, got, 32);
	ck_assert_mem_eq(got, data, 32);
	rig_free(&r);
}
END_TEST

/* --- Go --- */

START_TEST(go_starts_only_good_vectors)
{
	static const struct {
		const char *spec, *vectors, *first_ack;
		enum chip_state state;
	} cases[] = {
		{ "f103", "0010002009000008", "79", CHIP_RUNNING },
		{ "f103", "0010002008000008", "79", CHIP_LOCKED_UP },	/* no Thumb bit */
		{ "f103", "0210002009000008", "79", CHIP_LOCKED_UP },	/* stack not on a word */
		{ "f103", "00100030 09000008", "79", CHIP_LOCKED_UP },	/* no RAM there */
		{ "f103", "00a0002009000008", "79", CHIP_LOCKED_UP },	/* beyond its RAM */
		{ "f103", "0010002009000040", "79", CHIP_LOCKED_UP },	/* entry in a peripheral */
		{ "h743,rom=0x90", "0010002009000008", "", CHIP_RUNNING },
		{ "h743,rom=0xd2", "0010002009000008", "79", CHIP_LOCKED_UP },
		{ "h743,rom=0x91", "0010002009000008", "79", CHIP_RUNNING },
		{ "h743,rom=0x91", "0000022009000008", "79", CHIP_LOCKED_UP },
		{ "h743,rom=0x91", "0060002409000008", "79", CHIP_RUNNING },
		{ "h743", "0000022009000008", "79", CHIP_RUNNING },
	};
	struct rig r = rig_new(cases[_i].spec);
	uint8_t vectors[16] = { [8] = 0xFE, 0xE7 };	/* B . */

	rig_hex(cases[_i].vectors, vectors, 8);
	chip_poke(r.chip, FLASH, vectors, sizeof(vectors));
	rig_sync(&r);
	rig_try(&r, "21de", cases[_i].first_ack);
	rig_address(&r, FLASH, "79");
	ck_assert_int_eq(chip_state(r.chip), cases[_i].state);
	rig_try(&r, "7f7f", "");
	rig_free(&r);
}
END_TEST

/* --- events --- */

struct seen {
	unsigned int count;
	char text[256];
};

static void note(void *arg, const struct rom_event *ev)
{
	struct seen *s = arg;
	size_t used = strlen(s->text);

	ck_assert_int_ge(ev->end, ev->start);
	snprintf(s->text + used, sizeof(s->text) - used, "%s %s 0x%x+%u;", ev->command, ev->outcome,
		 (unsigned int)ev->addr, (unsigned int)ev->len);
	s->count++;
}

START_TEST(each_command_is_one_event)
{
	struct rig r = rig_new("l432");
	struct seen seen = { 0 };
	uint8_t data[8] = { 0 };

	sim_on_event(r.sim, note, &seen);
	rig_sync(&r);
	rig_try(&r, "00fe", "1f");
	rig_write(&r, FLASH, data, 8);
	rig_write(&r, FLASH, data, 8);
	rig_try(&r, "44bb", "79");
	rig_try(&r, "fffe01", "1f");
	ck_assert_str_eq(seen.text,
			 "unknown nack 0x0+0;write ack 0x8000000+8;write lost 0x8000000+8;"
			 "extended erase nack 0x0+0;");
	rig_free(&r);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sim_rom");
	TCase *t = runner_case(s, "sim_rom", 60);

	tcase_add_loop_test(t, rom_answers_as_its_transcript, 0, COUNT(transcripts));
	tcase_add_test(t, list_of_erase_erases_just_its_pages);
	tcase_add_test(t, ff_00_behind_half_a_command_erases_all);
	tcase_add_loop_test(t, bank_erase_erases_its_bank, 0, 9);
	tcase_add_test(t, filler_of_00_erases_another_page_and_ff_none);
	tcase_add_test(t, half_a_write_waits_for_its_rest);
	tcase_add_loop_test(t, ff_is_harmless, 0, 15);
	tcase_add_loop_test(t, readout_unprotect_erases_and_opens, 0, 9);
	tcase_add_test(t, unprotect_erases_anyway);
	tcase_add_test(t, readout_unprotect_takes_data_memory_and_options);
	tcase_add_test(t, defective_unprotect_needs_a_power_cycle);
	tcase_add_test(t, readout_protect_refuses_reading);
	tcase_add_test(t, defective_rom_loads_no_option_bytes);
	tcase_add_test(t, erased_options_protect_an_f1);
	tcase_add_test(t, short_options_erase_the_rest);
	tcase_add_test(t, write_protect_replaces_and_unprotect_lifts);
	tcase_add_test(t, write_protect_replaces_hidden_codes_too);
	tcase_add_loop_test(t, defective_rom_erases_one_page_a_list, 0, 6);
	tcase_add_loop_test(t, list_beyond_the_roms_limit_is_not_carried_out_whole, 0, 6);
	tcase_add_test(t, early_ack_of_bank_2_loses_writes);
	tcase_add_test(t, block_just_written_reads_ff_once);
	tcase_add_loop_test(t, go_starts_only_good_vectors, 0, 12);
	tcase_add_test(t, each_command_is_one_event);
	return runner_run(s);
}
