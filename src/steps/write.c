/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/crc.h"
#include "job/plan.h"
#include "steps/changed.h"
#include "steps/compare.h"
#include "steps/erase.h"
#include "steps/preserve.h"
#include "steps/sums.h"
#include "steps/supply.h"
#include "steps/writable.h"
#include "steps/write.h"

struct writer {
	struct session *s;
	struct plan plan;
	struct image content;	/* the image, what is kept beside it, and the filling */
	struct image filling;	/* of units of flash: blank, and in no size that is told */
	/* By page of the plan. */
	bool *bad;		/* in doubt, or found wrong: to be erased and written again */
	size_t bad_count;
	bool *redone;		/* since it was last looked at */
	struct page *again;	/* room for those that are done again: no memory is wanted then */
	bool looked;		/* all of it was verified once */
	enum verify_how way;	/* VERIFY_READ, _CHECKSUM or _STUB */
	bool *agrees;		/* by segment: the routine's sum is right */
	bool summed, read;	/* by the chip's sums, by reading: how that was done */
	uint64_t unchanged;	/* bytes that were there already (--only-changed) */
	struct preserved kept;
	/* How far it got, for the message of a failure. */
	bool erasing, erased, writing;
	uint32_t written_from, written_to;
	/* The first difference that was found, if any was. */
	bool differs;
	uint32_t diff_addr;
	uint8_t diff_want, diff_found;
};

/* ---- pages that have to be done again ---- */

static struct page *page_of(struct writer *w, uint32_t addr)
{
	size_t low = 0, high = w->plan.page_count;

	while (low < high) {
		size_t mid = (low + high) / 2;
		struct page *p = &w->plan.pages[mid];

		if (addr < p->addr)
			high = mid;
		else if (addr - p->addr >= p->size)
			low = mid + 1;
		else
			return p;
	}
	return NULL;
}

static bool is_redone(struct writer *w, uint32_t addr)
{
	struct page *p = page_of(w, addr);

	return p && w->redone[p - w->plan.pages];
}

/* Returns false where there is no page to erase. */
static bool mark_bad(struct writer *w, uint32_t addr, uint32_t len)
{
	uint64_t end = (uint64_t)addr + len;

	while (addr < end) {
		struct page *p = page_of(w, addr);

		if (!p)
			return false;
		w->bad_count += !w->bad[p - w->plan.pages];
		w->bad[p - w->plan.pages] = true;
		addr = p->addr + p->size;
	}
	return true;
}

/* ---- writing ---- */

/* Outside the flash a unit that the image fills only in part keeps the rest of it. */
static int block_data(struct writer *w, const struct block *b, uint8_t *buf, struct err *e)
{
	uint8_t probe[LOADER_BLOCK_MAX];

	if (b->area == AREA_FLASH || image_copy(&w->content, b->addr, probe, b->len) == b->len) {
		plan_block_data(&w->plan, b, &w->content, buf);
		return 0;
	}
	if (loader_read(w->s->loader, b->addr, buf, b->len, LOADER_TWICE, e) < 0)
		return -1;
	image_copy(&w->content, b->addr, buf, b->len);
	return 0;
}

static int write_block(struct writer *w, const struct block *b, struct err *e)
{
	struct session *s = w->s;
	uint8_t buf[LOADER_BLOCK_MAX];
	enum loader_written how;

	if (block_data(w, b, buf, e) < 0)
		return -1;
	s->changed = true;
	w->writing = true;
	for (unsigned int tries = 0;; tries++) {
		if (s->loader->ops->write(s->loader, b->addr, buf, b->len, w->plan.erased,
			       target_write_time(&s->target), &how, e) < 0)
			return -1;
		if (how == LOADER_WRITTEN || mark_bad(w, b->addr, b->len))
			return 0;
		/* RAM and EEPROM may be written over; flash without its page may not. */
		if (b->area == AREA_FLASH || tries >= s->req->retries) {
			err_set(e, ERR_VERIFY,
				"0x%08x: a write is in doubt, and its page is not to be "
				"erased",
				b->addr);
			return err_at(e, b->addr);
		}
	}
}

