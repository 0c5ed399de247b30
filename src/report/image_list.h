/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The image files of a job, as one line names them.
 */
#ifndef BOOTPIN_IMAGE_LIST_H
#define BOOTPIN_IMAGE_LIST_H

#include "report/result.h"

/* Each joined by ';'. All zero: there is none. */
struct image_list {
	char *names, *sums;		/* SHA-256; NULL: none */
};

void image_list_free(struct image_list *l);

/* Notes the file of EV_IMAGE_FILE; other events are none of its business. @values: as of result_take. */
void image_list_take(struct image_list *l, enum event ev, const struct event_value *values);

#endif
