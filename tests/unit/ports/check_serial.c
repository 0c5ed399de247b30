/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The serial port on pseudo-terminals, and the parts of it that need no port at all. */
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ports/parmrk.h"
#include "ports/serial.h"
#include "ports/table.h"
#include "tests/lib/runner.h"
#include "tests/lib/tty_help.h"

#define MODE(bits, parity, stop) { bits, parity, stop }

/* Character formats */

static const struct {
	const char *text;
	int ret;
	struct serial_mode mode;
	unsigned int bits;
} modes[] = {
	{ "8e1", 0, MODE(8, 'e', 1), 11 },
	{ "8E1", 0, MODE(8, 'e', 1), 11 },
	{ "8n1", 0, MODE(8, 'n', 1), 10 },
	{ "7O2", 0, MODE(7, 'o', 2), 11 },
	{ "5n2", 0, MODE(5, 'n', 2), 8 },
	{ "", -1, MODE(0, 0, 0), 0 },
	{ "8e", -1, MODE(0, 0, 0), 0 },
	{ "8e11", -1, MODE(0, 0, 0), 0 },
	{ "4e1", -1, MODE(0, 0, 0), 0 },
	{ "9e1", -1, MODE(0, 0, 0), 0 },
	{ "8x1", -1, MODE(0, 0, 0), 0 },
	{ "8e0", -1, MODE(0, 0, 0), 0 },
	{ "8e3", -1, MODE(0, 0, 0), 0 },
	{ " 8e1", -1, MODE(0, 0, 0), 0 },
};

START_TEST(mode_is_parsed_or_refused)
{
	struct serial_mode m = MODE(0, 0, 0), want = modes[_i].mode;

	ck_assert_msg(serial_mode_parse(modes[_i].text, &m) == modes[_i].ret, "'%s'",
		      modes[_i].text);
	ck_assert_msg(m.bits == want.bits && m.parity == want.parity && m.stop == want.stop,
		      "'%s' gave %u, %d, %u", modes[_i].text, m.bits, m.parity, m.stop);
	if (modes[_i].ret == 0)
		ck_assert_uint_eq(serial_mode_bits(m), modes[_i].bits);
}
END_TEST

START_TEST(wire_time_is_that_of_all_bits)
{
	struct port p = { .caps = PORT_STREAM, .baud = 110, .mode = SERIAL_MODE_8E1 };

	ck_assert_int_eq(port_wire_time(&p, 10), NSEC_PER_SEC);
	p.baud = 0;
	ck_assert_int_eq(port_wire_time(&p, 10), 0);
	/* A chip's worth of bytes at the lowest rate does not overflow. */
	p.baud = 1200;
	ck_assert_int_eq(port_wire_time(&p, 1u << 24), (11LL << 24) * NSEC_PER_SEC / 1200);
}
END_TEST

/* Start, address and ACK, 256 bytes each with its ACK, stop. */
START_TEST(wire_time_of_a_transaction_counts_start_acks_and_stop)
{
	struct port p = { .clock_hz = 400000 };

	ck_assert_int_eq(port_wire_time(&p, 256), (1 + 9 + 256 * 9 + 1) * NSEC_PER_SEC / 400000);
	p.clock_hz = 0;
	ck_assert_int_eq(port_wire_time(&p, 1), 20 * NSEC_PER_SEC / 100000);
}
END_TEST

/* Parity marks */

#define BYTES(...) { __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })
#define CLEAN 99	/* no byte is marked */

