/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command line: parsed, and run on any port that is open. The one place in the tests that makes a
 * job of a command line.
 */
#ifndef BOOTPIN_TESTS_COMMAND_H
#define BOOTPIN_TESTS_COMMAND_H

#include <stdio.h>

#include "image/image.h"
#include "job/job.h"

struct command {
	struct request o;
	char line[256];			/* the options' strings point in here */
	/* To be set before it is run. */
	const struct image *image;	/* what the files hold that it names; NULL: nothing */
	FILE *out, *err;		/* what stdout and stderr are to it */
	FILE *json;			/* where --json goes; NULL: there is none */
	/* who draws what it reports, on a report that outlives it; NULL: text */
	const struct report_ops *drawer;
	struct report *report;
};

/*
 * Parses "bootpin @args @port", words with blanks between them. @c must not be moved. Returns 0, or
 * -1 with @e set. command_free is due in both cases.
 */
int command_parse(struct command *c, const char *args, const char *port, struct err *e);
void command_free(struct command *c);

/* The configuration that its port is to be opened with. */
struct port_cfg command_port(const struct command *c);

/*
 * Makes the job; no file is read. Returns 0, or -1 with @e set. job_free is due
 * in both cases.
 */
int command_job(const struct command *c, struct job *j, struct err *e);

/* Runs it on @port, which stays open. Returns 0, or -1 with @e set. */
int command_run(const struct command *c, struct port *port, struct err *e);

#endif
