/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several boards on lines of the host that all of them share: who drives them, when, and what is done
 * when one of the boards fails. The lines are make-believe, the boards simulated; each process leaves
 * a letter for what it does, in the order of time.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/options.h"
#include "pins/gpio_backend.h"
#include "ports/sim/board/sim_port.h"
#include "report/text.h"
#include "steps/gang.h"
#include "tests/lib/command.h"
#include "tests/lib/board.h"

#define BOOT0 17
#define NRST 5
#define PINS "--gpiochip /dev/null --boot0 17 --nrst 5 "

/* r, i, x: a line requested, made an input, let go; B, b: BOOT0 high, low; H, L: NRST; o, c: a board's port opened, closed. */
static struct diary {
	pid_t first;
	unsigned int len;
	char text[256];
} *diary;

static void note(char what)
{
	unsigned int at = __atomic_fetch_add(&diary->len, 1, __ATOMIC_SEQ_CST);

	if (at < sizeof(diary->text) - 1)
		diary->text[at] = what;
}

/* ---- the host's lines, in place of libgpiod's ---- */

struct gpio_line { unsigned int offset; };
struct gpio_chip { struct gpio_line line[32]; };

static struct gpio_chip *open_chip(const char *path, struct gpio_chip_info *info)
{
	(void)path;
	*info = (struct gpio_chip_info){ "gpiochip0", "make-believe", 32 };
	return calloc(1, sizeof(struct gpio_chip));
}

static void close_chip(struct gpio_chip *chip)
{
	free(chip);
}

static int tell_line(struct gpio_chip *chip, unsigned int offset, struct gpio_line_info *info)
{
	(void)chip;
	(void)offset;
	*info = (struct gpio_line_info){ "", "", false };
	return 0;
}

static struct gpio_line *request(struct gpio_chip *chip, unsigned int offset, const char *consumer)
{
	(void)consumer;
	note('r');
	chip->line[offset].offset = offset;
	return &chip->line[offset];
}

static int drive(struct gpio_line *line, bool high)
{
	note(line->offset == BOOT0 ? (high ? 'B' : 'b') : (high ? 'H' : 'L'));
	return 0;
}

static int make_input(struct gpio_line *line)
{
	(void)line;
	note('i');
	return 0;
}

/* In a child process that closes a descriptor; the line is still held by its parent. */
static void release(struct gpio_line *line)
{
	(void)line;
	if (getpid() == diary->first)
		note('x');
}

const struct gpio_backend gpio_backend = {
	.chip_open = open_chip,
	.chip_close = close_chip,
	.line_info = tell_line,
	.line_request = request,
	.line_output = drive,
	.line_input = make_input,
	.line_release = release,
};

/* ---- boards on ports of the host: /board/SPEC is sim:SPEC without pins of its own ---- */

static struct port_ops seat;

static enum port_wire match_seat(const char *spec)
{
	return strncmp(spec, "/board/", 7) ? WIRE_NONE : WIRE_SERIAL;
}

static int close_seat(struct port *p, struct err *e)
{
	note('c');
	return port_sim.close(p, e);
}

static struct port *open_seat(const struct port_cfg *cfg, struct err *e)
{
	static char spec[100];
	struct port_cfg own = *cfg;
	struct port *p;

	if (strstr(cfg->spec, "killed"))
		raise(SIGKILL);
	snprintf(spec, sizeof(spec), "sim:%s", cfg->spec + 7);
	own.spec = spec;
	p = port_sim.open(&own, e);
	if (!p)
		return NULL;
	note('o');
	seat = *p->ops;
	seat.close = close_seat;
	p->ops = &seat;
	return p;
}

static const struct port_ops port_seat = { .match = match_seat, .open = open_seat };
static const struct port_ops *const kinds[] = { &port_seat, &port_sim, NULL };

/* ---- a job on them ---- */

static char said[8192];

static void hear(FILE *from)
{
	size_t n;

	rewind(from);
	n = fread(said, 1, sizeof(said) - 1, from);
	said[n] = '\0';
}

