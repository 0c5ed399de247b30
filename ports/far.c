/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/poll.h"
#include "base/shown.h"
#include "ports/far.h"
#include "ports/far_connect.h"
#include "ports/rfc2217.h"

#define RFC2217_PREFIX "rfc2217://"
#define TCP_PREFIX "tcp://"

/* How long a confirmation is waited for, beyond the round trip: the server sets up a driver meanwhile. */
#define CONFIRM_TIME (5 * NSEC_PER_SEC)
/* A server that once was busy must not slow all waits down for good. */
#define ROUND_TRIP_MOST (2 * NSEC_PER_SEC)
/* The slowest rate that a raw server is thought to have, in bit times of 8E1: ser2net's own default. */
#define RAW_BYTE_TIME (11 * NSEC_PER_SEC / 9600)
/* How far a rate may be off, in thousandths (AN3155, Choosing the USARTx baud rate). */
#define RATE_TOLERANCE 25LL

#define COMMANDS (COM_PURGE_DATA + 1)

/* An option of Telnet, on one side. */
enum option_state { OPTION_OFF, OPTION_ASKED, OPTION_ON, OPTION_REFUSED };

static const uint8_t used_options[] = { TELNET_BINARY, TELNET_SGA, TELNET_COM_PORT };
enum { BINARY, SGA, COM_PORT, OPTIONS };

struct far {
	struct port port;
	char *spec;
	int fd;
	struct stop *stop;
	nsec_t stop_seen;		/* when a signal was first noticed; 0: not yet */
	uint8_t in[4096];		/* bytes from the serial line that nobody has read yet */
	size_t in_at, in_len;
	/* of a raw server, whose rate is not known */
	size_t unanswered;		/* bytes sent since something came */
	nsec_t answer_by;		/* the last answer, at the slowest rate */
	bool lines_driven;

	/* RFC 2217 */
	bool telnet;
	struct telnet decoder;
	enum option_state us[OPTIONS], them[OPTIONS];
	uint8_t replies[256];		/* to offers of options, to be sent */
	size_t replies_len;
	bool withdrawn;			/* the server takes back an option that is needed */
	bool suspended;			/* the server wants no data now */
	bool answered[COMMANDS];
	uint32_t answer[COMMANDS];
	bool unsure;			/* a confirmation is missing: one that comes may be that */
	nsec_t patience;
};

static struct far *far_of(struct port *p)
{
	return (struct far *)p;
}

static nsec_t far_port_now(struct port *p)
{
	(void)p;
	return far_now();
}

/* ---- the connection ---- */

/* @sys: errno, or 0 when the server closed it. */
static int far_gone(const struct far *f, int sys, struct err *e)
{
	if (sys)
		err_sys(e, ERR_GONE, sys, "the connection to the server broke");
	else
		err_set(e, ERR_GONE, "the server closed the connection");
	if (f->lines_driven)
		err_append(e, "; RTS and DTR drop with it, which may have reset the chip");
	return -1;
}

enum hearing {
	HEAR_GRACE,			/* signals by the rule of stop.h */
	HEAR_AT_ONCE,			/* the first signal ends it */
	HEAR_NONE,			/* no signal does: the time is short, and lines are to be set */
};

/* Until when a wait goes on that ends at @until: a signal may shorten it. */
static nsec_t far_limit(struct far *f, nsec_t until, enum hearing hears)
{
	if (hears != HEAR_GRACE || !f->stop || !f->stop->count)
		return until;
	if (!f->stop_seen)
		f->stop_seen = far_now();
	return f->stop_seen + STOP_GRACE_NS < until ? f->stop_seen + STOP_GRACE_NS : until;
}

static int far_poll(struct far *f, struct pollfd *fds, nsec_t until)
{
	nsec_t left = until - far_now();
	struct timespec ts = { 0 };
	int n;

	if (left > 0)
		ts = (struct timespec){ left / NSEC_PER_SEC, (long)(left % NSEC_PER_SEC) };
	n = poll_for(fds, 2, &ts, NULL);
	if (n > 0 && fds[1].revents)
		stop_drain(f->stop);
	return n < 0 && (errno == EINTR || errno == EAGAIN) ? 0 : n;
}

