/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An I2C bus of Linux, through i2c-dev: each read and each write is one I2C_RDWR of one message.
 *
 * A signal does not interrupt a transfer: half a frame would leave the bootloader waiting for the
 * rest of it. The kernel is told before each transfer how long it may take, so that a deadline
 * holds even while the chip stretches the clock.
 */
#include <errno.h>
#include <limits.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/bytes.h"
#include "ports/i2c.h"
#include "ports/port_lock.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Major of i2c-dev (Documentation/admin-guide/devices.txt); the minor is the bus's number. */
#define I2C_DEV_MAJOR 89u

/*
 * The addresses that -a takes. Those around it are reserved (UM10204); 0x78 is so too, but
 * STM32WBA2 answers there (AN2606).
 */
#define ADDR_FIRST 0x08u
#define ADDR_LAST 0x78u

/* i2c-dev refuses longer messages. */
#define MESSAGE_MAX 8192u

/* A chip that does not acknowledge its address is asked again after these, doubled each time. */
#define PAUSE_LEAST NSEC_PER_MSEC
#define PAUSE_MOST (20 * NSEC_PER_MSEC)

/* The unit of I2C_TIMEOUT, and the kernel's default for adapters whose driver sets none. */
#define TIMEOUT_UNIT (10 * NSEC_PER_MSEC)
#define TIMEOUT_DEFAULT 100ul
/* No operation of any chip takes longer. */
#define TIMEOUT_MOST (600 * NSEC_PER_SEC)

/*
 * The time that a transaction may take beyond its time on the wire. One that has begun gets it even
 * after the deadline. One that fails later than that has failed while the clock was stretched.
 */
#define TRANSFER_SLACK (100 * NSEC_PER_MSEC)

/* Clocks that a device tree may reasonably name, in Hz. */
#define CLOCK_LEAST 1000u
#define CLOCK_MOST 5000000u

struct i2c {
	struct port port;
	const struct i2c_sys *sys;
	char *path;
	int fd;
	dev_t rdev;
	uint16_t addr;
	struct port_lock lock;
	struct stop *stop;
	nsec_t stop_seen;		/* when a signal was first noticed; 0: not yet */
	bool timeout_changed;
};

static struct i2c *i2c_of(struct port *p)
{
	return (struct i2c *)p;
}

static int i2c_ioctl(const struct i2c *b, unsigned long request, unsigned long arg)
{
	return b->sys->ioctl(b->sys->ctx, b->fd, request, arg);
}

/* Time */

static nsec_t i2c_now(struct port *p)
{
	const struct i2c_sys *sys = i2c_of(p)->sys;

	return sys->now(sys->ctx);
}

/* Waits, at most @time, for a signal; one that came since the last time ends it at once. */
static void i2c_wait(const struct i2c *b, nsec_t time)
{
	int fd = b->stop ? b->stop->wake[0] : -1;
	char buf[16];

	b->sys->wait(b->sys->ctx, fd, time);
	while (fd >= 0 && read(fd, buf, sizeof(buf)) > 0)
		;
}

static int i2c_sleep(struct port *p, nsec_t until, struct err *e)
{
	struct i2c *b = i2c_of(p);

	while (p->deaf || stop_check(b->stop, e) == 0) {
		nsec_t left = until - i2c_now(p);

		if (left <= 0)
			return 0;
		i2c_wait(b, left);
	}
	return -1;
}

/*
 * Waits before the next try. Returns 1 when it is due, 0 at @until, -1 with @e set: ERR_SIGNAL by
 * the rule of stop.h.
 */
static int i2c_pause(struct i2c *b, nsec_t pause, nsec_t until, struct err *e)
{
	bool stopped = b->stop && b->stop->count;
	nsec_t now = i2c_now(&b->port), limit = until;

	if (stopped && !b->stop_seen)
		b->stop_seen = now;
	if (stopped && b->stop_seen + STOP_GRACE_NS < until)
		limit = b->stop_seen + STOP_GRACE_NS;
	if (now >= limit)
		return limit < until ? stop_check(b->stop, e) : 0;
	i2c_wait(b, pause < limit - now ? pause : limit - now);
	return 1;
}

/* Failures */

