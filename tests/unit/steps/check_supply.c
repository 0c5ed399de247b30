/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --vdd: F2, F4 and F7 erase and program faster, also after a reset in the middle of a job; other
 * chips and bootloaders without the register are programmed as before, and that is said.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "loader/an3155/bl.h"
#include "tests/lib/board.h"
#include "tests/lib/random.h"
#include "tests/lib/runner.h"

#define IMAGE 20000u

static void open_board(struct board *b, const char *spec)
{
	static uint8_t data[IMAGE];

	board_open(b, spec);
	random_fill(data, IMAGE, 3);
	board_image(b, board_device(b)->flash_start, data, IMAGE);
}

/* Time that the chip spends on erasing and programming, in ns. */
static int64_t busy(const char *spec, const char *args)
{
	struct board b;
	int64_t ns;

	open_board(&b, spec);
	board_expect(&b, args, 0);
	board_holds_image(&b, args);
	ns = chip_busy_ns(b.chip);
	board_close(&b);
	return ns;
}

static const char *const chips[] = { "f205", "f405", "f412", "f427", "f723", "f746", "f767" };

START_TEST(flash_takes_half_the_time_at_3_3_volts)
{
	int64_t slow = busy(chips[_i], "-w FILE"), fast = busy(chips[_i], "--vdd 3.3 -w FILE");

	ck_assert_msg(2 * fast <= slow, "%s: %lld ns, without --vdd %lld", chips[_i],
		      (long long)fast, (long long)slow);
	ck_assert_int_eq(busy(chips[_i], "--vdd 1.8 -w FILE"), slow);
}
END_TEST

/* AN2606, the voltage range register: how many bytes each supply allows at once. */
static const struct { const char *args, *says; } ranges[] = {
	{ "--vdd 3.6 -w FILE", "programmed 4 bytes at a time" },
	{ "--vdd 2.7 -w FILE", "programmed 4 bytes at a time" },
	{ "--vdd 2.69 -w FILE", "programmed 2 bytes at a time" },
	{ "--vdd 2.1 -w FILE", "programmed 2 bytes at a time" },
	{ "--vdd 2.09 -w FILE", "programmed 1 bytes at a time" },
};

START_TEST(no_more_bytes_at_once_than_the_supply_allows)
{
	struct board b;
	char args[64];

	open_board(&b, "f405");
	snprintf(args, sizeof(args), "--verbose %s", ranges[_i].args);
	board_expect(&b, args, 0);
	board_said(&b, ranges[_i].says);
	board_close(&b);
}
END_TEST

START_TEST(it_counts_without_an_erase_too)
{
	ck_assert_int_lt(busy("f405", "--vdd 3.3 -e 0 -w FILE"), busy("f405", "-e 0 -w FILE"));
}
END_TEST

START_TEST(removing_protection_does_not_forget_it)
{
	const char *args = "--unlock --vdd 3.3 -w FILE";

	ck_assert_int_lt(busy("f405,rdp=1", args), busy("f405,rdp=1", "--unlock -w FILE"));
}
END_TEST

START_TEST(other_chips_are_programmed_as_before)
{
	struct board b;

	open_board(&b, "l432");
	board_expect(&b, "--vdd 3.3 -w FILE", 0);
	board_said(&b, "programs its flash alike at every supply");
	board_close(&b);
}
END_TEST

/* The register's frame with another range: the bootloader refuses it. */
static size_t spoil_range(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command == BL_WRITE && t->frame == 2 && frame[0] == 3) {
		frame[1] ^= 0x80;
		frame[len - 1] ^= 0x80;
	}
	return len;
}

START_TEST(bootloader_that_refuses_the_range_programs_bytes)
{
	struct board b;

	open_board(&b, "f405");
	b.tap.to_chip = spoil_range;
	board_expect(&b, "--vdd 3.3 -w FILE", 0);
	board_holds_image(&b, "refused");
	board_said(&b, "flash is programmed byte by byte");
	board_close(&b);
}
END_TEST

/* As one without the register does. */
static size_t refuse_register(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command == BL_WRITE && t->frame == 1 && len == 5 && be32(frame) == 0xFFFF0000)
		frame[4] ^= 0x01;
	return len;
}

START_TEST(bootloader_without_the_register_programs_bytes)
{
	struct board b;

	open_board(&b, "f405");
	b.tap.to_chip = refuse_register;
	board_expect(&b, "--vdd 3.3 -w FILE", 0);
	board_holds_image(&b, "no register");
	board_said(&b, "flash is programmed byte by byte");
	board_close(&b);
}
END_TEST

/* The hooks have no argument of their own. */
static struct { struct chip *chip; unsigned int ranges_set, spoiled; } watched;

/* Counts the times that the range is set, and changes a byte of flash once it was written. */
static size_t watch_and_spoil(struct tap *t, uint8_t *frame, size_t len)
{
	uint8_t wrong = 0;

	watched.ranges_set += t->command == BL_WRITE && t->frame == 1 && be32(frame) == 0xFFFF0000;
	if (t->command == BL_GO && t->frame == 0 &&
	    chip_bytes_written(watched.chip, FLASH + 9000, 1) && !watched.spoiled++)
		chip_poke(watched.chip, FLASH + 9000, &wrong, 1);
	return len;
}

/* The routine that sums up flash ends in a reset; the page that it finds wrong is done again. */
START_TEST(reset_in_the_middle_does_not_forget_it)
{
	struct board b;

	open_board(&b, "f405,boot=low");
	watched.chip = b.chip;
	watched.ranges_set = watched.spoiled = 0;
	b.tap.to_chip = watch_and_spoil;
	board_expect(&b, "--boot0 BOOT0 --nrst NRST --vdd 3.3 --verify=stub -w FILE", 0);
	board_holds_image(&b, "spoiled");
	ck_assert_uint_ge(watched.spoiled, 1);
	ck_assert_uint_eq(watched.ranges_set, 2);
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("supply");
	TCase *t = runner_case(s, "supply", 60);

	tcase_add_loop_test(t, flash_takes_half_the_time_at_3_3_volts, 0, COUNT(chips));
	tcase_add_loop_test(t, no_more_bytes_at_once_than_the_supply_allows, 0, COUNT(ranges));
	tcase_add_test(t, it_counts_without_an_erase_too);
	tcase_add_test(t, removing_protection_does_not_forget_it);
	tcase_add_test(t, other_chips_are_programmed_as_before);
	tcase_add_test(t, bootloader_that_refuses_the_range_programs_bytes);
	tcase_add_test(t, bootloader_without_the_register_programs_bytes);
	if (runner_runs_code())
		tcase_add_test(t, reset_in_the_middle_does_not_forget_it);
	return runner_run(s);
}
