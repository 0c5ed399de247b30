/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A serial line with faults: a port between the host and the board's own port.
 */
#include <stdlib.h>
#include <string.h>

#include "ports/sim/board/sim_port.h"
#include "tests/faults/fault.h"
#include "ports/wrapper.h"

#define HELD_MAX 4096
#define RESET_PULSE NSEC_PER_MSEC

struct line {
	struct wrapper wrapper;
	struct injector *inj;
	/* Bytes to the chip that an adapter holds back. */
	uint8_t held[HELD_MAX];
	size_t held_count;
	nsec_t held_until;
	/* Bytes to the host: made by a fault, or held back. */
	uint8_t pending[2];
	size_t pending_count;
	nsec_t pending_from;
	bool bad;			/* the next of them comes with a parity error */
	bool pause;			/* the host stops ahead of its next look */
};

static struct line *line_of(struct port *p)
{
	return (struct line *)p;
}

static int vanished(struct err *e)
{
	return err_set(e, ERR_GONE, "the port vanished");
}

/* ---- to the chip ---- */

static int release_held(struct line *l, struct err *e)
{
	size_t n = l->held_count;

	l->held_count = 0;
	return n ? port_write(l->wrapper.inner, l->held, n, INT64_MAX, e) : 0;
}

/* Waits up to @until; what is held back goes on its way when its time has come. */
static int pass_time(struct line *l, nsec_t until, struct err *e)
{
	if (l->held_count && l->held_until <= until) {
		if (port_sleep(l->wrapper.inner, l->held_until, e) < 0 || release_held(l, e) < 0)
			return -1;
	}
	return port_sleep(l->wrapper.inner, until, e);
}

static int send(struct line *l, const uint8_t *bytes, size_t len, struct err *e)
{
	if (!l->held_count)
		return len ? port_write(l->wrapper.inner, bytes, len, INT64_MAX, e) : 0;
	if (len > HELD_MAX - l->held_count)
		len = HELD_MAX - l->held_count;
	memcpy(l->held + l->held_count, bytes, len);
	l->held_count += len;
	return 0;
}

static int send_spoiled(struct line *l, const uint8_t *bytes, size_t len, struct err *e)
{
	uint8_t out[2];

	while (len) {
		size_t n = injector_free(l->inj, true);
		const struct fault *f;

		n = n < len ? n : len;
		if (n && send(l, bytes, n, e) < 0)
			return -1;
		l->inj->bytes[1] += (uint32_t)n;
		bytes += n;
		len -= n;
		if (!len)
			break;
		f = injector_next(l->inj, true);
		if (f && f->kind == FAULT_DELAYED && !l->held_count) {
			l->held_until = port_now(l->wrapper.inner) + FAULT_DELAY;
			l->held[l->held_count++] = *bytes;
			injector_pass(l->inj, true, *bytes, out);
		} else if (send(l, out, injector_pass(l->inj, true, *bytes, out), e) < 0) {
			return -1;
		}
		bytes++;
		len--;
	}
	return 0;
}

/* The line is idle, then the chip starts anew; what it was about to say is never heard. */
static int upset_chip(struct line *l, bool before, struct err *e)
{
	nsec_t off = RESET_PULSE;
	bool power = injector_due(l->inj, FAULT_POWER, before);
	int nrst;

	if (!power && !injector_due(l->inj, FAULT_RESET, before))
		return 0;
	nrst = l->wrapper.inner->ops->find_pin(l->wrapper.inner, "NRST", 0, e);
	if (power)
		off = FAULT_POWER_OFF;
	if (port_sleep(l->wrapper.inner, sim_now(l->inj->sim), e) < 0 ||
	    l->wrapper.inner->ops->drive_pin(l->wrapper.inner, nrst, false, e) < 0 ||
	    port_sleep(l->wrapper.inner, port_now(l->wrapper.inner) + off, e) < 0 ||
	    l->wrapper.inner->ops->drive_pin(l->wrapper.inner, nrst, true, e) < 0)
		return -1;
	if (power)
		sim_power_cycle(l->inj->sim, sim_line_level(l->inj->sim, "BOOT0"),
				port_now(l->wrapper.inner));
	return 0;
}

