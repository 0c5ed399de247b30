/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the application is started on chips that were blank when they got their power: with and
 * without pins, whichever the BOOT0 pin's part in it, and with --lock.
 */
#include "tests/lib/board.h"

#define PINS "--boot0 BOOT0 --nrst NRST "
#define SEQUENCE "-i BOOT0,-NRST,NRST:-BOOT0,-NRST,NRST "

#define LAUNCHED "this chip was blank: its option bytes were loaded anew"
#define BY_LAUNCH "reset by loading the option bytes, since this chip was blank"
#define BY_GO "started at 0x08000000"
#define NEXT_RESET "this chip was blank: until it is power-cycled, its next reset leads back"

enum after { RUNS, BOOTLOADER };

/* The state that a job leaves, and the state after a reset with BOOT0 low. */
static const struct {
	const char *spec, *args, *said;
	enum after after, after_reset;
} starts[] = {
	/* The flag is set, and BOOT0 low: it is all that keeps the chip in its bootloader. */
	{ "l432,boot=low", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "l412,boot=low", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "l496,boot=low", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "l4r5,boot=low", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "g031,nboot_sel=1", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "g051,nboot_sel=1", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "g071,nboot_sel=1", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "g071,nboot_sel=1,rom=0xB2", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "g071,nboot_sel=1,rom=0xB3", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "g0b1,nboot_sel=1", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "c051,nboot_sel=1", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "u083,nboot_sel=1", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "wb55,boot=low", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "wle5,boot=low", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	/* Chips on which no code can be run. */
	{ "f091,boot=low", "-w image -R", BY_GO, RUNS, BOOTLOADER },
	{ "f091,boot=low", "-w image -R", NEXT_RESET, RUNS, BOOTLOADER },
	{ "c031,nboot_sel=1", "-w image -R", BY_GO, RUNS, BOOTLOADER },
	/* -g starts it, and the user is told how long that lasts. */
	{ "l432,boot=low", "-w image -g 0", NEXT_RESET, RUNS, BOOTLOADER },
	/* Nothing is asked for. */
	{ "l432,boot=low", "-w image", "not started: this chip was blank", BOOTLOADER, BOOTLOADER },
	/* Pins: the flag is gone before the exit part resets. */
	{ "l432,boot=low", PINS "-w image", LAUNCHED, RUNS, RUNS },
	{ "l432,boot=low", SEQUENCE "-w image", LAUNCHED, RUNS, RUNS },
	{ "l432,boot=low", PINS "-w image -R", LAUNCHED, RUNS, RUNS },
	{ "l432", PINS "-w image", LAUNCHED, RUNS, RUNS },
	{ "g071,nboot_sel=1", PINS "-w image", LAUNCHED, RUNS, RUNS },
	{ "g071,nboot_sel=1,rom=0xB3", PINS "-w image", LAUNCHED, RUNS, RUNS },
	{ "g071", PINS "-w image", LAUNCHED, RUNS, RUNS },
	{ "c051,nboot_sel=1", PINS "-w image", LAUNCHED, RUNS, RUNS },
	{ "f091,boot=low", PINS "-w image", NEXT_RESET, RUNS, BOOTLOADER },
	{ "c031,nboot_sel=1", PINS "-w image", NEXT_RESET, RUNS, BOOTLOADER },
	{ "f091,boot=low", SEQUENCE "-w image",
	  "a reset leads this chip back to its bootloader until it is power-cycled", BOOTLOADER,
	  BOOTLOADER },
	{ "l432,boot=low", PINS "-w image -g 0", NEXT_RESET, RUNS, BOOTLOADER },
	/* An exit part that is empty starts nothing. */
	{ "l432,boot=low", "-i BOOT0: -w image", "not started: this chip was blank", BOOTLOADER,
	  BOOTLOADER },
	/* Erased under protection. */
	{ "l432,boot=low,rdp=1,fill=pattern", PINS "--unlock -w image", LAUNCHED, RUNS, RUNS },
	{ "g071,boot=low,rdp=1,fill=pattern", PINS "--unlock -w image", LAUNCHED, RUNS, RUNS },
	/* --lock, whose reset looks at the flash again on some and not on others. */
	{ "l432,boot=low", PINS "-w image --lock", "locked: reading is refused\nreset", RUNS,
	  RUNS },
	{ "g071", PINS "-w image --lock", "locked: reading is refused\nreset", RUNS, RUNS },
	{ "f091,boot=low", PINS "-w image --lock", "it stays in its bootloader until it is "
	  "power-cycled", BOOTLOADER, BOOTLOADER },
	/* New option bytes are loaded at once, but by a plain reset on some; BOOT0 is high here. */
	{ "g031,nboot_sel=1", "--set-option nBOOT_SEL=0 -w image -R",
	  "option bytes written and verified\nreset", BOOTLOADER, RUNS },
	{ "g071,nboot_sel=1", PINS "--set-option nBOOT_SEL=0 -w image",
	  "option bytes written and verified\nreset", RUNS, RUNS },
	{ "c031,nboot_sel=1", PINS "--set-option nBOOT_SEL=0 -w image",
	  "option bytes written and verified\nreset", RUNS, RUNS },
	{ "c031,nboot_sel=1", "--set-option nBOOT_SEL=0 -w image -R", BY_GO, RUNS, RUNS },
	{ "l432,boot=low", PINS "--set-option IWDG_STOP=0 -w image", LAUNCHED, RUNS, RUNS },
	/* Over I2C. */
	{ "l432,boot=low,bus=i2c", "-a 0x48 -w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "g071,nboot_sel=1,bus=i2c", "-a 0x51 -w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "l432,boot=low,bus=i2c", PINS "-a 0x48 -w image", LAUNCHED, RUNS, RUNS },
	/* Nothing of all this where the flash was not blank, or is never looked at. */
	{ "f103", PINS "-w image", "written and verified\nreset", RUNS, RUNS },
	{ "l432,fill=pattern", PINS "-w image", "written and verified\nreset", RUNS, RUNS },
	{ "l476", PINS "-w image", "written and verified\nreset", RUNS, RUNS },
};

static void expect(const struct board *b, enum after after, const char *what)
{
	if (after == RUNS)
		board_runs(b, what);
	else
		ck_assert_msg(chip_state(b->chip) == CHIP_ROM, "%s: not in its bootloader\n%s",
			      what, b->said);
}

START_TEST(application_starts_whatever_flash_was_before)
{
	char what[200];
	struct board b;

	snprintf(what, sizeof(what), "%s %s", starts[_i].args, starts[_i].spec);
	board_open(&b, starts[_i].spec);
	board_application(&b, 1000);
	board_expect(&b, starts[_i].args, 0);
	board_said(&b, starts[_i].said);
	board_holds_image(&b, what);
	expect(&b, starts[_i].after, what);
	sim_reset(b.sim, false, sim_now(b.sim));
	expect(&b, starts[_i].after_reset, what);
	sim_power_cycle(b.sim, false, sim_now(b.sim));
	expect(&b, RUNS, what);
	board_close(&b);
}
END_TEST

/* A chip whose flash is still blank is not started, and nothing is said of it. */
START_TEST(blank_chip_is_not_started)
{
	static const struct { const char *spec, *args;
	} cases[] = {
		{ "l432,boot=low", "-R" },
		{ "l432,boot=low", "-o -R" },
		{ "l432,boot=low", PINS },
		{ "c051,nboot_sel=1", PINS },
		{ "c051,nboot_sel=1", PINS "-o" },
		{ "c051,nboot_sel=1", "-R" },
		{ "u083,nboot_sel=1", PINS },
	};
	struct board b;

	board_open(&b, cases[_i].spec);
	board_expect(&b, cases[_i].args, 0);
	ck_assert_msg(chip_state(b.chip) == CHIP_ROM, "%s %s: %s", cases[_i].spec, cases[_i].args,
		      b.said);
	ck_assert_msg(!strstr(b.said, "was blank"), "%s", b.said);
	board_close(&b);
}
END_TEST

/* An image that is not at the start of flash starts nothing. */
START_TEST(without_vectors_nothing_starts)
{
	static const uint8_t data[64] = { 1, 2, 3 };
	struct board b;

	board_open(&b, "c051,nboot_sel=1");
	board_image(&b, 0x08004000, data, sizeof(data));
	board_expect(&b, PINS "-w image", 0);
	board_said(&b, "not reset: the flash is blank");
	ck_assert_int_eq(chip_state(b.chip), CHIP_ROM);
	board_close(&b);
}
END_TEST

/* ---- the BOOT0 pin ---- */

#define IGNORED "ignore the BOOT0 pin (nBOOT_SEL=1)"

static const struct { const char *spec, *args; bool warned;
} pins[] = {
	{ "g071,nboot_sel=1", "-w image -R", true },
	{ "g071,nboot_sel=1", "-w image -g 0", true },
	{ "g071,nboot_sel=1", PINS "-w image", true },
	{ "c031,nboot_sel=1", PINS "-w image", true },
	{ "g031,nboot_sel=1,bus=i2c", "-a 0x56 -w image -R", true },
	{ "g071,nboot_sel=1", PINS "--set-option nBOOT_SEL=0 -w image", false },
	/* It is not left, or not for another program than before. */
	{ "g071,nboot_sel=1", "-w image", false },
	{ "g071,nboot_sel=1", "-o", false },
	{ "g071,nboot_sel=1", "-R", false },
	/* The pin counts. */
	{ "g071", "-w image -R", false },
	{ "l432", "-w image -R", false },
	{ "f103", "-w image -g 0", false },
};

START_TEST(warning_comes_before_the_boot0_pin_is_ignored)
{
	struct board b;

	board_open(&b, pins[_i].spec);
	board_application(&b, 500);
	board_expect(&b, pins[_i].args, 0);
	ck_assert_msg(!strstr(b.said, IGNORED) == !pins[_i].warned, "%s %s: %s", pins[_i].args,
		      pins[_i].spec, b.said);
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("start");
	TCase *t = runner_case(s, "start", 120);

	if (!runner_runs_code())
		return RUNNER_SKIPPED;
	tcase_add_loop_test(t, application_starts_whatever_flash_was_before, 0, COUNT(starts));
	tcase_add_loop_test(t, blank_chip_is_not_started, 0, 7);
	tcase_add_test(t, without_vectors_nothing_starts);
	tcase_add_loop_test(t, warning_comes_before_the_boot0_pin_is_ignored, 0, COUNT(pins));
	return runner_run(s);
}