/* Waits for @events. 1; 0 at @until; -1 with @e set. What is there already counts even after @until. */
static int far_wait(struct far *f, short events, nsec_t until, enum hearing hears, struct err *e)
{
	struct pollfd fds[2] = {
		{ .fd = f->fd, .events = events },
		{ .fd = f->stop && hears != HEAR_NONE ? f->stop->wake[0] : -1, .events = POLLIN },
	};

	for (;;) {
		int signals = f->stop && hears != HEAR_NONE ? f->stop->count : 0;
		nsec_t limit = far_limit(f, until, hears);

		if (signals > (hears == HEAR_GRACE))
			return stop_check(f->stop, e);
		if (far_poll(f, fds, limit) < 0)
			return far_gone(f, errno, e);
		if (fds[0].revents)	/* an error, too, shows in what is done then */
			return 1;
		if (!fds[1].revents && far_now() >= limit)
			return limit < until ? stop_check(f->stop, e) : 0;
	}
}

/* Sends what the socket takes now. Returns how much, or -1 with @e set. */
static ssize_t far_send(const struct far *f, const uint8_t *bytes, size_t len, struct err *e)
{
	ssize_t n = send(f->fd, bytes, len, MSG_NOSIGNAL);

	if (n >= 0)
		return n;
	return errno == EAGAIN || errno == EINTR ? 0 : far_gone(f, errno, e);
}

static int flush_replies(struct far *f, struct err *e)
{
	ssize_t n = f->replies_len ? far_send(f, f->replies, f->replies_len, e) : 0;

	if (n < 0)
		return -1;
	f->replies_len -= (size_t)n;
	memmove(f->replies, f->replies + n, f->replies_len);
	return 0;
}

/* ---- what the server says ---- */

/* One that finds no room is left out, as one that was lost: a server that floods gets no more. */
static void reply(struct far *f, uint8_t verb, uint8_t option)
{
	const uint8_t bytes[] = { TELNET_IAC, verb, option };

	if (f->replies_len + sizeof(bytes) > sizeof(f->replies))
		return;
	memcpy(f->replies + f->replies_len, bytes, sizeof(bytes));
	f->replies_len += sizeof(bytes);
}

/* An option changes only where an answer is not an answer to ours (RFC 854: no loops). */
static void take_option(struct far *f, uint8_t verb, uint8_t option)
{
	bool ours = verb == TELNET_DO || verb == TELNET_DONT;
	bool on = verb == TELNET_DO || verb == TELNET_WILL;
	enum option_state *state;
	size_t i = 0;

	while (i < OPTIONS && used_options[i] != option)
		i++;
	if (i == OPTIONS) {
		if (on)
			reply(f, ours ? TELNET_WONT : TELNET_DONT, option);
		return;
	}
	state = ours ? &f->us[i] : &f->them[i];
	if (on && (*state == OPTION_OFF || *state == OPTION_REFUSED))
		reply(f, ours ? TELNET_WILL : TELNET_DO, option);
	else if (!on && *state == OPTION_ON)
		reply(f, ours ? TELNET_WONT : TELNET_DONT, option);
	f->withdrawn |= !on && *state == OPTION_ON && option != TELNET_SGA;
	*state = on ? OPTION_ON : OPTION_REFUSED;
}

/* Of the lines that SET-CONTROL is about, the one that @value belongs to (RFC 2217, section 3). */
static unsigned int control_subject(uint32_t value)
{
	return value < 4 ? 0 : value < 13 ? 1 + (value - 4) / 3 : 4;
}

static void take_command(struct far *f, const struct telnet_event *event)
{
	unsigned int command = event->command;

	if (command == COM_FLOWCONTROL_SUSPEND || command == COM_FLOWCONTROL_RESUME)
		f->suspended = command == COM_FLOWCONTROL_SUSPEND;
	if (command >= COMMANDS)
		return;
	/* Of lines it tells unasked, too: answer holds what was asked for until it is answered. */
	if (command == COM_SET_CONTROL && control_subject(event->value) !=
						  control_subject(f->answer[command]))
		return;
	f->answered[command] = true;
	f->answer[command] = event->value;
}

