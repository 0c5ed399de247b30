/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ports/sim/seat.h"

/* NULL with @e set. */
static struct sim *make_board(const struct seat *s, const char *keys, const char *more,
			      struct err *e)
{
	struct sim *sim;
	char *spec;

	if (asprintf(&spec, "%s%s%s%s", s->chip, keys, *more ? "," : "", more) < 0) {
		err_set(e, ERR_OTHER, "out of memory");
		return NULL;
	}
	sim = sim_new(spec, e);
	free(spec);
	if (sim && (sim_i2c_clock(sim) || sim_has_usb(sim))) {
		err_set(e, ERR_USAGE, "'bus=%s': a pseudo-terminal is a serial port",
			sim_has_usb(sim) ? "usb" : "i2c");
		sim_free(sim, NULL);
		return NULL;
	}
	return sim;
}

static void put_in_place(struct seat *s, struct sim *sim)
{
	s->sim = sim;
	if (s->log)
		sim_on_event(sim, event_log_add, s->log);
	sim_drive_lines(sim, s->driven, s->levels, sim_now(sim));
}

/* Ends with the first of the errors: those while it was there, then those of saving its files. */
static int take_away(struct seat *s, struct err *e)
{
	struct sim *sim = s->sim;
	struct err later = ERR_INIT;
	int ret = 0;

	s->sim = NULL;
	if (sim && sim_check(sim, e) < 0)
		ret = -1;
	if (sim_free(sim, ret < 0 ? &later : e) < 0)
		ret = -1;
	return ret;
}

int seat_open(struct seat *s, const char *chip, const char *keys, struct err *e)
{
	struct sim *sim;

	*s = (struct seat){ .chip = strdup(chip), .keys = strdup(keys) };
	if (!s->chip || !s->keys)
		return err_set(e, ERR_OTHER, "out of memory");
	sim = make_board(s, s->keys, "", e);
	if (!sim)
		return -1;
	put_in_place(s, sim);
	return 0;
}

void seat_log(struct seat *s, struct event_log *log)
{
	s->log = log;
	sim_on_event(s->sim, event_log_add, log);
}

int seat_leave(struct seat *s, struct err *e)
{
	struct sim *none = make_board(s, "", "mute", e);
	int ret;

	if (!none)
		return -1;
	ret = take_away(s, e);
	put_in_place(s, none);
	return ret;
}

int seat_next(struct seat *s, const char *more, struct err *e)
{
	struct sim *sim;

	if (seat_leave(s, e) < 0)
		return -1;
	sim = make_board(s, s->keys, more, e);
	if (!sim)
		return -1;
	sim_free(s->sim, NULL);
	put_in_place(s, sim);
	return 0;
}

void seat_drive(struct seat *s, int line, bool high, nsec_t at)
{
	unsigned int bit = SIM_BIT(line);

	s->driven |= bit;
	s->levels = high ? s->levels | bit : s->levels & ~bit;
	sim_drive_lines(s->sim, bit, s->levels & bit, at);
}

void seat_release(struct seat *s, unsigned int lines, nsec_t at)
{
	s->driven &= ~lines;
	sim_release_lines(s->sim, lines, at);
}

int seat_close(struct seat *s, struct err *e)
{
	int ret = take_away(s, e);

	free(s->chip);
	free(s->keys);
	*s = (struct seat){ 0 };
	return ret;
}
