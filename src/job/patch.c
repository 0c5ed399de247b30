/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "job/patch.h"

/* The origin of what a patch adds beside the image, in messages. */
#define ORIGIN "--patch"
#define MEMORY_END (UINT64_C(1) << 32)

static int fault(const struct patch *p, const char *what, struct err *e)
{
	return err_set(e, ERR_USAGE, "--patch '%s': %s", p->text, what);
}

static int make_room(struct patch *p, size_t len, struct err *e)
{
	if (!len)
		return fault(p, "has no data", e);
	p->data = malloc(len);
	if (!p->data)
		return err_set(e, ERR_OTHER, "--patch: out of memory");
	p->len = (uint32_t)len;
	return 0;
}

/* ---- types ---- */

static int parse_hex(struct patch *p, const char *value, unsigned int size, struct err *e)
{
	size_t len = strlen(value);
	char pair[] = "0x..";
	uint32_t byte;

	(void)size;
	if (len % 2)
		return fault(p, "has half a byte: an odd number of digits", e);
	if (make_room(p, len / 2, e) < 0)
		return -1;
	for (size_t i = 0; i < p->len; i++) {
		memcpy(pair + 2, value + 2 * i, 2);
		if (num_u32(pair, &byte) < 0)
			return fault(p, "must be pairs of hexadecimal digits", e);
		p->data[i] = (uint8_t)byte;
	}
	return 0;
}

static int parse_number(struct patch *p, const char *value, unsigned int size, struct err *e)
{
	uint64_t most = UINT64_MAX >> (64 - 8 * size), v;

	if (num_u64(value, &v) < 0)
		return fault(p, "its value is no number (decimal, or 0x in front)", e);
	if (v > most)
		return err_set(e, ERR_USAGE, "--patch '%s': u%u holds 0 to %llu", p->text, 8 * size,
			       (unsigned long long)most);
	if (make_room(p, size, e) < 0)
		return -1;
	for (unsigned int i = 0; i < size; i++)
		p->data[i] = (uint8_t)(v >> 8 * i);
	return 0;
}

static int parse_text(struct patch *p, const char *value, unsigned int size, struct err *e)
{
	(void)size;
	if (make_room(p, strlen(value), e) < 0)
		return -1;
	memcpy(p->data, value, p->len);
	return 0;
}

static const struct type {
	const char *name;
	unsigned int size;		/* of a number */
	int (*parse)(struct patch *p, const char *value, unsigned int size, struct err *e);
} types[] = {
	{ "hex", 0, parse_hex }, { "str", 0, parse_text },
	{ "u8", 1, parse_number }, { "u16", 2, parse_number },
	{ "u32", 4, parse_number }, { "u64", 8, parse_number },
};

static const struct type *find_type(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strlen(types[i].name) == len && memcmp(types[i].name, name, len) == 0)
			return &types[i];
	return NULL;
}

/* ---- parsing ---- */

static int parse_address(struct patch *p, size_t len, struct err *e)
{
	int ret = num_address(p->text, len, &p->addr);

	if (ret == NUM_BARE)
		return err_set(e, ERR_USAGE, "--patch '%s': no chip has memory there: 0x is missing? "
			       "(0x%s)", p->text, p->text);
	return ret < 0 ? fault(p, "does not begin with an address", e) : 0;
}

static int parse(struct patch *p, struct err *e)
{
	const char *equals = strchr(p->text, '='), *colon = equals ? strchr(equals, ':') : NULL;
	const struct type *type;

	if (!colon)
		return fault(p, "not ADDR=TYPE:VALUE", e);
	if (parse_address(p, (size_t)(equals - p->text), e) < 0)
		return -1;
	type = find_type(equals + 1, (size_t)(colon - equals - 1));
	if (!type)
		return fault(p, "its type must be hex, str, u8, u16, u32 or u64", e);
	if (type->parse(p, colon + 1, type->size, e) < 0)
		return -1;
	if (p->addr + (uint64_t)p->len > MEMORY_END)
		return fault(p, "ends beyond 4 GB", e);
	return 0;
}

/* Does it overlap a patch before it? */
static int check_overlap(const struct patches *all, const struct patch *p, struct err *e)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct patch *o = &all->item[i];
		uint32_t first = p->addr > o->addr ? p->addr : o->addr;

		if (first - p->addr >= p->len || first - o->addr >= o->len)
			continue;
		err_set(e, ERR_USAGE, "--patch '%s' and '%s' overlap at 0x%08x", o->text, p->text,
			(unsigned int)first);
		return err_at(e, first);
	}
	return 0;
}

int patches_add(struct patches *all, const char *text, struct err *e)
{
	struct patch p = { .text = text };
	struct patch *more = NULL;
	int ret = parse(&p, e);

	if (ret == 0)
		ret = check_overlap(all, &p, e);
	if (ret == 0) {
		more = reallocarray(all->item, all->count + 1, sizeof(*more));
		if (!more)
			ret = err_set(e, ERR_OTHER, "--patch: out of memory");
	}
	if (ret < 0 || !more) {
		free(p.data);
		return -1;
	}
	all->item = more;
	all->item[all->count++] = p;
	return 0;
}

void patches_free(struct patches *all)
{
	for (size_t i = 0; i < all->count; i++)
		free(all->item[i].data);
	free(all->item);
	*all = (struct patches){ 0 };
}

/* ---- over the image ---- */

static const char *place_of(const struct image *img, const struct patch *p)
{
	uint32_t at = p->addr, gap;

	if (!image_gap(img, &at, p->addr + (uint64_t)p->len, &gap))
		return "over the image";
	return gap == p->len ? "beside the image" : "in part over the image, in part beside it";
}

int patches_apply(const struct patches *all, struct image *img, struct report *r, struct err *e)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct patch *p = &all->item[i];
		const char *place = place_of(img, p);

		if (image_put(img, p->addr, p->data, p->len, ORIGIN, e) < 0)
			return err_wrap(e, "--patch '%s'", p->text);
		report_event(r, EV_PATCHED, p->text, p->addr, p->addr + p->len - 1, p->len, place);
	}
	return 0;
}
