/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bootpin-sim: a simulated chip on a pseudo-terminal, for any program that flashes over a UART.
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/optparse.h"
#include "base/shown.h"
#include "ports/sim/control.h"
#include "ports/sim/event_log.h"
#include "ports/sim/pty.h"
#include "ports/sim/seat.h"
#include "ports/sim/serve.h"
#include "ports/sim/board/catalogue.h"
#include "ports/sim/board/sim.h"

#define PROG "bootpin-sim"
#define HELP_COLUMN 24

extern char **environ;

enum action { SERVE, HELP, VERSION, LIST_CHIPS, LIST_ROMS };

struct settings {
	enum action action;
	const char *chip;
	FILE *keys;			/* collects ",KEY=VALUE" in key_text */
	char *key_text;
	size_t key_len;
	const char *link;
	const char *log;
	const char *control;
	bool pace;
	char **command;			/* NULL-terminated, the end of argv; empty: none */
};

/* Keys are separated by commas, which cannot be quoted. */
static int check_key(const char *name, const char *arg, struct err *e)
{
	if (arg && (!*arg || strchr(arg, ',')))
		return err_set(e, ERR_USAGE, "'--%s' cannot be '%s'", name, arg);
	return 0;
}

/* A key of a simulated board under the option's name. */
static int add_key(void *target, const char *name, const char *arg, struct err *e)
{
	struct settings *s = target;

	if (check_key(name, arg, e) < 0)
		return -1;
	fprintf(s->keys, ",%s%s%s", name, arg ? "=" : "", arg ? arg : "");
	return 0;
}

static int add_any_key(void *target, const char *name, const char *arg, struct err *e)
{
	struct settings *s = target;

	if (check_key(name, arg, e) < 0)
		return -1;
	fprintf(s->keys, ",%s", arg);
	return 0;
}

static int set_action(void *target, int action, struct err *e)
{
	struct settings *s = target;

	(void)e;
	s->action = (enum action)action;
	return 0;
}

#define ARG(what) .arg = OPT_REQUIRED, .metavar = what
#define STRING(member) .string = offsetof(struct settings, member)

static const struct opt_row rows[] = {
	{ .name = "chip", ARG("NAME"), STRING(chip),
	  .help = "the chip to simulate; see --list-chips" },
	{ .name = "rom", ARG("VERSION"), .set_named = add_key,
	  .help = "which bootloader it has; see --list-roms" },
	{ .name = "size", ARG("KB"), .set_named = add_key,
	  .help = "size of its flash" },
	{ .name = "uid", ARG("HEX"), .set_named = add_key,
	  .help = "its unique ID, 24 digits" },
	{ .name = "flash", ARG("FILE"), .set_named = add_key,
	  .help = "contents of its flash, loaded and, at the end, saved" },
	{ .name = "rdp", ARG("LEVEL"), .set_named = add_key,
	  .help = "read-out protection: 0, 1 or 2" },
	{ .name = "write-protected", .set_named = add_key,
	  .help = "protect all its flash from writing" },
	{ .name = "latency", ARG("MS"), .set_named = add_key,
	  .help = "delay of the serial adapter" },
	{ .name = "set", ARG("KEY[=VALUE]"), .set_named = add_any_key,
	  .help = "any other property of the board" },
	{ .name = "baud-pace", .flag = offsetof(struct settings, pace),
	  .help = "bytes, erasing and programming take real time" },
	{ .name = "link", ARG("PATH"), STRING(link),
	  .help = "a symbolic link to the port, removed at the end" },
	{ .name = "log", ARG("FILE"), STRING(log),
	  .help = "each command, as one JSON object a line" },
	{ .name = "control", ARG("PATH"), STRING(control),
	  .help = "a socket: other programs move pins and change boards" },
	{ .name = "list-chips", .action = LIST_CHIPS,
	  .help = "list the chips" },
	{ .name = "list-roms", .action = LIST_ROMS,
	  .help = "list the defects that --rom takes" },
	{ .name = "help", .action = HELP,
	  .help = "show this" },
	{ .name = "version", .action = VERSION,
	  .help = "show the version" },
	{ .name = NULL },
};

static int settings_init(struct settings *s, struct err *e)
{
	*s = (struct settings){ .action = SERVE };
	s->keys = open_memstream(&s->key_text, &s->key_len);
	return s->keys ? 0 : err_set(e, ERR_OTHER, "out of memory");
}

static void settings_free(struct settings *s)
{
	if (s->keys)
		fclose(s->keys);
	free(s->key_text);
}

/* The first word that is no option begins the command. */
static int parse_line(struct settings *s, int argc, char **argv, struct err *e)
{
	static const struct optparse parser = { .rows = rows, .act = set_action };

	s->command = optparse(&parser, s, argv + (argc > 0), e);
	if (!s->command)
		return -1;
	if (s->action == SERVE && !s->chip)
		return err_set(e, ERR_USAGE, "'--chip' is missing; '--list-chips' lists them all");
	return 0;
}

