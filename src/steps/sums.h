/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chip sums up its own memory, by a routine in its RAM that ends in a reset (chip/stub_sums.h).
 * Then nothing but the sums is read back, whatever the wire.
 *
 * The routine is run only where nothing is lost by the reset: bootpin holds BOOT0, the option bytes
 * do not bar the way, and the chip is not protected. It is compared with what was sent before it is
 * started. Anything odd ends its use for this job, with a word to the user; the caller reads then.
 */
#ifndef BOOTPIN_SUMS_H
#define BOOTPIN_SUMS_H

#include "base/crc.h"
#include "chip/stub_sums.h"
#include "session/session.h"

/*
 * A page that is taken for unchanged, or for blank, by its sum is covered a second time by the
 * verification. So that the one does not err where the other does, each has its own polynomial.
 */
#define SUMS_PAGES CRC_ZLIB
#define SUMS_VERIFY CRC_CASTAGNOLI

/*
 * May it be run on this chip, which is not read-protected, in this job? ERR_ABILITY says why not. A
 * user who asks for it answers for BOOT0.
 */
int sums_check(const struct session *s, struct err *e);

/* About how long it takes for @bytes of memory, from the upload until its results are read. */
nsec_t sums_time(const struct session *s, size_t ranges, uint64_t bytes);

/*
 * Fills @sum with the sum (crc_bytes with @polynomial) of each piece of @range. 1 done; 0 something
 * was odd, now or before in this job, and @sum is not filled: the bootloader is in step again; -1
 * with @e set: it did not come back, or as another chip (ERR_LINK), or a signal.
 */
int sums_run(struct session *s, const struct stub_range *range, size_t ranges, uint32_t polynomial,
	     uint32_t *sum, struct err *e);

#endif
