/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json.h"

#ifdef HAVE_JANSSON

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/shown.h"
#include "report/record.h"

#define DIGITS 12		/* of a time in seconds */

/* Functions of jansson accept NULL for a value that could not be made, and then fail themselves. */
struct json {
	FILE *to;
	const char *port;
	enum json_place place;
	const struct report_ops *text;	/* who drew before, and goes on */
	json_t *files;			/* of the image, for the result */
	nsec_t told;			/* when progress was told last, by the port's clock */
	int sys;			/* errno of the first line that could not be written */
	bool excused;			/* json_check has told of one */
	bool branched;			/* ports tell of themselves */
};

/* ---- lines ---- */

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

static json_t *time_value(int64_t milliseconds)
{
	return json_real((double)milliseconds / 1000);
}

static json_t *field_value(const struct field *f)
{
	switch (f->type) {
	case FIELD_TEXT:
		return text_value(f->text);
	case FIELD_NUMBER:
		return json_integer(f->number);
	case FIELD_FLAG:
		return json_boolean(f->number);
	case FIELD_TIME:
		return time_value(f->number);
	case FIELD_NULL:
		break;
	}
	return json_null();
}

static void add_fields(json_t *line, const struct record *rec)
{
	for (size_t i = 0; i < rec->count; i++)
		json_object_set_new(line, rec->field[i].key, field_value(&rec->field[i]));
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

static void put_object(struct json *j, json_t *line)
{
	int sys = put_line(j->to, line);

	if (!j->sys)
		j->sys = sys;
}

static void tell(struct json *j, const struct record *rec)
{
	json_t *line = json_object();

	add_fields(line, rec);
	put_object(j, line);
}

/* ---- events ---- */

static void add_file(struct json *j, const struct event_row *row, const struct event_value *values)
{
	json_t *file = json_object();
	struct record rec = { .count = 0 };

	record_values(&rec, row, values);
	add_fields(file, &rec);
	json_array_append_new(j->files, file);
}

static void hear_event(struct report *r, const struct event_row *row,
		       const struct event_value *values)
{
	struct json *j = r->json;
	struct record rec;

	record_event(&rec, j->port, row, values);
	if (row == &event_table[EV_IMAGE_FILE])
		add_file(j, row, values);
	tell(j, &rec);
	if (row->level != LEVEL_OUT || j->place != JSON_ON_STDOUT)
		j->text->event(r, row, values);
}

static void hear_note(struct report *r, const struct event_row *row,
		      const struct event_value *values)
{
	r->json->text->note(r, row, values);
}

/* ---- phases ---- */

static void hear_begin(struct report *r, nsec_t now)
{
	struct record rec;

	r->json->told = now;
	record_begin(&rec, r->json->port, r);
	tell(r->json, &rec);
	r->json->text->begin(r, now);
}

static void tell_progress(struct report *r, nsec_t now)
{
	struct record rec;

	if (now - r->json->told < RECORD_PROGRESS_EVERY)
		return;
	r->json->told = now;
	record_progress(&rec, r->json->port, r, now);
	tell(r->json, &rec);
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
	struct record rec;

	record_end(&rec, r->json->port, r, now);
	tell(r->json, &rec);
	r->json->text->end(r, done, now);
}

/* ---- errors and the result ---- */

static void hear_error(struct report *r, const char *prog, const struct err *e)
{
	struct record rec;

	record_error(&rec, r->json->port, e);
	tell(r->json, &rec);
	r->json->text->error(r, prog, e);
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
			json_object_set_new(times, phase_table[i].name,
					    time_value(record_time(spent)));
	}
	return times;
}

static void tell_result(struct json *j, const struct report *r, const struct err *e)
{
	json_t *line = json_object();
	struct record rec;

	record_result(&rec, j->port, e, report_done(r), &r->result);
	add_fields(line, &rec);
	json_object_set_new(line, "files", j->files);
	rec.count = 0;
	record_work(&rec, &r->result);
	add_fields(line, &rec);
	json_object_set_new(line, "phases", phase_times(&r->result));
	put_object(j, line);
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
	tell_result(j, r, e);
	sys = j->excused ? 0 : j->sys;
	r->ops = j->text;
	r->json = NULL;
	free(j);
	return tell_failure(sys, why);
}

int json_check(const struct report *r, struct err *why)
{
	struct json *j = r->json;

	if (!j || !j->sys || j->excused)
		return 0;
	j->excused = true;
	return tell_failure(j->sys, why);
}

bool json_has_branches(const struct report *r)
{
	return r->json && r->json->branched;
}

int json_branch(const struct report *r, struct report *branch, const char *port, struct err *e)
{
	struct json *from = r->json;

	if (!from)
		return 0;
	from->branched = true;
	if (branch->ops == r->ops)
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

int json_check(const struct report *r, struct err *why)
{
	(void)r;
	(void)why;
	return 0;
}

bool json_has_branches(const struct report *r)
{
	(void)r;
	return false;
}

void json_drop(struct report *r)
{
	(void)r;
}

#endif