static const struct {
	const char *what;
	uint8_t raw[12];
	size_t raw_len;
	uint8_t out[12];
	size_t out_len;
	size_t bad;
} parmrk_cases[] = {
	{ "plain", BYTES(0x79, 0x00, 0x1F), BYTES(0x79, 0x00, 0x1F), CLEAN },
	{ "a byte ff", BYTES(0xFF, 0xFF), BYTES(0xFF), CLEAN },
	{ "ff 00 as data", BYTES(0xFF, 0xFF, 0x00), BYTES(0xFF, 0x00), CLEAN },
	{ "four ff", BYTES(0xFF, 0xFF, 0xFF, 0xFF), BYTES(0xFF, 0xFF), CLEAN },
	{ "marked", BYTES(0x12, 0xFF, 0x00, 0x79, 0x34), BYTES(0x12, 0x79, 0x34), 1 },
	{ "marked ff", BYTES(0xFF, 0x00, 0xFF, 0x55), BYTES(0xFF, 0x55), 0 },
	{ "break", BYTES(0x79, 0xFF, 0x00, 0x00), BYTES(0x79, 0x00), 1 },
	{ "two marked", BYTES(0x01, 0xFF, 0x00, 0x02, 0xFF, 0x00, 0x03), BYTES(0x01, 0x02, 0x03),
	  1 },
	{ "ff, then marked ff", BYTES(0xFF, 0xFF, 0xFF, 0x00, 0xFF), BYTES(0xFF, 0xFF), 1 },
	{ "impossible", BYTES(0xFF, 0x41, 0x42), BYTES(0x41, 0x42), 0 },
};

/* Each case in two pieces, cut at every place, the ends included. */
START_TEST(marked_bytes_are_decoded_wherever_they_are_cut)
{
	size_t cut, raw_len = parmrk_cases[_i].raw_len, want_len = parmrk_cases[_i].out_len;

	for (cut = 0; cut <= raw_len; cut++) {
		struct parmrk s = { 0 };
		size_t n, bad, first_bad = CLEAN, m;
		uint8_t buf[12], out[12];

		memcpy(buf, parmrk_cases[_i].raw, cut);
		n = parmrk_decode(&s, buf, cut, &bad);
		memcpy(out, buf, n);
		if (bad < n)
			first_bad = bad;
		memcpy(buf, parmrk_cases[_i].raw + cut, raw_len - cut);
		m = parmrk_decode(&s, buf, raw_len - cut, &bad);
		memcpy(out + n, buf, m);
		if (bad < m && first_bad == CLEAN)
			first_bad = n + bad;
		ck_assert_msg(n + m == want_len && !memcmp(out, parmrk_cases[_i].out, want_len),
			      "%s, cut at %zu: wrong bytes", parmrk_cases[_i].what, cut);
		ck_assert_msg(first_bad == parmrk_cases[_i].bad, "%s, cut at %zu: %zu is marked",
			      parmrk_cases[_i].what, cut, first_bad);
		ck_assert_uint_eq(s.pending, 0);
	}
}
END_TEST

/* Settings, and how drivers change them */

static const struct {
	struct serial_line asked, got;
	bool pty;
	const char *says;		/* NULL: all right */
} line_cases[] = {
	{ { 115200, MODE(8, 'e', 1) }, { 115200, MODE(8, 'e', 1) }, false, NULL },
	{ { 115200, MODE(8, 'e', 1) }, { 115384, MODE(8, 'e', 1) }, false, NULL },
	{ { 1000000, MODE(8, 'e', 1) }, { 1025000, MODE(8, 'e', 1) }, false, NULL },
	{ { 1000000, MODE(8, 'e', 1) }, { 975000, MODE(8, 'e', 1) }, false, NULL },
	{ { 1000000, MODE(8, 'e', 1) }, { 1025001, MODE(8, 'e', 1) }, false,
	  "'tty' cannot do 1000000 baud: its driver made it 1025001" },
	{ { 1000000, MODE(8, 'e', 1) }, { 974999, MODE(8, 'e', 1) }, true,
	  "'tty' cannot do 1000000 baud: its driver made it 974999" },
	{ { 4000000, MODE(8, 'n', 1) }, { 0, MODE(8, 'n', 1) }, false,
	  "'tty' cannot do 4000000 baud: its driver made it 0" },
	{ { 115200, MODE(8, 'e', 1) }, { 115200, MODE(8, 'n', 1) }, true, NULL },
	{ { 115200, MODE(8, 'e', 1) }, { 115200, MODE(8, 'n', 1) }, false,
	  "'tty' cannot do parity, which mode 8e1 needs: the mini-UART of a Raspberry Pi has none; "
	  "use the PL011 (dtoverlay=disable-bt or miniuart-bt in config.txt) or a USB adapter" },
	{ { 115200, MODE(8, 'n', 1) }, { 115200, MODE(8, 'n', 1) }, false, NULL },
	{ { 115200, MODE(5, 'n', 2) }, { 115200, MODE(7, 'n', 1) }, false,
	  "'tty' cannot do mode 5n2: its driver made it 7n1" },
	{ { 115200, MODE(8, 'o', 1) }, { 115200, MODE(8, 'e', 1) }, false,
	  "'tty' cannot do mode 8o1: its driver made it 8e1" },
};