enum i2c_fault {
	FAULT_SILENT,			/* the address was not acknowledged */
	FAULT_STRETCH,			/* the clock was held for longer than allowed */
	FAULT_LENGTH,			/* refused before anything went over the bus */
	FAULT_GARBLED,			/* the bus saw some of it */
	FAULT_GONE,
};

/*
 * The meaning of drivers' errors (Documentation/i2c/fault-codes.rst, and what drivers return in
 * fact). EREMOTEIO stands for any byte that was not acknowledged. A bootloader acknowledges all
 * bytes and refuses by its answer, so that the byte was the address.
 */
static const struct { int sys; enum i2c_fault fault; const char *what; } i2c_faults[] = {
	{ ENXIO, FAULT_SILENT, NULL },
	{ EREMOTEIO, FAULT_SILENT, NULL },
	{ ETIMEDOUT, FAULT_STRETCH, NULL },
	{ EOPNOTSUPP, FAULT_LENGTH, NULL },
	{ EMSGSIZE, FAULT_LENGTH, NULL },
	{ EINVAL, FAULT_LENGTH, NULL },
	{ EIO, FAULT_GARBLED, "the transfer broke off" },
	{ EAGAIN, FAULT_GARBLED, "another master took the bus" },
	{ EBUSY, FAULT_GARBLED, "the bus is not free" },
	{ EPROTO, FAULT_GARBLED, "the transfer broke the rules of the bus" },
	{ ENODEV, FAULT_GONE, NULL },
	{ EBADF, FAULT_GONE, NULL },
	{ ESHUTDOWN, FAULT_GONE, NULL },
};

static enum i2c_fault fault_of(int sys, const char **what)
{
	size_t i;

	*what = "the transfer failed";
	for (i = 0; i < ARRAY_SIZE(i2c_faults); i++) {
		if (i2c_faults[i].sys != sys)
			continue;
		if (i2c_faults[i].what)
			*what = i2c_faults[i].what;
		return i2c_faults[i].fault;
	}
	return FAULT_GARBLED;
}

/* A driver may go on failing in its own way when its adapter is pulled, but the node goes away. */
static bool i2c_is_there(const struct i2c *b)
{
	struct stat st;

	return b->sys->stat(b->sys->ctx, b->path, &st) == 0 && S_ISCHR(st.st_mode) &&
	       st.st_rdev == b->rdev;
}

/*
 * The next size to try when @len bytes are too many for the adapter: blocks of data that flash of
 * every kind takes, and in a write frame their count and checksum (AN4221, Write Memory). 0: none.
 */
static uint32_t next_size(size_t len, bool reading)
{
	uint32_t data, frame = reading ? 0 : 2;

	for (data = 512; data >= 8; data /= 2)
		if (data + frame < len)
			return data + frame;
	return 0;
}

static int i2c_too_long(struct i2c *b, size_t len, bool reading, int sys, struct err *e)
{
	uint32_t next = next_size(len, reading);
	const char *verb = reading ? "read" : "write";

	if (!next)
		return err_sys(e, ERR_GARBLED, sys, "the adapter refuses to %s %zu byte%s", verb,
			       len, len == 1 ? "" : "s");
	if (reading)
		b->port.max_read = next;
	else
		b->port.max_write = next;
	return err_set(e, ERR_TOO_LONG, "the adapter cannot %s %zu bytes in one message", verb,
		       len);
}

/* One message, and how its last try went. */
struct transfer {
	struct i2c_msg msg;
	nsec_t normal;			/* longer than this only if the clock is stretched */
	nsec_t allowed;			/* what the adapter was told to wait */
	nsec_t took;
	int sys;			/* errno; 0: done */
};

/* The error has the driver's own, by which a bus that nobody lets go of is told from silence. */
static int i2c_stretched(const struct transfer *t, struct err *e)
{
	long long ms = t->took / NSEC_PER_MSEC;

	if (t->took >= t->allowed)
		err_set(e, ERR_TIMEOUT, "the chip still held the clock after %lld ms", ms);
	else
		err_set(e, ERR_TIMEOUT, "the adapter gave up after %lld ms, while the chip held the "
			"clock: no-stretch commands, a slower bus or another adapter may help", ms);
	if (e)
		e->sys = t->sys;
	return -1;
}

static enum i2c_fault i2c_judge(const struct i2c *b, const struct transfer *t, const char **what)
{
	enum i2c_fault fault = fault_of(t->sys, what);

