/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "steps/writer.h"

struct page *writer_page_of(struct writer *w, uint32_t addr)
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

bool writer_is_redone(struct writer *w, uint32_t addr)
{
	struct page *p = writer_page_of(w, addr);

	return p && w->redone[p - w->plan.pages];
}

bool writer_mark_bad(struct writer *w, uint32_t addr, uint32_t len)
{
	uint64_t end = (uint64_t)addr + len;

	while (addr < end) {
		struct page *p = writer_page_of(w, addr);

		if (!p)
			return false;
		w->bad_count += !w->bad[p - w->plan.pages];
		w->bad[p - w->plan.pages] = true;
		addr = p->addr + p->size;
	}
	return true;
}

bool writer_in_flash(const struct writer *w, const struct segment *g)
{
	uint32_t end;

	return target_area(&w->s->target, g->addr, &end) == AREA_FLASH;
}
