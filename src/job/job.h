/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A job: a request with all the files it names read and parsed. What can be wrong without the chip
 * is found here, before a port is opened. A job does not change once it is prepared.
 */
#ifndef BOOTPIN_JOB_H
#define BOOTPIN_JOB_H

#include "image/image.h"
#include "job/request.h"
#include "parsers/parser.h"
#include "pins/pins.h"
#include "report/report.h"

struct job {
	const struct request *req;
	struct image image;		/* of all files that know where they go */
	struct image loose;		/* of the one that does not: addresses from 0 */
	char **names;			/* of the files, without @ADDR; origins point here */
	size_t name_count;
	struct pin_plan pins;
};

/*
 * @formats: the parsers, in the order in which they are asked, NULL-terminated. Returns 0, or -1
 * with @e set (ERR_IMAGE, ERR_USAGE, ERR_OTHER). job_free is due in both cases.
 */
int job_prepare(struct job *j, const struct request *req, const struct parser *const *formats,
		struct report *r, struct err *e);
void job_free(struct job *j);

/*
 * Adds the loose file to @image at @base. ERR_IMAGE if it overlaps another, or reaches beyond the
 * last address.
 */
int job_place(const struct job *j, uint32_t base, struct image *image, struct err *e);

#endif
