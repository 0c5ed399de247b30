/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --loop: whether what a look at a port has shown is a new board, or the one that was had in hand.
 *
 * A board that was had in hand counts as the same one until it has been away: its port was gone; or
 * pins that reset whatever is there brought no answer, twice in a row; or a chip with another unique ID
 * answers. Without pins silence says nothing: an application that runs is as silent.
 */
#ifndef BOOTPIN_ARRIVAL_H
#define BOOTPIN_ARRIVAL_H

#include <stdbool.h>

#include "base/clock.h"

#define ARRIVAL_UID 25		/* a unique ID as text */

/* A chip on USB leaves the bus by its own reset, too, and is back before this time. */
#define ARRIVAL_USB_AWAY (5 * NSEC_PER_SEC)
/* Looks in a row that found nothing. One may be a bad contact, or a chip that is not up yet. */
#define ARRIVAL_LOOKS 2u

/* The outcome of one look at the port. */
enum sight_kind {
	SIGHT_NO_PORT,
	SIGHT_SILENT,		/* the port is there, and nothing answers */
	SIGHT_UNCLEAR,		/* what came is no answer of a bootloader */
	SIGHT_UNSEEN,		/* it could not be looked: the port is held, or may not be opened (yet) */
	SIGHT_BOARD,
};

struct sight {
	enum sight_kind kind;
	char uid[ARRIVAL_UID];	/* SIGHT_BOARD: "" if it tells none, as a read-protected chip */
	nsec_t at;
};

/* The last board, for the looks behind its job. All zero: there was none. */
struct arrival_last {
	bool had;
	char uid[ARRIVAL_UID];
};

struct arrival {
	bool pins;		/* they bring any chip into its bootloader: silence means that none is there */
	bool usb;		/* the port is the chip's own */
	struct arrival_last last;	/* had: it has not been away yet */
	bool gone;		/* the port is, since: */
	nsec_t since;
	bool came;		/* the port has come, so a board is there even if it says nothing */
	unsigned int silent, unanswered;	/* looks in a row */
};

/* @last: copied. */
void arrival_init(struct arrival *a, bool pins, bool usb, const struct arrival_last *last);

/* Takes a look into account. Returns true if a board is there that is to be had in hand now. */
bool arrival_is_new(struct arrival *a, const struct sight *s);

#endif
