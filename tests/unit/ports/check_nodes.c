/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ports of a machine that is made up: a folder with a /dev and a /sys of its own.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ports/nodes.h"
#include "tests/lib/runner.h"
#include "tests/lib/tty_help.h"

static char root[128];

static const char *in_root(const char *dir, const char *name)
{
	static char path[400];

	snprintf(path, sizeof(path), "%s%s%s", root, dir, name);
	return path;
}

static void add_folder(const char *dir, const char *name)
{
	ck_assert_int_eq(mkdir(in_root(dir, name), 0700), 0);
}

static void add_file(const char *dir, const char *name, const char *text)
{
	FILE *f = fopen(in_root(dir, name), "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void setup(void)
{
	static const char *const folders[] = {
		"/dev", "/dev/serial", "/dev/serial/by-id", "/sys", "/sys/class", "/sys/class/tty",
	};

	dir_make(root, sizeof(root));
	for (size_t i = 0; i < COUNT(folders); i++)
		add_folder(folders[i], "");
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

static void teardown(void)
{
	ck_assert_int_eq(nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static void add_dev(const char *name)
{
	add_file("/dev/", name, "");
}

/* @type: what the driver says of its hardware; NULL: nothing. */
static void add_tty(const char *name, const char *type)
{
	char dir[64];

	add_folder("/sys/class/tty/", name);
	snprintf(dir, sizeof(dir), "/sys/class/tty/%s/", name);
	add_folder(dir, "device");
	if (type)
		add_file(dir, "type", type);
}

static void add_id(const char *id, const char *target)
{
	ck_assert_int_eq(symlink(target, in_root("/dev/serial/by-id/", id)), 0);
}

static const char *ask(void)
{
	static struct err e;

	ck_assert_int_eq(nodes_ask_for_one(root, &e), -1);
	ck_assert_int_eq(e.code, ERR_USAGE);
	return e.msg;
}

START_TEST(ports_are_listed_with_the_names_that_stay_first)
{
	add_dev("ttyAMA0");
	add_tty("ttyAMA0", "32\n");
	add_dev("ttyUSB10");
	add_tty("ttyUSB10", NULL);
	add_dev("ttyUSB9");
	add_tty("ttyUSB9", NULL);
	add_id("usb-FTDI_FT232R_A50-if00-port0", "../../ttyUSB10");
	add_id("usb-gone", "../../ttyUSB77");
	add_dev("i2c-10");
	add_dev("i2c-1");
	ck_assert_str_eq(ask(), "no PORT was given; there are /dev/ttyUSB10 "
			 "(usb-FTDI_FT232R_A50-if00-port0), /dev/ttyAMA0, /dev/ttyUSB9, /dev/i2c-1, /dev/i2c-10");
}
END_TEST

START_TEST(ports_without_hardware_or_node_are_left_out)
{
	add_dev("ttyS0");
	add_tty("ttyS0", "4\n");
	add_dev("ttyS1");
	add_tty("ttyS1", "0\n");
	add_tty("ttyS2", "4\n");
	add_dev("tty1");
	add_folder("/sys/class/tty/", "tty1");
	add_dev("null");
	ck_assert_str_eq(ask(), "no PORT was given; there is /dev/ttyS0");
}
END_TEST

START_TEST(machine_without_ports_has_an_empty_list)
{
	struct port_nodes n;

	ck_assert_str_eq(ask(), "no PORT was given, and there is no serial port and no I2C bus "
			 "('sim:f103' is a simulated chip)");
	nodes_find("/nonexistent", &n);
	ck_assert_uint_eq(n.count, 0);
}
END_TEST

START_TEST(more_ports_than_fit_are_counted)
{
	char name[16];
	const char *text;

	for (unsigned int i = 0; i < 84; i++) {
		snprintf(name, sizeof(name), "i2c-%u", i);
		add_dev(name);
	}
	text = ask();
	ck_assert_uint_lt(strlen(text), 450);
	ck_assert_str_eq(strstr(text, "/dev/i2c-25"), "/dev/i2c-25, /dev/i2c-26, /dev/i2c-27, "
			 "/dev/i2c-28, /dev/i2c-29 and 54 more");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("nodes");
	TCase *t = runner_case(s, "nodes", 0);

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, ports_are_listed_with_the_names_that_stay_first);
	tcase_add_test(t, ports_without_hardware_or_node_are_left_out);
	tcase_add_test(t, machine_without_ports_has_an_empty_list);
	tcase_add_test(t, more_ports_than_fit_are_counted);
	return runner_run(s);
}
