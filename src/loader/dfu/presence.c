/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "loader/dfu/presence.h"
#include "loader/dfu/state.h"

#define PERIOD (50 * NSEC_PER_MSEC)	/* a look takes some ten milliseconds */
#define UDEV_TIME (2 * NSEC_PER_SEC)	/* until udev has given a new node to its group */

/* 1 when it is as wanted, 0 at the end of @within, -1. */
static int wait_for(struct dfu *d, bool (*wanted)(enum port_presence), nsec_t within,
		    struct err *e)
{
	struct port *p = dfu_port(d);
	nsec_t until = port_now(p) + within;
	enum port_presence is;

	for (;;) {
		if (p->ops->look(p, &is, e) < 0)
			return -1;
		if (wanted(is))
			return 1;
		if (port_now(p) >= until)
			return 0;
		if (port_sleep(p, port_now(p) + PERIOD, e) < 0)
			return -1;
	}
}

static bool is_gone(enum port_presence p)
{
	return p != PORT_SAME;
}

static bool is_back(enum port_presence p)
{
	return p == PORT_ANEW;
}

int presence_wait_gone(struct dfu *d, nsec_t within, struct err *e)
{
	return wait_for(d, is_gone, within, e);
}

int presence_wait_back(struct dfu *d, nsec_t within, struct err *e)
{
	return wait_for(d, is_back, within, e);
}

/* 1 opened, 0 it has left again or is not ready yet, -1. */
static int open_anew(struct dfu *d, nsec_t denied_until, struct err *e)
{
	struct port *p = dfu_port(d);

	if (p->ops->rejoin(p, e) == 0) {
		d->stale = false;
		dfu_forget_state(d);
		return 1;
	}
	if (e->code == ERR_GONE)
		return 0;
	return e->code == ERR_OPEN && e->sys == EACCES && port_now(p) < denied_until ? 0 : -1;
}

int presence_join(struct dfu *d, nsec_t within, struct err *e)
{
	struct port *p = dfu_port(d);
	nsec_t began = port_now(p), until = began + within;
	enum port_presence is;
	int ret;

	while (d->stale || !dfu_device(d)) {
		if (p->ops->look(p, &is, e) < 0)
			return -1;
		if (is == PORT_SAME && dfu_device(d)) {
			d->stale = false;
			dfu_forget_state(d);
			break;
		}
		if (is != PORT_AWAY) {
			ret = open_anew(d, began + UDEV_TIME, e);
			if (ret)
				return ret;
		}
		if (port_now(p) >= until)
			return 0;
		if (port_sleep(p, port_now(p) + PERIOD, e) < 0)
			return -1;
	}
	return 1;
}