/* All blocks, or those in pages that are done again. */
static int write_blocks(struct writer *w, bool again, struct err *e)
{
	struct session *s = w->s;
	uint64_t total = 0, done = 0;
	bool first = true;

	for (size_t i = 0; i < w->plan.block_count; i++)
		total += !again || is_redone(w, w->plan.blocks[i].addr) ? w->plan.blocks[i].bytes : 0;
	report_begin(s->r, PHASE_WRITING, total, port_now(s->port));
	for (size_t i = 0; i < w->plan.block_count; i++) {
		const struct block *b = &w->plan.blocks[i];

		if (again && !is_redone(w, b->addr))
			continue;
		if (stop_check(s->stop, e) < 0 || write_block(w, b, e) < 0) {
			report_end(s->r, REPORT_FAILED, port_now(s->port));
			return -1;
		}
		if (first && !again)
			w->written_from = b->addr;
		first = false;
		if (!again)
			w->written_to = b->addr + b->len;
		done += b->bytes;
		report_progress(s->r, done, port_now(s->port));
	}
	report_end(s->r, REPORT_DONE, port_now(s->port));
	return 0;
}

/* ---- verifying ---- */

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
	if (mark_bad(w, addr, len))
		return 0;
	err_set(e, ERR_VERIFY, "verification failed at 0x%08x: 0x%02x was written, 0x%02x is there",
		addr, want, found);
	return err_at(e, addr);
}

