/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "ports/sim/chip/ob_effect.h"

#define PCROP_RDP 0x80000000u	/* in the last word of the first proprietary area */

/* A loaded value at an offset of the layout. */
static uint32_t get_loaded(const struct ob *o, uint32_t offset, uint32_t bytes)
{
	uint32_t pos = offset & OB_SECOND ? o->room + (offset & ~OB_SECOND) : offset;

	return ob_get(o->live + pos, bytes);
}

bool ob_says(const struct ob *o, uint16_t bit)
{
	uint32_t number = bit & ~OB_NOT;
	bool one = get_loaded(o, number / 8, 1) >> number % 8 & 1;

	return number && one == !(bit & OB_NOT);
}

int ob_rdp(const struct ob *o)
{
	uint32_t level = get_loaded(o, o->layout->rdp, 1);

	if (!o->layout->open || level == o->layout->open)
		return 0;
	return level == 0xCC && o->layout->level_2 ? 2 : 1;
}

/* --- protection --- */

static bool bit_protects(const struct ob *o, uint32_t unit)
{
	const struct ob_bits *b = o->layout->wrp;
	uint32_t bit;

	while (b->count && unit >= b->count && (b[1].count || !o->layout->wrp_rest)) {
		unit -= b->count;
		b++;
	}
	if (!b->count)
		return false;
	bit = unit < b->count ? unit : b->count - 1u;
	return (get_loaded(o, b->offset + bit / 8, 1) >> bit % 8 & 1) == o->layout->wrp_set;
}

static bool area_protects(const struct ob *o, uint32_t page, uint32_t bank2)
{
	uint32_t bank = bank2 && page >= bank2 ? 1 : 0;

	page -= bank ? bank2 : 0;
	for (uint32_t i = 2 * bank; i < 2 * bank + 2 && o->layout->area[i]; i++)
		if (page >= get_loaded(o, o->layout->area[i], 1) &&
		    page <= get_loaded(o, o->layout->area[i] + 2u, 1))
			return true;
	return false;
}

/* The bytes of proprietary area @i, of bank 1 for 0 and 1. */
static struct flash_range pcrop_range(const struct ob *o, uint32_t i, uint32_t bank_start)
{
	const struct ob_layout *l = o->layout;
	uint32_t first, last;

	if (!l->pcrop[i])
		return (struct flash_range){ 0, 0 };
	first = get_loaded(o, l->pcrop[i], 2);
	last = get_loaded(o, l->pcrop[i] + 8u, 2);
	if (first > last)
		return (struct flash_range){ 0, 0 };
	return (struct flash_range){ bank_start + first * l->pcrop_unit,
				     bank_start + (last + 1) * l->pcrop_unit };
}

/* From the first page that belongs to the wireless stack; bit 8 set: there is none (WB, FSD). */
static struct flash_range secure_range(const struct ob *o, const struct flash *f)
{
	uint32_t word = o->layout->secure ? get_loaded(o, o->layout->secure, 4) : 0x100;
	struct page p;

	if (word & 0x100 || geometry_page(&f->geo, word & 0xFF, &p) < 0)
		return (struct flash_range){ 0, 0 };
	return (struct flash_range){ p.addr, f->start + f->size };
}

void ob_apply(const struct ob *o, struct ob_cut cut, struct flash *f)
{
	struct page second = { .addr = 0 };

	for (uint32_t p = 0; p < f->pages; p++)
		f->protected[p] = o->layout->area[0] ? area_protects(o, p, cut.bank2) :
						       bit_protects(o, p / cut.unit);
	if (cut.bank2)
		geometry_page(&f->geo, cut.bank2, &second);
	for (uint32_t i = 0; i < 4; i++)
		f->closed[i] = i >= 2 && !cut.bank2
				       ? (struct flash_range){ 0, 0 }
				       : pcrop_range(o, i, i < 2 ? f->start : second.addr);
	f->closed[FLASH_SECURE] = secure_range(o, f);
}

bool ob_pcrop_goes(const struct ob *o)
{
	return o->layout->pcrop[0] && get_loaded(o, o->layout->pcrop[0] + 8u, 4) & PCROP_RDP;
}

/* --- boot --- */

static enum ob_start start_by_state(const struct ob *o, bool pin)
{
	uint32_t state = get_loaded(o, o->layout->rdp, 1);

	/* Open, and the pin; provisioning with any pin (AN2606, pattern 17). */
	return (state == 0xED && pin) || state == 0x17 ? OB_STARTS_ROM : OB_STARTS_FLASH;
}

static enum ob_start start_by_address(const struct ob *o, bool high, uint32_t *addr)
{
	const struct ob_boot *b = &o->layout->boot;

	*addr = get_loaded(o, b->addr[high], b->addr_bytes) << b->addr_shift & ~0x7Fu;
	if (*addr == b->rom)
		return OB_STARTS_ROM;
	return *addr == b->flash ? OB_STARTS_FLASH : OB_STARTS_AT;
}

enum ob_start ob_start(const struct ob *o, bool pin, bool empty, uint32_t *addr)
{
	const struct ob_boot *b = &o->layout->boot;
	bool high = ob_says(o, b->pin_ignored) ? ob_says(o, b->high) : pin;

	if (b->states)
		return start_by_state(o, pin);
	if (ob_says(o, b->lock))
		return OB_STARTS_FLASH;
	if (!high && ob_says(o, b->dual))
		return OB_STARTS_DUAL;
	if (b->addr_bytes)
		return start_by_address(o, high, addr);
	if (high)
		return ob_says(o, b->ram) ? OB_STARTS_RAM : OB_STARTS_ROM;
	return empty ? OB_STARTS_ROM : OB_STARTS_FLASH;
}
