/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The USB port on a libusb that is made up: which device a PORT means, what a transfer that fails
 * becomes, and that a signal ends it.
 */
#include "ports/usb.h"
#include "tests/lib/runner.h"

#ifndef HAVE_LIBUSB
#include <stdio.h>

int main(void)
{
	puts("skipped: built without libusb");
	return RUNNER_SKIPPED;
}
#else
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ports/usb_find.h"

#define DFUSE 0x011Au

/* ---- a bus of devices ---- */

struct fake {
	uint8_t bus, address, port;
	uint16_t vid, pid, version;
	const char *serial;
	int open_error, claim_error;
};

static struct {
	struct usb_sys sys;
	struct fake *devices;
	size_t count;
	nsec_t now;
	unsigned int contexts, opened, claimed;
	/* transfers */
	struct libusb_transfer *under_way;
	bool cancelled, never;		/* never: it does not answer */
	enum libusb_transfer_status status;
	int submit_error;
	uint8_t answer[64];
	int answer_len;
	uint8_t last[64];		/* the last setup packet and its data */
	unsigned int transfers;
	nsec_t signal_at;
} bus;

static struct stop stop;
static char dir[64];

static struct fake *fake_of(libusb_device *d)
{
	return (struct fake *)(void *)d;
}

static int bus_init(libusb_context **c)
{
	*c = (libusb_context *)&bus;
	bus.contexts++;
	return 0;
}

static void bus_exit(libusb_context *c)
{
	(void)c;
	bus.contexts--;
}

static ssize_t bus_list(libusb_context *c, libusb_device ***list)
{
	(void)c;
	*list = calloc(bus.count + 1, sizeof(**list));
	for (size_t i = 0; i < bus.count; i++)
		(*list)[i] = (libusb_device *)(void *)&bus.devices[i];
	return (ssize_t)bus.count;
}

static void bus_free_list(libusb_device **list, int unref)
{
	(void)unref;
	free(list);
}

static uint8_t bus_number(libusb_device *d)
{
	return fake_of(d)->bus;
}

static uint8_t bus_address(libusb_device *d)
{
	return fake_of(d)->address;
}

static int bus_ports(libusb_device *d, uint8_t *ports, int count)
{
	(void)count;
	ports[0] = fake_of(d)->port;
	return fake_of(d)->port ? 1 : 0;
}

static int bus_open(libusb_device *d, libusb_device_handle **h)
{
	if (fake_of(d)->open_error)
		return fake_of(d)->open_error;
	*h = (libusb_device_handle *)(void *)d;
	bus.opened++;
	return 0;
}

static void bus_close(libusb_device_handle *h)
{
	(void)h;
	bus.opened--;
}

static int bus_claim(libusb_device_handle *h, int interface)
{
	(void)interface;
	if (((struct fake *)(void *)h)->claim_error)
		return ((struct fake *)(void *)h)->claim_error;
	bus.claimed++;
	return 0;
}

static int bus_release(libusb_device_handle *h, int interface)
{
	(void)h;
	(void)interface;
	bus.claimed--;
	return 0;
}

static int bus_set_alt(libusb_device_handle *h, int interface, int alt)
{
	(void)h;
	(void)interface;
	return alt > 3 ? LIBUSB_ERROR_NOT_FOUND : 0;
}

static int bus_submit(struct libusb_transfer *t)
{
	size_t n = (size_t)t->length;

	bus.transfers++;
	memcpy(bus.last, t->buffer, n < sizeof(bus.last) ? n : sizeof(bus.last));
	if (bus.submit_error)
		return bus.submit_error;
	bus.under_way = t;
	bus.cancelled = false;
	return 0;
}

static int bus_cancel(struct libusb_transfer *t)
{
	(void)t;
	bus.cancelled = true;
	return 0;
}

static const struct libusb_pollfd **bus_pollfds(libusb_context *c)
{
	(void)c;
	return calloc(1, sizeof(struct libusb_pollfd *));
}

