/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line that spoils the same thing again and again, and bootloaders that are not what others are:
 * what the user is told when no retry helps, and the exit status.
 */
#include <signal.h>

#include "tests/lib/board.h"

#define BLOCK 256u
#define SHORTEST 32		/* block on a bad line */

/* Byte @nth, from 1 on, of the answer to frame @frame of @command is on its way. */
static bool is_answer(const struct tap *t, int command, unsigned int frame, unsigned int nth)
{
	return t->command == command && t->frame == frame && t->answer == nth;
}

static bool is_frame(const struct tap *t, int command, unsigned int frame)
{
	return t->command == command && t->frame == frame;
}

/* ---- a write in doubt ---- */

/* The ACK of one block is lost, and of all that is read from then on the data. */
static bool lose_ack_then_reads(struct tap *t, uint8_t *byte)
{
	(void)byte;
	if (is_frame(t, BL_WRITE, 2) && !t->times) {
		t->times = 1;
		return false;
	}
	return !(t->times && is_frame(t, BL_READ, 2) && t->answer > 1);
}

/* Only half of every block is sent to the chip, */
static size_t halve_blocks(struct tap *t, uint8_t *frame, size_t len)
{
	size_t half = (len - 2) / 2;

	if (!is_frame(t, BL_WRITE, 2))
		return len;
	frame[0] = frame[half + 1] = (uint8_t)(half - 1);
	for (size_t i = 1; i <= half; i++)
		frame[half + 1] ^= frame[i];
	return half + 2;
}

/* and nothing is heard of it. */
static bool lose_data_ack(struct tap *t, uint8_t *byte)
{
	(void)byte;
	return !is_frame(t, BL_WRITE, 2);
}

/* From the first block on there is silence. */
static bool silent_from_data(struct tap *t, uint8_t *byte)
{
	(void)byte;
	t->times |= is_frame(t, BL_WRITE, 2) || is_frame(t, BL_NS_WRITE, 2);
	return !t->times;
}

/* ---- an erase in doubt ---- */

static bool is_list(const struct tap *t)
{
	return is_frame(t, BL_ERASE, 1) || is_frame(t, BL_EXT_ERASE, 1);
}

static size_t lose_list(struct tap *t, uint8_t *frame, size_t len)
{
	(void)frame;
	t->times += is_list(t);
	return is_list(t) ? 0 : len;
}

/* The byte that completes the frame is refused, and two flipped bits make that an ACK. */
static bool refusal_looks_as_ack(struct tap *t, uint8_t *byte)
{
	if (t->times && t->command == -1 && *byte == BL_NACK)
		*byte = BL_ACK;
	return true;
}

/* In place of page 0 always page 5, and a checksum to match. */
static size_t erase_elsewhere(struct tap *t, uint8_t *frame, size_t len)
{
	if (is_frame(t, BL_ERASE, 1) && frame[1] == 0) {
		frame[1] ^= 5;
		frame[2] ^= 5;
	}
	return len;
}

/* ---- other answers ---- */

/* But for the first, by which it is found. An unusual list, as that of x33, is asked for twice. */
static bool spoil_parity_of_get(struct tap *t, uint8_t *byte)
{
	(void)byte;
	t->times += is_answer(t, BL_GET, 0, 1);
	t->bad_parity = t->times > 1 && is_answer(t, BL_GET, 0, 4);
	return true;
}

static bool spoil_count_of_get(struct tap *t, uint8_t *byte)
{
	if (is_answer(t, BL_GET, 0, 2))
		*byte ^= 0x01;
	return true;
}

static bool lose_go_ack(struct tap *t, uint8_t *byte)
{
	(void)byte;
	return !is_frame(t, BL_GO, 1);
}

static bool lose_address_ack(struct tap *t, uint8_t *byte)
{
	(void)byte;
	return !is_frame(t, BL_WRITE, 1);
}

static bool spoil_checksum(struct tap *t, uint8_t *byte)
{
	if (is_answer(t, BL_CHECKSUM, 4, 3))
		*byte ^= 0x01;
	return true;
}