START_TEST(setting_that_was_not_made_is_told)
{
	struct err e = ERR_INIT;
	int ret = serial_line_check("tty", &line_cases[_i].asked, &line_cases[_i].got,
				    line_cases[_i].pty, &e);

	ck_assert_int_eq(ret, line_cases[_i].says ? -1 : 0);
	ck_assert_int_eq(e.code, line_cases[_i].says ? ERR_OPEN : ERR_NONE);
	ck_assert_str_eq(e.msg, line_cases[_i].says ? line_cases[_i].says : "");
}
END_TEST

/* A port on a pseudo-terminal */

static struct pty pty;
static char dir[128];
static struct stop stop;

static void setup(void)
{
	pty_make(&pty);
	dir_make(dir, sizeof(dir));
	stop = (struct stop)STOP_INIT;
	ck_assert_int_eq(pipe2(stop.wake, O_NONBLOCK | O_CLOEXEC), 0);
}

static void teardown(void)
{
	close(stop.wake[0]);
	close(stop.wake[1]);
	if (pty.far >= 0)
		close(pty.far);
	ck_assert_msg(rmdir(dir) == 0, "a lock file was left behind");
}

static struct port *open_with(const char *path, unsigned int baud, struct serial_mode mode,
			      struct err *e)
{
	struct port_cfg cfg = { .spec = path, .baud = baud, .mode = mode, .stop = &stop };

	return serial_open_in(&cfg, dir, e);
}

static struct port *open_pty(void)
{
	struct err e = ERR_INIT;
	struct port *p = open_with(pty.path, 115200, SERIAL_MODE_8E1, &e);

	ck_assert_msg(p != NULL, "%s", e.msg);
	return p;
}

static void close_port(struct port *p)
{
	struct err e = ERR_INIT;

	ck_assert_msg(port_close(p, &e) == 0, "%s", e.msg);
}

/* Settings seen from the far end: a pseudo-terminal has one set for both. */
static void tty_get(struct termios2 *t)
{
	memset(t, 0, sizeof(*t));
	ck_assert_int_eq(ioctl(pty.far, TCGETS2, t), 0);
}

static void tty_set(const struct termios2 *t)
{
	ck_assert_int_eq(ioctl(pty.far, TCSETS2, t), 0);
}

START_TEST(settings_are_made_and_put_back)
{
	struct termios2 before, during, after;
	struct port *p;

	tty_get(&before);
	before.c_cflag |= CSTOPB | PARODD | CRTSCTS | HUPCL;
	before.c_iflag |= IXON | ICRNL | INPCK | ISTRIP;
	before.c_cc[VMIN] = 5;
	tty_set(&before);
	tty_get(&before);

	p = open_with(pty.path, 123457, SERIAL_MODE_8E1, NULL);
	ck_assert_ptr_nonnull(p);
	tty_get(&during);
	ck_assert_uint_eq(during.c_ospeed, 123457);
	ck_assert_uint_eq(during.c_ispeed, 123457);
	ck_assert_uint_eq(during.c_lflag | during.c_oflag | during.c_iflag, 0);
	ck_assert_uint_eq(during.c_cflag & (CSTOPB | PARODD | CRTSCTS), 0);
	ck_assert_uint_eq(during.c_cflag & (CLOCAL | CREAD | HUPCL), CLOCAL | CREAD | HUPCL);
	ck_assert_uint_eq(p->baud, 123457);
	ck_assert_uint_eq(p->mode.parity, 'e');
	ck_assert_uint_eq(p->caps, PORT_STREAM);
	close_port(p);

	tty_get(&after);
	ck_assert_mem_eq(&before, &after, sizeof(before));
}
END_TEST

START_TEST(odd_parity_and_two_stop_bits_are_set)
{
	struct port *p = open_with(pty.path, 9600, (struct serial_mode)MODE(8, 'o', 2), NULL);
	struct termios2 t;

	ck_assert_ptr_nonnull(p);
	tty_get(&t);
	ck_assert_uint_eq(t.c_cflag & (CSTOPB | PARODD), CSTOPB | PARODD);
	close_port(p);
}
END_TEST