	if (!i2c_is_there(b))
		return FAULT_GONE;
	/* Some drivers know no other error. */
	if (t->sys == EIO && t->took > t->normal)
		return FAULT_STRETCH;
	return fault;
}

/* Returns 0 if the address was not acknowledged: worth another try; else -1 with @e set. */
static int i2c_fails(struct i2c *b, const struct transfer *t, struct err *e)
{
	const char *what;

	switch (i2c_judge(b, t, &what)) {
	case FAULT_SILENT:
		return 0;
	case FAULT_STRETCH:
		return i2c_stretched(t, e);
	case FAULT_LENGTH:
		return i2c_too_long(b, t->msg.len, t->msg.flags & I2C_M_RD, t->sys, e);
	case FAULT_GARBLED:
		return err_sys(e, ERR_GARBLED, t->sys, "%s", what);
	case FAULT_GONE:
		break;
	}
	return err_set(e, ERR_GONE, "the port vanished");
}

/* Input and output */

/*
 * Lets the adapter wait until the deadline. This time belongs to the adapter and not to the
 * descriptor: another program may change it, so it is set before each transfer. Rounded up by one
 * unit, since the kernel's clock may tick no faster. I2C_RETRIES stays as it is: it is for lost
 * arbitration, and ends with this time too.
 */
static void i2c_allow(struct i2c *b, struct transfer *t, nsec_t left)
{
	t->allowed = left < t->normal ? t->normal : left;
	if (t->allowed > TIMEOUT_MOST)
		t->allowed = TIMEOUT_MOST;
	i2c_ioctl(b, I2C_TIMEOUT, (unsigned long)(t->allowed / TIMEOUT_UNIT) + 1);
	b->timeout_changed = true;
}

static void i2c_try(struct i2c *b, struct transfer *t, nsec_t until)
{
	struct i2c_rdwr_ioctl_data one = { .msgs = &t->msg, .nmsgs = 1 };
	nsec_t began = i2c_now(&b->port);
	int done;

	i2c_allow(b, t, until - began);
	done = i2c_ioctl(b, I2C_RDWR, (unsigned long)&one);
	t->sys = done < 0 ? errno : done == 1 ? 0 : EIO;
	t->took = i2c_now(&b->port) - began;
}

/*
 * Moves @len bytes. Returns 1; 0 if the address was still not acknowledged at @until, the time of
 * the last try; -1 with @e set.
 */
static int i2c_transfer(struct i2c *b, void *buf, size_t len, bool reading, nsec_t until,
			struct err *e)
{
	struct transfer t = {
		.msg = {
			.addr = b->addr, .flags = reading ? I2C_M_RD : 0,
			.len = (uint16_t)len, .buf = buf,
		},
		.normal = 2 * port_wire_time(&b->port, len) + TRANSFER_SLACK,
	};
	nsec_t pause = PAUSE_LEAST;

	if (len > MESSAGE_MAX)
		return i2c_too_long(b, len, reading, EINVAL, e);
	for (;;) {
		int more;

		if (b->stop && b->stop->count > 1)
			return stop_check(b->stop, e);
		i2c_try(b, &t, until);
		if (!t.sys)
			return 1;
		if (i2c_fails(b, &t, e) < 0)
			return -1;
		more = i2c_pause(b, pause, until, e);
		if (more <= 0)
			return more;
		pause = 2 * pause < PAUSE_MOST ? 2 * pause : PAUSE_MOST;
	}
}

static ssize_t i2c_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			struct err *e)
{
	int ret = i2c_transfer(i2c_of(p), buf, len, true, until, e);

	if (bad)
		*bad = ret > 0 ? len : 0;
	return ret > 0 ? (ssize_t)len : ret;
}

static int i2c_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct i2c *b = i2c_of(p);
	int ret = i2c_transfer(b, (void *)buf, len, false, until, e);

	if (ret == 0)
		return err_set(e, ERR_TIMEOUT, "0x%02x does not answer", b->addr);
	return ret < 0 ? -1 : 0;
}

/* A chip sends nothing that the host has not asked for. */
static int i2c_discard(struct port *p, struct err *e)
{
	(void)p;
	(void)e;
	return 0;
}

/* Opening and closing */

