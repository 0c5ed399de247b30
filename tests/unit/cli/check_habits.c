/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Command lines of other programs' users: each is refused, and what is shown in its place is a line
 * that bootpin takes.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/habit_table.h"
#include "cli/options.h"
#include "ports/i2c.h"
#include "ports/replay.h"
#include "ports/serial.h"
#include "ports/sim/board/sim_port.h"
#include "ports/usb.h"
#include "tests/lib/runner.h"

#define WORDS_MAX 40
#define HERE "; here it is: "

/* PORT stands for a path, and needs not be there. */
static enum port_wire match_path(const char *spec)
{
	return port_serial.match(spec);
}

static const struct port_ops path = { .match = match_path };
static const struct port_ops *const any_port[] = { &port_sim, &port_replay, &port_usb, &port_i2c,
						    &path, NULL };

/* Parses a line, cut at its blanks. */
static int parse(const char *text, struct err *e)
{
	char line[600], *argv[WORDS_MAX + 1], *rest = NULL;
	struct request o;
	int argc = 0, ret;

	snprintf(line, sizeof(line), "%s", text);
	for (char *w = strtok_r(line, " ", &rest); w; w = strtok_r(NULL, " ", &rest)) {
		ck_assert_int_lt(argc, WORDS_MAX);
		argv[argc++] = w;
	}
	argv[argc] = NULL;
	ret = options_parse(&o, any_port, argc, argv, e);
	options_free(&o);
	return ret;
}