START_TEST(rate_0_leaves_settings_alone)
{
	struct termios2 before, during;
	struct err e = ERR_INIT;
	struct port *p;

	p = open_with(pty.path, 0, SERIAL_MODE_8E1, &e);
	ck_assert_msg(!p && e.code == ERR_OPEN && strstr(e.msg, "stty raw"), "%s", e.msg);

	tty_get(&before);
	before.c_lflag = 0;
	before.c_cflag &= ~(tcflag_t)CBAUD;
	before.c_cflag |= BOTHER;
	before.c_ispeed = before.c_ospeed = 54321;
	tty_set(&before);
	tty_get(&before);
	p = open_with(pty.path, 0, SERIAL_MODE_8E1, &e);
	ck_assert_msg(p != NULL, "%s", e.msg);
	tty_get(&during);
	ck_assert_mem_eq(&before, &during, sizeof(before));
	ck_assert_uint_eq(p->baud, 54321);
	close_port(p);
	tty_get(&during);
	ck_assert_mem_eq(&before, &during, sizeof(before));
}
END_TEST

static void far_send(const void *buf, size_t len)
{
	ck_assert_int_eq(write(pty.far, buf, len), (ssize_t)len);
}

static nsec_t soon(struct port *p)
{
	return port_now(p) + 100 * NSEC_PER_MSEC;
}

/* Long enough that only what is waited for can end it. */
static nsec_t far_off(struct port *p)
{
	return port_now(p) + 3600 * NSEC_PER_SEC;
}

static void read_all(struct port *p, uint8_t *buf, size_t len)
{
	struct err e = ERR_INIT;
	size_t got = 0, bad;
	ssize_t n;

	while (got < len) {
		n = port_read(p, buf + got, len - got, far_off(p), &bad, &e);
		ck_assert_msg(n > 0, "%s", e.msg);
		ck_assert_msg(bad == (size_t)n, "nothing can be marked here");
		got += (size_t)n;
	}
}

START_TEST(every_byte_passes_both_ways)
{
	struct port *p = open_pty();
	uint8_t all[256], back[256];
	size_t i, got;
	ssize_t n;

	for (i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)i;
	far_send(all, sizeof(all));
	read_all(p, back, 1);
	read_all(p, back + 1, sizeof(back) - 1);
	ck_assert_mem_eq(all, back, sizeof(all));

	ck_assert_int_eq(port_write(p, all, sizeof(all), far_off(p), NULL), 0);
	memset(back, 0, sizeof(back));
	for (got = 0; got < sizeof(back); got += (size_t)n) {
		n = read(pty.far, back + got, sizeof(back) - got);
		ck_assert_int_gt(n, 0);
	}
	ck_assert_mem_eq(all, back, sizeof(all));
	close_port(p);
}
END_TEST

START_TEST(read_and_sleep_end_at_their_deadline)
{
	struct port *p = open_pty();
	struct err e = ERR_INIT;
	nsec_t until = soon(p);
	size_t bad = 7;
	uint8_t byte;

	ck_assert_int_eq(port_read(p, &byte, 1, until, &bad, &e), 0);
	ck_assert_uint_eq(bad, 0);
	ck_assert_int_ge(port_now(p), until);
	ck_assert_int_eq(port_sleep(p, until, &e), 0);
	until = soon(p);
	ck_assert_int_eq(port_sleep(p, until, &e), 0);
	ck_assert_int_ge(port_now(p), until);

	/* Bytes that have arrived are taken although the time is over. */
	far_send("\x79", 1);
	ck_assert_int_eq(port_read(p, &byte, 1, until, NULL, &e), 1);
	ck_assert_int_eq(byte, 0x79);
	ck_assert_int_eq(port_read(p, &byte, 1, until, NULL, &e), 0);
	ck_assert_int_eq(e.code, ERR_NONE);
	close_port(p);
}
END_TEST

