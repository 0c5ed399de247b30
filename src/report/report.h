/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that a person reads while a job runs. What was asked for (identification, CRC, lists) goes
 * to standard output, everything else to standard error, so that "-r -" stays clean.
 */
#ifndef BOOTPIN_REPORT_H
#define BOOTPIN_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"

struct report {
	FILE *out, *err;
	int verbosity;		/* -1 quiet, 0, 1 verbose, 2 more */
	bool bar;		/* err is a terminal: progress as a bar */
	bool lines;		/* progress as plain lines */

	/* The phase under way. */
	const char *verb;	/* "writing" */
	uint64_t total, done;
	nsec_t began, drawn;
	nsec_t told;		/* when time was told last */
	unsigned int tenth;
};

/* @progress: plain progress lines although there is no terminal. */
void report_init(struct report *r, FILE *out, FILE *err, int verbosity, bool progress);

/* A line of what was asked for. */
void report_out(struct report *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A line of what goes on; not with -q. */
void report_say(struct report *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A line for --verbose. */
void report_more(struct report *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "warning: ...", also with -q. */
void report_warn(struct report *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A phase of @total bytes, told in present tense; @now is the port's clock. */
void report_begin(struct report *r, const char *verb, uint64_t total, nsec_t now);
void report_progress(struct report *r, uint64_t done, nsec_t now);

/* Nothing new, but time goes by: the bar, or every ten seconds a line, tells how much. */
void report_waiting(struct report *r, nsec_t now);

/*
 * Ends the phase; @past ("wrote") is said with the bytes done, time and speed, NULL says nothing
 * (it failed).
 */
void report_end(struct report *r, const char *past, nsec_t now);

/*
 * "bootpin: message" for the error that ends the program; a line break in the message becomes a
 * new line.
 */
void report_error(struct report *r, const char *prog, const struct err *e);

/* 1536 -> "1.5 KiB"; returns @buf. */
const char *report_size(uint64_t bytes, char *buf, size_t size);

#endif
