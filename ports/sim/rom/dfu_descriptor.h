/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The descriptors of a simulated DFU device, as bytes (USB 2.0, chapter 9.6; DFU 1.1, chapter 4).
 */
#ifndef BOOTPIN_SIM_DFU_DESCRIPTOR_H
#define BOOTPIN_SIM_DFU_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "ports/sim/rom/dfu_model.h"

/* How a device presents itself at present. */
struct dfu_face {
	const struct dfu_model *model;
	const uint8_t *uid;		/* 12 bytes, for a serial number that is made of them */
	bool nameless;			/* the alternate settings have no strings */
};

#define DFU_STRING_MAKER 1u
#define DFU_STRING_PRODUCT 2u
#define DFU_STRING_SERIAL 3u
#define DFU_STRING_ALT 4u		/* of the first alternate setting; the others follow */

#define DFU_DESCRIPTOR_MAX 256u

/* Number of alternate settings, 1 to DFU_ALTS. */
unsigned int dfu_alts(const struct dfu_model *m);

/*
 * Answers GET_DESCRIPTOR for @value (type and index, as in wValue). @out takes DFU_DESCRIPTOR_MAX
 * bytes. Returns how many there are, which may be fewer than the first of them says; -1 if there is
 * no such descriptor.
 */
int dfu_descriptor(const struct dfu_face *f, uint16_t value, uint8_t *out);

/*
 * The string @index as a host makes it out of the bytes that come: for @size bytes in @text; "" if
 * there is none.
 */
void dfu_string(const struct dfu_face *f, unsigned int index, char *text, size_t size);

#endif
