/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pi_board: simulated boards on the header of an emulated Raspberry Pi 3, one after the other.
 *
 * QEMU's sockets are its wires: the PL011's bytes, and registers and pins over -qtest. In the file of
 * the kernel's console the guest says what it is about to do, a line each:
 *   pi: board N SPEC	board N, a chip as for the port sim:, is put on; GPIO 5 takes the lowest bit
 *			of N when it is there
 *   pi: say TEXT	goes into the log
 *   pi: end		the last one
 * The log of board N is LOG.N, as tests/rig/board.h describes it; what the guest says is in it as
 * "guest TEXT". BOOT0 hangs on GPIO 17 and has a pull-down, NRST on GPIO 27 with a pull-up.
 *
 * Registers: BCM2835 ARM Peripherals, 6.1 (GPFSEL, GPSET, GPCLR, GPLEV) and 13.4 (PL011: IBRD, FBRD,
 * LCRH, CR), at the Pi 3's addresses.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/num.h"
#include "ports/sim/board/wire.h"
#include "tests/pi/qtest.h"
#include "tests/pi/sockets.h"
#include "tests/rig/board.h"

#define GPIO 0x3F200000u
#define GPFSEL(pin) (GPIO + (pin) / 10 * 4)
#define FSEL_SHIFT(pin) ((pin) % 10 * 3)
#define FSEL_OUTPUT 1u
#define GPSET0 (GPIO + 0x1C)
#define GPCLR0 (GPIO + 0x28)
#define GPLEV0 (GPIO + 0x34)

#define PL011 0x3F201000u
#define PL011_IBRD (PL011 + 0x24)
#define PL011_FBRD (PL011 + 0x28)
#define PL011_LCRH (PL011 + 0x2C)
#define PL011_CR (PL011 + 0x30)
#define LCRH_PARITY 0x02u
#define LCRH_EVEN 0x04u
#define LCRH_TWO_STOPS 0x08u
#define LCRH_BITS(value) (((value) >> 5 & 3) + 5)
#define CR_RECEIVES 0x200u
#define PL011_CLOCK 48000000u	/* as the device tree and QEMU's clock manager have it */

#define GPIO_DEVICE "/machine/soc/peripherals/gpio"
#define PIN_READY 5	/* its function is in another register than those of the board's */
#define POLL_MS 1
#define IDLE_MS 50		/* before the first board */

/* A pin of the Pi's that hangs on the board. */
struct pin {
	unsigned int number;
	enum board_line line;
	bool pull;		/* its level while the Pi does not drive it */
};
static const struct pin pins[] = {
	{ 17, BOARD_GPIO0, false },	/* BOOT0 */
	{ 27, BOARD_GPIO0 + 1, true },	/* NRST */
};
#define PINS (sizeof(pins) / sizeof(pins[0]))

struct pi {
	const char *log;
	nsec_t origin;
	nsec_t last;		/* no event is before it */
	struct board *board;	/* NULL: none yet */
	char path[256], spec[256];	/* of the board's log and chip, which it keeps */
	struct qtest *qtest;
	unsigned int edges;	/* so many were told */
	int uart, console;
	uint8_t came[4096];	/* of the UART, not looked at yet */
	size_t came_len;
	bool gone;		/* so is QEMU */
	char said[1024];	/* what has come of a line of the console */
	size_t said_len;
	bool ended;
};

static nsec_t pi_now(const struct pi *p)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NSEC_PER_SEC + t.tv_nsec - p->origin;
}

/* The time for an event that has just been seen. Bytes follow one another as on a wire, beyond it. */
static nsec_t event_time(struct pi *p)
{
	nsec_t now = pi_now(p);

	if (now > p->last)
		p->last = now;
	return p->last;
}

/* ---- pins ---- */

static void drive(struct pi *p, const struct pin *pin, bool high, nsec_t at)
{
	unsigned int bit = BOARD_BIT(pin->line);

	board_drive(p->board, bit, high ? bit : 0, at);
}

static void take_edge(void *arg, unsigned int number, bool high)
{
	struct pi *p = arg;

	p->edges++;
	for (size_t i = 0; i < PINS && p->board; i++) {
		if (pins[i].number != number)
			continue;
		/* Driven to where it was: what came before, with a change of direction, was too short. */
		if (!!(board_levels(p->board) & BOARD_BIT(pins[i].line)) == high)
			drive(p, &pins[i], !high, event_time(p));
		drive(p, &pins[i], high, event_time(p));
	}
}

