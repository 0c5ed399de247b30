/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "ports/serial_node.h"

/* Major numbers of Unix98 pseudo-terminals (Documentation/admin-guide/devices.txt). */
#define PTY_MAJOR_FIRST 136u
#define PTY_MAJOR_LAST 143u

/* Drivers that deliver bytes with parity errors unmarked: PARMRK would only double each FF. */
static const char *const unmarked_drivers[] = { "cdc_acm", "ch341-uart" };

#define OWN_TERMINAL "the terminal of this command"

bool serial_node_is_gone(int sys)
{
	return sys == EIO || sys == ENXIO || sys == ENODEV;
}

bool serial_node_is_there(const char *path, dev_t rdev)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == rdev;
}

bool serial_node_is_pty(dev_t rdev)
{
	return major(rdev) >= PTY_MAJOR_FIRST && major(rdev) <= PTY_MAJOR_LAST;
}

unsigned int serial_node_pty_index(dev_t rdev)
{
	return (major(rdev) - PTY_MAJOR_FIRST) * 256 + minor(rdev);
}

bool serial_node_marks_parity(dev_t rdev)
{
	char path[64], target[PATH_MAX];
	const char *name;
	ssize_t n;
	size_t i;

	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/device/driver", major(rdev), minor(rdev));
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return true;
	target[n] = '\0';
	name = strrchr(target, '/');
	name = name ? name + 1 : target;
	for (i = 0; i < sizeof(unmarked_drivers) / sizeof(unmarked_drivers[0]); i++)
		if (strcmp(name, unmarked_drivers[i]) == 0)
			return false;
	return true;
}

/* A name in /dev/serial/by-id outlives its adapter where udev does not run. */
static void tell_dangling(const char *path, struct err *e)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n > 0)
		err_append(e, "; it is a link to '%.*s': is the adapter plugged in?", (int)n, target);
}

int serial_node_open_error(const char *path, int sys, struct err *e)
{
	if (sys == EBUSY)
		return err_set(e, ERR_OPEN, "cannot open '%s': held by another program", path);
	if (serial_node_is_gone(sys)) {
		err_set(e, ERR_OPEN, "cannot open '%s': there is no device behind it", path);
		if (e)
			e->sys = sys;
		return -1;
	}
	if (sys == ENOTTY)
		return err_set(e, ERR_OPEN, "cannot open '%s': it is not a serial port", path);
	err_sys(e, ERR_OPEN, sys, "cannot open '%s'", path);
	if (sys == EACCES)
		err_append(e, "; join the group that owns it, usually dialout, and log in again");
	if (sys == ENOENT)
		tell_dangling(path, e);
	return -1;
}

/* A file that is no serial port, in words; NULL: it may be one. */
static const char *kind_of(const struct stat *st)
{
	static const struct { mode_t mode; const char *name; } kinds[] = {
		{ S_IFDIR, "a directory" }, { S_IFREG, "a regular file" }, { S_IFIFO, "a pipe" },
		{ S_IFSOCK, "a socket" }, { S_IFBLK, "a block device" },
	};
	/* Terminals of another sort (Documentation/admin-guide/devices.txt). */
	static const struct { unsigned int major, first, last; const char *name; } devices[] = {
		{ 4, 0, 63, "a virtual console" },
		{ 5, 0, 0, OWN_TERMINAL },
		{ 5, 2, 2, "the master of a pseudo-terminal" },
	};
	unsigned int maj = major(st->st_rdev), min = minor(st->st_rdev);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if ((st->st_mode & S_IFMT) == kinds[i].mode)
			return kinds[i].name;
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (maj == devices[i].major && min >= devices[i].first && min <= devices[i].last)
			return devices[i].name;
	return NULL;
}

static int refuse(const char *path, const char *what, struct err *e)
{
	return err_set(e, ERR_OPEN, "cannot open '%s': it is %s, not a serial port", path, what);
}

int serial_node_look(const char *path, struct stat *st, struct err *e)
{
	const char *kind;

	if (stat(path, st) < 0)
		return serial_node_open_error(path, errno, e);
	kind = kind_of(st);
	return kind ? refuse(path, kind, e) : 0;
}

int serial_node_check_terminal(const char *path, int fd, struct err *e)
{
	pid_t session;

	if (ioctl(fd, TIOCGSID, &session) < 0 || session != getsid(0))
		return 0;
	return refuse(path, OWN_TERMINAL, e);
}
