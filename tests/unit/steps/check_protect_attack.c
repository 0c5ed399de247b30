/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Jobs that mean a chip harm, or would do it by mistake: what a mass erase cannot undo stays out of
 * reach, what the job is not about is left alone, and an exit status of 0 is true.
 */
#include "ports/sim/chip/cpu.h"
#include "target/optbytes.h"
#include "tests/lib/board.h"

static uint8_t option_byte(const struct board *b, uint32_t addr)
{
	uint8_t byte = 0;

	ck_assert_int_eq(chip_peek(b->chip, addr, &byte, 1), 0);
	return byte;
}

/* ---- option bytes that are said to be memory ---- */

static const struct {
	const char *spec, *args;
	uint32_t base;		/* of the option bytes */
} disguises[] = {
	{ "f405", "--chip ram=0x1FFFC000-0x1FFFC010", 0x1FFFC000 },
	{ "f405", "-e 0 --chip flash=64K,layout=@0x1FFF0000:4x16K", 0x1FFFC000 },
	{ "f405", "-e 0 --chip start=0x1FFF0000,flash=64K,layout=4x16K", 0x1FFFC000 },
	{ "f405", "-e 0 --chip flash=128K,layout=1x64K+@0x1FFF0000:4x16K", 0x1FFFC000 },
	{ "f405", "--chip ram=0x10000000-0x20020000", 0x1FFFC000 },
	{ "f051", "--chip ram=0x1FFFF800-0x1FFFF810", 0x1FFFF800 },
	{ "f103", "--chip ram=0x1FFFF800-0x1FFFF810", 0x1FFFF800 },
	{ "f746", "--chip ram=0x1FFF0000-0x1FFF0020", 0x1FFF0000 },
	{ "l053", "--chip ram=0x1FF80000-0x1FF80020", 0x1FF80000 },
	{ "g071", "--chip ram=0x1FFF7800-0x1FFF7900", 0x1FFF7800 },
	{ "l476", "--chip ram=0x1FFFF000-0x20010000", 0x1FFFF800 },
	{ "l4r5", "--chip ram=0x1FF00000-0x1FF01100", 0x1FF00000 },
	{ "u575", "--chip ram=0x40022040-0x40022080", 0x40022040 },
	{ "h743", "--chip ram=0x5200201C-0x520020FC", 0x5200201C },
	{ "h563", "--chip ram=0x40022050-0x40022200", 0x40022050 },
};

START_TEST(option_bytes_are_not_written_as_memory)
{
	const uint8_t forever[16] = {
		0xCC, 0xCC, 0xFF, 0x00, 0x33, 0x33, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00
	};
	uint32_t base = disguises[_i].base;
	uint8_t before[16], after[16];
	char args[128];
	struct board b;

	board_open(&b, disguises[_i].spec);
	board_image(&b, base, forever, sizeof(forever));
	ck_assert_int_eq(chip_peek(b.chip, base, before, sizeof(before)), 0);
	snprintf(args, sizeof(args), "-w image %s", disguises[_i].args);
	board_expect(&b, args, 2);
	board_said(&b, "no STM32 has");
	ck_assert_int_eq(chip_peek(b.chip, base, after, sizeof(after)), 0);
	ck_assert_mem_eq(before, after, sizeof(before));
	ck_assert_int_ne(chip_rdp(b.chip), 2);
	board_close(&b);
}
END_TEST

/* One-time programmable memory is not written as flash, although it lies where flash might. */
START_TEST(otp_is_not_written_as_flash)
{
	const uint8_t data[16] = { 1, 2, 3 };
	struct board b;

	board_open(&b, "u575");
	board_image(&b, 0x0BFA0000, data, sizeof(data));
	board_expect(&b, "-w image -e 0 --chip flash=65528K,layout=8191x8K", 3);
	board_said(&b, "one-time programmable memory");
	ck_assert_uint_eq(option_byte(&b, 0x0BFA0000), 0xFF);
	board_close(&b);
}
END_TEST

/* ---- what the job is not about ---- */

