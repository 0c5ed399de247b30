/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -b auto, also as the default: a rate is used only after the line has proven it, each way down
 * ends at one that carries the job, and where a reset could do harm none is tried.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "chip/rates.h"
#include "loader/an3155/bl.h"
#include "tests/lib/board.h"
#include "tests/lib/random.h"
#include "tests/lib/runner.h"

#define PINS "--boot0 BOOT0 --nrst NRST "
#define SEQUENCE "-i BOOT0,-NRST,NRST:-BOOT0,-NRST,NRST "
#define IMAGE 24000u
#define PROVEN " baud, at which the line has proven itself"
#define BACK ": back to 115200"

static void open_board(struct board *b, const char *spec)
{
	static uint8_t data[IMAGE];

	board_open(b, spec);
	random_fill(data, IMAGE, 7);
	put_le32(data, board_device(b)->ram.end & ~7u);
	put_le32(data + 4, board_device(b)->flash_start + 0x201);
	board_image(b, board_device(b)->flash_start, data, IMAGE);
}

/* The rate that was proven, 0 if none was. */
static unsigned int rate_of(const struct board *b)
{
	const char *at = strstr(b->said, PROVEN);

	if (!at)
		return 0;
	while (at > b->said && at[-1] != '\n')
		at--;
	return (unsigned int)strtoul(at, NULL, 10);
}

/* ---- which rate it is ---- */

static const struct { const char *spec, *args; unsigned int rate; } rates[] = {
	/* As fast as the chip may be asked for. */
	{ "f103,boot=low,autobaud=exact", PINS, 1000000 },
	{ "l432,boot=low,autobaud=exact", PINS, 1000000 },
	{ "f405,boot=low,autobaud=exact", PINS, 1000000 },
	{ "g071,boot=low", PINS, 1500000 },
	{ "h743,boot=low", PINS, 1500000 },
	{ "wb55,boot=low", PINS, 1500000 },
	{ "f103,boot=low,autobaud=exact", SEQUENCE, 1000000 },
	{ "f103,boot=low,autobaud=exact,wiring=dtr-nrst", "--wiring dtr-nrst ", 1000000 },
	{ "f103,boot=low,autobaud=exact,fill=app", PINS "-F 128:66 ", 1000000 },
	{ "f103,boot=low,autobaud=exact", PINS "-b auto ", 1000000 },
	/* As its ROM measures it. */
	{ "f051,boot=low", PINS, 1000000 },
	{ "l053,boot=low", PINS, 500000 },
	{ "f103,boot=low", PINS, 230400 },
	{ "f405,boot=low", PINS, 0 },
	{ "f405,boot=low,autobaud=max", PINS, 0 },
	/* As the line, and the adapter, can do. */
	{ "g071,boot=low,maxbaud=1100000", PINS, 1000000 },
	{ "g071,boot=low,maxbaud=921600", PINS, 500000 },
	{ "g071,boot=low,maxbaud=460800", PINS, 230400 },
	{ "g071,boot=low,maxbaud=115200", PINS, 0 },
	{ "g071,boot=low,adapter-baud=1000000", PINS, 1000000 },
	{ "g071,boot=low,adapter-baud=921600", PINS, 500000 },
	{ "g071,boot=low,adapter-baud=115200", PINS, 0 },
	{ "g071,boot=low,latency=16,maxbaud=460800", PINS, 230400 },
	/* Where nobody wants it. */
	{ "g071,boot=low", PINS "-b 115200 ", 0 },
	{ "g071,boot=low", PINS "-b 57600 ", 0 },
	{ "g071,boot=low", PINS "-b auto -b 115200 ", 0 },
	/* Where nothing resets the chip, or nothing resets it behind the job. */
	{ "g071", "", 0 },
	{ "g071,jumper", "--boot0 BOOT0 ", 0 },
	{ "f103,boot=low,autobaud=exact", "-i BOOT0,-NRST,NRST ", 0 },
	{ "f103,boot=low,autobaud=exact", "-i BOOT0,-NRST,NRST -b auto ", 1000000 },
	{ "g071,synced", "-c -b 115200 ", 0 },
	/* Where RAM cannot be used for the proof. */
	{ "f103,boot=low,autobaud=exact,rom=ram-write", PINS, 0 },
	{ "c031,boot=low", PINS, 0 },
	/* Where a later reset may start a blank flash: its BOOT0 pin does not count. */
	{ "g0b1,boot=low,nboot_sel=1", PINS, 0 },
};

