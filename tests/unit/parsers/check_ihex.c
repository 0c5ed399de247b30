/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Intel HEX: what a file means, and every way in which one can be wrong. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/parser.h"
#include "tests/lib/random.h"
#include "tests/lib/runner.h"

#define MARK "\xef\xbb\xbf"
#define TEXT_MAX 600

#define FLASH ":020000040800F2\n"		/* linear base 0x08000000 */
#define OPTIONS ":020000041FFFDC\n"		/* linear base 0x1fff0000 */
#define TOP ":02000004FFFFFC\n"			/* linear base 0xffff0000 */
#define SEGMENT ":020000021000EC\n"		/* segment 0x1000, at 0x00010000 */
#define AB ":0200000061623B\n"			/* "ab" at offset 0 */
#define CD ":02000200636435\n"			/* "cd" at offset 2 */
#define END ":00000001FF\n"

/* Loads from memory of just that size, so that ASan and valgrind see a byte too much being read. */
static int load(const char *text, size_t len, struct image *img, struct err *e)
{
	uint8_t *exact = malloc(len ? len : 1);
	int ret;

	memcpy(exact, text, len);
	ret = parser_ihex.load(exact, len, "fw.hex", 0, img, e);
	free(exact);
	return ret;
}

/* "08000000:abc 1ffff800:z start=0800010d", for images whose data are letters. */
static const char *show(const struct image *img, char *out)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < img->count; i++)
		used += (size_t)snprintf(out + used, TEXT_MAX - used, "%s%08x:%.*s", i ? " " : "",
					 (unsigned int)img->seg[i].addr, (int)img->seg[i].len,
					 (const char *)img->seg[i].data);
	if (img->has_start)
		snprintf(out + used, TEXT_MAX - used, " %s=%08x",
			 img->start_segmented ? "cs:ip" : "start", (unsigned int)img->start);
	return out;
}

static const struct {
	const char *text, *want;
} good[] = {
	{ AB END, "00000000:ab" },
	{ FLASH AB CD END, "08000000:abcd" },
	{ FLASH CD AB END, "08000000:abcd" },
	{ FLASH AB END "\n\n", "08000000:ab" },
	{ MARK FLASH AB END, "08000000:ab" },
	{ MARK "\r\n" FLASH AB END, "08000000:ab" },
	/* an area that is far away is a segment of its own, in whatever order they come */
	{ FLASH AB OPTIONS ":01F800007A8D\n" END, "08000000:ab 1ffff800:z" },
	{ OPTIONS ":01F800007A8D\n" FLASH AB END, "08000000:ab 1ffff800:z" },
	{ FLASH AB OPTIONS ":01F800007A8D\n" FLASH CD END, "08000000:abcd 1ffff800:z" },
	/* the same byte twice is harmless if it is the same */
	{ FLASH AB AB END, "08000000:ab" },
	{ FLASH AB CD ":02000100626338\n" END, "08000000:abcd" },
	{ FLASH ":02000100626338\n" AB CD END, "08000000:abcd" },
	/* line ends, blank lines, blanks at the end, either case */
	{ ":020000040800f2\r\n:0200000061623b\r\n:00000001ff\r\n", "08000000:ab" },
	{ ":020000040800F2\r:0200000061623B\r:00000001FF\r", "08000000:ab" },
	{ "\n\r\n\n" FLASH "\r\r" AB " \t\n" END "   \n", "08000000:ab" },
	{ ":0200000061623B  \n:00000001FF \t\r\n", "00000000:ab" },
	{ AB ":00000001FF", "00000000:ab" },
	{ AB ":00010001FE\n", "00000000:ab" },
	{ ":0000000000\n" AB END, "00000000:ab" },
	/* in a segment of type 02 offsets wrap, in linear addresses they go on */
	{ SEGMENT AB END, "00010000:ab" },
	{ SEGMENT ":04FFFE007778797A1D\n" END, "00010000:yz 0001fffe:wx" },
	{ SEGMENT ":02FFFE00777812\n" END, "0001fffe:wx" },
	{ ":02000002FFFFFE\n" ":018000006817\n" END, "00107ff0:h" },
	{ FLASH ":04FFFE007778797A1D\n" END, "0800fffe:wxyz" },
	{ ":04FFFE007778797A1D\n" END, "0000fffe:wxyz" },
	{ SEGMENT FLASH ":04FFFE007778797A1D\n" END, "0800fffe:wxyz" },
	{ FLASH SEGMENT ":04FFFE007778797A1D\n" END, "00010000:yz 0001fffe:wx" },
	{ FLASH ":020000020000FC\n" AB END, "00000000:ab" },
	/* to the last byte that there is */
	{ TOP ":02FFFE00777812\n" END, "fffffffe:wx" },
	{ TOP ":01FFFF007A87\n" ":020000040000FA\n" AB END, "00000000:ab ffffffff:z" },
	/* start addresses are kept; the last one counts */
	{ AB ":04000005080001ED01\n" END, "00000000:ab start=080001ed" },
	{ AB ":0400000312345678E5\n" END, "00000000:ab cs:ip=12345678" },
	{ AB ":0400000312345678E5\n:04000005080001ED01\n" END, "00000000:ab start=080001ed" },
	{ AB ":04000005080001ED01\n:0400000312345678E5\n" END, "00000000:ab cs:ip=12345678" },
	{ AB ":04123405080001EDBB\n" END, "00000000:ab start=080001ed" },
};

