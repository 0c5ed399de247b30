/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --list-option-bytes: the names that --set-option takes, each once, and the families that have it.
 */
#ifndef BOOTPIN_LIST_FIELDS_H
#define BOOTPIN_LIST_FIELDS_H

#include "report/report.h"

void list_fields(struct report *r);

#endif
