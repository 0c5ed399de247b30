/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The erase step, and the erase of pages and of everything for the write step.
 */
#ifndef BOOTPIN_ERASE_H
#define BOOTPIN_ERASE_H

#include "session/session.h"

/* -o: erases what the request names. */
int step_erase(struct session *s, struct err *e);

/* The look behind an erase. */
enum erase_look {
	ERASE_EACH,		/* the first and last word of each page, or all of a page that is read quicker */
	ERASE_SAMPLE,		/* those of the first and last page of each command */
};

/*
 * Erases the pages with as few commands as this bootloader takes, and looks whether they are blank.
 * *look: a sample is taken where it may be: where all bytes are verified later, or nothing else is
 * written; and where the versions of the bootloader are known, the option bytes tell that no page is
 * write-protected, and nothing was odd in the exchange. It becomes what was looked at.
 * ERR_WRITE_PROTECTED, ERR_VERIFY if a page is not blank although its erase was acknowledged.
 */
int erase_pages(struct session *s, const struct page *pages, size_t count, enum erase_look *look,
		struct err *e);

/* Erases all flash with one command, and looks in the same way where the pages are known. */
int erase_everything(struct session *s, struct err *e);

#endif
