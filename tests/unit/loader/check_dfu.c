/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bootloader over USB on a device that behaves as the switches of usb_double.h say: each known
 * deviation of real devices (protocol notes, sections 4, 5 and 7), in whole jobs.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "tests/lib/command.h"
#include "tests/lib/runner.h"
#include "tests/lib/usb_double.h"

#define FLASH_128 "@Internal Flash  /0x08000000/0128*0002Kg"
#define OPTIONS "@Option Bytes  /0x1FFF7800/01*040 e"
#define OTP "@OTP Memory /0x1FFF7000/01*0001Ke"
#define CUSTOM "@Internal Flash   /0x08000000/16*002Ka,112*002Kg"
#define LENGTH (64u * 1024)

struct rig {
	struct usb_double u;
	struct image image;
	struct err e;
	char *said;
	size_t said_len;
	nsec_t took;
	unsigned int transfers;
};

static void put_options(struct rig *r)
{
	static const uint8_t word[8] = { 0xAA, 0xF8, 0xEF, 0xFF, 0x55, 0x07, 0x10, 0x00 };
	uint8_t *ob = r->u.system + 0x7800;

	memset(ob, 0xFF, 40);
	for (size_t i = 8; i < 40; i += 8)
		memset(ob + i + 4, 0, 4);
	memcpy(ob, word, sizeof(word));
	for (size_t i = 0x18; i < 40; i += 8)	/* WRP1A, WRP1B: nothing */
		ob[i + 2] = (uint8_t)~(ob[i + 6] = 0xFF);
	r->u.option_address = 0x1FFF7800;
}

/* An L432 in its bootloader, as far as the host sees. */
static void open_l432(struct rig *r)
{
	memset(r, 0, sizeof(*r));
	usb_double_init(&r->u, FLASH_128);
	usb_double_add(&r->u, OPTIONS);
	usb_double_add(&r->u, OTP);
	put_options(r);
	put_le16(r->u.system + 0x75E0, 256);
	r->u.system[0x6FFE] = 0x91;
}

static void use_image(struct rig *r, uint32_t addr, uint32_t len)
{
	uint8_t *data = malloc(len);

	ck_assert_ptr_nonnull(data);
	for (uint32_t i = 0; i < len; i++)
		data[i] = (uint8_t)(i * 7 + i / 256 + 1);
	put_le32(data, 0x20004000);
	put_le32(data + 4, addr + 0x101);
	image_free(&r->image);
	ck_assert_int_eq(image_add(&r->image, addr, data, len, NULL, NULL), 0);
	free(data);
}

static void close_rig(struct rig *r)
{
	image_free(&r->image);
	free(r->said);
}

static int run(struct rig *r, const char *args)
{
	nsec_t began = r->u.now;
	unsigned int transfers = r->u.transfers;
	struct command c = { 0 };
	int ret;

	free(r->said);
	r->said = NULL;
	r->e = ERR_INIT;
	ret = command_parse(&c, args, "usb", &r->e);
	c.image = &r->image;
	c.out = c.err = open_memstream(&r->said, &r->said_len);
	if (ret == 0)
		ret = command_run(&c, &r->u.port, &r->e);
	fclose(c.out);
	command_free(&c);
	r->took = r->u.now - began;
	r->transfers = r->u.transfers - transfers;
	return ret < 0 ? err_exit_status(&r->e) : 0;
}

static void expect(struct rig *r, const char *args, int status)
{
	int got = run(r, args);

	ck_assert_msg(got == status, "bootpin %s: status %d, not %d: %s\n%s", args, got, status,
		      r->e.msg, r->said);
}

static void expect_message(const struct rig *r, const char *words)
{
	ck_assert_msg(strstr(r->e.msg, words) || strstr(r->said, words), "'%s' is in neither of: %s\n%s",
		      words, r->e.msg, r->said);
}

