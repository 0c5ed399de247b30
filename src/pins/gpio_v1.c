/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GPIO through libgpiod 1.x; lines are made outputs after the request only since 1.5. */
#include <errno.h>
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>

#include "pins/gpio_backend.h"

struct gpio_chip {
	struct gpiod_chip *chip;
};

/* The library's lines are parts of the chip: no handle of their own. */
struct gpio_line {
	struct gpiod_line *line;
};

static void copy_name(char to[GPIO_NAME_SIZE], const char *from)
{
	snprintf(to, GPIO_NAME_SIZE, "%s", from ? from : "");
}

/* Frees @object and returns NULL; keeps errno, which free() may change. */
static void *fail_freeing(void *object)
{
	int error = errno;

	free(object);
	errno = error;
	return NULL;
}

static struct gpio_chip *v1_chip_open(const char *path, struct gpio_chip_info *info)
{
	struct gpio_chip *c = malloc(sizeof(*c));

	if (!c)
		return NULL;
	c->chip = gpiod_chip_open(path);
	if (!c->chip)
		return fail_freeing(c);
	copy_name(info->name, gpiod_chip_name(c->chip));
	copy_name(info->label, gpiod_chip_label(c->chip));
	info->lines = gpiod_chip_num_lines(c->chip);
	return c;
}

static void v1_chip_close(struct gpio_chip *chip)
{
	gpiod_chip_close(chip->chip);
	free(chip);
}

static int v1_line_info(struct gpio_chip *chip, unsigned int offset, struct gpio_line_info *info)
{
	struct gpiod_line *line = gpiod_chip_get_line(chip->chip, offset);

	if (!line || gpiod_line_update(line) < 0)
		return -1;
	copy_name(info->name, gpiod_line_name(line));
	copy_name(info->consumer, gpiod_line_consumer(line));
	info->output = gpiod_line_direction(line) == GPIOD_LINE_DIRECTION_OUTPUT;
	return 0;
}

static struct gpio_line *v1_line_request(struct gpio_chip *chip, unsigned int offset,
					 const char *consumer)
{
	const struct gpiod_line_request_config config = {
		.consumer = consumer,
		.request_type = GPIOD_LINE_REQUEST_DIRECTION_AS_IS,
	};
	struct gpio_line *l = malloc(sizeof(*l));

	if (!l)
		return NULL;
	l->line = gpiod_chip_get_line(chip->chip, offset);
	if (!l->line || gpiod_line_request(l->line, &config, 0) < 0)
		return fail_freeing(l);
	return l;
}

static int v1_line_output(struct gpio_line *line, bool high)
{
	return gpiod_line_set_direction_output(line->line, high);
}

static int v1_line_input(struct gpio_line *line)
{
	return gpiod_line_set_direction_input(line->line);
}

static void v1_line_release(struct gpio_line *line)
{
	gpiod_line_release(line->line);
	free(line);
}

const struct gpio_backend gpio_backend = {
	.chip_open = v1_chip_open,
	.chip_close = v1_chip_close,
	.line_info = v1_line_info,
	.line_request = v1_line_request,
	.line_output = v1_line_output,
	.line_input = v1_line_input,
	.line_release = v1_line_release,
};
