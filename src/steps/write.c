/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "session/raise.h"
#include "steps/blank_pages.h"
#include "steps/changed.h"
#include "steps/erase.h"
#include "steps/memory_map.h"
#include "steps/sums.h"
#include "steps/supply.h"
#include "steps/verify.h"
#include "steps/writable.h"
#include "steps/write.h"

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
		if (how == LOADER_WRITTEN || writer_mark_bad(w, b->addr, b->len))
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
		if (!again || writer_is_redone(w, w->plan.blocks[i].addr))
			total += w->plan.blocks[i].bytes;
	report_begin(s->r, PHASE_WRITING, total, port_now(s->port));
	for (size_t i = 0; i < w->plan.block_count; i++) {
		const struct block *b = &w->plan.blocks[i];

		if (again && !writer_is_redone(w, b->addr))
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

/* ---- again ---- */

static bool touches_bad(struct writer *w, const struct block *b)
{
	uint64_t addr = b->addr, end = addr + b->len;

	while (addr < end) {
		struct page *p = writer_page_of(w, (uint32_t)addr);

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
				writer_mark_bad(w, w->plan.blocks[i].addr, w->plan.blocks[i].len);
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
	return erase_pages(w->s, w->again, n, &(enum erase_look){ ERASE_EACH }, e) < 0
		       ? -1
		       : write_blocks(w, true, e);
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
	err_differs(e, w->diff_addr, w->diff_want, w->diff_found);
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

/*
 * So many stumbles, and so many times what a clean line would take: another round would be no
 * better.
 */
#define STUMBLES_BAD 50
#define TIMES_BAD 7

static int check_line(const struct writer *w, struct err *e)
{
	const struct session *s = w->s;
	uint64_t bytes = image_bytes(&w->content);
	nsec_t clean = 2 * port_wire_time(s->port, bytes + bytes / 16), took;

	for (size_t i = 0; i < w->plan.page_count; i++)
		clean += target_erase_time(&s->target, w->plan.pages[i].size) / 2;
	took = port_now(s->port) - s->began;
	if (s->loader->recoveries < STUMBLES_BAD || took < TIMES_BAD * clean)
		return 0;
	return err_set(e, ERR_LINK,
		       "the line is too bad: the bootloader fell out of step %u times in %.0f s, and "
		       "%zu page%s not right",
		       s->loader->recoveries, (double)took / (double)NSEC_PER_SEC, w->bad_count,
		       w->bad_count == 1 ? " is" : "s are");
}

/* Until nothing is in doubt and, if that is wanted, everything was found as it should be. */
static int settle(struct writer *w, struct err *e)
{
	bool wanted = w->s->req->verify != VERIFY_NO;
	uint32_t addr_before = 0;
	size_t bad_before = 0;

	for (unsigned int round = 0;; round++) {
		/* Pages in doubt are done again first: what they hold need not be looked at. */
		if (!w->bad_count && wanted && verify_all(w, e) < 0)
			return -1;
		if (!w->bad_count)
			return 0;
		if (hopeless(w, &bad_before, &addr_before) || round >= w->s->req->retries)
			return verification_failed(w, round + 1, e);
		if (check_line(w, e) < 0 || raise_doubt(w->s, e) < 0 || redo_bad_pages(w, e) < 0)
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
	if (s->req->verify == VERIFY_STUB && sums_check(s, e) < 0)
		return err_wrap(e, "--verify=stub");
	if (s->req->only_changed && changed_pages(s, &s->image, &w->plan, &w->unchanged, e) < 0)
		return -1;
	if (step_memory_map(s, &w->plan, s->req->only_changed, e) < 0 ||
	    check_all_writable(w, e) < 0)
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
static int add_in_pages(struct writer *w, const struct segment *g, struct image *part,
			struct err *e)
{
	uint64_t from, to;
	int ret = 0;

	if (!writer_in_flash(w, g))
		return image_add(part, g->addr, g->data, g->len, g->origin, e);
	for (size_t i = 0; i < w->plan.page_count && ret == 0; i++)
		if (plan_overlap(&w->plan.pages[i], g, &from, &to))
			ret = image_add(part, (uint32_t)from, g->data + (from - g->addr),
					(uint32_t)(to - from), g->origin, e);
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

/* Erases the pages of the plan but for those that are blank. */
static int erase_plan(struct writer *w, struct err *e)
{
	enum erase_look look = w->s->req->verify == VERIFY_NO ? ERASE_EACH : ERASE_SAMPLE;
	bool *blank = calloc(w->plan.page_count + 1, sizeof(*blank));
	size_t n = 0;
	int ret;

	if (!blank)
		return err_set(e, ERR_OTHER, "out of memory");
	ret = blank_pages(w->s, w->plan.pages, w->plan.page_count, blank, e);
	for (size_t i = 0; i < w->plan.page_count && ret == 0; i++)
		if (!blank[i])
			w->again[n++] = w->plan.pages[i];
	free(blank);
	if (ret < 0)
		return -1;
	if (n < w->plan.page_count)
		report_event(w->s->r, EV_BLANK_PAGES, w->plan.page_count - n, w->plan.page_count);
	w->erasing = n > 0;
	return erase_pages(w->s, w->again, n, &look, e);
}

/* All that is read and written lies in flash. */
static bool is_all_flash(struct writer *w)
{
	for (size_t i = 0; i < w->content.count; i++)
		if (!writer_in_flash(w, &w->content.seg[i]))
			return false;
	return true;
}

/* The line may go faster for what is to be written and, where that is sure already, read back. */
static int choose_rate(struct writer *w, struct err *e)
{
	uint64_t bytes = w->plan.write_bytes;

	if (w->s->req->verify == VERIFY_READ)
		bytes += image_bytes(&w->content);
	if (bytes && is_all_flash(w))
		return raise_rate(w->s, bytes, e);
	if (bytes)
		raise_stays(w->s, "the job is not about flash alone");
	return 0;
}

/* Chips that have no mass erase are erased page by page. */
static bool erases_at_once(const struct writer *w)
{
	const struct session *s = w->s;

	return w->plan.mass_erase ||
	       (s->req->erase_all && s->target.dev && !(s->target.dev->flags & DEV_NO_MASS_ERASE));
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
	if (choose_rate(w, e) < 0)
		return -1;
	w->way = verify_choose(w);
	w->agrees = calloc(w->content.count + 1, sizeof(*w->agrees));
	if (!w->agrees)
		return err_set(e, ERR_OTHER, "out of memory");
	if (erases_at_once(w) ? erase_everything(s, e) < 0 : erase_plan(w, e) < 0)
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

static void tell_written(const struct writer *w)
{
	const struct session *s = w->s;
	uint64_t bytes = image_bytes(&s->image), blank = w->plan.blank_bytes;
	bool verified = s->req->verify != VERIFY_NO;

	if (s->req->only_changed && w->unchanged == bytes)
		report_event(s->r, EV_THERE_ALREADY, bytes, verified ? verify_by(w) : "");
	else if (verified)
		report_event(s->r, EV_WRITTEN_VERIFIED, bytes, blank, w->unchanged, verify_by(w));
	else
		report_event(s->r, EV_WRITTEN, bytes, blank, w->unchanged);
}

/* Vectors that were verified need no look of their own. */
static void note_vectors(struct writer *w)
{
	struct session *s = w->s;
	uint8_t vectors[8];

	if (!session_has_empty_check(s) || s->req->verify == VERIFY_NO ||
	    image_copy(&w->content, target_flash_start(&s->target), vectors, sizeof(vectors)) <
		    sizeof(vectors))
		return;
	s->empty.blank = bytes_are(vectors, sizeof(vectors), target_erased(&s->target));
	s->empty.proven = true;
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
		note_vectors(&w);
		tell_written(&w);
	}
	preserve_leave(&w.kept);
	image_free(&w.content);
	image_free(&w.filling);
	plan_free(&w.plan);
	free(w.agrees);
	free(w.bad);
	free(w.redone);
	free(w.again);
	return ret;
}
