/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pins of a simulated board: BOOT0 and NRST, and their drivers: a GPIO chip of the host's,
 * and RTS and DTR of its serial adapter, as far as they are wired.
 *
 * BOOT0 is pulled low, by a jumper high; NRST is pulled high. Where several drive a pin, low wins.
 * RTS and DTR are high when they are asserted here; the adapter's pin is then low, as it is with
 * TTL adapters.
 */
#ifndef BOOTPIN_SIM_PINS_H
#define BOOTPIN_SIM_PINS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"

enum sim_line {
	/* The host's GPIO chip, by offset. */
	SIM_BOOT0,
	SIM_NRST,
	SIM_SPARE0,
	SIM_SPARE1,
	SIM_GPIOS,
	/* The adapter. */
	SIM_RTS = SIM_GPIOS,
	SIM_DTR,
	SIM_BREAK,
	SIM_LINES
};

#define SIM_BIT(line) (1u << (line))

/* The chip's pin that a pin of the adapter is wired to. */
struct sim_wire {
	enum sim_line to;		/* SIM_BOOT0 or SIM_NRST */
	bool wired;
	bool inverted;			/* through a transistor: asserted is high */
};

struct sim_wiring {
	const char *name;		/* NULL: its own */
	struct sim_wire rts, dtr;
	bool one_key;			/* in place of both: BOOT0 is high while RTS is
					 * asserted, NRST low while RTS is and DTR is not */
	bool jumper;			/* BOOT0 is pulled high */
};

/* For the key wiring. Returns 0 with *@w set, or -1 with @e set (ERR_USAGE). */
int sim_wiring_find(const char *name, struct sim_wiring *w, struct err *e);

/* A change of a level. */
struct sim_pin_event {
	nsec_t at;
	const char *line;
	bool level;
	const char *note;		/* of a rising NRST what starts: "bootloader",
					 * "application" or "nothing", or "too short" for a
					 * reset; else NULL */
};

struct sim_pins {
	struct sim_wiring wiring;
	unsigned int driven;		/* GPIO lines that are outputs; the adapter's always are */
	unsigned int set;		/* levels that they are set to */
	unsigned int level;		/* all lines as they are */
	nsec_t reset_since;		/* NRST is low from then on */
	void (*event)(void *arg, const struct sim_pin_event *ev);
	void *event_arg;
};

/* Nothing is driven, RTS and DTR are not asserted. */
void sim_pins_init(struct sim_pins *p, const struct sim_wiring *w);

/* -1 if there is none of that name. */
int sim_pins_find(const char *name);
static inline bool sim_pins_level(const struct sim_pins *p, enum sim_line line)
{
	return p->level & SIM_BIT(line);
}

/* The change of NRST. */
enum sim_edge { SIM_NO_EDGE, SIM_FALLS, SIM_RISES, SIM_GLITCH };

/*
 * Drive the lines in @mask, at once, to their bits in @levels, or let them go. Each line that
 * changes is told, but for a rise of NRST: the caller tells that by sim_pins_tell, with the result
 * of the reset. A rise that ends too short a pulse is SIM_GLITCH.
 */
enum sim_edge sim_pins_drive(struct sim_pins *p, unsigned int mask, unsigned int levels, nsec_t at);
enum sim_edge sim_pins_release(struct sim_pins *p, unsigned int mask, nsec_t at);
void sim_pins_tell(const struct sim_pins *p, enum sim_line line, const char *note, nsec_t at);

/*
 * For ports: a GPIO line by name, or by offset if @name is NULL. Returns it, or -1 with @e set
 * (ERR_OPEN).
 */
int sim_pins_find_gpio(const char *name, uint32_t offset, struct err *e);

#endif
