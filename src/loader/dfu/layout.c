/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "loader/dfu/layout.h"

#define TEXT_MAX 256	/* a string descriptor has at most 126 characters */
#define TYPE_BITS 7u	/* 'a' and 'A' are 1, 'g' and 'G' are 7 */

static bool is_type(char c)
{
	return (c >= 'a' && c <= 'g') || (c >= 'A' && c <= 'G');
}

/* Some devices send control characters in it. */
static void copy_printable(const char *text, char *to, size_t size)
{
	size_t n = 0;

	for (; *text && n + 1 < size; text++)
		if (*text >= 0x20 && *text < 0x7F)
			to[n++] = *text;
	to[n] = '\0';
}

static void skip_blanks(const char **p)
{
	while (**p == ' ')
		(*p)++;
}

static bool take(const char **p, char c)
{
	skip_blanks(p);
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* Decimal, leading zeros allowed. Returns 0 or -1. */
static int take_number(const char **p, uint32_t *n)
{
	uint64_t value = 0;

	skip_blanks(p);
	if (!isdigit((unsigned char)**p))
		return -1;
	for (; isdigit((unsigned char)**p); (*p)++) {
		value = value * 10 + (uint64_t)(**p - '0');
		if (value > UINT32_MAX)
			return -1;
	}
	*n = (uint32_t)value;
	return 0;
}

static int take_address(const char **p, uint32_t *addr)
{
	unsigned int digits = 0;

	skip_blanks(p);
	if ((*p)[0] != '0' || tolower((unsigned char)(*p)[1]) != 'x')
		return -1;
	*addr = 0;
	for (*p += 2; isxdigit((unsigned char)**p) && digits < 8; (*p)++, digits++) {
		int c = tolower((unsigned char)**p);

		*addr = *addr << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return digits ? 0 : -1;
}

/* A blank is a unit too, and "B" never the type. */
static uint32_t take_unit(const char **p)
{
	if (take(p, 'K') || take(p, 'k'))
		return 1024;
	if (take(p, 'M') || take(p, 'm'))
		return 1048576;
	take(p, 'B');
	return 1;
}

static unsigned int take_rights(const char **p)
{
	skip_blanks(p);
	if (!is_type(**p))
		return LAYOUT_READ | LAYOUT_WRITE;
	return (unsigned int)*(*p)++ & TYPE_BITS;
}

static int take_segment(const char **p, uint64_t *addr, struct layout *l)
{
	struct layout_segment s = { .addr = (uint32_t)*addr };
	uint64_t page;

	if (l->count == LAYOUT_SEGMENTS_MAX || *addr > UINT32_MAX || take_number(p, &s.count) < 0 ||
	    !take(p, '*') || take_number(p, &s.page_size) < 0)
		return -1;
	page = (uint64_t)s.page_size * take_unit(p);
	s.rights = take_rights(p);
	if (!page || !s.count || page > UINT32_MAX)
		return -1;
	*addr += page * s.count;
	if (*addr > UINT64_C(1) << 32)
		return -1;
	s.page_size = (uint32_t)page;
	l->segment[l->count++] = s;
	return 0;
}

static int take_zone(const char **p, struct layout *l)
{
	uint32_t start;
	uint64_t addr;

	if (!take(p, '/') || take_address(p, &start) < 0 || !take(p, '/'))
		return -1;
	addr = start;
	do
		if (take_segment(p, &addr, l) < 0)
			return -1;
	while (take(p, ','));
	return 0;
}

static void take_name(const char **p, char *name, size_t size)
{
	size_t len;

	skip_blanks(p);
	len = strcspn(*p, "/");
	for (size_t i = 0; i < len && i + 1 < size; i++)
		name[i] = (*p)[i];
	*p += len;
	for (len = strlen(name); len && name[len - 1] == ' '; len--)
		name[len - 1] = '\0';
}

int layout_parse(const char *text, struct layout *l)
{
	char clean[TEXT_MAX];
	const char *p = clean;

	*l = (struct layout){ 0 };
	copy_printable(text, clean, sizeof(clean));
	if (!take(&p, '@'))
		return -1;
	take_name(&p, l->name, sizeof(l->name));
	do
		if (take_zone(&p, l) < 0)
			return -1;
	while (skip_blanks(&p), *p);
	return 0;
}

/* ---- what it says ---- */

static uint64_t end_of(const struct layout_segment *s)
{
	return s->addr + (uint64_t)s->page_size * s->count;
}

uint32_t layout_start(const struct layout *l)
{
	uint32_t start = l->segment[0].addr;

	for (size_t i = 1; i < l->count; i++)
		if (l->segment[i].addr < start)
			start = l->segment[i].addr;
	return start;
}

uint64_t layout_end(const struct layout *l)
{
	uint64_t end = 0;

	for (size_t i = 0; i < l->count; i++)
		if (end_of(&l->segment[i]) > end)
			end = end_of(&l->segment[i]);
	return end;
}

static const struct layout_segment *find(const struct layout *l, uint64_t addr)
{
	for (size_t i = 0; i < l->count; i++)
		if (addr >= l->segment[i].addr && addr < end_of(&l->segment[i]))
			return &l->segment[i];
	return NULL;
}

/* Where the next segment behind @addr, which is in none, begins. */
static uint64_t next_start(const struct layout *l, uint64_t addr)
{
	uint64_t next = UINT64_C(1) << 32;

	for (size_t i = 0; i < l->count; i++)
		if (l->segment[i].addr > addr && l->segment[i].addr < next)
			next = l->segment[i].addr;
	return next;
}

bool layout_lacks(const struct layout *l, uint32_t addr, uint64_t end, unsigned int rights,
		  bool strict, uint32_t *at, uint64_t *page_end)
{
	const struct layout_segment *s;
	uint64_t next;

	for (uint64_t from = addr; from < end; from = next) {
		s = find(l, from);
		next = s ? end_of(s) : next_start(l, from);
		if (s ? (s->rights & rights) == rights : !strict)
			continue;
		*at = (uint32_t)from;
		*page_end = s ? from - (from - s->addr) % s->page_size + s->page_size : next;
		return true;
	}
	return false;
}

int layout_geometry(const struct layout *l, struct geometry *g)
{
	uint64_t end = 0;
	uint32_t page = 0;

	*g = (struct geometry){ 0 };
	for (size_t i = 0; i < l->count; i++) {
		const struct layout_segment *s = &l->segment[i];

		if (s->addr < end || end_of(s) > UINT32_MAX)
			return -1;
		g->region[g->count++] = (struct flash_region){
			.addr = s->addr, .page_size = s->page_size, .count = s->count,
			.first_page = page,
		};
		page += s->count;
		end = end_of(s);
	}
	return 0;
}
