/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A wrapper: a port that passes everything on to an inner port, but for the operations that its
 * maker puts in their place. A trace is one; tests listen and interfere through others.
 *
 *	struct meter {
 *		struct wrapper wrapper;		(the first member)
 *		size_t bytes;
 *	};
 *
 *	static int meter_write(struct port *p, const void *buf, size_t len, nsec_t until,
 *			       struct err *e)
 *	{
 *		((struct meter *)p)->bytes += len;
 *		return wrapper_forward.write(p, buf, len, until, e);
 *	}
 *
 *	static const struct port_ops meter_ops = { .write = meter_write };
 *
 *	wrapper_init(&m.wrapper, inner, &meter_ops);
 */
#ifndef BOOTPIN_WRAPPER_H
#define BOOTPIN_WRAPPER_H

#include "ports/port.h"

struct wrapper {
	struct port port;
	struct port_ops ops;		/* what the inner port lacks is NULL here too */
	struct port *inner;
};

/*
 * Makes @w pass everything on to @inner but what @own has; what is NULL there is passed on. A
 * wrapper has only the operations that @inner has. From here on users call &w->port alone, and @w
 * stays where it is: its port points into it.
 *
 * Closing it closes @inner and frees no wrapper: one that was allocated has a close of its own.
 */
void wrapper_init(struct wrapper *w, struct port *inner, const struct port_ops *own);

/*
 * The operations that pass on, for those of one's own that do so in the end: wrapper_forward.read
 * takes the wrapper itself. They keep what the inner port changes (its rate, the limits of a
 * transaction) the same in the wrapper, and what users set there (deaf, keep_lines) the same below.
 */
extern const struct port_ops wrapper_forward;

/* The port below @p, which is a wrapper's. */
static inline struct port *wrapper_inner(struct port *p)
{
	return ((struct wrapper *)p)->inner;
}

#endif
