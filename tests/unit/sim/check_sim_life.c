/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Simulated chips in the states that boards come back in: in an endless reset, half erased, with an
 * application that never answers, protected; and what leads out of each.
 */
#include "tests/lib/sim_rig.h"

#define MS NSEC_PER_MSEC

static void wait_ms(struct rig *r, int64_t ms)
{
	r->now += ms * MS;
	sim_advance(r->sim, r->now);
}

static void boot0(struct rig *r, bool high)
{
	sim_set_line(r->sim, "BOOT0", high, r->now);
}

/* --- what is in flash --- */

static const struct {
	const char *rule, *spec;
	enum chip_state state;
} fill_cases[] = {
	{ "an application runs", "f103,fill=app,boot=low", CHIP_RUNNING },
	{ "on L0, too", "l073,fill=app,boot=low", CHIP_RUNNING },
	{ "a pattern alone is none", "f103,fill=pattern,boot=low", CHIP_LOCKED_UP },
	{ "half erased: no vector table", "f103,fill=half,boot=low", CHIP_LOCKED_UP },
	{ "half erased: an empty check finds the ROM", "l432,fill=half,boot=low", CHIP_ROM },
	{ "a vector table that leads to blank flash", "f103,fill=vectors,boot=low",
	  CHIP_LOCKED_UP },
	{ "and is not empty to the empty check", "l432,fill=vectors,boot=low", CHIP_LOCKED_UP },
	{ "L0: blank flash is 0, and no code", "l073,fill=vectors,boot=low", CHIP_LOCKED_UP },
};

/* None of them answers, unless it is the ROM; each does after a reset with BOOT0 high. */
START_TEST(each_fill_starts_what_it_should)
{
	struct rig r = rig_new(fill_cases[_i].spec);

	ck_assert_int_eq(chip_state(r.chip), fill_cases[_i].state);
	wait_ms(&r, 1000);
	rig_try(&r, "7f", fill_cases[_i].state == CHIP_ROM ? "79" : "");
	rig_try(&r, "7f", "");
	ck_assert_uint_eq(chip_resets(r.chip), 0);
	sim_reset(r.sim, true, r.now);
	wait_ms(&r, 1000);
	rig_sync(&r);
	rig_free(&r);
}
END_TEST

/* --- watchdogs --- */

/* Each reset looks at BOOT0 anew; in the ROM there are none. */
START_TEST(watchdog_looks_at_boot0_and_spares_the_rom)
{
	struct rig r = rig_new("f103,fill=app,boot=low,watchdog=100");

	for (int i = 1; i <= 20; i++) {
		wait_ms(&r, 50);
		ck_assert_uint_eq(chip_resets(r.chip), i / 2);
		rig_hear(&r, (uint8_t[4]){ 0 }, 4);
	}
	boot0(&r, true);
	ck_assert_int_eq(chip_state(r.chip), CHIP_RUNNING);
	wait_ms(&r, 110);
	ck_assert_int_eq(chip_state(r.chip), CHIP_ROM);
	ck_assert_uint_eq(chip_resets(r.chip), 11);
	rig_sync(&r);
	wait_ms(&r, 60000);
	rig_try(&r, "02fd", "7901041079");
	ck_assert_uint_eq(chip_resets(r.chip), 11);
	rig_free(&r);
}
END_TEST

/* The option byte's watchdog runs from reset on: also where nothing runs; the ROM serves it. */
START_TEST(hardware_watchdog_bites_where_nothing_feeds_it)
{
	static const struct { const char *spec; bool bites; } cases[] = {
		{ "f103,boot=low,options=a55afe01", true },
		{ "f103,boot=low", false },
		{ "f405,boot=low,options=cfaaffffffffffffff0f", true },
		{ "l476,boot=low,options=aaf8eeff", true },
		{ "l073,boot=low,options=aa0055ff60809f7f", true },
		{ "h743,boot=low,options=f0aac61be0aac61b", true },
		{ "f103,boot=low,fill=app,options=a55afe01", false },
	};
	struct rig r = rig_new(cases[_i].spec);

	wait_ms(&r, 10000);
	ck_assert_int_eq(chip_resets(r.chip) >= 10, cases[_i].bites);
	if (cases[_i].bites) {
		boot0(&r, true);
		wait_ms(&r, 1000);
		rig_sync(&r);
		wait_ms(&r, 60000);
		rig_try(&r, "00fe", "1f");
	}
	rig_free(&r);
}
END_TEST

/* A reset that the chip makes itself looks at BOOT0 as it is by then. */
START_TEST(own_reset_looks_at_boot0)
{
	struct rig r = rig_new("f103,fill=app");

	rig_sync(&r);
	boot0(&r, true);
	rig_try(&r, "738c", "7979");
	ck_assert_int_eq(chip_state(r.chip), CHIP_ROM);
	wait_ms(&r, 1000);
	rig_sync(&r);
	boot0(&r, false);
	rig_try(&r, "738c", "7979");
	ck_assert_int_eq(chip_state(r.chip), CHIP_RUNNING);
	rig_free(&r);
}
END_TEST

/* --- I2C: left in the middle of a command --- */

static uint8_t i2c_answer(struct rig *r)
{
	uint8_t byte;

	ck_assert_int_eq(sim_i2c_read(r->sim, 0x48, &byte, 1, r->now, &r->now), 0);
	return byte;
}

