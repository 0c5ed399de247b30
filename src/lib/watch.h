/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A deadline: a thread that raises a stop when the time is over. It takes no signal.
 */
#ifndef BOOTPIN_WATCH_H
#define BOOTPIN_WATCH_H

#include <pthread.h>
#include <stdbool.h>
#include <time.h>

#include "base/err.h"
#include "base/stop.h"

struct watch {
	bool runs;			/* else all the rest is nothing */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t change;
	bool ended;
	struct timespec until;		/* CLOCK_MONOTONIC */
	struct stop *stop;
};

/*
 * After @milliseconds raises STOP_TIMED_OUT in @stop, twice, so that not even a frame in flight is
 * waited for; 0: never. Returns 0, or -1 with @e set (ERR_OTHER). watch_end is due after a success.
 */
int watch_begin(struct watch *w, unsigned int milliseconds, struct stop *stop, struct err *e);
void watch_end(struct watch *w);

#endif
