/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sequences: what a string means, which ones are refused, and that running them is exact. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/runner.h"
#include "pins/sequence.h"
#include "pins/sequence_text.h"

/* A driver that writes down what it is told, and fails at the step whose number is @fail. */
struct tape {
	const struct sequence *s;
	char text[512];
	int steps, fail;
};

static int note(struct tape *t, const char *what, bool level, struct err *e)
{
	size_t used = strlen(t->text);

	if (++t->steps == t->fail)
		return err_set(e, ERR_OPEN, "the wire broke");
	snprintf(t->text + used, sizeof(t->text) - used, "%s%s%s", used ? " " : "",
		 level ? "" : "-", what);
	return 0;
}

static int on_line(void *ctx, size_t line, bool high, struct err *e)
{
	struct tape *t = ctx;

	ck_assert_uint_lt(line, t->s->lines);
	return note(t, t->s->line[line].text, high, e);
}

static int on_rts(void *ctx, bool asserted, struct err *e)
{
	return note(ctx, "rts", asserted, e);
}

static int on_dtr(void *ctx, bool asserted, struct err *e)
{
	return note(ctx, "dtr", asserted, e);
}

static int on_brk(void *ctx, nsec_t duration, struct err *e)
{
	ck_assert_int_eq(duration, SEQUENCE_BREAK);
	return note(ctx, "brk", true, e);
}

static void on_sleep(void *ctx, nsec_t duration)
{
	char text[32];

	snprintf(text, sizeof(text), "%g", (double)duration / NSEC_PER_MSEC);
	note(ctx, text, true, NULL);
}

static const struct sequence_driver driver = { on_line, on_rts, on_dtr, on_brk, on_sleep };

static void expect_part(const struct sequence *s, enum sequence_part part, const char *want,
			const char *in)
{
	struct tape t = { .s = s };
	struct err e = ERR_INIT;

	ck_assert_msg(!sequence_run(s, part, &driver, &t, &e), "'%s': %s", in, e.msg);
	ck_assert_msg(!strcmp(t.text, want), "part %d of '%s' did '%s', not '%s'", (int)part, in,
		      t.text, want);
}

/* Numbers are milliseconds of waiting; lines are as they are written. */
static const struct {
	const char *in, *entry, *exit;		/* exit NULL: there is no exit part */
} meanings[] = {
	/* stm32flash's */
	{ "-GPIO,dtr", "-GPIO 100 dtr", NULL },
	{ "4", "4", NULL },
	{ "-3&4,3:-4,-3,3", "-3 4 100 3", "-4 100 -3 100 3" },
	{ "4-5", "4 -5", NULL },
	{ "4,,,-4", "4 300 -4", NULL },
	{ "rtsdtr", "rts dtr", NULL },
	{ "-rts-dtr5", "-rts -dtr 5", NULL },
	{ "5rts", "5 rts", NULL },
	{ "rts,-rts,:", "rts 100 -rts 100", "" },
	{ "532,-533,533", "532 100 -533 100 533", NULL },
	{ "brk", "brk", NULL }, { "-brk", "", NULL }, { ",-brk,", "200", NULL },
	{ "brkbrk-4", "brk brk -4", NULL },
	{ "entry:", "entry", "" }, { ":exit", "", "exit" }, { ":", "", "" }, { "", "", NULL },
	/* delays */
	{ "&", "", NULL }, { "4&&-5", "4 -5", NULL },
	{ "4,50ms,-4", "4 250 -4", NULL }, { "4&50ms&-4", "4 50 -4", NULL },
	{ "4,&,-4", "4 200 -4", NULL }, { "50ms", "50", NULL }, { "10ms20ms", "30", NULL },
	{ "4&50ms-4", "4 50 -4", NULL }, { "0ms", "0", NULL }, { "3600000ms", "3.6e+06", NULL },
	{ "rts50ms-rts", "rts 50 -rts", NULL },
	{ "4,:,4", "4 100", "100 4" }, { "4:50ms", "4", "50" },
	/* names and chips */
	{ "GPIO17", "GPIO17", NULL }, { "-GPIO17&GPIO27", "-GPIO17 GPIO27", NULL },
	{ "BOOT-0", "BOOT-0", NULL }, { "rts_n", "rts_n", NULL }, { "rts-en", "rts-en", NULL },
	{ "brkfast", "brkfast", NULL }, { "RTS", "RTS", NULL }, { "a b", "a b", NULL },
	{ "'BOOT-0'", "'BOOT-0'", NULL }, { "-'7,8:9&0'", "-'7,8:9&0'", NULL },
	{ "4'5'-'rts'", "4 '5' -'rts'", NULL },
	{ "gpiochip0/4", "gpiochip0/4", NULL },
	{ "-pinctrl-rp1/4,5", "-pinctrl-rp1/4 100 5", NULL },
	{ "'/dev/gpiochip1'/12-5", "'/dev/gpiochip1'/12 -5", NULL },
	{ "3-GPIO4", "3 -GPIO4", NULL }, { "3'x'", "3 'x'", NULL },
	{ "gpiochip0/4:-gpiochip0/4", "gpiochip0/4", "-gpiochip0/4" },
};

