/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Verification of what was written: by the bootloader's checksum, by the routine in RAM (sums.h), or
 * by reading. A sum that disagrees is settled by reading.
 */
#ifndef BOOTPIN_VERIFY_H
#define BOOTPIN_VERIFY_H

#include "steps/writer.h"

/* The way that was asked for, or the quickest that is safe on this chip. */
enum verify_how verify_choose(struct writer *w);

/*
 * Looks at all that was written, or, if that was done before, at the pages that were written again.
 * Marks the pages that do not hold what they should. ERR_VERIFY where such a page is not to be
 * erased.
 */
int verify_all(struct writer *w, struct err *e);

/* "reading": the ways in which all was found right, for the end of the job. */
const char *verify_by(const struct writer *w);

#endif
