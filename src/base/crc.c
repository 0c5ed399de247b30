/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/crc.h"

#define POLYNOMIAL_REFLECTED 0xEDB88320u

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

uint32_t crc_zlib(uint32_t start, const uint8_t *data, size_t len)
{
	uint32_t crc = start;

	for (size_t i = 0; i < len; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL_REFLECTED : 0);
	}
	return ~crc;
}
