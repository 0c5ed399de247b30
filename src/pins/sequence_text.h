/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sequence in words, for a plan.
 */
#ifndef BOOTPIN_SEQUENCE_TEXT_H
#define BOOTPIN_SEQUENCE_TEXT_H

#include <stddef.h>

#include "pins/sequence.h"

/*
 * "NRST low, BOOT0 high, 50 ms, NRST high"; "no pin is moved" where the part is empty. It ends with
 * "..." where @size does not hold it. Returns @buf.
 */
const char *sequence_text(const struct sequence *s, enum sequence_part part, char *buf,
			  size_t size);

#endif
