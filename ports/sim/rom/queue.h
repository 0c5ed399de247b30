/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes on a wire, each with the time at which it is complete; earliest first.
 */
#ifndef BOOTPIN_SIM_QUEUE_H
#define BOOTPIN_SIM_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timed_byte {
	int64_t when;		/* nanoseconds */
	uint8_t byte;
	bool bad_parity;	/* as the receiver found it */
};

struct queue {
	struct timed_byte *item;
	size_t head, count, room;
};

#define QUEUE_INIT ((struct queue){ 0 })

/*
 * Adds @b behind all bytes that are not later. When out of memory the byte is lost, as on any wire,
 * and the receiver's wait times out.
 */
void queue_push(struct queue *q, struct timed_byte b);

/* The oldest, or NULL. */
const struct timed_byte *queue_peek(const struct queue *q);
void queue_pop(struct queue *q);

/* Drops what is complete only after @when. */
void queue_cut(struct queue *q, int64_t when);

void queue_free(struct queue *q);

#endif
