/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "parsers/lines.h"

struct lines lines_of(const uint8_t *text, size_t len)
{
	bool marked = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;

	return (struct lines){ .text = (const char *)text, .len = len, .pos = marked ? 3 : 0 };
}

bool lines_next(struct lines *l, const char **line, size_t *len)
{
	while (l->pos < l->len) {
		size_t end = l->pos, next;

		while (end < l->len && l->text[end] != '\n' && l->text[end] != '\r')
			end++;
		next = end + 1;
		if (next < l->len && l->text[end] == '\r' && l->text[next] == '\n')
			next++;
		*line = l->text + l->pos;
		l->pos = next < l->len ? next : l->len;
		l->line++;
		for (*len = (size_t)(l->text + end - *line); *len; (*len)--) {
			if ((*line)[*len - 1] != ' ' && (*line)[*len - 1] != '\t')
				return true;
		}
	}
	return false;
}

int lines_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

uint8_t lines_byte(const char *s)
{
	return (uint8_t)(lines_digit(s[0]) << 4 | lines_digit(s[1]));
}

int lines_check_digits(const char *line, size_t from, size_t len, struct err *e)
{
	for (size_t i = from; i < len; i++) {
		unsigned char c = (unsigned char)line[i];

		if (lines_digit(line[i]) >= 0)
			continue;
		if (c > ' ' && c <= '~')
			return err_set(e, ERR_IMAGE, "'%c' in column %zu is no hexadecimal digit",
				       c, i + 1);
		return err_set(e, ERR_IMAGE, "byte 0x%02x in column %zu is no hexadecimal digit",
			       c, i + 1);
	}
	return 0;
}

size_t lines_filler(const char *rest, size_t len)
{
	size_t n = 0;

	while (n < len && (rest[n] == '\0' || rest[n] == '\x1a' || rest[n] == ' ' ||
			   rest[n] == '\t'))
		n++;
	return n;
}
