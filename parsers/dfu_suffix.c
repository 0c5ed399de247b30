/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/bytes.h"
#include "parsers/dfu_suffix.h"

enum {
	SHORTEST = 16,
	CRC = 4,			/* its length, and how far before the end it is */
	LENGTH = 5,			/* how far before the end */
	SIGNATURE = 8,
	VID = 12,
	PID = 14,
};

/* CRC-32 as in Ethernet, but without the final complement. */
static uint32_t crc_dfu(const uint8_t *data, size_t len)
{
	uint32_t crc = 0xFFFFFFFF;

	for (size_t i = 0; i < len; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
	}
	return crc;
}

enum dfu_suffix dfu_suffix_find(const uint8_t *data, size_t len, size_t *body)
{
	const uint8_t *end = data + len;

	if (len < SHORTEST || memcmp(end - SIGNATURE, "UFD", 3) != 0)
		return DFU_SUFFIX_NONE;
	if (end[-LENGTH] < SHORTEST)
		return DFU_SUFFIX_NONE;
	if (end[-LENGTH] > len || crc_dfu(data, len - CRC) != le32(end - CRC))
		return DFU_SUFFIX_BAD;
	*body = len - end[-LENGTH];
	return DFU_SUFFIX_GOOD;
}

bool dfu_suffix_ids(const uint8_t *data, size_t len, struct dfu_ids *ids)
{
	size_t body;

	if (dfu_suffix_find(data, len, &body) != DFU_SUFFIX_GOOD)
		return false;
	ids->vid = le16(data + len - VID);
	ids->pid = le16(data + len - PID);
	return true;
}
