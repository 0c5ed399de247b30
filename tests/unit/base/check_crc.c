/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CRC unit's sum: against values of the hardware, and against a slow one that takes words as
 * the reference manuals draw it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/crc.h"
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

/* The check value of CRC-32 in the catalogues, and zlib's of nothing. */
START_TEST(crc_of_zlib_is_that_of_its_catalogue)
{
	ck_assert_uint_eq(crc_zlib(CRC_INIT, (const uint8_t *)"123456789", 9), 0xCBF43926);
	ck_assert_uint_eq(crc_zlib(CRC_INIT, NULL, 0), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("crc");
	TCase *t = runner_case(s, "crc", 0);

	tcase_add_loop_test(t, crc_is_the_chips_for_known_words, 0, COUNT(known));
	tcase_add_test(t, crc_of_zlib_is_that_of_its_catalogue);
	tcase_add_test(t, crc_of_pieces_is_that_of_the_whole);
	return runner_run(s);
}
