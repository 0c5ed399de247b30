/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "ports/sim/rom/queue.h"

void queue_push(struct queue *q, struct timed_byte b)
{
	size_t i;

	if (q->head == q->count)
		q->head = q->count = 0;
	if (q->count == q->room) {
		size_t room = q->room ? 2 * q->room : 512;
		struct timed_byte *item = realloc(q->item, room * sizeof(*item));

		if (!item)
			return;
		q->item = item;
		q->room = room;
	}
	for (i = q->count++; i > q->head && q->item[i - 1].when > b.when; i--)
		q->item[i] = q->item[i - 1];
	q->item[i] = b;
}

const struct timed_byte *queue_peek(const struct queue *q)
{
	return q->head < q->count ? &q->item[q->head] : NULL;
}

void queue_pop(struct queue *q)
{
	q->head++;
}

void queue_cut(struct queue *q, int64_t when)
{
	while (q->count > q->head && q->item[q->count - 1].when > when)
		q->count--;
}

void queue_free(struct queue *q)
{
	free(q->item);
	*q = QUEUE_INIT;
}
