/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The diagnosis when no bootloader answers: each kind of sight on the line, and the words for
 * it.
 */
#include <stdlib.h>
#include <string.h>

#include "loader/an3155/diagnose.h"
#include "tests/lib/runner.h"

static const struct {
	const char *seen;
	size_t len;
	unsigned int baud;
	enum diagnosis kind;
	unsigned int rate;
	const char *says;
} cases[] = {
	{ "", 0, 115200, DIAG_SILENCE, 0, "BOOT0" },
	{ "\x7f", 1, 115200, DIAG_ECHO, 0, "bridged" },
	{ "\x7f\x7f\x7f", 3, 115200, DIAG_ECHO, 0, "bridged" },
	{ "\0", 1, 115200, DIAG_ZEROS, 0, "held low" },
	{ "\0\0\0\0", 4, 115200, DIAG_ZEROS, 0, "held low" },
	{ "boot v1.2\r\n", 11, 115200, DIAG_TEXT, 0, "\"boot v1.2  \"" },
	/* Mostly text, and the end of it is what is shown. */
	{ "\xF0"
	  "0123456789012345678901234567890123456789the end",
	  48, 115200, DIAG_TEXT, 0, "the end\"" },
	/*
	 * Each bit of an ACK is seen twice: start 00, then 11 00 00 11 ... of which the second
	 * half of the start bit is the lowest: 0 1 1 0 0 0 0 1. Of a NACK 0 and then ones.
	 */
	{ "\x86", 1, 115200, DIAG_RATE, 57600, "-b 57600" },
	{ "\xFE", 1, 115200, DIAG_RATE, 57600, "-b 57600" },
	{ "\x86\xFE", 2, 19200, DIAG_RATE, 9600, "-b 9600" },
	{ "\x86", 1, 0, DIAG_JUNK, 0, "86" },
	{ "\x12\x93\xA5", 3, 115200, DIAG_JUNK, 0, "12 93 a5" },
	{ "\x86\x93", 2, 115200, DIAG_JUNK, 0, "8e1" },
};

START_TEST(what_was_seen_is_told_apart)
{
	const uint8_t *seen = (const uint8_t *)cases[_i].seen;
	struct port port = { .baud = cases[_i].baud, .mode = SERIAL_MODE_8E1 };
	char text[300];
	unsigned int rate;

	ck_assert_int_eq(diagnose_kind(seen, cases[_i].len, port.baud, port.mode, &rate),
			 cases[_i].kind);
	ck_assert_uint_eq(rate, cases[_i].rate);
	diagnose(seen, cases[_i].len, &port, text, sizeof(text));
	ck_assert_msg(strstr(text, cases[_i].says) != NULL, "case %d: %s", _i, text);
}
END_TEST

/* The worst that can be seen fits wherever it is put. */
START_TEST(longest_diagnosis_fits_its_room)
{
	struct port port = { .baud = 115200, .mode = SERIAL_MODE_8E1 };
	uint8_t seen[160];
	char text[40];

	for (int fill = 0; fill < 256; fill++) {
		memset(seen, fill, sizeof(seen));
		memset(text, 'x', sizeof(text));
		diagnose(seen, sizeof(seen), &port, text, sizeof(text));
		ck_assert_uint_lt(strlen(text), sizeof(text));
	}
}
END_TEST

/* At the same rate a byte is itself. */
START_TEST(byte_at_the_same_rate_is_itself)
{
	for (unsigned int byte = 0; byte < 256; byte++)
		ck_assert_int_eq(diagnose_sample((uint8_t)byte, 9600, 9600, SERIAL_MODE_8E1),
				 (int)byte);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("diagnose");
	TCase *t = runner_case(s, "diagnose", 0);

	tcase_add_loop_test(t, what_was_seen_is_told_apart, 0, COUNT(cases));
	tcase_add_test(t, longest_diagnosis_fits_its_room);
	tcase_add_test(t, byte_at_the_same_rate_is_itself);
	return runner_run(s);
}
