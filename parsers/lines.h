/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of a text whose records are hexadecimal digits: Intel HEX and Motorola S-records.
 *
 * Lines end with LF, CR LF or CR, may be empty, and may have blanks at the end.
 */
#ifndef BOOTPIN_LINES_H
#define BOOTPIN_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Where in the text a reader is. */
struct lines {
	const char *text;
	size_t len, pos;
	unsigned int line;		/* number of the line read last, from 1 */
};

/* From the beginning of @text, which must outlive it; behind a byte order mark (UTF-8). */
struct lines lines_of(const uint8_t *text, size_t len);

/* Finds the next line that is not blank, without its end. Returns false after the last one. */
bool lines_next(struct lines *l, const char **line, size_t *len);

/* The value of a digit of either case; -1: it is none. */
int lines_digit(char c);

/* The value of two digits. */
uint8_t lines_byte(const char *s);

/* Are all characters of @line from @from on digits? ERR_IMAGE naming the first that is not. */
int lines_check_digits(const char *line, size_t from, size_t len, struct err *e);

/* The length of what @rest begins with that means nothing behind an end: NUL, ^Z and blanks. */
size_t lines_filler(const char *rest, size_t len);

#endif