static const struct { const char *line, *here; } lines[] = {
	/* a file where PORT stands */
	{ "/dev/ttyUSB0 fw.hex", "/dev/ttyUSB0 -w fw.hex" },
	{ "fw.bin /dev/ttyUSB0", "-w fw.bin /dev/ttyUSB0" },
	{ "FW.HEX", "-w FW.HEX PORT" },
	{ "-v fw.elf@0x08000000 /dev/ttyUSB0", "-v -w fw.elf@0x08000000 /dev/ttyUSB0" },
	{ "/dev/ttyUSB0 fw.bin 0x08004000", "/dev/ttyUSB0 -w fw.bin@0x08004000" },
	{ "/dev/ttyUSB0 fw.hex 0x08004000", "/dev/ttyUSB0 -w fw.hex" },
	{ "-w a.hex b.hex /dev/ttyUSB0", "-w a.hex -w b.hex /dev/ttyUSB0" },
	{ "-w /dev/ttyUSB0 fw.hex", "-w fw.hex /dev/ttyUSB0" },
	/* a port in another form */
	{ "--port /dev/ttyUSB0", "/dev/ttyUSB0" },
	{ "--port=/dev/ttyUSB0 -C", "/dev/ttyUSB0 -C" },
	{ "--port ttyUSB0", "/dev/ttyUSB0" },
	{ "-p ttyUSB0 -b 9600", "/dev/ttyUSB0 -b 9600" },
	{ "-P /dev/ttyACM0", "/dev/ttyACM0" },
	{ "-d /dev/ttyACM0", "/dev/ttyACM0" },
	{ "--device=ttyACM0", "/dev/ttyACM0" },
	{ "-d ttyACM0", "/dev/ttyACM0" },
	{ "-d board", "board" },
	{ "-d fw.hex P", "-w fw.hex P" },
	{ "-c port=ttyS0 -d image", "/dev/ttyS0 -w image" },
	{ "/dev/ttyUSB0 115200 8n1", "/dev/ttyUSB0 -b 115200 -m 8n1" },
	{ "--device /dev/ttyACM0", "/dev/ttyACM0" },
	{ "ttyUSB0", "/dev/ttyUSB0" },
	{ "-C ttyACM12", "-C /dev/ttyACM12" },
	{ "i2c-1 -a 0x48", "/dev/i2c-1 -a 0x48" },
	{ "dev/ttyS0", "/dev/ttyS0" },
	{ "serial/by-id/x", "/dev/serial/by-id/x" },
	{ "--baudrate 57600 /dev/ttyUSB0", "-b 57600 /dev/ttyUSB0" },
	{ "--baudrate=57600 /dev/ttyUSB0", "-b 57600 /dev/ttyUSB0" },
	/* what is there */
	{ "-l", "--list-ports" }, { "-L", "--list-ports" }, { "list", "--list-ports" },
	{ "info /dev/ttyUSB0", "/dev/ttyUSB0" },
	{ "-vvv /dev/ttyUSB0", "--verbose --verbose /dev/ttyUSB0" },
	/* STM32_Programmer_CLI */
	{ "-c port=/dev/ttyUSB0 br=115200 -w fw.bin 0x08000000",
	  "/dev/ttyUSB0 -b 115200 -w fw.bin@0x08000000" },
	{ "-c port=/dev/ttyUSB0 br=115200 P=EVEN db=8 sb=1 fc=OFF -d fw.hex -v -g 0x08000000",
	  "/dev/ttyUSB0 -b 115200 -w fw.hex -v -g 0x08000000" },
	{ "-c port=ttyS0 -e all -hardRst", "/dev/ttyS0 -o --reset" },
	{ "-c port=/dev/ttyUSB0 -ob displ", "/dev/ttyUSB0 --option-bytes" },
	{ "-c port=/dev/ttyUSB0 -ob nBOOT0=1 nBOOT1=0",
	  "/dev/ttyUSB0 --set-option nBOOT0=1 --set-option nBOOT1=0" },
	{ "-c port=/dev/ttyUSB0 -r 0x08000000 0x400 x.bin",
	  "/dev/ttyUSB0 -r x.bin -S 0x08000000:0x400" },
	{ "-rdu -c port=/dev/ttyUSB0", "--readout-unprotect /dev/ttyUSB0" },
	{ "-c port=/dev/ttyUSB0 -w fw.bin 0x08000000 -s 0x08000000",
	  "/dev/ttyUSB0 -w fw.bin@0x08000000 -g 0x08000000" },
	/* st-flash */
	{ "write fw.bin 0x08000000", "-w fw.bin@0x08000000 PORT" },
	{ "--reset write fw.bin 0x8000000", "--reset -w fw.bin@0x8000000 PORT" },
	{ "read x.bin 0x08000000 0x1000", "-r x.bin -S 0x08000000:0x1000 PORT" },
	{ "erase", "-o PORT" },
	/* dfu-util */
	{ "-D fw.bin -s 0x08000000:leave -a 0", "-w fw.bin@0x08000000 -g 0x08000000 PORT" },
	{ "-a 0 -s 0x08000000:leave -D fw.bin", "-w fw.bin@0x08000000 -g 0x08000000 PORT" },
	{ "-d 0483:df11 -a 0 -D fw.bin -s 0x08004000", "-w fw.bin@0x08004000 PORT" },
	/* stm32loader */
	{ "-p /dev/ttyUSB0 -e -w -v fw.bin", "/dev/ttyUSB0 -w fw.bin" },
	{ "-e -w -v fw.bin -p /dev/ttyUSB0 -b 9600", "-w fw.bin /dev/ttyUSB0 -b 9600" },
	{ "-ewv fw.bin -p /dev/ttyUSB0", "-w fw.bin /dev/ttyUSB0" },
	/* esptool */
	{ "--port /dev/ttyUSB0 --baud 9600 write_flash 0x08001000 fw.bin",
	  "/dev/ttyUSB0 --baud 9600 -w fw.bin@0x08001000" },
	{ "-p /dev/ttyUSB0 erase-flash", "/dev/ttyUSB0 -o" },
	/* quoted for a shell, and words behind "--" as they are */
	{ "--port a$b", "'a$b'" },
	{ "--port it's", "'it'\\''s'" },
	{ "-l -- fw.hex", "--list-ports -- fw.hex" },
};

START_TEST(line_is_shown_in_our_spelling)
{
	char line[400], wanted[400];
	struct err e = ERR_INIT;
	const char *here;

	snprintf(line, sizeof(line), "bootpin %s", lines[_i].line);
	snprintf(wanted, sizeof(wanted), "bootpin %s", lines[_i].here);
	ck_assert_int_eq(parse(line, &e), -1);
	ck_assert_int_eq(e.code, ERR_USAGE);
	here = strstr(e.msg, HERE);
	ck_assert_msg(here, "%s: %s", line, e.msg);
	ck_assert_str_eq(here + strlen(HERE), wanted);
}
END_TEST

static const struct { const char *kind, *sample; } samples[] = {
	{ "<file>", "fw.img" }, { "<node>", "ttyUSB7" }, { "<set>", "X=1" }, { "*", "4800" },
	{ "#", "4800" },
};

/* The words that a row which needs company is typed with. */
static const struct { const char *with, *words; } company[] = {
	{ "port=*", "port=/dev/ttyX" }, { "-D", "-D fw.img" }, { "-ob", "-ob X=2" },
	{ "flash:*", "-U flash:w:fw.img" }, { "-w", "-w fw.img" }, { "-d", "-d fw.img" },
	{ "--write", "--write fw.img" }, { "--download", "--download fw.img" },
	{ "-download", "-download fw.img" },
};

