/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which chips one may be whose protocol tells no product ID: the rows of the table that fit best what
 * its bootloader says of itself, less those that its memory contradicts.
 */
#ifndef BOOTPIN_CANDIDATES_H
#define BOOTPIN_CANDIDATES_H

#include "chip/device.h"
#include "loader/loader.h"

#define CANDIDATES_MAX 64

struct candidates {
	size_t count;
	const struct device *row[CANDIDATES_MAX];
};

/* By what the bootloader says; nothing is read. None where it says nothing. */
void candidates_find(struct candidates *c, const struct loader *l);

/*
 * Reads, where that is allowed, the bootloader ID and the size register of each, and drops those
 * that it cannot be. If none would be left, none is dropped. Returns 0, or -1 with @e set.
 */
int candidates_narrow(struct candidates *c, struct loader *l, struct err *e);

/* "STM32F205/F207..., STM32F405/F407...": as many as fit. Returns @text. */
const char *candidates_list(const struct candidates *c, char *text, size_t size);

#endif
