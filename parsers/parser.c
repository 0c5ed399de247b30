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

bool parser_reads(const struct parser *p)
{
	return p->load || p->unpack;
}

static bool has_suffix(const struct parser *p, const char *suffix, size_t len)
{
	size_t n;

	for (const char *s = p->suffixes; *s; s += n + (s[n] == ' ')) {
		n = strcspn(s, " ");
		if (n == len && strncasecmp(s, suffix, n) == 0)
			return true;
	}
	return false;
}

/* By the last suffix of the first @len characters of a name. */
static const struct parser *by_name(const struct parser *const *formats, const char *name,
				    size_t len)
{
	const char *suffix = memrchr(name, '.', len);

	for (size_t i = 0; suffix && formats[i]; i++) {
		if (has_suffix(formats[i], suffix, len - (size_t)(suffix - name)))
			return formats[i];
	}
	return NULL;
}

/* The format that a name promises; of what came out of it, that before the packer's suffix. */
static const struct parser *promised(const struct parser *const *formats, const char *name,
				     bool unpacked)
{
	const struct parser *named = by_name(formats, name, strlen(name));
	const char *suffix = strrchr(name, '.');

	if (!unpacked || !named || !named->unpack)
		return named;
	return by_name(formats, name, (size_t)(suffix - name));
}

const struct parser *parser_pick(const struct parser *const *formats, const uint8_t *data,
				 size_t len, const char *name, bool unpacked, struct err *e)
{
	const struct parser *found = parser_by_content(formats, data, len);
	const struct parser *named = promised(formats, name, unpacked);
	size_t body;

	if (!found) {
		err_set(e, ERR_IMAGE, "%s: file is empty", name);
		return NULL;
	}
	if (!parser_reads(found)) {
		err_set(e, ERR_IMAGE, "%s: cannot read %s files; %s", name, found->title,
			found->advice);
		return NULL;
	}
	if (found != &parser_raw || !named)
		return found;
	if (named->suffixed && dfu_suffix_find(data, len, &body) != DFU_SUFFIX_NONE)
		return found;
	/* Intel HEX may be broken in its first line, which its own error tells best. */
	if (named != &parser_ihex && named != &parser_raw) {
		err_set(e, ERR_IMAGE, "%s: named like %s, but does not begin so", name,
			named->title);
		return NULL;
	}
	return named;
}

const struct parser *parser_to_save(const struct parser *const *formats, const char *name)
{
	const struct parser *named = by_name(formats, name, strlen(name));

	return named && named->saver ? named : &parser_raw;
}
