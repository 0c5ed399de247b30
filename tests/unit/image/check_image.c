/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images: sparse, sorted, and never two values for one byte. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/random.h"
#include "tests/lib/runner.h"
#include "image/image.h"

#define TEXT_MAX 400

/* Adds the characters of @text as data. */
static int add(struct image *img, uint32_t addr, const char *text, const char *origin,
	       struct err *e)
{
	return image_add(img, addr, (const uint8_t *)text, (uint32_t)strlen(text), origin, e);
}

/* "08000000:abc 08000010:d", for images whose data are letters. */
static const char *show(const struct image *img, char *out)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < img->count; i++)
		used += (size_t)snprintf(out + used, TEXT_MAX - used, "%s%08x:%.*s", i ? " " : "",
					 (unsigned int)img->seg[i].addr, (int)img->seg[i].len,
					 (const char *)img->seg[i].data);
	return out;
}

struct piece {
	uint32_t addr;
	const char *text;
};

static const struct {
	struct piece add[6];		/* the last one is the one that @error is about */
	const char *want, *error;
} adds[] = {
	{ { { 0x1000, "abc" } }, "00001000:abc", NULL },
	{ { { 0x1000, "" } }, "", NULL },
	{ { { 0x1000, "abc" }, { 0x1003, "def" } }, "00001000:abcdef", NULL },
	{ { { 0x1003, "def" }, { 0x1000, "abc" } }, "00001000:abcdef", NULL },
	{ { { 0x1000, "abc" }, { 0x1004, "def" } }, "00001000:abc 00001004:def", NULL },
	{ { { 0x1004, "def" }, { 0x1000, "abc" } }, "00001000:abc 00001004:def", NULL },
	{ { { 0x1000, "a" }, { 0x1002, "c" }, { 0x1004, "e" }, { 0x1001, "b" } },
	  "00001000:abc 00001004:e", NULL },
	{ { { 0x1000, "a" }, { 0x1004, "e" }, { 0x1008, "i" }, { 0x1001, "bcdefgh" } },
	  "00001000:abcdefghi", NULL },
	{ { { 0x1004, "e" }, { 0x1006, "g" }, { 0x1000, "abcdefgh" } }, "00001000:abcdefgh", NULL },
	{ { { 0x1000, "abcd" }, { 0x1001, "bc" } }, "00001000:abcd", NULL },
	{ { { 0x1000, "abcd" }, { 0x1000, "abcd" } }, "00001000:abcd", NULL },
	{ { { 0x1000, "abcd" }, { 0x1002, "cdef" } }, "00001000:abcdef", NULL },
	{ { { 0x1002, "cdef" }, { 0x1000, "abcd" } }, "00001000:abcdef", NULL },
	{ { { 0x1000, "abcd" }, { 0x1002, "cXef" } }, "00001000:abcd",
	  "0x00001003 is given twice, as 0x64 and as 0x58" },
	{ { { 0x1002, "cdef" }, { 0x1000, "abXd" } }, "00001002:cdef",
	  "0x00001002 is given twice, as 0x63 and as 0x58" },
	/* the first segment agrees, the second does not: nothing of it may stay */
	{ { { 0x1000, "ab" }, { 0x1004, "ef" }, { 0x1001, "bcdX" }, }, "00001000:ab 00001004:ef",
	  "0x00001004 is given twice, as 0x65 and as 0x58" },
	{ { { 0x08000000, "a" }, { 0x1ffff800, "b" } }, "08000000:a 1ffff800:b", NULL },
	{ { { 0xffffffff, "z" }, { 0, "a" } }, "00000000:a ffffffff:z", NULL },
	{ { { 0xfffffffe, "yz" } }, "fffffffe:yz", NULL },
	{ { { 0xfffffffe, "yz" }, { 0xffffffff, "z" } }, "fffffffe:yz", NULL },
	{ { { 0xfffffffe, "xyz" } },
	  "", "3 bytes at 0xfffffffe run past the end of the address space" },
	{ { { 0, "a" }, { 0xffffffff, "zz" } },
	  "00000000:a", "2 bytes at 0xffffffff run past the end of the address space" },
};

