/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/near.h"

static size_t least_of(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

static size_t count_edits(const char *typed, size_t len, const char *name)
{
	size_t row[NEAR_MAX + 1], name_len = strnlen(name, NEAR_MAX);

	for (size_t j = 0; j <= name_len; j++)
		row[j] = j;
	for (size_t i = 0; i < len; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < name_len; j++) {
			int differs = tolower((unsigned char)typed[i]) !=
				      tolower((unsigned char)name[j]);
			size_t best = least_of(diagonal + (size_t)differs, row[j] + 1,
					       row[j + 1] + 1);

			diagonal = row[j + 1];
			row[j + 1] = best;
		}
	}
	return row[name_len];
}

size_t near_rank(const char *typed, size_t len, const char *name)
{
	if (!strncasecmp(typed, name, len))
		return 0;
	return 1 + count_edits(typed, len, name);
}
