/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An I2C bus with faults: between the port, whose part of the kernel is simulated, and the board.
 */
#include <errno.h>
#include <string.h>

#include "ports/sim/board/sim_port.h"
#include "tests/faults/fault.h"

#define MESSAGE_MAX 1100
#define BUSY 0x76
#define ADDRESS_TIME (30 * NSEC_PER_USEC)	/* start, address and stop at 400 kHz */
#define GIVES_UP_AFTER (1100 * NSEC_PER_MSEC)

/* The error that an adapter reports if nothing but the address went over the bus. */
static int fails_at_once(struct injector *inj, nsec_t at, nsec_t *done)
{
	*done = at + ADDRESS_TIME;
	inj->gone |= injector_due(inj, FAULT_GONE, true) != NULL;
	if (inj->gone)
		return -ENODEV;
	if (inj->cut[0] || inj->cut[1] || injector_due(inj, FAULT_NO_ADDRESS, true))
		return -ENXIO;
	if (injector_due(inj, FAULT_ARBITRATION, true))
		return -EAGAIN;
	if (injector_due(inj, FAULT_TIMEOUT, true)) {
		*done = at + GIVES_UP_AFTER;
		return -ETIMEDOUT;
	}
	return 0;
}

static size_t spoil(struct injector *inj, bool to_chip, const uint8_t *in, size_t len, uint8_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += injector_pass(inj, to_chip, in[i], out + n);
	return n;
}

static int spoiled_write(struct injector *inj, const struct sim_transfer *t, nsec_t at,
			 nsec_t *done)
{
	uint8_t frame[MESSAGE_MAX];
	size_t n;

	injector_frame(inj, t->bytes, t->len);
	if (injector_due(inj, FAULT_NO_DATA, true)) {
		sim_i2c_write(inj->sim, t->addr, t->bytes, 1, at, done);
		return -EREMOTEIO;
	}
	n = spoil(inj, true, t->bytes, t->len, frame);
	return inj->cut[1] ? -EIO : sim_i2c_write(inj->sim, t->addr, frame, n, at, done);
}

/* A byte too few leaves the last clocks to nobody: FF. */
static int spoiled_read(struct injector *inj, const struct sim_transfer *t, nsec_t at,
			nsec_t *done)
{
	uint8_t answer[MESSAGE_MAX], bad[MESSAGE_MAX];
	int ret;
	size_t n;

	if (injector_due(inj, FAULT_BUSY, true))
		inj->busy_until = at + FAULT_BUSY_TIME;
	if (at < inj->busy_until && t->len == 1) {
		t->bytes[0] = BUSY;
		*done = at + ADDRESS_TIME;
		return 0;
	}
	ret = sim_i2c_read(inj->sim, t->addr, answer, t->len, at, done);
	if (ret < 0)
		return ret;
	n = spoil(inj, false, answer, t->len, bad);
	memset(t->bytes, 0xFF, t->len);
	memcpy(t->bytes, bad, n < t->len ? n : t->len);
	return inj->cut[0] ? -EIO : 0;
}

static void upset_chip(struct injector *inj, bool before, nsec_t at)
{
	bool boot0 = sim_line_level(inj->sim, "BOOT0");

	if (injector_due(inj, FAULT_POWER, before))
		sim_power_cycle(inj->sim, boot0, at + FAULT_POWER_OFF);
	else if (injector_due(inj, FAULT_RESET, before))
		sim_reset(inj->sim, boot0, at);
}

static int bus_transfer(void *arg, const struct sim_transfer *t, nsec_t at, nsec_t *done)
{
	struct injector *inj = arg;
	int ret = fails_at_once(inj, at, done);

	if (ret == 0) {
		if (injector_due(inj, FAULT_LATE, true))
			at += FAULT_DELAY;
		if (injector_due(inj, FAULT_STALL, true))
			sim_stall(inj->sim, FAULT_DELAY);
		upset_chip(inj, true, at);
		ret = t->reading ? spoiled_read(inj, t, at, done) : spoiled_write(inj, t, at, done);
		upset_chip(inj, false, *done);
	}
	inj->gone |= injector_due(inj, FAULT_GONE, false) != NULL;
	inj->frames++;
	return ret;
}

struct port *bus_open(struct injector *inj, const struct port_cfg *cfg, struct err *e)
{
	sim_on_transfer(inj->sim, bus_transfer, inj);
	return sim_port(inj->sim, cfg, e);
}
