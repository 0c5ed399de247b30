/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the application is started on chips that were blank when they got their power: with and
 * without pins, whichever the BOOT0 pin's part in it, and with --lock.
 */
#include "base/bytes.h"
#include "tests/lib/board.h"

#define PINS "--boot0 BOOT0 --nrst NRST "
#define SEQUENCE "-i BOOT0,-NRST,NRST:-BOOT0,-NRST,NRST "

#define LAUNCHED "this chip was blank: its option bytes were loaded anew"
#define BY_LAUNCH "reset by loading the option bytes, since this chip was blank"
#define BY_GO "started at 0x08000000"
#define NEXT_RESET "this chip was blank: until it is power-cycled, its next reset leads back"

enum after { RUNS, BOOTLOADER };

/* The state that a job leaves, and the state after a reset with BOOT0 low. */
static const struct {
	const char *spec, *args, *said;
	enum after after, after_reset;
} starts[] = {
	/* The flag is set, and BOOT0 low: it is all that keeps the chip in its bootloader. */
	{ "l432,boot=low", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "l412,boot=low", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "l496,boot=low", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "l4r5,boot=low", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "g031,nboot_sel=1", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "g051,nboot_sel=1", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "g071,nboot_sel=1", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "g071,nboot_sel=1,rom=0xB2", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "g071,nboot_sel=1,rom=0xB3", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "g0b1,nboot_sel=1", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "c051,nboot_sel=1", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "u083,nboot_sel=1", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "wb55,boot=low", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "wle5,boot=low", "-w image -R", BY_LAUNCH, RUNS, RUNS },
	/* Chips on which no code can be run. */
	{ "f091,boot=low", "-w image -R", BY_GO, RUNS, BOOTLOADER },
	{ "f091,boot=low", "-w image -R", NEXT_RESET, RUNS, BOOTLOADER },
	{ "c031,nboot_sel=1", "-w image -R", BY_GO, RUNS, BOOTLOADER },
	/* -g starts it, and the user is told how long that lasts. */
	{ "l432,boot=low", "-w image -g 0", NEXT_RESET, RUNS, BOOTLOADER },
	/* Nothing is asked for. */
	{ "l432,boot=low", "-w image", "not started: this chip was blank", BOOTLOADER, BOOTLOADER },
	/* Pins: the flag is gone before the exit part resets. */
	{ "l432,boot=low", PINS "-w image", LAUNCHED, RUNS, RUNS },
	{ "l432,boot=low", SEQUENCE "-w image", LAUNCHED, RUNS, RUNS },
	{ "l432,boot=low", PINS "-w image -R", LAUNCHED, RUNS, RUNS },
	{ "l432", PINS "-w image", LAUNCHED, RUNS, RUNS },
	{ "g071,nboot_sel=1", PINS "-w image", LAUNCHED, RUNS, RUNS },
	{ "g071,nboot_sel=1,rom=0xB3", PINS "-w image", LAUNCHED, RUNS, RUNS },
	{ "g071", PINS "-w image", LAUNCHED, RUNS, RUNS },
	{ "c051,nboot_sel=1", PINS "-w image", LAUNCHED, RUNS, RUNS },
	{ "f091,boot=low", PINS "-w image", NEXT_RESET, RUNS, BOOTLOADER },
	{ "c031,nboot_sel=1", PINS "-w image", NEXT_RESET, RUNS, BOOTLOADER },
	{ "f091,boot=low", SEQUENCE "-w image",
	  "a reset leads this chip back to its bootloader until it is power-cycled", BOOTLOADER,
	  BOOTLOADER },
	{ "l432,boot=low", PINS "-w image -g 0", NEXT_RESET, RUNS, BOOTLOADER },
	/* The vectors are read where no verification has read them. */
	{ "l432,boot=low", PINS "--no-verify -w image", LAUNCHED, RUNS, RUNS },
	/* An exit part that is empty starts nothing. */
	{ "l432,boot=low", "-i BOOT0: -w image", "not started: this chip was blank", BOOTLOADER,
	  BOOTLOADER },
	/* Erased under protection. */
	{ "l432,boot=low,rdp=1,fill=pattern", PINS "--unlock -w image", LAUNCHED, RUNS, RUNS },
	{ "g071,boot=low,rdp=1,fill=pattern", PINS "--unlock -w image", LAUNCHED, RUNS, RUNS },
	/* --lock, whose reset looks at the flash again on some and not on others. */
	{ "l432,boot=low", PINS "-w image --lock", "locked: reading is refused\nreset", RUNS,
	  RUNS },
	{ "g071", PINS "-w image --lock", "locked: reading is refused\nreset", RUNS, RUNS },
	{ "f091,boot=low", PINS "-w image --lock", "it stays in its bootloader until it is "
	  "power-cycled", BOOTLOADER, BOOTLOADER },
	/* New option bytes are loaded at once, but by a plain reset on some; BOOT0 is high here. */
	{ "g031,nboot_sel=1", "--set-option nBOOT_SEL=0 -w image -R",
	  "option bytes written and verified\nreset", BOOTLOADER, RUNS },
	{ "g071,nboot_sel=1", PINS "--set-option nBOOT_SEL=0 -w image",
	  "option bytes written and verified\nreset", RUNS, RUNS },
	{ "c031,nboot_sel=1", PINS "--set-option nBOOT_SEL=0 -w image",
	  "option bytes written and verified\nreset", RUNS, RUNS },
	{ "c031,nboot_sel=1", "--set-option nBOOT_SEL=0 -w image -R", BY_GO, RUNS, RUNS },
	{ "l432,boot=low", PINS "--set-option IWDG_STOP=0 -w image", LAUNCHED, RUNS, RUNS },
	/* Over I2C. */
	{ "l432,boot=low,bus=i2c", "-a 0x48 -w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "g071,nboot_sel=1,bus=i2c", "-a 0x51 -w image -R", BY_LAUNCH, RUNS, RUNS },
	{ "l432,boot=low,bus=i2c", PINS "-a 0x48 -w image", LAUNCHED, RUNS, RUNS },
	/* Nothing of all this where the flash was not blank, or is never looked at. */
	{ "f103", PINS "-w image", "B/s)\nreset\n", RUNS, RUNS },
	{ "l432,fill=pattern", PINS "-w image", "B/s)\nreset\n", RUNS, RUNS },
	{ "l476", PINS "-w image", "B/s)\nreset\n", RUNS, RUNS },
};

static void expect(const struct board *b, enum after after, const char *what)
{
	if (after == RUNS)
		board_runs(b, what);
	else
		ck_assert_msg(chip_state(b->chip) == CHIP_ROM, "%s: not in its bootloader\n%s",
			      what, b->said);
}

START_TEST(application_starts_whatever_flash_was_before)
{
	char what[200];
	struct board b;

	snprintf(what, sizeof(what), "%s %s", starts[_i].args, starts[_i].spec);
	board_open(&b, starts[_i].spec);
	board_application(&b, 1000);
	board_expect(&b, starts[_i].args, 0);
	board_said(&b, starts[_i].said);
	board_holds_image(&b, what);
	expect(&b, starts[_i].after, what);
	sim_reset(b.sim, false, sim_now(b.sim));
	expect(&b, starts[_i].after_reset, what);
	sim_power_cycle(b.sim, false, sim_now(b.sim));
	expect(&b, RUNS, what);
	board_close(&b);
}
END_TEST

/* A chip whose flash is still blank is not started, and nothing is said of it. */
START_TEST(blank_chip_is_not_started)
{
	static const struct { const char *spec, *args;
	} cases[] = {
		{ "l432,boot=low", "-o" },
		{ "l432,boot=low", PINS },
		{ "c051,nboot_sel=1", PINS },
		{ "c051,nboot_sel=1", PINS "-o" },
		{ "u083,nboot_sel=1", PINS },
	};
	struct board b;

	board_open(&b, cases[_i].spec);
	board_expect(&b, cases[_i].args, 0);
	ck_assert_msg(chip_state(b.chip) == CHIP_ROM, "%s %s: %s", cases[_i].spec, cases[_i].args,
		      b.said);
	ck_assert_msg(!strstr(b.said, "was blank"), "%s", b.said);
	board_close(&b);
}
END_TEST

/* An image that is not at the start of flash starts nothing. */
START_TEST(without_vectors_nothing_starts)
{
	static const uint8_t data[64] = { 1, 2, 3 };
	struct board b;

	board_open(&b, "c051,nboot_sel=1");
	board_image(&b, 0x08004000, data, sizeof(data));
	board_expect(&b, PINS "-w image", 0);
	board_said(&b, "not reset: the start of flash is blank");
	ck_assert_int_eq(chip_state(b.chip), CHIP_ROM);
	board_close(&b);
}
END_TEST

/* ---- what is there to start ---- */

static void put_application(struct board *b, uint32_t addr)
{
	uint32_t vectors[2] = { board_device(b)->ram.end, addr + BOARD_ENTRY + 1 };
	uint8_t data[600];

	random_fill(data, sizeof(data), addr);
	for (uint32_t i = 0; i < 8; i++)
		data[i] = (uint8_t)(vectors[i / 4] >> 8 * (i % 4));
	board_image(b, addr, data, sizeof(data));
}

static bool flash_is_as_before(const struct board *b)
{
	const struct flash *f = chip_flash(b->chip);

	return memcmp(f->mem, b->before, f->size) == 0;
}

#define THERE 0x08004000u
#define OLD ",fill=pattern"

/* @image: where the one of -w is. */
static const struct { const char *spec; uint32_t image; const char *args, *says; } refused[] = {
	{ "f103", FLASH, "-g 0", "-g: 0x08000000 is blank: there is nothing to start" },
	{ "f103", FLASH, "-R", "-R: 0x08000000 is blank: there is nothing to start" },
	{ "f103", FLASH, "-C -g 0", "is blank" },
	{ "f103", FLASH, PINS "-R", "is blank" },
	{ "f103", FLASH, SEQUENCE "-R", "is blank" },
	{ "l053", FLASH, "-g 0", "is blank" },
	{ "l432,bus=i2c", FLASH, "-a 0x48 -g 0", "is blank" },
	{ "f103" OLD, FLASH, "-g 0x800000", "-g: 0x00800000 is in no memory that the bootloader reaches" },
	{ "f103" OLD, FLASH, "-g 0x08010000",
	  "-g: 0x08010000 is past the end of flash, whose last byte is at 0x0800ffff" },
	{ "f103" OLD, FLASH, "--chip flash=128k,layout=128x1K -g 0x08010000",
	  "-g: cannot read 8 bytes at 0x08010000" },
	{ "f103" OLD, FLASH, "-w image -g 0x08010000", "past the end of flash" },
	{ "f103" OLD, FLASH, "-w image -g 0x08fffffc", "past the end of flash" },
	{ "f103" OLD, FLASH, "-w image -g 0x800000", "in no memory that the bootloader reaches" },
	{ "f103" OLD, FLASH, "-w image -g 0x40000000", "in no memory that the bootloader reaches" },
	{ "f103" OLD, FLASH, "-w image -g 0x20005000", "in no memory that the bootloader reaches" },
	{ "f103" OLD, FLASH, "-w image -g 0x20000000", "RAM that the bootloader uses itself" },
	{ "f103" OLD, FLASH, "-w image -g 0x1ffff000", "is in system memory" },
	{ "f103" OLD, FLASH, "-w image -g 0x1ffff800", "is in option bytes" },
	{ "f103" OLD, FLASH, "-o -g 0x800000", "in no memory that the bootloader reaches" },
	{ "f103", FLASH, "-w image -g 0x08004000",
	  "0x08004000 will be blank after this job: there is nothing to start (the image begins "
	  "at 0x08000000)" },
	{ "f103", THERE, "-w image -g 0", "0x08000000 will be blank after this job" },
	{ "f103", THERE, "-w image -R", "0x08000000 will be blank after this job" },
	{ "f103", THERE, PINS "-w image -R", "will be blank" },
	{ "f103" OLD, FLASH, "-o -g 0", "0x08000000 will be blank after this job" },
	{ "f103" OLD, FLASH, "-o -R", "will be blank" },
	{ "f103" OLD, FLASH, PINS "-o -R", "will be blank" },
	{ "f103" OLD, FLASH, "-o -e 1 -R", "will be blank" },
	{ "f103" OLD, FLASH, "-o -S 0x08004000:1k -g 0x08004000", "0x08004000 will be blank" },
	{ "l053" OLD, FLASH, "-o -g 0", "will be blank" },
	{ "l432" OLD, FLASH, "-o -R", "will be blank" },
	/* The image takes page 0 with it, and has nothing at its start. */
	{ "f103" OLD, FLASH + 0x200, "-w image -g 0", "will be blank" },
	{ "f103" OLD, FLASH, "-k -R", "will be blank" },
	{ "f103,rdp=1" OLD, FLASH, "-k -R", "will be blank" },
	{ "f103,rdp=1" OLD, FLASH, "--unlock -g 0", "will be blank" },
	{ "f103,rdp=1" OLD, FLASH, "--unlock -R", "will be blank" },
	{ "f103,rdp=1" OLD, FLASH, "--unlock -o -g 0", "will be blank" },
	{ "f103,rdp=1" OLD, THERE, "--unlock -w image -g 0", "will be blank" },
	{ "f103,rdp=1" OLD, FLASH, "--unlock -w image -g 0x08004000", "will be blank" },
	{ "f103,rdp=1" OLD, FLASH, "--unlock -w image -g 0x08020000", "past the end of flash" },
};

START_TEST(nothing_to_start_is_found_before_the_first_change)
{
	struct board b;

	board_open(&b, refused[_i].spec);
	put_application(&b, refused[_i].image);
	board_expect(&b, refused[_i].args, ERR_ABILITY);
	board_said(&b, refused[_i].says);
	ck_assert_msg(!strstr(b.said, "started"), "%s", b.said);
	ck_assert_msg(flash_is_as_before(&b), "%s: flash was changed", refused[_i].args);
	board_close(&b);
}
END_TEST

#define WARNED "are no vector table"

/* @before: where an application was written by an earlier job; 0: nowhere. */
static const struct { const char *spec; uint32_t before, image; const char *args; bool doubtful;
} judged[] = {
	{ "f103" OLD, 0, FLASH, "-g 0", true },
	{ "f103" OLD, 0, FLASH, "-R", true },
	{ "f103" OLD, 0, FLASH, "-g 0x08004000", true },
	{ "f103" OLD, 0, FLASH, "-w image -g 0x08004000", true },
	{ "f103" OLD, 0, FLASH, "-w image -g 0x08000100", true },
	{ "f103" OLD, 0, FLASH, "-w image -g 0x20001000", true },
	{ "f103", 0, FLASH, "-w image -g 0", false },
	{ "f103" OLD, 0, FLASH, "-w image -R", false },
	{ "f103" OLD, 0, THERE, "-w image -g 0x08004000", false },
	{ "f103" OLD, 0, 0x20001000, "-w image -g 0x20001000", false },
	{ "f103", FLASH, THERE, "-g 0", false },
	{ "f103", FLASH, THERE, "-R", false },
	{ "f103", FLASH, THERE, "-C -g 0", false },
	{ "f103", FLASH, THERE, "-w image -g 0", false },
	{ "f103", FLASH, THERE, "-w image -R", false },
	{ "f103", THERE, FLASH, "-w image -g 0x08004000", false },
	{ "f103", FLASH, THERE, "-o -S 0x08004000:1k -g 0", false },
	{ "f103", FLASH, FLASH + 0x300, "-e 0 -w image -g 0", false },
	{ "f103", FLASH, FLASH + 0x300, "--preserve -w image -g 0", false },
	{ "f103,rdp=1" OLD, 0, FLASH, "--unlock -w image -g 0", false },
	{ "l053", 0, FLASH, "-w image -g 0", false },
	{ "h743", 0, FLASH, "-w image -g 0", false },
	{ "l432,bus=i2c", 0, FLASH, "-a 0x48 -w image -g 0", false },
};

START_TEST(start_is_claimed_only_of_a_vector_table)
{
	bool by_go = strstr(judged[_i].args, "-g") != NULL, doubtful = judged[_i].doubtful;
	struct board b;

	board_open(&b, judged[_i].spec);
	if (judged[_i].before) {
		put_application(&b, judged[_i].before);
		board_expect(&b, "-w image", 0);
		image_free(&b.image);
		b.image = IMAGE_INIT;
	}
	put_application(&b, judged[_i].image);
	board_expect(&b, judged[_i].args, 0);
	ck_assert_msg(!strstr(b.said, WARNED) == !doubtful, "%s: %s", judged[_i].args, b.said);
	ck_assert_msg(!strstr(b.said, "started at") == !(by_go && !doubtful), "%s: %s",
		      judged[_i].args, b.said);
	ck_assert_msg(!strstr(b.said, "was acknowledged") == !(by_go && doubtful), "%s: %s",
		      judged[_i].args, b.said);
	board_close(&b);
}
END_TEST

static size_t note_address(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command == BL_READ && t->frame == 1)
		t->times |= be32(frame) == THERE;
	return len;
}