static int line_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct line *l = line_of(p);

	(void)until;
	injector_frame(l->inj, buf, len);
	l->inj->gone |= injector_due(l->inj, FAULT_GONE, true) != NULL;
	if (l->inj->gone)
		return vanished(e);
	l->pause |= injector_due(l->inj, FAULT_PAUSE, true) != NULL;
	if (injector_due(l->inj, FAULT_STALL, true))
		sim_stall(l->inj->sim, FAULT_DELAY);
	if (upset_chip(l, true, e) < 0 || send_spoiled(l, buf, len, e) < 0 ||
	    upset_chip(l, false, e) < 0)
		return -1;
	l->inj->gone |= injector_due(l->inj, FAULT_GONE, false) != NULL;
	l->inj->frames++;
	return 0;
}

/* ---- from the chip ---- */

/* The next byte from the board: 1, or 0 at @until. */
static int fetch(struct line *l, uint8_t *byte, nsec_t until, size_t *bad, struct err *e)
{
	ssize_t n;

	if (l->held_count && l->held_until <= until) {
		n = port_read(l->wrapper.inner, byte, 1, l->held_until, bad, e);
		if (n)
			return (int)n;
		if (release_held(l, e) < 0)
			return -1;
	}
	return (int)port_read(l->wrapper.inner, byte, 1, until, bad, e);
}

/* A byte that a fault made or held back: 1, or 0 at @until. */
static int take_pending(struct line *l, uint8_t *byte, nsec_t until, size_t *bad, struct err *e)
{
	nsec_t now = port_now(l->wrapper.inner);
	nsec_t due = l->pending_from > now ? l->pending_from : now;

	if (pass_time(l, due < until ? due : until, e) < 0)
		return -1;
	if (due > until && due > now)
		return 0;
	*byte = l->pending[0];
	l->pending[0] = l->pending[1];
	l->pending_count--;
	*bad = l->bad ? 0 : 1;
	l->bad = false;
	return 1;
}

static void spoil_answer(struct line *l, uint8_t byte, bool bad)
{
	const struct fault *f = injector_next(l->inj, false);

	l->bad = bad;
	if (f && f->kind == FAULT_FLIP && l->wrapper.port.caps & PORT_PARITY)
		l->bad = true;
	if (f && f->kind == FAULT_DELAYED)
		l->pending_from = port_now(l->wrapper.inner) + FAULT_DELAY;
	l->pending_count = injector_pass(l->inj, false, byte, l->pending);
}

static ssize_t line_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			 struct err *e)
{
	struct line *l = line_of(p);
	size_t inner_bad = 1, *where = bad ? bad : &inner_bad;
	uint8_t *byte = buf;
	int n;

	(void)len;
	if (l->inj->gone)
		return vanished(e);
	if (l->pause && pass_time(l, port_now(l->wrapper.inner) + FAULT_DELAY, e) < 0)
		return -1;
	l->pause = false;
	while (!l->pending_count) {
		n = fetch(l, byte, until, where, e);
		if (n <= 0)
			return n;
		spoil_answer(l, *byte, *where == 0);
	}
	return take_pending(l, byte, until, where, e);
}

/* ---- the rest passes ---- */

static int line_sleep(struct port *p, nsec_t until, struct err *e)
{
	line_of(p)->wrapper.inner->deaf = p->deaf;
	return pass_time(line_of(p), until, e);
}

static int line_close(struct port *p, struct err *e)
{
	int ret = wrapper_forward.close(p, e);

	free(p);
	return ret;
}

static const struct port_ops line_ops = {
	.read = line_read, .write = line_write, .sleep = line_sleep,
	.close = line_close,
};

struct port *line_open(struct injector *inj, const struct port_cfg *cfg, struct err *e)
{
	struct port *inner = sim_port(inj->sim, cfg, e);
	struct line *l = inner ? calloc(1, sizeof(*l)) : NULL;

	if (!l) {
		port_close(inner, NULL);
		return NULL;
	}
	l->inj = inj;
	wrapper_init(&l->wrapper, inner, &line_ops);
	return &l->wrapper.port;
}
