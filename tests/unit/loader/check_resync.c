/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whatever part of a frame was lost, the bytes fed to complete it are refused (AN3155: the ROM
 * has no time-out and carries out what adds up).
 */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/random.h"
#include "tests/lib/runner.h"
#include "loader/an3155/resync.h"

static void xor_close(struct bl_sent *s)
{
	uint8_t x = 0;

	for (size_t i = 0; i < s->len; i++)
		x ^= s->bytes[i];
	s->bytes[s->len++] = x;
}

static struct bl_sent command(uint8_t c, enum bl_phase next)
{
	struct bl_sent s = { .command = c, .phase = BL_WANTS_COMMAND, .next = next, .len = 2 };

	s.bytes[0] = c;
	s.bytes[1] = (uint8_t)~c;
	return s;
}

static struct bl_sent address(uint32_t addr, enum bl_phase next)
{
	struct bl_sent s = { .phase = BL_WANTS_ADDRESS, .next = next, .len = 4 };

	for (int i = 0; i < 4; i++)
		s.bytes[i] = (uint8_t)(addr >> (24 - 8 * i));
	xor_close(&s);
	return s;
}

static struct bl_sent data(unsigned int len, unsigned int seed)
{
	struct bl_sent s = { .phase = BL_WANTS_DATA, .next = BL_WANTS_COMMAND, .len = len + 1 };

	s.bytes[0] = (uint8_t)(len - 1);
	random_fill(s.bytes + 1, len, seed);
	for (unsigned int i = 0; i < len && seed == 0; i++)
		s.bytes[1 + i] = (uint8_t)(i % 7 ? 0 : i);
	xor_close(&s);
	return s;
}

static struct bl_sent pages8(unsigned int first, unsigned int count)
{
	struct bl_sent s = { .phase = BL_WANTS_PAGES8, .next = BL_WANTS_COMMAND, .len = count + 1 };

	s.bytes[0] = (uint8_t)(count - 1);
	for (unsigned int i = 0; i < count; i++)
		s.bytes[1 + i] = (uint8_t)(first + i);
	xor_close(&s);
	return s;
}

static struct bl_sent pages16(unsigned int first, unsigned int count)
{
	struct bl_sent s = { .phase = BL_WANTS_PAGES16,
			     .next = BL_WANTS_COMMAND,
			     .len = 2 + 2 * count };

	s.bytes[0] = (uint8_t)((count - 1) >> 8);
	s.bytes[1] = (uint8_t)(count - 1);
	for (unsigned int i = 0; i < count; i++) {
		s.bytes[2 + 2 * i] = (uint8_t)((first + i) >> 8);
		s.bytes[3 + 2 * i] = (uint8_t)(first + i);
	}
	xor_close(&s);
	return s;
}

static struct bl_sent frame(int i)
{
	switch (i) {
	case 0: return command(0x11, BL_WANTS_ADDRESS);
	case 1: return command(0x31, BL_WANTS_ADDRESS);
	case 2: return command(0x43, BL_WANTS_PAGES8);
	case 3: return command(0x44, BL_WANTS_PAGES16);
	case 4: return address(0x08000000, BL_WANTS_DATA);
	case 5: return address(0x0801FF00, BL_WANTS_LENGTH);
	case 6: return data(256, 0);	/* mostly zeros, as firmware is */
	case 7: return data(256, 1);
	case 8: return data(4, 2);
	case 9: return data(128, 3);
	case 10: return pages8(0, 1);
	case 11: return pages8(0, 32);
	case 12: return pages8(100, 20);
	case 13: return pages16(0, 1);
	case 14: return pages16(1, 1);
	case 15: return pages16(0, 4);
	case 16: return pages16(0, 100);
	case 17: return pages16(250, 12);
	case 18: return command(0x82, BL_WANTS_COMMAND);
	default: return command(0x73, BL_WANTS_COMMAND);
	}
}
#define FRAMES 20

enum outcome { ANSWERS, CARRIES_OUT, STAYS_SILENT };

/*
 * A ROM that got the frame without @lost bytes from @at on, or all of it but whose answer was
 * lost; it then gets what resync feeds.
 */
static enum outcome feed(const struct bl_sent *s, size_t at, size_t lost, bool answer_lost,
			 unsigned int *fed)
{
	enum receiver_verdict v = RECEIVER_WAITS;
	struct receiver rom;
	struct resync r;

	receiver_start(&rom, answer_lost ? s->next : s->phase);
	for (size_t i = 0; i < s->len && !answer_lost; i++)
		if (i < at || i >= at + lost)
			v = receiver_feed(&rom, s->bytes[i]);
	if (v != RECEIVER_WAITS)	/* a lost count: the ROM ended the frame by itself */
		receiver_start(&rom, BL_WANTS_COMMAND);

	resync_start(&r, s);
	for (*fed = 0; *fed < 1100; (*fed)++) {
		uint8_t filler = resync_next(&r);

		ck_assert_msg(filler != 0, "0x00 is never fed");
		v = receiver_feed(&rom, filler);
		if (v == RECEIVER_EXECUTES)
			return CARRIES_OUT;
		if (v != RECEIVER_WAITS)
			return ANSWERS;
		resync_fed(&r, filler);
	}
	return STAYS_SILENT;
}

