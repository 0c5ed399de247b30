/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/relay.h"
#include "report/text.h"

#define PROGRESS_EVERY (100 * NSEC_PER_MSEC)
#define WAITING_EVERY NSEC_PER_SEC
#define READ_SIZE 4096
#define VALUE_TEXT_MAX 8192	/* longer texts are cut: a line ends there, too */

/* What goes through the pipe: a head, and @len bytes of the kind's own behind it. */
struct head {
	uint32_t kind, len;
};

/* RELAY_EVENT: this, and for each value a struct value_head and its text with a NUL. */
struct event_head {
	uint32_t event, count;
};

struct value_head {
	uint64_t number;
	uint32_t text;		/* bytes with the NUL; 0: it is a number */
	uint32_t unused;
};

/* RELAY_BEGIN, RELAY_PROGRESS, RELAY_WAITING, RELAY_END */
struct moment {
	uint32_t phase, succeeded;
	uint64_t total, done;
	nsec_t now;
};

/* ---- sending ---- */

static void send_all(const struct report *r, const void *data, size_t len)
{
	const uint8_t *at = data;
	ssize_t n;

	for (; len; at += n, len -= (size_t)n) {
		do
			n = write(r->relay_fd, at, len);
		while (n < 0 && errno == EINTR);
		if (n < 0)
			return;
	}
}

static void send_record(const struct report *r, enum relay_kind kind, const void *data, size_t len)
{
	const struct head head = { kind, (uint32_t)len };

	send_all(r, &head, sizeof(head));
	send_all(r, data, len);
}

static uint32_t text_len(const struct event_value *v)
{
	return v->text ? (uint32_t)strnlen(v->text, VALUE_TEXT_MAX - 1) + 1 : 0;
}

static void send_event(struct report *r, const struct event_row *row,
		       const struct event_value *values)
{
	struct event_head event = { (uint32_t)(row - event_table), 0 };
	struct head head = { RELAY_EVENT, sizeof(event) };

	for (const char *at = row->keys; (at = strchr(at, ':')); at++)
		head.len += (uint32_t)sizeof(struct value_head) + text_len(&values[event.count++]);
	send_all(r, &head, sizeof(head));
	send_all(r, &event, sizeof(event));
	for (uint32_t i = 0; i < event.count; i++) {
		const struct value_head value = { values[i].number, text_len(&values[i]), 0 };

		send_all(r, &value, sizeof(value));
		if (value.text) {
			send_all(r, values[i].text, value.text - 1);
			send_all(r, "", 1);
		}
	}
}

static void send_moment(const struct report *r, enum relay_kind kind, bool succeeded, nsec_t now)
{
	const struct moment m = {
		.phase = r->phase,
		.succeeded = succeeded,
		.total = r->total,
		.done = r->done,
		.now = now,
	};

	send_record(r, kind, &m, sizeof(m));
}

static void send_begin(struct report *r, nsec_t now)
{
	send_moment(r, RELAY_BEGIN, false, now);
}

static void send_progress(struct report *r, nsec_t now)
{
	unsigned int tenth = r->total ? (unsigned int)(10 * r->done / r->total) : 10;

	if (now - r->drawn < PROGRESS_EVERY && tenth == r->tenth)
		return;
	r->drawn = now;
	r->tenth = tenth;
	send_moment(r, RELAY_PROGRESS, false, now);
}

static void send_waiting(struct report *r, nsec_t now)
{
	if (now - r->told < WAITING_EVERY)
		return;
	r->told = now;
	send_moment(r, RELAY_WAITING, false, now);
}

static void send_end(struct report *r, bool done, nsec_t now)
{
	send_moment(r, RELAY_END, done, now);
}

static void send_error(struct report *r, const char *prog, const struct err *e)
{
	(void)prog;
	send_record(r, RELAY_ERROR, e, sizeof(*e));
}

/* The end of the job is worded here: its event carries those words. */
static void keep_note(struct report *r, const struct event_row *row,
		      const struct event_value *values)
{
	report_text.note(r, row, values);
}

void relay_begin(struct report *r, int fd)
{
	static const struct report_ops relay = {
		.event = send_event,
		.note = keep_note,
		.begin = send_begin,
		.progress = send_progress,
		.waiting = send_waiting,
		.end = send_end,
		.error = send_error,
	};

	r->ops = &relay;
	r->relay_fd = fd;
	send_record(r, RELAY_READY, NULL, 0);
}

