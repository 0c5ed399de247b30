/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chip/region.h"
#include "target/where.h"

#define FLASH_WINDOW 0x01000000u	/* no STM32 has as much; what else lies there is known */

const char *where_is(const struct target *t, uint32_t addr)
{
	struct region r;
	uint32_t start, end;
	enum area a = target_area(t, addr, &end);

	if (a != AREA_NONE)
		return area_name(a);
	if (geometry_hole_at(&t->geometry, addr, &start, &end))
		return "a hole of flash";
	return t->dev && region_find(t->dev, addr, &r) ? r.name : NULL;
}

bool where_past_flash(const struct target *t, uint32_t addr)
{
	uint32_t end;

	if (!t->flash_kb && !t->geometry_known)
		return false;
	return addr >= target_flash_end(t) && addr - target_flash_start(t) < FLASH_WINDOW &&
	       target_area(t, addr, &end) == AREA_NONE && !where_is(t, addr);
}

static void append_window(const struct ram_window *w, struct err *e)
{
	if (w->end > w->start)
		err_append(e, ", RAM from 0x%08x to 0x%08x", w->start, w->end - 1);
}

static void append_holes(const struct geometry *g, struct err *e)
{
	uint32_t start, end;

	for (size_t i = 1; i < g->count; i++)
		if (geometry_hole_at(g, g->region[i].addr - 1, &start, &end))
			err_append(e, " without 0x%08x to 0x%08x", start, end - 1);
}

int where_append_map(const struct target *t, struct err *e)
{
	char name[96];

	err_append(e, "; %s has", target_name(t, name, sizeof(name)));
	if (t->flash_kb || t->geometry_known)
		err_append(e, " flash from 0x%08x to 0x%08x", target_flash_start(t),
			   target_flash_end(t) - 1);
	else
		err_append(e, " flash of which nothing is known");
	append_holes(&t->geometry, e);
	append_window(&t->dev->ram, e);
	append_window(&t->dev->ram2, e);
	if (t->dev->eeprom_size)
		err_append(e, ", data EEPROM from 0x08080000 to 0x%08x",
			   0x08080000 + t->dev->eeprom_size - 1);
	return -1;
}

/* Does this chip's bootloader write at @addr? */
static bool is_writable(const struct target *t, uint32_t addr)
{
	uint32_t end;
	enum area a = target_area(t, addr, &end);

	return a == AREA_FLASH || a == AREA_RAM || a == AREA_EEPROM;
}

int where_append_way(const struct target *t, uint32_t addr, bool whole, struct err *e)
{
	struct region r;
	uint32_t same;
	bool up;

	if (!region_find(t->dev, addr, &r) || !r.alias_of)
		return -1;
	same = addr - r.start + r.alias_of;
	if (!where_is(t, same))
		return -1;
	err_append(e, "; the same memory is at 0x%08x", same);
	up = r.alias_of > r.start;
	if (whole && is_writable(t, same))
		err_append(e, ": --offset %s0x%08x goes there, a raw file as FILE@0x%08x",
			   up ? "" : "-", up ? r.alias_of - r.start : r.start - r.alias_of, same);
	return -1;
}

/* The largest part of its kind, whatever --chip states. */
static uint32_t largest_kb(const struct target *t)
{
	const struct device *row = device_by_pid(t->pid);

	return row ? row->flash_kb : 0;
}

int where_append_size(const struct target *t, uint64_t end, struct err *e)
{
	uint64_t needed = (end - target_flash_start(t) + 1023) / 1024;
	uint32_t kb = 1;

	if (t->size_by)
		err_append(e, ": it has %u KiB by %s", t->flash_kb, t->size_by);
	while (kb < needed && kb < largest_kb(t))
		kb *= 2;
	if (kb > largest_kb(t))
		kb = largest_kb(t);
	if (kb >= needed)
		err_append(e, "; if it has more, --chip flash=%uk says so", kb);
	return -1;
}

int where_need_size(const struct target *t, const char *doing, struct err *e)
{
	if (!t->size_read || t->size_known)
		return 0;
	return err_set(e, ERR_ABILITY,
		       "%s: the size of this chip's flash is not known, since %s; --chip "
		       "flash=SIZE states it (64k, 128k ...)",
		       doing, t->no_size);
}