/* The last answer waits to be read. */
START_TEST(half_an_i2c_command_waits_with_its_answer)
{
	static const struct { const char *spec; uint8_t answer; } cases[] = {
		{ "l432,bus=i2c,prefeed=11ee", 0x79 },
		{ "l432,bus=i2c,prefeed=11ee+0800000008", 0x79 },
		{ "l432,bus=i2c,prefeed=11ee+0800000009", 0x1F },
		{ "l432,bus=i2c,prefeed=00fe", 0x1F },
	};
	struct rig r = rig_new(cases[_i].spec);

	ck_assert_uint_eq(i2c_answer(&r), cases[_i].answer);
	rig_free(&r);
}
END_TEST

/* The ROM gives up after its second, resets itself, and takes a new command. */
START_TEST(half_an_i2c_command_is_given_up)
{
	struct rig r = rig_new("l432,bus=i2c,prefeed=31ce,fill=pattern");
	static const uint8_t get_id[] = { 0x02, 0xFD };

	ck_assert_uint_eq(i2c_answer(&r), 0x79);
	wait_ms(&r, 3000);
	ck_assert_uint_ge(chip_resets(r.chip), 1);
	ck_assert_int_eq(sim_i2c_write(r.sim, 0x48, get_id, 2, r.now, &r.now), 0);
	ck_assert_uint_eq(i2c_answer(&r), 0x79);
	rig_free(&r);
}
END_TEST

/* --- protection commands of every family: answers, their times, and the reset --- */

static const struct {
	const char *spec;
	int64_t erase;		/* ms between the two ACKs of Readout Unprotect, at least; 0: they
				 * come together */
	const char *refused;	/* answer to Read Memory at level 1 */
} rdp_cases[] = {
	{ "f051", 20, "1f1f" }, { "f091", 20, "1f" }, { "f103", 20, "1f" }, { "f303", 20, "1f" },
	{ "f205", 8000, "1f1f" }, { "f405", 8000, "1f" }, { "f427", 16000, "1f" },
	{ "f746", 6000, "1f" }, { "l053", 1600, "1f" }, { "l152xd", 4000, "1f1f" },
	{ "l432", 22, "1f" }, { "l476", 44, "1f" }, { "l4r5", 44, "1f" }, { "g071", 0, "1f" },
	{ "g474", 0, "1f" }, { "c031", 0, "1f" }, { "u083", 0, "1f" }, { "wle5", 0, "1f" },
	{ "l552", 0, "1f" }, { "u575", 0, "1f" }, { "h743", 0, "1f" }, { "h7a3", 0, "1f" },
};

/* The times at which the answers to a pair of bytes are there. */
static size_t answers(struct rig *r, const char *pair, nsec_t *when, size_t room)
{
	uint8_t bytes[2], byte;
	size_t n = 0;

	rig_send(r, bytes, rig_hex(pair, bytes, 2));
	while (n < room && sim_next(r->sim, &byte, &when[n]))
		n += byte == 0x79;
	r->now = n && when[n - 1] > r->now ? when[n - 1] : r->now;
	return n;
}

START_TEST(protection_is_set_and_lifted_with_resets)
{
	char spec[40];
	nsec_t when[3];
	uint8_t byte;
	struct rig r;

	snprintf(spec, sizeof(spec), "%s,fill=app", rdp_cases[_i].spec);
	r = rig_new(spec);
	rig_sync(&r);
	ck_assert_uint_eq(answers(&r, "827d", when, 3), 2);
	ck_assert_uint_eq(chip_resets(r.chip), 1);
	ck_assert_int_eq(chip_rdp(r.chip), 1);
	wait_ms(&r, 1000);
	rig_sync(&r);
	rig_try(&r, "11ee", rdp_cases[_i].refused);
	rig_try(&r, "827d", "1f");

	ck_assert_uint_eq(answers(&r, "926d", when, 3), 2);
	if (rdp_cases[_i].erase)
		ck_assert_int_ge(when[1] - when[0], rdp_cases[_i].erase * MS);
	else
		ck_assert_int_lt(when[1] - when[0], 1 * MS);
	wait_ms(&r, 60000);
	ck_assert_uint_eq(chip_resets(r.chip), 2);
	ck_assert_int_eq(chip_rdp(r.chip), 0);
	ck_assert_int_eq(chip_peek(r.chip, FLASH, &byte, 1), 0);
	ck_assert_uint_eq(byte, chip_flash(r.chip)->erased);
	rig_sync(&r);
	rig_try(&r, "11ee", "79");
	rig_free(&r);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sim_life");
	TCase *t = runner_case(s, "sim_life", 60);

	tcase_add_loop_test(t, each_fill_starts_what_it_should, 0, COUNT(fill_cases));
	tcase_add_test(t, watchdog_looks_at_boot0_and_spares_the_rom);
	tcase_add_loop_test(t, hardware_watchdog_bites_where_nothing_feeds_it, 0, 7);
	tcase_add_test(t, own_reset_looks_at_boot0);
	tcase_add_loop_test(t, half_an_i2c_command_waits_with_its_answer, 0, 4);
	tcase_add_test(t, half_an_i2c_command_is_given_up);
	tcase_add_loop_test(t, protection_is_set_and_lifted_with_resets, 0, COUNT(rdp_cases));
	return runner_run(s);
}
