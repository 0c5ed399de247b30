/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "parsers/runs.h"

/* Bytes of consecutive records, each of which begins where the one before it ended. */
struct run {
	uint32_t addr, len;
	size_t at;			/* in struct runs.bytes */
};

int runs_init(struct runs *runs, size_t most, struct err *e)
{
	*runs = (struct runs){ .bytes = malloc(most + 1) };
	return runs->bytes ? 0 : err_set(e, ERR_OTHER, "no memory for %zu bytes", most);
}

void runs_free(struct runs *runs)
{
	free(runs->run);
	free(runs->bytes);
	*runs = (struct runs){ 0 };
}

/* A new run at @addr. NULL: there is no memory. */
static struct run *begin_run(struct runs *runs, uint32_t addr)
{
	if (!runs->run || runs->count == runs->room) {
		size_t room = runs->room ? 2 * runs->room : 16;
		struct run *grown = reallocarray(runs->run, room, sizeof(*grown));

		if (!grown)
			return NULL;
		runs->run = grown;
		runs->room = room;
	}
	runs->run[runs->count] = (struct run){ .addr = addr, .at = runs->used };
	return &runs->run[runs->count++];
}

int runs_add(struct runs *runs, const struct piece *p, struct err *e)
{
	struct run *last = runs->count ? &runs->run[runs->count - 1] : NULL;
	uint64_t end = last ? last->addr + (uint64_t)last->len : 0;

	if (!last || p->addr != end) {
		if (last && p->addr < end)
			runs->unsorted = true;
		last = begin_run(runs, p->addr);
		if (!last)
			return err_set(e, ERR_OTHER, "no memory for %zu runs", runs->count + 1);
	}
	memcpy(runs->bytes + runs->used, p->data, p->len);
	runs->used += p->len;
	last->len += p->len;
	return 0;
}

static int by_address(const void *a, const void *b)
{
	const struct run *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* Finds the first address at which the image holds another byte than @run. */
static bool find_clash(const struct image *img, const struct run *run, const uint8_t *bytes,
		       uint32_t *addr)
{
	for (uint32_t i = 0; i < run->len; i++) {
		uint8_t held = bytes[i];

		*addr = run->addr + i;
		image_copy(img, *addr, &held, 1);
		if (held != bytes[i])
			return true;
	}
	return false;
}

int runs_fill(struct runs *runs, struct image *img, const char *name, uint32_t *clash,
	      struct err *e)
{
	if (runs->unsorted)
		qsort(runs->run, runs->count, sizeof(*runs->run), by_address);
	for (size_t i = 0; i < runs->count; i++) {
		const struct run *run = &runs->run[i];
		const uint8_t *bytes = runs->bytes + run->at;

		if (image_add(img, run->addr, bytes, run->len, name, e) < 0)
			return find_clash(img, run, bytes, clash) ? 1 : -1;
	}
	return 0;
}

bool clash_at(struct clash *c, const struct piece *p, unsigned int place)
{
	uint32_t off = c->addr - p->addr;

	if (off >= p->len)
		return false;
	c->here = p->data[off];
	if (c->seen && c->here != c->first)
		return true;
	c->seen = true;
	c->first = c->here;
	c->place = place;
	return false;
}
