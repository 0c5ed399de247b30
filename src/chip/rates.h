/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rates of the UART, in baud, beyond what AN2606 vouches for: those that are worth a trial on a
 * chip.
 *
 * No document says that any of them works. They are tried because bootloaders are known to take
 * them, and used only after the link has proven them (session/raise.h).
 */
#ifndef BOOTPIN_RATES_H
#define BOOTPIN_RATES_H

#include "chip/device.h"

/* The highest rate that AN2606 vouches for: where a job begins. */
#define RATE_STATED 115200u
/* That of F358 and F378, and what every software auto-baud measures within 2.5 % (AN2606). */
#define RATE_SAFE 57600u

/* The fastest first, a 0 behind the last. Only the 0 for a chip that is not known, and for NULL. */
const uint32_t *rates_to_try(const struct device *d);

#endif
