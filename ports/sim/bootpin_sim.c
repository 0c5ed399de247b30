/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bootpin-sim: a simulated chip on a pseudo-terminal, for any program that flashes over a UART.
 */
#ifdef HAVE_CONFIG_H
#endif

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ports/sim/event_log.h"
#include "ports/sim/pty.h"
#include "ports/sim/serve.h"
#include "ports/sim/board/catalogue.h"
#include "ports/sim/board/sim.h"

#define PROG "bootpin-sim"

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
	bool pace;
	char **command;			/* NULL-terminated, the end of argv; empty: none */
};

/* What an option is for. */
enum use { USE_KEY, USE_ANY_KEY, USE_CHIP, USE_LINK, USE_LOG, USE_PACE, USE_ACTION };

struct row {
	const char *name;
	const char *metavar;		/* NULL: takes no argument */
	const char *help;
	enum use use;
	enum action action;		/* with USE_ACTION */
};

/* As --help prints it. Those with USE_KEY are keys of a simulated board under the same name. */
static const struct row rows[] = {
	{ "chip", "NAME", "the chip to simulate; see --list-chips", USE_CHIP, SERVE },
	{ "rom", "VERSION", "which bootloader it has; see --list-roms", USE_KEY, SERVE },
	{ "size", "KB", "size of its flash", USE_KEY, SERVE },
	{ "uid", "HEX", "its unique ID, 24 digits", USE_KEY, SERVE },
	{ "flash", "FILE", "contents of its flash, loaded and, at the end, saved", USE_KEY, SERVE },
	{ "rdp", "LEVEL", "read-out protection: 0, 1 or 2", USE_KEY, SERVE },
	{ "write-protected", NULL, "protect all its flash from writing", USE_KEY, SERVE },
	{ "latency", "MS", "delay of the serial adapter", USE_KEY, SERVE },
	{ "set", "KEY[=VALUE]", "any other property of the board", USE_ANY_KEY, SERVE },
	{ "baud-pace", NULL, "bytes, erasing and programming take real time", USE_PACE, SERVE },
	{ "link", "PATH", "a symbolic link to the port, removed at the end", USE_LINK, SERVE },
	{ "log", "FILE", "each command, as one JSON object a line", USE_LOG, SERVE },
	{ "list-chips", NULL, "list the chips", USE_ACTION, LIST_CHIPS },
	{ "list-roms", NULL, "list the defects that --rom takes", USE_ACTION, LIST_ROMS },
	{ "help", NULL, "show this", USE_ACTION, HELP },
	{ "version", NULL, "show the version", USE_ACTION, VERSION },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

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

static int take_option(struct settings *s, const struct row *row, const char *arg, struct err *e)
{
	switch (row->use) {
	case USE_KEY:
	case USE_ANY_KEY:
		/* Commas part the keys, and nothing quotes them. */
		if (arg && (!*arg || strchr(arg, ',')))
			return err_set(e, ERR_USAGE, "'--%s' cannot be '%s'", row->name, arg);
		fprintf(s->keys, ",%s%s%s", row->use == USE_KEY ? row->name : "",
			row->use == USE_KEY && arg ? "=" : "", arg ? arg : "");
		break;
	case USE_CHIP:
		s->chip = arg;
		break;
	case USE_LINK:
		s->link = arg;
		break;
	case USE_LOG:
		s->log = arg;
		break;
	case USE_PACE:
		s->pace = true;
		break;
	case USE_ACTION:
		s->action = row->action;
		break;
	}
	return 0;
}

/* Returns 0, or -1 with @e set; its message is empty where getopt has printed one. */
static int parse(struct settings *s, int argc, char **argv, struct err *e)
{
	struct option longs[ROWS + 1] = { { 0 } };
	int c, i;

	for (i = 0; i < (int)ROWS; i++) {
		longs[i].name = rows[i].name;
		longs[i].has_arg = rows[i].metavar ? required_argument : no_argument;
	}
	while ((c = getopt_long(argc, argv, "+", longs, &i)) != -1) {
		if (c == '?')
			return err_set(e, ERR_USAGE, "%s", "");
		if (take_option(s, &rows[i], optarg, e) < 0)
			return -1;
	}
	s->command = argv + optind;
	if (s->action == SERVE && !s->chip)
		return err_set(e, ERR_USAGE, "'--chip' is missing; '--list-chips' lists them all");
	return 0;
}

static void help(void)
{
	size_t i;

	printf("usage: " PROG " --chip NAME [options] [-- COMMAND ... {}]\n\n"
	       "Serves a simulated STM32 in its bootloader on a pseudo-terminal and prints the\n"
	       "terminal's path. With a COMMAND, runs that instead, {} replaced by the path, and\n"
	       "ends with it.\n\n");
	for (i = 0; i < ROWS; i++)
		printf("  --%s%s%-*s  %s\n", rows[i].name, rows[i].metavar ? " " : "",
		       (int)(18 - strlen(rows[i].name)) - !!rows[i].metavar,
		       rows[i].metavar ? rows[i].metavar : "", rows[i].help);
}

static void list(const char *(*name)(size_t i), const char *(*title)(size_t i))
{
	size_t i;

	for (i = 0; name(i); i++)
		printf("%-16s  %s\n", name(i), title(i));
}

/* What a run holds. Each part is closed by session_close, whatever the others. */
struct session {
	const struct settings *set;
	struct stop stop;
	sigset_t outside;		/* signals blocked at start, and while waiting */
	struct event_log *log;
	struct sim *sim;
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
 * The first signal is the command's to act on, which may have to finish a frame: SIGTERM is passed
 * on, the others a terminal sends to both. The second does not wait for it.
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

static void serve(struct session *s)
{
	struct server server;
	int signals = 0;

	server_start(&server, s->sim, &s->pty, s->set->pace);
	do {
		do
			server_turn(&server);
		while (server_wait(&server, &s->outside));
	} while (!told_to_end(s, &signals) && !child_ended(s));
}

static void on_child(int signo)
{
	(void)signo;			/* only there to interrupt ppoll */
}

/* All are blocked but while waiting, so that none comes between looking and waiting. */
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

/* A link that leads nowhere is what a killed run has left; anything else is somebody's. */
static int make_link(struct session *s, struct err *e)
{
	const char *path = s->set->link;
	struct stat st;

	if (!path)
		return 0;
	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode) && stat(path, &st) < 0)
		unlink(path);
	if (symlink(s->pty.path, path) < 0)
		return err_sys(e, ERR_OTHER, errno, "cannot make link '%s'", path);
	s->has_link = true;
	return 0;
}