/* Bytes that nobody reads overrun, as in a serial port. */
static void take_data(struct far *f, uint8_t byte)
{
	if (f->in_at && f->in_at == f->in_len)
		f->in_at = f->in_len = 0;
	if (f->in_len < sizeof(f->in))
		f->in[f->in_len++] = byte;
	f->unanswered = 0;
}

/* Takes in what has come. 1; 0 if nothing has; -1 with @e set. */
static int far_take(struct far *f, struct err *e)
{
	struct telnet_event event;
	uint8_t raw[1024];
	ssize_t n = recv(f->fd, raw, sizeof(raw), 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return far_gone(f, n < 0 ? errno : 0, e);
	for (ssize_t i = 0; i < n; i++) {
		if (!f->telnet) {
			take_data(f, raw[i]);
			continue;
		}
		telnet_take(&f->decoder, raw[i], &event);
		if (event.kind == TELNET_DATA)
			take_data(f, (uint8_t)event.value);
		else if (event.kind == TELNET_OPTION)
			take_option(f, event.verb, event.option);
		else if (event.kind == TELNET_COMMAND)
			take_command(f, &event);
	}
	if (f->withdrawn)
		return err_set(e, ERR_GONE, "the server has left RFC 2217, or binary data, behind");
	return flush_replies(f, e) < 0 ? -1 : 1;
}

/* Sends all, and takes in what comes meanwhile: a server that cannot send would not receive. */
static int far_send_all(struct far *f, const uint8_t *bytes, size_t len, bool data, nsec_t until,
			enum hearing hears, struct err *e)
{
	size_t sent = 0;
	ssize_t n;
	int ready;

	while (sent < len) {
		bool held = data && f->suspended;

		n = held ? 0 : far_send(f, bytes + sent, len - sent, e);
		if (n < 0)
			return -1;
		sent += (size_t)n;
		if (sent == len)
			break;
		ready = far_wait(f, (short)(held ? POLLIN : POLLIN | POLLOUT), until, hears, e);
		if (ready < 0 || (ready && far_take(f, e) < 0))
			return -1;
		if (!ready || far_now() >= until)
			return err_set(e, ERR_TIMEOUT, "%s",
				       f->suspended ? "the server has asked for no more data, and does "
						      "not take it back"
						    : "the server did not take it in time");
	}
	return 0;
}

/* ---- settings, lines and what the server makes of them ---- */

struct ask {
	enum com_command command;
	uint32_t value;
	bool any;			/* any answer will do: what it is, is asked */
};

static const char *describe(enum com_command command, uint32_t value, char *text, size_t size)
{
	static const char *const parities[] = { NULL, "none", "odd", "even", "mark", "space" };
	static const char *const lines[] = {
		[0] = "flow control unknown", [COM_NO_FLOW_CONTROL] = "no flow control",
		[2] = "XON/XOFF flow control", [3] = "RTS/CTS flow control",
		[COM_BREAK_ON] = "BREAK on", [COM_BREAK_OFF] = "BREAK off",
		[COM_DTR_ON] = "DTR on", [COM_DTR_OFF] = "DTR off",
		[COM_RTS_ON] = "RTS on", [COM_RTS_OFF] = "RTS off",
	};

	if (command == COM_SET_BAUDRATE)
		snprintf(text, size, "%u baud", value);
	else if (command == COM_SET_PARITY && value < sizeof(parities) / sizeof(parities[0]) &&
		 parities[value])
		snprintf(text, size, "parity %s", parities[value]);
	else if (command == COM_SET_CONTROL && value < sizeof(lines) / sizeof(lines[0]) && lines[value])
		snprintf(text, size, "%s", lines[value]);
	else
		snprintf(text, size, "%s of %u", com_name(command), value);
	return text;
}

static bool is_confirmed(const struct ask *a, uint32_t answer)
{
	int64_t off = llabs((int64_t)answer - a->value);

	if (a->any)
		return true;
	/* ser2net 4.3 names the wrong state: that it was told is all that is confirmed. */
	if (a->command == COM_SET_CONTROL && a->value == COM_BREAK_OFF && answer == COM_BREAK_ON)
		return true;
	if (a->command == COM_SET_BAUDRATE)
		return off * 1000 <= a->value * RATE_TOLERANCE;
	return off == 0;
}

/* Those of @asks that are answered must be as they were asked for. 1 all are; 0 not yet; -1. */
static int check_answers(const struct far *f, const struct ask *asks, size_t count, struct err *e)
{
	char asked[48], got[48];
	int all = 1;

	for (size_t i = 0; i < count; i++) {
		const struct ask *a = &asks[i];

		if (!f->answered[a->command])
			all = 0;
		else if (!is_confirmed(a, f->answer[a->command]))
			return err_set(e, ERR_OPEN, "asked for %s, the server answers %s",
				       describe(a->command, a->value, asked, sizeof(asked)),
				       describe(a->command, f->answer[a->command], got, sizeof(got)));
	}
	return all;
}

static int miss_answer(struct far *f, const struct ask *asks, size_t count, struct err *e)
{
	char asked[48];
	size_t i = 0;

	while (i < count - 1 && f->answered[asks[i].command])
		i++;
	f->unsure = true;
	return err_set(e, ERR_OPEN, "asked for %s, the server confirms nothing",
		       describe(asks[i].command, asks[i].value, asked, sizeof(asked)));
}

static void learn_round_trip(struct far *f, nsec_t took)
{
	if (took > ROUND_TRIP_MOST)
		took = ROUND_TRIP_MOST;
	if (took > f->port.round_trip)
		f->port.round_trip = took;
}

static int send_asks(struct far *f, const struct ask *asks, size_t count, nsec_t until,
		     enum hearing hears, struct err *e)
{
	uint8_t bytes[8 * COM_COMMAND_MAX];
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		f->answered[asks[i].command] = false;
		f->answer[asks[i].command] = asks[i].value;
		len += com_encode(bytes + len, asks[i].command, asks[i].value);
	}
	return far_send_all(f, bytes, len, false, until, hears, e);
}

