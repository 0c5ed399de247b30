/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/optparse.h"
#include "cli/json_file.h"
#include "cli/options.h"
#include "report/json.h"

#define NAME "json"
#define OPTION "--" NAME

/* ---- the option ---- */

/* The word of @words that is --json; NULL if there is none. */
static const char *find_option(char *const *words)
{
	char *const *at = optparse_find(option_table, words, optparse_row(option_table, NAME));

	return at ? *at : NULL;
}

/* The file that @option names; NULL: standard output. */
static const char *name_in(const char *option)
{
	const char *name = option + strlen(OPTION);

	return *name && strcmp(name, "=-") ? name + 1 : NULL;
}

/* ---- files that the job needs itself ---- */

/* Whether the first @len bytes of @name are a name of the file @wanted, which is @st if it exists. */
static bool is_name_of(const char *name, size_t len, const char *wanted, const struct stat *st)
{
	char copy[4096];
	struct stat other;

	if (!len || len >= sizeof(copy))
		return false;
	memcpy(copy, name, len);
	copy[len] = '\0';
	if (strcmp(copy, wanted) == 0)
		return true;
	return st && stat(copy, &other) == 0 && other.st_dev == st->st_dev &&
	       other.st_ino == st->st_ino;
}

/* @name is the end of a word: FILE, FILE@ADDR, or FILE,key=value. */
static bool begins_with_it(const char *name, const char *wanted, const struct stat *st)
{
	const char *at = strrchr(name, '@');

	return is_name_of(name, strlen(name), wanted, st) ||
	       is_name_of(name, strcspn(name, ","), wanted, st) ||
	       (at && is_name_of(name, (size_t)(at - name), wanted, st));
}

/* "FILE", "-wFILE", "--write=FILE", "replay:FILE", "sim:f103,flash=FILE" */
static bool names_it(const char *word, const char *wanted, const struct stat *st)
{
	if (begins_with_it(word, wanted, st))
		return true;
	if (word[0] == '-' && word[1] && begins_with_it(word + 2, wanted, st))
		return true;
	for (const char *p = strpbrk(word, "=:"); p; p = strpbrk(p + 1, "=:"))
		if (begins_with_it(p + 1, wanted, st))
			return true;
	return false;
}

/* Text would go there as well, or the image come from there. */
static bool is_standard_stream(const struct stat *st)
{
	struct stat stream;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (!S_ISCHR(st->st_mode) && fstat(fd, &stream) == 0 &&
		    stream.st_dev == st->st_dev && stream.st_ino == st->st_ino)
			return true;
	return false;
}

/* Before it is opened, which empties it, and behind, when names of what was not there can be told. */
static int check_file(const char *name, char *const *words, const char *option, const char *also,
		      struct err *e)
{
	struct stat found;
	const struct stat *st = stat(name, &found) == 0 ? &found : NULL;
	bool clash = (st && is_standard_stream(st)) || (also && is_name_of(also, strlen(also), name, st));

	for (; *words && !clash; words++)
		clash = *words != option && names_it(*words, name, st);
	return clash ? err_set(e, ERR_USAGE, "--json '%s': the job needs that file itself", name) : 0;
}

/* ---- the file ---- */

static int open_file(struct json_file *f, char *const *words, const char *option, const char *also,
		     struct err *e)
{
	f->name = name_in(option);
	if (!f->name) {
		f->to = stdout;
		return 0;
	}
	if (check_file(f->name, words, option, also, e) < 0)
		return -1;
	f->to = fopen(f->name, "we");
	return f->to ? 0 : err_sys(e, ERR_OTHER, errno, "cannot write '%s'", f->name);
}

int json_file_open(struct json_file *f, struct report *r, char *const *words, const char *also,
		   const char *port, struct err *e)
{
	const char *option = find_option(words);

	*f = (struct json_file){ .to = NULL };
	if (!option)
		return 0;
	if (open_file(f, words, option, also, e) < 0)
		return -1;
	if (json_begin(r, f->to, port, f->name ? JSON_BESIDE_TEXT : JSON_ON_STDOUT, e) < 0) {
		if (f->name)
			fclose(f->to);
		f->to = NULL;
		return -1;
	}
	return f->name ? check_file(f->name, words, option, also, e) : 0;
}

static bool was_named_before(const struct request *o, size_t port)
{
	for (size_t i = 0; i < port; i++)
		if (strcmp(o->ports[i], o->ports[port]) == 0)
			return true;
	return false;
}

/* A refusal of the whole is one of each of several ports: each gets its result. */
static int refuse_ports(const struct report *r, const struct request *o, const struct err *e,
			struct err *why)
{
	int ret = 0;

	if (o->port_count < 2 || e->code == ERR_NONE || json_has_branches(r))
		return 0;
	for (size_t i = 0; i < o->port_count && ret == 0; i++) {
		struct report branch = { .ops = &report_mute };

		if (was_named_before(o, i))
			continue;
		ret = json_branch(r, &branch, o->ports[i], why);
		if (ret == 0)
			ret = json_end(&branch, e, why);
	}
	return ret;
}

int json_file_close(struct json_file *f, struct report *r, const struct request *o, const struct err *e,
		    struct err *why)
{
	struct err ignored = ERR_INIT;
	int ret;

	if (!f->to)
		return 0;
	ret = refuse_ports(r, o, e, why);
	if (json_end(r, e, ret < 0 ? &ignored : why) < 0)
		ret = -1;
	if (f->name)
		fclose(f->to);	/* each line was flushed, and heard of */
	return ret;
}
