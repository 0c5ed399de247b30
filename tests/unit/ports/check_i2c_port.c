/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The I2C port on a bus that is made up: what goes over it, and what becomes of each failure. */
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "ports/i2c.h"
#include "ports/table.h"
#include "tests/lib/runner.h"

#define MS NSEC_PER_MSEC

#define BUS "/dev/i2c-3"
#define BUS_RDEV makedev(89, 3)
#define CHIP 0x48u

/* How one transfer ends: an errno or 0, after a time. */
struct answer {
	int sys;
	nsec_t takes;
};

/* A bus: what it is asked is written down, what it answers is up to the test. */
struct bus {
	struct i2c_sys sys;
	nsec_t now;
	/* Opening */
	int stat_errno, open_errno, funcs_errno, slave_errno;
	mode_t mode;
	dev_t rdev;
	unsigned long funcs;
	unsigned long slave;		/* the last I2C_SLAVE */
	int fd;				/* the last one opened */
	/* Transfers: the last answer is given to all that follow */
	const struct answer *answers;
	size_t answers_left;
	unsigned int transfers;
	struct i2c_msg last;
	uint8_t bytes[300];		/* of the last write */
	nsec_t last_at;			/* when the last transfer began */
	/* I2C_TIMEOUT, in 10 ms; 0: never set */
	unsigned long timeout, timeout_at_transfer;
	/* Waiting */
	nsec_t waits[64];
	unsigned int wait_count;
	int wait_fd;
	nsec_t signal_at;		/* a signal comes then; 0: none */
	bool pulled_by_transfer;	/* the adapter is pulled during the next one */
};

static struct bus bus;
static struct stop stop;
static char dir[64], sysfs[96];

static int bus_fails(int sys)
{
	errno = sys;
	return sys ? -1 : 0;
}

static int bus_stat(void *ctx, const char *path, struct stat *st)
{
	struct bus *b = ctx;

	ck_assert_str_eq(path, BUS);
	*st = (struct stat){ .st_mode = b->mode, .st_rdev = b->rdev };
	return bus_fails(b->stat_errno);
}

static int bus_open(void *ctx, const char *path)
{
	struct bus *b = ctx;

	ck_assert_str_eq(path, BUS);
	if (b->open_errno)
		return bus_fails(b->open_errno);
	b->fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	return b->fd;
}

static int bus_transfer(struct bus *b, const struct i2c_rdwr_ioctl_data *data)
{
	struct answer a = { 0, 0 };

	ck_assert_msg(data->nmsgs == 1, "one message a transaction");
	if (b->answers_left) {
		a = *b->answers;
		if (--b->answers_left)
			b->answers++;
		else
			b->answers_left = 1;
	}
	b->transfers++;
	b->last = *data->msgs;
	b->last_at = b->now;
	b->timeout_at_transfer = b->timeout;
	b->now += a.takes;
	if (b->pulled_by_transfer)
		b->stat_errno = ENOENT;
	if (a.sys)
		return bus_fails(a.sys);
	if (b->last.flags & I2C_M_RD)
		memset(data->msgs->buf, 0x79, b->last.len);
	else if (b->last.len <= sizeof(b->bytes))
		memcpy(b->bytes, data->msgs->buf, b->last.len);
	return 1;
}

static int bus_ioctl(void *ctx, int fd, unsigned long request, unsigned long arg)
{
	struct bus *b = ctx;

	ck_assert_int_eq(fd, b->fd);
	switch (request) {
	case I2C_FUNCS:
		*(unsigned long *)arg = b->funcs;
		return bus_fails(b->funcs_errno);
	case I2C_SLAVE:
		b->slave = arg;
		return bus_fails(b->slave_errno);
	case I2C_TIMEOUT:
		b->timeout = arg;
		return 0;
	case I2C_RDWR:
		return bus_transfer(b, (const struct i2c_rdwr_ioctl_data *)arg);
	}
	ck_abort_msg("unexpected request 0x%lx", request);
	return -1;
}

static void bus_wait(void *ctx, int fd, nsec_t time)
{
	struct bus *b = ctx;

	ck_assert_msg(time > 0, "waiting for nothing keeps the processor busy");
	if (b->wait_count < COUNT(b->waits))
		b->waits[b->wait_count++] = time;
	b->wait_fd = fd;
	if (b->signal_at && b->signal_at <= b->now + time) {
		b->now = b->signal_at;
		b->signal_at = 0;
		stop_raise(&stop, SIGINT);
	} else {
		b->now += time;
	}
}

static nsec_t bus_now(void *ctx)
{
	return ((struct bus *)ctx)->now;
}

