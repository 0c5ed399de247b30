/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options that go with --loop: a job that makes sense for board after board.
 */
#ifndef BOOTPIN_LOOP_CHECK_H
#define BOOTPIN_LOOP_CHECK_H

#include "base/err.h"
#include "job/request.h"

/* @o: complete, of an action that needs a port. Returns 0, or -1 with @e set (ERR_USAGE). */
int loop_check(const struct request *o, struct err *e);

#endif