START_TEST(sequence_means_its_steps)
{
	const char *in = meanings[_i].in, *exit_part = meanings[_i].exit;
	struct err e = ERR_INIT;
	struct sequence s;

	ck_assert_msg(!sequence_parse(in, true, &s, &e), "'%s': %s", in, e.msg);
	ck_assert(!s.own);
	ck_assert_msg(s.has_exit == !!exit_part, "'%s': has_exit is %d", in, s.has_exit);
	expect_part(&s, SEQUENCE_ENTRY, meanings[_i].entry, in);
	for (int part = SEQUENCE_EXIT; part < SEQUENCE_PARTS; part++)
		expect_part(&s, (enum sequence_part)part, exit_part ? exit_part : "", in);
	sequence_free(&s);
}
END_TEST

static const struct {
	const char *in;
	int column;
	const char *why;
} refusals[] = {
	{ "-", 1, "has no signal behind it" }, { "4,-", 3, "has no signal behind it" },
	{ "-,4", 1, "has no signal behind it" }, { "4:-", 3, "has no signal behind it" },
	{ "-&", 1, "has no signal behind it" }, { "4-", 2, "has no signal behind it" },
	{ "--4", 2, "is no signal" },
	{ "4,+5", 3, "is no signal" }, { " 4", 1, "is no signal" }, { "4,_x", 3, "is no signal" },
	{ "/dev/gpiochip0/4", 1, "is no signal" },
	{ "4,'BOOT", 3, "has no closing quote" }, { "''", 1, "names nothing" },
	{ "''/4", 1, "names nothing" }, { "-''", 2, "names nothing" },
	{ "4x", 1, "needs a separator" }, { "4GPIO5", 1, "needs a separator" },
	{ "4/5", 1, "needs a separator" }, { "5s", 1, "needs a separator" },
	{ "50Ms", 1, "needs a separator" }, { "0x10", 1, "needs a separator" },
	{ "4 ,5", 1, "needs a separator" }, { "4,5;6", 3, "needs a separator" },
	{ "'a'b", 1, "needs a separator" }, { "'a'/x", 1, "needs a separator" },
	{ "3f20.gpio/4", 1, "needs a separator" },
	{ "-50ms", 1, "is a delay with a sign" }, { "4-50ms", 2, "is a delay with a sign" },
	{ "4294967296", 1, "is no number" }, { "04", 1, "is no number" },
	{ "4,3600001ms", 3, "is a delay of more than an hour" },
	{ "4294967296ms", 1, "is no number" }, { "gpiochip0/4294967296", 11, "is no number" },
	{ "gpiochip0/08", 11, "is no number" },
	{ "4:5:6", 4, "is one ':' too many" }, { "::", 2, "is one ':' too many" },
};

