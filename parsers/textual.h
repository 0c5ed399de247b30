/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text that is no firmware: what a file looks like that has come as raw bytes.
 *
 * Text is UTF-8, UTF-16 of either order (with a byte order mark, or three of four characters
 * ASCII), or 8-bit text of which three of four bytes are ASCII; without control characters other
 * than white space. NULs and ^Z at the end do not count. A vector table is no text: its words have
 * NULs or a 0x08.
 */
#ifndef BOOTPIN_TEXTUAL_H
#define BOOTPIN_TEXTUAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct textual {
	const char *what;		/* "a web page" */
	const char *advice;		/* what to do with it; NULL: nothing better than -f */
	bool is_plain;			/* no more is known of it than that it is text */
};

/* Finds out what @data looks like, in @t. False: it is no text, and @t is unchanged. */
bool textual_look(const uint8_t *data, size_t len, struct textual *t);

#endif
