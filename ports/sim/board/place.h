/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The key seat=FILE of a port "sim:": boards come and go while a program watches the port.
 */
#ifndef BOOTPIN_SIM_PLACE_H
#define BOOTPIN_SIM_PLACE_H

#include "base/err.h"

/*
 * @spec: "CHIP[,key[=value]...]". Returns it with the keys of the board that is there now in the place
 * of seat=, for sim_new; the caller frees it. NULL with @e set: ERR_OPEN with ENOENT as its errno where
 * the port is not there; ERR_USAGE, ERR_OTHER.
 */
char *place_look(const char *spec, struct err *e);

#endif
