/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "pins/wiring.h"

static const struct wiring presets[] = {
	/*
	 * A PNP transistor pulls BOOT0 up while the RTS pin is low; an NPN one between NRST and the
	 * RTS pin pulls NRST down while RTS is low and DTR is high. So there is no reset with BOOT0
	 * low; but when RTS is let go, BOOT0 has fallen before NRST, with its capacitor, has risen.
	 */
	{ .name = "one-key",
	  .what = "boards with a CH340 and a one-key download circuit (FlyMcu, MCUISP)",
	  .part = {
		[SEQUENCE_ENTRY] = "rts&-dtr&50ms&dtr",
		[SEQUENCE_EXIT] = "rts&-dtr&50ms&-rts&50ms",
		[SEQUENCE_STAY] = "rts&-dtr&50ms&dtr&50ms",
		[SEQUENCE_STARTED] = "-rts",
	  },
	  .hides = "rts-boot0-inverted" },
	/*
	 * The order matters to --wiring detect: on boards of these two, and on the one before,
	 * other presets enter by chance, through what was done to the lines before; not the other
	 * way round.
	 */
	{ .name = "rts-inverter", .boot0 = "rts", .nrst = "!dtr",
	  .what = "RTS to BOOT0 through an inverting transistor, DTR straight to NRST",
	  .hides = "dtr-nrst" },
	{ .name = "dtr-inverter", .boot0 = "dtr", .nrst = "!rts",
	  .what = "DTR to BOOT0 through an inverting transistor, RTS straight to NRST",
	  .hides = "rts-nrst" },
	{ .name = "rts-boot0", .boot0 = "!rts", .nrst = "!dtr",
	  .what = "TTL adapter, straight wires: RTS to BOOT0, DTR to NRST" },
	{ .name = "dtr-boot0", .boot0 = "!dtr", .nrst = "!rts",
	  .what = "TTL adapter, straight wires: DTR to BOOT0, RTS to NRST" },
	{ .name = "rts-boot0-inverted", .boot0 = "rts", .nrst = "dtr",
	  .what = "RTS to BOOT0 and DTR to NRST, both through inverting transistors" },
	{ .name = "dtr-boot0-inverted", .boot0 = "dtr", .nrst = "rts",
	  .what = "DTR to BOOT0 and RTS to NRST, both through inverting transistors" },
	{ .name = "dtr-nrst", .nrst = "!dtr",
	  .what = "DTR straight to NRST, BOOT0 set by a jumper" },
	{ .name = "rts-nrst", .nrst = "!rts",
	  .what = "RTS straight to NRST, BOOT0 set by a jumper" },
};

const struct wiring *wiring_at(size_t index)
{
	return index < sizeof(presets) / sizeof(presets[0]) ? &presets[index] : NULL;
}

const struct wiring *wiring_find(const char *name, struct err *e)
{
	const struct wiring *w;

	for (size_t i = 0; (w = wiring_at(i)); i++) {
		if (!strcmp(w->name, name))
			return w;
	}
	err_set(e, ERR_USAGE, "there is no wiring '%.40s'; there are detect", name);
	for (size_t i = 0; (w = wiring_at(i)); i++)
		err_append(e, " %s", w->name);
	return NULL;
}

int wiring_sequence(const struct wiring *w, bool serial, struct sequence *s, struct err *e)
{
	int ret;

	if (w->part[SEQUENCE_ENTRY])
		ret = sequence_from_parts(w->part, serial, s, e);
	else
		ret = sequence_from_pins(w->boot0, w->nrst, serial, s, e);
	return ret < 0 ? err_wrap(e, "wiring '%s'", w->name) : 0;
}
