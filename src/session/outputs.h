/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files that a job writes on this host: what was read, and the trace. Opened before the first
 * pin moves, so that a missing permission is known by then.
 */
#ifndef BOOTPIN_OUTPUTS_H
#define BOOTPIN_OUTPUTS_H

#include <stdio.h>

#include "base/outfile.h"
#include "job/request.h"

struct outputs {
	struct outfile *read_to;	/* -r, or the caller's memory; NULL: none, or it has its place */
	struct outfile *trace_to;	/* --trace */
	FILE *trace;			/* onto trace_to */
	struct outfile *map_to;		/* --memory-map=FILE; NULL: none, or it has its place */
};

/* ERR_OTHER if one cannot be written. outputs_free is due in both cases. */
int outputs_open(struct outputs *o, const struct request *req, struct err *e);

/* The same for --memory-map alone: of --dry-run nothing else is written. */
int outputs_open_map(struct outputs *o, const struct request *req, struct err *e);

/* Puts what was read in its place. ERR_OTHER. */
int outputs_keep_read(struct outputs *o, struct err *e);

/*
 * Puts the trace in its place, also after a job that failed; where no port was opened there is
 * none, and that of an earlier run stays. @name: --trace's FILE. ERR_OTHER.
 */
int outputs_keep_trace(struct outputs *o, const char *name, struct err *e);

/* Forgets what has no place yet. */
void outputs_free(struct outputs *o);

#endif
