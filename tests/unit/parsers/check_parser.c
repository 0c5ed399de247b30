/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which format a file is taken for, and raw binary. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/dfu_suffix.h"
#include "parsers/table.h"
#include "tests/lib/runner.h"

#define BYTES(s) (s), sizeof(s) - 1

#define HEX ":020000040800F2\n:00000001FF\n"
#define HEX_BAD ":020000040800F3\n:00000001FF\n"
#define VECTORS "\x00\x20\x00\x20\xed\x01\x00\x08"
#define DFU_BODY "\0\1\2\3\4\5\6\7"
#define DFU_IDS "\xff\xff\x11\xdf\x83\x04\x00\x01UFD\x10"

static const struct {
	const char *name, *data;
	size_t len;
	const char *format;		/* NULL: refused, with @error */
	const char *error;
} picks[] = {
	{ "fw.hex", BYTES(HEX), "ihex", NULL },
	{ "fw.bin", BYTES(HEX), "ihex", NULL },
	{ "-", BYTES(HEX), "ihex", NULL },
	{ "fw.elf", BYTES(HEX), "ihex", NULL },
	{ "fw.bin", BYTES(HEX_BAD), "ihex", NULL },
	{ "fw.bin", BYTES(VECTORS), "raw", NULL },
	{ "-", BYTES(VECTORS), "raw", NULL },
	{ "firmware", BYTES(VECTORS), "raw", NULL },
	{ "fw.dat", BYTES(VECTORS), "raw", NULL },
	{ "fw.v1.2", BYTES(VECTORS), "raw", NULL },
	{ "build.hex/fw", BYTES(VECTORS), "raw", NULL },
	{ "fw.", BYTES(VECTORS), "raw", NULL },
	{ "fw.bin", BYTES("x"), "raw", NULL },
	{ "fw.bin", BYTES(":x"), "raw", NULL },
	{ "fw.bin", BYTES("S1 and others"), "raw", NULL },
	/* by its name it must be Intel HEX, so that its parser will refuse it */
	{ "fw.hex", BYTES(VECTORS), "ihex", NULL },
	{ "FW.HEX", BYTES("garbage"), "ihex", NULL },
	{ "a.b/fw.ihx", BYTES("garbage"), "ihex", NULL },
	{ "fw.ihex", BYTES("garbage"), "ihex", NULL },
	{ "fw.he", BYTES("garbage"), "raw", NULL },
	{ "fw.hexx", BYTES("garbage"), "raw", NULL },
	/* the content counts */
	{ "a.bin", BYTES("S00600004844521B\n"), "srec", NULL },
	{ "a.hex", BYTES("S30D080000000020002100010000"), "srec", NULL },
	{ "a", BYTES("UF2\n\x57\x51\x5d\x9e...."), "uf2", NULL },
	{ "a", BYTES("DfuSe\1...."), "dfuse", NULL },
#ifdef HAVE_LIBELF
	{ "fw", BYTES("\177ELF\1\1\1"), "elf", NULL },
	{ "fw.hex", BYTES("\177ELF\1\1\1"), "elf", NULL },
#else
	{ "fw", BYTES("\177ELF\1\1\1"), NULL,
	  "fw: cannot read ELF files; this bootpin was built without libelf; convert it with: "
	  "arm-none-eabi-objcopy -O ihex IN OUT.hex" },
#endif
#ifdef HAVE_ZLIB
	{ "fw.hex", BYTES("\x1f\x8b\x08\x08...."), "gzip", NULL },
#else
	{ "fw.hex", BYTES("\x1f\x8b\x08\x08...."), NULL,
	  "fw.hex: cannot read gzip files; this bootpin was built without zlib; unpack it with: "
	  "gunzip <IN >OUT" },
#endif
	/* known, but not read */
	{ "a", BYTES("BZh91AY"), NULL,
	  "a: cannot read bzip2 files; unpack it with: bunzip2 <IN >OUT" },
	{ "a", BYTES("\3757zXZ\0\0"), NULL,
	  "a: cannot read xz files; unpack it with: unxz <IN >OUT" },
	{ "a", BYTES("\x28\xb5\x2f\xfd..."), NULL,
	  "a: cannot read zstd files; unpack it with: unzstd <IN >OUT" },
	{ "a", BYTES("PK\3\4\n"), NULL, "a: cannot read zip files; unpack it with: unzip FILE" },
	{ "a", BYTES("PK\5\6\0\0"), NULL, "a: cannot read zip files; unpack it with: unzip FILE" },
	{ "a", BYTES("PK\7\10PK\3\4"), NULL, "a: cannot read zip files; unpack it with: unzip FILE" },
	{ "a", BYTES("PK\3\5"), "raw", NULL },
	{ "a", BYTES("PK\3"), "raw", NULL },
	{ "a", BYTES("\4\"M\30...."), NULL, "a: cannot read LZ4 files; unpack it with: unlz4 IN OUT" },
	{ "a", BYTES("LZIP\1...."), NULL,
	  "a: cannot read lzip files; unpack it with: lzip -d <IN >OUT" },
	{ "a", BYTES("\x1f\x9d\x90."), NULL,
	  "a: cannot read compress files; unpack it with: gunzip <IN >OUT" },
	{ "a", BYTES("MSCF\0\0\0\0.."), NULL,
	  "a: cannot read cabinet files; unpack it with: 7z x FILE" },
	{ "a", BYTES("MZ\x90\0\3\0"), NULL,
	  "a: cannot read Windows program files; it may hold the firmware: 7z x FILE unpacks many" },
	{ "a", BYTES("%PDF-1.7\n"), NULL,
	  "a: cannot read PDF files; it is a document, and no firmware" },
	{ "a", BYTES("7z\xbc\xaf\x27\x1c\0\4"), NULL,
	  "a: cannot read 7-Zip files; unpack it with: 7z x FILE" },
	{ "a", BYTES("Rar!\x1a\x07\x01"), NULL,
	  "a: cannot read RAR files; unpack it with: 7z x FILE" },
	{ "a", BYTES("!<arch>\ndebian"), NULL,
	  "a: cannot read ar (library or Debian package) files; unpack it with: ar x FILE" },
	/* called so, but it is none */
	{ "fw.elf", BYTES(VECTORS), NULL, "fw.elf: named like ELF, but does not begin so" },
	{ "fw.s19", BYTES("S1"), NULL,
	  "fw.s19: named like Motorola S-record, but does not begin so" },
	{ "fw.GZ", BYTES(VECTORS), NULL, "fw.GZ: named like gzip, but does not begin so" },
	{ "fw.hex", BYTES(""), NULL, "fw.hex: file is empty" },
	{ "fw.bin", BYTES(""), NULL, "fw.bin: file is empty" },
	{ "-", BYTES(""), NULL, "-: file is empty" },
};