START_TEST(pieces_join_or_clash)
{
	struct image img = IMAGE_INIT;
	struct err e = ERR_INIT;
	char text[TEXT_MAX];
	int ret = 0;

	for (int i = 0; adds[_i].add[i].text; i++) {
		ck_assert_msg(ret == 0, "case %d: %s", _i, e.msg);
		ret = add(&img, adds[_i].add[i].addr, adds[_i].add[i].text, NULL, &e);
	}
	ck_assert_int_eq(ret, adds[_i].error ? -1 : 0);
	ck_assert_str_eq(e.msg, adds[_i].error ? adds[_i].error : "");
	ck_assert_int_eq(e.code, adds[_i].error ? ERR_IMAGE : ERR_NONE);
	ck_assert_str_eq(show(&img, text), adds[_i].want);
	image_free(&img);
}
END_TEST

/*
 * Random adds beside a flat array that says what must be there. The window lies at the start, in
 * the middle or at the very end of the address space.
 */
#define WINDOW 96
static const uint32_t windows[] = { 0, 0x08000000, (uint32_t)-WINDOW };

struct model {
	uint32_t base;
	bool have[WINDOW];
	uint8_t byte[WINDOW];
};

static void check_model(const struct image *img, const struct model *m)
{
	uint8_t got[WINDOW], want[WINDOW];
	uint64_t bytes = 0, end = 0;

	for (size_t i = 0; i < img->count; i++) {
		ck_assert_uint_gt(img->seg[i].len, 0);
		ck_assert_msg(i == 0 || img->seg[i].addr > end,
			      "segment %zu overlaps or touches the last", i);
		end = (uint64_t)img->seg[i].addr + img->seg[i].len;
	}
	for (int i = 0; i < WINDOW; i++) {
		const struct segment *s = image_find(img, m->base + (uint32_t)i);

		ck_assert_msg((s && s->addr <= m->base + (uint32_t)i) == m->have[i], "byte %d", i);
		want[i] = m->have[i] ? m->byte[i] : 0xa5;
		bytes += m->have[i];
	}
	ck_assert_uint_eq(image_bytes(img), bytes);
	memset(got, 0xa5, sizeof(got));
	ck_assert_uint_eq(image_copy(img, m->base, got, WINDOW), bytes);
	ck_assert_mem_eq(got, want, WINDOW);
}

START_TEST(image_behaves_like_a_flat_array)
{
	struct image img = IMAGE_INIT;
	struct model m = { .base = windows[_i] };
	uint32_t random = 1000 + (uint32_t)_i;
	int refused = 0;

	for (int round = 0; round < 3000; round++) {
		uint32_t off = random_below(&random, WINDOW), len = 1 + random_below(&random, 12);
		bool odd = random_below(&random, 8) == 0, clash = false;
		uint8_t data[12];

		if (len > WINDOW - off)
			len = WINDOW - off;
		for (uint32_t i = 0; i < len; i++) {
			data[i] = (uint8_t)((off + i) * 7 + (odd && random_below(&random, 4) == 0));
			clash |= m.have[off + i] && m.byte[off + i] != data[i];
		}
		ck_assert_int_eq(image_add(&img, m.base + off, data, len, NULL, NULL),
				 clash ? -1 : 0);
		for (uint32_t i = 0; i < len && !clash; i++) {
			m.have[off + i] = true;
			m.byte[off + i] = data[i];
		}
		refused += clash;
		check_model(&img, &m);
		if (image_bytes(&img) == WINDOW) {
			image_free(&img);
			memset(m.have, 0, sizeof(m.have));
		}
	}
	ck_assert_int_gt(refused, 50);
	image_free(&img);
}
END_TEST

