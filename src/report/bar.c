/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "report/bar.h"

#define BAR_LONGEST 24
#define BAR_SHORTEST 6

/* The parts of the line, in this order. */
enum part { PART_PHASE, PART_BAR, PART_PERCENT, PART_SIZE, PART_SPEED, PART_TIME, PARTS };

struct parts {
	char text[PARTS][40];
	unsigned int percent;
};

static void word_parts(struct parts *p, const struct report *r, nsec_t now)
{
	double passed = (double)(now - r->began) / (double)NSEC_PER_SEC;
	double rate = passed > 0 ? (double)r->done / passed : 0;
	char size[32];

	*p = (struct parts){ .percent = r->total ? (unsigned int)(100 * r->done / r->total) : 100 };
	snprintf(p->text[PART_PHASE], sizeof(p->text[0]), "%-9s", report_phase(r));
	snprintf(p->text[PART_PERCENT], sizeof(p->text[0]), " %3u%%", p->percent);
	snprintf(p->text[PART_SIZE], sizeof(p->text[0]), "  %s",
		 report_size(r->done, size, sizeof(size)));
	if (rate > 0) {
		snprintf(p->text[PART_SPEED], sizeof(p->text[0]), "  %s/s",
			 report_size((uint64_t)rate, size, sizeof(size)));
		snprintf(p->text[PART_TIME], sizeof(p->text[0]), "  %.0f s left",
			 (double)(r->total - r->done) / rate);
	} else {
		snprintf(p->text[PART_TIME], sizeof(p->text[0]), "  %.0f s", passed);
	}
}

/* Drops what does not fit into @room columns. Returns what is left of them. */
static size_t fit_parts(struct parts *p, size_t room)
{
	static const enum part by_weight[] = {
		PART_PERCENT, PART_PHASE, PART_TIME, PART_SIZE, PART_SPEED,
	};

	for (size_t i = 0; i < sizeof(by_weight) / sizeof(by_weight[0]); i++) {
		char *text = p->text[by_weight[i]];

		if (strlen(text) > room)
			text[0] = '\0';
		room -= strlen(text);
	}
	return room;
}

static void fill_bar(struct parts *p, size_t room)
{
	size_t around = strlen(" []"), length = room < around ? 0 : room - around, full;
	char *at = p->text[PART_BAR];

	if (length < BAR_SHORTEST)
		return;
	if (length > BAR_LONGEST)
		length = BAR_LONGEST;
	full = p->percent * length / 100;
	memcpy(at, " [", 2);
	memset(at + 2, '#', full);
	memset(at + 2 + full, '.', length - full);
	memcpy(at + 2 + length, "]", 2);
}

void bar_draw(const struct report *r, nsec_t now, size_t columns, char *line, size_t size)
{
	struct parts p;
	size_t at = 0;

	word_parts(&p, r, now);
	fill_bar(&p, fit_parts(&p, columns > 1 ? columns - 1 : 0));
	for (size_t i = 0; i < PARTS; i++)
		at += (size_t)snprintf(line + at, at < size ? size - at : 0, "%s", p.text[i]);
}
