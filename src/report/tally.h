/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one line that shows on a terminal how far several boards are.
 */
#ifndef BOOTPIN_TALLY_H
#define BOOTPIN_TALLY_H

#include "report/report.h"

enum tally_state { TALLY_AT_WORK, TALLY_DONE, TALLY_FAILED, TALLY_AWAITED };

struct tally_board {
	const struct report *r;
	enum tally_state state;
};

/*
 * Draws "8 boards: 2 done, 1 failed, 4 writing 34%, 1 verifying 5%" into @line, in @columns - 1
 * columns at most; 34% has the slowest of the four. Where that is too long the percentages go, then
 * it is cut. @size: of @line, cut there.
 */
void tally_draw(const struct tally_board *boards, size_t count, size_t columns, char *line,
		size_t size);

#endif
