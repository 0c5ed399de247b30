/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --only-changed: just the pages that differ are erased and written, whichever way tells them, and
 * the flash holds the image at the end.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "loader/an3155/bl.h"
#include "tests/lib/board.h"
#include "tests/lib/random.h"
#include "tests/lib/runner.h"

#define PINS "--boot0 BOOT0 --nrst NRST "
#define IMAGE 20001u	/* the last page is full in part, and no whole word ends it */

/* The ways: the routine in RAM, the bootloader's sums over UART and I2C, reading. */
static const struct { const char *spec, *args; } ways[] = {
	{ "f103,boot=low", PINS },
	{ "l432,boot=low", PINS },
	{ "l053,boot=low", PINS },
	{ "f405,boot=low", PINS },
	{ "x33", "" },
	{ "l432,bus=i2c", "-a 0x48 " },
	{ "f103", "" },
	{ "l053", "" },
	{ "f103,boot=low", PINS "--no-stub " },
};

static uint8_t data[IMAGE];

static uint32_t flash_start(const struct board *b)
{
	return board_device(b)->flash_start;
}

/* Flash holds an older image, which differs in the bytes at @offsets. */
static void open_board(struct board *b, const char *spec, const uint32_t *offsets, size_t n)
{
	uint8_t other;

	board_open(b, spec);
	random_fill(data, IMAGE, 11);
	put_le32(data, board_device(b)->ram.end & ~7u);
	put_le32(data + 4, flash_start(b) + 0x201);
	board_image(b, flash_start(b), data, IMAGE);
	chip_poke(b->chip, flash_start(b), data, IMAGE);
	for (size_t i = 0; i < n; i++) {
		other = data[offsets[i]] ^ 0x40;
		chip_poke(b->chip, flash_start(b) + offsets[i], &other, 1);
	}
	board_remember(b);
}

static void run(struct board *b, size_t way)
{
	char args[128];

	snprintf(args, sizeof(args), "%s--only-changed -w FILE", ways[way].args);
	board_expect(b, args, 0);
	board_holds_image(b, ways[way].spec);
	/* What is behind the image in its last page is no business of a page that is equal. */
}

static unsigned int erases(const struct board *b)
{
	unsigned int n = 0;

	for (uint32_t page = 0; page < 512; page++)
		n += chip_page_erases(b->chip, page);
	return n;
}

START_TEST(finished_job_run_again_erases_and_writes_nothing)
{
	struct board b;

	open_board(&b, ways[_i].spec, NULL, 0);
	run(&b, (size_t)_i);
	ck_assert_uint_eq(erases(&b), 0);
	ck_assert_uint_eq(chip_bytes_written(b.chip, flash_start(&b), IMAGE + 4096), 0);
	ck_assert_mem_eq(chip_flash(b.chip)->mem, b.before, chip_flash(b.chip)->size);
	board_close(&b);
}
END_TEST

/*
 * The sum of a page agrees although the page differs: by the polynomial of that sum (base/crc.h),
 * its highest power first. The verification has another polynomial.
 */
START_TEST(page_that_only_its_sum_takes_for_equal_is_no_success)
{
	uint64_t unseen = 1 | (uint64_t)CRC_ZLIB << 1;
	struct board b;

	open_board(&b, "l432,boot=low", NULL, 0);
	for (uint32_t i = 0; i < 5; i++) {
		uint8_t other = data[5000 + i] ^ (uint8_t)(unseen >> 8 * i);

		chip_poke(b.chip, flash_start(&b) + 5000 + i, &other, 1);
	}
	board_expect(&b, PINS "--only-changed -w FILE", 8);
	board_said(&b, "verification failed at 0x08001388");
	board_expect(&b, PINS "-w FILE", 0);
	board_holds_image(&b, "all written again");
	board_close(&b);
}
END_TEST

static size_t count_starts(struct tap *t, uint8_t *frame, size_t len)
{
	(void)frame;
	t->times += t->command == BL_GO && t->frame == 0;
	return len;
}

/* Where nobody holds BOOT0, or it is forbidden. */
START_TEST(no_code_is_run_where_it_must_not_be)
{
	bool may = strstr(ways[_i].args, PINS) && !strstr(ways[_i].args, "--no-stub");
	struct board b;

	open_board(&b, ways[_i].spec, NULL, 0);
	b.tap.to_chip = count_starts;
	run(&b, (size_t)_i);
	ck_assert_msg((b.tap.times > 0) == may, "%s %s: %u starts", ways[_i].spec, ways[_i].args,
		      b.tap.times);
	board_close(&b);
}
END_TEST

