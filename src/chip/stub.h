/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code that is written to a chip's RAM and started by Go, to reset the chip where there is no reset
 * line. It is Thumb code that every Cortex-M has, uses no stack and never returns.
 */
#ifndef BOOTPIN_STUB_H
#define BOOTPIN_STUB_H

#include "chip/device.h"

/* Room for the longest; each is a multiple of 16 bytes, which every ROM takes. */
#define STUB_MAX 80

/*
 * Both write into @stub what is to be put at address @at, a multiple of 4, beginning with the
 * vector table that Go takes (AN3155, Go), and return its length.
 */

/* A system reset of the core. Option bytes and the empty flag stay as they were loaded. */
size_t stub_reset(uint8_t *stub, uint32_t at);

/*
 * Launches the option bytes: they are loaded as at power-on, the chip looks anew whether its flash
 * is empty, and is reset. Returns 0 where the flash registers of @d are not known.
 */
size_t stub_launch(uint8_t *stub, uint32_t at, const struct device *d);

#endif
