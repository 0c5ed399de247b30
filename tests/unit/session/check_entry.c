/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Into the bootloader by pins, where its auto-baud measures the default rate wrong: the answers
 * make no sense, and after a reset 57600 is tried (AN2606, software auto-baud; 5 % and more on F4
 * and L4).
 */
#include "tests/lib/board.h"

/* A line on which answers at more than 57600 baud arrive garbled. */
struct bad_ear {
	struct wrapper wrapper;
	bool deaf_ear;		/* they do not arrive at all */
};

static ssize_t ear_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			struct err *e)
{
	struct bad_ear *ear = (struct bad_ear *)p;
	uint8_t *bytes = buf;
	ssize_t n;

	do {
		n = wrapper_forward.read(p, buf, len, until, bad, e);
	} while (n > 0 && p->baud > 57600 && ear->deaf_ear);
	for (ssize_t i = 0; i < n && p->baud > 57600; i++)
		bytes[i] = (uint8_t)(0x80 | i);
	return n;
}

static const struct port_ops ear_ops = { .read = ear_read };

/* Identifies an F405 through such a line, with @args. Returns the rate at which it ended. */
static unsigned int identify(struct board *b, const char *args, bool deaf_ear, int status)
{
	struct bad_ear ear = { .deaf_ear = deaf_ear };
	char line[80];

	snprintf(line, sizeof(line), "--boot0 BOOT0 --nrst NRST -n 2 %s", args);
	board_open(b, "f405,boot=low");
	board_put_between(b, &ear.wrapper, &ear_ops);
	board_expect(b, line, status);
	return ear.wrapper.port.baud;
}

START_TEST(garbled_answers_lead_to_57600_baud)
{
	struct board b;

	ck_assert_uint_eq(identify(&b, "", false, 0), 57600);
	board_said(&b, "no sense at 115200 baud: trying 57600");
	board_said(&b, "0x413");
	board_close(&b);
}
END_TEST

/* Chips whose ROM measures the rate so badly as AN2606 says it may. */
static const char *const jittery[] = {
	"f358,boot=low", "f405,boot=low,autobaud=max", "l432,boot=low,autobaud=max",
	"f103,boot=low,autobaud=max", "f746,boot=low,autobaud=max",
};

START_TEST(badly_measured_rate_leads_to_57600_baud)
{
	struct board b;

	board_open(&b, jittery[_i]);
	board_expect(&b, "--boot0 BOOT0 --nrst NRST", 0);
	board_said(&b, "no sense at 115200 baud: trying 57600");
	board_close(&b);
}
END_TEST

START_TEST(a_rate_that_was_asked_for_stays)
{
	struct board b;

	ck_assert_uint_eq(identify(&b, "-b 115200", false, 5), 115200);
	board_close(&b);
}
END_TEST

/* Silence has other reasons than the rate. */
START_TEST(silence_does_not_change_the_rate)
{
	struct board b;

	ck_assert_uint_eq(identify(&b, "", true, 5), 115200);
	board_close(&b);
}
END_TEST

/* ---- resets in the middle of a job ---- */

/* As a bootloader whose start takes long: none of its answers comes before. */
static bool answer_late(struct tap *t, uint8_t *byte)
{
	(void)byte;
	return port_now(&t->wrapper.port) > 5 * NSEC_PER_SEC;
}

START_TEST(bootloader_that_starts_slowly_is_entered_again)
{
	struct board b;

	board_open(&b, "f103,boot=low");
	b.tap.from_chip = answer_late;
	board_expect(&b, "--verbose -i BOOT0,-NRST,NRST:", 0);
	board_close(&b);
}
END_TEST

/* It never answers again once it was unlocked. */
static bool fall_silent(struct tap *t, uint8_t *byte)
{
	(void)byte;
	t->times += t->command == BL_READOUT_UNPROTECT && t->answer == 2;
	return !t->times;
}

