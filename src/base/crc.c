/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/crc.h"

uint32_t crc_stm32(uint32_t crc, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		/* The byte that is fed first is the word's highest. */
		crc ^= (uint32_t)data[(i & ~(size_t)3) + 3 - (i & 3)] << 24;
		for (int bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc >> 31 ? CRC_POLYNOMIAL : 0);
	}
	return crc;
}

static uint32_t shift(uint32_t polynomial, uint32_t crc, int bits)
{
	while (bits--)
		crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
	return crc;
}

uint32_t crc_of_nibble(uint32_t polynomial, uint32_t nibble)
{
	return shift(polynomial, nibble, 4);
}

uint32_t crc_bytes(uint32_t polynomial, uint32_t start, const uint8_t *data, size_t len)
{
	uint32_t crc = start;

	for (size_t i = 0; i < len; i++)
		crc = shift(polynomial, crc ^ data[i], 8);
	return ~crc;
}
