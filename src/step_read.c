/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps that change nothing: read, CRC, compare, blank check.
 */
#include <string.h>

#include "crc.h"
#include "session.h"

/* Get Checksum: 1 s for 512 KB (facts on timing). */
#define CHECKSUM_TIME_PER_KB (2 * NSEC_PER_MSEC)

/* Called with each piece of a range in turn. Returns 0, 1 to stop early, -1 with @e set. */
typedef int (*piece_fn)(void *arg, uint32_t addr, const uint8_t *data, uint32_t len, struct err *e);

static int for_each_piece(struct session *s, struct range range, const char *verb, const char *past,
			  piece_fn fn, void *arg, struct err *e)
{
	uint32_t max = session_read_max(s), done = 0;
	uint8_t buf[BL_BLOCK_MAX];
	int ret = 0;

	report_begin(s->r, verb, range.len, port_now(s->port));
	while (done < range.len && ret == 0) {
		uint32_t n = range.len - done < max ? range.len - done : max;

		if (stop_check(s->stop, e) < 0 ||
		    link_read(&s->link, range.addr + done, buf, n, e) < 0)
			ret = -1;
		else
			ret = fn(arg, range.addr + done, buf, n, e);
		done += n;
		if (ret == 0)
			report_progress(s->r, done, port_now(s->port));
	}
	report_end(s->r, ret == 0 ? past : NULL, port_now(s->port));
	return ret < 0 ? -1 : 0;
}

/* ---- read ---- */

static int save_piece(void *arg, uint32_t addr, const uint8_t *data, uint32_t len, struct err *e)
{
	(void)addr;
	return outfile_write(arg, data, len, e);
}

int step_read(struct session *s, struct err *e)
{
	struct outfile *to = s->job->read_to;
	struct range range;

	if (plan_range(s->o, &s->target, &range, e) < 0)
		return -1;
	report_say(s->r, "reading 0x%08x to 0x%08x", range.addr, range.addr + range.len - 1);
	if (for_each_piece(s, range, "reading", "read", save_piece, to, e) < 0)
		return -1;
	s->job->read_to = NULL;
	if (outfile_commit(to, e) < 0)
		return -1;
	if (!(s->port->caps & PORT_PARITY) && (s->port->caps & PORT_STREAM))
		report_more(s->r, "what was read is unchecked: this port reports no parity errors");
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
	struct range range;

	if (plan_range(s->o, &s->target, &range, e) < 0)
		return -1;
	if (range.len % 4)
		return err_set(e, ERR_ABILITY, "-C: the length %u is not a multiple of 4",
			       range.len);
	if (s->link.bl.listed[BL_CHECKSUM]) {
		nsec_t work = NSEC_PER_SEC + CHECKSUM_TIME_PER_KB * (range.len / 1024);

		if (link_checksum(&s->link, range.addr, range.len, &crc, work, e) < 0)
			return -1;
		report_more(s->r, "the chip computed this sum itself");
	} else if (for_each_piece(s, range, "reading", NULL, sum_piece, &crc, e) < 0) {
		return -1;
	}
	report_out(s->r, "CRC(0x%08x-0x%08x) = 0x%08x", range.addr, range.addr + range.len, crc);
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
	struct range range;
	char size[32];

	if (plan_range(s->o, &s->target, &range, e) < 0 ||
	    for_each_piece(s, range, "checking", NULL, search_piece, &b, e) < 0)
		return -1;
	if (b.found)
		return err_set(e, ERR_VERIFY, "not blank: 0x%02x at 0x%08x", b.value, b.addr);
	report_say(s->r, "blank: 0x%08x to 0x%08x (%s)", range.addr, range.addr + range.len - 1,
		   report_size(range.len, size, sizeof(size)));
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
