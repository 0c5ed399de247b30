/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CRC unit's sum: against values of the hardware, and against a slow one that takes words as
 * the reference manuals draw it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/crc.h"
#include "tests/lib/random.h"
#include "tests/lib/runner.h"

static const struct {
	uint8_t data[8];
	size_t len;
	uint32_t crc;
} known[] = {
	{ { 0 }, 0, 0xFFFFFFFF },
	{ { 0 }, 4, 0xC704DD7B },
	{ { 0xFF, 0xFF, 0xFF, 0xFF }, 4, 0x00000000 },
	{ { 0x78, 0x56, 0x34, 0x12 }, 4, 0xDF8A8A2B },		/* the word 0x12345678 */
};

START_TEST(crc_is_the_chips_for_known_words)
{
	ck_assert_uint_eq(crc_stm32(CRC_INIT, known[_i].data, known[_i].len), known[_i].crc);
}
END_TEST

static uint32_t slow(const uint8_t *data, size_t len)
{
	uint32_t crc = 0xFFFFFFFF;

	for (size_t i = 0; i < len; i += 4) {
		crc ^= data[i] | (uint32_t)data[i + 1] << 8 | (uint32_t)data[i + 2] << 16 |
		       (uint32_t)data[i + 3] << 24;
		for (int bit = 0; bit < 32; bit++)
			crc = crc & 0x80000000 ? crc << 1 ^ 0x04C11DB7 : crc << 1;
	}
	return crc;
}

/* In one piece, and cut anywhere. */
START_TEST(crc_of_pieces_is_that_of_the_whole)
{
	uint8_t data[1024];
	uint32_t whole;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 31 + (i >> 5));
	whole = slow(data, sizeof(data));
	for (size_t cut = 0; cut <= sizeof(data); cut += 4)
		ck_assert_uint_eq(crc_stm32(crc_stm32(CRC_INIT, data, cut), data + cut,
					    sizeof(data) - cut),
				  whole);
}
END_TEST

/* The check values of CRC-32 and CRC-32C in the catalogues, and the sum of nothing. */
START_TEST(crc_of_bytes_is_that_of_its_catalogue)
{
	const uint8_t *check = (const uint8_t *)"123456789";

	ck_assert_uint_eq(crc_bytes(CRC_ZLIB, CRC_INIT, check, 9), 0xCBF43926);
	ck_assert_uint_eq(crc_bytes(CRC_CASTAGNOLI, CRC_INIT, check, 9), 0xE3069283);
	ck_assert_uint_eq(crc_bytes(CRC_ZLIB, CRC_INIT, NULL, 0), 0);
}
END_TEST

/* Changes @data by a multiple of the polynomial, so that its sum stays. */
static void change_unseen(uint8_t *data, size_t len, uint32_t polynomial, uint32_t seed)
{
	uint64_t unseen = 1 | (uint64_t)polynomial << 1;	/* its highest power comes first */

	for (size_t at = seed % 100; at + 5 <= len; at += 1 + seed % 7)
		for (size_t i = 0; i < 5; i++)
			data[at + i] ^= (uint8_t)(unseen >> 8 * i);
}

START_TEST(what_agrees_in_one_sum_does_not_agree_in_the_other)
{
	static const uint32_t polynomials[] = { CRC_ZLIB, CRC_CASTAGNOLI };
	uint32_t one = polynomials[_i % 2], other = polynomials[1 - _i % 2];
	uint8_t was[256], now[256];

	for (uint32_t seed = 1; seed <= 1000; seed++) {
		random_fill(was, sizeof(was), seed);
		memcpy(now, was, sizeof(was));
		change_unseen(now, sizeof(now), one, seed);
		ck_assert_mem_ne(now, was, sizeof(was));
		ck_assert_uint_eq(crc_bytes(one, CRC_INIT, now, sizeof(now)),
				  crc_bytes(one, CRC_INIT, was, sizeof(was)));
		ck_assert_uint_eq(crc_bytes(one, 0, now, sizeof(now)),
				  crc_bytes(one, 0, was, sizeof(was)));
		ck_assert_uint_ne(crc_bytes(other, CRC_INIT, now, sizeof(now)),
				  crc_bytes(other, CRC_INIT, was, sizeof(was)));
	}
}
END_TEST

/* The remainder of one polynomial (33 bits, highest power first) by another. */
static uint64_t remainder_of(uint64_t a, uint64_t b)
{
	while (a && __builtin_clzll(a) <= __builtin_clzll(b))
		a ^= b << (__builtin_clzll(b) - __builtin_clzll(a));
	return a;
}

static uint64_t whole(uint32_t reflected)
{
	uint64_t p = 1ull << 32;

	for (int bit = 0; bit < 32; bit++)
		p |= (uint64_t)(reflected >> bit & 1) << (31 - bit);
	return p;
}

START_TEST(the_two_polynomials_have_no_factor_in_common)
{
	uint64_t a = whole(CRC_ZLIB), b = whole(CRC_CASTAGNOLI), r;

	ck_assert_uint_eq(a, 0x104C11DB7);
	while (b) {
		r = remainder_of(a, b);
		a = b;
		b = r;
	}
	ck_assert_uint_eq(a, 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("crc");
	TCase *t = runner_case(s, "crc", 0);

	tcase_add_loop_test(t, crc_is_the_chips_for_known_words, 0, COUNT(known));
	tcase_add_test(t, crc_of_bytes_is_that_of_its_catalogue);
	tcase_add_loop_test(t, what_agrees_in_one_sum_does_not_agree_in_the_other, 0, 2);
	tcase_add_test(t, the_two_polynomials_have_no_factor_in_common);
	tcase_add_test(t, crc_of_pieces_is_that_of_the_whole);
	return runner_run(s);
}
