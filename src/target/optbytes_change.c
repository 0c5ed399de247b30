/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "base/num.h"
#include "target/optbytes_change.h"

#define RDP_FOREVER 0xCC	/* level 2, where there is one */

/* ---- by name ---- */

/* The names that begin so or are nearest come first: some chips have more than a message holds. */
static int unknown_name(const struct optbytes *ob, const char *name, struct err *e)
{
	char names[400] = "";
	size_t n = 0;

	for (size_t rank = 0; rank <= 1 + NEAR_MAX && *name; rank++)
		for (const struct opt_field *f = opt_next(ob, NULL); f; f = opt_next(ob, f))
			if (near_rank(name, strlen(name), f->name) == rank &&
			    n < sizeof(names) - 32)
				n += (size_t)snprintf(names + n, sizeof(names) - n, " %s",
						      f->name);
	return err_set(e, ERR_ABILITY, "'%.40s' is no option of this chip; there are%s%s", name,
		       names, n < sizeof(names) - 32 ? "" : " and more");
}

/* Is @f write protection that stands for read-protected code now? */
static bool makes_pcrop(const struct optbytes *ob, const struct opt_field *f)
{
	return f->role == OPT_WRP && opt_is_pcrop_mode(ob);
}

static int check_guard(const struct optbytes *ob, const struct opt_field *f,
		       const struct option_consent *allow, struct err *e)
{
	if (f->guard == OPT_RDP)
		return err_set(e, ERR_ABILITY,
			       "RDP is not set by name: --lock and --unlock change it");
	if (f->guard == OPT_FIXED)
		return err_set(e, ERR_ABILITY,
			       "'%s' belongs to the chip's own firmware: it is not changed",
			       f->name);
	if ((f->guard == OPT_FOREVER || makes_pcrop(ob, f)) && !allow->forever)
		return err_set(e, ERR_ABILITY,
			       "'%s': no mass erase undoes that; --i-know-this-is-forever allows "
			       "it",
			       f->name);
	return 0;
}

static int change(struct optbytes *ob, const struct opt_field *f, uint32_t value,
		  const struct option_consent *allow, struct err *e)
{
	if (ob->read && value == opt_value(ob, f))
		return 0;
	if (check_guard(ob, f, allow, e) < 0)
		return -1;
	opt_put(ob, f, value);
	return 0;
}

static int not_known(struct err *e)
{
	return err_set(e, ERR_ABILITY, "the option bytes of this chip can be printed, but are not "
		       "known well enough to be changed");
}

int optbytes_set(struct optbytes *now, const char *assignment, const struct option_consent *allow,
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
		return check_guard(now, f, allow, e);
	if (num_u32(equals + 1, &value) < 0 || value > opt_field_max(f))
		return err_set(e, ERR_ABILITY, "'%s': a number from 0 to 0x%x is wanted", assignment,
			       opt_field_max(f));
	return change(now, f, value, allow, e);
}

/* ---- an image's bytes ---- */

/* Adds to an error which file it is about, and where in memory. */
static int in_image(struct err *e, const struct image *img, uint32_t addr)
{
	if (image_origin(img, addr))
		err_in(e, image_origin(img, addr), 0);
	return err_at(e, addr);
}

/* Of one value: 1 the image has it, 0 it does not; -1 it has half of it, or a wrong complement. */
static int image_value(const struct optbytes *ob, const struct image *img, uint32_t addr,
		       uint8_t *raw, struct err *e)
{
	uint8_t value = ob->map->format.value, complement = ob->map->format.complement;
	uint32_t has = image_copy(img, addr, raw, value);
	uint32_t has_complement = image_copy(img, addr + value, raw + value, complement);

	if (!has && !has_complement)
		return 0;
	if (has < value || (has_complement && has_complement < complement)) {
		err_set(e, ERR_IMAGE, "%s: part of an option word at 0x%08x",
			image_origin(img, addr) ? image_origin(img, addr) : "image", addr);
		return in_image(e, img, addr);
	}
	for (uint8_t i = 0; i < complement && has_complement; i++)
		if ((raw[i] ^ raw[value + i]) != 0xFF) {
			err_set(e, ERR_IMAGE, "%s: the complement of the option bytes at 0x%08x is "
				"wrong", image_origin(img, addr), addr);
			return in_image(e, img, addr);
		}
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
		   const struct option_consent *allow, struct err *e)
{
	struct optbytes from = *now;

	if (!now->map)
		return not_known(e);
	for (const struct opt_field *f = opt_next(now, NULL); f; f = opt_next(now, f)) {
		int ret = image_field(now, f, img, &from, e);

		if (ret > 0 && f->guard == OPT_RDP)
			ret = merge_rdp(f, &from, t, e);
		else if (ret > 0 && now->read)
			ret = change(now, f, opt_value(&from, f), allow, e);
		if (ret < 0)
			return -1;
	}
	return 0;
}
