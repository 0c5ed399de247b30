/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GPIO lines: which one is meant, and holding it from before the entry until after the exit.
 *
 * All lines are found and requested before the first one is driven, each as it is, so that nothing
 * moves until it is told to. No line is ever requested as an input: some drivers drop the level at
 * that, others refuse.
 *
 * A line is meant by
 * - chip/offset: the chip by its name (gpiochip0), its label, or its path.
 * - a name, which must be that of one line among all chips.
 * - a number: an offset on the default chip. That is the one asked for, else the Raspberry Pi's
 *   header, known by its label, else gpiochip0. Beyond its end it is the kernel's global number,
 *   as sysfs had them. If nobody asked for a chip, and the number is also the global one of
 *   another line, it is refused: old scripts use global numbers.
 */
#ifndef BOOTPIN_GPIO_H
#define BOOTPIN_GPIO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "pins/sequence.h"

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

/* A library that reaches the kernel. What fails returns NULL or -1 with errno set. */
struct gpio_backend {
	const char *name;
	const char *missing;		/* if not NULL: why there is none, and no function either */

	struct gpio_chip *(*chip_open)(const char *path, struct gpio_chip_info *info);
	void (*chip_close)(struct gpio_chip *chip);	/* after the release of its lines */
	int (*line_info)(struct gpio_chip *chip, unsigned int offset, struct gpio_line_info *info);

	/* Requests one line as it is; EBUSY if somebody has it. */
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
};

struct gpio;

/*
 * Finds and requests the @count lines of @refs (of which several may be one line in different
 * spellings). Nothing moves. NULL with @e set, and nothing held: ERR_USAGE if a reference cannot be
 * right (beyond its chip, more than one line, no GPIO in this build), ERR_OPEN if a chip or line
 * is missing, busy or not permitted. @refs is not needed afterwards; @env->backend is.
 */
struct gpio *gpio_open(const struct gpio_env *env, const struct line_ref *refs, size_t count,
		       struct err *e);

/* Drives line @ref, an index into gpio_open's @refs. Returns 0, or -1 with @e set (ERR_OPEN). */
int gpio_set(struct gpio *g, size_t ref, bool high, struct err *e);

/* Where line @ref was found, as chip/offset; valid until gpio_close. */
const char *gpio_where(const struct gpio *g, size_t ref);

/*
 * Lets all lines go. Those that were inputs and have been driven are made inputs again; the others
 * are left at their level. Returns 0, or -1 with @e set (ERR_OPEN) if one could not be; @g is gone
 * in either case. NULL is accepted.
 */
int gpio_close(struct gpio *g, struct err *e);

#endif