START_TEST(good_file_becomes_its_image)
{
	struct image img = IMAGE_INIT;
	struct err e = ERR_INIT;
	char text[TEXT_MAX];

	ck_assert_msg(load(good[_i].text, strlen(good[_i].text), &img, &e) == 0, "%s", e.msg);
	ck_assert_str_eq(show(&img, text), good[_i].want);
	for (size_t i = 0; i < img.count; i++)
		ck_assert_str_eq(img.seg[i].origin, "fw.hex");
	image_free(&img);
}
END_TEST

#define TEXT(s) s, sizeof(s) - 1

/* Bytes behind the end are left out; those that are no filler are told with their line. */
static const struct {
	const char *text;
	size_t len;
	unsigned int ignored;
} tails[] = {
	{ TEXT(AB END), 0 },
	{ TEXT(AB END "\n \t\n"), 0 },
	{ TEXT(AB END "\x1a"), 0 },
	{ TEXT(AB END "\x1a\n\x1a\x1a\n"), 0 },
	{ TEXT(AB END "\0\0\0"), 0 },
	{ TEXT(AB END "\r\n\0\x1a \0\n\0"), 0 },
	{ TEXT(AB ":00000001FF\x1a"), 0 },
	{ TEXT(AB ":00000001ff\0\0"), 0 },
	{ TEXT(AB ":00010001FE\x1a\n"), 0 },
	{ TEXT(AB END "; built by hand\n"), 3 },
	{ TEXT(AB END "\n\nend\n# and more\n"), 5 },
	{ TEXT(AB ":00000001FF ; end\n"), 2 },
	{ TEXT(AB ":00000001FF\n\x1agarbage"), 3 },
	{ TEXT(AB END "00000001FF\n"), 3 },
	{ TEXT(AB END "\xff\xff"), 3 },
};

START_TEST(what_is_behind_the_end_is_left_out)
{
	struct image img = IMAGE_INIT;
	struct err e = ERR_INIT;
	char text[TEXT_MAX];

	ck_assert_msg(load(tails[_i].text, tails[_i].len, &img, &e) == 0, "%s", e.msg);
	ck_assert_str_eq(show(&img, text), "00000000:ab");
	ck_assert_uint_eq(img.ignored_line, tails[_i].ignored);
	image_free(&img);
}
END_TEST

