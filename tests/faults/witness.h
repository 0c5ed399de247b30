/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hears what a job reports, and compares each claim with what the simulated chip knows at that
 * moment.
 */
#ifndef BOOTPIN_TESTS_FAULT_WITNESS_H
#define BOOTPIN_TESTS_FAULT_WITNESS_H

#include "report/report.h"
#include "tests/faults/jobs.h"

struct witness {
	struct report r;		/* must be first */
	const struct fault_bench *bench;
	const struct injector *inj;
	char chip[FAULT_CHIP_MAX];	/* which it was said to be */
	char wrong[200];		/* the first wrong word; "" if there is none */
};

/* The drawer for a witness' report; it draws text as well. */
extern const struct report_ops witness_ops;

/* @b and @inj must outlive it. */
void witness_init(struct witness *w, const struct fault_bench *b, const struct injector *inj);

/* Whether there is a check for @ev, or a note that it claims nothing of the chip. */
bool witness_knows(enum event ev);

#endif