START_TEST(line_that_takes_nothing_times_out)
{
	static const uint8_t much[1 << 20];
	struct port *p = open_pty();
	struct err e = ERR_INIT;

	ck_assert_int_eq(port_write(p, much, sizeof(much), soon(p), &e), -1);
	ck_assert_int_eq(e.code, ERR_TIMEOUT);
	ck_assert_ptr_nonnull(strstr(e.msg, " of 1048576 bytes in time"));
	close_port(p);		/* must not wait for it to be taken */
}
END_TEST

START_TEST(discard_forgets_input)
{
	struct port *p = open_pty();
	uint8_t buf[8];

	far_send("stale", 5);
	read_all(p, buf, 1);		/* all five are here */
	ck_assert_int_eq(port_discard(p, NULL), 0);
	far_send("\x79", 1);
	read_all(p, buf, 1);
	ck_assert_int_eq(buf[0], 0x79);
	close_port(p);
}
END_TEST

START_TEST(vanished_port_is_gone)
{
	struct port *p = open_pty();
	struct err e = ERR_INIT;
	uint8_t byte = 0x7F;

	close(pty.far);
	pty.far = -1;
	ck_assert_int_eq(port_read(p, &byte, 1, far_off(p), NULL, &e), -1);
	ck_assert_int_eq(e.code, ERR_GONE);
	ck_assert_str_eq(e.msg, "the port vanished");
	e = ERR_INIT;
	ck_assert_int_eq(port_write(p, &byte, 1, far_off(p), &e), -1);
	ck_assert_int_eq(e.code, ERR_GONE);
	close_port(p);
}
END_TEST

/* The node is still there; another program, or the kernel, has ended all use of it. */
START_TEST(port_that_was_hung_up_is_told_from_one_that_vanished)
{
	int near = open(pty.path, O_RDWR | O_NOCTTY);
	struct port *p = open_pty();
	struct err e = ERR_INIT;
	uint8_t byte = 0x7F;

	if (ioctl(near, TIOCVHANGUP) < 0) {
		printf("SKIP: %s: this user may not\n", __func__);
	} else {
		ck_assert_int_eq(port_read(p, &byte, 1, far_off(p), NULL, &e), -1);
		ck_assert_int_eq(e.code, ERR_GONE);
		ck_assert_str_eq(e.msg, "the port vanished, or another program hung it up");
		e = ERR_INIT;
		ck_assert_int_eq(port_write(p, &byte, 1, far_off(p), &e), -1);
		ck_assert_int_eq(e.code, ERR_GONE);
	}
	close_port(p);
	close(near);
}
END_TEST

/* Signals */

START_TEST(first_signal_lets_a_frame_end)
{
	struct port *p = open_pty();
	struct err e = ERR_INIT;
	uint8_t byte;

	stop_raise(&stop, SIGINT);
	far_send("\x79", 1);
	ck_assert_int_eq(port_read(p, &byte, 1, far_off(p), NULL, &e), 1);
	ck_assert_int_eq(port_write(p, &byte, 1, far_off(p), &e), 0);
	ck_assert_int_eq(port_read(p, &byte, 1, soon(p), NULL, &e), 0);
	ck_assert_int_eq(e.code, ERR_NONE);
	ck_assert_int_eq(port_sleep(p, far_off(p), &e), -1);
	ck_assert_int_eq(e.code, ERR_SIGNAL);
	close_port(p);
}
END_TEST

/* Waits for STOP_GRACE_NS in truth: nothing but the end of it can end this read. */
START_TEST(grace_after_a_signal_ends)
{
	struct port *p = open_pty();
	struct err e = ERR_INIT;
	uint8_t byte;

	stop_raise(&stop, SIGTERM);
	ck_assert_int_eq(port_read(p, &byte, 1, far_off(p), NULL, &e), -1);
	ck_assert_int_eq(e.code, ERR_SIGNAL);
	ck_assert_int_eq(e.sys, SIGTERM);
	far_send("\x79", 1);		/* later frames end at once, unless their answer is there */
	ck_assert_int_eq(port_read(p, &byte, 1, far_off(p), NULL, &e), 1);
	ck_assert_int_eq(port_read(p, &byte, 1, far_off(p), NULL, &e), -1);
	close_port(p);
}
END_TEST

