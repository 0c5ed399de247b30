/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Verification by the routine in RAM, in whole jobs: it is taken where it is quicker and safe, finds
 * each wrong byte, and falls back to reading when anything is odd.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "loader/an3155/bl.h"
#include "ports/sim/board/catalogue.h"
#include "tests/lib/board.h"
#include "tests/lib/random.h"
#include "tests/lib/runner.h"

#define PINS "--boot0 BOOT0 --nrst NRST "
#define IMAGE 24000u
#define RAM 0x20000000u

static void open_board(struct board *b, const char *spec)
{
	static uint8_t data[IMAGE];

	board_open(b, spec);
	random_fill(data, IMAGE, 7);
	put_le32(data, board_device(b)->ram.end & ~7u);
	put_le32(data + 4, board_device(b)->flash_start + 0x201);
	board_image(b, board_device(b)->flash_start, data, IMAGE);
}

/* All of the image came back, and more. */
static bool was_read(const struct board *b)
{
	return b->tap.received > IMAGE;
}

/* ---- where it is taken ---- */

/* Chips whose flash is too small for the image are left out. */
START_TEST(asked_for_it_verifies_on_every_chip_or_is_refused_before_any_change)
{
	char spec[64];
	struct board b;
	int status;

	snprintf(spec, sizeof(spec), "%s,boot=low", sim_chip_name((size_t)_i));
	open_board(&b, spec);
	if (chip_flash(b.chip)->size > IMAGE) {
		status = board_run(&b, PINS "--verify=stub -w FILE");
		ck_assert_msg(status == 0 || status == 9, "%s: %d, %s", spec, status, b.e.msg);
		if (status == 0)
			board_holds_image(&b, spec);
		else
			ck_assert_mem_eq(chip_flash(b.chip)->mem, b.before,
					 chip_flash(b.chip)->size);
		ck_assert_msg(!was_read(&b), "%s: all was read", spec);
	}
	board_close(&b);
}
END_TEST

/* Of a line with 115200 baud; read is whether the image is. */
static const struct { const char *spec, *args; bool read; } ways[] = {
	{ "f103,boot=low", PINS "-b 115200 -w FILE", false },
	{ "l432,boot=low", PINS "-b 115200 -w FILE", false },
	{ "f405,boot=low", PINS "-b 115200 -w FILE", false },
	{ "l053,boot=low", PINS "-b 115200 -w FILE", false },
	{ "h743,boot=low", PINS "-b 115200 -w FILE", false },
	{ "f103,boot=low", PINS "-w FILE --no-stub", true },
	{ "f103,boot=low", PINS "-w FILE --verify=read", true },
	{ "f103", "-w FILE", true },			/* nobody holds BOOT0 */
	{ "f103,boot=low", "-i BOOT0,-NRST,NRST:-BOOT0,-NRST,NRST -w FILE", true },
	{ "f103,boot=low,autobaud=exact", PINS "-b 921600 -w FILE", true },	/* reading is quicker */
	{ "g0b1,boot=low,nboot_sel=1", PINS "-w FILE", true },	/* its BOOT0 pin does not count */
	{ "c031,boot=low", PINS "-w FILE", true },	/* its ROM leaves no RAM */
	{ "f103,boot=low,rom=ram-write", PINS "-w FILE", true },
};

START_TEST(routine_is_taken_where_it_is_quicker_and_safe)
{
	struct board b;

	open_board(&b, ways[_i].spec);
	board_expect(&b, ways[_i].args, 0);
	board_holds_image(&b, ways[_i].args);
	ck_assert_msg(was_read(&b) == ways[_i].read, "%s %s: %llu bytes came back", ways[_i].spec,
		      ways[_i].args, (unsigned long long)b.tap.received);
	board_close(&b);
}
END_TEST

static const struct { const char *spec, *says; } refused[] = {
	{ "c031,boot=low", "leaves no free RAM" },
	{ "g0b1,boot=low,nboot_sel=1", "may ignore its BOOT0 pin" },
	{ "h723,boot=low", "cannot read back" },
};

START_TEST(refusal_says_why)
{
	struct board b;

	open_board(&b, refused[_i].spec);
	board_expect(&b, PINS "--verify=stub -w FILE", 9);
	board_said(&b, refused[_i].says);
	ck_assert_mem_eq(chip_flash(b.chip)->mem, b.before, chip_flash(b.chip)->size);
	board_close(&b);
}
END_TEST

/* Get lists another command in place of Go. */
static bool no_go(struct tap *t, uint8_t *byte)
{
	if (t->command == BL_GET && t->frame == 0 && *byte == BL_GO)
		*byte = 0x7E;
	return true;
}

