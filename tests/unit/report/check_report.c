/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a job: which stream it goes to, what -q and --verbose leave, sizes, and progress
 * in lines.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "report/bar.h"
#include "report/text.h"
#include "tests/lib/runner.h"
#include "tests/lib/tty_help.h"

static FILE *out, *err;

static void listen(struct report *r, int verbosity, bool progress)
{
	/* Not a memory stream: report_init asks what kind of file it is. */
	err = tmpfile();
	out = tmpfile();
	ck_assert(out != NULL && err != NULL);
	report_init(r, &report_text, out, err, verbosity, progress);
}

static const char *heard(FILE *h)
{
	static char text[4096];
	size_t n;

	rewind(h);
	n = fread(text, 1, sizeof(text) - 1, h);
	text[n] = '\0';
	return text;
}

static const struct { int verbosity; const char *err; } levels[] = {
	{ -1, "warning: w\n" },
	{ 0, "reset\nwarning: w\n" },
	{ 1, "reset\nm\nwarning: w\n" },
};

START_TEST(each_level_goes_to_its_stream)
{
	struct report r;

	listen(&r, levels[_i].verbosity, false);
	report_event(&r, EV_LINE, "o");
	report_event(&r, EV_RESET);
	report_event(&r, EV_DETAIL, "m");
	report_event(&r, EV_INCONSISTENT, "w");
	ck_assert_str_eq(heard(out), "o\n");
	ck_assert_str_eq(heard(err), levels[_i].err);
}
END_TEST

static const struct { uint64_t bytes; const char *text; } sizes[] = {
	{ 0, "0 bytes" }, { 1023, "1023 bytes" }, { 1024, "1.0 KiB" }, { 1536, "1.5 KiB" },
	{ 106196, "103.7 KiB" }, { 1024 * 1024, "1.00 MiB" }, { 4294967296, "4096.00 MiB" },
};

START_TEST(size_has_the_unit_that_fits)
{
	char buf[32];

	ck_assert_str_eq(report_size(sizes[_i].bytes, buf, sizeof(buf)), sizes[_i].text);
}
END_TEST

/* A phase of 1000 bytes in two seconds, told every 37. */
static void phase(struct report *r, enum report_how how)
{
	report_begin(r, PHASE_WRITING, 1000, 0);
	for (uint64_t done = 0; done < 1000; done += 37)
		report_progress(r, done, (nsec_t)done * 2 * NSEC_PER_MSEC);
	report_progress(r, 1000, 2 * NSEC_PER_SEC);
	report_end(r, how, 2 * NSEC_PER_SEC);
}

START_TEST(progress_has_a_line_each_tenth)
{
	struct report r;

	listen(&r, 0, true);
	phase(&r, REPORT_DONE);
	ck_assert_str_eq(heard(err),
			 "writing: 10%\nwriting: 20%\nwriting: 30%\nwriting: 40%\nwriting: "
			 "50%\nwriting: 60%\nwriting: 70%\nwriting: 80%\nwriting: 90%\nwriting: "
			 "100%\nwrote 1000 bytes in 2.00 s (500 bytes/s)\n");
}
END_TEST

/* Without a terminal nothing is drawn; a phase that failed is not told as done. */
START_TEST(nothing_is_drawn_without_a_terminal)
{
	struct report r;

	listen(&r, 0, false);
	phase(&r, REPORT_DONE);
	ck_assert_str_eq(heard(err), "wrote 1000 bytes in 2.00 s (500 bytes/s)\n");
	listen(&r, 0, false);
	phase(&r, REPORT_SILENT);
	ck_assert_str_eq(heard(err), "");
	listen(&r, 0, false);
	phase(&r, REPORT_FAILED);
	ck_assert_str_eq(heard(err), "");
	listen(&r, -1, false);
	phase(&r, REPORT_DONE);
	ck_assert_str_eq(heard(err), "");
}
END_TEST

