/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "base/bytes.h"
#include "chip/partname.h"
#include "target/candidates.h"

void candidates_find(struct candidates *c, const struct loader *l)
{
	unsigned int best = 1;

	c->count = 0;
	if (!l->ops->fits)
		return;
	for (size_t i = 0; i < device_count; i++) {
		unsigned int fit = l->ops->fits(l, &device_table[i]);

		if (fit < best)
			continue;
		if (fit > best)
			c->count = 0;
		best = fit;
		if (c->count < CANDIDATES_MAX)
			c->row[c->count++] = &device_table[i];
	}
}

/* A value that may not be readable: 1 read, 0 not, -1 with @e set. */
static int try_read(struct loader *l, uint32_t addr, uint8_t *raw, size_t len, struct err *e)
{
	struct err why = ERR_INIT;

	if (loader_read(l, addr, raw, len, LOADER_TWICE, &why) == 0)
		return 1;
	if (why.code == ERR_ABILITY || why.code == ERR_PROTECTED)
		return 0;
	*e = why;
	return -1;
}

static bool has_rom(const struct device *d, uint8_t bl_id)
{
	for (const struct rom *r = d->roms; r && r->version; r++)
		if ((uint8_t)r->bl_id == bl_id)
			return true;
	return !d->roms || !d->roms->version;
}

/* 1 it may be @d, 0 its memory contradicts, -1. */
static int may_be(struct loader *l, const struct device *d, struct err *e)
{
	uint8_t raw[2];
	uint16_t kb;
	int ret = 0;

	if (d->bl_id_addr)
		ret = try_read(l, d->bl_id_addr, raw, 1, e);
	if (ret < 0 || (ret > 0 && !has_rom(d, raw[0])))
		return ret < 0 ? -1 : 0;
	ret = 0;
	if (d->size_reg && !(d->flags & (DEV_SIZE_UNREADABLE | DEV_LONG_INFO_READ)))
		ret = try_read(l, d->size_reg, raw, 2, e);
	if (ret <= 0)
		return ret < 0 ? -1 : 1;
	kb = device_flash_kb(d, le16(raw));
	return kb && (!d->flash_kb || kb <= d->flash_kb);
}

int candidates_narrow(struct candidates *c, struct loader *l, struct err *e)
{
	struct candidates left = { 0 };
	int ret;

	for (size_t i = 0; i < c->count && c->count > 1; i++) {
		ret = may_be(l, c->row[i], e);
		if (ret < 0)
			return -1;
		if (ret > 0)
			left.row[left.count++] = c->row[i];
	}
	if (left.count)
		*c = left;
	return 0;
}

const char *candidates_list(const struct candidates *c, char *text, size_t size)
{
	char name[80];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < c->count && n < size; i++)
		n += (size_t)snprintf(text + n, size - n, "%s%s", i ? ", " : "",
				      partname_short(c->row[i]->parts, 0, name, sizeof(name)));
	return text;
}
