/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks and fields: reading, changing the copy, writing. What the fields mean is in
 * optbytes_rules.c.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/num.h"
#include "target/optbytes.h"
#include "target/optbytes_private.h"

#define WORK NSEC_PER_SEC	/* option bytes are erased and programmed within 0.1 s */
#define RDP_FOREVER 0xCC	/* level 2, where there is one */

/* ---- values ---- */

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

static void put_value(struct optbytes *ob, const struct opt_field *f, uint32_t value)
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

bool optbytes_known(const struct optbytes *ob)
{
	return ob->map != NULL;
}

bool optbytes_get(const struct optbytes *ob, const char *name, uint32_t *value)
{
	const struct opt_field *f = opt_find(ob, name);

	if (f)
		*value = opt_value(ob, f);
	return f != NULL;
}

/* ---- reading ---- */

int optbytes_init(struct optbytes *ob, const struct target *t, struct err *e)
{
	const struct device *d = t->dev;
	const struct opt_product *p = opt_product_find(t->pid);

	*ob = (struct optbytes){ 0 };
	if (!d || d->ob_end <= d->ob_start)
		return err_set(e, ERR_ABILITY,
			       "where the option bytes of this chip are is not known");
	ob->len = d->ob_end - d->ob_start;
	if (ob->len > OPTBYTES_MAX)
		ob->len = OPTBYTES_MAX;
	ob->blocks = d->ob2_start ? 2 : 1;
	ob->block[0].addr = d->ob_start;
	ob->block[1].addr = d->ob2_start;
	if (p) {
		ob->map = p->map;
		ob->kinds = p->kinds;
	}
	return 0;
}

/* Words without a field are not judged: what is there is not known. */
static void check_complements(struct optbytes *ob)
{
	uint8_t width = ob->map ? ob->map->format.complement : 0, mask;

	for (const struct opt_field *f = opt_next(ob, NULL); f && width; f = opt_next(ob, f))
		for (unsigned int n = 0; n < f->width; n++) {
			size_t at = place_of(ob->map, f, n, &mask);
			const uint8_t *byte = ob->block[f->block].raw + at;

			if (!((byte[0] ^ byte[width]) & mask) && !ob->damaged)
				ob->damaged = ob->block[f->block].addr + (uint32_t)at;
		}
}

int optbytes_read(struct optbytes *ob, const struct target *t, struct link *l, struct err *e)
{
	if (optbytes_init(ob, t, e) < 0)
		return -1;
	for (size_t n = 0; n < ob->blocks; n++)
		if (link_read_sure(l, ob->block[n].addr, ob->block[n].raw, ob->len, e) < 0)
			return err_wrap(e, "option bytes");
	ob->read = true;
	check_complements(ob);
	return 0;
}

/* ---- changing the copy ---- */

static int unknown_name(const struct optbytes *ob, const char *name, struct err *e)
{
	char names[400] = "";
	size_t n = 0;

	for (const struct opt_field *f = opt_next(ob, NULL); f && n < sizeof(names) - 32;
	     f = opt_next(ob, f))
		n += (size_t)snprintf(names + n, sizeof(names) - n, " %s", f->name);
	return err_set(e, ERR_USAGE, "'%.40s' is no option of this chip; there are%s", name, names);
}

static int check_guard(const struct optbytes *ob, const struct opt_field *f,
		       const struct options *o, struct err *e)
{
	if (f->guard == OPT_RDP)
		return err_set(e, ERR_ABILITY,
			       "RDP is not set by name: --lock and --unlock change it");
	if (f->guard == OPT_FIXED)
		return err_set(e, ERR_ABILITY,
			       "'%s' belongs to the chip's own firmware: it is not changed",
			       f->name);
	if ((f->guard == OPT_FOREVER || opt_makes_pcrop(ob, f)) && !o->forever)
		return err_set(e, ERR_ABILITY,
			       "'%s': no mass erase undoes that; --i-know-this-is-forever allows "
			       "it",
			       f->name);
	return 0;
}

static int change(struct optbytes *ob, const struct opt_field *f, uint32_t value,
		  const struct options *o, struct err *e)
{
	if (ob->read && value == opt_value(ob, f))
		return 0;
	if (check_guard(ob, f, o, e) < 0)
		return -1;
	put_value(ob, f, value);
	return 0;
}

static int not_known(struct err *e)
{
	return err_set(e, ERR_ABILITY, "the option bytes of this chip can be printed, but are not "
		       "known well enough to be changed");
}

int optbytes_set(struct optbytes *now, const char *assignment, const struct options *o,
		 struct err *e)
{
	const char *equals = strchr(assignment, '=');
	const struct opt_field *f;
	char name[32];
	uint32_t value;

	if (!equals)
		return err_set(e, ERR_USAGE, "'%s' is not NAME=VALUE", assignment);
	if (!now->map)
		return not_known(e);
	snprintf(name, sizeof(name), "%.*s", (int)(equals - assignment), assignment);
	f = opt_find(now, name);
	if (!f)
		return unknown_name(now, name, e);
	if (f->guard == OPT_RDP)
		return check_guard(now, f, o, e);
	if (num_u32(equals + 1, &value) < 0 || value > opt_field_max(f))
		return err_set(e, ERR_USAGE, "'%s': a number from 0 to 0x%x is wanted", assignment,
			       opt_field_max(f));
	return change(now, f, value, o, e);
}

/* ---- an image's bytes ---- */

