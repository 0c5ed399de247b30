/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <strings.h>

#include "target/optfields.h"

/* The byte that holds a field's bit @n, and *mask in it; the complement is @map's distance away. */
static size_t place_of(const struct opt_map *map, const struct opt_field *f, unsigned int n,
		       uint8_t *mask)
{
	unsigned int per_value = 8u * map->format.value, at = f->bit + n;
	size_t stride = map->format.value + map->format.complement;

	*mask = (uint8_t)(1u << at % 8);
	return f->offset + at / per_value * stride + at % per_value / 8;
}

uint32_t opt_value(const struct optbytes *ob, const struct opt_field *f)
{
	uint32_t value = 0;
	uint8_t mask;

	for (unsigned int n = 0; n < f->width; n++) {
		size_t at = place_of(ob->map, f, n, &mask);

		if (ob->block[f->block].raw[at] & mask)
			value |= 1u << n;
	}
	return value;
}

static void put_bit(uint8_t *byte, uint8_t mask, bool set)
{
	*byte = (uint8_t)(set ? *byte | mask : *byte & ~mask);
}

void opt_put(struct optbytes *ob, const struct opt_field *f, uint32_t value)
{
	const struct opt_map *map = ob->map;
	uint8_t *raw = ob->block[f->block].raw, mask;

	for (unsigned int n = 0; n < f->width; n++) {
		size_t at = place_of(map, f, n, &mask);
		bool set = value >> n & 1;

		put_bit(raw + at, mask, set);
		if (map->format.complement)
			put_bit(raw + at + map->format.value, mask, !set);
		if (map->twin)
			put_bit(raw + at + map->twin, mask, set);
	}
}

uint32_t opt_field_max(const struct opt_field *f)
{
	return f->width == 32 ? UINT32_MAX : (1u << f->width) - 1;
}

const struct opt_field *opt_next(const struct optbytes *ob, const struct opt_field *f)
{
	if (!ob->map)
		return NULL;
	f = f ? f + 1 : ob->map->fields;
	while (f->name && f->kinds && !(f->kinds & ob->kinds))
		f++;
	return f->name ? f : NULL;
}

const struct opt_field *opt_find(const struct optbytes *ob, const char *name)
{
	for (const struct opt_field *f = opt_next(ob, NULL); f; f = opt_next(ob, f))
		if (strcasecmp(f->name, name) == 0)
			return f;
	return NULL;
}

const struct opt_field *opt_find_role(const struct optbytes *ob, enum opt_role role)
{
	for (const struct opt_field *f = opt_next(ob, NULL); f; f = opt_next(ob, f))
		if (f->role == role)
			return f;
	return NULL;
}

uint32_t opt_wrong_complement(const struct optbytes *ob)
{
	uint8_t width = ob->map ? ob->map->format.complement : 0, mask;

	for (const struct opt_field *f = opt_next(ob, NULL); f && width; f = opt_next(ob, f))
		for (unsigned int n = 0; n < f->width; n++) {
			size_t at = place_of(ob->map, f, n, &mask);
			const uint8_t *byte = ob->block[f->block].raw + at;

			if (!((byte[0] ^ byte[width]) & mask))
				return ob->block[f->block].addr + (uint32_t)at;
		}
	return 0;
}

bool opt_is_pcrop_mode(const struct optbytes *ob)
{
	const struct opt_field *mode = opt_find_role(ob, OPT_PCROP_MODE);

	return mode && opt_value(ob, mode);
}
