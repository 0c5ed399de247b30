/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pins around a job: the sequence that the options ask for, on the lines of the host, of the
 * port (RTS, DTR, BREAK) or of a simulated board.
 *
 * Parsed before anything is opened; every line requested, as it is, before the first one moves;
 * held until the exit part is done.
 */
#ifndef BOOTPIN_PINS_H
#define BOOTPIN_PINS_H

#include "ports/port.h"
#include "pins/gpio.h"
#include "cli/options.h"
#include "pins/sequence.h"
#include "pins/wiring.h"

struct pins {
	struct sequence seq;
	bool given;		/* the options ask for a sequence */
	bool detect;		/* by trying all wirings: pins_use_wiring says which */
	bool moved;		/* a part was begun: the exit is due */
	const char *gpiochip;
	/* the host's lines; NULL: there are none, or they are the port's own */
	struct gpio *gpio;
	int *own;		/* the port's own pins, by line of the sequence */
	struct port *port;
};

/*
 * Parses -i, --boot0 and --nrst, or --wiring. Returns 0, or -1 with @e set (ERR_USAGE). pins_free
 * is due after success.
 */
int pins_parse(struct pins *p, const struct options *o, struct err *e);
void pins_free(struct pins *p);

/* Takes the sequence of a preset, in place of the one there was. ERR_USAGE. */
int pins_use_wiring(struct pins *p, const struct wiring *w, struct err *e);

/*
 * Requests the host's lines; to be called before the port is opened, since opening a tty moves
 * RTS and DTR. Nothing is requested for ports with pins of their own.
 */
int pins_request(struct pins *p, const char *spec, struct err *e);

/* Binds RTS, DTR, BREAK, the clock and a simulated board's pins to the open port. */
int pins_bind(struct pins *p, struct port *port, struct err *e);

/* Runs a part to its end, whatever signals come. ERR_OPEN if a line cannot be driven. */
int pins_run(struct pins *p, enum sequence_part part, struct err *e);

/* Lets the lines go (gpio_close). */
int pins_release(struct pins *p, struct err *e);

#endif
