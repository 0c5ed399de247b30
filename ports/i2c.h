/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The I2C port. All but tests and the simulator open it through port_open.
 */
#ifndef BOOTPIN_I2C_H
#define BOOTPIN_I2C_H

#include <sys/stat.h>

#include "ports/port.h"

extern const struct port_ops port_i2c;

/*
 * The calls that the port makes to the system. They are those of the same names: -1 with errno set
 * when they fail. A descriptor from @open is closed with close(2).
 */
struct i2c_sys {
	const char *lock_dir;		/* where lock files are made */
	const char *sysfs;		/* where sysfs is mounted */
	int (*stat)(void *ctx, const char *path, struct stat *st);
	int (*open)(void *ctx, const char *path);
	int (*ioctl)(void *ctx, int fd, unsigned long request, unsigned long arg);
	/* Waits @time, but ends early when @fd (-1: none) can be read or a signal comes. */
	void (*wait)(void *ctx, int fd, nsec_t time);
	nsec_t (*now)(void *ctx);
	void *ctx;
};

/* Opens a port as port_i2c.open does, on the system @sys, which must outlive the port. */
struct port *i2c_open_on(const struct port_cfg *cfg, const struct i2c_sys *sys, struct err *e);

#endif
