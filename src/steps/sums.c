/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "session/entry.h"
#include "steps/sums.h"

/* A byte takes 20 to 25 cycles: at 8 MHz, as most ROMs leave it, and at the slowest, 2 MHz. */
#define BYTE_TIME (3 * NSEC_PER_USEC)
#define BYTE_TIME_MAX (13 * NSEC_PER_USEC)
#define COME_BACK_TIME (1 * NSEC_PER_SEC)	/* that the bootloader may take beyond that */
/* For the proof of the bootloader behind the reset, and a margin: less is not worth a reset. */
#define FIXED_TIME (250 * NSEC_PER_MSEC)
#define NONCE 0xB0070000u

/* ---- whether ---- */

int sums_check(const struct session *s, struct err *e)
{
	const uint32_t needed[] = { LOADER_WRITE, LOADER_READ, LOADER_GO };
	uint32_t at;

	if (s->req->no_stub)
		return err_set(e, ERR_ABILITY, "--no-stub: no routine is run in RAM");
	if (s->loader->reads_fast)
		return err_set(e, ERR_ABILITY, "this bootloader is read faster than any routine "
			       "sums up");
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!loader_can(s->loader, needed[i]))
			return err_set(e, ERR_ABILITY, "cannot run a routine in RAM: this "
				       "bootloader has no %s",
				       s->loader->ops->name_of(s->loader, needed[i]));
	if (s->port->ops->runs_code && !s->port->ops->runs_code(s->port))
		return err_set(e, ERR_ABILITY, "this simulated chip cannot run a routine: the "
			       "Unicorn engine is not installed");
	if (s->req->verify != VERIFY_STUB && !entry_holds_boot0(s))
		return err_set(e, ERR_ABILITY, "bootpin does not hold BOOT0");
	/* The reset would start the application. */
	if (session_pin_may_be_ignored(s))
		return err_set(e, ERR_ABILITY,
			       "this chip may ignore its BOOT0 pin: a reset would not lead back");
	if (s->target.quirks & ROM_NO_READ_BETWEEN_WRITES)
		return err_set(e, ERR_ABILITY, "this version of the bootloader cannot read back "
			       "what it has just written");
	return target_stub_address(&s->target, (uint32_t)stub_sums_size(1, 1), &at, e);
}

nsec_t sums_time(const struct session *s, size_t ranges, uint64_t bytes)
{
	size_t upload = stub_sums_upload(ranges);

	return 2 * port_wire_time(s->port, upload) + (nsec_t)bytes * BYTE_TIME + entry_startup(s) +
	       FIXED_TIME;
}

/* ---- one run ---- */

struct run {
	struct session *s;
	const struct stub_range *range;
	size_t ranges, pieces;
	uint32_t at, nonce, polynomial;
	uint8_t *buf;			/* room for the upload and for the results */
	bool started;			/* Go was sent */
	bool away;			/* and the chip is not back, or another answers */
};

static uint64_t bytes_of(const struct run *r)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < r->ranges; i++)
		bytes += (uint64_t)r->range[i].len * r->range[i].pieces;
	return bytes;
}

static int read_ram(struct run *r, uint32_t addr, uint8_t *buf, size_t len, struct err *e)
{
	size_t max = r->s->loader->read_max, n;

	for (size_t done = 0; done < len; done += n) {
		n = len - done < max ? len - done : max;
		if (loader_read(r->s->loader, addr + (uint32_t)done, buf + done, n, LOADER_ONCE,
				e) < 0)
			return -1;
	}
	return 0;
}

static int write_ram(struct run *r, const uint8_t *buf, size_t len, struct err *e)
{
	size_t max = r->s->loader->write_max, n;
	enum loader_written how;

	for (size_t done = 0; done < len; done += n) {
		n = len - done < max ? len - done : max;
		if (r->s->loader->ops->write(r->s->loader, r->at + (uint32_t)done, buf + done,
					     (uint32_t)n, 0, 0, &how, e) < 0)
			return -1;
	}
	return 0;
}