/*
 * Changes of direction are no edges to QEMU. Of two that one look finds none is known to be the first:
 * both get its time.
 */
static int look_at_pins(struct pi *p)
{
	uint32_t functions[PINS], levels;
	unsigned int edges;
	nsec_t at;

	do {
		edges = p->edges;
		for (size_t i = 0; i < PINS; i++)
			if (qtest_read(p->qtest, GPFSEL(pins[i].number), &functions[i]) < 0)
				return -1;
		/* Last: a level is set before the pin is made an output. */
		if (qtest_read(p->qtest, GPLEV0, &levels) < 0)
			return -1;
	} while (edges != p->edges);

	at = event_time(p);
	for (size_t i = 0; i < PINS && p->board; i++) {
		bool driven = (functions[i] >> FSEL_SHIFT(pins[i].number) & 7) == FSEL_OUTPUT;

		drive(p, &pins[i], driven ? levels >> pins[i].number & 1 : pins[i].pull, at);
	}
	return 0;
}

/*
 * QEMU tells an edge only where the level is another than it told last, also if the pin was no
 * output in between: all are told low again, so that the next edge of each is told.
 */
static int forget_levels(struct pi *p)
{
	for (size_t i = 0; i < PINS; i++) {
		uint32_t before, output = FSEL_OUTPUT << FSEL_SHIFT(pins[i].number);

		if (qtest_read(p->qtest, GPFSEL(pins[i].number), &before) < 0 ||
		    qtest_write(p->qtest, GPFSEL(pins[i].number), before | output) < 0 ||
		    qtest_write(p->qtest, GPCLR0, 1u << pins[i].number) < 0 ||
		    qtest_write(p->qtest, GPFSEL(pins[i].number), before) < 0)
			return -1;
	}
	return 0;
}

/* ---- the UART ---- */

struct line_settings {
	unsigned int baud;
	struct serial_mode mode;
	bool receives;
};

static int look_at_uart(struct pi *p, struct line_settings *s)
{
	uint32_t whole, fraction, format, control;

	if (qtest_read(p->qtest, PL011_IBRD, &whole) < 0 ||
	    qtest_read(p->qtest, PL011_FBRD, &fraction) < 0 ||
	    qtest_read(p->qtest, PL011_LCRH, &format) < 0 ||
	    qtest_read(p->qtest, PL011_CR, &control) < 0)
		return -1;
	whole = whole * 64 + fraction;
	s->baud = whole ? (unsigned int)(4ull * PL011_CLOCK / whole) : 0;
	s->mode.bits = (unsigned char)LCRH_BITS(format);
	s->mode.parity = !(format & LCRH_PARITY) ? 'n' : format & LCRH_EVEN ? 'e' : 'o';
	s->mode.stop = format & LCRH_TWO_STOPS ? 2 : 1;
	s->receives = control & CR_RECEIVES;
	return 0;
}

/*
 * A socket that is full would hold QEMU up, which could not answer then: each byte takes a good part of
 * its room, which is less than two frames.
 */
static void empty_uart(void *arg)
{
	struct pi *p = arg;
	struct pollfd in = { .fd = p->uart, .events = POLLIN };
	ssize_t n;

	while (p->came_len < sizeof(p->came) && poll(&in, 1, 0) > 0) {
		n = read(p->uart, p->came + p->came_len, sizeof(p->came) - p->came_len);
		p->gone = n == 0 || (n < 0 && errno != EINTR);
		if (n <= 0)
			return;
		p->came_len += (size_t)n;
	}
}

static int take_bytes(struct pi *p)
{
	struct line_settings s;
	size_t len;

	empty_uart(p);
	if (p->gone)
		return -1;
	if (!p->came_len)
		return 0;
	if (look_at_uart(p, &s) < 0)
		return -1;
	event_time(p);
	len = p->came_len;
	for (size_t i = 0; i < len && p->board && s.baud; i++) {
		p->last += wire_char_time(s.baud, s.mode);
		board_uart_send(p->board, p->came[i], p->last, s.baud, s.mode);
	}
	p->came_len = 0;
	return 0;
}

