/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every format beside Intel HEX: one firmware, kept under tests/firmware in each of them, is read as
 * objcopy reads it; damage at every byte; what a file must not be; and what -r writes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_ZLIB
#define ZLIB_CONST
#include <zlib.h>
#endif

#include "base/bytes.h"
#include "parsers/saver.h"
#include "parsers/table.h"
#include "tests/lib/firmware.h"
#include "tests/lib/random.h"
#include "tests/lib/runner.h"

#define MEMORY 0x08000000u

struct bytes {
	uint8_t *data;
	size_t len;
};

/* A kept file, which the caller frees. */
static struct bytes kept(const char *suffix)
{
	const char *top = getenv("top_srcdir");
	struct bytes b;
	char path[300];

	snprintf(path, sizeof(path), "%s/tests/firmware/sections%s", top ? top : ".", suffix);
	b.data = firmware_read(path, &b.len);
	ck_assert_msg(b.data && b.len, "%s is not there", path);
	return b;
}

static struct image load(const struct parser *p, const uint8_t *data, size_t len, struct err *e)
{
	struct image img = IMAGE_INIT;
	/* Not a byte more than the file has, so that ASan and valgrind see one. */
	uint8_t *exact = malloc(len ? len : 1);
	int ret;

	memcpy(exact, data, len);
	*e = ERR_INIT;
	ret = p->load(exact, len, "file", 0, &img, e);
	ck_assert_msg(ret == 0 || (e->code == ERR_IMAGE && !img.count), "%s", e->msg);
	ck_assert(ret < 0 || img.count);
	free(exact);
	return img;
}

static struct image load_kept(const struct parser *p, const char *suffix)
{
	struct bytes b = kept(suffix);
	struct err e = ERR_INIT;
	struct image img = load(p, b.data, b.len, &e);

	ck_assert_msg(img.count, "%s", e.msg);
	free(b.data);
	return img;
}

static bool equal(const struct image *a, const struct image *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; i < a->count && same; i++)
		same = a->seg[i].addr == b->seg[i].addr && a->seg[i].len == b->seg[i].len &&
		       memcmp(a->seg[i].data, b->seg[i].data, a->seg[i].len) == 0;
	return same;
}

/* Loading ends with an error that has @text. */
static void refused(const struct parser *p, const uint8_t *data, size_t len, const char *text)
{
	struct err e = ERR_INIT;
	struct image img = load(p, data, len, &e);

	ck_assert_msg(!img.count, "it is taken, in place of: %s", text);
	ck_assert_msg(strstr(e.msg, text) != NULL, "'%s' in place of '%s'", e.msg, text);
}

/* ---- the kept firmware ---- */

static void same_as_hex(const struct parser *p, const char *suffix)
{
	struct image hex = load_kept(&parser_ihex, ".hex"), img = load_kept(p, suffix);

	ck_assert_msg(equal(&hex, &img), "sections%s is not what sections.hex is", suffix);
	ck_assert_uint_eq(img.start, hex.start);
	image_free(&hex);
	image_free(&img);
}

START_TEST(s_records_are_what_objcopy_made_of_the_elf_file)
{
	same_as_hex(&parser_srec, ".srec");
}
END_TEST

/* objcopy fills gaps with zeros in a binary; its first byte is at 0x08004000. */
static void same_as_binary(const struct parser *p, const char *suffix)
{
	struct image img = load_kept(p, suffix);
	struct bytes bin = kept(".bin");

	ck_assert_uint_eq(img.count, 1);
	ck_assert_uint_eq(img.seg[0].addr, 0x08004000);
	ck_assert_uint_eq(img.seg[0].len, bin.len);
	ck_assert_mem_eq(img.seg[0].data, bin.data, bin.len);
	image_free(&img);
	free(bin.data);
}

START_TEST(dfuse_and_uf2_hold_what_was_packed)
{
	same_as_binary(&parser_dfuse, ".dfu");
	same_as_binary(&parser_uf2, ".uf2");
}
END_TEST

