/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Protection: the actions -u, -j and -k, and what --unlock and --lock do inside a job. Each ends in
 * a reset of the chip.
 */
#ifndef BOOTPIN_PROTECT_H
#define BOOTPIN_PROTECT_H

#include "session/session.h"

/* -u, -j, -k. */
int step_protection(struct session *s, struct err *e);

/*
 * --unlock: lifts read-out protection, which erases all flash, and goes on with the chip as it is
 * then. Whether the job may go on afterwards is asked first (step_start_check).
 */
int step_unlock(struct session *s, struct err *e);

/* --unlock: lifts write protection, which something has shown. */
int step_make_writable(struct session *s, struct err *e);

/*
 * --unlock without a job that writes: lifts the write protection that the option bytes show, and
 * looks at them again. ERR_PROTECTED if they show it still.
 */
int step_unlock_writing(struct session *s, struct err *e);

/* --lock: protects against reading, and proves that reading is refused. */
int step_lock(struct session *s, struct err *e);

#endif
