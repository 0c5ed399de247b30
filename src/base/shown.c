/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/shown.h"

/* Bytes of a UTF-8 character by its first byte, with the least code that needs so many. */
static const struct form {
	uint8_t mask, lead, len;
	uint32_t least;
} forms[] = {
	{ 0x80, 0x00, 1, 0 }, { 0xE0, 0xC0, 2, 0x80 }, { 0xF0, 0xE0, 3, 0x800 },
	{ 0xF8, 0xF0, 4, 0x10000 },
};

/* The character at @s: its code, and its bytes in *@len; 1 byte and no code if it is none. */
static bool decode_character(const uint8_t *s, uint32_t *code, size_t *len)
{
	const struct form *f = forms;

	*len = 1;
	while (f < forms + 4 && (s[0] & f->mask) != f->lead)
		f++;
	if (f == forms + 4)
		return false;
	*code = s[0] & (uint8_t)~f->mask;
	for (size_t i = 1; i < f->len; i++) {
		if ((s[i] & 0xC0) != 0x80)	/* the end of the text, too */
			return false;
		*code = *code << 6 | (s[i] & 0x3F);
	}
	if (*code < f->least || *code > 0x10FFFF || (*code >= 0xD800 && *code <= 0xDFFF))
		return false;
	*len = f->len;
	return true;
}

static bool is_harmless(uint32_t code)
{
	static const struct { uint32_t first, last; } harmful[] = {
		{ 0, 0x1F }, { 0x7F, 0x9F }, { 0x2028, 0x202E }, { 0x2066, 0x2069 },
	};

	for (size_t i = 0; i < sizeof(harmful) / sizeof(harmful[0]); i++)
		if (code >= harmful[i].first && code <= harmful[i].last)
			return false;
	return true;
}

const char *shown(const char *text, char *out, size_t size)
{
	char *at = out, escaped[4 * 4 + 1];
	uint32_t code;
	size_t len;

	for (const uint8_t *s = (const uint8_t *)text; *s; s += len) {
		const void *bytes = s;
		size_t n;

		if (decode_character(s, &code, &len) && is_harmless(code)) {
			n = len;
		} else {
			for (n = 0; n < 4 * len; n += 4)
				snprintf(escaped + n, 5, "\\x%02x", s[n / 4]);
			bytes = escaped;
		}
		if (n >= size - (size_t)(at - out))
			break;
		memcpy(at, bytes, n);
		at += n;
	}
	*at = '\0';
	return out;
}