/*
 * Asks for all of @asks, at most one of a command, and goes on when each is confirmed. ERR_OPEN if one
 * is not, or otherwise than asked for.
 */
static int ask_for(struct far *f, const struct ask *asks, size_t count, enum hearing hears,
		   struct err *e)
{
	nsec_t began = far_now(), until = began + f->patience + f->port.round_trip;
	int ret, ready;

	if (send_asks(f, asks, count, until, hears, e) < 0)
		return -1;
	if (f->unsure)
		return miss_answer(f, asks, 1, e);
	while ((ret = check_answers(f, asks, count, e)) == 0) {
		ready = far_wait(f, POLLIN, until, hears, e);
		if (ready < 0 || (ready && far_take(f, e) < 0))
			return -1;
		if (!ready || far_now() >= until)
			return miss_answer(f, asks, count, e);
	}
	learn_round_trip(f, far_now() - began);
	return ret < 0 ? -1 : 0;
}

static int far_set_line(struct port *p, enum port_line which, bool on, struct err *e)
{
	static const uint8_t values[][2] = {
		[PORT_RTS] = { COM_RTS_OFF, COM_RTS_ON }, [PORT_DTR] = { COM_DTR_OFF, COM_DTR_ON },
		[PORT_BREAK] = { COM_BREAK_OFF, COM_BREAK_ON },
	};
	const struct ask ask = { COM_SET_CONTROL, values[which][on], false };

	struct far *f = far_of(p);

	f->lines_driven |= which != PORT_BREAK;
	if (ask_for(f, &ask, 1, HEAR_NONE, e) < 0)
		return -1;
	if (which == PORT_BREAK)
		p->break_doubtful = !on && f->answer[COM_SET_CONTROL] == COM_BREAK_ON;
	return 0;
}

