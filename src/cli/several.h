/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes with several PORTs at once: no two that are the same device, none of another kind, no
 * word that is none, and no option that would give all boards one file, or that looks for one.
 */
#ifndef BOOTPIN_SEVERAL_H
#define BOOTPIN_SEVERAL_H

#include "base/err.h"
#include "job/request.h"

/*
 * @o: complete, of an action that needs a port. @kinds: those of port (ports/table.h). Nothing is
 * opened; a device that is not there yet is told from another by its name alone. Returns 0, or -1
 * with @e set (ERR_USAGE).
 */
int several_check(const struct request *o, const struct port_ops *const *kinds, struct err *e);

#endif