/* Write protection of other sectors stays when a page fails for another reason. */
START_TEST(worn_page_unprotects_nothing)
{
	struct board b;

	board_open(&b, "f103,lie,wrp=31");
	board_application(&b, 1000);
	board_expect(&b, "--unlock -n 1 -w image", 8);
	board_said(&b, "it reads blank, and is not write-protected");
	ck_assert_uint_eq(option_byte(&b, 0x1FFFF80E), 0x7F);
	ck_assert_ptr_null(strstr(b.said, "removing write protection"));
	board_close(&b);
}
END_TEST

/* Over I2C 0x73 erases a WB: a refused 0x74 must not lead to it. */
START_TEST(guessed_command_erases_nothing)
{
	struct board b;

	board_open(&b, "wb55,bus=i2c,i2c=2.0,wrp=0+255,fill=pattern");
	board_expect(&b, "-a 0x4f -u", 9);
	board_said(&b, "erases all flash, and it has no 0x74");
	board_unharmed(&b, "-u");
	board_close(&b);
}
END_TEST

/* ---- flash that is moved ---- */

static const struct {
	const char *spec, *set;
} moves[] = {
	{ "u575", "SWAP_BANK=1" }, { "h743", "SWAP_BANK=1" }, { "g0b1", "nSWAP_BANK=0" },
	{ "g474", "DBANK=0" }, { "f767", "nDBANK=0" }, { "l4r5", "DBANK=0" }, { "l552", "DBANK=0" },
};

START_TEST(image_stays_where_it_was_written)
{
	char args[96];
	struct board b;

	board_open(&b, moves[_i].spec);
	board_application(&b, 1000);
	snprintf(args, sizeof(args), "-w image --set-option %s", moves[_i].set);
	board_expect(&b, args, 9);
	board_said(&b, "changes where in flash an address is");
	ck_assert_uint_eq(chip_resets(b.chip), 0);
	for (uint32_t page = 0; page < chip_flash(b.chip)->pages; page++)
		ck_assert_uint_eq(chip_page_erases(b.chip, page), 0);
	snprintf(args, sizeof(args), "--set-option %s", moves[_i].set);
	board_expect(&b, args, 0);
	board_expect(&b, "-w image", 0);
	snprintf(args, sizeof(args), "-w image --set-option %s", moves[_i].set);
	board_expect(&b, args, 0);	/* nothing to change any more */
	board_holds_image(&b, args);
	board_close(&b);
}
END_TEST

/* ---- the way in ---- */

/* There would be as many ways in as before, but at the other level of the pin. */
START_TEST(boot_addresses_are_not_exchanged)
{
	struct board b;

	board_open(&b, "h743");
	board_expect(&b, "--set-option BOOT_ADD1=0x0800 --set-option BOOT_ADD0=0x1ff0", 9);
	board_said(&b, "'BOOT_ADD1': the BOOT0 pin would no longer lead to the bootloader");
	board_expect(&b, "--set-option BOOT_ADD0=0x1ff0", 0);
	board_expect(&b, "--set-option BOOT_ADD0=0x0800", 9);
	board_said(&b, "'BOOT_ADD0'");
	board_close(&b);
	board_open(&b, "f746");
	board_expect(&b, "--set-option BOOT_ADD1=0x2000 --set-option BOOT_ADD0=0x0040", 9);
	board_said(&b, "'BOOT_ADD1'");
	board_close(&b);
}
END_TEST

