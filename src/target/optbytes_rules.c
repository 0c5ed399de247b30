/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "target/optbytes.h"
#include "target/optbytes_rules.h"

/* ---- write protection ---- */

/* An option bit says so, or else the product has two banks at this size. */
static bool has_two_banks(const struct optbytes *ob, const struct target *t)
{
	bool any = false;

	for (const struct opt_field *f = opt_next(ob, NULL); f; f = opt_next(ob, f)) {
		if (f->role != OPT_DUAL_IF_0 && f->role != OPT_DUAL_IF_1)
			continue;
		any = true;
		if (f->arg != t->flash_kb)
			return opt_value(ob, f) == (f->role == OPT_DUAL_IF_1);
	}
	return any;
}

/* Behind a hole, or half of the flash. */
static uint32_t bank2_start(const struct target *t)
{
	const struct geometry *g = &t->geometry;
	uint32_t end = target_flash_start(t);

	for (size_t i = 0; i < g->count; i++) {
		if (g->region[i].addr != end)
			return g->region[i].addr;
		end += g->region[i].count * g->region[i].page_size;
	}
	return target_flash_start(t) + (end - target_flash_start(t)) / 2;
}

/* One bit for each sector, in one field or several; the last also stands for what follows. */
static int sector_protected(const struct optbytes *ob, const struct target *t,
			    const struct page *p)
{
	uint32_t sector = p->number / (t->dev->wrp_pages ? t->dev->wrp_pages : 1), bit;
	const struct opt_field *last = NULL;
	bool set_protects = ob->map->wrp == OPT_WRP_SECTORS_1 || opt_is_pcrop_mode(ob);

	if (opt_find_role(ob, OPT_DUAL_IF_0) && has_two_banks(ob, t))
		sector /= 2;	/* F76: a bit for two of its half-sized sectors */
	for (const struct opt_field *f = opt_next(ob, NULL); f; f = opt_next(ob, f))
		if (f->role == OPT_WRP && sector >= f->arg)
			last = f;
	if (!last)
		return -1;
	bit = sector - last->arg;
	if (bit >= last->width)
		bit = last->width - 1u;
	return (opt_value(ob, last) >> bit & 1) == set_protects;
}

/* Is @page of bank @bank within area @area, by those bits of the pages' numbers that count? */
static bool in_area(const struct optbytes *ob, char bank, char area, uint32_t page, uint32_t bits)
{
	char name[16];
	uint32_t from, to;

	snprintf(name, sizeof(name), "WRP%c%c_STRT", bank, area);
	if (!optbytes_get(ob, name, &from))
		return false;
	snprintf(name, sizeof(name), "WRP%c%c_END", bank, area);
	return optbytes_get(ob, name, &to) && page >= (from & bits) && page <= (to & bits);
}

/* All that the largest part's page numbers need. */
static uint32_t page_bits(const struct target *t, const struct page *p, bool dual)
{
	uint32_t pages = t->dev->flash_kb * 1024u / p->size / (dual ? 2 : 1), bits = 1;

	while (bits < pages)
		bits *= 2;
	return bits - 1;
}

/* With one bank, areas 2A and 2B are two more of it. */
static bool area_protected(const struct optbytes *ob, const struct target *t, const struct page *p)
{
	bool dual = has_two_banks(ob, t), second = dual && p->addr >= bank2_start(t);
	uint32_t start = second ? bank2_start(t) : target_flash_start(t);
	uint32_t page = (p->addr - start) / p->size, bits = page_bits(t, p, dual);

	for (int bank = '1'; bank <= '2'; bank++) {
		if (dual && (bank == '2') != second)
			continue;
		if (in_area(ob, (char)bank, 'A', page, bits) ||
		    in_area(ob, (char)bank, 'B', page, bits))
			return true;
	}
	return false;
}

int optbytes_page_protected(const struct optbytes *ob, const struct target *t, uint32_t addr)
{
	struct page p;

	if (!ob->map || ob->damaged || !t->geometry_known ||
	    geometry_page_at(&t->geometry, addr, &p) < 0)
		return -1;
	if (ob->map->wrp == OPT_WRP_AREAS)
		return area_protected(ob, t, &p);
	/* L0, L1: which value of a bit protects then, the sources do not agree about. */
	if (p.unnumbered || (ob->map->wrp == OPT_WRP_SECTORS_1 && opt_is_pcrop_mode(ob)))
		return -1;
	if (ob->map->bank1_only && p.addr >= target_flash_start(t) + 0x100000)
		return -1;
	return sector_protected(ob, t, &p);
}

/* ---- the BOOT0 pin ---- */

/* Does @f keep a reset with BOOT0 high from the bootloader, whatever the others say? */
static bool bars(const struct optbytes *ob, const struct opt_field *f)
{
	const struct opt_field *nboot0 = opt_find_role(ob, OPT_NBOOT0);
	bool set = opt_value(ob, f) != 0, low = nboot0 && opt_value(ob, nboot0);

	switch (f->role) {
	case OPT_PIN_IF_0:
		return set && low;
	case OPT_PIN_IF_1:
		return !set && low;
	case OPT_ROM_IF_0:
		return set;
	case OPT_ROM_IF_1:
		return !set;
	default:
		return false;
	}
}

/*
 * The ways that lead to the bootloader, a bit each: one for each level of the pin where boot
 * addresses decide. *bar: an option that bars one, if any does.
 */
static unsigned int ways_in(const struct optbytes *ob, const struct opt_field **bar)
{
	unsigned int addresses = 0, at_rom = 0;

	for (const struct opt_field *f = opt_next(ob, NULL); f; f = opt_next(ob, f)) {
		uint32_t v = opt_value(ob, f);

		if (bars(ob, f)) {
			*bar = f;
			return 0;
		}
		if (f->role != OPT_ROM_ADDRESS)
			continue;
		if (v == f->arg || (f->alias && v == f->alias))
			at_rom |= 1u << addresses;
		else
			*bar = f;
		addresses++;
	}
	return addresses ? at_rom : 1;
}

bool optbytes_pin_ignored(const struct optbytes *ob, const char **name, uint32_t *mends)
{
	const struct opt_field *bar = NULL;

	if (!ob->map || ob->damaged || ways_in(ob, &bar))
		return false;
	*name = bar->name;
	*mends = bar->role == OPT_ROM_ADDRESS ? bar->arg : !opt_value(ob, bar);
	return true;
}

int optbytes_allowed(const struct optbytes *was, const struct optbytes *now,
		     const struct option_consent *allow, struct err *e)
{
	const struct opt_field *bar = NULL, *none;

	if (was->damaged) {
		err_set(e, ERR_ABILITY, "the option bytes are damaged: the complement of 0x%08x is "
			"wrong; they are not changed", was->damaged);
		return err_at(e, was->damaged);
	}
	if (!(ways_in(was, &none) & ~ways_in(now, &bar)) || !bar || allow->pin_lost)
		return 0;
	return err_set(e, ERR_ABILITY,
		       "'%s': the BOOT0 pin would no longer lead to the bootloader; "
		       "--i-know-the-pin-is-lost allows it",
		       bar->name);
}

const char *optbytes_moves_flash(const struct optbytes *was, const struct optbytes *now)
{
	for (const struct opt_field *f = opt_next(now, NULL); f; f = opt_next(now, f)) {
		bool moves = f->role == OPT_SWAP || f->role == OPT_DUAL_IF_0 ||
			     f->role == OPT_DUAL_IF_1;

		if (moves && opt_value(was, f) != opt_value(now, f))
			return f->name;
	}
	return NULL;
}
