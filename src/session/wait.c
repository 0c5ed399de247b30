/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <time.h>

#include "base/poll.h"
#include "session/wait.h"

#define PERIOD (200 * NSEC_PER_MSEC)

/* A device node is there before udev has given it to its group. */
#define UDEV_TIME (2 * NSEC_PER_SEC)

/* No port, no clock of a port's. */
static nsec_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static int pause_for(nsec_t duration, const struct stop *stop, struct err *e)
{
	struct pollfd wake = { .fd = stop ? stop->wake[0] : -1, .events = POLLIN };
	struct timespec ts = { .tv_nsec = (long)duration };

	poll_for(&wake, 1, &ts, NULL);
	return stop_check(stop, e);
}

static bool is_absent(const struct err *e)
{
	return e->code == ERR_OPEN && (e->sys == ENOENT || e->sys == ENXIO || e->sys == ENODEV ||
					 e->sys == ECONNREFUSED);
}

struct port *wait_for_port(const struct port_cfg *cfg, nsec_t *left, struct report *r,
			   struct err *e)
{
	nsec_t began = now(), until = began + *left, allowed_until = began;
	struct port *port;
	bool waited = false;

	while (!(port = port_open(cfg, e))) {
		if (is_absent(e))
			allowed_until = now() + UDEV_TIME;
		else if (e->sys != EACCES || now() >= allowed_until)
			return NULL;
		if (!*left)
			return NULL;
		if (now() >= until) {
			err_append(e, "; waited %lld s for it",
				   (long long)(*left / NSEC_PER_SEC));
			return NULL;
		}
		if (!waited)
			report_event(r, EV_WAITING_FOR_PORT,
				     (uint64_t)(*left / NSEC_PER_SEC), cfg->spec);
		waited = true;
		if (pause_for(PERIOD, cfg->stop, e) < 0)
			return NULL;
	}
	if (waited) {
		report_event(r, EV_PORT_APPEARED, cfg->spec);
		*left = until - now();
	}
	return port;
}
