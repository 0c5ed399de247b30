/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <asm/termbits.h>
#include <errno.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <linux/serial.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "pins/gpio.h"
#include "ports/sim/board/sim_port.h"
#include "tests/lib/count.h"
#include "tests/unit/job/journal.h"
#include "tests/unit/job/opfault.h"
#include "tests/lib/quiet_check.h"

#define TTY_RDEV makedev(188, 79)	/* ttyUSB: no pseudo-terminal */
#define BUS_RDEV makedev(89, 79)

static struct machine {
	struct sim *sim;
	struct port *port;		/* the board's: its clock, its pins, and its UART */
	bool busy;			/* calls from here are the machine's own */
	int tty, bus;			/* descriptors; -1: not open */
	struct termios2 found, set;
	int found_flags, flags;		/* of struct serial_struct */
	nsec_t signal_at[MACHINE_SIGNALS];	/* 0: none is to come */
	int signal;
	bool exclusive;
	uint8_t in[1024];		/* what has come and was not read yet */
	size_t in_len;
} m;

/* The GPIO chip. */
static const char *const gpio_names[] = { "BOOT0", "NRST", "SPARE0", "SPARE1" };
#define GPIO_LINES (COUNT(gpio_names))

struct gpio_chip {
	unsigned int open;
};

struct gpio_line {
	int pin;
	unsigned int requested;
};

static struct gpio_chip the_chip;
static struct gpio_line the_lines[GPIO_LINES];

void machine_start(const char *board)
{
	struct port_cfg cfg = {
		.spec = board, .baud = 9600, .mode = SERIAL_MODE_8E1, .i2c_later = true,
	};
	struct err e = ERR_INIT;

	m = (struct machine){ .tty = -1, .bus = -1 };
	m.sim = sim_new(board, &e);
	ck_assert_msg(m.sim != NULL, "%s: %s", board, e.msg);
	m.port = sim_port(m.sim, &cfg, &e);
	ck_assert_msg(m.port != NULL, "%s: %s", board, e.msg);
	/* The settings that a getty leaves: 9600 8N1, cooked. */
	m.found.c_cflag = B9600 | CS8 | CREAD | HUPCL;
	m.found.c_ispeed = m.found.c_ospeed = 9600;
	m.found.c_lflag = ICANON | ECHO | ISIG;
	m.found.c_iflag = ICRNL;
	m.set = m.found;
	m.found_flags = m.flags = (int)(ASYNC_SPD_CUST | ASYNC_SKIP_TEST);
}

void machine_stop(void)
{
	port_close(m.port, NULL);
	ck_assert_int_eq(sim_free(m.sim, NULL), 0);
	m.sim = NULL;
	m.port = NULL;
}

struct chip *machine_chip(void)
{
	return sim_chip(m.sim);
}

bool machine_tty_is_restored(void)
{
	struct termios2 set = m.set;

	set.c_cflag |= HUPCL;		/* stays off, so that RTS and DTR keep their level */
	return !m.exclusive && m.flags == m.found_flags && memcmp(&set, &m.found, sizeof(set)) == 0;
}

bool machine_pins_are_free(void)
{
	bool is_free = the_chip.open == 0;

	for (size_t i = 0; i < GPIO_LINES; i++)
		is_free = is_free && the_lines[i].requested == 0;
	return is_free;
}

bool machine_is_busy(void)
{
	return m.busy;
}

bool machine_is_device(const char *path)
{
	return strcmp(path, MACHINE_TTY) == 0 || strcmp(path, MACHINE_BUS) == 0;
}

void machine_stat(const char *path, struct stat *st)
{
	*st = (struct stat){
		.st_mode = S_IFCHR | 0660,
		.st_rdev = strcmp(path, MACHINE_TTY) == 0 ? TTY_RDEV : BUS_RDEV,
	};
}

void machine_opened(const char *path, int fd)
{
	if (fd >= 0)
		journal_note(machine_now(), "open");
	else
		journal_note(machine_now(), "close%s", m.set.c_cflag & HUPCL ? "" : " no HUPCL");
	if (strcmp(path, MACHINE_TTY) == 0)
		m.tty = fd;
	else
		m.bus = fd;
}

bool machine_is_tty(int fd)
{
	return fd >= 0 && fd == m.tty;
}

bool machine_is_bus(int fd)
{
	return fd >= 0 && fd == m.bus;
}

/* ---- time ---- */

nsec_t machine_now(void)
{
	return port_now(m.port);
}

void machine_signals(int number, const nsec_t in[MACHINE_SIGNALS])
{
	m.signal = number;
	for (size_t i = 0; i < MACHINE_SIGNALS; i++)
		m.signal_at[i] = in[i] ? machine_now() + in[i] : 0;
}

