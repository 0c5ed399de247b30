/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/lists.h"
#include "cli/options.h"
#include "lib/bootpin.h"
#include "lib/listen.h"
#include "lib/watch.h"
#include "parsers/table.h"
#include "ports/table.h"
#include "steps/perform.h"

#define NO_MEMORY "out of memory"

struct bootpin_job {
	char *port;			/* NULL: none */
	char **options;			/* as words of a command line: "--baud=9600" */
	size_t option_count;
	struct blob *blobs;		/* with names and bytes of the job's own */
	size_t blob_count;
	bool reads;			/* into memory */
	unsigned int limit;		/* milliseconds; 0: none */

	bootpin_event_fn fn;		/* NULL: nobody listens */
	void *arg;			/* its */
	struct listener listener;
	struct report report;
	struct stop stop;
	bool runs;			/* what is called meanwhile comes from a callback */
	bool unwanted;			/* it was freed by one */

	struct err err;			/* of the last call */
	struct err outcome;		/* of the last run */
	bool has_result;
	struct record result;
	struct outbuf memory;
};

/* ---- jobs ---- */

const char *bootpin_version(void)
{
	return PACKAGE_VERSION;
}

bootpin_job *bootpin_job_new(const char *port)
{
	struct bootpin_job *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	job->stop = (struct stop)STOP_INIT;
	job->port = port ? strdup(port) : NULL;
	if ((port && !job->port) || stop_open(&job->stop, NULL) < 0) {
		bootpin_job_free(job);
		return NULL;
	}
	return job;
}

static void free_blob(struct blob *b)
{
	free((char *)b->name);
	free((uint8_t *)b->data);
}

void bootpin_job_free(bootpin_job *job)
{
	if (!job)
		return;
	if (job->runs) {
		job->unwanted = true;
		bootpin_job_cancel(job);
		return;
	}
	for (size_t i = 0; i < job->option_count; i++)
		free(job->options[i]);
	for (size_t i = 0; i < job->blob_count; i++)
		free_blob(&job->blobs[i]);
	free(job->options);
	free(job->blobs);
	free(job->memory.data);
	free(job->port);
	stop_close(&job->stop);
	free(job);
}

/* Begins a call that changes the job. Returns whether it may. */
static bool enter(struct bootpin_job *job)
{
	if (!job)
		return false;
	if (job->runs) {
		err_set(&job->err, ERR_USAGE, "the job is running");
		return false;
	}
	job->err = ERR_INIT;
	return true;
}

/* What a call returns. */
static int status_of(int ret, const struct err *e)
{
	return ret < 0 ? err_exit_status(e) : 0;
}

/* ---- what it is to do ---- */

/* The job's options, and @port (NULL: none), as a command line. To be freed; NULL with @e set. */
static char **make_words(const struct bootpin_job *job, char *port, struct err *e)
{
	static char no_more[] = "--";
	char **words = calloc(job->option_count + 3, sizeof(*words));

	if (!words) {
		err_set(e, ERR_OTHER, NO_MEMORY);
		return NULL;
	}
	for (size_t i = 0; i < job->option_count; i++)
		words[i] = job->options[i];
	if (port) {
		words[job->option_count] = no_more;
		words[job->option_count + 1] = port;
	}
	return words;
}