START_TEST(bootloader_without_go_reads)
{
	struct board b;

	open_board(&b, "f103,boot=low");
	b.tap.from_chip = no_go;
	board_expect(&b, PINS "--verify=stub -w FILE", 9);
	board_said(&b, "this bootloader has no Go (0x21)");
	board_expect(&b, PINS "-w FILE", 0);
	board_holds_image(&b, "no Go");
	ck_assert(was_read(&b));
	board_close(&b);
}
END_TEST

/* ---- when something is odd ---- */

static struct board *board_of(struct tap *t)
{
	return (struct board *)((char *)t - offsetof(struct board, tap));
}

static bool is_go(const struct tap *t)
{
	return t->command == BL_GO && t->frame == 0;
}

/* A byte of flash changes after it was written. */
static size_t spoil_flash(struct tap *t, uint8_t *frame, size_t len)
{
	uint32_t addr = board_device(board_of(t))->flash_start + 20000;
	uint8_t wrong;

	(void)frame;
	if (is_go(t) && chip_bytes_written(board_of(t)->chip, addr, 1) && t->times++ == 0) {
		wrong = board_byte(board_of(t), addr) ^ 0x10;
		chip_poke(board_of(t)->chip, addr, &wrong, 1);
	}
	return len;
}

/* The chip never hears where to go. */
static size_t lose_go(struct tap *t, uint8_t *frame, size_t len)
{
	(void)frame;
	return t->command == BL_GO && t->frame == 1 ? 0 : len;
}

/* The routine arrives with another instruction. */
static size_t spoil_routine(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command == BL_WRITE && t->frame == 1)
		t->times = be32(frame) >= RAM;
	if (t->command == BL_WRITE && t->frame == 2 && t->times) {
		frame[20] ^= 1;
		frame[len - 1] ^= 1;
	}
	return len;
}

/* Nothing reaches the chip behind Go until its reset line has moved. */
static size_t hold_away(struct tap *t, uint8_t *frame, size_t len)
{
	unsigned int resets = chip_resets(board_of(t)->chip);

	(void)frame;
	if (t->command == BL_GO && t->frame == 1)
		t->times = resets + 2;	/* its own and one by NRST */
	else if (t->times && resets < t->times)
		return 0;
	return len;
}

/* One bit of each answer from RAM behind Go. */
static size_t watch_ram(struct tap *t, uint8_t *frame, size_t len)
{
	if (is_go(t))
		t->times |= 1;
	if (t->command == BL_READ && t->frame == 1)
		t->times = (t->times & ~2u) | (be32(frame) >= RAM ? 2 : 0);
	return len;
}

static bool spoil_results(struct tap *t, uint8_t *byte)
{
	if (t->times == 3 && t->command == BL_READ && t->frame == 2 && t->answer == 9)
		*byte ^= 4;
	return true;
}

/* As a bad line does, once: the results are read twice. */
static bool spoil_results_once(struct tap *t, uint8_t *byte)
{
	if (t->times == 3 && t->command == BL_READ && t->frame == 2 && t->answer == 9) {
		*byte ^= 4;
		t->times |= 4;
	}
	return true;
}

static bool lose_ack_of_go(struct tap *t, uint8_t *byte)
{
	(void)byte;
	return !(t->command == BL_GO && t->frame == 1 && t->answer == 0);
}

static const struct {
	const char *what, *says;
	size_t (*to_chip)(struct tap *t, uint8_t *frame, size_t len);
	bool (*from_chip)(struct tap *t, uint8_t *byte);
	bool read;
} odd[] = {
	{ "flash is wrong", "disagrees", spoil_flash, NULL, true },
	{ "Go is lost", "reading instead", lose_go, NULL, true },
	{ "the routine is spoiled", "does not hold what was written", spoil_routine, NULL, true },
	{ "the chip stays away", "reset", hold_away, NULL, false },
	{ "results are spoiled", "has left no results", watch_ram, spoil_results, true },
	{ "results are spoiled once", "verified", watch_ram, spoil_results_once, false },
	{ "Go is not acknowledged", "verified", NULL, lose_ack_of_go, false },
};

static unsigned int count_said(const struct board *b, const char *text)
{
	unsigned int n = 0;

	for (const char *at = b->said; (at = strstr(at, text)); at++)
		n++;
	return n;
}

/* Whatever happens to the routine: the image is there, and was proven. */
START_TEST(oddities_end_in_reading_and_a_right_image)
{
	static const char *const chips[] = { "f103,boot=low", "f405,boot=low" };
	const char *spec = chips[_i % 2];
	size_t i = (size_t)_i / 2;
	struct board b;

	open_board(&b, spec);
	b.tap.to_chip = odd[i].to_chip;
	b.tap.from_chip = odd[i].from_chip;
	board_expect(&b, PINS "--verbose -w FILE", 0);
	board_holds_image(&b, odd[i].what);
	board_said(&b, odd[i].says);
	/* And it is not tried again. */
	ck_assert_msg(count_said(&b, "reading instead") <= 1, "%s: %s", odd[i].what, b.said);
	ck_assert_msg(was_read(&b) == odd[i].read, "%s: %llu bytes came back", odd[i].what,
		      (unsigned long long)b.tap.received);
	board_close(&b);
}
END_TEST

