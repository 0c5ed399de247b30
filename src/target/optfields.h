/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The option bytes of one chip as bytes, and the named fields in them.
 */
#ifndef BOOTPIN_OPTFIELDS_H
#define BOOTPIN_OPTFIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chip/optbytes_table.h"

#define OPTBYTES_MAX 256	/* bytes of the longest block */
#define OPTBYTES_BLOCKS 2

struct optbytes {
	const struct opt_map *map;	/* the fields; NULL: none are known */
	uint16_t kinds;			/* private: which of the map's fields this product has */
	struct optblock {
		uint32_t addr;
		uint8_t raw[OPTBYTES_MAX];
	} block[OPTBYTES_BLOCKS];
	size_t blocks;
	uint32_t len;			/* of each block, in bytes */
	bool read;			/* raw is what the chip holds, or a change of that */
	/* of the first word whose complement is wrong; 0: all are right */
	uint32_t damaged;
};

/* The fields that this product has, one after the other: NULL begins, and ends. */
const struct opt_field *opt_next(const struct optbytes *ob, const struct opt_field *f);

/* By name, without regard to case; NULL. */
const struct opt_field *opt_find(const struct optbytes *ob, const char *name);

/* The first with this role; NULL. */
const struct opt_field *opt_find_role(const struct optbytes *ob, enum opt_role role);

uint32_t opt_value(const struct optbytes *ob, const struct opt_field *f);
uint32_t opt_field_max(const struct opt_field *f);

/* Changes the field's bits, their complements and their twins; nothing else. */
void opt_put(struct optbytes *ob, const struct opt_field *f, uint32_t value);

/*
 * Address of the first word with a field whose complement is wrong; 0: there is none. Words without
 * a field are not judged: what is there is not known.
 */
uint32_t opt_wrong_complement(const struct optbytes *ob);

/* Do write-protection bits stand for read-protected code (PCROP) now? */
bool opt_is_pcrop_mode(const struct optbytes *ob);

#endif