/* Runs "bootpin @args" on them. Returns its exit status. */
static int run(const char *args)
{
	static struct stop stop = STOP_INIT;
	FILE *err = tmpfile();
	struct err e = ERR_INIT;
	pid_t first = getpid();
	uint8_t data[3000];
	struct image image = IMAGE_INIT;
	struct command c;
	struct report r;
	struct job j;
	char *argv[32] = { NULL };
	char line[400];
	int argc = 0, ret;

	diary = mmap(NULL, sizeof(*diary), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(err != NULL && diary != MAP_FAILED);
	diary->first = first;
	memset(data, 0x5A, sizeof(data));
	memcpy(data, "\x00\x10\x00\x20\x11\x01\x00\x08", 8);
	ck_assert_int_eq(image_add(&image, FLASH, data, sizeof(data), "a", &e), 0);
	snprintf(line, sizeof(line), "bootpin %s", args);
	for (char *word = strtok(line, " "); word && argc < 31; word = strtok(NULL, " "))
		argv[argc++] = word;
	c = (struct command){ .image = &image };
	ck_assert_msg(options_parse(&c.o, kinds, argc, argv, &e) == 0, "%s", e.msg);
	ck_assert_int_eq(command_job(&c, &j, &e), 0);
	report_init(&r, &report_text, err, err, 0, false);
	ret = gang_run(&j, kinds, &r, &stop, &e);
	if (ret < 0)
		report_error(&r, "bootpin", &e);
	job_free(&j);
	command_free(&c);
	image_free(&image);
	if (getpid() != first)
		_exit(ret < 0 ? err_exit_status(&e) : 0);
	hear(err);
	fclose(err);
	return ret < 0 ? err_exit_status(&e) : 0;
}

static const struct {
	const char *args;
	int status;
	const char *before, *after;	/* the boards' ports were open */
	const char *says;
} jobs[] = {
	/* all well: reset into the application, once */
	{ PINS "/board/f103 /board/l432", 0, "rrLBH", "LbHixix", "exit part run, once for all boards" },
	{ PINS "-w a /board/f103 /board/f103,size=128", 0, "rrLBH", "LbHixix", "2 of 2 boards done" },
	{ PINS "-w a -R /board/f103 /board/f103,size=128", 0, "rrLBH", "LbHixix", "2 of 2 boards done" },
	/* a protected board is as it was, and so may start */
	{ PINS "-w a /board/f103 /board/f103,rdp=1", 7, "rrLBH", "LbHixix", "exit part run, once" },
	/* one that is half written must not start: all wait in their bootloaders */
	{ PINS "-w a -n 0 /board/f103,lie /board/f103", 8, "rrLBH", "LBHixix", "wait there" },
	/* one that is silent gets no entry of its own */
	{ PINS "-w a /board/f103 /board/f103,mute", 5, "rrLBH", "LbHixix", "exit part run, once" },
	/* one that Go has started is not reset */
	{ PINS "-w a -g 0 /board/f103 /board/f103,size=128", 0, "rrLBH", "bixix", "without a reset" },
	/* a blank one that would not come back is not reset, nor are the others */
	{ PINS "-o /board/f103 /board/g071", 0, "rrLBH", "ixix", "exit part not run" },
	/* a sequence of the user's is run as it is written */
	{ "--gpiochip /dev/null -i 17&-5&5:-17 -w a -n 0 /board/f103,lie /board/f103", 8, "rrBLH", "bixix",
	  "exit part run, once" },
	{ "--gpiochip /dev/null -i 17&-5&5 /board/f103 /board/f103,size=128", 0, "rrBLH", "ixix",
	  "2 of 2 boards done" },
	/* a bootloader that is in step already is not reset */
	{ PINS "-c -b 115200 /board/f103,mute /board/f103,mute,size=128", 5, "rr", "LbHixix", "no bootloader" },
};

START_TEST(shared_lines_are_driven_once_before_and_once_after_all_boards)
{
	char want[100];
	size_t before = strlen(jobs[_i].before);
	const char *after;
	int status = run(jobs[_i].args);

	ck_assert_msg(status == jobs[_i].status, "%s: status %d: %s", jobs[_i].args, status, said);
	after = strrchr(diary->text, 'c');
	snprintf(want, sizeof(want), "%s, boards, %s", jobs[_i].before, jobs[_i].after);
	ck_assert_msg(!strncmp(diary->text, jobs[_i].before, before) && after &&
		      !strcmp(after + 1, jobs[_i].after) &&
		      strspn(diary->text + before, "oc") == 4,
		      "%s: '%s', not '%s'\n%s", jobs[_i].args, diary->text, want, said);
	ck_assert_msg(strstr(said, jobs[_i].says) != NULL, "%s: does not say '%s':\n%s",
		      jobs[_i].args, jobs[_i].says, said);
}
END_TEST

/* What its chip holds is not known: it is not started, so none is. */
START_TEST(where_a_process_was_killed_all_boards_wait_in_their_bootloaders)
{
	ck_assert_int_eq(run(PINS "-w a /board/f103 /board/killed"), 1);
	ck_assert_str_eq(diary->text, "rrLBHocLBHixix");
	ck_assert_ptr_nonnull(strstr(said, "/board/killed: its process was ended by signal 9: "));
	ck_assert_ptr_nonnull(strstr(said, "1 of 2 boards done; failed: /board/killed (exit 1)"));
}
END_TEST

/* Nobody else is on the lines: its own process enters, and resets it as often as it has to. */
START_TEST(lines_of_a_single_port_are_its_own)
{
	ck_assert_int_eq(run("--gpiochip /dev/null -i 17&-5&5:-17 /board/f103 sim:f103,flash=."), 1);
	ck_assert_ptr_null(strstr(said, "for all boards"));
	ck_assert_str_eq(diary->text, "rroBLHbiic");
}
END_TEST

/* The lines go through one process, RTS through others: no order would be kept. */
START_TEST(a_sequence_of_lines_and_rts_is_refused_before_a_line_is_requested)
{
	ck_assert_int_eq(run("--gpiochip /dev/null -i 17&rts:-17 /board/f103 /board/l432"), 2);
	ck_assert_str_eq(diary->text, "");
}
END_TEST

/* A line of its own that the chip's reset drives would reset the others: no routine in RAM is run. */
START_TEST(boards_on_shared_lines_are_verified_without_a_reset)
{
	ck_assert_int_eq(run(PINS "-w a /board/f103 /board/f103,size=128"), 0);
	ck_assert_ptr_nonnull(strstr(said, "written and verified by reading"));
	ck_assert_ptr_null(strstr(said, "routine"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("gang");
	TCase *t = runner_case(s, "gang", 0);

	tcase_add_loop_test(t, shared_lines_are_driven_once_before_and_once_after_all_boards, 0,
			    sizeof(jobs) / sizeof(jobs[0]));
	tcase_add_test(t, where_a_process_was_killed_all_boards_wait_in_their_bootloaders);
	tcase_add_test(t, lines_of_a_single_port_are_its_own);
	tcase_add_test(t, a_sequence_of_lines_and_rts_is_refused_before_a_line_is_requested);
	tcase_add_test(t, boards_on_shared_lines_are_verified_without_a_reset);
	return runner_run(s);
}
