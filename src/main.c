/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From argv to exit status.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/stop.h"
#include "cli/config.h"
#include "cli/json_file.h"
#include "cli/lists.h"
#include "cli/options.h"
#include "compat/compat.h"
#include "parsers/table.h"
#include "ports/table.h"
#include "report/json.h"
#include "report/log.h"
#include "report/text.h"
#include "steps/perform.h"

/* It replaces files its caller names, so it must not run with borrowed rights. */
static int check_rights(struct err *e)
{
	if (!getauxval(AT_SECURE))
		return 0;
	return err_set(e, ERR_OTHER, "must not run set-user-ID or with file capabilities");
}

static int run(const struct request *o, struct report *r, struct stop *stop, struct err *e)
{
	if (check_rights(e) < 0)
		return -1;
	stop_ignore_writes();
	return perform(o, parser_table, port_kinds, r, stop, e);
}

/* A full disk must not pass for success. */
static int flush_output(struct err *e)
{
	if (fflush(stdout) || ferror(stdout))
		return err_set(e, ERR_OTHER, "cannot write to standard output");
	return 0;
}

/*
 * The number of a standard stream that the caller left closed would go to the next file or port,
 * which would then get our messages. What is opened in its place fails as a closed one does.
 */
static void occupy_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(1);
}

/* The last error counts if nothing has failed before; it is told in any case. */
static int take_late(struct report *r, int ret, struct err *e, const struct err *late)
{
	report_error(r, "bootpin", late);
	if (ret == 0)
		*e = *late;
	return -1;
}

/* A list or a plan has no line in the log: nothing is done. */
static int open_log(struct log *l, struct report *r, const struct request *o, struct err *e)
{
	if (!o->log || o->dry_run || o->action >= ACT_HELP)
		return 0;
	if (log_open(l, o->log, e) < 0)
		return -1;
	r->log = l;
	r->images = &l->images;
	return 0;
}

/* Boards that are not in the log yet: the only one, or all if none was begun. --loop has had none then. */
static int log_boards(struct report *r, const struct request *o, int ret, struct err *e)
{
	struct err late = ERR_INIT;
	const struct err result = *e;
	bool due = r->log && !r->log->lines && !o->loop;

	for (size_t i = 0; due && i < o->port_count; i++)
		if (log_line(r, o->ports[i], &result, &late) < 0)
			ret = take_late(r, ret, e, &late);
	return ret;
}

/*
 * The log and the last line of --json both have the result, and either may be the one that cannot be
 * written: the log is written first, since only its line can be taken back. Behind a success @e may hold
 * what was got over on the way.
 */
static int tell_result(struct json_file *json, struct report *r, const struct request *o, int ret,
		       struct err *e)
{
	struct err late = ERR_INIT;

	if (ret == 0)
		*e = ERR_INIT;
	if (json_check(r, &late) < 0)
		ret = take_late(r, ret, e, &late);
	ret = log_boards(r, o, ret, e);
	if (json_file_close(json, r, o, e, &late) == 0)
		return ret;
	if (ret < 0 || o->port_count > 1)
		return take_late(r, ret, e, &late);
	ret = take_late(r, ret, e, &late);
	return log_amend(r, o->port, e, &late) < 0 ? take_late(r, ret, e, &late) : ret;
}

/* Under another program's name. */
static int run_other(const struct compat *other, int argc, char **argv,
		     const struct compat_tools *tools)
{
	struct err e = ERR_INIT;

	if (check_rights(&e) == 0)
		return other->run(argc, argv, tools);
	fprintf(stderr, "%s: %s\n", other->name, e.msg);
	return err_exit_status(&e);
}

/* The command line, --config, and BOOTPIN_PORT. */
static int parse(struct request *o, struct config *c, char **words, struct err *e)
{
	*o = (struct request){ 0 };
	if (config_open(c, words, e) < 0 || options_take(o, c->words, e) < 0 ||
	    options_default_port(o, getenv("BOOTPIN_PORT"), e) < 0 || config_check(c, o, e) < 0)
		return -1;
	return options_settle(o, port_kinds, e);
}

int main(int argc, char **argv)
{
	static struct stop stop = STOP_INIT;
	const struct compat_tools tools = { parser_table, port_kinds, &stop };
	const struct compat *other = compat_find(argv[0]);
	struct err e = ERR_INIT, no_json = ERR_INIT;
	struct json_file json;
	struct config config;
	struct request o;
	struct report r;
	struct log log = { 0 };
	int ret;

	occupy_standard_streams();
	if (other)
		return run_other(other, argc, argv, &tools);
	ret = parse(&o, &config, argv + (argc > 0), &e);
	report_init(&r, &report_text, stdout, stderr, ret == 0 ? o.verbosity : 0,
		    ret == 0 && o.progress);
	if (json_file_open(&json, &r, config.words, config.path,
			   o.port_count > 1 || o.loop ? NULL : o.port, &no_json) < 0 && ret == 0) {
		e = no_json;
		ret = -1;
	}
	if (ret == 0)
		report_event(&r, EV_JOB, options_action_word(o.action), o.dry_run, PACKAGE_VERSION);
	if (ret == 0)
		ret = open_log(&log, &r, &o, &e);
	if (ret == 0 && !lists_print(&r, o.action, parser_table, argv[0]))
		ret = run(&o, &r, &stop, &e);
	if (ret == 0)
		ret = flush_output(&e);
	if (ret < 0)
		report_error(&r, "bootpin", &e);
	ret = tell_result(&json, &r, &o, ret, &e);
	log_free(&log);
	options_free(&o);
	config_close(&config);
	return ret < 0 ? err_exit_status(&e) : 0;
}
