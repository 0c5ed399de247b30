/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "job/plan.h"
#include "target/where.h"

/*
 * Bytes of a frame beside its data, and of its answers (AN3155, Write Memory): a gap that is longer
 * costs more than the frame that it saves.
 */
#define FRAME_COST 12u
#define PLAIN_UNIT 4u		/* F0 to F4: flash without check bits */

void plan_free(struct plan *p)
{
	free(p->pages);
	free(p->blocks);
	*p = (struct plan){ 0 };
}

/* ---- ranges ---- */

static int need_geometry(const struct target *t, struct err *e)
{
	if (t->geometry_known)
		return 0;
	return err_set(e, ERR_ABILITY, "%s", t->no_geometry);
}

int plan_base(const struct request *o, const struct target *t, uint32_t *base, struct err *e)
{
	struct range range;

	*base = target_flash_start(t);
	if (!o->start_page_given)
		return 0;
	if (range_by_pages(o->start_page, 0, t, &range, e) < 0)
		return -1;
	*base = range.addr;
	return 0;
}

static int find_range(const struct request *o, const struct target *t, struct range *range,
		      struct err *e)
{
	uint32_t end;

	if (o->range_given)
		return range_by_address(o, t, range, e);
	if (o->start_page_given || (o->erase_pages_given && o->erase_pages))
		return range_by_pages(o->start_page, o->erase_pages, t, range, e);
	if (!t->size_known)
		return err_set(e, ERR_ABILITY,
			       "the size of this chip's flash is not known%s%s: say which range "
			       "with -S ADDR:LEN, or its size with --chip flash=SIZE",
			       t->no_size[0] ? ", since " : "", t->no_size);
	range->addr = target_flash_start(t);
	range->len = target_flash_end(t) - range->addr;
	if (t->geometry_known && target_area(t, range->addr, &end) == AREA_FLASH &&
	    end != target_flash_end(t)) {
		err_set(e, ERR_ABILITY,
			"the flash of this chip has a hole at 0x%08x: say which range with "
			"-S ADDR:LEN",
			end);
		return err_at(e, end);
	}
	return 0;
}

int plan_range(const struct request *o, const struct target *t, struct range *range, struct err *e)
{
	bool looks = !action_changes_memory(o->action) && o->action != ACT_COMPARE;

	if (find_range(o, t, range, e) < 0)
		return -1;
	return looks ? range_check_readable(range, t, e) : 0;
}

/* ---- the image ---- */

static bool writable(enum area a)
{
	return a == AREA_FLASH || a == AREA_RAM || a == AREA_EEPROM;
}

/* Adds to an error which file it is about, and where in memory. */
static int in_segment(struct err *e, const struct segment *s, uint32_t addr)
{
	if (s->origin)
		err_in(e, s->origin, 0);
	return err_at(e, addr);
}

/* A segment that begins where there is memory and goes on where there is none. */
static int refuse_length(const struct segment *s, uint32_t at, const struct target *t,
			 struct err *e)
{
	uint64_t end = (uint64_t)s->addr + s->len;
	char name[96];

	err_set(e, ERR_IMAGE, "%s: does not fit: 0x%08x to 0x%08x lies beyond the memory of %s",
		s->origin ? s->origin : "image", at, (uint32_t)(end - 1),
		target_name(t, name, sizeof(name)));
	if (where_past_flash(t, at))
		where_append_size(t, end, e);
	return in_segment(e, s, at);
}

/* Is all of it in one place that is no memory? */
static bool is_in_one_place(const struct image *img, const struct target *t)
{
	return where_is(t, img->seg[0].addr) == where_is(t, img->seg[img->count - 1].addr);
}

