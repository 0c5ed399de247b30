/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One job on several boards at once, or with --loop on board after board: a process a board, over the job as it was prepared, and this one,
 * which alone prints, passes signals on and waits for all. A board's failure leaves the others alone.
 *
 * GPIO lines of the host that the job drives for more than one of the ports are held here: the entry
 * part is run once before, the exit part once after all, and no board is reset on its own.
 */
#ifndef BOOTPIN_GANG_H
#define BOOTPIN_GANG_H

#include "base/stop.h"
#include "job/job.h"

/*
 * Runs @j on each of its request's ports, which @kinds are asked for in turn. Returns in more than
 * one process: in each board's with its own result, which @r tells to the first process from then on;
 * in the first with that of all. The caller goes on and ends as after a single job in all of them.
 *
 * With --loop a port's process first waits for its board (loop.h), and when it has ended the next one is
 * started, until a signal comes. Each board's result is told as soon as it is known.
 *
 * Returns 0 if all boards succeeded, or -1 with @e set: ERR_SIGNAL if one came and a board failed;
 * else with the code of the first board, in the order of the ports (of time with --loop), that failed. A board whose
 * process died without a word counts as ERR_OTHER.
 */
int gang_run(const struct job *j, const struct port_ops *const *kinds, struct report *r,
	     struct stop *stop, struct err *e);

#endif
