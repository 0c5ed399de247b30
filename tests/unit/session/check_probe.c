/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --probe: one bootloader on the bus, several, or none. */
#include "tests/lib/life_rig.h"

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

START_TEST(probed)
{
	struct life l;

	life_new(&l, "l432,bus=i2c");
	l.answers = buses[_i].answers;
	life_expect(&l, "--probe -i BOOT0,-NRST,NRST:", buses[_i].status);
	life_said(&l, buses[_i].says);
	life_free(&l);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("probe");
	TCase *t = tcase_create("probe");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, probed, 0, COUNT(buses));
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