/* "/dev/i2c-1" is a bus, there or not. Of other names the node decides, or the text without one. */
static enum port_wire i2c_match(const char *spec)
{
	static const char prefix[] = "/dev/i2c-";
	const char *number = spec + sizeof(prefix) - 1;
	bool is_named = strncmp(spec, prefix, sizeof(prefix) - 1) == 0 && *number;
	struct stat st;
	bool is_bus;

	if (is_named && strspn(number, "0123456789") == strlen(number))
		return WIRE_I2C;
	if (stat(spec, &st) == 0)
		is_bus = S_ISCHR(st.st_mode) && major(st.st_rdev) == I2C_DEV_MAJOR;
	else
		is_bus = is_named;
	return is_bus ? WIRE_I2C : WIRE_NONE;
}

static int i2c_open_error(const char *path, int sys, struct err *e)
{
	if (sys == ENXIO || sys == ENODEV) {
		err_set(e, ERR_OPEN, "cannot open '%s': there is no adapter behind it", path);
		if (e)
			e->sys = sys;
		return -1;
	}
	err_sys(e, ERR_OPEN, sys, "cannot open '%s'", path);
	if (sys == ENOENT)
		err_append(e, "; load the module i2c-dev and, on a Raspberry Pi, have "
			   "dtparam=i2c_arm=on in config.txt");
	if (sys == EACCES)
		err_append(e, "; join the group that owns it, usually i2c, and log in again");
	return -1;
}

static int i2c_look(struct i2c *b, struct err *e)
{
	struct stat st;

	if (b->sys->stat(b->sys->ctx, b->path, &st) < 0)
		return i2c_open_error(b->path, errno, e);
	if (!S_ISCHR(st.st_mode) || major(st.st_rdev) != I2C_DEV_MAJOR)
		return err_set(e, ERR_OPEN, "cannot open '%s': it is not an I2C bus", b->path);
	b->rdev = st.st_rdev;
	return 0;
}

static int i2c_check_funcs(struct i2c *b, struct err *e)
{
	unsigned long funcs = 0;

	if (i2c_ioctl(b, I2C_FUNCS, (unsigned long)&funcs) < 0)
		return err_sys(e, ERR_OPEN, errno, "cannot ask '%s' what it can do", b->path);
	if (funcs & I2C_FUNC_I2C)
		return 0;
	return err_set(e, ERR_OPEN, "cannot use '%s': its adapter speaks SMBus only, and the "
		       "bootloader needs plain I2C messages", b->path);
}

/* The kernel's driver that is bound to our address; "" if sysfs does not tell. */
static void i2c_driver(const struct i2c *b, char *name, size_t size)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *slash;
	ssize_t n;

	*name = '\0';
	if (snprintf(path, sizeof(path), "%s/bus/i2c/devices/%u-%04x/driver", b->sys->sysfs,
		     minor(b->rdev), b->addr) >= (int)sizeof(path))
		return;
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return;
	target[n] = '\0';
	slash = strrchr(target, '/');
	snprintf(name, size, "%.60s", slash ? slash + 1 : target);
}

/* I2C_RDWR goes to any address; only I2C_SLAVE tells of a driver that already talks to this one. */
static int i2c_claim(struct i2c *b, struct err *e)
{
	char driver[64];

	if (i2c_ioctl(b, I2C_SLAVE, b->addr) == 0)
		return 0;
	if (errno == EINVAL)
		return err_set(e, ERR_OPEN, "cannot use address 0x%02x on '%s': the kernel refuses "
			       "it", b->addr, b->path);
	if (errno != EBUSY)
		return err_sys(e, ERR_OPEN, errno, "cannot use address 0x%02x on '%s'", b->addr,
			       b->path);
	i2c_driver(b, driver, sizeof(driver));
	if (!*driver)
		return err_set(e, ERR_OPEN, "cannot use address 0x%02x on '%s': a driver of the "
			       "kernel has it", b->addr, b->path);
	return err_set(e, ERR_OPEN, "cannot use address 0x%02x on '%s': the kernel's driver '%s' "
		       "has it", b->addr, b->path, driver);
}

