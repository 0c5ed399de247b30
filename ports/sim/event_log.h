/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A log of the commands that a simulated ROM has finished: a file of JSON lines, one object for
 * each command. The keys are described in bootpin-sim(1).
 */
#ifndef BOOTPIN_SIM_EVENT_LOG_H
#define BOOTPIN_SIM_EVENT_LOG_H

#include "base/err.h"
#include "ports/sim/rom/event.h"

struct event_log;

/* Creates or empties @path. NULL with @e set: ERR_OTHER, or ERR_USAGE if built without jansson. */
struct event_log *event_log_open(const char *path, struct err *e);

/* Adds a line, which is in the file at once; for sim_on_event. A failure is kept for the end. */
void event_log_add(void *log, const struct rom_event *ev);

/* Returns 0, or -1 with @e set (ERR_OTHER) if any line could not be written. NULL is accepted. */
int event_log_close(struct event_log *log, struct err *e);

#endif