START_TEST(copy_fills_in_only_what_the_image_has)
{
	static const struct {
		uint32_t addr, len, copied;
		const char *want;
	} cases[] = {
		{ 0x1000, 8, 5, "abc..fg." }, { 0x0ffe, 4, 2, "..ab" }, { 0x1001, 1, 1, "b" },
		{ 0x1003, 2, 0, ".." }, { 0x1002, 4, 2, "c..f" }, { 0x1007, 4, 0, "...." },
		{ 0x1000, 0, 0, "" },
		{ 0xfffffffc, 4, 1, "...z" }, { 0xffffffff, 1, 1, "z" },
	};
	struct image img = IMAGE_INIT;

	ck_assert_int_eq(add(&img, 0x1000, "abc", NULL, NULL), 0);
	ck_assert_int_eq(add(&img, 0x1005, "fg", NULL, NULL), 0);
	ck_assert_int_eq(add(&img, 0xffffffff, "z", NULL, NULL), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		char buf[16] = "................";

		ck_assert_uint_eq(image_copy(&img, cases[i].addr, (uint8_t *)buf, cases[i].len),
				  cases[i].copied);
		ck_assert_msg(strncmp(buf, cases[i].want, cases[i].len) == 0 &&
				      buf[cases[i].len] == '.',
			      "case %zu gave '%.16s'", i, buf);
	}
	image_free(&img);
}
END_TEST

/* The bytes that the image does not hold, one by one as image_copy tells them. */
START_TEST(gaps_are_the_bytes_that_the_image_does_not_hold)
{
	static const struct { uint32_t addr, len; } held[] = { { 4, 4 }, { 12, 1 }, { 20, 8 } };
	static const uint8_t data[8] = { 0 };
	struct image img = IMAGE_INIT;
	struct err e = ERR_INIT;
	uint8_t byte;

	for (size_t i = 0; i < COUNT(held); i++)
		ck_assert_int_eq(image_add(&img, held[i].addr, data, held[i].len, NULL, &e), 0);
	for (uint32_t from = 0; from < 32; from++)
		for (uint32_t end = from; end < 32; end++) {
			uint32_t at = from, len, seen = from;

			for (; image_gap(&img, &at, end, &len); at += len) {
				ck_assert_uint_gt(len, 0);
				for (; seen < at; seen++)
					ck_assert_uint_eq(image_copy(&img, seen, &byte, 1), 1);
				for (; seen < at + len; seen++)
					ck_assert_uint_eq(image_copy(&img, seen, &byte, 1), 0);
			}
			for (; seen < end; seen++)
				ck_assert_uint_eq(image_copy(&img, seen, &byte, 1), 1);
		}
	image_free(&img);
}
END_TEST

START_TEST(gaps_end_with_the_last_address)
{
	static const uint8_t data[4] = { 0 };
	struct image img = IMAGE_INIT;
	struct err e = ERR_INIT;
	uint32_t at = 0xFFFFFFF0u, len;

	ck_assert_int_eq(image_add(&img, 0xFFFFFFFCu, data, 4, NULL, &e), 0);
	ck_assert(image_gap(&img, &at, UINT64_C(1) << 32, &len));
	ck_assert_uint_eq(at, 0xFFFFFFF0u);
	ck_assert_uint_eq(len, 12);
	at += len;
	ck_assert(!image_gap(&img, &at, UINT64_C(1) << 32, &len));
	image_free(&img);
}
END_TEST