static int far_set_baud(struct port *p, unsigned int baud, struct err *e)
{
	const struct ask ask = { COM_SET_BAUDRATE, baud, false };
	struct far *f = far_of(p);

	if (ask_for(f, &ask, 1, HEAR_NONE, e) < 0)
		return -1;
	p->baud = f->answer[COM_SET_BAUDRATE];
	return 0;
}

/* The confirmation comes behind all that the server had sent before. */
static int far_purge(struct port *p, struct err *e)
{
	const struct ask ask = { COM_PURGE_DATA, COM_PURGE_INPUT, false };
	int ret = ask_for(far_of(p), &ask, 1, HEAR_NONE, e);

	far_of(p)->in_at = far_of(p)->in_len = 0;
	return ret;
}

/* ---- bytes ---- */

/*
 * Until when a read waits that would end at @until with a near port. A look that does not wait stays
 * one. An answer that has begun is given the time of all its bytes.
 */
static nsec_t answer_limit(struct far *f, size_t len, nsec_t until)
{
	nsec_t now = far_now(), wire = 0;

	if (until <= now)
		return until;
	if (!f->telnet && f->unanswered) {
		wire = (nsec_t)(f->unanswered + len) * RAW_BYTE_TIME;
		f->answer_by = now + wire;
	}
	until += wire;
	return (until > f->answer_by ? until : f->answer_by) + f->port.round_trip;
}

static ssize_t far_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			struct err *e)
{
	struct far *f = far_of(p);
	nsec_t limit = answer_limit(f, len, until);
	bool late = false;
	size_t n;
	int ready;

	if (bad)
		*bad = 0;
	while (f->in_at == f->in_len) {
		ready = late ? 0 : far_wait(f, POLLIN, limit, HEAR_GRACE, e);
		if (ready <= 0)
			return ready;
		if (far_take(f, e) < 0)
			return -1;
		late = far_now() >= limit;
	}
	n = f->in_len - f->in_at < len ? f->in_len - f->in_at : len;
	memcpy(buf, f->in + f->in_at, n);
	f->in_at += n;
	if (bad)
		*bad = n;
	return (ssize_t)n;
}

static int far_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct far *f = far_of(p);
	const uint8_t *bytes = buf;
	uint8_t chunk[1024];
	size_t n, coded;

	if (f->stop && f->stop->count > 1)
		return stop_check(f->stop, e);
	/* It may have said that it wants no data. */
	if (f->telnet && far_take(f, e) < 0)
		return -1;
	until += f->port.round_trip;
	f->unanswered += len;
	for (; len; bytes += n, len -= n) {
		n = len < sizeof(chunk) / 2 ? len : sizeof(chunk) / 2;
		coded = n;
		if (f->telnet)
			coded = telnet_escape(chunk, bytes, n);
		else
			memcpy(chunk, bytes, n);
		if (far_send_all(f, chunk, coded, true, until, HEAR_GRACE, e) < 0)
			return -1;
	}
	return 0;
}

/* Without RFC 2217: what has come so far. */
static int far_discard(struct port *p, struct err *e)
{
	struct far *f = far_of(p);
	nsec_t until = far_now() + f->port.round_trip + NSEC_PER_SEC;
	int ret;

	while ((ret = far_take(f, e)) > 0 && far_now() < until)
		;
	f->in_at = f->in_len = 0;
	return ret < 0 ? -1 : 0;
}

static int far_sleep(struct port *p, nsec_t until, struct err *e)
{
	struct far *f = far_of(p);
	struct pollfd fds[2] = {
		{ .fd = -1 }, { .fd = f->stop && !p->deaf ? f->stop->wake[0] : -1, .events = POLLIN },
	};

	while (p->deaf || stop_check(f->stop, e) == 0) {
		if (far_now() >= until)
			return 0;
		if (far_poll(f, fds, until) < 0)
			return err_sys(e, ERR_OTHER, errno, "cannot wait");
	}
	return -1;
}

/* ---- opening and closing ---- */