static const struct {
	const char *text, *error;
} bad[] = {
	{ "", "fw.hex: file is empty" },
	{ "\n", "fw.hex:1: no end-of-file record: the file was cut off" },
	{ END, "fw.hex:1: the file holds no data" },
	{ FLASH ":0000000000\n" END, "fw.hex:3: the file holds no data" },
	{ FLASH AB, "fw.hex:2: no end-of-file record: the file was cut off" },
	{ FLASH AB "\n\n", "fw.hex:4: no end-of-file record: the file was cut off" },
	{ AB END AB, "fw.hex:3: data after the end-of-file record on line 2" },
	{ AB END "\n" END, "fw.hex:4: data after the end-of-file record on line 2" },
	{ AB END "; more\n" CD, "fw.hex:4: data after the end-of-file record on line 2" },
	{ AB END "\x1a" CD, "fw.hex:3: data after the end-of-file record on line 2" },
	{ AB END " \x1a\t:", "fw.hex:3: data after the end-of-file record on line 2" },
	/* what is no record */
	{ "hello\n", "fw.hex:1: line does not begin with ':'" },
	{ FLASH "020000006162\n", "fw.hex:2: line does not begin with ':'" },
	{ AB " " END, "fw.hex:2: line does not begin with ':'" },
	{ "\xef\xbb" AB END, "fw.hex:1: line does not begin with ':'" },
	{ MARK MARK AB END, "fw.hex:1: line does not begin with ':'" },
	{ AB MARK END, "fw.hex:2: line does not begin with ':'" },
	{ AB "\x1a\n" END, "fw.hex:2: line does not begin with ':'" },
	{ AB "; comment\n" END, "fw.hex:2: line does not begin with ':'" },
	{ ":02000000616G3B\n", "fw.hex:1: 'G' in column 13 is no hexadecimal digit" },
	{ ":0200000061 623B\n", "fw.hex:1: byte 0x20 in column 12 is no hexadecimal digit" },
	{ ":0200000061\xff" "23B\n", "fw.hex:1: byte 0xff in column 12 is no hexadecimal digit" },
	{ AB ":00000001FF:00\n", "fw.hex:2: data after the end-of-file record on line 2" },
	{ AB ":00000001FE ; end\n", "fw.hex:2: bad checksum: expected 0xff, found 0xfe" },
	{ ":0200000061623B ; data\n",
	  "fw.hex:1: byte 0x20 in column 16 is no hexadecimal digit" },
	{ ":0200000061623\n", "fw.hex:1: odd number of digits (13)" },
	{ ":\n", "fw.hex:1: record of 0 digits is too short, the shortest has 10" },
	{ ":00000001\n", "fw.hex:1: record of 8 digits is too short, the shortest has 10" },
	{ ":03000000616239\n", "fw.hex:1: wrong length: record states 3 data bytes, but holds 2" },
	{ ":0100000061623B\n", "fw.hex:1: wrong length: record states 1 data bytes, but holds 2" },
	{ ":0200000061623B00\n",
	  "fw.hex:1: wrong length: record states 2 data bytes, but holds 3" },
	{ ":FF00000001\n", "fw.hex:1: wrong length: record states 255 data bytes, but holds 0" },
	/* what is no valid one */
	{ FLASH "\r\n" ":0200000061623C\r\n", "fw.hex:3: bad checksum: expected 0x3b, found 0x3c" },
	{ ":0200000061633B\n", "fw.hex:1: bad checksum: expected 0x3a, found 0x3b" },
	{ ":0000000100\n", "fw.hex:1: bad checksum: expected 0xff, found 0x00" },
	{ ":00000006FA\n", "fw.hex:1: unknown record type 0x06" },
	{ ":000000FF01\n", "fw.hex:1: unknown record type 0xff" },
	{ AB ":01000001619D\n", "fw.hex:2: end-of-file record has 1 data bytes instead of 0" },
	{ ":01000002619C\n",
	  "fw.hex:1: extended segment address record has 1 data bytes instead of 2" },
	{ ":03000004616263D3\n",
	  "fw.hex:1: extended linear address record has 3 data bytes instead of 2" },
	{ ":03000003616263D4\n",
	  "fw.hex:1: start segment address record has 3 data bytes instead of 4" },
	{ ":00000005FB\n", "fw.hex:1: start linear address record has 0 data bytes instead of 4" },
	{ ":05000005616263646507\n",
	  "fw.hex:1: start linear address record has 5 data bytes instead of 4" },
	/* what does not fit together */
	{ TOP ":03FFFE0077787998\n", "fw.hex:2: 3 bytes at 0xfffffffe run past 4 GB" },
	{ FLASH AB ":02000100625843\n" CD END,
	  "fw.hex:4: 0x08000002 is 0x63 here, but 0x58 on line 3" },
	{ FLASH AB CD ":02000100625843\n" END,
	  "fw.hex:4: 0x08000002 is 0x58 here, but 0x63 on line 3" },
	{ FLASH ":02000100625843\n" AB CD END,
	  "fw.hex:4: 0x08000002 is 0x63 here, but 0x58 on line 2" },
	{ FLASH AB OPTIONS AB FLASH "\n" ":010000006699\n" END,
	  "fw.hex:7: 0x08000000 is 0x66 here, but 0x61 on line 2" },
	/* the wrapped part of a record meets another one */
	{ SEGMENT ":02FFFF00656635\n" AB END,
	  "fw.hex:3: 0x00010000 is 0x61 here, but 0x66 on line 2" },
};

