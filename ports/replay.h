/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "replay:FILE": a trace (see trace.h) played back as a port, for tests and bug reports.
 *
 * The host must send the bytes of the trace, in the trace's order of bytes sent and received. The
 * first difference is ERR_GONE; its message names the line, the byte expected and the byte sent. A
 * malformed line is ERR_GONE too. After the end of the trace nothing comes any more. The clock is
 * virtual, starts at 0 and follows the trace's times. Input that was discarded while the trace was
 * made is not in it.
 *
 * Opening fails with ERR_USAGE without FILE, and with ERR_OPEN
 * if FILE cannot be read or is no trace.
 */
#ifndef BOOTPIN_REPLAY_H
#define BOOTPIN_REPLAY_H

#include "ports/port.h"

#define REPLAY_PREFIX "replay:"

extern const struct port_ops port_replay;

#endif