/* A segment whose byte at @at is in what is not written. */
static int refuse_place(const struct image *img, const struct segment *s, uint32_t at,
			const struct target *t, struct err *e)
{
	const char *origin = s->origin ? s->origin : "image", *is = where_is(t, at);

	if (is)
		err_set(e, ERR_IMAGE, "%s: 0x%08x is in %s, which is not written", origin, at, is);
	else
		err_set(e, ERR_IMAGE, "%s: 0x%08x is in no memory", origin, at);
	where_append_way(t, at, is_in_one_place(img, t), e);
	where_append_map(t, e);
	if (img->count > 1)
		err_append(e, "; --skip-outside leaves out what is not inside of -S");
	return in_segment(e, s, at);
}

static int check_segment(const struct image *img, const struct segment *s, const struct target *t,
			 struct err *e)
{
	uint64_t at = s->addr, last = (uint64_t)s->addr + s->len;

	if (!t->dev)
		return err_set(e, ERR_ABILITY, "%s", t->no_geometry);
	while (at < last) {
		uint32_t start, end;
		enum area a = target_area(t, (uint32_t)at, &end);

		if (a == AREA_NONE && !geometry_hole_at(&t->geometry, (uint32_t)at, &start, &end) &&
		    (at != s->addr || where_past_flash(t, (uint32_t)at)))
			return refuse_length(s, (uint32_t)at, t, e);
		if (!writable(a))
			return refuse_place(img, s, (uint32_t)at, t, e);
		if (a == AREA_FLASH && where_need_size(t, "-w", e) < 0)
			return in_segment(e, s, (uint32_t)at);
		at = end;
	}
	return 0;
}

int plan_check_fence(const struct request *o, const struct image *img, const struct target *t,
		     struct err *e)
{
	struct range fence;

	if (!o->range_given && !o->start_page_given)
		return 0;
	if (plan_range(o, t, &fence, e) < 0)
		return -1;
	for (size_t i = 0; i < img->count; i++) {
		const struct segment *s = &img->seg[i];
		uint64_t end = (uint64_t)s->addr + s->len,
			 fence_end = (uint64_t)fence.addr + fence.len;

		if (s->addr < fence.addr || end > fence_end) {
			err_set(e, ERR_IMAGE,
				"%s: 0x%08x to 0x%08x is not inside the range 0x%08x to "
				"0x%08x",
				s->origin ? s->origin : "image", s->addr, (uint32_t)(end - 1),
				fence.addr, (uint32_t)(fence_end - 1));
			return in_segment(e, s, s->addr);
		}
	}
	return 0;
}

/*
 * The wireless stack lives at the top of a WB's flash. Where it begins is not always known (SFSA):
 * then half of it is left alone.
 */
static int check_stack(const struct target *t, uint32_t addr, uint64_t end, enum err_code code,
		       struct err *e)
{
	uint32_t stack = target_stack_start(t);

	if (end <= stack || stack == target_flash_end(t) || addr >= target_flash_end(t))
		return 0;
	if (t->stack_start) {
		err_set(e, code,
			"0x%08x to 0x%08x reaches into the flash of the wireless stack, "
			"which begins at 0x%08x (SFSA)",
			addr, (uint32_t)(end - 1), stack);
		return err_at(e, addr);
	}
	err_set(e, ERR_ABILITY, "the upper half of this chip's flash, from 0x%08x on, may hold its "
		"wireless stack: it is not written", stack);
	return err_at(e, stack);
}

int plan_check_image(const struct request *o, const struct image *img, const struct target *t,
		     struct err *e)
{
	if (range_check_known(o, t, e) < 0)
		return -1;
	for (size_t i = 0; i < img->count; i++)
		if (check_segment(img, &img->seg[i], t, e) < 0 ||
		    check_stack(t, img->seg[i].addr, (uint64_t)img->seg[i].addr + img->seg[i].len,
				ERR_IMAGE, e) < 0)
			return -1;
	return plan_check_fence(o, img, t, e);
}

/* ---- pages ---- */

