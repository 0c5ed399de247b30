/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Far ports, on a socket whose other end is a server made here: one that confirms, or does not, that
 * cuts what it says, hangs up, or says anything at all.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ports/far.h"
#include "ports/far_connect.h"
#include "ports/rfc2217.h"
#include "ports/table.h"
#include "tests/lib/command.h"
#include "tests/lib/random.h"
#include "tests/lib/runner.h"

#define NEVER (20 * NSEC_PER_SEC)	/* a wait that nothing may need */
#define SHORT (50 * NSEC_PER_MSEC)	/* one that is waited for in full */
#define MESSAGES 4096

/* ---- the server ---- */

struct server {
	int fd;
	pthread_t thread;
	/* what it does wrong */
	uint8_t mute, wrong;		/* a command that it does not confirm, or otherwise than asked for */
	uint8_t control;		/* what it says to each COM_SET_CONTROL; 0: what was asked for */
	uint8_t refused;		/* an option + 1 that it refuses */
	bool silent, bytewise, chatty;
	unsigned int hangs_up;		/* behind so many bytes sent; 0: never */
	struct port *chip;		/* what is behind it; NULL: what comes goes back */
	/* what it saw */
	unsigned int sent, asks;	/* answers to data: each is a turn of the network */
	uint8_t last_control;
	/* the parser */
	uint8_t sub[16], verb;
	size_t sub_len;
	int state;
};

static bool tell(struct server *s, const uint8_t *bytes, size_t len)
{
	size_t step = s->bytewise || s->hangs_up ? 1 : len;

	for (size_t i = 0; i < len; i += step) {
		if (s->hangs_up && s->sent == s->hangs_up - 1) {
			shutdown(s->fd, SHUT_RDWR);
			return false;
		}
		if (send(s->fd, bytes + i, step, MSG_NOSIGNAL) < 0)
			return false;
		s->sent += (unsigned int)step;
	}
	return true;
}

static void tell_command(struct server *s, uint8_t command, const uint8_t *value, size_t len)
{
	uint8_t out[32] = { TELNET_IAC, TELNET_SB, TELNET_COM_PORT, (uint8_t)(command + COM_FROM_SERVER) };
	size_t n = 4 + telnet_escape(out + 4, value, len);

	out[n++] = TELNET_IAC;
	out[n++] = TELNET_SE;
	tell(s, out, n);
}

/* Notes that nobody asked for, with and without a length, of an unknown kind, and another option's. */
static void chat(struct server *s)
{
	static const uint8_t noise[] = {
		TELNET_IAC, 241,
		TELNET_IAC, TELNET_SB, 31, 0, 80, TELNET_IAC, TELNET_IAC, 24, TELNET_IAC, TELNET_SE,
		TELNET_IAC, TELNET_SB, TELNET_COM_PORT, 200, 1, TELNET_IAC, TELNET_SE,
		TELNET_IAC, TELNET_SB, TELNET_IAC, TELNET_SE,
		TELNET_IAC, TELNET_DO, 99, TELNET_IAC, TELNET_WILL, 1, TELNET_IAC, TELNET_DONT, 98,
	};
	static const uint8_t state[] = { 0xFF }, rts[] = { COM_RTS_OFF };

	tell_command(s, COM_NOTIFY_MODEMSTATE, state, 1);
	tell_command(s, COM_NOTIFY_LINESTATE, state, 1);
	tell_command(s, COM_SET_CONTROL, rts, 1);
	tell(s, noise, sizeof(noise));
}

static void take_sub(struct server *s)
{
	uint8_t command = s->sub[1], value[4];
	size_t len = s->sub_len - 2;

	memcpy(value, s->sub + 2, len);
	if (command == COM_SET_CONTROL)
		s->last_control = value[0];	/* before anything is told, since RTS off is told unasked as well */
	if (s->chatty)
		chat(s);
	if (command == s->mute)
		return;
	if (command == s->wrong)
		value[command == COM_SET_BAUDRATE ? 1 : 0] ^= 3;
	if (command == COM_SET_CONTROL && s->control)
		value[0] = s->control;
	tell_command(s, command, value, len);
}