/* ---- receiving ---- */

void relay_free(struct relay *in)
{
	free(in->data);
	*in = (struct relay){ 0 };
}

static int make_room(struct relay *in)
{
	uint8_t *more;

	if (in->taken) {
		memmove(in->data, in->data + in->taken, in->len - in->taken);
		in->len -= in->taken;
		in->taken = 0;
	}
	if (in->room - in->len >= READ_SIZE)
		return 0;
	more = realloc(in->data, in->len + READ_SIZE);
	if (!more)
		return -1;
	in->data = more;
	in->room = in->len + READ_SIZE;
	return 0;
}

int relay_read(struct relay *in, int fd)
{
	ssize_t n;

	if (make_room(in) < 0)
		return -1;
	do
		n = read(fd, in->data + in->len, in->room - in->len);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return (int)n;
	in->len += (size_t)n;
	return 1;
}

/* The next @len bytes of a record of which *@left are left, or NULL. */
static const uint8_t *take(const uint8_t **at, size_t *left, size_t len)
{
	const uint8_t *piece = *at;

	if (*left < len)
		return NULL;
	*at += len;
	*left -= len;
	return piece;
}

/* Copies, since nothing in the pipe is aligned. */
static bool copy(void *to, size_t size, const uint8_t **at, size_t *left)
{
	const uint8_t *piece = take(at, left, size);

	if (piece)
		memcpy(to, piece, size);
	return piece != NULL;
}

static bool take_event(struct relay_record *rec, const uint8_t *at, size_t left)
{
	struct event_head event;
	struct value_head value;

	if (!copy(&event, sizeof(event), &at, &left) || event.event >= EV_COUNT ||
	    event.count > EVENT_KEYS_MAX)
		return false;
	rec->event = (enum event)event.event;
	rec->count = event.count + 1;
	for (uint32_t i = 1; i <= event.count; i++) {
		const uint8_t *text;

		if (!copy(&value, sizeof(value), &at, &left))
			return false;
		text = take(&at, &left, value.text);
		if (!text || (value.text && text[value.text - 1]))
			return false;
		rec->values[i] = (struct event_value){
			value.text ? (const char *)text : NULL, value.number,
		};
	}
	return true;
}

static bool take_moment(struct relay_record *rec, const uint8_t *at, size_t left)
{
	struct moment m;

	if (!copy(&m, sizeof(m), &at, &left) || m.phase >= PHASE_COUNT)
		return false;
	rec->phase = (enum phase)m.phase;
	rec->total = m.total;
	rec->done = m.done;
	rec->succeeded = m.succeeded;
	rec->now = m.now;
	return true;
}

static bool take_record(struct relay_record *rec, const uint8_t *at, size_t len)
{
	switch (rec->kind) {
	case RELAY_READY:
		return true;
	case RELAY_EVENT:
		return take_event(rec, at, len);
	case RELAY_ERROR:
		return copy(&rec->err, sizeof(rec->err), &at, &len);
	case RELAY_BEGIN:
	case RELAY_PROGRESS:
	case RELAY_WAITING:
	case RELAY_END:
		return take_moment(rec, at, len);
	}
	return false;
}

bool relay_next(struct relay *in, struct relay_record *rec)
{
	size_t left = in->len - in->taken;
	const uint8_t *at = left ? in->data + in->taken : NULL;
	struct head head;

	if (!copy(&head, sizeof(head), &at, &left) || left < head.len)
		return false;
	*rec = (struct relay_record){ .kind = (enum relay_kind)head.kind };
	if (!take_record(rec, at, head.len))
		return false;
	in->taken += sizeof(head) + head.len;
	return true;
}

void relay_replay(const struct relay_record *rec, struct report *r)
{
	switch (rec->kind) {
	case RELAY_READY:
		break;
	case RELAY_EVENT:
		report_values(r, rec->values, rec->count, rec->event);
		break;
	case RELAY_BEGIN:
		report_begin(r, rec->phase, rec->total, rec->now);
		break;
	case RELAY_PROGRESS:
		report_progress(r, rec->done, rec->now);
		break;
	case RELAY_WAITING:
		report_waiting(r, rec->now);
		break;
	case RELAY_END:
		r->done = rec->done;
		report_end(r, rec->succeeded ? REPORT_DONE : REPORT_FAILED, rec->now);
		break;
	case RELAY_ERROR:
		report_error(r, "bootpin", &rec->err);
		break;
	}
}
