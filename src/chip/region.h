/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places in a chip's address space that are no memory a bootloader writes, and that images name all
 * the same: other RAM, aliases, registers. Only for messages.
 */
#ifndef BOOTPIN_REGION_H
#define BOOTPIN_REGION_H

#include <stdint.h>

#include "chip/device.h"

struct region {
	const char *name;		/* "CCM RAM" */
	uint32_t start, last;		/* both inclusive */
	/* where the same memory begins for the bootloader; 0: nowhere */
	uint32_t alias_of;
};

/* The region of @d that @addr lies in; false: none that is known. */
bool region_find(const struct device *d, uint32_t addr, struct region *r);

#endif
