/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/num.h"
#include "chip/device.h"
#include "chip/partname.h"

const struct device *device_by_pid(uint32_t pid)
{
	for (size_t i = 0; i < device_count; i++) {
		if (device_table[i].pid == pid && !(device_table[i].flags & DEV_CLONE))
			return &device_table[i];
	}
	return NULL;
}

bool device_flash_at_zero(const struct device *d)
{
	static const char *const without[] = {
		"F7", "H7", "H7RS", "L5", "U3", "U5", "H5", "C5", "WBA", "X3", "unknown",
	};

	if (d->flash_start != 0x08000000)
		return false;
	for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++)
		if (d->family && strcmp(d->family, without[i]) == 0)
			return false;
	return true;
}

uint32_t device_quirks(const struct device *d, uint8_t bl_id, uint8_t version)
{
	uint32_t quirks = 0;

	for (const struct rom_defect *r = d->defects; r && r->quirks; r++) {
		bool id_fits = !bl_id || !r->bl_id || r->bl_id == bl_id;
		bool version_fits = !version || !r->version || r->version == version;

		if (id_fits && version_fits)
			quirks |= r->quirks;
	}
	return quirks;
}

uint32_t device_info_block(const struct device *d)
{
	return d->erased == 0x00 ? 128 : DEVICE_INFO_BLOCK_MAX;
}

uint16_t device_flash_kb(const struct device *d, uint16_t raw)
{
	static const uint16_t codes[] = { 384, 256 };	/* L1 category 4 */

	if (!d->size_reg || d->flags & DEV_SIZE_UNREADABLE || raw == 0xFFFF)
		return 0;
	if (d->flags & DEV_SIZE_CODE)
		return raw < sizeof(codes) / sizeof(codes[0]) ? codes[raw] : 0;
	return raw & d->size_mask;
}

/*
 * How well a name fits a row, worst first: it is the beginning of a part's name, or all of that and
 * more, or just that. So "L151C8T6" is an L151x8 rather than an L151x8xxA, "L151C8T6A" the other.
 */
enum fit { FIT_NONE, FIT_BEGINNING, FIT_AND_MORE, FIT_WHOLE };

/* @token: a part of the table, in which x stands for any character: "F103xB". */
static enum fit fit_token(const char *name, const char *token, size_t len)
{
	size_t i;

	for (i = 0; i < len && name[i]; i++) {
		unsigned char n = (unsigned char)name[i], t = (unsigned char)token[i];

		if (t != 'x' && tolower(n) != tolower(t))
			return FIT_NONE;
	}
	if (i < len)
		return FIT_BEGINNING;
	return name[i] ? FIT_AND_MORE : FIT_WHOLE;
}

static enum fit fit_row(const char *name, const struct device *d)
{
	enum fit best = strcasecmp(name, d->family) ? FIT_NONE : FIT_BEGINNING;

	for (const char *t = d->parts; *t; t += strspn(t, " ")) {
		size_t len = strcspn(t, " ");
		enum fit fit = fit_token(name, t, len);

		if (fit > best)
			best = fit;
		t += len;
	}
	return best;
}

/* The row that fits best; NULL if there is none or, with @several set, if there are more. */
static const struct device *find_name(const char *name, bool *several)
{
	const struct device *found = NULL;
	enum fit best = FIT_NONE;

	*several = false;
	if (!strncasecmp(name, "STM32", 5))
		name += 5;
	for (size_t i = 0; *name && i < device_count; i++) {
		const struct device *d = &device_table[i];
		enum fit fit = d->flags & DEV_CLONE ? FIT_NONE : fit_row(name, d);

		if (fit == FIT_NONE || fit < best)
			continue;
		*several = fit == best;
		found = d;
		best = fit;
	}
	return *several ? NULL : found;
}

const struct device *device_by_name(const char *name)
{
	bool several;
	uint32_t pid;

	if (!strncasecmp(name, "0x", 2))
		return num_u32(name, &pid) < 0 ? NULL : device_by_pid(pid);
	return find_name(name, &several);
}

/* The most careful assumptions, for a chip of which only the description is known. */
static const struct flash_timing unknown_timing = {
	.page_us = 270000, .per_kb_us = 33300, .mass_us = 64000000, .write256_us = 26000,
};

static const struct device unknown_device = {
	.family = "unknown", .parts = "", .flash_start = 0x08000000, .ram_base = 0x20000000,
	.erased = 0xFF, .write_gran = 32, .erase_max_pages = 32, .timing = &unknown_timing,
	.flags = DEV_IDENTIFY_ONLY,
};

