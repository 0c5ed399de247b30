/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pins/gpio_find.h"
#include "base/num.h"

#define CHIP_PREFIX "gpiochip"

/* Labels of the chips that are a Raspberry Pi's header: of a 5, a 4, and those before. */
static const char *const header_labels[] = {
	"pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835",
};
#define HEADER_PREFIX "GPIO"
#define HEADER_LAST 27u

struct chip {
	struct chip *next;
	struct gpio_chip *handle;
	struct gpio_chip_info info;
};

struct gpio_finder {
	struct gpio_env env;
	struct chip *chips;		/* in the order in which they were opened */
	bool all;			/* every chip of the machine is among them */
};

struct gpio_finder *gpio_finder_new(const struct gpio_env *env, struct err *e)
{
	struct gpio_finder *f = calloc(1, sizeof(*f));

	if (f)
		f->env = *env;
	else
		err_set(e, ERR_OTHER, "out of memory");
	return f;
}

void gpio_finder_free(struct gpio_finder *f)
{
	if (!f)
		return;
	while (f->chips) {
		struct chip *c = f->chips;

		f->chips = c->next;
		f->env.backend->chip_close(c->handle);
		free(c);
	}
	free(f);
}

static struct chip *cannot_open(const char *path, int error, struct err *e)
{
	err_sys(e, ERR_OPEN, error, "cannot open GPIO chip '%s'", path);
	if (error == EACCES || error == EPERM)
		err_append(e, " (its group may: 'gpio' on Raspberry Pi OS; see ls -l %s)", path);
	return NULL;
}

/* Keeps @c, unless that chip is open already under another path, such as a symbolic link. */
static struct chip *keep_chip(struct gpio_finder *f, struct chip *c)
{
	struct chip **end = &f->chips;

	for (; *end; end = &(*end)->next) {
		if (!strcmp((*end)->info.name, c->info.name)) {
			f->env.backend->chip_close(c->handle);
			free(c);
			return *end;
		}
	}
	*end = c;
	return c;
}

static struct chip *open_path(struct gpio_finder *f, const char *path, struct err *e)
{
	struct chip *c = calloc(1, sizeof(*c));
	int error = ENOMEM;

	if (c) {
		c->handle = f->env.backend->chip_open(path, &c->info);
		if (c->handle)
			return keep_chip(f, c);
		error = errno;
		free(c);
	}
	return cannot_open(path, error, e);
}

static struct chip *open_name(struct gpio_finder *f, const char *name, struct err *e)
{
	struct chip *c;
	char *path;

	if (asprintf(&path, "%s/%s", f->env.dev_dir, name) < 0)
		return cannot_open(name, ENOMEM, e);
	c = open_path(f, path, e);
	free(path);
	return c;
}

static bool has_path(const char *dir, const char *below, const char *name)
{
	bool there = false;
	char *path;

	if (asprintf(&path, "%s/%s/%s", dir, below, name) >= 0) {
		there = !access(path, F_OK);
		free(path);
	}
	return there;
}

static bool has_prefix(const char *name)
{
	return !strncmp(name, CHIP_PREFIX, strlen(CHIP_PREFIX));
}

static int is_chip(const struct dirent *d)
{
	return has_prefix(d->d_name);
}

/* Errors of a file that is no GPIO chip, or of a chip that was just unplugged: it is skipped. */
static bool can_be_passed_over(int error)
{
	return error == ENOENT || error == ENODEV || error == ENXIO || error == ENOTTY;
}

/*
 * A chip that may not be opened is an error: it could be the right one, or hold a second line of
 * the name that is looked for.
 */
static int open_all(struct gpio_finder *f, struct err *e)
{
	struct dirent **entry;
	int count, ret = 0;

	if (f->all)
		return 0;
	if (f->env.alone)
		return open_path(f, f->env.chip, e) ? 0 : -1;
	count = scandir(f->env.dev_dir, &entry, is_chip, versionsort);
	if (count < 0)
		return err_sys(e, ERR_OPEN, errno, "cannot list '%s'", f->env.dev_dir);
	for (int i = 0; i < count; i++) {
		struct err why = ERR_INIT;

		if (!ret && !open_name(f, entry[i]->d_name, &why) && !can_be_passed_over(why.sys)) {
			ret = -1;
			if (e)
				*e = why;
		}
		free(entry[i]);
	}
	free(entry);
	f->all = !ret;
	return ret;
}

/* NULL without @e set if there is none. */
static struct chip *by_name(const struct gpio_finder *f, const char *name)
{
	struct chip *c = f->chips;

	while (c && strcmp(c->info.name, name))
		c = c->next;
	return c;
}

static struct chip *by_label(const struct gpio_finder *f, const char *label, struct err *e)
{
	struct chip *found = NULL;

