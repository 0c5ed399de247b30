/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one line that shows progress on a terminal, for its width.
 */
#ifndef BOOTPIN_BAR_H
#define BOOTPIN_BAR_H

#include "report/report.h"

/*
 * Draws the phase under way into @line, in @columns - 1 columns at most, so that no terminal wraps
 * it: "writing   [######......]  50%  12.0 KiB  5.2 KiB/s  3 s left". Where that is too long the
 * bar gets shorter and goes, and so do speed, size and time, in this order. @size: of @line, cut
 * there; 100 always suffice.
 */
void bar_draw(const struct report *r, nsec_t now, size_t columns, char *line, size_t size);

#endif
