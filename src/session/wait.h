/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --wait: a port that is not there yet.
 */
#ifndef BOOTPIN_WAIT_H
#define BOOTPIN_WAIT_H

#include "ports/port.h"
#include "report/report.h"

/*
 * Opens the port, trying again for as long as *@left allows; what is left of it then is put back.
 * A port that is there but busy or forbidden is told at once, and a signal ends the waiting. NULL
 * with @e set: ERR_OPEN, ERR_SIGNAL, or what the port says of its spec.
 */
struct port *wait_for_port(const struct port_cfg *cfg, nsec_t *left, struct report *r,
			   struct err *e);

#endif
