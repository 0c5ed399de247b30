/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --log: a line for each board, added to a file of comma-separated values (RFC 4180), from the record
 * that --json has as the board's result.
 *
 * The file is opened anew for each line, so that one that was moved away meanwhile is begun again, and
 * locked (flock(2)) while it is written: lines of several programs do not mix.
 */
#ifndef BOOTPIN_LOG_H
#define BOOTPIN_LOG_H

#include <stdio.h>
#include <sys/types.h>

#include "base/err.h"
#include "report/image_list.h"
#include "report/report.h"

struct log_place {
	ino_t file;
	off_t from, to;			/* in it; 0 and 0: there is none */
};

struct log {
	const char *path;
	struct image_list images;	/* of the job, for every board's line */
	size_t lines;			/* that were due so far, written or not */
	struct log_place last;		/* of the last line that was written */
};

/*
 * The log at @path, which outlives it; a file that does not exist is made. Returns 0, or -1 with @e set
 * (ERR_OTHER) if it cannot be written, cannot be locked, or is a file of another kind. log_free is due
 * in both cases.
 */
int log_open(struct log *l, const char *path, struct err *e);
void log_free(struct log *l);

/*
 * The line of the board on @port: what @r has gathered of it, and @e, the error that ended its job
 * (ERR_NONE in it: it succeeded). Nothing is done where @r has no log. Returns 0, or -1 with @why set
 * (ERR_OTHER): there is no such line, or not all of it.
 */
int log_line(struct report *r, const char *port, const struct err *e, struct err *why);

/*
 * The last line was not so: @e has ended the job all the same. Nothing is done where none was written. The
 * line is replaced, or, where another program has added one since, followed by one that is right. Returns
 * 0, or -1 with @why set (ERR_OTHER).
 */
int log_amend(struct report *r, const char *port, const struct err *e, struct err *why);

#endif
