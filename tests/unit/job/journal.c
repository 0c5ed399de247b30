/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/lib/quiet_check.h"
#include "tests/unit/job/journal.h"

static struct journal {
	size_t count;
	struct journal_entry entry[JOURNAL_MAX];
} *journal;

void journal_begin(void)
{
	journal = mmap(NULL, sizeof(*journal), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	ck_assert(journal != MAP_FAILED);
}

void journal_end(void)
{
	munmap(journal, sizeof(*journal));
	journal = NULL;
}

void journal_note(nsec_t at, const char *fmt, ...)
{
	struct journal_entry *entry;
	va_list ap;

	if (!journal || journal->count == JOURNAL_MAX)
		return;
	entry = &journal->entry[journal->count++];
	entry->at = at;
	va_start(ap, fmt);
	vsnprintf(entry->what, sizeof(entry->what), fmt, ap);
	va_end(ap);
}

static bool begins(const char *text, const char *with)
{
	return with && strncmp(text, with, strlen(with)) == 0;
}

const struct journal_entry *journal_find(const char *what, size_t nth)
{
	for (size_t i = 0; i < journal->count; i++)
		if (begins(journal->entry[i].what, what) && nth-- == 0)
			return &journal->entry[i];
	return NULL;
}

const char *journal_text(const char *without)
{
	static char text[JOURNAL_MAX * (sizeof(journal->entry->what) + 2)];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < journal->count; i++)
		if (!begins(journal->entry[i].what, without))
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
						 used ? ", " : "", journal->entry[i].what);
	return text;
}
