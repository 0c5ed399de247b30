/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "ports/sim/chip/ob.h"

/* An entry of each form: its bytes, and from one to the next; between them is its complement. */
static const struct form {
	uint8_t bytes, stride;
} forms[] = {
	[OB_BYTES] = { 1, 2 }, [OB_HALVES] = { 2, 4 }, [OB_WORDS] = { 4, 8 },
	[OB_PLAIN] = { 2, 2 }, [OB_IMAGE] = { 4, 4 },
};

static const struct form *form_of(const struct ob *o)
{
	return &forms[o->layout->form];
}

static bool has_complements(const struct ob *o)
{
	return form_of(o)->stride > form_of(o)->bytes;
}

uint32_t ob_get(const uint8_t *p, uint32_t bytes)
{
	uint32_t v = 0;

	for (uint32_t i = 0; i < bytes; i++)
		v |= (uint32_t)p[i] << 8 * i;
	return v;
}

/* Where an offset of the layout lies in the memory of both blocks. */
static uint32_t find_offset(const struct ob *o, uint32_t offset)
{
	return offset & OB_SECOND ? o->room + (offset & ~OB_SECOND) : offset;
}

/* The complement of the entry that the byte at @pos of the memory lies in. */
static void mend_complement(const struct ob *o, uint8_t *mem, uint32_t pos)
{
	const struct form *f = form_of(o);
	uint8_t *entry = mem + pos / f->stride * f->stride;

	for (uint32_t i = 0; has_complements(o) && i < f->bytes; i++)
		entry[f->bytes + i] = (uint8_t)~entry[i];
}

static void put_value(const struct ob *o, uint8_t *mem, uint32_t pos, uint32_t bytes,
		      uint32_t value)
{
	for (uint32_t i = 0; i < bytes; i++)
		mem[pos + i] = (uint8_t)(value >> 8 * i);
	mend_complement(o, mem, pos);
}

static void put_factory(const struct ob *o, uint8_t *mem)
{
	const struct form *f = form_of(o);
	uint32_t blank = o->layout->form == OB_HALVES ? 0 : 0xFFFFFFFF;

	for (uint32_t i = 0; i < 2 * o->room; i += f->stride)
		put_value(o, mem, i, f->bytes, blank);
	for (const struct ob_value *v = o->layout->factory; v->offset != OB_END; v++)
		put_value(o, mem, find_offset(o, v->offset), f->bytes, v->value);
	if (o->layout->open)
		put_value(o, mem, o->layout->rdp, 1, o->layout->open);
	for (uint32_t i = 0; i < 4 && o->layout->area[i]; i++)
		put_value(o, mem, find_offset(o, o->layout->area[i]), 4, OB_NO_AREA);
}

int ob_init(struct ob *o, const struct ob_layout *l, const struct device *d)
{
	*o = (struct ob){ .layout = l,
			  .start = d->ob_start,
			  .start2 = d->ob2_start,
			  .size = d->ob_end - d->ob_start };
	o->room = ((o->size > l->size ? o->size : l->size) + 7) & ~7u;
	o->mem = calloc(2, o->room);
	o->live = calloc(2, o->room);
	if (!o->mem || !o->live)
		return -1;
	put_factory(o, o->mem);
	ob_load(o);
	return 0;
}

void ob_free(struct ob *o)
{
	free(o->mem);
	free(o->live);
	*o = (struct ob){ 0 };
}

uint8_t *ob_place(const struct ob *o, uint32_t addr)
{
	if (addr >= o->start && addr - o->start < o->size)
		return o->mem + (addr - o->start);
	if (o->start2 && addr >= o->start2 && addr - o->start2 < o->size)
		return o->mem + o->room + (addr - o->start2);
	return NULL;
}

/* --- loading --- */

static bool complement_ok(const struct ob *o, const uint8_t *entry)
{
	const struct form *f = form_of(o);
	bool erased = o->layout->form == OB_BYTES && entry[0] == 0xFF && entry[1] == 0xFF;

	for (uint32_t i = 0; has_complements(o) && !erased && i < f->bytes; i++)
		if ((entry[i] ^ entry[f->bytes + i]) != 0xFF)
			return false;
	return true;
}

static bool is_twin(const struct ob *o, uint32_t offset)
{
	for (const uint16_t *t = o->layout->twins; t && *t != OB_END; t++)
		if (*t == offset)
			return true;
	return false;
}

