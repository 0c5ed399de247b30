/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Turns of the line: how often a job waits for an answer. Behind an adapter with 16 ms latency a
 * turn costs more than the bytes of a block. These are exact; a job that needs more has a reason.
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

/* A job that bootpin makes in @most turns. */
static const struct { const char *spec, *args; unsigned int most; } jobs[] = {
	{ "f103", "", 30 },
	{ "l432", "", 36 },
	{ "f405", "", 30 },
	{ "g071", "", 36 },
	{ "l053", "", 30 },
	{ "f103", "-o", 38 },
	{ "l432", "-o", 56 },
	{ "f405", "-o", 38 },
	{ "g071", "-o", 56 },
	{ "l053", "-o", 42 },
	/* the look behind the erase of 512 pages of 128 bytes is no more than of one */
	{ "f103", "-w FILE", 2 * BLOCKS + 42 },
	{ "l432", "-w FILE", 2 * BLOCKS + 45 },
	{ "f405", "-w FILE", 2 * BLOCKS + 42 },
	{ "l053", "-w FILE", 2 * BLOCKS + 42 },
	/* flash is not read back */
	{ "f103,boot=low", PINS "-b 115200 -w FILE", BLOCKS + 72 },
	{ "l432,boot=low", PINS "-b 115200 -w FILE", BLOCKS + 90 },
	{ "f405,boot=low", PINS "-b 115200 -w FILE", BLOCKS + 72 },
	{ "l053,boot=low", PINS "-b 115200 -w FILE", BLOCKS + 93 },
	/* a rate that is proven takes 16 turns more, one that is not a turn or two */
	{ "f103,boot=low", PINS "-w FILE", BLOCKS + 72 + 18 },
	{ "l432,boot=low", PINS "-w FILE", BLOCKS + 90 + 18 },
	{ "f405,boot=low", PINS "-w FILE", BLOCKS + 72 + 12 },
	{ "l053,boot=low", PINS "-w FILE", BLOCKS + 93 + 17 },
	{ "g071,boot=low", PINS "-w FILE", BLOCKS + 90 + 16 },
};

static unsigned int turns_of(const struct board *b)
{
	const char *at = strstr(b->said, " turns of the line");

	ck_assert_ptr_nonnull(at);
	while (at > b->said && at[-1] != '\n')
		at--;
	return (unsigned int)strtoul(at, NULL, 10);
}

START_TEST(job_takes_no_more_turns_than_it_needs)
{
	static uint8_t data[IMAGE];
	struct board b;
	char args[128];

	board_open(&b, jobs[_i].spec);
	random_fill(data, IMAGE, 1);
	put_le32(data, board_device(&b)->ram.end & ~7u);
	put_le32(data + 4, board_device(&b)->flash_start + 0x201);
	board_image(&b, board_device(&b)->flash_start, data, IMAGE);
	snprintf(args, sizeof(args), "--verbose %s", jobs[_i].args);
	board_expect(&b, args, 0);
	ck_assert_msg(turns_of(&b) <= jobs[_i].most, "%s %s: %u turns, more than %u",
		      jobs[_i].spec, jobs[_i].args, turns_of(&b), jobs[_i].most);
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
			tcase_add_loop_test(t, job_takes_no_more_turns_than_it_needs, i, i + 1);
	return runner_run(s);
}
