/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "steps/arrival.h"

void arrival_init(struct arrival *a, bool pins, bool usb, const struct arrival_last *last)
{
	*a = (struct arrival){ .pins = pins, .usb = usb, .last = *last };
}

static void forget_last(struct arrival *a)
{
	a->last = (struct arrival_last){ .had = false };
}

/* Was the port gone for so long that the board was taken off? */
static bool was_taken_off(const struct arrival *a, nsec_t now)
{
	return !a->usb || now - a->since >= ARRIVAL_USB_AWAY;
}

static void note_gone(struct arrival *a, nsec_t now)
{
	if (!a->gone)
		a->since = now;
	a->gone = true;
	a->silent = a->unanswered = 0;
	if (was_taken_off(a, now))
		forget_last(a);
}

static void note_back(struct arrival *a, nsec_t now)
{
	if (!a->gone)
		return;
	a->gone = false;
	a->came = !a->usb;
	if (was_taken_off(a, now))
		forget_last(a);
}

static bool is_another(const struct arrival *a, const char *uid)
{
	return a->last.uid[0] && uid[0] && strcmp(a->last.uid, uid) != 0;
}

static bool no_answer(struct arrival *a, bool silent)
{
	a->unanswered++;
	a->silent = silent ? a->silent + 1 : 0;
	if (a->pins && a->silent >= ARRIVAL_LOOKS)
		forget_last(a);
	return a->came && !a->last.had && a->unanswered >= ARRIVAL_LOOKS;
}

bool arrival_is_new(struct arrival *a, const struct sight *s)
{
	if (s->kind == SIGHT_NO_PORT) {
		note_gone(a, s->at);
		return false;
	}
	note_back(a, s->at);
	if (s->kind == SIGHT_UNSEEN) {
		a->silent = 0;
		return false;
	}
	if (s->kind != SIGHT_BOARD)
		return no_answer(a, s->kind == SIGHT_SILENT);
	a->silent = a->unanswered = 0;
	return !a->last.had || is_another(a, s->uid);
}
