/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of main that all check programs share.
 */
#ifndef BOOTPIN_TESTS_RUNNER_H
#define BOOTPIN_TESTS_RUNNER_H

#include <stdbool.h>

#include "tests/lib/count.h"
#include "tests/lib/quiet_check.h"

#define RUNNER_SKIPPED 77	/* the exit status of a test that cannot run here */

/* A new group of tests in @s. @seconds: the longest that one may take; 0: the default. */
TCase *runner_case(Suite *s, const char *name, double seconds);

/* Whether the simulator can run code of the chip's; says why if not. */
bool runner_runs_code(void);

/* Runs @s and frees it. Returns the exit status. */
int runner_run(Suite *s);

#endif
