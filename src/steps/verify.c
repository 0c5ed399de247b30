/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/crc.h"
#include "session/raise.h"
#include "steps/compare.h"
#include "steps/sums.h"
#include "steps/verify.h"

/* How many of the @len bytes from @addr on are no filling. */
static uint32_t count_asked(const struct writer *w, uint32_t addr, uint32_t len)
{
	uint8_t unused[LOADER_BLOCK_MAX];
	uint32_t count = 0, n;

	for (; len; addr += n, len -= n) {
		n = len < sizeof(unused) ? len : sizeof(unused);
		count += n - image_copy(&w->filling, addr, unused, n);
	}
	return count;
}

static int note_difference(struct writer *w, uint32_t addr, uint8_t want, uint8_t found,
			   uint32_t len, struct err *e)
{
	if (!w->bad_count) {
		w->differs = true;
		w->diff_addr = addr;
		w->diff_want = want;
		w->diff_found = found;
	}
	if (writer_mark_bad(w, addr, len))
		return 0;
	err_set(e, ERR_VERIFY, "verification failed at 0x%08x: 0x%02x was written, 0x%02x is there",
		addr, want, found);
	return err_differs(e, addr, want, found);
}

/* Bytes that were found right are not looked at again, unless their page was done again since. */
static bool to_be_verified(struct writer *w, uint32_t addr, uint32_t len)
{
	return !w->looked || writer_is_redone(w, addr) || writer_is_redone(w, addr + len - 1);
}

static int verify_by_reading(struct writer *w, const struct segment *g, uint64_t *done,
			     struct err *e)
{
	struct session *s = w->s;
	uint32_t max = s->loader->read_max, differs;
	uint8_t found = 0;

	for (uint32_t at = 0; at < g->len;) {
		uint32_t addr = g->addr + at, n = max - addr % max;

		if (n > g->len - at)
			n = g->len - at;
		at += n;
		if (!to_be_verified(w, addr, n))
			continue;
		if (stop_check(s->stop, e) < 0 ||
		    compare_block(s, addr, g->data + at - n, n, &differs, &found, e) < 0)
			return -1;
		if (differs < n && note_difference(w, addr + differs, g->data[at - n + differs],
						   found, n - differs, e) < 0)
			return -1;
		w->read = true;
		*done += count_asked(w, addr, n);
		report_progress(s->r, *done, port_now(s->port));
	}
	return 0;
}

enum verify_how verify_choose(struct writer *w)
{
	struct session *s = w->s;
	struct err why = ERR_INIT;
	uint64_t bytes = 0;

	if (s->req->verify != VERIFY_DEFAULT && s->req->verify != VERIFY_ASKED)
		return s->req->verify;
	if (loader_can(s->loader, LOADER_CHECKSUM))
		return VERIFY_CHECKSUM;
	for (size_t i = 0; i < w->content.count; i++)
		bytes += writer_in_flash(w, &w->content.seg[i]) ? w->content.seg[i].len : 0;
	if (sums_time(s, w->content.count, bytes) >= raise_carry_time(s, bytes))
		return VERIFY_READ;
	if (sums_check(s, &why) == 0)
		return VERIFY_STUB;
	report_event(s->r, EV_DETAIL, why.msg);
	return VERIFY_READ;
}

/* All segments in flash, by one run of the routine; @range and @sum have room for each. */
static int run_routine(struct writer *w, struct stub_range *range, uint32_t *sum, struct err *e)
{
	size_t n = w->content.count, count = 0;
	int ret;

	for (size_t i = 0; i < n; i++)
		if (writer_in_flash(w, &w->content.seg[i]))
			range[count++] = (struct stub_range){ w->content.seg[i].addr,
							      w->content.seg[i].len, 1 };
	ret = sums_run(w->s, range, count, SUMS_VERIFY, sum, e);
	for (size_t i = 0, k = 0; i < n && ret > 0; i++) {
		const struct segment *g = &w->content.seg[i];

		if (!writer_in_flash(w, g))
			continue;
		w->agrees[i] = sum[k++] == crc_bytes(SUMS_VERIFY, CRC_INIT, g->data, g->len);
		if (!w->agrees[i])
			report_event(w->s->r, EV_SUM_DISAGREES, g->addr, g->addr + g->len - 1);
	}
	return ret < 0 ? -1 : 0;
}

static int sum_segments(struct writer *w, struct err *e)
{
	struct stub_range *range = calloc(w->content.count + 1, sizeof(*range));
	uint32_t *sum = calloc(w->content.count + 1, sizeof(*sum));
	int ret;

	if (range && sum)
		ret = run_routine(w, range, sum, e);
	else
		ret = err_set(e, ERR_OTHER, "out of memory");
	free(range);
	free(sum);
	return ret;
}

/* 1: the chip's own sum agrees; 0: look for yourself; -1. */
static int sum_agrees(struct writer *w, const struct segment *g, struct err *e)
{
	struct session *s = w->s;
	struct err why = ERR_INIT;
	uint32_t crc;

	if (w->way == VERIFY_STUB)
		return w->agrees[g - w->content.seg];
	if (w->way != VERIFY_CHECKSUM || !loader_can(s->loader, LOADER_CHECKSUM) ||
	    g->addr % 4 || g->len % 4)
		return 0;
	if (s->loader->ops->checksum(s->loader, g->addr, g->len, &crc, LOADER_ONCE, &why) < 0) {
		if (why.code != ERR_ABILITY) {
			*e = why;
			return -1;
		}
		report_event(s->r, EV_SUM_REFUSED, why.msg);
		return 0;
	}
	if (crc == crc_stm32(CRC_INIT, g->data, g->len))
		return 1;
	report_event(s->r, EV_SUM_DISAGREES, g->addr, g->addr + g->len - 1);
	return 0;
}

static uint64_t bytes_to_verify(struct writer *w)
{
	uint64_t total = 0;

	if (!w->looked)
		return image_bytes(&w->content) - image_bytes(&w->filling);
	for (size_t i = 0; i < w->plan.page_count; i++)
		total += w->redone[i] ? w->plan.pages[i].size : 0;
	return total;
}

int verify_all(struct writer *w, struct err *e)
{
	struct session *s = w->s;
	uint64_t done = 0;
	int ret = 0;

	report_begin(s->r, PHASE_VERIFYING, bytes_to_verify(w), port_now(s->port));
	if (w->way == VERIFY_STUB && !w->looked)
		ret = sum_segments(w, e);
	for (size_t i = 0; i < w->content.count && ret == 0; i++) {
		const struct segment *g = &w->content.seg[i];

		ret = w->looked ? 0 : sum_agrees(w, g, e);
		if (ret > 0) {
			w->summed = true;
			done += count_asked(w, g->addr, g->len);
			report_progress(s->r, done, port_now(s->port));
			ret = 0;
		} else if (ret == 0) {
			ret = verify_by_reading(w, g, &done, e);
		}
	}
	report_end(s->r, ret < 0 || w->bad_count ? REPORT_FAILED : REPORT_DONE, port_now(s->port));
	w->looked = true;
	memset(w->redone, 0, w->plan.page_count * sizeof(*w->redone));
	return ret;
}

const char *verify_by(const struct writer *w)
{
	bool routine = w->way == VERIFY_STUB;

	if (!w->summed)
		return "reading";
	if (w->read)
		return routine ? "a routine in its RAM and reading" : "the chip's checksum and reading";
	return routine ? "a routine in its RAM" : "the chip's checksum";
}
