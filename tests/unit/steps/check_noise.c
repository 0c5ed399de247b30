/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A very noisy line, on which every third block is spoiled: a job ends in a bounded time, with the
 * right image or with an exit status that says why not.
 */
#include "tests/lib/board.h"

#define IMAGE_SIZE (64 * 1024u)
#define BAD 3			/* bytes of 1000 */
#define WORSE 6
#define LOSSY 10
#define HOPELESS 30
#define TIMES_CLEAN 10
#define SEEDS 12

enum noise { NOISE_FLIPS, NOISE_FLIPS_UNSEEN, NOISE_LOSES, NOISE_MIXED, NOISES };

/* The hooks have no argument of their own. */
static struct {
	enum noise kind;
	uint32_t bad, seed;
} noise;

static bool is_hit(void)
{
	return random_next(&noise.seed) % 1000 < noise.bad;
}

static bool is_lost(void)
{
	return noise.kind == NOISE_LOSES ||
	       (noise.kind == NOISE_MIXED && random_next(&noise.seed) % 2);
}

static uint8_t flip(uint8_t byte)
{
	return byte ^ (uint8_t)(1u << random_next(&noise.seed) % 8);
}

static size_t spoil_frame(struct tap *t, uint8_t *frame, size_t len)
{
	size_t n = 0;

	(void)t;
	for (size_t i = 0; i < len; i++)
		if (!is_hit())
			frame[n++] = frame[i];
		else if (!is_lost())
			frame[n++] = flip(frame[i]);
	return n;
}

static bool spoil_answer(struct tap *t, uint8_t *byte)
{
	if (!is_hit())
		return true;
	if (is_lost())
		return false;
	*byte = flip(*byte);
	t->bad_parity = noise.kind != NOISE_FLIPS_UNSEEN;
	return true;
}

static void open_board(struct board *b, uint8_t *data)
{
	board_open(b, "l432");
	random_fill(data, IMAGE_SIZE, 7);
	board_image(b, FLASH, data, IMAGE_SIZE);
}

static nsec_t clean_time(uint8_t *data)
{
	struct board b;

	open_board(&b, data);
	board_expect(&b, "-w image", 0);
	board_close(&b);
	return b.took;
}

/* Returns the exit status; *b is left open. */
static int run_noisy(struct board *b, unsigned int n, uint32_t bad)
{
	static uint8_t data[IMAGE_SIZE];
	nsec_t clean = clean_time(data);
	int status;

	open_board(b, data);
	noise.kind = (enum noise)(n % NOISES);
	noise.bad = bad;
	noise.seed = n + 1;
	b->tap.to_chip = spoil_frame;
	b->tap.from_chip = spoil_answer;
	status = board_run(b, "-w image");
	ck_assert_msg(b->took <= TIMES_CLEAN * clean, "took %.1f s: %s", (double)b->took / 1e9,
		      b->e.msg);
	return status;
}

START_TEST(noise_is_overcome_or_told_in_ten_times_the_clean_time)
{
	struct board b;
	int status = run_noisy(&b, (unsigned int)_i, BAD);

	ck_assert_msg(status == 0 || status == 6, "exit %d: %s", status, b.e.msg);
	if (status == 0)
		board_holds_image(&b, "noise");
	board_close(&b);
}
END_TEST

/* Two lines on which pages are written again for longer than that, unless the job gives up. */
static const unsigned int endless[] = { 33, 53 };

START_TEST(bad_line_is_given_up_in_time)
{
	struct board b;
	int status = run_noisy(&b, endless[_i], WORSE);

	ck_assert_msg(status == 6, "exit %d: %s", status, b.e.msg);
	board_close(&b);
}
END_TEST

START_TEST(hopeless_line_is_given_up_in_time)
{
	struct board b;
	int status = run_noisy(&b, (unsigned int)_i, HOPELESS);

	ck_assert_msg(status == 5 || status == 6, "exit %d: %s", status, b.e.msg);
	board_close(&b);
}
END_TEST

/*
 * Nearly all blocks come through at last, and each takes seconds: what was lost on the line ends
 * the job, not a frame that never comes.
 */
START_TEST(line_on_which_most_time_is_lost_is_given_up_in_time)
{
	unsigned int n = (unsigned int)_i * NOISES + (_i % 2 ? NOISE_LOSES : NOISE_MIXED);
	struct board b;
	int status = run_noisy(&b, n, _i % 4 < 2 ? LOSSY : 2 * LOSSY);

	ck_assert_msg(status == 6, "exit %d: %s", status, b.e.msg);
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("noise");
	TCase *t = runner_case(s, "noise", 120);

	tcase_add_loop_test(t, noise_is_overcome_or_told_in_ten_times_the_clean_time, 0,
			    SEEDS * NOISES);
	tcase_add_loop_test(t, bad_line_is_given_up_in_time, 0, COUNT(endless));
	tcase_add_loop_test(t, hopeless_line_is_given_up_in_time, 0, SEEDS * NOISES);
	tcase_add_loop_test(t, line_on_which_most_time_is_lost_is_given_up_in_time, 0, SEEDS);
	return runner_run(s);
}