static void expect_image(const struct rig *r)
{
	for (size_t i = 0; i < r->image.count; i++) {
		const struct segment *g = &r->image.seg[i];

		ck_assert_mem_eq(r->u.flash + (g->addr - DOUBLE_FLASH), g->data, g->len);
	}
}

/* ---- plain jobs ---- */

START_TEST(chip_is_identified_by_its_strings_and_memory)
{
	struct rig r;

	open_l432(&r);
	expect(&r, "", 0);
	expect_message(&r, "STM32L43");
	expect_message(&r, "256 KiB");
	expect_message(&r, "21 41 92");
	close_rig(&r);
}
END_TEST

static const char *const jobs[] = {
	"-w image", "-w image --no-verify", "-w image --preserve", "-w image --only-changed",
	"-w image --full", "-w image --verify=read", "-w image -e 32 -s 0",
	"-w image --mass-erase",
};

START_TEST(image_is_written)
{
	struct rig r;

	open_l432(&r);
	memset(r.u.flash, 0x5A, sizeof(r.u.flash));
	use_image(&r, DOUBLE_FLASH, LENGTH);
	expect(&r, jobs[_i], 0);
	expect_image(&r);
	if (!strstr(jobs[_i], "mass"))
		ck_assert_uint_eq(r.u.flash[LENGTH], 0x5A);
	expect(&r, "--compare image", 0);
	r.u.flash[77] ^= 1;
	expect(&r, "--compare image", 8);
	close_rig(&r);
}
END_TEST

static const enum double_busy ways_of_busy[] = { DOUBLE_SAYS_BUSY, DOUBLE_SILENT, DOUBLE_STALLS };

START_TEST(write_takes_three_transfers_a_block_and_little_more_than_the_chip_needs)
{
	unsigned int blocks = LENGTH / 2048, before;
	nsec_t least = blocks * (22 + 4) * NSEC_PER_MSEC;
	struct rig r;

	open_l432(&r);
	r.u.busy = ways_of_busy[_i];
	use_image(&r, DOUBLE_FLASH, LENGTH);
	before = r.u.requests[DFU_DNLOAD] + r.u.requests[DFU_GETSTATUS];
	expect(&r, "-w image -e 0", 0);
	before = r.u.requests[DFU_DNLOAD] + r.u.requests[DFU_GETSTATUS] - before;
	/* beside the blocks: identification, and learning how long one takes */
	ck_assert_msg(before <= 3 * blocks + 60, "%u transfers", before);
	ck_assert_msg(r.took < least + least / 3, "%.3f s, not %.3f: %s", (double)r.took / 1e9,
		      (double)least / 1e9, r.said);
	close_rig(&r);
}
END_TEST

START_TEST(address_is_set_once_for_a_run_of_blocks)
{
	struct rig r;

	open_l432(&r);
	use_image(&r, DOUBLE_FLASH, LENGTH + 100);
	expect(&r, "-w image -e 0", 0);
	expect_image(&r);
	/* identification, both runs, and the short last blocks */
	ck_assert_uint_le(r.u.pointers, 16);
	close_rig(&r);
}
END_TEST

START_TEST(short_transfer_sizes_are_kept)
{
	struct rig r;

	open_l432(&r);
	r.u.device.transfer_size = 1024;
	use_image(&r, DOUBLE_FLASH + 0x2000, 10000);
	expect(&r, "-w image", 0);
	expect_image(&r);
	close_rig(&r);
}
END_TEST

START_TEST(memory_is_read_and_erased)
{
	struct rig r;

	open_l432(&r);
	memset(r.u.flash, 0x11, sizeof(r.u.flash));
	expect(&r, "--blank-check", 8);
	expect(&r, "-o -S 0x08000800:4096", 0);
	ck_assert_uint_eq(r.u.flash[0x7FF], 0x11);
	ck_assert_uint_eq(r.u.flash[0x800], 0xFF);
	ck_assert_uint_eq(r.u.flash[0x1800], 0x11);
	expect(&r, "-o", 0);
	ck_assert_uint_eq(r.u.mass_erases, 1);
	expect(&r, "--blank-check", 0);
	close_rig(&r);
}
END_TEST

