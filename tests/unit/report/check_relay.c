/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a report is told in one process is told to another report in another, to the letter.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/relay.h"
#include "report/text.h"
#include "tests/lib/runner.h"

static FILE *paper;

static const char *heard(void)
{
	static char text[32768];
	size_t n;

	rewind(paper);
	n = fread(text, 1, sizeof(text) - 1, paper);
	text[n] = '\0';
	return text;
}

static void listen(struct report *r, int verbosity, bool progress)
{
	paper = tmpfile();
	ck_assert_ptr_nonnull(paper);
	report_init(r, &report_text, paper, paper, verbosity, progress);
}

/* All that a job can tell. */
static void tell_job(struct report *r)
{
	struct err e = ERR_INIT;

	report_event(r, EV_CHIP_FOUND, "a port", "a chip", 0x22, 64);
	report_event(r, EV_LINE, "asked for");
	report_event(r, EV_DETAIL, "more");
	report_event(r, EV_INCONSISTENT, "odd");
	report_event(r, EV_EXIT_LEFT, 1, 2);
	report_begin(r, PHASE_WRITING, 1000, 0);
	for (uint64_t done = 0; done <= 1000; done += 50)
		report_progress(r, done, (nsec_t)done * NSEC_PER_MSEC);
	report_end(r, REPORT_DONE, NSEC_PER_SEC);
	report_event(r, EV_WRITTEN_VERIFIED, 1000, 0, 0, "reading");
	report_begin(r, PHASE_ERASING, 1, 0);
	report_waiting(r, 11 * NSEC_PER_SEC);
	report_end(r, REPORT_FAILED, 12 * NSEC_PER_SEC);
	report_event(r, EV_JOB_FAILED, "a chip", "", report_done(r), 12 * NSEC_PER_SEC);
	err_set(&e, ERR_LINK, "it failed");
	err_at(&e, 0x08000100);
	report_error(r, "bootpin", &e);
}

/* Takes what comes through @fd to its end, and tells it to @r. Returns how many records it was. */
static unsigned int replay(int fd, struct report *r)
{
	struct relay in = { 0 };
	struct relay_record rec;
	unsigned int count = 0;

	while (relay_read(&in, fd) > 0)
		while (relay_next(&in, &rec)) {
			relay_replay(&rec, r);
			count++;
		}
	relay_free(&in);
	return count;
}

static const struct { int verbosity; bool progress; } ways[] = {
	{ -1, false }, { 0, false }, { 0, true }, { 1, true },
};

START_TEST(what_is_told_is_told_again_to_the_letter)
{
	struct report here, from, to;
	char *want;
	int ends[2];

	listen(&here, ways[_i].verbosity, ways[_i].progress);
	tell_job(&here);
	want = strdup(heard());
	ck_assert_int_eq(pipe(ends), 0);
	listen(&from, ways[_i].verbosity, ways[_i].progress);
	relay_begin(&from, ends[1]);
	tell_job(&from);
	close(ends[1]);
	ck_assert_str_eq(heard(), "");
	listen(&to, ways[_i].verbosity, ways[_i].progress);
	replay(ends[0], &to);
	ck_assert_str_eq(heard(), want);
	ck_assert_str_eq(report_done(&to), report_done(&here));
	free(want);
}
END_TEST

/* The port's name stands in front once, whatever the line is. */
START_TEST(each_line_begins_with_its_port)
{
	struct report r;
	char *rest, *text;

	listen(&r, 1, true);
	r.port = "a port";
	tell_job(&r);
	text = strdup(heard());
	for (char *at = strtok_r(text, "\n", &rest); at; at = strtok_r(NULL, "\n", &rest)) {
		ck_assert_msg(!strncmp(at, "a port: ", 8) || !strncmp(at, "bootpin: a port: ", 17),
			      "%s", at);
		ck_assert_msg(strstr(at, "a port: a port") == NULL, "%s", at);
	}
	free(text);
}
END_TEST

