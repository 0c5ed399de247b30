/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a request to its end: the one way through bootpin, whoever asks (a command line, or a caller
 * of the library).
 */
#ifndef BOOTPIN_PERFORM_H
#define BOOTPIN_PERFORM_H

#include "base/stop.h"
#include "job/request.h"
#include "parsers/parser.h"
#include "ports/port.h"
#include "report/report.h"

/*
 * Reads the files of @o, which is of an action that needs a port, and does what it asks for.
 * @formats, @kinds: parsers/table.h, ports/table.h. Signals are caught by @stop, unless it was opened
 * (base/stop.h). Several ports need a process of their own each, as does --loop; else one is run in this one. Returns 0,
 * or -1 with @e set.
 */
int perform(const struct request *o, const struct parser *const *formats,
	    const struct port_ops *const *kinds, struct report *r, struct stop *stop,
	    struct err *e);

#endif
