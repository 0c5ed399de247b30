/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The numbers by which UF2 files say which chips they are for.
 *
 * Source: the master list of UF2's family IDs, utils/uf2families.json of github.com/microsoft/uf2.
 */
#ifndef BOOTPIN_UF2_FAMILY_H
#define BOOTPIN_UF2_FAMILY_H

#include <stdbool.h>
#include <stdint.h>

#include "chip/device.h"

/* Is @d one of the chips of that family? */
bool uf2_family_fits(uint32_t family, const struct device *d);

/* "STM32F4"; NULL: it is the number of no STM32. */
const char *uf2_family_name(uint32_t family);

#endif