START_TEST(second_signal_ends_at_once)
{
	struct port *p = open_pty();
	struct err e = ERR_INIT;
	uint8_t byte = 0;

	stop_raise(&stop, SIGINT);
	stop_raise(&stop, SIGTERM);
	ck_assert_int_eq(port_write(p, &byte, 1, far_off(p), &e), -1);
	ck_assert_int_eq(e.code, ERR_SIGNAL);
	ck_assert_int_eq(e.sys, SIGINT);
	far_send("\x79", 1);
	ck_assert_int_eq(port_read(p, &byte, 1, far_off(p), NULL, &e), -1);
	close_port(p);
}
END_TEST

/* Real signals, from another process, to one that waits. */
static void child_read_interrupted(void *arg, struct outcome *o)
{
	static struct stop caught = STOP_INIT;
	struct port_cfg cfg = {
		.spec = pty.path, .baud = 115200, .mode = SERIAL_MODE_8E1, .stop = &caught,
	};
	struct port *p = serial_open_in(&cfg, dir, &o->e);
	pid_t self = getpid();
	uint8_t byte;

	(void)arg;
	if (!p || stop_catch(&caught, &o->e) < 0)
		return;
	if (fork() == 0) {
		/* Whether the read waits by now or not, it has to end. */
		kill(self, SIGTERM);
		kill(self, SIGINT);
		_exit(0);
	}
	o->ret = (int)port_read(p, &byte, 1, far_off(p), NULL, &o->e);
	port_close(p, NULL);
}

START_TEST(signals_end_a_wait)
{
	struct child c;

	child_start(&c, child_read_interrupted, NULL, false);
	ck_assert_int_eq(c.outcome->ret, -1);
	ck_assert_msg(c.outcome->e.code == ERR_SIGNAL, "%s", c.outcome->e.msg);
	child_end(&c);
}
END_TEST

/* Opening */

static const struct { const char *path, *says; } open_cases[] = {
	{ "/nonexistent/tty", "cannot open '/nonexistent/tty': No such file or directory" },
	{ "/dev", "cannot open '/dev': it is a directory, not a serial port" },
	{ "/proc/self/comm",
	  "cannot open '/proc/self/comm': it is a regular file, not a serial port" },
	{ "/dev/null", "cannot open '/dev/null': it is not a serial port" },
	{ "/dev/ptmx",
	  "cannot open '/dev/ptmx': it is the master of a pseudo-terminal, not a serial port" },
	{ "/dev/tty",
	  "cannot open '/dev/tty': it is the terminal of this command, not a serial port" },
};

/* A container may lack some of the nodes. */
static bool is_missing(const char *path)
{
	return strncmp(path, "/dev/", 5) == 0 && access(path, F_OK) < 0;
}

START_TEST(open_error_says_what_it_is)
{
	struct err e = ERR_INIT;

	if (is_missing(open_cases[_i].path)) {
		printf("SKIP: there is no %s here\n", open_cases[_i].path);
		return;
	}
	ck_assert_ptr_null(open_with(open_cases[_i].path, 115200, SERIAL_MODE_8E1, &e));
	ck_assert_int_eq(e.code, ERR_OPEN);
	ck_assert_str_eq(e.msg, open_cases[_i].says);
}
END_TEST

/* The open() of a pipe that nobody reads would block or fail; nothing may be opened here. */
START_TEST(pipe_is_no_port)
{
	struct err e = ERR_INIT;
	char path[192];

	snprintf(path, sizeof(path), "%s/pipe", dir);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_ptr_null(open_with(path, 115200, SERIAL_MODE_8E1, &e));
	ck_assert_int_eq(e.code, ERR_OPEN);
	ck_assert_ptr_nonnull(strstr(e.msg, "it is a pipe, not a serial port"));
	unlink(path);
}
END_TEST

START_TEST(socket_is_no_port)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct err e = ERR_INIT;

	snprintf(at.sun_path, sizeof(at.sun_path), "%.80s/socket", dir);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_ptr_null(open_with(at.sun_path, 115200, SERIAL_MODE_8E1, &e));
	ck_assert_int_eq(e.code, ERR_OPEN);
	ck_assert_ptr_nonnull(strstr(e.msg, "it is a socket, not a serial port"));
	close(fd);
	unlink(at.sun_path);
}
END_TEST