/* The reset vector's lowest bit, once: the word is even then, and no vector. */
static bool spoil_vector(struct tap *t, uint8_t *byte)
{
	if (t->command == BL_READ && t->frame == 2 && t->answer == 5 && t->times == 1) {
		*byte ^= 1;
		t->times |= 2;
	}
	return true;
}

START_TEST(one_bad_bit_puts_no_application_in_doubt)
{
	struct board b;

	board_open(&b, "f103" OLD);
	put_application(&b, THERE);
	board_expect(&b, "-w image", 0);
	b.tap.to_chip = note_address;
	b.tap.from_chip = spoil_vector;
	board_expect(&b, "-g 0x08004000", 0);
	ck_assert_uint_eq(b.tap.times, 3);
	ck_assert_msg(!strstr(b.said, WARNED) && strstr(b.said, "started at"), "%s", b.said);
	board_close(&b);
}
END_TEST

static size_t refuse_go(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command == BL_GO && t->frame == 1)
		frame[4] ^= 0x01;
	return len;
}

/* Status 9 would say that nothing was done. */
START_TEST(go_that_is_refused_is_a_fault_of_the_link)
{
	struct board b;

	board_open(&b, "f103");
	board_application(&b, 1000);
	b.tap.to_chip = refuse_go;
	board_expect(&b, "-w image -g 0", ERR_LINK);
	board_said(&b, "the bootloader refuses Go (0x21) at 0x08000000");
	board_holds_image(&b, "refused Go");
	board_close(&b);
}
END_TEST

