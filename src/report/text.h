/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events as a person reads them: lines, and a bar while something takes time. What was asked for
 * (identification, CRC, lists) goes to standard output, everything else to standard error, so that
 * "-r -" stays clean. No escape sequence is ever sent: the bar is one line, redrawn in the width
 * that the terminal has, and control characters in names and answers are spelled out
 * (base/shown.h).
 */
#ifndef BOOTPIN_TEXT_H
#define BOOTPIN_TEXT_H

#include "report/report.h"

extern const struct report_ops report_text;

/*
 * Draws the row's text with its values into @line, which is cut where @size ends. For tests too.
 */
void text_draw(const struct event_row *row, const struct event_value *values, char *line,
	       size_t size);

#endif
