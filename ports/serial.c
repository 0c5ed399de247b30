/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A serial port of Linux. The kernel's own struct termios2 takes any integer rate; its header
 * clashes with <termios.h>, so that everything here is done with ioctls.
 */
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/poll.h"
#include "ports/serial.h"
#include "ports/parmrk.h"
#include "ports/port_lock.h"
#include "ports/serial_node.h"
#include "ports/users.h"

/*
 * The time that close waits for output to leave, beyond its time on the wire: a USB adapter may
 * keep it for so long.
 */
#define DRAIN_SLACK (500 * NSEC_PER_MSEC)

/* How far a rate may be off, in thousandths (AN3155, Choosing the USARTx baud rate). */
#define RATE_TOLERANCE 25LL

struct serial {
	struct port port;
	char *path;
	int fd;
	dev_t rdev;
	bool pty;
	struct port_lock lock;
	bool exclusive;			/* TIOCEXCL was set and is to be undone */
	struct stop *stop;
	nsec_t stop_seen;		/* when a signal was first noticed; 0: not yet */
	bool marked;			/* input comes with PARMRK's marks */
	struct parmrk parmrk;
	bool changed;			/* saved is to be put back */
	struct termios2 saved;
	bool latency_changed;		/* saved_flags likewise */
	int saved_flags;
};

static struct serial *serial_of(struct port *p)
{
	return (struct serial *)p;
}

/* Time */

static nsec_t serial_now(struct port *p)
{
	struct timespec ts;

	(void)p;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/*
 * Polls until @until, which may lie in the past. Returns as ppoll; 0 also when a signal cut it
 * short.
 */
static int serial_poll(struct serial *s, struct pollfd *fds, nfds_t count, nsec_t until)
{
	nsec_t left = until - serial_now(&s->port);
	struct timespec ts = { 0 };
	int n;

	if (left > 0) {
		ts.tv_sec = (time_t)(left / NSEC_PER_SEC);
		ts.tv_nsec = (long)(left % NSEC_PER_SEC);
	}
	n = poll_for(fds, count, &ts, NULL);
	return n < 0 && (errno == EINTR || errno == EAGAIN) ? 0 : n;
}

/* Readable when a signal comes; polling ignores -1. */
static int serial_wake_fd(const struct serial *s)
{
	return s->stop ? s->stop->wake[0] : -1;
}

/* Empties the pipe, so that it wakes again for the next signal only. */
static void serial_drain_wake(const struct serial *s)
{
	char buf[16];

	while (read(serial_wake_fd(s), buf, sizeof(buf)) > 0)
		;
}

/* @sys: errno, or 0 for an end of file. */
static int serial_fails(const struct serial *s, int sys, struct err *e)
{
	if (sys != 0 && !serial_node_is_gone(sys))
		return err_sys(e, ERR_GONE, sys, "the port fails");
	if (serial_node_is_there(s->path, s->rdev))
		return err_set(e, ERR_GONE,
			       "the port vanished, or another program hung it up");
	return err_set(e, ERR_GONE, "the port vanished");
}

/*
 * Waits until @events are there. Returns 1; 0 at @until; -1 with @e set: ERR_GONE, or ERR_SIGNAL by
 * the rule of stop.h. Events that are there already count even after @until.
 */
static int serial_wait(struct serial *s, short events, nsec_t until, struct err *e)
{
	struct pollfd fds[2] = {
		{ .fd = s->fd, .events = events }, { .fd = serial_wake_fd(s), .events = POLLIN },
	};
	nsec_t limit = until;

	for (;;) {
		int signals = s->stop ? s->stop->count : 0;

		if (signals > 1)
			return stop_check(s->stop, e);
		if (signals && !s->stop_seen)
			s->stop_seen = serial_now(&s->port);
		if (signals && s->stop_seen + STOP_GRACE_NS < until)
			limit = s->stop_seen + STOP_GRACE_NS;
		if (serial_poll(s, fds, 2, limit) < 0)
			return serial_fails(s, errno, e);
		if (fds[0].revents & events)
			return 1;
		if (fds[0].revents)
			return serial_fails(s, 0, e);
		if (fds[1].revents)
			serial_drain_wake(s);
		else if (serial_now(&s->port) >= limit)
			return limit < until ? stop_check(s->stop, e) : 0;
	}
}

/* Input and output */

static bool serial_is_transient(int sys)
{
	return sys == EAGAIN || sys == EINTR;
}

static ssize_t serial_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			   struct err *e)
{
	struct serial *s = serial_of(p);
	size_t first_bad, got;
	ssize_t n;
	int ready;

	if (bad)
		*bad = 0;
	for (;;) {
		ready = serial_wait(s, POLLIN, until, e);
		if (ready <= 0)
			return ready;
		n = read(s->fd, buf, len);
		if (n < 0 && serial_is_transient(errno))
			continue;
		if (n <= 0)
			return serial_fails(s, n < 0 ? errno : 0, e);
		first_bad = got = (size_t)n;
		if (s->marked)
			got = parmrk_decode(&s->parmrk, buf, got, &first_bad);
		if (!got)
			continue;
		if (bad)
			*bad = first_bad;
		return (ssize_t)got;
	}
}

