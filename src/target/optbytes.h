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
#include "loader/an3155/link.h"
#include "cli/options.h"
#include "report/report.h"
#include "target/target.h"

#define OPTBYTES_MAX 256	/* bytes of a block: what one Write Memory carries */
#define OPTBYTES_BLOCKS 2

struct opt_map;

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

/*
 * The blocks of @t's product, without content: enough to check names, values and what an image
 * has, as far as that does not depend on what is there. ERR_ABILITY if its bootloader shows none.
 */
int optbytes_init(struct optbytes *ob, const struct target *t, struct err *e);

/*
 * Reads the blocks until two successive answers agree, and checks the complements. ERR_PROTECTED
 * under read-out protection; ERR_ABILITY where there are none to read.
 */
int optbytes_read(struct optbytes *ob, const struct target *t, struct link *l, struct err *e);

/* Are the fields known by name? */
bool optbytes_known(const struct optbytes *ob);

/* The value of a field, by its name without regard to case. False if this chip has none such. */
bool optbytes_get(const struct optbytes *ob, const char *name, uint32_t *value);

/*
 * Is the flash at @addr write-protected? 1 yes, 0 no, -1 it cannot be told. Read-protected code
 * (PCROP) in place of write protection counts as protected: it cannot be erased either.
 */
int optbytes_page_protected(const struct optbytes *ob, const struct target *t, uint32_t addr);

/*
 * Whether a reset with BOOT0 high does not lead to the bootloader, as far as the options say. *name
 * and *mends: the option that bars the way, and its value that would not. False where it cannot be
 * told.
 */
bool optbytes_pin_ignored(const struct optbytes *ob, const char **name, uint32_t *mends);

/* Raw bytes, fields, and what is write-protected, on standard output. */
void optbytes_print(const struct optbytes *ob, const struct target *t, struct report *r);

/*
 * "NAME=VALUE" in the copy @now; nothing is sent. ERR_USAGE: no such name (the message lists those
 * that there are), or a value out of range. ERR_ABILITY: fields are not known, or this one is not
 * changed in this way, or not without --i-know-this-is-forever. optbytes_allowed is due when all
 * changes are made.
 */
int optbytes_set(struct optbytes *now, const char *assignment, const struct options *o,
		 struct err *e);

/*
 * Takes over the fields that @img has bytes of. ERR_IMAGE: a wrong complement, part of a word, or
 * a read-out protection other than level 0; ERR_ABILITY as for optbytes_set.
 */
int optbytes_merge(struct optbytes *now, const struct image *img, const struct target *t,
		   const struct options *o, struct err *e);

/* How many bytes of @img lie in the blocks and differ from what @ob holds there. */
uint32_t optbytes_unlike(const struct optbytes *ob, const struct image *img);

/*
 * May the chip be changed from @was to @now? ERR_ABILITY if the BOOT0 pin would no longer lead to
 * the bootloader and --i-know-the-pin-is-lost was not given, or if what was read is damaged.
 */
int optbytes_allowed(const struct optbytes *was, const struct optbytes *now,
		     const struct options *o, struct err *e);

/*
 * The name of an option that differs and on which it depends where in flash an address is: banks
 * that are swapped or joined. NULL: none does.
 */
const char *optbytes_moves_flash(const struct optbytes *was, const struct optbytes *now);

/* Bytes of the message that a block is sent in: it cannot be cut. */
uint32_t optbytes_message(const struct optbytes *ob);

/* Does block @n differ? */
bool optbytes_differ(const struct optbytes *a, const struct optbytes *b, size_t n);

/*
 * The first field of block @n whose values differ, or "reserved bits", which count only where there
 * are complements; NULL: none.
 */
const char *optbytes_mismatch(const struct optbytes *a, const struct optbytes *b, size_t n);

/* Says "NAME: old -> new" for each field that differs, and the blocks as they will be sent. */
void optbytes_print_changes(const struct optbytes *was, const struct optbytes *now,
			    struct report *r);

/*
 * Sends block @n whole (AN3155, Write Memory), once. The chip resets itself after it, and the
 * bootloader has to be found again; whether it was written is told by reading it then. Nothing is
 * sent that is not level 0: ERR_ABILITY.
 */
int optbytes_write(const struct optbytes *ob, size_t n, const struct target *t, struct link *l,
		   struct err *e);

#endif