START_TEST(rate_is_the_fastest_that_chip_adapter_and_line_prove)
{
	char args[120];
	struct board b;

	open_board(&b, rates[_i].spec);
	snprintf(args, sizeof(args), "%s-w FILE", rates[_i].args);
	board_expect(&b, args, 0);
	ck_assert_msg(rate_of(&b) == rates[_i].rate, "%s %s: %u, not %u:\n%s", rates[_i].spec, args,
		      rate_of(&b), rates[_i].rate, b.said);
	board_holds_image(&b, rates[_i].spec);
	board_unharmed(&b, rates[_i].spec);
	board_close(&b);
}
END_TEST

/* Jobs other than a write. */
static const struct { const char *args; int status; unsigned int rate; } others[] = {
	{ "", 0, 0 },					/* no bytes to speak of */
	{ "-b auto", 0, 0 },
	{ "-o", 0, 0 },
	{ "-r FILE -S 0x08000000:24000", 0, 1000000 },
	{ "-r FILE -v -S 0x08000000:24000", 0, 1000000 },
	{ "-r FILE -S 0x08000000:1000", 0, 0 },
	{ "-b auto -r FILE -S 0x08000000:1000", 0, 1000000 },
	{ "-r FILE -S 0x20001000:4000", 0, 0 },		/* what is in RAM is left there */
	{ "-b auto -r FILE -S 0x20001000:4000", 0, 0 },
	{ "-C -S 0x08000000:24000", 0, 1000000 },
	{ "--blank-check -S 0x08000000:32000", 8, 1000000 },
	{ "--compare FILE", 8, 1000000 },
};

START_TEST(jobs_that_carry_much_flash_are_as_fast)
{
	char args[120], file[] = "/tmp/bootpin-rate-XXXXXX", *at;
	struct board b;
	int fd = mkstemp(file);

	ck_assert_int_ge(fd, 0);
	close(fd);
	open_board(&b, "f103,boot=low,autobaud=exact,fill=pattern");
	snprintf(args, sizeof(args), PINS "%s", others[_i].args);
	at = strstr(args, "-r FILE");
	if (at)
		snprintf(args, sizeof(args), PINS "%.*s-r %s%s",
			 (int)(at - args - (int)strlen(PINS)), others[_i].args, file,
			 strstr(others[_i].args, "-r FILE") + strlen("-r FILE"));
	board_expect(&b, args, others[_i].status);
	ck_assert_msg(rate_of(&b) == others[_i].rate, "%s: %u:\n%s", args, rate_of(&b), b.said);
	unlink(file);
	board_close(&b);
}
END_TEST

/* 5 KB take less at 115200 baud than trials that may all fail. */
START_TEST(small_job_is_not_worth_a_trial_unless_it_is_asked_for)
{
	struct board b;

	board_open(&b, "f103,boot=low,autobaud=exact");
	board_application(&b, 4096);
	board_expect(&b, PINS "-w FILE", 0);
	ck_assert_uint_eq(rate_of(&b), 0);
	board_expect(&b, PINS "-b auto -w FILE", 0);
	ck_assert_uint_eq(rate_of(&b), 1000000);
	image_free(&b.image);
	board_close(&b);
}
END_TEST

START_TEST(explicit_auto_says_why_no_rate_is_tried)
{
	struct board b;

	open_board(&b, "c031,boot=low");
	board_expect(&b, PINS "-b auto -w FILE", 0);
	board_said(&b, "no rate above 115200 baud is used: the chip has no free RAM");
	board_close(&b);
	open_board(&b, "f103");
	board_expect(&b, "--wiring detect -b auto -w FILE", 0);
	board_said(&b, "no rate above 115200 baud is used: no pin resets the chip");
	board_close(&b);
}
END_TEST

