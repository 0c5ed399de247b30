/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a job failed, as programs are told it: class, address and phase, beside the message.
 */
#include "tests/lib/board.h"

#define NOWHERE 1u	/* no address */

static const struct {
	const char *spec, *args;
	enum err_code code;
	uint32_t addr;
	const char *phase;	/* NULL: none */
} failures[] = {
	{ "f103,write-protected", "-w app", ERR_WRITE_PROTECTED, FLASH, NULL },
	{ "f103,rdp=1", "-w app", ERR_PROTECTED, NOWHERE, NULL },
	{ "f103,lie", "-n 0 -w app", ERR_VERIFY, FLASH, "verifying" },
	{ "u083,write-protected", "-n 0 -w app", ERR_LOST_WRITE, FLASH, "verifying" },
	{ "f103", "--compare app", ERR_VERIFY, FLASH, "comparing" },
	{ "f103,fill=pattern", "--blank-check", ERR_VERIFY, FLASH, "checking" },
	{ "f103", "-o -S 0x08000404", ERR_ABILITY, FLASH + 0x404, NULL },
	{ "f103", "-o -S 0x08000400:0x404", ERR_ABILITY, FLASH + 0x804, NULL },
	{ "f103", "-S 0x08000400 -w app", ERR_IMAGE, FLASH, NULL },
	{ "f103", "-s 1 -e 1 -w app", ERR_IMAGE, FLASH, NULL },
	{ "f103", "-S 0x40000000 -r /dev/null", ERR_ABILITY, 0x40000000, NULL },
	{ "f103", "-S 0x40000000:4 -r /dev/null", ERR_ABILITY, 0x40000000, "reading" },
	{ "f103", "-g 0x40000000", ERR_LINK, 0x40000000, NULL },
	{ "wb55", "-S 0x080f4000:0x1000 -o", ERR_ABILITY, 0x080f4000, NULL },
	{ "f103,mute", "", ERR_SILENT, NOWHERE, NULL },
	{ "f103", "--set-option FOO=1", ERR_ABILITY, NOWHERE, NULL },
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
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("errors");
	TCase *t = runner_case(s, "errors", 0);

	tcase_add_loop_test(t, error_tells_class_address_and_phase, 0, COUNT(failures));
	return runner_run(s);
}
