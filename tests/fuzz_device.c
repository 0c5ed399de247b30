/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: a hostile device, whose answers to whole jobs are the input. Corpus: tests/corpus/device.
 *
 * The input's first byte says the wire and the job, the second what comes when the input is used
 * up. Over a UART each frame of the host's takes from it a count and so many bytes that are
 * answered; over I2C each read its status and the bytes that are asked for, each write its status.
 */
#include "fuzz_job.h"

#define HEAD_I2C 0x80u
#define GONE 255u
#define BAD_PARITY 254u		/* one byte, marked */
#define CALLS_MAX 1000000u

static const char *const jobs[] = {
	"",
	"-w image",
	"-w image --no-verify",
	"-w image --full -g 0",
	"-w image -e 0",
	"-w image --verify=checksum",
	"-w image --mass-erase",
	"-o",
	"-o -s 1 -e 3",
	"-S 0x08000000:600 -r copy",
	"-r copy",
	"-S 0x08000000:512 -C",
	"--compare image",
	"-S 0x08000000:64 --blank-check",
	"-u",
	"-j",
	"-k",
	"-R",
};

/* A job that ends well only if it was told the image. */
static bool proves_image(const char *job)
{
	return (!strncmp(job, "-w", 2) && !strstr(job, "--no-verify") &&
		!strstr(job, "checksum")) || !strncmp(job, "--compare", 9);
}

struct device_port {
	struct port port;
	struct input in;
	bool endless;		/* @filler when the input is used up, silence without */
	uint8_t filler;
	unsigned int waiting;	/* bytes of an answer that are still to be fetched */
	bool marked;		/* the next has a parity error */
	nsec_t now;
	unsigned int calls;
	uint8_t told[sizeof(fuzz_image)];	/* the last bytes that the host was told */
	bool told_image;	/* these have been the image */
};

static struct device_port *self(struct port *p)
{
	return (struct device_port *)p;
}

/* What the host asks of its port is bounded too. */
static void count_call(struct device_port *d)
{
	require(++d->calls < CALLS_MAX);
}

static int gone(struct err *e)
{
	return err_set(e, ERR_GONE, "the port is gone");
}

static uint8_t next_byte(struct device_port *d)
{
	uint8_t byte = d->in.left ? input_byte(&d->in) : d->filler;

	memmove(d->told, d->told + 1, sizeof(d->told) - 1);
	d->told[sizeof(d->told) - 1] = byte;
	if (!memcmp(d->told, fuzz_image, sizeof(d->told)))
		d->told_image = true;
	return byte;
}

/* ---- UART ---- */

static ssize_t uart_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			 struct err *e)
{
	struct device_port *d = self(p);
	uint8_t *out = buf;
	size_t n = 0;

	count_call(d);
	require(len);
	if (d->waiting == GONE)
		return gone(e);
	while (n < len && (d->waiting || (!d->in.left && d->endless))) {
		nsec_t byte_time = port_wire_time(p, 1);

		if (d->now + byte_time > until)
			break;
		d->now += byte_time;
		d->waiting -= d->waiting > 0;
		out[n++] = next_byte(d);
	}
	if (bad)
		*bad = d->marked && n ? 0 : n;
	d->marked = d->marked && !n;
	if (!n && until > d->now)
		d->now = until;
	return (ssize_t)n;
}

static int uart_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct device_port *d = self(p);

	(void)until;
	count_call(d);
	require(buf && len);
	if (d->waiting == GONE)
		return gone(e);
	d->now += port_wire_time(p, len);
	d->waiting = input_byte(&d->in);
	d->marked = d->waiting == BAD_PARITY;
	if (d->marked)
		d->waiting = 1;
	return 0;
}

static int uart_discard(struct port *p, struct err *e)
{
	(void)e;
	count_call(self(p));
	return 0;
}

/* ---- I2C ---- */

/* One byte in eight is none of the good ones. */
static int status(struct device_port *d, struct err *e)
{
	uint8_t s = input_byte(&d->in);

	if (s < 0xE0)
		return 0;
	if (s < 0xF0)
		return err_set(e, ERR_TIMEOUT, "nobody has acknowledged the address");
	if (s < 0xF8)
		return err_set(e, ERR_GARBLED, "the transfer failed");
	if (s < 0xFF)
		return err_set(e, ERR_TOO_LONG, "the adapter does not take that");
	return gone(e);
}

static ssize_t i2c_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			struct err *e)
{
	struct device_port *d = self(p);
	uint8_t *out = buf;

	(void)until;
	count_call(d);
	require(len);
	d->now += port_wire_time(p, len);
	if (bad)
		*bad = len;
	if (status(d, e) < 0)
		return -1;
	for (size_t i = 0; i < len; i++)
		out[i] = next_byte(d);
	return (ssize_t)len;
}

static int i2c_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct device_port *d = self(p);

	(void)until;
	count_call(d);
	require(buf && len);
	d->now += port_wire_time(p, len);
	return status(d, e);
}

/* ---- both ---- */

static int device_sleep(struct port *p, nsec_t until, struct err *e)
{
	struct device_port *d = self(p);

	(void)e;
	count_call(d);
	if (until > d->now)
		d->now = until;
	return 0;
}

static nsec_t device_now(struct port *p)
{
	return self(p)->now;
}

static const struct port_ops uart_ops = {
	.name = "device", .read = uart_read, .write = uart_write, .discard = uart_discard,
	.sleep = device_sleep, .now = device_now,
};

static const struct port_ops i2c_ops = {
	.name = "device", .read = i2c_read, .write = i2c_write, .discard = uart_discard,
	.sleep = device_sleep, .now = device_now,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	uint8_t head = input_byte(&in), filler = input_byte(&in);
	bool i2c = head & HEAD_I2C;
	const char *job = jobs[(head & ~HEAD_I2C) % COUNT(jobs)];
	struct device_port d = {
		.port = { .ops = i2c ? &i2c_ops : &uart_ops, .baud = i2c ? 400000 : 115200,
			  .caps = PORT_VIRTUAL | (i2c ? 0 : PORT_STREAM | PORT_PARITY),
			  .mode = SERIAL_MODE_8E1 },
		.in = in, .filler = filler, .endless = filler,
	};
	char args[128];

	snprintf(args, sizeof(args), "-n 2 %s %s", job, i2c ? "-a 0x56 /dev/i2c-1" : "device");
	if (fuzz_run(args, &d.port, FUZZ_TIME_MAX) == 0)
		require(d.told_image || !proves_image(job));
	return 0;
}