/* What is sent there would be read as if it were typed, and the settings spoil what is printed. */
static void child_open_its_terminal(void *arg, struct outcome *o)
{
	int fd;

	(void)arg;
	signal(SIGHUP, SIG_IGN);
	setsid();
	fd = open(pty.path, O_RDWR);
	o->ret = ioctl(fd, TIOCSCTTY, 0);
	if (o->ret == 0 && open_with(pty.path, 115200, SERIAL_MODE_8E1, &o->e))
		o->ret = 1;
	close(fd);
}

START_TEST(own_terminal_is_no_port)
{
	struct termios2 before, after;
	struct child c;

	tty_get(&before);
	child_start(&c, child_open_its_terminal, NULL, false);
	ck_assert_int_eq(c.outcome->ret, 0);
	ck_assert_int_eq(c.outcome->e.code, ERR_OPEN);
	ck_assert_ptr_nonnull(strstr(c.outcome->e.msg, "it is the terminal of this command"));
	tty_get(&after);
	ck_assert_mem_eq(&before, &after, sizeof(before));
	child_end(&c);
}
END_TEST

/* By ^S, or by a program: the next one is not to wait for a ^Q that nobody will send. */
START_TEST(stopped_port_is_started)
{
	int near = open(pty.path, O_RDWR | O_NOCTTY);
	struct termios2 cooked;
	struct port *p;
	uint8_t byte;

	tty_get(&cooked);
	cooked.c_iflag |= IXON;
	tty_set(&cooked);
	if (_i == 0)
		ck_assert_int_eq(ioctl(near, TCXONC, TCOOFF), 0);
	else
		ck_assert_int_eq(write(pty.far, "\x13", 1), 1);
	p = open_pty();
	ck_assert_int_eq(port_write(p, "\x7F", 1, soon(p), NULL), 0);
	ck_assert_int_eq(read(pty.far, &byte, 1), 1);
	ck_assert_int_eq(byte, 0x7F);
	close_port(p);
	close(near);
}
END_TEST

/* Stopped meanwhile, by whoever has it open too. */
START_TEST(port_that_is_stopped_says_so)
{
	int near = open(pty.path, O_RDWR | O_NOCTTY);
	struct port *p = open_pty();
	struct err e = ERR_INIT;

	ck_assert_int_eq(ioctl(near, TCXONC, TCOOFF), 0);
	ck_assert_int_eq(port_write(p, "\x7F", 1, soon(p), &e), -1);
	ck_assert_int_eq(e.code, ERR_TIMEOUT);
	ck_assert_str_eq(e.msg, "the port took only 0 of 1 bytes in time; has another program "
			 "stopped its output (^S)");
	close_port(p);
	close(near);
}
END_TEST

static const struct { const char *spec; bool serial; } match_cases[] = {
	{ "/dev/ttyUSB0", true },
	{ "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0", true },
	{ "./tty", true },
	{ "ttyUSB0", true },
	{ "simm:l432", false },
};

START_TEST(spec_of_a_tty_is_known)
{
	ck_assert_msg((port_serial.match(match_cases[_i].spec) == WIRE_SERIAL) ==
		      match_cases[_i].serial, "'%s'", match_cases[_i].spec);
}
END_TEST

START_TEST(unknown_kind_of_port_is_refused)
{
	struct port_cfg cfg = {
		.kinds = port_kinds, .spec = "simm:l432", .baud = 115200, .mode = SERIAL_MODE_8E1
	};
	struct err e = ERR_INIT;

	ck_assert_ptr_null(port_open(&cfg, &e));
	ck_assert_int_eq(e.code, ERR_USAGE);
	ck_assert_str_eq(e.msg, "unknown kind of port 'simm:l432'");
	ck_assert_int_eq(port_close(NULL, &e), 0);
}
END_TEST

static void child_open(void *arg, struct outcome *o)
{
	struct port *p = open_with(pty.path, 115200, SERIAL_MODE_8E1, &o->e);

	(void)arg;
	o->ret = p ? port_close(p, &o->e) : -1;
}

