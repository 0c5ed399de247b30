/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "loader/an3155/recover.h"
#include "loader/an3155/trial.h"

/* An answer comes within a millisecond (AN2606: 0.3 ms), an adapter may keep it for some more. */
#define TRIAL_SLACK (60 * NSEC_PER_MSEC)
#define SYNCS 2			/* H74x wants two on some pins, and the first may be too early */
#define PATTERN 256

/* ---- waking it ---- */

static int fails(struct err *e, const char *what)
{
	err_set(e, ERR_GARBLED, "%s", what);
	return 0;
}

/* Of a ROM that answers with two ACKs the second is swallowed (L412). 1, 0, -1. */
static int swallow_ack(struct link *l, struct err *e)
{
	uint8_t more[16];
	ssize_t n = bl_drain(&l->bl, RECOVER_SILENCE, RECOVER_DRAIN_LIMIT, more, sizeof(more), e);

	if (n < 0)
		return -1;
	return n == 0 || (n == 1 && more[0] == BL_ACK) ? 1 : fails(e, "too much came for 0x7F");
}

/* 1 it has answered 0x7F; 0; -1. */
static int wake(struct link *l, struct err *e)
{
	const uint8_t sync = BL_SYNC;
	uint8_t answer;

	if (port_discard(l->bl.port, e) < 0)
		return -1;
	for (int i = 0; i < SYNCS; i++) {
		int got = bl_send_raw(&l->bl, &sync, 1, e);

		if (got == 0)
			got = bl_receive(&l->bl, &answer,
					 l->bl.slack + 2 * port_wire_time(l->bl.port, 1), e);
		if (got < 0)
			return -1;
		if (got > 0)
			return answer == BL_ACK ? swallow_ack(l, e)
						: fails(e, "what came for 0x7F is no ACK");
	}
	return fails(e, "nothing came for 0x7F");
}

/* ---- what it says ---- */

/* One answer of which all is known already. 0, or -1 with @e set. */
static int ask_get(struct link *l, struct err *e)
{
	struct bl_commands now;

	if (bl_get(&l->bl, &now, e) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(now.listed) / sizeof(now.listed[0]); i++)
		if (l->bl.listed[i] && !now.listed[i])
			return err_set(e, ERR_GARBLED, "Get lists other commands");
	return now.version == l->bl.version
		       ? 0
		       : err_set(e, ERR_GARBLED, "Get says another version");
}

static int ask_id(struct link *l, struct err *e)
{
	bool same;

	if (recover_ask_id(l, &same, e) < 0)
		return -1;
	return same ? 0 : err_set(e, ERR_GARBLED, "Get ID says another product ID");
}

/* ---- what it carries ---- */

/*
 * All byte values, most bits changing from each to the next. A ROM that has lost the beginning of the
 * frame takes what follows for commands, and a command is a byte and its complement: all neighbours
 * are two bits or more away from that.
 */
static void make_pattern(uint8_t *p, bool inverted)
{
	for (unsigned int i = 0; i < PATTERN; i++) {
		uint8_t half = (uint8_t)(i / 2), value = i % 2 ? (uint8_t)~(half ^ 0x60u) : half;

		p[i] = inverted ? (uint8_t)~value : value;
	}
}

static int carry_pattern(struct link *l, uint32_t ram, bool inverted, struct err *e)
{
	uint8_t sent[PATTERN], back[PATTERN];
	size_t n;

	make_pattern(sent, inverted);
	for (size_t at = 0; at < PATTERN; at += n) {
		n = PATTERN - at < l->loader.write_max ? PATTERN - at : l->loader.write_max;
		if (bl_write(&l->bl, ram + (uint32_t)at, sent + at, n, 0, e) < 0)
			return -1;
	}
	for (size_t at = 0; at < PATTERN; at += n) {
		n = PATTERN - at < l->loader.read_max ? PATTERN - at : l->loader.read_max;
		if (bl_read(&l->bl, ram + (uint32_t)at, back + at, n, e) < 0)
			return -1;
	}
	return memcmp(sent, back, PATTERN) == 0
		       ? 0
		       : err_set(e, ERR_GARBLED, "RAM does not read as it was written");
}

/* The second pattern is the first one inverted: nothing that an earlier trial has left passes. */
static int carry_patterns(struct link *l, uint32_t ram, struct err *e)
{
	const struct port_traffic before = l->bl.port->traffic, *now = &l->bl.port->traffic;
	nsec_t began = port_now(l->bl.port), wire, took;

	if (carry_pattern(l, ram, false, e) < 0 || carry_pattern(l, ram, true, e) < 0)
		return -1;
	wire = port_wire_time(l->bl.port, (size_t)(now->sent + now->received - before.sent -
						   before.received));
	took = port_now(l->bl.port) - began;
	l->loader.turn = 0;
	if (took > wire)
		l->loader.turn = (took - wire) / (nsec_t)(now->turns - before.turns);
	return 0;
}

/* ---- the trial ---- */

static int try_all(struct link *l, uint32_t ram, struct err *e)
{
	int ret = wake(l, e);

	if (ret <= 0)
		return ret;
	if (ask_get(l, e) == 0 && ask_id(l, e) == 0 && carry_patterns(l, ram, e) == 0)
		return 1;
	return recover_fatal(e) ? -1 : 0;
}

int trial_run(struct link *l, uint32_t ram, struct err *e)
{
	struct bl *b = &l->bl;
	const nsec_t slack = b->slack, reach = b->reach, patience = b->patience;
	int ret;

	b->slack = b->reach = b->patience = TRIAL_SLACK;
	ret = try_all(l, ram, e);
	b->slack = slack;
	b->reach = reach;
	b->patience = patience;
	return ret;
}
