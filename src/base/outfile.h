/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that is replaced whole or not at all.
 *
 * A regular file (or none yet) is written beside its place and renamed over it at the end;
 * symbolic links are followed and the mode is kept. Anything else (a device, a pipe, "-" for
 * standard output) is written in place. It may also be memory.
 */
#ifndef BOOTPIN_OUTFILE_H
#define BOOTPIN_OUTFILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct outfile;

/* All zero: empty. @data is malloc'ed. */
struct outbuf {
	uint8_t *data;
	size_t len, room;
};

/*
 * Makes the temporary file, so that a missing permission is known before a port is opened. NULL
 * with @e set (ERR_OTHER).
 */
struct outfile *outfile_open(const char *path, struct err *e);

/* Its data are added to @to; it has no stream. NULL with @e set (ERR_OTHER). */
struct outfile *outfile_to_memory(struct outbuf *to, struct err *e);

/* Returns 0, or -1 with @e set (ERR_OTHER). */
int outfile_write(struct outfile *f, const uint8_t *data, size_t len, struct err *e);

/* A stream onto it, to be closed by the caller before the commit. NULL with @e set (ERR_OTHER). */
FILE *outfile_stream(struct outfile *f, struct err *e);

/* Syncs and renames. @f is gone in either case; on failure the old file is as it was. */
int outfile_commit(struct outfile *f, struct err *e);

/* Forgets what was written; NULL is accepted. */
void outfile_abandon(struct outfile *f);

#endif
