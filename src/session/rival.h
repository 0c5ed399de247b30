/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second program on the port, which takes answers away from this one.
 */
#ifndef BOOTPIN_RIVAL_H
#define BOOTPIN_RIVAL_H

#include "ports/port.h"

/*
 * @e: why a job on @p failed. Where silence, or an answer that was garbled or half, is the reason,
 * it looks who else has the port open: @e becomes ERR_OPEN, naming them. If none is found, and
 * some processes may not be looked at, an ERR_SILENT says how to see them.
 */
void rival_blame(struct port *p, struct err *e);

#endif
