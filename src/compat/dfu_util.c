/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "compat/dfu_util.h"
#include "compat/dfu_util_job.h"

#define LOOK_EVERY 100		/* milliseconds, with -w */
/* A device is there before udev has given its node to its group: so many looks more. */
#define LOOKS_MORE 20
#define SEVERAL "More than one DFU capable USB device found! Try `--list' and specify the serial number " \
		"or disconnect all but one device"

/* The version that scripts look for, and whose program it is. */
static void print_version(FILE *out)
{
	fprintf(out, "dfu-util 0.11\n\n%s under the name of dfu-util\n\n", PACKAGE_STRING);
}

static int fail(struct dfu_report *d, const struct err *e)
{
	report_error(&d->r, "dfu-util", e);
	return dfu_exit_status(e);
}

/* ---- the device ---- */

static int look(struct dfu_boards *list, const struct dfu_command *c, const struct compat_tools *t,
		FILE *err, struct dfu_choice *choice, struct err *e)
{
	if (dfu_boards_find(list, c, t->kinds, err, e) < 0)
		return -1;
	*choice = dfu_boards_choose(list, c);
	return 0;
}

/* Is it not there yet, or cannot be opened yet? */
static bool is_awaited(const struct dfu_choice *choice, int *more)
{
	return !choice->settings || (choice->board->closed && (*more)-- > 0);
}

/* With -w until one is there, or a signal. */
static int find(struct dfu_boards *list, const struct dfu_command *c, const struct compat_tools *t,
		struct dfu_report *d, struct dfu_choice *choice, struct err *e)
{
	int ret = look(list, c, t, d->r.err, choice, e);

	if (ret < 0 || !c->wait || choice->settings)
		return ret;
	if (stop_catch(t->stop, e) < 0)
		return -1;
	for (int more = LOOKS_MORE; ret == 0 && is_awaited(choice, &more);) {
		struct pollfd wake = { .fd = t->stop->wake[0], .events = POLLIN };

		poll(&wake, 1, LOOK_EVERY);
		ret = stop_check(t->stop, e);
		if (ret == 0)
			ret = look(list, c, t, NULL, choice, e);
	}
	return ret;
}

/* One setting of one device is meant; a DfuSe file says itself which of a device's. */
static int check_choice(struct dfu_report *d, const struct dfu_job *j, const struct dfu_choice *choice)
{
	bool itself = dfu_job_is_dfuse(j) && choice->boards == 1;
	char why[256];

	if (!choice->settings) {
		dfu_report_error(d, "No DFU capable USB device available");
		return DFU_IO;
	}
	if (itself)
		fprintf(d->r.out, "Multiple alternate interfaces for DfuSe file\n");
	if (choice->settings > 1 && !itself) {
		dfu_report_error(d, SEVERAL);
		return DFU_IO;
	}
	if (dfu_board_is_usable(choice->board, why, sizeof(why)))
		return DFU_OK;
	dfu_report_error(d, "%s", why);
	return DFU_IO;
}

/* ---- modes ---- */

static int list_devices(struct dfu_boards *list, const struct dfu_command *c, struct dfu_report *d,
			const struct compat_tools *t)
{
	struct err e = ERR_INIT;

	if (dfu_boards_find(list, c, t->kinds, d->r.err, &e) < 0)
		return fail(d, &e);
	dfu_boards_print(list, c, d->r.out);
	return DFU_OK;
}

/* Tells the IDs in the suffix of a file, where -d says nothing. */
static void tell_ids(const struct dfu_job *j, const struct dfu_command *c, FILE *out)
{
	const struct dfu_ids *ids = &j->job.ids;

	if (j->job.has_ids && ids->vid != DFU_ANY_ID && c->runtime.vid == DFU_MATCH_ANY)
		fprintf(out, "Match vendor ID from file: %04x\n", ids->vid);
	if (j->job.has_ids && ids->pid != DFU_ANY_ID && c->runtime.pid == DFU_MATCH_ANY)
		fprintf(out, "Match product ID from file: %04x\n", ids->pid);
}

/* A device in DFU mode is where -e leads to. */
static int detach(struct dfu_report *d)
{
	dfu_report_error(d, "can't detach: the device is in DFU mode already");
	return DFU_OK;
}

static int work(struct dfu_boards *list, const struct dfu_command *c, struct dfu_report *d,
		const struct compat_tools *t)
{
	struct dfu_choice choice = { 0 };
	struct err e = ERR_INIT;
	struct dfu_job j;
	int ret = dfu_job_prepare(&j, c, d, t);

	if (ret == DFU_OK) {
		tell_ids(&j, c, d->r.out);
		if (c->wait)
			fprintf(d->r.out, "Waiting for device, exit with ctrl-C\n");
		fflush(d->r.out);
		ret = find(list, c, t, d, &choice, &e) < 0 ? fail(d, &e)
							   : check_choice(d, &j, &choice);
	}
	if (ret == DFU_OK)
		ret = c->mode == DFU_DETACH ? detach(d) : dfu_job_run(&j, &choice, t);
	dfu_job_free(&j);
	return ret;
}

static int ask_for_mode(void)
{
	fprintf(stderr, "You need to specify one of -D or -U\n");
	dfu_options_help(stderr);
	return DFU_USAGE;
}

static int run(const struct dfu_command *c, const struct compat_tools *t)
{
	struct dfu_boards *list = malloc(sizeof(*list));
	struct dfu_report d;
	int ret;

	dfu_report_init(&d, stdout, stderr, c->verbosity);
	if (!list) {
		dfu_report_error(&d, "out of memory");
		return DFU_SOFTWARE;
	}
	stop_ignore_writes();
	ret = c->mode == DFU_LIST ? list_devices(list, c, &d, t) : work(list, c, &d, t);
	free(list);
	return ret;
}

/* A list that was cut off must not pass for a whole one. */
static int flush_output(int ret)
{
	if (!fflush(stdout) && !ferror(stdout))
		return ret;
	fprintf(stderr, "dfu-util: cannot write to standard output\n");
	return ret == DFU_OK ? DFU_IO : ret;
}

int dfu_util_run(int argc, char **argv, const struct compat_tools *t)
{
	struct dfu_command c;
	int ret = dfu_options_parse(&c, argc, argv, stderr);

	if (ret != DFU_OK)
		return ret;
	if (c.mode == DFU_HELP) {
		dfu_options_help(stderr);
		return DFU_OK;
	}
	print_version(stdout);
	if (c.mode == DFU_NOTHING && !c.where.given)
		ret = ask_for_mode();
	else if (c.mode != DFU_VERSION)
		ret = run(&c, t);
	return flush_output(ret);
}