/* Its flash is blank by then, or is being erased: not a thing to be started. */
START_TEST(chip_lost_in_its_unlock_is_left_in_the_bootloader)
{
	struct board b;

	board_open(&b, "f103,rdp=1,boot=low");
	board_application(&b, 1000);
	b.tap.from_chip = fall_silent;
	board_expect(&b, "--boot0 BOOT0 --nrst NRST --unlock -w image", 6);
	board_said(&b, "bootloader");
	ck_assert_msg(!strstr(b.said, "\nreset\n"), "%s", b.said);
	image_free(&b.image);
	board_close(&b);
}
END_TEST

/* Behind the reset it says that it is an F103xE. */
static bool become_another(struct tap *t, uint8_t *byte)
{
	if (t->command == BL_WRITE && t->frame == 2)
		return t->times++ != 3;
	if (t->times > 3 && t->command == BL_GET_ID && t->answer == 4)
		*byte = 0x14;
	return true;
}

START_TEST(another_chip_behind_a_reset_is_not_written)
{
	struct board b;

	board_open(&b, "f103,boot=low");
	board_application(&b, 4000);
	b.tap.from_chip = become_another;
	board_expect(&b, "--boot0 BOOT0 --nrst NRST -w image", 6);
	board_said(&b, "0x414 answers after a reset of 0x410");
	ck_assert_uint_eq(b.tap.times, 4);
	board_close(&b);
}
END_TEST

/* The ACK of a block is lost, the fourth time. */
static bool lose_ack(struct tap *t, uint8_t *byte)
{
	(void)byte;
	return !(t->command == BL_WRITE && t->frame == 2 && t->times++ == 3);
}

/*
 * With pins at hand a reset brings a bootloader back. Those that clear their empty flag at start and
 * ignore BOOT0 would start the flash instead, which is written in half by then.
 */
static const struct { const char *spec; bool resets; } resets[] = {
	{ "f103,fill=app,boot=low", true },
	{ "c051,fill=app", false },
	{ "g0b1,fill=app", false },
};

START_TEST(chip_that_would_start_half_a_firmware_is_not_reset)
{
	struct board b;

	board_open(&b, resets[_i].spec);
	board_application(&b, 4000);
	b.tap.from_chip = lose_ack;
	board_expect(&b, "--verbose --boot0 BOOT0 --nrst NRST -w image", 0);
	ck_assert_uint_gt(b.tap.times, 4);
	ck_assert_msg(!strstr(b.said, "is reset to bring it back") == !resets[_i].resets,
		      "%s: %s", resets[_i].spec, b.said);
	board_holds_image(&b, resets[_i].spec);
	board_close(&b);
}
END_TEST

/* Which listens after a few milliseconds; 100 are allowed to one that nobody knows. */
START_TEST(chip_that_is_named_is_called_as_soon_as_it_listens)
{
	const char *pins = "--boot0 BOOT0 --nrst NRST";
	const char *named = "--boot0 BOOT0 --nrst NRST --chip f103x8";
	struct board b;
	nsec_t took;

	board_open(&b, "f103,boot=low");
	board_expect(&b, pins, 0);
	took = b.took;
	board_close(&b);
	board_open(&b, "f103,boot=low");
	board_expect(&b, named, 0);
	ck_assert_int_le(b.took, took - 90 * NSEC_PER_MSEC);
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("entry");
	TCase *t = runner_case(s, "entry", 0);

	tcase_add_test(t, garbled_answers_lead_to_57600_baud);
	tcase_add_loop_test(t, badly_measured_rate_leads_to_57600_baud, 0, COUNT(jittery));
	tcase_add_test(t, a_rate_that_was_asked_for_stays);
	tcase_add_test(t, silence_does_not_change_the_rate);
	tcase_add_test(t, chip_that_is_named_is_called_as_soon_as_it_listens);
	tcase_add_test(t, bootloader_that_starts_slowly_is_entered_again);
	tcase_add_test(t, chip_lost_in_its_unlock_is_left_in_the_bootloader);
	tcase_add_test(t, another_chip_behind_a_reset_is_not_written);
	if (runner_runs_code())
		tcase_add_loop_test(t, chip_that_would_start_half_a_firmware_is_not_reset, 0,
				    COUNT(resets));
	return runner_run(s);
}
