/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <time.h>

#include "base/poll.h"
#include "ports/sim/serve.h"

/* Pseudo-terminals carry no parity: a host that sets another format is not found out. */
#define MODE SERIAL_MODE_8E1

/* A board that speaks unasked, as an application does, is listened to again after this time. */
#define UNASKED_TICK (10 * NSEC_PER_MSEC)

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

/*
 * Bytes go over the wire one after the other, though a pseudo-terminal hands them over at once.
 * Returns whether there were any.
 */
static bool take_input(struct server *s)
{
	unsigned int baud = s->host.baud;
	nsec_t now = server_now(s);
	uint8_t buf[1024];
	bool any = false;
	size_t i, len;

	if (s->line_free < now)
		s->line_free = now;
	while ((len = pty_read(s->pty, buf, sizeof(buf))) > 0) {
		any = true;
		for (i = 0; i < len && baud; i++) {
			s->line_free += wire_char_time(baud, MODE);
			sim_feed(s->sim, buf[i], s->line_free, baud, MODE);
		}
	}
	return any;
}

/* Turns a byte on the wire into the one that the host's receiver sees; false if it sees none. */
static bool hear_byte(struct server *s, uint8_t *byte, nsec_t when)
{
	unsigned int rate = sim_line_baud(s->sim);
	bool parity_error;

	if (!rate || !s->host.baud)
		return false;
	return wire_receive(&s->host, *byte, rate, MODE, when, byte, &parity_error);
}

static bool fetch_byte(struct server *s)
{
	if (!s->has_next)
		s->has_next = sim_next_adapter(s->sim, &s->next, &s->next_end);
	while (!s->has_next && sim_next_wire(s->sim, &s->next, &s->next_end))
		s->has_next = hear_byte(s, &s->next, s->next_end);
	return s->has_next;
}

/*
 * Gathers bytes that follow each other without a pause. They go out when the last of them is due,
 * since waking up for each would cost far more than the bytes.
 */
static bool gather_bytes(struct server *s)
{
	while (s->out_len < SERVE_BATCH && fetch_byte(s)) {
		nsec_t pause = 2 * wire_char_time(sim_line_baud(s->sim), MODE);

		if (s->out_len && s->next_end - s->out_end > pause)
			break;
		s->out[s->out_len++] = s->next;
		s->out_end = s->next_end;
		s->has_next = false;
	}
	return s->out_len > 0;
}

static nsec_t out_early(const struct server *s)
{
	return s->out_end + sim_latency(s->sim) - server_now(s);
}

/*
 * Sends what is due. Unpaced, time jumps to the end of the last byte; the latency remains. Returns
 * whether there was anything.
 */
static bool send_answers(struct server *s)
{
	bool any = false;

	for (; gather_bytes(s); any = true) {
		nsec_t now = server_now(s);

		if (!s->paced && s->out_end > now)
			s->origin -= s->out_end - now;
		if (out_early(s) > 0)
			break;
		pty_write(s->pty, s->out, s->out_len);
		s->out_len = 0;
	}
	return any;
}

/* Drops input that the last host has left. A port not used yet keeps its input (stale=TEXT). */
static void change_hands(struct server *s)
{
	if (!s->used)
		return;
	s->used = false;
	pty_flush(s->pty);
	s->out_len = 0;
	while (fetch_byte(s))
		s->has_next = false;
}

void server_start(struct server *s, struct sim *sim, struct pty *pty, bool paced)
{
	*s = (struct server){ .sim = sim, .pty = pty, .paced = paced };
	s->origin = clock_now() - sim_now(sim);
	s->host.mode = MODE;
}

void server_turn(struct server *s)
{
	bool asked = false;

	/* First, since what a new host has sent comes after it. */
	if (s->hands_ready && pty_changed_hands(s->pty))
		change_hands(s);
	s->host.baud = pty_baud(s->pty);
	if (s->line_ready)
		asked = take_input(s);
	s->used |= asked;
	sim_advance(s->sim, server_now(s));
	s->unasked = send_answers(s) && !asked;
}

bool server_wait(struct server *s, struct pollfd *others, size_t count, const sigset_t *blocked)
{
	struct pollfd fds[2 + SERVE_OTHERS] = {
		{ .fd = s->pty->master, .events = POLLIN },
		{ .fd = s->pty->watch, .events = POLLIN },
	};
	nsec_t left = s->out_len ? out_early(s) : UNASKED_TICK;
	struct timespec t;
	int ready;

	if (left < 0)
		left = 0;
	t.tv_sec = left / NSEC_PER_SEC;
	t.tv_nsec = left % NSEC_PER_SEC;
	for (size_t i = 0; i < count; i++)
		fds[2 + i] = others[i];
	ready = poll_for(fds, 2 + count, s->out_len || s->unasked ? &t : NULL, blocked);
	s->line_ready = ready > 0 && fds[0].revents;
	s->hands_ready = ready > 0 && fds[1].revents;
	for (size_t i = 0; i < count; i++)
		others[i].revents = ready > 0 ? fds[2 + i].revents : 0;
	return ready >= 0;
}

nsec_t server_pin_time(const struct server *s)
{
	nsec_t now = server_now(s);

	return now > sim_now(s->sim) ? now : sim_now(s->sim);
}

void server_pins_moved(struct server *s)
{
	if (sim_line_level(s->sim, "NRST"))
		return;
	s->out_len = 0;
	s->has_next = false;
}

void server_change_board(struct server *s, struct sim *sim)
{
	*s = (struct server){ .sim = sim, .pty = s->pty, .paced = s->paced, .used = s->used,
			      .origin = clock_now() - sim_now(sim), .host = { .mode = MODE } };
}
