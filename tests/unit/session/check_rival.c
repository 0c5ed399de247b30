/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A job that failed for want of answers, and a second program on its port: who is blamed, and when.
 */
#include <stdlib.h>
#include <string.h>

#include "ports/users.h"
#include "session/rival.h"
#include "tests/lib/runner.h"

static struct port_users there;

static void tell_users(struct port *p, struct port_users *u)
{
	(void)p;
	*u = there;
}

static const struct port_ops ops = { .find_users = tell_users }, none = { 0 };

static struct err blame(const struct port_ops *o, enum err_code code)
{
	struct port p = { .ops = o };
	struct err e = ERR_INIT;

	err_set(&e, code, "it failed");
	rival_blame(&p, &e);
	return e;
}

static const struct { enum err_code code; bool blamed; } codes[] = {
	{ ERR_SILENT, true }, { ERR_TIMEOUT, true }, { ERR_GARBLED, true }, { ERR_LINK, true },
	{ ERR_NACK, false }, { ERR_GONE, false }, { ERR_PROTECTED, false }, { ERR_VERIFY, false },
	{ ERR_IMAGE, false }, { ERR_SIGNAL, false },
};

START_TEST(second_program_is_blamed_for_missing_answers_only)
{
	struct err e;

	there = (struct port_users){ .count = 1, .names = "'cat' (PID 12)" };
	e = blame(&ops, codes[_i].code);
	if (codes[_i].blamed) {
		ck_assert_int_eq(e.code, ERR_OPEN);
		ck_assert_str_eq(e.msg, "'cat' (PID 12) has this port open too, and may take "
				 "answers from it: end it and run again: it failed");
	} else {
		ck_assert_int_eq(e.code, codes[_i].code);
		ck_assert_str_eq(e.msg, "it failed");
	}
}
END_TEST

START_TEST(several_programs_are_blamed_together)
{
	struct err e;

	there = (struct port_users){ .count = 2, .names = "'a' (PID 1), 'b' (PID 2)" };
	e = blame(&ops, ERR_SILENT);
	ck_assert_str_eq(e.msg, "'a' (PID 1), 'b' (PID 2) have this port open too, and may take "
			 "answers from it: end them and run again: it failed");
}
END_TEST

START_TEST(nobody_is_blamed_where_nobody_is_found)
{
	struct err e;

	there = (struct port_users){ 0 };
	e = blame(&ops, ERR_SILENT);
	ck_assert_int_eq(e.code, ERR_SILENT);
	ck_assert_str_eq(e.msg, "it failed");
	e = blame(&none, ERR_SILENT);
	ck_assert_str_eq(e.msg, "it failed");
}
END_TEST

START_TEST(silence_tells_that_not_all_programs_could_be_looked_at)
{
	struct err e;

	there = (struct port_users){ .hidden = true };
	e = blame(&ops, ERR_SILENT);
	ck_assert_int_eq(e.code, ERR_SILENT);
	ck_assert_str_eq(e.msg, "it failed; whether another user's program reads from this port, "
			 "root can see");
	e = blame(&ops, ERR_TIMEOUT);
	ck_assert_str_eq(e.msg, "it failed");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rival");
	TCase *t = runner_case(s, "rival", 0);

	tcase_add_loop_test(t, second_program_is_blamed_for_missing_answers_only, 0, COUNT(codes));
	tcase_add_test(t, several_programs_are_blamed_together);
	tcase_add_test(t, nobody_is_blamed_where_nobody_is_found);
	tcase_add_test(t, silence_tells_that_not_all_programs_could_be_looked_at);
	return runner_run(s);
}