/* ---- the state that it is found in ---- */

static const struct { enum dfu_state state; uint8_t code; } found[] = {
	{ DFU_IDLE, 0 }, { DFU_ERROR, 10 }, { DFU_DNLOAD_IDLE, 0 }, { DFU_UPLOAD_IDLE, 0 },
	{ (enum dfu_state)15, 0 }, { DFU_ERROR, 11 },
};

START_TEST(any_state_at_first_is_brought_to_idle)
{
	struct rig r;

	open_l432(&r);
	r.u.state = found[_i].state;
	r.u.code = found[_i].code;
	use_image(&r, DOUBLE_FLASH, 4096);
	expect(&r, "-w image", 0);
	expect_image(&r);
	close_rig(&r);
}
END_TEST

START_TEST(device_in_its_application_is_no_bootloader)
{
	struct rig r;

	open_l432(&r);
	r.u.state = DFU_APP_IDLE;
	expect(&r, "", 5);
	expect_message(&r, "runs its application");
	close_rig(&r);
}
END_TEST

/* ---- what the protocol keeps to itself ---- */

START_TEST(lost_writes_are_found)
{
	struct rig r;

	open_l432(&r);
	r.u.loses_writes = true;
	use_image(&r, DOUBLE_FLASH, 8192);
	expect(&r, "-w image", 8);
	close_rig(&r);
}
END_TEST

START_TEST(skipped_erases_are_found_before_the_first_write)
{
	struct rig r;

	open_l432(&r);
	memset(r.u.flash, 0, sizeof(r.u.flash));
	r.u.ignores_erase = true;
	use_image(&r, DOUBLE_FLASH, 8192);
	ck_assert_int_ne(run(&r, "-w image"), 0);
	ck_assert_uint_eq(r.u.flash[0], 0);
	close_rig(&r);
}
END_TEST

START_TEST(stated_times_are_no_reason_to_wait)
{
	struct rig r;

	open_l432(&r);
	r.u.poll_ms = 0xFFFFFF;
	use_image(&r, DOUBLE_FLASH, LENGTH);
	expect(&r, "-w image", 0);
	ck_assert_msg(r.took < 5 * NSEC_PER_SEC, "%.1f s", (double)r.took / 1e9);
	r.u.poll_ms = 0;
	expect(&r, "-w image --full", 0);
	close_rig(&r);
}
END_TEST

START_TEST(one_that_stays_busy_for_ever_is_stopped_and_looked_at)
{
	struct rig r;

	open_l432(&r);
	memset(r.u.flash, 0x33, sizeof(r.u.flash));
	r.u.stays_busy = true;
	expect(&r, "-o -S 0x08000000:2048", 0);
	ck_assert_uint_eq(r.u.erases, 1);
	close_rig(&r);
}
END_TEST

static const enum double_fault faults[] = {
	DOUBLE_STALL, DOUBLE_TIMEOUT, DOUBLE_GARBLE, DOUBLE_SHORT, DOUBLE_RESET,
};

/* At every transfer of the job. Success means that the flash holds the image. */
START_TEST(failed_transfer_is_no_failure_of_the_job)
{
	unsigned int transfers, failed = 0;
	struct rig r;

	open_l432(&r);
	use_image(&r, DOUBLE_FLASH, 6000);
	memset(r.u.flash, 0, sizeof(r.u.flash));
	expect(&r, "-w image", 0);
	transfers = r.transfers;
	close_rig(&r);
	for (unsigned int n = 1; n <= transfers; n++) {
		open_l432(&r);
		use_image(&r, DOUBLE_FLASH, 6000);
		memset(r.u.flash, 0, sizeof(r.u.flash));
		r.u.fail_at = n;
		r.u.fail_with = faults[_i];
		if (run(&r, "-w image") == 0)
			expect_image(&r);
		else
			failed++;
		close_rig(&r);
	}
	ck_assert_msg(failed <= 1, "%u of %u transfers, once failed, end the job", failed, transfers);
}
END_TEST

