/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "parsers/dfu_suffix.h"
#include "parsers/parser.h"

static int probe_content(const struct parser *p, const uint8_t *data, size_t len)
{
	if (p->magic)
		return len >= p->magic_len && memcmp(data, p->magic, p->magic_len) == 0 ? 100 : 0;
	return p->probe(data, len);
}

const struct parser *parser_by_content(const struct parser *const *formats, const uint8_t *data,
				       size_t len)
{
	const struct parser *best = NULL;
	int most = 0;

	for (size_t i = 0; formats[i]; i++) {
		int sure = probe_content(formats[i], data, len);

		if (sure > most) {
			most = sure;
			best = formats[i];
		}
	}
	return best;
}

static bool has_suffix(const struct parser *p, const char *suffix)
{
	size_t len = strlen(suffix), n;

	for (const char *s = p->suffixes; *s; s += n + (s[n] == ' ')) {
		n = strcspn(s, " ");
		if (n == len && strncasecmp(s, suffix, n) == 0)
			return true;
	}
	return false;
}

static const struct parser *by_name(const struct parser *const *formats, const char *name)
{
	const char *suffix = strrchr(name, '.');

	for (size_t i = 0; suffix && formats[i]; i++) {
		if (has_suffix(formats[i], suffix))
			return formats[i];
	}
	return NULL;
}

const struct parser *parser_pick(const struct parser *const *formats, const uint8_t *data,
				 size_t len, const char *name, struct err *e)
{
	const struct parser *found = parser_by_content(formats, data, len);
	const struct parser *named = by_name(formats, name);
	size_t body;

	if (!found) {
		err_set(e, ERR_IMAGE, "%s: file is empty", name);
		return NULL;
	}
	if (!found->load) {
		err_set(e, ERR_IMAGE, "%s: cannot read %s files; %s", name, found->title,
			found->advice);
		return NULL;
	}
	if (found != &parser_raw || !named)
		return found;
	if (named == &parser_dfuse && dfu_suffix_find(data, len, &body) != DFU_SUFFIX_NONE)
		return found;
	if (!named->load) {
		err_set(e, ERR_IMAGE, "%s: named like %s, but does not begin so", name,
			named->title);
		return NULL;
	}
	return named;
}