/* Of one value: 1 the image has it, 0 it does not; -1 it has half of it, or a wrong complement. */
static int image_value(const struct optbytes *ob, const struct image *img, uint32_t addr,
		       uint8_t *raw, struct err *e)
{
	uint8_t value = ob->map->format.value, complement = ob->map->format.complement;
	uint32_t has = image_copy(img, addr, raw, value);
	uint32_t has_complement = image_copy(img, addr + value, raw + value, complement);

	if (!has && !has_complement)
		return 0;
	if (has < value || (has_complement && has_complement < complement))
		return err_set(e, ERR_IMAGE, "%s: part of an option word at 0x%08x",
			       image_origin(img, addr) ? image_origin(img, addr) : "image", addr);
	for (uint8_t i = 0; i < complement && has_complement; i++)
		if ((raw[i] ^ raw[value + i]) != 0xFF)
			return err_set(e, ERR_IMAGE,
				       "%s: the complement of the option bytes at 0x%08x is wrong",
				       image_origin(img, addr), addr);
	return 1;
}

/* Fills @from with what the image holds of @f; 1, 0 or -1 as above, for the field as a whole. */
static int image_field(const struct optbytes *ob, const struct opt_field *f,
		       const struct image *img, struct optbytes *from, struct err *e)
{
	size_t stride = ob->map->format.value + ob->map->format.complement;
	unsigned int bits = 8u * ob->map->format.value;
	unsigned int values = (f->bit + f->width + bits - 1) / bits, has = 0;
	const struct optblock *b = &ob->block[f->block];

	for (unsigned int i = 0; i < values; i++) {
		size_t at = f->offset - f->offset % stride + i * stride;
		int ret = image_value(ob, img, b->addr + (uint32_t)at,
				      from->block[f->block].raw + at, e);

		if (ret < 0)
			return -1;
		has += (unsigned int)ret;
	}
	return has > 0;
}

static int merge_rdp(const struct opt_field *f, const struct optbytes *from,
		     const struct target *t, struct err *e)
{
	uint32_t rdp = opt_value(from, f);

	if (rdp == t->dev->rdp_open)
		return 0;
	if (rdp == RDP_FOREVER && t->dev->rdp_open == 0xAA)
		return err_set(e, ERR_IMAGE,
			       "the image's option bytes would close the chip for ever (RDP level "
			       "2): never");
	return err_set(e, ERR_IMAGE,
		       "the image's option bytes have a read-out protection of 0x%02x: --lock is "
		       "the way to protect",
		       rdp);
}

int optbytes_merge(struct optbytes *now, const struct image *img, const struct target *t,
		   const struct options *o, struct err *e)
{
	struct optbytes from = *now;

	if (!now->map)
		return not_known(e);
	for (const struct opt_field *f = opt_next(now, NULL); f; f = opt_next(now, f)) {
		int ret = image_field(now, f, img, &from, e);

		if (ret > 0 && f->guard == OPT_RDP)
			ret = merge_rdp(f, &from, t, e);
		else if (ret > 0 && now->read)
			ret = change(now, f, opt_value(&from, f), o, e);
		if (ret < 0)
			return -1;
	}
	return 0;
}

uint32_t optbytes_unlike(const struct optbytes *ob, const struct image *img)
{
	uint32_t unlike = 0;
	uint8_t byte;

	for (size_t n = 0; n < ob->blocks; n++)
		for (uint32_t i = 0; i < ob->len; i++) {
			byte = ob->block[n].raw[i];
			image_copy(img, ob->block[n].addr + i, &byte, 1);
			unlike += byte != ob->block[n].raw[i];
		}
	return unlike;
}

/* ---- writing ---- */

bool optbytes_differ(const struct optbytes *a, const struct optbytes *b, size_t n)
{
	return memcmp(a->block[n].raw, b->block[n].raw, a->len) != 0;
}

const char *optbytes_mismatch(const struct optbytes *a, const struct optbytes *b, size_t n)
{
	for (const struct opt_field *f = opt_next(a, NULL); f; f = opt_next(a, f))
		if (f->block == n && opt_value(a, f) != opt_value(b, f))
			return f->name;
	/* Registers have bits that live; what has complements is memory. */
	if (a->map && a->map->format.complement &&
	    memcmp(a->block[n].raw, b->block[n].raw, opt_write_len(a)) != 0)
		return "reserved bits";
	return NULL;
}

uint32_t opt_write_len(const struct optbytes *ob)
{
	return ob->map && ob->map->write_len ? ob->map->write_len : ob->len;
}

uint32_t optbytes_message(const struct optbytes *ob)
{
	return opt_write_len(ob) + 2;	/* count and XOR */
}

/* Of block @n, whatever went wrong above: nothing but level 0 is ever sent, nor near level 2. */
static bool is_level_0(const struct optbytes *ob, size_t n, const struct device *d)
{
	const struct opt_field *rdp = opt_find(ob, "RDP");
	const uint8_t *raw = ob->block[n].raw;

	if (!rdp || opt_value(ob, rdp) != d->rdp_open)
		return false;
	if (n != rdp->block)	/* what a ROM takes for the other block, should it mistake it */
		return raw[d->rdp_offset] != RDP_FOREVER;
	return !ob->map->twin || raw[d->rdp_offset + ob->map->twin] == d->rdp_open;
}

int optbytes_write(const struct optbytes *ob, size_t n, const struct target *t, struct link *l,
		   struct err *e)
{
	if (!is_level_0(ob, n, t->dev))
		return err_set(e, ERR_ABILITY,
			       "the option bytes at 0x%08x do not say read-out protection level 0: "
			       "they are not sent",
			       ob->block[n].addr);
	return link_write_options(l, ob->block[n].addr, ob->block[n].raw, opt_write_len(ob), WORK,
				  e);
}