static void bus_free_pollfds(const struct libusb_pollfd **fds)
{
	free(fds);
}

/* Strings are answered at once, others as the test wants. */
static int bus_events(libusb_context *c, struct timeval *limit, int *completed)
{
	struct libusb_transfer *t = bus.under_way;
	bool string = t && t->buffer[0] == 0x80;

	(void)c;
	(void)limit;
	(void)completed;
	if (!t || (bus.never && !bus.cancelled && !string))
		return 0;
	bus.under_way = NULL;
	t->status = bus.cancelled ? LIBUSB_TRANSFER_CANCELLED
		    : string ? LIBUSB_TRANSFER_STALL : bus.status;
	t->actual_length = t->status == LIBUSB_TRANSFER_COMPLETED ? bus.answer_len : 0;
	memcpy(t->buffer + 8, bus.answer, (size_t)t->actual_length);
	t->callback(t);
	return 0;
}

static void bus_wait(struct pollfd *fds, nfds_t count, nsec_t limit)
{
	(void)fds;
	(void)count;
	if (bus.signal_at && bus.signal_at <= bus.now + limit) {
		if (bus.signal_at > bus.now)
			bus.now = bus.signal_at;
		bus.signal_at = 0;
		stop_raise(&stop, SIGINT);
		return;
	}
	bus.now += bus.never && bus.under_way && !bus.cancelled ? limit : NSEC_PER_MSEC;
}

static nsec_t bus_now(void)
{
	return bus.now;
}

/* ---- sysfs ---- */

static void put_file(const char *path, const char *name, const void *data, size_t len)
{
	char file[256];
	FILE *f;

	snprintf(file, sizeof(file), "%s/%s", path, name);
	f = fopen(file, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(data, 1, len, f), len);
	fclose(f);
}

static void put_device(const struct fake *d)
{
	const uint8_t raw[] = {
		18, 1, 0, 1, 0, 0, 0, 64, (uint8_t)d->vid, (uint8_t)(d->vid >> 8), (uint8_t)d->pid,
		(uint8_t)(d->pid >> 8), 0, 0x22, 1, 2, 3, 1,
		9, 2, 27, 0, 1, 1, 0, 0xC0, 50,
		9, 4, 0, 0, 0, 0xFE, 1, d->version ? 2 : 1, 4,
		9, 0x21, 0x0B, 0xFF, 0, 0, 8, (uint8_t)d->version, (uint8_t)(d->version >> 8),
	};
	char path[192], command[256];

	snprintf(path, sizeof(path), "%s/bus/usb/devices/%u-%u", dir, d->bus, d->port);
	snprintf(command, sizeof(command), "mkdir -p %s", path);
	ck_assert_int_eq(system(command), 0);
	put_file(path, "descriptors", raw, sizeof(raw));
	put_file(path, "product", "STM32  BOOTLOADER\n", 18);
	if (d->serial)
		put_file(path, "serial", d->serial, strlen(d->serial));
}

static void use_devices(struct fake *devices, size_t count)
{
	memset(&bus, 0, sizeof(bus));
	stop = (struct stop)STOP_INIT;
	bus.sys = (struct usb_sys){
		.lock_dir = dir, .sysfs = dir, .nodes = "/nonexistent", .proc = "/nonexistent",
		.init = bus_init, .exit = bus_exit, .get_device_list = bus_list,
		.free_device_list = bus_free_list, .get_bus_number = bus_number,
		.get_device_address = bus_address, .get_port_numbers = bus_ports, .open = bus_open,
		.close = bus_close, .claim_interface = bus_claim, .release_interface = bus_release,
		.set_interface_alt_setting = bus_set_alt, .submit_transfer = bus_submit,
		.cancel_transfer = bus_cancel, .get_pollfds = bus_pollfds,
		.free_pollfds = bus_free_pollfds, .handle_events = bus_events, .wait = bus_wait,
		.now = bus_now,
	};
	bus.status = LIBUSB_TRANSFER_COMPLETED;
	bus.devices = devices;
	bus.count = count;
	for (size_t i = 0; i < count; i++)
		put_device(&devices[i]);
}

