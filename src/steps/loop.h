/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --loop: waits on a port for a board, and does the job on it.
 */
#ifndef BOOTPIN_LOOP_H
#define BOOTPIN_LOOP_H

#include "base/stop.h"
#include "job/job.h"
#include "steps/arrival.h"

/*
 * Waits for a board that is not the @last one, which is told by EV_BOARD_CAME, and then does what
 * run_job does. A signal before that ends it. Behind it STOP_GENTLE changes nothing, since the job in hand
 * is to be done; any other ends it as any job.
 *
 * Returns what run_job does. Without a board: 0 after a signal; -1 with @e set if the port could not be
 * looked at until then, or never can be (ERR_USAGE, ERR_OTHER).
 */
int loop_board(const struct job *j, const struct port_ops *const *kinds,
	       const struct arrival_last *last, struct report *r, struct stop *stop, struct err *e);

#endif
