/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CRC-32 in two forms.
 *
 * crc_stm32 is that of the STM32's own unit: polynomial 0x04C11DB7, initial value all ones, no
 * reflection, no final XOR, over 32-bit little-endian words, most significant bit first (AN3155, Get
 * Checksum; stm32flash -C prints the same). crc_bytes is over bytes, reflected, inverted at the end,
 * with a polynomial of choice: with CRC_ZLIB that of zlib and Ethernet.
 */
#ifndef BOOTPIN_CRC_H
#define BOOTPIN_CRC_H

#include <stddef.h>
#include <stdint.h>

#define CRC_POLYNOMIAL 0x04C11DB7u
#define CRC_INIT 0xFFFFFFFFu

/* Goes on from @crc over @len bytes, a multiple of 4. */
uint32_t crc_stm32(uint32_t crc, const uint8_t *data, size_t len);

/*
 * Polynomials of crc_bytes, lowest power in the highest bit: that of zlib, and Castagnoli's. They
 * have no factor in common, so that data which agree in one sum agree in the other only where they
 * differ by a multiple of both: no burst of up to 64 bits does. Another start value gives no second
 * sum: of two blocks of one length it changes both sums alike.
 */
#define CRC_ZLIB 0xEDB88320u
#define CRC_CASTAGNOLI 0x82F63B78u

/* Of @len bytes, from @start (CRC_INIT) on. */
uint32_t crc_bytes(uint32_t polynomial, uint32_t start, const uint8_t *data, size_t len);

/* What crc_bytes does with four bits: it goes on from @nibble alone. */
uint32_t crc_of_nibble(uint32_t polynomial, uint32_t nibble);

#endif