START_TEST(uf2_carries_its_family_out)
{
	struct image img = load_kept(&parser_uf2, ".uf2");

	ck_assert(img.has_family);
	ck_assert_uint_eq(img.family, 0x5ee21072);
	image_free(&img);
}
END_TEST

/* ---- damage ---- */

static const struct {
	const struct parser *parser;
	const char *suffix;
} files[] = {
	{ &parser_srec, ".srec" }, { &parser_dfuse, ".dfu" }, { &parser_uf2, ".uf2" },
#ifdef HAVE_LIBELF
	{ &parser_elf, ".elf" },
#endif
};

START_TEST(file_that_was_cut_anywhere_is_refused)
{
	struct bytes b = kept(files[_i].suffix);
	struct image whole = load_kept(files[_i].parser, files[_i].suffix);
	size_t step = b.len > 4096 ? 61 : 1;

	for (size_t len = 0; len < b.len; len += b.len - len > 2000 ? step : 1) {
		struct err e = ERR_INIT;
		struct image img = load(files[_i].parser, b.data, len, &e);

		/* Nothing but the end of the last line may be missing. */
		ck_assert_msg(!img.count || (len + 2 >= b.len && equal(&img, &whole)),
			      "sections%s is taken with %zu of %zu bytes", files[_i].suffix, len,
			      b.len);
		image_free(&img);
	}
	image_free(&whole);
	free(b.data);
}
END_TEST

/* Calls @look with each bit of the bytes [@from, @to) of a file turned over, one at a time. */
static void turn_bits(const struct parser *p, const char *suffix, size_t from, size_t to,
		      void (*look)(const struct image *img, const struct image *whole, size_t at))
{
	struct bytes b = kept(suffix);
	struct image whole = load_kept(p, suffix);

	for (size_t at = from; at < (to ? to : b.len); at++) {
		for (int bit = 0; bit < 8; bit++) {
			struct err e = ERR_INIT;
			struct image img;

			b.data[at] ^= (uint8_t)(1 << bit);
			img = load(p, b.data, b.len, &e);
			b.data[at] ^= (uint8_t)(1 << bit);
			look(&img, &whole, at);
			image_free(&img);
		}
	}
	image_free(&whole);
	free(b.data);
}

static void is_refused(const struct image *img, const struct image *whole, size_t at)
{
	(void)whole;
	ck_assert_msg(!img->count, "a damaged byte at %zu is not seen", at);
}

/* The type of a record is in no checksum, and says how long its address is: others are too low. */
static void is_refused_or_too_low(const struct image *img, const struct image *whole, size_t at)
{
	ck_assert_msg(!img->count || equal(img, whole) || img->seg[0].addr < MEMORY,
		      "a damaged byte at %zu is not seen", at);
}

static void holds_no_more_than_the_file(const struct image *img, const struct image *whole,
					size_t at)
{
	(void)whole;
	ck_assert_msg(image_bytes(img) < 70000, "damage at %zu makes %llu bytes", at,
		      (unsigned long long)image_bytes(img));
}

START_TEST(every_damaged_bit_of_s_records_shows)
{
	turn_bits(&parser_srec, ".srec", 0, 0, is_refused_or_too_low);
}
END_TEST

START_TEST(every_damaged_bit_of_a_dfuse_file_is_refused)
{
	turn_bits(&parser_dfuse, ".dfu", 0, 0, is_refused);
}
END_TEST

/* Data of UF2 have no checksum; marks, number and count of a block do show damage. */
START_TEST(damaged_frame_of_a_uf2_block_is_refused)
{
	turn_bits(&parser_uf2, ".uf2", 0, 8, is_refused);
	turn_bits(&parser_uf2, ".uf2", 20, 28, is_refused);
	turn_bits(&parser_uf2, ".uf2", 508, 520, is_refused);
	turn_bits(&parser_uf2, ".uf2", 8, 20, holds_no_more_than_the_file);
}
END_TEST

