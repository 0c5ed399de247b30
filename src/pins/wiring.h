/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Presets for boards and adapters whose RTS and DTR reach BOOT0 and NRST.
 *
 * A TTL adapter shows an asserted RTS or DTR as a low pin.
 */
#ifndef BOOTPIN_WIRING_H
#define BOOTPIN_WIRING_H

#include "pins/sequence.h"

struct wiring {
	const char *name;		/* lower case, for --wiring */
	const char *what;		/* one line, for --list-wirings */
	const char *boot0, *nrst;	/* as for --boot0 and --nrst; NULL: not connected */
	const char *part[SEQUENCE_PARTS];	/* instead, where no line drives one pin alone */
	const char *hides;		/* the wiring that --wiring detect takes for this one,
					 * whose entry brings an answer there too; NULL: none */
};

/*
 * The @index-th preset, NULL behind the last; in the order in which --wiring detect may try them.
 */
const struct wiring *wiring_at(size_t index);

/* NULL with @e set (ERR_USAGE) if there is none of that name. */
const struct wiring *wiring_find(const char *name, struct err *e);

/* Its sequence, marked as bootpin's own (sequence.h). sequence_free is due after success. */
int wiring_sequence(const struct wiring *w, bool serial, struct sequence *s, struct err *e);

#endif
