/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two names of one file, one of which would be written over the other. */
#ifndef BOOTPIN_SAME_FILE_H
#define BOOTPIN_SAME_FILE_H

#include <stdbool.h>

/*
 * Whether @a and @b are names of one file: the same words, "./" in front left out, or both of one
 * regular file that is there. NULL and "-" are names of none.
 */
bool same_file(const char *a, const char *b);

#endif
