/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --probe: one bootloader on the bus, several, or none. */
#include "tests/lib/life.h"

static const struct {
	unsigned int answers[4];
	int status;
	const char *says;
} buses[] = {
	{ { 0x48 }, 0, "a bootloader answers at 0x48" },
	{ { 0x4E }, 0, "a bootloader answers at 0x4e" },
	{ { 0x48, 0x4E }, 4, "two bootloaders answer, at 0x48 and 0x4e: say which with -a" },
	{ { 0x39, 0x48, 0x4E }, 4, "two bootloaders answer, at 0x39 and 0x48: say which with -a" },
	{ { 0 }, 5, "no bootloader answered at any of" },
};

START_TEST(probe_finds_the_one_address_that_answers)
{
	struct board b;
	struct life l;

	board_open(&b, "l432,bus=i2c");
	life_begin(&l, &b);
	l.answers = buses[_i].answers;
	board_expect(&b, "--probe -i BOOT0,-NRST,NRST:", buses[_i].status);
	board_said(&b, buses[_i].says);
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("probe");
	TCase *t = runner_case(s, "probe", 0);

	tcase_add_loop_test(t, probe_finds_the_one_address_that_answers, 0, COUNT(buses));
	return runner_run(s);
}