	for (struct chip *c = f->chips; c; c = c->next) {
		if (strcmp(c->info.label, label))
			continue;
		if (found) {
			err_set(e, ERR_USAGE, "'%s' is the label of both %s and %s", label,
				found->info.name, c->info.name);
			return NULL;
		}
		found = c;
	}
	if (!found)
		err_set(e, ERR_OPEN, "no GPIO chip is named or labelled '%s'", label);
	return found;
}

static struct chip *find_chip(struct gpio_finder *f, const char *spec, struct err *e)
{
	if (strchr(spec, '/'))
		return open_path(f, spec, e);
	if (has_prefix(spec) && has_path(f->env.dev_dir, ".", spec))
		return open_name(f, spec, e);
	return open_all(f, e) < 0 ? NULL : by_label(f, spec, e);
}

/* The chip of a Raspberry Pi's header, among all; NULL if there is none. */
static struct chip *header_chip(const struct gpio_finder *f)
{
	struct chip *c = NULL;

	for (size_t i = 0; i < sizeof(header_labels) / sizeof(header_labels[0]) && !c; i++) {
		struct err none = ERR_INIT;

		c = by_label(f, header_labels[i], &none);
	}
	return c;
}

static struct chip *default_chip(struct gpio_finder *f, struct err *e)
{
	struct chip *c;

	if (f->env.chip)
		return find_chip(f, f->env.chip, e);
	if (open_all(f, e) < 0)
		return NULL;
	c = header_chip(f);
	if (!c)
		c = by_name(f, CHIP_PREFIX "0");
	if (!c)
		err_set(e, ERR_OPEN, "there is no " CHIP_PREFIX "0 in '%s'", f->env.dev_dir);
	return c;
}

static int take_place(struct chip *c, uint32_t offset, struct gpio_place *place, struct err *e)
{
	if (offset >= c->info.lines)
		return err_set(e, ERR_USAGE, "%s has %u lines, counted from 0", c->info.name,
			       c->info.lines);
	*place = (struct gpio_place){ c->handle, &c->info, offset };
	return 0;
}

static int find_name_on(struct gpio_finder *f, struct chip *c, const char *name,
			struct gpio_place *place, struct err *e)
{
	for (unsigned int i = 0; i < c->info.lines; i++) {
		struct gpio_line_info line;

		if (f->env.backend->line_info(c->handle, i, &line) < 0)
			return err_sys(e, ERR_OPEN, errno, "cannot look at %s/%u", c->info.name, i);
		if (strcmp(line.name, name))
			continue;
		if (place->chip)
			return err_set(e, ERR_USAGE, "%s/%u and %s/%u both have that name",
				       place->info->name, place->offset, c->info.name, i);
		*place = (struct gpio_place){ c->handle, &c->info, i };
	}
	return 0;
}

/*
 * Kernels that are not Raspberry Pi OS's name some lines of the header by what else they are for:
 * GPIO4 is GPIO_GCLK there, GPIO2 is SDA1. The number is the offset in either case.
 */
static bool find_on_header(const struct gpio_finder *f, const char *name, struct gpio_place *place)
{
	size_t prefix = strlen(HEADER_PREFIX);
	struct chip *c = header_chip(f);
	uint32_t number;

	return c && !strncmp(name, HEADER_PREFIX, prefix) && num_u32(name + prefix, &number) == 0 &&
	       number <= HEADER_LAST && take_place(c, number, place, NULL) == 0;
}

static int find_name(struct gpio_finder *f, const char *name, struct gpio_place *place,
		     struct err *e)
{
	*place = (struct gpio_place){ .chip = NULL };
	if (open_all(f, e) < 0)
		return -1;
	for (struct chip *c = f->chips; c; c = c->next) {
		if (find_name_on(f, c, name, place, e) < 0)
			return -1;
	}
	if (place->chip || find_on_header(f, name, place))
		return 0;
	return err_set(e, ERR_OPEN, "no GPIO line has that name");
}

/* A chip as sysfs tells of it; only there are the bases of the global numbers. */
struct range {
	char *dir;
	uint32_t base, count;
	char label[64];
};

/* The first line of DIR/NAME, without its end. */
static int read_attribute(const char *dir, const char *name, char *text, size_t size)
{
	char *path;
	FILE *in;
	char *got;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return -1;
	in = fopen(path, "re");
	free(path);
	if (!in)
		return -1;
	got = fgets(text, (int)size, in);
	fclose(in);
	if (!got)
		return -1;
	text[strcspn(text, "\n")] = '\0';
	return 0;
}

