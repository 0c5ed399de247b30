/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "ports/sim/control.h"

/* All that a command works on. */
struct place {
	struct control *control;
	struct control_client *client;
	struct server *server;
	struct seat *seat;
};

/* ---- commands: return 0, or -1 with @e set; @answer is what follows "ok" ---- */

static int find_line(const char *name, struct err *e)
{
	return sim_pins_find_gpio(name, 0, e);
}

static int list_lines(const struct place *p, const char *arg, FILE *answer, struct err *e)
{
	static const char *const names[SIM_GPIOS] = { "BOOT0", "NRST", "SPARE0", "SPARE1" };

	(void)arg;
	(void)e;
	for (int i = 0; i < SIM_GPIOS; i++)
		fprintf(answer, " %s=%d", names[i], sim_line_level(p->seat->sim, names[i]));
	return 0;
}

/* The line, or -1 if there is none, or another program holds it. */
static int hold(const struct place *p, const char *name, struct err *e)
{
	int line = find_line(name, e);

	for (size_t i = 0; line >= 0 && i < CONTROL_CLIENTS; i++)
		if (&p->control->client[i] != p->client &&
		    p->control->client[i].holds & SIM_BIT(line))
			return err_set(e, ERR_OPEN, "another program holds '%s'", name);
	if (line >= 0)
		p->client->holds |= SIM_BIT(line);
	return line;
}

static int hold_line(const struct place *p, const char *arg, FILE *answer, struct err *e)
{
	(void)answer;
	return hold(p, arg, e) < 0 ? -1 : 0;
}

static int set_line(const struct place *p, const char *arg, FILE *answer, struct err *e)
{
	const char *space = strchr(arg, ' ');
	char name[16];
	int line;

	(void)answer;
	if (!space || (strcmp(space, " 0") != 0 && strcmp(space, " 1") != 0))
		return err_set(e, ERR_USAGE, "'set %s': must be a line and 0 or 1", arg);
	snprintf(name, sizeof(name), "%.*s", (int)(space - arg), arg);
	line = hold(p, name, e);
	if (line < 0)
		return -1;
	seat_drive(p->seat, line, space[1] == '1', server_pin_time(p->server));
	server_pins_moved(p->server);
	return 0;
}

static void let_go(const struct place *p, unsigned int lines)
{
	p->client->holds &= ~lines;
	seat_release(p->seat, lines, server_pin_time(p->server));
	server_pins_moved(p->server);
}

static int free_line(const struct place *p, const char *arg, FILE *answer, struct err *e)
{
	int line = hold(p, arg, e);

	(void)answer;
	if (line < 0)
		return -1;
	let_go(p, SIM_BIT(line));
	return 0;
}

static int next_board(const struct place *p, const char *arg, FILE *answer, struct err *e)
{
	int ret = seat_next(p->seat, arg, e);

	(void)answer;
	server_change_board(p->server, p->seat->sim);
	return ret;
}

static int leave(const struct place *p, const char *arg, FILE *answer, struct err *e)
{
	int ret = seat_leave(p->seat, e);

	(void)arg;
	(void)answer;
	server_change_board(p->server, p->seat->sim);
	return ret;
}

enum takes { NOTHING, PERHAPS, SOMETHING };

static const struct command {
	const char *name;
	enum takes takes;
	int (*run)(const struct place *p, const char *arg, FILE *answer, struct err *e);
} commands[] = {
	{ "lines", NOTHING, list_lines },
	{ "hold", SOMETHING, hold_line },
	{ "set", SOMETHING, set_line },
	{ "free", SOMETHING, free_line },
	{ "board", PERHAPS, next_board },
	{ "remove", NOTHING, leave },
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int unknown_command(const char *name, struct err *e)
{
	err_set(e, ERR_USAGE, "unknown command '%s'; known:", name);
	for (size_t i = 0; i < COMMANDS; i++)
		err_append(e, " %s", commands[i].name);
	return -1;
}

/* @line is cut in two. */
static int run_command(const struct place *p, char *line, FILE *answer, struct err *e)
{
	char *arg = strchr(line, ' ');

	if (arg)
		*arg++ = '\0';
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, line) != 0)
			continue;
		if ((arg && commands[i].takes == NOTHING) || (!arg && commands[i].takes == SOMETHING))
			return err_set(e, ERR_USAGE, "'%s' %s", line,
				       arg ? "takes nothing" : "needs the name of a line");
		return commands[i].run(p, arg ? arg : "", answer, e);
	}
	return unknown_command(line, e);
}

