/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json.h"

#ifdef HAVE_JANSSON

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/shown.h"
#include "report/event_kind.h"
#include "report/text.h"

#define DIGITS 12		/* of a time in seconds */
#define TEXT_MAX 8192		/* a file of the longest name, and words */

/* Functions of jansson accept NULL for a value that could not be made, and then fail themselves. */
struct json {
	FILE *to;
	const char *port;
	enum json_place place;
	const struct report_ops *text;	/* who drew before, and goes on */
	json_t *files;			/* of the image, for the result */
	nsec_t told;			/* when progress was told last, by the port's clock */
	int sys;			/* errno of the first line that could not be written */
};

/* ---- values ---- */

/* What is no UTF-8 is spelled out. */
static json_t *text_value(const char *text)
{
	size_t size = 4 * strlen(text) + 1;
	json_t *value = json_string(text);
	char *safe;

	if (value)
		return value;
	safe = malloc(size);
	if (safe)
		value = json_string(shown(text, safe, size));
	free(safe);
	return value;
}

/* An empty text says nothing, nor does NULL. */
static json_t *text_or_null(const char *text)
{
	return text && text[0] ? text_value(text) : json_null();
}

/* Milliseconds are enough. */
static json_t *time_value(nsec_t t)
{
	nsec_t milliseconds = (t + 500000) / 1000000;

	return json_real((double)milliseconds / 1000);
}

static json_t *version_value(unsigned int v)
{
	return json_sprintf("%u.%u", v >> 4, v & 15u);
}

/* A value by the type of its key. */
static json_t *key_value(const char *type, const struct event_value *v)
{
	uint64_t n = v->number;

	/* Blanks in front of words are for people. */
	if (v->text)
		return text_or_null(v->text + (strcmp(type, "words") ? 0 : strspn(v->text, " ")));
	if (!strcmp(type, "flag"))
		return json_boolean(n);
	if (!strcmp(type, "version"))
		return version_value((unsigned int)n);
	if (!strcmp(type, "seconds") || !strcmp(type, "hundredths"))
		return time_value((nsec_t)n);
	if ((!strcmp(type, "bus") || !strcmp(type, "usb")) && !n)
		return json_null();
	return json_integer((json_int_t)n);
}

/* The keys of @row with their @values. */
static void add_values(json_t *line, const struct event_row *row, const struct event_value *values)
{
	char key[EVENT_KEY_MAX], type[EVENT_KEY_MAX];
	const char *at = row->keys;

	for (size_t i = 0; (at = event_key(at, key, type)); i++)
		json_object_set_new(line, key, key_value(type, &values[i]));
}

/* ---- lines ---- */

static json_t *start_line(const char *port, const char *kind, const char *name)
{
	json_t *line = json_object();

	json_object_set_new(line, "event", json_string(kind));
	json_object_set_new(line, "name", json_string(name));
	json_object_set_new(line, "port", port ? text_value(port) : json_null());
	return line;
}

/* Writes @line, which is gone then. Returns 0, or errno. */
static int put_line(FILE *to, json_t *line)
{
	char *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(DIGITS));
	size_t len = text ? strlen(text) : 0;
	int sys = 0;

	json_decref(line);
	if (!text)
		return ENOMEM;
	text[len] = '\n';	/* in the place of its end */
	if (fwrite(text, 1, len + 1, to) != len + 1 || fflush(to) == EOF)
		sys = errno ? errno : EIO;
	free(text);
	return sys;
}

static void tell(struct json *j, json_t *line)
{
	int sys = put_line(j->to, line);

	if (!j->sys)
		j->sys = sys;
}

/* ---- events ---- */

static void add_file(struct json *j, const struct event_row *row, const struct event_value *values)
{
	json_t *file = json_object();

	add_values(file, row, values);
	json_array_append_new(j->files, file);
}

static void hear_event(struct report *r, const struct event_row *row,
		       const struct event_value *values)
{
	struct json *j = r->json;
	enum event ev = (enum event)(row - event_table);
	json_t *line = start_line(j->port, event_kind(ev), row->name);
	char text[TEXT_MAX];

	add_values(line, row, values);
	if (ev == EV_IMAGE_FILE)
		add_file(j, row, values);
	if (row->text[0]) {
		text_draw(row, values, text, sizeof(text));
		json_object_set_new(line, "text", text_value(text));
	}
	tell(j, line);
	if (row->level != LEVEL_OUT || j->place != JSON_ON_STDOUT)
		j->text->event(r, row, values);
}