START_TEST(bad_sequence_is_refused_with_its_column)
{
	const char *in = refusals[_i].in;
	struct err e = ERR_INIT;
	struct sequence s;
	char column[32];

	snprintf(column, sizeof(column), "at column %d of '", refusals[_i].column);
	ck_assert_msg(sequence_parse(in, true, &s, &e) == -1, "'%s' was taken", in);
	ck_assert_int_eq(e.code, ERR_USAGE);
	ck_assert_msg(strstr(e.msg, column) && strstr(e.msg, refusals[_i].why), "'%s': %s", in,
		      e.msg);
	ck_assert(!s.lines && !s.line && !s.part[SEQUENCE_ENTRY].step);
}
END_TEST

START_TEST(refusal_says_what_would_be_right)
{
	struct err e = ERR_INIT;
	struct sequence s;

	ck_assert_int_eq(sequence_parse("4,+5:6", true, &s, &e), -1);
	ck_assert_str_eq(e.msg, "'+5' at column 3 of '4,+5:6' is no signal (a name that does not "
			 "begin with a letter needs quotes)");
}
END_TEST

/* A bus without modem lines refuses them, even where they would do nothing. */
START_TEST(modem_signals_need_a_serial_port)
{
	static const char *const in[] = { "rts", "-dtr", "4,brk", "-brk", "4:4rts" };
	struct err e = ERR_INIT;
	struct sequence s;

	for (size_t i = 0; i < COUNT(in); i++) {
		ck_assert_msg(sequence_parse(in[i], false, &s, &e) == -1, "'%s' was taken", in[i]);
		ck_assert_int_eq(e.code, ERR_USAGE);
		ck_assert_msg(!!strstr(e.msg, "serial port"), "%s", e.msg);
	}
	ck_assert_int_eq(sequence_from_pins("4", "!rts", false, &s, &e), -1);
	ck_assert_int_eq(sequence_parse("'rts'&RTS,4", false, &s, &e), 0);
	ck_assert(!sequence_drives_modem(&s));
	sequence_free(&s);
}
END_TEST

START_TEST(line_reference_is_taken_apart)
{
	static const struct {
		const char *text, *chip, *name;
		uint32_t number;
	} want[] = {
		{ "17", NULL, NULL, 17 }, { "GPIO17", NULL, "GPIO17", 0 },
		{ "gpiochip4/17", "gpiochip4", NULL, 17 }, { "'17'", NULL, "17", 0 },
		{ "'/dev/gpiochip1'/0", "/dev/gpiochip1", NULL, 0 },
		{ "SPI0/CLK", NULL, "SPI0/CLK", 0 }, { "'a/5'", NULL, "a/5", 0 },
		{ "a/b/5", "a/b", NULL, 5 }, { "CLK/", NULL, "CLK/", 0 },
		{ "4294967295", NULL, NULL, 4294967295u },
	};
	struct err e = ERR_INIT;
	struct sequence s;

	ck_assert_int_eq(sequence_parse("17,GPIO17,gpiochip4/17,'17'-17-'/dev/gpiochip1'/0:"
					"SPI0/CLK&'a/5'&a/b/5&CLK/&4294967295&17,GPIO17", true, &s,
					&e), 0);
	ck_assert_uint_eq(s.lines, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++) {
		const struct line_ref *l = &s.line[i];

		ck_assert_str_eq(l->text, want[i].text);
		ck_assert_pstr_eq(l->chip, want[i].chip);
		ck_assert_pstr_eq(l->name, want[i].name);
		ck_assert_uint_eq(l->number, want[i].number);
	}
	sequence_free(&s);
}
END_TEST

