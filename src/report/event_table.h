/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One row an event: its name, how loud it is, the values that it carries, and its text.
 */
#ifndef BOOTPIN_EVENT_TABLE_H
#define BOOTPIN_EVENT_TABLE_H

#include "report/event.h"

enum event_level {
	LEVEL_OUT,		/* what was asked for: standard output, also with -q */
	LEVEL_SAY,		/* what goes on: not with -q */
	LEVEL_MORE,		/* only with --verbose */
	LEVEL_WARN,		/* "warning: ...", also with -q */
	LEVEL_NOTE,		/* no line of its own: its text is for the end of the job */
	LEVEL_DATA,		/* for programs alone: it has no text */
};

#define EVENT_KEYS_MAX 9

struct event_row {
	const char *name;	/* for programs: lower case, stable; never that of two events */
	enum event_level level;
	/*
	 * {key} is the value of a key; {key:20} the same, filled up to 20 columns, {key:>20} in
	 * front; {key?one|many} one of two words, by a number; {key?|} nothing: that value is for
	 * programs alone; [...] is left out if a key in it has
	 * no value: "" or 0.
	 */
	const char *text;
	/*
	 * A range in memory is from "address" to "end", its last address, or to "behind", the first
	 * one after it.
	 *
	 * "key:type key:type ...", in the order of report_event's values, with a type of these:
	 * text; number; address (0x08000000); product (0x410); byte (0x21); half (1f00); size, in
	 * bytes (1.5 KiB); version, 0x22 (2.2); seconds and hundredths, in nanoseconds (35, 0.25);
	 * usb, an ID (1f00), 0 is none; bus, an address on it (0x48, "-" for 0); flag (1, 0); words, a
	 * text with a blank in front that joins it to others.
	 */
	const char *keys;
};

extern const struct event_row event_table[EV_COUNT];

/* How the end of the job tells an event that has a line of its own: as a row's text, or NULL. */
extern const char *const event_done[EV_COUNT];

/* A phase in words: while it is under way, and when it is done (NULL: nothing is said then). */
struct phase_row {
	const char *doing, *done;
	const char *name;	/* for programs: lower case, stable */
	const char *kind;	/* event_kind.h */
};

extern const struct phase_row phase_table[PHASE_COUNT];

#endif
