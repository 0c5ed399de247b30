/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text that comes from outside (names of files and ports, other programs' names, a chip's answers)
 * as a terminal may get it: what would move its cursor, colour it or hide text is spelled out.
 */
#ifndef BOOTPIN_SHOWN_H
#define BOOTPIN_SHOWN_H

#include <stddef.h>

/*
 * Copies @text to @out and puts "\x1b" in place of each byte of a control character (ASCII's, and
 * Unicode's U+0080 to U+009F), of what reorders or splits a line (U+2028 to U+202E, U+2066 to
 * U+2069), and of what is no UTF-8. All other UTF-8 stays as it is. @out is cut where @size ends,
 * never inside a character. Returns @out.
 */
const char *shown(const char *text, char *out, size_t size);

#endif
