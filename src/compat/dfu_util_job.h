/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A job of bootpin's, made of a command of dfu-util's.
 */
#ifndef BOOTPIN_DFU_UTIL_JOB_H
#define BOOTPIN_DFU_UTIL_JOB_H

#include "compat/dfu_util_boards.h"
#include "compat/dfu_util_report.h"
#include "compat/tools.h"
#include "job/job.h"

struct dfu_job {
	const struct dfu_command *c;
	struct dfu_report *d;
	struct request req;
	struct job job;
	const char *files[1];		/* of @req */
};

/*
 * Reads the file of -D. Returns DFU_OK, or the exit status when it is told what is wrong. dfu_job_free
 * is due in both cases.
 */
int dfu_job_prepare(struct dfu_job *j, const struct dfu_command *c, struct dfu_report *d,
		    const struct compat_tools *t);
void dfu_job_free(struct dfu_job *j);

/* Is its file one that goes where it says itself? */
bool dfu_job_is_dfuse(const struct dfu_job *j);

/* Does the job on what was chosen, one device. Returns the exit status. */
int dfu_job_run(struct dfu_job *j, const struct dfu_choice *choice, const struct compat_tools *t);

/* The exit status that dfu-util has for @e. */
int dfu_exit_status(const struct err *e);

#endif