START_TEST(device_that_is_gone_ends_the_job)
{
	struct rig r;

	open_l432(&r);
	use_image(&r, DOUBLE_FLASH, LENGTH);
	r.u.fail_at = 60;
	r.u.fail_with = DOUBLE_VANISH;
	expect(&r, "-w image", 6);
	close_rig(&r);
}
END_TEST

/* ---- protection ---- */

START_TEST(protected_chip_is_recognised_and_left_alone)
{
	struct rig r;

	open_l432(&r);
	r.u.is_protected = true;
	use_image(&r, DOUBLE_FLASH, 4096);
	expect(&r, "-w image", 7);
	expect_message(&r, "--unlock");
	ck_assert_uint_eq(r.u.unprotects, 0);
	expect(&r, "", 0);
	expect_message(&r, "STM32L43");
	close_rig(&r);
}
END_TEST

START_TEST(failed_uploads_are_no_proof_of_protection)
{
	struct rig r;

	for (unsigned int n = 1; n < 60; n++) {
		open_l432(&r);
		use_image(&r, DOUBLE_FLASH, 4096);
		r.u.fail_at = n;
		r.u.fail_with = DOUBLE_STALL;
		run(&r, "--unlock -w image");
		ck_assert_uint_eq(r.u.unprotects, 0);
		close_rig(&r);
	}
}
END_TEST

START_TEST(one_refusal_or_two_are_no_proof_of_protection)
{
	struct rig r;

	for (unsigned int n = 1; n <= 2; n++) {
		open_l432(&r);
		use_image(&r, DOUBLE_FLASH, 4096);
		r.u.vendor_left = n;
		expect(&r, "--unlock -w image", 0);
		ck_assert_uint_eq(r.u.unprotects, 0);
		expect_image(&r);
		close_rig(&r);
	}
}
END_TEST

START_TEST(answers_that_differ_each_time_are_not_believed)
{
	struct rig r;

	open_l432(&r);
	r.u.flaky_reads = true;
	use_image(&r, DOUBLE_FLASH, 4096);
	ck_assert_int_ne(run(&r, "-w image"), 0);
	expect_message(&r, "reads otherwise each time");
	ck_assert_uint_eq(r.u.erases, 0);
	close_rig(&r);
}
END_TEST

START_TEST(option_bytes_that_do_not_say_level_0_are_not_written)
{
	struct rig r;

	open_l432(&r);
	r.u.system[0x7800] = 0xCC;
	expect(&r, "--lock", 9);
	expect_message(&r, "do not say read-out protection level 0");
	ck_assert_uint_eq(r.u.system[0x7800], 0xCC);
	close_rig(&r);
}
END_TEST

START_TEST(lock_that_cannot_be_done_is_refused_before_the_first_change)
{
	struct rig r;

	memset(&r, 0, sizeof(r));
	usb_double_init(&r.u, FLASH_128);
	r.u.no_unprotect = true;
	use_image(&r, DOUBLE_FLASH, 4096);
	expect(&r, "-w image --lock", 9);
	expect_message(&r, "where this one has them is not known");
	ck_assert_uint_eq(r.u.flash[0], 0xFF);
	close_rig(&r);
	open_l432(&r);
	r.u.device.transfer_size = 32;
	expect(&r, "--lock", 9);
	expect_message(&r, "in one transfer of 40 bytes");
	close_rig(&r);
}
END_TEST