START_TEST(format_is_picked_by_content)
{
	/* Not a byte more than the file has, so that ASan and valgrind see one. */
	uint8_t *exact = malloc(picks[_i].len ? picks[_i].len : 1);
	const struct parser *p;
	struct err e = ERR_INIT;

	memcpy(exact, picks[_i].data, picks[_i].len);
	p = parser_pick(parser_table, exact, picks[_i].len, picks[_i].name, false, &e);
	free(exact);
	if (picks[_i].format) {
		ck_assert_msg(p, "%s", e.msg);
		ck_assert_str_eq(p->name, picks[_i].format);
		ck_assert(parser_reads(p));
	} else {
		ck_assert_ptr_null(p);
		ck_assert_str_eq(e.msg, picks[_i].error);
		ck_assert_int_eq(e.code, ERR_IMAGE);
	}
}
END_TEST

/* A file cut to a few bytes is looked at no further than it goes, and a part of a magic is none. */
START_TEST(short_file_is_read_no_further_than_it_goes)
{
	for (size_t i = 0; i < COUNT(picks); i++) {
		for (size_t len = 1; len < picks[i].len; len++) {
			uint8_t *exact = malloc(len);
			const struct parser *p;

			memcpy(exact, picks[i].data, len);
			p = parser_pick(parser_table, exact, len, "-", false, NULL);
			ck_assert_msg(p || !picks[i].format, "'%s' cut to %zu", picks[i].name, len);
			free(exact);
		}
	}
}
END_TEST