/* What the chip has sent by now. The receiver hears it at the rate that it has. */
static int give_bytes(struct pi *p)
{
	struct line_settings s = { 0 };
	uint8_t byte, noise;
	unsigned int baud;
	nsec_t at;

	while (p->board && board_uart_next(p->board, pi_now(p), &byte, &noise, &at, &baud)) {
		if (!s.baud && look_at_uart(p, &s) < 0)
			return -1;
		if (!s.receives) {
			board_log(p->board, at, "purge loses %02x", byte);
			continue;
		}
		byte ^= noise;
		if (write(p->uart, &byte, 1) != 1)
			return -1;
	}
	return 0;
}

/* ---- what the guest says ---- */

/* "N SPEC" */
static int put_on(struct pi *p, const char *text, struct err *e)
{
	struct board_config cfg = {
		.chip = p->spec, .boot0 = "gpio0", .nrst = "gpio1", .log = p->path,
	};
	char *spec;
	unsigned long number = strtoul(text, &spec, 10);

	if (board_free(p->board, e) < 0)
		return -1;
	p->board = NULL;
	if (forget_levels(p) < 0 || qtest_edges(p->qtest) < 0)
		return err_set(e, ERR_OTHER, "QEMU has gone");
	snprintf(p->path, sizeof(p->path), "%s.%lu", p->log, number);
	snprintf(p->spec, sizeof(p->spec), "%s", spec + strspn(spec, " "));
	p->origin += pi_now(p);
	p->last = 0;
	p->board = board_new(&cfg, e);
	if (!p->board)
		return -1;
	/* The guest reads this pin: it drives nothing, and nobody else writes to it. */
	if (look_at_pins(p) < 0 ||
	    qtest_write(p->qtest, number & 1 ? GPSET0 : GPCLR0, 1u << PIN_READY) < 0)
		return err_set(e, ERR_OTHER, "QEMU has gone");
	return 0;
}

static int take_line(struct pi *p, const char *line, struct err *e)
{
	const char *text = strstr(line, "pi: ");

	if (!text)
		return 0;
	text += strlen("pi: ");
	if (strncmp(text, "board ", 6) == 0)
		return put_on(p, text + 6, e);
	if (strncmp(text, "say ", 4) == 0 && p->board)
		board_log(p->board, event_time(p), "guest %s", text + 4);
	if (strcmp(text, "end") == 0)
		p->ended = true;
	return 0;
}

/* The console is a file, to which QEMU adds. */
static int listen(struct pi *p, struct err *e)
{
	char c;

	while (read(p->console, &c, 1) == 1) {
		if (c == '\n') {
			p->said[p->said_len] = '\0';
			p->said_len = 0;
			if (take_line(p, p->said, e) < 0)
				return -1;
		} else if (c != '\r' && p->said_len < sizeof(p->said) - 1) {
			p->said[p->said_len++] = c;
		}
	}
	return 0;
}

/* ---- making ---- */

static int run(struct pi *p, struct err *e)
{
	while (!p->ended) {
		struct pollfd fds[] = {
			{ .fd = p->uart, .events = POLLIN },
			{ .fd = qtest_fd(p->qtest), .events = POLLIN },
		};

		if (poll(fds, 2, p->board ? POLL_MS : IDLE_MS) < 0 && errno != EINTR)
			return err_sys(e, ERR_OTHER, errno, "poll");
		if (qtest_edges(p->qtest) < 0 || (p->board && look_at_pins(p) < 0) ||
		    take_bytes(p) < 0 || give_bytes(p) < 0)
			return err_set(e, ERR_OTHER, "QEMU has gone");
		if (listen(p, e) < 0)
			return -1;
		if (p->board)
			board_tick(p->board, pi_now(p));
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct qtest_calls calls = { take_edge, empty_uart };
	struct pi p = { .uart = -1, .console = -1 };
	struct err e = ERR_INIT;

	if (argc != 5) {
		fputs("usage: pi_board UART QTEST CONSOLE LOG\n", stderr);
		return 2;
	}
	p.log = argv[4];
	p.uart = socket_connect(argv[1], &e);
	if (p.uart >= 0) {
		p.console = open(argv[3], O_RDONLY | O_CLOEXEC);
		if (p.console < 0)
			err_sys(&e, ERR_OTHER, errno, "cannot open '%s'", argv[3]);
	}
	if (p.console >= 0)
		p.qtest = qtest_new(argv[2], GPIO_DEVICE, &calls, &p, &e);
	if (p.qtest)
		run(&p, &e);
	board_free(p.board, e.code ? NULL : &e);
	qtest_free(p.qtest);
	if (e.code)
		fprintf(stderr, "pi_board: %s\n", e.msg);
	return err_exit_status(&e);
}
