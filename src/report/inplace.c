/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <sys/ioctl.h>

#include "report/inplace.h"

#define COLUMNS_DEFAULT 80	/* of a terminal that does not tell */

size_t inplace_columns(FILE *to)
{
	struct winsize w;

	return ioctl(fileno(to), TIOCGWINSZ, &w) == 0 && w.ws_col ? w.ws_col : COLUMNS_DEFAULT;
}

/* Blanks over @count columns, where the terminal still has them. */
static void blank_out(FILE *to, size_t count, size_t columns)
{
	fprintf(to, "%*s", (int)(count < columns ? count : columns - 1), "");
}

void inplace_draw(FILE *to, size_t *drawn, const char *line)
{
	size_t columns = inplace_columns(to), length = strlen(line);

	fprintf(to, "\r%s", line);
	if (*drawn > length)
		blank_out(to, *drawn - length, columns - length);
	fflush(to);
	*drawn = length;
}

void inplace_clear(FILE *to, size_t *drawn)
{
	fputc('\r', to);
	blank_out(to, *drawn, inplace_columns(to));
	fputc('\r', to);
	*drawn = 0;
}