/* Each time, without being protected. */
static const struct {
	enum double_refusal what;
	const char *args;
	int status;
	const char *says;
} refusals[] = {
	{ REFUSES_READS, "-r image -S 0x08000000:4096 --chip l432", 9, "0x08000000 cannot be read" },
	{ REFUSES_BLOCKS, "-w image", 9, "0x08000000 cannot be written" },
	{ REFUSES_PAGE_ERASES, "-w image --full", 9, "the page at 0x08000000 cannot be erased" },
	{ REFUSES_MASS_ERASES, "-o", 0, "mass erase: the device refused it: dfuERROR/errUNKNOWN: page by page" },
	{ REFUSES_OPTIONS, "--set-option nRST_STOP=0", 9, "option bytes" },
	{ REFUSES_LEAVE, "-g 0x08000000 --no-verify -w image", 6, "Leave to 0x08000000" },
};

START_TEST(what_is_refused_each_time_is_named)
{
	struct rig r;

	open_l432(&r);
	use_image(&r, DOUBLE_FLASH, 4096);
	memset(r.u.flash, 0x11, sizeof(r.u.flash));
	r.u.refuses = refusals[_i].what;
	expect(&r, refusals[_i].args, refusals[_i].status);
	expect_message(&r, refusals[_i].says);
	close_rig(&r);
}
END_TEST

START_TEST(device_that_never_gets_to_idle_is_named_with_its_state)
{
	struct rig r;

	open_l432(&r);
	r.u.state = DFU_UPLOAD_IDLE;
	r.u.refuses = REFUSES_IDLE;
	ck_assert_int_ne(run(&r, ""), 0);
	expect_message(&r, "the device stays in dfuUPLOAD-IDLE");
	close_rig(&r);
}
END_TEST

START_TEST(mass_erase_of_a_custom_bootloader_is_not_used)
{
	struct rig r;

	memset(&r, 0, sizeof(r));
	usb_double_init(&r.u, FLASH_128);
	r.u.no_unprotect = true;
	memset(r.u.flash, 0, sizeof(r.u.flash));
	expect(&r, "-o", 0);
	ck_assert_uint_eq(r.u.mass_erases, 0);
	ck_assert_uint_eq(r.u.erases, 128);
	ck_assert_uint_eq(r.u.flash[DOUBLE_FLASH_LEN - 1], 0xFF);
	close_rig(&r);
}
END_TEST

START_TEST(plain_dfu_is_refused)
{
	struct rig r;

	open_l432(&r);
	r.u.device.dfu_version = 0x0110;
	expect(&r, "", 4);
	expect_message(&r, "plain DFU 1.10");
	ck_assert_uint_eq(r.u.transfers, 0);
	close_rig(&r);
}
END_TEST

START_TEST(production_in_one_command_unlocks_writes_verifies_and_locks)
{
	struct rig r;

	open_l432(&r);
	memset(r.u.flash, 0x77, sizeof(r.u.flash));
	r.u.is_protected = true;
	r.u.leave = DOUBLE_COMES_BACK;	/* BOOT0 is held */
	use_image(&r, DOUBLE_FLASH, 8192);
	expect(&r, "--unlock -w image -v --lock", 0);
	expect_image(&r);
	ck_assert_uint_eq(r.u.unprotects, 1);
	ck_assert(r.u.is_protected);
	ck_assert_uint_eq(r.u.system[0x7800], 0xBB);
	ck_assert_uint_eq(r.u.system[0x7804], 0x44);
	expect_message(&r, "locked");
	close_rig(&r);
}
END_TEST

START_TEST(chip_that_does_not_come_back_has_to_be_plugged_in_again)
{
	struct rig r;

	open_l432(&r);
	r.u.is_protected = true;
	r.u.stays_away = true;
	use_image(&r, DOUBLE_FLASH, 8192);
	expect(&r, "--unlock -w image", 9);
	expect_message(&r, "hold BOOT0 high, plug it in again");
	close_rig(&r);
}
END_TEST

START_TEST(bootloader_without_read_unprotect_is_never_asked_for_it)
{
	struct rig r;

	open_l432(&r);
	r.u.is_protected = true;
	r.u.no_unprotect = true;
	use_image(&r, DOUBLE_FLASH, 8192);
	ck_assert_int_ne(run(&r, "--unlock -w image"), 0);
	expect(&r, "-k", 9);
	ck_assert_uint_eq(r.u.unprotects, 0);
	close_rig(&r);
}
END_TEST

