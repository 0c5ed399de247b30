/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The GPIO chips of this machine and their lines, for --list-ports. Lines are looked at, and none is
 * requested: nothing moves.
 */
#ifndef BOOTPIN_GPIO_LIST_H
#define BOOTPIN_GPIO_LIST_H

#include "pins/gpio_backend.h"
#include "report/report.h"

/*
 * Reports each chip that may be opened, by number, and each of its lines that has a name or is in use.
 * Nothing is reported where this build has no GPIO. @env->chip and @env->sysfs_dir do not matter.
 */
void gpio_list(const struct gpio_env *env, struct report *r);

#endif