#ifdef HAVE_LIBELF
START_TEST(damaged_elf_headers_make_no_more_of_a_file_than_it_has)
{
	turn_bits(&parser_elf, ".elf", 0, 120, holds_no_more_than_the_file);
	turn_bits(&parser_elf, ".elf", 66384, 0, holds_no_more_than_the_file);
}
END_TEST
#endif

#ifdef HAVE_ZLIB
static struct bytes squeeze(const struct bytes *plain)
{
	struct bytes b = { malloc(2 * plain->len + 100), 2 * plain->len + 100 };
	z_stream z = { .next_in = plain->data, .avail_in = (uInt)plain->len };

	z.next_out = b.data;
	z.avail_out = (uInt)b.len;
	ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	b.len = z.total_out;
	deflateEnd(&z);
	return b;
}

/* What comes of it is the plain file, or an error. */
static void unpacks_to(const struct bytes *plain, const uint8_t *data, size_t len, bool whole, size_t at)
{
	struct err e = ERR_INIT;
	uint8_t *out = NULL;
	size_t out_len = 0;
	int ret = parser_gzip.unpack(data, len, "file", &out, &out_len, &e);

	ck_assert_msg(!whole || ret == 0, "%s", e.msg);
	ck_assert_msg(ret < 0 || (out_len == plain->len && memcmp(out, plain->data, out_len) == 0),
		      "damage at %zu is not seen", at);
	ck_assert_msg(ret == 0 || e.code == ERR_IMAGE, "%s", e.msg);
	if (ret == 0)
		free(out);
}

START_TEST(gzip_file_that_is_damaged_or_cut_anywhere_is_refused)
{
	struct bytes plain = kept(".hex"), b = squeeze(&plain);

	unpacks_to(&plain, b.data, b.len, true, 0);
	for (size_t at = 0; at < b.len; at++) {
		uint8_t *cut = malloc(at ? at : 1);

		memcpy(cut, b.data, at);
		unpacks_to(&plain, cut, at, false, at);
		free(cut);
		for (int bit = 0; bit < 8; bit++) {
			b.data[at] ^= (uint8_t)(1 << bit);
			unpacks_to(&plain, b.data, b.len, false, at);
			b.data[at] ^= (uint8_t)(1 << bit);
		}
	}
	free(plain.data);
	free(b.data);
}
END_TEST
#endif

/* ---- S-records ---- */

#define S0 "S00600004844521B\n"

static const struct { const char *text, *error; } bad_srec[] = {
	{ "S1050000AABB95\n", "file:1: no end record (S7, S8 or S9): the file was cut off" },
	{ "S1050000AABB96\nS9030000FC\n", "file:1: bad checksum: expected 0x95, found 0x96" },
	{ "S4050000AABB95\n", "file:1: unknown record type S4" },
	{ "S105000\n", "odd number of digits (5)" },
	{ "S1060000AABB94\n", "wrong length: record states 6 bytes, but holds 5" },
	{ "S10200FD\n", "S1 record of 2 bytes has no room for its address" },
	{ "S1", "record is too short to have a length" },
	{ "S10500G0AABB94\n", "file:1: 'G' in column 7 is no hexadecimal digit" },
	{ "X1050000AABB94\n", "line does not begin with 'S'" },
	{ S0 "S9030000FC\n", "the file holds no data" },
	{ "S1050000AABB95\nS5030002FA\nS9030000FC\n",
	  "file:2: the file has 1 data records so far, and S5 counts 2" },
	{ "S1050000AABB95\nS604000001FA\nS1050000AABB95\n", "no end record" },
	{ "S1050000AABB95\nS9050000AABB95\n", "file:2: S9 record holds data" },
	{ "S1050000AABB95\nS9030000FC\nS1050000AABB95\n",
	  "file:3: a record after the end record on line 2" },
	{ "S307FFFFFFFFAABB97\nS70500000000FA\n", "2 bytes at 0xffffffff run past 4 GB" },
};

