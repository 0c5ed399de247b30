/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a job failed, as programs are told it: class, address, phase, file and line, beside the
 * message.
 */
#include <unistd.h>

#include "parsers/table.h"
#include "report/text.h"
#include "tests/lib/board.h"
#include "tests/lib/command.h"

#define NOWHERE 1u	/* no address */

static const struct {
	const char *spec, *args;
	enum err_code code;
	uint32_t addr;
	const char *phase;	/* NULL: none */
	const char *file;	/* NULL: none */
} failures[] = {
	{ "f103,write-protected", "-w app", ERR_WRITE_PROTECTED, FLASH, NULL, NULL },
	{ "f103,rdp=1", "-w app", ERR_PROTECTED, NOWHERE, NULL, NULL },
	{ "f103,lie", "-n 0 -w app", ERR_VERIFY, FLASH, "verifying", NULL },
	{ "u083,write-protected", "-n 0 -w app", ERR_LOST_WRITE, FLASH, "verifying", NULL },
	{ "f103", "--compare app", ERR_VERIFY, FLASH, "comparing", "image" },
	{ "f103,fill=pattern", "--blank-check", ERR_VERIFY, FLASH, "checking", NULL },
	{ "f103", "-o -S 0x08000404", ERR_ABILITY, FLASH + 0x404, NULL, NULL },
	{ "f103", "-o -S 0x08000400:0x404", ERR_ABILITY, FLASH + 0x804, NULL, NULL },
	{ "f103", "-S 0x08000400 -w app", ERR_IMAGE, FLASH, NULL, "image" },
	{ "f103", "-s 1 -e 1 -w app", ERR_IMAGE, FLASH, NULL, "image" },
	{ "f103", "-S 0x40000000 -r -", ERR_ABILITY, 0x40000000, NULL, NULL },
	{ "f103", "-S 0x40000000:4 -r -", ERR_ABILITY, 0x40000000, "reading", NULL },
	{ "f103", "-g 0x40000000", ERR_ABILITY, 0x40000000, NULL, NULL },
	{ "f103", "-R", ERR_ABILITY, FLASH, NULL, NULL },
	{ "wb55", "-S 0x080f4000:0x1000 -o", ERR_ABILITY, 0x080f4000, NULL, NULL },
	{ "f103,mute", "", ERR_SILENT, NOWHERE, NULL, NULL },
	{ "f103", "--set-option FOO=1", ERR_ABILITY, NOWHERE, NULL, NULL },
	{ "u083,fill=pattern,write-protected", "-n 0 -w app", ERR_WRITE_PROTECTED, FLASH, "erasing",
	  NULL },
	/* A reading that succeeded without a word is not what failed. */
	{ "f103,fill=pattern", "--preserve=/nonexistent/kept -w app", ERR_OTHER, NOWHERE, NULL,
	  NULL },
};

START_TEST(error_tells_class_address_and_phase)
{
	struct board b;

	board_open(&b, failures[_i].spec);
	board_application(&b, 256);
	ck_assert_int_ne(board_run(&b, failures[_i].args), 0);
	ck_assert_msg(b.e.code == failures[_i].code, "class %d: %s", (int)b.e.code, b.e.msg);
	ck_assert_msg(b.e.has_addr == (failures[_i].addr != NOWHERE) &&
			      (!b.e.has_addr || b.e.addr == failures[_i].addr),
		      "address %d 0x%08x: %s", b.e.has_addr, b.e.addr, b.e.msg);
	ck_assert_msg(!b.e.phase == !failures[_i].phase &&
			      (!b.e.phase || strcmp(b.e.phase, failures[_i].phase) == 0),
		      "phase '%s': %s", b.e.phase ? b.e.phase : "none", b.e.msg);
	ck_assert_msg(strcmp(b.e.file, failures[_i].file ? failures[_i].file : "") == 0 &&
			      b.e.line == 0, "%s:%u: %s", b.e.file, b.e.line, b.e.msg);
	board_close(&b);
}
END_TEST

/* ---- files ---- */

static const struct {
	const char *content;	/* NULL: there is no such file */
	uint32_t addr;
	unsigned int line;	/* 0: none */
} files[] = {
	{ NULL, NOWHERE, 0 },
	{ "", NOWHERE, 0 },
	{ ":0100000001FE\n:0100010001FF\n:00000001FF\n", NOWHERE, 2 },
	{ ":0100000001FE\n\n:01000000\n", NOWHERE, 3 },
	{ ":0100000001FE\n", NOWHERE, 1 },
	{ ":00000001FF\n", NOWHERE, 1 },
	{ ":0100040001FA\n:0100040002F9\n:00000001FF\n", 4, 2 },
	{ ":02000004FFFFFC\n:10FFF80000000000000000000000000000000000F9\n", 0xFFFFFFF8, 2 },
};

static void write_file(char *name, const char *content)
{
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	if (content)
		ck_assert_int_eq(write(fd, content, strlen(content)), (ssize_t)strlen(content));
	close(fd);
	if (!content)
		unlink(name);
}

START_TEST(error_tells_file_line_and_address)
{
	char name[] = "check_errors.XXXXXX", args[64];
	FILE *nowhere = fopen("/dev/null", "w");
	struct err e = ERR_INIT;
	struct command c;
	struct report r;
	struct job j;

	write_file(name, files[_i].content);
	snprintf(args, sizeof(args), "-w %s", name);
	ck_assert_msg(command_parse(&c, args, "sim:f103", &e) == 0, "%s", e.msg);
	report_init(&r, &report_text, nowhere, nowhere, 0, false);
	ck_assert_int_eq(job_prepare(&j, &c.o, parser_table, &r, NULL, &e), -1);
	unlink(name);
	ck_assert_msg(e.code == ERR_IMAGE, "class %d: %s", (int)e.code, e.msg);
	ck_assert_msg(strcmp(e.file, name) == 0 && e.line == files[_i].line, "%s:%u: %s", e.file,
		      e.line, e.msg);
	ck_assert_msg(e.has_addr == (files[_i].addr != NOWHERE) &&
			      (!e.has_addr || e.addr == files[_i].addr),
		      "address %d 0x%08x: %s", e.has_addr, e.addr, e.msg);
	ck_assert_ptr_null(e.phase);
	job_free(&j);
	command_free(&c);
	fclose(nowhere);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("errors");
	TCase *t = runner_case(s, "errors", 0);

	tcase_add_loop_test(t, error_tells_class_address_and_phase, 0, COUNT(failures));
	tcase_add_loop_test(t, error_tells_file_line_and_address, 0, COUNT(files));
	return runner_run(s);
}
