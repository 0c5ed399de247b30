/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "chip/rates.h"

/*
 * Whole divisors of the clocks that ROMs run their USART at, as far as these are known (24, 48,
 * 60, 64 and 72 MHz): 16 samples a bit leave 1.5 Mbaud at 24 MHz. 921600 and 460800 lie 8 % below
 * the rates here and take no other chips.
 *
 * Software auto-baud (AN2606, baud rate detection) times the edges of 0x7F with SysTick, and is
 * off by more the higher the rate is: 1 to 6 % at most at 115200. Users run F1 and F4 at 921600
 * all the same.
 */
static const uint32_t by_hardware[] = { 1500000, 1000000, 500000, 230400, 0 };
static const uint32_t by_software[] = { 1000000, 500000, 230400, 0 };
static const uint32_t none[] = { 0 };

/*
 * How the ROMs of a family measure the rate (AN2606). Some ROMs of C0, G0 and U0 measure it in
 * hardware on most of their USARTs and in software on the others: a rate that fails costs a reset.
 */
static const struct { const char *family; const uint32_t *rates; } rows[] = {
	{ "C0", by_hardware }, { "C5", by_hardware }, { "F0", by_software }, { "F1", by_software },
	{ "F2", by_software }, { "F3", by_software }, { "F4", by_software }, { "F7", by_software },
	{ "G0", by_hardware }, { "G4", by_hardware }, { "H5", by_hardware }, { "H7", by_hardware },
	{ "H7RS", by_hardware }, { "L0", by_software }, { "L1", by_software },
	{ "L4", by_software }, { "L4+", by_software }, { "L5", by_hardware }, { "U0", by_hardware },
	{ "U3", by_hardware }, { "U5", by_hardware }, { "WB", by_hardware }, { "WB0", by_hardware },
	{ "WBA", by_hardware }, { "WL", by_hardware },
};

const uint32_t *rates_to_try(const struct device *d)
{
	for (size_t i = 0; d && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].family, d->family) == 0)
			return rows[i].rates;
	return none;
}