/* ---- connections ---- */

/* An answer that a program does not fetch is lost, and so is the program's place. */
static void answer_line(const struct place *p, char *line)
{
	char text[512] = "ok";
	struct err e = ERR_INIT;
	FILE *answer = fmemopen(text, sizeof(text) - 1, "r+");
	size_t len;

	if (!answer)
		return;
	fseek(answer, 2, SEEK_SET);
	if (run_command(p, line, answer, &e) < 0) {
		rewind(answer);
		fprintf(answer, "error %s", e.msg);
	}
	fclose(answer);
	text[sizeof(text) - 2] = '\0';
	len = strlen(text);
	text[len] = '\n';
	(void)!send(p->client->fd, text, len + 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void end_client(const struct place *p)
{
	let_go(p, p->client->holds);
	close(p->client->fd);
	p->client->fd = -1;
	p->client->len = 0;
}

static void take_lines(const struct place *p)
{
	struct control_client *c = p->client;
	char *end;

	while ((end = memchr(c->line, '\n', c->len))) {
		size_t used = (size_t)(end - c->line) + 1;

		*end = '\0';
		answer_line(p, c->line);
		c->len -= used;
		memmove(c->line, c->line + used, c->len);
	}
}

static void hear_client(const struct place *p)
{
	struct control_client *c = p->client;
	ssize_t n = recv(c->fd, c->line + c->len, sizeof(c->line) - c->len, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		c->len += (size_t)n;
		take_lines(p);
	}
	/* A line that does not fit is of no program that knows the commands. */
	if (n <= 0 || c->len == sizeof(c->line))
		end_client(p);
}

static void accept_client(struct control *c)
{
	int fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].fd < 0) {
			c->client[i] = (struct control_client){ .fd = fd };
			return;
		}
	close(fd);
}

size_t control_fds(const struct control *c, struct pollfd *fds)
{
	size_t n = 0;

	if (!c->path)
		return 0;
	fds[n++] = (struct pollfd){ .fd = c->listener, .events = POLLIN };
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		fds[n++] = (struct pollfd){ .fd = c->client[i].fd, .events = POLLIN };
	return n;
}

void control_turn(struct control *c, const struct pollfd *fds, size_t count, struct server *server,
		  struct seat *seat)
{
	for (size_t i = 1; i < count; i++)
		if (fds[i].revents && c->client[i - 1].fd == fds[i].fd)
			hear_client(&(struct place){ c, &c->client[i - 1], server, seat });
	if (count && fds[0].revents)
		accept_client(c);
}

/* ---- the socket ---- */

/* A socket that nobody listens on was left by a killed run. */
static void remove_stale(const struct sockaddr_un *addr)
{
	struct stat st;
	int fd;

	if (lstat(addr->sun_path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) < 0 &&
	    errno == ECONNREFUSED)
		unlink(addr->sun_path);
	if (fd >= 0)
		close(fd);
}

int control_open(struct control *c, const char *path, struct err *e)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	*c = (struct control)CONTROL_NONE;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		c->client[i].fd = -1;
	if (strlen(path) >= sizeof(addr.sun_path))
		return err_set(e, ERR_OTHER, "cannot make socket '%s': its name is too long", path);
	memcpy(addr.sun_path, path, strlen(path) + 1);
	remove_stale(&addr);
	c->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->listener >= 0 && bind(c->listener, (struct sockaddr *)&addr, sizeof(addr)) == 0) {
		c->path = path;
		if (listen(c->listener, CONTROL_CLIENTS) == 0)
			return 0;
	}
	err_sys(e, ERR_OTHER, errno, "cannot make socket '%s'", path);
	if (c->listener >= 0)
		close(c->listener);
	if (c->path)
		unlink(path);
	c->path = NULL;
	return -1;
}

void control_close(struct control *c)
{
	if (!c->path)
		return;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].fd >= 0)
			close(c->client[i].fd);
	close(c->listener);
	unlink(c->path);
	c->path = NULL;
}
