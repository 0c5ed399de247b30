/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "ob.h"

/*
 * Where the areas 1A, 1B, 2A and 2B are: block and offset (reference manuals L4, G4, G0, WB;
 * openbl's option writer).
 */
static const uint16_t area_offset[4] = { 0x18, 0x20, 0x18, 0x20 };
static const uint16_t g0_area_offset[4] = { 0x18, 0x20, 0x48, 0x50 };

#define OPTR_BOOT_SEL 0x01u	/* nBOOT_SEL, in the fourth byte of OPTR (G0, C0, U0) */

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v);
	put16(p + 2, v >> 16);
}

static uint32_t get32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static enum ob_scheme scheme(const struct ob *o)
{
	return o->model->family->ob;
}

static bool byte_pairs(const struct ob *o)
{
	return scheme(o) == OB_F1 || scheme(o) == OB_F0;
}

/* A value and its complement, in the form of this chip. */
static void put_pair(uint8_t *p, uint8_t v)
{
	p[0] = v;
	p[1] = (uint8_t)~v;
}

static void put_l0(uint8_t *p, uint32_t v)
{
	put16(p, v);
	put16(p + 2, ~v);
}

static void put_word(uint8_t *p, uint32_t v)
{
	put32(p, v);
	put32(p + 4, ~v);
}

static void factory_areas(uint8_t *mem, uint32_t size)
{
	for (uint32_t i = 8; i + 8 <= size; i += 8)
		put_word(mem + i, 0xFFFFFFFF);
	for (size_t i = 0; i < 2; i++)
		put_word(mem + area_offset[i], 0xFF00FFFF);	/* start above end: nothing */
}

static void factory(struct ob *o)
{
	if (!o->mem)
		return;
	memset(o->mem, 0xFF, o->size);
	if (o->mem2)
		memset(o->mem2, 0xFF, o->size);
	switch (scheme(o)) {
	case OB_F1:
	case OB_F0:
		for (uint32_t i = 0; i < o->size; i += 2)
			put_pair(o->mem + i, 0xFF);
		break;
	case OB_F4:
		put16(o->mem + 8, 0x0FFF);
		break;
	case OB_L0:
		for (uint32_t i = 0; i + 4 <= o->size; i += 4)
			put_l0(o->mem + i, i == 4 ? 0x8070 : 0);
		break;
	case OB_AREA:
		factory_areas(o->mem, o->size);
		put_word(o->mem, o->model->flags & MODEL_BOOT_SEL ? 0xFFFFFEAA : 0xFFEFF8AA);
		if (o->mem2)
			factory_areas(o->mem2, o->size);
		if (!o->mem2 && o->size >= g0_area_offset[3] + 8u)
			for (size_t i = 2; i < 4; i++)
				put_word(o->mem + g0_area_offset[i], 0xFF00FFFF);
		break;
	case OB_REGISTERS:
		put32(o->mem, 0x7FEFF8AA);
		break;
	case OB_STATE:
		put16(o->mem, 0xEDFF);
		break;
	case OB_H7:
	case OB_HIDDEN:
		break;
	}
}

static void set_bank(struct ob *o, bool dual)
{
	const struct bank_option *b = &o->model->bank;

	if (!b->key || !o->mem)
		return;
	o->mem[b->offset] &= (uint8_t)~b->mask;
	if (dual != b->one_is_single)
		o->mem[b->offset] |= b->mask;
	if (scheme(o) == OB_AREA)
		put_word(o->mem, get32(o->mem));
}

int ob_init(struct ob *o, const struct model *m, const struct device *d, bool dual, uint32_t pages)
{
	*o = (struct ob){ .model = m,
			  .start = d->ob_start,
			  .start2 = d->ob2_start,
			  .size = d->ob_end - d->ob_start,
			  .pages = pages };
	o->hidden_wrp = calloc(pages, sizeof(*o->hidden_wrp));
	if (!o->hidden_wrp)
		return -1;
	if (o->size) {
		o->mem = calloc(1, o->size);
		o->mem2 = o->start2 ? calloc(1, o->size) : NULL;
		if (!o->mem || (o->start2 && !o->mem2))
			return -1;
	}
	factory(o);
	set_bank(o, dual);
	ob_set_rdp(o, 0);
	return 0;
}

void ob_free(struct ob *o)
{
	free(o->mem);
	free(o->mem2);
	free(o->hidden_wrp);
	*o = (struct ob){ 0 };
}