/* What the exit part's reset leads to, where nobody has asked for a start. */
static const struct { const char *spec, *args, *said; } exits[] = {
	{ "f103", PINS, "reset; the start of flash is blank\n" },
	{ "f103" OLD, PINS "-o", "reset; the start of flash is blank" },
	{ "f103" OLD, PINS "-k", "reset; the start of flash is blank" },
	{ "f103" OLD, PINS "-o -S 0x08004000:1k", "\nreset\n" },
	{ "f103" OLD, PINS, "\nreset\n" },
	{ "f103", PINS "-w image", "\nreset\n" },
};

START_TEST(reset_of_a_blank_chip_says_so)
{
	struct board b;

	board_open(&b, exits[_i].spec);
	put_application(&b, FLASH);
	board_run(&b, exits[_i].args);
	board_said(&b, exits[_i].said);
	board_close(&b);
}
END_TEST

/* -R behind a failure that has changed nothing leads to what was there before. */
START_TEST(failure_without_a_change_starts_what_was_there)
{
	struct board b;

	board_open(&b, "f103");
	put_application(&b, FLASH);
	board_expect(&b, "-w image", 0);
	board_remember(&b);
	board_expect(&b, "-o -R", ERR_ABILITY);
	board_said(&b, "reset");
	ck_assert(flash_is_as_before(&b));
	board_expect(&b, "-R -g 0x800000", ERR_ABILITY);
	ck_assert_msg(!strstr(b.said, "reset") && !strstr(b.said, "Go to"), "%s", b.said);
	/* -g comes after success alone, also where -R is given. */
	board_expect(&b, "--blank-check -R -g 0", ERR_VERIFY);
	ck_assert_msg(!strstr(b.said, "started"), "%s", b.said);
	ck_assert_int_eq(chip_state(b.chip), CHIP_ROM);
	board_close(&b);
}
END_TEST

