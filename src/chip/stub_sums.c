/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "chip/stub_sums.h"

#define VECTORS 8	/* bytes: stack pointer, entry point */
#define ROUND 16
#define REQUEST 16	/* bytes of its head: nonce, start value, ranges, where results go */
#define RANGE 12	/* address, length of a piece, pieces */
#define RESULT 4
#define TABLE 16u	/* entries at the end of the code: the sum of each nibble */

/* The bytes of stub_sums.S; tests/build/stub_rebuild.sh compares. */
static const uint16_t code[] = {
	0xb672, 0xa41e, 0xa62d, 0xce27, 0x4688, 0x4691, 0x46ac, 0xc501,
	0x4648, 0x3801, 0xd30c, 0x4681, 0xce0e, 0x4693, 0x469a, 0x4650,
	0x3801, 0xd3f5, 0x4682, 0x465a, 0xf000, 0xf80f, 0xc508, 0xe7f6,
	0x4661, 0x1a6a, 0xf000, 0xf809, 0x602b, 0x480e, 0x490e, 0xf3bf,
	0x8f4f, 0x6001, 0xf3bf, 0x8f4f, 0xe7fe, 0x4643, 0x3a01, 0xd30f,
	0x7808, 0x3101, 0x4043, 0x270f, 0x401f, 0x00bf, 0x59e7, 0x091b,
	0x407b, 0x270f, 0x401f, 0x00bf, 0x59e7, 0x091b, 0x407b, 0xe7ed,
	0x43db, 0x4770, 0xed0c, 0xe000, 0x0004, 0x05fa, 0x0000, 0x0000,
	0x1064, 0x1db7, 0x20c8, 0x3b6e, 0x30ac, 0x26d9, 0x4190, 0x76dc,
	0x51f4, 0x6b6b, 0x6158, 0x4db2, 0x713c, 0x5005, 0x8320, 0xedb8,
	0x9344, 0xf00f, 0xa3e8, 0xd6d6, 0xb38c, 0xcb61, 0xc2b0, 0x9b64,
	0xd2d4, 0x86d3, 0xe278, 0xa00a, 0xf21c, 0xbdbd,
};

static size_t results_offset(size_t ranges)
{
	return VECTORS + sizeof(code) + REQUEST + RANGE * ranges;
}

static size_t round_up(size_t len)
{
	return (len + ROUND - 1) / ROUND * ROUND;
}

size_t stub_sums_size(size_t ranges, size_t pieces)
{
	return round_up(results_offset(ranges) + RESULT * (pieces + 2));
}

size_t stub_range_add(struct stub_range *range, size_t ranges, uint32_t addr, uint32_t len)
{
	if (ranges) {
		struct stub_range *last = &range[ranges - 1];

		if (last->len == len && last->addr + last->len * last->pieces == addr) {
			last->pieces++;
			return ranges;
		}
	}
	range[ranges] = (struct stub_range){ addr, len, 1 };
	return ranges + 1;
}

size_t stub_sums_pieces(const struct stub_range *range, size_t ranges)
{
	size_t pieces = 0;

	for (size_t i = 0; i < ranges; i++)
		pieces += range[i].pieces;
	return pieces;
}

uint32_t stub_sums_results(uint32_t at, size_t ranges)
{
	return at + (uint32_t)results_offset(ranges);
}

size_t stub_sums_upload(size_t ranges)
{
	return round_up(results_offset(ranges) + RESULT);
}

void stub_sums_make(uint8_t *buf, uint32_t at, const struct stub_range *range, size_t ranges,
		    uint32_t nonce, uint32_t polynomial)
{
	size_t size = stub_sums_size(ranges, stub_sums_pieces(range, ranges));
	uint8_t *p = buf;

	memset(buf, 0, stub_sums_upload(ranges));
	put_le32(p, at + (uint32_t)size + STUB_SUMS_STACK);
	put_le32(p + 4, (at + VECTORS) | 1);
	p += VECTORS;
	for (size_t i = 0; i < sizeof(code) / sizeof(code[0]); i++, p += 2)
		put_le16(p, code[i]);
	for (uint32_t i = 0; i < TABLE; i++)
		put_le32(p - 4 * (TABLE - i), crc_of_nibble(polynomial, i));
	put_le32(p, nonce);
	put_le32(p + 4, CRC_INIT);
	put_le32(p + 8, (uint32_t)ranges);
	put_le32(p + 12, stub_sums_results(at, ranges));
	p += REQUEST;
	for (size_t i = 0; i < ranges; i++, p += RANGE) {
		put_le32(p, range[i].addr);
		put_le32(p + 4, range[i].len);
		put_le32(p + 8, range[i].pieces);
	}
}

bool stub_sums_take(const uint8_t *raw, size_t pieces, uint32_t nonce, uint32_t polynomial,
		    uint32_t *sum)
{
	size_t len = RESULT * (pieces + 1);

	if (le32(raw) != nonce || le32(raw + len) != crc_bytes(polynomial, CRC_INIT, raw, len))
		return false;
	for (size_t i = 0; i < pieces; i++)
		sum[i] = le32(raw + RESULT * (i + 1));
	return true;
}
