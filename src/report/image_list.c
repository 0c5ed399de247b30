/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "report/image_list.h"

/* Adds @text; without memory for it the list stays as it is. */
static void join(char **list, const char *text)
{
	char *longer;

	if (asprintf(&longer, "%s%s%s", *list ? *list : "", *list ? ";" : "", text) < 0)
		return;
	free(*list);
	*list = longer;
}

void image_list_free(struct image_list *l)
{
	free(l->names);
	free(l->sums);
	*l = (struct image_list){ NULL, NULL };
}

void image_list_take(struct image_list *l, enum event ev, const struct event_value *values)
{
	if (ev != EV_IMAGE_FILE)
		return;
	join(&l->names, values[0].text);
	join(&l->sums, values[4].text);
}