static size_t note_go(struct tap *t, uint8_t *frame, size_t len)
{
	(void)frame;
	t->times |= is_go(t);
	return len;
}

static bool change_id(struct tap *t, uint8_t *byte)
{
	if (t->times && t->command == BL_GET_ID && t->answer == 3)
		*byte ^= 0x04;
	return true;
}

START_TEST(another_chip_behind_the_routine_is_not_written)
{
	struct board b;

	open_board(&b, "f103,boot=low");
	b.tap.to_chip = note_go;
	b.tap.from_chip = change_id;
	board_expect(&b, PINS "-w FILE", 6);
	board_said(&b, "answers after a reset of 0x410");
	ck_assert_mem_eq(chip_flash(b.chip)->mem, b.before, chip_flash(b.chip)->size);
	board_close(&b);
}
END_TEST

/* The routine may have run all the same, and its reset wants a sync byte. */
START_TEST(go_that_is_not_acknowledged_is_looked_for_without_pins)
{
	struct board b;

	open_board(&b, "f103");
	b.tap.from_chip = lose_ack_of_go;
	board_expect(&b, "--verify=stub -w FILE", 0);
	board_holds_image(&b, "no pins");
	board_close(&b);
}
END_TEST

static size_t refuse_options(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command == BL_READ && t->frame == 1 && len == 5 &&
	    be32(frame) == board_device(board_of(t))->ob_start)
		frame[4] ^= 0x01;
	return len;
}

/* Whether they say that the BOOT0 pin counts is not known then; F103's cannot say otherwise. */
static const struct { const char *spec; bool read; } untold[] = {
	{ "l432,boot=low", true }, { "f103,boot=low", false },
};

START_TEST(options_that_cannot_be_read_may_bar_the_way_back)
{
	struct board b;

	open_board(&b, untold[_i].spec);
	b.tap.to_chip = refuse_options;
	board_expect(&b, PINS "-w FILE", 0);
	board_holds_image(&b, untold[_i].spec);
	ck_assert_msg(was_read(&b) == untold[_i].read, "%s", untold[_i].spec);
	board_close(&b);
}
END_TEST

/* The user's own sequence lets BOOT0 go: the application runs before the bootloader is back. */
START_TEST(chip_that_comes_back_as_the_application_is_brought_back)
{
	struct board b;

	open_board(&b, "f103,boot=low");
	board_expect(&b, "-i BOOT0,-NRST,NRST,-BOOT0:-NRST,NRST --verify=stub -w FILE", 0);
	board_holds_image(&b, "pulse");
	board_close(&b);
}
END_TEST

START_TEST(image_in_more_segments_than_ram_has_room_for_is_verified)
{
	uint8_t piece[64];
	struct board b;

	board_open(&b, "f051,boot=low");
	for (uint32_t n = 0; n < 400; n++) {
		random_fill(piece, sizeof(piece), n);
		board_image(&b, 0x08000000 + n * 160, piece, sizeof(piece));
	}
	board_expect(&b, PINS "--verify=stub -w FILE", 0);
	board_holds_image(&b, "segments");
	ck_assert_msg(!was_read(&b), "%s", b.said);
	board_close(&b);
}
END_TEST

static int chips_of_the_simulator(void)
{
	int n = 0;

	while (sim_chip_name((size_t)n))
		n++;
	return n;
}

int main(void)
{
	Suite *s = suite_create("sums");
	TCase *t = runner_case(s, "sums", 0);

	tcase_add_test(t, bootloader_without_go_reads);
	if (runner_runs_code()) {
		tcase_add_loop_test(t, refusal_says_why, 0, COUNT(refused));
		tcase_add_loop_test(
			t, asked_for_it_verifies_on_every_chip_or_is_refused_before_any_change, 0,
			chips_of_the_simulator());
		tcase_add_loop_test(t, routine_is_taken_where_it_is_quicker_and_safe, 0,
				    COUNT(ways));
		tcase_add_loop_test(t, oddities_end_in_reading_and_a_right_image, 0,
				    2 * COUNT(odd));
		tcase_add_loop_test(t, options_that_cannot_be_read_may_bar_the_way_back, 0,
				    COUNT(untold));
		tcase_add_test(t, another_chip_behind_the_routine_is_not_written);
		tcase_add_test(t, go_that_is_not_acknowledged_is_looked_for_without_pins);
		tcase_add_test(t, chip_that_comes_back_as_the_application_is_brought_back);
		tcase_add_test(t, image_in_more_segments_than_ram_has_room_for_is_verified);
	}
	return runner_run(s);
}