START_TEST(sequence_knows_whether_it_drives_modem_lines)
{
	static const struct {
		const char *in;
		bool want;
	} cases[] = {
		{ "4,-4", false }, { "brk", false }, { "4:rts", true }, { "-dtr", true },
		{ "", false },
	};
	struct err e = ERR_INIT;
	struct sequence s;

	for (size_t i = 0; i < COUNT(cases); i++) {
		ck_assert_int_eq(sequence_parse(cases[i].in, true, &s, &e), 0);
		ck_assert_msg(sequence_drives_modem(&s) == cases[i].want, "'%s'", cases[i].in);
		sequence_free(&s);
	}
}
END_TEST

static const struct {
	const char *boot0, *nrst;
	const char *part[SEQUENCE_PARTS];
} pins[] = {
	{ "GPIO17", "gpiochip0/4", {
		"-gpiochip0/4 GPIO17 50 gpiochip0/4",
		"-gpiochip0/4 -GPIO17 50 gpiochip0/4 50",
		"-gpiochip0/4 GPIO17 50 gpiochip0/4 50",
		"-GPIO17" } },
	/* a TTL adapter wired straight to the pins: asserted is low */
	{ "!rts", "!dtr", {
		"dtr -rts 50 -dtr", "dtr rts 50 -dtr 50", "dtr -rts 50 -dtr 50", "rts" } },
	{ "rts", "!'4'", {
		"'4' rts 50 -'4'", "'4' -rts 50 -'4' 50", "'4' rts 50 -'4' 50", "-rts" } },
	{ NULL, "4", { "-4 50 4", "-4 50 4 50", "-4 50 4 50", "" } },
	{ "4", NULL, { "4", "-4", "4", "-4" } },
};

START_TEST(two_pins_make_a_whole_sequence)
{
	struct err e = ERR_INIT;
	struct sequence s;

	ck_assert_int_eq(sequence_from_pins(pins[_i].boot0, pins[_i].nrst, true, &s, &e), 0);
	ck_assert(s.own && s.has_exit);
	for (int part = 0; part < SEQUENCE_PARTS; part++)
		expect_part(&s, (enum sequence_part)part, pins[_i].part[part], "pins");
	sequence_free(&s);
}
END_TEST

