/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which byte to feed to a bootloader that waits for the rest of a frame.
 *
 * AN3155 receivers have no time-out: after k lost bytes the ROM waits for k more and carries the
 * frame out if their XOR happens to be that of the lost ones. bootpin knows the frame it sent, so
 * it can choose bytes that complete the frame in none of the ways in which it can have been
 * mutilated: one byte or one run lost, the count lost, all of it lost, or only its answer lost.
 * 0x00 is never fed (it is page 0, and half of FF 00, the global erase).
 *
 * Pure computation, no I/O.
 */
#ifndef BOOTPIN_RESYNC_H
#define BOOTPIN_RESYNC_H

#include "loader/an3155/frame.h"

/* A model of the ROM's receiver: what it waits for and what it has. */
struct receiver {
	enum bl_phase phase;
	uint32_t got;		/* bytes of the frame so far */
	uint32_t need;		/* bytes of the whole frame; 0 while the count is incomplete */
	uint8_t first;
	uint8_t sum;		/* XOR so far */
	bool ended;		/* has answered: tells nothing of what comes now */
};

enum receiver_verdict {
	RECEIVER_WAITS,		/* for more bytes, in silence */
	RECEIVER_REFUSES,	/* answers NACK */
	RECEIVER_ACCEPTS,	/* answers ACK, nothing has changed */
	RECEIVER_EXECUTES,	/* answers ACK, and memory may have changed */
};

void receiver_start(struct receiver *r, enum bl_phase phase);
enum receiver_verdict receiver_feed(struct receiver *r, uint8_t byte);

#define RESYNC_DOUBTS 4

struct resync {
	const struct bl_sent *sent;
	uint8_t prefix[BL_FRAME_MAX + 1];	/* XOR of the first i bytes of the frame */
	/* states whose frame length depends on what is fed */
	struct receiver doubt[RESYNC_DOUBTS];
	size_t doubts;
	uint8_t fed;			/* XOR of what was fed */
	uint32_t count;			/* how many bytes were fed */
};

/* @sent: the frame in doubt; must outlive @r. */
void resync_start(struct resync *r, const struct bl_sent *sent);

/*
 * The byte to feed next: of those on which no possible state carries anything out, the one that
 * brings an answer soonest, and 0xFF if it is among them. Where none is safe (a full data frame can
 * hold all values) the one that fewest states carry out.
 */
uint8_t resync_next(const struct resync *r);

/* Whether none of the states carries anything out when @byte is fed next. */
bool resync_safe(const struct resync *r, uint8_t byte);

/* Takes note that @byte was fed and nothing was answered. */
void resync_fed(struct resync *r, uint8_t byte);

/*
 * How many more bytes it may take until every state that was thought of has answered; 0 when all
 * have.
 */
uint32_t resync_left(const struct resync *r);

#endif
