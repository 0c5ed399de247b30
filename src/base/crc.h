/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CRC-32 in two forms, both with the polynomial 0x04C11DB7.
 *
 * crc_stm32 is that of the STM32's own unit: initial value all ones, no reflection, no final XOR,
 * over 32-bit little-endian words, most significant bit first (AN3155, Get Checksum; stm32flash -C
 * prints the same). crc_zlib is that of zlib and Ethernet: over bytes, reflected, inverted at the
 * end.
 */
#ifndef BOOTPIN_CRC_H
#define BOOTPIN_CRC_H

#include <stddef.h>
#include <stdint.h>

#define CRC_POLYNOMIAL 0x04C11DB7u
#define CRC_INIT 0xFFFFFFFFu

/* Goes on from @crc over @len bytes, a multiple of 4. */
uint32_t crc_stm32(uint32_t crc, const uint8_t *data, size_t len);

/* Of @len bytes. @start: CRC_INIT, or another value for a second, independent sum. */
uint32_t crc_zlib(uint32_t start, const uint8_t *data, size_t len);

#endif