static int serial_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct serial *s = serial_of(p);
	const uint8_t *at = buf, *end = at + len;
	ssize_t n;
	int ready;

	if (s->stop && s->stop->count > 1)
		return stop_check(s->stop, e);
	/* There is room for a frame as a rule: it is asked for only where there was not. */
	while (at < end) {
		n = write(s->fd, at, (size_t)(end - at));
		if (n > 0) {
			at += n;
			continue;
		}
		if (n == 0 || !serial_is_transient(errno))
			return serial_fails(s, n < 0 ? errno : 0, e);
		ready = serial_wait(s, POLLOUT, until, e);
		if (ready < 0)
			return -1;
		if (!ready)
			return err_set(e, ERR_TIMEOUT,
				       "the port took only %zu of %zu bytes in time; has another "
				       "program stopped its output (^S)",
				       (size_t)(at - (const uint8_t *)buf), len);
	}
	return 0;
}

static int serial_discard(struct port *p, struct err *e)
{
	struct serial *s = serial_of(p);

	s->parmrk.pending = 0;
	if (ioctl(s->fd, TCFLSH, TCIFLUSH) < 0)
		return serial_fails(s, errno, e);
	return 0;
}

/* Sleeps on after signals. */
static int serial_sleep_deaf(nsec_t until)
{
	struct timespec t = { until / NSEC_PER_SEC, until % NSEC_PER_SEC };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
	return 0;
}

static int serial_sleep(struct port *p, nsec_t until, struct err *e)
{
	struct serial *s = serial_of(p);
	struct pollfd wake = { .fd = serial_wake_fd(s), .events = POLLIN };

	if (p->deaf)
		return serial_sleep_deaf(until);
	while (stop_check(s->stop, e) == 0) {
		if (serial_now(p) >= until)
			return 0;
		if (serial_poll(s, &wake, 1, until) < 0)
			return serial_fails(s, errno, e);
	}
	return -1;
}

static int serial_set_line(struct port *p, enum port_line which, bool on, struct err *e)
{
	static const char *const names[] = { "RTS", "DTR", "BREAK" };
	struct serial *s = serial_of(p);
	int bit = which == PORT_RTS ? TIOCM_RTS : TIOCM_DTR, ret;

	if (which == PORT_BREAK)
		ret = ioctl(s->fd, on ? TIOCSBRK : TIOCCBRK, 0);
	else
		ret = ioctl(s->fd, on ? TIOCMBIS : TIOCMBIC, &bit);
	if (ret == 0)
		return 0;
	if (serial_node_is_gone(errno))
		return serial_fails(s, errno, e);
	return err_sys(e, ERR_OPEN, errno, "'%s' does not drive its %s", s->path, names[which]);
}

/* Settings */

static const tcflag_t size_flags[] = { CS5, CS6, CS7, CS8 };

static struct serial_line line_of(const struct termios2 *t)
{
	struct serial_line l = { .baud = t->c_ospeed, .mode = { 8, 'n', 1 } };
	unsigned char i;

	for (i = 0; i < 4; i++)
		if ((t->c_cflag & CSIZE) == size_flags[i])
			l.mode.bits = (unsigned char)(5 + i);
	if (t->c_cflag & PARENB)
		l.mode.parity = t->c_cflag & PARODD ? 'o' : 'e';
	if (t->c_cflag & CSTOPB)
		l.mode.stop = 2;
	return l;
}

/* Raw, without flow control; sets flags that another program may have cleared. */
static void line_apply(struct termios2 *t, const struct serial_line *l, bool marked)
{
	t->c_iflag = marked ? INPCK | PARMRK : 0;
	t->c_oflag = 0;
	t->c_lflag = 0;
	t->c_cflag &= ~(tcflag_t)(CSIZE | PARENB | PARODD | CMSPAR | CSTOPB | CRTSCTS | CBAUD |
				  (CBAUD << IBSHIFT));
	t->c_cflag |= BOTHER | CREAD | CLOCAL | size_flags[l->mode.bits - 5];
	if (l->mode.parity != 'n')
		t->c_cflag |= PARENB;
	if (l->mode.parity == 'o')
		t->c_cflag |= PARODD;
	if (l->mode.stop == 2)
		t->c_cflag |= CSTOPB;
	t->c_ispeed = t->c_ospeed = l->baud;
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
}