static void hear_note(struct report *r, const struct event_row *row,
		      const struct event_value *values)
{
	r->json->text->note(r, row, values);
}

/* ---- phases ---- */

static json_t *phase_line(const struct report *r, const char *kind, const char *name)
{
	json_t *line = start_line(r->json->port, kind, name);

	json_object_set_new(line, "phase", json_string(phase_table[r->phase].name));
	json_object_set_new(line, "done", json_integer((json_int_t)r->done));
	json_object_set_new(line, "total", json_integer((json_int_t)r->total));
	return line;
}

static void hear_begin(struct report *r, nsec_t now)
{
	r->json->told = now;
	tell(r->json, phase_line(r, phase_table[r->phase].kind, "begin"));
	r->json->text->begin(r, now);
}

static void tell_progress(struct report *r, nsec_t now)
{
	json_t *line;

	if (now - r->json->told < JSON_PROGRESS_EVERY)
		return;
	r->json->told = now;
	line = phase_line(r, "progress", "progress");
	json_object_set_new(line, "seconds", time_value(now - r->began));
	tell(r->json, line);
}

static void hear_progress(struct report *r, nsec_t now)
{
	tell_progress(r, now);
	r->json->text->progress(r, now);
}

static void hear_waiting(struct report *r, nsec_t now)
{
	tell_progress(r, now);
	r->json->text->waiting(r, now);
}

static void hear_end(struct report *r, bool done, nsec_t now)
{
	json_t *line = phase_line(r, phase_table[r->phase].kind, "end");

	json_object_set_new(line, "seconds", time_value(now - r->began));
	tell(r->json, line);
	r->json->text->end(r, done, now);
}

/* ---- errors and the result ---- */

/* The class of an error, by its exit status. */
static const char *class_of(int status)
{
	static const char *const classes[] = {
		NULL, "other", "usage", "image", "port", "silent", "link", "protected", "verify",
		"ability",
	};
	const int count = sizeof(classes) / sizeof(classes[0]);

	if (status > 128)
		return "signal";
	return status >= 0 && status < count ? classes[status] : "other";
}

static const char *phase_name(const char *doing)
{
	for (size_t i = PHASE_NONE + 1; i < PHASE_COUNT && doing; i++)
		if (strcmp(phase_table[i].doing, doing) == 0)
			return phase_table[i].name;
	return NULL;
}

/* Where and why it failed; all null after success. */
static void add_error(json_t *line, const struct err *e)
{
	int status = err_exit_status(e);

	json_object_set_new(line, "exit", json_integer(status));
	json_object_set_new(line, "error", text_or_null(class_of(status)));
	json_object_set_new(line, "message", text_or_null(e->msg));
	json_object_set_new(line, "address", e->has_addr ? json_integer(e->addr) : json_null());
	json_object_set_new(line, "phase", text_or_null(phase_name(e->phase)));
	json_object_set_new(line, "file", text_or_null(e->file));
	json_object_set_new(line, "line", e->line ? json_integer(e->line) : json_null());
}

static void hear_error(struct report *r, const char *prog, const struct err *e)
{
	json_t *line = start_line(r->json->port, "error", "error");

	add_error(line, e);
	tell(r->json, line);
	r->json->text->error(r, prog, e);
}

static json_t *number_or_null(bool known, uint64_t n)
{
	return known ? json_integer((json_int_t)n) : json_null();
}

static void add_chip(json_t *line, const struct job_result *o)
{
	json_object_set_new(line, "chip", text_or_null(o->chip));
	json_object_set_new(line, "product_id", number_or_null(o->product_id, o->product_id));
	json_object_set_new(line, "bootloader",
			    o->identified ? version_value(o->bootloader) : json_null());
	json_object_set_new(line, "unique_id", text_or_null(o->unique_id));
	json_object_set_new(line, "flash_kb", number_or_null(o->flash_kb, o->flash_kb));
	json_object_set_new(line, "read_protected",
			    o->identified ? json_boolean(o->read_protected) : json_null());
	json_object_set_new(line, "rate", number_or_null(o->rate, o->rate));
}

