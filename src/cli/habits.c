/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"
#include "cli/habit_table.h"
#include "cli/habits.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define PIECES_MAX 3
#define WORD_LEAST 3	/* characters, a dash among them */
/* A longer line would leave no room in an error's message. */
#define LINE_LEN 320

/* A row that fits: the pieces of the user's words, and how many words it took. */
struct match {
	struct piece { const char *text; size_t len; } piece[PIECES_MAX];
	size_t pieces, words;
};

/* ---- words ---- */

static void add_piece(struct match *m, const char *text, size_t len)
{
	if (m->pieces < PIECES_MAX)
		m->piece[m->pieces++] = (struct piece){ text, len };
}

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1];
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

/* Each of these says whether all of a word is of its kind, and where its piece begins. */
static const char *take_number(const char *word)
{
	uint32_t n;

	return num_u32(word, &n) < 0 ? NULL : word;
}

static const char *take_argument(const char *word)
{
	return *word && !is_option(word) ? word : NULL;
}

/* "ttyUSB0" and "dev/ttyUSB0", but for a file of that name here. */
static const char *take_node(const char *word)
{
	static const char *const begins[] = { "tty", "i2c-", "serial/", "serial0", "serial1",
					     "rfcomm" };
	const char *name = strncmp(word, "dev/", 4) ? word : word + 4;

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (!strncmp(name, begins[i], strlen(begins[i])) && !is_there(word))
			return name;
	return NULL;
}

/* "nBOOT0=1" */
static const char *take_assignment(const char *word)
{
	size_t len = strspn(word, LETTERS "_");

	return len && word[len] == '=' && word[len + 1] ? word : NULL;
}

static bool is_named_like_an_image(const char *name, size_t len)
{
	static const char *const suffixes[] = {
		".hex", ".ihex", ".ihx", ".bin", ".elf", ".axf", ".out", ".srec", ".s19", ".s28",
		".s37", ".mot", ".dfu", ".uf2", ".img",
	};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		size_t n = strlen(suffixes[i]);

		if (len > n && !strncasecmp(name + len - n, suffixes[i], n))
			return true;
	}
	return false;
}

/* "fw.hex", "fw.bin@0x08000000", or any regular file. */
static const char *take_file(const char *word)
{
	const char *at = strrchr(word, '@');
	struct stat st;

	if (is_option(word))
		return NULL;
	if (stat(word, &st) == 0)
		return S_ISREG(st.st_mode) ? word : NULL;
	if (strchr(word, ':') || !strncmp(word, "/dev/", 5))
		return NULL;
	return is_named_like_an_image(word, at ? (size_t)(at - word) : strlen(word)) ? word : NULL;
}

static const struct {
	const char *name;
	const char *(*take)(const char *word);
} kinds[] = {
	{ "#", take_number }, { "*", take_argument }, { "<node>", take_node },
	{ "<file>", take_file }, { "<set>", take_assignment },
};

/*
 * Two texts of @len characters, '_' in @word as good as '-'. Words are known in capitals, too:
 * "-Rst", "port=swd"; of one letter, the two are different options.
 */
static bool is_same(const char *pattern, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (word[i] != pattern[i] && !(word[i] == '_' && pattern[i] == '-') &&
		    (len < WORD_LEAST ||
		     tolower((unsigned char)word[i]) != tolower((unsigned char)pattern[i])))
			return false;
	return true;
}

/* A pattern's literal part, and the piece where its star stands, if it has one. */
static bool match_literal(const char *pattern, size_t len, const char *word, struct match *m)
{
	const char *star = memchr(pattern, '*', len);
	size_t before = star ? (size_t)(star - pattern) : len, n = strlen(word);
	size_t behind = star ? len - before - 1 : 0;

	if (star ? n <= before + behind : n != len)
		return false;
	if (!is_same(pattern, word, before) ||
	    !is_same(pattern + len - behind, word + n - behind, behind))
		return false;
	if (star)
		add_piece(m, word + before, n - before - behind);
	return true;
}

/* @pattern: one word of a row, of @len characters; a kind may stand behind a literal. */
static bool match_word(const char *pattern, size_t len, const char *word, struct match *m)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t n = strlen(kinds[i].name), before = len - n;
		const char *piece;

		if (len < n || strncmp(pattern + before, kinds[i].name, n))
			continue;
		if (before && kinds[i].take == take_argument)
			continue;	/* a star inside a word */
		if (strlen(word) < before || !is_same(pattern, word, before))
			return false;
		piece = kinds[i].take(word + before);
		if (piece)
			add_piece(m, piece, strlen(piece));
		return piece;
	}
	return match_literal(pattern, len, word, m);
}

/* ---- rows ---- */

static bool has_word(char **words, const char *pattern)
{
	struct match unused = { 0 };

	for (; *words; words++)
		if (match_word(pattern, strlen(pattern), *words, &unused))
			return true;
	return false;
}

