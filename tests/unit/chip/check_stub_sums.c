/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The routine that sums up memory, executed on each core: its sums are those of crc_bytes, and
 * results that are old, cut short or damaged are not taken.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "chip/stub_sums.h"
#include "ports/sim/chip/cpu.h"
#include "tests/lib/random.h"
#include "tests/lib/runner.h"

#define FLASH 0x08000000u
#define FLASH_SIZE 0x2000u
#define RAM 0x20001000u
#define RAM_SIZE 0x1000u
#define NONCE 0xB0070001u

struct board {
	uint8_t flash[FLASH_SIZE], ram[RAM_SIZE];
};

static void board_init(struct board *b, uint32_t seed)
{
	random_fill(b->flash, sizeof(b->flash), seed);
	random_fill(b->ram, sizeof(b->ram), seed + 1);
}

static const struct stub_range ranges[] = {
	{ FLASH, 1, 1 },
	{ FLASH + 3, 1021, 1 },			/* neither start nor length is a word's */
	{ FLASH + 0x800, 128, 16 },		/* pages */
	{ FLASH + 0x1000, 0x1000, 1 },
	{ FLASH + 7, 0, 1 },			/* nothing */
};
#define PIECES (1 + 1 + 16 + 1 + 1)

static const enum cpu_core cores[] = { CPU_M0, CPU_M3, CPU_M4, CPU_M7, CPU_M33 };

/* Starts it like Go: stack and entry from the first two words. */
static struct cpu_end run(struct board *b, enum cpu_core core)
{
	const struct cpu_window window[] = {
		{ FLASH, FLASH_SIZE, b->flash, false }, { RAM, RAM_SIZE, b->ram, true },
	};
	const struct cpu_bus bus = { window, 2, NULL, NULL, NULL };
	struct cpu_end end = { 0 };
	struct err e = ERR_INIT;

	ck_assert_uint_eq(le32(b->ram) % 8, 0);
	ck_assert_msg(cpu_run(core, &bus, le32(b->ram), le32(b->ram + 4), &end, &e) == 0, "%s",
		      e.msg);
	return end;
}

static uint8_t *results(struct board *b)
{
	return b->ram + (stub_sums_results(RAM, COUNT(ranges)) - RAM);
}

static bool take(struct board *b, uint32_t nonce, uint32_t polynomial, uint32_t *sum)
{
	return stub_sums_take(results(b), PIECES, nonce, polynomial, sum);
}

START_TEST(sums_are_those_of_the_host_on_each_core)
{
	static const uint32_t polynomials[] = { CRC_ZLIB, CRC_CASTAGNOLI, 0x80000000 };
	uint32_t polynomial = polynomials[_i % 3], sum[PIECES];
	size_t n = 0;
	struct board b;

	board_init(&b, (uint32_t)_i);
	stub_sums_make(b.ram, RAM, ranges, COUNT(ranges), NONCE, polynomial);
	ck_assert_uint_eq(le32(results(&b)), 0);
	ck_assert_int_eq(run(&b, cores[_i / 3]).outcome, CPU_RESETS);
	ck_assert(take(&b, NONCE, polynomial, sum));
	for (size_t i = 0; i < COUNT(ranges); i++)
		for (uint32_t k = 0; k < ranges[i].pieces; k++, n++)
			ck_assert_uint_eq(sum[n],
					  crc_bytes(polynomial, CRC_INIT,
						   b.flash + (ranges[i].addr - FLASH) +
							   k * ranges[i].len,
						   ranges[i].len));
	ck_assert_uint_eq(n, PIECES);
}
END_TEST

START_TEST(nothing_outside_its_own_ram_is_written)
{
	size_t size = stub_sums_size(COUNT(ranges), PIECES);
	struct board b, before;

	board_init(&b, 1);
	before = b;
	stub_sums_make(b.ram, RAM, ranges, COUNT(ranges), NONCE, CRC_ZLIB);
	ck_assert_uint_le(stub_sums_upload(COUNT(ranges)), size);
	run(&b, CPU_M0);
	ck_assert_mem_eq(b.flash, before.flash, sizeof(b.flash));
	ck_assert_mem_eq(b.ram + size, before.ram + size, sizeof(b.ram) - size);
}
END_TEST

START_TEST(results_that_are_not_this_runs_are_not_taken)
{
	uint32_t sum[PIECES];
	struct board b;

	board_init(&b, 2);
	stub_sums_make(b.ram, RAM, ranges, COUNT(ranges), NONCE, CRC_ZLIB);
	ck_assert_msg(!take(&b, NONCE, CRC_ZLIB, sum), "the routine has not run");
	run(&b, CPU_M0);
	ck_assert(take(&b, NONCE, CRC_ZLIB, sum));
	ck_assert_msg(!take(&b, NONCE + 1, CRC_ZLIB, sum), "another run");
	stub_sums_make(b.ram, RAM, ranges, COUNT(ranges), NONCE, CRC_ZLIB);
	ck_assert_msg(!take(&b, NONCE, CRC_ZLIB, sum), "uploaded again, and not run");
}
END_TEST

START_TEST(each_wrong_bit_of_the_results_is_noticed)
{
	uint32_t sum[PIECES];
	struct board b;

	board_init(&b, 3);
	stub_sums_make(b.ram, RAM, ranges, COUNT(ranges), NONCE, CRC_ZLIB);
	run(&b, CPU_M0);
	for (size_t bit = 0; bit < 32 * (PIECES + 2); bit++) {
		results(&b)[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ck_assert_msg(!take(&b, NONCE, CRC_ZLIB, sum), "bit %zu", bit);
		results(&b)[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	ck_assert(take(&b, NONCE, CRC_ZLIB, sum));
}
END_TEST

START_TEST(the_routine_alone_is_shorter_than_256_bytes)
{
	ck_assert_uint_lt(stub_sums_results(RAM, 0) - RAM, 256);
	for (size_t n = 0; n < 9; n++) {
		ck_assert_uint_eq(stub_sums_upload(n) % 16, 0);
		ck_assert_uint_eq(stub_sums_size(n, 3) % 16, 0);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("stub_sums");
	TCase *t = runner_case(s, "stub_sums", 0);

	if (runner_runs_code()) {
		tcase_add_loop_test(t, sums_are_those_of_the_host_on_each_core, 0,
				    3 * COUNT(cores));
		tcase_add_test(t, nothing_outside_its_own_ram_is_written);
		tcase_add_test(t, results_that_are_not_this_runs_are_not_taken);
		tcase_add_test(t, each_wrong_bit_of_the_results_is_noticed);
	}
	tcase_add_test(t, the_routine_alone_is_shorter_than_256_bytes);
	return runner_run(s);
}
