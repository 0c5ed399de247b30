/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pseudo-random numbers, the same on every machine. The state is the caller's; any value will do to
 * start with.
 */
#ifndef BOOTPIN_TESTS_RANDOM_H
#define BOOTPIN_TESTS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* The next number, of 24 bits. */
uint32_t random_next(uint32_t *state);

/* A number below @limit, which is 1 to 2^24. */
uint32_t random_below(uint32_t *state, uint32_t limit);

/* Bytes as code has them: no block of them is blank. */
void random_fill(uint8_t *data, size_t len, uint32_t seed);

#endif
