/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the lines of --json go: standard output, or a file that is emptied and then grows line by line,
 * so that what an earlier run left in it is never taken for this one's.
 */
#ifndef BOOTPIN_JSON_FILE_H
#define BOOTPIN_JSON_FILE_H

#include <stdio.h>

#include "base/err.h"
#include "job/request.h"
#include "report/report.h"

struct json_file {
	FILE *to;		/* NULL: there is no --json */
	const char *name;	/* of a file that was opened; NULL: standard output */
};

/*
 * Looks for --json among @words, NULL-terminated and without the program's name, also if they could not
 * be parsed. With it, opens its file, and has events of @r go there from now on; @port as of json_begin.
 * A file that another of the words names, or @also (NULL: none), or that a standard stream is, is refused
 * before it is opened.
 * Returns 0, or -1 with @e set (ERR_USAGE, ERR_OTHER): then nothing goes there.
 */
int json_file_open(struct json_file *f, struct report *r, char *const *words, const char *also,
		   const char *port, struct err *e);

/*
 * Writes the result, which is that of @e, and closes the file. Several ports of @o that no job has told
 * of have failed like the whole, and get a result each. Returns 0, or -1 with @why set (ERR_OTHER): lines
 * are missing in it, and json_check has not told that.
 */
int json_file_close(struct json_file *f, struct report *r, const struct request *o, const struct err *e,
		    struct err *why);

#endif
