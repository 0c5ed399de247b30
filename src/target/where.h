/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses in words: what lies where a job cannot write, what the chip has instead, and where its
 * flash ends by what is known of its size.
 */
#ifndef BOOTPIN_WHERE_H
#define BOOTPIN_WHERE_H

#include "target/target.h"

/* The memory that @addr is in: "the unique ID", "CCM RAM", "flash"; NULL: nothing that is known. */
const char *where_is(const struct target *t, uint32_t addr);

/*
 * Does @addr lie behind the end of flash, in nothing else that is known? Holes of flash do not
 * count.
 */
bool where_past_flash(const struct target *t, uint32_t addr);

/*
 * They append to @e: "; NAME has flash from ... to ..., RAM ..."; how large its flash is, by
 * what, and how to say otherwise where a larger part of its kind would hold what ends at @end.
 * Return -1.
 */
int where_append_map(const struct target *t, struct err *e);
/* For an alias at @addr: "; the same memory is at ...", and @whole: how to go there. */
int where_append_way(const struct target *t, uint32_t addr, bool whole, struct err *e);
int where_append_size(const struct target *t, uint64_t end, struct err *e);

/*
 * ERR_ABILITY where the size register was read and tells no size: then nobody knows which pages
 * there are. @doing: "-w".
 */
int where_need_size(const struct target *t, const char *doing, struct err *e);

#endif
