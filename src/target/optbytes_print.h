/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Option bytes in words.
 */
#ifndef BOOTPIN_OPTBYTES_PRINT_H
#define BOOTPIN_OPTBYTES_PRINT_H

#include "report/report.h"
#include "target/optfields.h"
#include "target/target.h"

/* Raw bytes, fields, and what is write-protected, on standard output. */
void optbytes_print(const struct optbytes *ob, const struct target *t, struct report *r);

/* Says "NAME: old -> new" for each field that differs, and the blocks as they will be sent. */
void optbytes_print_changes(const struct optbytes *was, const struct optbytes *now,
			    struct report *r);

#endif
