/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --preserve: what shares a page with the image is read first, kept in a file as well as in
 * memory, and written back.
 */
#ifndef BOOTPIN_PRESERVE_H
#define BOOTPIN_PRESERVE_H

#include <stdio.h>

#include "job/plan.h"
#include "session/session.h"

struct preserved {
	char path[4096];	/* of the copy; empty while there is none */
	FILE *file;		/* open, and locked, as long as the job is at work */
};

/*
 * Adds to @content what the planned pages hold beside it, blank memory left out, and saves that,
 * synced, as Intel HEX. FILE must not exist: it could be the only copy of an earlier run's.
 * ERR_OTHER if it cannot be written.
 */
int preserve(struct session *s, const struct plan *p, struct image *content, struct preserved *kept,
	     struct err *e);

/* The memory has been proven to hold it again: removes the copy. */
void preserve_done(struct preserved *kept);

/* The copy, if there is one, stays: it is no longer this job's. */
void preserve_leave(struct preserved *kept);

#endif