START_TEST(one_byte_costs_one_page)
{
	static const uint32_t places[] = { 0, 5000, IMAGE - 1 };
	struct board b;

	for (size_t i = 0; i < COUNT(places); i++) {
		open_board(&b, ways[_i].spec, &places[i], 1);
		run(&b, (size_t)_i);
		ck_assert_msg(erases(&b) == 1, "%s, byte %u: %u pages were erased", ways[_i].spec,
			      places[i], erases(&b));
		board_close(&b);
	}
}
END_TEST

START_TEST(pages_that_differ_are_written_and_their_neighbours_are_not)
{
	static const uint32_t places[] = { 100, 9000, 9001, 17000 };
	struct board b;

	open_board(&b, ways[_i].spec, places, COUNT(places));
	run(&b, (size_t)_i);
	ck_assert_uint_le(erases(&b), 3);
	ck_assert_uint_ge(erases(&b), 1);
	board_unharmed(&b, ways[_i].spec);
	board_close(&b);
}
END_TEST

/* Two segments lie in the first page; it is the first of them that is not there yet. */
START_TEST(page_of_two_pieces_is_equal_only_if_both_are)
{
	uint8_t first[60];
	struct board b;

	board_open(&b, ways[_i].spec);
	random_fill(first, sizeof(first), 21);
	random_fill(data, IMAGE, 22);
	chip_poke(b.chip, flash_start(&b) + 64, data, IMAGE);
	board_image(&b, flash_start(&b) + 64, data, IMAGE);
	board_remember(&b);
	run(&b, (size_t)_i);
	ck_assert_uint_eq(erases(&b), 0);
	board_image(&b, flash_start(&b), first, sizeof(first));
	run(&b, (size_t)_i);
	ck_assert_uint_eq(erases(&b), 1);
	board_close(&b);
}
END_TEST

START_TEST(blank_chip_is_written_whole)
{
	struct board b;

	open_board(&b, ways[_i].spec, NULL, 0);
	memset(chip_flash(b.chip)->mem, board_device(&b)->erased, chip_flash(b.chip)->size);
	board_remember(&b);
	run(&b, (size_t)_i);
	board_close(&b);
}
END_TEST

/* An equal page keeps what an application has put beside the image. */
START_TEST(bytes_beside_the_image_in_an_equal_page_stay)
{
	static const uint8_t own[4] = { 1, 2, 3, 4 };
	struct board b;

	open_board(&b, ways[_i].spec, NULL, 0);
	chip_poke(b.chip, flash_start(&b) + IMAGE + 8, own, sizeof(own));
	run(&b, (size_t)_i);
	for (uint32_t i = 0; i < sizeof(own); i++)
		ck_assert_uint_eq(board_byte(&b, flash_start(&b) + IMAGE + 8 + i), own[i]);
	board_close(&b);
}
END_TEST

START_TEST(write_protected_page_that_is_equal_is_no_obstacle)
{
	struct board b;

	open_board(&b, "f103,wrp=1", NULL, 0);
	board_expect(&b, "-w FILE", 7);
	board_expect(&b, "--only-changed -w FILE", 0);
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("changed");
	TCase *t = runner_case(s, "changed", 60);

	if (runner_runs_code()) {
		tcase_add_loop_test(t, finished_job_run_again_erases_and_writes_nothing, 0,
				    COUNT(ways));
		tcase_add_loop_test(t, no_code_is_run_where_it_must_not_be, 0, COUNT(ways));
		tcase_add_loop_test(t, one_byte_costs_one_page, 0, COUNT(ways));
		tcase_add_loop_test(t, pages_that_differ_are_written_and_their_neighbours_are_not,
				    0, COUNT(ways));
		tcase_add_loop_test(t, page_of_two_pieces_is_equal_only_if_both_are, 0,
				    COUNT(ways));
		tcase_add_loop_test(t, blank_chip_is_written_whole, 0, COUNT(ways));
		tcase_add_loop_test(t, bytes_beside_the_image_in_an_equal_page_stay, 0,
				    COUNT(ways));
	}
	tcase_add_test(t, write_protected_page_that_is_equal_is_no_obstacle);
	if (runner_runs_code())
		tcase_add_test(t, page_that_only_its_sum_takes_for_equal_is_no_success);
	return runner_run(s);
}
