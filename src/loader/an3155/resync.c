/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "loader/an3155/resync.h"

void receiver_start(struct receiver *r, enum bl_phase phase)
{
	static const uint8_t fixed[] = {
		[BL_WANTS_COMMAND] = 2, [BL_WANTS_ADDRESS] = 5, [BL_WANTS_LENGTH] = 2,
		[BL_WANTS_DATA] = 0,    [BL_WANTS_PAGES8] = 0,  [BL_WANTS_PAGES16] = 0,
		[BL_WANTS_SECTORS] = 0,
	};

	*r = (struct receiver){ .phase = phase, .need = fixed[phase] };
}

/*
 * The frame's length, once its count is known (AN3155, Write Memory, Erase, Extended Erase, Write
 * Protect).
 */
static void learn_length(struct receiver *r, uint8_t byte)
{
	uint32_t n;

	switch (r->phase) {
	case BL_WANTS_DATA:
	case BL_WANTS_SECTORS:
		r->need = r->first + 3u;
		break;
	/* FF is followed by one byte, any other count by its pages and the XOR. */
	case BL_WANTS_PAGES8:
		r->need = r->first == 0xFF ? 2 : r->first + 3u;
		break;
	case BL_WANTS_PAGES16:
		if (r->got < 2)
			break;
		n = (uint32_t)r->first << 8 | byte;
		r->need = n >= 0xFFF0 ? 3 : 2 * (n + 1) + 3;
		break;
	default:
		break;
	}
}

static enum receiver_verdict judge(const struct receiver *r, uint8_t last)
{
	switch (r->phase) {
	case BL_WANTS_COMMAND:
		if (r->sum != 0xFF)
			return RECEIVER_REFUSES;
		switch (r->first) {
		case BL_WRITE_UNPROTECT: case BL_READOUT_PROTECT: case BL_READOUT_UNPROTECT:
			return RECEIVER_EXECUTES;
		default:
			return RECEIVER_ACCEPTS;
		}
	case BL_WANTS_LENGTH:
		return r->sum == 0xFF ? RECEIVER_ACCEPTS : RECEIVER_REFUSES;
	case BL_WANTS_ADDRESS:
		return r->sum == 0 ? RECEIVER_ACCEPTS : RECEIVER_REFUSES;
	case BL_WANTS_PAGES8:
		if (r->need == 2)
			return last == 0 ? RECEIVER_EXECUTES : RECEIVER_ACCEPTS;
		/* fall through */
	case BL_WANTS_DATA:
	case BL_WANTS_PAGES16:
	case BL_WANTS_SECTORS:
		return r->sum == 0 ? RECEIVER_EXECUTES : RECEIVER_REFUSES;
	}
	return RECEIVER_REFUSES;
}

enum receiver_verdict receiver_feed(struct receiver *r, uint8_t byte)
{
	if (!r->got++)
		r->first = byte;
	r->sum ^= byte;
	if (!r->need)
		learn_length(r, byte);
	if (!r->need || r->got < r->need)
		return RECEIVER_WAITS;
	r->ended = true;
	return judge(r, byte);
}

/* Bytes of a frame that hold its count. */
static size_t count_bytes(enum bl_phase phase)
{
	switch (phase) {
	case BL_WANTS_PAGES16:
		return 2;
	case BL_WANTS_DATA:
	case BL_WANTS_PAGES8:
	case BL_WANTS_SECTORS:
		return 1;
	default:
		return 0;
	}
}

/* A state that the receiver may be in: it waited for @phase, and got @len bytes of the frame. */
static void add_doubt(struct resync *r, enum bl_phase phase, const uint8_t *bytes, size_t len)
{
	struct receiver *d = &r->doubt[r->doubts++];

	receiver_start(d, phase);
	for (size_t i = 0; i < len; i++) {
		if (d->ended)	/* what follows is taken for commands, which FF ends */
			receiver_start(d, BL_WANTS_COMMAND);
		receiver_feed(d, bytes[i]);
	}
	if (d->ended)
		receiver_start(d, BL_WANTS_COMMAND);
}