/* @until, or when a signal comes before. */
static nsec_t next_signal(nsec_t until)
{
	for (size_t i = 0; i < MACHINE_SIGNALS; i++)
		if (m.signal_at[i] && m.signal_at[i] < until)
			until = m.signal_at[i];
	return until;
}

/* Whether a signal is due; it comes then. */
static bool signal_comes(void)
{
	for (size_t i = 0; i < MACHINE_SIGNALS; i++) {
		if (!m.signal_at[i] || machine_now() < m.signal_at[i])
			continue;
		m.signal_at[i] = 0;
		journal_note(machine_now(), "signal");
		op_signal(m.signal);
		return true;
	}
	return false;
}

void machine_sleep(nsec_t until)
{
	m.busy = true;
	port_sleep(m.port, until, NULL);
	m.busy = false;
}

bool machine_sleep_lightly(nsec_t until)
{
	machine_sleep(next_signal(until));
	return !signal_comes();
}

/* ---- the serial port ---- */

/* Bytes that arrive until then, as the line discipline hands them on: PARMRK doubles each FF. */
static void tty_listen(nsec_t until)
{
	uint8_t bytes[sizeof(m.in) / 2];
	ssize_t n;

	m.busy = true;
	n = port_read(m.port, bytes, sizeof(bytes), until, NULL, NULL);
	for (ssize_t i = 0; i < n; i++) {
		if (bytes[i] == 0xFF && (m.set.c_iflag & PARMRK))
			m.in[m.in_len++] = 0xFF;
		m.in[m.in_len++] = bytes[i];
	}
	m.busy = false;
}

ssize_t machine_read(void *buf, size_t len)
{
	size_t n = len < m.in_len ? len : m.in_len;

	if (!n) {
		errno = EAGAIN;
		return -1;
	}
	memcpy(buf, m.in, n);
	memmove(m.in, m.in + n, m.in_len - n);
	m.in_len -= n;
	return (ssize_t)n;
}

ssize_t machine_write(const void *buf, size_t len)
{
	m.busy = true;
	port_write(m.port, buf, len, 0, NULL);
	m.busy = false;
	return (ssize_t)len;
}

static void tty_set(const struct termios2 *t)
{
	m.set = *t;
	m.port->ops->set_baud(m.port, t->c_ospeed, NULL);
}

static void tty_set_lines(int lines, bool on)
{
	m.busy = true;
	if (lines & TIOCM_RTS)
		m.port->ops->set_line(m.port, PORT_RTS, on, NULL);
	if (lines & TIOCM_DTR)
		m.port->ops->set_line(m.port, PORT_DTR, on, NULL);
	m.busy = false;
	journal_note(machine_now(), "%s %d", lines & TIOCM_RTS ? "rts" : "dtr", on);
}

static void tty_set_break(bool on)
{
	m.busy = true;
	m.port->ops->set_line(m.port, PORT_BREAK, on, NULL);
	m.busy = false;
	journal_note(machine_now(), "break %d", on);
}

static void tty_set_flags(const struct serial_struct *ss)
{
	m.flags = ss->flags;
	journal_note(machine_now(), "latency %d", (ss->flags & (int)ASYNC_LOW_LATENCY) != 0);
}

static void tty_flush(void)
{
	m.busy = true;
	m.in_len = 0;
	port_discard(m.port, NULL);
	m.busy = false;
}

int machine_tty_ioctl(unsigned long request, void *arg)
{
	switch (request) {
	case TCGETS2:
		memcpy(arg, &m.set, sizeof(m.set));
		return 0;
	case TCSETS2: case TCSETSW2:
		tty_set(arg);
		return 0;
	case TCFLSH:
		tty_flush();
		return 0;
	case TCXONC:
		return 0;
	case TIOCOUTQ:
		*(int *)arg = 0;
		return 0;
	case TIOCEXCL: case TIOCNXCL:
		m.exclusive = request == TIOCEXCL;
		return 0;
	case TIOCGSERIAL:
		*(struct serial_struct *)arg = (struct serial_struct){ .flags = m.flags };
		return 0;
	case TIOCSSERIAL:
		tty_set_flags(arg);
		return 0;
	case TIOCSBRK: case TIOCCBRK:
		tty_set_break(request == TIOCSBRK);
		return 0;
	case TIOCMBIS: case TIOCMBIC:
		tty_set_lines(*(int *)arg, request == TIOCMBIS);
		return 0;
	}
	errno = EINVAL;
	return -1;
}

static nsec_t duration(const struct timespec *t)
{
	return t ? t->tv_sec * NSEC_PER_SEC + t->tv_nsec : 3600 * NSEC_PER_SEC;
}