/* The clock in Hz that the device tree gives the bus; 0 if it says nothing. */
static unsigned int i2c_clock(const struct i2c *b)
{
	/* The adapter's own node, or that of the controller that it belongs to. */
	static const char *const nodes[] = { "of_node", "../of_node" };
	char path[PATH_MAX];
	uint8_t cell[4];
	uint32_t clock;
	size_t i, n;
	FILE *f;

	for (i = 0; i < ARRAY_SIZE(nodes); i++) {
		if (snprintf(path, sizeof(path), "%s/bus/i2c/devices/i2c-%u/%s/clock-frequency",
			     b->sys->sysfs, minor(b->rdev), nodes[i]) >= (int)sizeof(path))
			continue;
		f = fopen(path, "re");
		if (!f)
			continue;
		n = fread(cell, 1, sizeof(cell), f);
		fclose(f);
		clock = be32(cell);
		if (n == sizeof(cell) && clock >= CLOCK_LEAST && clock <= CLOCK_MOST)
			return clock;
	}
	return 0;
}

static int i2c_check_addr(const struct port_cfg *cfg, struct err *e)
{
	if (!cfg->i2c_addr && cfg->i2c_later)
		return 0;
	if (!cfg->i2c_addr)
		return err_set(e, ERR_USAGE, "'%s' needs the chip's address (-a)", cfg->spec);
	if (cfg->i2c_addr < ADDR_FIRST || cfg->i2c_addr > ADDR_LAST)
		return err_set(e, ERR_USAGE, "0x%02x is no address of a chip: 0x%02x to 0x%02x",
			       cfg->i2c_addr, ADDR_FIRST, ADDR_LAST);
	return 0;
}

/* Two boards may share a bus: the lock is for the address. */
static int i2c_lock(struct i2c *b, struct err *e)
{
	char part[8];

	snprintf(part, sizeof(part), "0x%02x", b->addr);
	return port_lock_take(&b->lock, b->sys->lock_dir, b->path, part, e);
}

static int i2c_set_address(struct port *p, unsigned int addr, struct err *e)
{
	struct i2c *b = i2c_of(p);

	port_lock_drop(&b->lock);
	b->lock = PORT_LOCK_INIT;
	b->addr = (uint16_t)addr;
	return i2c_lock(b, e) < 0 || i2c_claim(b, e) < 0 ? -1 : 0;
}

static int i2c_start(struct i2c *b, struct err *e)
{
	if (i2c_look(b, e) < 0 || (b->addr && i2c_lock(b, e) < 0))
		return -1;
	b->fd = b->sys->open(b->sys->ctx, b->path);
	if (b->fd < 0)
		return i2c_open_error(b->path, errno, e);
	if (i2c_check_funcs(b, e) < 0 || (b->addr && i2c_claim(b, e) < 0))
		return -1;
	b->port.clock_hz = i2c_clock(b);
	return 0;
}

static int i2c_close(struct port *p, struct err *e)
{
	struct i2c *b = i2c_of(p);

	(void)e;
	if (b->fd >= 0) {
		/* The old value cannot be read: the kernel's default is the best guess. */
		if (b->timeout_changed)
			i2c_ioctl(b, I2C_TIMEOUT, TIMEOUT_DEFAULT);
		close(b->fd);
	}
	port_lock_drop(&b->lock);
	free(b->path);
	free(b);
	return 0;
}

struct port *i2c_open_on(const struct port_cfg *cfg, const struct i2c_sys *sys, struct err *e)
{
	struct i2c *b;

	if (i2c_check_addr(cfg, e) < 0)
		return NULL;
	b = calloc(1, sizeof(*b));
	if (b)
		b->path = strdup(cfg->spec);
	if (!b || !b->path) {
		free(b);
		err_sys(e, ERR_OTHER, ENOMEM, "cannot open '%s'", cfg->spec);
		return NULL;
	}
	b->port.ops = &port_i2c;
	b->sys = sys;
	b->fd = -1;
	b->addr = (uint16_t)cfg->i2c_addr;
	b->lock = PORT_LOCK_INIT;
	b->stop = cfg->stop;
	if (i2c_start(b, e) == 0)
		return &b->port;
	i2c_close(&b->port, NULL);
	return NULL;
}

static struct port *i2c_open(const struct port_cfg *cfg, struct err *e)
{
	return i2c_open_on(cfg, &i2c_kernel, e);
}

const struct port_ops port_i2c = {
	.match = i2c_match,
	.open = i2c_open,
	.read = i2c_read,
	.write = i2c_write,
	.discard = i2c_discard,
	.sleep = i2c_sleep,
	.now = i2c_now,
	.set_address = i2c_set_address,
	.close = i2c_close,
};
