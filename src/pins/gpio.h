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
 *   as sysfs had them. If no chip was asked for, and the number is also the global one of
 *   another line, it is refused: old scripts use global numbers.
 */
#ifndef BOOTPIN_GPIO_H
#define BOOTPIN_GPIO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "pins/gpio_backend.h"
#include "pins/sequence.h"

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

/*
 * In a child process, which has inherited @g: frees it and closes what is open here. The lines stay
 * its parent's, at their levels. NULL is accepted.
 */
void gpio_forget(struct gpio *g);

#endif
