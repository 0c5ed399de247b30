/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which chip a DfuSe device may be: no product ID comes over DFU, but its strings describe its
 * memory (protocol notes: "Which part it is").
 */
#ifndef BOOTPIN_DFU_CHIPS_H
#define BOOTPIN_DFU_CHIPS_H

#include "loader/dfu/inside.h"

/*
 * How well @dev fits, 0: not at all. The rows that fit best are what it may be. Nothing fits a
 * device that is not known to be a chip of ST's (another USB vendor copies their strings).
 */
unsigned int chips_fit(const struct dfu *d, const struct device *dev);

/* Do its pages, as far as both go, lie like those of @dev? True where they are not known. */
bool chips_same_pages(const struct dfu *d, const struct device *dev);

#endif
