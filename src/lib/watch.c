/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>

#include "lib/watch.h"

static void *wait_for_end(void *arg)
{
	struct watch *w = arg;
	int ret = 0;

	pthread_mutex_lock(&w->lock);
	while (!w->ended && ret == 0)
		ret = pthread_cond_timedwait(&w->change, &w->lock, &w->until);
	if (!w->ended)
		for (int i = 0; i < 2; i++)
			stop_raise(w->stop, STOP_TIMED_OUT);
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void set_time(struct watch *w, unsigned int milliseconds)
{
	clock_gettime(CLOCK_MONOTONIC, &w->until);
	w->until.tv_sec += milliseconds / 1000;
	w->until.tv_nsec += milliseconds % 1000 * 1000000L;
	if (w->until.tv_nsec >= 1000000000) {
		w->until.tv_sec++;
		w->until.tv_nsec -= 1000000000;
	}
}

/* The thread begins with all signals blocked, so that each goes to a thread of the caller's. */
static int start_thread(struct watch *w)
{
	sigset_t all, before;
	int ret;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ret = pthread_create(&w->thread, NULL, wait_for_end, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ret;
}

static void free_parts(struct watch *w)
{
	pthread_cond_destroy(&w->change);
	pthread_mutex_destroy(&w->lock);
}

int watch_begin(struct watch *w, unsigned int milliseconds, struct stop *stop, struct err *e)
{
	pthread_condattr_t by_clock;
	int ret;

	*w = (struct watch){ .stop = stop, .runs = milliseconds > 0 };
	if (!w->runs)
		return 0;
	set_time(w, milliseconds);
	pthread_condattr_init(&by_clock);
	pthread_condattr_setclock(&by_clock, CLOCK_MONOTONIC);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->change, &by_clock);
	pthread_condattr_destroy(&by_clock);
	ret = start_thread(w);
	if (ret == 0)
		return 0;
	free_parts(w);
	return err_sys(e, ERR_OTHER, ret, "cannot start a thread for the time limit");
}

void watch_end(struct watch *w)
{
	if (!w->runs)
		return;
	pthread_mutex_lock(&w->lock);
	w->ended = true;
	pthread_cond_signal(&w->change);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	free_parts(w);
}
