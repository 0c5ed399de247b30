/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The events of a job, handed to a caller of the library as records. Nothing is printed.
 */
#ifndef BOOTPIN_LISTEN_H
#define BOOTPIN_LISTEN_H

#include "report/record.h"

struct listener {
	void (*tell)(void *arg, const struct record *rec);
	void *arg;
	const char *port;		/* NULL: the job has none */
	nsec_t told;			/* when progress was told last, by the port's clock */
};

/* From now on @r tells @l alone. */
void listen_begin(struct report *r, struct listener *l, int verbosity);

/* The last event: what the job came to. It is made in @last, whose texts are @r's and @e's. */
void listen_end(struct report *r, const struct err *e, struct record *last);

#endif
