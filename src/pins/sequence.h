/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sequences: what the pins do before a job, to enter the bootloader, and after it.
 *
 * A sequence is "[entry][:[exit]]" (bootpin(1), GPIO SEQUENCES; the grammar contains stm32flash's):
 *
 *	token = ["-"] signal | number "ms"
 *	signal = number | "rts" | "dtr" | "brk" | name | chip "/" number
 *
 * No sign is high, "-" low; for rts and dtr high means asserted. "," waits 100 ms, "&" does not
 * wait, and delays in a row add up. Names and chips begin with a letter and run to the next ",",
 * "&" or ":"; any other is put in single quotes. What can be read as nothing but numbers, delays,
 * quoted names, rts, dtr and brk needs no separators: "rtsdtr", "4-5".
 *
 * Parsing touches nothing: a sequence is known to be right before the first pin moves. Running goes
 * through functions of the caller's, and the delays are exact in the caller's time.
 */
#ifndef BOOTPIN_SEQUENCE_H
#define BOOTPIN_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ports/port.h"
#include "base/err.h"

#define SEQUENCE_COMMA (100 * NSEC_PER_MSEC)
#define SEQUENCE_BREAK (250 * NSEC_PER_MSEC)

/* A GPIO line as the user wrote it. Which one that is, gpio.h finds out. */
struct line_ref {
	char *text;		/* as written, without its sign: for messages */
	char *chip;		/* of chip/offset: a name, a label or a path; else NULL */
	char *name;		/* of a named line; NULL: number is valid */
	uint32_t number;	/* offset; without a chip, on the default one or global */
};

enum step_kind {
	STEP_LINE,
	STEP_RTS,
	STEP_DTR,
	STEP_BREAK,
	STEP_DELAY,
};

struct step {
	enum step_kind kind;
	bool level;		/* LINE: high; RTS, DTR: asserted */
	size_t line;		/* LINE: index in the sequence's lines */
	nsec_t delay;		/* DELAY, BREAK: how long */
};

struct step_list {
	struct step *step;
	size_t count;
};

enum sequence_part {
	SEQUENCE_ENTRY,
	SEQUENCE_EXIT,		/* start the application */
	SEQUENCE_STAY,		/* reset, and wait in the bootloader: the flash is half written */
	SEQUENCE_STARTED,	/* no reset: Go has started the application */
	SEQUENCE_PARTS
};

struct sequence {
	struct step_list part[SEQUENCE_PARTS];	/* use sequence_part() */
	struct line_ref *line;		/* each spelling once, in the order of appearance */
	size_t lines;
	bool has_exit;			/* there was a ":", even if nothing followed it */
	bool own;			/* bootpin wrote it: the exit depends on how the job went */
};

/*
 * Parses the argument of -i into @s. @serial: the port is a serial one; without, rts, dtr and brk
 * are refused. Returns 0, or -1 with @e set to ERR_USAGE naming the column, counted from 1; @s
 * then holds nothing. sequence_free is due after success.
 */
int sequence_parse(const char *text, bool serial, struct sequence *s, struct err *e);

/*
 * The usual entry and exits for a BOOT0 and an NRST line, one of which may be NULL. Each is one
 * signal without a sign, "!" before it for a wire that inverts. @s is marked as bootpin's own and
 * has an exit. Errors as with sequence_parse.
 *
 * Reset comes first, so that no application drives the BOOT0 pin too, and is held for 50 ms.
 * The entry ends with the end of the reset: how long the chip then needs is for the caller to know.
 * The exits end 50 ms after it, so that the lines are not let go before BOOT0 was sampled.
 */
int sequence_from_pins(const char *boot0, const char *nrst, bool serial, struct sequence *s,
		       struct err *e);

/* The same from the texts of all parts, each as before a ":". Errors as with sequence_parse. */
int sequence_from_parts(const char *const text[SEQUENCE_PARTS], bool serial, struct sequence *s,
			struct err *e);

/* Frees what @s holds; nothing if it is all zero. */
void sequence_free(struct sequence *s);

/* The steps to run. A sequence of the user's has one exit for all cases, perhaps an empty one. */
const struct step_list *sequence_part(const struct sequence *s, enum sequence_part part);

/* Whether any part drives RTS or DTR: these are then to keep the exit's level. */
bool sequence_drives_modem(const struct sequence *s);

/* How steps are carried out; @ctx is the caller's. All but sleep return 0, or -1 with @e set. */
struct sequence_driver {
	int (*line)(void *ctx, size_t line, bool high, struct err *e);
	int (*rts)(void *ctx, bool asserted, struct err *e);
	int (*dtr)(void *ctx, bool asserted, struct err *e);
	int (*brk)(void *ctx, nsec_t duration, struct err *e);
	/* Waits in full: signals do not cut a reset short. */
	void (*sleep)(void *ctx, nsec_t duration);
};

/*
 * Runs @part, step by step in order. Returns 0, or -1 with @e saying which signal could not be set;
 * the steps behind it are then not done.
 */
int sequence_run(const struct sequence *s, enum sequence_part part, const struct sequence_driver *d,
		 void *ctx, struct err *e);

#endif
