/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "report/tally.h"

struct counts {
	unsigned int done, failed, starting, awaited;
	unsigned int in[PHASE_COUNT], slowest[PHASE_COUNT];	/* slowest: percent */
};

static unsigned int percent(const struct report *r)
{
	return r->total ? (unsigned int)(100 * r->done / r->total) : 100;
}

static void count_board(struct counts *c, const struct tally_board *b)
{
	enum phase phase = b->r->phase;

	if (b->state == TALLY_DONE) {
		c->done++;
	} else if (b->state == TALLY_FAILED) {
		c->failed++;
	} else if (b->state == TALLY_AWAITED) {
		c->awaited++;
	} else if (!b->r->under_way) {
		c->starting++;
	} else {
		if (!c->in[phase]++ || percent(b->r) < c->slowest[phase])
			c->slowest[phase] = percent(b->r);
	}
}

static size_t add_count(char *line, size_t size, size_t at, unsigned int count, const char *what)
{
	int n;

	if (!count || at >= size)
		return at;
	n = snprintf(line + at, size - at, "%s%u %s", line[at - 1] == ':' ? " " : ", ", count, what);
	return at + (size_t)n;
}

static size_t word_counts(const struct counts *c, size_t boards, bool percents, char *line,
			  size_t size)
{
	size_t at = (size_t)snprintf(line, size, "%zu board%s:", boards, boards == 1 ? "" : "s");
	char what[32];

	at = add_count(line, size, at, c->done, "done");
	at = add_count(line, size, at, c->failed, "failed");
	for (size_t i = 0; i < PHASE_COUNT; i++) {
		if (!c->in[i])
			continue;
		snprintf(what, sizeof(what), percents && i != PHASE_LOOKING ? "%s %u%%" : "%s",
			 phase_table[i].doing, c->slowest[i]);
		at = add_count(line, size, at, c->in[i], what);
	}
	at = add_count(line, size, at, c->starting, "at work");
	return add_count(line, size, at, c->awaited, "awaited");
}

void tally_draw(const struct tally_board *boards, size_t count, size_t columns, char *line,
		size_t size)
{
	struct counts c = { 0 };

	if (columns < size)
		size = columns ? columns : 1;
	for (size_t i = 0; i < count; i++)
		count_board(&c, &boards[i]);
	if (word_counts(&c, count, true, line, size) >= size)
		word_counts(&c, count, false, line, size);
}
