/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A job: a request with all the files it names read and parsed. What can be wrong without the chip
 * is found here, before a port is opened. A job does not change once it is prepared.
 */
#ifndef BOOTPIN_JOB_H
#define BOOTPIN_JOB_H

#include "image/image.h"
#include "job/request.h"
#include "parsers/dfu_suffix.h"
#include "parsers/parser.h"
#include "pins/pins.h"
#include "report/report.h"
#include "target/target.h"

struct job_claim {
	const char *file;
	uint32_t family;		/* chip/uf2_family.h */
};

struct job {
	const struct request *req;
	struct image image;		/* of all other files that know where they go */
	struct image low;		/* of those whose addresses may count from 0 */
	struct image loose;		/* of the one that does not: addresses from 0 */
	struct job_claim *claims;	/* of files that say which chips they are for */
	size_t claim_count;
	bool has_ids;			/* a file ends with a DFU suffix: the last such file's */
	struct dfu_ids ids;
	const struct parser *save_as;	/* what -r writes into its file; NULL: raw bytes */
	char **names;			/* of the files, without @ADDR; origins point here */
	size_t name_count;
	struct pin_plan pins;
};

/*
 * @formats: the parsers, in the order in which they are asked, NULL-terminated. Returns 0, or -1
 * with @e set (ERR_IMAGE, ERR_USAGE, ERR_OTHER; ERR_SIGNAL: @stop, which may be NULL, was raised while
 * a pipe or a terminal was waited for). job_free is due in both cases.
 */
int job_prepare(struct job *j, const struct request *req, const struct parser *const *formats,
		struct report *r, const struct stop *stop, struct err *e);
void job_free(struct job *j);

/*
 * Are the files for the chip @t, as far as they say for which they are? ERR_IMAGE if not. Says
 * nothing of a chip that the table does not have.
 */
int job_check_claims(const struct job *j, const struct target *t, struct err *e);

/*
 * Adds the files that need to know the chip @t to @image: the loose one at @base, and those whose
 * addresses may count from 0 (zero_based.h), telling @r if they do. ERR_IMAGE if one overlaps
 * another, reaches beyond the last address, or is none for this chip.
 */
int job_place(const struct job *j, const struct target *t, uint32_t base, struct image *image,
	      struct report *r, struct err *e);

#endif