int serial_line_check(const char *path, const struct serial_line *asked,
		      const struct serial_line *got, bool pty, struct err *e)
{
	const struct serial_mode *a = &asked->mode, *g = &got->mode;
	int64_t off = llabs((int64_t)got->baud - asked->baud);

	if (!pty && a->parity != 'n' && g->parity == 'n')
		return err_set(e, ERR_OPEN,
			       "'%s' cannot do parity, which mode %u%c%u needs: the mini-UART of a "
			       "Raspberry Pi has none; use the PL011 (dtoverlay=disable-bt or "
			       "miniuart-bt in config.txt) or a USB adapter",
			       path, a->bits, a->parity, a->stop);
	if (!pty && (a->bits != g->bits || a->parity != g->parity || a->stop != g->stop))
		return err_set(e, ERR_OPEN, "'%s' cannot do mode %u%c%u: its driver made it %u%c%u",
			       path, a->bits, a->parity, a->stop, g->bits, g->parity, g->stop);
	if (off * 1000 > asked->baud * RATE_TOLERANCE)
		return err_set(e, ERR_OPEN, "'%s' cannot do %u baud: its driver made it %u",
			       path, asked->baud, got->baud);
	return 0;
}

static int serial_configure(struct serial *s, const struct port_cfg *cfg, bool marked,
			    struct err *e)
{
	struct serial_line asked = { .baud = cfg->baud, .mode = cfg->mode }, got;
	struct termios2 t = s->saved;

	if (cfg->baud) {
		line_apply(&t, &asked, marked);
		s->changed = true;
		if (ioctl(s->fd, TCSETS2, &t) < 0 || ioctl(s->fd, TCGETS2, &t) < 0)
			return err_sys(e, ERR_OPEN, errno, "cannot set up '%s'", s->path);
	} else if (t.c_lflag & ICANON) {
		return err_set(e, ERR_OPEN, "'%s' is not in raw mode, and rate 0 leaves it so: "
			       "run 'stty raw -echo' on it first, or name a rate", s->path);
	}
	got = line_of(&t);
	if (cfg->baud && serial_line_check(s->path, &asked, &got, s->pty, e) < 0)
		return -1;
	s->marked = t.c_iflag & PARMRK;
	s->port.baud = got.baud;
	s->port.mode = s->pty ? cfg->mode : got.mode;
	s->port.caps = PORT_STREAM;
	if (s->marked && (t.c_iflag & INPCK) && got.mode.parity != 'n')
		s->port.caps |= PORT_PARITY;
	return 0;
}

static int serial_set_baud(struct port *p, unsigned int baud, struct err *e)
{
	struct serial *s = serial_of(p);
	struct port_cfg cfg = { .baud = baud, .mode = p->mode };

	return serial_configure(s, &cfg, s->marked, e);
}

/*
 * Has USB adapters hand over their input at once instead of every 16 ms. Drivers that do not know
 * this refuse it, which does no harm.
 */
static void serial_low_latency(struct serial *s)
{
	struct serial_struct ss;

	if (ioctl(s->fd, TIOCGSERIAL, &ss) < 0 || (ss.flags & ASYNC_LOW_LATENCY))
		return;
	s->saved_flags = ss.flags;
	ss.flags |= (int)ASYNC_LOW_LATENCY;
	s->latency_changed = ioctl(s->fd, TIOCSSERIAL, &ss) == 0;
}

static void serial_restore_latency(struct serial *s)
{
	struct serial_struct ss;

	if (!s->latency_changed || ioctl(s->fd, TIOCGSERIAL, &ss) < 0)
		return;
	ss.flags = s->saved_flags;
	ioctl(s->fd, TIOCSSERIAL, &ss);
}

static void serial_find_users(struct port *p, struct port_users *u)
{
	users_find(serial_of(p)->fd, PROC_DIR, u);
}

/* Opening and closing */

static enum port_wire serial_match(const char *spec)
{
	bool is_path = strchr(spec, '/') || !strchr(spec, ':') || access(spec, F_OK) == 0;

	return is_path ? WIRE_SERIAL : WIRE_NONE;
}

static int serial_start(struct serial *s, const struct port_cfg *cfg, const char *lock_dir,
			struct err *e)
{
	struct stat st;
	bool marked;

