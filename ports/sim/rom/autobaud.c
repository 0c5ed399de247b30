/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "ports/sim/rom/autobaud.h"

/*
 * Below 1200 the ROM's counter overflows (AN2606). The upper limits are from field reports, not
 * from ST.
 */
#define LOWEST 1200u
#define HIGHEST_SW 1000000u
#define HIGHEST_HW 4000000u

#define STATED_AT 115200u	/* the errors below */
#define SAFE 57600u
#define SAFE_ERROR 25u		/* what both ends stand (AN2606): up to this rate no ROM is worse */
#define HOPELESS 100u		/* beyond a chip's highest rate; no document says how far off */

/*
 * In 1000ths, by the beginning of a model's name; a longer one comes first. ROMs measure too low a
 * rate or too high a one; here it is too high.
 */
static const struct { const char *prefix; unsigned int error, highest; } rows[] = {
	{ "f358", 20, 57600 }, { "f378", 20, 57600 },
	{ "f0", 10, 0 }, { "f1", 30, 0 }, { "f2", 50, 0 }, { "f3", 20, 0 }, { "f4", 60, 0 },
	{ "f7", 60, 0 }, { "l0", 20, 0 }, { "l1", 30, 0 }, { "l4", 50, 0 },
};

/*
 * 0x7F with even parity, and without parity on a line that then idles, look alike: the pattern that
 * is measured.
 */
bool autobaud_pattern(const struct model *m, uint8_t byte, unsigned int baud,
		      struct serial_mode mode)
{
	return byte == 0x7F && mode.bits == 8 && mode.parity != 'o' && baud >= LOWEST &&
	       baud <= (m->family->hw_autobaud ? HIGHEST_HW : HIGHEST_SW);
}

unsigned int autobaud_measure(const struct model *m, unsigned int baud, unsigned int quarters)
{
	unsigned int error = 0, highest = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !error; i++)
		if (strncmp(m->name, rows[i].prefix, strlen(rows[i].prefix)) == 0) {
			error = rows[i].error;
			highest = rows[i].highest;
		}
	if (m->family->hw_autobaud || !quarters)
		return baud;
	error = (unsigned int)((unsigned long long)error * quarters * baud /
			       (AUTOBAUD_MAX * STATED_AT));
	if (baud <= SAFE && error > SAFE_ERROR)
		error = SAFE_ERROR;
	if (highest && baud > highest)
		error = HOPELESS;
	return baud + (unsigned int)((unsigned long long)baud * error / 1000);
}
