/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "chip/device.h"
#include "chip/optbytes_table.h"
#include "cli/list_fields.h"

#define FAMILIES_MAX 256

/* --set-option changes it on this product. */
static bool can_be_set(const struct opt_product *p, const struct opt_field *f)
{
	return f->guard != OPT_RDP && f->guard != OPT_FIXED && (!f->kinds || f->kinds & p->kinds);
}

static bool has_field(const struct device *d, const char *name)
{
	const struct opt_product *p = opt_product_find(d->pid);

	for (const struct opt_field *f = p ? p->map->fields : NULL; f && f->name; f++)
		if (can_be_set(p, f) && !strcmp(f->name, name))
			return true;
	return false;
}

/* One before the @count-th chip has it, too. */
static bool was_listed(size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (has_field(&device_table[i], name))
			return true;
	return false;
}

/* Chips of one family follow each other, or its name is there already. */
static void add_family(char *families, const char *family)
{
	size_t used = strlen(families), len = strlen(family);

	for (const char *at = families; (at = strstr(at, family)); at += len)
		if ((at == families || at[-1] == ' ') && (!at[len] || at[len] == ' '))
			return;
	snprintf(families + used, FAMILIES_MAX - used, "%s%s", used ? " " : "", family);
}

static void list_field(struct report *r, size_t first, const char *name)
{
	char families[FAMILIES_MAX] = "";

	for (size_t i = first; i < device_count; i++)
		if (has_field(&device_table[i], name))
			add_family(families, device_table[i].family);
	report_event(r, EV_LIST_OPTION, name, families);
}

void list_fields(struct report *r)
{
	for (size_t i = 0; i < device_count; i++) {
		const struct opt_product *p = opt_product_find(device_table[i].pid);

		for (const struct opt_field *f = p ? p->map->fields : NULL; f && f->name; f++)
			if (can_be_set(p, f) && !was_listed(i, f->name))
				list_field(r, i, f->name);
	}
}
