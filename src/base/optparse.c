/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "base/optparse.h"

/* One parsing. */
struct parsing {
	const struct optparse *p;
	void *target;
	char **words;
	char **next;			/* the words that are left */
};

static bool is_enough(const struct parsing *a)
{
	return a->p->enough && a->p->enough(a->target);
}

/* Does what @row says. */
static int apply_row(const struct parsing *a, const struct opt_row *row, const char *arg,
		     struct err *e)
{
	char *target = a->target;

	if (row->action && a->p->act(target, row->action, e) < 0)
		return -1;
	if (row->flag)
		*(bool *)(target + row->flag) = true;
	if (row->string)
		*(const char **)(target + row->string) = arg;
	if (row->set && row->set(target, arg, e) < 0)
		return -1;
	return row->set_named ? row->set_named(target, row->name, arg, e) : 0;
}

/* The argument that follows as a word of its own; NULL with @e set if there is none. */
static const char *next_word(struct parsing *a, const struct opt_row *row, const char *spelled,
			     struct err *e)
{
	if (*a->next)
		return *a->next++;
	err_set(e, ERR_USAGE, "'%s' needs an argument: %s", spelled, row->metavar);
	return NULL;
}

static const struct opt_row *row_by_letter(const struct opt_row *rows, char letter)
{
	for (const struct opt_row *r = rows; r->name; r++)
		if (r->letter == letter)
			return r;
	return NULL;
}

static const struct opt_row *row_by_name(const struct opt_row *rows, const char *name, size_t len)
{
	for (const struct opt_row *r = rows; r->name; r++)
		if (strlen(r->name) == len && !memcmp(r->name, name, len))
			return r;
	return NULL;
}

/* The long name that was probably meant: one that begins so, or the nearest. NULL: none is near. */
static const char *nearest_name(const struct opt_row *rows, const char *name, size_t len)
{
	size_t least = near_enough(len) + 1;
	const char *nearest = NULL;

	for (const struct opt_row *r = rows; r->name && len; r++) {
		size_t rank = near_rank(name, len, r->name);

		if (rank < least) {
			least = rank;
			nearest = r->name;
		}
	}
	return nearest;
}

static int unknown_name(const struct opt_row *rows, const char *word, size_t len, struct err *e)
{
	const char *nearest = nearest_name(rows, word + 2, len - 2);

	err_set(e, ERR_USAGE, "unknown option '%.*s'", (int)len, word);
	if (nearest)
		err_append(e, "; did you mean '--%s'?", nearest);
	return -1;
}

/* @word: "--name" or "--name=value". */
static int parse_name(struct parsing *a, const char *word, struct err *e)
{
	size_t len = strcspn(word, "=");
	const char *arg = word[len] ? word + len + 1 : NULL;
	const struct opt_row *row = row_by_name(a->p->rows, word + 2, len - 2);
	char spelled[OPT_NAME_MAX + 3];

	if (!row)
		return unknown_name(a->p->rows, word, len, e);
	snprintf(spelled, sizeof(spelled), "--%s", row->name);
	if (arg && row->arg == OPT_NONE)
		return err_set(e, ERR_USAGE, "'%s' takes no argument", spelled);
	if (!arg && row->arg == OPT_REQUIRED) {
		arg = next_word(a, row, spelled, e);
		if (!arg)
			return -1;
	}
	return apply_row(a, row, arg, e);
}

/* "-reset", "-baud=9600" */
static int check_dash(const struct optparse *p, const char *word, struct err *e)
{
	size_t len = strcspn(word, "=");
	const struct opt_row *row = len > 2 ? row_by_name(p->rows, word + 1, len - 1) : NULL;

	if (row)
		return err_set(e, ERR_USAGE, "'%.*s': a long option has two dashes, '--%s'", (int)len,
			       word, row->name);
	return 0;
}

/* @word: "-v", "-vR" or, the last with its argument, "-vw FILE", "-b115200". */
static int parse_letters(struct parsing *a, const char *word, struct err *e)
{
	if (check_dash(a->p, word, e) < 0)
		return -1;
	for (const char *p = word + 1; *p && !is_enough(a); p++) {
		const struct opt_row *row = row_by_letter(a->p->rows, *p);
		const char spelled[] = { '-', *p, '\0' };
		const char *arg = NULL;

		if (!row)
			return err_set(e, ERR_USAGE, "unknown option '%s'", spelled);
		if (row->arg == OPT_REQUIRED) {
			arg = p[1] ? p + 1 : next_word(a, row, spelled, e);
			if (!arg)
				return -1;
		}
		if (apply_row(a, row, arg, e) < 0)
			return -1;
		if (arg)
			break;
	}
	return 0;
}

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1];
}