/* ---- code in RAM ---- */

/* The first byte of the code that resets the chip, and the frame's checksum with it. */
static size_t spoil_code(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command == BL_WRITE && t->frame == 1)
		t->times |= be32(frame) >= 0x20000000;
	else if (t->command == BL_WRITE && t->frame == 2 && t->times == 1) {
		frame[1 + 8] ^= 0x40;
		frame[len - 1] ^= 0x40;
		t->times = 2;
	}
	return len;
}

START_TEST(code_in_ram_is_read_back_before_it_is_run)
{
	struct board b;

	board_open(&b, "l432,boot=low");
	board_application(&b, 1000);
	b.tap.to_chip = spoil_code;
	board_expect(&b, "-w image -R", 0);
	ck_assert_uint_ge(b.tap.times, 2);
	board_runs(&b, "spoiled code");
	board_close(&b);
}
END_TEST

/* ---- the BOOT0 pin ---- */

#define IGNORED "ignore the BOOT0 pin (nBOOT_SEL=1)"

static const struct { const char *spec, *args; bool warned;
} pins[] = {
	{ "g071,nboot_sel=1", "-w image -R", true },
	{ "g071,nboot_sel=1", "-w image -g 0", true },
	{ "g071,nboot_sel=1", PINS "-w image", true },
	{ "c031,nboot_sel=1", PINS "-w image", true },
	{ "g031,nboot_sel=1,bus=i2c", "-a 0x56 -w image -R", true },
	{ "g071,nboot_sel=1", PINS "--set-option nBOOT_SEL=0 -w image", false },
	/* It is not left, or not for another program than before. */
	{ "g071,nboot_sel=1", "-w image", false },
	{ "g071,nboot_sel=1", "-o", false },
	/* The pin counts. */
	{ "g071", "-w image -R", false },
	{ "l432", "-w image -R", false },
	{ "f103", "-w image -g 0", false },
};

