/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a run of the program did to the machine that is made up around it, in its order, and when by
 * the machine's clock: "open", "rts 1", "NRST 0", "close" ... It survives the process that kept it.
 */
#ifndef BOOTPIN_TESTS_JOURNAL_H
#define BOOTPIN_TESTS_JOURNAL_H

#include <stddef.h>

#include "base/clock.h"

#define JOURNAL_MAX 256

struct journal_entry {
	char what[24];
	nsec_t at;
};

/* Begins an empty one, in memory that processes share which are forked from now on. */
void journal_begin(void);
void journal_end(void);

/* Notes it; without a journal and in a full one nothing happens. */
void journal_note(nsec_t at, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The @nth entry, from 0 on, that begins with @what; NULL: there is none. */
const struct journal_entry *journal_find(const char *what, size_t nth);

/* All entries that do not begin with @without (NULL: none is left out), with ", " between them. */
const char *journal_text(const char *without);

#endif