static struct port *open_port(const char *spec, bool later, struct err *e)
{
	const struct port_cfg cfg = { .spec = spec, .stop = &stop, .device_later = later };

	*e = ERR_INIT;
	return usb_open_on(&cfg, &bus.sys, e);
}

static void expect_nothing_left(void)
{
	ck_assert_uint_eq(bus.contexts, 0);
	ck_assert_uint_eq(bus.opened, 0);
	ck_assert_uint_eq(bus.claimed, 0);
}

static void set_up(void)
{
	strcpy(dir, "/tmp/bootpin-usb-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void tear_down(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	ck_assert_int_eq(system(command), 0);
}

/* ---- which device ---- */

static struct fake four[] = {
	{ .bus = 1, .address = 5, .port = 3, .vid = 0x0483, .pid = 0xDF11, .version = DFUSE,
	  .serial = "355C35613037\n" },
	{ .bus = 2, .address = 7, .port = 1, .vid = 0x28E9, .pid = 0x0189, .version = DFUSE,
	  .serial = "3CBJ\n" },
	{ .bus = 2, .address = 8, .port = 2, .vid = 0x1EAF, .pid = 0x0003, .version = 0x0110 },
	{ .bus = 2, .address = 9, .port = 4, .vid = 0x0483, .pid = 0x5740, .version = 0 },
};

static const struct { const char *spec, *path, *words; enum err_code code; } picks[] = {
	{ "usb", "1-3", NULL, 0 },
	{ "usb:1-3", "1-3", NULL, 0 },
	{ "usb:0483:df11", "1-3", NULL, 0 },
	{ "usb:0483:DF11", "1-3", NULL, 0 },
	{ "usb:355C35613037", "1-3", NULL, 0 },
	{ "usb:2-1", "2-1", NULL, 0 },
	{ "usb:28e9:0189", "2-1", NULL, 0 },
	{ "usb:3CBJ", "2-1", NULL, 0 },
	{ "usb:2-2", NULL, "speaks plain DFU 1.10", ERR_OPEN },
	{ "usb:2-4", NULL, "runs its application", ERR_OPEN },
	{ "usb:9-9", NULL, "hold BOOT0", ERR_OPEN },
	{ "usb:1234:5678", NULL, "hold BOOT0", ERR_OPEN },
	{ "usb:nobody", NULL, "hold BOOT0", ERR_OPEN },
	{ "usb:", NULL, "lacks", ERR_USAGE },
};

START_TEST(port_means_one_device)
{
	struct port *p;
	struct err e;

	use_devices(four, COUNT(four));
	p = open_port(picks[_i].spec, false, &e);
	if (picks[_i].path) {
		ck_assert_msg(p, "%s: %s", picks[_i].spec, e.msg);
		ck_assert_str_eq(p->ops->device(p)->path, picks[_i].path);
		ck_assert_int_eq(port_close(p, &e), 0);
	} else {
		ck_assert_ptr_null(p);
		ck_assert_int_eq(e.code, picks[_i].code);
		ck_assert_msg(strstr(e.msg, picks[_i].words), "%s: %s", picks[_i].spec, e.msg);
	}
	expect_nothing_left();
}
END_TEST

START_TEST(several_are_listed_ready_to_paste)
{
	struct fake two[] = { four[0], four[0] };
	struct err e;

	two[1].bus = 2;
	two[1].serial = "3571365E3039";
	use_devices(two, 2);
	ck_assert_ptr_null(open_port("usb", false, &e));
	ck_assert_int_eq(e.code, ERR_OPEN);
	ck_assert_str_eq(e.lines, "usb:1-3  0483:df11 STM32  BOOTLOADER, serial number "
				  "355C35613037\nusb:2-3  0483:df11 STM32  BOOTLOADER, serial number "
				  "3571365E3039\n");
	expect_nothing_left();
}
END_TEST

START_TEST(others_are_named_where_none_is_meant)
{
	struct err e;

	use_devices(four + 1, 2);
	ck_assert_ptr_null(open_port("usb", false, &e));
	ck_assert_int_eq(e.sys, ENODEV);
	ck_assert_ptr_nonnull(strstr(e.lines, "usb:2-1  28e9:0189"));
	ck_assert_ptr_nonnull(strstr(e.lines, "plain DFU"));
}
END_TEST

START_TEST(what_keeps_from_opening_is_named)
{
	struct fake one = four[0];
	struct err e;

	one.open_error = LIBUSB_ERROR_ACCESS;
	use_devices(&one, 1);
	ck_assert_ptr_null(open_port("usb", false, &e));
	ck_assert_int_eq(e.code, ERR_OPEN);
	ck_assert_int_eq(e.sys, EACCES);
	ck_assert_ptr_nonnull(strstr(e.msg, "/nonexistent/001/005"));
	ck_assert_ptr_nonnull(strstr(e.msg, "60-bootpin.rules"));
	one.open_error = 0;
	one.claim_error = LIBUSB_ERROR_BUSY;
	use_devices(&one, 1);
	ck_assert_ptr_null(open_port("usb", false, &e));
	ck_assert_ptr_nonnull(strstr(e.msg, "another program"));
	one.claim_error = 0;
	one.open_error = LIBUSB_ERROR_NO_MEM;
	use_devices(&one, 1);
	ck_assert_ptr_null(open_port("usb", false, &e));
	ck_assert_ptr_nonnull(strstr(e.msg, "cannot open"));
	ck_assert_uint_eq(bus.contexts, 0);
}
END_TEST

START_TEST(one_program_has_a_device)
{
	struct port *first, *second;
	struct err e;

	use_devices(four, 1);
	first = open_port("usb", false, &e);
	ck_assert_ptr_nonnull(first);
	second = open_port("usb:1-3", false, &e);
	ck_assert_ptr_null(second);
	ck_assert_int_eq(e.code, ERR_OPEN);
	port_close(first, NULL);
}
END_TEST

START_TEST(look_keeps_nobody_out)
{
	struct port_cfg cfg = { .spec = "usb:1-3", .look_only = true };
	struct port *job, *look, *plain;
	struct err e;

	use_devices(four, 4);
	job = open_port("usb:1-3", false, &e);
	ck_assert_uint_eq(bus.claimed, 1);
	look = usb_open_on(&cfg, &bus.sys, &e);
	ck_assert_msg(look, "%s", e.msg);
	ck_assert_uint_eq(bus.claimed, 1);
	ck_assert_str_eq(look->ops->device(look)->path, "1-3");
	port_close(look, NULL);
	ck_assert_uint_eq(bus.claimed, 1);
	cfg.spec = "usb:2-2";
	plain = usb_open_on(&cfg, &bus.sys, &e);
	ck_assert_msg(plain, "%s", e.msg);
	port_close(plain, NULL);
	cfg.spec = "usb:9-9";
	ck_assert_ptr_null(usb_open_on(&cfg, &bus.sys, &e));
	port_close(job, NULL);
	expect_nothing_left();
}
END_TEST

/* ---- transfers ---- */

static const struct { enum libusb_transfer_status status; enum err_code code; } ends[] = {
	{ LIBUSB_TRANSFER_STALL, ERR_NACK }, { LIBUSB_TRANSFER_NO_DEVICE, ERR_GONE },
	{ LIBUSB_TRANSFER_ERROR, ERR_GARBLED }, { LIBUSB_TRANSFER_OVERFLOW, ERR_GARBLED },
};

static ssize_t ask(struct port *p, nsec_t time, struct err *e)
{
	uint8_t raw[6];
	const struct port_request r = { .request = 3, .in = true, .data = raw, .len = 6 };

	*e = ERR_INIT;
	return p->ops->control(p, &r, port_now(p) + time, e);
}

START_TEST(end_of_a_transfer_is_told)
{
	struct port *p;
	struct err e;

	use_devices(four, 1);
	p = open_port("usb", false, &e);
	bus.status = ends[_i].status;
	ck_assert_int_lt(ask(p, NSEC_PER_SEC, &e), 0);
	ck_assert_int_eq(e.code, ends[_i].code);
	port_close(p, NULL);
	expect_nothing_left();
}
END_TEST

START_TEST(setup_packet_and_data_are_what_was_asked_for)
{
	static const uint8_t want[] = { 0x21, 1, 0x34, 0x12, 0, 0, 3, 0, 0xAA, 0xBB, 0xCC };
	uint8_t data[] = { 0xAA, 0xBB, 0xCC }, big[5000] = { 0 };
	struct port_request r = { .request = 1, .value = 0x1234, .data = data, .len = 3 };
	struct port *p;
	struct err e;

	use_devices(four, 1);
	p = open_port("usb", false, &e);
	bus.answer_len = 3;
	ck_assert_int_eq(p->ops->control(p, &r, port_now(p) + NSEC_PER_SEC, &e), 3);
	ck_assert_mem_eq(bus.last, want, sizeof(want));
	bus.answer_len = 4;
	memcpy(bus.answer, "\x01\x02\x03\x04", 4);
	r = (struct port_request){ .request = 3, .in = true, .data = big, .len = 6 };
	ck_assert_int_eq(p->ops->control(p, &r, port_now(p) + NSEC_PER_SEC, &e), 4);
	ck_assert_mem_eq(big, "\x01\x02\x03\x04\x00", 5);
	r.len = sizeof(big);
	ck_assert_int_lt(p->ops->control(p, &r, port_now(p) + NSEC_PER_SEC, &e), 0);
	ck_assert_int_eq(e.code, ERR_TOO_LONG);
	bus.submit_error = LIBUSB_ERROR_NO_DEVICE;
	ck_assert_int_lt(ask(p, NSEC_PER_SEC, &e), 0);
	ck_assert_int_eq(e.code, ERR_GONE);
	bus.submit_error = LIBUSB_ERROR_IO;
	ck_assert_int_lt(ask(p, NSEC_PER_SEC, &e), 0);
	ck_assert_int_eq(e.code, ERR_GARBLED);
	port_close(p, NULL);
}
END_TEST

START_TEST(silence_ends_at_the_deadline)
{
	struct port *p;
	nsec_t began;
	struct err e;

	use_devices(four, 1);
	p = open_port("usb", false, &e);
	bus.never = true;
	began = bus.now;
	ck_assert_int_lt(ask(p, 64 * NSEC_PER_SEC, &e), 0);
	ck_assert_int_eq(e.code, ERR_TIMEOUT);
	ck_assert(bus.now - began >= 64 * NSEC_PER_SEC && bus.now - began < 65 * NSEC_PER_SEC);
	port_close(p, NULL);
	expect_nothing_left();
}
END_TEST

START_TEST(signal_ends_a_wait_of_a_minute_at_once)
{
	struct port *p;
	struct err e;
	nsec_t came;

	use_devices(four, 1);
	p = open_port("usb", false, &e);
	bus.never = true;
	came = bus.signal_at = bus.now + 3 * NSEC_PER_SEC;
	ck_assert_int_lt(ask(p, 64 * NSEC_PER_SEC, &e), 0);
	ck_assert_int_eq(e.code, ERR_SIGNAL);
	ck_assert_int_le(bus.now - came, 10 * NSEC_PER_MSEC);
	ck_assert_int_lt(ask(p, NSEC_PER_SEC, &e), 0);
	ck_assert_int_eq(e.code, ERR_SIGNAL);
	ck_assert_int_lt(port_sleep(p, bus.now + NSEC_PER_SEC, &e), 0);
	port_wait(p, NSEC_PER_SEC);
	port_close(p, NULL);
	expect_nothing_left();
}
END_TEST

/* ---- gone and back ---- */

START_TEST(device_is_found_again_by_its_place)
{
	struct fake moved[] = { four[0], four[0] };
	enum port_presence is;
	struct port *p;
	struct err e;

	moved[1].port = 6;		/* another one, at another place */
	use_devices(moved, 1);
	p = open_port("usb", false, &e);
	bus.count = 2;
	put_device(&moved[1]);
	ck_assert_int_eq(p->ops->look(p, &is, &e), 0);
	ck_assert_int_eq(is, PORT_SAME);
	bus.devices = moved + 1;
	bus.count = 1;
	ck_assert_int_eq(p->ops->look(p, &is, &e), 0);
	ck_assert_int_eq(is, PORT_AWAY);
	ck_assert_int_lt(p->ops->rejoin(p, &e), 0);
	ck_assert_int_eq(e.code, ERR_GONE);
	ck_assert_ptr_null(p->ops->device(p));
	ck_assert_int_lt(ask(p, NSEC_PER_SEC, &e), 0);
	ck_assert_int_eq(e.code, ERR_GONE);
	bus.devices = moved;
	moved[0].address = 6;
	ck_assert_int_eq(p->ops->look(p, &is, &e), 0);
	ck_assert_int_eq(is, PORT_ANEW);
	ck_assert_int_eq(p->ops->rejoin(p, &e), 0);
	ck_assert_int_eq(p->ops->look(p, &is, &e), 0);
	ck_assert_int_eq(is, PORT_SAME);
	ck_assert_int_eq(p->ops->select(p, 1, 0, &e), 0);
	ck_assert_int_lt(p->ops->select(p, 7, 0, &e), 0);
	port_close(p, NULL);
	expect_nothing_left();
}
END_TEST

START_TEST(device_may_come_later_where_pins_bring_it)
{
	enum port_presence is;
	struct port *p;
	struct err e;

	use_devices(four, 0);
	ck_assert_ptr_null(open_port("usb", false, &e));
	p = open_port("usb", true, &e);
	ck_assert_ptr_nonnull(p);
	ck_assert_ptr_null(p->ops->device(p));
	ck_assert_int_eq(p->ops->look(p, &is, &e), 0);
	ck_assert_int_eq(is, PORT_AWAY);
	bus.count = 1;
	put_device(&four[0]);
	ck_assert_int_eq(p->ops->look(p, &is, &e), 0);
	ck_assert_int_eq(is, PORT_ANEW);
	ck_assert_int_eq(p->ops->rejoin(p, &e), 0);
	ck_assert_str_eq(p->ops->device(p)->path, "1-3");
	ck_assert_str_eq(p->ops->device(p)->serial, "355C35613037");
	port_close(p, NULL);
	expect_nothing_left();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("usb_port");
	TCase *t = runner_case(s, "usb_port", 0);

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, port_means_one_device, 0, COUNT(picks));
	tcase_add_test(t, several_are_listed_ready_to_paste);
	tcase_add_test(t, others_are_named_where_none_is_meant);
	tcase_add_test(t, what_keeps_from_opening_is_named);
	tcase_add_test(t, one_program_has_a_device);
	tcase_add_test(t, look_keeps_nobody_out);
	tcase_add_loop_test(t, end_of_a_transfer_is_told, 0, COUNT(ends));
	tcase_add_test(t, setup_packet_and_data_are_what_was_asked_for);
	tcase_add_test(t, silence_ends_at_the_deadline);
	tcase_add_test(t, signal_ends_a_wait_of_a_minute_at_once);
	tcase_add_test(t, device_is_found_again_by_its_place);
	tcase_add_test(t, device_may_come_later_where_pins_bring_it);
	return runner_run(s);
}
#endif