START_TEST(bad_s_records_are_refused_with_their_line)
{
	const char *text = bad_srec[_i].text;

	refused(&parser_srec, (const uint8_t *)text, strlen(text), bad_srec[_i].error);
}
END_TEST

static struct image srec(const char *text)
{
	struct err e = ERR_INIT;
	struct image img = load(&parser_srec, (const uint8_t *)text, strlen(text), &e);

	ck_assert_msg(img.count, "%s", e.msg);
	return img;
}

START_TEST(s_records_of_any_width_and_order_are_one_image)
{
	struct image img = srec("S0030000FC\r\nS206000002CCDD4E\r\n\r\nS1050000AABB95  \r\n"
				"S5030002FA\r\nS30900000004010203F1FB\r\n"
				"S70500000000FA");

	ck_assert_uint_eq(img.count, 1);
	ck_assert_uint_eq(img.seg[0].len, 8);
	ck_assert_mem_eq(img.seg[0].data, "\xaa\xbb\xcc\xdd\1\2\3\xf1", 8);
	image_free(&img);
}
END_TEST

START_TEST(s_records_that_contradict_each_other_are_refused_with_both_lines)
{
	static const char text[] = "S1050000AABB95\nS1050001CCDD50\nS9030000FC\n";

	refused(&parser_srec, (const uint8_t *)text, sizeof(text) - 1,
		"file:2: 0x00000001 is 0xcc here, but 0xbb on line 1");
}
END_TEST

START_TEST(text_behind_the_end_of_s_records_is_noted_and_fillers_are_not)
{
	struct image img = srec("S1050000AABB95\nS9030000FC\n\x1a\n");

	ck_assert_uint_eq(img.ignored_line, 0);
	image_free(&img);
	img = srec("S1050000AABB95\nS9030000FC\nthat was it\n");
	ck_assert_uint_eq(img.ignored_line, 3);
	image_free(&img);
}
END_TEST

/* ---- UF2 ---- */

static uint8_t blocks[3][512];

/* A file of as many blocks, 16 bytes each at 0x08000000 and on. */
static void make_blocks(unsigned int count)
{
	memset(blocks, 0, sizeof(blocks));
	for (unsigned int i = 0; i < count; i++) {
		uint8_t *b = blocks[i];

		memcpy(b, "UF2\n\x57\x51\x5d\x9e", 8);
		put_le32(b + 8, 0x2000);
		put_le32(b + 12, MEMORY + 16 * i);
		put_le32(b + 16, 16);
		put_le32(b + 20, i);
		put_le32(b + 24, count);
		put_le32(b + 28, 0x57755a57);
		memset(b + 32, (int)i + 1, 16);
		put_le32(b + 508, 0x0AB16F30);
	}
}

/* A word of one block, and what becomes of the file. */
static const struct { unsigned int block, at; uint32_t word; const char *error; } bad_uf2[] = {
	{ 1, 8, 0x3000, "block at offset 0x200: holds files for a file system, and no flash" },
	{ 0, 16, 477, "block at offset 0x0: states 477 bytes of data, and has room for 476" },
	{ 2, 12, 0xfffffff8, "block at offset 0x400: 16 bytes at 0xfffffff8 run past 4 GB" },
	{ 2, 24, 4, "block at offset 0x400: is of a file of 4 blocks, and this has 3" },
	{ 2, 20, 1, "block at offset 0x400: has the number 1 again" },
	{ 2, 20, 3, "block at offset 0x400: has the number 3, of 3 blocks" },
	{ 1, 28, 0xe48bff56, "is for another family of chips (0xe48bff56) than those before it" },
	{ 1, 8, 0, "is for another family of chips" },
	{ 1, 12, MEMORY + 8, "at offset 0x200: 0x08000008 is 0x02 here, but 0x01 at offset 0x0" },
	{ 2, 508, 0, "block at offset 0x400: no UF2 block: its marks are not there" },
};

