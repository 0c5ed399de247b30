/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "parsers/textual.h"

enum encoding { NO_TEXT, UTF8, EIGHT_BIT, UTF16, UTF16LE, UTF16BE, ENCODINGS };

#define OTHER '?'
#define SHORTEST_8BIT 16		/* bytes: a few may be anything */
#define SHORTEST_UTF16 4		/* characters */
#define BEGINNING 1024			/* of a web page: its <html> or <body> is in there */

static bool is_control(unsigned int c)
{
	return (c < ' ' && !(c >= '\t' && c <= '\r')) || c == 0x7F;
}

/* Fillers behind a text: ^Z, which ends CP/M's text files, and padding. */
static bool is_filler(unsigned int c)
{
	return c == 0 || c == 0x1A;
}

static bool mostly_ascii(size_t ascii, size_t all)
{
	return ascii >= all - all / 4;
}

/* ---- 8 bits ---- */

/* Bytes of the UTF-8 sequence at @p, one of @len; 0: it is none. */
static size_t utf8_length(const uint8_t *p, size_t len)
{
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 :
		   p[0] < 0xF5 ? 4 : 0;

	if (n > len)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	return n;
}

static bool is_utf8(const uint8_t *data, size_t len)
{
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = utf8_length(data + i, len - i);
		if (!n)
			return false;
	}
	return true;
}

static enum encoding look_at_bytes(const uint8_t *data, size_t len)
{
	size_t ascii = 0;

	while (len && is_filler(data[len - 1]))
		len--;
	for (size_t i = 0; i < len; i++) {
		if (is_control(data[i]))
			return NO_TEXT;
		ascii += data[i] < 0x80;
	}
	if (!len)
		return NO_TEXT;
	if (is_utf8(data, len))
		return UTF8;
	return len >= SHORTEST_8BIT && mostly_ascii(ascii, len) ? EIGHT_BIT : NO_TEXT;
}

/* ---- 16 bits ---- */

static unsigned int unit(const uint8_t *data, size_t i, bool big)
{
	return (unsigned int)data[2 * i + !big] << 8 | data[2 * i + big];
}

/* The second half of a pair follows each first half, and nothing else. */
static bool is_paired(unsigned int c, unsigned int before)
{
	return ((c & 0xFC00) == 0xDC00) == ((before & 0xFC00) == 0xD800);
}

static bool is_utf16(const uint8_t *data, size_t len, bool big)
{
	size_t n = len / 2, ascii = 0;
	unsigned int c = 0, before = 0;
	bool marked = n && unit(data, 0, big) == 0xFEFF;

	while (n && is_filler(unit(data, n - 1, big)))
		n--;
	for (size_t i = 0; i < n; i++, before = c) {
		c = unit(data, i, big);
		if (is_control(c) || c >= 0xFFFE || !is_paired(c, before))
			return false;
		ascii += c < 0x80;
	}
	return marked ? n > 1 : n >= SHORTEST_UTF16 && mostly_ascii(ascii, n);
}

static enum encoding look_at_units(const uint8_t *data, size_t len)
{
	bool little = is_utf16(data, len, false);

	if (!little && !is_utf16(data, len, true))
		return NO_TEXT;
	if (unit(data, 0, !little) == 0xFEFF)
		return UTF16;
	return little ? UTF16LE : UTF16BE;
}

/* ---- what the text is ---- */

/* The text without fillers; OTHER stands for what is not ASCII. NULL: no memory. */
static char *plain_text(const uint8_t *data, size_t len, enum encoding how)
{
	bool wide = how >= UTF16, big = how == UTF16BE || (how == UTF16 && data[0] == 0xFE);
	size_t n = wide ? len / 2 : len;
	char *text = malloc(n + 1);
	size_t used = 0;

	for (size_t i = 0; text && i < n; i++) {
		unsigned int c = wide ? unit(data, i, big) : data[i];

		if (is_filler(c))
			continue;
		if (c < 0x80)
			text[used++] = (char)c;
		else if (used)			/* a byte order mark has nothing before it */
			text[used++] = OTHER;
	}
	if (text)
		text[used] = '\0';
	return text;
}

static size_t hex_digits(const char *s)
{
	return strspn(s, "0123456789abcdefABCDEF");
}

static const char *skip_blank(const char *s)
{
	return s + strspn(s, " \t\n\v\f\r");
}

static const char *next_line(const char *s)
{
	return skip_blank(s + strcspn(s, "\r\n"));
}

static bool begins(const char *s, const char *with)
{
	return strncasecmp(s, with, strlen(with)) == 0;
}

