/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libbootpin as a program meets it: linked against the shared library, so that nothing but what it
 * shows is called. Chips are simulated ones.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/bootpin.h"
#include "tests/lib/quiet_check.h"

#define FLASH 0x08000000u
#define LAST_SIGNAL 64

static char folder[] = "/tmp/bootpin-library-XXXXXX";

/* ---- help ---- */

/* A file of the test's own folder, by one of a few names at a time. */
static const char *path(const char *name)
{
	static char text[4][400];
	static unsigned int turn;
	char *to = text[turn++ % 4];

	snprintf(to, sizeof(text[0]), "%s/%s", folder, name);
	return to;
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(path(name), "w");

	ck_assert(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static bootpin_job *make_job(const char *port)
{
	bootpin_job *job = bootpin_job_new(port);

	ck_assert(job != NULL);
	return job;
}

/* A terminal at whose far end nobody answers. */
struct silent {
	int far;
	char port[64];
};

static void make_silent(struct silent *s)
{
	s->far = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert(s->far >= 0 && grantpt(s->far) == 0 && unlockpt(s->far) == 0);
	ck_assert_int_eq(ptsname_r(s->far, s->port, sizeof(s->port)), 0);
}

/* A job on it that waits longer than any test may take. */
static bootpin_job *make_endless(struct silent *s)
{
	bootpin_job *job;

	make_silent(s);
	job = make_job(s->port);
	ck_assert_int_eq(bootpin_job_set(job, "wait", "3600"), 0);
	return job;
}

static void expect_run(bootpin_job *job, int status, const char *error)
{
	int ret = bootpin_job_run(job);

	ck_assert_msg(ret == status && strstr(bootpin_job_error(job), error),
		      "ended with %d: '%s'", ret, bootpin_job_error(job));
}

static const char *result_text(const bootpin_job *job, const char *key)
{
	const char *text = bootpin_event_text(bootpin_job_result(job), key);

	return text ? text : "(none)";
}

static int64_t result_number(const bootpin_job *job, const char *key)
{
	return bootpin_event_number(bootpin_job_result(job), key);
}

/* What a callback has heard, and does. */
struct heard {
	bootpin_job *job;
	unsigned int count;
	char first[32], last[32];
	const char *at;			/* the event that something is done at; NULL: the first */
	void (*act)(struct heard *h);
	bool acted;
	pthread_t thread;		/* cancel_in_thread's */
};

static void hear(void *arg, const bootpin_event *event)
{
	struct heard *h = arg;
	const char *name = bootpin_event_name(event);

	snprintf(h->count++ ? h->last : h->first, sizeof(h->last), "%s", name);
	ck_assert(bootpin_event_text(event, "event") != NULL);
	ck_assert_str_eq(bootpin_event_key(event, 0), "event");
	if (h->act && !h->acted && (!h->at || !strcmp(name, h->at))) {
		h->acted = true;
		h->act(h);
	}
}

static void cancel(struct heard *h)
{
	bootpin_job_cancel(h->job);
}

/* ---- jobs ---- */

START_TEST(a_job_without_options_identifies_the_chip)
{
	bootpin_job *job = make_job("sim:f103");

	ck_assert(bootpin_job_result(job) == NULL);
	expect_run(job, BOOTPIN_OK, "");
	ck_assert_str_eq(result_text(job, "chip"), "STM32F101x8/F102x8/F103x8 (0x410)");
	ck_assert_int_eq(result_number(job, "product_id"), 0x410);
	ck_assert_int_eq(result_number(job, "flash_kb"), 64);
	ck_assert_int_eq(bootpin_event_type(bootpin_job_result(job), "error"), BOOTPIN_NULL);
	ck_assert_int_eq(bootpin_event_type(bootpin_job_result(job), "read_protected"), BOOTPIN_FLAG);
	ck_assert_int_eq(bootpin_event_type(bootpin_job_result(job), "seconds"), BOOTPIN_MILLISECONDS);
	bootpin_job_free(job);
}
END_TEST

START_TEST(files_and_bytes_are_written_and_read_back)
{
	static const char bytes[] = "a serial number", at_4k[] = "and a calibration";
	char port[160];
	size_t len = 1;
	bootpin_job *job;

	snprintf(port, sizeof(port), "sim:f103,flash=%s", path("flash"));
	write_file("app.bin", "an application");
	job = make_job(port);
	ck_assert_int_eq(bootpin_job_add_file(job, path("app.bin@0x08002000")), 0);
	ck_assert_int_eq(bootpin_job_add_bytes(job, FLASH + 0x800, bytes, sizeof(bytes)), 0);
	ck_assert_int_eq(bootpin_job_add_bytes(job, FLASH + 0x1000, at_4k, sizeof(at_4k)), 0);
	expect_run(job, BOOTPIN_OK, "");
	ck_assert_int_eq(result_number(job, "bytes"), 14 + sizeof(bytes) + sizeof(at_4k));
	ck_assert_str_eq(result_text(job, "verified_by"), "reading");
	ck_assert(bootpin_job_data(job, &len) == NULL && len == 0);
	bootpin_job_free(job);

	job = make_job(port);
	ck_assert_int_eq(bootpin_job_read(job, FLASH + 0x800, 0x1810), 0);
	expect_run(job, BOOTPIN_OK, "");
	ck_assert(bootpin_job_data(job, &len) != NULL);
	ck_assert_uint_eq(len, 0x1810);
	ck_assert_str_eq(bootpin_job_data(job, NULL), bytes);
	ck_assert_str_eq((const char *)bootpin_job_data(job, NULL) + 0x800, at_4k);
	ck_assert_mem_eq((const char *)bootpin_job_data(job, NULL) + 0x1800, "an application", 14);
	bootpin_job_free(job);
}
END_TEST

START_TEST(all_flash_is_read_where_no_range_is_given)
{
	bootpin_job *job = make_job("sim:f103");
	size_t len;

	ck_assert_int_eq(bootpin_job_read(job, 0, 0), 0);
	expect_run(job, BOOTPIN_OK, "");
	ck_assert(bootpin_job_data(job, &len) && len == 64 * 1024);
	bootpin_job_free(job);
}
END_TEST

START_TEST(what_a_failed_read_got_is_not_handed_out)
{
	bootpin_job *job = make_job("sim:f103,rdp=1");
	size_t len;

	ck_assert_int_eq(bootpin_job_read(job, FLASH, 64), 0);
	expect_run(job, BOOTPIN_PROTECTED, "read-protected");
	ck_assert(bootpin_job_data(job, &len) == NULL && len == 0);
	ck_assert_str_eq(result_text(job, "error"), "protected");
	bootpin_job_free(job);
}
END_TEST

START_TEST(what_a_cancelled_read_got_is_not_handed_out)
{
	bootpin_job *job = make_job("sim:f103");
	struct heard h = { .job = job, .act = cancel, .at = "progress" };

	ck_assert_int_eq(bootpin_job_read(job, 0, 0), 0);
	ck_assert_int_eq(bootpin_job_on_event(job, hear, &h), 0);
	expect_run(job, BOOTPIN_CANCELLED, "cancelled");
	ck_assert(h.acted && bootpin_job_data(job, NULL) == NULL);
	bootpin_job_free(job);
}
END_TEST

START_TEST(an_error_has_status_class_text_and_place)
{
	bootpin_job *job = make_job("sim:f103");

	write_file("bad.hex", ":00000001FF\n:zz\n");
	write_file("bad2.hex", ":0400000000000000FC\n:zz\n");
	ck_assert_int_eq(bootpin_job_add_file(job, path("bad2.hex")), 0);
	expect_run(job, BOOTPIN_IMAGE, "bad2.hex:2");
	ck_assert_str_eq(result_text(job, "error"), "image");
	ck_assert_str_eq(result_text(job, "message"), bootpin_job_error(job));
	ck_assert_int_eq(result_number(job, "line"), 2);
	ck_assert_int_eq(result_number(job, "exit"), BOOTPIN_IMAGE);
	bootpin_job_free(job);

	job = make_job("sim:f103,fill=pattern");
	ck_assert_int_eq(bootpin_job_set(job, "blank-check", NULL), 0);
	expect_run(job, BOOTPIN_VERIFY, "0x08000000");
	ck_assert_int_eq(result_number(job, "address"), FLASH);
	bootpin_job_free(job);
}
END_TEST

START_TEST(a_job_can_be_run_again)
{
	bootpin_job *job = make_job("sim:f103");

	ck_assert_int_eq(bootpin_job_add_bytes(job, FLASH, "again", 5), 0);
	for (int i = 0; i < 3; i++)
		expect_run(job, BOOTPIN_OK, "");
	bootpin_job_free(job);
}
END_TEST

/* ---- options ---- */

static const struct {
	const char *option, *value, *error;
} options[] = {
	{ "baud", "9600", NULL },
	{ "erase", NULL, NULL },
	{ "range", "0x08000000:1k", NULL },
	{ "verbose", NULL, NULL },
	{ "progress", NULL, NULL },
	{ "baud", "96", "-b '96': a rate is" },
	{ "baud", NULL, "'--baud' needs an argument" },
	{ "reset", "1", "'--reset' takes no argument" },
	{ "boud", "9600", "did you mean '--baud'?" },
	{ "b", "9600", "unknown option '--b'" },
	{ "", "9600", "no name of an option" },
	{ "baud=9600", NULL, "no name of an option" },
	{ NULL, "9600", "no name of an option" },
	{ "json", NULL, "events go to a callback" },
	{ "json", "file", "events go to a callback" },
	{ "read", "-", "standard output alone" },
	{ "trace", "-", "standard output alone" },
	{ "preserve", "-", "standard output alone" },
	{ "preserve", NULL, "needs a file here" },
};

START_TEST(options_are_those_of_the_command_line)
{
	bootpin_job *job = make_job("sim:f103,fill=app");
	int ret = bootpin_job_set(job, options[_i].option, options[_i].value);
	const char *error = options[_i].error;

	ck_assert_msg(ret == (error ? BOOTPIN_USAGE : 0) &&
		      strstr(bootpin_job_error(job), error ? error : ""),
		      "%s: %d '%s'", options[_i].option, ret, bootpin_job_error(job));
	/* One that was refused is forgotten. */
	expect_run(job, BOOTPIN_OK, "");
	bootpin_job_free(job);
}
END_TEST

START_TEST(options_that_exclude_each_other_are_refused_at_once)
{
	bootpin_job *job = make_job("sim:f103");

	ck_assert_int_eq(bootpin_job_add_bytes(job, FLASH, "x", 1), 0);
	ck_assert_int_eq(bootpin_job_read(job, FLASH, 4), BOOTPIN_USAGE);
	ck_assert_int_eq(bootpin_job_set(job, "erase", NULL), BOOTPIN_USAGE);
	ck_assert_int_eq(bootpin_job_add_bytes(job, FLASH, "x", 0), BOOTPIN_USAGE);
	expect_run(job, BOOTPIN_OK, "");
	bootpin_job_free(job);

	job = make_job("sim:f103");
	ck_assert_int_eq(bootpin_job_set(job, "read", path("out")), 0);
	ck_assert_int_eq(bootpin_job_read(job, FLASH, 4), BOOTPIN_USAGE);
	ck_assert_int_eq(bootpin_job_add_bytes(job, FLASH, "x", 1), BOOTPIN_USAGE);
	bootpin_job_free(job);

	job = make_job("sim:f103");
	ck_assert_int_eq(bootpin_job_read(job, FLASH, 4), 0);
	ck_assert_int_eq(bootpin_job_read(job, FLASH, 4), BOOTPIN_USAGE);
	ck_assert_int_eq(bootpin_job_set(job, "skip-outside", NULL), 0);
	expect_run(job, BOOTPIN_USAGE, "needs '-w'");
	bootpin_job_free(job);
}
END_TEST

/* ---- events ---- */

START_TEST(events_begin_with_the_job_and_end_with_the_result)
{
	bootpin_job *job = make_job("sim:f103");
	struct heard h = { .job = job };

	ck_assert_int_eq(bootpin_job_on_event(job, hear, &h), 0);
	expect_run(job, BOOTPIN_OK, "");
	ck_assert_str_eq(h.first, "job");
	ck_assert_str_eq(h.last, "result");
	ck_assert_uint_gt(h.count, 10);
	bootpin_job_free(job);
}
END_TEST

static void count_port(void *arg, const bootpin_event *event)
{
	int *count = arg;

	*count += !strcmp(bootpin_event_name(event), "list_chip") &&
		  bootpin_event_type(event, "product_id") == BOOTPIN_NUMBER;
}

START_TEST(lists_need_no_port)
{
	bootpin_job *job = make_job(NULL);
	int count = 0;

	expect_run(job, BOOTPIN_USAGE, "PORT");
	ck_assert_int_eq(bootpin_job_set(job, "list-chips", NULL), 0);
	bootpin_job_on_event(job, count_port, &count);
	expect_run(job, BOOTPIN_OK, "");
	ck_assert_int_gt(count, 50);
	bootpin_job_free(job);
}
END_TEST

/* ---- cancelling, and time ---- */

START_TEST(a_callback_may_cancel)
{
	bootpin_job *job = make_job("sim:f103");
	struct heard h = { .job = job, .act = cancel, .at = "will_erase" };

	ck_assert_int_eq(bootpin_job_add_bytes(job, FLASH, "x", 1), 0);
	ck_assert_int_eq(bootpin_job_on_event(job, hear, &h), 0);
	expect_run(job, BOOTPIN_CANCELLED, "cancelled");
	ck_assert(h.acted);
	ck_assert_str_eq(result_text(job, "error"), "cancelled");
	ck_assert_str_eq(h.last, "result");
	/* What was cancelled stays so for one run. */
	expect_run(job, BOOTPIN_OK, "");
	bootpin_job_free(job);
}
END_TEST

START_TEST(what_is_cancelled_before_it_runs_opens_nothing)
{
	bootpin_job *job = make_job("/dev/bootpin-no-such-port");

	bootpin_job_cancel(job);
	expect_run(job, BOOTPIN_CANCELLED, "cancelled");
	expect_run(job, BOOTPIN_PORT, "No such file");
	bootpin_job_free(job);
}
END_TEST

static void *cancel_there(void *arg)
{
	bootpin_job_cancel(arg);
	return NULL;
}

static void cancel_in_thread(struct heard *h)
{
	ck_assert_int_eq(pthread_create(&h->thread, NULL, cancel_there, h->job), 0);
}

START_TEST(another_thread_ends_a_wait)
{
	struct silent s;
	bootpin_job *job = make_endless(&s);
	struct heard h = { .job = job, .act = cancel_in_thread, .at = "waiting_for_loader" };

	ck_assert_int_eq(bootpin_job_on_event(job, hear, &h), 0);
	expect_run(job, BOOTPIN_CANCELLED, "cancelled");
	ck_assert(h.acted && pthread_join(h.thread, NULL) == 0);
	bootpin_job_free(job);
	close(s.far);
}
END_TEST

static bootpin_job *of_handler;

static void cancel_by_signal(int signo)
{
	(void)signo;
	bootpin_job_cancel(of_handler);
}

static void send_signal(struct heard *h)
{
	(void)h;
	raise(SIGUSR1);
}

START_TEST(a_signal_handler_of_the_caller_may_cancel)
{
	struct silent s;
	bootpin_job *job = make_endless(&s);
	struct heard h = { .job = job, .act = send_signal, .at = "waiting_for_loader" };

	of_handler = job;
	signal(SIGUSR1, cancel_by_signal);
	bootpin_job_on_event(job, hear, &h);
	expect_run(job, BOOTPIN_CANCELLED, "cancelled");
	signal(SIGUSR1, SIG_DFL);
	bootpin_job_free(job);
	close(s.far);
}
END_TEST

START_TEST(a_run_ends_when_its_time_is_over)
{
	struct silent s;
	bootpin_job *job = make_endless(&s);

	ck_assert_int_eq(bootpin_job_timeout(job, 50), 0);
	expect_run(job, BOOTPIN_TIMED_OUT, "the time for this job is over");
	ck_assert_str_eq(result_text(job, "error"), "timeout");
	expect_run(job, BOOTPIN_TIMED_OUT, "");
	bootpin_job_free(job);
	close(s.far);
}
END_TEST

START_TEST(a_job_that_ends_in_time_is_not_disturbed)
{
	bootpin_job *job = make_job("sim:f103");

	ck_assert_int_eq(bootpin_job_timeout(job, 3600 * 1000), 0);
	expect_run(job, BOOTPIN_OK, "");
	expect_run(job, BOOTPIN_OK, "");
	bootpin_job_free(job);
}
END_TEST

START_TEST(a_pipe_in_the_place_of_a_file_is_not_waited_for)
{
	bootpin_job *job = make_job("sim:f103");

	ck_assert_int_eq(mkfifo(path("pipe"), 0600), 0);
	ck_assert_int_eq(bootpin_job_set(job, "trace", path("pipe")), BOOTPIN_USAGE);
	ck_assert_int_eq(bootpin_job_add_file(job, path("pipe@0x08000000")), 0);
	expect_run(job, BOOTPIN_IMAGE, "is no regular file");
	bootpin_job_free(job);

	job = make_job("sim:f103");
	ck_assert_int_eq(bootpin_job_add_file(job, "-@0x08000000"), 0);
	expect_run(job, BOOTPIN_IMAGE, "standard input is not read here");
	bootpin_job_free(job);
}
END_TEST

/* ---- what it must leave alone ---- */

/* A run of each kind; @visit is called from within. */
static void run_all_kinds(bootpin_event_fn visit, void *arg)
{
	static const struct { const char *port, *option, *value; } kinds[] = {
		{ "sim:f103", "verbose", NULL },
		{ "sim:f103,fill=pattern", "erase", NULL },
		{ "sim:l432", "option-bytes", NULL },
		{ "sim:f103,fill=pattern", "blank-check", NULL },
		{ "sim:f103", "list-chips", NULL },
		{ "sim:f103", "help", NULL },
		{ "sim:f103", "list-ports", NULL },
		{ "sim:f103", "crc", NULL },
		{ "sim:f103,rdp=1", "readout-unprotect", NULL },
		{ "sim:f103", "chip", "no-such-chip" },
		{ "sim:f405,bus=usb", "reset", NULL },
		{ "sim:f103,mute", NULL, NULL },
		{ "/dev/bootpin-no-such-port", NULL, NULL },
		{ NULL, NULL, NULL },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		bootpin_job *job = make_job(kinds[i].port);

		bootpin_job_on_event(job, visit, arg);
		bootpin_job_timeout(job, 3600 * 1000);
		if (kinds[i].option)
			bootpin_job_set(job, kinds[i].option, kinds[i].value);
		bootpin_job_set(job, "no-such-option", NULL);
		bootpin_job_run(job);
		bootpin_job_free(job);
	}
}

START_TEST(nothing_is_printed)
{
	int fd = open(path("printed"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int out = dup(1), err = dup(2);
	struct stat st;

	fflush(NULL);
	ck_assert(fd >= 0 && dup2(fd, 1) == 1 && dup2(fd, 2) == 2);
	run_all_kinds(NULL, NULL);
	fflush(NULL);
	dup2(out, 1);
	dup2(err, 2);
	close(out);
	close(err);
	ck_assert_int_eq(fstat(fd, &st), 0);
	close(fd);
	ck_assert_msg(st.st_size == 0, "%lld bytes were printed", (long long)st.st_size);
}
END_TEST

/* What the process does with each signal, and which this thread holds back. */
struct signals {
	struct sigaction how[LAST_SIGNAL];
	sigset_t held;
};

static void note_signals(struct signals *s)
{
	memset(s, 0, sizeof(*s));
	/* Those between are the C library's own. */
	for (int i = 1; i < LAST_SIGNAL; i++)
		if (i < 32 || i >= SIGRTMIN)
			sigaction(i, NULL, &s->how[i]);
	pthread_sigmask(SIG_SETMASK, NULL, &s->held);
}

static void compare_signals(void *arg, const bootpin_event *event)
{
	struct signals *before = arg, now;

	(void)event;
	note_signals(&now);
	for (int i = 1; i < LAST_SIGNAL; i++) {
		ck_assert_msg(now.how[i].sa_handler == before->how[i].sa_handler &&
			      now.how[i].sa_flags == before->how[i].sa_flags,
			      "signal %d is treated in another way", i);
		ck_assert_msg(sigismember(&now.held, i) == sigismember(&before->held, i),
			      "signal %d is held back", i);
	}
}

START_TEST(no_signal_is_touched)
{
	struct signals before;

	note_signals(&before);
	run_all_kinds(compare_signals, &before);
	compare_signals(&before, NULL);
}
END_TEST

static volatile sig_atomic_t came_elsewhere;

static void note_where(int signo)
{
	(void)signo;
	came_elsewhere = 1;
}

/* With this thread's own held back, a signal of the process goes to any thread that takes it. */
static void signal_process(struct heard *h)
{
	(void)h;
	kill(getpid(), SIGUSR2);
	for (int i = 0; i < 20; i++)
		sched_yield();
}

START_TEST(the_thread_of_a_time_limit_takes_no_signal)
{
	bootpin_job *job = make_job("sim:f103");
	struct heard h = { .job = job, .act = signal_process, .at = "identity" };
	sigset_t one, before;

	came_elsewhere = 0;
	signal(SIGUSR2, note_where);
	sigemptyset(&one);
	sigaddset(&one, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &one, &before);
	bootpin_job_timeout(job, 3600 * 1000);
	bootpin_job_on_event(job, hear, &h);
	expect_run(job, BOOTPIN_OK, "");
	ck_assert(h.acted && !came_elsewhere);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	ck_assert(came_elsewhere);
	signal(SIGUSR2, SIG_DFL);
	bootpin_job_free(job);
}
END_TEST

static unsigned int count_open_files(void)
{
	unsigned int count = 0;
	DIR *d = opendir("/proc/self/fd");

	while (d && readdir(d))
		count++;
	if (d)
		closedir(d);
	return count;
}

START_TEST(no_file_stays_open)
{
	unsigned int before;

	run_all_kinds(NULL, NULL);	/* what libraries open once */
	before = count_open_files();
	run_all_kinds(NULL, NULL);
	ck_assert_uint_eq(count_open_files(), before);
}
END_TEST

/* ---- several at once ---- */

struct worker {
	const char *port, *chip;
	unsigned char byte;
	int status;
	bool right;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	unsigned char image[3000];

	memset(image, w->byte, sizeof(image));
	w->right = true;
	for (int i = 0; i < 5 && !w->status; i++) {
		char port[200];
		const unsigned char *data;
		size_t len;
		bootpin_job *job;

		snprintf(port, sizeof(port), "%s,flash=%s/%s", w->port, folder, w->chip);
		job = bootpin_job_new(port);
		bootpin_job_add_bytes(job, FLASH, image, sizeof(image));
		w->status = bootpin_job_run(job);
		w->right &= strstr(result_text(job, "chip"), w->chip) != NULL;
		bootpin_job_free(job);

		job = bootpin_job_new(port);
		bootpin_job_read(job, FLASH, sizeof(image));
		w->status |= bootpin_job_run(job);
		data = bootpin_job_data(job, &len);
		w->right &= data && len == sizeof(image) && !memcmp(data, image, len);
		bootpin_job_free(job);
	}
	return NULL;
}

START_TEST(jobs_run_at_once_in_threads)
{
	struct worker workers[] = {
		{ "sim:f103", "F103", 0x11, 0, false }, { "sim:l432", "L43", 0x22, 0, false },
		{ "sim:f405,bus=usb", "F405", 0x33, 0, false }, { "sim:g071", "G07", 0x44, 0, false },
	};
	pthread_t thread[4];

	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, work, &workers[i]), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	for (int i = 0; i < 4; i++)
		ck_assert_msg(workers[i].status == 0 && workers[i].right, "%s: %d, %s",
			      workers[i].port, workers[i].status,
			      workers[i].right ? "right" : "wrong");
}
END_TEST

/* ---- misuse ---- */

START_TEST(null_is_accepted_everywhere)
{
	bootpin_job *job = make_job("sim:f103");
	size_t len = 1;

	ck_assert(bootpin_version()[0] != '\0');
	bootpin_job_free(NULL);
	bootpin_job_cancel(NULL);
	ck_assert_int_eq(bootpin_job_set(NULL, "reset", NULL), BOOTPIN_USAGE);
	ck_assert_int_eq(bootpin_job_add_file(NULL, "f"), BOOTPIN_USAGE);
	ck_assert_int_eq(bootpin_job_add_file(job, NULL), BOOTPIN_USAGE);
	ck_assert_int_eq(bootpin_job_add_bytes(NULL, 0, "f", 1), BOOTPIN_USAGE);
	ck_assert_int_eq(bootpin_job_add_bytes(job, 0, NULL, 1), BOOTPIN_USAGE);
	ck_assert_int_eq(bootpin_job_read(NULL, 0, 0), BOOTPIN_USAGE);
	ck_assert_int_eq(bootpin_job_timeout(NULL, 1), BOOTPIN_USAGE);
	ck_assert_int_eq(bootpin_job_on_event(NULL, NULL, NULL), BOOTPIN_USAGE);
	ck_assert_int_eq(bootpin_job_run(NULL), BOOTPIN_USAGE);
	ck_assert(bootpin_job_error(NULL)[0] != '\0');
	ck_assert(bootpin_job_result(NULL) == NULL);
	ck_assert(bootpin_job_data(NULL, &len) == NULL && len == 0);
	ck_assert(bootpin_job_data(job, NULL) == NULL);
	ck_assert_str_eq(bootpin_event_name(NULL), "");
	ck_assert(bootpin_event_key(NULL, 0) == NULL && bootpin_event_text(NULL, "x") == NULL);
	ck_assert(bootpin_event_type(NULL, "x") == 0 && bootpin_event_number(NULL, "x") == 0);
	expect_run(job, BOOTPIN_OK, "");
	ck_assert(bootpin_event_text(bootpin_job_result(job), NULL) == NULL);
	ck_assert(bootpin_event_number(bootpin_job_result(job), "chip") == 0);
	ck_assert(bootpin_event_text(bootpin_job_result(job), "exit") == NULL);
	ck_assert(bootpin_event_key(bootpin_job_result(job), 1000) == NULL);
	bootpin_job_free(job);
}
END_TEST

static void misuse(struct heard *h)
{
	ck_assert_int_eq(bootpin_job_run(h->job), BOOTPIN_USAGE);
	ck_assert_int_eq(bootpin_job_set(h->job, "reset", NULL), BOOTPIN_USAGE);
	ck_assert_int_eq(bootpin_job_add_bytes(h->job, FLASH, "x", 1), BOOTPIN_USAGE);
	ck_assert_str_eq(bootpin_job_error(h->job), "the job is running");
	ck_assert(bootpin_job_data(h->job, NULL) == NULL && bootpin_job_result(h->job) == NULL);
}

START_TEST(a_job_that_runs_is_not_changed)
{
	bootpin_job *job = make_job("sim:f103");
	struct heard h = { .job = job, .act = misuse };

	bootpin_job_on_event(job, hear, &h);
	expect_run(job, BOOTPIN_OK, "");
	ck_assert(h.acted);
	bootpin_job_free(job);
}
END_TEST

static void free_it(struct heard *h)
{
	bootpin_job_free(h->job);
}

START_TEST(a_job_that_its_callback_frees_is_cancelled_first)
{
	bootpin_job *job = make_job("sim:f103");
	struct heard h = { .job = job, .act = free_it, .at = "identity" };

	ck_assert_int_eq(bootpin_job_add_bytes(job, FLASH, "x", 1), 0);
	bootpin_job_on_event(job, hear, &h);
	ck_assert_int_eq(bootpin_job_run(job), BOOTPIN_CANCELLED);
	ck_assert_str_eq(h.last, "result");
}
END_TEST

/* ---- no memory ---- */

/* A sanitizer has a malloc of its own; clang tells of it in another way than gcc. */
#ifdef __has_feature
#define SANITIZED __has_feature(address_sanitizer)
#else
#define SANITIZED 0
#endif

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !SANITIZED
#define MEMORY_RUNS_OUT 1

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

/* So many calls of this thread get memory, and one does not; -1: all do. */
static _Thread_local long calls_left = -1;

static bool is_refused(void)
{
	return calls_left >= 0 && calls_left-- == 0;
}

BOOTPIN_API void *malloc(size_t size)
{
	return is_refused() ? NULL : __libc_malloc(size);
}

BOOTPIN_API void *calloc(size_t count, size_t size)
{
	return is_refused() ? NULL : __libc_calloc(count, size);
}

BOOTPIN_API void *realloc(void *old, size_t size)
{
	return is_refused() ? NULL : __libc_realloc(old, size);
}

static int write_something(bootpin_job *job)
{
	int ret = bootpin_job_set(job, "range", "0x08000000:64");

	return ret ? ret : bootpin_job_add_bytes(job, FLASH, "some bytes", 10);
}

static int read_something(bootpin_job *job)
{
	return bootpin_job_read(job, FLASH, 64);
}

/* A whole job; its status, or -1 if there was no memory for it. */
static int try_job(int (*ask)(bootpin_job *job))
{
	bootpin_job *job = bootpin_job_new("sim:f103");
	int ret;

	if (!job)
		return -1;
	ret = ask(job);
	if (!ret)
		ret = bootpin_job_run(job);
	ck_assert_msg(!ret == !bootpin_job_error(job)[0], "%d: '%s'", ret, bootpin_job_error(job));
	ck_assert(!ret || !bootpin_job_data(job, NULL));
	bootpin_job_free(job);
	return ret;
}

static int (*const asks[])(bootpin_job *job) = { write_something, read_something };

START_TEST(memory_may_run_out_at_any_call)
{
	unsigned int open_files;
	long n = 0;
	int ret;

	ck_assert_int_eq(try_job(asks[_i]), 0);
	open_files = count_open_files();
	do {
		calls_left = n;
		ret = try_job(asks[_i]);
		if (calls_left >= 0) {
			calls_left = -1;
			break;
		}
		n++;
	} while (n < 100000);
	ck_assert_int_eq(ret, 0);
	if (!n)
		printf("memory does not run out: under this tool malloc is not the test's own\n");
	ck_assert_uint_eq(count_open_files(), open_files);
}
END_TEST
#endif

/* ---- the suite ---- */

static void make_folder(void)
{
	ck_assert(mkdtemp(folder) != NULL);
}

static void remove_folder(void)
{
	DIR *d = opendir(folder);
	const struct dirent *one;

	while (d && (one = readdir(d)))
		if (one->d_name[0] != '.')
			unlink(path(one->d_name));
	if (d)
		closedir(d);
	rmdir(folder);
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
}

static void add_jobs(TCase *t)
{
	tcase_add_test(t, a_job_without_options_identifies_the_chip);
	tcase_add_test(t, files_and_bytes_are_written_and_read_back);
	tcase_add_test(t, all_flash_is_read_where_no_range_is_given);
	tcase_add_test(t, what_a_failed_read_got_is_not_handed_out);
	tcase_add_test(t, what_a_cancelled_read_got_is_not_handed_out);
	tcase_add_test(t, an_error_has_status_class_text_and_place);
	tcase_add_test(t, a_job_can_be_run_again);
	tcase_add_loop_test(t, options_are_those_of_the_command_line, 0,
			    sizeof(options) / sizeof(options[0]));
	tcase_add_test(t, options_that_exclude_each_other_are_refused_at_once);
	tcase_add_test(t, events_begin_with_the_job_and_end_with_the_result);
	tcase_add_test(t, lists_need_no_port);
}

static void add_ends(TCase *t)
{
	tcase_add_test(t, a_callback_may_cancel);
	tcase_add_test(t, what_is_cancelled_before_it_runs_opens_nothing);
	tcase_add_test(t, another_thread_ends_a_wait);
	tcase_add_test(t, a_signal_handler_of_the_caller_may_cancel);
	tcase_add_test(t, a_run_ends_when_its_time_is_over);
	tcase_add_test(t, a_job_that_ends_in_time_is_not_disturbed);
	tcase_add_test(t, a_pipe_in_the_place_of_a_file_is_not_waited_for);
}

static void add_manners(TCase *t)
{
	tcase_add_test(t, nothing_is_printed);
	tcase_add_test(t, no_signal_is_touched);
	tcase_add_test(t, the_thread_of_a_time_limit_takes_no_signal);
	tcase_add_test(t, no_file_stays_open);
	tcase_add_test(t, jobs_run_at_once_in_threads);
	tcase_add_test(t, null_is_accepted_everywhere);
	tcase_add_test(t, a_job_that_runs_is_not_changed);
	tcase_add_test(t, a_job_that_its_callback_frees_is_cancelled_first);
#ifdef MEMORY_RUNS_OUT
	tcase_add_loop_test(t, memory_may_run_out_at_any_call, 0, 2);
#endif
}

int main(void)
{
	Suite *s = suite_create("library");
	TCase *t = tcase_create("library");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, make_folder, remove_folder);
	add_jobs(t);
	add_ends(t);
	add_manners(t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