START_TEST(only_a_phase_that_failed_is_told_afterwards)
{
	struct report r;

	listen(&r, 0, false);
	ck_assert_ptr_null(report_phase(&r));
	report_begin(&r, PHASE_WRITING, 1000, 0);
	report_made_good(&r);
	ck_assert_str_eq(report_phase(&r), "writing");
	report_end(&r, REPORT_FAILED, 1);
	ck_assert_str_eq(report_phase(&r), "writing");
	report_end(&r, REPORT_DONE, 2);	/* none is under way */
	ck_assert_str_eq(report_phase(&r), "writing");
	report_made_good(&r);
	ck_assert_ptr_null(report_phase(&r));
	phase(&r, REPORT_SILENT);
	ck_assert_ptr_null(report_phase(&r));
	phase(&r, REPORT_DONE);
	ck_assert_ptr_null(report_phase(&r));
}
END_TEST

START_TEST(line_of_a_long_name_is_whole)
{
	char name[4096];
	struct report r;

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	listen(&r, 0, false);
	report_event(&r, EV_PORT_APPEARED, name);
	fseek(err, 0, SEEK_END);
	ck_assert_int_eq(ftell(err), (long)sizeof(name) - 1 + (long)strlen("'' is there\n"));
}
END_TEST

/* Nothing to do takes no time: no speed, and no division by it. */
START_TEST(empty_phase_has_no_speed)
{
	struct report r;

	listen(&r, 0, true);
	report_begin(&r, PHASE_WRITING, 0, 5);
	report_progress(&r, 0, 5);
	report_end(&r, REPORT_DONE, 5);
	ck_assert_str_eq(heard(err), "writing: 100%\nwrote 0 bytes in 0.00 s\n");
}
END_TEST

/* ---- a terminal ---- */

#define SCREEN_COLUMNS 200

/* A report on a pseudo-terminal of @columns. */
static void listen_on_terminal(struct report *r, struct pty *p, unsigned short columns)
{
	const struct winsize w = { .ws_col = columns };

	pty_make(p);
	ck_assert_int_eq(ioctl(p->far, TIOCSWINSZ, &w), 0);
	out = err = fopen(p->path, "r+");
	ck_assert_ptr_nonnull(err);
	report_init(r, &report_text, out, err, 1, false);
	ck_assert(r->bar);
}

/* All that the terminal got, as it stands there then: lines without trailing blanks. */
static const char *read_screen(const struct pty *p, size_t columns)
{
	static char screen[4096], got[65536];
	char line[SCREEN_COLUMNS + 1];
	size_t at = 0, end = 0, len = 0;
	ssize_t n;

	fflush(err);
	ck_assert_int_eq(fcntl(p->far, F_SETFL, O_NONBLOCK), 0);
	while ((n = read(p->far, got + len, sizeof(got) - len)) > 0)
		len += (size_t)n;
	screen[0] = '\0';
	memset(line, ' ', sizeof(line));
	for (size_t i = 0; i < len; i++) {
		if (got[i] == '\r') {
			at = 0;
		} else if (got[i] == '\n') {
			while (end && line[end - 1] == ' ')
				end--;
			snprintf(screen + strlen(screen), sizeof(screen) - strlen(screen), "%.*s\n",
				 (int)end, line);
			memset(line, ' ', sizeof(line));
			at = end = 0;
		} else {
			ck_assert_msg(got[i] >= ' ', "byte 0x%02x was sent", (unsigned int)got[i]);
			ck_assert_msg(at + 1 < columns, "'%.*s' is wrapped", (int)at, line);
			line[at++] = got[i];
			end = at > end ? at : end;
		}
	}
	while (end && line[end - 1] == ' ')
		end--;
	snprintf(screen + strlen(screen), sizeof(screen) - strlen(screen), "%.*s", (int)end, line);
	return screen;
}

