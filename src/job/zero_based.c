/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/bytes.h"
#include "chip/device.h"
#include "job/zero_based.h"
#include "target/vectors.h"

/* Larger than the flash of any chip of the table, and below all other memory but ITCM. */
#define LOW_END 0x00800000u

static uint64_t end_of(const struct image *img)
{
	const struct segment *last = &img->seg[img->count - 1];

	return (uint64_t)last->addr + last->len;
}

bool zero_based_suspect(const struct image *file)
{
	return file->count && end_of(file) <= LOW_END;
}

static bool in_image(const struct image *img, uint32_t addr)
{
	uint8_t byte;

	return image_copy(img, addr, &byte, 1) == 1;
}

/* Code in the file, counted from the start of flash or from 0. */
struct code {
	const struct image *low;
	const struct device *dev;
};

static bool leads_into_file(const void *arg, uint32_t addr)
{
	const struct code *c = arg;

	return in_image(c->low, addr - c->dev->flash_start) ||
	       (in_image(c->low, addr) && device_flash_at_zero(c->dev));
}

/* The reset vector leads nowhere: in words. */
static const char *stray_words(const struct code *c, uint32_t reset)
{
	return in_image(c->low, reset - 1) ? "its code counts from 0 too, where this chip does not "
					     "show its flash"
					   : "its reset vector leads outside of it";
}

/* The fault of the first words of @low as a vector table; NULL: none. */
static const char *vectors_fault(const struct image *low, const struct target *t)
{
	const struct segment *first = &low->seg[0];
	const struct code code = { low, t->dev };
	enum vectors v;

	if (first->len < VECTORS_LEN)
		return "it does not begin with a vector table";
	v = vectors_judge(t, first->data, leads_into_file, &code);
	if (v == VECTORS_GOOD)
		return NULL;
	return v == VECTORS_ASTRAY ? stray_words(&code, le32(first->data + 4)) : vectors_words(v);
}

static int refuse(const struct image *low, const struct target *t, const char *why, struct err *e)
{
	char name[96];

	return err_set(e, ERR_IMAGE,
		       "%s: its addresses, 0x%08x to 0x%08x, are in no memory of %s, and do not "
		       "count from the start of flash: %s; --offset 0x%08x adds that to its "
		       "addresses",
		       low->seg[0].origin, low->seg[0].addr, (uint32_t)(end_of(low) - 1),
		       target_name(t, name, sizeof(name)), why, target_flash_start(t));
}

static int add_moved(struct image *image, const struct image *low, uint32_t shift, struct err *e)
{
	struct image one = IMAGE_INIT;
	int ret = image_merge(&one, low, e);

	if (ret == 0)
		ret = image_move(&one, shift, e) < 0 ? -1 : image_merge(image, &one, e);
	image_free(&one);
	return ret;
}

int zero_based_place(const struct image *low, const struct target *t, struct image *image,
		     uint32_t *shift, struct err *e)
{
	uint32_t start = target_flash_start(t), size = target_flash_end(t) - start, end;
	const char *fault;

	*shift = 0;
	if (!low->count)
		return 0;
	if (!t->dev || target_area(t, low->seg[0].addr, &end) != AREA_NONE ||
	    low->seg[0].addr >= size)
		return image_merge(image, low, e);
	if (end_of(low) > size)
		return refuse(low, t, "they reach past its size", e);
	fault = vectors_fault(low, t);
	if (fault)
		return refuse(low, t, fault, e);
	*shift = start;
	return add_moved(image, low, start, e);
}
