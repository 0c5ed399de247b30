/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Command lines as users of other programs type them: refused, with the whole line in bootpin's
 * spelling, ready to paste. Nothing is opened; names are looked up only.
 */
#ifndef BOOTPIN_HABITS_H
#define BOOTPIN_HABITS_H

#include "base/err.h"
#include "base/optparse.h"

/*
 * @at: a word in @words that is no option's argument; @words: the whole line without the program's
 * name, NULL-terminated; @rows: bootpin's options. Returns 0 where no row of habit_table.h begins,
 * else -1 with @e set (ERR_USAGE).
 */
int habits_check(const struct opt_row *rows, char **words, char **at, struct err *e);

#endif