void resync_start(struct resync *r, const struct bl_sent *sent)
{
	size_t counts = count_bytes(sent->phase);

	memset(r, 0, sizeof(*r));
	r->sent = sent;
	for (size_t i = 0; i < sent->len; i++)
		r->prefix[i + 1] = r->prefix[i] ^ sent->bytes[i];

	add_doubt(r, sent->phase, NULL, 0);		/* all of it lost */
	add_doubt(r, sent->next, NULL, 0);		/* only the answer lost */
	for (size_t i = 1; i <= counts; i++)		/* the count, or a part of it, lost */
		add_doubt(r, sent->phase, sent->bytes + i, sent->len - i);
}

/* The states that feeding a byte would lead to. */
struct prospect {
	unsigned int executed;		/* states that would carry something out */
	uint32_t longest;		/* bytes that the hungriest state would still want */
};

/* For every value, how many runs as long as what will have been fed have it as their XOR. */
static void count_runs(const struct resync *r, uint16_t runs[256])
{
	size_t from = count_bytes(r->sent->phase), run = r->count + 1u;

	memset(runs, 0, 256 * sizeof(runs[0]));
	for (size_t i = from; i + run <= r->sent->len; i++)
		runs[(uint8_t)(r->prefix[i + run] ^ r->prefix[i])]++;
}

/* At least; half a 16-bit count gives an idea. */
static uint32_t still_wants(const struct receiver *d)
{
	if (d->need)
		return d->need - d->got;
	return d->phase == BL_WANTS_PAGES16 && d->got && d->first != 0xFF ? 512u * d->first : 1;
}

/*
 * Half a length, whose other half is what the question begins with that shows whether the
 * bootloader is in step (Get Version): a chip that was late would take both for a length.
 */
static bool tempts(const struct receiver *d)
{
	return d->phase == BL_WANTS_LENGTH && d->got == 1 &&
	       d->first == (uint8_t)~BL_GET_VERSION;
}

static struct prospect look_ahead(const struct resync *r, const uint16_t runs[256], uint8_t byte)
{
	struct prospect p = { runs[(uint8_t)(r->fed ^ byte)], 0 };

	for (size_t i = 0; i < r->doubts; i++) {
		struct receiver d = r->doubt[i];
		uint32_t wants;

		if (d.ended)
			continue;
		p.executed += receiver_feed(&d, byte) == RECEIVER_EXECUTES || tempts(&d);
		wants = d.ended ? 0 : still_wants(&d);
		if (wants > p.longest)
			p.longest = wants;
	}
	return p;
}

static bool better(struct prospect a, struct prospect b)
{
	return a.executed != b.executed ? a.executed < b.executed : a.longest < b.longest;
}

uint8_t resync_next(const struct resync *r)
{
	uint16_t runs[256];
	struct prospect best;
	uint8_t byte = 0xFF;

	count_runs(r, runs);
	best = look_ahead(r, runs, byte);
	for (unsigned int b = 0xFE; b > 0; b--) {
		struct prospect p = look_ahead(r, runs, (uint8_t)b);

		if (better(p, best)) {
			best = p;
			byte = (uint8_t)b;
		}
	}
	return byte;
}

bool resync_safe(const struct resync *r, uint8_t byte)
{
	uint16_t runs[256];

	count_runs(r, runs);
	return look_ahead(r, runs, byte).executed == 0;
}

void resync_fed(struct resync *r, uint8_t byte)
{
	r->fed ^= byte;
	r->count++;
	for (size_t i = 0; i < r->doubts; i++)
		if (!r->doubt[i].ended)
			receiver_feed(&r->doubt[i], byte);
}

uint32_t resync_left(const struct resync *r)
{
	uint32_t most = r->sent->len > r->count ? (uint32_t)r->sent->len - r->count : 0;

	for (size_t i = 0; i < r->doubts; i++) {
		const struct receiver *d = &r->doubt[i];
		uint32_t left = d->need ? d->need - d->got : 3;

		if (!d->ended && left > most)
			most = left;
	}
	return most;
}
