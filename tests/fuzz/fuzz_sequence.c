/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: sequences. The input is the argument of -i, or two lines: those of --boot0 and --nrst.
 * What was parsed is run on lines that are not there. Corpus: tests/corpus/sequence.
 */
#include "pins/sequence.h"
#include "tests/fuzz/fuzz.h"

struct lines {
	const struct sequence *s;
	size_t steps;
	nsec_t waited;
};

static int drive_line(void *ctx, size_t line, bool high, struct err *e)
{
	struct lines *l = ctx;

	(void)high;
	(void)e;
	require(line < l->s->lines);
	l->steps++;
	return 0;
}

static int drive_modem(void *ctx, bool asserted, struct err *e)
{
	struct lines *l = ctx;

	(void)asserted;
	(void)e;
	require(sequence_drives_modem(l->s));
	l->steps++;
	return 0;
}

static int drive_break(void *ctx, nsec_t duration, struct err *e)
{
	struct lines *l = ctx;

	(void)e;
	require(duration > 0);
	l->steps++;
	return 0;
}

static void wait(void *ctx, nsec_t duration)
{
	struct lines *l = ctx;

	require(duration >= 0);
	l->steps++;
	l->waited += duration;
}

static const struct sequence_driver driver = {
	.line = drive_line, .rts = drive_modem, .dtr = drive_modem, .brk = drive_break,
	.sleep = wait,
};

/* A line is a number, a name, or a number on a chip. */
static void check_line(const struct line_ref *l)
{
	require(l->text && l->text[0]);
	require(!(l->chip && l->name));
	require(!l->name || l->name[0]);
	require(!l->chip || l->chip[0]);
}

static void check(struct sequence *s, int parsed, const struct err *e)
{
	struct err none = ERR_INIT;

	if (parsed < 0) {
		require(e->code == ERR_USAGE && e->msg[0] && !s->lines && !s->line);
		return;
	}
	for (size_t i = 0; i < s->lines; i++)
		check_line(&s->line[i]);
	for (int part = 0; part < SEQUENCE_PARTS; part++) {
		struct lines l = { .s = s };

		require(sequence_run(s, (enum sequence_part)part, &driver, &l, &none) == 0);
		require(l.steps == sequence_part(s, (enum sequence_part)part)->count);
		require(l.waited >= 0);
	}
	sequence_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	char *boot0 = input_text(&in, '\n'), *nrst = input_text(&in, '\0');

	for (int serial = 0; serial < 2; serial++) {
		struct err e = ERR_INIT;
		struct sequence s;

		check(&s, sequence_parse(boot0, serial, &s, &e), &e);
		check(&s, sequence_from_pins(boot0, nrst, serial, &s, &e), &e);
		check(&s, sequence_from_pins(boot0, NULL, serial, &s, &e), &e);
	}
	free(boot0);
	free(nrst);
	return 0;
}
