/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "ports/i2c.h"
#include "ports/sim/board/sim_i2c_port.h"

#define I2C_DEV_MAJOR 89	/* as of a real bus (Documentation/admin-guide/devices.txt) */
#define NOWHERE "/nonexistent"

/* A bus in virtual time: the clock stands still but for transactions and waiting. */
struct sim_bus {
	struct i2c_sys sys;
	struct port_ops ops;		/* those of port_i2c, but for what belongs to the board */
	struct sim *sim;
	bool owned;
	nsec_t now;
	unsigned int driven;		/* GPIO lines that this port drives */
};

static struct sim_bus *bus_of(struct port *p)
{
	return (struct sim_bus *)((const char *)p->ops - offsetof(struct sim_bus, ops));
}

/* --- in place of the kernel --- */

static int bus_stat(void *ctx, const char *path, struct stat *st)
{
	(void)ctx;
	(void)path;
	*st = (struct stat){ .st_mode = S_IFCHR, .st_rdev = makedev(I2C_DEV_MAJOR, 0) };
	return 0;
}

static int bus_open(void *ctx, const char *path)
{
	(void)ctx;
	(void)path;
	return open("/dev/null", O_RDWR | O_CLOEXEC);
}

static int transfer_message(struct sim_bus *b, struct i2c_msg *m)
{
	const struct sim_transfer t = {
		.addr = (uint8_t)m->addr, .reading = m->flags & I2C_M_RD,
		.bytes = m->buf, .len = m->len,
	};
	int ret = sim_i2c_transfer(b->sim, &t, b->now, &b->now);

	if (ret == 0)
		return 1;
	errno = -ret;
	return -1;
}

/* An ioctl's argument that is an address. */
static void *address_of(unsigned long arg)
{
	void *p;

	memcpy(&p, &arg, sizeof(p));
	return p;
}

static int bus_ioctl(void *ctx, int fd, unsigned long request, unsigned long arg)
{
	struct sim_bus *b = ctx;

	(void)fd;
	switch (request) {
	case I2C_FUNCS:
		*(unsigned long *)address_of(arg) = I2C_FUNC_I2C;
		return 0;
	case I2C_TIMEOUT:	/* in units of 10 ms */
		sim_i2c_allow(b->sim, (nsec_t)arg * 10 * NSEC_PER_MSEC);
		return 0;
	case I2C_RDWR:
		return transfer_message(b, ((struct i2c_rdwr_ioctl_data *)address_of(arg))->msgs);
	default:
		return 0;
	}
}

static void bus_wait(void *ctx, int fd, nsec_t time)
{
	struct sim_bus *b = ctx;

	(void)fd;
	b->now += time;
	sim_advance(b->sim, b->now);
}

static nsec_t bus_now(void *ctx)
{
	return ((struct sim_bus *)ctx)->now;
}

/* --- the board's --- */

static bool bus_runs_code(struct port *p)
{
	(void)p;
	return sim_runs_code();
}

static int bus_find_pin(struct port *p, const char *name, uint32_t number, struct err *e)
{
	(void)p;
	return sim_pins_find_gpio(name, number, e);
}

static int bus_drive_pin(struct port *p, int pin, bool high, struct err *e)
{
	struct sim_bus *b = bus_of(p);

	(void)e;
	b->driven |= SIM_BIT(pin);
	sim_drive_lines(b->sim, SIM_BIT(pin), high ? SIM_BIT(pin) : 0, b->now);
	return 0;
}

static int bus_close(struct port *p, struct err *e)
{
	struct sim_bus *b = bus_of(p);
	int ret = port_i2c.close(p, e);

	sim_release_lines(b->sim, b->driven, b->now);
	if (b->owned && sim_free(b->sim, e) < 0)
		ret = -1;
	free(b);
	return ret;
}

struct port *sim_i2c_port(struct sim *s, const struct port_cfg *cfg, bool owned, struct err *e)
{
	struct sim_bus *b = calloc(1, sizeof(*b));
	struct port *p;

	if (!b) {
		err_set(e, ERR_OTHER, "out of memory");
		return NULL;
	}
	b->sys = (struct i2c_sys){
		.lock_dir = NOWHERE, .sysfs = NOWHERE, .stat = bus_stat, .open = bus_open,
		.ioctl = bus_ioctl, .wait = bus_wait, .now = bus_now, .ctx = b,
	};
	b->sim = s;
	b->owned = owned;
	b->now = sim_now(s);
	p = i2c_open_on(cfg, &b->sys, e);
	if (!p) {
		free(b);
		return NULL;
	}
	b->ops = *p->ops;
	b->ops.runs_code = bus_runs_code;
	b->ops.find_pin = bus_find_pin;
	b->ops.drive_pin = bus_drive_pin;
	b->ops.close = bus_close;
	p->ops = &b->ops;
	p->caps |= PORT_VIRTUAL;
	p->clock_hz = sim_i2c_clock(s);
	return p;
}