START_TEST(warning_comes_before_the_boot0_pin_is_ignored)
{
	struct board b;

	board_open(&b, pins[_i].spec);
	board_application(&b, 500);
	board_expect(&b, pins[_i].args, 0);
	ck_assert_msg(!strstr(b.said, IGNORED) == !pins[_i].warned, "%s %s: %s", pins[_i].args,
		      pins[_i].spec, b.said);
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("start");
	TCase *t = runner_case(s, "start", 120);

	if (!runner_runs_code())
		return RUNNER_SKIPPED;
	tcase_add_loop_test(t, application_starts_whatever_flash_was_before, 0, COUNT(starts));
	tcase_add_loop_test(t, blank_chip_is_not_started, 0, 5);
	tcase_add_test(t, without_vectors_nothing_starts);
	tcase_add_loop_test(t, nothing_to_start_is_found_before_the_first_change, 0,
			    COUNT(refused));
	tcase_add_loop_test(t, start_is_claimed_only_of_a_vector_table, 0, COUNT(judged));
	tcase_add_test(t, one_bad_bit_puts_no_application_in_doubt);
	tcase_add_test(t, go_that_is_refused_is_a_fault_of_the_link);
	tcase_add_loop_test(t, reset_of_a_blank_chip_says_so, 0, COUNT(exits));
	tcase_add_test(t, failure_without_a_change_starts_what_was_there);
	tcase_add_test(t, code_in_ram_is_read_back_before_it_is_run);
	tcase_add_loop_test(t, warning_comes_before_the_boot0_pin_is_ignored, 0, COUNT(pins));
	return runner_run(s);
}
