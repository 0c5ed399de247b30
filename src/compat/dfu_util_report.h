/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A job in the words of dfu-util 0.11: its progress bars and lines on standard output, what is wrong on
 * standard error. What dfu-util has no words for is told with -v, or as a warning where it must be known.
 */
#ifndef BOOTPIN_DFU_UTIL_REPORT_H
#define BOOTPIN_DFU_UTIL_REPORT_H

#include "report/report.h"

struct dfu_report {
	struct report r;	/* the first member: what a job gets */
	bool leaves;		/* :leave was asked for; else a reset is -R's */
	bool options;		/* option bytes are written too: all is done when they are */
	/* The drawer's own. */
	bool is_dfuse;		/* the file has addresses of its own, as DfuSe files have */
	bool at_once;		/* an erase of all flash is under way, which has no bar */
	bool open;		/* a bar has no end of line yet */
	int percent;		/* of the bar, as drawn last */
};

void dfu_report_init(struct dfu_report *d, FILE *out, FILE *err, int verbosity);

/* "dfu-util: ..." on standard error. */
void dfu_report_error(struct dfu_report *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