START_TEST(bad_uf2_blocks_are_refused_with_their_offset)
{
	make_blocks(3);
	put_le32(blocks[bad_uf2[_i].block] + bad_uf2[_i].at, bad_uf2[_i].word);
	refused(&parser_uf2, blocks[0], sizeof(blocks), bad_uf2[_i].error);
}
END_TEST

START_TEST(uf2_blocks_may_come_in_any_order_and_those_not_for_flash_are_left_out)
{
	struct err e = ERR_INIT;
	struct image img;
	uint8_t swap[512];

	make_blocks(3);
	memcpy(swap, blocks[0], 512);
	memcpy(blocks[0], blocks[1], 512);
	memcpy(blocks[1], swap, 512);
	put_le32(blocks[2] + 8, 1);
	img = load(&parser_uf2, blocks[0], sizeof(blocks), &e);
	ck_assert_msg(img.count == 1, "%s", e.msg);
	ck_assert_uint_eq(img.seg[0].addr, MEMORY);
	ck_assert_uint_eq(img.seg[0].len, 32);
	ck_assert_uint_eq(img.seg[0].data[0], 1);
	image_free(&img);
}
END_TEST

START_TEST(uf2_file_of_which_nothing_is_for_flash_is_refused)
{
	make_blocks(3);
	for (size_t i = 0; i < 3; i++)
		put_le32(blocks[i] + 8, 1);
	refused(&parser_uf2, blocks[0], sizeof(blocks), "none of its blocks is for flash");
}
END_TEST

/* ---- DfuSe ---- */

static uint32_t crc_dfu(const uint8_t *data, size_t len)
{
	uint32_t crc = 0xFFFFFFFF;

	for (size_t i = 0; i < len; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
	}
	return crc;
}

/* A word of the kept file at an offset, with the CRC made right again. */
static const struct { size_t at; uint32_t word; const char *error; } bad_dfuse[] = {
	{ 6, 100, "at offset 0x6: states a size of 100 bytes, and has 657" },
	{ 11 + 266, 100000, "at offset 0x11d: a target of 100000 bytes reaches past 0x291, its end" },
	{ 11 + 266, 100, "an element of 364 bytes reaches past" },
	{ 11 + 270, 2, "the head of an element of 8 bytes reaches past" },
	{ 11 + 270, 0, "372 bytes that are of no element" },
	{ 285 + 4, 16, "348 bytes that are of no element" },
	{ 285, 0xffffff00, "364 bytes at 0xffffff00 run past 4 GB" },
	{ 11, 0, "at offset 0xb: no target begins here" },
};

START_TEST(bad_dfuse_files_are_refused_with_their_offset)
{
	struct bytes b = kept(".dfu");

	put_le32(b.data + bad_dfuse[_i].at, bad_dfuse[_i].word);
	put_le32(b.data + b.len - 4, crc_dfu(b.data, b.len - 4));
	refused(&parser_dfuse, b.data, b.len, bad_dfuse[_i].error);
	free(b.data);
}
END_TEST

START_TEST(dfuse_data_for_memory_outside_of_the_chip_are_refused)
{
	struct bytes b = kept(".dfu");

	b.data[11 + 6] = 1;
	put_le32(b.data + 285, 0);
	put_le32(b.data + b.len - 4, crc_dfu(b.data, b.len - 4));
	refused(&parser_dfuse, b.data, b.len, "an element of alternate setting 1 at 0x00000000");
	free(b.data);
}
END_TEST

START_TEST(dfu_suffix_of_another_version_is_refused)
{
	struct bytes b = kept(".dfu");

	put_le16(b.data + b.len - 10, 0x0200);
	put_le32(b.data + b.len - 4, crc_dfu(b.data, b.len - 4));
	refused(&parser_dfuse, b.data, b.len, "its DFU suffix is of version 0x0200");
	free(b.data);
}
END_TEST

