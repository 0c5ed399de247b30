/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the kernel's GPIO chips and lines are reached: through libgpiod 1.x (gpio_v1.c), 2.x
 * (gpio_v2.c), or not at all (gpio_none.c).
 */
#ifndef BOOTPIN_GPIO_BACKEND_H
#define BOOTPIN_GPIO_BACKEND_H

#include <stdbool.h>

#define GPIO_NAME_SIZE 32	/* with the terminator, as in linux/gpio.h */

#define GPIO_DEV_DIR "/dev"
#define GPIO_SYSFS_DIR "/sys/class/gpio"

struct gpio_chip_info {
	char name[GPIO_NAME_SIZE];
	char label[GPIO_NAME_SIZE];
	unsigned int lines;
};

struct gpio_line_info {
	char name[GPIO_NAME_SIZE];	/* "" if it has none */
	char consumer[GPIO_NAME_SIZE];	/* who has requested it; "" if unknown */
	bool output;
};

/* Defined by the back end; a line is one that was requested. */
struct gpio_chip;
struct gpio_line;

/* A library that reaches the kernel. A function that fails returns NULL or -1 with errno set. */
struct gpio_backend {
	const char *missing;		/* if not NULL: why there is none, and no function either */

	struct gpio_chip *(*chip_open)(const char *path, struct gpio_chip_info *info);
	void (*chip_close)(struct gpio_chip *chip);	/* after the release of its lines */
	int (*line_info)(struct gpio_chip *chip, unsigned int offset, struct gpio_line_info *info);

	/* Requests one line as it is; EBUSY if another program has it. */
	struct gpio_line *(*line_request)(struct gpio_chip *chip, unsigned int offset,
					  const char *consumer);
	/* Makes it an output of that level, in one call. */
	int (*line_output)(struct gpio_line *line, bool high);
	int (*line_input)(struct gpio_line *line);
	void (*line_release)(struct gpio_line *line);
};

/* The one that was configured: libgpiod 1.x, 2.x, or none. */
extern const struct gpio_backend gpio_backend;

struct gpio_env {
	const struct gpio_backend *backend;
	const char *dev_dir;		/* where the chips' devices are */
	const char *sysfs_dir;		/* where the bases of the global numbers are */
	const char *chip;		/* the default one: name, label or path; or NULL */
	bool alone;			/* that chip, by its path, is all that there is */
};

#endif