static void print_line(void *to, const char *text)
{
	fprintf(to, "%s\n", text);
}

static void print_help(void)
{
	printf("usage: " PROG " --chip NAME [options] [-- COMMAND ... {}]\n\n"
	       "Serves a simulated STM32 in its bootloader on a pseudo-terminal and prints the\n"
	       "terminal's path. With a COMMAND, runs that instead, {} replaced by the path, and\n"
	       "ends with it.\n\n");
	optparse_help(rows, HELP_COLUMN, print_line, stdout);
}

static void print_list(const char *(*name)(size_t i), const char *(*title)(size_t i))
{
	size_t i;

	for (i = 0; name(i); i++)
		printf("%-16s  %s\n", name(i), title(i));
}

/*
 * The resources of a run. session_close closes each of them, also when closing another has failed.
 */
struct session {
	const struct settings *set;
	struct stop stop;
	sigset_t outside;		/* signals blocked at start, and while waiting */
	struct event_log *log;
	struct seat seat;
	struct control control;
	struct pty pty;
	bool has_pty, has_link;
	pid_t child;			/* 0: none */
	int child_status;
};

static bool child_ended(struct session *s)
{
	return s->child && waitpid(s->child, &s->child_status, WNOHANG) == s->child;
}

/*
 * The first signal is for the command, which may have to finish a frame: SIGTERM is passed on to
 * it, the other signals a terminal sends to both. The second signal ends the run at once.
 */
static bool told_to_end(struct session *s, int *seen)
{
	if (s->stop.count == *seen)
		return false;
	*seen = s->stop.count;
	if (!s->child)
		return true;
	if (*seen == 1 && s->stop.signo == SIGTERM)
		kill(s->child, SIGTERM);
	if (*seen == 1)
		return false;
	kill(s->child, SIGKILL);
	waitpid(s->child, &s->child_status, 0);
	return true;
}

static void serve_hosts(struct session *s)
{
	struct pollfd fds[CONTROL_FDS];
	struct server server;
	size_t count = 0;
	int signals = 0;

	server_start(&server, s->seat.sim, &s->pty, s->set->pace);
	do {
		do {
			server_turn(&server);
			control_turn(&s->control, fds, count, &server, &s->seat);
			count = control_fds(&s->control, fds);
		} while (server_wait(&server, fds, count, &s->outside));
		count = 0;
	} while (!told_to_end(s, &signals) && !child_ended(s));
}

static void on_child(int signo)
{
	(void)signo;			/* only there to interrupt ppoll */
}

/* Signals are blocked except while waiting, so that none comes between a check and the wait. */
static int catch_signals(struct session *s, struct err *e)
{
	struct sigaction sa = { .sa_handler = on_child, .sa_flags = SA_NOCLDSTOP };
	sigset_t waking;

	sigemptyset(&waking);
	sigaddset(&waking, SIGINT);
	sigaddset(&waking, SIGTERM);
	sigaddset(&waking, SIGHUP);
	sigaddset(&waking, SIGCHLD);
	sigprocmask(SIG_BLOCK, &waking, &s->outside);
	sigaction(SIGCHLD, &sa, NULL);
	stop_ignore_writes();
	return stop_catch(&s->stop, e);
}

static bool leads_to_port(const struct session *s)
{
	char target[sizeof(s->pty.path)] = "";

	return readlink(s->set->link, target, sizeof(target) - 1) > 0 && !strcmp(target, s->pty.path);
}

/*
 * A killed run has left a link to nothing, or to this very port, since the system gives a number anew. Any other file
 * belongs to another program.
 */
static int make_link(struct session *s, struct err *e)
{
	const char *path = s->set->link;
	struct stat st;

	if (!path)
		return 0;
	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode) && (stat(path, &st) < 0 || leads_to_port(s)))
		unlink(path);
	if (symlink(s->pty.path, path) < 0)
		return err_sys(e, ERR_OTHER, errno, "cannot make link '%s'", path);
	s->has_link = true;
	return 0;
}

static void remove_link(const struct session *s)
{
	if (leads_to_port(s))
		unlink(s->set->link);
}

static int session_open(struct session *s, const struct settings *set, struct err *e)
{
	*s = (struct session){ .set = set, .stop = STOP_INIT, .control = CONTROL_NONE };
	if (catch_signals(s, e) < 0)
		return -1;
	fflush(set->keys);
	if (seat_open(&s->seat, set->chip, set->key_text, e) < 0)
		return -1;
	if (set->log) {
		s->log = event_log_open(set->log, e);
		if (!s->log)
			return -1;
		seat_log(&s->seat, s->log);
	}
	if (pty_open(&s->pty, e) < 0)
		return -1;
	s->has_pty = true;
	if (set->control && control_open(&s->control, set->control, e) < 0)
		return -1;
	return make_link(s, e);
}

