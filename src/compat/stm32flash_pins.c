/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compat/stm32flash_pins.h"

static void say_delay(FILE *to, nsec_t delay)
{
	/* It has a line for each comma. */
	for (; delay > SEQUENCE_COMMA && delay % SEQUENCE_COMMA == 0; delay -= SEQUENCE_COMMA)
		fprintf(to, " delay %d us\n", (int)(SEQUENCE_COMMA / NSEC_PER_USEC));
	fprintf(to, " delay %llu us\n", (unsigned long long)(delay / NSEC_PER_USEC));
}

static void say_signal(FILE *to, const char *name, bool level)
{
	fprintf(to, " setting port signal %s to %d... OK\n", name, level);
}

static void say_step(FILE *to, const struct sequence *s, const struct step *step)
{
	switch (step->kind) {
	case STEP_LINE:
		fprintf(to, " setting gpio %s to %d... OK\n", s->line[step->line].text, step->level);
		break;
	case STEP_RTS:
		say_signal(to, "rts", step->level);
		break;
	case STEP_DTR:
		say_signal(to, "dtr", step->level);
		break;
	case STEP_BREAK:
		say_signal(to, "brk", step->level);
		break;
	case STEP_DELAY:
		say_delay(to, step->delay);
		break;
	}
}

void stm32flash_pins(FILE *to, const struct sequence *s, enum sequence_part part)
{
	const struct step_list *l = sequence_part(s, part);

	fprintf(to, "\nGPIO sequence start\n");
	for (size_t i = 0; i < l->count; i++)
		say_step(to, s, &l->step[i]);
	fprintf(to, "GPIO sequence end\n\n");
	fflush(to);
}
