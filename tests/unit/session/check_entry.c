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

int main(void)
{
	Suite *s = suite_create("entry");
	TCase *t = runner_case(s, "entry", 0);

	tcase_add_test(t, garbled_answers_lead_to_57600_baud);
	tcase_add_loop_test(t, badly_measured_rate_leads_to_57600_baud, 0, COUNT(jittery));
	tcase_add_test(t, a_rate_that_was_asked_for_stays);
	tcase_add_test(t, silence_does_not_change_the_rate);
	return runner_run(s);
}
