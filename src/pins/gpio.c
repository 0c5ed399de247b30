/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "pins/gpio.h"
#include "pins/gpio_find.h"

#define CONSUMER "bootpin"

/* A line that was requested. */
struct held {
	struct gpio_place place;
	struct gpio_line *line;
	char where[GPIO_NAME_SIZE + 16];	/* chip/offset */
	bool was_output;
	bool driven;
};

struct gpio {
	const struct gpio_backend *backend;
	struct gpio_finder *finder;
	struct held *held;
	size_t count;
	size_t *index;			/* of a reference's line in held */
};

static size_t find_held(const struct gpio *g, const struct gpio_place *place)
{
	size_t i = 0;

	while (i < g->count && (g->held[i].place.chip != place->chip ||
				g->held[i].place.offset != place->offset))
		i++;
	return i;
}

/* Finds all lines, without touching one; each is in held once. */
static int find_all(struct gpio *g, const struct line_ref *refs, size_t count, struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		struct gpio_place place;
		struct held *h;

		if (gpio_find(g->finder, &refs[i], &place, e) < 0)
			return err_wrap(e, "line '%s'", refs[i].text);
		g->index[i] = find_held(g, &place);
		if (g->index[i] < g->count)
			continue;
		h = &g->held[g->count++];
		h->place = place;
		snprintf(h->where, sizeof(h->where), "%s/%u", place.info->name, place.offset);
	}
	return 0;
}

static int request_line(const struct gpio *g, struct held *h, struct err *e)
{
	struct gpio_line_info info;

	if (g->backend->line_info(h->place.chip, h->place.offset, &info) < 0)
		return err_sys(e, ERR_OPEN, errno, "cannot look at GPIO line %s", h->where);
	h->was_output = info.output;
	h->line = g->backend->line_request(h->place.chip, h->place.offset, CONSUMER);
	if (h->line)
		return 0;
	if (errno != EBUSY)
		return err_sys(e, ERR_OPEN, errno, "cannot request GPIO line %s", h->where);
	if (!info.consumer[0])
		return err_set(e, ERR_OPEN, "GPIO line %s is in use", h->where);
	return err_set(e, ERR_OPEN, "GPIO line %s is in use by '%s'", h->where, info.consumer);
}

static int open_lines(struct gpio *g, const struct gpio_env *env, const struct line_ref *refs,
		      size_t count, struct err *e)
{
	g->held = calloc(count + 1, sizeof(*g->held));
	g->index = calloc(count + 1, sizeof(*g->index));
	if (!g->held || !g->index)
		return err_set(e, ERR_OTHER, "out of memory");
	g->finder = gpio_finder_new(env, e);
	if (!g->finder || find_all(g, refs, count, e) < 0)
		return -1;
	for (size_t i = 0; i < g->count; i++) {
		if (request_line(g, &g->held[i], e) < 0)
			return -1;
	}
	return 0;
}

struct gpio *gpio_open(const struct gpio_env *env, const struct line_ref *refs, size_t count,
		       struct err *e)
{
	struct gpio *g;

	if (env->backend->missing) {
		err_set(e, ERR_USAGE, "%s", env->backend->missing);
		return NULL;
	}
	g = calloc(1, sizeof(*g));
	if (!g) {
		err_set(e, ERR_OTHER, "out of memory");
		return NULL;
	}
	g->backend = env->backend;
	if (open_lines(g, env, refs, count, e) < 0) {
		gpio_close(g, NULL);
		return NULL;
	}
	return g;
}

int gpio_set(struct gpio *g, size_t ref, bool high, struct err *e)
{
	struct held *h = &g->held[g->index[ref]];

	h->driven = true;
	if (g->backend->line_output(h->line, high) < 0)
		return err_sys(e, ERR_OPEN, errno, "GPIO line %s", h->where);
	return 0;
}

const char *gpio_where(const struct gpio *g, size_t ref)
{
	return g->held[g->index[ref]].where;
}

static int let_go(const struct gpio *g, const struct held *h, struct err *e)
{
	int ret = 0;

	if (!h->line)
		return 0;
	/* The kernel of Raspberry Pi OS would keep driving it. */
	if (h->driven && !h->was_output && g->backend->line_input(h->line) < 0)
		ret = err_sys(e, ERR_OPEN, errno, "cannot make GPIO line %s an input again",
			      h->where);
	g->backend->line_release(h->line);
	return ret;
}

static void gpio_free(struct gpio *g)
{
	gpio_finder_free(g->finder);
	free(g->held);
	free(g->index);
	free(g);
}

int gpio_close(struct gpio *g, struct err *e)
{
	int ret = 0;

	if (!g)
		return 0;
	for (size_t i = 0; i < g->count; i++) {
		if (let_go(g, &g->held[i], e) < 0)
			ret = -1;
	}
	gpio_free(g);
	return ret;
}

/* The kernel lets a line go when the last descriptor of it is closed. */
void gpio_forget(struct gpio *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->count; i++)
		g->backend->line_release(g->held[i].line);
	gpio_free(g);
}