START_TEST(bad_file_is_refused_with_its_line)
{
	struct image img = IMAGE_INIT;
	struct err e = ERR_INIT;

	ck_assert_int_eq(load(bad[_i].text, strlen(bad[_i].text), &img, &e), -1);
	ck_assert_str_eq(e.msg, bad[_i].error);
	ck_assert_int_eq(e.code, ERR_IMAGE);
	ck_assert_uint_eq(img.count, 0);
	ck_assert(!img.has_start);
}
END_TEST

static const char sample[] = FLASH AB CD OPTIONS ":01F800007A8D\n" ":04000005080001ED01\n" END;

START_TEST(file_cut_anywhere_is_refused)
{
	size_t whole = sizeof(sample) - 2;	/* the last line needs no end */

	for (size_t len = 0; len <= whole; len++) {
		struct image img = IMAGE_INIT;
		struct err e = ERR_INIT;

		ck_assert_msg(load(sample, len, &img, &e) == (len < whole ? -1 : 0),
			      "%zu of %zu characters: '%s'", len, whole, e.msg);
		image_free(&img);
	}
}
END_TEST

/* One wrong character anywhere is seen; a digit in the other case is none. */
START_TEST(any_wrong_character_is_seen)
{
	char text[sizeof(sample)];

	for (size_t i = 0; i < sizeof(sample) - 1; i++) {
		for (int c = 0; sample[i] != '\n' && c < 256; c++) {
			struct image img = IMAGE_INIT;

			memcpy(text, sample, sizeof(text));
			text[i] = (char)c;
			if (tolower(c) == tolower((unsigned char)sample[i]))
				continue;
			ck_assert_msg(load(text, sizeof(text) - 1, &img, NULL) == -1,
				      "character %zu as 0x%02x went through", i, c);
		}
	}
}
END_TEST

/* A NUL is a wrong character, not the end of the text. */
START_TEST(nul_is_a_wrong_character)
{
	static const char text[] = AB "\0" END;
	struct image img = IMAGE_INIT;
	struct err e = ERR_INIT;

	ck_assert_int_eq(load(text, sizeof(text) - 1, &img, &e), -1);
	ck_assert_str_eq(e.msg, "fw.hex:2: line does not begin with ':'");
}
END_TEST

/* Writes a data record; returns its length. */
static size_t put_record(char *to, uint16_t offset, const uint8_t *data, unsigned int len)
{
	unsigned int sum = len + (offset >> 8) + (offset & 0xff);
	char *p = to + sprintf(to, ":%02X%04X00", len, offset);

	for (unsigned int i = 0; i < len; i++) {
		p += sprintf(p, "%02X", data[i]);
		sum += data[i];
	}
	p += sprintf(p, "%02X\n", -sum & 0xff);
	return (size_t)(p - to);
}

START_TEST(record_of_any_length_is_read)
{
	char text[700];
	uint8_t data[255];

	for (unsigned int i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 5 + 1);
	for (unsigned int len = 1; len <= sizeof(data); len++) {
		size_t used = put_record(text, 0x1234, data, len);
		struct image img = IMAGE_INIT;

		strcpy(text + used, END);
		ck_assert_int_eq(load(text, strlen(text), &img, NULL), 0);
		ck_assert_uint_eq(img.count, 1);
		ck_assert_uint_eq(img.seg[0].addr, 0x1234);
		ck_assert_uint_eq(img.seg[0].len, len);
		ck_assert_mem_eq(img.seg[0].data, data, len);
		image_free(&img);
	}
}
END_TEST

