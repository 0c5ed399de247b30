/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which GPIO line is meant: the rules of gpio.h, for gpio.c alone.
 */
#ifndef BOOTPIN_GPIO_FIND_H
#define BOOTPIN_GPIO_FIND_H

#include "base/err.h"
#include "pins/gpio_backend.h"
#include "pins/sequence.h"

/* Holds open the chips that it came across. */
struct gpio_finder;

struct gpio_place {
	struct gpio_chip *chip;			/* the finder's; one handle a chip */
	const struct gpio_chip_info *info;
	unsigned int offset;			/* below info->lines */
};

/*
 * The texts and the back end that @env points to are needed until gpio_finder_free. NULL with @e
 * set if memory is short.
 */
struct gpio_finder *gpio_finder_new(const struct gpio_env *env, struct err *e);

/* Closes all chips; NULL is accepted. */
void gpio_finder_free(struct gpio_finder *f);

/* Returns 0, or -1 with @e set as gpio_open says. */
int gpio_find(struct gpio_finder *f, const struct line_ref *ref, struct gpio_place *place,
	      struct err *e);

#endif