/* A trial would leave its bytes with a bootloader that was not reset. */
static const struct { const char *spec, *args; } untried[] = {
	{ "g071,jumper", "--boot0 BOOT0 " },
	{ "l476,boot=low,autobaud=exact,rom=0x90", PINS },
	{ "f405,boot=low,autobaud=max", PINS },		/* 57600 is all that it can do */
};

START_TEST(no_rate_is_tried_where_it_cannot_be_proven)
{
	char args[120];
	struct board b;

	open_board(&b, untried[_i].spec);
	snprintf(args, sizeof(args), "%s--verbose -w FILE", untried[_i].args);
	board_expect(&b, args, 0);
	ck_assert_msg(!strstr(b.said, "not at "), "%s", b.said);
	board_close(&b);
}
END_TEST

/* What is in RAM already is left there, too. */
START_TEST(image_that_lies_in_ram_is_carried_at_the_first_rate)
{
	static const uint8_t word[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct board b;

	open_board(&b, "f103,boot=low,autobaud=exact");
	board_image(&b, 0x20001000, word, sizeof(word));
	board_expect(&b, PINS "-w FILE", 0);
	ck_assert_uint_eq(rate_of(&b), 0);
	board_close(&b);
}
END_TEST

/* A port that reports no parity errors. */
static ssize_t read_without_parity(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
				   struct err *e)
{
	p->caps &= ~PORT_PARITY;
	return wrapper_forward.read(p, buf, len, until, bad, e);
}

static const struct port_ops without_parity = { .read = read_without_parity };

START_TEST(memory_is_read_at_the_first_rate_where_nothing_would_show_an_error)
{
	char copy[] = "/tmp/bootpin-rate-XXXXXX", args[120];
	struct wrapper w;
	struct board b;

	close(mkstemp(copy));
	open_board(&b, "f103,boot=low,autobaud=exact,fill=pattern");
	board_put_between(&b, &w, &without_parity);
	snprintf(args, sizeof(args), PINS "-r %s -S 0x08000000:24000", copy);
	board_expect(&b, args, 0);
	ck_assert_uint_eq(rate_of(&b), 0);
	snprintf(args, sizeof(args), PINS "-b auto -r %s -S 0x08000000:24000", copy);
	board_expect(&b, args, 0);
	board_said(&b, "no rate above 115200 baud is used: nothing would show an error of the line");
	snprintf(args, sizeof(args), PINS "-r %s -v -S 0x08000000:24000", copy);
	board_expect(&b, args, 0);
	ck_assert_uint_eq(rate_of(&b), 1000000);
	board_close(&b);
	unlink(copy);
}
END_TEST

/* ---- what a trial costs ---- */

/* At @spec, without -b and at the rate where it begins. */
static void compare_cost(const char *spec, nsec_t *took, unsigned int *resets)
{
	struct board b;

	open_board(&b, spec);
	board_expect(&b, PINS "--no-stub -w FILE -b 115200", 0);
	*took = -b.took;
	*resets = -chip_resets(b.chip);
	board_close(&b);
	open_board(&b, spec);
	board_expect(&b, PINS "--no-stub -w FILE", 0);
	ck_assert_uint_eq(rate_of(&b), 0);
	*took += b.took;
	*resets += chip_resets(b.chip);
	board_close(&b);
}

START_TEST(rate_that_fails_costs_one_reset_and_less_than_a_quarter_of_a_second)
{
	unsigned int resets;
	nsec_t took;

	compare_cost("g071,boot=low,maxbaud=115200", &took, &resets);
	ck_assert_uint_eq(resets, 5);		/* of four rates, and the way back */
	ck_assert_int_le(took, 5 * 250 * NSEC_PER_MSEC);
	compare_cost("f405,boot=low", &took, &resets);
	ck_assert_uint_eq(resets, 4);
	ck_assert_int_le(took, 4 * 250 * NSEC_PER_MSEC);
}
END_TEST

START_TEST(rate_that_the_adapter_cannot_make_costs_no_reset)
{
	unsigned int resets;
	nsec_t took;

	compare_cost("g071,boot=low,adapter-baud=115200", &took, &resets);
	ck_assert_uint_eq(resets, 0);
	ck_assert_int_eq(took, 0);
}
END_TEST

/* ---- the proof ---- */

/* A fault at 1000000 baud alone, and there in one place. */
struct fault { int command; unsigned int frame, answer, from, times; };

static const struct fault *fault;

static bool spoil_answer(struct tap *t, uint8_t *byte)
{
	if (t->wrapper.port.baud == 1000000 && t->command == fault->command &&
	    t->frame == fault->frame && t->answer == fault->answer &&
	    ++t->times >= fault->from && t->times < fault->from + fault->times)
		*byte ^= 0x18;
	return true;
}

/* Each in the trial: one bit of what it says, of what it reads first, and of what it reads then. */
static const struct fault in_proof[] = {
	{ BL_GET, 0, 3, 1, 1 },		/* the version */
	{ BL_GET, 0, 5, 1, 1 },		/* a command */
	{ BL_GET_ID, 0, 4, 1, 1 },
	{ BL_WRITE, 2, 1, 1, 1 },
	{ BL_WRITE, 2, 1, 2, 1 },
	{ BL_READ, 2, 2, 1, 1 },
	{ BL_READ, 2, 257, 1, 1 },
	{ BL_READ, 2, 100, 2, 1 },
};

START_TEST(one_error_in_the_proof_is_enough_to_take_the_next_rate)
{
	struct board b;

	fault = &in_proof[_i];
	open_board(&b, "f051,boot=low,autobaud=exact");
	b.tap.from_chip = spoil_answer;
	board_expect(&b, PINS "--verbose -w FILE", 0);
	ck_assert_msg(rate_of(&b) == 500000, "%u:\n%s", rate_of(&b), b.said);
	board_said(&b, "not at 1000000 baud: ");
	board_holds_image(&b, "f051");
	board_close(&b);
}
END_TEST

static bool lose_ack(struct tap *t, uint8_t *byte)
{
	(void)byte;
	return t->wrapper.port.baud != 1000000 || t->command != BL_WRITE || t->frame != 2;
}

/* Where 256 bytes lie of which no two are the same; NULL: nowhere. */
static const uint8_t *find_proof(const uint8_t *ram, size_t size)
{
	for (size_t at = 0; at + 256 <= size; at++) {
		bool seen[256] = { false };
		size_t n = 0;

		while (n < 256 && !seen[ram[at + n]])
			seen[ram[at + n++]] = true;
		if (n == 256)
			return ram + at;
	}
	return NULL;
}

/* A ROM that has lost the beginning of a frame takes the rest of it for commands. */
START_TEST(proof_has_no_command_in_it)
{
	static uint8_t ram[32768];
	const uint8_t *proof;
	struct board b;
	size_t size;

	open_board(&b, "f103,boot=low,autobaud=exact");
	board_expect(&b, "-i BOOT0,-NRST,NRST -b auto --verify=read -w FILE", 0);
	size = board_device(&b)->ram.end - board_device(&b)->ram.start;
	size = size < sizeof(ram) ? size : sizeof(ram);
	ck_assert_int_eq(chip_peek(b.chip, board_device(&b)->ram.start, ram, size), 0);
	proof = find_proof(ram, size);
	ck_assert_ptr_nonnull(proof);
	for (size_t i = 0; i + 1 < 256; i++)
		ck_assert_int_gt(__builtin_popcount(proof[i] ^ proof[i + 1] ^ 0xFF), 1);
	board_close(&b);
}
END_TEST

START_TEST(answer_that_is_lost_in_the_proof_costs_no_seconds)
{
	struct board b;
	nsec_t took;

	open_board(&b, "f051,boot=low,autobaud=exact,maxbaud=500000");
	board_expect(&b, PINS "-w FILE", 0);
	took = b.took;
	board_close(&b);
	open_board(&b, "f051,boot=low,autobaud=exact");
	b.tap.from_chip = lose_ack;
	board_expect(&b, PINS "-w FILE", 0);
	ck_assert_uint_eq(rate_of(&b), 500000);
	ck_assert_int_lt(b.took, took + 250 * NSEC_PER_MSEC);
	board_close(&b);
}
END_TEST

/* ---- the way back ---- */

/* Behind the proof: in a write, in a read, and a refusal that a question could settle. */
static const struct fault in_job[] = {
	{ BL_WRITE, 2, 1, 10, 1 },
	{ BL_WRITE, 1, 1, 20, 1 },
	{ BL_WRITE, 0, 1, 30, 1 },
	{ BL_READ, 2, 1, 10, 1 },
	{ BL_READ, 2, 77, 20, 1 },	/* a byte read back is wrong, and no error of the link */
};

START_TEST(first_error_of_the_job_leads_back_for_good)
{
	struct board b;
	char *back;

	fault = &in_job[_i];
	open_board(&b, "f051,boot=low,autobaud=exact");
	b.tap.from_chip = spoil_answer;
	board_expect(&b, PINS "-w FILE --verify=read", 0);
	ck_assert_uint_eq(rate_of(&b), 1000000);
	board_said(&b, "an error at 1000000 baud: back to 115200");
	back = strstr(b.said, BACK);
	ck_assert_msg(!strstr(back + 1, PROVEN) && !strstr(back + 1, BACK), "%s", b.said);
	ck_assert_uint_eq(b.tap.wrapper.port.baud, 115200);
	board_holds_image(&b, "f051");
	board_close(&b);
}
END_TEST

static size_t refuse_frame(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->wrapper.port.baud == 1000000 && t->command == BL_WRITE && t->frame == 2 &&
	    ++t->times == 20)
		frame[len - 1] ^= 0x18;
	return len;
}