static int add_page(struct plan *p, const struct page *page, const struct target *t, struct err *e)
{
	if (page->unnumbered) {
		err_set(e, ERR_ABILITY, "the bootloader's number of the page at 0x%08x is not "
			"known for this chip: --chip layout=... can state it", page->addr);
		return err_at(e, page->addr);
	}
	if (!p->pages) {
		p->pages = calloc(geometry_pages(&t->geometry), sizeof(*p->pages));
		if (!p->pages)
			return err_set(e, ERR_OTHER, "out of memory");
	}
	p->pages[p->page_count++] = *page;
	return 0;
}

/* *addr becomes the start of the next region; false if there is none. */
static bool behind_hole(const struct geometry *g, uint32_t *addr)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->region[i].addr > *addr) {
			*addr = g->region[i].addr;
			return true;
		}
	return false;
}

/*
 * All pages of [addr, end), rounded outwards; pages that are in the plan already are not added
 * again.
 */
static int add_pages(struct plan *p, uint32_t addr, uint64_t end, const struct target *t,
		     struct err *e)
{
	struct page page;

	if (p->page_count) {
		const struct page *last = &p->pages[p->page_count - 1];

		if (addr < last->addr + last->size)
			addr = last->addr + last->size;
	}
	while (addr < end) {
		if (geometry_page_at(&t->geometry, addr, &page) < 0) {
			if (!behind_hole(&t->geometry, &addr))
				break;
			continue;
		}
		if (add_page(p, &page, t, e) < 0)
			return -1;
		addr = page.addr + page.size;
	}
	return 0;
}

static bool planned(const struct plan *p, uint32_t addr)
{
	for (size_t i = 0; i < p->page_count; i++)
		if (addr >= p->pages[i].addr && addr - p->pages[i].addr < p->pages[i].size)
			return true;
	return false;
}

/* With -e N every page that the image touches must be among them. */
static int check_covered(const struct plan *p, const struct image *img, const struct target *t,
			 struct err *e)
{
	for (size_t i = 0; i < img->count; i++) {
		const struct segment *s = &img->seg[i];
		uint64_t at = s->addr;
		struct page page;

		while (at < (uint64_t)s->addr + s->len &&
		       geometry_page_at(&t->geometry, (uint32_t)at, &page) == 0) {
			if (!planned(p, page.addr)) {
				err_set(e, ERR_IMAGE,
					"%s: touches page %u at 0x%08x, which -e leaves out",
					s->origin ? s->origin : "image", page.number, page.addr);
				return in_segment(e, s, page.addr);
			}
			at = (uint64_t)page.addr + page.size;
		}
	}
	return 0;
}

static bool touches_flash(const struct image *img, const struct target *t)
{
	uint32_t end;

	for (size_t i = 0; i < img->count; i++)
		if (target_area(t, img->seg[i].addr, &end) == AREA_FLASH)
			return true;
	return false;
}

bool plan_overlap(const struct page *page, const struct segment *g, uint64_t *from, uint64_t *to)
{
	uint64_t page_end = (uint64_t)page->addr + page->size, end = (uint64_t)g->addr + g->len;

	*from = page->addr > g->addr ? page->addr : g->addr;
	*to = page_end < end ? page_end : end;
	return *from < *to;
}

/* Bytes of the planned pages that the image does not hold. */
static uint64_t bytes_beside(const struct plan *p, const struct image *img)
{
	uint64_t beside = 0, from, to;

	for (size_t i = 0; i < p->page_count; i++) {
		beside += p->pages[i].size;
		for (size_t k = 0; k < img->count; k++)
			if (plan_overlap(&p->pages[i], &img->seg[k], &from, &to))
				beside -= to - from;
	}
	return beside;
}

