/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long a chip is waited for that stops before an answer (tests/faults has all frames), and that
 * one which is not there is not waited for any longer.
 */
#include "tests/lib/board.h"

/* The frame behind which the chip stops; the hooks have no argument of their own. */
static struct {
	struct sim *sim;
	int command;
	unsigned int frame;
	nsec_t time;
} stall;

static size_t stop_chip(struct tap *t, uint8_t *frame, size_t len)
{
	(void)frame;
	if (t->command == stall.command && t->frame == stall.frame && !t->times++)
		sim_stall(stall.sim, stall.time);
	return len;
}

static const struct {
	const char *spec, *args;
	int command;
	unsigned int frame, seconds;
	int status;
} stalls[] = {
	{ "l432", "-w image", BL_EXT_ERASE, 1, 3, 0 },
	{ "l432", "-w image", BL_WRITE, 2, 3, 0 },
	{ "l432", "-w image -n 0", BL_EXT_ERASE, 1, 3, 0 },
	{ "l432", "-w image -n 0", BL_READ, 1, 3, 0 },
	{ "l432", "-w image -n 0", BL_WRITE, 2, 3, 0 },
	{ "l432", "-w image -n 0", BL_WRITE, 0, 3, 0 },
	{ "l432,bus=i2c", "-a 0x48 -w image -n 0", BL_READ, 1, 3, 0 },
	{ "f103", "-w image", BL_ERASE, 1, 3, 0 },
	{ "f103", "-w image", BL_WRITE, 1, 3, 0 },
	{ "f103", "-w image -g 0", BL_GO, 1, 3, 0 },
	{ "f103", "-w image", BL_READ, 1, 9, 6 },
	{ "f103", "-w image --wait 12", BL_READ, 1, 9, 0 },
	{ "f103", "-w image", BL_ERASE, 1, 9, 6 },
	{ "f103", "-w image --wait 12", BL_ERASE, 1, 9, 0 },
	{ "l432,bus=i2c", "-a 0x48 -w image", BL_NS_WRITE, 2, 3, 0 },
	{ "l432,bus=i2c", "-a 0x48 -w image", BL_READ, 2, 3, 0 },
	{ "l432,bus=i2c", "-a 0x48 -w image --wait 12", BL_READ, 1, 9, 0 },
};

START_TEST(chip_that_stops_is_waited_for)
{
	struct board b;

	board_open(&b, stalls[_i].spec);
	board_application(&b, 1024);
	stall.sim = b.sim;
	stall.command = stalls[_i].command;
	stall.frame = stalls[_i].frame;
	stall.time = stalls[_i].seconds * NSEC_PER_SEC;
	b.tap.to_chip = stop_chip;
	board_expect(&b, stalls[_i].args, stalls[_i].status);
	ck_assert_uint_gt(b.tap.times, 0);
	if (stalls[_i].status == 0)
		board_holds_image(&b, stalls[_i].args);
	board_close(&b);
}
END_TEST

static const struct { const char *spec, *args; unsigned int tenths; } nobody[] = {
	{ "l432,mute", "", 6 },
	{ "l432,mute", "-w image", 70 },
	{ "l432,mute,bus=i2c", "-a 0x48", 16 },
	{ "l432,mute,bus=i2c", "-a 0x48 -w image", 16 },
};

START_TEST(nobody_is_not_waited_for_any_longer)
{
	struct board b;

	board_open(&b, nobody[_i].spec);
	board_application(&b, 1024);
	board_expect(&b, nobody[_i].args, 5);
	ck_assert_msg(b.took <= nobody[_i].tenths * NSEC_PER_SEC / 10, "took %.1f s",
		      (double)b.took / 1e9);
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("patience");
	TCase *t = runner_case(s, "patience", 60);

	tcase_add_loop_test(t, chip_that_stops_is_waited_for, 0, COUNT(stalls));
	tcase_add_loop_test(t, nobody_is_not_waited_for_any_longer, 0, COUNT(nobody));
	return runner_run(s);
}
