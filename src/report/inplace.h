/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of a terminal that is drawn again and again in its place. Carriage returns and blanks do
 * that on every terminal, also on those that know no escape sequences.
 *
 * @drawn: how many columns are in use; 0 at first. The caller keeps it.
 */
#ifndef BOOTPIN_INPLACE_H
#define BOOTPIN_INPLACE_H

#include <stddef.h>
#include <stdio.h>

/* The terminal's width. Asked anew each time: a window may have been resized. */
size_t inplace_columns(FILE *to);

/* Draws @line, which is of ASCII and shorter than the terminal is wide, over what was there. */
void inplace_draw(FILE *to, size_t *drawn, const char *line);

/* Blanks it out, so that a line of another kind can take its place. */
void inplace_clear(FILE *to, size_t *drawn);

#endif