/* A header of tar without any magic, as the oldest have it, of a file "fw.bin". */
START_TEST(tar_is_told_by_the_sum_of_its_header)
{
	static const struct {
		int digits;
		const char *tail;
	} tails[] = { { 6, "" }, { 6, " " }, { 7, "" } };
	uint8_t block[512] = "fw.bin";
	unsigned int sum = 8 * ' ';
	struct err e = ERR_INIT;

	for (size_t i = 0; i < 6; i++)
		sum += block[i];
	for (size_t i = 0; i < COUNT(tails); i++) {
		memset(block + 148, 0, 8);
		snprintf((char *)block + 148, 8, "%0*o%s", tails[i].digits, sum, tails[i].tail);
		ck_assert_ptr_null(parser_pick(parser_table, block, sizeof(block), "a", false, &e));
		ck_assert_str_eq(e.msg, "a: cannot read tar files; unpack it with: tar xf FILE");
		block[300]++;
		ck_assert_ptr_eq(parser_pick(parser_table, block, sizeof(block), "a", false, &e),
				 &parser_raw);
		block[300]--;
	}
	ck_assert_ptr_eq(parser_pick(parser_table, block, sizeof(block) - 1, "a", false, &e), &parser_raw);
	memset(block, 0, sizeof(block));
	ck_assert_ptr_eq(parser_pick(parser_table, block, sizeof(block), "a", false, &e), &parser_raw);
}
END_TEST

/* ---- DFU suffix ---- */

static const struct {
	const char *data;
	size_t len;
	enum dfu_suffix is;
	size_t body;
} suffixes[] = {
	{ BYTES(DFU_BODY DFU_IDS "@CRC@"), DFU_SUFFIX_GOOD, 8 },
	{ BYTES(DFU_BODY "\xff\xff\xff\xff\xff\xff\x1a\x01UFD\x10" "@CRC@"), DFU_SUFFIX_GOOD, 8 },
	{ BYTES(DFU_IDS "@CRC@"), DFU_SUFFIX_GOOD, 0 },
	/* a longer one, of 20 bytes */
	{ BYTES(DFU_BODY "\1\2\3\4\xff\xff\x11\xdf\x83\x04\x00\x01UFD\x14" "@CRC@"),
	  DFU_SUFFIX_GOOD, 8 },
	{ BYTES(DFU_BODY "\xff\xff\x11\xdf\x83\x04\x00\x01UFD\xff" "@CRC@"), DFU_SUFFIX_BAD, 0 },
	{ BYTES(DFU_BODY DFU_IDS "\0\0\0\0\0"), DFU_SUFFIX_NONE, 0 },
	{ BYTES(DFU_BODY DFU_IDS "\0\0\0\0"), DFU_SUFFIX_BAD, 0 },
	{ BYTES(DFU_BODY "\xff\xff\x11\xdf\x83\x04\x00\x01UFD\x0f" "@CRC@"), DFU_SUFFIX_NONE, 0 },
	{ BYTES(DFU_BODY "\xff\xff\x11\xdf\x83\x04\x00\x01UFE\x10" "@CRC@"), DFU_SUFFIX_NONE, 0 },
	{ BYTES("UFD\x10" "@CRC@"), DFU_SUFFIX_NONE, 0 },
	{ BYTES(""), DFU_SUFFIX_NONE, 0 },
};

/* The sum of DFU 1.1, appendix B, a table's way, where "@CRC@" asks for it. Returns the length. */
static size_t with_crc(uint8_t *to, const char *data, size_t len)
{
	uint32_t crc = UINT32_MAX;

	memcpy(to, data, len);
	if (len < 5 || memcmp(data + len - 5, "@CRC@", 5) != 0)
		return len;
	len -= 5;
	for (size_t i = 0; i < len; i++) {
		uint32_t c = (crc ^ to[i]) & 0xff;

		for (int bit = 0; bit < 8; bit++)
			c = c & 1 ? 0xEDB88320 ^ c >> 1 : c >> 1;
		crc = c ^ crc >> 8;
	}
	for (int i = 0; i < 4; i++)
		to[len + (size_t)i] = (uint8_t)(crc >> 8 * i);
	return len + 4;
}

START_TEST(dfu_suffix_is_told_by_its_sum)
{
	uint8_t buf[64];
	size_t body = 0, len = with_crc(buf, suffixes[_i].data, suffixes[_i].len);
	uint8_t *exact = malloc(len ? len : 1);

	memcpy(exact, buf, len);
	ck_assert_int_eq(dfu_suffix_find(exact, len, &body), suffixes[_i].is);
	ck_assert_uint_eq(body, suffixes[_i].is == DFU_SUFFIX_GOOD ? suffixes[_i].body : 0);
	free(exact);
}
END_TEST

