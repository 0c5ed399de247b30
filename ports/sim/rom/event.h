/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An event for each command that a simulated ROM has finished. The host does not see it.
 */
#ifndef BOOTPIN_SIM_ROM_EVENT_H
#define BOOTPIN_SIM_ROM_EVENT_H

#include <stdint.h>

#include "base/clock.h"

/*
 * @outcome: "ack", "nack", "lost" (acknowledged and lost), over I2C also "reset" (its time-out
 * within a command has reset the chip).
 */
struct rom_event {
	nsec_t start, end;
	const char *command;		/* "get", "read", "write", "erase", ... */
	uint32_t addr, len;		/* where it has them */
	const char *outcome;		/* also "hung": the ROM answers no more */
	const char *detail;		/* why something was refused or lost; NULL if there is
					 * nothing to say */
	const uint16_t *pages;		/* an erase's pages that were erased, else NULL */
	uint32_t page_count;
};

#endif
