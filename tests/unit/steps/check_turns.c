/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Turns of the line: how often a job waits for an answer. Behind an adapter with 16 ms latency a
 * turn costs more than the bytes of a block. These are exact: a job that needs more has a reason, and
 * one that needs fewer is worth a new figure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "tests/lib/board.h"
#include "tests/lib/random.h"
#include "tests/lib/runner.h"

#define IMAGE 65536u
#define PINS "--boot0 BOOT0 --nrst NRST "
#define BLOCKS (3 * (IMAGE / 256))	/* turns of as many writes, or reads */

/* A job, and the turns in which bootpin makes it. */
static const struct { const char *spec, *args; unsigned int turns; } jobs[] = {
	{ "f103", "", 23 },
	{ "l432", "", 23 },
	{ "f405", "", 23 },
	{ "g071", "", 23 },
	{ "l053", "", 23 },
	{ "f103", "-o", 31 },
	{ "l432", "-o", 49 },
	{ "f405", "-o", 37 },
	{ "g071", "-o", 49 },
	{ "l053", "-o", 41 },
	/* the look behind the erase of 512 pages of 128 bytes is no more than of one */
	{ "f103", "-w FILE", 2 * BLOCKS + 35 },
	{ "l432", "-w FILE", 2 * BLOCKS + 38 },
	{ "f405", "-w FILE", 2 * BLOCKS + 41 },
	{ "l053", "-w FILE", 2 * BLOCKS + 41 },
	/* over USB, blocks of 2 KiB: three transfers for each erase and each write, one for each look */
	{ "l432,bus=usb,fill=pattern", "--no-verify -w FILE", 291 },
	{ "l432,bus=usb,fill=pattern", "-w FILE", 321 },
	{ "f405,bus=usb,fill=pattern", "--no-verify -w FILE", 193 },
	{ "f405,bus=usb,fill=pattern", "-w FILE", 226 },
	/* flash is not read back */
	{ "f103,boot=low", PINS "-b 115200 -w FILE", BLOCKS + 60 },
	{ "l432,boot=low", PINS "-b 115200 -w FILE", BLOCKS + 78 },
	{ "f405,boot=low", PINS "-b 115200 -w FILE", BLOCKS + 63 },
	{ "l053,boot=low", PINS "-b 115200 -w FILE", BLOCKS + 87 },
	/* over an older firmware: no page is likely to be blank, and none is summed up before */
	{ "f103,boot=low,fill=pattern", PINS "-b 115200 -w FILE", BLOCKS + 59 },
	{ "l432,boot=low,fill=pattern", PINS "-b 115200 -w FILE", BLOCKS + 73 },
	/* a rate that is proven takes 15 turns more, one that is not a turn or two */
	{ "f103,boot=low", PINS "-w FILE", BLOCKS + 60 + 17 },
	{ "l432,boot=low", PINS "-w FILE", BLOCKS + 78 + 17 },
	{ "f405,boot=low", PINS "-w FILE", BLOCKS + 63 + 8 },
	{ "l053,boot=low", PINS "-w FILE", BLOCKS + 87 + 16 },
	{ "g071,boot=low", PINS "-w FILE", BLOCKS + 78 + 15 },
};

START_TEST(job_takes_as_many_turns_as_it_needs)
{
	static uint8_t data[IMAGE];
	struct board b;

	board_open(&b, jobs[_i].spec);
	random_fill(data, IMAGE, 1);
	put_le32(data, board_device(&b)->ram.end & ~7u);
	put_le32(data + 4, board_device(&b)->flash_start + 0x201);
	board_image(&b, board_device(&b)->flash_start, data, IMAGE);
	board_expect(&b, jobs[_i].args, 0);
	ck_assert_msg(b.turns == jobs[_i].turns, "%s %s: %u turns, not %u", jobs[_i].spec,
		      jobs[_i].args, b.turns, jobs[_i].turns);
	board_close(&b);
}
END_TEST

/* ---- waits ---- */

/* A host on which each sleep lasts longer than it was asked for, as on every real one. */
#define LATE (NSEC_PER_MSEC / 2)

struct sleeper {
	struct wrapper wrapper;
	unsigned int sleeps;
};

static int sleep_longer(struct port *p, nsec_t until, struct err *e)
{
	((struct sleeper *)p)->sleeps++;
	return wrapper_forward.sleep(p, until + LATE, e);
}

static const struct port_ops late = { .sleep = sleep_longer };

/* Writes 64 KiB over USB; how long that took is in the board. */
static void write_over_usb(struct board *b)
{
	static uint8_t data[IMAGE];

	random_fill(data, IMAGE, 1);
	board_image(b, board_device(b)->flash_start, data, IMAGE);
	board_expect(b, "-f --no-verify -w FILE", 0);
}

