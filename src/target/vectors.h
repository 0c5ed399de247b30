/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is this a vector table? The first two words from which a Cortex-M starts, by a reset or by Go:
 * the stack pointer, and the reset vector (AN3155, Go; ARMv7-M, Exception model).
 */
#ifndef BOOTPIN_VECTORS_H
#define BOOTPIN_VECTORS_H

#include <stdbool.h>
#include <stdint.h>

#include "image/image.h"
#include "target/target.h"

#define VECTORS_LEN 8u

enum vectors {
	VECTORS_GOOD,
	VECTORS_BLANK,		/* both words are as an erase leaves them */
	VECTORS_NO_STACK,	/* the stack pointer is in none of the chip's RAMs */
	VECTORS_EVEN,		/* the reset vector is even: no Thumb code */
	VECTORS_ASTRAY,		/* the reset vector leads nowhere */
	VECTORS_UNKNOWN,	/* none of these; where the chip has RAM is not known */
};

/* Does the code that a reset vector names lie where it should? @addr: without the Thumb bit. */
typedef bool (*vectors_leads)(const void *arg, uint32_t addr);

/* Judges the VECTORS_LEN bytes of @raw. */
enum vectors vectors_judge(const struct target *t, const uint8_t *raw, vectors_leads leads,
			   const void *arg);

/*
 * A vectors_leads for code in flash, in RAM, or in what is written beside them: @arg is a struct
 * vectors_memory. Flash counts where the chip has it and where its core shows it once more.
 */
struct vectors_memory {
	const struct target *target;
	const struct image *image;	/* may be NULL */
	bool by_reset;			/* then flash is seen at 0, where Go sees the bootloader */
};
bool vectors_lead_to_memory(const void *arg, uint32_t addr);

/*
 * The address that an image of @len bytes, which begins with the vector table @table, is linked for:
 * the roundest one from which all its first vectors lead into it. 0: they tell none that is in
 * flash, or in what may be flash of a larger chip.
 */
uint32_t vectors_linked_for(const struct target *t, const uint8_t *table, uint32_t len);

/* "its first word is no stack pointer of this chip"; "" for VECTORS_GOOD. */
const char *vectors_words(enum vectors v);

#endif
