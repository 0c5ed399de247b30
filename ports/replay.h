/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "replay:FILE": a trace (see trace.h) played back as a port, for tests and bug reports.
 *
 * What is sent must be what the trace has, and in its place among what came: the first difference
 * is ERR_GONE naming the line, what was expected and what was sent, as is a line that is malformed.
 * Where the trace has ended nothing comes any more. The clock is virtual, starts at 0 and follows
 * the trace's times. Input that is discarded while the trace was made is not in it.
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
