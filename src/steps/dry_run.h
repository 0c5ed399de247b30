/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --dry-run: the plan, from the files and --chip alone. Nothing is opened.
 */
#ifndef BOOTPIN_DRY_RUN_H
#define BOOTPIN_DRY_RUN_H

#include "job/job.h"

/*
 * Prints what would be done. Errors as of a run that got so far. Of several ports, for which it is the same,
 * each has lines and a result of its own in --json, and it is printed once.
 */
int dry_run(const struct job *j, struct report *r, struct err *e);

#endif
