/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line. One table drives parsing, --help and the shell completion; a test holds the
 * man page to it.
 *
 * Letters and meanings are stm32flash 0.7's; long names are ours. Nothing here opens a file or a
 * port.
 */
#ifndef BOOTPIN_OPTIONS_H
#define BOOTPIN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "job/request.h"

/* How an option takes its argument. */
enum opt_arg { OPT_NONE, OPT_REQUIRED, OPT_OPTIONAL };

struct option_row {
	const char *heading;		/* --help begins a group with it; NULL inside a group */
	char letter;			/* 0: long name only */
	const char *name;
	/* OPT_OPTIONAL: only as --name=VALUE, never behind the letter */
	enum opt_arg arg;
	const char *metavar;		/* "FILE"; NULL without argument */
	const char *help;		/* one line, lower case, no full stop */
	bool unbuilt;			/* known, refused with exit 2: a later version has it */

	/* What it does, in this order. */
	enum action action;		/* chosen; ACT_IDENTIFY: none */
	/* offset of the bool in struct request that is set; 0: none */
	size_t flag;
	int (*set)(struct request *o, const char *arg, struct err *e);	/* NULL: nothing more */
};

/* The table, in the order of --help; name == NULL ends it. */
extern const struct option_row option_table[];

/*
 * Parses argv into @o and checks that what was said goes together, as far as that needs neither
 * files nor the chip. @kinds: those of port (ports/table.h). Strings point into argv. Returns 0, or -1 with @e set (ERR_USAGE).
 * options_free is due in both cases.
 */
int options_parse(struct request *o, const struct port_ops *const *kinds, int argc, char **argv,
		  struct err *e);
void options_free(struct request *o);

/* Whether what was said goes together (options_check.c); options_parse asks. ERR_USAGE. */
int options_check(const struct request *o, struct err *e);

/* --help. @argv0: the name that bootpin was called by; may be NULL. */
void options_help(FILE *to, const char *argv0);

#endif
