/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a whole run of the program treats the port, its lines and the files that it writes, as the
 * kernel sees it: the settings, RTS, DTR and BREAK, GPIO lines, signals, what is on the disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/runner.h"
#include "tests/lib/tty_help.h"
#include "tests/unit/job/journal.h"
#include "tests/unit/job/opfault.h"

int bootpin_main(int argc, char **argv);
#define main bootpin_main
#include "main.c"
#undef main

#define TTY " " MACHINE_TTY
#define PINS "-i BOOT0,-NRST&20ms&NRST:-BOOT0,-NRST&20ms&NRST "
#define READ "-r out -S 0x08000000:1500 "	/* at 115200 baud it takes more than 160 ms */

/* ---- a run ---- */

static const struct op_fault no_fault = { 0, 0, OP_ONCE, UINT64_MAX };

static struct run {
	/* What is to happen. */
	struct op_fault fault;
	nsec_t signal_in[MACHINE_SIGNALS];
	bool borrowed;			/* rights */
	/* What came of it. */
	int status;
	uint64_t calls;			/* of the fault's kinds */
	bool restored;			/* the port is as it was */
} *the_run;

static char dir[128];

static void setup(void)
{
	dir_make(dir, sizeof(dir));
	ck_assert_int_eq(chdir(dir), 0);
	ck_assert_int_eq(mkdir("locks", 0755), 0);
	the_run = mmap(NULL, sizeof(*the_run), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	ck_assert(the_run != MAP_FAILED);
	*the_run = (struct run){ .fault = no_fault };
	journal_begin();
}

static void teardown(void)
{
	static const char *const made[] = { "out", "trace", "kept", "said", "app.bin" };

	journal_end();
	munmap(the_run, sizeof(*the_run));
	for (size_t i = 0; i < COUNT(made); i++)
		unlink(made[i]);
	ck_assert_int_eq(rmdir("locks"), 0);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(rmdir(dir), 0);
}

static int call_main(const char *args)
{
	char line[256], *argv[24] = { NULL };
	int argc = 0;

	snprintf(line, sizeof(line), "bootpin %s", args);
	for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	return bootpin_main(argc, argv);
}

/* In a process of its own: what stop.c knows of signals is for one run. */
static void run_here(const char *board, const char *args)
{
	struct op_account account;
	int said = open("said", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	dup2(said, STDOUT_FILENO);
	dup2(said, STDERR_FILENO);
	machine_start(board);
	op_borrow_rights(the_run->borrowed);
	machine_signals(SIGINT, the_run->signal_in);
	op_begin(&the_run->fault, "locks");
	the_run->status = call_main(args);
	op_end(&account);
	the_run->calls = account.calls;
	the_run->restored = machine_tty_is_restored();
	machine_stop();
}

static const char *said(void)
{
	static char text[8192];
	int fd = open("said", O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void run_on(const char *board, const char *args, int status)
{
	pid_t pid;
	int ended;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		run_here(board, args);
		fflush(stdout);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &ended, 0), pid);
	ck_assert_msg(ended == 0, "bootpin %s: did not come to its end: %s", args, said());
	ck_assert_msg(the_run->status == status, "bootpin %s: status %d, not %d: %s", args,
		      the_run->status, status, said());
}

/* From the @nth entry that begins with @from to the next that begins with @to. */
static nsec_t time_between(const char *from, size_t nth, const char *to)
{
	const struct journal_entry *a = journal_find(from, nth), *b;

	ck_assert_msg(a != NULL, "no '%s' in: %s", from, journal_text(NULL));
	for (size_t i = 0; (b = journal_find(to, i)) && b <= a; i++)
		;
	ck_assert_msg(b != NULL, "no '%s' behind '%s' in: %s", to, from, journal_text(NULL));
	return b->at - a->at;
}

/* ---- lines ---- */

static const struct {
	const char *board, *args, *journal;
} orders[] = {
	{ "f103", "-i rts,-dtr,dtr,-rts:dtr,-dtr,rts" TTY,
	  "open, rts 1, dtr 0, dtr 1, rts 0, dtr 1, dtr 0, rts 1, close no HUPCL" },
	{ "f103", "-i -dtr:" TTY, "open, dtr 0, close no HUPCL" },
	{ "f103", "-i :brk" TTY, "open, break 1, break 0, close" },
	{ "f103", TTY, "open, close" },
	/* What Go has started is not reset. */
	{ "f103,boot=low,fill=app", "-g 0 --boot0 BOOT0 --nrst NRST" TTY,
	  "BOOT0 asked, NRST asked, open, NRST 0, BOOT0 1, NRST 1, BOOT0 0, "
	  "BOOT0 in, BOOT0 free, NRST in, NRST free, close" },
	/* Told that the bootloader is in step: no pin is moved. */
	{ "f103,synced", "-c -b 115200 -i BOOT0,-NRST&20ms&NRST:" TTY,
	  "BOOT0 asked, NRST asked, open, BOOT0 free, NRST free, close" },
	/* GPIO lines first: opening a tty moves RTS and DTR. None is let go before the exit part. */
	{ "f103", PINS TTY,
	  "BOOT0 asked, NRST asked, open, BOOT0 1, NRST 0, NRST 1, BOOT0 0, NRST 0, NRST 1, "
	  "BOOT0 in, BOOT0 free, NRST in, NRST free, close" },
	{ "f103,boot=low", "--boot0 BOOT0 --nrst NRST" TTY,
	  "BOOT0 asked, NRST asked, open, NRST 0, BOOT0 1, NRST 1, NRST 0, BOOT0 0, NRST 1, "
	  "BOOT0 in, BOOT0 free, NRST in, NRST free, close" },
	/* BOOT0 by RTS, NRST by DTR, straight from the adapter: asserted is low. */
	{ "f103,boot=low,wiring=rts-boot0", "--wiring rts-boot0" TTY,
	  "open, dtr 1, rts 0, dtr 0, dtr 1, rts 1, dtr 0, close no HUPCL" },
};

START_TEST(lines_move_as_they_are_told_and_in_that_order)
{
	run_on(orders[_i].board, orders[_i].args, 0);
	ck_assert_str_eq(journal_text("latency"), orders[_i].journal);
}
END_TEST

START_TEST(break_takes_a_quarter_of_a_second)
{
	run_on("f103", "-i :brk" TTY, 0);
	ck_assert_int_eq(time_between("break 1", 0, "break 0"), 250 * NSEC_PER_MSEC);
}
END_TEST

START_TEST(delays_of_a_sequence_are_kept)
{
	run_on("f103", PINS TTY, 0);
	ck_assert_int_eq(time_between("BOOT0 1", 0, "NRST 0"), SEQUENCE_COMMA);
	ck_assert_int_eq(time_between("NRST 0", 0, "NRST 1"), 20 * NSEC_PER_MSEC);
	ck_assert_int_eq(time_between("BOOT0 0", 0, "NRST 0"), SEQUENCE_COMMA);
	ck_assert_int_eq(time_between("NRST 0", 1, "NRST 1"), 20 * NSEC_PER_MSEC);
}
END_TEST

START_TEST(lines_keep_the_level_of_the_exit_part)
{
	const struct journal_entry *end;

	run_on("f103", "-i rts:-rts,dtr" TTY, 0);
	end = journal_find("close", 0);
	ck_assert_ptr_nonnull(end);
	ck_assert_str_eq(end->what, "close no HUPCL");
	ck_assert(the_run->restored);
}
END_TEST

/* ---- signals ---- */

/* When the first signal comes: in the entry, in the wait behind it, at work. */
static const nsec_t signal_times[] = {
	50 * NSEC_PER_MSEC, 200 * NSEC_PER_MSEC, 300 * NSEC_PER_MSEC,
};

static void run_and_interrupt(nsec_t first, nsec_t second)
{
	the_run->signal_in[0] = first;
	the_run->signal_in[1] = second;
	run_on("f103,fill=pattern", READ PINS TTY, 128 + SIGINT);
	ck_assert_int_eq(access("out", F_OK), -1);
	ck_assert(the_run->restored);
}

START_TEST(exit_part_runs_whole_after_a_signal)
{
	run_and_interrupt(signal_times[_i], 0);
	ck_assert_str_eq(journal_text("signal"), "BOOT0 asked, NRST asked, open, latency 1, "
			 "BOOT0 1, NRST 0, NRST 1, BOOT0 0, NRST 0, NRST 1, "
			 "BOOT0 in, BOOT0 free, NRST in, NRST free, latency 0, close");
	ck_assert_int_eq(time_between("BOOT0 0", 0, "NRST 0"), SEQUENCE_COMMA);
	ck_assert_int_eq(time_between("NRST 0", 1, "NRST 1"), 20 * NSEC_PER_MSEC);
	ck_assert_ptr_nonnull(journal_find("signal", 0));
}
END_TEST

/* The second comes while BOOT0 is low and NRST still high. */
START_TEST(second_signal_does_not_cut_the_exit_part)
{
	run_and_interrupt(50 * NSEC_PER_MSEC, 200 * NSEC_PER_MSEC);
	ck_assert_ptr_nonnull(journal_find("signal", 1));
	ck_assert_int_lt(journal_find("BOOT0 0", 0)->at, journal_find("signal", 1)->at);
	ck_assert_int_gt(journal_find("NRST 0", 1)->at, journal_find("signal", 1)->at);
	ck_assert_int_eq(time_between("BOOT0 0", 0, "NRST 0"), SEQUENCE_COMMA);
	ck_assert_int_eq(time_between("NRST 0", 1, "NRST 1"), 20 * NSEC_PER_MSEC);
}
END_TEST

/* ---- the settings of the port ---- */

START_TEST(low_latency_is_set_while_the_job_runs_and_the_old_flags_are_put_back)
{
	run_on("f103", "-i -dtr:dtr" TTY, 0);
	ck_assert_str_eq(journal_text(NULL),
			 "open, latency 1, dtr 0, dtr 1, latency 0, close no HUPCL");
	ck_assert(the_run->restored);
}
END_TEST

START_TEST(settings_of_a_port_without_lines_are_put_back_to_the_last)
{
	run_on("f103", TTY, 0);
	ck_assert_str_eq(journal_text(NULL), "open, latency 1, latency 0, close");
	ck_assert(the_run->restored);
}
END_TEST

/* ---- an exit part that fails ---- */

/* Which calls of the GPIO lines fail: those of the exit part come last, before two inputs. */
static void fail_gpio(unsigned int before_end)
{
	the_run->fault = (struct op_fault){ OP_GPIO, EIO, OP_ONCE, the_run->calls - before_end };
}

START_TEST(exit_part_that_fails_is_a_failure_of_its_own)
{
	the_run->fault.kinds = OP_GPIO;
	run_on("f103,fill=pattern", READ PINS TTY, 0);
	fail_gpio(5u - (unsigned int)_i);
	run_on("f103,fill=pattern", READ PINS TTY, 4);
	ck_assert_msg(strstr(said(), "the exit part failed") != NULL, "%s", said());
	ck_assert_int_eq(access("out", F_OK), 0);
}
END_TEST

START_TEST(exit_part_that_fails_hides_no_failure_before)
{
	the_run->fault.kinds = OP_GPIO;
	run_on("f103,fill=pattern", "--blank-check " PINS TTY, 8);
	fail_gpio(5);
	run_on("f103,fill=pattern", "--blank-check " PINS TTY, 8);
	ck_assert_msg(strstr(said(), "the exit part failed") != NULL, "%s", said());
}
END_TEST

/* ---- files ---- */

START_TEST(file_is_on_the_disk_before_it_gets_its_name)
{
	run_on("f103", READ "--trace trace" TTY, 0);
	ck_assert_msg(strstr(journal_text(NULL), "fsync out, rename out, ") != NULL, "%s",
		      journal_text(NULL));
	ck_assert_msg(strstr(journal_text(NULL), "fsync trace, rename trace") != NULL, "%s",
		      journal_text(NULL));
}
END_TEST

/* The only copy of what is beside the image in its pages, while they are erased. */
START_TEST(preserved_bytes_are_on_the_disk_before_the_erase)
{
	int fd = open("app.bin", O_WRONLY | O_CREAT, 0600);
	const struct journal_entry *kept;

	ck_assert_int_eq(write(fd, "\0\1\2\3\4\5\6\7\0\1\2\3", 12), 12);
	close(fd);
	run_on("f103,fill=pattern", "--preserve=kept -w app.bin" TTY, 0);
	kept = journal_find("fsync kept", 0);
	ck_assert_msg(kept != NULL, "%s", journal_text(NULL));
}
END_TEST

/* ---- rights ---- */

START_TEST(borrowed_rights_are_refused_before_anything_is_opened)
{
	the_run->borrowed = true;
	run_on("f103", READ PINS TTY, 1);
	ck_assert_msg(strstr(said(), "must not run set-user-ID") != NULL, "%s", said());
	ck_assert_str_eq(journal_text(NULL), "");
	ck_assert_int_eq(access("out", F_OK), -1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("control");
	TCase *t = runner_case(s, "control", 60);

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, lines_move_as_they_are_told_and_in_that_order, 0, COUNT(orders));
	tcase_add_test(t, break_takes_a_quarter_of_a_second);
	tcase_add_test(t, delays_of_a_sequence_are_kept);
	tcase_add_test(t, lines_keep_the_level_of_the_exit_part);
	tcase_add_loop_test(t, exit_part_runs_whole_after_a_signal, 0, COUNT(signal_times));
	tcase_add_test(t, second_signal_does_not_cut_the_exit_part);
	tcase_add_test(t, low_latency_is_set_while_the_job_runs_and_the_old_flags_are_put_back);
	tcase_add_test(t, settings_of_a_port_without_lines_are_put_back_to_the_last);
	tcase_add_loop_test(t, exit_part_that_fails_is_a_failure_of_its_own, 0, 3);
	tcase_add_test(t, exit_part_that_fails_hides_no_failure_before);
	tcase_add_test(t, file_is_on_the_disk_before_it_gets_its_name);
	tcase_add_test(t, preserved_bytes_are_on_the_disk_before_the_erase);
	tcase_add_test(t, borrowed_rights_are_refused_before_anything_is_opened);
	return runner_run(s);
}
