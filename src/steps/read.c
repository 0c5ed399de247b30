/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/crc.h"
#include "job/plan.h"
#include "session/raise.h"
#include "parsers/saver.h"
#include "steps/read.h"

/* Called with each piece of a range in turn. Returns 0, 1 to stop early, -1 with @e set. */
typedef int (*piece_fn)(void *arg, uint32_t addr, const uint8_t *data, uint32_t len, struct err *e);

/* A range in pieces. */
struct tour {
	struct range range;
	enum phase phase;
	enum loader_sureness how;
	piece_fn fn;
	void *arg;
};

/*
 * A piece is handed on when what came behind it was in order: a byte too many in an answer is seen
 * only there. *sound: it was.
 */
static int look_behind(struct session *s, unsigned int recoveries, bool last, bool *sound,
		       struct err *e)
{
	int ret = 1;

	*sound = s->loader->recoveries == recoveries;
	if (*sound && last)
		ret = s->loader->ops->is_settled(s->loader, e);
	*sound &= ret > 0;
	return ret < 0 ? -1 : 0;
}

static int give_up_piece(uint32_t addr, struct err *e)
{
	err_set(e, ERR_LINK, "cannot read at 0x%08x: nothing but answers out of step", addr);
	return err_at(e, addr);
}

/* The piece before is held back until this one has come. */
static int walk(struct session *s, const struct tour *t, struct err *e)
{
	uint32_t max = s->loader->read_max, done = 0, held = 0;
	unsigned int again = 0;
	uint8_t buf[2][LOADER_BLOCK_MAX];
	int ret = 0;

	while ((done < t->range.len || held) && ret == 0) {
		uint32_t left = t->range.len - done, n = left < max ? left : max;
		uint32_t addr = t->range.addr + done;
		unsigned int recoveries = s->loader->recoveries;
		bool sound;

		if (stop_check(s->stop, e) < 0 ||
		    (n && loader_read(s->loader, addr, buf[1], n, t->how, e) < 0) ||
		    look_behind(s, recoveries, !n, &sound, e) < 0)
			return -1;
		if (held && !sound) {
			if (again++ >= s->req->retries)
				return give_up_piece(addr - held, e);
			done -= held;
			held = 0;
			continue;
		}
		if (held) {
			ret = t->fn(t->arg, addr - held, buf[0], held, e);
			again = 0;
		}
		if (ret == 0)
			report_progress(s->r, done, port_now(s->port));
		memcpy(buf[0], buf[1], n);
		held = n;
		done += n;
	}
	return ret;
}

/*
 * The line may go faster: where nothing but flash is read, since the proof of a rate writes to RAM,
 * and where more than the line's word is asked for, or its parity at least.
 */
static int choose_rate(struct session *s, const struct tour *t, struct err *e)
{
	bool twice = t->how != LOADER_ONCE;
	uint32_t end;

	if (target_area(&s->target, t->range.addr, &end) != AREA_FLASH)
		raise_stays(s, "the job is not about flash alone");
	else if (!twice && !(s->port->caps & PORT_PARITY))
		raise_stays(s, "nothing would show an error of the line (-v would)");
	else
		return raise_rate(s, t->range.len * (twice ? UINT64_C(2) : 1), e);
	return 0;
}

static int for_each_piece(struct session *s, const struct tour *t, struct err *e)
{
	int ret;

	if (choose_rate(s, t, e) < 0)
		return -1;
	report_begin(s->r, t->phase, t->range.len, port_now(s->port));
	ret = walk(s, t, e);
	report_end(s->r, ret == 0 ? REPORT_DONE : REPORT_FAILED, port_now(s->port));
	return ret < 0 ? -1 : 0;
}

/* ---- read ---- */

static int save_piece(void *arg, uint32_t addr, const uint8_t *data, uint32_t len, struct err *e)
{
	return saver_add(arg, addr, data, len, e);
}

static int put_out(void *to, const uint8_t *data, size_t len, struct err *e)
{
	return outfile_write(to, data, len, e);
}

/* NULL: as raw bytes. */
static const struct saver_ops *saver_of(const struct session *s)
{
	return s->job->save_as ? s->job->save_as->saver : NULL;
}

/* Walks the range, and saves it in the format that the file's name asks for. */
static int save_range(struct session *s, const struct tour *range, struct err *e)
{
	struct saver saver;
	struct tour t = *range;

	t.fn = save_piece;
	t.arg = &saver;
	if (saver_begin(&saver, saver_of(s), put_out, s->out.read_to, e) < 0 ||
	    for_each_piece(s, &t, e) < 0)
		return -1;
	return saver_end(&saver, e);
}

static enum loader_sureness how_to_look(const struct session *s)
{
	switch (s->req->verify) {
	case VERIFY_ASKED:
	case VERIFY_CHECKSUM:
		return LOADER_PROVEN;
	case VERIFY_READ:
		return LOADER_TWICE;
	default:
		return LOADER_ONCE;
	}
}