/* Which option the server has not agreed to, and how far; NULL: all are on. */
static const char *find_missing(const struct far *f, bool *refused)
{
	const struct { enum option_state state; const char *what; } needed[] = {
		{ f->us[COM_PORT], "RFC 2217 (COM-PORT-OPTION)" },
		{ f->us[BINARY], "binary data from here to there" },
		{ f->them[BINARY], "binary data from there to here" },
	};
	const char *missing = NULL;

	*refused = false;
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]) && !*refused; i++)
		if (needed[i].state != OPTION_ON && (!missing || needed[i].state == OPTION_REFUSED)) {
			missing = needed[i].what;
			*refused = needed[i].state == OPTION_REFUSED;
		}
	return missing;
}

static int negotiate(struct far *f, struct err *e)
{
	static const uint8_t offer[] = {
		TELNET_IAC, TELNET_WILL, TELNET_COM_PORT,
		TELNET_IAC, TELNET_WILL, TELNET_BINARY, TELNET_IAC, TELNET_DO, TELNET_BINARY,
		TELNET_IAC, TELNET_WILL, TELNET_SGA, TELNET_IAC, TELNET_DO, TELNET_SGA,
	};
	nsec_t began = far_now(), until = began + f->patience + f->port.round_trip;
	const char *missing;
	bool refused;
	int ready;

	f->us[COM_PORT] = f->us[BINARY] = f->us[SGA] = OPTION_ASKED;
	f->them[BINARY] = f->them[SGA] = OPTION_ASKED;
	if (far_send_all(f, offer, sizeof(offer), false, until, HEAR_AT_ONCE, e) < 0)
		return -1;
	while ((missing = find_missing(f, &refused)) && !refused) {
		ready = far_wait(f, POLLIN, until, HEAR_AT_ONCE, e);
		if (ready < 0 || (ready && far_take(f, e) < 0))
			return -1;
		if (!ready || far_now() >= until)
			return err_set(e, ERR_OPEN, "the server does not answer about %s: is it a raw "
				       "one (tcp://), or busy with another client", missing);
	}
	if (missing)
		return err_set(e, ERR_OPEN, "the server refuses %s", missing);
	learn_round_trip(f, far_now() - began);
	return 0;
}

static uint32_t parity_code(char parity)
{
	return parity == 'n' ? 1 : parity == 'o' ? 2 : 3;
}

/* With rate 0 it is only asked what they are. */
static int set_up(struct far *f, const struct port_cfg *cfg, struct err *e)
{
	bool any = !cfg->baud;
	const struct serial_mode *m = &cfg->mode;
	const struct ask settings[] = {
		{ COM_SET_BAUDRATE, cfg->baud, any },
		{ COM_SET_DATASIZE, any ? 0 : m->bits, any },
		{ COM_SET_PARITY, any ? 0 : parity_code(m->parity), any },
		{ COM_SET_STOPSIZE, any ? 0 : m->stop, any },
		{ COM_SET_CONTROL, any ? 0 : COM_NO_FLOW_CONTROL, any },
	};
	const struct ask purge = { COM_PURGE_DATA, COM_PURGE_BOTH, false };
	const uint32_t *got = f->answer;

	if (ask_for(f, settings, sizeof(settings) / sizeof(settings[0]), HEAR_AT_ONCE, e) < 0 ||
	    ask_for(f, &purge, 1, HEAR_AT_ONCE, e) < 0)
		return -1;
	f->in_at = f->in_len = 0;
	f->port.baud = got[COM_SET_BAUDRATE];
	if (!any)
		return 0;
	f->port.mode = (struct serial_mode){
		.bits = (unsigned char)got[COM_SET_DATASIZE],
		.parity = got[COM_SET_PARITY] == 2 ? 'o' : got[COM_SET_PARITY] == 3 ? 'e' : 'n',
		.stop = got[COM_SET_STOPSIZE] == 1 ? 1 : 2,
	};
	return 0;
}

