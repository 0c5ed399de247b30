/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ports/sim/pty.h"

/* A new terminal echoes and edits lines, which spoils what comes before the host has set it up. */
static int set_raw(int fd)
{
	struct termios2 t;

	if (ioctl(fd, TCGETS2, &t) < 0)
		return -1;
	t.c_iflag = 0;
	t.c_oflag = 0;
	t.c_lflag = 0;
	t.c_cflag = CS8 | CREAD | CLOCAL | B115200;
	t.c_ispeed = 115200;
	t.c_ospeed = 115200;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	return ioctl(fd, TCSETS2, &t);
}

static int open_master(struct pty *p, struct err *e)
{
	p->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (p->master < 0 || grantpt(p->master) < 0 || unlockpt(p->master) < 0 ||
	    ptsname_r(p->master, p->path, sizeof(p->path)))
		return err_sys(e, ERR_OTHER, errno, "cannot make a pseudo-terminal");
	return 0;
}

static int open_slave(struct pty *p, struct err *e)
{
	p->slave = open(p->path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	/* Others are to open it, too. */
	if (p->slave < 0 || set_raw(p->slave) < 0 || fchmod(p->slave, 0666) < 0)
		return err_sys(e, ERR_OTHER, errno, "cannot set up '%s'", p->path);
	return 0;
}

/* After open_slave, whose own opening is not to be counted. */
static int watch_hosts(struct pty *p, struct err *e)
{
	p->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (p->watch < 0 || inotify_add_watch(p->watch, p->path, IN_OPEN | IN_CLOSE) < 0)
		return err_sys(e, ERR_OTHER, errno, "cannot watch '%s'", p->path);
	return 0;
}

int pty_open(struct pty *p, struct err *e)
{
	*p = (struct pty){ .master = -1, .slave = -1, .watch = -1 };
	if (open_master(p, e) < 0 || open_slave(p, e) < 0 || watch_hosts(p, e) < 0) {
		pty_close(p);
		return -1;
	}
	return 0;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void pty_close(struct pty *p)
{
	close_fd(p->watch);
	close_fd(p->slave);
	close_fd(p->master);
}

unsigned int pty_baud(const struct pty *p)
{
	struct termios2 t;

	if (ioctl(p->slave, TCGETS2, &t) < 0 || (t.c_cflag & CBAUD) == B0)
		return 0;
	return t.c_ospeed;
}

size_t pty_read(struct pty *p, uint8_t *buf, size_t len)
{
	ssize_t n = read(p->master, buf, len);

	return n > 0 ? (size_t)n : 0;
}

void pty_write(struct pty *p, const uint8_t *buf, size_t len)
{
	while (len) {
		ssize_t n = write(p->master, buf, len);

		if (n <= 0)
			return;
		buf += n;
		len -= (size_t)n;
	}
}

/* Two openings in a row may be told as one, so that the count can be too low, but not for long. */
static bool count_host(struct pty *p, const struct inotify_event *ev)
{
	if (ev->mask & IN_OPEN)
		return p->hosts++ == 0;
	return p->hosts == 0 || --p->hosts == 0;
}

bool pty_changed_hands(struct pty *p)
{
	struct inotify_event ev[16];		/* without names: a single file is watched */
	ssize_t n = read(p->watch, ev, sizeof(ev));
	bool changed = false;
	ssize_t i;

	for (i = 0; i < n / (ssize_t)sizeof(ev[0]); i++)
		changed |= count_host(p, &ev[i]);
	if (changed && !p->hosts)
		ioctl(p->slave, TIOCNXCL);
	return changed;
}

void pty_flush(struct pty *p)
{
	ioctl(p->slave, TCFLSH, TCIFLUSH);
}