static void take_offer(struct server *s, uint8_t option)
{
	bool asks = s->verb == TELNET_DO, refuses = option + 1 == s->refused;
	const uint8_t answer[] = {
		TELNET_IAC,
		asks ? (refuses ? TELNET_WONT : TELNET_WILL) : (refuses ? TELNET_DONT : TELNET_DO),
		option,
	};

	if (s->verb == TELNET_DO || s->verb == TELNET_WILL)
		tell(s, answer, sizeof(answer));
}

static void answer_data(struct server *s, const uint8_t *data, size_t len)
{
	uint8_t back[512], coded[1024];
	ssize_t n = (ssize_t)len;

	if (!len)
		return;
	s->asks++;
	memcpy(back, data, len);
	if (s->chip) {
		port_write(s->chip, data, len, port_now(s->chip) + NEVER, NULL);
		n = 0;
		for (ssize_t got = 1; got > 0 && n < 400; n += got)
			got = port_read(s->chip, back + n, (size_t)(400 - n),
					port_now(s->chip) + NSEC_PER_SEC, NULL, NULL);
	}
	tell(s, coded, telnet_escape(coded, back, (size_t)n));
}

static void take_bytes(struct server *s, const uint8_t *bytes, size_t len)
{
	uint8_t data[512];
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		uint8_t c = bytes[i];

		if (s->state == 0 && c == TELNET_IAC) {
			s->state = 1;
		} else if (s->state == 0 || (s->state == 1 && c == TELNET_IAC)) {
			data[n++] = c;
			s->state = 0;
		} else if (s->state == 1) {
			s->verb = c;
			s->sub_len = 0;
			s->state = c == TELNET_SB ? 3 : 2;
		} else if (s->state == 2) {
			answer_data(s, data, n);	/* in the order in which it came */
			n = 0;
			take_offer(s, c);
			s->state = 0;
		} else if (s->state == 3 && c == TELNET_IAC) {
			s->state = 4;
		} else if (s->state == 3 || c == TELNET_IAC) {
			s->sub[s->sub_len++ % sizeof(s->sub)] = c;
			s->state = 3;
		} else {
			answer_data(s, data, n);
			n = 0;
			take_sub(s);
			s->state = 0;
		}
	}
	answer_data(s, data, n);
}

static void *serve(void *arg)
{
	struct server *s = arg;
	uint8_t bytes[512];
	ssize_t n;

	while ((n = recv(s->fd, bytes, sizeof(bytes), 0)) > 0)
		if (!s->silent)
			take_bytes(s, bytes, (size_t)n);
	return NULL;
}