START_TEST(port_is_opened_by_one_at_a_time)
{
	struct termios2 before, after;
	struct port *p = open_pty();
	struct err e = ERR_INIT;
	struct child c;

	tty_get(&before);
	child_start(&c, child_open, NULL, false);
	ck_assert_int_eq(c.outcome->ret, -1);
	ck_assert_int_eq(c.outcome->e.code, ERR_OPEN);
	ck_assert_ptr_nonnull(strstr(c.outcome->e.msg, "held by "));
	child_end(&c);
	ck_assert_ptr_null(open_with(pty.path, 9600, SERIAL_MODE_8E1, &e));
	ck_assert_ptr_nonnull(strstr(e.msg, "held by "));
	tty_get(&after);
	ck_assert_mem_eq(&before, &after, sizeof(before));
	close_port(p);

	child_start(&c, child_open, NULL, false);
	ck_assert_msg(c.outcome->ret == 0, "%s", c.outcome->e.msg);
	child_end(&c);
}
END_TEST

/* TIOCEXCL left on a pseudo-terminal would keep ordinary users out for good, but never root. */
START_TEST(ordinary_user_opens_again)
{
	struct child c;
	int i;

	if (!may_be_nobody("ordinary_user_opens_again"))
		return;
	ck_assert_int_eq(chmod(pty.path, 0666), 0);
	close_port(open_pty());
	for (i = 0; i < 2; i++) {
		child_start(&c, child_open, NULL, true);
		ck_assert_msg(c.outcome->ret == 0, "%s", c.outcome->e.msg);
		child_end(&c);
	}
}
END_TEST

START_TEST(missing_permission_names_the_group)
{
	struct child c;

	if (!may_be_nobody("missing_permission_names_the_group"))
		return;
	ck_assert_int_eq(chmod(pty.path, 0600), 0);
	child_start(&c, child_open, NULL, true);
	ck_assert_int_eq(c.outcome->e.code, ERR_OPEN);
	ck_assert_ptr_nonnull(strstr(c.outcome->e.msg, "Permission denied; join the group"));
	ck_assert_ptr_nonnull(strstr(c.outcome->e.msg, "dialout"));
	child_end(&c);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("serial");
	TCase *pure = runner_case(suite, "pure", 0), *tc = runner_case(suite, "port", 60);

	tcase_add_loop_test(pure, mode_is_parsed_or_refused, 0, COUNT(modes));
	tcase_add_test(pure, wire_time_is_that_of_all_bits);
	tcase_add_test(pure, wire_time_of_a_transaction_counts_start_acks_and_stop);
	tcase_add_loop_test(pure, marked_bytes_are_decoded_wherever_they_are_cut,
			    0, COUNT(parmrk_cases));
	tcase_add_loop_test(pure, setting_that_was_not_made_is_told, 0, COUNT(line_cases));
	tcase_add_loop_test(pure, spec_of_a_tty_is_known, 0, COUNT(match_cases));
	tcase_add_test(pure, unknown_kind_of_port_is_refused);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, settings_are_made_and_put_back);
	tcase_add_test(tc, odd_parity_and_two_stop_bits_are_set);
	tcase_add_test(tc, rate_0_leaves_settings_alone);
	tcase_add_test(tc, every_byte_passes_both_ways);
	tcase_add_test(tc, read_and_sleep_end_at_their_deadline);
	tcase_add_test(tc, line_that_takes_nothing_times_out);
	tcase_add_test(tc, discard_forgets_input);
	tcase_add_test(tc, vanished_port_is_gone);
	tcase_add_test(tc, port_that_was_hung_up_is_told_from_one_that_vanished);
	tcase_add_test(tc, first_signal_lets_a_frame_end);
	tcase_add_test(tc, grace_after_a_signal_ends);
	tcase_add_test(tc, second_signal_ends_at_once);
	tcase_add_test(tc, signals_end_a_wait);
	tcase_add_loop_test(tc, open_error_says_what_it_is, 0, COUNT(open_cases));
	tcase_add_test(tc, pipe_is_no_port);
	tcase_add_test(tc, socket_is_no_port);
	tcase_add_test(tc, own_terminal_is_no_port);
	tcase_add_loop_test(tc, stopped_port_is_started, 0, 2);
	tcase_add_test(tc, port_that_is_stopped_says_so);
	tcase_add_test(tc, port_is_opened_by_one_at_a_time);
	tcase_add_test(tc, ordinary_user_opens_again);
	tcase_add_test(tc, missing_permission_names_the_group);
	return runner_run(suite);
}