/* Behind the last target, in front of the suffix. */
START_TEST(bytes_of_no_dfuse_target_are_refused)
{
	struct bytes b = kept(".dfu");
	uint8_t *more = malloc(b.len + 5);

	memcpy(more, b.data, b.len - 16);
	memset(more + b.len - 16, 0, 5);
	memcpy(more + b.len - 11, b.data + b.len - 16, 16);
	put_le32(more + 6, (uint32_t)b.len - 16 + 5);
	put_le32(more + b.len + 1, crc_dfu(more, b.len + 1));
	refused(&parser_dfuse, more, b.len + 5, "5 bytes that are of no target");
	free(more);
	free(b.data);
}
END_TEST

/* Two elements of one target, the second at @addr and all @value: taken, or the error. */
static void two_elements(uint32_t addr, uint8_t value, const char *error)
{
	uint8_t f[11 + 274 + 2 * 12 + 16] = "DfuSe\1";
	struct err e = ERR_INIT;
	struct image img;

	put_le32(f + 6, sizeof(f) - 16);
	f[10] = 1;
	memcpy(f + 11, "Target", 6);
	put_le32(f + 11 + 266, 24);
	put_le32(f + 11 + 270, 2);
	put_le32(f + 285, MEMORY);
	put_le32(f + 289, 4);
	put_le32(f + 297, addr);
	put_le32(f + 301, 4);
	memset(f + 305, value, 4);
	memcpy(f + sizeof(f) - 16, "\xff\xff\x11\xdf\x83\x04\x1a\x01UFD\x10", 12);
	put_le32(f + sizeof(f) - 4, crc_dfu(f, sizeof(f) - 4));
	if (error) {
		refused(&parser_dfuse, f, sizeof(f), error);
		return;
	}
	img = load(&parser_dfuse, f, sizeof(f), &e);
	ck_assert_msg(img.count, "%s", e.msg);
	image_free(&img);
}

START_TEST(elements_that_overlap_are_refused_even_if_they_agree)
{
	two_elements(MEMORY + 4, 7, NULL);
	two_elements(MEMORY + 2, 0, "two elements overlap");
	two_elements(MEMORY, 0, "two elements overlap");
	two_elements(MEMORY + 2, 7, "two elements overlap at 0x08000002, with different bytes");
}
END_TEST

/* ---- ELF ---- */

#ifdef HAVE_LIBELF
START_TEST(elf_is_what_objcopy_takes_without_its_headers_and_gaps)
{
	struct image img = load_kept(&parser_elf, ".elf");

	same_as_hex(&parser_elf, ".elf");
	/* its first segment begins at 0x08000000, with the file's own headers */
	ck_assert_uint_eq(img.seg[0].addr, 0x08004000);
	image_free(&img);
}
END_TEST

/* Bytes of the kept file at an offset. */
static const struct { size_t at; uint8_t byte; const char *error; } bad_elf[] = {
	{ 4, 2, "file: at offset 0x" },
	{ 5, 2, "file: at offset 0x" },
	{ 16, 1, "at offset 0x10: is no executable (type 1): an object file, which is yet to be" },
	{ 16, 3, "at offset 0x10: is no executable (type 3)" },
	{ 18, 3, "at offset 0x12: is for machine 3, and not for ARM (40)" },
	{ 44, 0, "has no segments to load" },
	{ 52 + 17, 0xff, "has 0x" },
	{ 52 + 18, 0xff, "segment 0: its 0xff4158 bytes at offset 0x0 reach past the end of the file" },
	{ 34, 0xff, "at offset 0x20: its table of sections reaches past the end of the file" },
};

START_TEST(bad_elf_files_are_refused_with_their_offset)
{
	struct bytes b = kept(".elf");

	b.data[bad_elf[_i].at] = bad_elf[_i].byte;
	refused(&parser_elf, b.data, b.len, bad_elf[_i].error);
	free(b.data);
}
END_TEST

