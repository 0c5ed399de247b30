/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How near a word that was typed is to one that exists.
 */
#ifndef BOOTPIN_NEAR_H
#define BOOTPIN_NEAR_H

#include <stddef.h>

/* Longest existing word that is compared; of a longer one only so much is. */
#define NEAR_MAX 31

/*
 * 0 if @name begins with @typed, of @len characters, else one more than the edits (a character
 * added, dropped or replaced) that make one of the other. Case does not count. @len is at least 1.
 */
size_t near_rank(const char *typed, size_t len, const char *name);

/* The ranks up to this are near enough to ask whether that was meant. */
static inline size_t near_enough(size_t len)
{
	return len / 3 + 1;
}

#endif