/* How far what was read is proven, in words. */
static const char *words_of(const struct session *s, enum loader_sureness how)
{
	if (how == LOADER_PROVEN && loader_can(s->loader, LOADER_CHECKSUM))
		return "proven by the chip's checksums";
	if (how != LOADER_ONCE)
		return "looked at twice";
	if (s->port->caps & PORT_CONTROL)
		return "checked by the CRC of USB alone";
	return s->port->caps & PORT_PARITY ? "checked by parity alone" : RESULT_UNCHECKED;
}

int step_read(struct session *s, struct err *e)
{
	struct tour t = { .how = how_to_look(s) };
	bool sums = loader_can(s->loader, LOADER_CHECKSUM);

	t.phase = t.how == LOADER_ONCE ? PHASE_READING : PHASE_READING_TWICE;
	if (plan_range(s->req, &s->target, &t.range, e) < 0)
		return -1;
	if (s->req->verify == VERIFY_CHECKSUM && !loader_can(s->loader, LOADER_CHECKSUM))
		return err_set(e, ERR_ABILITY,
			       "--verify=checksum: this bootloader has no Get Checksum");
	report_event(s->r, EV_READING, t.range.addr, t.range.addr + t.range.len - 1);
	if (saver_of(s))
		report_event(s->r, EV_READ_AS, s->req->read_file, s->job->save_as->title);
	if (save_range(s, &t, e) < 0)
		return -1;
	if (outputs_keep_read(&s->out, e) < 0)
		return -1;
	if (sums && !loader_can(s->loader, LOADER_CHECKSUM))
		report_event(s->r, EV_SUMS_REFUSED,
			     s->loader->ops->name_of(s->loader, LOADER_CHECKSUM));
	if (t.how == LOADER_ONCE && !(s->port->caps & (PORT_PARITY | PORT_CONTROL)))
		report_event(s->r, EV_READ_UNCHECKED);
	report_event(s->r, EV_READ, t.range.len, words_of(s, t.how));
	return 0;
}

/* ---- CRC ---- */

static int sum_piece(void *arg, uint32_t addr, const uint8_t *data, uint32_t len, struct err *e)
{
	uint32_t *crc = arg;

	(void)addr;
	(void)e;
	*crc = crc_stm32(*crc, data, len);
	return 0;
}

/* 1: the chip has summed it up itself; 0: it is to be read; -1. */
static int sum_by_chip(struct session *s, const struct range *range, uint32_t *crc, struct err *e)
{
	struct err why = ERR_INIT;

	if (!loader_can(s->loader, LOADER_CHECKSUM))
		return 0;
	if (s->loader->ops->checksum(s->loader, range->addr, range->len, crc, LOADER_TWICE,
				     &why) == 0) {
		report_event(s->r, EV_SUM_BY_CHIP);
		return 1;
	}
	if (why.code != ERR_ABILITY) {
		*e = why;
		return -1;
	}
	report_event(s->r, EV_SUM_REFUSED, why.msg);
	*crc = CRC_INIT;
	return 0;
}

int step_crc(struct session *s, struct err *e)
{
	uint32_t crc = CRC_INIT;
	struct tour t = { .phase = PHASE_SUMMING, .how = LOADER_TWICE, .fn = sum_piece, .arg = &crc };
	const struct range *range = &t.range;
	int ret;

	if (plan_range(s->req, &s->target, &t.range, e) < 0)
		return -1;
	if (range->len % 4)
		return err_set(e, ERR_ABILITY, "-C: the length %u is not a multiple of 4",
			       range->len);
	ret = sum_by_chip(s, &t.range, &crc, e);
	if (ret < 0 || (ret == 0 && for_each_piece(s, &t, e) < 0))
		return -1;
	report_event(s->r, EV_CRC, range->addr, range->addr + range->len, crc);
	report_event(s->r, EV_SUMMED, range->len,
		     ret ? "computed by the chip" : "over what was read twice");
	return 0;
}

/* ---- blank check ---- */

struct blank_search { uint8_t erased; bool found; uint32_t addr; uint8_t value; };

static int search_piece(void *arg, uint32_t addr, const uint8_t *data, uint32_t len, struct err *e)
{
	struct blank_search *b = arg;

	(void)e;
	for (uint32_t i = 0; i < len; i++)
		if (data[i] != b->erased) {
			b->found = true;
			b->addr = addr + i;
			b->value = data[i];
			return 1;
		}
	return 0;
}

int step_blank_check(struct session *s, struct err *e)
{
	struct blank_search b = { .erased = target_erased(&s->target) };
	struct tour t = { .phase = PHASE_CHECKING, .how = LOADER_ONCE, .fn = search_piece, .arg = &b };

	if (plan_range(s->req, &s->target, &t.range, e) < 0 || for_each_piece(s, &t, e) < 0)
		return -1;
	if (b.found) {
		err_set(e, ERR_VERIFY, "not blank: 0x%02x at 0x%08x", b.value, b.addr);
		return err_at(e, b.addr);
	}
	report_event(s->r, EV_BLANK, t.range.addr, t.range.addr + t.range.len - 1,
		     t.range.len);
	return 0;
}