int plan_pages(struct plan *p, const struct request *o, const struct image *img,
	       const struct target *t, struct err *e)
{
	struct range range;

	p->erased = target_erased(t);
	if (!touches_flash(img, t) || (o->erase_pages_given && !o->erase_pages))
		return 0;
	if (!t->geometry_known && o->mass_erase) {
		p->mass_erase = true;
		return 0;
	}
	if (need_geometry(t, e) < 0)
		return err_append(e, "; -e 0 writes without an erase, --mass-erase allows to erase "
				     "all");
	if (o->erase_all) {
		if (where_need_size(t, "mass erase", e) < 0 ||
		    add_pages(p, target_flash_start(t), target_flash_end(t), t, e) < 0)
			return -1;
	} else if (o->erase_pages_given) {
		uint32_t start = o->start_page;
		struct page first;

		if (!o->start_page_given &&
		    geometry_page_at(&t->geometry, img->seg[0].addr, &first) == 0)
			start = first.number;
		if (range_by_pages(start, o->erase_pages, t, &range, e) < 0 ||
		    add_pages(p, range.addr, (uint64_t)range.addr + range.len, t, e) < 0 ||
		    check_covered(p, img, t, e) < 0)
			return -1;
	} else if (o->range_given && o->range_len_given) {
		if (add_pages(p, o->range_addr, (uint64_t)o->range_addr + o->range_len, t, e) < 0)
			return -1;
	} else {
		for (size_t i = 0; i < img->count; i++)
			if (add_pages(p, img->seg[i].addr,
				      (uint64_t)img->seg[i].addr + img->seg[i].len, t, e) < 0)
				return -1;
	}
	p->beside_bytes = bytes_beside(p, img);
	if (!p->page_count)
		return 0;
	return check_stack(t, p->pages[0].addr,
			   (uint64_t)p->pages[p->page_count - 1].addr +
				    p->pages[p->page_count - 1].size,
			   ERR_ABILITY, e);
}

void plan_keep(struct plan *p, const bool *keep, const struct image *img)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->page_count; i++)
		if (keep[i])
			p->pages[kept++] = p->pages[i];
	p->page_count = kept;
	p->beside_bytes = bytes_beside(p, img);
}

static int refuse_unknown(const struct image *img, const struct segment *s, uint32_t at,
			  const struct target *t, struct err *e)
{
	const char *is = where_is(t, at);

	err_set(e, ERR_IMAGE, "%s: 0x%08x is in %s", s->origin, at,
		is ? is : "no memory that is known of this chip");
	where_append_way(t, at, is_in_one_place(img, t), e);
	where_append_map(t, e);
	return in_segment(e, s, at);
}

int plan_check_known(const struct request *o, const struct image *img, const struct target *t,
		     struct err *e)
{
	if (range_check_known(o, t, e) < 0)
		return -1;
	for (size_t i = 0; i < img->count && t->dev; i++) {
		uint64_t at = img->seg[i].addr, last = at + img->seg[i].len;
		uint32_t end;

		for (; at < last; at = end)
			if (target_area(t, (uint32_t)at, &end) == AREA_NONE)
				return at != img->seg[i].addr || where_past_flash(t, (uint32_t)at)
				       ? refuse_length(&img->seg[i], (uint32_t)at, t, e)
				       : refuse_unknown(img, &img->seg[i], (uint32_t)at, t, e);
	}
	return 0;
}

int plan_erase(struct plan *p, const struct request *o, const struct target *t, struct err *e)
{
	bool all = !o->range_given && !o->start_page_given && !o->erase_pages_given;
	struct range range;

	p->erased = target_erased(t);
	if (all && !(t->dev && (t->dev->flags & DEV_NO_MASS_ERASE))) {
		if (target_stack_start(t) == target_flash_end(t)) {
			p->mass_erase = true;
			return 0;
		}
		if (!t->stack_start)
			return err_set(e, ERR_ABILITY,
				       "the top of this chip's flash belongs to its wireless "
				       "stack: say which range to erase with -S or -s and -e");
	}
	if (need_geometry(t, e) < 0 || where_need_size(t, "-o", e) < 0 ||
	    plan_range(o, t, &range, e) < 0)
		return -1;
	if (all && range.addr + range.len > target_stack_start(t))
		range.len = target_stack_start(t) - range.addr;
	if (check_stack(t, range.addr, (uint64_t)range.addr + range.len, ERR_ABILITY, e) < 0)
		return -1;
	if (o->range_given && range_check_pages(&range, t, e) < 0)
		return -1;
	return add_pages(p, range.addr, (uint64_t)range.addr + range.len, t, e);
}