START_TEST(refusal_is_an_error_too)
{
	struct board b;

	open_board(&b, "f051,boot=low,autobaud=exact");
	b.tap.to_chip = refuse_frame;
	board_expect(&b, PINS "-w FILE", 0);
	board_said(&b, "an error at 1000000 baud: back to 115200");
	board_holds_image(&b, "f051");
	board_close(&b);
}
END_TEST

/* Two bytes of a block, so that its checksum is right all the same. */
static size_t mutilate_frame(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->wrapper.port.baud == 1000000 && t->command == BL_WRITE && t->frame == 2 &&
	    ++t->times == 20) {
		frame[10] ^= 0x18;
		frame[20] ^= 0x18;
	}
	return len;
}

START_TEST(page_that_has_to_be_written_again_is_an_error_too)
{
	struct board b;

	open_board(&b, "f051,boot=low,autobaud=exact");
	b.tap.to_chip = mutilate_frame;
	board_expect(&b, PINS "-w FILE", 0);
	board_said(&b, "an error at 1000000 baud: back to 115200");
	board_holds_image(&b, "f051");
	board_close(&b);
}
END_TEST

static bool spoil_at_first(struct tap *t, uint8_t *byte)
{
	if (t->command == BL_READ && t->frame == 1 && !t->times++)
		*byte ^= 0x18;
	return true;
}