static bool never_the_same(struct tap *t, uint8_t *byte)
{
	if (is_answer(t, BL_READ, 2, 2))
		*byte = (uint8_t)t->times++;
	return true;
}

/* Each second of the long reads comes to nothing: there is no getting from one to the next. */
static size_t count_long_reads(struct tap *t, uint8_t *frame, size_t len)
{
	t->times += is_frame(t, BL_READ, 2) && frame[0] >= SHORTEST - 1;
	return len;
}

static bool lose_each_second(struct tap *t, uint8_t *byte)
{
	(void)byte;
	return !(is_frame(t, BL_READ, 2) && t->answer > 1 && t->times % 2);
}

static bool interrupt_options(struct tap *t, uint8_t *byte)
{
	(void)byte;
	if (is_frame(t, BL_WRITE, 2))
		err_set(&t->ends, ERR_SIGNAL, "interrupted by SIGTERM");
	t->ends.sys = SIGTERM;
	return true;
}

/* A bit and its twin in the complement: the frame is in order, but not what was meant (USER). */
static size_t change_option(struct tap *t, uint8_t *frame, size_t len)
{
	if (is_frame(t, BL_WRITE, 2) && len == 16 + 2) {
		frame[3] ^= 0x04;
		frame[4] ^= 0x04;
	}
	return len;
}

/* The first answer ever is the last. */
static bool one_answer(struct tap *t, uint8_t *byte)
{
	(void)byte;
	return t->times++ == 0;
}

/* ---- bootloaders of other abilities ---- */

static void unlist(const struct tap *t, uint8_t *byte, uint8_t command)
{
	if (is_frame(t, BL_GET, 0) && t->answer > 3 && *byte == command)
		*byte = 0xEE;
}

static bool no_go(struct tap *t, uint8_t *byte)
{
	unlist(t, byte, BL_GO);
	return true;
}

static bool no_write_unprotect(struct tap *t, uint8_t *byte)
{
	unlist(t, byte, BL_WRITE_UNPROTECT);
	return true;
}

/* It does not know the command either. */
static size_t refuse_write_unprotect(struct tap *t, uint8_t *frame, size_t len)
{
	if (is_frame(t, BL_WRITE_UNPROTECT, 0))
		frame[1] = frame[0];
	return len;
}

static bool unknown_product(struct tap *t, uint8_t *byte)
{
	if (is_answer(t, BL_GET_ID, 0, 4))
		*byte = 0xEE;
	return true;
}

static bool unknown_and_silent(struct tap *t, uint8_t *byte)
{
	unknown_product(t, byte);
	return silent_from_data(t, byte);
}

static bool unknown_without_erase(struct tap *t, uint8_t *byte)
{
	unlist(t, byte, BL_ERASE);
	return unknown_product(t, byte);
}

static bool no_erase(struct tap *t, uint8_t *byte)
{
	unlist(t, byte, BL_ERASE);
	return true;
}

/* ---- protection ---- */

static bool lose_second_ack(struct tap *t, uint8_t *byte)
{
	(void)byte;
	return !is_answer(t, BL_READOUT_UNPROTECT, 0, 2);
}

/* After Write Unprotect each read is refused. */
static size_t spoil_reads_then(struct tap *t, uint8_t *frame, size_t len)
{
	t->times |= is_frame(t, BL_WRITE_UNPROTECT, 0);
	if (t->times && is_frame(t, BL_READ, 0))
		frame[1] = frame[0];
	return len;
}

/* Instead of Readout Protect something harmless is asked, whose answer passes for two ACKs. */
static size_t do_not_lock(struct tap *t, uint8_t *frame, size_t len)
{
	if (is_frame(t, BL_READOUT_PROTECT, 0)) {
		frame[0] = BL_GET_VERSION;
		frame[1] = (uint8_t)~BL_GET_VERSION;
	}
	return len;
}

