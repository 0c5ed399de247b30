/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Into the bootloader and out of it: the pins' sequences around a job.
 */
#ifndef BOOTPIN_ENTRY_H
#define BOOTPIN_ENTRY_H

#include "session/session.h"

/*
 * Finds the bootloader, with the entry part of the pins' sequence if there is one; with --wait
 * again and again until s->wait_until. Where another process holds the lines and has run the entry
 * part, the bootloader is called for 4 s at least.
 */
int entry_run(struct session *s, struct err *e);

/*
 * From now on the loader may have the chip reset, to bring a bootloader back that fell out of step:
 * the entry part is run again. Nothing is reset while that could be the end of it: a blank chip of
 * some families.
 */
void entry_allow_reset(struct session *s);

/*
 * After a command that ends in a reset: back into the bootloader, and the chip identified anew.
 * BOOT0 is as whoever holds it left it, so the bootloader is asked first, for as long as @work
 * (how long the chip may still be busy) and --wait allow, 4 s at least; only then the entry part is
 * run again, since a reset would end an erase that is under way. ERR_LINK if it does not come back.
 */
int entry_again(struct session *s, nsec_t work, struct err *e);

/* Is there an entry part that does something: can pins bring the chip into its bootloader? */
bool entry_brings(const struct session *s);

/* The time from a reset to the bootloader's first byte, with a margin. */
nsec_t entry_startup(const struct session *s);

/*
 * After a system reset by code in RAM, which loads no option bytes: back into the bootloader. What
 * is known of the chip still holds. It is left alone for @quiet, while the code runs, and asked for
 * as long as @work and --wait allow; then it is reset by the entry part. ERR_LINK if it does not
 * come back, or another chip answers.
 */
int entry_back(struct session *s, nsec_t quiet, nsec_t work, struct err *e);

/* Can the pins reset the chip into its bootloader, whenever that is wanted? */
bool entry_can_reset(const struct session *s);

/*
 * Resets an identified chip into its bootloader, and waits until that listens: the next byte may be
 * 0x7F. The entry part is run as it is; nobody asks whether the chip may be reset.
 */
int entry_reset(struct session *s, struct err *e);

/*
 * The same, at the rate to go back to (rate.h), and finds the bootloader; the chip must be the same.
 * Returns 1, or -1 with @e set, ERR_LINK if it does not come back.
 */
int entry_anew(struct session *s, struct err *e);

/* Does bootpin itself hold BOOT0, so that a reset leads back into the bootloader? */
bool entry_holds_boot0(const struct session *s);

/*
 * Runs the exit part that fits how the job went. ERR_OPEN if a pin cannot be driven. Where another
 * process holds the lines it is told which part that would be (EV_EXIT_LEFT).
 */
int entry_leave(struct session *s, bool ok, struct err *e);

/* Is there an exit part, written by the user or by bootpin? */
bool entry_has_exit(const struct session *s);

/* Does it do something, which as far as anybody knows is a reset? */
bool entry_exit_starts(const struct session *s);

#endif
