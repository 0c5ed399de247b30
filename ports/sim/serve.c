/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <poll.h>
#include <time.h>

#include "serve.h"
#include "wire.h"

/* Pseudo-terminals carry no parity: a host that sets another format is not found out. */
#define MODE SERIAL_MODE_8E1

static nsec_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NSEC_PER_SEC + t.tv_nsec;
}

static nsec_t server_now(const struct server *s)
{
	return clock_now() - s->origin;
}

/* Bytes go over the wire one after the other, though a pseudo-terminal hands them over at once. */
static void take_input(struct server *s)
{
	unsigned int baud = pty_baud(s->pty);
	nsec_t now = server_now(s);
	uint8_t buf[1024];
	size_t i, len;

	if (s->line_free < now)
		s->line_free = now;
	while ((len = pty_read(s->pty, buf, sizeof(buf))) > 0)
		for (i = 0; i < len && baud; i++) {
			s->line_free += wire_char_time(baud, MODE);
			sim_feed(s->sim, buf[i], s->line_free, baud, MODE);
		}
}

static bool fetch(struct server *s)
{
	if (!s->has_next)
		s->has_next = sim_next(s->sim, &s->next, &s->next_due);
	return s->has_next;
}

/*
 * Gathers bytes that follow each other without a pause. They go out when the last of them is due,
 * since waking up for each would cost far more than the bytes.
 */
static bool gather(struct server *s)
{
	unsigned int baud = pty_baud(s->pty);
	nsec_t gap = baud ? 2 * wire_char_time(baud, MODE) : 0;

	while (s->out_len < SERVE_BATCH && fetch(s)) {
		if (s->out_len && s->next_due - s->out_due > gap)
			break;
		s->out[s->out_len++] = s->next;
		s->out_due = s->next_due;
		s->has_next = false;
	}
	return s->out_len > 0;
}

/* Sends what is due; unpaced, all is, since time jumps there. */
static void answer(struct server *s)
{
	while (gather(s)) {
		nsec_t early = s->out_due - server_now(s);

		if (early > 0 && s->paced)
			return;
		if (early > 0)
			s->origin -= early;
		pty_write(s->pty, s->out, s->out_len);
		s->out_len = 0;
	}
}

static void drop_answers(struct server *s)
{
	s->out_len = 0;
	while (fetch(s))
		s->has_next = false;
}

void server_start(struct server *s, struct sim *sim, struct pty *pty, bool paced)
{
	*s = (struct server){ .sim = sim, .pty = pty, .paced = paced, .origin = clock_now() };
}

void server_turn(struct server *s)
{
	/* First, since what a new host has sent comes after it. */
	if (pty_changed_hands(s->pty))
		drop_answers(s);
	take_input(s);
	sim_advance(s->sim, s->line_free);
	answer(s);
}

void server_wait(const struct server *s, const sigset_t *blocked)
{
	struct pollfd fds[] = {
		{ .fd = s->pty->master, .events = POLLIN },
		{ .fd = s->pty->watch, .events = POLLIN },
	};
	struct timespec t, *until = NULL;

	if (s->out_len) {
		nsec_t early = s->out_due - server_now(s);

		if (early < 0)
			early = 0;
		t.tv_sec = early / NSEC_PER_SEC;
		t.tv_nsec = early % NSEC_PER_SEC;
		until = &t;
	}
	ppoll(fds, 2, until, blocked);
}
