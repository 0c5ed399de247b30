/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The events of a job. A drawer makes text of them (text.h); another may make something else.
 * Nothing below reports in another way.
 */
#ifndef BOOTPIN_REPORT_H
#define BOOTPIN_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"
#include "report/event_table.h"
#include "report/result.h"

struct report;
struct json;
struct log;
struct image_list;

struct report_ops {
	/*
	 * @values: one for each key of the row, which is in event_table. Of every level: a drawer of
	 * text asks report_tells.
	 */
	void (*event)(struct report *r, const struct event_row *row,
		      const struct event_value *values);
	/* The words of an event for the end of the job: row->text, whatever the row's level. */
	void (*note)(struct report *r, const struct event_row *row,
		     const struct event_value *values);
	void (*begin)(struct report *r, nsec_t now);
	void (*progress)(struct report *r, nsec_t now);	/* r->done has changed */
	void (*waiting)(struct report *r, nsec_t now);
	/* @done: it succeeded, and that is to be said. */
	void (*end)(struct report *r, bool done, nsec_t now);
	void (*error)(struct report *r, const char *prog, const struct err *e);
};

struct report {
	const struct report_ops *ops;
	FILE *out, *err;	/* both NULL: nothing is printed */
	int verbosity;		/* -1 quiet, 0, 1 verbose, 2 more */
	bool bar;		/* err is a terminal: progress as a bar */
	bool lines;		/* progress as plain lines */
	/* whose job it is: in front of each line; NULL: the only one's */
	const char *port;
	int relay_fd;		/* relay.h: where everything goes */
	struct json *json;	/* json.h; NULL: none */
	struct log *log;	/* log.h; NULL: none */
	struct image_list *images;	/* where image files are noted (image_list.h); NULL: nowhere */
	void *listener;		/* of other ops, theirs; NULL: none */

	struct job_result result;	/* what the job has come to so far */

	/* The phase under way, or the last one if it failed. */
	enum phase phase;
	bool under_way;
	bool misused;		/* an event came with a wrong number of values */
	uint64_t total, done;
	nsec_t began;
	/* The drawer's own. */
	nsec_t drawn, told;
	size_t drawn_columns;
	unsigned int tenth;
	char summary[512];	/* what was done, for report_done */
};

/* @ops: who draws, report_text for one. @progress: plain progress lines without a terminal. */
void report_init(struct report *r, const struct report_ops *ops, FILE *out, FILE *err,
		 int verbosity, bool progress);

/* Draws nothing. */
extern const struct report_ops report_mute;

/* Does the user's verbosity leave a line of @level? */
bool report_tells(const struct report *r, enum event_level level);

/*
 * report_event(r, EV_NAME, value...): numbers or texts, one for each key of the event's row in their
 * order. Nine at most.
 */
#define report_event(r, ...)								\
	report_values(r, (const struct event_value[]){ { NULL, 0 }, EVENT_VALUES(__VA_ARGS__) },	\
		      EVENT_COUNT(__VA_ARGS__), EVENT_NAME(__VA_ARGS__, 0))
/* @values: behind one that does not count, @count - 1 of them. */
void report_values(struct report *r, const struct event_value *values, size_t count,
		   enum event ev);

/* A phase of @total bytes; @now is the port's clock. */
void report_begin(struct report *r, enum phase phase, uint64_t total, nsec_t now);
void report_progress(struct report *r, uint64_t done, nsec_t now);

/* Nothing new, but time goes by. */
void report_waiting(struct report *r, nsec_t now);

/* Ends the phase, if one is under way. */
enum report_how {
	REPORT_FAILED,		/* report_phase goes on to tell it */
	REPORT_SILENT,		/* nothing is said, and no later error is put down to it */
	REPORT_DONE,		/* it succeeded, and that is said */
};
void report_end(struct report *r, enum report_how how, nsec_t now);

/* "erasing": the phase under way, or the last one if it failed; NULL if there is none. */
const char *report_phase(const struct report *r);

/* The failure of the last phase was made good: what fails later failed in no phase. */
void report_made_good(struct report *r);

/* "2.9 KiB written and verified by reading, reset": what was done so far, by event_done. */
const char *report_done(const struct report *r);

/* The error that ends the program. */
void report_error(struct report *r, const char *prog, const struct err *e);

/* 1536 -> "1.5 KiB"; returns @buf. */
const char *report_size(uint64_t bytes, char *buf, size_t size);

/* ---- how report_event makes values of its arguments ---- */

static inline struct event_value event_text(const char *text)
{
	return (struct event_value){ text ? text : "", 0 };
}

static inline struct event_value event_number(uint64_t number)
{
	return (struct event_value){ NULL, number };
}

#define EVENT_VALUE(x) \
	_Generic((x), char *: event_text, const char *: event_text, default: event_number)(x)
#define EVENT_NAME(ev, ...) ev
#define EVENT_PICK(_1, _2, _3, _4, _5, _6, _7, _8, _9, _10, name, ...) name
#define EVENT_COUNT(...) EVENT_PICK(__VA_ARGS__, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define EVENT_VALUES(...)								\
	EVENT_PICK(__VA_ARGS__, EVENT_9, EVENT_8, EVENT_7, EVENT_6, EVENT_5, EVENT_4, EVENT_3,	\
		   EVENT_2, EVENT_1, EVENT_0, 0)(__VA_ARGS__)
#define EVENT_0(ev)
#define EVENT_1(ev, a) EVENT_VALUE(a)
#define EVENT_2(ev, a, b) EVENT_VALUE(a), EVENT_VALUE(b)
#define EVENT_3(ev, a, b, c) EVENT_2(ev, a, b), EVENT_VALUE(c)
#define EVENT_4(ev, a, b, c, d) EVENT_3(ev, a, b, c), EVENT_VALUE(d)
#define EVENT_5(ev, a, b, c, d, e) EVENT_4(ev, a, b, c, d), EVENT_VALUE(e)
#define EVENT_6(ev, a, b, c, d, e, f) EVENT_5(ev, a, b, c, d, e), EVENT_VALUE(f)
#define EVENT_7(ev, a, b, c, d, e, f, g) EVENT_6(ev, a, b, c, d, e, f), EVENT_VALUE(g)
#define EVENT_8(ev, a, b, c, d, e, f, g, h) EVENT_7(ev, a, b, c, d, e, f, g), EVENT_VALUE(h)
#define EVENT_9(ev, a, b, c, d, e, f, g, h, i) EVENT_8(ev, a, b, c, d, e, f, g, h), EVENT_VALUE(i)

#endif
