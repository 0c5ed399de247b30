/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pins/gpio_list.h"

#define CHIP_PREFIX "gpiochip"
#define NAMES_MAX 2048

/* Adds " @name" to @names if it fits. */
static void add_name(char *names, const char *name)
{
	size_t used = strlen(names);
	size_t need = strlen(name) + 2;

	if (name[0] && used + need <= NAMES_MAX)
		snprintf(names + used, NAMES_MAX - used, "%s%s", used ? " " : "", name);
}

static void list_lines(const struct gpio_env *env, struct gpio_chip *chip,
		       const struct gpio_chip_info *info, struct report *r)
{
	struct gpio_line_info line;

	for (unsigned int i = 0; i < info->lines; i++)
		if (env->backend->line_info(chip, i, &line) == 0 && (line.name[0] || line.consumer[0]))
			report_event(r, EV_LIST_GPIO_LINE, info->name, i, line.name, line.consumer,
				     line.output);
}

static void list_chip(const struct gpio_env *env, struct gpio_chip *chip,
		      const struct gpio_chip_info *info, struct report *r)
{
	struct gpio_line_info line;
	char names[NAMES_MAX] = "";

	for (unsigned int i = 0; i < info->lines; i++)
		if (env->backend->line_info(chip, i, &line) == 0)
			add_name(names, line.name);
	report_event(r, EV_LIST_GPIO, info->name, info->label, info->lines, names);
	list_lines(env, chip, info, r);
}

/* A link to one, as a Raspberry Pi 5 has, would be that chip once more. */
static int is_chip(const struct dirent *d)
{
	return d->d_type != DT_LNK && !strncmp(d->d_name, CHIP_PREFIX, strlen(CHIP_PREFIX));
}

void gpio_list(const struct gpio_env *env, struct report *r)
{
	struct dirent **found = NULL;
	struct gpio_chip_info info;
	struct gpio_chip *chip;
	char path[512];
	int n = env->backend->missing ? 0 : scandir(env->dev_dir, &found, is_chip, versionsort);

	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%.200s/%.255s", env->dev_dir, found[i]->d_name);
		free(found[i]);
		chip = env->backend->chip_open(path, &info);
		if (!chip)
			continue;
		list_chip(env, chip, &info, r);
		env->backend->chip_close(chip);
	}
	free(found);
}
