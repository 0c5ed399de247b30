/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line that shows how far several boards are.
 */
#include <string.h>

#include "report/tally.h"
#include "tests/lib/runner.h"
#include "tests/lib/count.h"

#define BOARDS 5

static const struct {
	struct { enum tally_state state; enum phase phase; uint64_t done; } board[BOARDS];
	size_t count, columns;
	const char *line;
} lines[] = {
	{ { { TALLY_AT_WORK, PHASE_NONE, 0 }, { TALLY_AT_WORK, PHASE_NONE, 0 } }, 2, 80,
	  "2 boards: 2 at work" },
	{ { { TALLY_AT_WORK, PHASE_WRITING, 50 }, { TALLY_AT_WORK, PHASE_WRITING, 34 },
	    { TALLY_AT_WORK, PHASE_VERIFYING, 5 }, { TALLY_DONE, PHASE_NONE, 0 },
	    { TALLY_FAILED, PHASE_WRITING, 9 } }, 5, 80,
	  "5 boards: 1 done, 1 failed, 2 writing 34%, 1 verifying 5%" },
	/* how far a search is nobody knows */
	{ { { TALLY_AT_WORK, PHASE_LOOKING, 0 }, { TALLY_DONE, PHASE_NONE, 0 } }, 2, 80,
	  "2 boards: 1 done, 1 looking" },
	/* --loop, also on one port */
	{ { { TALLY_AWAITED, PHASE_NONE, 0 }, { TALLY_AT_WORK, PHASE_WRITING, 50 } }, 2, 80,
	  "2 boards: 1 writing 50%, 1 awaited" },
	{ { { TALLY_AWAITED, PHASE_WRITING, 100 } }, 1, 80, "1 board: 1 awaited" },
	/* one column stays free, so that no terminal wraps */
	{ { { TALLY_AT_WORK, PHASE_WRITING, 50 }, { TALLY_DONE, PHASE_NONE, 0 } }, 2, 32,
	  "2 boards: 1 done, 1 writing 50%" },
	{ { { TALLY_AT_WORK, PHASE_WRITING, 50 }, { TALLY_DONE, PHASE_NONE, 0 } }, 2, 31,
	  "2 boards: 1 done, 1 writing" },
	{ { { TALLY_AT_WORK, PHASE_WRITING, 50 }, { TALLY_DONE, PHASE_NONE, 0 } }, 2, 20,
	  "2 boards: 1 done, 1" },
	{ { { TALLY_AT_WORK, PHASE_WRITING, 50 } }, 1, 1, "" },
	{ { { TALLY_AT_WORK, PHASE_WRITING, 50 } }, 1, 0, "" },
};

START_TEST(line_counts_the_boards_and_fits_the_terminal)
{
	struct report r[BOARDS] = { 0 };
	struct tally_board b[BOARDS];
	char line[100];

	for (size_t i = 0; i < BOARDS; i++) {
		r[i].phase = lines[_i].board[i].phase;
		r[i].under_way = r[i].phase != PHASE_NONE;
		r[i].total = 100;
		r[i].done = lines[_i].board[i].done;
		b[i] = (struct tally_board){ &r[i], lines[_i].board[i].state };
	}
	tally_draw(b, lines[_i].count, lines[_i].columns, line, sizeof(line));
	ck_assert_str_eq(line, lines[_i].line);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("tally");
	TCase *t = runner_case(s, "tally", 0);

	tcase_add_loop_test(t, line_counts_the_boards_and_fits_the_terminal, 0, COUNT(lines));
	return runner_run(s);
}