/* Up and down, and never out of the address space: then nothing moves. */
START_TEST(image_moves_whole_or_not_at_all)
{
	static const struct { int64_t by; int ret; uint32_t first, start; } cases[] = {
		{ 0x07000000, 0, 0x08000000, 0x08000101 },
		{ -0x01000000, 0, 0, 0x101 },
		{ -0x01000001, -1, 0x01000000, 0x01000101 },
		{ 0xFEFFEFFB, 0, 0xFFFFEFFB, 0xFFFFF0FC },
		{ 0xFEFFEFFE, -1, 0x01000000, 0x01000101 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct image img = IMAGE_INIT;
		struct err e = ERR_INIT;

		ck_assert_int_eq(add(&img, 0x01000000, "abc", NULL, NULL), 0);
		ck_assert_int_eq(add(&img, 0x01001000, "def", NULL, NULL), 0);
		img.has_start = true;
		img.start = 0x01000101;
		ck_assert_int_eq(image_move(&img, cases[i].by, &e), cases[i].ret);
		ck_assert_int_eq(e.code, cases[i].ret ? ERR_IMAGE : ERR_NONE);
		ck_assert_uint_eq(img.seg[0].addr, cases[i].first);
		ck_assert_uint_eq(img.seg[1].addr, cases[i].first + 0x1000);
		ck_assert_uint_eq(img.start, cases[i].start);
		image_free(&img);
	}
}
END_TEST

START_TEST(image_keeps_what_is_inside)
{
	static const struct { uint32_t start; uint64_t end; unsigned int left; const char *holds; }
	cases[] = {
		{ 0, UINT64_C(1) << 32, 0, "abcdefgh" }, { 0x1000, 0x1004, 4, "abcd" },
		{ 0x1001, 0x1003, 6, "bc" }, { 0x1002, 0x2002, 4, "cdef" },
		{ 0x1004, 0x2000, 8, "" }, { 0x2003, 0x2004, 7, "h" }, { 0x3000, 0x3001, 8, "" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct image img = IMAGE_INIT;
		uint8_t got[8] = "";
		uint32_t n;

		ck_assert_int_eq(add(&img, 0x1000, "abcd", NULL, NULL), 0);
		ck_assert_int_eq(add(&img, 0x2000, "efgh", NULL, NULL), 0);
		ck_assert_uint_eq(image_keep(&img, cases[i].start, cases[i].end), cases[i].left);
		n = 0;
		for (size_t k = 0; k < img.count; k++) {
			memcpy(got + n, img.seg[k].data, img.seg[k].len);
			n += img.seg[k].len;
		}
		ck_assert_uint_eq(n, strlen(cases[i].holds));
		ck_assert_mem_eq(got, cases[i].holds, n);
		/* It still grows. */
		ck_assert_int_eq(add(&img, 0x2010, "ijklmnop", NULL, NULL), 0);
		image_free(&img);
	}
}
END_TEST

START_TEST(find_returns_the_segment_at_or_behind_an_address)
{
	static const struct {
		uint32_t addr;
		int index;		/* -1: none */
	} cases[] = {
		{ 0, 0 }, { 0x1000, 0 }, { 0x1002, 0 }, { 0x1003, 1 }, { 0x1005, 1 }, { 0x1006, 1 },
		{ 0x1007, -1 }, { 0xffffffff, -1 },
	};
	struct image img = IMAGE_INIT;

	ck_assert_ptr_null(image_find(&img, 0));
	ck_assert_int_eq(add(&img, 0x1000, "abc", NULL, NULL), 0);
	ck_assert_int_eq(add(&img, 0x1005, "fg", NULL, NULL), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct segment *s = image_find(&img, cases[i].addr);

		ck_assert_msg(s == (cases[i].index < 0 ? NULL : &img.seg[cases[i].index]), "0x%08x",
			      (unsigned int)cases[i].addr);
	}
	image_free(&img);
}
END_TEST

/* A word far away costs a segment, not the gap: this would not fit in any memory otherwise. */
START_TEST(gap_costs_a_segment_and_no_memory)
{
	struct image img = IMAGE_INIT;
	uint32_t addr;

	for (addr = 0; addr < 0xff000000; addr += 0x01000000)
		ck_assert_int_eq(add(&img, addr, "word", NULL, NULL), 0);
	ck_assert_uint_eq(img.count, 255);
	ck_assert_uint_eq(image_bytes(&img), 255 * 4);
	image_free(&img);
}
END_TEST

START_TEST(appended_words_grow_one_segment)
{
	struct image img = IMAGE_INIT;
	uint8_t word[4];

	for (uint32_t i = 0; i < 50000; i++) {
		for (int b = 0; b < 4; b++)
			word[b] = (uint8_t)(i >> 8 * b);
		ck_assert_int_eq(image_add(&img, 0x08000000 + 4 * i, word, 4, "a", NULL), 0);
	}
	ck_assert_uint_eq(img.count, 1);
	ck_assert_uint_eq(img.seg[0].len, 200000);
	for (uint32_t i = 0; i < 50000; i++) {
		const uint8_t *p = img.seg[0].data + 4 * i;

		ck_assert_uint_eq(p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16, i);
	}
	image_free(&img);
}
END_TEST

struct file {
	const char *name;
	struct piece piece[3];
};

static const struct {
	struct file file[3];
	const char *want, *error;
} merges[] = {
	{ { { "a", { { 0x1000, "abc" } } }, { "b", { { 0x2000, "xyz" } } } },
	  "00001000:abc 00002000:xyz", NULL },
	{ { { "a", { { 0x2000, "xyz" } } }, { "b", { { 0x1000, "abc" } } } },
	  "00001000:abc 00002000:xyz", NULL },
	{ { { "a", { { 0x1000, "abc" } } }, { "b", { { 0x1003, "def" } } } },
	  "00001000:abcdef", NULL },
	{ { { "a", { { 0x1000, "a" }, { 0x1002, "c" } } },
	    { "b", { { 0x1001, "b" }, { 0x1003, "d" } } } },
	  "00001000:abcd", NULL },
	{ { { "a", { { 0x1000, "abc" } } }, { "b", { { 0x1002, "c" } } } },
	  "00001000:abc", "'a' and 'b' overlap at 0x00001002" },
	{ { { "a", { { 0x1002, "cd" } } }, { "b", { { 0x1000, "abc" } } } }, "00001002:cd",
	  "'a' and 'b' overlap at 0x00001002" },
	{ { { "a", { { 0x1000, "abc" } } }, { "b", { { 0x0f00, "x" }, { 0x1000, "abc" } } } },
	  "00001000:abc", "'a' and 'b' overlap at 0x00001000" },
	{ { { "a", { { 0xffffffff, "z" } } }, { "b", { { 0xfffffffe, "yz" } } } }, "ffffffff:z",
	  "'a' and 'b' overlap at 0xffffffff" },
	/* files that touch share a segment, but are still told apart */
	{ { { "boot", { { 0x1000, "abc" } } },
	    { "app", { { 0x1003, "def" } } },
	    { "cfg", { { 0x1005, "f" } } } },
	  "00001000:abcdef", "'app' and 'cfg' overlap at 0x00001005" },
	{ { { "app", { { 0x1003, "def" } } },
	    { "boot", { { 0x1000, "abc" } } },
	    { "cfg", { { 0x1001, "b" } } } },
	  "00001000:abcdef", "'boot' and 'cfg' overlap at 0x00001001" },
};

static void add_piece(struct image *img, const struct piece *p, const char *origin)
{
	ck_assert_int_eq(add(img, p->addr, p->text, origin, NULL), 0);
}

START_TEST(merged_images_join_or_clash_as_pieces_do)
{
	struct image all = IMAGE_INIT;
	struct err e = ERR_INIT;
	char text[TEXT_MAX];
	int ret = 0;

	for (int f = 0; f < 3 && merges[_i].file[f].name; f++) {
		const struct file *file = &merges[_i].file[f];
		struct image img = IMAGE_INIT;

		ck_assert_msg(ret == 0, "case %d: %s", _i, e.msg);
		for (int i = 0; i < 3 && file->piece[i].text; i++)
			add_piece(&img, &file->piece[i], file->name);
		ret = image_merge(&all, &img, &e);
		image_free(&img);
	}
	ck_assert_int_eq(ret, merges[_i].error ? -1 : 0);
	ck_assert_str_eq(e.msg, merges[_i].error ? merges[_i].error : "");
	ck_assert_int_eq(e.code, merges[_i].error ? ERR_IMAGE : ERR_NONE);
	ck_assert_str_eq(show(&all, text), merges[_i].want);
	image_free(&all);
}
END_TEST

static void expect_origin(const struct image *img, uint32_t addr, const char *want)
{
	const char *got = image_origin(img, addr);

	ck_assert_msg(want ? got && strcmp(got, want) == 0 : !got, "0x%08x came from '%s'",
		      (unsigned int)addr, got ? got : "nowhere");
}

START_TEST(each_segment_knows_its_file)
{
	struct image boot = IMAGE_INIT, app = IMAGE_INIT, cfg = IMAGE_INIT, all = IMAGE_INIT;

	ck_assert_int_eq(add(&boot, 0x1000, "abc", "boot", NULL), 0);
	ck_assert_int_eq(add(&app, 0x1003, "def", "app", NULL), 0);
	expect_origin(&boot, 0x1002, "boot");
	expect_origin(&boot, 0x0fff, NULL);
	expect_origin(&boot, 0x1003, NULL);
	ck_assert_int_eq(image_merge(&all, &boot, NULL), 0);
	ck_assert_int_eq(image_merge(&all, &app, NULL), 0);
	ck_assert_int_eq(add(&cfg, 0x2000, "x", "cfg", NULL), 0);
	ck_assert_int_eq(image_merge(&all, &cfg, NULL), 0);
	expect_origin(&all, 0x0fff, NULL);
	expect_origin(&all, 0x1002, "boot");
	expect_origin(&all, 0x1003, "app");
	expect_origin(&all, 0x1005, "app");
	expect_origin(&all, 0x1006, NULL);
	expect_origin(&all, 0x2000, "cfg");
	image_free(&boot);
	image_free(&app);
	image_free(&cfg);
	image_free(&all);
}
END_TEST

START_TEST(last_start_address_wins_a_merge)
{
	static const struct {
		bool dst, src, want;
		uint32_t start;
	} cases[] = {
		{ false, false, false, 0 }, { true, false, true, 1 }, { false, true, true, 2 },
		{ true, true, true, 2 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct image dst = { .has_start = cases[i].dst, .start = cases[i].dst };
		struct image src = { .has_start = cases[i].src, .start = cases[i].src ? 2 : 0 };

		src.start_segmented = cases[i].src;
		ck_assert_int_eq(image_merge(&dst, &src, NULL), 0);
		ck_assert_int_eq(dst.has_start, cases[i].want);
		ck_assert_uint_eq(dst.start, cases[i].start);
		ck_assert_int_eq(dst.start_segmented, cases[i].src);
		image_free(&dst);
	}
}
END_TEST

START_TEST(freed_image_can_be_used_again)
{
	struct image img = IMAGE_INIT;
	char text[TEXT_MAX];

	ck_assert_int_eq(add(&img, 0x1000, "abc", NULL, NULL), 0);
	image_free(&img);
	ck_assert_uint_eq(img.count, 0);
	ck_assert_int_eq(add(&img, 0x2000, "d", NULL, NULL), 0);
	ck_assert_str_eq(show(&img, text), "00002000:d");
	image_free(&img);
	image_free(&img);
}
END_TEST

START_TEST(bytes_put_over_an_image_replace_what_is_there_and_join_it)
{
	struct image img = IMAGE_INIT;
	struct err e = ERR_INIT;

	ck_assert_int_eq(image_add(&img, 0x100, (const uint8_t *)"aaaa", 4, "one", &e), 0);
	ck_assert_int_eq(image_add(&img, 0x108, (const uint8_t *)"bbbb", 4, "two", &e), 0);
	ck_assert_int_eq(image_put(&img, 0x102, (const uint8_t *)"PPPPPPPP", 8, "put", &e), 0);
	ck_assert_uint_eq(img.count, 1);
	ck_assert_uint_eq(img.seg[0].len, 12);
	ck_assert_mem_eq(img.seg[0].data, "aaPPPPPPPPbb", 12);
	ck_assert_int_eq(image_put(&img, 0x200, (const uint8_t *)"Q", 1, "put", &e), 0);
	ck_assert_uint_eq(img.count, 2);
	ck_assert_str_eq(img.seg[1].origin, "put");
	image_free(&img);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("image");
	TCase *t = runner_case(s, "image", 0);

	tcase_add_loop_test(t, pieces_join_or_clash, 0, COUNT(adds));
	tcase_add_loop_test(t, image_behaves_like_a_flat_array, 0, COUNT(windows));
	tcase_add_test(t, copy_fills_in_only_what_the_image_has);
	tcase_add_test(t, gaps_are_the_bytes_that_the_image_does_not_hold);
	tcase_add_test(t, gaps_end_with_the_last_address);
	tcase_add_test(t, find_returns_the_segment_at_or_behind_an_address);
	tcase_add_test(t, image_moves_whole_or_not_at_all);
	tcase_add_test(t, image_keeps_what_is_inside);
	tcase_add_test(t, gap_costs_a_segment_and_no_memory);
	tcase_add_test(t, appended_words_grow_one_segment);
	tcase_add_loop_test(t, merged_images_join_or_clash_as_pieces_do, 0, COUNT(merges));
	tcase_add_test(t, each_segment_knows_its_file);
	tcase_add_test(t, last_start_address_wins_a_merge);
	tcase_add_test(t, freed_image_can_be_used_again);
	tcase_add_test(t, bytes_put_over_an_image_replace_what_is_there_and_join_it);
	return runner_run(s);
}
