/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <string.h>

#include "base/shown.h"
#include "compat/dfu_util_report.h"
#include "report/text.h"

#define PROGRAM "dfu-util"
#define BAR 25			/* characters of a full bar */
#define LINE 4096

static struct dfu_report *dfu_of(struct report *r)
{
	return (struct dfu_report *)r;
}

/* ---- lines ---- */

static void end_bar(struct dfu_report *d)
{
	if (d->open)
		fputc('\n', d->r.out);
	d->open = false;
}

static void say(struct dfu_report *d, const char *line)
{
	end_bar(d);
	fprintf(d->r.out, "%s\n", line);
	fflush(d->r.out);
}

/* @line: may hold what comes from outside. */
static void warn(struct dfu_report *d, const char *before, const char *line)
{
	char safe[2 * LINE];

	end_bar(d);
	fflush(d->r.out);
	fprintf(d->r.err, "%s%s\n", before, shown(line, safe, sizeof(safe)));
	fflush(d->r.err);
}

void dfu_report_error(struct dfu_report *d, const char *fmt, ...)
{
	char line[LINE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	warn(d, PROGRAM ": ", line);
}

/* ---- events ---- */

/* Whether a user must know of @ev, for which dfu-util has no words. */
static bool must_be_known(enum event ev, enum event_level level)
{
	static const enum event events[] = {
		EV_OPTION_BYTES_LEFT_OUT, EV_OPTION_BYTES_UNKNOWN, EV_OPTION_BYTES_WRITTEN,
		EV_ERASE_NOT_SEEN, EV_MASS_ERASE_UNSEEN, EV_NEXT_RESET_STAYS, EV_MAY_STAY,
		EV_IMAGE_MOVED, EV_IMAGE_UNPACKED,
	};

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (events[i] == ev)
			return true;
	return level == LEVEL_WARN;
}

/* The line that dfu-util has for @ev; NULL: none. */
static const char *line_of(const struct dfu_report *d, enum event ev)
{
	const char *done = d->is_dfuse ? "Done parsing DfuSe file" : "File downloaded successfully";

	switch (ev) {
	case EV_MASS_ERASE:
		return "Performing mass erase, this can take a moment";
	case EV_PROTECTION_ERASES:
		return "Device disconnects, erases flash and resets now";
	case EV_WRITTEN_VERIFIED:
		return d->options ? NULL : done;
	case EV_OPTION_BYTES_VERIFIED:
	case EV_OPTION_BYTES_SAME:
		return done;
	case EV_STARTED:
	case EV_GO_ACKNOWLEDGED:
	case EV_START_UNSEEN:
		return "Submitting leave request...";
	case EV_RESET:
	case EV_RESET_BLANK:
	case EV_RESET_BY_LAUNCH:
		return d->leaves ? "Submitting leave request..."
				 : "Resetting USB to switch back to Run-Time mode";
	default:
		return NULL;
	}
}

static void draw_event(struct report *r, const struct event_row *row,
		       const struct event_value *values)
{
	enum event ev = (enum event)(row - event_table);
	struct dfu_report *d = dfu_of(r);
	const char *words = line_of(d, ev);
	char line[LINE];

	d->at_once |= ev == EV_MASS_ERASE || ev == EV_PROTECTION_ERASES;
	if (ev == EV_IMAGE_FILE)
		d->is_dfuse = !strcmp(values[1].text, "DfuSe");
	text_draw(row, values, line, sizeof(line));
	if (words)
		say(d, words);
	else if (must_be_known(ev, row->level) && ev != EV_IMAGE_FOREIGN)	/* refused, or meant so */
		warn(d, PROGRAM ": Warning: ", line);
	else if (r->verbosity > 0 && line[0] && row->level != LEVEL_NOTE)
		warn(d, "   ", line);
}

/* For the last line, which -v shows. */
static void draw_note(struct report *r, const struct event_row *row,
		      const struct event_value *values)
{
	report_text.note(r, row, values);
}

/* ---- bars ---- */

/* NULL: this phase has no bar. */
static const char *label_of(const struct dfu_report *d)
{
	switch (d->r.phase) {
	case PHASE_ERASING:
		return d->at_once ? NULL : "Erase   ";
	case PHASE_WRITING:
		return "Download";
	case PHASE_READING:
	case PHASE_READING_TWICE:
		return "Upload";
	default:
		return NULL;
	}
}

static void draw_bar(struct dfu_report *d)
{
	static const char full[] = "=========================";
	const char *label = label_of(d);
	int percent = d->r.total ? (int)(100 * d->r.done / d->r.total) : 100;

	if (!label || percent == d->percent)
		return;
	d->percent = percent;
	d->open = true;
	fprintf(d->r.out, "\r%s\t[%-25.*s] %3d%% %12llu bytes", label, BAR * percent / 100, full,
		percent, (unsigned long long)d->r.done);
	fflush(d->r.out);
}

static void draw_begin(struct report *r, nsec_t now)
{
	(void)now;
	dfu_of(r)->percent = -1;
	draw_bar(dfu_of(r));
}

static void draw_progress(struct report *r, nsec_t now)
{
	(void)now;
	draw_bar(dfu_of(r));
}

static void draw_waiting(struct report *r, nsec_t now)
{
	(void)r;
	(void)now;
}

static void draw_end(struct report *r, bool done, nsec_t now)
{
	struct dfu_report *d = dfu_of(r);
	const char *label = label_of(d);

	(void)now;
	d->at_once = false;
	if (!label)
		return;
	if (done) {
		r->done = r->total;
		draw_bar(d);
	}
	end_bar(d);
	if (done)
		fprintf(r->out, "%s done.\n", label);
	fflush(r->out);
}

/* ---- the error ---- */

/* Options that a message advises are bootpin's. */
static bool names_options(const char *text)
{
	return strstr(text, " --") || strstr(text, "(--") || strstr(text, "'--") ||
	       strstr(text, "(-S") || strstr(text, "; -f ");
}

/* The option that the core advises is none of this name's, and DFU has no command for it. */
static bool tell_write_protected(struct dfu_report *d, const struct err *e)
{
	const char *advice = strstr(e->msg, ": --unlock");

	if (e->code != ERR_WRITE_PROTECTED || !advice)
		return false;
	dfu_report_error(d, "%.*s: only the option bytes lift that", (int)(advice - e->msg), e->msg);
	return true;
}

static void draw_error(struct report *r, const char *prog, const struct err *e)
{
	struct dfu_report *d = dfu_of(r);
	bool lifts = e->code == ERR_PROTECTED && strstr(e->msg, "lifts it");

	(void)prog;
	if (tell_write_protected(d, e))
		return;
	if (lifts)
		dfu_report_error(d, "the chip is read-protected: '-s 0x08000000:unprotect:force', which "
				    "erases all flash, lifts that");
	else
		dfu_report_error(d, "%s", e->msg);
	for (const char *line = e->lines; *line; line += strcspn(line, "\n") + 1)
		fprintf(r->err, "  %.*s\n", (int)strcspn(line, "\n"), line);
	if (!lifts && names_options(e->msg))
		fprintf(r->err, "  (these are options of bootpin, which this is: see bootpin(1))\n");
	fflush(r->err);
}

static const struct report_ops ops = {
	.event = draw_event,
	.note = draw_note,
	.begin = draw_begin,
	.progress = draw_progress,
	.waiting = draw_waiting,
	.end = draw_end,
	.error = draw_error,
};

void dfu_report_init(struct dfu_report *d, FILE *out, FILE *err, int verbosity)
{
	*d = (struct dfu_report){ .percent = -1 };
	report_init(&d->r, &ops, out, err, verbosity, false);
	d->r.bar = d->r.lines = false;
}
