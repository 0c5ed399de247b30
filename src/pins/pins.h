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

#include "pins/gpio.h"
#include "pins/sequence.h"
#include "pins/wiring.h"
#include "ports/port.h"

/* The options for pins, at most one of -i, --boot0 with --nrst, and --wiring. NULL: not given. */
struct pin_request {
	const char *gpio;		/* -i: a sequence */
	const char *gpiochip;		/* --gpiochip: where bare numbers are counted */
	const char *boot0, *nrst;	/* --boot0, --nrst */
	const char *wiring;		/* --wiring: a preset's name, or "detect" */
};

/* The same, parsed. Does not change from then on. */
struct pin_plan {
	struct sequence seq;		/* empty where there is none, or none yet */
	bool given;			/* pins were asked for */
	bool detect;			/* all wirings are tried: pins_use_wiring says which */
	/*
	 * Another process holds the lines, for several boards: it has run the entry part and will run
	 * the exit part. Nothing is requested or driven here.
	 */
	bool held;
	const char *gpiochip;
};

/*
 * Parses @asked. @port: the PORT as the user wrote it. @serial: it has RTS, DTR and BREAK. Returns
 * 0, or -1 with @e set (ERR_USAGE). pin_plan_free is due in both cases.
 */
int pin_plan_parse(struct pin_plan *p, const struct pin_request *asked, const char *port,
		   bool serial, struct err *e);
void pin_plan_free(struct pin_plan *p);

/* The pins of one run: the lines that are held, and how far the sequence got. */
struct pins {
	const struct pin_plan *plan;
	const struct sequence *seq;	/* the plan's, or that of the wiring that was found */
	struct sequence found;		/* owned */
	/* the host's lines; NULL: there are none, or they are the port's own */
	struct gpio *gpio;
	int *own;		/* the port's own pins, by line of the sequence */
	struct port *port;
};

/* Does the plan, with PORT @spec, drive lines of the host, which other boards may be on too? */
bool pin_plan_uses_host(const struct pin_plan *p, const char *spec);

/* Nothing is opened or moved. pins_free is due. */
void pins_init(struct pins *p, const struct pin_plan *plan);
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

/*
 * Runs a part to its end; signals do not stop it. Without a port (pins_bind was not called) it has
 * nothing but lines of the host, and time is the system's. ERR_OPEN if a line cannot be driven.
 */
int pins_run(struct pins *p, enum sequence_part part, struct err *e);

/* Lets the lines go (gpio_close). */
int pins_release(struct pins *p, struct err *e);

/* In a child process: the lines stay its parent's (gpio_forget). */
void pins_forget(struct pins *p);

#endif