/* ---- other bootloaders ---- */

START_TEST(pages_of_a_custom_bootloader_are_refused_before_the_first_change)
{
	struct rig r;

	memset(&r, 0, sizeof(r));
	usb_double_init(&r.u, CUSTOM);
	r.u.no_unprotect = true;
	use_image(&r, DOUBLE_FLASH, 8192);
	expect(&r, "-w image", 9);
	expect_message(&r, "0x08000000 to 0x080007ff");
	ck_assert_uint_eq(r.u.erases, 0);
	use_image(&r, DOUBLE_FLASH + 0x8000, 8192);
	memset(r.u.flash, 0, sizeof(r.u.flash));
	expect(&r, "-w image", 0);
	expect_image(&r);
	ck_assert_uint_eq(r.u.flash[0], 0);
	close_rig(&r);
}
END_TEST

START_TEST(option_bytes_of_a_chip_that_is_not_known_need_its_name)
{
	struct rig r;

	memset(&r, 0, sizeof(r));
	usb_double_init(&r.u, FLASH_128);
	r.u.no_unprotect = true;
	expect(&r, "--option-bytes", 9);
	expect_message(&r, "--chip says which");
	close_rig(&r);
}
END_TEST

START_TEST(chip_of_another_maker_is_none_of_the_table)
{
	struct rig r;

	open_l432(&r);
	r.u.device.vid = 0x28E9;
	r.u.device.pid = 0x0189;
	use_image(&r, DOUBLE_FLASH, 8192);
	expect(&r, "-w image", 0);
	expect_image(&r);
	ck_assert_ptr_null(strstr(r.said, "STM32"));
	close_rig(&r);
}
END_TEST

START_TEST(setting_without_a_layout_is_told_of)
{
	struct rig r;

	open_l432(&r);
	usb_double_add(&r.u, "UNKNOWN");
	expect(&r, "", 0);
	expect_message(&r, "no layout in setting 3");
	close_rig(&r);
}
END_TEST

/* ---- leaving ---- */

static const struct { enum double_leave leave; int status; const char *words; } leaves[] = {
	{ DOUBLE_LEAVES, 0, "started at 0x08000000" },
	{ DOUBLE_GONE_AT_ONCE, 0, "told to start at 0x08000000, not seen" },
	{ DOUBLE_STAYS, 6, "did not leave" },
	{ DOUBLE_COMES_BACK, 6, "into its bootloader again" },
};

START_TEST(start_is_told_by_whether_the_device_disappears)
{
	struct rig r;

	open_l432(&r);
	r.u.leave = leaves[_i].leave;
	use_image(&r, DOUBLE_FLASH, 4096);
	/* not blank before, so that no option bytes have to be loaded anew */
	memcpy(r.u.flash, r.image.seg[0].data, 8);
	expect(&r, "-w image -g 0", leaves[_i].status);
	expect_message(&r, leaves[_i].words);
	ck_assert_uint_eq(r.u.started, DOUBLE_FLASH);
	close_rig(&r);
}
END_TEST

START_TEST(chip_that_was_blank_is_started_by_code_that_loads_its_option_bytes)
{
	struct rig r;

	open_l432(&r);
	use_image(&r, DOUBLE_FLASH, 4096);
	expect(&r, "-w image -g 0", 0);
	ck_assert_uint_eq(r.u.started, 0x20003100);
	expect_message(&r, "loading the option bytes");
	close_rig(&r);
}
END_TEST