/* Returns the other end. */
static int start(struct server *s)
{
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	ck_assert_int_eq(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	s->fd = fds[1];
	ck_assert_int_eq(pthread_create(&s->thread, NULL, serve, s), 0);
	return fds[0];
}

static void join(struct server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
}

static const struct port_cfg config = {
	.spec = "rfc2217://x:1", .baud = 115200, .mode = { 8, 'e', 1 },
};

static struct port *attach(struct server *s, nsec_t patience, struct err *e)
{
	*e = ERR_INIT;
	return far_open_fd(&config, true, start(s), patience, e);
}

static struct port *attach_well(struct server *s, nsec_t patience)
{
	struct err e;
	struct port *p = attach(s, patience, &e);

	ck_assert_msg(p != NULL, "%s", e.msg);
	return p;
}

static void detach(struct port *p, struct server *s)
{
	ck_assert_int_eq(port_close(p, NULL), 0);
	join(s);
}

static void read_all(struct port *p, uint8_t *to, size_t len)
{
	struct err e = ERR_INIT;

	for (size_t got = 0; got < len;) {
		ssize_t n = port_read(p, to + got, len - got, port_now(p) + NEVER, NULL, &e);

		ck_assert_msg(n > 0, "%zu of %zu: %s", got, len, e.msg);
		got += (size_t)n;
	}
}

/* ---- coding ---- */

START_TEST(what_the_server_says_is_decoded_wherever_it_is_cut)
{
	static const uint8_t said[] = {
		'a', TELNET_IAC, TELNET_IAC, TELNET_IAC, TELNET_SB, TELNET_COM_PORT, 101, 0,
		TELNET_IAC, TELNET_IAC, 1, 2, TELNET_IAC, TELNET_SE, 'b', TELNET_IAC, TELNET_DO, 0,
		/* one that is cut short by an option does not swallow what follows */
		TELNET_IAC, TELNET_SB, TELNET_COM_PORT, 112, TELNET_IAC, TELNET_WILL, 3, 'c',
	};
	struct telnet t = { 0 };
	struct telnet_event e;
	char seen[200] = "";

	/* Byte by byte: the state is all that one piece leaves to the next. */
	for (size_t i = 0; i < sizeof(said); i++) {
		size_t len = strlen(seen);

		telnet_take(&t, said[i], &e);
		if (e.kind == TELNET_DATA)
			snprintf(seen + len, sizeof(seen) - len, "%02x ", e.value);
		else if (e.kind == TELNET_OPTION)
			snprintf(seen + len, sizeof(seen) - len, "%u.%u ", e.verb, e.option);
		else if (e.kind == TELNET_COMMAND)
			snprintf(seen + len, sizeof(seen) - len, "%u=%08x ", e.command, e.value);
	}
	ck_assert_str_eq(seen, "61 ff 1=00ff0102 62 253.0 251.3 63 ");
}
END_TEST

START_TEST(commands_double_iac)
{
	static const uint8_t want[] = {
		TELNET_IAC, TELNET_SB, TELNET_COM_PORT, 1, 0, 0, 0xFF, 0xFF, 1, TELNET_IAC, TELNET_SE,
	};
	uint8_t got[COM_COMMAND_MAX];

	ck_assert_uint_eq(com_encode(got, COM_SET_BAUDRATE, 0xFF01), sizeof(want));
	ck_assert_mem_eq(got, want, sizeof(want));
	ck_assert_uint_eq(com_encode(got, COM_SET_BAUDRATE, 0xFFFFFFFF), COM_COMMAND_MAX);
}
END_TEST

static const struct { const char *text; int ret; const char *host, *service; } names[] = {
	{ "pi:2217", 0, "pi", "2217" }, { "10.0.0.1:telnet", 0, "10.0.0.1", "telnet" },
	{ "[::1]:2217", 0, "::1", "2217" }, { "[fe80::1%eth0]:1", 0, "fe80::1%eth0", "1" },
	{ "", -1, "", "" }, { "pi", -1, "", "" }, { "pi:", -1, "", "" }, { ":1", -1, "", "" },
	{ "::1:2217", -1, "", "" }, { "[::1]", -1, "", "" }, { "[::1", -1, "", "" },
	{ "[]:1", -1, "", "" }, { "[::1]1", -1, "", "" }, { "pi:1/", -1, "", "" },
	{ "me@pi:1", -1, "", "" },
};

START_TEST(name_is_taken_apart_or_refused)
{
	struct far_name n = { "", "" };
	struct err e = ERR_INIT;
	int ret = far_name_parse(&n, "spec", names[_i].text, &e);

	ck_assert_msg(ret == names[_i].ret, "'%s' gave %d", names[_i].text, ret);
	if (ret == 0) {
		ck_assert_str_eq(n.host, names[_i].host);
		ck_assert_str_eq(n.service, names[_i].service);
	} else {
		ck_assert_int_eq(e.code, ERR_USAGE);
	}
}
END_TEST

/* ---- opening ---- */

START_TEST(settings_hold_when_they_are_confirmed)
{
	struct server s = { .bytewise = _i & 1, .chatty = _i & 2 };
	struct port *p = attach_well(&s, NEVER);

	ck_assert_uint_eq(p->baud, 115200);
	ck_assert_uint_eq(p->caps, PORT_STREAM | PORT_FAR);
	ck_assert_int_gt(p->round_trip, 0);
	detach(p, &s);
}
END_TEST

/* What the server does wrong, and how it is told. */
static const struct { struct server s; const char *says; } wrongs[] = {
	{ { .silent = true }, "the server does not answer about RFC 2217 (COM-PORT-OPTION)" },
	{ { .refused = TELNET_COM_PORT + 1 }, "the server refuses RFC 2217 (COM-PORT-OPTION)" },
	{ { .refused = TELNET_BINARY + 1 }, "the server refuses binary data from here to there" },
	{ { .mute = COM_SET_BAUDRATE }, "asked for 115200 baud, the server confirms nothing" },
	{ { .mute = COM_SET_DATASIZE }, "asked for the data size of 8, the server confirms nothing" },
	{ { .mute = COM_SET_PARITY }, "asked for parity even, the server confirms nothing" },
	{ { .mute = COM_SET_STOPSIZE }, "asked for the stop size of 1, the server confirms nothing" },
	{ { .mute = COM_SET_CONTROL }, "asked for no flow control, the server confirms nothing" },
	{ { .mute = COM_PURGE_DATA }, "asked for a purge of 3, the server confirms nothing" },
	{ { .wrong = COM_SET_BAUDRATE }, "asked for 115200 baud, the server answers 180736 baud" },
	{ { .wrong = COM_SET_DATASIZE }, "asked for the data size of 8, the server answers the data size of 11" },
	{ { .wrong = COM_SET_PARITY }, "asked for parity even, the server answers the parity of 0" },
	{ { .wrong = COM_SET_STOPSIZE }, "the server answers the stop size of 2" },
	{ { .wrong = COM_SET_CONTROL }, "asked for no flow control, the server answers XON/XOFF flow control" },
	{ { .wrong = COM_PURGE_DATA }, "asked for a purge of 3, the server answers a purge of 0" },
};

START_TEST(what_is_not_confirmed_is_told)
{
	struct server s = wrongs[_i].s;
	struct err e;
	struct port *p = attach(&s, s.mute || s.silent ? SHORT : NEVER, &e);

	ck_assert_ptr_null(p);
	ck_assert_int_eq(e.code, ERR_OPEN);
	ck_assert_msg(strstr(e.msg, wrongs[_i].says) != NULL, "'%s' says '%s'", wrongs[_i].says, e.msg);
	join(&s);
}
END_TEST

/* Each byte that a server sends until a port is open may be its last. */
START_TEST(server_that_hangs_up_ends_it_wherever_that_is)
{
	struct server whole = { 0 };
	unsigned int last;

	detach(attach_well(&whole, NEVER), &whole);
	last = whole.sent;
	ck_assert_uint_gt(last, 50);
	for (unsigned int at = 1; at <= last + 1; at++) {
		struct server s = { .hangs_up = at };
		struct err e;
		struct port *p = attach(&s, NEVER, &e);
		uint8_t byte = 1;

		if (!p) {
			ck_assert_msg(e.code == ERR_OPEN, "at %u: %s", at, e.msg);
			ck_assert_msg(strstr(e.msg, "connection") != NULL, "at %u: %s", at, e.msg);
			join(&s);
			continue;
		}
		ck_assert_uint_eq(at, last + 1);
		ck_assert_int_eq(port_write(p, &byte, 1, port_now(p) + NEVER, &e), 0);
		ck_assert_int_eq(port_read(p, &byte, 1, port_now(p) + NEVER, NULL, &e), -1);
		ck_assert_int_eq(e.code, ERR_GONE);
		detach(p, &s);
	}
}
END_TEST

/* Whatever a server says: it is over by the deadline, and never a crash. */
START_TEST(hostile_server_does_no_harm)
{
	static const uint8_t favourites[] = { TELNET_IAC, TELNET_SB, TELNET_SE, TELNET_DO, TELNET_WILL,
					      TELNET_WONT, TELNET_COM_PORT, 0, 101, 105, 108 };
	uint8_t said[MESSAGES];
	int fds[2];
	struct err e = ERR_INIT;
	struct port *p;

	random_fill(said, sizeof(said), (uint64_t)_i + 1);
	for (size_t i = 0; i < sizeof(said); i++)
		if (said[i] & 1)
			said[i] = favourites[said[i] / 2 % sizeof(favourites)];
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	ck_assert_int_eq(send(fds[1], said, sizeof(said), 0), sizeof(said));
	shutdown(fds[1], SHUT_WR);
	p = far_open_fd(&config, true, fds[0], SHORT, &e);
	ck_assert_msg(p || e.code == ERR_OPEN, "%s", e.msg);
	if (p)
		port_close(p, NULL);
	close(fds[1]);
}
END_TEST

START_TEST(signal_ends_opening_at_once)
{
	struct server s = { .silent = true };
	struct stop stop = STOP_INIT;
	struct port_cfg cfg = config;
	struct err e = ERR_INIT;

	cfg.stop = &stop;
	stop_raise(&stop, SIGINT);
	ck_assert_ptr_null(far_open_fd(&cfg, true, start(&s), NEVER, &e));
	ck_assert_int_eq(e.code, ERR_SIGNAL);
	join(&s);
}
END_TEST

/* ---- at work ---- */

START_TEST(every_byte_passes_both_ways)
{
	struct server s = { .bytewise = _i & 1, .chatty = _i & 2 };
	struct port *p = attach_well(&s, NEVER);
	uint8_t all[256], back[256];

	for (unsigned int i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	for (int round = 0; round < 2; round++) {
		ck_assert_int_eq(port_write(p, all, sizeof(all), port_now(p) + NEVER, NULL), 0);
		read_all(p, back, sizeof(back));
		ck_assert_mem_eq(all, back, sizeof(all));
	}
	detach(p, &s);
}
END_TEST

static const struct { enum port_line line; bool on; uint8_t value; } lines[] = {
	{ PORT_RTS, true, COM_RTS_ON }, { PORT_RTS, false, COM_RTS_OFF },
	{ PORT_DTR, true, COM_DTR_ON }, { PORT_DTR, false, COM_DTR_OFF },
	{ PORT_BREAK, true, COM_BREAK_ON }, { PORT_BREAK, false, COM_BREAK_OFF },
};

START_TEST(lines_are_set_when_it_is_confirmed)
{
	struct server s = { .chatty = _i & 1 };
	struct port *p = attach_well(&s, NEVER);
	struct err e = ERR_INIT;

	/* One that the server tells unasked is no confirmation: RTS off, where DTR was asked for. */
	for (size_t i = 0; i < COUNT(lines); i++) {
		if (s.chatty && lines[i].line == PORT_RTS && lines[i].on)
			continue;
		ck_assert_msg(p->ops->set_line(p, lines[i].line, lines[i].on, &e) == 0, "%s", e.msg);
		ck_assert_uint_eq(s.last_control, lines[i].value);
	}
	detach(p, &s);
}
END_TEST

static const struct { uint8_t says; bool taken, doubtful; } break_off[] = {
	{ COM_BREAK_OFF, true, false }, { COM_BREAK_ON, true, true }, { COM_RTS_OFF, false, false },
};

/* ser2net 4.3 says "BREAK on" to all that is about BREAK. */
START_TEST(break_that_is_off_and_said_to_be_on_is_taken_and_doubted)
{
	struct server s = { 0 };
	struct port *p = attach_well(&s, NEVER);
	struct err e = ERR_INIT;

	ck_assert_int_eq(p->ops->set_line(p, PORT_BREAK, true, &e), 0);
	ck_assert(!p->break_doubtful);
	s.control = break_off[_i].says;
	ck_assert_int_eq(p->ops->set_line(p, PORT_BREAK, false, &e), break_off[_i].taken ? 0 : -1);
	ck_assert(p->break_doubtful == break_off[_i].doubtful);
	detach(p, &s);
}
END_TEST

START_TEST(missing_confirmation_makes_all_later_ones_doubtful)
{
	struct server s = { 0 };
	struct port *p = attach_well(&s, SHORT);
	struct err e = ERR_INIT;

	s.mute = COM_SET_BAUDRATE;
	ck_assert_int_eq(p->ops->set_baud(p, 230400, &e), -1);
	ck_assert_int_eq(e.code, ERR_OPEN);
	ck_assert_uint_eq(p->baud, 115200);
	s.mute = 0;
	ck_assert_int_eq(p->ops->set_baud(p, 115200, &e), -1);
	ck_assert_int_eq(e.code, ERR_OPEN);
	detach(p, &s);
}
END_TEST

START_TEST(data_are_held_while_the_server_wants_none)
{
	struct server s = { 0 };
	struct port *p = attach_well(&s, NEVER);
	struct err e = ERR_INIT;
	uint8_t byte = 0x55;

	tell_command(&s, COM_FLOWCONTROL_SUSPEND, NULL, 0);
	ck_assert_int_eq(port_write(p, &byte, 1, port_now(p) + SHORT, &e), -1);
	ck_assert_int_eq(e.code, ERR_TIMEOUT);
	ck_assert_msg(strstr(e.msg, "the server has asked for no more data") != NULL, "%s", e.msg);
	tell_command(&s, COM_FLOWCONTROL_RESUME, NULL, 0);
	ck_assert_int_eq(port_write(p, &byte, 1, port_now(p) + NEVER, &e), 0);
	read_all(p, &byte, 1);
	detach(p, &s);
}
END_TEST

START_TEST(purge_forgets_what_came_before_its_confirmation)
{
	struct server s = { 0 };
	struct port *p = attach_well(&s, NEVER);
	uint8_t bytes[] = { 1, 2 };

	ck_assert_int_eq(port_write(p, bytes, 1, port_now(p) + NEVER, NULL), 0);
	ck_assert_int_eq(port_discard(p, NULL), 0);
	ck_assert_int_eq(port_write(p, bytes + 1, 1, port_now(p) + NEVER, NULL), 0);
	read_all(p, bytes, 1);
	ck_assert_uint_eq(bytes[0], 2);
	detach(p, &s);
}
END_TEST

static const uint8_t withdrawals[][3] = {
	{ TELNET_IAC, TELNET_DONT, TELNET_BINARY }, { TELNET_IAC, TELNET_WONT, TELNET_BINARY },
	{ TELNET_IAC, TELNET_DONT, TELNET_COM_PORT },
};

START_TEST(server_that_leaves_binary_data_is_gone)
{
	struct server s = { 0 };
	struct port *p = attach_well(&s, NEVER);
	struct err e = ERR_INIT;
	uint8_t byte;

	tell(&s, withdrawals[_i], 3);
	ck_assert_int_eq(port_read(p, &byte, 1, port_now(p) + NEVER, NULL, &e), -1);
	ck_assert_int_eq(e.code, ERR_GONE);
	ck_assert_str_eq(e.msg, "the server has left RFC 2217, or binary data, behind");
	detach(p, &s);
}
END_TEST

/* The dead line is told with what it may have done to the chip. */
START_TEST(lost_connection_says_what_drops_with_it)
{
	struct server s = { 0 };
	struct port *p = attach_well(&s, NEVER);
	struct err e = ERR_INIT;
	uint8_t byte;

	if (_i)
		ck_assert_int_eq(p->ops->set_line(p, PORT_RTS, true, &e), 0);
	shutdown(s.fd, SHUT_RDWR);
	ck_assert_int_eq(port_read(p, &byte, 1, port_now(p) + NEVER, NULL, &e), -1);
	ck_assert_int_eq(e.code, ERR_GONE);
	ck_assert_str_eq(e.msg, _i ? "the server closed the connection; RTS and DTR drop with it, which "
				     "may have reset the chip"
				   : "the server closed the connection");
	detach(p, &s);
}
END_TEST

START_TEST(waits_are_longer_by_the_round_trip)
{
	struct server s = { 0 };
	struct port *p = attach_well(&s, NEVER);
	nsec_t began;
	uint8_t byte;

	p->round_trip = SHORT;
	began = port_now(p);
	ck_assert_int_eq(port_read(p, &byte, 1, began + 1000000, NULL, NULL), 0);
	ck_assert_int_ge(port_now(p) - began, SHORT);
	detach(p, &s);
}
END_TEST

/* ---- turns ---- */

static const char *const jobs[] = { "-b 115200", "-b 115200 -o", "-b 115200 -r FILE -S 0x8000000:1024" };

static uint64_t run_job_on(struct port *p, const char *args)
{
	FILE *nowhere = fopen("/dev/null", "w");
	struct command c = { .out = nowhere, .err = nowhere };
	struct err e = ERR_INIT;

	ck_assert_msg(command_parse(&c, args, "sim:f103", &e) == 0, "%s", e.msg);
	c.out = c.err = nowhere;
	ck_assert_msg(command_run(&c, p, &e) == 0, "%s: %s", args, e.msg);
	command_free(&c);
	fclose(nowhere);
	return p->traffic.turns;
}

/* Not one round trip more than the port near the chip has turns. */
START_TEST(job_takes_one_round_trip_a_turn)
{
	struct port_cfg cfg = { .kinds = port_kinds, .spec = "sim:f103", .baud = 115200,
				.mode = SERIAL_MODE_8E1 };
	struct server s = { 0 };
	struct port *near = port_open(&cfg, NULL), *far;
	uint64_t turns, there;

	turns = run_job_on(near, jobs[_i]);
	port_close(near, NULL);
	s.chip = port_open(&cfg, NULL);
	far = attach_well(&s, NEVER);
	there = run_job_on(far, jobs[_i]);
	ck_assert_uint_eq(there, turns);
	detach(far, &s);
	ck_assert_uint_eq(s.asks, turns);
	port_close(s.chip, NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("far");
	TCase *pure = runner_case(suite, "coding", 0), *open = runner_case(suite, "opening", 60);
	TCase *work = runner_case(suite, "work", 60);

	tcase_add_test(pure, what_the_server_says_is_decoded_wherever_it_is_cut);
	tcase_add_test(pure, commands_double_iac);
	tcase_add_loop_test(pure, name_is_taken_apart_or_refused, 0, COUNT(names));

	tcase_add_loop_test(open, settings_hold_when_they_are_confirmed, 0, 4);
	tcase_add_loop_test(open, what_is_not_confirmed_is_told, 0, COUNT(wrongs));
	tcase_add_test(open, server_that_hangs_up_ends_it_wherever_that_is);
	tcase_add_loop_test(open, hostile_server_does_no_harm, 0, 50);
	tcase_add_test(open, signal_ends_opening_at_once);

	tcase_add_loop_test(work, every_byte_passes_both_ways, 0, 4);
	tcase_add_loop_test(work, lines_are_set_when_it_is_confirmed, 0, 2);
	tcase_add_loop_test(work, break_that_is_off_and_said_to_be_on_is_taken_and_doubted, 0,
			    COUNT(break_off));
	tcase_add_test(work, missing_confirmation_makes_all_later_ones_doubtful);
	tcase_add_test(work, data_are_held_while_the_server_wants_none);
	tcase_add_test(work, purge_forgets_what_came_before_its_confirmation);
	tcase_add_loop_test(work, server_that_leaves_binary_data_is_gone, 0, COUNT(withdrawals));
	tcase_add_loop_test(work, lost_connection_says_what_drops_with_it, 0, 2);
	tcase_add_test(work, waits_are_longer_by_the_round_trip);
	tcase_add_loop_test(work, job_takes_one_round_trip_a_turn, 0, COUNT(jobs));
	return runner_run(suite);
}