static int read_range(struct range *r)
{
	char base[16], count[16];

	if (read_attribute(r->dir, "base", base, sizeof(base)) < 0 ||
	    read_attribute(r->dir, "ngpio", count, sizeof(count)) < 0 ||
	    read_attribute(r->dir, "label", r->label, sizeof(r->label)) < 0)
		return -1;
	return num_u32(base, &r->base) < 0 || num_u32(count, &r->count) < 0 ? -1 : 0;
}

/*
 * Labels need not be unique, so the chip must also belong to the same device, or be that device
 * itself where it has no parent.
 */
static bool is_range_of(const struct range *r, const struct chip *c)
{
	return r->count == c->info.lines &&
	       !strncmp(r->label, c->info.label, GPIO_NAME_SIZE - 1) &&
	       (has_path(r->dir, "device", c->info.name) ||
		has_path(r->dir, "device/..", c->info.name));
}

/*
 * Finds the range that holds the global @number. Returns 1 with r->dir to be freed, 0 if there is
 * none, -1 if the kernel has no global numbers (any more).
 */
static int find_range(const struct gpio_finder *f, uint32_t number, struct range *r)
{
	DIR *sysfs = opendir(f->env.sysfs_dir);
	const struct dirent *d;

	if (!sysfs)
		return -1;
	while ((d = readdir(sysfs))) {
		if (!has_prefix(d->d_name) ||
		    asprintf(&r->dir, "%s/%s", f->env.sysfs_dir, d->d_name) < 0)
			continue;
		if (!read_range(r) && number >= r->base && number - r->base < r->count) {
			closedir(sysfs);
			return 1;
		}
		free(r->dir);
	}
	closedir(sysfs);
	return 0;
}

static struct chip *range_owner(const struct gpio_finder *f, const struct range *r)
{
	struct chip *c = f->chips;

	while (c && !is_range_of(r, c))
		c = c->next;
	return c;
}

/* @number is below the lines of @c: is it something else in the old numbering? */
static int refuse_ambiguous(struct gpio_finder *f, struct chip *c, uint32_t number, struct err *e)
{
	const struct chip *owner;
	struct range r;
	uint32_t offset;

	if (find_range(f, number, &r) <= 0)
		return 0;
	owner = range_owner(f, &r);
	offset = number - r.base;
	free(r.dir);
	if (owner == c && offset == number)
		return 0;
	return err_set(e, ERR_USAGE, "that may be offset %u or a global number: write '%s/%u' or "
		       "'%s/%u'", number, c->info.name, number,
		       owner ? owner->info.name : r.label, offset);
}

static int find_global(struct gpio_finder *f, const struct chip *c, uint32_t number,
		       struct gpio_place *place, struct err *e)
{
	struct chip *owner;
	struct range r;
	int found;

	if (open_all(f, e) < 0)
		return -1;
	found = find_range(f, number, &r);
	if (found < 0)
		return err_set(e, ERR_OPEN, "%s has only %u lines, and there are no global numbers "
			       "without '%s'", c->info.name, c->info.lines, f->env.sysfs_dir);
	if (!found)
		return err_set(e, ERR_OPEN, "%s has only %u lines, and no line has that global "
			       "number", c->info.name, c->info.lines);
	owner = range_owner(f, &r);
	free(r.dir);
	if (!owner)
		return err_set(e, ERR_OPEN, "that global number is of '%s', which is not in '%s'",
			       r.label, f->env.dev_dir);
	return take_place(owner, number - r.base, place, e);
}

/* Where there is no default chip a number can still be a global one. */
static bool is_global(struct gpio_finder *f, uint32_t number, struct gpio_place *place)
{
	struct chip *owner;
	struct range r;

	if (f->env.chip || open_all(f, NULL) < 0 || find_range(f, number, &r) <= 0)
		return false;
	owner = range_owner(f, &r);
	free(r.dir);
	return owner && take_place(owner, number - r.base, place, NULL) == 0;
}

static int find_number(struct gpio_finder *f, uint32_t number, struct gpio_place *place,
		       struct err *e)
{
	struct err none = ERR_INIT;
	struct chip *c = default_chip(f, &none);

	if (!c && is_global(f, number, place))
		return 0;
	if (!c && e)
		*e = none;
	if (!c)
		return -1;
	if (number >= c->info.lines && !f->env.alone)
		return find_global(f, c, number, place, e);
	/* With a chip named, a number is an offset. */
	if (!f->env.chip && refuse_ambiguous(f, c, number, e) < 0)
		return -1;
	return take_place(c, number, place, e);
}

int gpio_find(struct gpio_finder *f, const struct line_ref *ref, struct gpio_place *place,
	      struct err *e)
{
	struct chip *c;

	if (ref->name)
		return find_name(f, ref->name, place, e);
	if (!ref->chip)
		return find_number(f, ref->number, place, e);
	c = find_chip(f, ref->chip, e);
	return c ? take_place(c, ref->number, place, e) : -1;
}
