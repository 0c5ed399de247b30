/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a job has come to, gathered from its events: for the last line of --json, and for whoever
 * writes a job down in one line.
 */
#ifndef BOOTPIN_JOB_RESULT_H
#define BOOTPIN_JOB_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "report/event.h"

/* What EV_READ says of bytes that nothing proves. */
#define RESULT_UNCHECKED "unchecked"

/* A value of an event's key. Texts are the caller's and are drawn at once. */
struct event_value {
	const char *text;	/* NULL: it is a number */
	uint64_t number;
};

struct job_result {
	bool identified;	/* a chip was found; else the next seven are empty */
	char chip[96], unique_id[25];
	uint32_t product_id;	/* 0: its bootloader does not tell */
	uint8_t bootloader;	/* 0x22: version 2.2 */
	uint64_t flash_kb;	/* 0: not known */
	uint64_t rate;		/* baud, or the bus clock in hertz; 0: not known */
	bool read_protected;	/* when it was identified last */

	bool worked;		/* on memory: what the next two say */
	uint64_t bytes;		/* of the image, or that were read, compared, summed or erased */
	char verified_by[64];	/* in words; "": by nothing */
	uint64_t pages;		/* that the bootloader has acknowledged to have erased */

	bool connected;		/* a port was open; else the rest is 0 */
	uint64_t turns, sent, received;
	uint64_t retries;	/* times that the link was brought back into step */
	nsec_t took, spent[PHASE_COUNT];
};

/* @values: one for each key of the event's row (event_table.c). */
void result_take(struct job_result *o, enum event ev, const struct event_value *values);

#endif
