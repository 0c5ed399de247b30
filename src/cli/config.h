/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --config FILE: options from a file, one a line, by their long names without dashes, as in
 *
 *	# the jig at bench 3
 *	boot0 GPIO17
 *	nrst = GPIO5
 *	write "new firmware.hex"
 *
 * A blank, "=" or ":" ends the name; quotes keep blanks, and within them a backslash what follows it.
 * The command line wins: an option is not taken from the file if the command line has it, too, or one
 * in its place (optparse_rivals).
 */
#ifndef BOOTPIN_CONFIG_H
#define BOOTPIN_CONFIG_H

#include "base/err.h"
#include "job/request.h"

struct config {
	const char *path;	/* of FILE; NULL: none */
	char **words;		/* the whole command line, NULL-terminated: those of FILE first */
	char **joined;		/* the same, if it was made here; NULL: it was not */
	char **own;		/* words that were made here */
	size_t own_count;
};

/*
 * @words: the command line without the program's name, NULL-terminated; it must outlive @c. Without
 * --config c->words is @words. Returns 0, or -1 with @e set (ERR_USAGE: FILE cannot be read, or a line
 * of it is no option, which is named by file and line). config_close is due in both cases.
 */
int config_open(struct config *c, char **words, struct err *e);
void config_close(struct config *c);

/* ERR_USAGE if the job would write over FILE. @o: what c->words ask for; --json is json_file.h's. */
int config_check(const struct config *c, const struct request *o, struct err *e);

#endif
