/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages that the chip's own sums tell to be blank are not erased, and nothing else is left out.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/board.h"
#include "tests/lib/random.h"
#include "tests/lib/runner.h"

#define PINS "--boot0 BOOT0 --nrst NRST "
#define IMAGE 49152u

static const struct { const char *spec, *args; } ways[] = {
	{ "f103,boot=low", PINS }, { "l432,boot=low", PINS }, { "l053,boot=low", PINS },
	{ "f405,boot=low", PINS }, { "g071,boot=low", PINS }, { "l432,bus=i2c", "-a 0x48 " },
	{ "x33", "" },					/* the bootloader's own sums */
};

static void open_board(struct board *b, const char *spec)
{
	static uint8_t data[IMAGE];

	board_open(b, spec);
	random_fill(data, IMAGE, 5);
	board_image(b, board_device(b)->flash_start, data, IMAGE);
}

static void make_blank(struct board *b)
{
	struct flash *f = chip_flash(b->chip);

	memset(f->mem, f->erased, f->size);
	memset(f->programmed, 0, flash_bitmap(f));
	board_remember(b);
}

static void run(struct board *b, size_t way, const char *more)
{
	char args[128];

	snprintf(args, sizeof(args), "%s%s-w FILE", ways[way].args, more);
	board_expect(b, args, 0);
	board_holds_image(b, ways[way].spec);
}

static unsigned int erases(const struct board *b)
{
	unsigned int n = 0;

	for (uint32_t page = 0; page < chip_flash(b->chip)->pages; page++)
		n += chip_page_erases(b->chip, page);
	return n;
}

START_TEST(blank_chip_is_not_erased)
{
	struct board b;

	open_board(&b, ways[_i].spec);
	make_blank(&b);
	run(&b, (size_t)_i, "");
	ck_assert_uint_eq(erases(&b), 0);
	board_said(&b, "are blank already, and are not erased");
	board_close(&b);
}
END_TEST

START_TEST(full_erases_a_blank_chip)
{
	struct board b;

	open_board(&b, ways[_i].spec);
	make_blank(&b);
	run(&b, (size_t)_i, "--full ");
	ck_assert_uint_gt(erases(&b), 0);
	board_close(&b);
}
END_TEST

/* One byte in the middle of the image's pages. */
START_TEST(page_that_is_not_blank_is_erased)
{
	uint8_t byte = 0x5A;
	struct board b;

	open_board(&b, ways[_i].spec);
	make_blank(&b);
	chip_poke(b.chip, board_device(&b)->flash_start + 30001, &byte, 1);
	board_remember(&b);
	run(&b, (size_t)_i, "");
	ck_assert_uint_gt(erases(&b), 0);
	/* Before it is written, not when the verification has found it. */
	ck_assert_msg(!strstr(b.said, "written again"), "%s", b.said);
	board_unharmed(&b, ways[_i].spec);
	board_close(&b);
}
END_TEST

START_TEST(chip_that_was_unlocked_is_not_erased_again)
{
	struct board b;

	open_board(&b, "l432,rdp=1,boot=low");
	board_expect(&b, PINS "--unlock -w FILE", 0);
	board_holds_image(&b, "unlock");
	board_said(&b, "are blank already, and are not erased");
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("blank_pages");
	TCase *t = runner_case(s, "blank_pages", 60);

	if (runner_runs_code()) {
		tcase_add_loop_test(t, blank_chip_is_not_erased, 0, COUNT(ways));
		tcase_add_loop_test(t, full_erases_a_blank_chip, 0, COUNT(ways));
		tcase_add_loop_test(t, page_that_is_not_blank_is_erased, 0, COUNT(ways));
		tcase_add_test(t, chip_that_was_unlocked_is_not_erased_again);
	}
	return runner_run(s);
}