START_TEST(raw_file_with_dfu_suffix_may_be_named_dfu)
{
	uint8_t buf[64];
	size_t len = with_crc(buf, suffixes[0].data, suffixes[0].len);
	struct err e = ERR_INIT;

	ck_assert_ptr_eq(parser_pick(parser_table, buf, len, "fw.dfu", false, &e), &parser_raw);
	ck_assert_ptr_eq(parser_pick(parser_table, buf, len, "fw.bin", false, &e), &parser_raw);
	ck_assert_ptr_null(parser_pick(parser_table, buf, len, "fw.uf2", false, &e));
	ck_assert_ptr_null(parser_pick(parser_table, buf, len - 1, "fw.dfu", false, &e));
	ck_assert_str_eq(e.msg, "fw.dfu: named like DfuSe, but does not begin so");
}
END_TEST

/* --list-formats and parser_pick rely on this. */
START_TEST(each_format_can_be_told_and_is_loaded_or_refused)
{
	int count = 0;

	for (; parser_table[count]; count++) {
		const struct parser *p = parser_table[count];

		ck_assert_ptr_nonnull(p->name);
		ck_assert_ptr_nonnull(p->title);
		ck_assert_msg(!p->magic != !p->probe, "%s is told in no way or in two", p->name);
		ck_assert_msg(parser_reads(p) == !p->advice, "%s is read, or needs advice", p->name);
		ck_assert_msg(!p->load || !p->unpack, "%s is loaded and unpacked", p->name);
		ck_assert_int_eq(p->suffixes[0], '.');
		for (int i = 0; i < count; i++)
			ck_assert_str_ne(p->name, parser_table[i]->name);
	}
	ck_assert_int_ge(count, 2);
	ck_assert_ptr_eq(parser_table[count - 1], &parser_raw);
	ck_assert(parser_ihex.addressed);
	ck_assert(!parser_raw.addressed);
}
END_TEST

START_TEST(raw_file_goes_where_it_is_told)
{
	static const struct {
		const char *data;
		uint32_t base;
		const char *error;
	} cases[] = {
		{ "abcd", 0x08000000, NULL }, { "abcd", 0, NULL }, { "z", 0xffffffff, NULL },
		{ ":00000001FF", 0x08000000, NULL },
		{ "xyz", 0xfffffffe,
		  "fw.bin: 3 bytes at 0xfffffffe run past the end of the address space" },
		{ "", 0x08000000, "fw.bin: file is empty" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const uint8_t *data = (const uint8_t *)cases[i].data;
		size_t len = strlen(cases[i].data);
		struct image img = IMAGE_INIT;
		struct err e = ERR_INIT;
		int ret = parser_raw.load(data, len, "fw.bin", cases[i].base, &img, &e);

		ck_assert_int_eq(ret, cases[i].error ? -1 : 0);
		ck_assert_str_eq(e.msg, cases[i].error ? cases[i].error : "");
		ck_assert_uint_eq(img.count, cases[i].error ? 0 : 1);
		if (!cases[i].error) {
			ck_assert_uint_eq(img.seg[0].addr, cases[i].base);
			ck_assert_uint_eq(img.seg[0].len, len);
			ck_assert_mem_eq(img.seg[0].data, data, len);
			ck_assert_str_eq(img.seg[0].origin, "fw.bin");
		}
		image_free(&img);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("parser");
	TCase *t = runner_case(s, "parser", 0);

	tcase_add_loop_test(t, format_is_picked_by_content, 0, COUNT(picks));
	tcase_add_test(t, short_file_is_read_no_further_than_it_goes);
	tcase_add_test(t, tar_is_told_by_the_sum_of_its_header);
	tcase_add_loop_test(t, dfu_suffix_is_told_by_its_sum, 0, COUNT(suffixes));
	tcase_add_test(t, raw_file_with_dfu_suffix_may_be_named_dfu);
	tcase_add_test(t, each_format_can_be_told_and_is_loaded_or_refused);
	tcase_add_test(t, raw_file_goes_where_it_is_told);
	return runner_run(s);
}