/* @pattern with a word of the user's in place of each kind. */
static void fill_in(const char *pattern, char *to, size_t size)
{
	size_t at = 0;

	while (*pattern && at + 16 < size) {
		const char *sample = NULL;
		size_t n = 1;

		for (size_t i = 0; i < COUNT(samples) && !sample; i++) {
			n = strlen(samples[i].kind);
			if (!strncmp(pattern, samples[i].kind, n))
				sample = samples[i].sample;
		}
		if (sample)
			at += (size_t)snprintf(to + at, size - at, "%s", sample);
		else
			to[at++] = *pattern;
		pattern += sample ? n : 1;
	}
	to[at] = '\0';
}

/* Whatever a row says is a line that bootpin takes, and no habit of another program again. */
START_TEST(spelling_of_each_row_is_taken)
{
	char typed[200], line[400];
	const struct habit *row = &habit_table[_i];
	struct err e = ERR_INIT;
	const char *here;

	fill_in(row->words, typed, sizeof(typed));
	snprintf(line, sizeof(line), "bootpin %s", typed);
	for (size_t i = 0; i < COUNT(company) && row->with; i++)
		if (!strcmp(company[i].with, row->with))
			snprintf(line, sizeof(line), "bootpin %s %s", typed, company[i].words);
	ck_assert_msg(parse(line, &e) == -1 && e.code == ERR_USAGE, "%s", line);
	here = strstr(e.msg, HERE);
	ck_assert_msg(row->advice ? !here && strstr(e.msg, row->advice) : here != NULL, "%s: %s",
		      line, e.msg);
	if (here) {
		struct err again = ERR_INIT;

		/* The sample's numbers are no addresses, which is told then. */
		ck_assert_msg(parse(here + strlen(HERE), &again) == 0 ||
				      strstr(again.msg, "0x is missing?"),
			      "%s%s: %s", line, e.msg, again.msg);
	}
}
END_TEST

static const char *const ours[] = {
	"-w fw.hex -g 0 P", "-r fw.bin P", "--compare fw.hex P", "--trace list P", "-w list P",
	"-w write P", "-i ttyUSB0 P", "--gpiochip ttyUSB0 P -i 4", "-qR P", "-v -w fw.bin P",
	"-e 0 -w a P", "-s 5 -w a P", "--preserve=fw.hex -w a P", "sim:f103,flash=fw.bin",
	"replay:fw.hex", "/dev/serial/by-id/x", "--help list", "-- list", "-- fw.hex",
};

START_TEST(line_of_ours_is_taken)
{
	char line[200];
	struct err e = ERR_INIT;

	snprintf(line, sizeof(line), "bootpin %s", ours[_i]);
	ck_assert_msg(parse(line, &e) == 0, "%s: %s", line, e.msg);
}
END_TEST

/* Where a device, or a link to one, has such a name, that is what is meant. */
START_TEST(device_that_is_there_is_no_habit)
{
	char dir[] = "/tmp/bootpin-habits.XXXXXX", old[512];
	struct err e = ERR_INIT;

	ck_assert_ptr_nonnull(getcwd(old, sizeof(old)));
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
	ck_assert_int_eq(symlink("/dev/null", "ttyUSB0"), 0);
	ck_assert_int_eq(symlink("/dev/null", "list"), 0);
	ck_assert_int_eq(parse("bootpin ttyUSB0", &e), 0);
	ck_assert_int_eq(parse("bootpin list", &e), 0);
	unlink("ttyUSB0");
	unlink("list");
	ck_assert_int_eq(parse("bootpin ttyUSB0", &e), -1);
	ck_assert_int_eq(chdir(old), 0);
	ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

/* A line that no message holds: its first words only. */
START_TEST(long_line_is_not_cut_in_the_middle)
{
	char line[500] = "bootpin --port /dev/ttyX -w ";
	struct err e = ERR_INIT;

	memset(line + strlen(line), 'n', 400);
	ck_assert_int_eq(parse(line, &e), -1);
	ck_assert_str_eq(e.msg, "'--port /dev/ttyX' is another program's; here it is: /dev/ttyX");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("habits");
	TCase *t = runner_case(s, "habits", 0);
	int rows = 0;

	while (habit_table[rows].words)
		rows++;
	tcase_add_loop_test(t, line_is_shown_in_our_spelling, 0, COUNT(lines));
	tcase_add_loop_test(t, spelling_of_each_row_is_taken, 0, rows);
	tcase_add_loop_test(t, line_of_ours_is_taken, 0, COUNT(ours));
	tcase_add_test(t, device_that_is_there_is_no_habit);
	tcase_add_test(t, long_line_is_not_cut_in_the_middle);
	return runner_run(s);
}
