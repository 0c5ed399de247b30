/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The meaning of the fields of option bytes: which pages are write-protected, whether the BOOT0 pin
 * leads to the bootloader, where in flash an address is.
 */
#ifndef BOOTPIN_OPTBYTES_RULES_H
#define BOOTPIN_OPTBYTES_RULES_H

#include "target/optbytes_change.h"
#include "target/optfields.h"
#include "target/target.h"

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

/*
 * May the chip be changed from @was to @now? ERR_ABILITY if the BOOT0 pin would no longer lead to
 * the bootloader and --i-know-the-pin-is-lost was not given, or if what was read is damaged.
 */
int optbytes_allowed(const struct optbytes *was, const struct optbytes *now,
		     const struct option_consent *allow, struct err *e);

/*
 * The name of an option that differs and on which it depends where in flash an address is: banks
 * that are swapped or joined. NULL: none does.
 */
const char *optbytes_moves_flash(const struct optbytes *was, const struct optbytes *now);

#endif