static const struct { unsigned short columns; const char *at_half; } widths[] = {
	{ 0, "writing   [############............]  50%  50.0 KiB  10.0 KiB/s  5 s left" },
	{ 80, "writing   [############............]  50%  50.0 KiB  10.0 KiB/s  5 s left" },
	{ 132, "writing   [############............]  50%  50.0 KiB  10.0 KiB/s  5 s left" },
	{ 60, "writing   [#####.....]  50%  50.0 KiB  10.0 KiB/s  5 s left" },
	{ 54, "writing    50%  50.0 KiB  10.0 KiB/s  5 s left" },
	{ 40, "writing    50%  50.0 KiB  5 s left" },
	{ 30, "writing    50%  5 s left" },
	{ 20, "writing    50%" },
	{ 10, "  50%" },
	{ 6, "  50%" },
	{ 5, "" },
	{ 1, "" },
};

START_TEST(bar_is_one_line_of_the_width_that_the_terminal_has)
{
	size_t columns = widths[_i].columns ? widths[_i].columns : 80;
	uint64_t total = 100 * 1024;
	struct report r;
	struct pty p;

	listen_on_terminal(&r, &p, widths[_i].columns);
	report_begin(&r, PHASE_WRITING, total, 0);
	for (uint64_t done = 0; done <= total / 2; done += 256)
		report_progress(&r, done, (nsec_t)done * 5 * NSEC_PER_SEC / (nsec_t)(total / 2));
	r.drawn = 0;			/* long ago */
	report_waiting(&r, 5 * NSEC_PER_SEC);
	ck_assert_str_eq(read_screen(&p, columns), widths[_i].at_half);
	report_end(&r, REPORT_SILENT, 6 * NSEC_PER_SEC);
	ck_assert_str_eq(read_screen(&p, columns), "");
	fclose(err);
	close(p.far);
}
END_TEST

START_TEST(bar_follows_a_window_that_is_resized)
{
	struct report r;
	struct pty p;

	listen_on_terminal(&r, &p, 80);
	report_begin(&r, PHASE_WRITING, 1000, 0);
	report_progress(&r, 500, NSEC_PER_SEC);
	read_screen(&p, 80);
	ck_assert_int_eq(ioctl(p.far, TIOCSWINSZ, &(struct winsize){ .ws_col = 30 }), 0);
	report_progress(&r, 600, 2 * NSEC_PER_SEC);
	report_event(&r, EV_RESET);
	ck_assert_str_eq(read_screen(&p, 30), "reset\n");
	fclose(err);
	close(p.far);
}
END_TEST

/* On a terminal a line takes the place of the bar, and nothing of the bar is left behind it. */
START_TEST(line_takes_the_place_of_the_bar)
{
	struct report r;
	struct pty p;

	listen_on_terminal(&r, &p, 80);
	report_begin(&r, PHASE_WRITING, 1000, 0);
	report_progress(&r, 500, NSEC_PER_SEC);
	report_event(&r, EV_DETAIL, "hello");
	report_progress(&r, 1000, 2 * NSEC_PER_SEC);
	report_end(&r, REPORT_DONE, 2 * NSEC_PER_SEC);
	ck_assert_str_eq(read_screen(&p, 80), "hello\nwrote 1000 bytes in 2.00 s (500 bytes/s)\n");
	fclose(err);
	close(p.far);
}
END_TEST

/* The longest of all numbers fit, too. */
START_TEST(bar_of_the_longest_numbers_is_not_cut)
{
	struct report r;
	char line[100];

	listen(&r, 0, false);
	report_begin(&r, PHASE_READING_TWICE, UINT64_MAX / 100, 0);
	r.done = 1;
	for (size_t columns = 1; columns < 150; columns++) {
		bar_draw(&r, 1000000 * NSEC_PER_SEC, columns, line, sizeof(line));
		ck_assert_uint_lt(strlen(line), columns);
		ck_assert_uint_lt(strlen(line), sizeof(line) - 1);
	}
}
END_TEST