START_TEST(line_that_has_erred_already_is_not_made_faster)
{
	struct board b;

	open_board(&b, "f051,boot=low,autobaud=exact");
	b.tap.from_chip = spoil_at_first;
	board_expect(&b, PINS "-w FILE", 0);
	ck_assert_uint_eq(rate_of(&b), 0);
	board_close(&b);
}
END_TEST

/* What ends in a reset is followed by little. */
START_TEST(protection_leads_back_to_the_first_rate_without_an_error)
{
	struct board b;

	open_board(&b, "f103,boot=low,autobaud=exact");
	board_expect(&b, PINS "-w FILE --lock", 0);
	ck_assert_uint_eq(rate_of(&b), 1000000);
	ck_assert_ptr_null(strstr(b.said, BACK));
	ck_assert_uint_eq(b.tap.wrapper.port.baud, 115200);
	board_close(&b);
}
END_TEST

/* A blank chip whose ROM clears the empty flag is not reset once its flash was changed. */
START_TEST(chip_that_must_not_be_reset_any_more_stays_at_its_rate)
{
	struct board b;

	fault = &in_job[0];
	open_board(&b, "g071,boot=low,maxbaud=1000000");
	b.tap.from_chip = spoil_answer;
	board_expect(&b, PINS "-w FILE", 0);
	ck_assert_uint_eq(rate_of(&b), 1000000);
	ck_assert_ptr_null(strstr(b.said, BACK));
	board_holds_image(&b, "g071");
	board_close(&b);
}
END_TEST