static bool recovers(const struct bl_sent *s, size_t at, size_t lost, bool answer_lost,
		     unsigned int *fed)
{
	return feed(s, at, lost, answer_lost, fed) == ANSWERS;
}

/*
 * Any single byte lost, the count excepted (its loss changes what the rest means before anything
 * is fed).
 */
START_TEST(one_lost_byte_is_made_up_for_by_one)
{
	struct bl_sent s = frame(_i);
	unsigned int fed;

	for (size_t at = 0; at < s.len; at++) {
		bool count = (s.phase == BL_WANTS_DATA || s.phase == BL_WANTS_PAGES8) ? at == 0 :
			     s.phase == BL_WANTS_PAGES16 ? at < 2 : false;

		if (count)
			continue;
		ck_assert_msg(recovers(&s, at, 1, false, &fed),
			      "frame %d: byte %zu lost, carried out", _i, at);
		ck_assert_uint_eq(fed, 0);	/* the first filler brings the answer */
	}
}
END_TEST

START_TEST(any_run_of_lost_bytes_is_recovered_from)
{
	struct bl_sent s = frame(_i);
	size_t from = s.phase == BL_WANTS_PAGES16
			      ? 2
			      : s.phase == BL_WANTS_DATA || s.phase == BL_WANTS_PAGES8;
	unsigned int fed, step = s.len > 64 ? 7 : 1;
	size_t skip = getenv("CHECK_QUICK") && s.len > 64 ? 29 : 1;	/* under valgrind */

	for (size_t at = from; at < s.len; at += skip)
		for (size_t lost = 1; at + lost <= s.len; lost += step)
			ck_assert_msg(recovers(&s, at, lost, false, &fed),
				      "frame %d: %zu bytes from %zu lost", _i, lost, at);
	/*
	 * All of a long page list lost: 01 or FF as a count may be unsafe, others ask for too
	 * much.
	 */
	ck_assert_int_ne(feed(&s, 0, s.len, false, &fed), CARRIES_OUT);
}
END_TEST

START_TEST(lost_answer_is_recovered_from)
{
	struct bl_sent s = frame(_i);
	unsigned int fed;

	ck_assert(recovers(&s, 0, 0, true, &fed));
}
END_TEST

/*
 * A lost half of a 16-bit count can ask for 131 KB: then the ROM stays silent, but nothing is
 * carried out.
 */
START_TEST(lost_count_carries_nothing_out)
{
	struct bl_sent s = frame(_i);
	unsigned int fed;
	enum outcome o;

	if (s.phase != BL_WANTS_DATA && s.phase != BL_WANTS_PAGES8 && s.phase != BL_WANTS_PAGES16)
		return;
	o = feed(&s, 0, 1, false, &fed);
	ck_assert_int_ne(o, CARRIES_OUT);
	ck_assert(o == ANSWERS || s.phase == BL_WANTS_PAGES16);
}
END_TEST

/* The filler is 0xFF if that is safe: a ROM refuses it at the boundary of every field. */
START_TEST(filler_is_ff_where_it_fits)
{
	struct bl_sent s = address(0x08001000, BL_WANTS_LENGTH);
	struct resync r;

	resync_start(&r, &s);
	ck_assert_uint_eq(resync_next(&r), 0xFF);
	s = data(4, 0);
	s.bytes[2] = 0xFF;
	resync_start(&r, &s);
	ck_assert_uint_ne(resync_next(&r), 0xFF);
}
END_TEST

/* As a count, 0xFF would have the ROM wait for 257 bytes more. */
START_TEST(lost_ack_ahead_of_data_costs_few_bytes)
{
	struct bl_sent s = address(0x08001000, BL_WANTS_DATA);
	unsigned int fed;

	ck_assert(recovers(&s, 0, 0, true, &fed));
	ck_assert_uint_le(fed, 5);
}
END_TEST

/*
 * A ROM that was late has taken the address, and waits for a length: FE and 01, with which the next
 * question begins, would be one.
 */
