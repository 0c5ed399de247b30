/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "ports/sim/board/sim_pins.h"

/* NRST must be low for so long (data sheets: 300 ns to 20 us, and there is a capacitor). */
#define SHORTEST_RESET (20 * NSEC_PER_USEC)

static const char *const names[SIM_LINES] = {
	"BOOT0", "NRST", "SPARE0", "SPARE1", "RTS", "DTR", "BREAK",
};

/* --- wirings --- */

#define TO(line) { .to = SIM_##line, .wired = true }
#define INVERTED(line) { .to = SIM_##line, .wired = true, .inverted = true }
static const struct sim_wiring wirings[] = {
	{ .name = "rts-boot0", .rts = TO(BOOT0), .dtr = TO(NRST) },
	{ .name = "dtr-boot0", .rts = TO(NRST), .dtr = TO(BOOT0) },
	{ .name = "one-key", .one_key = true },
	{ .name = "rts-inverter", .rts = INVERTED(BOOT0), .dtr = TO(NRST) },
	{ .name = "dtr-inverter", .rts = TO(NRST), .dtr = INVERTED(BOOT0) },
	{ .name = "rts-boot0-inverted", .rts = INVERTED(BOOT0), .dtr = INVERTED(NRST) },
	{ .name = "dtr-boot0-inverted", .rts = INVERTED(NRST), .dtr = INVERTED(BOOT0) },
	{ .name = "dtr-nrst", .dtr = TO(NRST), .jumper = true },
	{ .name = "rts-nrst", .rts = TO(NRST), .jumper = true },
};
#define WIRINGS (sizeof(wirings) / sizeof(wirings[0]))

int sim_wiring_find(const char *name, struct sim_wiring *w, struct err *e)
{
	for (size_t i = 0; i < WIRINGS; i++)
		if (strcmp(wirings[i].name, name) == 0) {
			*w = wirings[i];
			return 0;
		}
	err_set(e, ERR_USAGE, "'wiring=%s': unknown; known:", name);
	for (size_t i = 0; i < WIRINGS; i++)
		err_append(e, " %s", wirings[i].name);
	return -1;
}

/* --- levels --- */

static bool is_set(const struct sim_pins *p, enum sim_line line)
{
	return p->set & SIM_BIT(line);
}

/* The drivers of a pin, and its level without any. */
struct drive {
	bool high, low;
};

static void add_driver(struct drive *d, bool level)
{
	d->high |= level;
	d->low |= !level;
}

static void drive_by_wire(const struct sim_pins *p, struct drive *d, enum sim_line pin,
			  enum sim_line from, const struct sim_wire *w)
{
	if (w->wired && w->to == pin)
		add_driver(d, is_set(p, from) == w->inverted);
}

static void drive_by_one_key(const struct sim_pins *p, struct drive *d, enum sim_line pin)
{
	if (pin == SIM_BOOT0 && is_set(p, SIM_RTS))
		add_driver(d, true);
	if (pin == SIM_NRST && is_set(p, SIM_RTS) && !is_set(p, SIM_DTR))
		add_driver(d, false);
}

static bool pin_level(const struct sim_pins *p, enum sim_line pin)
{
	bool pulled_high = pin == SIM_NRST || p->wiring.jumper;
	struct drive d = { 0 };

	if (p->driven & SIM_BIT(pin))
		add_driver(&d, is_set(p, pin));
	drive_by_wire(p, &d, pin, SIM_RTS, &p->wiring.rts);
	drive_by_wire(p, &d, pin, SIM_DTR, &p->wiring.dtr);
	if (p->wiring.one_key)
		drive_by_one_key(p, &d, pin);
	return !d.low && (d.high || pulled_high);
}

static bool line_level(const struct sim_pins *p, enum sim_line line)
{
	if (line == SIM_BOOT0 || line == SIM_NRST)
		return pin_level(p, line);
	return is_set(p, line) && (line >= SIM_GPIOS || p->driven & SIM_BIT(line));
}

/* --- changes --- */

void sim_pins_tell(const struct sim_pins *p, enum sim_line line, const char *note, nsec_t at)
{
	if (p->event)
		p->event(p->event_arg, &(struct sim_pin_event){
			.at = at, .line = names[line], .level = sim_pins_level(p, line),
			.note = note,
		});
}

/* Takes over the level that a line has now; false if it is the old one. */
static bool note_change(struct sim_pins *p, enum sim_line line)
{
	unsigned int before = p->level;

	p->level &= ~SIM_BIT(line);
	p->level |= line_level(p, line) ? SIM_BIT(line) : 0;
	return p->level != before;
}

static enum sim_edge change_nrst(struct sim_pins *p, nsec_t at)
{
	if (!note_change(p, SIM_NRST))
		return SIM_NO_EDGE;
	if (sim_pins_level(p, SIM_NRST))
		return at - p->reset_since < SHORTEST_RESET ? SIM_GLITCH : SIM_RISES;
	p->reset_since = at;
	sim_pins_tell(p, SIM_NRST, NULL, at);
	return SIM_FALLS;
}

/* The adapter first, then what hangs on it; NRST, which has the capacitor, last. */
static enum sim_edge settle_levels(struct sim_pins *p, nsec_t at)
{
	for (int line = SIM_LINES - 1; line >= 0; line--)
		if (line != SIM_NRST && note_change(p, (enum sim_line)line))
			sim_pins_tell(p, (enum sim_line)line, NULL, at);
	return change_nrst(p, at);
}

enum sim_edge sim_pins_drive(struct sim_pins *p, unsigned int mask, unsigned int levels, nsec_t at)
{
	p->driven |= mask;
	p->set = (p->set & ~mask) | (levels & mask);
	return settle_levels(p, at);
}

enum sim_edge sim_pins_release(struct sim_pins *p, unsigned int mask, nsec_t at)
{
	p->driven &= ~mask;
	return settle_levels(p, at);
}

/* --- the outside --- */

void sim_pins_init(struct sim_pins *p, const struct sim_wiring *w)
{
	*p = (struct sim_pins){ .wiring = *w };
	for (int line = 0; line < SIM_LINES; line++)
		note_change(p, (enum sim_line)line);
}

int sim_pins_find(const char *name)
{
	for (int i = 0; i < SIM_LINES; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

int sim_pins_find_gpio(const char *name, uint32_t offset, struct err *e)
{
	int line = name ? sim_pins_find(name) : offset < SIM_GPIOS ? (int)offset : -1;

	if (line >= 0 && line < SIM_GPIOS)
		return line;
	if (name)
		err_set(e, ERR_OPEN, "the simulated board has no line '%s', only", name);
	else
		err_set(e, ERR_OPEN, "the simulated board has no line %u, only",
			(unsigned int)offset);
	for (int i = 0; i < SIM_GPIOS; i++)
		err_append(e, " %s (%d)", names[i], i);
	return -1;
}