/* Setters of --chip's keys: 0, or -1 if the value is none. A layout is checked at the end. */
static int set_flash(struct device *d, const char *val)
{
	uint32_t size;

	if (num_size(val, &size) < 0 || !size || size % 1024 || size / 1024 > UINT16_MAX)
		return -1;
	d->flash_kb = (uint16_t)(size / 1024);
	d->flags |= DEV_SIZE_STATED;
	return 0;
}

static int set_layout(struct device *d, const char *val)
{
	char *copy = strdup(val);

	if (!copy)
		return -1;
	free((char *)d->layout);
	d->layout = copy;
	d->variants = NULL;
	d->flags &= ~(uint32_t)DEV_IDENTIFY_ONLY;
	return 0;
}

static int set_ram(struct device *d, const char *val)
{
	const char *dash = strchr(val, '-');
	struct ram_window w;

	if (!dash || num_span(val, (size_t)(dash - val), &w.start) < 0 ||
	    num_u32(dash + 1, &w.end) < 0 || w.start >= w.end)
		return -1;
	d->ram = w;
	d->flags &= ~(uint32_t)(DEV_RAM_DOUBTFUL | DEV_NO_FREE_RAM);
	return 0;
}

static int set_erase(struct device *d, const char *val)
{
	if (strcmp(val, "43") && strcmp(val, "44"))
		return -1;
	d->erase_cmd = val[1] == '3' ? 0x43 : 0x44;
	if (d->erase_cmd == 0x43 && d->erase_max_pages > 255)
		d->erase_max_pages = 255;	/* the count is a byte, and 0xFF is Global Erase */
	return 0;
}

static int set_erased(struct device *d, const char *val)
{
	if (strcmp(val, "00") && strcasecmp(val, "ff"))
		return -1;
	d->erased = val[0] == '0' ? 0x00 : 0xFF;
	return 0;
}

static int set_unit(struct device *d, const char *val)
{
	uint32_t unit;

	if (num_u32(val, &unit) < 0 || !unit || unit > 128 || unit & (unit - 1))
		return -1;
	d->write_gran = (uint8_t)unit;
	return 0;
}

static int set_start(struct device *d, const char *val)
{
	return num_u32(val, &d->flash_start);
}

static const struct {
	const char *key, *wants;
	int (*set)(struct device *d, const char *val);
} keys[] = {
	{ "flash", "a size in whole KB", set_flash },
	{ "layout", "a layout such as 4x16K+1x64K", set_layout },
	{ "ram", "START-END", set_ram },
	{ "erase", "43 or 44", set_erase },
	{ "erased", "00 or ff", set_erased },
	{ "unit", "a power of two up to 128", set_unit },
	{ "start", "an address", set_start },
};

/* Copies @from to @to. A description owns no string but its layout. */
static int copy_device(struct device *to, const struct device *from, struct err *e)
{
	char *layout = from->layout ? strdup(from->layout) : NULL;

	if (from->layout && !layout)
		return err_set(e, ERR_OTHER, "out of memory");
	free((char *)to->layout);
	*to = *from;
	to->layout = layout;
	to->own_parts = NULL;
	return 0;
}

/* @name led to the row @d. */
static int name_part(struct device *d, const char *name, struct err *e)
{
	uint32_t kb = partname_kb(d->parts, name);

	if (d->flash_kb && kb > d->flash_kb)
		return err_set(e, ERR_USAGE, "'%s' would have %u KiB of flash, product ID 0x%03x "
			       "has at most %u", name, kb, d->pid, d->flash_kb);
	d->named_kb = (uint16_t)kb;
	if (!partname_proper(d->parts, name, d->named, sizeof(d->named)))
		d->named[0] = '\0';
	return 0;
}

/* "410", without its 0x. */
static bool is_product_id(const char *name)
{
	char *end;
	unsigned long pid = strtoul(name, &end, 16);

	return isxdigit((unsigned char)name[0]) && !*end && pid <= 0xFFF &&
	       device_by_pid((uint32_t)pid);
}

static int set_name(struct device *d, const char *name, struct err *e)
{
	const struct device *row = device_by_name(name);
	bool several;

	if (row)
		return copy_device(d, row, e) < 0 ? -1 : name_part(d, name, e);
	find_name(name, &several);
	if (several)
		return err_set(e, ERR_USAGE, "'%s' fits several chips: name it more closely, or "
			       "by its product ID", name);
	err_set(e, ERR_USAGE, "'%s' is no chip of the table (see --list-chips)", name);
	if (is_product_id(name))
		err_append(e, "; '0x%s' is a product ID of it", name);
	return -1;
}

