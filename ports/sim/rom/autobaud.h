/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rate that a ROM measures when a host sends 0x7F.
 *
 * Newer USARTs do it in hardware, exactly; older ROMs time the edges in software, and are off by
 * more the higher the rate is, up to a limit for each family (AN2606, USART bootloader, baud rate
 * detection).
 */
#ifndef BOOTPIN_SIM_AUTOBAUD_H
#define BOOTPIN_SIM_AUTOBAUD_H

#include "ports/port.h"
#include "ports/sim/chip/model.h"

/* Is that byte, as a host sends it, the pattern that is measured? */
bool autobaud_pattern(const struct model *m, uint8_t byte, unsigned int baud,
		      struct serial_mode mode);

#define AUTOBAUD_TYP 1u		/* an assumption: no document says */
#define AUTOBAUD_MAX 4u

/* The rate that @m makes of @baud when it is off by so many @quarters of the most that AN2606 says. */
unsigned int autobaud_measure(const struct model *m, unsigned int baud, unsigned int quarters);

#endif