static int upload(struct run *r, struct err *e)
{
	size_t len = stub_sums_upload(r->ranges);
	uint8_t *back = r->buf + len;

	stub_sums_make(r->buf, r->at, r->range, r->ranges, r->nonce, r->polynomial);
	if (write_ram(r, r->buf, len, e) < 0 || read_ram(r, r->at, back, len, e) < 0)
		return -1;
	if (memcmp(r->buf, back, len) == 0)
		return 0;
	err_set(e, ERR_LINK, "RAM at 0x%08x does not hold what was written to it", r->at);
	return err_at(e, r->at);
}

static int start_and_wait(struct run *r, struct err *e)
{
	nsec_t bytes = (nsec_t)bytes_of(r);

	r->started = true;
	if (r->s->loader->ops->go(r->s->loader, r->at, e) < 0)
		return -1;
	r->started = false;
	r->away = true;
	if (entry_back(r->s, bytes * BYTE_TIME, bytes * BYTE_TIME_MAX + COME_BACK_TIME, e) < 0)
		return -1;
	r->away = false;
	return 0;
}

/* Results have a sum of their own; a bad one may be the line's, so that they are read twice. */
static int take_results(struct run *r, uint32_t *sum, struct err *e)
{
	uint32_t addr = stub_sums_results(r->at, r->ranges);

	for (int i = 0; i < 2; i++) {
		if (read_ram(r, addr, r->buf, 4 * (r->pieces + 2), e) < 0)
			return -1;
		if (stub_sums_take(r->buf, r->pieces, r->nonce, r->polynomial, sum))
			return 0;
	}
	return err_set(e, ERR_LINK, "the routine in RAM has left no results");
}

static int run_once(struct run *r, uint32_t *sum, struct err *e)
{
	return upload(r, e) < 0 || start_and_wait(r, e) < 0 || take_results(r, sum, e) < 0 ? -1 : 0;
}

/* ---- whatever comes of it ---- */

/* Of the port, or of the user: not of the routine. */
static bool ends_the_job(const struct err *e)
{
	return e->code != ERR_LINK && e->code != ERR_ABILITY && e->code != ERR_PROTECTED;
}

/* Where Go was sent and not acknowledged the chip is looked for. */
static int settle(struct run *r, const struct err *why, struct err *e)
{
	if (ends_the_job(why) || r->away) {
		*e = *why;
		return -1;
	}
	r->s->sums_failed = true;
	report_event(r->s->r, EV_SUMS_ODD, why->msg);
	if (r->started && entry_back(r->s, 0, COME_BACK_TIME, e) < 0)
		return -1;
	return 0;
}

/* As many of the ranges as RAM has room for. */
static int find_room(struct run *r, size_t ranges, struct err *e)
{
	for (r->ranges = ranges; r->ranges; r->ranges /= 2) {
		r->pieces = stub_sums_pieces(r->range, r->ranges);
		if (target_stub_address(&r->s->target,
					(uint32_t)stub_sums_size(r->ranges, r->pieces), &r->at,
					e) == 0)
			return 0;
	}
	return -1;
}

static int run_some(struct run *r, size_t ranges, uint32_t *sum, struct err *e)
{
	struct err why = ERR_INIT;
	int ret = find_room(r, ranges, &why);

	if (ret == 0) {
		r->nonce = NONCE + ++r->s->sums_run;
		r->buf = malloc(2 * stub_sums_upload(r->ranges) + 4 * (r->pieces + 2));
		if (!r->buf)
			return err_set(e, ERR_OTHER, "out of memory");
		ret = run_once(r, sum, &why);
		free(r->buf);
	}
	return ret == 0 ? 1 : settle(r, &why, e);
}

int sums_run(struct session *s, const struct stub_range *range, size_t ranges, uint32_t polynomial,
	     uint32_t *sum, struct err *e)
{
	struct run r = { .s = s, .range = range, .polynomial = polynomial };
	int ret = s->sums_failed ? 0 : 1;	/* once is enough */

	while (ranges && ret > 0) {
		ret = run_some(&r, ranges, sum, e);
		sum += r.pieces;
		r.range += r.ranges;
		ranges -= r.ranges;
	}
	return ret;
}
