/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options of a program, from a table: it drives the parsing and the lines of --help. Nothing here
 * prints.
 *
 * Understood are "-v", letters together ("-vR"), the last with its argument ("-vw FILE",
 * "-b115200"), "--name", "--name VALUE" and "--name=VALUE"; "--" ends the options. Long names are
 * not abbreviated. A long name behind one dash ("-reset") would be letters with an argument, and do
 * something else: it is refused with the right spelling (ERR_USAGE).
 */
#ifndef BOOTPIN_OPTPARSE_H
#define BOOTPIN_OPTPARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Characters of a long name, at most. */
#define OPT_NAME_MAX 24

/* How an option takes its argument. */
enum opt_arg { OPT_NONE, OPT_REQUIRED, OPT_OPTIONAL };

struct opt_row {
	const char *heading;		/* --help begins a group with it; NULL inside a group */
	char letter;			/* 0: long name only */
	const char *name;
	/* OPT_OPTIONAL: only as --name=VALUE, never behind the letter */
	enum opt_arg arg;
	const char *metavar;		/* "FILE"; NULL without argument */
	const char *help;		/* one line, lower case, no full stop */
	/* long names of others that answer the same question, blanks between; one of two names it */
	const char *instead_of;

	/* Its effects on the target, in this order; 0 or NULL: none. */
	int action;			/* given to act() of the parser */
	size_t flag;			/* offset of a bool that is set */
	size_t string;			/* offset of a const char * that becomes the argument */
	int (*set)(void *target, const char *arg, struct err *e);
	/* the same for a setter of several options; @name is the long one */
	int (*set_named)(void *target, const char *name, const char *arg, struct err *e);
};

struct optparse {
	const struct opt_row *rows;	/* in the order of --help; name == NULL ends them */
	/*
	 * Looks at each word of @words that is no option's argument, at @at, before it is parsed; a
	 * word that is to be refused gives -1 with @e set. NULL: none is.
	 */
	int (*look)(const struct opt_row *rows, char **words, char **at, struct err *e);
	int (*act)(void *target, int action, struct err *e);
	/* a word that is no option; NULL: the first such word ends the parsing */
	int (*word)(void *target, const char *word, struct err *e);
	/* whether the rest is not to be looked at; NULL: it always is */
	bool (*enough)(const void *target);
};

/*
 * Parses @words, NULL-terminated and without the program's name, into @target, whose strings point
 * into them. Returns the words that are left, or NULL with @e set (ERR_USAGE).
 */
char **optparse(const struct optparse *p, void *target, char **words, struct err *e);

/*
 * How many words belong to @word, which is no option's argument: 2 if it is an option of @rows that
 * takes the next word as its own, else 1.
 */
size_t optparse_span(const struct opt_row *rows, const char *word);

/* The row of a long name; NULL: there is none. */
const struct opt_row *optparse_row(const struct opt_row *rows, const char *name);

/*
 * Do both answer one question, so that of two places where they stand only one can count? The same
 * option, two actions, and rows of which one is instead_of the other.
 */
bool optparse_rivals(const struct opt_row *a, const struct opt_row *b);

/*
 * The word of @words, NULL-terminated, that has the option @row, by its name or its letter; NULL: none.
 * Arguments of options are not looked at, nor what stands behind "--".
 */
char *const *optparse_find(const struct opt_row *rows, char *const *words, const struct opt_row *row);

/* Gives each line of the rows' --help to @line; the explanations begin at @column. */
void optparse_help(const struct opt_row *rows, int column,
		   void (*line)(void *to, const char *text), void *to);

#endif
