/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page lists: how many pages one erase command may name, and which hazards a list has.
 */
#ifndef BOOTPIN_ERASE_LIST_H
#define BOOTPIN_ERASE_LIST_H

#include "loader/an3155/link.h"

/*
 * Do the numbers of these pages fit the command? One that does not would be cut, and be another
 * page's. ERR_ABILITY.
 */
int erase_list_check(const struct link *l, const struct page *pages, size_t count, struct err *e);

/*
 * Erases the first of @pages with one command (AN3155, Erase and Extended Erase); *count, pages
 * that there are, becomes how many the command named. Errors as link_erase.
 */
int erase_list_send(struct link *l, const struct page *pages, size_t *count, struct err *e);

#endif
