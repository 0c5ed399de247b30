/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every step on a bootloader that is none of AN3155's: what loader.h says is all that steps rely on.
 */
#include <fcntl.h>
#include <unistd.h>

#include "base/crc.h"
#include "tests/lib/plain.h"

#define CHIP_NAME "--chip l432kc "
#define LENGTH 4096u

static void expect(struct plain *p, struct board *b, const char *args, int status)
{
	int got = plain_run(p, b, args);

	ck_assert_msg(got == status, "bootpin %s: status %d, not %d: %s\n%s", args, got, status,
		      b->e.msg, b->said);
}

static void open_with_application(struct board *b, const char *spec)
{
	board_open(b, spec);
	board_application(b, LENGTH);
}

START_TEST(chip_is_named_by_the_user_where_no_product_id_is_told)
{
	struct plain p;
	struct board b;

	board_open(&b, "l432");
	expect(&p, &b, CHIP_NAME, 0);
	board_said(&b, "256 KiB");
	expect(&p, &b, "", 0);
	board_said(&b, "--chip says which chip it is");
	board_close(&b);
}
END_TEST

START_TEST(write_erases_its_pages_and_goes_in_blocks_of_that_bootloader)
{
	struct plain p;
	struct board b;

	open_with_application(&b, "l432,fill=pattern");
	expect(&p, &b, CHIP_NAME "-w app", 0);
	board_holds_image(&b, "written");
	ck_assert_uint_eq(board_unharmed(&b, "written"), 2);
	ck_assert_uint_eq(p.writes, LENGTH / PLAIN_BLOCK);
	ck_assert_uint_eq(p.longest_write, PLAIN_BLOCK);
	ck_assert_uint_eq(p.mass_erases, 0);
	board_close(&b);
}
END_TEST

START_TEST(checksum_of_that_bootloader_verifies)
{
	struct plain p;
	struct board b;

	open_with_application(&b, "l432");
	expect(&p, &b, CHIP_NAME "--verify=checksum -w app", 0);
	board_holds_image(&b, "verified by its sum");
	board_close(&b);
}
END_TEST

START_TEST(a_write_that_is_lost_fails)
{
	struct plain p;
	struct board b;

	open_with_application(&b, "l432,write-protected,fill=pattern");
	expect(&p, &b, CHIP_NAME "-w app", 7);
	expect(&p, &b, CHIP_NAME "--unlock -w app", 0);
	board_holds_image(&b, "made writable");
	ck_assert_uint_ge(p.returns, 1);
	board_close(&b);
}
END_TEST