/* Takes words up to "--", or to the first that is no option where those are not asked for. */
static int parse_options(struct parsing *a, struct err *e)
{
	while (*a->next && !is_enough(a)) {
		const char *word = *a->next;
		int ret;

		if (!is_option(word) && !a->p->word)
			return 0;
		if (strcmp(word, "--") && a->p->look &&
		    a->p->look(a->p->rows, a->words, a->next, e) < 0)
			return -1;
		a->next++;
		if (!strcmp(word, "--"))
			return 0;
		if (!is_option(word))
			ret = a->p->word(a->target, word, e);
		else if (word[1] != '-')
			ret = parse_letters(a, word, e);
		else
			ret = parse_name(a, word, e);
		if (ret < 0)
			return -1;
	}
	return 0;
}

char **optparse(const struct optparse *p, void *target, char **words, struct err *e)
{
	struct parsing a = { .p = p, .target = target, .words = words, .next = words };

	if (parse_options(&a, e) < 0)
		return NULL;
	while (p->word && *a.next && !is_enough(&a))
		if (p->word(target, *a.next++, e) < 0)
			return NULL;
	return a.next;
}

size_t optparse_span(const struct opt_row *rows, const char *word)
{
	const struct opt_row *row = NULL;

	if (word[0] != '-')
		return 1;
	if (word[1] == '-') {
		row = row_by_name(rows, word + 2, strlen(word + 2));
		return row && row->arg == OPT_REQUIRED ? 2 : 1;
	}
	for (const char *p = word + 1; *p; p++) {
		row = row_by_letter(rows, *p);
		if (row && row->arg == OPT_REQUIRED)
			return p[1] ? 1 : 2;
	}
	return 1;
}

const struct opt_row *optparse_row(const struct opt_row *rows, const char *name)
{
	return row_by_name(rows, name, strlen(name));
}

/* Is @name one of @names, which have blanks between them? */
static bool is_among(const char *names, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = names; p && *p; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");

		if (n == len && !memcmp(p, name, n))
			return true;
		p += n;
	}
	return false;
}

bool optparse_rivals(const struct opt_row *a, const struct opt_row *b)
{
	return a == b || (a->action && b->action) || is_among(a->instead_of, b->name) ||
	       is_among(b->instead_of, a->name);
}

/* Whether @word, "-vR" or "-b115200", has the letter. */
static bool has_letter(const struct opt_row *rows, const char *word, char letter)
{
	for (const char *p = word + 1; *p; p++) {
		const struct opt_row *row = row_by_letter(rows, *p);

		if (*p == letter)
			return true;
		if (row && row->arg == OPT_REQUIRED)
			return false;
	}
	return false;
}

static bool has_option(const struct opt_row *rows, const char *word, const struct opt_row *row)
{
	size_t len = strlen(row->name);

	if (word[0] != '-' || word[1] != '-')
		return word[0] == '-' && row->letter && has_letter(rows, word, row->letter);
	return !strncmp(word + 2, row->name, len) && (!word[2 + len] || word[2 + len] == '=');
}

char *const *optparse_find(const struct opt_row *rows, char *const *words, const struct opt_row *row)
{
	while (*words && strcmp(*words, "--")) {
		if (has_option(rows, *words, row))
			return words;
		if (optparse_span(rows, *words++) > 1 && *words)
			words++;
	}
	return NULL;
}

static bool has_letters(const struct opt_row *rows)
{
	for (const struct opt_row *r = rows; r->name; r++)
		if (r->letter)
			return true;
	return false;
}

/* "  -b, --baud RATE", in @text; @indent stands where a letter would. */
static int help_name(const struct opt_row *r, const char *indent, char *text, size_t size)
{
	const char letter[] = { ' ', ' ', '-', r->letter, ',', ' ', '\0' };
	bool optional = r->arg == OPT_OPTIONAL;

	return snprintf(text, size, "%s--%s%s%s%s", r->letter ? letter : indent, r->name,
			!r->metavar ? "" : optional ? "[=" : " ", r->metavar ? r->metavar : "",
			r->metavar && optional ? "]" : "");
}

void optparse_help(const struct opt_row *rows, int column,
		   void (*line)(void *to, const char *text), void *to)
{
	const char *indent = has_letters(rows) ? "      " : "  ";
	char name[80], text[200];

	for (const struct opt_row *r = rows; r->name; r++) {
		if (r->heading) {
			snprintf(text, sizeof(text), "%s:", r->heading);
			line(to, "");
			line(to, text);
		}
		if (help_name(r, indent, name, sizeof(name)) >= column) {
			line(to, name);
			name[0] = '\0';
		}
		snprintf(text, sizeof(text), "%-*s%s", column, name, r->help);
		line(to, text);
	}
}
