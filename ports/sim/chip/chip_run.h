/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code that runs on a simulated chip.
 */
#ifndef BOOTPIN_SIM_CHIP_RUN_H
#define BOOTPIN_SIM_CHIP_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct chip;

/*
 * Go: starts what the vector table at @addr says. Code in RAM is executed; if it ends in a reset,
 * the chip is reset and this returns 1. Returns 0 when an application runs or the core has locked
 * up (chip_state tells), and -1 with @e set if code cannot be executed here; the chip has locked up
 * then.
 */
int chip_go(struct chip *c, uint32_t addr, struct err *e);

/* Whether the stack of the vector table at @addr begins in RAM, which is all that a USB ROM looks at. */
bool chip_has_stack(const struct chip *c, uint32_t addr);

/* How long that code ran, in nanoseconds, when chip_go has returned 1. */
int64_t chip_ran_ns(const struct chip *c);

#endif