START_TEST(usb_waits_do_not_grow_where_sleeps_last_longer)
{
	struct sleeper s = { .sleeps = 0 };
	struct board b;
	nsec_t exact;

	board_open(&b, "l432,bus=usb,fill=pattern");
	write_over_usb(&b);
	exact = b.took;
	board_close(&b);
	board_open(&b, "l432,bus=usb,fill=pattern");
	board_put_between(&b, &s.wrapper, &late);
	write_over_usb(&b);
	ck_assert_uint_gt(s.sleeps, 2 * (IMAGE / 2048));
	ck_assert_int_le(b.took - exact, 2 * s.sleeps * LATE);
	board_close(&b);
}
END_TEST

/* The wire at 115200 baud, 8e1, and the flash at work: what is beyond them is bootpin's. */
#define BYTE_NS (11 * NSEC_PER_SEC / 115200)
static const char *const plain[] = { "f103,fill=pattern", "l432,fill=pattern", "g071,fill=pattern" };

START_TEST(plain_write_takes_two_hundredths_more_than_wire_and_flash)
{
	static uint8_t data[IMAGE];
	nsec_t least;
	struct board b;

	board_open(&b, plain[_i]);
	random_fill(data, IMAGE, 1);
	put_le32(data, board_device(&b)->ram.end & ~7u);
	put_le32(data + 4, board_device(&b)->flash_start + 0x201);
	board_image(&b, board_device(&b)->flash_start, data, IMAGE);
	board_expect(&b, "-b 115200 --no-verify -w FILE", 0);
	board_holds_image(&b, plain[_i]);
	least = (nsec_t)(b.tap.sent + b.tap.received) * BYTE_NS + chip_busy_ns(b.chip);
	ck_assert_msg(b.took * 100 <= least * 102, "%s: %lld ns, %lld at least", plain[_i],
		      (long long)b.took, (long long)least);
	board_close(&b);
}
END_TEST

/* Two segments that are so far apart, and how many frames of Write Memory carry them. */
static const struct { const char *spec; uint32_t gap; unsigned int frames; } gaps[] = {
	{ "f103", 4, 1 }, { "f103", 12, 1 }, { "f103", 16, 2 },
	{ "f405", 12, 1 }, { "f405", 16, 2 },
	/* a double word has check bits */
	{ "l432", 8, 2 }, { "g071", 8, 2 },
};

/* A frame that came in two pieces would cost the latency of an adapter twice. */
static size_t check_whole(struct tap *t, uint8_t *frame, size_t len)
{
	static const size_t lengths[] = { 2, 5 };	/* command, address */

	if (t->command != BL_WRITE)
		return len;
	ck_assert_uint_eq(len, t->frame < 2 ? lengths[t->frame] : frame[0] + 3u);
	t->times += t->frame == 2;
	return len;
}

START_TEST(gap_that_is_shorter_than_a_frame_costs_none_and_each_frame_is_one_write)
{
	uint32_t start, second = 16 + gaps[_i].gap;
	uint8_t data[16];
	struct board b;

	board_open(&b, gaps[_i].spec);
	start = board_device(&b)->flash_start;
	random_fill(data, sizeof(data), 3);
	board_image(&b, start, data, sizeof(data));
	board_image(&b, start + second, data, sizeof(data));
	b.tap.to_chip = check_whole;
	board_expect(&b, "-w FILE --no-verify", 0);
	board_holds_image(&b, gaps[_i].spec);
	ck_assert_uint_eq(b.tap.times, gaps[_i].frames);
	for (uint32_t at = 16; at < second; at++)
		ck_assert_uint_eq(board_byte(&b, start + at), 0xFF);
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("turns");
	TCase *t = runner_case(s, "turns", 60);
	bool runs_code = runner_runs_code();

	for (int i = 0; i < (int)COUNT(jobs); i++)
		if (runs_code || !strstr(jobs[i].args, PINS))
			tcase_add_loop_test(t, job_takes_as_many_turns_as_it_needs, i, i + 1);
	tcase_add_test(t, usb_waits_do_not_grow_where_sleeps_last_longer);
	tcase_add_loop_test(t, plain_write_takes_two_hundredths_more_than_wire_and_flash, 0,
			    (int)COUNT(plain));
	tcase_add_loop_test(
		t, gap_that_is_shorter_than_a_frame_costs_none_and_each_frame_is_one_write, 0,
		(int)COUNT(gaps));
	return runner_run(s);
}