/*
 * A hundred thousand records in random order, every fourth one a byte short, so that gaps remain:
 * each byte arrives at its place. How long that takes is not asserted.
 */
START_TEST(records_in_any_order_find_their_place)
{
	enum { RECORDS = 100000, STEP = 16 };
	char *text = malloc(RECORDS * 80 + 20), *p = text;
	uint32_t *order = malloc(RECORDS * sizeof(*order)), expected = 0, random = 7;
	struct image img = IMAGE_INIT;
	struct err e = ERR_INIT;

	for (uint32_t i = 0; i < RECORDS; i++)
		order[i] = i;
	for (uint32_t i = RECORDS - 1; i > 0; i--) {
		uint32_t j = random_below(&random, i + 1), t = order[i];

		order[i] = order[j];
		order[j] = t;
	}
	for (uint32_t i = 0; i < RECORDS; i++) {
		uint32_t n = order[i], off = n * STEP;
		unsigned int sum = 2 + 4 + 8 + (off >> 16), len = n % 4 ? STEP : STEP - 1;
		uint8_t data[STEP];

		for (unsigned int b = 0; b < STEP; b++)
			data[b] = (uint8_t)(n >> b);
		p += sprintf(p, ":0200000408%02X%02X\n", (unsigned int)(off >> 16), -sum & 0xff);
		p += put_record(p, (uint16_t)off, data, len);
		expected += len;
	}
	p += sprintf(p, "%s", END);
	ck_assert_msg(load(text, (size_t)(p - text), &img, &e) == 0, "%s", e.msg);
	ck_assert_uint_eq(img.count, RECORDS / 4 + 1);
	ck_assert_uint_eq(image_bytes(&img), expected);
	for (uint32_t n = 0; n < RECORDS; n++) {
		uint8_t data[STEP - 1];

		ck_assert_uint_eq(image_copy(&img, 0x08000000 + n * STEP, data, sizeof(data)),
				  sizeof(data));
		for (unsigned int b = 0; b < sizeof(data); b++)
			ck_assert_uint_eq(data[b], (uint8_t)(n >> b));
	}
	image_free(&img);
	free(order);
	free(text);
}
END_TEST

START_TEST(probe_knows_ihex_by_its_first_record)
{
	static const struct {
		const char *text;
		bool ihex;
	} cases[] = {
		{ AB END, true }, { ":0200000061", true }, { "\r\n\n:02000000", true },
		{ ":00000007", true }, { ":ffff00FF", true }, { " :02000000", true },
		{ "\xef\xbb\xbf:02000000", true }, { ":00", true }, { ":0200000", true },
		{ "", false }, { ":", false }, { ":0", false }, { ":02z", false },
		{ ":0200000z", false }, { "02000000", false }, { "x:02000000", false },
		{ "\n\n", false },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const uint8_t *data = (const uint8_t *)cases[i].text;

		ck_assert_msg((parser_ihex.probe(data, strlen(cases[i].text)) > 1) == cases[i].ihex,
			      "'%s'", cases[i].text);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ihex");
	TCase *t = runner_case(s, "ihex", 0);

	tcase_add_loop_test(t, good_file_becomes_its_image, 0, COUNT(good));
	tcase_add_loop_test(t, what_is_behind_the_end_is_left_out, 0, COUNT(tails));
	tcase_add_loop_test(t, bad_file_is_refused_with_its_line, 0, COUNT(bad));
	tcase_add_test(t, file_cut_anywhere_is_refused);
	tcase_add_test(t, any_wrong_character_is_seen);
	tcase_add_test(t, nul_is_a_wrong_character);
	tcase_add_test(t, record_of_any_length_is_read);
	tcase_add_test(t, records_in_any_order_find_their_place);
	tcase_add_test(t, probe_knows_ihex_by_its_first_record);
	return runner_run(s);
}