/* ---- blocks ---- */

static int add_block(struct plan *p, struct block b, struct err *e)
{
	if (p->block_count == p->block_room) {
		size_t room = p->block_room ? 2 * p->block_room : 64;
		struct block *more = realloc(p->blocks, room * sizeof(*more));

		if (!more)
			return err_set(e, ERR_OTHER, "out of memory");
		p->blocks = more;
		p->block_room = room;
	}
	p->blocks[p->block_count++] = b;
	p->write_bytes += b.bytes;
	return 0;
}

uint32_t plan_block_data(const struct plan *p, const struct block *b, const struct image *content,
			 uint8_t *buf)
{
	memset(buf, p->erased, b->len);
	return image_copy(content, b->addr, buf, b->len);
}

/* Cuts [addr, end), whole units, into blocks that end where a multiple of @max does. */
static int cut_blocks(struct plan *p, uint32_t addr, uint64_t end, enum area area, uint32_t max,
		      const struct image *content, bool skip_blank, struct err *e)
{
	uint8_t buf[LOADER_BLOCK_MAX];

	while (addr < end) {
		uint64_t next = (uint64_t)addr - addr % max + max;
		struct block b = { addr, (uint32_t)((next < end ? next : end) - addr), area, 0 };

		b.bytes = plan_block_data(p, &b, content, buf);
		if (skip_blank && bytes_are(buf, b.len, p->erased))
			p->blank_bytes += b.bytes;
		else if (add_block(p, b, e) < 0)
			return -1;
		addr += b.len;
	}
	return 0;
}

/*
 * Is what lies between @end and @next, whole units of flash, better written as blank bytes than
 * left out by a second frame, and does nothing change by that? In the same frame and a page that is
 * erased before. Units of more than a word have check bits, which can be written but once.
 */
static bool gap_is_cheap(const struct plan *p, uint64_t end, uint64_t next, uint32_t unit,
			 uint32_t max)
{
	return unit <= PLAIN_UNIT && next - end <= FRAME_COST && (end - 1) / max == next / max &&
	       planned(p, (uint32_t)end) && planned(p, (uint32_t)next - 1);
}

int plan_blocks(struct plan *p, const struct image *content, const struct target *t, uint32_t max,
		bool full, struct err *e)
{
	p->erased = target_erased(t);
	for (size_t i = 0; i < content->count; i++) {
		const struct segment *s = &content->seg[i];
		uint32_t end_of_area, unit;
		enum area area = target_area(t, s->addr, &end_of_area);
		uint64_t start, end, next;

		unit = area == AREA_FLASH ? target_write_unit(t) : 4;
		if (max < unit)
			return err_set(e, ERR_ABILITY,
				       "-F: this chip writes %u bytes at a time, a frame holds %u",
				       unit, max);
		start = s->addr - s->addr % unit;
		end = ((uint64_t)s->addr + s->len + unit - 1) / unit * unit;
		/* Units between segments that are closer than one unit belong to both. */
		while (i + 1 < content->count) {
			next = content->seg[i + 1].addr - content->seg[i + 1].addr % unit;
			if (next > end && !gap_is_cheap(p, end, next, unit, max - max % unit))
				break;
			s = &content->seg[++i];
			end = ((uint64_t)s->addr + s->len + unit - 1) / unit * unit;
		}
		if (cut_blocks(p, (uint32_t)start, end, area, max - max % unit, content,
			       area == AREA_FLASH && !full && p->page_count, e) < 0)
			return -1;
	}
	return 0;
}