static json_t *phase_times(const struct job_result *o)
{
	json_t *times = json_object();
	nsec_t spent;

	for (size_t i = PHASE_NONE + 1; i < PHASE_COUNT; i++) {
		spent = 0;
		/* Two phases may share a name. */
		for (size_t k = PHASE_NONE + 1; k < PHASE_COUNT; k++)
			if (!strcmp(phase_table[k].name, phase_table[i].name))
				spent += o->spent[k];
		if (spent)
			json_object_set_new(times, phase_table[i].name, time_value(spent));
	}
	return times;
}

static void add_work(json_t *line, const struct job_result *o)
{
	json_object_set_new(line, "bytes", number_or_null(o->worked, o->bytes));
	json_object_set_new(line, "verified_by", text_or_null(o->verified_by));
	json_object_set_new(line, "pages", json_integer((json_int_t)o->pages));
	json_object_set_new(line, "turns", number_or_null(o->connected, o->turns));
	json_object_set_new(line, "sent", number_or_null(o->connected, o->sent));
	json_object_set_new(line, "received", number_or_null(o->connected, o->received));
	json_object_set_new(line, "retries", number_or_null(o->connected, o->retries));
	json_object_set_new(line, "seconds", o->connected ? time_value(o->took) : json_null());
	json_object_set_new(line, "phases", phase_times(o));
}

/* @done: what was done, in words. */
static json_t *result_line(const char *port, const struct err *e, const char *done,
			   const struct job_result *o, json_t *files)
{
	json_t *line = start_line(port, "result", "result");

	json_object_set_new(line, "format", json_integer(JSON_FORMAT));
	add_error(line, e);
	json_object_set_new(line, "done", text_or_null(done));
	add_chip(line, o);
	json_object_set_new(line, "files", files);
	add_work(line, o);
	return line;
}

static const struct report_ops report_json = {
	.event = hear_event,
	.note = hear_note,
	.begin = hear_begin,
	.progress = hear_progress,
	.waiting = hear_waiting,
	.end = hear_end,
	.error = hear_error,
};

/* @sys: errno, or 0. */
static int tell_failure(int sys, struct err *why)
{
	return sys ? err_sys(why, ERR_OTHER, sys, "cannot write what --json has to say") : 0;
}

int json_begin(struct report *r, FILE *to, const char *port, enum json_place place, struct err *e)
{
	struct json *j = malloc(sizeof(*j));

	if (!j)
		return err_set(e, ERR_OTHER, "out of memory");
	*j = (struct json){
		.to = to, .port = port, .place = place, .text = r->ops, .files = json_array(),
	};
	r->json = j;
	r->ops = &report_json;
	return 0;
}

int json_end(struct report *r, const struct err *e, struct err *why)
{
	struct json *j = r->json;
	int sys;

	if (!j)
		return 0;
	tell(j, result_line(j->port, e, report_done(r), &r->result, j->files));
	sys = j->sys;
	r->ops = j->text;
	r->json = NULL;
	free(j);
	return tell_failure(sys, why);
}

int json_branch(const struct report *r, struct report *branch, const char *port, struct err *e)
{
	const struct json *from = r->json;

	if (!from)
		return 0;
	branch->ops = from->text;
	if (json_begin(branch, from->to, port, from->place, e) < 0)
		return -1;
	json_decref(branch->json->files);
	branch->json->files = json_incref(from->files);
	return 0;
}

void json_drop(struct report *r)
{
	struct json *j = r->json;

	if (!j)
		return;
	r->ops = j->text;
	r->json = NULL;
	json_decref(j->files);
	free(j);
}

#else

static int refuse(struct err *e)
{
	return err_set(e, ERR_USAGE, "'--json': built without jansson");
}

int json_begin(struct report *r, FILE *to, const char *port, enum json_place place, struct err *e)
{
	(void)r;
	(void)to;
	(void)port;
	(void)place;
	return refuse(e);
}

int json_end(struct report *r, const struct err *e, struct err *why)
{
	(void)r;
	(void)e;
	(void)why;
	return 0;
}

int json_branch(const struct report *r, struct report *branch, const char *port, struct err *e)
{
	(void)r;
	(void)branch;
	(void)port;
	(void)e;
	return 0;
}

void json_drop(struct report *r)
{
	(void)r;
}

#endif
