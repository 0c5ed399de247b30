/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events as a program reads them: one JSON object a line (NDJSON). doc/json.md describes them, and
 * doc/bootpin.schema.json is their schema.
 *
 * A line is a record (record.h); times are seconds. Bytes of a text that are no UTF-8 are spelled out
 * as "\x80" (base/shown.h). The last line is the result.
 */
#ifndef BOOTPIN_JSON_H
#define BOOTPIN_JSON_H

#include <stdbool.h>
#include <stdio.h>

#include "report/report.h"

enum json_place {
	JSON_BESIDE_TEXT,	/* in a file of its own: text stays as it is */
	/* on standard output: what text would print there is in these lines alone */
	JSON_ON_STDOUT,
};

/*
 * From now on events of @r go to @to as well, which stays the caller's, each line at once and whole
 * (one write). @port: NULL if there is none; both outlive json_end. Returns 0, or -1 with @e set
 * (ERR_USAGE: built without jansson; ERR_OTHER).
 */
int json_begin(struct report *r, FILE *to, const char *port, enum json_place place, struct err *e);

/*
 * The last line: what the job came to. @e: the error that ended it; ERR_NONE in it: it succeeded. Then
 * @r is as it was before json_begin. Nothing is done if that was not called. Returns 0, or -1 with
 * @why set (ERR_OTHER) if a line could not be written and json_check has not told that.
 */
int json_end(struct report *r, const struct err *e, struct err *why);

/*
 * @branch tells of @port, one of several: its events go where those of @r do, and its result has the
 * same image files; it draws as @r did before json_begin, unless it has a drawer of its own. Nothing is done if json_begin was not called for @r. json_end is due for both.
 * Returns 0, or -1 with @e set (ERR_OTHER).
 */
int json_branch(const struct report *r, struct report *branch, const char *port, struct err *e);

/* Has json_branch been called for @r? Then ports have results of their own. */
bool json_has_branches(const struct report *r);

/* Could each line so far be written? 0, or -1 with @why set (ERR_OTHER): once, json_end is silent then. */
int json_check(const struct report *r, struct err *why);

/* @r tells no more, and no result: it is in a process of its own, and another one tells. */
void json_drop(struct report *r);

#endif
