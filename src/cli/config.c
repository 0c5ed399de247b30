/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/same_file.h"
#include "cli/config.h"
#include "cli/options.h"

#define NAME "config"
#define OPTION "--" NAME
#define BLANKS " \t\r\n"
#define LINE_SIZE 8192		/* with its NUL: a file of the longest name, quoted */

/* ---- a line of the file ---- */

/* Takes the quotes off @value, in place. */
static int unquote(char *value, struct err *e)
{
	char *to = value, *from = value + 1;

	for (; *from && *from != '"'; *to++ = *from++)
		if (*from == '\\' && from[1])
			from++;
	if (!*from)
		return err_set(e, ERR_USAGE, "a quote has no end");
	if (from[1])
		return err_set(e, ERR_USAGE, "'%s' stands behind a quote's end", from + 1);
	*to = '\0';
	return 0;
}

/* Splits @line, in place, into *name and *value, NULL if it has none. *name is NULL in an empty line. */
static int split(char *line, char **name, char **value, struct err *e)
{
	char *end = line + strlen(line);

	while (end > line && strchr(BLANKS, end[-1]))
		*--end = '\0';
	*name = line + strspn(line, BLANKS);
	*value = NULL;
	if (!**name || **name == '#') {
		*name = NULL;
		return 0;
	}
	if (!strncmp(*name, "--", 2))
		*name += 2;
	end = *name + strcspn(*name, BLANKS "=:");
	if (!*end)
		return 0;
	*value = end + strspn(end, BLANKS);
	if (**value == '=' || **value == ':')
		*value += 1 + strspn(*value + 1, BLANKS);
	*end = '\0';
	return **value == '"' ? unquote(*value, e) : 0;
}

/* "--name=value" or "--name", malloc'ed. */
static char *make_word(const char *name, const char *value)
{
	size_t size = strlen(name) + (value ? strlen(value) : 0) + 4;
	char *word = malloc(size);

	if (word)
		snprintf(word, size, "--%s%s%s", name, value ? "=" : "", value ? value : "");
	return word;
}

/* Whether it is an option, for itself. */
static int try_word(char *word, struct err *e)
{
	struct request scratch;
	int ret = options_take(&scratch, (char *[]){ word, NULL }, e);

	options_free(&scratch);
	return ret;
}

static int add_own(struct config *c, char *word, struct err *e)
{
	char **more = realloc(c->own, (c->own_count + 1) * sizeof(*more));

	if (!more) {
		free(word);
		return err_set(e, ERR_OTHER, "out of memory");
	}
	c->own = more;
	c->own[c->own_count++] = word;
	return 0;
}

/* Does the command line, @words, answer what @row is about? */
static bool is_answered(const struct opt_row *row, char *const *words)
{
	for (const struct opt_row *r = option_table; r->name; r++)
		if (optparse_rivals(row, r) && optparse_find(option_table, words, r))
			return true;
	return false;
}

static int take_line(struct config *c, char *line, char **words, struct err *e)
{
	const struct opt_row *row;
	char *name, *value, *word;

	if (split(line, &name, &value, e) < 0 || !name)
		return e->code == ERR_NONE ? 0 : -1;
	word = make_word(name, value);
	if (!word)
		return err_set(e, ERR_OTHER, "out of memory");
	if (try_word(word, e) < 0) {
		free(word);
		return -1;
	}
	row = optparse_row(option_table, name);
	if (row && is_answered(row, words)) {
		free(word);
		return 0;
	}
	return add_own(c, word, e);
}

/* ---- the file ---- */

/* A line of @file without its end. 1, 0 if there is none, or -1 with @e set. */
static int next_line(FILE *file, char line[LINE_SIZE], struct err *e)
{
	size_t len = 0;
	int c;

	while ((c = getc(file)) != EOF && c != '\n') {
		if (!c)
			return err_set(e, ERR_USAGE, "a NUL byte: this is no text file");
		if (len == LINE_SIZE - 1)
			return err_set(e, ERR_USAGE, "a line of more than %d bytes", LINE_SIZE - 1);
		line[len++] = (char)c;
	}
	line[len] = '\0';
	return len || c == '\n';
}

static int read_file(struct config *c, const char *path, char **words, struct err *e)
{
	FILE *file = fopen(path, "re");
	unsigned int number = 1;
	char line[LINE_SIZE];
	int ret;

	if (!file)
		return err_sys(e, ERR_USAGE, errno, OPTION " '%s'", path);
	while ((ret = next_line(file, line, e)) > 0 && take_line(c, line, words, e) == 0)
		number++;
	if (e->code != ERR_NONE)
		ret = err_wrap(e, "%s:%u", path, number);
	if (ret == 0 && ferror(file))
		ret = err_sys(e, ERR_USAGE, errno, OPTION " '%s'", path);
	fclose(file);
	return ret;
}

/* The words of the file in front of those of the command line, without the option itself. */
static int join(struct config *c, char **words, char *const *at, size_t span, struct err *e)
{
	size_t count = 0, n = 0;
	char **all;

	while (words[count])
		count++;
	all = malloc((c->own_count + count + 1) * sizeof(*all));
	if (!all)
		return err_set(e, ERR_OTHER, "out of memory");
	for (size_t i = 0; i < c->own_count; i++)
		all[n++] = c->own[i];
	for (char **w = words; *w; w++)
		if (w < at || w >= at + span)
			all[n++] = *w;
	all[n] = NULL;
	c->words = c->joined = all;
	return 0;
}

int config_open(struct config *c, char **words, struct err *e)
{
	char *const *at = optparse_find(option_table, words, optparse_row(option_table, NAME));
	const char *equals;

	*c = (struct config){ .words = words };
	if (!at)
		return 0;
	equals = strchr(*at, '=');
	c->path = equals ? equals + 1 : at[1];
	if (!c->path)
		return 0;	/* which the options say themselves */
	if (read_file(c, c->path, words, e) < 0)
		return -1;
	return join(c, words, at, equals ? 1 : 2, e);
}

void config_close(struct config *c)
{
	for (size_t i = 0; i < c->own_count; i++)
		free(c->own[i]);
	free(c->own);
	free(c->joined);
}

int config_check(const struct config *c, const struct request *o, struct err *e)
{
	const char *const outputs[] = {
		o->trace, o->read_file, o->preserve_file, o->map_file, o->log,
	};

	for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++)
		if (same_file(c->path, outputs[i]))
			return err_set(e, ERR_USAGE, OPTION " '%s': the job would write over it", c->path);
	return 0;
}
