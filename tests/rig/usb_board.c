/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usb_board: a simulated board behind a CP2104 and, if asked for, an i2c-tiny-usb, plugged into
 * this machine's virtual USB hub, as is the board itself if its chip has bus=usb. Ends with SIGTERM,
 * or when an adapter is taken away. With SIGUSR1 the chip is swapped, and the adapter stays.
 */
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "tests/rig/cp2104.h"
#include "tests/rig/dfu_device.h"
#include "tests/rig/i2c_tiny_usb.h"
#include "base/num.h"

#define USB_FRAME NSEC_PER_MSEC

static const char usage[] =
	"usage: usb_board --chip SPEC --log FILE [option...]\n"
	"  --chip SPEC     the chip, as for bootpin's port sim:\n"
	"  --second SPEC   another on the I2C bus, or on USB, with the same NRST and BOOT0\n"
	"  --seat FILE     with SIGUSR1 the chip is swapped for the SPEC in its first line\n"
	"  --log FILE      what happens on pins and wires\n"
	"  --nrst LINE     what NRST hangs on: gpio0 to gpio3, rts or dtr, !LINE through an inverter\n"
	"  --boot0 LINE    likewise BOOT0\n"
	"  --chatter       an application runs at first, and prints\n"
	"  --flip N        noise hits the N-th byte that the chip sends\n"
	"  --yank N        the adapter is pulled when it has sent N bytes\n"
	"  --port N        where on the hub the CP2104 is plugged in (default 0)\n"
	"  --usb-port N    where a chip with bus=usb is (default 1)\n"
	"  --second-port N    and the second one (default 2)\n"
	"  --i2c           an I2C adapter as well\n"
	"  --i2c-port N    and where (default 1)\n";

struct request {
	struct board_config board;
	const char *seat;
	uint32_t yank;
	uint32_t port, i2c_port, usb_port, second_port;
	bool i2c;
};

struct rig {
	nsec_t origin;			/* when the board was powered on */
	struct board *board;
	struct cp2104 *uart;
	struct i2c_tiny_usb i2c;
	struct usbip *plugs[2];		/* the second may be NULL */
	struct dfu_device dfu[2];	/* without a sim: there is none */
	const char *seat;		/* NULL: the chip is never swapped */
	uint32_t yank;
};

static volatile sig_atomic_t stopped, swaps;

static void stop(int sig)
{
	stopped = sig;
}

static void swap(int sig)
{
	swaps = sig;
}

static nsec_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NSEC_PER_SEC + t.tv_nsec;
}

static nsec_t rig_now(const struct rig *r)
{
	return clock_now() - r->origin;
}

/* An option's value: a text, a number, or that it was given. */
struct option_kind {
	const char *name;
	size_t offset;			/* in struct request */
	enum { TEXT, NUMBER, FLAG } type;
};

