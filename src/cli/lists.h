/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bootpin about itself, on standard output: help, version and lists.
 */
#ifndef BOOTPIN_LISTS_H
#define BOOTPIN_LISTS_H

#include <stdbool.h>

#include "job/request.h"
#include "parsers/parser.h"
#include "pins/gpio_backend.h"
#include "report/report.h"

/*
 * Prints what @a asks for. @parsers: those of --list-formats, ended by NULL. @argv0: the name that
 * bootpin was called by; may be NULL. Returns false if @a is none of these actions.
 */
bool lists_print(struct report *r, enum action a, const struct parser *const *parsers,
		 const char *argv0);

/* --list-ports. @root is put before /dev and /sys: "" but for tests; @gpio: pins/gpio_list.h. */
void lists_ports(struct report *r, const char *root, const struct gpio_env *gpio);

/* Gives each line of --help to @line. */
void lists_help(const char *argv0, void (*line)(void *to, const char *text), void *to);

#endif
