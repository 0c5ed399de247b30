/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <time.h>

#include "base/poll.h"
#include "ports/i2c_sys.h"
#include "ports/port_lock.h"

static int kernel_stat(void *ctx, const char *path, struct stat *st)
{
	(void)ctx;
	return stat(path, st);
}

static int kernel_open(void *ctx, const char *path)
{
	(void)ctx;
	return open(path, O_RDWR | O_CLOEXEC);
}

static int kernel_ioctl(void *ctx, int fd, unsigned long request, unsigned long arg)
{
	(void)ctx;
	return ioctl(fd, request, arg);
}

static void kernel_wait(void *ctx, int fd, nsec_t time)
{
	struct pollfd wake = { .fd = fd, .events = POLLIN };
	struct timespec ts = {
		.tv_sec = (time_t)(time / NSEC_PER_SEC), .tv_nsec = (long)(time % NSEC_PER_SEC),
	};

	(void)ctx;
	poll_for(&wake, 1, &ts, NULL);
}

static nsec_t kernel_now(void *ctx)
{
	struct timespec ts;

	(void)ctx;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

const struct i2c_sys i2c_kernel = {
	.lock_dir = PORT_LOCK_DIR,
	.sysfs = "/sys",
	.stat = kernel_stat,
	.open = kernel_open,
	.ioctl = kernel_ioctl,
	.wait = kernel_wait,
	.now = kernel_now,
};