START_TEST(elf_data_that_run_past_4_gb_are_refused)
{
	struct bytes b = kept(".elf");

	put_le32(b.data + 52 + 12, 0xfffffff0);
	refused(&parser_elf, b.data, b.len, "run past 4 GB");
	free(b.data);
}
END_TEST

/* All physical addresses are 0: as some linkers write it, who know of none. */
START_TEST(elf_without_physical_addresses_has_virtual_ones)
{
	struct bytes b = kept(".elf");
	struct err e = ERR_INIT;
	struct image img;

	put_le32(b.data + 52 + 12, 0);
	put_le32(b.data + 84 + 12, 0);
	img = load(&parser_elf, b.data, b.len, &e);
	ck_assert_msg(img.count == 3, "%s", e.msg);
	ck_assert_uint_eq(img.seg[0].addr, 0x08004000);
	ck_assert_uint_eq(img.seg[2].addr, 0x20000200);
	image_free(&img);
	free(b.data);
}
END_TEST

/* Without a table of sections the segments are all that there is, but the headers are no data. */
START_TEST(elf_without_sections_is_its_segments_without_the_headers)
{
	struct bytes b = kept(".elf");
	struct err e = ERR_INIT;
	struct image img;

	put_le32(b.data + 32, 0);
	put_le16(b.data + 48, 0);
	img = load(&parser_elf, b.data, b.len, &e);
	ck_assert_msg(img.count, "%s", e.msg);
	ck_assert_uint_eq(img.seg[0].addr, MEMORY + 52 + 2 * 32);
	image_free(&img);
	free(b.data);
}
END_TEST

/* 1000 segments that all hold the same bytes of the file. */
START_TEST(elf_segments_that_share_bytes_are_refused_before_they_take_memory)
{
	enum { COUNT_OF = 1000, HEADS = 52, LEN = HEADS + COUNT_OF * 32 + 1000 };
	struct bytes b = kept(".elf");
	uint8_t *f = calloc(1, LEN);

	memcpy(f, b.data, HEADS);
	put_le32(f + 32, 0);
	put_le16(f + 44, COUNT_OF);
	put_le16(f + 48, 0);
	put_le32(f + 28, HEADS);
	for (unsigned int i = 0; i < COUNT_OF; i++) {
		uint8_t *p = f + HEADS + 32 * i;

		put_le32(p, 1);
		put_le32(p + 12, MEMORY + i * 0x10000);
		put_le32(p + 16, LEN);
		put_le32(p + 20, LEN);
	}
	refused(&parser_elf, f, LEN, "its segments share bytes of the file");
	free(f);
	free(b.data);
}
END_TEST
#endif

/* ---- what -r writes ---- */

struct text {
	char buf[400000];
	size_t len;
};

static int put_text(void *to, const uint8_t *data, size_t len, struct err *e)
{
	struct text *t = to;

	(void)e;
	ck_assert_uint_lt(t->len + len, sizeof(t->buf));
	memcpy(t->buf + t->len, data, len);
	t->len += len;
	return 0;
}

static const struct { const struct parser *format; uint32_t addr, len; } saves[] = {
	{ &parser_ihex, MEMORY, 1 }, { &parser_ihex, MEMORY, 16 }, { &parser_ihex, MEMORY, 17 },
	{ &parser_ihex, 0x0800fff8, 0x20010 }, { &parser_ihex, 0x00000100, 0x10000 },
	{ &parser_ihex, 0xfffffff0, 16 },
	{ &parser_srec, MEMORY, 1 }, { &parser_srec, 0x0800fff8, 0x20010 },
	{ &parser_srec, 0xfffffff0, 16 },
};

