/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events as programs read them, whatever carries them: named values, in an order. json.h writes them
 * as lines, and the library hands them to its caller.
 *
 * Every record has "event" (event_kind.h, or one of "progress", "error", "result"), "name" and
 * "port". Addresses and IDs are numbers, sizes bytes. What has no value is FIELD_NULL. doc/json.md
 * describes the keys.
 */
#ifndef BOOTPIN_RECORD_H
#define BOOTPIN_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "report/event_kind.h"
#include "report/report.h"

/* Increased when a record changes in a way that a program may stumble over; "format" of a result. */
#define RECORD_FORMAT 1

/* At most one record in this time tells how far a phase is, by the port's clock. */
#define RECORD_PROGRESS_EVERY (NSEC_PER_SEC / 2)

#define RECORD_FIELDS 32
#define RECORD_TEXT_MAX 8192	/* a file of the longest name, and words */

enum field_type {
	FIELD_NULL,
	FIELD_TEXT,
	FIELD_NUMBER,
	FIELD_FLAG,
	FIELD_TIME,		/* number: milliseconds */
};

struct field {
	char key[EVENT_KEY_MAX];
	enum field_type type;
	const char *text;
	int64_t number;
};

/* Texts are the caller's, or stand in the record itself, which is not to be copied. */
struct record {
	struct field field[RECORD_FIELDS];
	size_t count;
	char text[RECORD_TEXT_MAX];	/* of "text" */
	char version[16];
};

/* An event; @port: NULL if there is none. */
void record_event(struct record *rec, const char *port, const struct event_row *row,
		  const struct event_value *values);
/* The keys of an event alone. */
void record_values(struct record *rec, const struct event_row *row, const struct event_value *values);

/* A phase of @r that begins; one that ends, at @now; how far it is, at @now. */
void record_begin(struct record *rec, const char *port, const struct report *r);
void record_end(struct record *rec, const char *port, const struct report *r, nsec_t now);
void record_progress(struct record *rec, const char *port, const struct report *r, nsec_t now);

/* The error that ends a job. */
void record_error(struct record *rec, const char *port, const struct err *e);

/*
 * What the job came to: @e (ERR_NONE in it: it succeeded) and who the chip is, then, by
 * record_work, what was done. @done: in words.
 */
void record_result(struct record *rec, const char *port, const struct err *e, const char *done,
		   const struct job_result *o);
void record_work(struct record *rec, const struct job_result *o);

/* The field of that name, or NULL. */
const struct field *record_field(const struct record *rec, const char *key);

/* Nanoseconds as a FIELD_TIME has them. */
int64_t record_time(nsec_t t);

#endif
