/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/bytes.h"
#include "target/optbytes_rules.h"
#include "target/state.h"

#define SMALLEST_PAGE 128u

/* A read that ended with @ret: 1 it was done; 0 it is refused, so nothing is known; -1 fatal. */
static int outcome(struct target *t, int ret, const struct err *why, struct err *e)
{
	if (ret == 0)
		return 1;
	t->is_protected |= why->code == ERR_PROTECTED;
	if (why->code == ERR_PROTECTED || why->code == ERR_ABILITY)
		return 0;
	*e = *why;
	return -1;
}

static int look_at_vectors(struct state *st, struct target *t, struct loader *l, struct err *e)
{
	struct err why = ERR_INIT;
	uint8_t raw[8];
	int ret = loader_read(l, target_flash_start(t), raw, sizeof(raw), LOADER_TWICE, &why);

	ret = outcome(t, ret, &why, e);
	if (ret <= 0)
		return ret;
	st->vectors_known = true;
	st->blank = bytes_are(raw, sizeof(raw), target_erased(t));
	st->sp = le32(raw);
	st->entry = le32(raw + 4);
	return 0;
}

static int look_at_options(struct state *st, struct target *t, struct loader *l, struct err *e)
{
	struct err why = ERR_INIT;
	int ret = outcome(t, optbytes_read(&st->options, t, l, &why), &why, e);

	st->options_known = ret > 0 && optbytes_known(&st->options);
	return ret < 0 ? -1 : 0;
}

int state_look(struct state *st, struct target *t, struct loader *l, bool vectors, bool options,
	       struct err *e)
{
	*st = (struct state){ 0 };
	if (!t->dev || t->is_protected || !loader_can(l, LOADER_READ))
		return 0;
	if (vectors && look_at_vectors(st, t, l, e) < 0)
		return -1;
	if (!options || t->is_protected)
		return 0;
	return look_at_options(st, t, l, e);
}

void state_find_stack(const struct state *st, struct target *t)
{
	struct page page;
	uint32_t sfsa;

	t->stack_start = 0;
	if (t->dev && (t->dev->flags & DEV_TOP_SECURE) && st->options_known &&
	    t->geometry_known && optbytes_get(&st->options, "SFSA", &sfsa) &&
	    geometry_page(&t->geometry, sfsa, &page) == 0)
		t->stack_start = page.addr;
}

bool state_write_protected(const struct state *st, const struct target *t, uint32_t addr,
			   uint64_t end, struct page *page)
{
	if (!st->options_known || !t->geometry_known)
		return false;
	while (addr < end) {
		if (geometry_page_at(&t->geometry, addr, page) < 0) {
			addr += SMALLEST_PAGE;	/* banks may be apart */
			continue;
		}
		if (optbytes_page_protected(&st->options, t, page->addr) == 1)
			return true;
		addr = page->addr + page->size;
	}
	return false;
}

/* The options of some chips tell of a part of the flash only. */
static bool told_throughout(const struct state *st, const struct target *t)
{
	struct page page;

	for (uint32_t n = 0; n < geometry_pages(&t->geometry); n++)
		if (geometry_page(&t->geometry, n, &page) == 0 &&
		    optbytes_page_protected(&st->options, t, page.addr) < 0)
			return false;
	return t->geometry_known;
}

bool state_all_writable(const struct state *st, const struct target *t)
{
	struct page page;

	return st->options_known && told_throughout(st, t) &&
	       !state_write_protected(st, t, target_flash_start(t), target_flash_end(t), &page);
}

bool state_may_be_protected(const struct state *st, const struct target *t, uint32_t addr)
{
	return !st->options_known || optbytes_page_protected(&st->options, t, addr) != 0;
}

/* One line a run of protected pages. */
static void print_write_protection(const struct state *st, const struct target *t,
				   struct report *r)
{
	uint32_t addr = target_flash_start(t), end = target_flash_end(t), from;
	struct page page;
	bool any = false;

	while (state_write_protected(st, t, addr, end, &page)) {
		from = page.addr;
		do {
			addr = page.addr + page.size;
		} while (addr < end && geometry_page_at(&t->geometry, addr, &page) == 0 &&
			 optbytes_page_protected(&st->options, t, addr) == 1);
		report_event(r, EV_WRITE_PROTECTED, from, addr - 1);
		any = true;
	}
	if (!any && told_throughout(st, t))
		report_event(r, EV_NOT_WRITE_PROTECTED);
}

void state_print(const struct state *st, const struct target *t, struct report *r)
{
	if (t->is_protected)
		report_event(r, EV_READ_PROTECTED);
	else if (st->vectors_known)
		report_event(r, EV_NOT_READ_PROTECTED);
	if (st->options_known)
		print_write_protection(st, t, r);
	if (t->stack_start)
		report_event(r, EV_STACK, t->stack_start);
	if (st->blank)
		report_event(r, EV_VECTORS_BLANK);
	else if (st->vectors_known)
		report_event(r, EV_VECTORS, st->sp, st->entry);
}