static bool feign_second_ack(struct tap *t, uint8_t *byte)
{
	if (is_answer(t, BL_READOUT_PROTECT, 0, 2))
		*byte = BL_ACK;
	return true;
}

/* Another chip answers from then on. */
static bool other_chip_then(struct tap *t, uint8_t *byte)
{
	t->times |= is_frame(t, BL_READOUT_PROTECT, 0);
	return t->times ? unknown_product(t, byte) : true;
}

static bool lose_ack_then_other_chip(struct tap *t, uint8_t *byte)
{
	if (is_frame(t, BL_WRITE, 2)) {
		t->times = 1;
		return false;
	}
	return t->times ? unknown_product(t, byte) : true;
}

/* ---- what is said ---- */

static const struct hostile {
	const char *what, *spec, *args;
	size_t (*to_chip)(struct tap *t, uint8_t *frame, size_t len);
	bool (*from_chip)(struct tap *t, uint8_t *byte);
	int status;
	const char *says;	/* the error's message, or what was said before */
} cases[] = {
	{ "a block in doubt, and no look at it", "f103", "-w image -n 1", NULL, lose_ack_then_reads,
	  6, "after a doubtful write: cannot read 64 bytes at 0x08000000" },
	{ "blocks halved for ever", "f103", "-w image -n 1", halve_blocks, lose_data_ack, 8,
	  "1 page is in doubt and not written again (-n 1)" },
	{ "silence behind a mass erase", "f103", "-w image -n 1 --mass-erase --chip flash=64k",
	  NULL, unknown_and_silent, 6, "; erased: all flash; perhaps written: the first block" },
	{ "a page list, mutilated", "f103", "-w image", lose_list, refusal_looks_as_ack, 6,
	  "an ACK came after the erase was given up: it was late, or a mutilated page list was "
	  "taken; "
	  "what was erased is not known, pages outside the image may be" },
	{ "a page list of Extended Erase", "l432", "-w image", lose_list, refusal_looks_as_ack, 6,
	  "an ACK came after the erase was given up" },
	{ "a mass erase, mutilated", "f103", "-o", lose_list, refusal_looks_as_ack, 6,
	  "mass erase: its result is not known; perhaps erased: all flash" },
	{ "another page erased", "f103,fill=pattern", "-w image", erase_elsewhere, NULL, 8,
	  "page 0 at 0x08000000 is not blank although its erase was acknowledged: this chip's "
	  "pages "
	  "are not what they were taken for, or it is worn out" },
	{ "parity errors", "x33", "-n 1", NULL, spoil_parity_of_get, 6,
	  "cannot learn the bootloader's commands: Get: parity error in the answer" },
	/* In the end the commands are guessed. */
	{ "another count of commands", "l432,bus=i2c", "-a 0x48 -n 1", NULL, spoil_count_of_get, 0,
	  "0x435" },
	{ "Go's ACK lost", "f103,fill=app", "-g 0x08000000 -n 1", NULL, lose_go_ack, 6,
	  "; the application may be running all the same" },
	{ "checksums spoiled", "x33", "-C -S 0x08000000:1024 -n 1", NULL, spoil_checksum, 6,
	  "cannot get the checksum of 1024 bytes at 0x08000000" },
	{ "another answer each time", "f103", "-C -S 0x08000000:256 -n 1", NULL, never_the_same, 6,
	  "no two answers running agree (6 tries)" },
	{ "each second read lost", "f103", "--blank-check -S 0x08000000:1024 -n 2",
	  count_long_reads, lose_each_second, 6,
	  "cannot read at 0x08000000: nothing but answers out of step" },
	{ "option bytes not taken", "f103", "--set-option nRST_STOP=0 -n 1", NULL, lose_address_ack,
	  6, "cannot write option bytes at 0x1ffff800" },
	{ "option bytes, and a signal", "f103", "--set-option nRST_STOP=0", NULL, interrupt_options,
	  128 + SIGTERM, "interrupted by SIGTERM; the option bytes may be written" },
	{ "option bytes changed on their way", "f103", "--set-option nRST_STOP=0", change_option,
	  NULL, 8, "option bytes: 'nRST_STDBY' is not what was sent" },
	{ "silence on the bus", "l432,bus=i2c", "-a 0x48 -w image", NULL, silent_from_data, 6,
	  "the bootloader does not answer any more" },
	{ "another program's frame completed, then silence",
	  "f103cb,fill=pattern,prefeed=31ce08004000480383", "-w image", NULL, one_answer, 5,
	  "; an ACK came for bytes that completed an earlier program's frame: flash may have been "
	  "touched" },
	{ "no Go", "f103", "-w image -g 0", NULL, no_go, 9, "this bootloader has no Go" },
	{ "no Write Unprotect", "l432,write-protected", "--unlock -w image", refuse_write_unprotect,
	  no_write_unprotect, 9, "this bootloader has no Write Unprotect (0x73)" },
	{ "no erase", "f103", "-w image --mass-erase --chip flash=64k", NULL, unknown_without_erase,
	  9, "this bootloader lists no command that erases" },
	{ "no erase, and all to be erased", "f103", "-o --chip flash=64k", NULL,
	  unknown_without_erase, 9, "this bootloader lists no command that erases" },
	{ "no erase, where there should be one", "f103", "", NULL, no_erase, 0,
	  "product ID 0x410 goes with Erase (0x43), which this bootloader does not list" },
	{ "pages not known", "f103", "-w image --chip flash=64k", NULL, unknown_product, 9,
	  "; -e 0 writes without an erase, --mass-erase allows to erase all" },
	{ "unlocked only by a power cycle", "l432,rdp=1,rom=rdu-power", "--unlock -w image", NULL,
	  NULL, 7,
	  "the chip is read-protected still, although its Readout Unprotect was "
	  "acknowledged" },
	{ "the same, and its end is not heard of", "l432,rdp=1,rom=rdu-power",
	  "--unlock -w image -n 0", NULL, lose_second_ack, 6,
	  "; the chip is read-protected still" },
	{ "reading refused behind Write Unprotect", "l432,write-protected", "--unlock -w image",
	  spoil_reads_then, NULL, 7, "Write Unprotect was acknowledged, and reading is refused now" },
	{ "Readout Protect without an effect", "f103", "--lock -w image", do_not_lock,
	  feign_second_ack, 6,
	  "not locked: Readout Protect was acknowledged, and reading is allowed "
	  "still" },
	{ "another chip behind a reset of the chip's", "f103", "--lock -w image", NULL,
	  other_chip_then, 6, "0x4ee answers after the reset of 0x410" },
	{ "another chip behind a reset by pins", "f103", "--boot0 BOOT0 --nrst NRST -w image", NULL,
	  lose_ack_then_other_chip, 6, "0x4ee answers after a reset of 0x410" },
	{ "nothing behind a reset by pins", "f103", "--boot0 BOOT0 --nrst NRST -w image", NULL,
	  silent_from_data, 6, "after a reset: no bootloader answered" },
};

START_TEST(what_no_retry_helps_is_told)
{
	const struct hostile *c = &cases[_i];
	uint8_t data[BLOCK];
	struct board b;

	random_fill(data, sizeof(data), 11);
	board_open(&b, c->spec);
	board_image(&b, FLASH, data, sizeof(data));
	b.tap.to_chip = c->to_chip;
	b.tap.from_chip = c->from_chip;
	ck_assert_msg(board_run(&b, c->args) == c->status, "%s: status %d: %s\n%s", c->what,
		      err_exit_status(&b.e), b.e.msg, b.said);
	ck_assert_msg(strstr(b.e.msg, c->says) || strstr(b.said, c->says), "%s: %s\n%s", c->what,
		      b.e.msg, b.said);
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hostile");
	TCase *t = runner_case(s, "hostile", 0);

	tcase_add_loop_test(t, what_no_retry_helps_is_told, 0, COUNT(cases));
	return runner_run(s);
}