/* At the raised rate a bootloader that does not come back from the routine is asked at the first rate. */
static bool deaf_behind_go(struct tap *t, uint8_t *byte)
{
	(void)byte;
	t->times |= t->command == BL_GO && t->wrapper.port.baud > 115200;
	return !t->times || t->wrapper.port.baud == 115200 || t->command == BL_GO;
}

START_TEST(bootloader_that_is_lost_at_its_rate_is_found_at_the_first_one)
{
	struct board b;

	open_board(&b, "f103,boot=low,autobaud=exact");
	b.tap.from_chip = deaf_behind_go;
	board_expect(&b, PINS "-w FILE", 0);
	board_said(&b, BACK);
	board_holds_image(&b, "f103");
	board_close(&b);
}
END_TEST

/* ---- the table ---- */

START_TEST(rates_fall_and_lie_above_what_is_vouched_for)
{
	const uint32_t *rate = rates_to_try(&device_table[_i]);

	for (; *rate; rate++) {
		ck_assert_uint_gt(*rate, RATE_STATED);
		ck_assert_uint_gt(rate[0], rate[1]);
	}
}
END_TEST

START_TEST(unknown_chip_has_no_rates)
{
	const struct device none = { .family = "none" };

	ck_assert_uint_eq(*rates_to_try(NULL), 0);
	ck_assert_uint_eq(*rates_to_try(&none), 0);
}
END_TEST

int main(void)
{
	Suite *s;
	TCase *t;

	/* Many of these chips were blank, and start by a routine in their RAM. */
	if (!runner_runs_code())
		return 77;
	s = suite_create("rate");
	t = runner_case(s, "rate", 60);
	tcase_add_loop_test(t, rate_is_the_fastest_that_chip_adapter_and_line_prove, 0,
			    COUNT(rates));
	tcase_add_loop_test(t, jobs_that_carry_much_flash_are_as_fast, 0, COUNT(others));
	tcase_add_test(t, small_job_is_not_worth_a_trial_unless_it_is_asked_for);
	tcase_add_test(t, explicit_auto_says_why_no_rate_is_tried);
	tcase_add_loop_test(t, no_rate_is_tried_where_it_cannot_be_proven, 0, COUNT(untried));
	tcase_add_test(t, image_that_lies_in_ram_is_carried_at_the_first_rate);
	tcase_add_test(t, memory_is_read_at_the_first_rate_where_nothing_would_show_an_error);
	tcase_add_test(t, page_that_has_to_be_written_again_is_an_error_too);
	tcase_add_test(t, line_that_has_erred_already_is_not_made_faster);
	tcase_add_test(t, protection_leads_back_to_the_first_rate_without_an_error);
	tcase_add_test(t, rate_that_fails_costs_one_reset_and_less_than_a_quarter_of_a_second);
	tcase_add_test(t, rate_that_the_adapter_cannot_make_costs_no_reset);
	tcase_add_loop_test(t, one_error_in_the_proof_is_enough_to_take_the_next_rate, 0,
			    COUNT(in_proof));
	tcase_add_test(t, proof_has_no_command_in_it);
	tcase_add_test(t, answer_that_is_lost_in_the_proof_costs_no_seconds);
	tcase_add_loop_test(t, first_error_of_the_job_leads_back_for_good, 0, COUNT(in_job));
	tcase_add_test(t, refusal_is_an_error_too);
	tcase_add_test(t, chip_that_must_not_be_reset_any_more_stays_at_its_rate);
	tcase_add_test(t, bootloader_that_is_lost_at_its_rate_is_found_at_the_first_one);
	tcase_add_loop_test(t, rates_fall_and_lie_above_what_is_vouched_for, 0, (int)device_count);
	tcase_add_test(t, unknown_chip_has_no_rates);
	return runner_run(s);
}