void ob_load(struct ob *o)
{
	uint32_t stride = form_of(o)->stride, first = o->layout->rdp / stride * stride;

	for (const uint16_t *t = o->layout->twins; t && *t != OB_END; t++)
		memcpy(o->mem + *t, o->mem + *t + 4, 4);
	put_factory(o, o->live);
	for (uint32_t i = 0; i < 2 * o->room; i += stride)
		if (complement_ok(o, o->mem + i))
			memcpy(o->live + i, o->mem + i, stride);
		else if (i == first)
			o->live[o->layout->rdp] = 0xFF;
}

/* --- programming --- */

/* Where a value that reads at @offset is programmed. */
static uint32_t find_target(const struct ob *o, uint32_t offset)
{
	return find_offset(o, offset) + (is_twin(o, offset / 4 * 4) ? 4 : 0);
}

void ob_change(struct ob *o, uint32_t offset, uint8_t mask, uint8_t value)
{
	uint32_t pos = find_target(o, offset);

	put_value(o, o->mem, pos, 1, (o->mem[pos] & ~(uint32_t)mask) | (value & mask));
}

void ob_change_bit(struct ob *o, uint16_t bit, bool means)
{
	bool one = bit & OB_NOT ? !means : means;
	uint32_t number = bit & ~OB_NOT;
	uint8_t mask = (uint8_t)(1u << number % 8);

	ob_change(o, number / 8, mask, one ? mask : 0);
}

void ob_set_rdp(struct ob *o, int level)
{
	uint8_t open = o->layout->open;

	if (open)
		ob_change(o, o->layout->rdp, 0xFF, level == 0 ? open : level == 2 ? 0xCC : 0xBB);
}

/*
 * As openbl writes: data are taken as from the block's start, wherever they were sent to, each
 * entry if all of it is there; complements follow by themselves. The first takes a single byte as
 * well, and is 0 above it.
 */
static void write_entries(struct ob *o, uint32_t block, const uint8_t *data, uint32_t len)
{
	const struct form *f = form_of(o);
	uint32_t end = o->layout->frozen && o->layout->frozen < o->size ? o->layout->frozen :
									   o->size;

	if (len < f->bytes)
		put_value(o, o->mem, find_target(o, 0), f->bytes, data[0]);
	for (uint32_t i = 0; i + f->bytes <= len && i < end; i += f->stride)
		if (!is_twin(o, i))
			put_value(o, o->mem, block + i, f->bytes, ob_get(data + i, f->bytes));
}

int ob_write(struct ob *o, uint32_t addr, const uint8_t *data, uint32_t len)
{
	uint32_t offset = (uint32_t)(ob_place(o, addr) - o->mem);
	uint32_t block = offset >= o->room ? o->room : 0;

	if (!o->layout->whole) {
		write_entries(o, block, data, len);
		return 0;
	}
	if (offset != block)
		return -1;
	memset(o->mem + block, 0xFF, o->size);
	memcpy(o->mem + block, data, len < o->size ? len : o->size);
	return 0;
}

/* --- write protection --- */

static void protect_areas(struct ob *o, const uint8_t *codes, uint32_t count)
{
	for (uint32_t i = 0; i < 4 && o->layout->area[i]; i++) {
		uint32_t value = OB_NO_AREA;

		if (2 * i + 1 < count)
			value = 0xFF00FF00 | codes[2 * i] | (uint32_t)codes[2 * i + 1] << 16;
		put_value(o, o->mem, find_offset(o, o->layout->area[i]), 4, value);
	}
}

static void protect_unit(struct ob *o, uint32_t unit, bool protect)
{
	const struct ob_bits *b = o->layout->wrp;

	while (b->count && unit >= b->count) {
		unit -= b->count;
		b++;
	}
	if (b->count)
		ob_change(o, b->offset + unit / 8, (uint8_t)(1u << unit % 8),
			  protect == o->layout->wrp_set ? 0xFF : 0);
}

void ob_protect(struct ob *o, const uint8_t *codes, uint32_t count)
{
	if (o->layout->area[0]) {
		protect_areas(o, codes, count);
		return;
	}
	for (uint32_t unit = 0; unit < 256; unit++)
		protect_unit(o, unit, false);
	for (uint32_t i = 0; i < count; i++)
		protect_unit(o, codes[i], true);
}

void ob_drop_pcrop(struct ob *o)
{
	const struct ob_layout *l = o->layout;

	for (uint32_t i = 0; i < 4; i++) {
		if (!l->pcrop[i])
			continue;
		put_value(o, o->mem, find_offset(o, l->pcrop[i]), 4, 0xFFFFFFFF);
		put_value(o, o->mem, find_offset(o, l->pcrop[i]) + form_of(o)->stride, 4, 0);
	}
}
