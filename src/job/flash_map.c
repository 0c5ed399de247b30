/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job/flash_map.h"
#include "target/optbytes_rules.h"

static bool is_planned(const struct plan *p, uint32_t addr)
{
	for (size_t i = 0; i < p->page_count; i++)
		if (p->pages[i].addr == addr)
			return true;
	return p->mass_erase;
}

static bool is_protected(const struct flash_map_facts *f, uint32_t addr)
{
	return f->state && f->state->options_known &&
	       optbytes_page_protected(&f->state->options, f->target, addr) > 0;
}

static bool is_stack(const struct target *t, uint32_t addr)
{
	return addr >= target_stack_start(t);
}

/* Bytes of a page that is erased, or would be if it differs. */
static enum stripe_kind kind_erased(const struct flash_map_facts *f, bool in_image)
{
	bool asks = f->req->only_changed && !f->compared;

	if (in_image)
		return asks ? STRIPE_IF_DIFFERS : STRIPE_IMAGE;
	if (f->unlocked)
		return STRIPE_BLANK;
	if (f->req->preserve)
		return STRIPE_KEPT;
	return asks ? STRIPE_MAY_GO : STRIPE_NOT_READ;
}

static enum stripe_kind kind_of(const struct flash_map_facts *f, const struct map_page *page,
				bool planned, bool in_image)
{
	bool barred = is_protected(f, page->addr);

	if (barred && (planned || (in_image && !f->compared)))
		return STRIPE_BARRED;
	if (planned)
		return kind_erased(f, in_image);
	if (in_image)
		return f->compared ? STRIPE_SAME : STRIPE_OVER;
	if (is_stack(f->target, page->addr))
		return STRIPE_STACK;
	if (f->unlocked)
		return STRIPE_BLANK;
	return barred ? STRIPE_PROTECTED : STRIPE_UNTOUCHED;
}

/* Cuts a page where the image begins or ends in it. */
static int add_page(struct memory_map *m, const struct flash_map_facts *f,
		    const struct map_page *page, struct err *e)
{
	uint64_t at = page->addr, end = at + page->size;
	bool planned = is_planned(f->plan, page->addr);

	while (at < end) {
		const struct segment *g = image_find(f->image, (uint32_t)at);
		bool inside = g && g->addr <= at;
		uint64_t next = !g ? end : inside ? (uint64_t)g->addr + g->len : g->addr;

		if (next > end)
			next = end;
		if (memory_map_add(m, (uint32_t)at, (uint32_t)(next - at),
				   kind_of(f, page, planned, inside), e) < 0)
			return -1;
		at = next;
	}
	return 0;
}

static int list_pages(struct memory_map *m, const struct geometry *g, struct err *e)
{
	m->pages = calloc(geometry_pages(g) + 1, sizeof(*m->pages));
	if (!m->pages)
		return err_set(e, ERR_OTHER, "out of memory");
	for (size_t i = 0; i < g->count; i++)
		for (uint32_t k = 0; k < g->region[i].count; k++) {
			const struct flash_region *r = &g->region[i];

			m->pages[m->page_count++] = (struct map_page){
				.addr = r->addr + k * r->page_size,
				.size = r->page_size,
				.number = r->unnumbered ? 0 : r->first_page + k,
				.unnumbered = r->unnumbered,
			};
		}
	return 0;
}

static void add_notes(struct memory_map *m, const struct flash_map_facts *f)
{
	const struct target *t = f->target;

	if (!t->size_known)
		memory_map_note(m, "the size of the flash is not known: it may be less");
	if (!f->state || !f->state->options_known)
		memory_map_note(m, "write protection was not read: none is shown");
	if (t->is_protected)
		memory_map_note(m, "the chip is read-protected: what its flash holds is not known");
	if (f->req->unlock && !f->unlocked)
		memory_map_note(m, "--unlock erases all flash if the chip is read-protected");
	for (size_t i = 0; i < f->image->count; i++)
		if (target_area(t, f->image->seg[i].addr, &(uint32_t){ 0 }) != AREA_FLASH) {
			memory_map_note(m, "the image also writes outside the flash");
			break;
		}
}

/* With the layout that was found, or is assumed where the chip was not asked. */
static void name_chip(struct memory_map *m, const struct flash_map_facts *f)
{
	size_t len;

	target_name(f->target, m->chip, sizeof(m->chip));
	len = strlen(m->chip);
	if (f->target->layout_name)
		snprintf(m->chip + len, sizeof(m->chip) - len, ", %s%s",
			 f->state ? "" : "assuming ", f->target->layout_name);
}

int flash_map_make(struct memory_map *m, const struct flash_map_facts *f, struct err *e)
{
	*m = (struct memory_map){ .pages = NULL };
	name_chip(m, f);
	if (list_pages(m, &f->target->geometry, e) < 0)
		return -1;
	for (size_t i = 0; i < m->page_count; i++)
		if (add_page(m, f, &m->pages[i], e) < 0)
			return -1;
	add_notes(m, f);
	return 0;
}
