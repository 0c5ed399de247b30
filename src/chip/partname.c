/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "chip/partname.h"

#define PARTS_MAX 16			/* of one row */
#define LISTED_MAX 4			/* names in a row's short name before some become one */

/*
 * KiB by the letter behind the pin count (the data sheets, Ordering information). The first that
 * fits counts: WB10 and WB15 have a size that others do not (DS13258, DS13252).
 */
static const struct { const char *of; char letter; uint16_t kb; } size_letters[] = {
	{ "WB1", 'C', 320 },
	{ "", '3', 8 }, { "", '4', 16 }, { "", '6', 32 }, { "", '8', 64 }, { "", 'B', 128 },
	{ "", 'Z', 192 }, { "", 'C', 256 }, { "", 'D', 384 }, { "", 'E', 512 }, { "", 'Y', 640 },
	{ "", 'F', 768 }, { "", 'G', 1024 }, { "", 'H', 1536 }, { "", 'I', 2048 },
	{ "", 'J', 4096 },
};

/* Parts that their makers do not call STM32. */
static const char *const other_brands[] = {
	"BlueNRG", "W7500", "GD32", "CS32", "CKS32", "APM32", "HK32",
};

struct part {
	const char *name;
	size_t len;
	size_t base;			/* length without x and what is behind it */
};

/* ---- one part ---- */

static uint32_t letter_kb(const char *name, char letter)
{
	for (size_t i = 0; i < sizeof(size_letters) / sizeof(size_letters[0]); i++)
		if (size_letters[i].letter == toupper((unsigned char)letter) &&
		    !strncasecmp(name, size_letters[i].of, strlen(size_letters[i].of)))
			return size_letters[i].kb;
	return 0;
}

static bool is_stm32(const char *name)
{
	for (size_t i = 0; i < sizeof(other_brands) / sizeof(other_brands[0]); i++)
		if (!strncasecmp(name, other_brands[i], strlen(other_brands[i])))
			return false;
	return true;
}

/* An x at the end stands for a digit: "WL3x". */
static struct part take_part(const char *name)
{
	size_t len = strcspn(name, " "), base = strcspn(name, "x ");

	return (struct part){ name, len, base + 1 < len ? base : len };
}

/* By its size letter; 0: it has none. */
static uint32_t part_kb(const struct part *p)
{
	return p->base < p->len ? letter_kb(p->name, p->name[p->base + 1]) : 0;
}

static bool same_start(const struct part *a, const struct part *b, size_t len)
{
	return a->base >= len && b->base >= len && memcmp(a->name, b->name, len) == 0;
}

static bool same_base(const struct part *a, const struct part *b)
{
	return a->base == b->base && same_start(a, b, a->base);
}

/* Do their names differ in the last character at most? */
static bool alike(const struct part *a, const struct part *b)
{
	return a->base == b->base && same_start(a, b, a->base - 1);
}

/* ---- all parts of a row ---- */

/* A name that is being drawn. */
struct drawn { char *buf; size_t size, len; };

static void draw(struct drawn *d, const char *name, size_t len, const char *more)
{
	int n = snprintf(d->buf + d->len, d->size - d->len, "%s%s%.*s%s", d->len ? "/" : "",
			 !d->len && is_stm32(name) ? "STM32" : "", (int)len, name, more);

	d->len += n > 0 ? (size_t)n : 0;
	if (d->len >= d->size)
		d->len = d->size - 1;
}

/* The parts that may have @kb; 0: all of them. */
static size_t take_parts(const char *all, uint32_t kb, struct part *parts)
{
	size_t n = 0;

	for (const char *p = all; *p && n < PARTS_MAX; p += strspn(p, " ")) {
		struct part part = take_part(p);

		if (!kb || !part_kb(&part) || part_kb(&part) == kb)
			parts[n++] = part;
		p += part.len;
	}
	return n;
}

/* All parts, by names that say nothing of a size. */
static size_t take_bare(const char *all, struct part *parts)
{
	size_t n = take_parts(all, 0, parts);

	for (size_t i = 0; i < n; i++)
		parts[i].len = parts[i].base;
	return n;
}

/* Parts that differ in their size alone become one. */
static size_t join_sizes(struct part *parts, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < kept && !same_base(&parts[k], &parts[i]))
			k++;
		if (k < kept)
			parts[k].len = parts[k].base;
		else
			parts[kept++] = parts[i];
	}
	return kept;
}

/* Those that differ in their last character alone are drawn as one. */
static void draw_groups(struct drawn *to, const struct part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t first = 0, last = n - 1;

		while (!alike(&parts[first], &parts[i]))
			first++;
		while (!alike(&parts[last], &parts[i]))
			last--;
		if (first == i && last == i)
			draw(to, parts[i].name, parts[i].len, "");
		else if (first == i)
			draw(to, parts[i].name, parts[i].base - 1, "x");
	}
}

/*
 * No part of this size, or one that is left only because its name has no size letter: a size that
 * none of them has singles nothing out.
 */
static bool is_odd_size(const char *all, const struct part *parts, size_t n)
{
	return !n || (n == 1 && !part_kb(&parts[0]) && partname_several(all));
}

const char *partname_short(const char *all, uint32_t kb, char *buf, size_t size)
{
	struct part parts[PARTS_MAX];
	struct drawn to = { buf, size, 0 };
	size_t n = take_parts(all, kb, parts);

	buf[0] = '\0';
	if (is_odd_size(all, parts, n))
		n = join_sizes(parts, take_bare(all, parts));
	else if (n > LISTED_MAX)
		n = join_sizes(parts, n);
	if (n > LISTED_MAX)
		draw_groups(&to, parts, n);
	else
		for (size_t i = 0; i < n; i++)
			draw(&to, parts[i].name, parts[i].len, "");
	return buf;
}

const char *partname_all(const char *all, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s", all[0] && is_stm32(all) ? "STM32" : "", all);
	return buf;
}

bool partname_several(const char *all)
{
	return strchr(all, ' ') != NULL;
}

/* ---- a user's name ---- */

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static const char *skip_brand(const char *name)
{
	return strncasecmp(name, "STM32", 5) ? name : name + 5;
}

/* The part that @name names in full, or in full and more; false: none. */
static bool find_part(const char *all, const char *name, struct part *found)
{
	for (const char *p = all; *p; p += strspn(p, " ")) {
		size_t i = 0;

		*found = take_part(p);
		while (i < found->len && name[i] && (p[i] == 'x' || same_letter(p[i], name[i])))
			i++;
		if (i == found->len)
			return true;
		p += found->len;
	}
	return false;
}

uint32_t partname_kb(const char *all, const char *name)
{
	struct part p;

	name = skip_brand(name);
	if (!find_part(all, name, &p) || strlen(name) < p.base + 2)
		return 0;
	return letter_kb(name, name[p.base + 1]);
}

bool partname_proper(const char *all, const char *name, char *buf, size_t size)
{
	struct part p;
	size_t n;

	name = skip_brand(name);
	if (!find_part(all, name, &p))
		return false;
	snprintf(buf, size, "%s%s", is_stm32(p.name) ? "STM32" : "", name);
	/* "F103xB": an x stays as it is. */
	for (n = 0; is_stm32(p.name) && buf[n]; n++)
		buf[n] = buf[n] == 'x' ? 'x' : (char)toupper((unsigned char)buf[n]);
	return true;
}
