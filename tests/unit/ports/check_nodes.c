/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ports of a machine that is made up: a folder with a /dev and a /sys of its own.
 */
#include <errno.h>
#include <fcntl.h>
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

/* ---- USB ---- */

/* Folders of @path below the root, as far as they are not there. */
static void add_folders(const char *path)
{
	char part[200];

	for (const char *p = strchr(path + 1, '/'); ; p = strchr(p + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(p ? (size_t)(p - path) : strlen(path)), path);
		ck_assert(mkdir(in_root(part, ""), 0700) == 0 || errno == EEXIST);
		if (!p)
			return;
	}
}

static void add_device(const char *dir, const char *vid, const char *pid, const char *product,
		       const char *serial)
{
	add_folders(dir);
	add_file(dir, "/idVendor", vid);
	add_file(dir, "/idProduct", pid);
	add_file(dir, "/product", product);
	add_file(dir, "/serial", serial);
}

static const struct port_node *only_node(struct port_nodes *n)
{
	nodes_find(root, n);
	ck_assert_uint_eq(n->count, 1);
	return &n->node[0];
}

START_TEST(tty_has_the_names_and_numbers_of_the_usb_device_above_it)
{
	static struct port_nodes n;
	const struct port_node *node;

	add_dev("ttyUSB0");
	add_device("/sys/devices/usb1/1-3", "10c4\n", "ea60\n", "CP2104 USB to UART\n", "0001\n");
	add_folders("/sys/devices/usb1/1-3/1-3:1.0/ttyUSB0");
	add_folder("/sys/class/tty/", "ttyUSB0");
	ck_assert_int_eq(symlink("../../../devices/usb1/1-3/1-3:1.0/ttyUSB0",
				 in_root("/sys/class/tty/ttyUSB0", "/device")), 0);
	node = only_node(&n);
	ck_assert_str_eq(node->path, "/dev/ttyUSB0");
	ck_assert_str_eq(nodes_kind(node), "tty");
	ck_assert_uint_eq(node->usb.vid, 0x10c4);
	ck_assert_uint_eq(node->usb.pid, 0xea60);
	ck_assert_str_eq(node->usb.product, "CP2104 USB to UART");
	ck_assert_str_eq(node->usb.serial, "0001");
}
END_TEST

START_TEST(tty_that_is_behind_no_usb_device_has_no_numbers)
{
	static struct port_nodes n;

	add_dev("ttyAMA0");
	add_tty("ttyAMA0", "32\n");
	ck_assert_uint_eq(only_node(&n)->usb.vid, 0);
	ck_assert_str_eq(only_node(&n)->usb.product, "");
}
END_TEST

START_TEST(bus_has_the_name_of_its_adapter)
{
	static struct port_nodes n;

	add_dev("i2c-1");
	add_folders("/sys/class/i2c-dev/i2c-1");
	add_file("/sys/class/i2c-dev/i2c-1", "/name", "bcm2835 (i2c@7e804000)\n");
	ck_assert_str_eq(only_node(&n)->usb.product, "bcm2835 (i2c@7e804000)");
	ck_assert_str_eq(nodes_kind(&n.node[0]), "i2c");
}
END_TEST

/* A device, an interface of DFU mode, and a functional descriptor, whose byte 7 and 8 are the version. */
static void add_dfu(const char *protocol, const char *version)
{
	char descriptors[] = "\x12\x01................" "\x09\x02......." "\x09\x21......."
			     "\x09\x04.......";
	FILE *f;

	memcpy(descriptors + 18 + 9 + 7, version, 2);
	add_device("/sys/bus/usb/devices/1-3.2", "0483\n", "df11\n", "STM32  BOOTLOADER\n",
		   "357E38523431\n");
	add_folders("/sys/bus/usb/devices/1-3.2:1.0");
	add_file("/sys/bus/usb/devices/1-3.2:1.0", "/bInterfaceClass", "fe\n");
	add_file("/sys/bus/usb/devices/1-3.2:1.0", "/bInterfaceSubClass", "01\n");
	add_file("/sys/bus/usb/devices/1-3.2:1.0", "/bInterfaceProtocol", protocol);
	add_file("/sys/bus/usb/devices/1-3.2:1.0", "/interface", "@Internal Flash  /0x08000000/64*01Kg\n");
	f = fopen(in_root("/sys/bus/usb/devices/1-3.2", "/descriptors"), "w");
	ck_assert_ptr_nonnull(f);
	fwrite(descriptors, 1, sizeof(descriptors) - 1, f);
	fclose(f);
}

START_TEST(dfuse_device_is_listed_with_path_serial_and_layout)
{
	static struct port_nodes n;
	const struct port_node *node;

	add_dfu("02\n", "\x1a\x01");
	node = only_node(&n);
	ck_assert_str_eq(node->path, "usb:1-3.2");
	ck_assert_str_eq(nodes_kind(node), "usb");
	ck_assert_str_eq(node->layout, "@Internal Flash  /0x08000000/64*01Kg");
	ck_assert_str_eq(node->usb.serial, "357E38523431");
	ck_assert_uint_eq(node->usb.pid, 0xdf11);
	ck_assert_str_eq(ask(), "no PORT was given; there is usb:1-3.2");
}
END_TEST

/* DFU that is not DfuSe, and a device whose application only can be sent to DFU. */
static const struct { const char *protocol, *version; } others[] = {
	{ "02\n", "\x10\x01" }, { "01\n", "\x1a\x01" },
};

START_TEST(other_dfu_devices_are_no_ports)
{
	static struct port_nodes n;

	add_dfu(others[_i].protocol, others[_i].version);
	nodes_find(root, &n);
	ck_assert_uint_eq(n.count, 0);
}
END_TEST

static struct pty pty;

static void open_it(void *arg, struct outcome *o)
{
	(void)arg;
	close(pty.far);
	o->ret = open(pty.path, O_RDWR | O_NOCTTY);
}

START_TEST(program_that_has_the_port_open_is_told)
{
	struct port_node node = { .kind = NODE_TTY };
	char text[160], pid[32];
	struct child other;

	pty_make(&pty);
	snprintf(node.path, sizeof(node.path), "%s", pty.path);
	ck_assert_str_eq(nodes_users(&node, "", text, sizeof(text)), "");
	child_start(&other, open_it, NULL, false);
	snprintf(pid, sizeof(pid), "(PID %d)", (int)other.pid);
	ck_assert_ptr_nonnull(strstr(nodes_users(&node, "", text, sizeof(text)), pid));
	child_end(&other);
	node.kind = NODE_I2C;
	ck_assert_str_eq(nodes_users(&node, "", text, sizeof(text)), "");
	close(pty.far);
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
	tcase_add_test(t, tty_has_the_names_and_numbers_of_the_usb_device_above_it);
	tcase_add_test(t, tty_that_is_behind_no_usb_device_has_no_numbers);
	tcase_add_test(t, bus_has_the_name_of_its_adapter);
	tcase_add_test(t, dfuse_device_is_listed_with_path_serial_and_layout);
	tcase_add_loop_test(t, other_dfu_devices_are_no_ports, 0, COUNT(others));
	tcase_add_test(t, program_that_has_the_port_open_is_told);
	return runner_run(s);
}
