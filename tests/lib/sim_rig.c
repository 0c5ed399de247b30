/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "tests/lib/sim_rig.h"

struct rig rig_new(const char *spec)
{
	struct err e = ERR_INIT;
	struct rig r = { .sim = sim_new(spec, &e) };

	ck_assert_msg(r.sim != NULL, "%s: %s", spec, e.msg);
	r.chip = sim_chip(r.sim);
	r.now = sim_now(r.sim);
	return r;
}

void rig_free(struct rig *r)
{
	struct err e = ERR_INIT;

	ck_assert_msg(sim_free(r->sim, &e) == 0, "%s", e.msg);
}

void rig_refused(const char *spec, const char *says)
{
	struct err e = ERR_INIT;

	ck_assert_ptr_null(sim_new(spec, &e));
	ck_assert_int_eq(e.code, ERR_USAGE);
	ck_assert_str_eq(e.msg, says);
}

size_t rig_hex(const char *hex, uint8_t *out, size_t room)
{
	size_t n = 0;

	for (const char *p = hex; *p;) {
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

void rig_send(struct rig *r, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		r->now += RIG_BYTE;
		sim_feed(r->sim, bytes[i], r->now, RIG_BAUD, SERIAL_MODE_8E1);
	}
}

size_t rig_hear(struct rig *r, uint8_t *out, size_t room)
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

void rig_try(struct rig *r, const char *in, const char *out)
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

void rig_sync(struct rig *r)
{
	rig_try(r, "7f", "79");
}

void rig_address(struct rig *r, uint32_t addr, const char *out)
{
	char hex[11];
	uint8_t b[4] = { (uint8_t)(addr >> 24), (uint8_t)(addr >> 16), (uint8_t)(addr >> 8),
			 (uint8_t)addr };

	snprintf(hex, sizeof(hex), "%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3],
		 b[0] ^ b[1] ^ b[2] ^ b[3]);
	rig_try(r, hex, out);
}

void rig_write(struct rig *r, uint32_t addr, const uint8_t *data, uint32_t len)
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

void rig_read(struct rig *r, uint32_t addr, uint8_t *data, uint32_t len)
{
	uint8_t frame[2] = { (uint8_t)(len - 1), (uint8_t) ~(len - 1) }, got[257];

	rig_try(r, "11ee", "79");
	rig_address(r, addr, "79");
	rig_send(r, frame, 2);
	ck_assert_uint_eq(rig_hear(r, got, sizeof(got)), len + 1);
	ck_assert_uint_eq(got[0], 0x79);
	memcpy(data, got + 1, len);
}

void rig_write_hex(struct rig *r, uint32_t addr, const char *hex)
{
	uint8_t data[256];

	rig_write(r, addr, data, (uint32_t)rig_hex(hex, data, sizeof(data)));
}

void rig_holds(struct rig *r, uint32_t addr, const char *hex)
{
	uint8_t want[512], got[512];
	uint32_t len = (uint32_t)rig_hex(hex, want, sizeof(want));

	ck_assert_int_eq(chip_peek(r->chip, addr, got, len), 0);
	for (uint32_t i = 0; i < len; i++)
		ck_assert_msg(got[i] == want[i], "0x%08x holds %02x, not %02x",
			      (unsigned int)(addr + i), got[i], want[i]);
}
