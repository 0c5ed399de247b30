/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors: how a message grows on its way up, and which exit status it ends in. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/runner.h"
#include "base/err.h"

START_TEST(each_layer_adds_to_the_message)
{
	struct err e = ERR_INIT;

	ck_assert_int_eq(err_set(&e, ERR_TIMEOUT, "nothing came within %d ms", 1000), -1);
	ck_assert_int_eq(err_wrap(&e, "waiting for %s", "ACK"), -1);
	ck_assert_int_eq(err_wrap(&e, "cannot write at 0x%08x", 0x08004000), -1);
	ck_assert_int_eq(err_append(&e, "; try %s", "-b 57600"), -1);
	ck_assert_str_eq(e.msg, "cannot write at 0x08004000: waiting for ACK: "
			 "nothing came within 1000 ms; try -b 57600");
	ck_assert_int_eq(e.code, ERR_TIMEOUT);
}
END_TEST

START_TEST(recode_keeps_the_cause)
{
	struct err e = ERR_INIT;

	err_sys(&e, ERR_GONE, ENODEV, "'%s'", "/dev/ttyUSB0");
	ck_assert_int_eq(err_recode(&e, ERR_OPEN, "cannot use the port"), -1);
	ck_assert_int_eq(e.code, ERR_OPEN);
	ck_assert_int_eq(e.sys, ENODEV);
	ck_assert_str_eq(e.msg, "cannot use the port: '/dev/ttyUSB0': No such device");
}
END_TEST

START_TEST(set_forgets_the_error_before)
{
	struct err e = ERR_INIT;

	err_sys(&e, ERR_OPEN, EACCES, "old");
	err_set(&e, ERR_IMAGE, "new");
	ck_assert_int_eq(e.code, ERR_IMAGE);
	ck_assert_int_eq(e.sys, 0);
	ck_assert_str_eq(e.msg, "new");
}
END_TEST

/* A message that is too long loses its end; nothing is written beyond it and it stays a string. */
START_TEST(long_message_loses_its_end)
{
	char text[2 * sizeof(((struct err *)0)->msg)];
	struct {
		struct err e;
		char guard[16];
	} g = { .e = ERR_INIT };

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	memset(g.guard, 'g', sizeof(g.guard));
	for (int i = 0; i < 4; i++) {
		err_set(&g.e, ERR_OTHER, "%s", i == 0 ? text : "short");
		if (i == 1)
			err_wrap(&g.e, "%s", text);
		if (i == 2)
			err_append(&g.e, "%s", text);
		if (i == 3)
			err_sys(&g.e, ERR_OTHER, EIO, "%s", text);
		err_wrap(&g.e, "top");
		err_append(&g.e, "end");
		ck_assert_uint_eq(strlen(g.e.msg), sizeof(g.e.msg) - 1);
		ck_assert_int_eq(strncmp(g.e.msg, "top: ", 5), 0);
		for (size_t j = 0; j < sizeof(g.guard); j++)
			ck_assert_int_eq(g.guard[j], 'g');
	}
}
END_TEST

START_TEST(no_error_need_be_given)
{
	ck_assert_int_eq(err_set(NULL, ERR_OTHER, "a"), -1);
	ck_assert_int_eq(err_sys(NULL, ERR_OTHER, EIO, "a"), -1);
	ck_assert_int_eq(err_wrap(NULL, "a"), -1);
	ck_assert_int_eq(err_recode(NULL, ERR_OTHER, "a"), -1);
	ck_assert_int_eq(err_append(NULL, "a"), -1);
}
END_TEST

/* The numbers are a promise to scripts, so they are written out here. */
START_TEST(each_class_has_its_exit_status)
{
	static const struct {
		enum err_code code;
		int sys, status;
	} cases[] = {
		{ ERR_NONE, 0, 0 }, { ERR_OTHER, EIO, 1 }, { ERR_USAGE, 0, 2 }, { ERR_IMAGE, 0, 3 },
		{ ERR_OPEN, EBUSY, 4 }, { ERR_SILENT, 0, 5 }, { ERR_LINK, 0, 6 },
		{ ERR_PROTECTED, 0, 7 }, { ERR_VERIFY, 0, 8 }, { ERR_ABILITY, 0, 9 },
		{ ERR_NACK, 0, 6 }, { ERR_TIMEOUT, 0, 6 }, { ERR_GARBLED, 0, 6 },
		{ ERR_GONE, ENODEV, 6 }, { ERR_TOO_LONG, EMSGSIZE, 6 },
		{ ERR_WRITE_PROTECTED, 0, 7 }, { ERR_LOST_WRITE, 0, 8 },
		{ ERR_SIGNAL, SIGINT, 130 }, { ERR_SIGNAL, SIGTERM, 143 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err e = { .code = cases[i].code, .sys = cases[i].sys };

		ck_assert_msg(err_exit_status(&e) == cases[i].status, "code %d exits with %d",
			      cases[i].code, err_exit_status(&e));
	}
}
END_TEST

START_TEST(place_is_kept_by_what_prepends_and_forgotten_by_what_sets)
{
	struct err e = ERR_INIT;

	err_set(&e, ERR_VERIFY, "differs");
	ck_assert_int_eq(err_at(&e, 0x08000004), -1);
	ck_assert_int_eq(err_in(&e, "fw.hex", 12), -1);
	err_wrap(&e, "here");
	err_append(&e, "; so");
	err_recode(&e, ERR_LINK, "there");
	ck_assert_str_eq(e.msg, "there: here: differs; so");
	ck_assert(e.has_addr);
	ck_assert_uint_eq(e.addr, 0x08000004);
	ck_assert_str_eq(e.file, "fw.hex");
	ck_assert_uint_eq(e.line, 12);
	err_set(&e, ERR_LINK, "else");
	ck_assert(!e.has_addr && !e.file[0] && !e.line && !e.phase);
	ck_assert_int_eq(err_at(NULL, 1), -1);
	ck_assert_int_eq(err_differs(NULL, 1, 2, 3), -1);
	ck_assert_int_eq(err_differs(&e, 0x08000008, 0x12, 0x34), -1);
	ck_assert(e.differs && e.has_addr && e.addr == 0x08000008 && e.want == 0x12 && e.found == 0x34);
	err_set(&e, ERR_LINK, "else");
	ck_assert(!e.differs);
	ck_assert_int_eq(err_in(NULL, "x", 1), -1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("err");
	TCase *t = runner_case(s, "err", 0);

	tcase_add_test(t, each_layer_adds_to_the_message);
	tcase_add_test(t, recode_keeps_the_cause);
	tcase_add_test(t, set_forgets_the_error_before);
	tcase_add_test(t, long_message_loses_its_end);
	tcase_add_test(t, no_error_need_be_given);
	tcase_add_test(t, each_class_has_its_exit_status);
	tcase_add_test(t, place_is_kept_by_what_prepends_and_forgotten_by_what_sets);
	return runner_run(s);
}
