/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "loader/dfu/state.h"

/* Between two looks at a device that is busy: at first, and at most for short and for long work. */
#define PAUSE_LEAST NSEC_PER_MSEC
#define PAUSE_MOST (10 * NSEC_PER_MSEC)
#define PAUSE_MOST_LONG (50 * NSEC_PER_MSEC)
#define LONG_WORK (5 * NSEC_PER_SEC)
/*
 * The share by which the next look comes ahead of one that found the work done: while nothing is known
 * of how early would be too early, and later.
 */
#define EARLIER 8
#define EARLIER_TIGHT 512
/* Steps on the way to dfuIDLE: no bootloader needs half as many. */
#define STEPS_MOST 16u
/* A manifest or a reset that is under way ends by itself. */
#define PAUSE_LEAVING (50 * NSEC_PER_MSEC)

void dfu_forget_state(struct dfu *d)
{
	d->state = DFU_UNKNOWN;
	d->pointer_known = false;
}

static nsec_t earlier(nsec_t a, nsec_t b)
{
	return a < b ? a : b;
}

/* CLRSTATUS, ABORT. */
static int order(struct dfu *d, enum dfu_request what, struct err *e)
{
	const struct port_request r = { .request = (uint8_t)what };

	d->state = DFU_UNKNOWN;
	return port_control(dfu_port(d), &r, port_now(dfu_port(d)) + DFU_TRANSFER_TIME, e) < 0 ? -1
											       : 0;
}

int dfu_ask(struct dfu *d, struct dfu_status *st, nsec_t until, struct err *e)
{
	uint8_t raw[DFU_STATUS_LEN];
	const struct port_request r = {
		.request = DFU_GETSTATUS, .in = true, .data = raw, .len = sizeof(raw),
	};
	ssize_t n = port_control(dfu_port(d), &r, until, e);

	d->state = DFU_UNKNOWN;
	if (n < 0)
		return -1;
	if (dfu_status_take(raw, (size_t)n, st) < 0)
		return err_set(e, ERR_GARBLED, "the device's status has %zd bytes, not %d", n,
			       DFU_STATUS_LEN);
	d->state = st->state;
	return 0;
}

/* A stall on GETSTATUS is how some say busy. */
static bool says_busy(int ret, const struct dfu_status *st, const struct err *e)
{
	return ret < 0 ? e->code == ERR_NACK : st->state == DFU_DNBUSY;
}

static int still_busy(nsec_t time, struct err *e)
{
	return err_set(e, ERR_TIMEOUT, "the device is still busy after %.1f s",
		       (double)time / (double)NSEC_PER_SEC);
}

/* ---- to dfuIDLE ---- */

/* One that stays busy for ever (H743 above 1 MB): CLRSTATUS makes it an error, a second clears that. */
static int stop_it(struct dfu *d, struct err *e)
{
	for (unsigned int i = 0; i < 2; i++)
		if (order(d, DFU_CLRSTATUS, e) < 0 && e->code != ERR_NACK)
			return -1;
	return 0;
}

/* One step from where it is. Returns 1 there, 0 on the way, -1 with @e set. */
static int step_to_idle(struct dfu *d, const struct dfu_status *st, struct err *e)
{
	switch (st->state) {
	case DFU_IDLE:
		return 1;
	case DFU_APP_IDLE:
	case DFU_APP_DETACH:
		return err_set(e, ERR_SILENT, "the device runs its application, not its bootloader");
	case DFU_DNLOAD_IDLE:
	case DFU_UPLOAD_IDLE:
		return order(d, DFU_ABORT, e);
	case DFU_DNLOAD_SYNC:
	case DFU_MANIFEST_SYNC:
		return 0;		/* the next look moves it on */
	case DFU_MANIFEST:
	case DFU_MANIFEST_WAIT_RESET:
		return port_sleep(dfu_port(d), port_now(dfu_port(d)) + PAUSE_LEAVING, e);
	default:
		return order(d, DFU_CLRSTATUS, e);
	}
}

int dfu_settle(struct dfu *d, nsec_t until, struct err *e)
{
	struct port *p = dfu_port(d);
	struct dfu_status st = { .state = DFU_UNKNOWN };
	unsigned int steps = 0;
	bool stopped = false;
	char text[48];
	int ret;

	d->pointer_known = false;
	while (steps < STEPS_MOST) {
		ret = dfu_ask(d, &st, until, e);
		if (says_busy(ret, &st, e) || (ret < 0 && e->code == ERR_TIMEOUT)) {
			if (port_now(p) < until) {
				if (port_sleep(p, port_now(p) + PAUSE_MOST, e) < 0)
					return -1;
				continue;
			}
			if (stopped)
				return ret < 0 ? -1 : still_busy(DFU_TRANSFER_TIME, e);
			stopped = true;
			if (stop_it(d, e) < 0)
				return -1;
			until = port_now(p) + DFU_TRANSFER_TIME;
			continue;
		}
		steps++;
		if (ret < 0 && e->code == ERR_GARBLED)
			continue;
		if (ret < 0)
			return -1;
		ret = step_to_idle(d, &st, e);
		/* CLRSTATUS and ABORT that are stalled: the next look tells more. */
		if (ret > 0 || (ret < 0 && e->code != ERR_NACK))
			return ret < 0 ? -1 : 0;
	}
	return err_set(e, ERR_GARBLED, "the device stays in %s",
		       dfu_status_name(&st, text, sizeof(text)));
}

