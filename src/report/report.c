/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "report/report.h"

#define BAR_WIDTH 24
#define REDRAW (100 * NSEC_PER_MSEC)
#define TELL_TIME (10 * NSEC_PER_SEC)

void report_init(struct report *r, FILE *out, FILE *err, int verbosity, bool progress)
{
	*r = (struct report){ .out = out, .err = err, .verbosity = verbosity };
	r->bar = verbosity >= 0 && isatty(fileno(err));
	r->lines = progress && !r->bar;
}

/* A bar that is being drawn gives way to a line. */
static void clear_bar(struct report *r)
{
	if (r->bar && r->verb)
		fputs("\r\033[K", r->err);
}

__attribute__((format(printf, 3, 0)))
static void line(FILE *to, const char *prefix, const char *fmt, va_list ap)
{
	fputs(prefix, to);
	vfprintf(to, fmt, ap);
	fputc('\n', to);
	fflush(to);
}

void report_out(struct report *r, const char *fmt, ...)
{
	va_list ap;

	clear_bar(r);
	va_start(ap, fmt);
	line(r->out, "", fmt, ap);
	va_end(ap);
}

void report_say(struct report *r, const char *fmt, ...)
{
	va_list ap;

	if (r->verbosity < 0)
		return;
	clear_bar(r);
	va_start(ap, fmt);
	line(r->err, "", fmt, ap);
	va_end(ap);
}

void report_more(struct report *r, const char *fmt, ...)
{
	va_list ap;

	if (r->verbosity < 1)
		return;
	clear_bar(r);
	va_start(ap, fmt);
	line(r->err, "", fmt, ap);
	va_end(ap);
}

void report_warn(struct report *r, const char *fmt, ...)
{
	va_list ap;

	clear_bar(r);
	va_start(ap, fmt);
	line(r->err, "warning: ", fmt, ap);
	va_end(ap);
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

static double seconds(nsec_t t)
{
	return (double)t / (double)NSEC_PER_SEC;
}

/* Bytes a second so far; 0 where no time has passed. */
static double speed(const struct report *r, nsec_t now)
{
	return now > r->began ? (double)r->done / seconds(now - r->began) : 0;
}

static void draw_bar(struct report *r, nsec_t now)
{
	unsigned int percent = r->total ? (unsigned int)(100 * r->done / r->total) : 100;
	unsigned int full = percent * BAR_WIDTH / 100;
	double rate = speed(r, now);
	char done[32], per_second[32];

	fprintf(r->err, "\r%-9s [%.*s%.*s] %3u%%  %s", r->verb, (int)full,
		"########################", (int)(BAR_WIDTH - full), "........................",
		percent, report_size(r->done, done, sizeof(done)));
	if (rate > 0)
		fprintf(r->err, "  %s/s  %.0f s left",
			report_size((uint64_t)rate, per_second, sizeof(per_second)),
			(double)(r->total - r->done) / rate);
	else
		fprintf(r->err, "  %.0f s", seconds(now - r->began));
	fputs("\033[K", r->err);
	fflush(r->err);
	r->drawn = now;
}

void report_begin(struct report *r, const char *verb, uint64_t total, nsec_t now)
{
	r->verb = verb;
	r->total = total;
	r->done = 0;
	r->began = r->told = now;
	r->tenth = 0;
	if (r->bar)
		draw_bar(r, now);
}

void report_progress(struct report *r, uint64_t done, nsec_t now)
{
	unsigned int tenth = r->total ? (unsigned int)(10 * done / r->total) : 10;

	r->done = done;
	if (r->bar && (now - r->drawn >= REDRAW || done == r->total))
		draw_bar(r, now);
	if (r->lines && tenth > r->tenth) {
		r->tenth = tenth;
		fprintf(r->err, "%s: %u%%\n", r->verb, tenth * 10);
		fflush(r->err);
	}
}

void report_waiting(struct report *r, nsec_t now)
{
	if (!r->verb)
		return;
	if (r->bar && now - r->drawn >= REDRAW)
		draw_bar(r, now);
	if (!r->lines || now - r->told < TELL_TIME)
		return;
	r->told = now;
	fprintf(r->err, "%s: %.0f s\n", r->verb, seconds(now - r->began));
	fflush(r->err);
}

void report_end(struct report *r, const char *past, nsec_t now)
{
	double rate = speed(r, now);
	char done[32], per_second[32];

	clear_bar(r);
	r->verb = NULL;
	if (!past || r->verbosity < 0)
		return;
	fprintf(r->err, "%s %s in %.2f s", past, report_size(r->done, done, sizeof(done)),
		seconds(now - r->began));
	if (rate > 0)
		fprintf(r->err, " (%s/s)",
			report_size((uint64_t)rate, per_second, sizeof(per_second)));
	fputc('\n', r->err);
	fflush(r->err);
}

void report_error(struct report *r, const char *prog, const struct err *e)
{
	clear_bar(r);
	fprintf(r->err, "%s: %s\n", prog, e->msg);
	fflush(r->err);
}
