/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the options of a command line go together, as far as that needs neither files nor the
 * chip.
 */
#ifndef BOOTPIN_OPTIONS_CHECK_H
#define BOOTPIN_OPTIONS_CHECK_H

#include "base/err.h"
#include "job/request.h"

/* @o: complete, of an action that needs a port. Returns 0, or -1 with @e set (ERR_USAGE). */
int options_check(const struct request *o, struct err *e);

#endif