/* A chip locked behind a pin that it ignores could never be unlocked over this wire. */
START_TEST(lock_behind_an_ignored_pin_is_refused)
{
	static const char *const specs[] = {
		"g071,nboot_sel=1", "c051,nboot_sel=1", "g0b1,rdp=1,nboot_sel=1",
		"g071,nboot_sel=1,bus=i2c",
	};
	static const char pins[] = "-w image --boot0 BOOT0 --nrst NRST --lock";
	char args[160];
	struct board b;

	for (size_t i = 0; i < COUNT(specs); i++) {
		bool locked = strstr(specs[i], "rdp=1"), i2c = strstr(specs[i], "i2c");

		board_open(&b, specs[i]);
		board_application(&b, 1000);
		snprintf(args, sizeof(args), "%s %s %s", pins, locked ? "--unlock" : "",
			 i2c ? "-a 0x51" : "");
		board_expect(&b, args, 9);
		board_said(&b, "--lock: the BOOT0 pin does not lead to the bootloader (nBOOT_SEL)");
		ck_assert_int_eq(chip_rdp(b.chip), 0);
		ck_assert_uint_eq(chip_bytes_written(b.chip, 0x08000000, 1024), 0);
		strcat(args, " --set-option nBOOT_SEL=0");
		board_expect(&b, args, 0);
		board_said(&b, "locked: reading is refused");
		board_runs(&b, args);
		board_close(&b);
	}
	board_open(&b, "g071,nboot_sel=1");
	board_expect(&b, "--lock", 0);	/* it is blank, and stays where it is */
	board_close(&b);
	/* An option beside it mends nothing. */
	board_open(&b, "g071,nboot_sel=1");
	board_application(&b, 1000);
	snprintf(args, sizeof(args), "%s --set-option IWDG_STOP=0", pins);
	board_expect(&b, args, 9);
	board_said(&b, "--lock: the BOOT0 pin does not lead to the bootloader (nBOOT_SEL)");
	ck_assert_int_eq(chip_rdp(b.chip), 0);
	ck_assert_uint_eq(chip_bytes_written(b.chip, 0x08000000, 1024), 0);
	board_close(&b);
}
END_TEST

/*
 * A virgin chip of these is lost until a power cycle by the first reset: also the second command
 * finds its bootloader as the first has left it.
 */
START_TEST(second_command_does_not_reset_a_blank_chip)
{
	static const char *const specs[] = { "c051,nboot_sel=1", "g0b1,nboot_sel=1", "c051" };
	struct board b;

	for (size_t i = 0; i < COUNT(specs); i++) {
		board_open(&b, specs[i]);
		board_application(&b, 1000);
		board_expect(&b, "--boot0 BOOT0 --nrst NRST", 0);
		board_expect(&b, "--boot0 BOOT0 --nrst NRST --blank-check", 0);
		ck_assert_uint_eq(chip_resets(b.chip), 0);
		if (cpu_available(NULL) < 0) {
			printf("skipped: the start of %s: the Unicorn engine is not there\n",
			       specs[i]);
		} else {
			board_expect(&b, "--boot0 BOOT0 --nrst NRST -w image", 0);
			board_runs(&b, specs[i]);
		}
		board_close(&b);
	}
}
END_TEST

/* A user who insists is told what was done. */
START_TEST(insisted_lock_out_is_told)
{
	struct board b;

	board_open(&b, "g071,nboot_sel=1");
	board_application(&b, 1000);
	board_expect(&b, "-w image --boot0 BOOT0 --nrst NRST --lock --i-know-the-pin-is-lost", 6);
	board_said(&b, "locked, not proven");
	ck_assert_ptr_null(strstr(b.said, "waits in its bootloader"));
	board_runs(&b, "--lock");
	board_close(&b);
}
END_TEST

/* ---- what takes effect with the next power ---- */

START_TEST(needed_power_cycle_is_told)
{
	struct board b;

	board_open(&b, "g071,rom=0xb2");
	board_application(&b, 1000);
	board_expect(&b, "-w image --lock", 9);
	board_said(&b, "power-cycle it to take effect");
	ck_assert_ptr_null(strstr(b.e.msg, "run the same command again"));
	sim_power_cycle(b.sim, true, sim_now(b.sim));
	ck_assert_int_eq(chip_rdp(b.chip), 1);
	board_holds_image(&b, "behind the lock");
	board_close(&b);
}
END_TEST

/* ---- a block that cannot be cut ---- */

static const struct {
	const char *spec, *args;
	int status;
} messages[] = {
	{ "g071", "-w image -F 130:129 --set-option BOR_EN=1", 9 },
	{ "g071", "-w image -F 130:130 --set-option BOR_EN=1", 0 },
	{ "f103", "-w image -F 20:18 --set-option WDG_SW=0", 0 },
};

