/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The write step: plan, keep, erase, write, verify, and once more for the pages that do not hold
 * what they should.
 */
#ifndef BOOTPIN_WRITE_H
#define BOOTPIN_WRITE_H

#include "session/session.h"

/*
 * -w. ERR_WRITE_PROTECTED, ERR_LOST_WRITE if write protection is in the way, or may be; after the
 * others of it (ERR_VERIFY, ...) the message says what memory holds.
 */
int step_write(struct session *s, struct err *e);

/*
 * Does the image fit, as far as can be told of a chip that cannot be read? Asked before --unlock
 * erases it. ERR_IMAGE, ERR_ABILITY.
 */
int step_write_fits(struct session *s, struct err *e);

#endif