/* Its streams are the program's, and nothing is waited for that could keep it. */
static int check_output(const char *option, const char *file, struct err *e)
{
	struct stat st;

	if (!file)
		return 0;
	if (strcmp(file, "-") == 0)
		return err_set(e, ERR_USAGE, "'%s -': the library leaves standard output alone", option);
	if (stat(file, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(e, ERR_USAGE, "%s '%s': is no regular file", option, file);
	return 0;
}

static int check_outputs(const struct bootpin_job *job, const struct request *o, struct err *e)
{
	if (o->json)
		return err_set(e, ERR_USAGE, "'--json' is the program's: here events go to a callback");
	if (o->loop)
		return err_set(e, ERR_USAGE, "'--loop' is the program's: here each board is a run");
	if (o->log)
		return err_set(e, ERR_USAGE, "'--log' is the program's: here a run's result says the same");
	if (job->reads && o->read_file)
		return err_set(e, ERR_USAGE, "'--read' is into a file already");
	if (o->preserve && !o->preserve_file)
		return err_set(e, ERR_USAGE, "'--preserve' needs a file here: its own name is one for all jobs of a process");
	if (check_output("--read", o->read_file, e) < 0 || check_output("--trace", o->trace, e) < 0 ||
	    check_output("--memory-map", o->map_file, e) < 0)
		return -1;
	return check_output("--preserve", o->preserve_file, e);
}

/* Makes @o of all that the job was told. options_free is due in any case. */
static int make_request(struct bootpin_job *job, char *port, struct request *o, struct err *e)
{
	char **words = make_words(job, port, e);
	int ret;

	*o = (struct request){ .port = NULL };
	if (!words)
		return -1;
	ret = options_take(o, words, e);
	free(words);
	if (ret < 0 || (job->blob_count && options_set_action(o, ACT_WRITE, e) < 0) ||
	    (job->reads && options_set_action(o, ACT_READ, e) < 0))
		return -1;
	o->blobs = job->blobs;
	o->blob_count = job->blob_count;
	o->read_memory = job->reads ? &job->memory : NULL;
	o->regular_only = true;
	return check_outputs(job, o, e);
}

/*
 * Whether what the job was told last fits to what it was told before. Nothing is behind it that it could
 * take for its argument.
 */
static int try_request(struct bootpin_job *job)
{
	struct request o;
	int ret = make_request(job, NULL, &o, &job->err);

	options_free(&o);
	return ret;
}

/* Takes @word, which is then the job's, or freed; NULL: there was no memory for it. */
static int add_word(struct bootpin_job *job, char *word)
{
	char **more = realloc(job->options, (job->option_count + 1) * sizeof(*more));

	if (more)
		job->options = more;
	if (!word || !more) {
		free(word);
		return err_set(&job->err, ERR_OTHER, NO_MEMORY);
	}
	more[job->option_count++] = word;
	if (try_request(job) == 0)
		return 0;
	free(job->options[--job->option_count]);
	return -1;
}

static int set_option(struct bootpin_job *job, const char *option, const char *value)
{
	char *word;

	if (!option || !option[0] || strchr(option, '='))
		return err_set(&job->err, ERR_USAGE, "'%s' is no name of an option", option ? option : "");
	if (asprintf(&word, "--%s%s%s", option, value ? "=" : "", value ? value : "") < 0)
		word = NULL;
	return add_word(job, word);
}

int bootpin_job_set(bootpin_job *job, const char *option, const char *value)
{
	if (!enter(job))
		return BOOTPIN_USAGE;
	return status_of(set_option(job, option, value), &job->err);
}

int bootpin_job_add_file(bootpin_job *job, const char *file)
{
	return bootpin_job_set(job, "write", file);
}

/* A copy of the bytes, with a name for messages. */
static int copy_blob(struct blob *b, uint32_t addr, const void *data, size_t len)
{
	char *name;
	void *copy = malloc(len);

	if (asprintf(&name, "bytes at 0x%08x", (unsigned int)addr) < 0)
		name = NULL;
	*b = (struct blob){ .name = name, .addr = addr, .data = copy, .len = len };
	if (name && copy) {
		memcpy(copy, data, len);
		return 0;
	}
	free_blob(b);
	return -1;
}

static int add_blob(struct bootpin_job *job, uint32_t addr, const void *data, size_t len)
{
	struct blob *more;

	if (!data || !len)
		return err_set(&job->err, ERR_USAGE, "no bytes for 0x%08x", (unsigned int)addr);
	more = realloc(job->blobs, (job->blob_count + 1) * sizeof(*more));
	if (more)
		job->blobs = more;
	if (!more || copy_blob(&more[job->blob_count], addr, data, len) < 0)
		return err_set(&job->err, ERR_OTHER, NO_MEMORY);
	job->blob_count++;
	if (try_request(job) == 0)
		return 0;
	free_blob(&job->blobs[--job->blob_count]);
	return -1;
}

int bootpin_job_add_bytes(bootpin_job *job, uint32_t addr, const void *data, size_t len)
{
	if (!enter(job))
		return BOOTPIN_USAGE;
	return status_of(add_blob(job, addr, data, len), &job->err);
}

static int read_range(struct bootpin_job *job, uint32_t addr, size_t len)
{
	char range[48];

	if (job->reads)
		return err_set(&job->err, ERR_USAGE, "memory can be read only once");
	job->reads = true;
	snprintf(range, sizeof(range), len ? "0x%08x:%zu" : "0x%08x", (unsigned int)addr, len);
	if ((addr || len ? set_option(job, "range", range) : try_request(job)) == 0)
		return 0;
	job->reads = false;
	return -1;
}

int bootpin_job_read(bootpin_job *job, uint32_t addr, size_t len)
{
	if (!enter(job))
		return BOOTPIN_USAGE;
	return status_of(read_range(job, addr, len), &job->err);
}

int bootpin_job_timeout(bootpin_job *job, unsigned int milliseconds)
{
	if (!enter(job))
		return BOOTPIN_USAGE;
	job->limit = milliseconds;
	return BOOTPIN_OK;
}

int bootpin_job_on_event(bootpin_job *job, bootpin_event_fn fn, void *arg)
{
	if (!enter(job))
		return BOOTPIN_USAGE;
	job->fn = fn;
	job->arg = arg;
	return BOOTPIN_OK;
}

/* ---- its run ---- */

static int perform_in_time(struct bootpin_job *job, const struct request *o, struct err *e)
{
	struct watch watch;
	int ret;

	if (watch_begin(&watch, job->limit, &job->stop, e) < 0)
		return -1;
	ret = perform(o, parser_table, port_kinds, &job->report, &job->stop, e);
	watch_end(&watch);
	return ret;
}

static int run(struct bootpin_job *job, struct err *e)
{
	struct request o;
	int ret = make_request(job, job->port, &o, e);

	if (ret == 0)
		ret = options_settle(&o, port_kinds, e);
	if (ret == 0)
		ret = stop_check(&job->stop, e);
	listen_begin(&job->report, &job->listener, o.verbosity);
	if (ret == 0)
		report_event(&job->report, EV_JOB, options_action_word(o.action), o.dry_run,
			     PACKAGE_VERSION);
	if (ret == 0 && !lists_print(&job->report, o.action, parser_table, PACKAGE_NAME))
		ret = perform_in_time(job, &o, e);
	options_free(&o);
	return ret;
}

/* An event is a record: its type is the caller's word for one. */
static void pass_on(void *arg, const struct record *rec)
{
	const struct bootpin_job *job = arg;

	if (job->fn)
		job->fn(job->arg, (const bootpin_event *)rec);
}

/* What an earlier run left. */
static void forget_run(struct bootpin_job *job)
{
	free(job->memory.data);
	job->memory = (struct outbuf){ .data = NULL };
	job->outcome = ERR_INIT;
	job->has_result = false;
	job->listener = (struct listener){ .tell = pass_on, .arg = job, .port = job->port };
}

static int finish_run(struct bootpin_job *job, int ret)
{
	struct err *e = &job->outcome;
	int status = status_of(ret, e);

	if (ret < 0) {
		job->memory.len = 0;
		report_error(&job->report, PACKAGE_NAME, e);
	} else {
		*e = ERR_INIT;	/* it may hold what was got over on the way */
	}
	listen_end(&job->report, e, &job->result);
	job->has_result = true;
	job->err = *e;
	stop_reset(&job->stop);
	job->runs = false;
	if (job->unwanted)
		bootpin_job_free(job);
	return status;
}

int bootpin_job_run(bootpin_job *job)
{
	if (!enter(job))
		return BOOTPIN_USAGE;
	forget_run(job);
	job->runs = true;
	return finish_run(job, run(job, &job->outcome));
}

void bootpin_job_cancel(bootpin_job *job)
{
	if (job)
		stop_raise(&job->stop, STOP_CANCELLED);
}

/* ---- what came of it ---- */

const char *bootpin_job_error(const bootpin_job *job)
{
	return job ? job->err.msg : "no job";
}

const bootpin_event *bootpin_job_result(const bootpin_job *job)
{
	return job && job->has_result ? (const bootpin_event *)&job->result : NULL;
}

const void *bootpin_job_data(const bootpin_job *job, size_t *len)
{
	size_t there = job && !job->runs ? job->memory.len : 0;

	if (len)
		*len = there;
	return there ? job->memory.data : NULL;
}

/* ---- events ---- */

/* The field of that name; NULL: there is none. */
static const struct field *field_of(const bootpin_event *event, const char *key)
{
	return event && key ? record_field((const struct record *)event, key) : NULL;
}

const char *bootpin_event_name(const bootpin_event *event)
{
	const char *name = bootpin_event_text(event, "name");

	return name ? name : "";
}

const char *bootpin_event_key(const bootpin_event *event, size_t index)
{
	const struct record *rec = (const struct record *)event;

	return rec && index < rec->count ? rec->field[index].key : NULL;
}

int bootpin_event_type(const bootpin_event *event, const char *key)
{
	static const int types[] = {
		[FIELD_NULL] = BOOTPIN_NULL,
		[FIELD_TEXT] = BOOTPIN_TEXT,
		[FIELD_NUMBER] = BOOTPIN_NUMBER,
		[FIELD_FLAG] = BOOTPIN_FLAG,
		[FIELD_TIME] = BOOTPIN_MILLISECONDS,
	};
	const struct field *f = field_of(event, key);

	return f ? types[f->type] : BOOTPIN_NULL;
}

const char *bootpin_event_text(const bootpin_event *event, const char *key)
{
	const struct field *f = field_of(event, key);

	return f && f->type == FIELD_TEXT ? f->text : NULL;
}

int64_t bootpin_event_number(const bootpin_event *event, const char *key)
{
	const struct field *f = field_of(event, key);

	return f && f->type != FIELD_TEXT ? f->number : 0;
}
