/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <unistd.h>

#include "report/image_list.h"
#include "report/report.h"

void report_init(struct report *r, const struct report_ops *ops, FILE *out, FILE *err,
		 int verbosity, bool progress)
{
	*r = (struct report){ .ops = ops, .out = out, .err = err, .verbosity = verbosity };
	r->bar = verbosity >= 0 && isatty(fileno(err));
	r->lines = progress && !r->bar;
}

static void mute_event(struct report *r, const struct event_row *row, const struct event_value *values)
{
	(void)r;
	(void)row;
	(void)values;
}

static void mute_phase(struct report *r, nsec_t now)
{
	(void)r;
	(void)now;
}

static void mute_end(struct report *r, bool done, nsec_t now)
{
	(void)r;
	(void)done;
	(void)now;
}

static void mute_error(struct report *r, const char *prog, const struct err *e)
{
	(void)r;
	(void)prog;
	(void)e;
}

const struct report_ops report_mute = {
	.event = mute_event,
	.note = mute_event,
	.begin = mute_phase,
	.progress = mute_phase,
	.waiting = mute_phase,
	.end = mute_end,
	.error = mute_error,
};

static size_t count_keys(const struct event_row *row)
{
	size_t n = 0;

	for (const char *at = row->keys; (at = strchr(at, ':')); at++)
		n++;
	return n;
}

bool report_tells(const struct report *r, enum event_level level)
{
	switch (level) {
	case LEVEL_SAY:
		return r->verbosity >= 0;
	case LEVEL_MORE:
		return r->verbosity >= 1;
	case LEVEL_NOTE:
	case LEVEL_DATA:
		return false;
	case LEVEL_OUT:
	case LEVEL_WARN:
		break;
	}
	return true;
}

static void note_done(struct report *r, enum event ev, const struct event_value *values)
{
	struct event_row row = event_table[ev];

	if (row.level == LEVEL_DATA)
		return;
	if (row.level != LEVEL_NOTE)
		row.text = event_done[ev];
	if (row.text)
		r->ops->note(r, &row, values);
}

void report_values(struct report *r, const struct event_value *values, size_t count,
		   enum event ev)
{
	const struct event_row *row = &event_table[ev];

	/* The caller and the table do not agree: what would be drawn is not known. */
	if (count - 1 != count_keys(row)) {
		if (r->err)
			fprintf(r->err, "bootpin: event '%s' has %zu keys, not %zu\n",
				row->name, count_keys(row), count - 1);
		r->misused = true;
		return;
	}
	result_take(&r->result, ev, values + 1);
	if (r->images)
		image_list_take(r->images, ev, values + 1);
	r->ops->event(r, row, values + 1);
	note_done(r, ev, values + 1);
}

void report_begin(struct report *r, enum phase phase, uint64_t total, nsec_t now)
{
	r->phase = phase;
	r->under_way = true;
	r->total = total;
	r->done = 0;
	r->began = r->told = now;
	r->drawn = 0;
	r->tenth = 0;
	r->ops->begin(r, now);
}

void report_progress(struct report *r, uint64_t done, nsec_t now)
{
	r->done = done;
	r->ops->progress(r, now);
}

void report_waiting(struct report *r, nsec_t now)
{
	if (r->under_way)
		r->ops->waiting(r, now);
}

void report_end(struct report *r, enum report_how how, nsec_t now)
{
	if (!r->under_way)
		return;
	r->result.spent[r->phase] += now - r->began;
	r->ops->end(r, how == REPORT_DONE, now);
	r->under_way = false;
	if (how != REPORT_FAILED)
		r->phase = PHASE_NONE;
}

const char *report_phase(const struct report *r)
{
	return phase_table[r->phase].doing;
}

void report_made_good(struct report *r)
{
	if (!r->under_way)
		r->phase = PHASE_NONE;
}

const char *report_done(const struct report *r)
{
	return r->summary;
}

void report_error(struct report *r, const char *prog, const struct err *e)
{
	r->ops->error(r, prog, e);
}

const char *report_size(uint64_t bytes, char *buf, size_t size)
{
	if (bytes < 1024)
		snprintf(buf, size, "%u bytes", (unsigned int)bytes);
	else if (bytes < 1024 * 1024)
		snprintf(buf, size, "%.1f KiB", (double)bytes / 1024);
	else
		snprintf(buf, size, "%.2f MiB", (double)bytes / (1024 * 1024));
	return buf;
}
