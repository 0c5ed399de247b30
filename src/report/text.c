/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/shown.h"
#include "report/bar.h"
#include "report/inplace.h"
#include "report/text.h"

#define REDRAW (100 * NSEC_PER_MSEC)
#define TELL_TIME (10 * NSEC_PER_SEC)
#define LINE_MAX_LEN 8192	/* a file of the longest name, and words */

static double seconds(nsec_t t)
{
	return (double)t / (double)NSEC_PER_SEC;
}

/* ---- a row's text ---- */

static bool is_type(const char *type, const char *name)
{
	return strncmp(type, name, strlen(name)) == 0;
}

/* A number by the type of its key, which begins at @type. */
static void draw_number(const char *type, uint64_t value, char *buf, size_t size)
{
	unsigned int n = (unsigned int)value;

	if (is_type(type, "address"))
		snprintf(buf, size, "0x%08x", n);
	else if (is_type(type, "product"))
		snprintf(buf, size, "0x%03x", n);
	else if (is_type(type, "byte"))
		snprintf(buf, size, "0x%02x", n);
	else if (is_type(type, "half") || is_type(type, "usb"))
		snprintf(buf, size, "%04x", n);
	else if (is_type(type, "version"))
		snprintf(buf, size, "%u.%u", n >> 4, n & 15u);
	else if (is_type(type, "size"))
		report_size(value, buf, size);
	else if (is_type(type, "seconds"))
		snprintf(buf, size, "%.0f", seconds((nsec_t)value));
	else if (is_type(type, "hundredths"))
		snprintf(buf, size, "%.2f", seconds((nsec_t)value));
	else if (is_type(type, "bus") && !n)
		snprintf(buf, size, "-");
	else if (is_type(type, "bus"))
		snprintf(buf, size, "0x%02x", n);
	else
		snprintf(buf, size, "%llu", (unsigned long long)value);
}

/* A line that is being drawn. */
struct line { char *text; size_t size, len; };

static void add(struct line *l, const char *text, size_t len)
{
	size_t room = l->size - 1 - l->len;

	if (len > room)
		len = room;
	memcpy(l->text + l->len, text, len);
	l->len += len;
	l->text[l->len] = '\0';
}

/* The key whose name begins at @name: its index, or -1; *type: where its type begins. */
static int find_key(const struct event_row *row, const char *name, const char **type)
{
	size_t len = strcspn(name, ":?}");
	const char *key = row->keys;

	for (int i = 0; *key; i++) {
		size_t n = strcspn(key, ":");

		*type = key + n + 1;
		if (n == len && memcmp(key, name, n) == 0)
			return i;
		key = *type + strcspn(*type, " ");
		key += *key == ' ';
	}
	return -1;
}

/* @inside: a key of the row's text, without its braces. */
static void add_key(struct line *l, const struct event_row *row, const struct event_value *values,
		    const char *inside)
{
	size_t name = strcspn(inside, ":?}"), len = strcspn(inside, "}"), width = 0;
	const char *type;
	int i = find_key(row, inside, &type);
	bool before = false;	/* filled up in front */
	char drawn[32];
	const char *text = i < 0 ? "?" : values[i].text;

	if (i >= 0 && inside[name] == '?') {
		size_t one = strcspn(inside + name + 1, "|");

		if (values[i].number == 1)
			add(l, inside + name + 1, one);
		else
			add(l, inside + name + one + 2, len - name - one - 2);
		return;
	}
	if (!text) {
		draw_number(type, values[i].number, drawn, sizeof(drawn));
		text = drawn;
	}
	if (inside[name] == ':') {
		before = inside[name + 1] == '>';
		width = strtoul(inside + name + 1 + before, NULL, 10);
	}
	for (size_t n = strlen(text); before && n < width; n++)
		add(l, " ", 1);
	add(l, text, strlen(text));
	for (size_t n = strlen(text); !before && n < width; n++)
		add(l, " ", 1);
}

/* Has every key between the brackets a value? */
static bool is_whole(const struct event_row *row, const struct event_value *values, const char *at)
{
	for (; *at && *at != ']'; at++) {
		const char *type;
		int i = *at == '{' ? find_key(row, at + 1, &type) : -1;

		if (i >= 0 && !(values[i].text ? values[i].text[0] : values[i].number != 0))
			return false;
	}
	return true;
}

void text_draw(const struct event_row *row, const struct event_value *values, char *line,
	       size_t size)
{
	struct line l = { line, size, 0 };
	const char *at = row->text;

	line[0] = '\0';
	while (*at) {
		size_t plain = strcspn(at, "{[]");

		add(&l, at, plain);
		at += plain;
		if (*at == '{') {
			add_key(&l, row, values, at + 1);
			at += strcspn(at, "}") + 1;
		} else if (*at == '[' && !is_whole(row, values, at)) {
			at += strcspn(at, "]") + 1;
		} else if (*at) {
			at++;
		}
	}
}