static void make(const char *name, const char *content, size_t len)
{
	char path[256], *slash;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", sysfs, name);
	for (slash = path + strlen(dir) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		ck_assert(mkdir(path, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(content, 1, len, f), len);
	fclose(f);
}

static void setup(void)
{
	snprintf(dir, sizeof(dir), "/tmp/bootpin-test.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(sysfs, sizeof(sysfs), "%s/sys", dir);
	bus = (struct bus){
		.sys = {
			.lock_dir = dir, .sysfs = sysfs, .stat = bus_stat, .open = bus_open,
			.ioctl = bus_ioctl, .wait = bus_wait, .now = bus_now, .ctx = &bus,
		},
		.now = 1000 * NSEC_PER_SEC, .mode = S_IFCHR | 0660, .rdev = BUS_RDEV,
		.funcs = I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL, .fd = -1,
	};
	stop = (struct stop)STOP_INIT;
	ck_assert_int_eq(pipe2(stop.wake, O_NONBLOCK | O_CLOEXEC), 0);
}

static bool lock_is_there(unsigned int addr)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/LCK..i2c-3-0x%02x", dir, addr);
	return access(path, F_OK) == 0;
}

/* Nothing stays locked or open after any test, and no file is left. */
static void teardown(void)
{
	char command[128];

	ck_assert_msg(bus.fd < 0 || fcntl(bus.fd, F_GETFD) < 0, "the bus was left open");
	ck_assert_msg(!lock_is_there(CHIP), "a lock was left behind");
	close(stop.wake[0]);
	close(stop.wake[1]);
	snprintf(command, sizeof(command), "rm -r '%s'", dir);
	ck_assert_int_eq(system(command), 0);
}

static struct port *try_open(unsigned int addr, struct err *e)
{
	struct port_cfg cfg = { .spec = BUS, .i2c_addr = addr, .stop = &stop };

	return i2c_open_on(&cfg, &bus.sys, e);
}

static struct port *open_bus(void)
{
	struct err e = ERR_INIT;
	struct port *p = try_open(CHIP, &e);

	ck_assert_msg(p != NULL, "%s", e.msg);
	return p;
}

static void close_bus(struct port *p)
{
	ck_assert_int_eq(port_close(p, NULL), 0);
}

static void expect_refused(unsigned int addr, enum err_code code, const char *msg)
{
	struct err e = ERR_INIT;

	ck_assert_ptr_null(try_open(addr, &e));
	ck_assert_int_eq(e.code, code);
	ck_assert_str_eq(e.msg, msg);
	ck_assert_uint_eq(bus.transfers, 0);
	ck_assert_uint_eq(bus.timeout, 0);
}

/* Opening */

START_TEST(open_bus_has_its_address_and_lock)
{
	struct port *p = open_bus();

	ck_assert_uint_eq(p->caps, 0);
	ck_assert_uint_eq(p->clock_hz, 0);
	ck_assert_uint_eq(p->max_read, 0);
	ck_assert_uint_eq(p->max_write, 0);
	ck_assert_uint_eq(bus.slave, CHIP);
	ck_assert(lock_is_there(CHIP));
	close_bus(p);
	ck_assert_msg(bus.timeout == 0, "nothing was transferred, so nothing is to be put back");
}
END_TEST

static const struct { unsigned int addr; const char *says; } addresses[] = {
	{ 0x00, "'/dev/i2c-3' needs the chip's address (-a)" },
	{ 0x07, "0x07 is no address of a chip: 0x08 to 0x78" },
	{ 0x08, NULL },
	{ 0x78, NULL },
	{ 0x79, "0x79 is no address of a chip: 0x08 to 0x78" },
	{ 0x7F, "0x7f is no address of a chip: 0x08 to 0x78" },
	{ 0x90, "0x90 is no address of a chip: 0x08 to 0x78" },
};

START_TEST(only_valid_addresses_are_opened)
{
	struct err e = ERR_INIT;
	struct port *p;

	if (addresses[_i].says) {
		expect_refused(addresses[_i].addr, ERR_USAGE, addresses[_i].says);
		ck_assert_msg(bus.fd < 0, "the bus was opened");
		return;
	}
	p = try_open(addresses[_i].addr, &e);
	ck_assert_msg(p != NULL, "%s", e.msg);
	ck_assert_uint_eq(bus.slave, addresses[_i].addr);
	close_bus(p);
}
END_TEST

static const struct {
	int stat_errno, open_errno, funcs_errno, slave_errno;
	const char *says;
} open_errors[] = {
	{ ENOENT, 0, 0, 0, "cannot open '/dev/i2c-3': No such file or directory; load the module "
	  "i2c-dev and, on a Raspberry Pi, have dtparam=i2c_arm=on in config.txt" },
	{ 0, EACCES, 0, 0, "cannot open '/dev/i2c-3': Permission denied; join the group that owns "
	  "it, usually i2c, and log in again" },
	{ 0, ENXIO, 0, 0, "cannot open '/dev/i2c-3': there is no adapter behind it" },
	{ 0, ENODEV, 0, 0, "cannot open '/dev/i2c-3': there is no adapter behind it" },
	{ 0, EMFILE, 0, 0, "cannot open '/dev/i2c-3': Too many open files" },
	{ 0, 0, ENOTTY, 0, "cannot ask '/dev/i2c-3' what it can do: Inappropriate ioctl for "
	  "device" },
	{ 0, 0, 0, EBUSY, "cannot use address 0x48 on '/dev/i2c-3': a driver of the kernel has "
	  "it" },
	{ 0, 0, 0, EINVAL, "cannot use address 0x48 on '/dev/i2c-3': the kernel refuses it" },
	{ 0, 0, 0, EIO, "cannot use address 0x48 on '/dev/i2c-3': Input/output error" },
};

START_TEST(open_error_says_what_failed)
{
	bus.stat_errno = open_errors[_i].stat_errno;
	bus.open_errno = open_errors[_i].open_errno;
	bus.funcs_errno = open_errors[_i].funcs_errno;
	bus.slave_errno = open_errors[_i].slave_errno;
	expect_refused(CHIP, ERR_OPEN, open_errors[_i].says);
}
END_TEST

static const struct { mode_t mode; unsigned int maj, min; } strangers[] = {
	{ S_IFREG | 0644, 0, 0 }, { S_IFDIR | 0755, 0, 0 }, { S_IFBLK | 0660, 89, 3 },
	{ S_IFCHR | 0660, 188, 3 },
};

START_TEST(what_is_no_bus_is_not_opened)
{
	bus.mode = strangers[_i].mode;
	bus.rdev = makedev(strangers[_i].maj, strangers[_i].min);
	expect_refused(CHIP, ERR_OPEN, "cannot open '/dev/i2c-3': it is not an I2C bus");
	ck_assert_msg(bus.fd < 0, "it was opened");
}
END_TEST

START_TEST(smbus_is_not_enough)
{
	bus.funcs = I2C_FUNC_SMBUS_EMUL | I2C_FUNC_SMBUS_I2C_BLOCK;
	expect_refused(CHIP, ERR_OPEN, "cannot use '/dev/i2c-3': its adapter speaks SMBus only, "
		       "and the bootloader needs plain I2C messages");
}
END_TEST

START_TEST(driver_that_has_the_address_is_named)
{
	char path[192];

	make("bus/i2c/devices/3-0048/name", "24c02\n", 6);
	snprintf(path, sizeof(path), "%s/bus/i2c/devices/3-0048/driver", sysfs);
	ck_assert_int_eq(symlink("../../../../bus/i2c/drivers/at24", path), 0);
	bus.slave_errno = EBUSY;
	expect_refused(CHIP, ERR_OPEN, "cannot use address 0x48 on '/dev/i2c-3': the kernel's "
		       "driver 'at24' has it");
}
END_TEST

START_TEST(each_address_has_its_own_lock)
{
	struct port *p = open_bus(), *other;
	struct err e = ERR_INIT;
	int fd = bus.fd;

	other = try_open(0x49, &e);
	ck_assert_msg(other != NULL, "%s", e.msg);
	ck_assert(lock_is_there(0x49));
	close_bus(other);
	bus.fd = fd;
	ck_assert_ptr_null(try_open(CHIP, &e));
	ck_assert_int_eq(e.code, ERR_OPEN);
	ck_assert_ptr_nonnull(strstr(e.msg, "cannot open '/dev/i2c-3': held by "));
	ck_assert_ptr_nonnull(strstr(e.msg, "LCK..i2c-3-0x48'"));
	ck_assert_msg(bus.fd == fd, "the bus was opened though the address is locked");
	close_bus(p);
	close_bus(open_bus());
}
END_TEST

#define CELL(hz) { (char)((hz) >> 24), (char)((hz) >> 16), (char)((hz) >> 8), (char)(hz) }

static const struct {
	const char *node;
	char cell[4];
	size_t len;
	unsigned int clock_hz;
} clocks[] = {
	{ "bus/i2c/devices/i2c-3/of_node/clock-frequency", CELL(400000), 4, 400000 },
	{ "bus/i2c/devices/of_node/clock-frequency", CELL(100000), 4, 100000 },
	{ "bus/i2c/devices/i2c-3/of_node/clock-frequency", CELL(0), 4, 0 },
	{ "bus/i2c/devices/i2c-3/of_node/clock-frequency", CELL(3000000000u), 4, 0 },
	{ "bus/i2c/devices/i2c-3/of_node/clock-frequency", CELL(400000), 3, 0 },
	{ "bus/i2c/devices/i2c-4/of_node/clock-frequency", CELL(400000), 4, 0 },
};

START_TEST(clock_is_what_the_device_tree_says)
{
	struct port *p;

	make("bus/i2c/devices/i2c-3/name", "", 0);
	make(clocks[_i].node, clocks[_i].cell, clocks[_i].len);
	p = open_bus();
	ck_assert_msg(p->clock_hz == clocks[_i].clock_hz, "'%s' gave %u", clocks[_i].node,
		      p->clock_hz);
	close_bus(p);
}
END_TEST

static const struct { const char *spec; bool match; } specs[] = {
	{ "/dev/i2c-0", true }, { "/dev/i2c-10", true }, { "/dev/i2c-", false },
	{ "/dev/i2c-sensors", true }, { "./i2c-1", false }, { "/dev/ttyUSB0", false },
	{ "/dev/null", false }, { "i2c-1", false }, { "sim:l432,bus=i2c", false }, { "", false },
};

START_TEST(spec_of_a_bus_is_known)
{
	ck_assert_msg((port_i2c.match(specs[_i].spec) == WIRE_I2C) == specs[_i].match, "'%s'",
		      specs[_i].spec);
}
END_TEST

START_TEST(match_follows_links)
{
	char node[96], name[96];

	snprintf(node, sizeof(node), "%s/node", dir);
	snprintf(name, sizeof(name), "%s/jig", dir);
	if (mknod(node, S_IFCHR | 0600, BUS_RDEV) < 0) {
		fprintf(stderr, "match_follows_links: skipped: needs root to make a device\n");
		return;
	}
	ck_assert_int_eq(symlink("node", name), 0);
	ck_assert_int_eq(port_wire(port_kinds, node), WIRE_I2C);
	ck_assert_int_eq(port_wire(port_kinds, name), WIRE_I2C);
	ck_assert_int_eq(unlink(node), 0);
	ck_assert_int_eq(port_wire(port_kinds, name), WIRE_SERIAL);
}
END_TEST

static const struct { const char *spec; enum port_wire wire; } wires[] = {
	{ "/dev/ttyUSB0", WIRE_SERIAL }, { "/dev/i2c-1048576", WIRE_I2C },
	{ "sim:l432", WIRE_SERIAL }, { "sim:l432,bus=uart", WIRE_SERIAL },
	{ "sim:l432,bus=i2c", WIRE_I2C }, { "sim:l432,bus=i2c,mute", WIRE_I2C },
	{ "sim:l432,bus=uart,bus=i2c", WIRE_I2C }, { "sim:l432,bus=i2c,bus=uart", WIRE_SERIAL },
	{ "sim:l432,flash=x,bus=i2c.bin", WIRE_SERIAL }, { "sim:l432,bus=i2c2", WIRE_SERIAL },
	{ "replay:file", WIRE_SERIAL }, { "simm:l432", WIRE_NONE },
};

START_TEST(wire_is_known_before_opening)
{
	ck_assert_msg(port_wire(port_kinds, wires[_i].spec) == wires[_i].wire, "'%s'",
		      wires[_i].spec);
}
END_TEST

/* Transactions */

START_TEST(write_is_one_message)
{
	struct port *p = open_bus();
	struct err e = ERR_INIT;
	uint8_t frame[258];
	size_t i;

	for (i = 0; i < sizeof(frame); i++)
		frame[i] = (uint8_t)(i * 7);
	ck_assert_msg(port_write(p, frame, sizeof(frame), bus.now + MS, &e) == 0, "%s", e.msg);
	ck_assert_uint_eq(bus.transfers, 1);
	ck_assert_uint_eq(bus.last.addr, CHIP);
	ck_assert_uint_eq(bus.last.flags, 0);
	ck_assert_uint_eq(bus.last.len, 258);
	ck_assert_mem_eq(bus.bytes, frame, sizeof(frame));
	ck_assert_uint_eq(bus.wait_count, 0);
	close_bus(p);
}
END_TEST

START_TEST(read_is_one_message)
{
	struct port *p = open_bus();
	struct err e = ERR_INIT;
	uint8_t buf[20];
	size_t bad = 0;

	memset(buf, 0, sizeof(buf));
	ck_assert_int_eq(port_read(p, buf, 19, bus.now + MS, &bad, &e), 19);
	ck_assert_uint_eq(bad, 19);
	ck_assert_uint_eq(buf[18], 0x79);
	ck_assert_msg(buf[19] == 0, "more was read than asked for");
	ck_assert_uint_eq(bus.transfers, 1);
	ck_assert_uint_eq(bus.last.addr, CHIP);
	ck_assert_uint_eq(bus.last.flags, I2C_M_RD);
	ck_assert_uint_eq(bus.last.len, 19);
	ck_assert_int_eq(port_discard(p, &e), 0);
	ck_assert_msg(bus.transfers == 1, "there is nothing to discard on a bus");
	close_bus(p);
}
END_TEST

#define BROKE_OFF "the transfer broke off: Input/output error"
#define GAVE_UP "the adapter gave up after 700 ms, while the chip held the clock: no-stretch " \
	"commands, a slower bus or another adapter may help"

/* A transfer of 258 bytes with 1000 ms to go. */
static const struct {
	struct answer answer;
	enum err_code code;
	const char *says;
} faults[] = {
	{ { EIO, MS }, ERR_GARBLED, BROKE_OFF },
	{ { EAGAIN, MS }, ERR_GARBLED,
	  "another master took the bus: Resource temporarily unavailable" },
	{ { EBUSY, MS }, ERR_GARBLED, "the bus is not free: Device or resource busy" },
	{ { EPROTO, MS }, ERR_GARBLED, "the transfer broke the rules of the bus: Protocol error" },
	{ { ENOMEM, MS }, ERR_GARBLED, "the transfer failed: Cannot allocate memory" },
	{ { ETIMEDOUT, 700 * MS }, ERR_TIMEOUT, GAVE_UP },
	{ { EIO, 700 * MS }, ERR_TIMEOUT, GAVE_UP },
	{ { ETIMEDOUT, 1010 * MS }, ERR_TIMEOUT, "the chip still held the clock after 1010 ms" },
	{ { ENODEV, 0 }, ERR_GONE, "the port vanished" },
	{ { EBADF, 0 }, ERR_GONE, "the port vanished" },
	{ { ESHUTDOWN, 0 }, ERR_GONE, "the port vanished" },
};

START_TEST(transfer_error_has_its_class_and_message)
{
	struct port *p = open_bus();
	struct err e = ERR_INIT;
	uint8_t buf[258] = { 0 };

	bus.answers = &faults[_i].answer;
	bus.answers_left = 1;
	ck_assert_int_eq(port_write(p, buf, sizeof(buf), bus.now + 1000 * MS, &e), -1);
	ck_assert_int_eq(e.code, faults[_i].code);
	ck_assert_str_eq(e.msg, faults[_i].says);
	ck_assert_int_eq(port_read(p, buf, sizeof(buf), bus.now + 1000 * MS, NULL, &e), -1);
	ck_assert_int_eq(e.code, faults[_i].code);
	ck_assert_str_eq(e.msg, faults[_i].says);
	ck_assert_msg(bus.transfers == 2, "a transfer that may have begun was tried again");
	ck_assert_uint_eq(p->max_read, 0);
	ck_assert_uint_eq(p->max_write, 0);
	close_bus(p);
}
END_TEST

static const int silences[] = { ENXIO, EREMOTEIO };

/* A chip that is busy does not acknowledge its address; each pause is longer, up to 20 ms. */
START_TEST(silence_is_waited_for)
{
	static const nsec_t pauses[] = { 1, 2, 4, 8, 16, 20, 20, 20, 20 };
	struct answer answers[] = {
		{ silences[_i], 0 }, { silences[_i], 0 }, { silences[_i], 0 }, { silences[_i], 0 },
		{ silences[_i], 0 }, { silences[_i], 0 }, { silences[_i], 0 }, { silences[_i], 0 },
		{ silences[_i], 0 }, { 0, 0 },
	};
	struct port *p = open_bus();
	struct err e = ERR_INIT;
	uint8_t byte = 0;
	size_t i;

	bus.answers = answers;
	bus.answers_left = COUNT(answers);
	ck_assert_int_eq(port_read(p, &byte, 1, bus.now + NSEC_PER_SEC, NULL, &e), 1);
	ck_assert_uint_eq(byte, 0x79);
	ck_assert_uint_eq(bus.transfers, COUNT(answers));
	ck_assert_uint_eq(bus.wait_count, COUNT(pauses));
	for (i = 0; i < COUNT(pauses); i++)
		ck_assert_int_eq(bus.waits[i], pauses[i] * MS);
	close_bus(p);
}
END_TEST

START_TEST(silence_ends_at_the_deadline)
{
	struct answer silent = { silences[_i], 100 * NSEC_PER_USEC };
	struct port *p = open_bus();
	struct err e = ERR_INIT;
	nsec_t until = bus.now + 50 * MS;
	uint8_t byte = 0;
	size_t bad = 7;

	bus.answers = &silent;
	bus.answers_left = 1;
	ck_assert_int_eq(port_read(p, &byte, 1, until, &bad, &e), 0);
	ck_assert_uint_eq(bad, 0);
	ck_assert_int_eq(bus.last_at, until);
	ck_assert_int_eq(e.code, ERR_NONE);

	until = bus.now + 50 * MS;
	ck_assert_int_eq(port_write(p, &byte, 1, until, &e), -1);
	ck_assert_int_eq(e.code, ERR_TIMEOUT);
	ck_assert_str_eq(e.msg, "0x48 does not answer");
	ck_assert_int_eq(bus.last_at, until);
	close_bus(p);
}
END_TEST

START_TEST(one_try_after_the_deadline)
{
	struct port *p = open_bus();
	uint8_t byte = 0;

	ck_assert_int_eq(port_read(p, &byte, 1, bus.now - MS, NULL, NULL), 1);
	ck_assert_uint_eq(bus.transfers, 1);
	close_bus(p);
}
END_TEST

/* The time-out that the adapter is given, in 10 ms. */
static const struct { size_t len; nsec_t left; unsigned long least, most; } timeouts[] = {
	{ 1, 35 * NSEC_PER_SEC, 3500, 3502 },
	{ 1, 1005 * MS, 101, 102 },
	{ 1, 0, 10, 12 },		/* begun, it is not torn */
	{ 258, 0, 14, 20 },
	{ 1, INT64_MAX / 2, 1, 100000 },
};

START_TEST(adapter_waits_as_long_as_we_do)
{
	struct port *p = open_bus();
	size_t len = timeouts[_i].len;
	uint8_t buf[258] = { 0 };
	unsigned long set;

	ck_assert_int_eq(port_write(p, buf, len, bus.now + timeouts[_i].left, NULL), 0);
	set = bus.timeout_at_transfer;
	ck_assert_msg(set >= timeouts[_i].least && set <= timeouts[_i].most, "%lu", set);
	bus.timeout = 1;		/* another program's wish */
	ck_assert_int_eq(port_write(p, buf, len, bus.now + timeouts[_i].left, NULL), 0);
	ck_assert_uint_eq(bus.timeout_at_transfer, set);
	close_bus(p);
	ck_assert_msg(bus.timeout == 100, "the kernel's default, 1 s, is put back");
}
END_TEST

/* A slow bus has its time before it counts as stretched. */
START_TEST(slow_bus_is_not_stretched)
{
	static const struct answer slow = { EIO, 200 * MS };
	static const char cell[] = CELL(20000);
	struct err e = ERR_INIT;
	uint8_t buf[258] = { 0 };
	struct port *p;

	make("bus/i2c/devices/i2c-3/of_node/clock-frequency", cell, sizeof(cell));
	p = open_bus();
	bus.answers = &slow;
	bus.answers_left = 1;
	ck_assert_int_eq(port_write(p, buf, sizeof(buf), bus.now + 1000 * MS, &e), -1);
	ck_assert_str_eq(e.msg, BROKE_OFF);
	close_bus(p);
}
END_TEST

/* Messages that are too long */

static const struct { size_t len; bool reading; uint32_t next; } lengths[] = {
	{ 1027, false, 514 }, { 514, false, 258 }, { 258, false, 130 }, { 130, false, 66 },
	{ 66, false, 34 }, { 34, false, 18 }, { 18, false, 10 }, { 200, false, 130 },
	{ 256, true, 128 }, { 128, true, 64 }, { 64, true, 32 }, { 32, true, 16 }, { 16, true, 8 },
	/* A frame that cannot be smaller: that is no question of its length. */
	{ 10, false, 0 }, { 5, false, 0 }, { 2, false, 0 }, { 8, true, 0 }, { 1, true, 0 },
};
static const int length_errors[] = { EOPNOTSUPP, EMSGSIZE, EINVAL };

static ssize_t transfer(struct port *p, uint8_t *buf, size_t len, bool reading, struct err *e)
{
	nsec_t until = bus.now + NSEC_PER_SEC;

	return reading ? port_read(p, buf, len, until, NULL, e) : port_write(p, buf, len, until, e);
}

START_TEST(refused_length_leads_to_the_next_shorter)
{
	static uint8_t buf[1027];
	uint32_t next = lengths[_i].next;
	bool reading = lengths[_i].reading;
	size_t k;

	for (k = 0; k < COUNT(length_errors); k++) {
		struct answer refused = { length_errors[k], 0 };
		struct port *p = open_bus();
		struct err e = ERR_INIT;

		bus.transfers = 0;
		bus.answers = &refused;
		bus.answers_left = 1;
		ck_assert_int_eq(transfer(p, buf, lengths[_i].len, reading, &e), -1);
		ck_assert_int_eq(e.code, next ? ERR_TOO_LONG : ERR_GARBLED);
		ck_assert_uint_eq(p->max_read, reading ? next : 0);
		ck_assert_uint_eq(p->max_write, reading ? 0 : next);
		ck_assert_uint_eq(bus.transfers, 1);
		close_bus(p);
	}
}
END_TEST

START_TEST(refused_length_is_told)
{
	static const struct answer refused = { EOPNOTSUPP, 0 };
	struct port *p = open_bus();
	uint8_t buf[258] = { 0 };
	struct err e;

	bus.answers = &refused;
	bus.answers_left = 1;
	ck_assert_int_eq(transfer(p, buf, 258, false, &e), -1);
	ck_assert_str_eq(e.msg, "the adapter cannot write 258 bytes in one message");
	ck_assert_int_eq(transfer(p, buf, 256, true, &e), -1);
	ck_assert_str_eq(e.msg, "the adapter cannot read 256 bytes in one message");
	ck_assert_int_eq(transfer(p, buf, 1, true, &e), -1);
	ck_assert_str_eq(e.msg, "the adapter refuses to read 1 byte: Operation not supported");
	close_bus(p);
}
END_TEST

/* A length that does not fit the message's own field must not be cut to one that does. */
START_TEST(length_beyond_the_message_field_is_refused)
{
	static uint8_t buf[65537];
	struct port *p = open_bus();
	struct err e = ERR_INIT;

	ck_assert_int_eq(transfer(p, buf, sizeof(buf), false, &e), -1);
	ck_assert_int_eq(e.code, ERR_TOO_LONG);
	ck_assert_uint_eq(bus.transfers, 0);
	close_bus(p);
}
END_TEST

/* The adapter is pulled: whatever its driver says, and also while the chip is waited for. */

static const int pulled[] = { EIO, ENXIO, ETIMEDOUT, EOPNOTSUPP, ENODEV };

START_TEST(pulled_adapter_is_gone)
{
	struct answer answer = { pulled[_i], 0 };
	struct port *p = open_bus();
	struct err e = ERR_INIT;
	uint8_t byte = 0;

	bus.answers = &answer;
	bus.answers_left = 1;
	bus.pulled_by_transfer = true;
	ck_assert_int_eq(port_read(p, &byte, 1, bus.now + NSEC_PER_SEC, NULL, &e), -1);
	ck_assert_int_eq(e.code, ERR_GONE);
	ck_assert_str_eq(e.msg, "the port vanished");
	ck_assert_uint_eq(bus.transfers, 1);
	close_bus(p);
}
END_TEST

START_TEST(another_adapter_in_its_place_is_not_used)
{
	static const struct answer broken = { EIO, 0 };
	struct port *p = open_bus();
	struct err e = ERR_INIT;
	uint8_t byte = 0;

	bus.answers = &broken;
	bus.answers_left = 1;
	bus.rdev = makedev(89, 4);
	ck_assert_int_eq(port_read(p, &byte, 1, bus.now + NSEC_PER_SEC, NULL, &e), -1);
	ck_assert_int_eq(e.code, ERR_GONE);
	close_bus(p);
}
END_TEST

/* Signals */

START_TEST(first_signal_lets_a_frame_end)
{
	static const struct answer late[] = { { ENXIO, 0 }, { ENXIO, 0 }, { ENXIO, 0 }, { 0, 0 } };
	struct port *p = open_bus();
	struct err e = ERR_INIT;
	uint8_t byte = 0;

	bus.answers = late;
	bus.answers_left = COUNT(late);
	bus.signal_at = bus.now + MS / 2;
	ck_assert_int_eq(port_read(p, &byte, 1, bus.now + NSEC_PER_SEC, NULL, &e), 1);
	ck_assert_int_eq(stop.count, 1);
	ck_assert_int_eq(bus.wait_fd, stop.wake[0]);
	ck_assert_msg(read(stop.wake[0], &byte, 1) < 0 && errno == EAGAIN,
		      "the pipe stays readable, and all further waits are none");
	close_bus(p);
}
END_TEST

START_TEST(grace_after_a_signal_ends)
{
	static const struct answer silent = { ENXIO, 0 };
	struct port *p = open_bus();
	struct err e = ERR_INIT;
	uint8_t byte = 0;
	nsec_t signal_at = bus.now + MS / 2;

	bus.answers = &silent;
	bus.answers_left = 1;
	bus.signal_at = signal_at;
	ck_assert_int_eq(port_read(p, &byte, 1, bus.now + 60 * NSEC_PER_SEC, NULL, &e), -1);
	ck_assert_int_eq(e.code, ERR_SIGNAL);
	ck_assert_int_eq(e.sys, SIGINT);
	ck_assert_int_eq(bus.now, signal_at + STOP_GRACE_NS);
	close_bus(p);
}
END_TEST

START_TEST(second_signal_ends_at_once)
{
	struct port *p = open_bus();
	struct err e = ERR_INIT;
	uint8_t byte = 0;

	stop_raise(&stop, SIGTERM);
	stop_raise(&stop, SIGTERM);
	ck_assert_int_eq(port_write(p, &byte, 1, bus.now + NSEC_PER_SEC, &e), -1);
	ck_assert_int_eq(e.code, ERR_SIGNAL);
	ck_assert_uint_eq(bus.transfers, 0);
	close_bus(p);
}
END_TEST

START_TEST(sleep_ends_at_its_time_or_by_a_signal)
{
	struct port *p = open_bus();
	struct err e = ERR_INIT;
	nsec_t until = bus.now + 3 * NSEC_PER_SEC;

	ck_assert_int_eq(port_sleep(p, until, &e), 0);
	ck_assert_int_eq(port_now(p), until);
	bus.signal_at = until + MS;
	ck_assert_int_eq(port_sleep(p, until + NSEC_PER_SEC, &e), -1);
	ck_assert_int_eq(e.code, ERR_SIGNAL);
	ck_assert_int_eq(port_now(p), until + MS);
	close_bus(p);
}
END_TEST

START_TEST(deaf_sleep_goes_on)
{
	struct port *p = open_bus();
	nsec_t until = bus.now + 100 * MS;

	p->deaf = true;
	bus.signal_at = bus.now + MS;
	ck_assert_int_eq(port_sleep(p, until, NULL), 0);
	ck_assert_int_eq(port_now(p), until);
	close_bus(p);
}
END_TEST

/* On the system itself, as far as there is none of it. */
START_TEST(missing_bus_cannot_be_opened)
{
	struct port_cfg cfg = { .kinds = port_kinds, .spec = "/dev/i2c-1048576", .i2c_addr = CHIP };
	struct err e = ERR_INIT;

	ck_assert_ptr_null(port_open(&cfg, &e));
	ck_assert_int_eq(e.code, ERR_OPEN);
	ck_assert_ptr_nonnull(strstr(e.msg, "cannot open '/dev/i2c-1048576': No such file"));
	ck_assert_msg(strstr(e.msg, "i2c-dev"), "another kind of port took it: '%s'", e.msg);
}
END_TEST

static void add_opening(Suite *suite)
{
	TCase *tc = runner_case(suite, "opening", 0);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, open_bus_has_its_address_and_lock);
	tcase_add_loop_test(tc, only_valid_addresses_are_opened, 0, COUNT(addresses));
	tcase_add_loop_test(tc, open_error_says_what_failed, 0, COUNT(open_errors));
	tcase_add_loop_test(tc, what_is_no_bus_is_not_opened, 0, COUNT(strangers));
	tcase_add_test(tc, smbus_is_not_enough);
	tcase_add_test(tc, driver_that_has_the_address_is_named);
	tcase_add_test(tc, each_address_has_its_own_lock);
	tcase_add_loop_test(tc, clock_is_what_the_device_tree_says, 0, COUNT(clocks));
	tcase_add_loop_test(tc, spec_of_a_bus_is_known, 0, COUNT(specs));
	tcase_add_test(tc, match_follows_links);
	tcase_add_loop_test(tc, wire_is_known_before_opening, 0, COUNT(wires));
	tcase_add_test(tc, missing_bus_cannot_be_opened);
}

static void add_transfers(Suite *suite)
{
	TCase *tc = runner_case(suite, "transfers", 0);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, write_is_one_message);
	tcase_add_test(tc, read_is_one_message);
	tcase_add_loop_test(tc, transfer_error_has_its_class_and_message, 0, COUNT(faults));
	tcase_add_loop_test(tc, silence_is_waited_for, 0, COUNT(silences));
	tcase_add_loop_test(tc, silence_ends_at_the_deadline, 0, COUNT(silences));
	tcase_add_test(tc, one_try_after_the_deadline);
	tcase_add_loop_test(tc, adapter_waits_as_long_as_we_do, 0, COUNT(timeouts));
	tcase_add_test(tc, slow_bus_is_not_stretched);
	tcase_add_loop_test(tc, refused_length_leads_to_the_next_shorter, 0, COUNT(lengths));
	tcase_add_test(tc, refused_length_is_told);
	tcase_add_test(tc, length_beyond_the_message_field_is_refused);
	tcase_add_loop_test(tc, pulled_adapter_is_gone, 0, COUNT(pulled));
	tcase_add_test(tc, another_adapter_in_its_place_is_not_used);
}

static void add_signals(Suite *suite)
{
	TCase *tc = runner_case(suite, "signals", 0);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, first_signal_lets_a_frame_end);
	tcase_add_test(tc, grace_after_a_signal_ends);
	tcase_add_test(tc, second_signal_ends_at_once);
	tcase_add_test(tc, sleep_ends_at_its_time_or_by_a_signal);
	tcase_add_test(tc, deaf_sleep_goes_on);
}

int main(void)
{
	Suite *suite = suite_create("i2c_port");

	add_opening(suite);
	add_transfers(suite);
	add_signals(suite);
	return runner_run(suite);
}
