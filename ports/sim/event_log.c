/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "ports/sim/event_log.h"

#ifdef HAVE_JANSSON

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct event_log {
	FILE *file;
	char *path;
	int sys;			/* errno of the first failure */
};

struct event_log *event_log_open(const char *path, struct err *e)
{
	struct event_log *log = calloc(1, sizeof(*log));

	if (log)
		log->path = strdup(path);
	if (!log || !log->path) {
		err_set(e, ERR_OTHER, "out of memory");
		goto fail;
	}
	log->file = fopen(path, "we");
	if (!log->file) {
		err_sys(e, ERR_OTHER, errno, "cannot create '%s'", path);
		goto fail;
	}
	return log;
fail:
	if (log)
		free(log->path);
	free(log);
	return NULL;
}

/* Functions of jansson accept NULL for a value that could not be made, and then fail themselves. */
static json_t *event_pages(const struct rom_event *ev)
{
	json_t *pages = json_array();
	uint32_t i;

	for (i = 0; i < ev->page_count; i++)
		json_array_append_new(pages, json_integer(ev->pages[i]));
	return pages;
}

static json_t *event_object(const struct rom_event *ev)
{
	json_t *o = json_object();

	json_object_set_new(o, "start_ns", json_integer(ev->start));
	json_object_set_new(o, "end_ns", json_integer(ev->end));
	json_object_set_new(o, "command", json_string(ev->command));
	if (ev->addr || ev->len)
		json_object_set_new(o, "addr", json_integer(ev->addr));
	if (ev->len)
		json_object_set_new(o, "len", json_integer(ev->len));
	if (ev->pages)
		json_object_set_new(o, "pages", event_pages(ev));
	json_object_set_new(o, "outcome", json_string(ev->outcome));
	if (ev->detail)
		json_object_set_new(o, "detail", json_string(ev->detail));
	return o;
}

void event_log_add(void *arg, const struct rom_event *ev)
{
	struct event_log *log = arg;
	json_t *o = event_object(ev);

	errno = ENOMEM;			/* not set by jansson */
	if (json_dumpf(o, log->file, JSON_COMPACT) < 0 || putc('\n', log->file) == EOF ||
	    fflush(log->file) == EOF)
		log->sys = log->sys ? log->sys : errno;
	json_decref(o);
}

int event_log_close(struct event_log *log, struct err *e)
{
	int ret = 0;

	if (!log)
		return 0;
	if (fclose(log->file) == EOF && !log->sys)
		log->sys = errno;
	if (log->sys)
		ret = err_sys(e, ERR_OTHER, log->sys, "cannot write '%s'", log->path);
	free(log->path);
	free(log);
	return ret;
}

#else

struct event_log *event_log_open(const char *path, struct err *e)
{
	err_set(e, ERR_USAGE, "cannot log to '%s': built without jansson", path);
	return NULL;
}

void event_log_add(void *log, const struct rom_event *ev)
{
	(void)log;
	(void)ev;
}

int event_log_close(struct event_log *log, struct err *e)
{
	(void)log;
	(void)e;
	return 0;
}

#endif
