/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who else has a port open: found by the device, not by its name, and named so that its name cannot
 * mislead.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ports/users.h"
#include "tests/lib/runner.h"
#include "tests/lib/tty_help.h"

/* A terminal with another program at its far end; the near end, open in this process. */
static struct pty pty;
static int near;

static void setup(void)
{
	pty_make(&pty);
	near = open(pty.path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(near, 0);
}

static void teardown(void)
{
	close(near);
	close(pty.far);
}

struct opening {
	const char *path, *name;
	int flags;
};

/* Another program: it has no far end, and opens what it is to open. */
static void open_as(void *arg, struct outcome *o)
{
	const struct opening *how = arg;

	close(pty.far);
	close(near);
	prctl(PR_SET_NAME, how->name);
	o->ret = how->path ? open(how->path, how->flags | O_NOCTTY) : 0;
}

static void start(struct child *c, struct opening *how, bool as_nobody)
{
	child_start(c, open_as, how, as_nobody);
	ck_assert_int_ge(c->outcome->ret, 0);
}

static const int ways[] = { O_RDONLY, O_RDWR, O_RDONLY | O_NONBLOCK };

START_TEST(program_that_has_the_port_open_is_named)
{
	struct opening how = { pty.path, "cat", ways[_i] };
	struct port_users u;
	struct child c;
	char wanted[64];

	start(&c, &how, false);
	users_find(near, PROC_DIR, &u);
	snprintf(wanted, sizeof(wanted), "'cat' (PID %d)", (int)c.pid);
	child_end(&c);
	ck_assert_str_eq(u.names, wanted);
	ck_assert_uint_eq(u.count, 1);
	users_find(near, PROC_DIR, &u);
	ck_assert_uint_eq(u.count, 0);
	ck_assert_str_eq(u.names, "");
}
END_TEST

START_TEST(port_is_known_by_its_device_not_by_its_name)
{
	struct opening how;
	struct port_users u;
	struct child c;
	char dir[128], link[160];

	dir_make(dir, sizeof(dir));
	snprintf(link, sizeof(link), "%s/by-id", dir);
	ck_assert_int_eq(symlink(pty.path, link), 0);
	how = (struct opening){ link, "getty", O_RDWR };
	start(&c, &how, false);
	users_find(near, PROC_DIR, &u);
	child_end(&c);
	unlink(link);
	rmdir(dir);
	ck_assert_uint_eq(u.count, 1);
}
END_TEST

START_TEST(program_with_another_port_is_left_alone)
{
	struct opening how;
	struct port_users u;
	struct child c;
	struct pty other;

	pty_make(&other);
	how = (struct opening){ other.path, "cat", O_RDWR };
	start(&c, &how, false);
	users_find(near, PROC_DIR, &u);
	child_end(&c);
	close(other.far);
	ck_assert_uint_eq(u.count, 0);
}
END_TEST

static void hold_both_ends(void *arg, struct outcome *o)
{
	(void)arg;
	o->ret = 0;		/* both were inherited */
}

/* A simulated board keeps the near end open, too. */
START_TEST(program_at_the_far_end_does_not_count)
{
	struct port_users u;
	struct child c;

	child_start(&c, hold_both_ends, NULL, false);
	users_find(near, PROC_DIR, &u);
	child_end(&c);
	ck_assert_uint_eq(u.count, 0);
}
END_TEST

static void hold_far_end(void *arg, struct outcome *o)
{
	(void)arg;
	close(near);
	o->ret = 0;
}

START_TEST(who_asks_does_not_count)
{
	struct port_users u;
	struct child c;

	child_start(&c, hold_far_end, NULL, false);
	close(pty.far);
	pty.far = -1;
	users_find(near, PROC_DIR, &u);
	child_end(&c);
	ck_assert_uint_eq(u.count, 0);
}
END_TEST

START_TEST(several_programs_are_counted_and_named_as_far_as_they_fit)
{
	struct opening how = { pty.path, "a name of fiftn", O_RDWR };
	struct child c[9];
	struct port_users u;

	for (size_t i = 0; i < COUNT(c); i++)
		start(&c[i], &how, false);
	users_find(near, PROC_DIR, &u);
	for (size_t i = 0; i < COUNT(c); i++)
		child_end(&c[i]);
	ck_assert_uint_eq(u.count, COUNT(c));
	ck_assert_int_eq(strncmp(u.names, "'a name of fiftn' (PID ", 23), 0);
	ck_assert_ptr_nonnull(strstr(u.names, "), 'a name"));
	ck_assert_int_eq(u.names[strlen(u.names) - 1], ')');
}
END_TEST

/* Nobody may look at root's programs: it says so, and guesses nothing. */
START_TEST(program_that_may_not_be_looked_at_is_hidden_not_named)
{
	struct opening how = { pty.path, "cat", O_RDWR };
	struct port_users u;
	struct child c;

	if (!may_be_nobody("program_that_may_not_be_looked_at_is_hidden_not_named"))
		return;
	start(&c, &how, false);
	ck_assert_int_eq(seteuid(65534), 0);
	users_find(near, PROC_DIR, &u);
	ck_assert_int_eq(seteuid(0), 0);
	child_end(&c);
	ck_assert_uint_eq(u.count, 0);
	ck_assert(u.hidden);
}
END_TEST

START_TEST(without_proc_nobody_is_named)
{
	struct port_users u;

	users_find(near, "/nonexistent", &u);
	ck_assert_uint_eq(u.count, 0);
	ck_assert(!u.hidden);
	users_find(-1, PROC_DIR, &u);
	ck_assert_uint_eq(u.count, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("users");
	TCase *t = runner_case(s, "users", 0);

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, program_that_has_the_port_open_is_named, 0, COUNT(ways));
	tcase_add_test(t, port_is_known_by_its_device_not_by_its_name);
	tcase_add_test(t, program_with_another_port_is_left_alone);
	tcase_add_test(t, program_at_the_far_end_does_not_count);
	tcase_add_test(t, who_asks_does_not_count);
	tcase_add_test(t, several_programs_are_counted_and_named_as_far_as_they_fit);
	tcase_add_test(t, program_that_may_not_be_looked_at_is_hidden_not_named);
	tcase_add_test(t, without_proc_nobody_is_named);
	return runner_run(s);
}
