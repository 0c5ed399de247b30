/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "chip/timing.h"
#include "target/optbytes.h"

#define RDP_FOREVER 0xCC	/* level 2, where there is one */

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

/* Twice, also where they carry their complement: with a byte too many in front it fits as well. */
int optbytes_read(struct optbytes *ob, const struct target *t, struct loader *l, struct err *e)
{
	if (optbytes_init(ob, t, e) < 0)
		return -1;
	for (size_t n = 0; n < ob->blocks; n++)
		if (loader_read(l, ob->block[n].addr, ob->block[n].raw, ob->len, LOADER_TWICE,
				e) < 0)
			return err_wrap(e, "option bytes");
	ob->read = true;
	ob->damaged = opt_wrong_complement(ob);
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
	    memcmp(a->block[n].raw, b->block[n].raw, optbytes_write_len(a)) != 0)
		return "reserved bits";
	return NULL;
}

uint32_t optbytes_write_len(const struct optbytes *ob)
{
	return ob->map && ob->map->write_len ? ob->map->write_len : ob->len;
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

int optbytes_write(const struct optbytes *ob, size_t n, const struct target *t, struct loader *l,
		   struct err *e)
{
	if (!is_level_0(ob, n, t->dev)) {
		err_set(e, ERR_ABILITY, "the option bytes at 0x%08x do not say read-out protection "
			"level 0: they are not sent", ob->block[n].addr);
		return err_at(e, ob->block[n].addr);
	}
	return l->ops->write_options(l, ob->block[n].addr, ob->block[n].raw,
				     optbytes_write_len(ob), TIMING_OPTIONS, e);
}
