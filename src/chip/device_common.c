/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chip/device_common.h"
#include "chip/optbytes_table.h"

/* Abilities; what else is a flag is a hazard, or something to see to. */
#define ABILITIES ((uint32_t)(DEV_VOLT_REG | DEV_EEPROM))

#define PARTS_MAX 512

/* Takes out of @to what is not the same in @from. */
#define SAME(to, from, member, none) \
	do { \
		if ((to)->member != (from)->member) \
			(to)->member = (none); \
	} while (0)
#define MOST(to, from, member) \
	do { \
		if ((from)->member > (to)->member) \
			(to)->member = (from)->member; \
	} while (0)

static void join_ram(struct device *to, const struct device *from)
{
	MOST(to, from, ram.start);
	MOST(to, from, ram_base);
	if (from->ram.end < to->ram.end)
		to->ram.end = from->ram.end;
	if (to->ram.end < to->ram.start)
		to->ram.end = to->ram.start;
	if (to->ram2.start != from->ram2.start || to->ram2.end != from->ram2.end)
		to->ram2 = (struct ram_window){ 0 };
}

static bool same_map(uint32_t a, uint32_t b)
{
	const struct opt_product *pa = opt_product_find(a), *pb = opt_product_find(b);

	return pa && pb && pa->map == pb->map;
}

static void join_options(struct device *to, const struct device *from)
{
	bool same = to->ob_start == from->ob_start && to->ob_end == from->ob_end &&
		    to->rdp_offset == from->rdp_offset && to->rdp_open == from->rdp_open;

	if (!same)
		to->ob_start = to->ob_end = to->rdp_offset = to->rdp_open = 0;
	if (!same || !same_map(to->options_like, from->pid))
		to->options_like = 0;
	SAME(to, from, ob2_start, 0);
	SAME(to, from, wrp_pages, 0);
}

static void join_places(struct device *to, const struct device *from)
{
	SAME(to, from, size_reg, 0);
	SAME(to, from, size_mask, 0);
	SAME(to, from, uid_reg, 0);
	SAME(to, from, bl_id_addr, 0);
	SAME(to, from, otp_start, 0);
	SAME(to, from, otp_end, 0);
	SAME(to, from, eeprom_size, 0);
	SAME(to, from, sys_start, 0);
	SAME(to, from, sys_end, 0);
	SAME(to, from, sys2_start, 0);
	SAME(to, from, sys2_end, 0);
}

static void join(struct device *to, const struct device *from)
{
	uint32_t both = to->flags & from->flags & ABILITIES;

	if (strcmp(to->family, from->family) != 0)
		to->family = "unknown";
	to->flags = ((to->flags | from->flags) & ~ABILITIES) | both;
	MOST(to, from, flash_kb);
	MOST(to, from, write_gran);
	MOST(to, from, startup_us);
	if (from->erase_max_pages < to->erase_max_pages)
		to->erase_max_pages = from->erase_max_pages;
	if (from->timing && (!to->timing || from->timing->mass_us > to->timing->mass_us))
		to->timing = from->timing;
	join_places(to, from);
	join_options(to, from);
	join_ram(to, from);
}

static char *join_parts(const struct device *const *rows, size_t count)
{
	char *parts = calloc(1, PARTS_MAX);

	for (size_t i = 0; parts && i < count; i++) {
		size_t used = strlen(parts);

		if (used + strlen(rows[i]->parts) + 2 <= PARTS_MAX)
			snprintf(parts + used, PARTS_MAX - used, "%s%s", i ? " " : "",
				 rows[i]->parts);
	}
	return parts;
}

struct device *device_common(const struct device *const *rows, size_t count, struct err *e)
{
	struct device *d = malloc(sizeof(*d));
	char *parts = join_parts(rows, count);

	if (!d || !parts) {
		free(d);
		free(parts);
		err_set(e, ERR_OTHER, "out of memory");
		return NULL;
	}
	*d = *rows[0];
	d->options_like = d->pid;
	d->pid = 0;
	d->layout = NULL;
	d->variants = NULL;
	d->roms = NULL;
	d->defects = NULL;
	d->parts = d->own_parts = parts;
	for (size_t i = 1; i < count; i++)
		join(d, rows[i]);
	return d;
}