START_TEST(what_shares_a_page_is_preserved)
{
	static const uint8_t four[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct plain p;
	struct board b;

	board_open(&b, "l432,fill=pattern");
	board_image(&b, FLASH + 0x100, four, sizeof(four));
	expect(&p, &b, CHIP_NAME "--preserve -w app", 0);
	board_holds_image(&b, "preserved");
	for (uint32_t at = 0x108; at < 0x800; at++)
		ck_assert_uint_eq(board_byte(&b, FLASH + at), b.before[at]);
	board_close(&b);
}
END_TEST

START_TEST(erase_takes_the_list_in_as_many_commands_as_it_needs)
{
	struct plain p;
	struct board b;

	board_open(&b, "l432,fill=pattern");
	expect(&p, &b, CHIP_NAME "-o -s 2 -e 12", 0);
	ck_assert_uint_eq(p.erases, 3);
	for (uint32_t page = 0; page < 20; page++)
		ck_assert_uint_eq(chip_page_erases(b.chip, page), page >= 2 && page < 14);
	expect(&p, &b, CHIP_NAME "-o", 0);
	ck_assert_uint_eq(p.mass_erases, 1);
	expect(&p, &b, CHIP_NAME "--blank-check", 0);
	board_close(&b);
}
END_TEST

START_TEST(reads_sums_and_compares)
{
	char name[] = "/tmp/bootpin-plain-XXXXXX", args[128], want[64];
	uint8_t back[LENGTH];
	struct plain p;
	struct board b;
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	open_with_application(&b, "l432");
	expect(&p, &b, CHIP_NAME "-w app", 0);
	expect(&p, &b, CHIP_NAME "--compare app", 0);
	expect(&p, &b, CHIP_NAME "--blank-check", 8);
	snprintf(args, sizeof(args), CHIP_NAME "-S 0x08000000:%u -r %s", LENGTH, name);
	expect(&p, &b, args, 0);
	close(fd);
	fd = open(name, O_RDONLY);
	ck_assert_int_eq(read(fd, back, sizeof(back)), LENGTH);
	ck_assert_mem_eq(back, b.image.seg[0].data, LENGTH);
	snprintf(args, sizeof(args), CHIP_NAME "-S 0x08000000:%u -C", LENGTH);
	expect(&p, &b, args, 0);
	snprintf(want, sizeof(want), "= 0x%08x", crc_stm32(CRC_INIT, back, LENGTH));
	board_said(&b, want);
	close(fd);
	unlink(name);
	board_close(&b);
}
END_TEST

START_TEST(production_goes_through_an_unlock_and_a_lock_that_each_come_back)
{
	struct plain p;
	struct board b;

	open_with_application(&b, "l432,rdp=1,jumper");
	expect(&p, &b, CHIP_NAME "-w app", 7);
	expect(&p, &b, CHIP_NAME "--unlock -w app --lock", 0);
	board_said(&b, "locked: reading is refused");
	ck_assert_int_eq(chip_rdp(b.chip), 1);
	ck_assert_uint_ge(p.returns, 2);
	board_holds_image(&b, "locked in");
	board_close(&b);
}
END_TEST

START_TEST(protection_actions_reach_that_bootloader)
{
	struct plain p;
	struct board b;

	board_open(&b, "l432,write-protected,jumper");
	expect(&p, &b, CHIP_NAME "-u", 0);
	expect(&p, &b, CHIP_NAME "-o -s 1 -e 1", 0);
	expect(&p, &b, CHIP_NAME "-j", 0);
	ck_assert_int_eq(chip_rdp(b.chip), 1);
	expect(&p, &b, CHIP_NAME "-k", 0);
	ck_assert_int_eq(chip_rdp(b.chip), 0);
	board_close(&b);
}
END_TEST

START_TEST(option_bytes_are_set_and_proven_behind_the_reset)
{
	struct plain p;
	struct board b;

	board_open(&b, "l432,jumper");
	expect(&p, &b, CHIP_NAME "--set-option IWDG_STOP=0", 0);
	board_said(&b, "written and verified");
	ck_assert_uint_eq(p.returns, 1);
	expect(&p, &b, CHIP_NAME "--option-bytes", 0);
	board_said(&b, "IWDG_STOP            0");
	board_close(&b);
}
END_TEST

START_TEST(application_is_started_by_go_and_by_a_reset_in_ram)
{
	struct plain p;
	struct board b;

	open_with_application(&b, "l432");
	expect(&p, &b, CHIP_NAME "-w app -g 0", 0);
	board_runs(&b, "Go");
	board_close(&b);
	open_with_application(&b, "f103");
	expect(&p, &b, "--chip f103x8 -w app -g 0", 0);
	board_runs(&b, "Go");
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("contract");
	TCase *t = runner_case(s, "plain", 0);

	tcase_add_test(t, chip_is_named_by_the_user_where_no_product_id_is_told);
	tcase_add_test(t, write_erases_its_pages_and_goes_in_blocks_of_that_bootloader);
	tcase_add_test(t, checksum_of_that_bootloader_verifies);
	tcase_add_test(t, a_write_that_is_lost_fails);
	tcase_add_test(t, what_shares_a_page_is_preserved);
	tcase_add_test(t, erase_takes_the_list_in_as_many_commands_as_it_needs);
	tcase_add_test(t, reads_sums_and_compares);
	tcase_add_test(t, production_goes_through_an_unlock_and_a_lock_that_each_come_back);
	tcase_add_test(t, protection_actions_reach_that_bootloader);
	tcase_add_test(t, option_bytes_are_set_and_proven_behind_the_reset);
	tcase_add_test(t, application_is_started_by_go_and_by_a_reset_in_ram);
	return runner_run(s);
}