/* That code may not have been started: the cable may have been pulled. */
START_TEST(reset_whose_order_was_not_answered_is_not_claimed)
{
	struct rig r;

	open_l432(&r);
	r.u.leave = DOUBLE_GONE_AT_ONCE;
	use_image(&r, DOUBLE_FLASH, 4096);
	expect(&r, "-w image -g 0", 0);
	ck_assert_uint_eq(r.u.started, 0x20003100);
	expect_message(&r, "verified by reading, told to reset, not seen");
	close_rig(&r);
}
END_TEST

START_TEST(device_that_is_not_there_is_silent)
{
	struct rig r;

	open_l432(&r);
	r.u.present = r.u.open = false;
	expect(&r, "", 5);
	expect_message(&r, "hold BOOT0 high");
	close_rig(&r);
	open_l432(&r);
	r.u.present = r.u.open = false;
	r.u.back_at = 5 * NSEC_PER_SEC;
	expect(&r, "--wait 20", 0);
	close_rig(&r);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dfu");
	TCase *t = runner_case(s, "dfu", 60);

	tcase_add_test(t, chip_is_identified_by_its_strings_and_memory);
	tcase_add_loop_test(t, image_is_written, 0, COUNT(jobs));
	tcase_add_loop_test(t, write_takes_three_transfers_a_block_and_little_more_than_the_chip_needs,
			    0, COUNT(ways_of_busy));
	tcase_add_test(t, address_is_set_once_for_a_run_of_blocks);
	tcase_add_test(t, short_transfer_sizes_are_kept);
	tcase_add_test(t, memory_is_read_and_erased);
	tcase_add_loop_test(t, any_state_at_first_is_brought_to_idle, 0, COUNT(found));
	tcase_add_test(t, device_in_its_application_is_no_bootloader);
	tcase_add_test(t, lost_writes_are_found);
	tcase_add_test(t, skipped_erases_are_found_before_the_first_write);
	tcase_add_test(t, stated_times_are_no_reason_to_wait);
	tcase_add_test(t, one_that_stays_busy_for_ever_is_stopped_and_looked_at);
	tcase_add_loop_test(t, failed_transfer_is_no_failure_of_the_job, 0, COUNT(faults));
	tcase_add_test(t, device_that_is_gone_ends_the_job);
	tcase_add_test(t, protected_chip_is_recognised_and_left_alone);
	tcase_add_test(t, failed_uploads_are_no_proof_of_protection);
	tcase_add_test(t, one_refusal_or_two_are_no_proof_of_protection);
	tcase_add_test(t, answers_that_differ_each_time_are_not_believed);
	tcase_add_test(t, option_bytes_that_do_not_say_level_0_are_not_written);
	tcase_add_test(t, lock_that_cannot_be_done_is_refused_before_the_first_change);
	tcase_add_loop_test(t, what_is_refused_each_time_is_named, 0, COUNT(refusals));
	tcase_add_test(t, device_that_never_gets_to_idle_is_named_with_its_state);
	tcase_add_test(t, mass_erase_of_a_custom_bootloader_is_not_used);
	tcase_add_test(t, plain_dfu_is_refused);
	tcase_add_test(t, production_in_one_command_unlocks_writes_verifies_and_locks);
	tcase_add_test(t, chip_that_does_not_come_back_has_to_be_plugged_in_again);
	tcase_add_test(t, bootloader_without_read_unprotect_is_never_asked_for_it);
	tcase_add_test(t, pages_of_a_custom_bootloader_are_refused_before_the_first_change);
	tcase_add_test(t, option_bytes_of_a_chip_that_is_not_known_need_its_name);
	tcase_add_test(t, chip_of_another_maker_is_none_of_the_table);
	tcase_add_test(t, setting_without_a_layout_is_told_of);
	tcase_add_test(t, reset_whose_order_was_not_answered_is_not_claimed);
	tcase_add_loop_test(t, start_is_told_by_whether_the_device_disappears, 0, COUNT(leaves));
	tcase_add_test(t, chip_that_was_blank_is_started_by_code_that_loads_its_option_bytes);
	tcase_add_test(t, device_that_is_not_there_is_silent);
	return runner_run(s);
}
