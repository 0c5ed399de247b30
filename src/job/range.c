/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/range.h"
#include "target/where.h"

static int refuse_past_flash(uint32_t addr, uint64_t end, const struct target *t, struct err *e)
{
	if (addr >= target_flash_end(t))
		err_set(e, ERR_ABILITY, "-S: 0x%08x lies", addr);
	else
		err_set(e, ERR_ABILITY, "-S: 0x%08x to 0x%08x reaches", addr, (uint32_t)(end - 1));
	err_append(e, " past the end of flash, which is from 0x%08x to 0x%08x",
		   target_flash_start(t), target_flash_end(t) - 1);
	where_append_size(t, end, e);
	return err_at(e, target_flash_end(t));
}

static int refuse_unknown(uint32_t addr, const char *advice, const struct target *t, struct err *e)
{
	const char *region = where_is(t, addr);

	if (where_past_flash(t, addr))
		return refuse_past_flash(addr, (uint64_t)addr + 1, t, e);
	if (region)
		err_set(e, ERR_ABILITY, "-S: 0x%08x is in %s%s", addr, region, advice);
	else
		err_set(e, ERR_ABILITY, "-S: 0x%08x is in no memory that is known of this chip%s",
			addr, advice);
	if (t->dev)
		where_append_map(t, e);
	return err_at(e, addr);
}

/* Where flash is followed by nothing, reading on can hang the bootloader. */
static int check_flash_end(const struct range *range, const struct target *t, struct err *e)
{
	uint64_t last = (uint64_t)range->addr + range->len;
	uint32_t end;

	if (!t->dev)
		return 0;
	if (where_past_flash(t, range->addr) ||
	    (target_area(t, range->addr, &end) == AREA_FLASH && last > target_flash_end(t) &&
	     where_past_flash(t, target_flash_end(t))))
		return refuse_past_flash(range->addr, last, t, e);
	return 0;
}

int range_by_address(const struct request *o, const struct target *t, struct range *range,
		     struct err *e)
{
	bool looks = !action_changes_memory(o->action) && o->action != ACT_COMPARE;
	const char *advice = looks ? ": -S needs a length there" : "";
	uint32_t end;

	range->addr = o->range_addr;
	if (o->range_len_given) {
		range->len = o->range_len;
		return check_flash_end(range, t, e);
	}
	if (target_area(t, o->range_addr, &end) == AREA_NONE)
		return refuse_unknown(o->range_addr, advice, t, e);
	range->len = end - o->range_addr;
	return 0;
}

static bool is_memory(enum area a)
{
	return a == AREA_FLASH || a == AREA_RAM || a == AREA_EEPROM;
}

int range_check_readable(const struct range *range, const struct target *t, struct err *e)
{
	uint64_t last = (uint64_t)range->addr + range->len;
	uint32_t at = range->addr, end, start;
	enum area a = AREA_NONE, before = AREA_NONE;

	for (; t->dev && is_memory(a = target_area(t, at, &end)) && end < last; at = end)
		before = a;
	if (before == AREA_NONE || a != AREA_NONE)
		return 0;
	err_set(e, ERR_ABILITY, "0x%08x to 0x%08x reaches", range->addr, (uint32_t)(last - 1));
	if (before == AREA_FLASH && geometry_hole_at(&t->geometry, at, &start, &end))
		err_append(e, " into a hole of flash, from 0x%08x to 0x%08x", start, end - 1);
	else
		err_append(e, " past the end of %s, whose last byte is at 0x%08x",
			   area_name(before), at - 1);
	return err_at(e, at);
}

int range_check_known(const struct request *o, const struct target *t, struct err *e)
{
	struct range range;
	uint32_t end;

	if (!o->range_given || !t->dev)
		return 0;
	if (range_by_address(o, t, &range, e) < 0)
		return -1;
	if (target_area(t, o->range_addr, &end) == AREA_NONE)
		return refuse_unknown(o->range_addr, "", t, e);
	return 0;
}

/* ---- pages ---- */

static int append_pages(const struct target *t, struct err *e)
{
	const struct geometry *g = &t->geometry;

	for (size_t i = 0; i < g->count; i++)
		if (!g->region[i].unnumbered)
			err_append(e, "%s %u to %u from 0x%08x on", i ? "," : ": it has pages",
				   g->region[i].first_page,
				   g->region[i].first_page + g->region[i].count - 1,
				   g->region[i].addr);
	return -1;
}

int range_by_pages(uint32_t start, uint32_t count, const struct target *t, struct range *range,
		   struct err *e)
{
	struct page first, last;
	uint32_t number;

	if (!t->geometry_known)
		return err_set(e, ERR_ABILITY, "-s: %s", t->no_geometry);
	if (geometry_page(&t->geometry, start, &first) < 0) {
		err_set(e, ERR_ABILITY, "-s %u: this chip has no such page", start);
		return append_pages(t, e);
	}
	range->addr = first.addr;
	if (!count) {
		range->len = target_flash_end(t) - first.addr;
		return 0;
	}
	for (number = start; number < start + count; number++)	/* numbers may have gaps */
		if (geometry_page(&t->geometry, number, &last) < 0) {
			err_set(e, ERR_ABILITY, "-e %u: this chip has no page %u", count, number);
			return append_pages(t, e);
		}
	range->len = last.addr + last.size - first.addr;
	return 0;
}

/* @what: "start" or "end" of a page; @at is that address, @inside the byte whose page it is. */
static int refuse_bound(const char *what, uint32_t at, uint32_t inside, const struct target *t,
			struct err *e)
{
	const char *is = where_is(t, inside);
	uint32_t start, end;
	struct page p;

	if (geometry_page_at(&t->geometry, inside, &p) == 0)
		err_set(e, ERR_ABILITY, "-S: 0x%08x is not the %s of a page: the nearest are "
			"0x%08x and 0x%08x", at, what, p.addr, p.addr + p.size);
	else if (geometry_hole_at(&t->geometry, inside, &start, &end))
		err_set(e, ERR_ABILITY, "-S: 0x%08x is in a hole of flash, from 0x%08x to "
			"0x%08x", at, start, end - 1);
	else
		err_set(e, ERR_ABILITY, "-S: 0x%08x is in %s, which has no pages to erase", at,
			is ? is : "no memory");
	return err_at(e, at);
}

int range_check_pages(const struct range *range, const struct target *t, struct err *e)
{
	uint32_t end = range->addr + range->len;
	struct page p;

	if (geometry_page_at(&t->geometry, range->addr, &p) < 0 || p.addr != range->addr)
		return refuse_bound("start", range->addr, range->addr, t, e);
	if (geometry_page_at(&t->geometry, end - 1, &p) < 0 || p.addr + p.size != end)
		return refuse_bound("end", end, end - 1, t, e);
	return 0;
}
