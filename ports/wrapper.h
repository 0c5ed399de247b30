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
 * Makes @w pass on to @inner all operations that are NULL in @own; the others are @own's. A wrapper
 * has only the operations that @inner has. From here on users call &w->port alone, and @w
 * stays where it is: its port points into it.
 *
 * Closing it closes @inner and frees no wrapper: one that was allocated has a close of its own.
 */
void wrapper_init(struct wrapper *w, struct port *inner, const struct port_ops *own);

/*
 * The operations that pass on. An operation that a maker puts in their place calls them with the
 * wrapper itself: wrapper_forward.read(p, ...). They copy the rate and the limits of a transaction,
 * which the inner port may change, up into the wrapper, and deaf and keep_lines, which users set
 * there, down to the inner port.
 */
extern const struct port_ops wrapper_forward;

/* The port below @p, which is a wrapper's. */
static inline struct port *wrapper_inner(struct port *p)
{
	return ((struct wrapper *)p)->inner;
}

#endif