static void remove_link(const struct session *s)
{
	char target[sizeof(s->pty.path)] = "";

	if (readlink(s->set->link, target, sizeof(target) - 1) > 0 && !strcmp(target, s->pty.path))
		unlink(s->set->link);
}

static struct sim *make_sim(const struct settings *set, struct err *e)
{
	struct sim *sim;
	char *spec;

	fflush(set->keys);
	if (asprintf(&spec, "%s%s", set->chip, set->key_text) < 0) {
		err_set(e, ERR_OTHER, "out of memory");
		return NULL;
	}
	sim = sim_new(spec, e);
	free(spec);
	if (sim && sim_i2c_clock(sim)) {
		err_set(e, ERR_USAGE, "'bus=i2c': a pseudo-terminal is a serial port");
		sim_free(sim, NULL);
		return NULL;
	}
	return sim;
}

static int session_open(struct session *s, const struct settings *set, struct err *e)
{
	*s = (struct session){ .set = set, .stop = STOP_INIT };
	if (catch_signals(s, e) < 0)
		return -1;
	s->sim = make_sim(set, e);
	if (!s->sim)
		return -1;
	if (set->log) {
		s->log = event_log_open(set->log, e);
		if (!s->log)
			return -1;
		sim_on_event(s->sim, event_log_add, s->log);
	}
	if (pty_open(&s->pty, e) < 0)
		return -1;
	s->has_pty = true;
	return make_link(s, e);
}

/* Closes all of it; returns 0, or -1 with the first failure in @e. */
static int session_close(struct session *s, struct err *e)
{
	struct err later = ERR_INIT;
	int ret = 0;

	if (s->has_link)
		remove_link(s);
	if (s->has_pty)
		pty_close(&s->pty);
	if (s->sim && sim_check(s->sim, e) < 0)
		ret = -1;
	if (sim_free(s->sim, ret < 0 ? &later : e) < 0)
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

/* Undoes what catch_signals did, since a command inherits what is blocked and ignored. */
static int spawn(struct session *s, char **argv)
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
	sys = spawn(s, argv);
	free_argv(argv);
	if (sys) {
		s->child = 0;
		return err_sys(e, ERR_OTHER, sys, "cannot run '%s'", s->set->command[0]);
	}
	return 0;
}

static int announce(const struct session *s, struct err *e)
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

static int run(struct session *s, struct err *e)
{
	if (*s->set->command ? start_command(s, e) < 0 : announce(s, e) < 0)
		return -1;
	/* The default slack of 50 us would be added to each answer of --baud-pace. */
	prctl(PR_SET_TIMERSLACK, 1000UL);
	serve(s);
	return 0;
}

static void complain(const struct err *e)
{
	if (*e->msg)
		fprintf(stderr, PROG ": %s\n", e->msg);
}

static int serve_board(const struct settings *set)
{
	struct err e = ERR_INIT, closing = ERR_INIT;
	struct session s;
	int status;

	if (session_open(&s, set, &e) < 0 || run(&s, &e) < 0) {
		complain(&e);
		status = err_exit_status(&e);
	} else {
		status = session_status(&s);
	}
	if (session_close(&s, &closing) < 0) {
		complain(&closing);
		status = status ? status : err_exit_status(&closing);
	}
	return status;
}

static int act(const struct settings *set)
{
	switch (set->action) {
	case HELP:
		help();
		break;
	case VERSION:
		puts(PROG " " PACKAGE_VERSION);
		break;
	case LIST_CHIPS:
		list(sim_chip_name, sim_chip_title);
		break;
	case LIST_ROMS:
		list(sim_rom_name, sim_rom_title);
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

	if (settings_init(&set, &e) < 0 || parse(&set, argc, argv, &e) < 0) {
		complain(&e);
		status = err_exit_status(&e);
	} else {
		status = act(&set);
	}
	settings_free(&set);
	return status;
}
