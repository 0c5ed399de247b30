/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text without a known format is told from data, and its kind is named. */
#include <stdlib.h>
#include <string.h>

#include "parsers/textual.h"
#include "tests/lib/runner.h"

#define BYTES(s) (s), sizeof(s) - 1
#define HEX ":020000040800F2\n:0200000061623B\n:00000001FF\n"
#define LFS "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"
#define TI "@8000000\n00 50 00 20 09 00 00 08\nq\n"

static const struct {
	const char *data;
	size_t len;
	const char *what;		/* NULL: no text */
} texts[] = {
	{ BYTES("<!DOCTYPE html>\n<html><body>sign in</body></html>\n"), "a web page" },
	{ BYTES("\xef\xbb\xbf\r\n<HTML lang=de>\r\n"), "a web page" },
	{ BYTES("<!-- cached -->\n<html>\n"), "a web page" },
	{ BYTES("<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC>\n"), "a web page" },
	{ BYTES("<html><p>caf\xe9, as Latin-1 has it</p></html>"), "a web page" },
	{ BYTES("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>"),
	  "XML or a web page" },
	{ BYTES(LFS), "a Git LFS pointer" },
	{ BYTES("{\"image\": \"AAUAIAkAAAg=\"}"), "JSON" },
	{ BYTES("[\n  {\"addr\": 134217728}\n]\n"), "JSON" },
	{ BYTES("[1, 2]"), "JSON" },
	{ BYTES("{}"), "JSON" },
	{ BYTES(TI), "TI-TXT" },
	{ BYTES("@8000000\r\n00 50\r\nQ\r\n\x1a"), "TI-TXT" },
	{ BYTES("@08000000\n00500020 09000008\n"), "hexadecimal text (Verilog or TI-TXT)" },
	{ BYTES("; built today\n" HEX), "Intel HEX behind a comment" },
	{ BYTES("\n\n// caf\xc3\xa9\n  " HEX), "Intel HEX behind a comment" },
	{ BYTES("# comment\nS00600004844521B\n"), "Motorola S-records behind other text" },
	{ BYTES("\xef\xbb\xbfS00600004844521B\n"), "Motorola S-records behind other text" },
	{ BYTES("404: Not Found"), "plain text" },
	{ BYTES("../build/fw.bin"), "plain text" },
	{ BYTES("\xe5\x9b\xba\xe4\xbb\xb6"), "plain text" },
	{ BYTES("padded\n\0\0\0\0"), "plain text" },
	{ BYTES("to the end of a sector\n\x1a\x1a\x1a"), "plain text" },
	{ BYTES("tab\tform feed\f vertical\v"), "plain text" },
	/* UTF-16, with a mark and without */
	{ BYTES("\xff\xfe:\0" "0\0" "2\0" "0\0" "0\0" "0\0" "0\0" "0\0" "4\0" "0\0" "8\0" "\n\0"),
	  "Intel HEX in UTF-16" },
	{ BYTES("\xfe\xff\0:\0" "0\0" "2\0" "0\0" "0\0" "0\0" "0\0" "0\0" "4\0" "0\0" "8\0\n"),
	  "Intel HEX in UTF-16" },
	{ BYTES(":\0" "0\0" "2\0" "0\0" "0\0" "0\0" "0\0" "0\0" "4\0" "0\0" "8\0" "\n\0"),
	  "Intel HEX in UTF-16" },
	{ BYTES("\0:\0" "0\0" "2\0" "0\0" "0\0" "0\0" "0\0" "0\0" "4\0" "0\0" "8\0\n"),
	  "Intel HEX in UTF-16" },
	{ BYTES("<\0h\0t\0m\0l\0>\0"), "a web page" },
	{ BYTES("\xff\xfe\xba\x56\xf6\x4e"), "plain text" },
	{ BYTES("\xff\xfe" "h\0i\0\x3d\xd8\x00\xde"), "plain text" },
	/* no text */
	{ BYTES("\x00\x50\x00\x20\x09\x00\x00\x08"), NULL },
	{ BYTES("\x00\x50\x00\x20\x09\x01\x00\x08\x20\x20\x20\x20"), NULL },
	{ BYTES("\x41\x42\x02\x20\x41\x42\x41\x08"), NULL },
	{ BYTES("hello, \1world"), NULL },
	{ BYTES("\0hello"), NULL },
	{ BYTES("delete\x7f"), NULL },
	{ BYTES("\x1b[1mred\x1b[0m"), NULL },
	{ BYTES("\xff\xff\xff\xff\xff\xff\xff\xff"), NULL },
	{ BYTES("\0\0\0\0"), NULL },
	{ BYTES("\xff\xfe"), NULL },
	{ BYTES("\xff\xfe\x00\xd8" "a\0"), NULL },		/* half a pair */
	{ BYTES("\xff\xfe" "a\0\x01\0b\0"), NULL },
	{ BYTES("\xba\x56\xf6\x4e\xba\x56\xf6\x4e"), NULL },	/* no mark, no ASCII */
	{ BYTES("caf\xe9"), NULL },				/* too short to be told */
	{ BYTES("\xc0\xaf\xed\x92\xa5\xf8\xcc\xe1\xb7\x41\x42\x43\xd1\xd2\xd3\xd4\xd5"), NULL },
	{ BYTES(""), NULL },
};

static bool look(const char *data, size_t len, struct textual *t)
{
	/* Not a byte more than the file has, so that ASan and valgrind see one. */
	uint8_t *exact = malloc(len ? len : 1);
	bool text;

	memcpy(exact, data, len);
	text = textual_look(exact, len, t);
	free(exact);
	return text;
}

START_TEST(text_is_named)
{
	struct textual t = { .what = "unchanged" };
	bool text = look(texts[_i].data, texts[_i].len, &t);

	ck_assert_int_eq(text, texts[_i].what != NULL);
	ck_assert_str_eq(t.what, text ? texts[_i].what : "unchanged");
	ck_assert_int_eq(t.is_plain, strcmp(t.what, "plain text") == 0);
}
END_TEST

START_TEST(short_text_is_read_no_further_than_it_goes)
{
	struct textual t;

	for (size_t i = 0; i < COUNT(texts); i++)
		for (size_t len = 0; len < texts[i].len; len++)
			look(texts[i].data, len, &t);
}
END_TEST

START_TEST(order_of_utf_16_is_named_where_no_mark_does)
{
	static const struct {
		const char *data;
		size_t len;
		const char *from;
	} cases[] = {
		{ BYTES("\xff\xfe:\0" "0\0" "0\0" "0\0" "0\0" "0\0" "0\0" "0\0" "1\0F\0F\0"),
		  " UTF-16 " },
		{ BYTES(":\0" "0\0" "0\0" "0\0" "0\0" "0\0" "0\0" "0\0" "1\0F\0F\0"),
		  " UTF-16LE " },
		{ BYTES("\0:\0" "0\0" "0\0" "0\0" "0\0" "0\0" "0\0" "0\0" "1\0F\0F"),
		  " UTF-16BE " },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct textual t = { .what = NULL };

		ck_assert(look(cases[i].data, cases[i].len, &t));
		ck_assert_ptr_nonnull(t.advice);
		ck_assert_ptr_nonnull(strstr(t.advice, cases[i].from));
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("textual");
	TCase *t = runner_case(s, "textual", 0);

	tcase_add_loop_test(t, text_is_named, 0, COUNT(texts));
	tcase_add_test(t, short_text_is_read_no_further_than_it_goes);
	tcase_add_test(t, order_of_utf_16_is_named_where_no_mark_does);
	return runner_run(s);
}
