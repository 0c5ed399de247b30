/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/poll.h"
#include "ports/far_connect.h"

/* Between two looks whether a name has been found. */
#define LOOKUP_PERIOD (20 * NSEC_PER_MSEC)

nsec_t far_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* ---- names ---- */

static int refuse_name(const char *spec, const char *why, struct err *e)
{
	return err_set(e, ERR_USAGE, "'%s': %s; it is rfc2217://HOST:PORT or tcp://HOST:PORT, with an "
		       "IPv6 address as in [::1]:2217", spec, why);
}

static int copy_part(char *to, size_t size, const char *from, size_t len)
{
	if (!len || len >= size)
		return -1;
	memcpy(to, from, len);
	to[len] = '\0';
	return 0;
}

int far_name_parse(struct far_name *name, const char *spec, const char *text, struct err *e)
{
	bool bracket = text[0] == '[';
	const char *host = text + bracket;
	const char *end = bracket ? strchr(host, ']') : strrchr(host, ':');
	const char *colon = bracket && end ? end + 1 : end;

	if (strpbrk(text, "/?#@ "))
		return refuse_name(spec, "nothing stands beside HOST:PORT", e);
	if (!end || *colon != ':' || !colon[1])
		return refuse_name(spec, "its PORT is missing", e);
	if (!bracket && memchr(host, ':', (size_t)(end - host)))
		return refuse_name(spec, "more than one ':' without brackets", e);
	if (copy_part(name->host, sizeof(name->host), host, (size_t)(end - host)) < 0)
		return refuse_name(spec, "its HOST is missing, or too long", e);
	if (copy_part(name->service, sizeof(name->service), colon + 1, strlen(colon + 1)) < 0)
		return refuse_name(spec, "its PORT is too long", e);
	return 0;
}

/* ---- looking a name up ---- */

/* Waits for @fd (-1: none) or a signal, up to @until. 1, 0 at @until, -1 with @e set after a signal. */
static int await(int fd, short events, const struct stop *stop, nsec_t until, struct err *e)
{
	struct pollfd fds[2] = {
		{ .fd = fd, .events = events },
		{ .fd = stop ? stop->wake[0] : -1, .events = POLLIN },
	};
	nsec_t left;

	for (;;) {
		if (stop_check(stop, e) < 0)
			return -1;
		left = until - far_now();
		if (left <= 0)
			return 0;
		struct timespec ts = { (time_t)(left / NSEC_PER_SEC), (long)(left % NSEC_PER_SEC) };

		if (poll_for(fds, 2, &ts, NULL) > 0 && fds[0].revents)
			return 1;
		/* An earlier job's signals may still be in the pipe. */
		if (fds[1].revents && stop_check(stop, e) == 0)
			stop_drain(stop);
	}
}

/* A look-up outlives whoever gives it up: all that it needs is in one block, which then stays. */
struct lookup {
	struct gaicb request;
	struct addrinfo hints;
	struct far_name name;
};

/* An EAI_ code; -1000 after a signal, with @e set. */
static int look_up_name(struct lookup *l, const struct stop *stop, bool *stays, struct err *e)
{
	struct gaicb *list[] = { &l->request };
	nsec_t until = far_now() + FAR_CONNECT_TIME;
	int ret = getaddrinfo_a(GAI_NOWAIT, list, 1, NULL);

	while (ret == 0 && (ret = gai_error(&l->request)) == EAI_INPROGRESS && far_now() < until) {
		if (await(-1, 0, stop, far_now() + LOOKUP_PERIOD, e) < 0) {
			*stays = gai_cancel(&l->request) != EAI_CANCELED;
			return -1000;
		}
		ret = 0;
	}
	if (ret == EAI_INPROGRESS || (ret == 0 && gai_error(&l->request) == EAI_INPROGRESS)) {
		*stays = gai_cancel(&l->request) != EAI_CANCELED;
		return EAI_AGAIN;
	}
	return ret;
}

static int lookup_fails(int code, const struct far_name *name, const char *spec, struct err *e)
{
	if (code == -1000)
		return -1;
	if (code == EAI_SERVICE)
		return err_set(e, ERR_OPEN, "cannot open '%s': there is no service '%s' (a number is "
			       "always understood)", spec, name->service);
	return err_set(e, ERR_OPEN, "cannot open '%s': host '%s' is not found: %s", spec, name->host,
		       gai_strerror(code));
}

/* Addresses are taken as they are, names looked up beside, so that a signal ends it. NULL with @e set. */
static struct addrinfo *look_up(const struct far_name *name, const char *spec,
				const struct stop *stop, struct err *e)
{
	struct lookup *l = calloc(1, sizeof(*l));
	struct addrinfo *found = NULL;
	bool stays = false;
	int ret;

	if (!l) {
		err_set(e, ERR_OTHER, "out of memory");
		return NULL;
	}
	l->name = *name;
	l->hints = (struct addrinfo){ .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST };
	ret = getaddrinfo(l->name.host, l->name.service, &l->hints, &found);
	if (ret == EAI_NONAME) {
		l->hints.ai_flags = 0;
		l->request = (struct gaicb){
			.ar_name = l->name.host, .ar_service = l->name.service,
			.ar_request = &l->hints,
		};
		ret = look_up_name(l, stop, &stays, e);
		found = ret == 0 ? l->request.ar_result : NULL;
	}
	if (ret)
		lookup_fails(ret, name, spec, e);
	if (!stays)
		free(l);
	return found;
}

/* ---- connecting ---- */

static void set_options(int fd)
{
	static const struct { int level, name, value; } options[] = {
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT, FAR_DEAD_MS },
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, 4 },
		{ IPPROTO_TCP, TCP_KEEPINTVL, 2 },
		{ IPPROTO_TCP, TCP_KEEPCNT, 3 },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof(int));
}

/* Returns a connected socket; -1 with *sys, or with @e set after a signal. */
static int connect_one(const struct addrinfo *a, const struct stop *stop, int *sys, struct err *e)
{
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
	socklen_t len = sizeof(*sys);
	int ready = 1;

	if (fd < 0) {
		*sys = errno;
		return -1;
	}
	set_options(fd);
	*sys = connect(fd, a->ai_addr, a->ai_addrlen) < 0 ? errno : 0;
	if (*sys == EINPROGRESS) {
		ready = await(fd, POLLOUT, stop, far_now() + FAR_CONNECT_TIME, e);
		*sys = ETIMEDOUT;
		if (ready > 0)
			getsockopt(fd, SOL_SOCKET, SO_ERROR, sys, &len);
	}
	if (ready > 0 && !*sys)
		return fd;
	close(fd);
	return -1;
}

static int connect_fails(const char *spec, int sys, struct err *e)
{
	if (sys == ECONNREFUSED)
		return err_sys(e, ERR_OPEN, sys, "cannot open '%s': no server listens there", spec);
	return err_sys(e, ERR_OPEN, sys, "cannot open '%s'", spec);
}

int far_connect(const struct far_name *name, const char *spec, const struct stop *stop,
		nsec_t *round_trip, struct err *e)
{
	struct addrinfo *found = look_up(name, spec, stop, e);
	int fd = -1, sys = 0;
	nsec_t began;

	if (!found)
		return -1;
	for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
		if (stop_check(stop, e) < 0)
			break;
		began = far_now();
		fd = connect_one(a, stop, &sys, e);
		*round_trip = far_now() - began;
	}
	freeaddrinfo(found);
	if (fd < 0 && stop_check(stop, e) == 0)
		connect_fails(spec, sys, e);
	return fd;
}
