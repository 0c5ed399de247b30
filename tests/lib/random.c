/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/lib/random.h"

uint32_t random_next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

uint32_t random_below(uint32_t *state, uint32_t limit)
{
	return (uint32_t)((uint64_t)random_next(state) * limit >> 24);
}

void random_fill(uint8_t *data, size_t len, uint32_t seed)
{
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)(random_next(&seed) >> 16);
}
