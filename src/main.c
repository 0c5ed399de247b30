/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From argv to exit status.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/stop.h"
#include "chip/device.h"
#include "cli/options.h"
#include "job/job.h"
#include "parsers/table.h"
#include "pins/wiring.h"
#include "ports/table.h"
#include "report/report.h"
#include "steps/dry_run.h"
#include "steps/run.h"

static void list_chips(void)
{
	for (size_t i = 0; i < device_count; i++) {
		const struct device *d = &device_table[i];
		const char *note = d->flags & DEV_INVENTED ? " (invented)" :
				   d->flags & DEV_CLONE ? " (clone, never looked up)" :
				   d->flags & DEV_IDENTIFY_ONLY ? " (identify only)" : "";

		printf("0x%03x  %-5s  %5u KiB  %s%s\n", d->pid, d->family, d->flash_kb, d->parts,
		       note);
	}
}

static void list_formats(void)
{
	for (size_t i = 0; parser_table[i]; i++)
		printf("%-8s  %-12s  %s%s\n", parser_table[i]->name, parser_table[i]->suffixes,
		       parser_table[i]->title, parser_table[i]->load ? "" : " (recognised and refused)");
}

static void list_wirings(void)
{
	const struct wiring *w;

	for (size_t i = 0; (w = wiring_at(i)); i++)
		printf("%-16s  %s\n", w->name, w->what);
}

/* Help, version, lists. Returns true if that was all. */
static bool inform(const struct request *o, const char *argv0)
{
	switch (o->action) {
	case ACT_HELP:
		options_help(stdout, argv0);
		return true;
	case ACT_VERSION:
		puts(PACKAGE_STRING);
		return true;
	case ACT_LIST_CHIPS:
		list_chips();
		return true;
	case ACT_LIST_FORMATS:
		list_formats();
		return true;
	case ACT_LIST_WIRINGS:
		list_wirings();
		return true;
	default:
		return false;
	}
}

/* It opens and replaces whatever its caller names: with another's rights that is another's. */
static int check_rights(struct err *e)
{
	if (!getauxval(AT_SECURE))
		return 0;
	return err_set(e, ERR_OTHER, "must not run set-user-ID or with file capabilities");
}

static int run(const struct request *o, struct report *r, struct stop *stop, struct err *e)
{
	struct job job;
	int ret;

	if (check_rights(e) < 0)
		return -1;
	stop_ignore_writes();
	ret = job_prepare(&job, o, parser_table, r, e);
	if (ret == 0 && o->dry_run)
		ret = dry_run(&job, r, e);
	else if (ret == 0)
		ret = run_job(&job, port_kinds, r, stop, e);
	job_free(&job);
	return ret;
}

/* What was printed must have got somewhere. */
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

int main(int argc, char **argv)
{
	static struct stop stop = STOP_INIT;
	struct err e = ERR_INIT;
	struct request o;
	struct report r;
	int ret;

	occupy_standard_streams();
	ret = options_parse(&o, port_kinds, argc, argv, &e);
	report_init(&r, stdout, stderr, ret == 0 ? o.verbosity : 0, ret == 0 && o.progress);
	if (ret == 0 && !inform(&o, argv[0]))
		ret = run(&o, &r, &stop, &e);
	if (ret == 0)
		ret = flush_output(&e);
	if (ret < 0) {
		report_error(&r, "bootpin", &e);
		if (e.code == ERR_USAGE)
			fputs("try 'bootpin --help'\n", stderr);
	}
	options_free(&o);
	return ret < 0 ? err_exit_status(&e) : 0;
}
