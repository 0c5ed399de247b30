/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/stop.h"
#include "report/record.h"
#include "report/text.h"

/* ---- fields ---- */

const struct field *record_field(const struct record *rec, const char *key)
{
	for (size_t i = 0; i < rec->count; i++)
		if (strcmp(rec->field[i].key, key) == 0)
			return &rec->field[i];
	return NULL;
}

/* A key that is there already gets the new value: an event's own "port" is that of its job. */
static struct field *put(struct record *rec, const char *key, enum field_type type)
{
	const struct field *there = record_field(rec, key);
	struct field *f = &rec->field[there ? (size_t)(there - rec->field) : rec->count];

	if (!there && rec->count < RECORD_FIELDS - 1)
		rec->count++;
	*f = (struct field){ .type = type };
	snprintf(f->key, sizeof(f->key), "%s", key);
	return f;
}

/* An empty text says nothing, nor does NULL. */
static void put_text(struct record *rec, const char *key, const char *text)
{
	put(rec, key, text && text[0] ? FIELD_TEXT : FIELD_NULL)->text = text;
}

static void put_number(struct record *rec, const char *key, bool known, uint64_t number)
{
	put(rec, key, known ? FIELD_NUMBER : FIELD_NULL)->number = (int64_t)number;
}

static void put_flag(struct record *rec, const char *key, bool known, bool flag)
{
	put(rec, key, known ? FIELD_FLAG : FIELD_NULL)->number = flag;
}

/* Milliseconds are enough. */
int64_t record_time(nsec_t t)
{
	return (t + 500000) / 1000000;
}

static void put_time(struct record *rec, const char *key, bool known, nsec_t t)
{
	put(rec, key, known ? FIELD_TIME : FIELD_NULL)->number = record_time(t);
}

static void put_version(struct record *rec, const char *key, bool known, unsigned int v)
{
	snprintf(rec->version, sizeof(rec->version), "%u.%u", v >> 4, v & 15u);
	put_text(rec, key, known ? rec->version : NULL);
}

/* A value by the type of its key. */
static void put_value(struct record *rec, const char *key, const char *type,
		      const struct event_value *v)
{
	/* Blanks in front of words are for people. */
	if (v->text)
		put_text(rec, key, v->text + (strcmp(type, "words") ? 0 : strspn(v->text, " ")));
	else if (!strcmp(type, "flag"))
		put_flag(rec, key, true, v->number);
	else if (!strcmp(type, "version"))
		put_version(rec, key, true, (unsigned int)v->number);
	else if (!strcmp(type, "seconds") || !strcmp(type, "hundredths"))
		put_time(rec, key, true, (nsec_t)v->number);
	else if (!strcmp(type, "bus") || !strcmp(type, "usb"))
		put_number(rec, key, v->number, v->number);
	else
		put_number(rec, key, true, v->number);
}

/* ---- events ---- */

static void start(struct record *rec, const char *port, const char *kind, const char *name)
{
	rec->count = 0;
	put_text(rec, "event", kind);
	put_text(rec, "name", name);
	put_text(rec, "port", port);
}

void record_values(struct record *rec, const struct event_row *row, const struct event_value *values)
{
	char key[EVENT_KEY_MAX], type[EVENT_KEY_MAX];
	const char *at = row->keys;

	for (size_t i = 0; (at = event_key(at, key, type)); i++)
		put_value(rec, key, type, &values[i]);
}

void record_event(struct record *rec, const char *port, const struct event_row *row,
		  const struct event_value *values)
{
	start(rec, port, event_kind((enum event)(row - event_table)), row->name);
	record_values(rec, row, values);
	if (!row->text[0])
		return;
	text_draw(row, values, rec->text, sizeof(rec->text));
	put(rec, "text", FIELD_TEXT)->text = rec->text;
}

/* ---- phases ---- */

static void start_phase(struct record *rec, const char *port, const struct report *r,
			const char *kind, const char *name)
{
	start(rec, port, kind, name);
	put_text(rec, "phase", phase_table[r->phase].name);
	put_number(rec, "done", true, r->done);
	put_number(rec, "total", true, r->total);
}

void record_begin(struct record *rec, const char *port, const struct report *r)
{
	start_phase(rec, port, r, phase_table[r->phase].kind, "begin");
}

void record_end(struct record *rec, const char *port, const struct report *r, nsec_t now)
{
	start_phase(rec, port, r, phase_table[r->phase].kind, "end");
	put_time(rec, "seconds", true, now - r->began);
}

void record_progress(struct record *rec, const char *port, const struct report *r, nsec_t now)
{
	start_phase(rec, port, r, "progress", "progress");
	put_time(rec, "seconds", true, now - r->began);
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

	if (status == 128 + STOP_CANCELLED)
		return "cancelled";
	if (status == 128 + STOP_TIMED_OUT)
		return "timeout";
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
static void put_error(struct record *rec, const struct err *e)
{
	int status = err_exit_status(e);

	put_number(rec, "exit", true, (uint64_t)status);
	put_text(rec, "error", class_of(status));
	put_text(rec, "message", e->msg);
	put_number(rec, "address", e->has_addr, e->addr);
	put_text(rec, "phase", phase_name(e->phase));
	put_text(rec, "file", e->file);
	put_number(rec, "line", e->line, e->line);
}

void record_error(struct record *rec, const char *port, const struct err *e)
{
	start(rec, port, "error", "error");
	put_error(rec, e);
}

void record_result(struct record *rec, const char *port, const struct err *e, const char *done,
		   const struct job_result *o)
{
	start(rec, port, "result", "result");
	put_number(rec, "format", true, RECORD_FORMAT);
	put_error(rec, e);
	put_text(rec, "done", done);
	put_text(rec, "chip", o->chip);
	put_number(rec, "product_id", o->product_id, o->product_id);
	put_version(rec, "bootloader", o->identified, o->bootloader);
	put_text(rec, "unique_id", o->unique_id);
	put_number(rec, "flash_kb", o->flash_kb, o->flash_kb);
	put_flag(rec, "read_protected", o->identified, o->read_protected);
	put_number(rec, "rate", o->rate, o->rate);
}

void record_work(struct record *rec, const struct job_result *o)
{
	put_number(rec, "bytes", o->worked, o->bytes);
	put_text(rec, "verified_by", o->verified_by);
	put_number(rec, "pages", true, o->pages);
	put_number(rec, "turns", o->connected, o->turns);
	put_number(rec, "sent", o->connected, o->sent);
	put_number(rec, "received", o->connected, o->received);
	put_number(rec, "retries", o->connected, o->retries);
	put_time(rec, "seconds", o->connected, o->took);
}