static int set_item(struct device *d, char *item, struct err *e)
{
	char *val = strchr(item, '=');

	if (!val)
		return set_name(d, item, e);
	*val++ = '\0';
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(item, keys[i].key))
			continue;
		if (keys[i].set(d, val) < 0)
			return err_set(e, ERR_USAGE, "'%s=%s': %s is wanted", item, val,
				       keys[i].wants);
		return 0;
	}
	return err_set(e, ERR_USAGE, "'%s' is no key of a chip description", item);
}

/* A layout may be right by itself, and not go with the chip that has answered, which is @base. */
static int refuse_size(const struct device *d, uint32_t kb, const struct device *base,
		       struct err *e)
{
	err_set(e, base ? ERR_ABILITY : ERR_USAGE, "layout '%s' is of %u KB, not %u", d->layout,
		(unsigned int)kb, (unsigned int)d->flash_kb);
	return base ? err_append(e, "; chips of product ID 0x%03x have up to %u KiB: flash=SIZE and "
				    "layout=COUNTxSIZE together say more",
				 base->pid, base->flash_kb)
		    : -1;
}

/* Checks the layout, which must cover the flash. The size of an unknown flash is the layout's. */
static int check_layout(struct device *d, const struct device *base, struct err *e)
{
	struct geometry g;
	uint32_t kb = 0;

	if (!d->layout)
		return 0;
	if (geometry_parse(d->layout, d->flash_start, d->flash_kb, &g, e) < 0)
		return -1;
	for (size_t i = 0; i < g.count; i++)
		kb += g.region[i].count * g.region[i].page_size / 1024;
	if (kb < d->flash_kb || kb > UINT16_MAX)
		return refuse_size(d, kb, base, e);
	d->flash_kb = (uint16_t)kb;
	return 0;
}

/*
 * Where an STM32 can have flash, and RAM (reference manuals, memory maps). Option bytes lie between
 * or behind: what is stated to be memory there would be written without any of their guards.
 */
static bool may_be_flash(uint32_t start, uint64_t end)
{
	return start >= 0x08000000 && end <= 0x1F000000;
}

static bool may_be_ram(const struct ram_window *w)
{
	return w->start == w->end || (w->start >= 0x10000000 && w->end <= 0x1F000000) ||
	       (w->start >= 0x20000000 && w->end <= 0x40000000);
}

static int check_places(const struct device *d, struct err *e)
{
	uint32_t start = d->flash_start;
	uint64_t end = (uint64_t)start + d->flash_kb * UINT64_C(1024);
	struct geometry g = { 0 };

	if (d->layout && geometry_parse(d->layout, d->flash_start, d->flash_kb, &g, e) < 0)
		return -1;
	if (g.count) {		/* regions ascend */
		start = g.region[0].addr;
		end = geometry_end(&g);
	}
	if (!may_be_flash(start, end))
		return err_set(e, ERR_USAGE, "no STM32 has flash from 0x%08x to 0x%08x", start,
			       (uint32_t)(end ? end - 1 : 0));
	if (!may_be_ram(&d->ram))
		return err_set(e, ERR_USAGE, "no STM32 has RAM from 0x%08x to 0x%08x", d->ram.start,
			       d->ram.end - 1);
	return 0;
}

static int apply_description(struct device *d, char *text, const struct device *base, struct err *e)
{
	char *save = NULL;

	if (copy_device(d, base ? base : &unknown_device, e) < 0)
		return -1;
	for (char *item = strtok_r(text, ",", &save); item; item = strtok_r(NULL, ",", &save)) {
		if (set_item(d, item, e) < 0)
			return -1;
	}
	return check_layout(d, base, e) < 0 ? -1 : check_places(d, e);
}

struct device *device_describe(const char *text, const struct device *base, struct err *e)
{
	struct device *d = calloc(1, sizeof(*d));
	char *copy = strdup(text);
	int ret;

	if (d && copy)
		ret = apply_description(d, copy, base, e);
	else
		ret = err_set(e, ERR_OTHER, "out of memory");
	if (ret < 0) {
		err_wrap(e, "chip description '%s'", text);
		device_free(d);
		d = NULL;
	}
	free(copy);
	return d;
}

void device_free(struct device *d)
{
	if (!d)
		return;
	free((char *)d->layout);
	free(d->own_parts);
	free(d);
}
