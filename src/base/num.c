/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <string.h>

#include "base/num.h"

static int digit_value(char c, unsigned int base)
{
	int v = -1;

	if (c >= '0' && c <= '9')
		v = c - '0';
	else if (c >= 'a' && c <= 'f')
		v = c - 'a' + 10;
	else if (c >= 'A' && c <= 'F')
		v = c - 'A' + 10;
	return v >= 0 && (unsigned int)v < base ? v : -1;
}

static int parse_up_to(const char *s, size_t len, uint64_t most, uint64_t *val)
{
	unsigned int base = 10;
	uint64_t v = 0;

	if (len > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		base = 16;
		s += 2;
		len -= 2;
	} else if (len > 1 && s[0] == '0') {
		return -1;
	}
	if (!len)
		return -1;
	for (size_t i = 0; i < len; i++) {
		int d = digit_value(s[i], base);

		if (d < 0)
			return -1;
		if (v > (most - (unsigned int)d) / base)
			return -1;
		v = v * base + (unsigned int)d;
	}
	*val = v;
	return 0;
}

static int parse_plain(const char *s, size_t len, uint32_t *val)
{
	uint64_t v;

	if (parse_up_to(s, len, UINT32_MAX, &v) < 0)
		return -1;
	*val = (uint32_t)v;
	return 0;
}

int num_u32(const char *s, uint32_t *val)
{
	return parse_plain(s, strlen(s), val);
}

int num_u64(const char *s, uint64_t *val)
{
	return parse_up_to(s, strlen(s), UINT64_MAX, val);
}

int num_span(const char *s, size_t len, uint32_t *val)
{
	unsigned int shift = 0;
	uint32_t v;

	if (len && (s[len - 1] == 'k' || s[len - 1] == 'K'))
		shift = 10;
	else if (len && s[len - 1] == 'M')
		shift = 20;
	if (parse_plain(s, len - (shift != 0), &v) < 0 || v > UINT32_MAX >> shift)
		return -1;
	*val = v << shift;
	return 0;
}

int num_size(const char *s, uint32_t *val)
{
	return num_span(s, strlen(s), val);
}

/* Is it a hexadecimal number without its 0x? */
static bool is_bare_hex(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (digit_value(s[i], 16) < 0)
			return false;
	return len && len <= 8 && digit_value(s[0], 10) >= 0;
}

int num_address(const char *s, size_t len, uint32_t *val)
{
	int ret = num_span(s, len, val);

	if (is_bare_hex(s, len) && (ret < 0 || (*val && *val < NUM_LOWEST_ADDRESS)))
		return NUM_BARE;
	return ret;
}

int num_seconds(const char *s, int64_t *nsec)
{
	int64_t unit = 1000000000, ns = 0;
	const char *dot = strchr(s, '.');
	size_t len = dot ? (size_t)(dot - s) : strlen(s);
	uint32_t whole;

	if (parse_plain(s, len, &whole) < 0 || (dot && !dot[1]))
		return -1;
	for (const char *p = dot ? dot + 1 : ""; *p; p++) {
		unit /= 10;
		if (digit_value(*p, 10) < 0 || !unit)
			return -1;
		ns += digit_value(*p, 10) * unit;
	}
	*nsec = whole * INT64_C(1000000000) + ns;
	return 0;
}
