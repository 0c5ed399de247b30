/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text from outside on its way to a terminal: readable text stays, what would steer the terminal is
 * spelled out.
 */
#include <stdlib.h>
#include <string.h>

#include "base/shown.h"
#include "tests/lib/runner.h"

static const struct { const char *text, *safe; } texts[] = {
	{ "", "" },
	{ "/dev/ttyUSB0", "/dev/ttyUSB0" },
	{ "a\x1b[2Jb", "a\\x1b[2Jb" },
	{ "\x1b]0;title\x07", "\\x1b]0;title\\x07" },
	{ "\r\n\t\b\x7f", "\\x0d\\x0a\\x09\\x08\\x7f" },
	{ "a\\b", "a\\b" },
	/* readable UTF-8 of two, three and four bytes */
	{ "gr\xc3\xbc\xc3\x9f""e \xe2\x82\xac \xf0\x9f\x98\x80",
	  "gr\xc3\xbc\xc3\x9f""e \xe2\x82\xac \xf0\x9f\x98\x80" },
	/* CSI as one character, U+009B, and as the byte of other encodings */
	{ "\xc2\x9b""2J", "\\xc2\\x9b2J" },
	{ "\x9b""2J", "\\x9b2J" },
	/* no UTF-8: cut off, too long for its code, a surrogate, beyond the last code */
	{ "\xc3", "\\xc3" },
	{ "\xe2\x82", "\\xe2\\x82" },
	{ "\xe2\x82z", "\\xe2\\x82z" },
	{ "\xc0\x9b", "\\xc0\\x9b" },
	{ "\xc1\x9b""2J", "\\xc1\\x9b2J" },	/* a '[' by its code, and CSI by its last byte */
	{ "\xe0\x80\x9b", "\\xe0\\x80\\x9b" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
	{ "\xff\xfe", "\\xff\\xfe" },
	/* from right to left, and a line of its own */
	{ "a\xe2\x80\xae""nib.b", "a\\xe2\\x80\\xaenib.b" },
	{ "\xe2\x80\xa8", "\\xe2\\x80\\xa8" },
	{ "\xe2\x81\xa6", "\\xe2\\x81\\xa6" },
};

START_TEST(text_is_shown_and_steers_nothing)
{
	char out[100];

	ck_assert_ptr_eq(shown(texts[_i].text, out, sizeof(out)), out);
	ck_assert_str_eq(out, texts[_i].safe);
}
END_TEST

/* Whatever the room is, nothing is written behind it, and no character is cut. */
START_TEST(text_is_cut_between_characters)
{
	const char *safe = texts[_i].safe;
	char out[100];

	for (size_t size = 1; size < sizeof(out); size++) {
		size_t len;

		memset(out, '!', sizeof(out));
		shown(texts[_i].text, out, size);
		len = strlen(out);
		ck_assert_uint_lt(len, size);
		ck_assert_int_eq(strncmp(out, safe, len), 0);
		ck_assert_int_ne((unsigned char)safe[len] & 0xC0, 0x80);
		for (size_t i = len + 1; i < sizeof(out); i++)
			ck_assert_int_eq(out[i], '!');
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("shown");
	TCase *t = runner_case(s, "shown", 0);

	tcase_add_loop_test(t, text_is_shown_and_steers_nothing, 0, COUNT(texts));
	tcase_add_loop_test(t, text_is_cut_between_characters, 0, COUNT(texts));
	return runner_run(s);
}