/* Bytes that were found right are not looked at again, unless their page was done again since. */
static bool to_be_verified(struct writer *w, uint32_t addr, uint32_t len)
{
	return !w->looked || is_redone(w, addr) || is_redone(w, addr + len - 1);
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

static bool in_flash(struct writer *w, const struct segment *g)
{
	uint32_t end;

	return target_area(&w->s->target, g->addr, &end) == AREA_FLASH;
}

/* The quickest way that is safe: the bootloader's own sum, the routine's, or reading. */
static enum verify_how choose_way(struct writer *w)
{
	struct session *s = w->s;
	struct err why = ERR_INIT;
	uint64_t bytes = 0;

	if (s->req->verify != VERIFY_DEFAULT && s->req->verify != VERIFY_ASKED)
		return s->req->verify;
	if (loader_can(s->loader, LOADER_CHECKSUM))
		return VERIFY_CHECKSUM;
	for (size_t i = 0; i < w->content.count; i++)
		bytes += in_flash(w, &w->content.seg[i]) ? w->content.seg[i].len : 0;
	if (sums_time(s, w->content.count, bytes) >= port_wire_time(s->port, bytes))
		return VERIFY_READ;
	if (sums_check(s, false, &why) == 0)
		return VERIFY_STUB;
	report_event(s->r, EV_DETAIL, why.msg);
	return VERIFY_READ;
}

/* All segments in flash, by one run of the routine. */
static int sum_segments(struct writer *w, struct err *e)
{
	size_t n = w->content.count, count = 0;
	struct stub_range *range = calloc(n + 1, sizeof(*range));
	uint32_t *sum = calloc(n + 1, sizeof(*sum));
	int ret = range && sum ? 0 : err_set(e, ERR_OTHER, "out of memory");

	for (size_t i = 0; i < n && ret == 0; i++)
		if (in_flash(w, &w->content.seg[i]))
			range[count++] = (struct stub_range){ w->content.seg[i].addr,
							      w->content.seg[i].len, 1 };
	if (ret == 0)
		ret = sums_run(w->s, range, count, CRC_INIT, sum, e);
	for (size_t i = 0, k = 0; i < n && ret > 0; i++) {
		const struct segment *g = &w->content.seg[i];

		if (!in_flash(w, g))
			continue;
		w->agrees[i] = sum[k++] == crc_zlib(CRC_INIT, g->data, g->len);
		if (!w->agrees[i])
			report_event(w->s->r, EV_SUM_DISAGREES, g->addr, g->addr + g->len - 1);
	}
	free(range);
	free(sum);
	return ret < 0 ? -1 : 0;
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

/* Marks the pages that do not hold what they should. */
static int verify(struct writer *w, struct err *e)
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

/* ---- again ---- */

static bool touches_bad(struct writer *w, const struct block *b)
{
	uint64_t addr = b->addr, end = addr + b->len;

	while (addr < end) {
		struct page *p = page_of(w, (uint32_t)addr);

		if (!p)
			return false;
		if (w->bad[p - w->plan.pages])
			return true;
		addr = (uint64_t)p->addr + p->size;
	}
	return false;
}

/*
 * A block is sent whole: one that lies in a bad page and in its neighbour takes the neighbour
 * with it.
 */
static void spread_bad(struct writer *w)
{
	size_t before;

	do {
		before = w->bad_count;
		for (size_t i = 0; i < w->plan.block_count; i++)
			if (touches_bad(w, &w->plan.blocks[i]))
				mark_bad(w, w->plan.blocks[i].addr, w->plan.blocks[i].len);
	} while (w->bad_count > before);
}

/*
 * Erases and writes the bad pages, and only these; those that are in doubt once more are marked
 * again.
 */
static int redo_bad_pages(struct writer *w, struct err *e)
{
	size_t n = 0;

	spread_bad(w);
	for (size_t i = 0; i < w->plan.page_count; i++) {
		if (w->bad[i])
			w->again[n++] = w->plan.pages[i];
		w->redone[i] |= w->bad[i];
		w->bad[i] = false;
	}
	w->bad_count = 0;
	w->differs = false;
	report_event(w->s->r, EV_PAGES_AGAIN, n, w->again[0].addr);
	return erase_pages(w->s, w->again, n, e) < 0 ? -1 : write_blocks(w, true, e);
}

static int verification_failed(struct writer *w, unsigned int rounds, struct err *e)
{
	struct session *s = w->s;

	if (!w->differs) {
		err_set(e, ERR_VERIFY, "%zu page%s in doubt and not written again (-n %u)",
			w->bad_count, w->bad_count == 1 ? " is" : "s are", s->req->retries);
		e->phase = phase_table[PHASE_WRITING].doing;
		return -1;
	}
	err_set(e, ERR_VERIFY,
		"verification failed at 0x%08x: 0x%02x was written, 0x%02x is there (%u tr%s)",
		w->diff_addr, w->diff_want, w->diff_found, rounds, rounds == 1 ? "y" : "ies");
	err_at(e, w->diff_addr);
	/* A write to a protected page is acknowledged and lost; a blank one looks erased. */
	if (w->diff_found == w->plan.erased && w->plan.page_count) {
		bool may_be = state_may_be_protected(&s->state, &s->target, w->diff_addr);

		if (may_be)
			e->code = ERR_LOST_WRITE;
		err_append(e, "; it reads blank%s",
			   may_be ? ": is it write-protected (--unlock removes that)"
				  : ", and is not write-protected");
	}
	return -1;
}

/* The same bytes were lost twice: no fault of the link, and no use in more of it. */
static bool hopeless(struct writer *w, size_t *bad_before, uint32_t *addr_before)
{
	bool same = w->differs && *bad_before == w->bad_count && *addr_before == w->diff_addr;

	*bad_before = w->bad_count;
	*addr_before = w->diff_addr;
	return same;
}

/* Until nothing is in doubt and, if that is wanted, everything was found as it should be. */
static int settle(struct writer *w, struct err *e)
{
	bool wanted = w->s->req->verify != VERIFY_NO;
	uint32_t addr_before = 0;
	size_t bad_before = 0;

	for (unsigned int round = 0;; round++) {
		/* Pages in doubt are done again first: what they hold need not be looked at. */
		if (!w->bad_count && wanted && verify(w, e) < 0)
			return -1;
		if (!w->bad_count)
			return 0;
		if (hopeless(w, &bad_before, &addr_before) || round >= w->s->req->retries)
			return verification_failed(w, round + 1, e);
		if (redo_bad_pages(w, e) < 0)
			return -1;
	}
}

/* ---- the whole step ---- */

int step_write_fits(struct session *s, struct err *e)
{
	if (session_place(s, e) < 0)
		return -1;
	return plan_check_image(s->req, &s->image, &s->target, e);
}

/* The pages to be erased, and with -e 0 those that the image lies in. */
static int check_all_writable(struct writer *w, struct err *e)
{
	const struct image *img = &w->s->image;

	for (size_t i = 0; i < w->plan.page_count; i++) {
		const struct page *p = &w->plan.pages[i];

		if (check_writable(w->s, p->addr, (uint64_t)p->addr + p->size, e) < 0)
			return -1;
	}
	for (size_t i = 0; i < img->count && !w->s->req->only_changed; i++)
		if (target_area(&w->s->target, img->seg[i].addr, &(uint32_t){ 0 }) == AREA_FLASH &&
		    check_writable(w->s, img->seg[i].addr,
				   (uint64_t)img->seg[i].addr + img->seg[i].len, e) < 0)
			return -1;
	return 0;
}

static int make_plan(struct writer *w, struct err *e)
{
	struct session *s = w->s;

	if (step_write_fits(s, e) < 0 ||
	    plan_pages(&w->plan, s->req, &s->image, &s->target, e) < 0)
		return -1;
	if ((w->plan.page_count || w->plan.mass_erase) && !loader_can(s->loader, LOADER_ERASE))
		return err_set(e, ERR_ABILITY, "this bootloader lists no command that erases");
	if (s->req->verify == VERIFY_CHECKSUM && !loader_can(s->loader, LOADER_CHECKSUM))
		return err_set(e, ERR_ABILITY,
			       "--verify=checksum: this bootloader has no Get Checksum");
	if (s->req->verify == VERIFY_STUB && sums_check(s, true, e) < 0)
		return err_wrap(e, "--verify=stub");
	if (s->req->only_changed && changed_pages(s, &s->image, &w->plan, &w->unchanged, e) < 0)
		return -1;
	if (check_all_writable(w, e) < 0)
		return -1;
	w->bad = calloc(w->plan.page_count + 1, sizeof(*w->bad));
	w->redone = calloc(w->plan.page_count + 1, sizeof(*w->redone));
	w->again = calloc(w->plan.page_count + 1, sizeof(*w->again));
	if (!w->bad || !w->redone || !w->again)
		return err_set(e, ERR_OTHER, "out of memory");
	return image_merge(&w->content, &s->image, e);
}

static void tell_plan(struct writer *w)
{
	const struct plan *p = &w->plan;
	bool lost = p->beside_bytes && !w->s->req->preserve && !w->s->unlocked;

	if (p->mass_erase)
		report_event(w->s->r, EV_WILL_MASS_ERASE);
	else if (!p->page_count && w->s->req->only_changed)
		return;			/* it was said that all pages hold the image */
	else if (!p->page_count)
		report_event(w->s->r, EV_WILL_ERASE_NOTHING);
	else
		report_event(w->s->r, EV_WILL_ERASE, p->page_count, p->pages[0].addr,
			     p->pages[p->page_count - 1].addr + p->pages[p->page_count - 1].size - 1,
			     lost ? p->beside_bytes : 0);
}

/* Bytes of a block that are not in the image, and so are sent as blank. */
static int add_gaps(struct writer *w, const struct block *b, struct err *e)
{
	uint64_t end = (uint64_t)b->addr + b->len;
	uint8_t blank[LOADER_BLOCK_MAX];
	uint32_t len;

	memset(blank, w->plan.erased, b->len);
	for (uint32_t addr = b->addr; image_gap(&w->content, &addr, end, &len); addr += len)
		if (image_add(&w->filling, addr, blank, len, NULL, e) < 0)
			return -1;
	return 0;
}

/*
 * The bytes that fill up a unit of flash are verified like the image: a frame that has gained a byte
 * on its way may show nowhere else. Only in pages that were erased: others may hold anything there.
 */
static int add_filling(struct writer *w, struct err *e)
{
	for (size_t i = 0; i < w->plan.block_count; i++)
		if (w->plan.blocks[i].area == AREA_FLASH &&
		    add_gaps(w, &w->plan.blocks[i], e) < 0)
			return -1;
	return image_merge(&w->content, &w->filling, e);
}

/* The part of @g in pages of the plan; all of it outside flash. */
static int add_in_pages(struct writer *w, const struct segment *g, struct image *part, struct err *e)
{
	uint64_t end = (uint64_t)g->addr + g->len;
	int ret = 0;

	if (!in_flash(w, g))
		return image_add(part, g->addr, g->data, g->len, g->origin, e);
	for (size_t i = 0; i < w->plan.page_count && ret == 0; i++) {
		uint64_t from = w->plan.pages[i].addr, to = from + w->plan.pages[i].size;

		from = from > g->addr ? from : g->addr;
		to = to < end ? to : end;
		if (from < to)
			ret = image_add(part, (uint32_t)from, g->data + (from - g->addr),
					(uint32_t)(to - from), g->origin, e);
	}
	return ret;
}

/* Blocks of all that is to be written: with --only-changed what lies in the pages that are left. */
static int cut_content(struct writer *w, struct err *e)
{
	struct session *s = w->s;
	struct image part = IMAGE_INIT;
	int ret = 0;

	for (size_t i = 0; i < w->content.count && s->req->only_changed && ret == 0; i++)
		ret = add_in_pages(w, &w->content.seg[i], &part, e);
	if (ret == 0)
		ret = plan_blocks(&w->plan, s->req->only_changed ? &part : &w->content, &s->target,
				  s->loader->write_max, s->req->full, e);
	image_free(&part);
	return ret;
}

static int erase_and_write(struct writer *w, struct err *e)
{
	struct session *s = w->s;

	if (s->req->preserve && w->plan.page_count &&
	    preserve(s, &w->plan, &w->content, &w->kept, e) < 0)
		return -1;
	if (cut_content(w, e) < 0)
		return -1;
	w->erasing = w->plan.page_count || w->plan.mass_erase;
	if (w->erasing && add_filling(w, e) < 0)
		return -1;
	w->way = choose_way(w);
	w->agrees = calloc(w->content.count + 1, sizeof(*w->agrees));
	if (!w->agrees)
		return err_set(e, ERR_OTHER, "out of memory");
	if (w->plan.mass_erase ? erase_everything(s, e) < 0 :
	    erase_pages(s, w->plan.pages, w->plan.page_count, e) < 0)
		return -1;
	w->erased = w->erasing;
	if (supply_set(s, e) < 0 || (w->plan.block_count && write_blocks(w, false, e) < 0))
		return -1;
	return settle(w, e);
}

/* Adds to @e the state in which a failed or interrupted write leaves the chip. */
static void tell_state(const struct writer *w, struct err *e)
{
	const struct plan *p = &w->plan;

	if (!w->s->changed) {
		err_append(e, "; no memory was changed");
		return;
	}
	if (w->erasing && p->page_count)
		err_append(e, "; %s: pages of 0x%08x to 0x%08x",
			   w->erased ? "erased" : "perhaps erased", p->pages[0].addr,
			   p->pages[p->page_count - 1].addr + p->pages[p->page_count - 1].size - 1);
	else if (w->erasing)
		err_append(e, "; %s: all flash", w->erased ? "erased" : "perhaps erased");
	if (w->written_to)
		err_append(e, "; written: 0x%08x to 0x%08x", w->written_from, w->written_to - 1);
	else
		err_append(e, w->writing ? "; perhaps written: the first block"
					 : "; nothing was written");
	if (e->code == ERR_SIGNAL && p->page_count && !w->s->unlocked)
		err_append(e, "; the rest is untouched");
	if (w->kept.path[0])
		err_append(e, "; what was kept of the pages is in %.200s", w->kept.path);
}

/* The ways in which all was found right, for the end of the job. */
static const char *verified_by(const struct writer *w)
{
	bool routine = w->way == VERIFY_STUB;

	if (!w->summed)
		return "reading";
	if (w->read)
		return routine ? "a routine in its RAM and reading" : "the chip's checksum and reading";
	return routine ? "a routine in its RAM" : "the chip's checksum";
}

static void tell_written(const struct writer *w)
{
	const struct session *s = w->s;
	uint64_t bytes = image_bytes(&s->image), blank = w->plan.blank_bytes;
	bool verified = s->req->verify != VERIFY_NO;

	if (s->req->only_changed && w->unchanged == bytes)
		report_event(s->r, EV_THERE_ALREADY, bytes, verified ? verified_by(w) : "");
	else if (verified)
		report_event(s->r, EV_WRITTEN_VERIFIED, bytes, blank, w->unchanged, verified_by(w));
	else
		report_event(s->r, EV_WRITTEN, bytes, blank, w->unchanged);
}

int step_write(struct session *s, struct err *e)
{
	struct writer w = { .s = s };
	int ret;

	if (!session_has_image(s))
		return 0;	/* option bytes were all there was */
	ret = make_plan(&w, e);

	if (ret == 0) {
		tell_plan(&w);
		ret = erase_and_write(&w, e);
		if (ret < 0 && !s->changed)
			preserve_done(&w.kept);	/* the chip has it still */
		if (ret < 0)
			tell_state(&w, e);
	}
	if (ret == 0) {
		preserve_done(&w.kept);
		tell_written(&w);
	}
	image_free(&w.content);
	image_free(&w.filling);
	plan_free(&w.plan);
	free(w.agrees);
	free(w.bad);
	free(w.redone);
	free(w.again);
	return ret;
}
