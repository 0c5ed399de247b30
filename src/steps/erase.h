/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The erase step, and the erase of pages and of everything for the write step.
 */
#ifndef BOOTPIN_ERASE_H
#define BOOTPIN_ERASE_H

#include "session/session.h"

/* -o: erases what the request names. */
int step_erase(struct session *s, struct err *e);

/*
 * Erases the pages with as few commands as this bootloader takes, and reads back the first and last
 * word of each. ERR_WRITE_PROTECTED, ERR_VERIFY if a page is not blank although its erase was
 * acknowledged.
 */
int erase_pages(struct session *s, const struct page *pages, size_t count, struct err *e);

/* Erases all flash with one command, and looks as erase_pages does where the pages are known. */
int erase_everything(struct session *s, struct err *e);

#endif
