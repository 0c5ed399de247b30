/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: a hostile device under whole jobs: a simulated chip whose answers the input replaces at
 * will. Corpus: tests/corpus/device.
 *
 * The input's first byte says the wire and the job, the second the chip, the third what comes
 * behind its end: 0 what the chip says, 1 silence, else that byte without end. Then come lies: how
 * many frames of the host's are answered truly before it, a count, and so many bytes. Over I2C each
 * transaction is a frame, and the larger counts are ways for it to fail.
 */
#include "ports/sim/board/sim.h"
#include "ports/sim/board/sim_port.h"
#include "tests/fuzz/fuzz_job.h"
#include "ports/wrapper.h"

#define HEAD_I2C 0x80u
#define UNHEARD 0x80u		/* beside how many frames: the chip does not get this one */
#define GONE 255u		/* counts with a meaning of their own: the port is gone */
#define BAD_PARITY 254u		/* over UART: one byte, marked */
#define FAILS 0xE0u		/* over I2C: this and above */
#define CALLS_MAX 1000000u

enum { TRUTH, SILENCE };	/* what comes behind the end */

static const char *const chips[] = { "f103", "l053", "l432", "g071", "f103,rdp=1", "x33" };

static const char *const jobs[] = {
	"",
	"-w image --verify=read",
	"-w image --no-verify",
	"-w image --verify=read --full -g 0",
	"-w image --verify=read -e 0",
	"-w image --verify=checksum",
	"-w image --verify=read --mass-erase",
	"-o",
	"-o -s 1 -e 3",
	"-S 0x08000000:600 -r -",
	"-r -",
	"-S 0x08000000:512 -C",
	"--compare image",
	"-S 0x08000000:64 --blank-check",
	"-u",
	"-j",
	"-k",
	"-R",
	"--option-bytes",
	"--set-option WRP=0xfffffffe",
	"-w image --verify=read --unlock",
	"-w image --verify=read --lock",
};

/* A job that ends well only if it was told the image. */
static bool proves_image(const char *job)
{
	return strstr(job, "--verify=read") || !strncmp(job, "--compare", 9);
}

struct device_port {
	struct wrapper wrapper;	/* before the chip's port */
	struct input in;
	uint8_t behind;
	unsigned int truths;	/* frames before the next lie */
	bool unheard;
	bool lying;		/* about the frame that was sent last */
	struct input lie;	/* what is left of it */
	bool marked;		/* its next byte has a parity error */
	bool gone;
	unsigned int calls;
	uint8_t told[sizeof(fuzz_image)];	/* the last bytes that the host was told */
	bool told_image;	/* these have been the image */
};

static struct device_port *self(struct port *p)
{
	return (struct device_port *)p;
}

/* The number of calls to the port is bounded too. */
static void count_call(struct device_port *d)
{
	require(++d->calls < CALLS_MAX);
}

static int gone(struct err *e)
{
	return err_set(e, ERR_GONE, "the port is gone");
}

static void tell(struct device_port *d, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		memmove(d->told, d->told + 1, sizeof(d->told) - 1);
		d->told[sizeof(d->told) - 1] = bytes[i];
		d->told_image |= !memcmp(d->told, fuzz_image, sizeof(d->told));
	}
}

static void pass_time(struct device_port *d, nsec_t until)
{
	if (until > port_now(d->wrapper.inner))
		port_sleep(d->wrapper.inner, until, NULL);
}

/* ---- lies ---- */

static void next_truths(struct device_port *d)
{
	uint8_t head = input_byte(&d->in);

	d->truths = head & ~UNHEARD;
	d->unheard = head & UNHEARD;
}

/* A frame comes. Returns the count of the lie about it; -1 if it is answered truly. */
static int next_frame(struct device_port *d)
{
	size_t len;
	int count;

	d->lie.left = 0;
	d->lying = d->in.left ? !d->truths : d->behind != TRUTH;
	if (!d->in.left)
		d->unheard = true;
	if (!d->lying) {
		d->truths -= d->truths > 0;
		return -1;
	}
	count = input_byte(&d->in);
	len = (size_t)count < d->in.left ? (size_t)count : d->in.left;
	d->lie = (struct input){ d->in.at, len };
	d->in.at += len;
	d->in.left -= len;
	return count;
}

/* Those who lie without end say one byte over and over when all else is said. */
static bool has_more(const struct device_port *d)
{
	return d->lie.left || (!d->in.left && d->behind > SILENCE);
}

static uint8_t next_lie(struct device_port *d)
{
	return d->lie.left ? input_byte(&d->lie) : d->behind;
}

/* ---- UART ---- */

static ssize_t read_lie(struct device_port *d, uint8_t *out, size_t len, nsec_t until, size_t *bad)
{
	nsec_t byte_time = port_wire_time(&d->wrapper.port, 1);
	size_t n = 0;

	while (n < len && has_more(d) && port_now(d->wrapper.inner) + byte_time <= until) {
		pass_time(d, port_now(d->wrapper.inner) + byte_time);
		out[n++] = next_lie(d);
	}
	if (bad)
		*bad = d->marked && n ? 0 : n;
	d->marked = d->marked && !n;
	if (!n)
		pass_time(d, until);
	return (ssize_t)n;
}

