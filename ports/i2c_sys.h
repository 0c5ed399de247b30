/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system under the I2C port, which tests and the simulator replace.
 */
#ifndef BOOTPIN_I2C_SYS_H
#define BOOTPIN_I2C_SYS_H

#include <sys/stat.h>

#include "base/clock.h"

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

/* Linux. */
extern const struct i2c_sys i2c_kernel;

#endif