static bool is_lfs(const char *s)
{
	return begins(s, "version https://git-lfs.github.com/spec/") ||
	       begins(s, "version https://hawser.github.com/spec/");
}

/* Is any of the tags that only web pages have in the beginning of @s? */
static bool is_web_page(const char *s)
{
	static const char *const tags[] = { "<!doctype html", "<html", "<head>", "<body" };

	if (*s != '<')
		return false;
	for (size_t at = 0; at < BEGINNING && s[at]; at++)
		for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
			if (begins(s + at, tags[i]))
				return true;
	return false;
}

static bool is_markup(const char *s)
{
	return *s == '<';
}

static bool is_json(const char *s)
{
	const char *in = skip_blank(s + (*s != '\0'));

	return (*s == '{' && (*in == '"' || *in == '}')) ||
	       (*s == '[' && *in && (strchr("{[\"]-", *in) || isdigit((unsigned char)*in) ||
				     begins(in, "null") || begins(in, "true") ||
				     begins(in, "false")));
}

static bool is_ihex(const char *s)
{
	for (; *s; s = next_line(s))
		if (*s == ':' && hex_digits(s + 1) >= 10)
			return true;
	return false;
}

static bool is_srec(const char *s)
{
	for (; *s; s = next_line(s))
		if (*s == 'S' && isdigit((unsigned char)s[1]) && hex_digits(s + 2) >= 8)
			return true;
	return false;
}

/* "@ADDR", then bytes, "q" at the end. Others write the same without it, or wider words. */
static bool is_at_address(const char *s)
{
	size_t n = *s == '@' ? hex_digits(s + 1) : 0;
	const char *behind = skip_blank(s + n + (n > 0));

	return n && behind > s + n + 1 && hex_digits(behind) >= 2;
}

static bool is_ti_txt(const char *s)
{
	if (!is_at_address(s))
		return false;
	for (; *s; s = next_line(s))
		if ((s[0] == 'q' || s[0] == 'Q') && !*skip_blank(s + 1))
			return true;
	return false;
}

static bool is_any(const char *s)
{
	(void)s;
	return true;
}

#define TO_HEX "convert it with: srec_cat IN "
#define FROM(encoding, out) "convert it with: iconv -f " encoding " -t ASCII IN >OUT." out
#define OBJCOPY "arm-none-eabi-objcopy -I srec -O ihex IN OUT.hex"

#define WIDE(text, out)						\
	{ [UTF16] = { text, FROM("UTF-16", out), false },	\
	  [UTF16LE] = { text, FROM("UTF-16LE", out), false },	\
	  [UTF16BE] = { text, FROM("UTF-16BE", out), false } }

static const struct {
	bool (*is)(const char *s);	/* from the first character that is not blank */
	struct textual look;
	struct textual wide[ENCODINGS];	/* in UTF-16, where that makes a difference */
} kinds[] = {
	{ is_lfs, { "a Git LFS pointer", "fetch the file itself with: git lfs pull", false }, { { 0 } } },
	{ is_web_page, { "a web page", NULL, false }, { { 0 } } },
	{ is_markup, { "XML or a web page", NULL, false }, { { 0 } } },
	{ is_json, { "JSON", NULL, false }, { { 0 } } },
	{ is_ti_txt, { "TI-TXT", TO_HEX "-ti_txt -o OUT.hex -intel", false }, { { 0 } } },
	{ is_at_address, { "hexadecimal text (Verilog or TI-TXT)", NULL, false }, { { 0 } } },
	{ is_ihex, { "Intel HEX behind a comment", "remove what is before the first ':'", false },
	  WIDE("Intel HEX in UTF-16", "hex") },
	{ is_srec, { "Motorola S-records behind other text",
		     "remove what is before the first record, and convert the rest with: " OBJCOPY,
		     false },
	  WIDE("Motorola S-records in UTF-16", "s19") },
	{ is_any, { "plain text", NULL, true }, { { 0 } } },
};

static struct textual name_kind(const char *s, enum encoding how)
{
	size_t i = 0;

	while (!kinds[i].is(s))
		i++;
	return kinds[i].wide[how].what ? kinds[i].wide[how] : kinds[i].look;
}

bool textual_look(const uint8_t *data, size_t len, struct textual *t)
{
	enum encoding how = look_at_bytes(data, len);
	char *text;

	if (how == NO_TEXT)
		how = len >= 2 ? look_at_units(data, len) : NO_TEXT;
	if (how == NO_TEXT)
		return false;
	text = plain_text(data, len, how);
	*t = name_kind(text ? skip_blank(text) : "", how);
	free(text);
	return true;
}