static const struct option_kind kinds[] = {
	{ "chip", offsetof(struct request, board.chip), TEXT },
	{ "second", offsetof(struct request, board.second), TEXT },
	{ "seat", offsetof(struct request, seat), TEXT },
	{ "log", offsetof(struct request, board.log), TEXT },
	{ "nrst", offsetof(struct request, board.nrst), TEXT },
	{ "boot0", offsetof(struct request, board.boot0), TEXT },
	{ "chatter", offsetof(struct request, board.chatter), FLAG },
	{ "flip", offsetof(struct request, board.flip), NUMBER },
	{ "yank", offsetof(struct request, yank), NUMBER },
	{ "port", offsetof(struct request, port), NUMBER },
	{ "i2c", offsetof(struct request, i2c), FLAG },
	{ "i2c-port", offsetof(struct request, i2c_port), NUMBER },
	{ "usb-port", offsetof(struct request, usb_port), NUMBER },
	{ "second-port", offsetof(struct request, second_port), NUMBER },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static int take_option(struct request *o, const struct option_kind *kind, const char *value,
		       struct err *e)
{
	void *to = (char *)o + kind->offset;

	if (kind->type == TEXT)
		*(const char **)to = value;
	else if (kind->type == FLAG)
		*(bool *)to = true;
	else if (num_u32(value, (uint32_t *)to) < 0)
		return err_set(e, ERR_USAGE, "--%s: '%s' is not a number", kind->name, value);
	return 0;
}

static int parse(struct request *o, int argc, char **argv, struct err *e)
{
	struct option longs[KINDS + 1] = { 0 };
	int opt, index;

	for (size_t i = 0; i < KINDS; i++)
		longs[i] = (struct option){
			.name = kinds[i].name,
			.has_arg = kinds[i].type == FLAG ? no_argument : required_argument,
		};
	while ((opt = getopt_long(argc, argv, "", longs, &index)) == 0)
		if (take_option(o, &kinds[index], optarg, e) < 0)
			return -1;
	if (opt != -1 || !o->board.chip || !o->board.log || optind < argc)
		return err_set(e, ERR_USAGE, "%s", usage);
	return 0;
}

static int rig_start(struct rig *r, const struct request *o, struct err *e)
{
	r->yank = o->yank;
	r->seat = o->seat;
	r->board = board_new(&o->board, e);
	if (!r->board)
		return -1;
	r->origin = clock_now();
	r->uart = cp2104_new(r->board);
	if (!r->uart)
		return err_set(e, ERR_OTHER, "out of memory");
	r->i2c.board = r->board;
	for (size_t i = 0; i < 2; i++)
		r->dfu[i] = (struct dfu_device){
			.board = r->board, .sim = board_usb(r->board, i),
			.port = i ? o->second_port : o->usb_port,
		};
	r->plugs[0] = usbip_plug(&cp2104_kind, r->uart, o->port, e);
	if (!r->plugs[0])
		return -1;
	if (o->i2c)
		r->plugs[1] = usbip_plug(&i2c_tiny_usb_kind, &r->i2c, o->i2c_port, e);
	return o->i2c && !r->plugs[1] ? -1 : 0;
}

static int rig_end(struct rig *r, struct err *e)
{
	usbip_pull(r->plugs[0]);
	usbip_pull(r->plugs[1]);
	for (size_t i = 0; i < 2; i++)
		usbip_pull(r->dfu[i].plug);
	cp2104_free(r->uart);
	return board_free(r->board, e);
}

/* All that is plugged in; some may be NULL. */
#define PLUGS 4
static void list_plugs(const struct rig *r, struct usbip *plugs[PLUGS])
{
	plugs[0] = r->plugs[0];
	plugs[1] = r->plugs[1];
	plugs[2] = r->dfu[0].plug;
	plugs[3] = r->dfu[1].plug;
}

static nsec_t next_wake(const struct rig *r, nsec_t now)
{
	nsec_t wake = cp2104_busy(r->uart) ? now + USB_FRAME : USB_NEVER;
	struct usbip *plugs[PLUGS];

	list_plugs(r, plugs);
	for (size_t i = 0; i < PLUGS; i++)
		if (plugs[i] && usbip_due(plugs[i]) < wake)
			wake = usbip_due(plugs[i]);
	for (size_t i = 0; i < 2; i++)
		if (dfu_device_due(&r->dfu[i], now) < wake)
			wake = dfu_device_due(&r->dfu[i], now);
	return wake;
}

/* Waits for the hosts or for time to pass. Returns -1 when a host has let go of an adapter. */
static int wait_and_receive(struct rig *r, const sigset_t *unblocked)
{
	struct usbip *plugs[PLUGS];
	struct pollfd fds[PLUGS];
	nsec_t now = rig_now(r), left = next_wake(r, now) - now;
	struct timespec t = { 0 };
	bool endless = next_wake(r, now) == USB_NEVER;

	list_plugs(r, plugs);
	for (size_t i = 0; i < PLUGS; i++) {
		fds[i].fd = plugs[i] ? usbip_fd(plugs[i]) : -1;
		fds[i].events = POLLIN;
		fds[i].revents = 0;
	}
	if (left > 0) {
		t.tv_sec = left / NSEC_PER_SEC;
		t.tv_nsec = left % NSEC_PER_SEC;
	}
	if (ppoll(fds, PLUGS, endless ? NULL : &t, unblocked) < 0)
		return 0;
	for (size_t i = 0; i < PLUGS; i++)
		if (fds[i].revents && usbip_receive(plugs[i], rig_now(r)) < 0)
			return -1;
	return 0;
}

static void serve_all(struct rig *r, nsec_t now)
{
	struct usbip *plugs[PLUGS];

	list_plugs(r, plugs);
	for (size_t i = 0; i < PLUGS; i++)
		if (plugs[i])
			usbip_serve(plugs[i], now);
	for (size_t i = 0; i < 2; i++)
		if (r->dfu[i].sim)
			dfu_device_run(&r->dfu[i], now);
}

/* Puts in the chip that the file of --seat names. */
static int swap_chip(struct rig *r, nsec_t now, struct err *e)
{
	FILE *f = r->seat ? fopen(r->seat, "r") : NULL;
	char spec[512] = "";
	bool got = f && fgets(spec, sizeof(spec), f);

	if (f)
		fclose(f);
	if (!got)
		return err_set(e, ERR_USAGE, "SIGUSR1 needs a SPEC in the file of --seat");
	spec[strcspn(spec, "\n")] = '\0';
	return board_swap(r->board, spec, now, e);
}

static int run(struct rig *r, const sigset_t *unblocked, struct err *e)
{
	while (!stopped && wait_and_receive(r, unblocked) == 0) {
		nsec_t now = rig_now(r);

		if (swaps && swap_chip(r, now, e) < 0)
			return -1;
		swaps = 0;
		cp2104_run(r->uart, now);
		board_tick(r->board, now);
		if (r->yank && cp2104_sent(r->uart) >= r->yank) {
			board_log(r->board, now, "adapter pulled");
			return 0;
		}
		serve_all(r, now);
	}
	return 0;
}

/* Signals are let in while waiting only. */
static void catch_signals(sigset_t *unblocked)
{
	struct sigaction act = { .sa_handler = stop }, swapping = { .sa_handler = swap };
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGUSR1);
	sigprocmask(SIG_BLOCK, &blocked, unblocked);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGUSR1, &swapping, NULL);
}

int main(int argc, char **argv)
{
	struct request o = { .i2c_port = 1, .usb_port = 1, .second_port = 2 };
	struct rig r = { 0 };
	struct err e = ERR_INIT;
	sigset_t unblocked;

	catch_signals(&unblocked);
	if (parse(&o, argc, argv, &e) == 0 && rig_start(&r, &o, &e) == 0)
		run(&r, &unblocked, &e);
	rig_end(&r, &e);
	if (e.code)
		fprintf(stderr, "usb_board: %s\n", e.msg);
	return err_exit_status(&e);
}