static ssize_t uart_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			 struct err *e)
{
	struct device_port *d = self(p);
	ssize_t n;

	count_call(d);
	require(len);
	if (d->gone)
		return gone(e);
	if (d->lying)
		n = read_lie(d, buf, len, until, bad);
	else
		n = port_read(d->wrapper.inner, buf, len, until, bad, e);
	if (n > 0)
		tell(d, buf, (size_t)n);
	return n;
}

/* The chip's own answer to a frame that was lied about is lost, unless it comes later. */
static int uart_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct device_port *d = self(p);
	int count;

	count_call(d);
	require(buf && len);
	if (d->lying)
		port_discard(d->wrapper.inner, NULL);
	count = next_frame(d);
	d->gone |= count == (int)GONE;
	if (d->gone)
		return gone(e);
	d->marked = count == (int)BAD_PARITY;
	if (count < 0 || !d->unheard)
		port_write(d->wrapper.inner, buf, len, until, NULL);
	else
		pass_time(d, port_now(d->wrapper.inner) + port_wire_time(p, len));
	if (count >= 0)
		next_truths(d);
	return 0;
}

/* ---- I2C ---- */

static int fail_transaction(unsigned int count, struct err *e)
{
	if (count < 0xE8)
		return err_set(e, ERR_TIMEOUT, "nobody has acknowledged the address");
	if (count < 0xF0)
		return err_set(e, ERR_GARBLED, "the transfer failed");
	if (count < GONE)
		return err_set(e, ERR_TOO_LONG, "the adapter does not take that");
	return gone(e);
}

static ssize_t i2c_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			struct err *e)
{
	struct device_port *d = self(p);
	uint8_t *out = buf;
	int count;
	ssize_t n = (ssize_t)len;

	count_call(d);
	require(len);
	count = next_frame(d);
	if (count < 0) {
		n = port_read(d->wrapper.inner, buf, len, until, bad, e);
	} else {
		pass_time(d, port_now(d->wrapper.inner) + port_wire_time(p, len));
		for (size_t i = 0; i < len; i++)
			out[i] = has_more(d) ? next_lie(d) : 0xFF;
		if (bad)
			*bad = len;
		next_truths(d);
	}
	if (count >= (int)FAILS)
		return fail_transaction((unsigned int)count, e);
	if (n > 0)
		tell(d, buf, (size_t)n);
	return n;
}

static int i2c_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct device_port *d = self(p);
	int count;

	count_call(d);
	require(buf && len);
	count = next_frame(d);
	if (count < 0)
		return port_write(d->wrapper.inner, buf, len, until, e);
	if (d->unheard)
		pass_time(d, port_now(d->wrapper.inner) + port_wire_time(p, len));
	else
		port_write(d->wrapper.inner, buf, len, until, NULL);
	next_truths(d);
	return count >= (int)FAILS ? fail_transaction((unsigned int)count, e) : 0;
}

/* ---- both ---- */

static int device_discard(struct port *p, struct err *e)
{
	struct device_port *d = self(p);

	count_call(d);
	d->lie.left = 0;
	return port_discard(d->wrapper.inner, e);
}

static int device_sleep(struct port *p, nsec_t until, struct err *e)
{
	count_call(self(p));
	return port_sleep(self(p)->wrapper.inner, until, e);
}

static const struct port_ops uart_ops = {
	.read = uart_read, .write = uart_write, .discard = device_discard,
	.sleep = device_sleep,
};

static const struct port_ops i2c_ops = {
	.read = i2c_read, .write = i2c_write, .discard = device_discard,
	.sleep = device_sleep,
};

static void run(struct sim *board, const char *job, bool i2c, struct input in)
{
	struct port_cfg cfg = { .spec = "device", .baud = 115200, .mode = SERIAL_MODE_8E1 };
	struct device_port d = { .behind = input_byte(&in) };
	struct err e = ERR_INIT;
	struct port *inner;
	char args[128];

	cfg.i2c_addr = chip_config(sim_chip(board))->model->i2c_addr;
	inner = sim_port(board, &cfg, &e);
	require(inner);
	wrapper_init(&d.wrapper, inner, i2c ? &i2c_ops : &uart_ops);
	d.in = in;
	next_truths(&d);
	snprintf(args, sizeof(args), "-n 2 %s %s", job, i2c ? "-a 0x56" : "");
	if (fuzz_run(args, i2c ? "/dev/i2c-1" : "/dev/device", &d.wrapper.port, FUZZ_TIME_MAX) == 0)
		require(d.told_image || !proves_image(job));
	port_close(&d.wrapper.port, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	uint8_t head = input_byte(&in), chip = input_byte(&in);
	bool i2c = head & HEAD_I2C;
	struct err e = ERR_INIT;
	struct sim *board;
	char spec[64];

	snprintf(spec, sizeof(spec), "%s%s", chips[chip % COUNT(chips)], i2c ? ",bus=i2c" : "");
	board = sim_new(spec, &e);
	if (!board)
		return 0;	/* this chip has no I2C */
	run(board, jobs[(head & ~HEAD_I2C) % COUNT(jobs)], i2c, in);
	sim_free(board, NULL);
	return 0;
}