START_TEST(option_bytes_go_as_a_whole_block_or_not_at_all)
{
	struct board b;

	board_open(&b, messages[_i].spec);
	board_application(&b, 1000);
	board_expect(&b, messages[_i].args, messages[_i].status);
	if (messages[_i].status) {
		ck_assert_uint_eq(chip_resets(b.chip), 0);
		ck_assert_uint_eq(chip_bytes_written(b.chip, 0x08000000, 1024), 0);
	}
	board_close(&b);
}
END_TEST

/* A bad bit in the first frame, and in the NACK that it gets: what came of it is not known. */
static size_t spoil_first_options(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command == BL_WRITE && t->frame == 2 && !t->times++)
		frame[len - 1] ^= 0x01;
	return len;
}

static bool spoil_first_nack(struct tap *t, uint8_t *byte)
{
	if (t->command == BL_WRITE && t->frame == 2 && t->times == 1)
		*byte ^= 0x40;
	return true;
}

START_TEST(option_bytes_that_are_as_before_are_sent_again)
{
	struct board b;

	board_open(&b, "l432");
	b.tap.to_chip = spoil_first_options;
	b.tap.from_chip = spoil_first_nack;
	board_expect(&b, "--set-option nRST_STOP=0", 0);
	board_said(&b, "option bytes written and verified");
	ck_assert_uint_eq(b.tap.times, 2);
	board_close(&b);
}
END_TEST

/* ---- the last line of defence ---- */

/* Every copy of the level, also where a chip shows two that differ. */
START_TEST(only_level_0_is_sent)
{
	static const struct { const char *spec; size_t block; uint32_t offset; } copies[] = {
		{ "f405", 0, 1 }, { "g071", 0, 0 }, { "h743", 0, 1 }, { "h743", 0, 5 },
		{ "f427", 1, 1 }, { "l476", 1, 0 },
	};
	struct err e = ERR_INIT;
	struct optbytes ob;
	struct board b;

	for (size_t i = 0; i < COUNT(copies); i++) {
		board_open(&b, copies[i].spec);

		struct target t = { .dev = board_device(&b), .pid = board_device(&b)->pid };

		ck_assert_int_eq(optbytes_init(&ob, &t, &e), 0);
		for (size_t n = 0; n < ob.blocks; n++)
			chip_peek(b.chip, ob.block[n].addr, ob.block[n].raw, ob.len);
		ob.block[copies[i].block].raw[copies[i].offset] = 0xCC;
		ck_assert_int_eq(optbytes_write(&ob, copies[i].block, &t, NULL, &e), -1);
		ck_assert_int_eq(e.code, ERR_ABILITY);
		board_close(&b);
	}
}
END_TEST

static Suite *protect_attack_suite(void)
{
	Suite *s = suite_create("protect attack");
	TCase *t = runner_case(s, "attacks", 0);

	tcase_add_loop_test(t, option_bytes_are_not_written_as_memory, 0, COUNT(disguises));
	tcase_add_test(t, otp_is_not_written_as_flash);
	tcase_add_test(t, worn_page_unprotects_nothing);
	tcase_add_test(t, guessed_command_erases_nothing);
	tcase_add_loop_test(t, image_stays_where_it_was_written, 0, COUNT(moves));
	tcase_add_test(t, boot_addresses_are_not_exchanged);
	tcase_add_test(t, lock_behind_an_ignored_pin_is_refused);
	tcase_add_test(t, second_command_does_not_reset_a_blank_chip);
	tcase_add_test(t, insisted_lock_out_is_told);
	tcase_add_test(t, option_bytes_that_are_as_before_are_sent_again);
	tcase_add_test(t, needed_power_cycle_is_told);
	tcase_add_loop_test(t, option_bytes_go_as_a_whole_block_or_not_at_all, 0, COUNT(messages));
	tcase_add_test(t, only_level_0_is_sent);
	return s;
}

int main(void)
{
	return runner_run(protect_attack_suite());
}
