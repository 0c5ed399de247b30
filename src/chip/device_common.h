/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What several rows of the table have in common: for a chip that is one of them, nobody knows which.
 */
#ifndef BOOTPIN_DEVICE_COMMON_H
#define BOOTPIN_DEVICE_COMMON_H

#include "chip/device.h"

/*
 * A row that holds for each of @rows, @count of them and at least one, whose flash begins at the same
 * address. Where they differ it has nothing, or of times, units and hazards the worst of all; it has
 * no product ID, no layout and no ROM versions. options_like is set where all have the same option
 * bytes. Freed by device_free. NULL with @e set (ERR_OTHER).
 */
struct device *device_common(const struct device *const *rows, size_t count, struct err *e);

#endif