START_TEST(names_cannot_steer_the_terminal)
{
	struct err e = ERR_INIT;
	struct report r;

	listen(&r, 0, false);
	report_event(&r, EV_PORT_APPEARED, "/dev/\x1b[2Jtty");
	report_event(&r, EV_LINE, "\x9b");
	err_set(&e, ERR_OPEN, "cannot open '%s'", "a\nbootpin: all well\x1b[A");
	report_error(&r, "bootpin", &e);
	ck_assert_str_eq(heard(err), "'/dev/\\x1b[2Jtty' is there\n"
				     "bootpin: cannot open 'a\\x0abootpin: all well\\x1b[A'\n");
	ck_assert_str_eq(heard(out), "\\x9b\n");
}
END_TEST

START_TEST(error_is_one_line_with_the_program_name)
{
	struct report r;
	struct err e = ERR_INIT;

	err_set(&e, ERR_LINK, "it failed");
	listen(&r, -1, false);
	report_error(&r, "bootpin", &e);
	ck_assert_str_eq(heard(err), "bootpin: it failed\n");
	ck_assert_str_eq(heard(out), "");
}
END_TEST

/* ---- events ---- */

static const struct {
	const char *text, *keys;
	struct event_value values[3];
	const char *drawn;
} drawings[] = {
	{ "at {a}", "a:address", { { NULL, 0x8000000 } }, "at 0x08000000" },
	{ "{p} {b}", "p:product b:byte", { { NULL, 0x410 }, { NULL, 7 } }, "0x410 0x07" },
	{ "{v}, {n}", "v:version n:number", { { NULL, 0x22 }, { NULL, 9 } }, "2.2, 9" },
	{ "{h} {s}", "h:half s:size", { { NULL, 0x1f }, { NULL, 1536 } }, "001f 1.5 KiB" },
	{ "{s} {c}", "s:seconds c:hundredths", { { NULL, 35000000000 }, { NULL, 250000000 } },
	  "35 0.25" },
	{ "{b} {w}{f}", "b:bus w:words f:flag", { { NULL, 0x48 }, { " x", 0 } }, "0x48  x0" },
	{ "{b:4}|", "b:bus", { { NULL, 0 } }, "-   |" },
	{ "a{t?|}{n?|}b", "t:text n:number", { { "x", 0 }, { NULL, 1 } }, "ab" },
	{ "{n} {n?page|pages}", "n:number", { { NULL, 1 } }, "1 page" },
	{ "{n} {n?page|pages}", "n:number", { { NULL, 2 } }, "2 pages" },
	{ "{t:4}|{n:>4}", "t:text n:number", { { "ab", 0 }, { NULL, 12 } }, "ab  |  12" },
	{ "a[ ({t})]b", "t:text", { { "x", 0 } }, "a (x)b" },
	{ "a[ ({t})]b", "t:text", { { "", 0 } }, "ab" },
	{ "a[; {n}]", "n:number", { { NULL, 0 } }, "a" },
};

START_TEST(row_is_drawn_with_its_values)
{
	const struct event_row row = {
		.text = drawings[_i].text, .keys = drawings[_i].keys,
	};
	char line[100];

	text_draw(&row, drawings[_i].values, line, sizeof(line));
	ck_assert_str_eq(line, drawings[_i].drawn);
	text_draw(&row, drawings[_i].values, line, 3);
	ck_assert_int_le(strlen(line), 2);
}
END_TEST

static bool has_key(const struct event_row *row, const char *name, size_t len)
{
	for (const char *at = row->keys; *at; at += strcspn(at, " "), at += *at == ' ')
		if (strcspn(at, ":") == len && memcmp(at, name, len) == 0)
			return true;
	return false;
}

static bool text_has_key(const struct event_row *row, const char *name, size_t len)
{
	for (const char *at = row->text; (at = strchr(at, '{')); at++)
		if (strcspn(at + 1, ":?}") == len && memcmp(at + 1, name, len) == 0)
			return true;
	return false;
}

