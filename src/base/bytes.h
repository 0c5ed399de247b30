/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes in memory: little-endian words, as every STM32 has them, and runs of one value.
 */
#ifndef BOOTPIN_BYTES_H
#define BOOTPIN_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline uint16_t le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline void put_le32(uint8_t *p, uint32_t v)
{
	for (unsigned int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* Have all of @len bytes this value? */
static inline bool bytes_are(const uint8_t *p, size_t len, uint8_t value)
{
	while (len && *p == value) {
		p++;
		len--;
	}
	return !len;
}

#endif