START_TEST(what_is_written_is_read_again_whatever_the_pieces)
{
	const uint32_t addr = saves[_i].addr, len = saves[_i].len;
	struct text *t = calloc(1, sizeof(*t));
	uint8_t *data = malloc(len);
	uint32_t random = (uint32_t)_i + 1;
	struct err e = ERR_INIT;
	struct saver s;
	struct image img;

	for (uint32_t i = 0; i < len; i++)
		data[i] = (uint8_t)random_below(&random, 256);
	ck_assert_int_eq(saver_begin(&s, saves[_i].format->saver, put_text, t, &e), 0);
	for (uint32_t at = 0; at < len;) {
		uint32_t n = random_below(&random, 256) + 1;

		n = n < len - at ? n : len - at;
		ck_assert_int_eq(saver_add(&s, addr + at, data + at, n, &e), 0);
		at += n;
	}
	ck_assert_int_eq(saver_end(&s, &e), 0);
	img = load(saves[_i].format, (const uint8_t *)t->buf, t->len, &e);
	ck_assert_msg(img.count == 1, "%s", e.msg);
	ck_assert_uint_eq(img.seg[0].addr, addr);
	ck_assert_uint_eq(img.seg[0].len, len);
	ck_assert_mem_eq(img.seg[0].data, data, len);
	image_free(&img);
	free(data);
	free(t);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("formats");
	TCase *t = runner_case(s, "formats", 300);

	tcase_add_test(t, s_records_are_what_objcopy_made_of_the_elf_file);
	tcase_add_test(t, dfuse_and_uf2_hold_what_was_packed);
	tcase_add_test(t, uf2_carries_its_family_out);
	tcase_add_loop_test(t, file_that_was_cut_anywhere_is_refused, 0, (int)COUNT(files));
	tcase_add_test(t, every_damaged_bit_of_s_records_shows);
	tcase_add_test(t, every_damaged_bit_of_a_dfuse_file_is_refused);
	tcase_add_test(t, damaged_frame_of_a_uf2_block_is_refused);
#ifdef HAVE_ZLIB
	tcase_add_test(t, gzip_file_that_is_damaged_or_cut_anywhere_is_refused);
#endif
	tcase_add_loop_test(t, bad_s_records_are_refused_with_their_line, 0, (int)COUNT(bad_srec));
	tcase_add_test(t, s_records_of_any_width_and_order_are_one_image);
	tcase_add_test(t, s_records_that_contradict_each_other_are_refused_with_both_lines);
	tcase_add_test(t, text_behind_the_end_of_s_records_is_noted_and_fillers_are_not);
	tcase_add_loop_test(t, bad_uf2_blocks_are_refused_with_their_offset, 0,
			    (int)COUNT(bad_uf2));
	tcase_add_test(t, uf2_blocks_may_come_in_any_order_and_those_not_for_flash_are_left_out);
	tcase_add_test(t, uf2_file_of_which_nothing_is_for_flash_is_refused);
	tcase_add_test(t, dfu_suffix_of_another_version_is_refused);
	tcase_add_test(t, bytes_of_no_dfuse_target_are_refused);
	tcase_add_loop_test(t, bad_dfuse_files_are_refused_with_their_offset, 0,
			    (int)COUNT(bad_dfuse));
	tcase_add_test(t, dfuse_data_for_memory_outside_of_the_chip_are_refused);
	tcase_add_test(t, elements_that_overlap_are_refused_even_if_they_agree);
#ifdef HAVE_LIBELF
	tcase_add_test(t, elf_is_what_objcopy_takes_without_its_headers_and_gaps);
	tcase_add_loop_test(t, bad_elf_files_are_refused_with_their_offset, 0,
			    (int)COUNT(bad_elf));
	tcase_add_test(t, elf_data_that_run_past_4_gb_are_refused);
	tcase_add_test(t, elf_without_physical_addresses_has_virtual_ones);
	tcase_add_test(t, elf_without_sections_is_its_segments_without_the_headers);
	tcase_add_test(t, elf_segments_that_share_bytes_are_refused_before_they_take_memory);
	tcase_add_test(t, damaged_elf_headers_make_no_more_of_a_file_than_it_has);
#endif
	tcase_add_loop_test(t, what_is_written_is_read_again_whatever_the_pieces, 0,
			    (int)COUNT(saves));
	return runner_run(s);
}