/* A server that lets nobody in says why in words, before it hangs up: they go into @e. */
static void tell_words(const struct far *f, struct err *e)
{
	char words[120], safe[240];
	size_t n = 0;

	for (size_t i = f->in_at; i < f->in_len && n < sizeof(words) - 1; i++)
		if (f->in[i] >= ' ' && f->in[i] < 0x7F)
			words[n++] = (char)f->in[i];
	words[n] = '\0';
	if (n)
		err_append(e, "; it says '%s'", shown(words, safe, sizeof(safe)));
}

static int far_close(struct port *p, struct err *e)
{
	struct far *f = far_of(p);

	(void)e;
	shutdown(f->fd, SHUT_WR);
	close(f->fd);
	free(f->spec);
	free(f);
	return 0;
}

static struct port *open_fd(const struct port_cfg *cfg, bool telnet, int fd, nsec_t patience,
			    nsec_t round_trip, struct err *e)
{
	struct far *f = calloc(1, sizeof(*f));

	if (f)
		f->spec = strdup(cfg->spec);
	if (!f || !f->spec) {
		close(fd);
		free(f);
		err_sys(e, ERR_OTHER, ENOMEM, "cannot open '%s'", cfg->spec);
		return NULL;
	}
	f->port = (struct port){
		.ops = telnet ? &port_rfc2217 : &port_tcp, .caps = PORT_STREAM | PORT_FAR,
		.mode = cfg->mode, .round_trip = round_trip,
	};
	f->fd = fd;
	f->stop = cfg->stop;
	f->telnet = telnet;
	f->patience = patience;
	if (!telnet || (negotiate(f, e) == 0 && set_up(f, cfg, e) == 0))
		return &f->port;
	if (e && e->code != ERR_SIGNAL) {
		err_recode(e, ERR_OPEN, "cannot open '%s'", cfg->spec);
		tell_words(f, e);
	}
	far_close(&f->port, NULL);
	return NULL;
}

struct port *far_open_fd(const struct port_cfg *cfg, bool telnet, int fd, nsec_t patience,
			 struct err *e)
{
	return open_fd(cfg, telnet, fd, patience, 0, e);
}

static struct port *far_open(const struct port_cfg *cfg, bool telnet, const char *prefix,
			     struct err *e)
{
	struct far_name name;
	nsec_t round_trip;
	int fd;

	if (far_name_parse(&name, cfg->spec, cfg->spec + strlen(prefix), e) < 0)
		return NULL;
	fd = far_connect(&name, cfg->spec, cfg->stop, &round_trip, e);
	return fd < 0 ? NULL : open_fd(cfg, telnet, fd, CONFIRM_TIME, round_trip, e);
}

static struct port *rfc2217_open(const struct port_cfg *cfg, struct err *e)
{
	return far_open(cfg, true, RFC2217_PREFIX, e);
}

static struct port *tcp_open(const struct port_cfg *cfg, struct err *e)
{
	return far_open(cfg, false, TCP_PREFIX, e);
}

static int far_check(const char *spec, struct err *e)
{
	struct far_name name;

	return far_name_parse(&name, spec, strstr(spec, "//") + 2, e);
}

static enum port_wire rfc2217_match(const char *spec)
{
	return strncasecmp(spec, RFC2217_PREFIX, strlen(RFC2217_PREFIX)) ? WIRE_NONE : WIRE_SERIAL;
}

static enum port_wire tcp_match(const char *spec)
{
	return strncasecmp(spec, TCP_PREFIX, strlen(TCP_PREFIX)) ? WIRE_NONE : WIRE_RAW;
}

const struct port_ops port_rfc2217 = {
	.match = rfc2217_match,
	.check = far_check,
	.open = rfc2217_open,
	.read = far_read,
	.write = far_write,
	.discard = far_purge,
	.sleep = far_sleep,
	.set_line = far_set_line,
	.set_baud = far_set_baud,
	.now = far_port_now,
	.close = far_close,
};

const struct port_ops port_tcp = {
	.match = tcp_match,
	.check = far_check,
	.open = tcp_open,
	.read = far_read,
	.write = far_write,
	.discard = far_discard,
	.sleep = far_sleep,
	.now = far_port_now,
	.close = far_close,
};