/* Closes all of it; returns 0, or -1 with the first failure in @e. */
static int session_close(struct session *s, struct err *e)
{
	struct err later = ERR_INIT;
	int ret = 0;

	if (s->has_link)
		remove_link(s);
	control_close(&s->control);
	if (s->has_pty)
		pty_close(&s->pty);
	if (seat_close(&s->seat, e) < 0)
		ret = -1;
	if (event_log_close(s->log, ret < 0 ? &later : e) < 0)
		ret = -1;
	return ret;
}

/* @arg with each "{}" in it replaced; the caller frees it. NULL: out of memory. */
static char *put_path(const char *arg, const char *path)
{
	const char *hole;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	for (; (hole = strstr(arg, "{}")); arg = hole + 2)
		fprintf(f, "%.*s%s", (int)(hole - arg), arg, path);
	fputs(arg, f);
	if (fclose(f) == EOF) {
		free(text);
		return NULL;
	}
	return text;
}

static void free_argv(char **argv)
{
	char **arg;

	for (arg = argv; *arg; arg++)
		free(*arg);
	free(argv);
}

static char **command_argv(char *const *command, const char *path)
{
	char **argv;
	size_t i;

	for (i = 0; command[i]; i++)
		;
	argv = calloc(i + 1, sizeof(*argv));
	for (i = 0; argv && command[i]; i++) {
		argv[i] = put_path(command[i], path);
		if (!argv[i]) {
			free_argv(argv);
			return NULL;
		}
	}
	return argv;
}

/*
 * Runs @argv with the signals of the start: a command inherits those that are blocked or ignored.
 */
static int spawn_command(struct session *s, char **argv)
{
	posix_spawnattr_t attr;
	sigset_t defaults;
	int sys;

	sys = posix_spawnattr_init(&attr);
	if (sys)
		return sys;
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGXFSZ);
	posix_spawnattr_setsigdefault(&attr, &defaults);
	posix_spawnattr_setsigmask(&attr, &s->outside);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	sys = posix_spawnp(&s->child, argv[0], NULL, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	return sys;
}

static int start_command(struct session *s, struct err *e)
{
	char **argv = command_argv(s->set->command, s->pty.path);
	int sys;

	if (!argv)
		return err_set(e, ERR_OTHER, "out of memory");
	sys = spawn_command(s, argv);
	free_argv(argv);
	if (sys) {
		s->child = 0;
		return err_sys(e, ERR_OTHER, sys, "cannot run '%s'", s->set->command[0]);
	}
	return 0;
}

static int announce_port(const struct session *s, struct err *e)
{
	if (puts(s->pty.path) == EOF || fflush(stdout) == EOF)
		return err_sys(e, ERR_OTHER, errno, "cannot write to standard output");
	return 0;
}

/* The exit status of a run that went well. */
static int session_status(const struct session *s)
{
	if (s->stop.count)
		return 128 + s->stop.signo;
	if (!s->child)
		return 0;
	if (WIFSIGNALED(s->child_status))
		return 128 + WTERMSIG(s->child_status);
	return WEXITSTATUS(s->child_status);
}

static int run_session(struct session *s, struct err *e)
{
	if (*s->set->command ? start_command(s, e) < 0 : announce_port(s, e) < 0)
		return -1;
	/* The default slack of 50 us would be added to each answer of --baud-pace. */
	prctl(PR_SET_TIMERSLACK, 1000UL);
	serve_hosts(s);
	return 0;
}

static void print_error(const struct err *e)
{
	char safe[4 * sizeof(e->msg)];

	fprintf(stderr, PROG ": %s\n", shown(e->msg, safe, sizeof(safe)));
}

static int serve_board(const struct settings *set)
{
	struct err e = ERR_INIT, closing = ERR_INIT;
	struct session s;
	int status;

	if (session_open(&s, set, &e) < 0 || run_session(&s, &e) < 0) {
		print_error(&e);
		status = err_exit_status(&e);
	} else {
		status = session_status(&s);
	}
	if (session_close(&s, &closing) < 0) {
		print_error(&closing);
		status = status ? status : err_exit_status(&closing);
	}
	return status;
}

static int do_what_was_asked(const struct settings *set)
{
	switch (set->action) {
	case HELP:
		print_help();
		break;
	case VERSION:
		puts(PROG " " PACKAGE_VERSION);
		break;
	case LIST_CHIPS:
		print_list(sim_chip_name, sim_chip_title);
		break;
	case LIST_ROMS:
		print_list(sim_rom_name, sim_rom_title);
		break;
	case SERVE:
		return serve_board(set);
	}
	return fflush(stdout) == EOF ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct settings set;
	struct err e = ERR_INIT;
	int status;

	if (settings_init(&set, &e) < 0 || parse_line(&set, argc, argv, &e) < 0) {
		print_error(&e);
		status = err_exit_status(&e);
	} else {
		status = do_what_was_asked(&set);
	}
	settings_free(&set);
	return status;
}