/* The byte that holds the level, in the blocks that have one. */
static uint8_t *rdp_byte(const struct ob *o)
{
	switch (scheme(o)) {
	case OB_F4:
	case OB_H7:
		return o->mem + 1;
	default:
		return o->mem;
	}
}

int ob_rdp(const struct ob *o)
{
	uint8_t open = scheme(o) == OB_F1 ? 0xA5 : 0xAA;
	uint8_t rdp;

	if (scheme(o) == OB_STATE)
		return 0;
	if (!o->mem)
		return o->hidden_rdp;
	rdp = *rdp_byte(o);
	if (byte_pairs(o) && (o->mem[1] ^ rdp) != 0xFF)
		return 1;
	if (scheme(o) == OB_L0 && (o->mem[2] ^ rdp) != 0xFF)
		return 1;
	if (rdp == open)
		return 0;
	return rdp == 0xCC && scheme(o) != OB_F1 ? 2 : 1;
}

void ob_set_rdp(struct ob *o, int level)
{
	uint8_t open = scheme(o) == OB_F1 ? 0xA5 : 0xAA;
	uint8_t value = level == 0 ? open : level == 2 ? 0xCC : 0xBB;

	if (scheme(o) == OB_STATE)
		return;
	o->hidden_rdp = (uint8_t)level;
	if (!o->mem)
		return;
	*rdp_byte(o) = value;
	if (byte_pairs(o))
		put_pair(o->mem, value);
	else if (scheme(o) == OB_L0)
		o->mem[2] = (uint8_t)~value;
	else if (scheme(o) == OB_AREA)
		put_word(o->mem, get32(o->mem));
}

bool ob_pin_counts(const struct ob *o)
{
	return !(o->model->flags & MODEL_BOOT_SEL) || !o->mem || !(o->mem[3] & OPTR_BOOT_SEL);
}

void ob_set_pin_counts(struct ob *o, bool counts)
{
	if (!(o->model->flags & MODEL_BOOT_SEL) || !o->mem)
		return;
	o->mem[3] = (uint8_t)(counts ? o->mem[3] & ~OPTR_BOOT_SEL : o->mem[3] | OPTR_BOOT_SEL);
	put_word(o->mem, get32(o->mem));
}

int ob_write(struct ob *o, uint32_t addr, const uint8_t *data, uint32_t len)
{
	bool second = o->mem2 && addr >= o->start2 && addr - o->start2 < o->size;
	uint32_t start = second ? o->start2 : o->start;
	uint8_t *mem = second ? o->mem2 : o->mem;

	if (len > o->size)
		len = o->size;
	switch (scheme(o)) {
	case OB_AREA:
		/*
		 * Data are taken as from the block's start, wherever they were sent to; complements
		 * follow (openbl).
		 */
		for (uint32_t i = 0; i < len; i++)
			if (i % 8 < 4)
				mem[i] = data[i];
		if (len < 4)
			memset(mem + len, 0, 4 - len);
		for (uint32_t i = 0; i + 8 <= o->size; i += 8)
			put_word(mem + i, get32(mem + i));
		return 0;
	case OB_REGISTERS:
	case OB_STATE:
	case OB_H7:
	case OB_HIDDEN:
		memcpy(mem, data, len);
		return 0;
	default:
		/* Older ROMs test the address for equality and erase the whole block first. */
		if (addr != start)
			return -1;
		memset(mem, 0xFF, o->size);
		memcpy(mem, data, len);
		return 0;
	}
}

static void set_hidden(struct ob *o, uint32_t sector)
{
	uint32_t unit = o->model->wrp_unit ? o->model->wrp_unit : 1;

	for (uint32_t p = sector * unit; p < (sector + 1) * unit && p < o->pages; p++)
		o->hidden_wrp[p] = true;
}

static void protect_areas(struct ob *o, const uint8_t *codes, uint32_t count)
{
	for (uint32_t area = 0; area < 4; area++) {
		bool asked = 2 * area + 1 < count;
		uint32_t from = asked ? codes[2 * area] : 0xFF,
			 to = asked ? codes[2 * area + 1] : 0;
		uint32_t value = 0xFF00FF00 | from | to << 16;

		if (area < 2 || !o->mem2) {
			if (o->size >= g0_area_offset[area] + 8u)
				put_word(o->mem + g0_area_offset[area], value);
		} else {
			put_word(o->mem2 + area_offset[area], value);
		}
	}
}

