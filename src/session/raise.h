/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A faster rate: -b auto.
 *
 * A ROM measures the rate of the first 0x7F, so another one costs a reset. It is used only after
 * the link has proven it (loader_ops.prove_rate), and the first error takes the job back to the
 * rate where it began, for good.
 */
#ifndef BOOTPIN_RAISE_H
#define BOOTPIN_RAISE_H

#include "session/session.h"

/*
 * Before @bytes of flash are carried: takes the fastest rate that the chip, the adapter and the
 * line prove, where that may be done and is worth it. That is: no -b, or -b auto; pins that reset
 * the chip, which is known and not protected; free RAM for the proof; an exit, unless -b auto is
 * given, so that no later program finds the chip at a rate that it does not expect; no error so
 * far; and, without -b auto, more bytes than the trials cost. To be called before the chip is
 * changed, and not by jobs that read or write RAM, since the proof writes to it. In any case the
 * bootloader is in step behind it. -1 with @e set: the port or the pins fail, or the bootloader
 * does not come back (ERR_LINK).
 */
int raise_rate(struct session *s, uint64_t bytes, struct err *e);

/*
 * -b auto is answered once: no faster rate is used, and why. Nothing is said where a rate was told, or
 * -b auto was not given.
 */
void raise_stays(struct session *s, const char *why);

/*
 * Something was carried wrong without an error of the link: back to the rate where the job began,
 * if another is in use and the chip may be reset.
 */
int raise_doubt(struct session *s, struct err *e);

/* The time to carry @bytes of memory, turns included as far as they were measured. */
nsec_t raise_carry_time(const struct session *s, uint64_t bytes);

#endif