/* What the end of a job says is made of what was reported, in its order, with -q too. */
START_TEST(end_of_a_job_says_what_was_reported)
{
	struct report r;

	listen(&r, -1, false);
	ck_assert_str_eq(report_done(&r), "");
	report_event(&r, EV_DETAIL, "no deed");
	ck_assert_str_eq(report_done(&r), "");
	report_event(&r, EV_UNLOCKED);
	report_event(&r, EV_WRITTEN_VERIFIED, 3000, 0, 0, "reading");
	report_event(&r, EV_STARTED, 0x08000000);
	ck_assert_str_eq(report_done(&r), "unlocked, 2.9 KiB written and verified by reading, "
					  "started at 0x08000000");
	ck_assert_str_eq(heard(err), "");
	ck_assert_str_eq(heard(out), "");
	for (unsigned int i = 0; i < 100; i++)
		report_event(&r, EV_UNLOCKED);
	ck_assert_uint_eq(strlen(report_done(&r)), sizeof(r.summary) - 1);
}
END_TEST

/* An event that is only for the end of the job has no line of its own. */
START_TEST(note_has_no_line)
{
	struct report r;

	listen(&r, 2, false);
	report_event(&r, EV_WRITTEN, 3000, 1024, 0);
	ck_assert_str_eq(heard(err), "");
	ck_assert_str_eq(heard(out), "");
	ck_assert_str_eq(report_done(&r),
			 "2.9 KiB written, not verified, 1.0 KiB of it blank and not sent");
}
END_TEST

/* Programs know an event by its name and a value by its key. */
START_TEST(each_event_has_a_name_of_its_own_and_says_all_its_keys)
{
	const struct event_row *row = &event_table[_i];

	ck_assert_ptr_nonnull(row->name);
	ck_assert_ptr_nonnull(row->text);
	ck_assert_uint_eq(strspn(row->name, "abcdefghijklmnopqrstuvwxyz_0123456789"),
			  strlen(row->name));
	for (int k = 0; k < _i; k++)
		ck_assert_str_ne(row->name, event_table[k].name);
	for (const char *at = row->text; (at = strchr(at, '{')); at++)
		ck_assert_msg(has_key(row, at + 1, strcspn(at + 1, ":?}")), "%s: %s", row->name, at);
	for (const char *at = row->keys; *at; at += strcspn(at, " "), at += *at == ' ')
		ck_assert_msg(row->level == LEVEL_DATA || text_has_key(row, at, strcspn(at, ":")),
			      "%s: %s", row->name, at);
	for (const char *at = event_done[_i]; at && (at = strchr(at, '{')); at++)
		ck_assert_msg(has_key(row, at + 1, strcspn(at + 1, ":?}")), "%s: %s", row->name, at);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("report");
	TCase *t = runner_case(s, "report", 0);

	tcase_add_loop_test(t, each_level_goes_to_its_stream, 0, COUNT(levels));
	tcase_add_test(t, end_of_a_job_says_what_was_reported);
	tcase_add_test(t, note_has_no_line);
	tcase_add_loop_test(t, size_has_the_unit_that_fits, 0, COUNT(sizes));
	tcase_add_test(t, progress_has_a_line_each_tenth);
	tcase_add_test(t, nothing_is_drawn_without_a_terminal);
	tcase_add_test(t, only_a_phase_that_failed_is_told_afterwards);
	tcase_add_test(t, line_of_a_long_name_is_whole);
	tcase_add_test(t, empty_phase_has_no_speed);
	tcase_add_loop_test(t, bar_is_one_line_of_the_width_that_the_terminal_has, 0, COUNT(widths));
	tcase_add_test(t, bar_follows_a_window_that_is_resized);
	tcase_add_test(t, line_takes_the_place_of_the_bar);
	tcase_add_test(t, bar_of_the_longest_numbers_is_not_cut);
	tcase_add_test(t, names_cannot_steer_the_terminal);
	tcase_add_loop_test(t, row_is_drawn_with_its_values, 0, COUNT(drawings));
	tcase_add_loop_test(t, each_event_has_a_name_of_its_own_and_says_all_its_keys, 0, EV_COUNT);
	tcase_add_test(t, error_is_one_line_with_the_program_name);
	return runner_run(s);
}
