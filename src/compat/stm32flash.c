/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "compat/stm32flash.h"
#include "compat/stm32flash_line.h"
#include "compat/stm32flash_text.h"
#include "job/job.h"
#include "steps/run.h"

/* stm32flash takes these for a device that it cannot handle; bootpin would do something with them. */
static int check_port(const struct request *o, struct err *e)
{
	if (o->wire == WIRE_USB)
		return err_set(e, ERR_OPEN, "stm32flash knows no USB; bootpin and dfu-util do");
	if (o->wire == WIRE_I2C && !stm32flash_address_fits(o))
		return err_set(e, ERR_OPEN, "I2C needs the chip's address: -a ADDR");
	return 0;
}

/* A name that has @ADDR behind it is a name like any other. */
static int check_file(const struct stm32flash_line *l, struct err *e)
{
	const char *name = l->file[0];

	if (!name || !strcmp(name, "-") || access(name, F_OK) == 0)
		return 0;
	return err_sys(e, ERR_IMAGE, errno, "cannot open '%s'", name);
}

/* Raw bytes, whatever the file's name ends in. */
static int prepare(struct job *job, const struct stm32flash_line *l, const struct compat_tools *t,
		   struct report *r, struct err *e)
{
	int ret = job_prepare(job, &l->req, t->parsers, r, NULL, e);

	job->save_as = NULL;
	return ret;
}

static int run(struct stm32flash_text *x, const struct stm32flash_line *l,
	       const struct compat_tools *t, struct err *e)
{
	struct job job;
	int ret;

	if (check_file(l, e) < 0)
		return -1;
	ret = prepare(&job, l, t, &x->r, e);
	if (ret == 0) {
		stm32flash_text_image(x, &job);
		ret = check_port(&l->req, e);
	}
	if (ret == 0)
		ret = run_job(&job, t->kinds, &x->r, t->stop, e);
	job_free(&job);
	x->job = NULL;
	return ret;
}

/* Ctrl-C ends it as in stm32flash; other signals would have killed that. */
static int status_of(int ret, const struct err *e)
{
	if (ret == 0)
		return 0;
	return e->code == ERR_SIGNAL && e->sys != SIGINT ? err_exit_status(e) : 1;
}

int stm32flash_run(int argc, char **argv, const struct compat_tools *t)
{
	struct stm32flash_line l = { 0 };
	struct stm32flash_text x;
	struct err e = ERR_INIT;
	enum stm32flash_goes goes = stm32flash_parse(&l, argc, argv, t->kinds, stdout, stderr);
	int ret;

	if (goes != STM32FLASH_RUNS)
		return goes == STM32FLASH_FAILS;
	stop_ignore_writes();
	stm32flash_text_begin(&x, &l, stdout, stderr);
	ret = run(&x, &l, t, &e);
	if (ret < 0)
		report_error(&x.r, "stm32flash", &e);
	if (stm32flash_text_end(&x) < 0)
		ret = -1;
	return status_of(ret, &e);
}
