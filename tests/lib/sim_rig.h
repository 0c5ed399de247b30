/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For the simulator's tests: a board on the bench, spoken to in raw bytes, written as hex. Nothing
 * of bootpin's own commands is used, so that host and simulator cannot be wrong together.
 */
#ifndef BOOTPIN_TESTS_SIM_RIG_H
#define BOOTPIN_TESTS_SIM_RIG_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ports/sim/board/sim.h"
#include "tests/lib/quiet_check.h"

#define RIG_BAUD 115200u
#define RIG_BYTE (11 * NSEC_PER_SEC / RIG_BAUD)

struct rig {
	struct sim *sim;
	struct chip *chip;
	nsec_t now;
};

static inline struct rig rig_new(const char *spec)
{
	struct err e = ERR_INIT;
	struct rig r = { .sim = sim_new(spec, &e) };

	ck_assert_msg(r.sim != NULL, "%s: %s", spec, e.msg);
	r.chip = sim_chip(r.sim);
	r.now = sim_now(r.sim);
	return r;
}

static inline void rig_free(struct rig *r)
{
	struct err e = ERR_INIT;

	ck_assert_msg(sim_free(r->sim, &e) == 0, "%s", e.msg);
}

/* Hex digits in pairs; blanks between them are ignored. Returns how many bytes. */
static inline size_t rig_hex(const char *hex, uint8_t *out, size_t room)
{
	size_t n = 0;

	for (const char *p = hex; *p; ) {
		unsigned int byte;

		if (isspace((unsigned char)*p)) {
			p++;
			continue;
		}
		ck_assert_msg(isxdigit((unsigned char)p[0]) && isxdigit((unsigned char)p[1]) &&
				  n < room,
			      "bad hex '%s'", hex);
		sscanf(p, "%2x", &byte);
		out[n++] = (uint8_t)byte;
		p += 2;
	}
	return n;
}

/* Sends bytes back to back, each complete a character's time after the last. */
static inline void rig_send(struct rig *r, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		r->now += RIG_BYTE;
		sim_feed(r->sim, bytes[i], r->now, RIG_BAUD, SERIAL_MODE_8E1);
	}
}

/* All that the board has to say, up to silence. */
static inline size_t rig_hear(struct rig *r, uint8_t *out, size_t room)
{
	size_t n = 0;
	uint8_t byte;
	nsec_t when;

	while (sim_next(r->sim, &byte, &when)) {
		ck_assert_uint_lt(n, room);
		out[n++] = byte;
		r->now = when > r->now ? when : r->now;
	}
	return n;
}

/* Sends @in and expects exactly @out; both hex. */
static inline void rig_try(struct rig *r, const char *in, const char *out)
{
	uint8_t bytes[2048], want[2048], got[2048];
	size_t len = rig_hex(in, bytes, sizeof(bytes)), expected = rig_hex(out, want, sizeof(want)),
	       heard;
	char text[3 * 64 + 1] = "";

	rig_send(r, bytes, len);
	heard = rig_hear(r, got, sizeof(got));
	for (size_t i = 0; i < heard && i < 64; i++)
		sprintf(text + 3 * i, "%02x ", got[i]);
	ck_assert_msg(heard == expected && memcmp(got, want, heard) == 0,
		      "sent %s: wanted %s, got %s(%zu)", in, out, text, heard);
}

static inline void rig_sync(struct rig *r)
{
	rig_try(r, "7f", "79");
}

/* An address frame: four bytes and their XOR. */
static inline void rig_address(struct rig *r, uint32_t addr, const char *out)
{
	char hex[11];
	uint8_t b[4] = { (uint8_t)(addr >> 24), (uint8_t)(addr >> 16), (uint8_t)(addr >> 8),
			 (uint8_t)addr };

	snprintf(hex, sizeof(hex), "%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3],
		 b[0] ^ b[1] ^ b[2] ^ b[3]);
	rig_try(r, hex, out);
}

/* Write Memory; expects an ACK. */
static inline void rig_write(struct rig *r, uint32_t addr, const uint8_t *data, uint32_t len)
{
	uint8_t frame[258], ack[4], sum;

	rig_try(r, "31ce", "79");
	rig_address(r, addr, "79");
	frame[0] = (uint8_t)(len - 1);
	memcpy(frame + 1, data, len);
	sum = 0;
	for (uint32_t i = 0; i <= len; i++)
		sum ^= frame[i];
	frame[len + 1] = sum;
	rig_send(r, frame, len + 2);
	ck_assert_uint_eq(rig_hear(r, ack, sizeof(ack)), 1);
	ck_assert_uint_eq(ack[0], 0x79);
}

/* Read Memory. */
static inline void rig_read(struct rig *r, uint32_t addr, uint8_t *data, uint32_t len)
{
	uint8_t frame[2] = { (uint8_t)(len - 1), (uint8_t)~(len - 1) }, got[257];

	rig_try(r, "11ee", "79");
	rig_address(r, addr, "79");
	rig_send(r, frame, 2);
	ck_assert_uint_eq(rig_hear(r, got, sizeof(got)), len + 1);
	ck_assert_uint_eq(got[0], 0x79);
	memcpy(data, got + 1, len);
}

#endif
