/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A routine for a chip's RAM that sums up ranges of its memory and then resets the chip. The sums
 * are left in RAM, which a system reset does not clear, for the bootloader to read (stub_sums.S).
 *
 * In RAM, one behind the other: the vector table that Go takes (AN3155, Go), the code, the request
 * (a nonce, the start value, the ranges) and the results: the nonce, a sum for each piece, and a
 * sum of all these. The nonce stands there when the routine has run, and not before.
 */
#ifndef BOOTPIN_STUB_SUMS_H
#define BOOTPIN_STUB_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of RAM above the results that must exist: the stack pointer is set there, and not used. */
#define STUB_SUMS_STACK 512

/* @pieces neighbours of @len bytes each, from @addr on; a sum for each. */
struct stub_range { uint32_t addr, len, pieces; };

/* Adds a piece to @range, of which there are @ranges; neighbours of one length become one range.
 * Returns how many ranges there are then. */
size_t stub_range_add(struct stub_range *range, size_t ranges, uint32_t addr, uint32_t len);

/* The number of sums in all. */
size_t stub_sums_pieces(const struct stub_range *range, size_t ranges);

/* Bytes of RAM for all of it, a multiple of 16. */
size_t stub_sums_size(size_t ranges, size_t pieces);

/* Bytes that are uploaded, a multiple of 16: all up to the results' nonce, which is cleared. */
size_t stub_sums_upload(size_t ranges);

/*
 * Writes into @buf the stub_sums_upload bytes for address @at, a multiple of 16. @nonce is not 0,
 * @polynomial is that of the sums (crc_bytes).
 */
void stub_sums_make(uint8_t *buf, uint32_t at, const struct stub_range *range, size_t ranges,
		    uint32_t nonce, uint32_t polynomial);

/* Where the results are, of which 4 * (pieces + 2) bytes are read. */
uint32_t stub_sums_results(uint32_t at, size_t ranges);

/*
 * Takes the sums (crc_bytes) out of what was read there. False if the routine has not run to its end
 * or a bit of its results is wrong.
 */
bool stub_sums_take(const uint8_t *raw, size_t pieces, uint32_t nonce, uint32_t polynomial,
		    uint32_t *sum);

#endif
