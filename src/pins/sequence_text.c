/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "pins/sequence_text.h"

#define CUT "..."

static void write_step(const struct sequence *s, const struct step *step, char *buf, size_t size)
{
	unsigned int ms = (unsigned int)(step->delay / NSEC_PER_MSEC);

	switch (step->kind) {
	case STEP_LINE:
		snprintf(buf, size, "%s %s", s->line[step->line].text, step->level ? "high" : "low");
		break;
	case STEP_RTS:
	case STEP_DTR:
		snprintf(buf, size, "%s %s", step->kind == STEP_RTS ? "RTS" : "DTR",
			 step->level ? "asserted" : "released");
		break;
	case STEP_BREAK:
		snprintf(buf, size, "BREAK for %u ms", ms);
		break;
	case STEP_DELAY:
		snprintf(buf, size, "%u ms", ms);
		break;
	}
}

const char *sequence_text(const struct sequence *s, enum sequence_part part, char *buf,
			  size_t size)
{
	const struct step_list *l = sequence_part(s, part);
	size_t used = 0;
	char step[160];

	snprintf(buf, size, "no pin is moved");
	for (size_t i = 0; i < l->count; i++) {
		write_step(s, &l->step[i], step, sizeof(step));
		if (used + strlen(step) + sizeof(", " CUT) > size) {
			snprintf(buf + used, size - used, CUT);
			break;
		}
		used += (size_t)snprintf(buf + used, size - used, "%s%s", i ? ", " : "", step);
	}
	return buf;
}
