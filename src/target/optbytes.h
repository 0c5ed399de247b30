/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Option bytes: the block or blocks of a chip as its bootloader shows them, and the named fields
 * in them.
 *
 * A block is kept as it was read; a change of a field changes its bits and their complements and
 * nothing else, so that reserved bits are sent as they were read. Where names, places and length
 * are not certain for a product the block can be printed, but not changed. Sources: reference
 * manuals (option byte tables), CMSIS device headers (bit positions), AN2606 (addresses), AN3155,
 * Write Memory (what a bootloader takes).
 */
#ifndef BOOTPIN_OPTBYTES_H
#define BOOTPIN_OPTBYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/image.h"
#include "loader/loader.h"
#include "target/optfields.h"
#include "target/target.h"

/*
 * The blocks of @t's product, without content: enough to check names, values and what an image
 * has, as far as that does not depend on what is there. ERR_ABILITY if its bootloader shows none.
 */
int optbytes_init(struct optbytes *ob, const struct target *t, struct err *e);

/*
 * Reads the blocks until two successive answers agree, and checks the complements. ERR_PROTECTED
 * under read-out protection; ERR_ABILITY where there are none to read.
 */
int optbytes_read(struct optbytes *ob, const struct target *t, struct loader *l, struct err *e);

/* Are the fields known by name? */
bool optbytes_known(const struct optbytes *ob);

/* The value of a field, by its name without regard to case. False if this chip has none such. */
bool optbytes_get(const struct optbytes *ob, const char *name, uint32_t *value);

/* How many bytes of @img lie in the blocks and differ from what @ob holds there. */
uint32_t optbytes_unlike(const struct optbytes *ob, const struct image *img);

/* Bytes of a block that are sent, in one piece. */
uint32_t optbytes_write_len(const struct optbytes *ob);

/* Does block @n differ? */
bool optbytes_differ(const struct optbytes *a, const struct optbytes *b, size_t n);

/*
 * The first field of block @n whose values differ, or "reserved bits", which count only where there
 * are complements; NULL: none.
 */
const char *optbytes_mismatch(const struct optbytes *a, const struct optbytes *b, size_t n);

/*
 * Sends block @n whole (AN3155, Write Memory), once. The chip resets itself after it, and the
 * bootloader has to be found again; whether it was written is told by reading it then. Nothing is
 * sent that is not level 0: ERR_ABILITY.
 */
int optbytes_write(const struct optbytes *ob, size_t n, const struct target *t, struct loader *l,
		   struct err *e);

#endif