START_TEST(error_comes_with_its_code_and_place)
{
	struct report r;
	struct err e = ERR_INIT;
	struct relay in = { 0 };
	struct relay_record rec;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	listen(&r, 0, false);
	relay_begin(&r, ends[1]);
	err_set(&e, ERR_SIGNAL, "why");
	e.sys = 15;
	err_at(&e, 0x08001000);
	report_error(&r, "bootpin", &e);
	ck_assert_int_eq(relay_read(&in, ends[0]), 1);
	ck_assert(relay_next(&in, &rec) && rec.kind == RELAY_READY);
	ck_assert(relay_next(&in, &rec) && rec.kind == RELAY_ERROR);
	ck_assert_int_eq(err_exit_status(&rec.err), 143);
	ck_assert(rec.err.has_addr && rec.err.addr == 0x08001000);
	ck_assert_str_eq(rec.err.msg, "why");
	ck_assert(!relay_next(&in, &rec));
	relay_free(&in);
}
END_TEST

/* A process may be killed at any byte. */
START_TEST(a_record_that_is_cut_off_is_none)
{
	static uint8_t all[16384];
	struct report r;
	int ends[2];
	ssize_t len;

	ck_assert_int_eq(pipe(ends), 0);
	listen(&r, 0, false);
	relay_begin(&r, ends[1]);
	report_event(&r, EV_CHIP_FOUND, "a port", "a chip", 0x22, 64);
	len = read(ends[0], all, sizeof(all));
	ck_assert_int_gt(len, 0);
	listen(&r, 0, false);
	for (ssize_t cut = 0; cut < len; cut++) {
		ck_assert_int_eq(pipe(ends), 0);
		ck_assert_int_eq(write(ends[1], all, (size_t)cut), cut);
		close(ends[1]);
		ck_assert_uint_le(replay(ends[0], &r), 1);
		ck_assert_str_eq(heard(), "");
		close(ends[0]);
	}
}
END_TEST

START_TEST(long_text_is_cut_and_what_follows_is_whole)
{
	static char text[20000];
	struct report from, to;
	int ends[2];

	memset(text, 'x', sizeof(text) - 1);
	ck_assert_int_eq(pipe(ends), 0);
	listen(&from, 0, false);
	relay_begin(&from, ends[1]);
	report_event(&from, EV_LINE, text);
	report_event(&from, EV_LINE, "next");
	close(ends[1]);
	listen(&to, 0, false);
	ck_assert_uint_eq(replay(ends[0], &to), 3);
	ck_assert_uint_eq(strlen(heard()), 8191 + strlen("\nnext\n"));
	ck_assert_ptr_nonnull(strstr(heard(), "x\nnext\n"));
}
END_TEST

START_TEST(a_receiver_that_is_gone_stops_nothing)
{
	struct report r;
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(pipe(ends), 0);
	close(ends[0]);
	listen(&r, 0, true);
	relay_begin(&r, ends[1]);
	tell_job(&r);
	ck_assert_str_eq(heard(), "");
}
END_TEST

START_TEST(progress_is_sent_ten_times_a_second_at_most)
{
	struct report from, to;
	unsigned int records;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	listen(&from, 0, false);
	relay_begin(&from, ends[1]);
	report_begin(&from, PHASE_WRITING, 1000000, 0);
	for (nsec_t t = 0; t < 1000; t++)	/* a second, a tenth of the work */
		report_progress(&from, (uint64_t)t * 99, t * NSEC_PER_MSEC);
	close(ends[1]);
	listen(&to, 0, false);
	records = replay(ends[0], &to);
	ck_assert_uint_ge(records, 11);
	ck_assert_uint_le(records, 13);
	ck_assert_uint_ge(to.done, 88000);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("relay");
	TCase *t = runner_case(s, "relay", 0);

	tcase_add_loop_test(t, what_is_told_is_told_again_to_the_letter, 0,
			    sizeof(ways) / sizeof(ways[0]));
	tcase_add_test(t, each_line_begins_with_its_port);
	tcase_add_test(t, error_comes_with_its_code_and_place);
	tcase_add_test(t, a_record_that_is_cut_off_is_none);
	tcase_add_test(t, long_text_is_cut_and_what_follows_is_whole);
	tcase_add_test(t, a_receiver_that_is_gone_stops_nothing);
	tcase_add_test(t, progress_is_sent_ten_times_a_second_at_most);
	return runner_run(s);
}
