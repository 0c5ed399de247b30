/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps that change nothing: read, CRC, compare, blank check.
 */
#include <string.h>

#include "base/crc.h"
#include "session/session.h"

/* One look at a piece of memory: link_read, or one of those that make sure. */
typedef int (*look_fn)(struct link *l, uint32_t addr, uint8_t *buf, size_t len, struct err *e);

/* Called with each piece of a range in turn. Returns 0, 1 to stop early, -1 with @e set. */
typedef int (*piece_fn)(void *arg, uint32_t addr, const uint8_t *data, uint32_t len, struct err *e);

/* A range in pieces; @verb and @past are for the report. */
struct tour {
	struct range range;
	const char *verb, *past;
	look_fn look;
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

	*sound = s->link.recoveries == recoveries;
	if (*sound && last)
		ret = link_is_silent(&s->link, e);
	*sound &= ret > 0;
	return ret < 0 ? -1 : 0;
}

static int give_up_piece(uint32_t addr, struct err *e)
{
	return err_set(e, ERR_LINK, "cannot read at 0x%08x: nothing but answers out of step", addr);
}

/* The piece before is held back until this one has come. */
static int walk(struct session *s, const struct tour *t, struct err *e)
{
	uint32_t max = session_read_max(s), done = 0, held = 0;
	unsigned int again = 0;
	uint8_t buf[2][BL_BLOCK_MAX];
	int ret = 0;

	while ((done < t->range.len || held) && ret == 0) {
		uint32_t left = t->range.len - done, n = left < max ? left : max;
		uint32_t addr = t->range.addr + done;
		unsigned int recoveries = s->link.recoveries;
		bool sound;

		if (stop_check(s->stop, e) < 0 ||
		    (n && t->look(&s->link, addr, buf[1], n, e) < 0) ||
		    look_behind(s, recoveries, !n, &sound, e) < 0)
			return -1;
		if (held && !sound) {
			if (again++ >= s->o->retries)
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

static int for_each_piece(struct session *s, const struct tour *t, struct err *e)
{
	int ret;

	report_begin(s->r, t->verb, t->range.len, port_now(s->port));
	ret = walk(s, t, e);
	report_end(s->r, ret == 0 ? t->past : NULL, port_now(s->port));
	return ret < 0 ? -1 : 0;
}

/* ---- read ---- */

static int save_piece(void *arg, uint32_t addr, const uint8_t *data, uint32_t len, struct err *e)
{
	(void)addr;
	return outfile_write(arg, data, len, e);
}

static look_fn how_to_look(const struct session *s)
{
	switch (s->o->verify) {
	case VERIFY_ASKED:
	case VERIFY_CHECKSUM:
		return link_read_proven;
	case VERIFY_READ:
		return link_read_sure;
	default:
		return link_read;
	}
}

int step_read(struct session *s, struct err *e)
{
	struct outfile *to = s->job->read_to;
	struct tour t = { .verb = "reading", .look = how_to_look(s), .fn = save_piece, .arg = to };

	t.past = t.look == link_read ? "read" : "read and verified";
	if (plan_range(s->o, &s->target, &t.range, e) < 0)
		return -1;
	if (s->o->verify == VERIFY_CHECKSUM && !s->link.bl.listed[BL_CHECKSUM])
		return err_set(e, ERR_ABILITY,
			       "--verify=checksum: this bootloader has no Get Checksum");
	report_say(s->r, "reading 0x%08x to 0x%08x", t.range.addr,
		   t.range.addr + t.range.len - 1);
	if (for_each_piece(s, &t, e) < 0)
		return -1;
	s->job->read_to = NULL;
	if (outfile_commit(to, e) < 0)
		return -1;
	if (t.look == link_read && !(s->port->caps & PORT_PARITY))
		report_say(s->r, "what was read is unchecked: this port reports no parity errors "
				 "(-v looks twice)");
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

int step_crc(struct session *s, struct err *e)
{
	uint32_t crc = CRC_INIT;
	struct tour t = { .verb = "reading", .look = link_read_sure, .fn = sum_piece, .arg = &crc };
	const struct range *range = &t.range;

	if (plan_range(s->o, &s->target, &t.range, e) < 0)
		return -1;
	if (range->len % 4)
		return err_set(e, ERR_ABILITY, "-C: the length %u is not a multiple of 4",
			       range->len);
	if (s->link.bl.listed[BL_CHECKSUM]) {
		if (link_checksum_sure(&s->link, range->addr, range->len, &crc, e) < 0)
			return -1;
		report_more(s->r, "the chip computed this sum itself");
	} else if (for_each_piece(s, &t, e) < 0) {
		return -1;
	}
	report_out(s->r, "CRC(0x%08x-0x%08x) = 0x%08x", range->addr, range->addr + range->len, crc);
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
	struct tour t = { .verb = "checking", .look = link_read, .fn = search_piece, .arg = &b };
	char size[32];

	if (plan_range(s->o, &s->target, &t.range, e) < 0 || for_each_piece(s, &t, e) < 0)
		return -1;
	if (b.found)
		return err_set(e, ERR_VERIFY, "not blank: 0x%02x at 0x%08x", b.value, b.addr);
	report_say(s->r, "blank: 0x%08x to 0x%08x (%s)", t.range.addr,
		   t.range.addr + t.range.len - 1, report_size(t.range.len, size, sizeof(size)));
	return 0;
}

/* ---- compare ---- */

static uint32_t first_difference(const uint8_t *a, const uint8_t *b, uint32_t len)
{
	uint32_t i = 0;

	while (i < len && a[i] == b[i])
		i++;
	return i;
}

int compare_block(struct session *s, uint32_t addr, const uint8_t *want, uint32_t len,
		  uint32_t *differs, uint8_t *found, struct err *e)
{
	uint8_t buf[BL_BLOCK_MAX];

	if (link_read(&s->link, addr, buf, len, e) < 0)
		return -1;
	*differs = first_difference(buf, want, len);
	/* Read data carry no checksum: a difference counts when a sure look shows it too. */
	if (*differs < len) {
		if (link_read_sure(&s->link, addr, buf, len, e) < 0)
			return -1;
		*differs = first_difference(buf, want, len);
	}
	if (*differs < len)
		*found = buf[*differs];
	return 0;
}

int step_compare(struct session *s, struct err *e)
{
	const struct image *img = &s->job->image;
	uint32_t max = session_read_max(s), differs;
	uint64_t done = 0;
	uint32_t base;
	uint8_t found;

	if (plan_base(s->o, &s->target, &base, e) < 0 || job_place(s->job, base, e) < 0 ||
	    plan_check_fence(s->o, img, &s->target, e) < 0 ||
	    plan_check_known(img, &s->target, e) < 0)
		return -1;
	report_begin(s->r, "comparing", image_bytes(img), port_now(s->port));
	for (size_t i = 0; i < img->count; i++) {
		const struct segment *g = &img->seg[i];

		for (uint32_t at = 0; at < g->len;) {
			uint32_t n = g->len - at < max ? g->len - at : max;

			if (stop_check(s->stop, e) < 0 ||
			    compare_block(s, g->addr + at, g->data + at, n, &differs, &found,
					  e) < 0) {
				report_end(s->r, NULL, port_now(s->port));
				return -1;
			}
			if (differs < n) {
				report_end(s->r, NULL, port_now(s->port));
				return err_set(e, ERR_VERIFY,
					       "differs at 0x%08x: 0x%02x in %s, 0x%02x on the "
					       "chip",
					       g->addr + at + differs, g->data[at + differs],
					       g->origin, found);
			}
			at += n;
			done += n;
			report_progress(s->r, done, port_now(s->port));
		}
	}
	report_end(s->r, "equal:", port_now(s->port));
	return 0;
}
