/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/faults/fault.h"

/* Shorter frames and answers are all counts, addresses and the like. */
#define BLOCK_LEAST 24

const char *const fault_names[FAULT_KINDS] = {
	[FAULT_LOST] = "byte lost",
	[FAULT_FLIP] = "one bit flipped, parity seen",
	[FAULT_FLIP_UNSEEN] = "one bit flipped, no parity",
	[FAULT_FLIP_TWO] = "two bits flipped",
	[FAULT_DOUBLED] = "byte doubled",
	[FAULT_INSERTED] = "extra byte",
	[FAULT_DELAYED] = "delayed beyond the time-out",
	[FAULT_CUT] = "all from there on lost",
	[FAULT_RESET] = "chip reset",
	[FAULT_POWER] = "power lost",
	[FAULT_GONE] = "adapter removed",
	[FAULT_STALL] = "chip stops for 3 s",
	[FAULT_PAUSE] = "host stops for 3 s",
	[FAULT_NO_ADDRESS] = "address not acknowledged",
	[FAULT_NO_DATA] = "data not acknowledged",
	[FAULT_ARBITRATION] = "arbitration lost",
	[FAULT_TIMEOUT] = "adapter gives up",
	[FAULT_BUSY] = "busy for too long",
	[FAULT_LATE] = "delayed beyond the time-out",
	[FAULT_REFUSED] = "transfer stalled",
	[FAULT_UNANSWERED] = "transfer not answered",
	[FAULT_SHORT] = "transfer short",
	[FAULT_STATE] = "wrong state",
	[FAULT_STATUS] = "wrong status",
	[FAULT_LOST_WORK] = "work not done",
	[FAULT_SPOILED] = "one bit of a block flipped",
};

/* ---- the map of a clean run ---- */

/* How long the answer to a Read Memory will be follows from its second frame. */
static void map_frame(struct injector *inj, const uint8_t *bytes, size_t len)
{
	bool pair = len == 2 && (bytes[0] ^ bytes[1]) == 0xFF;

	inj->answer_at = 0;
	inj->answer_len = pair && inj->last_code == 0x11 ? bytes[0] + 1u : 0;
	/* An address frame keeps the code, so that the length behind it is known as such. */
	if (len != 5)
		inj->last_code = pair && !inj->answer_len ? bytes[0] : 0xFF;
}

static void map_bytes_out(struct fault_map *m, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len && m->bytes[1] < FAULT_MAP_MAX; i++) {
		m->last[m->bytes[1]] = bytes[len - 1];
		m->payload[1][m->bytes[1]++] = len >= BLOCK_LEAST && i > 0 && i + 1 < len;
	}
}

static void map_byte_in(struct injector *inj)
{
	struct fault_map *m = inj->map;

	if (m->bytes[0] < FAULT_MAP_MAX)
		m->payload[0][m->bytes[0]++] = inj->answer_len >= BLOCK_LEAST && inj->answer_at > 0;
	inj->answer_at++;
}

/* ---- what happens ---- */

void injector_frame(struct injector *inj, const uint8_t *bytes, size_t len)
{
	if (!inj->map)
		return;
	map_frame(inj, bytes, len);
	map_bytes_out(inj->map, bytes, len);
}

static void note(struct injector *inj, struct fault *f)
{
	f->happened = true;
	f->frame = inj->frames;
}

struct fault *injector_due(struct injector *inj, enum fault_kind kind, bool before)
{
	for (size_t i = 0; i < inj->faults; i++) {
		struct fault *f = &inj->fault[i];

		if (f->kind == kind && !f->happened && f->at == inj->frames &&
		    f->to_chip == before) {
			note(inj, f);
			return f;
		}
	}
	return NULL;
}

struct fault *injector_next(struct injector *inj, bool to_chip)
{
	for (size_t i = 0; i < inj->faults; i++) {
		struct fault *f = &inj->fault[i];

		if (!fault_at_frame(f->kind) && !f->happened && f->to_chip == to_chip &&
		    f->at == inj->bytes[to_chip])
			return f;
	}
	return NULL;
}

size_t injector_free(const struct injector *inj, bool to_chip)
{
	size_t most = SIZE_MAX;

	if (inj->cut[to_chip])
		return 0;
	for (size_t i = 0; i < inj->faults; i++) {
		const struct fault *f = &inj->fault[i];

		if (!fault_at_frame(f->kind) && !f->happened && f->to_chip == to_chip &&
		    f->at >= inj->bytes[to_chip] && f->at - inj->bytes[to_chip] < most)
			most = f->at - inj->bytes[to_chip];
	}
	return most;
}

size_t injector_pass(struct injector *inj, bool to_chip, uint8_t byte, uint8_t out[2])
{
	struct fault *f = injector_next(inj, to_chip);

	inj->bytes[to_chip]++;
	if (inj->map && !to_chip)
		map_byte_in(inj);
	if (f)
		note(inj, f);
	inj->cut[to_chip] |= f && f->kind == FAULT_CUT;
	if (inj->cut[to_chip] || (f && f->kind == FAULT_LOST))
		return 0;
	out[0] = out[1] = byte;
	if (!f)
		return 1;
	switch (f->kind) {
	case FAULT_FLIP:
	case FAULT_FLIP_UNSEEN:
	case FAULT_FLIP_TWO:
		out[0] ^= f->bits;
		return 1;
	case FAULT_INSERTED:
		out[0] = f->bits;
		return 2;
	case FAULT_DOUBLED:
		return 2;
	default:
		return 1;
	}
}
