/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/num.h"
#include "chip/geometry.h"

/* The part of a layout that is still to be parsed, and where its next region goes. */
struct cursor {
	const char *text, *end;
	uint64_t addr;
	uint32_t page;
	bool unnumbered;
};

/* Takes "PREFIX...:" off the front. Returns the length of "...", which begins at @val; else -1. */
static int take_prefix(struct cursor *c, char prefix, const char **val)
{
	const char *colon = memchr(c->text, ':', (size_t)(c->end - c->text));

	if (c->text == c->end || *c->text != prefix || !colon)
		return -1;
	*val = c->text + 1;
	c->text = colon + 1;
	return (int)(colon - *val);
}

static int parse_place(struct cursor *c)
{
	const char *val;
	uint32_t addr;
	int len;

	len = take_prefix(c, '@', &val);
	if (len >= 0) {
		if (num_span(val, (size_t)len, &addr) < 0 || addr < c->addr)
			return -1;
		c->addr = addr;
	}
	len = take_prefix(c, '#', &val);
	if (len >= 0) {
		c->unnumbered = len == 1 && *val == '?';
		if (!c->unnumbered && num_span(val, (size_t)len, &c->page) < 0)
			return -1;
	}
	return 0;
}

static int parse_region(struct cursor *c, struct flash_region *r)
{
	const char *x;

	if (parse_place(c) < 0)
		return -1;
	x = memchr(c->text, 'x', (size_t)(c->end - c->text));
	if (!x || num_span(c->text, (size_t)(x - c->text), &r->count) < 0 ||
	    num_span(x + 1, (size_t)(c->end - x - 1), &r->page_size) < 0 ||
	    !r->count || !r->page_size)
		return -1;
	r->addr = (uint32_t)c->addr;
	r->first_page = c->page;
	r->unnumbered = c->unnumbered;
	c->addr += (uint64_t)r->count * r->page_size;
	c->page += r->count;
	/* The last byte of the address space stays out of reach, so that ends fit 32 bits. */
	return c->addr <= UINT32_MAX ? 0 : -1;
}

int geometry_parse(const char *layout, uint32_t start, uint32_t kb, struct geometry *g,
		   struct err *e)
{
	struct cursor c = { .text = layout, .addr = start };
	uint64_t left = kb ? (uint64_t)kb * 1024 : UINT64_MAX;

	g->count = 0;
	for (;;) {
		const char *part = c.text;
		struct flash_region r;

		c.end = c.text + strcspn(c.text, "+");
		if (parse_region(&c, &r) < 0)
			return err_set(e, ERR_USAGE, "layout '%s': '%.*s' is no region",
				       layout, (int)strcspn(part, "+"), part);
		if (left / r.page_size < r.count)
			r.count = (uint32_t)(left / r.page_size);
		left -= (uint64_t)r.count * r.page_size;
		if (g->count == GEOMETRY_MAX)
			return err_set(e, ERR_USAGE, "layout '%s': more than %d regions", layout,
				       GEOMETRY_MAX);
		if (r.count)
			g->region[g->count++] = r;
		if (!*c.end)
			break;
		c.text = c.end + 1;
	}
	if (!g->count)
		return err_set(e, ERR_USAGE, "layout '%s': no page fits into %u KB", layout,
			       (unsigned int)kb);
	return 0;
}

static void page_in(const struct flash_region *r, uint32_t index, struct page *p)
{
	*p = (struct page){
		.number = r->unnumbered ? 0 : r->first_page + index,
		.addr = r->addr + index * r->page_size,
		.size = r->page_size,
		.unnumbered = r->unnumbered,
	};
}

int geometry_page_at(const struct geometry *g, uint32_t addr, struct page *p)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct flash_region *r = &g->region[i];

		if (addr >= r->addr && (addr - r->addr) / r->page_size < r->count) {
			page_in(r, (addr - r->addr) / r->page_size, p);
			return 0;
		}
	}
	return -1;
}

int geometry_page(const struct geometry *g, uint32_t number, struct page *p)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct flash_region *r = &g->region[i];

		if (!r->unnumbered && number >= r->first_page &&
		    number - r->first_page < r->count) {
			page_in(r, number - r->first_page, p);
			return 0;
		}
	}
	return -1;
}

uint32_t geometry_end(const struct geometry *g)
{
	const struct flash_region *last;

	if (!g->count)
		return 0;
	last = &g->region[g->count - 1];
	return last->addr + last->count * last->page_size;
}

uint32_t geometry_pages(const struct geometry *g)
{
	uint32_t pages = 0;

	for (size_t i = 0; i < g->count; i++)
		pages += g->region[i].count;
	return pages;
}

bool geometry_hole_at(const struct geometry *g, uint32_t addr, uint32_t *start, uint32_t *end)
{
	for (size_t i = 1; i < g->count; i++) {
		const struct flash_region *below = &g->region[i - 1];

		*start = below->addr + below->count * below->page_size;
		*end = g->region[i].addr;
		if (addr >= *start && addr < *end)
			return true;
	}
	return false;
}
