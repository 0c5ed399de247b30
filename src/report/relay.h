/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The events of a job in another process: sent through a pipe by one report, and there told again
 * by another, which alone prints. Both processes are of one fork, so that numbers of events, and
 * what an error names, mean the same in both.
 */
#ifndef BOOTPIN_RELAY_H
#define BOOTPIN_RELAY_H

#include "report/report.h"

/* ---- the process that works ---- */

/*
 * From now on all that @r is told goes to @fd, which stays the caller's, and nothing is printed; in
 * between progress is told ten times a second. A receiver that is gone is no reason to stop a job.
 */
void relay_begin(struct report *r, int fd);

/* ---- the process that prints ---- */

enum relay_kind {
	RELAY_READY,		/* relay_begin was called */
	RELAY_EVENT,
	RELAY_BEGIN,
	RELAY_PROGRESS,
	RELAY_WAITING,
	RELAY_END,
	RELAY_ERROR,
};

struct relay_record {
	enum relay_kind kind;

	enum event event;	/* RELAY_EVENT */
	/* behind one that does not count, @count - 1 of them, as for report_values */
	struct event_value values[EVENT_KEYS_MAX + 1];
	size_t count;

	enum phase phase;	/* RELAY_BEGIN */
	uint64_t total, done;	/* RELAY_BEGIN; RELAY_PROGRESS */
	bool succeeded;		/* RELAY_END */
	nsec_t now;		/* these four, by the other process's port */

	struct err err;		/* RELAY_ERROR */
};

/* What has come and was not told yet. All zero: nothing. relay_free is due. */
struct relay {
	uint8_t *data;
	size_t len, room, taken;
};

void relay_free(struct relay *in);

/* Reads what there is at @fd, once. Returns 1; 0 at the end; -1 with errno set. */
int relay_read(struct relay *in, int fd);

/*
 * Takes the next record that has come whole; its texts are valid until the next relay_read. Returns
 * false if there is none: what a process that died has left of one is none.
 */
bool relay_next(struct relay *in, struct relay_record *rec);

/* Tells @rec to @r, as it was told to the report that sent it. */
void relay_replay(const struct relay_record *rec, struct report *r);

#endif