static bool match_row(const struct habit *row, char **words, char **at, struct match *m)
{
	*m = (struct match){ 0 };
	for (const char *p = row->words; *p; p += strspn(p, " ")) {
		size_t len = strcspn(p, " ");

		if (!at[m->words] || !match_word(p, len, at[m->words], m))
			return false;
		m->words++;
		p += len;
	}
	return !row->with || has_word(words, row->with);
}

/* The first row that fits at @at. A device that is there is a PORT, whatever it is called. */
static const struct habit *find_habit(char **words, char **at, struct match *m)
{
	struct stat st;
	bool is_port = !is_option(*at) && stat(*at, &st) == 0 && S_ISCHR(st.st_mode);

	for (const struct habit *row = habit_table; row->words && !is_port; row++)
		if (match_row(row, words, at, m))
			return row;
	return NULL;
}

/* ---- the line in bootpin's spelling ---- */

struct line {
	char text[LINE_LEN];
	size_t len;
	bool cut, has_port;
	char **unspelled;	/* the first words that there is only advice for; NULL: none */
};

static void add_text(struct line *l, const char *text, size_t len)
{
	if (len >= sizeof(l->text) - l->len) {
		l->cut = true;
		return;
	}
	memcpy(l->text + l->len, text, len);
	l->len += len;
	l->text[l->len] = '\0';
}

/* As a shell needs it. */
static void add_quoted(struct line *l, const char *text, size_t len)
{
	static const char plain[] = LETTERS "_./:=,@%+-";
	bool quotes = !len;

	for (size_t i = 0; i < len; i++)
		quotes |= !strchr(plain, text[i]) && (unsigned char)text[i] < 0x80;
	if (!quotes) {
		add_text(l, text, len);
		return;
	}
	add_text(l, "'", 1);
	for (size_t i = 0; i < len; i++)
		add_text(l, text[i] == '\'' ? "'\\''" : text + i, text[i] == '\'' ? 4 : 1);
	add_text(l, "'", 1);
}

/* Spellings that need no PORT. */
static bool is_enough(const char *here)
{
	return !strncmp(here, "--list-", 7) || !strcmp(here, "--help") || !strcmp(here, "--version");
}

static void add_habit(struct line *l, const char *here, const struct match *m)
{
	add_text(l, " ", 1);
	if (m->pieces && !strcmp(here, "%1") &&
	    take_node(m->piece[0].text) == m->piece[0].text)
		add_text(l, "/dev/", 5);
	for (const char *p = here; *p; p++) {
		size_t n = p[0] == '%' ? (size_t)(p[1] - '1') : PIECES_MAX;

		if (n >= m->pieces)
			add_text(l, p, 1);
		else
			add_quoted(l, m->piece[n].text, m->piece[n].len);
		p += n < m->pieces;
	}
	l->has_port |= here[0] != '-' || strstr(here, " /") || is_enough(here);
}

static void add_words(struct line *l, char **at, size_t count)
{
	for (size_t i = 0; i < count && at[i]; i++) {
		add_text(l, " ", 1);
		add_quoted(l, at[i], strlen(at[i]));
	}
	l->has_port |= !is_option(at[0]);
}

/* The whole line; words that bootpin takes stay as they are. */
static void respell_line(struct line *l, const struct opt_row *rows, char **words)
{
	char **at = words;
	struct match m;

	add_text(l, "bootpin", 7);
	while (*at && strcmp(*at, "--")) {
		const struct habit *row = find_habit(words, at, &m);
		size_t count = row ? m.words : optparse_span(rows, *at);

		if (!row)
			add_words(l, at, count);
		else if (row->advice && !l->unspelled)
			l->unspelled = at;
		else if (row->here && *row->here)
			add_habit(l, row->here, &m);
		while (count-- && *at)
			at++;
	}
	for (; *at; at++)
		add_words(l, at, 1);
	if (!l->has_port)
		add_text(l, " PORT", 5);
}

/* The words of @m, as they were typed. */
static void join_words(struct line *l, char **at, const struct match *m)
{
	*l = (struct line){ 0 };
	for (size_t i = 0; i < m->words; i++) {
		add_text(l, " ", i > 0);
		add_text(l, at[i], strlen(at[i]));
	}
}

int habits_check(const struct opt_row *rows, char **words, char **at, struct err *e)
{
	struct line typed, line = { 0 };
	const struct habit *row;
	struct match m;

	row = find_habit(words, at, &m);
	if (!row)
		return 0;
	respell_line(&line, rows, words);
	if (line.unspelled) {
		row = find_habit(words, line.unspelled, &m);
		join_words(&typed, line.unspelled, &m);
		return err_set(e, ERR_USAGE, "'%.100s': %s", typed.text, row->advice);
	}
	if (line.cut) {
		line = (struct line){ 0 };
		add_habit(&line, row->here, &m);
	}
	join_words(&typed, at, &m);
	return err_set(e, ERR_USAGE, "'%.100s' %s; here it is: %s", typed.text,
		       row->why ? row->why : "is another program's",
		       line.text + strspn(line.text, " "));
}
