/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addressed files whose addresses count from 0: linked where a chip shows its flash at boot.
 *
 * They go to the start of flash if all of them lie below its size, and begin with a vector table of
 * this chip: a stack pointer into its RAM, and an odd reset vector inside the image, counted from
 * the start of flash, or from 0 where the family shows its flash there.
 */
#ifndef BOOTPIN_ZERO_BASED_H
#define BOOTPIN_ZERO_BASED_H

#include <stdbool.h>
#include <stdint.h>

#include "image/image.h"
#include "target/target.h"

/* Do all data of a file lie so low that they may be meant so? */
bool zero_based_suspect(const struct image *file);

/*
 * Adds @low, the files that may be meant so, to @image: moved by *@shift to the start of flash,
 * or as they are (*@shift is 0) where the chip has memory at their addresses, or nothing is known
 * of it. ERR_IMAGE if they are no zero-based image for this chip.
 */
int zero_based_place(const struct image *low, const struct target *t, struct image *image,
		     uint32_t *shift, struct err *e);

#endif