int dfu_make_ready(struct dfu *d, enum dfu_need need, struct err *e)
{
	enum dfu_state other = need == DFU_NEEDS_DOWNLOAD ? DFU_UPLOAD_IDLE : DFU_DNLOAD_IDLE;
	enum dfu_state same = need == DFU_NEEDS_DOWNLOAD ? DFU_DNLOAD_IDLE : DFU_UPLOAD_IDLE;

	if (d->state == DFU_IDLE || d->state == same)
		return 0;
	if (d->state == other) {
		if (order(d, DFU_ABORT, e) == 0) {
			d->state = DFU_IDLE;
			return 0;
		}
		if (e->code != ERR_NACK)
			return -1;
	}
	return dfu_settle(d, port_now(dfu_port(d)) + DFU_TRANSFER_TIME, e);
}

/* ---- refusals ---- */

static int refused(struct dfu *d, const struct dfu_status *st, struct err *e)
{
	char text[48];

	d->refusal = *st;
	if (dfu_settle(d, port_now(dfu_port(d)) + DFU_TRANSFER_TIME, e) < 0)
		return -1;
	return err_set(e, ERR_NACK, "the device refused it: %s",
		       dfu_status_name(st, text, sizeof(text)));
}

int dfu_find_reason(struct dfu *d, struct err *e)
{
	struct dfu_status st;

	if (dfu_ask(d, &st, port_now(dfu_port(d)) + DFU_TRANSFER_TIME, e) < 0) {
		if (e->code == ERR_NACK)
			e->code = ERR_GARBLED;
		return -1;
	}
	if (dfu_status_is_error(&st))
		return refused(d, &st, e);
	d->pointer_known = false;
	return err_set(e, ERR_GARBLED, "the device stalled a transfer without an error behind it");
}

/* ---- work ---- */

/*
 * How long to wait before the next look. What such work has taken before says more than the stated
 * time, which otherwise is the most.
 */
static nsec_t choose_pause(const struct dfu *d, enum dfu_work kind, const struct dfu_status *st,
			   nsec_t elapsed, unsigned int looks, nsec_t work)
{
	nsec_t stated = st->poll_ms * NSEC_PER_MSEC, pause = PAUSE_LEAST << (looks < 6 ? looks / 2 : 6);

	pause = earlier(pause, work > LONG_WORK ? PAUSE_MOST_LONG : PAUSE_MOST);
	if (looks == 0 && d->usual[kind] - elapsed > PAUSE_LEAST)
		return d->usual[kind] - elapsed;
	if (stated)
		pause = earlier(pause, stated);
	return pause > PAUSE_LEAST ? pause : PAUSE_LEAST;
}

/*
 * @asked: when the look began that found it done, since the work did. That may be later than it was meant
 * to be, since sleeps last longer: what was enough before is no reason to wait longer.
 */
static void learn(struct dfu *d, enum dfu_work kind, nsec_t asked, unsigned int looks)
{
	nsec_t enough = d->usual[kind] ? earlier(asked, d->usual[kind]) : asked;

	if (looks > 1) {
		d->tight[kind] = d->usual[kind] > 0;
		d->usual[kind] = asked;
	} else {
		d->usual[kind] = enough - enough / (d->tight[kind] ? EARLIER_TIGHT : EARLIER);
	}
}

int dfu_wait_done(struct dfu *d, enum dfu_work kind, nsec_t work, struct err *e)
{
	struct port *p = dfu_port(d);
	nsec_t began = port_now(p), until = began + work + DFU_TRANSFER_TIME;
	struct dfu_status st = { .state = DFU_UNKNOWN };
	char text[48];

	for (unsigned int looks = 0;; looks++) {
		nsec_t asked = port_now(p), now;
		int ret = dfu_ask(d, &st, until, e);

		now = port_now(p);
		if (says_busy(ret, &st, e)) {
			d->loader.under_way = true;
			if (ret < 0)
				st.poll_ms = 0;
			if (now >= until)
				return still_busy(work, e);
			if (d->loader.config.waiting && now - began > NSEC_PER_SEC)
				d->loader.config.waiting(d->loader.config.waiting_arg);
			if (port_sleep(p, now + choose_pause(d, kind, &st, now - began, looks, work),
				       e) < 0)
				return -1;
			continue;
		}
		if (ret < 0)
			return -1;
		if (st.state == DFU_DNLOAD_SYNC && now < until) {
			if (port_sleep(p, now + PAUSE_LEAST, e) < 0)
				return -1;
			continue;
		}
		d->loader.under_way = false;
		if (dfu_status_is_error(&st))
			return refused(d, &st, e);
		if (st.state != DFU_DNLOAD_IDLE)
			return err_set(e, ERR_GARBLED, "the device fell to %s",
				       dfu_status_name(&st, text, sizeof(text)));
		learn(d, kind, asked - began, looks);
		return 0;
	}
}