START_TEST(bad_pin_is_refused)
{
	static const struct {
		const char *boot0, *nrst, *why;
	} cases[] = {
		{ "-4", "5", "is not for a wire" }, { "4", "!-5", "is not for a wire" },
		{ "", "5", "is no signal" }, { "!", "5", "is no signal" },
		{ "!!4", "5", "is no signal" },
		{ "4,", "5", "is too much" }, { "4", "5-6", "is too much" },
		{ "4", "5&", "is too much" },
		{ "4:", "5", "is too much" },
		{ "brk", "5", "holds no level" }, { "4", "50ms", "holds no level" },
		{ "4", "4", "cannot be both" }, { "rts", "!rts", "cannot be both" },
		{ "4x", "5", "needs a separator" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err e = ERR_INIT;
		struct sequence s;

		ck_assert_msg(sequence_from_pins(cases[i].boot0, cases[i].nrst, true, &s, &e) == -1,
			      "'%s' '%s' was taken", cases[i].boot0, cases[i].nrst);
		ck_assert_int_eq(e.code, ERR_USAGE);
		ck_assert_msg(!!strstr(e.msg, cases[i].why), "%s", e.msg);
	}
}
END_TEST

START_TEST(parts_make_a_whole_sequence)
{
	static const char *const good[SEQUENCE_PARTS] = { "rts,-dtr", "-rts", "dtr&", "" };
	static const char *const colon[SEQUENCE_PARTS] = { "rts", "rts:dtr", "", "" };
	struct err e = ERR_INIT;
	struct sequence s;

	ck_assert_int_eq(sequence_from_parts(good, true, &s, &e), 0);
	ck_assert(s.own && s.has_exit);
	expect_part(&s, SEQUENCE_ENTRY, "rts 100 -dtr", good[0]);
	expect_part(&s, SEQUENCE_EXIT, "-rts", good[1]);
	expect_part(&s, SEQUENCE_STAY, "dtr", good[2]);
	expect_part(&s, SEQUENCE_STARTED, "", good[3]);
	sequence_free(&s);
	ck_assert_int_eq(sequence_from_parts(colon, true, &s, &e), -1);
	ck_assert_int_eq(e.code, ERR_USAGE);
}
END_TEST

START_TEST(stops_at_the_step_that_fails)
{
	static const struct {
		int step;
		const char *msg, *done;
	} cases[] = {
		{ 1, "cannot set '-GPIO4': the wire broke", "" },
		{ 3, "cannot set 'rts': the wire broke", "-GPIO4 100" },
		{ 4, "cannot set '-dtr': the wire broke", "-GPIO4 100 rts" },
		{ 5, "cannot set 'brk': the wire broke", "-GPIO4 100 rts -dtr" },
	};
	struct err e = ERR_INIT;
	struct sequence s;

	ck_assert_int_eq(sequence_parse("-GPIO4,rts&-dtr&brk", true, &s, &e), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tape t = { .s = &s, .fail = cases[i].step };

		ck_assert_int_eq(sequence_run(&s, SEQUENCE_ENTRY, &driver, &t, &e), -1);
		ck_assert_int_eq(e.code, ERR_OPEN);
		ck_assert_str_eq(e.msg, cases[i].msg);
		ck_assert_str_eq(t.text, cases[i].done);
	}
	sequence_free(&s);
}
END_TEST

static const struct { const char *in, *entry, *exit; } words[] = {
	{ "-GPIO4,rts&-dtr:brk,50ms", "GPIO4 low, 100 ms, RTS asserted, DTR released",
	  "BREAK for 250 ms, 150 ms" },
	{ "4:", "4 high", "no pin is moved" },
	{ ":-17", "no pin is moved", "17 low" },
};

START_TEST(plan_tells_a_sequence_in_words)
{
	struct err e = ERR_INIT;
	struct sequence s;
	char text[100];

	ck_assert_int_eq(sequence_parse(words[_i].in, true, &s, &e), 0);
	ck_assert_str_eq(sequence_text(&s, SEQUENCE_ENTRY, text, sizeof(text)), words[_i].entry);
	ck_assert_str_eq(sequence_text(&s, SEQUENCE_EXIT, text, sizeof(text)), words[_i].exit);
	sequence_free(&s);
}
END_TEST

START_TEST(long_sequence_is_cut_with_a_sign)
{
	struct err e = ERR_INIT;
	struct sequence s;
	char text[30];

	ck_assert_int_eq(sequence_parse("GPIO1&GPIO2&GPIO3&GPIO4", true, &s, &e), 0);
	ck_assert_str_eq(sequence_text(&s, SEQUENCE_ENTRY, text, sizeof(text)),
			 "GPIO1 high, GPIO2 high...");
	sequence_free(&s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sequence");
	TCase *t = runner_case(s, "sequence", 0);

	tcase_add_loop_test(t, sequence_means_its_steps, 0, COUNT(meanings));
	tcase_add_loop_test(t, bad_sequence_is_refused_with_its_column, 0, COUNT(refusals));
	tcase_add_test(t, refusal_says_what_would_be_right);
	tcase_add_test(t, modem_signals_need_a_serial_port);
	tcase_add_test(t, line_reference_is_taken_apart);
	tcase_add_test(t, sequence_knows_whether_it_drives_modem_lines);
	tcase_add_loop_test(t, two_pins_make_a_whole_sequence, 0, COUNT(pins));
	tcase_add_test(t, bad_pin_is_refused);
	tcase_add_test(t, parts_make_a_whole_sequence);
	tcase_add_test(t, stops_at_the_step_that_fails);
	tcase_add_loop_test(t, plan_tells_a_sequence_in_words, 0, COUNT(words));
	tcase_add_test(t, long_sequence_is_cut_with_a_sign);
	return runner_run(s);
}