/* ---- lines and the bar ---- */

/* A bar that is being drawn gives way to a line. */
static void clear_bar(struct report *r)
{
	if (r->bar && r->under_way)
		inplace_clear(r->err, &r->drawn_columns);
}

/* Where several ports are at work, each line begins with its own, once. */
static void print_port(const struct report *r, FILE *to, const char *line)
{
	size_t len = r->port ? strlen(r->port) : 0;
	char safe[LINE_MAX_LEN];

	if (len && (strncmp(line, r->port, len) != 0 || line[len] != ':'))
		fprintf(to, "%s: ", shown(r->port, safe, sizeof(safe)));
}

static void draw_event(struct report *r, const struct event_row *row,
		       const struct event_value *values)
{
	FILE *to = row->level == LEVEL_OUT ? r->out : r->err;
	char line[LINE_MAX_LEN], safe[2 * LINE_MAX_LEN];

	if (!report_tells(r, row->level))
		return;
	text_draw(row, values, line, sizeof(line));
	clear_bar(r);
	print_port(r, to, line);
	fprintf(to, "%s%s\n", row->level == LEVEL_WARN ? "warning: " : "",
		shown(line, safe, sizeof(safe)));
	fflush(to);
}

static void draw_note(struct report *r, const struct event_row *row,
		      const struct event_value *values)
{
	struct line l = { r->summary, sizeof(r->summary), strlen(r->summary) };

	if (l.len)
		add(&l, ", ", 2);
	text_draw(row, values, l.text + l.len, l.size - l.len);
}

/* Bytes a second so far; 0 where no time has passed. */
static double speed(const struct report *r, nsec_t now)
{
	return now > r->began ? (double)r->done / seconds(now - r->began) : 0;
}

static void draw_bar(struct report *r, nsec_t now)
{
	char line[128];

	bar_draw(r, now, inplace_columns(r->err), line, sizeof(line));
	inplace_draw(r->err, &r->drawn_columns, line);
	r->drawn = now;
}

static void draw_begin(struct report *r, nsec_t now)
{
	if (r->bar)
		draw_bar(r, now);
}

static void draw_progress(struct report *r, nsec_t now)
{
	unsigned int tenth = r->total ? (unsigned int)(10 * r->done / r->total) : 10;

	if (r->bar && (now - r->drawn >= REDRAW || r->done == r->total))
		draw_bar(r, now);
	if (r->lines && tenth > r->tenth) {
		r->tenth = tenth;
		print_port(r, r->err, "");
		fprintf(r->err, "%s: %u%%\n", report_phase(r), tenth * 10);
		fflush(r->err);
	}
}

/* The bar, or every ten seconds a line, tells how much time has gone by. */
static void draw_waiting(struct report *r, nsec_t now)
{
	if (r->bar && now - r->drawn >= REDRAW)
		draw_bar(r, now);
	if (!r->lines || now - r->told < TELL_TIME)
		return;
	r->told = now;
	print_port(r, r->err, "");
	fprintf(r->err, "%s: %.0f s\n", report_phase(r), seconds(now - r->began));
	fflush(r->err);
}

static void draw_end(struct report *r, bool done, nsec_t now)
{
	const char *past = phase_table[r->phase].done;
	double rate = speed(r, now);
	char bytes[32], per_second[32];

	clear_bar(r);
	if (!done || !past || r->verbosity < 0)
		return;
	print_port(r, r->err, "");
	fprintf(r->err, "%s %s in %.2f s", past, report_size(r->done, bytes, sizeof(bytes)),
		seconds(now - r->began));
	if (rate > 0)
		fprintf(r->err, " (%s/s)",
			report_size((uint64_t)rate, per_second, sizeof(per_second)));
	fputc('\n', r->err);
	fflush(r->err);
}

/* What is listed below an error. */
static void draw_lines(struct report *r, const char *lines)
{
	char line[256], safe[4 * sizeof(line)];
	size_t len;

	for (; *lines; lines += len + (lines[len] == '\n')) {
		len = strcspn(lines, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)len, lines);
		fprintf(r->err, "  %s\n", shown(line, safe, sizeof(safe)));
	}
}

static void draw_error(struct report *r, const char *prog, const struct err *e)
{
	char safe[4 * sizeof(e->msg)];

	clear_bar(r);
	fprintf(r->err, "%s: ", prog);
	print_port(r, r->err, e->msg);
	fprintf(r->err, "%s\n", shown(e->msg, safe, sizeof(safe)));
	draw_lines(r, e->lines);
	if (e->code == ERR_USAGE && !r->port)
		fprintf(r->err, "try '%s --help'\n", prog);
	fflush(r->err);
}

const struct report_ops report_text = {
	.event = draw_event,
	.note = draw_note,
	.begin = draw_begin,
	.progress = draw_progress,
	.waiting = draw_waiting,
	.end = draw_end,
	.error = draw_error,
};
