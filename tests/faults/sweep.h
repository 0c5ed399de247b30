/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All faults on all jobs, shared among processes, and their figures.
 */
#ifndef BOOTPIN_TESTS_FAULT_SWEEP_H
#define BOOTPIN_TESTS_FAULT_SWEEP_H

#include "tests/faults/jobs.h"

struct sweep {
	unsigned int step;		/* only each so-many-th run; 1: all */
	unsigned int shift;		/* ... from this one on; below step */
	unsigned int workers;
	unsigned int pairs;		/* seeded pairs of faults, in all */
	const char *only;		/* a job's name; NULL: all of them */
	const char *kind;		/* a fault's name, of single faults; NULL: all of them */
};

struct sweep_figures {
	uint64_t runs, by[OUTCOMES];
	nsec_t longest;
};

struct sweep_result {
	/* Single faults by kind, and one row for the pairs. */
	struct sweep_figures kind[3][FAULT_KINDS + 1];	/* [fault_wire] */
	struct sweep_figures *job;			/* by job */
	uint64_t wrong;
};

/*
 * Runs the sweep and prints every run that ended wrong. Returns 0, or -1 if it could not be run.
 */
int sweep_run(const struct sweep *s, struct sweep_result *r);
void sweep_free(struct sweep_result *r);

/* The figures as a table in Markdown. */
void sweep_print(const struct sweep_result *r);

#endif