START_TEST(filler_is_no_half_of_a_length)
{
	struct bl_sent s = address(0x1FFF75E0, BL_WANTS_LENGTH);
	struct resync r;

	resync_start(&r, &s);
	ck_assert(!resync_safe(&r, 0xFF));
	ck_assert(!resync_safe(&r, 0xFE));
	ck_assert(resync_safe(&r, resync_next(&r)));
}
END_TEST

static const struct {
	enum bl_phase phase;
	uint8_t bytes[8];
	size_t len;
	enum receiver_verdict verdict;
} rows[] = {
	{ BL_WANTS_COMMAND, { 0x00, 0xFF }, 2, RECEIVER_ACCEPTS },
	{ BL_WANTS_COMMAND, { 0x7F, 0x7F }, 2, RECEIVER_REFUSES },
	{ BL_WANTS_COMMAND, { 0x92, 0x6D }, 2, RECEIVER_EXECUTES },
	{ BL_WANTS_COMMAND, { 0x31 }, 1, RECEIVER_WAITS },
	{ BL_WANTS_ADDRESS, { 8, 0, 0, 0, 8 }, 5, RECEIVER_ACCEPTS },
	{ BL_WANTS_ADDRESS, { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, 5, RECEIVER_REFUSES },
	{ BL_WANTS_LENGTH, { 0x03, 0xFC }, 2, RECEIVER_ACCEPTS },
	{ BL_WANTS_DATA, { 0x00, 0xAA, 0xAA }, 3, RECEIVER_EXECUTES },
	{ BL_WANTS_DATA, { 0x00, 0xAA, 0xAB }, 3, RECEIVER_REFUSES },
	{ BL_WANTS_PAGES8, { 0xFF, 0x00 }, 2, RECEIVER_EXECUTES },	/* global erase */
	{ BL_WANTS_PAGES8, { 0xFF, 0xFF }, 2, RECEIVER_ACCEPTS },	/* ACKed, erases nothing */
	{ BL_WANTS_PAGES8, { 0x00, 0x05, 0x05 }, 3, RECEIVER_EXECUTES },
	{ BL_WANTS_PAGES16, { 0xFF, 0xFF, 0x00 }, 3, RECEIVER_EXECUTES },	/* mass erase */
	{ BL_WANTS_PAGES16, { 0xFF, 0xFF, 0xFF }, 3, RECEIVER_REFUSES },
	{ BL_WANTS_PAGES16, { 0x00, 0x00, 0x00, 0x01, 0x01 }, 5, RECEIVER_EXECUTES },
};

START_TEST(receiver_judges_a_frame_as_the_rom_does)
{
	enum receiver_verdict v = RECEIVER_WAITS;
	struct receiver r;

	receiver_start(&r, rows[_i].phase);
	for (size_t i = 0; i < rows[_i].len; i++) {
		ck_assert_int_eq(v, RECEIVER_WAITS);
		v = receiver_feed(&r, rows[_i].bytes[i]);
	}
	ck_assert_int_eq(v, rows[_i].verdict);
}
END_TEST

/*
 * FFs alone, as they are fed to a frame of which nothing is known: at no boundary do they carry
 * anything out, nor behind our own knocks, however many of them there are.
 */
START_TEST(ff_carries_nothing_out_at_any_boundary)
{
	const unsigned int knocks = (unsigned int)_i % 4;
	struct receiver rom;

	receiver_start(&rom, (enum bl_phase)(_i / 4));
	for (unsigned int i = 0; i < 140000; i++) {
		uint8_t byte = i < 2 * knocks + 1 ? 0x7F : 0xFF;

		ck_assert_msg(receiver_feed(&rom, byte) != RECEIVER_EXECUTES,
			      "phase %d, byte %u behind %u knocks", _i / 4, i, 2 * knocks + 1);
		if (rom.ended)
			receiver_start(&rom, BL_WANTS_COMMAND);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("resync");
	TCase *t = runner_case(s, "resync", 60);

	tcase_add_loop_test(t, receiver_judges_a_frame_as_the_rom_does, 0, COUNT(rows));
	tcase_add_loop_test(t, one_lost_byte_is_made_up_for_by_one, 0, FRAMES);
	tcase_add_loop_test(t, any_run_of_lost_bytes_is_recovered_from, 0, FRAMES);
	tcase_add_loop_test(t, lost_answer_is_recovered_from, 0, FRAMES);
	tcase_add_loop_test(t, lost_count_carries_nothing_out, 0, FRAMES);
	tcase_add_test(t, filler_is_ff_where_it_fits);
	tcase_add_test(t, lost_ack_ahead_of_data_costs_few_bytes);
	tcase_add_test(t, filler_is_no_half_of_a_length);
	tcase_add_loop_test(t, ff_carries_nothing_out_at_any_boundary, 0, 4 * (BL_WANTS_SECTORS + 1));
	return runner_run(s);
}
