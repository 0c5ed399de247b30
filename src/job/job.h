/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A job: the options, with all the files they name read, parsed and opened. What can be wrong
 * without the chip is found here, before a port is opened.
 */
#ifndef BOOTPIN_JOB_H
#define BOOTPIN_JOB_H

#include <stdio.h>

#include "image/image.h"
#include "cli/options.h"
#include "base/outfile.h"
#include "pins/pins.h"
#include "report/report.h"

struct job {
	const struct options *o;
	struct image image;		/* of all files that know where they go */
	struct image loose;		/* of the one that does not: addresses from 0 */
	char **names;			/* of the files, without @ADDR; origins point here */
	size_t name_count;
	struct pins pins;
	struct outfile *read_to;	/* -r */
	struct outfile *trace_to;	/* --trace */
	FILE *trace;			/* onto trace_to */
};

/* Returns 0, or -1 with @e set (ERR_IMAGE, ERR_USAGE, ERR_OTHER). job_free is due in both cases. */
int job_prepare(struct job *j, const struct options *o, struct report *r, struct err *e);
void job_free(struct job *j);

/* Puts the trace in its place, also after a job that failed. ERR_OTHER if it cannot be written. */
int job_keep_trace(struct job *j, struct err *e);

/* Puts the loose file at @base; once it has its place it keeps it. ERR_IMAGE if it overlaps another. */
int job_place(struct job *j, uint32_t base, struct err *e);

/* Does it erase or write? */
bool job_changes(const struct job *j);

#endif