/* What is no device of the machine's: the pipe that a signal wakes by. */
static int look_at(struct pollfd *fd)
{
	int n = fd->fd >= 0 ? poll(fd, 1, 0) : 0;

	return n > 0;
}

int machine_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *limit)
{
	nsec_t until = next_signal(machine_now() + duration(limit));
	int ready = 0;

	for (nfds_t i = 0; i < count; i++) {
		fds[i].revents = 0;
		if (!machine_is_tty(fds[i].fd)) {
			ready += look_at(&fds[i]);
			continue;
		}
		if ((fds[i].events & POLLIN) && !m.in_len)
			tty_listen(until);
		fds[i].revents = (short)(fds[i].events & (POLLOUT | (m.in_len ? POLLIN : 0)));
		ready += fds[i].revents != 0;
	}
	if (!ready)
		machine_sleep(until);
	if (!signal_comes())
		return ready;
	errno = EINTR;
	return -1;
}

/* ---- the I2C bus ---- */

static int bus_transfer(const struct i2c_msg *msg)
{
	nsec_t done = machine_now();
	int ret;

	m.busy = true;
	if (msg->flags & I2C_M_RD)
		ret = sim_i2c_read(m.sim, (uint8_t)msg->addr, msg->buf, msg->len, done, &done);
	else
		ret = sim_i2c_write(m.sim, (uint8_t)msg->addr, msg->buf, msg->len, done, &done);
	m.busy = false;
	machine_sleep(done);
	if (ret == 0)
		return 1;
	errno = -ret;
	return -1;
}

int machine_bus_ioctl(unsigned long request, void *arg)
{
	switch (request) {
	case I2C_FUNCS:
		*(unsigned long *)arg = I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
		return 0;
	case I2C_SLAVE:
		return 0;
	case I2C_TIMEOUT:
		sim_i2c_allow(m.sim, (nsec_t)(uintptr_t)arg * 10 * NSEC_PER_MSEC);
		return 0;
	case I2C_RDWR:
		return bus_transfer(((struct i2c_rdwr_ioctl_data *)arg)->msgs);
	}
	errno = EINVAL;
	return -1;
}

/* ---- the GPIO chip: the back end that the library is linked with in place of its own ---- */

static struct gpio_chip *machine_chip_open(const char *path, struct gpio_chip_info *info)
{
	(void)path;
	if (op_fails(OP_GPIO, "gpio chip_open"))
		return NULL;
	*info = (struct gpio_chip_info){ .name = "gpiochip0", .label = "pins",
					 .lines = GPIO_LINES };
	the_chip.open++;
	return &the_chip;
}

static void machine_chip_close(struct gpio_chip *chip)
{
	chip->open--;
}

static int machine_line_info(struct gpio_chip *chip, unsigned int offset,
			     struct gpio_line_info *info)
{
	(void)chip;
	*info = (struct gpio_line_info){ .output = false };
	strcpy(info->name, gpio_names[offset]);
	return op_fails(OP_GPIO, "gpio line_info") ? -1 : 0;
}

static struct gpio_line *machine_line_request(struct gpio_chip *chip, unsigned int offset,
					      const char *consumer)
{
	struct gpio_line *l = &the_lines[offset];

	(void)chip;
	(void)consumer;
	if (op_fails(OP_GPIO, "gpio line_request"))
		return NULL;
	l->requested++;
	journal_note(machine_now(), "%s asked", gpio_names[offset]);
	l->pin = m.port->ops->find_pin(m.port, gpio_names[offset], 0, NULL);
	return l;
}

static int machine_line_output(struct gpio_line *line, bool high)
{
	if (op_fails(OP_GPIO, "gpio line_output"))
		return -1;
	m.busy = true;
	m.port->ops->drive_pin(m.port, line->pin, high, NULL);
	m.busy = false;
	journal_note(machine_now(), "%s %d", gpio_names[line - the_lines], high);
	return 0;
}

static int machine_line_input(struct gpio_line *line)
{
	if (op_fails(OP_GPIO, "gpio line_input"))
		return -1;
	m.busy = true;
	sim_release_line(m.sim, gpio_names[line - the_lines], machine_now());
	m.busy = false;
	journal_note(machine_now(), "%s in", gpio_names[line - the_lines]);
	return 0;
}

static void machine_line_release(struct gpio_line *line)
{
	line->requested--;
	journal_note(machine_now(), "%s free", gpio_names[line - the_lines]);
}

const struct gpio_backend gpio_backend = {
	.chip_open = machine_chip_open,
	.chip_close = machine_chip_close,
	.line_info = machine_line_info,
	.line_request = machine_line_request,
	.line_output = machine_line_output,
	.line_input = machine_line_input,
	.line_release = machine_line_release,
};