/* Sector codes as bits of a block that are 0 (F0, F1, F3, F4) or 1 (L0, L1) where protected. */
static void protect_bits(struct ob *o, const uint8_t *codes, uint32_t count)
{
	uint32_t bits[4] = { 0 };

	for (uint32_t i = 0; i < count; i++)
		bits[codes[i] / 32 % 4] |= 1u << codes[i] % 32;
	if (byte_pairs(o)) {
		for (uint32_t i = 0; i < 4; i++)
			put_pair(o->mem + 8 + 2 * i, (uint8_t)~(bits[0] >> 8 * i));
	} else if (scheme(o) == OB_L0) {
		for (uint32_t i = 0; i < 8 && 8 + 4 * i + 4 <= o->size; i++)
			put_l0(o->mem + 8 + 4 * i, bits[i / 2] >> 16 * (i % 2) & 0xFFFF);
	} else {
		put16(o->mem + 8, (o->mem[8] | o->mem[9] << 8 | 0x0FFFu) & ~(bits[0] & 0x0FFF));
		if (o->mem2)
			put16(o->mem2 + 8, 0xFFFF & ~(bits[0] >> 12 & 0x0FFF));
	}
}

void ob_protect(struct ob *o, const uint8_t *codes, uint32_t count, uint32_t bank2)
{
	memset(o->hidden_wrp, 0, o->pages * sizeof(*o->hidden_wrp));
	switch (scheme(o)) {
	case OB_F1:
	case OB_F0:
	case OB_F4:
	case OB_L0:
		protect_bits(o, codes, count);
		break;
	case OB_AREA:
		protect_areas(o, codes, count);
		break;
	case OB_REGISTERS:
	case OB_HIDDEN:
	case OB_STATE:
	case OB_H7:
		if (o->model->wrp_unit) {
			for (uint32_t i = 0; i < count; i++)
				set_hidden(o, codes[i]);
			break;
		}
		/* Pairs of first and last page, two of bank 1, then two of bank 2. */
		for (uint32_t i = 0; i + 1 < count; i += 2)
			for (uint32_t p = codes[i]; p <= codes[i + 1]; p++)
				set_hidden(o, p + (i >= 4 ? bank2 : 0));
		break;
	}
}

static bool bit_protects(const struct ob *o, uint32_t sector)
{
	switch (scheme(o)) {
	case OB_F1:
	case OB_F0:
		if (sector > 31)
			sector = 31;	/* the last bit stands for all the rest */
		return !(o->mem[8 + 2 * (sector / 8)] & 1u << sector % 8);
	case OB_L0:
		if (8 + 4 * (sector / 16) + 4 > o->size)
			return false;
		return o->mem[8 + 4 * (sector / 16) + sector % 16 / 8] & 1u << sector % 8;
	default:
		if (sector >= 12 && o->mem2)
			return !(o->mem2[8 + (sector - 12) / 8] & 1u << (sector - 12) % 8);
		return sector < 12 && !(o->mem[8 + sector / 8] & 1u << sector % 8);
	}
}

static bool area_protects(const struct ob *o, uint32_t page, uint32_t bank2)
{
	uint32_t bank = bank2 && page >= bank2 ? 1 : 0;

	page -= bank ? bank2 : 0;
	for (uint32_t i = 2 * bank; i < 2 * bank + 2; i++) {
		const uint8_t *p;

		if (bank && o->mem2)
			p = o->mem2 + area_offset[i];
		else if (o->size >= g0_area_offset[i] + 8u)
			p = o->mem + g0_area_offset[i];
		else
			continue;
		if (page >= p[0] && page <= p[2])
			return true;
	}
	return false;
}

void ob_apply(const struct ob *o, struct flash *f, uint32_t bank2)
{
	uint32_t unit = o->model->wrp_unit ? o->model->wrp_unit : 1;

	for (uint32_t p = 0; p < f->pages; p++) {
		switch (o->mem ? scheme(o) : OB_HIDDEN) {
		case OB_F1:
		case OB_F0:
		case OB_F4:
		case OB_L0:
			f->protected[p] = bit_protects(o, p / unit);
			break;
		case OB_AREA:
			f->protected[p] = area_protects(o, p, bank2);
			break;
		default:
			f->protected[p] = o->hidden_wrp[p];
			break;
		}
	}
}
