/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GPIO through libgpiod 2.x. */
#include <errno.h>
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>

#include "pins/gpio_backend.h"

struct gpio_chip {
	struct gpiod_chip *chip;
};

struct gpio_line {
	struct gpiod_line_request *request;
	unsigned int offset;
};

static void copy_name(char to[GPIO_NAME_SIZE], const char *from)
{
	snprintf(to, GPIO_NAME_SIZE, "%s", from ? from : "");
}

static int read_chip_info(struct gpiod_chip *chip, struct gpio_chip_info *info)
{
	struct gpiod_chip_info *from = gpiod_chip_get_info(chip);

	if (!from)
		return -1;
	copy_name(info->name, gpiod_chip_info_get_name(from));
	copy_name(info->label, gpiod_chip_info_get_label(from));
	info->lines = (unsigned int)gpiod_chip_info_get_num_lines(from);
	gpiod_chip_info_free(from);
	return 0;
}

static void v2_chip_close(struct gpio_chip *chip)
{
	if (chip->chip)
		gpiod_chip_close(chip->chip);
	free(chip);
}

static struct gpio_chip *v2_chip_open(const char *path, struct gpio_chip_info *info)
{
	struct gpio_chip *c = calloc(1, sizeof(*c));
	int error;

	if (!c)
		return NULL;
	c->chip = gpiod_chip_open(path);
	if (c->chip && !read_chip_info(c->chip, info))
		return c;
	error = errno;
	v2_chip_close(c);
	errno = error;
	return NULL;
}

static int v2_line_info(struct gpio_chip *chip, unsigned int offset, struct gpio_line_info *info)
{
	struct gpiod_line_info *from = gpiod_chip_get_line_info(chip->chip, offset);

	if (!from)
		return -1;
	copy_name(info->name, gpiod_line_info_get_name(from));
	copy_name(info->consumer, gpiod_line_info_get_consumer(from));
	info->output = gpiod_line_info_get_direction(from) == GPIOD_LINE_DIRECTION_OUTPUT;
	gpiod_line_info_free(from);
	return 0;
}

/* A configuration of one line; NULL with errno set. */
static struct gpiod_line_config *one_line(unsigned int offset, enum gpiod_line_direction direction,
					  bool high)
{
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	struct gpiod_line_config *config = gpiod_line_config_new();
	int ret = -1, error;

	if (settings && config) {
		ret = gpiod_line_settings_set_direction(settings, direction);
		if (!ret)
			ret = gpiod_line_settings_set_output_value(settings,
				high ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE);
		if (!ret)
			ret = gpiod_line_config_add_line_settings(config, &offset, 1, settings);
	}
	error = errno;
	gpiod_line_settings_free(settings);
	if (ret) {
		gpiod_line_config_free(config);
		config = NULL;
	}
	errno = error;
	return config;
}

static struct gpiod_line_request *request_as_is(struct gpiod_chip *chip, unsigned int offset,
						const char *consumer)
{
	struct gpiod_request_config *who = gpiod_request_config_new();
	struct gpiod_line_config *config = one_line(offset, GPIOD_LINE_DIRECTION_AS_IS, false);
	struct gpiod_line_request *request = NULL;
	int error;

	if (who && config) {
		gpiod_request_config_set_consumer(who, consumer);
		request = gpiod_chip_request_lines(chip, who, config);
	}
	error = errno;
	gpiod_line_config_free(config);
	gpiod_request_config_free(who);
	errno = error;
	return request;
}

static struct gpio_line *v2_line_request(struct gpio_chip *chip, unsigned int offset,
					 const char *consumer)
{
	struct gpio_line *l = malloc(sizeof(*l));
	int error;

	if (!l)
		return NULL;
	l->offset = offset;
	l->request = request_as_is(chip->chip, offset, consumer);
	if (l->request)
		return l;
	error = errno;
	free(l);
	errno = error;
	return NULL;
}

static int reconfigure_line(struct gpio_line *line, enum gpiod_line_direction direction, bool high)
{
	struct gpiod_line_config *config = one_line(line->offset, direction, high);
	int ret, error;

	if (!config)
		return -1;
	ret = gpiod_line_request_reconfigure_lines(line->request, config);
	error = errno;
	gpiod_line_config_free(config);
	errno = error;
	return ret;
}

static int v2_line_output(struct gpio_line *line, bool high)
{
	return reconfigure_line(line, GPIOD_LINE_DIRECTION_OUTPUT, high);
}

static int v2_line_input(struct gpio_line *line)
{
	return reconfigure_line(line, GPIOD_LINE_DIRECTION_INPUT, false);
}

static void v2_line_release(struct gpio_line *line)
{
	gpiod_line_request_release(line->request);
	free(line);
}

const struct gpio_backend gpio_backend = {
	.chip_open = v2_chip_open,
	.chip_close = v2_chip_close,
	.line_info = v2_line_info,
	.line_request = v2_line_request,
	.line_output = v2_line_output,
	.line_input = v2_line_input,
	.line_release = v2_line_release,
};