	if (serial_node_look(s->path, &st, e) < 0)
		return -1;
	if (port_lock_take(&s->lock, lock_dir, s->path, NULL, e) < 0)
		return -1;
	s->fd = open(s->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (s->fd < 0)
		return serial_node_open_error(s->path, errno, e);
	s->rdev = st.st_rdev;
	s->pty = serial_node_is_pty(st.st_rdev);
	if (port_lock_fd(s->fd, s->path, !s->pty, e) < 0)
		return -1;
	s->exclusive = !s->pty;
	if (ioctl(s->fd, TCGETS2, &s->saved) < 0)
		return serial_node_open_error(s->path, errno, e);
	if (serial_node_check_terminal(s->path, s->fd, e) < 0)
		return -1;
	marked = cfg->mode.parity != 'n' && !s->pty && serial_node_marks_parity(st.st_rdev);
	if (serial_configure(s, cfg, marked, e) < 0)
		return -1;
	if (cfg->baud) {
		serial_low_latency(s);
		/* An earlier program may have stopped it: nobody would start it again. */
		ioctl(s->fd, TCXONC, TCOON);
	}
	return 0;
}

/*
 * Waits for output to leave. A line that takes nothing is not waited for: its output is thrown
 * away.
 */
static void serial_drain(struct serial *s)
{
	struct timespec ms = { .tv_nsec = NSEC_PER_MSEC };
	nsec_t until = 0;
	int queued;

	while (ioctl(s->fd, TIOCOUTQ, &queued) == 0 && queued > 0) {
		if (!until)
			until = serial_now(&s->port) + DRAIN_SLACK +
				port_wire_time(&s->port, (size_t)queued);
		if (serial_now(&s->port) >= until) {
			ioctl(s->fd, TCFLSH, TCOFLUSH);
			return;
		}
		nanosleep(&ms, NULL);
	}
}

static int serial_restore(struct serial *s, struct err *e)
{
	if (!s->changed)
		return 0;
	serial_drain(s);
	/* The last close drops RTS and DTR where HUPCL is set. */
	if (s->port.keep_lines)
		s->saved.c_cflag &= ~(tcflag_t)HUPCL;
	/*
	 * TCSETSW2 also waits for the hardware's own buffer, which is short. A signal may cut that.
	 */
	if (ioctl(s->fd, TCSETSW2, &s->saved) == 0 || ioctl(s->fd, TCSETS2, &s->saved) == 0)
		return 0;
	if (serial_node_is_gone(errno))	/* there is nothing left to put back */
		return 0;
	return err_sys(e, ERR_OTHER, errno, "cannot put the settings of '%s' back", s->path);
}

static int serial_close(struct port *p, struct err *e)
{
	struct serial *s = serial_of(p);
	int ret = 0;

	if (s->fd >= 0) {
		ret = serial_restore(s, e);
		serial_restore_latency(s);
		if (s->exclusive)
			port_unlock_fd(s->fd);
		close(s->fd);
	}
	port_lock_drop(&s->lock);
	free(s->path);
	free(s);
	return ret;
}

struct port *serial_open_in(const struct port_cfg *cfg, const char *lock_dir, struct err *e)
{
	struct serial *s = calloc(1, sizeof(*s));

	if (s)
		s->path = strdup(cfg->spec);
	if (!s || !s->path) {
		free(s);
		err_sys(e, ERR_OTHER, ENOMEM, "cannot open '%s'", cfg->spec);
		return NULL;
	}
	s->port.ops = &port_serial;
	s->fd = -1;
	s->lock = PORT_LOCK_INIT;
	s->stop = cfg->stop;
	if (serial_start(s, cfg, lock_dir, e) == 0)
		return &s->port;
	serial_close(&s->port, NULL);
	return NULL;
}

static struct port *serial_open(const struct port_cfg *cfg, struct err *e)
{
	return serial_open_in(cfg, PORT_LOCK_DIR, e);
}

/* A stray word must not begin a job on the other ports. */
static int serial_check(const char *spec, struct err *e)
{
	if (strchr(spec, '/') || access(spec, F_OK) == 0)
		return 0;
	return err_set(e, ERR_USAGE, "'%s' is no PORT: there is no such file, and PORTs are paths", spec);
}

const struct port_ops port_serial = {
	.match = serial_match,
	.check = serial_check,
	.open = serial_open,
	.read = serial_read,
	.write = serial_write,
	.discard = serial_discard,
	.sleep = serial_sleep,
	.set_line = serial_set_line,
	.set_baud = serial_set_baud,
	.now = serial_now,
	.find_users = serial_find_users,
	.close = serial_close,
};
