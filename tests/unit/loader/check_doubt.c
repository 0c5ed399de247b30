/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Doubt is settled before a job goes on: writes whose answer is missing, refusals that may be a bad bit,
 * answers without a checksum.
 */
#include <unistd.h>

#include "base/bytes.h"
#include "tests/lib/board.h"

/* ---- writes in doubt ---- */

#define BLOCK 256u

static bool is_data(const struct tap *t)
{
	return t->command == BL_WRITE && t->frame == 2;
}

/* The ACK of the first block is lost: memory holds it. */
static bool lose_ack(struct tap *t, uint8_t *byte)
{
	(void)byte;
	return !is_data(t) || t->times++;
}

/* The first block is lost: memory is blank. */
static size_t lose_block(struct tap *t, uint8_t *frame, size_t len)
{
	(void)frame;
	return is_data(t) && !t->times++ ? 0 : len;
}

/* The first block is programmed in half, as by a chip whose supply broke down. */
static size_t halve_block(struct tap *t, uint8_t *frame, size_t len)
{
	uint8_t sum;

	if (!is_data(t) || t->times++ || len != BLOCK + 2)
		return len;
	sum = frame[0] = BLOCK / 2 - 1;
	for (size_t i = 1; i <= BLOCK / 2; i++)
		sum ^= frame[i];
	frame[BLOCK / 2 + 1] = sum;
	return BLOCK / 2 + 2;
}

/*
 * ... and nothing is said of it; without this it is acknowledged, and only verification can tell.
 */
static bool lose_ack_of_half(struct tap *t, uint8_t *byte)
{
	(void)byte;
	return !(is_data(t) && t->times == 1);
}

static const struct doubt {
	const char *what;
	size_t (*to_chip)(struct tap *t, uint8_t *frame, size_t len);
	bool (*from_chip)(struct tap *t, uint8_t *byte);
	const char *args;
	int status;
	unsigned int erases;	/* of the page */
	unsigned int written;	/* bytes that the chip was given to program */
	const char *says;
} doubts[] = {
	{ "no doubt", NULL, NULL, "-w image", 0, 1, 2 * BLOCK, "" },
	{ "ACK lost", NULL, lose_ack, "-w image", 0, 1, 2 * BLOCK, "" },
	{ "ACK lost, -e 0", NULL, lose_ack, "-w image -e 0", 0, 0, 2 * BLOCK, "" },
	{ "block lost", lose_block, NULL, "-w image", 0, 1, 2 * BLOCK, "" },
	{ "block lost, -e 0", lose_block, NULL, "-w image -e 0", 0, 0, 2 * BLOCK, "" },
	{ "half a block", halve_block, lose_ack_of_half, "-w image", 0, 2, BLOCK / 2 + 3 * BLOCK,
	  "" },
	{ "half a block, not verified", halve_block, lose_ack_of_half, "-w image --no-verify", 0, 2,
	  BLOCK / 2 + 3 * BLOCK, "" },
	{ "half a block, -e 0", halve_block, lose_ack_of_half, "-w image -e 0", 8, 0, BLOCK / 2,
	  "0x08000000" },
	{ "half a block, acknowledged", halve_block, NULL, "-w image", 0, 2, BLOCK / 2 + 3 * BLOCK,
	  "" },
	{ "half a block, acknowledged, -n 0", halve_block, NULL, "-w image -n 0", 8, 1,
	  BLOCK / 2 + BLOCK, "0x08000080" },
	{ "half a block, acknowledged, -e 0", halve_block, NULL, "-w image -e 0", 8, 0,
	  BLOCK / 2 + BLOCK, "0x08000080" },
};

static const char *const doubtful_chips[] = { "f103", "l432", "g071", "f405" };

START_TEST(doubtful_write_ends_right_or_is_told)
{
	const struct doubt *d = &doubts[(size_t)_i / COUNT(doubtful_chips)];
	const char *spec = doubtful_chips[(size_t)_i % COUNT(doubtful_chips)];
	uint8_t data[2 * BLOCK];
	char what[80];
	struct board b;

	snprintf(what, sizeof(what), "%s, %s", spec, d->what);
	random_fill(data, sizeof(data), 3);
	board_open(&b, spec);
	board_image(&b, FLASH, data, sizeof(data));
	board_remember(&b);
	b.tap.to_chip = d->to_chip;
	b.tap.from_chip = d->from_chip;
	ck_assert_msg(board_run(&b, d->args) == d->status, "%s: %d: %s\n%s", what, b.e.code,
		      b.e.msg, b.said);
	ck_assert_msg(strstr(b.e.msg, d->says) != NULL, "%s: %s", what, b.e.msg);
	ck_assert_msg(chip_page_erases(b.chip, 0) == d->erases, "%s: erased %u times", what,
		      chip_page_erases(b.chip, 0));
	ck_assert_msg(chip_bytes_written(b.chip, FLASH, sizeof(data)) == d->written,
		      "%s: %u bytes were written", what,
		      (unsigned int)chip_bytes_written(b.chip, FLASH, sizeof(data)));
	if (d->status == 0)
		board_holds_image(&b, what);
	board_unharmed(&b, what);
	board_close(&b);
}
END_TEST

/* ---- refusals ---- */

static unsigned int refusals_left, refused, identified;

/* A bad bit in the command is answered as protection is. */
static size_t spoil_reads(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command == BL_READ && t->frame == 0 && refusals_left) {
		refusals_left--;
		refused++;
		frame[1] ^= 0x10;
	}
	identified += t->command == BL_GET_ID;
	return len;
}

/* Get ID between two refusals: right, of another chip, or not well-formed; the last only once. */
enum garbling { RIGHT, OTHER_CHIP, OTHER_CHIP_ONCE, MALFORMED_ONCE };
static enum garbling garbling;

static bool garble_id(struct tap *t, uint8_t *byte)
{
	bool once = garbling == OTHER_CHIP_ONCE || garbling == MALFORMED_ONCE;

	if (garbling == RIGHT || t->command != BL_GET_ID || (once ? refused != 2 : !refused))
		return true;
	if (garbling == MALFORMED_ONCE && t->answer == 5)
		*byte ^= 0x03;
	if (garbling != MALFORMED_ONCE && t->answer == 4)
		*byte ^= 0x03;
	return true;
}

static const struct {
	const char *what, *spec;
	unsigned int refusals;
	enum garbling garbling;
	int status;
} refusing[] = {
	{ "one bad bit", "f103", 1, RIGHT, 0 },
	{ "two bad bits running", "f103", 2, RIGHT, 0 },
	{ "three bad bits running and Get ID answers", "f103", 3, RIGHT, 7 },
	{ "refused for ever, but Get ID answers another", "f103", 1000, OTHER_CHIP, 6 },
	{ "four bad bits, and Get ID answers another once", "f103", 4, OTHER_CHIP_ONCE, 0 },
	{ "four bad bits, and Get ID is spoiled once", "f103", 4, MALFORMED_ONCE, 0 },
	{ "protected", "f103,rdp=1", 0, RIGHT, 7 },
	{ "protected, two NACKs each", "f405,rdp=1,rom=double-nack", 0, RIGHT, 7 },
};

START_TEST(refusal_counts_only_when_it_is_no_bad_bit)
{
	struct board b;
	int status;

	refusals_left = refusing[_i].refusals;
	refused = identified = 0;
	garbling = refusing[_i].garbling;
	board_open(&b, refusing[_i].spec);
	board_remember(&b);
	b.tap.to_chip = spoil_reads;
	b.tap.from_chip = garble_id;
	status = board_run(&b, "--blank-check -S 0x08000000:256");
	ck_assert_msg(status == refusing[_i].status, "%s: status %d: %s", refusing[_i].what, status,
		      b.e.msg);
	/* Twice to identify, and once for each refusal that counts. */
	if (status == 7)
		ck_assert_uint_ge(identified, 2 + 3);
	board_unharmed(&b, refusing[_i].what);
	board_close(&b);
}
END_TEST

/* As a line does that has got worse: every Read Memory behind the tenth has a bad bit. */
static size_t refuse_later_reads(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command == BL_READ && t->frame == 0 && t->times++ >= 10)
		frame[1] ^= 0x10;
	return len;
}

/* A byte of an answer is lost, or not; then so many addresses in a row have a bad bit. */
static bool loses;
static unsigned int refusals;

static bool lose_byte(struct tap *t, uint8_t *byte)
{
	(void)byte;
	if (t->command != BL_READ || t->frame != 2 || t->answer < 100 || t->times)
		return true;
	t->times = 1;
	return !loses;
}

static size_t refuse_addresses(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command == BL_READ && t->frame == 1 && t->times && refusals) {
		frame[4] ^= 0x10;
		refusals--;
	}
	return len;
}

/* The same refusals: of a good line they are the chip's, and of a bad one the line's. */
START_TEST(address_refused_on_a_bad_line_is_the_lines_fault)
{
	struct board b;

	loses = _i;
	refusals = 1000;
	board_open(&b, "f103,fill=pattern");
	b.tap.from_chip = lose_byte;
	b.tap.to_chip = refuse_addresses;
	board_expect(&b, "-C", loses ? 6 : 9);
	board_said(&b, "the bootloader refuses Read Memory (0x11) at 0x08000");
	board_close(&b);
}
END_TEST

START_TEST(on_a_bad_line_it_takes_nine_refusals)
{
	struct board b;

	loses = true;
	refusals = 8;
	board_open(&b, "f103,fill=pattern");
	b.tap.from_chip = lose_byte;
	b.tap.to_chip = refuse_addresses;
	board_expect(&b, "-C", 0);
	ck_assert_uint_eq(refusals, 0);
	board_close(&b);
}
END_TEST

START_TEST(chip_that_was_read_is_not_called_protected)
{
	struct board b;

	board_open(&b, "f103,fill=pattern");
	b.tap.to_chip = refuse_later_reads;
	board_expect(&b, "-C", 6);
	board_said(&b, "the bootloader refuses Read Memory (0x11), which it has done before");
	ck_assert_msg(!strstr(b.said, "protected"), "%s", b.said);
	board_close(&b);
}
END_TEST

/* ---- answers without a checksum ---- */

static uint64_t flip_at, heard;
static uint8_t flip_bits;

static bool flip_once(struct tap *t, uint8_t *byte)
{
	(void)t;
	if (heard++ == flip_at)
		*byte ^= flip_bits;
	return true;
}

/* 0x483 and 0x480, 0x414 and 0x412, 0x452 and 0x451 are two bits apart; parity sees neither. */
static const char *const neighbours[] = {
	"h723,size=1024", "h7a3,size=1024", "f103he,size=256", "f767,size=1024", "l053",
};
static const uint8_t pairs[] = { 0x03, 0x30 };
#define LEARNT \
	160u /* bytes of answers that hold all that a job learns of the chip before it erases */

START_TEST(no_flipped_answer_harms_other_pages)
{
	const char *spec = neighbours[(size_t)_i / COUNT(pairs)];
	unsigned int good = 0;
	uint8_t data[64];
	char what[120];

	flip_bits = pairs[(size_t)_i % COUNT(pairs)];
	random_fill(data, sizeof(data), 5);
	for (flip_at = 0; flip_at < LEARNT; flip_at++) {
		struct board b;
		int status;

		snprintf(what, sizeof(what), "%s: answered byte %u ^ %02x", spec,
			 (unsigned int)flip_at, flip_bits);
		board_open(&b, spec);
		board_remember(&b);
		board_image(&b, FLASH, data, sizeof(data));
		b.tap.from_chip = flip_once;
		heard = 0;
		status = board_run(&b, "-w image");
		ck_assert_msg(status == 0 || status == 6 || status == 5, "%s: status %d: %s", what,
			      status, b.e.msg);
		if (status == 0)
			board_holds_image(&b, what);
		good += status == 0;
		board_unharmed(&b, what);
		board_close(&b);
	}
	/* A flip that cannot be mended (that of an ACK to the first 0x7F, say) is the exception. */
	ck_assert_uint_ge(good, LEARNT - 8);
}
END_TEST

/*
 * The word with DBANK, wrong in the same bit twice: in the first answer, and in the second, before
 * which the link stumbled. Two answers agree only if nothing happened between them.
 */
#define G474_OPTIONS 0x1FFF7800u

static bool asks_options;
static unsigned int asked;

static size_t follow_options(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command == BL_READ && t->frame == 1 && len == 5)
		asks_options = be32(frame) == G474_OPTIONS;
	return len;
}

static bool spoil_options(struct tap *t, uint8_t *byte)
{
	if (t->command != BL_READ || t->frame != 2 || !asks_options)
		return true;
	asked += t->answer == 1;
	if (asked == 2 && t->answer == 1)
		return false;	/* the ACK is lost */
	if ((asked == 1 || asked == 3) && t->answer == 4)
		*byte ^= 0x40;	/* bit 22 */
	return true;
}

START_TEST(answer_before_a_stumble_does_not_count)
{
	uint8_t data[3000];
	struct board b;

	random_fill(data, sizeof(data), 5);
	board_open(&b, "g474,dbank=0,fill=pattern");
	board_remember(&b);
	board_image(&b, FLASH, data, sizeof(data));
	asked = 0;
	b.tap.to_chip = follow_options;
	b.tap.from_chip = spoil_options;
	board_expect(&b, "-w image", 0);
	ck_assert_uint_ge(asked, 4);
	board_holds_image(&b, "DBANK spoiled twice");
	board_unharmed(&b, "DBANK spoiled twice");
	board_close(&b);
}
END_TEST

/* A byte of what is read for the verification is spoiled: no reason to write it again. */
static bool flip_verified(struct tap *t, uint8_t *byte)
{
	if (t->command == BL_WRITE && t->frame == 2)
		t->times = 1;
	if (t->times == 1 && t->command == BL_READ && t->frame == 2 && t->answer == 100) {
		*byte ^= 0x01;
		t->times = 2;
	}
	return true;
}

START_TEST(difference_counts_when_a_second_look_shows_it)
{
	uint8_t data[BLOCK];
	struct board b;

	random_fill(data, sizeof(data), 5);
	board_open(&b, "f103");
	board_image(&b, FLASH, data, sizeof(data));
	b.tap.from_chip = flip_verified;
	board_expect(&b, "-w image", 0);
	ck_assert_uint_eq(b.tap.times, 2);
	ck_assert_uint_eq(chip_page_erases(b.chip, 0), 1);
	board_close(&b);
}
END_TEST

/* The second ACK of Readout Unprotect is lost: by then the chip erases, and is not told to again. */
static bool lose_second_ack(struct tap *t, uint8_t *byte)
{
	(void)byte;
	return !(t->command == BL_READOUT_UNPROTECT && t->answer == 2);
}

static size_t count_unprotect(struct tap *t, uint8_t *frame, size_t len)
{
	(void)frame;
	t->times += t->command == BL_READOUT_UNPROTECT && t->frame == 0;
	return len;
}

START_TEST(readout_unprotect_is_sent_once)
{
	struct board b;

	/* With pins at hand the bootloader would be brought back, and could be told again. */
	board_open(&b, _i ? "f103,rdp=1,boot=low" : "f103,rdp=1");
	b.tap.to_chip = count_unprotect;
	b.tap.from_chip = lose_second_ack;
	board_expect(&b, _i ? "--boot0 BOOT0 --nrst NRST -k" : "-k", 6);
	ck_assert_uint_eq(b.tap.times, 1);
	board_close(&b);
}
END_TEST

/* H72x: after a write nothing may be read until all is written, lost answers or not. */
static unsigned int reads_between;

static size_t count_reads_between(struct tap *t, uint8_t *frame, size_t len)
{
	(void)frame;
	t->times += is_data(t);
	reads_between += t->command == BL_READ && t->frame == 0 && t->times > 0 && t->times < 3;
	return len;
}

static bool lose_first_ack(struct tap *t, uint8_t *byte)
{
	(void)byte;
	return !(is_data(t) && t->times == 1);
}

START_TEST(rom_that_must_not_be_read_between_writes_is_not)
{
	uint8_t data[3 * BLOCK];
	struct board b;

	random_fill(data, sizeof(data), 5);
	board_open(&b, "h723");
	board_image(&b, FLASH, data, sizeof(data));
	reads_between = 0;
	b.tap.to_chip = count_reads_between;
	b.tap.from_chip = lose_first_ack;
	board_expect(&b, "-w image", 0);
	ck_assert_uint_eq(reads_between, 0);
	board_holds_image(&b, "ACK lost");
	board_close(&b);
}
END_TEST

/* ---- sums ---- */

/* A block is spoiled in a way that its checksum does not show: the chip's own sum does. */
static size_t spoil_first_block(struct tap *t, uint8_t *frame, size_t len)
{
	if (is_data(t) && !t->times++) {
		frame[9] ^= 0x04;
		frame[10] ^= 0x04;
	}
	return len;
}

START_TEST(sum_that_differs_is_looked_into)
{
	uint8_t data[2 * BLOCK];
	struct board b;

	random_fill(data, sizeof(data), 5);
	board_open(&b, "x33");
	board_image(&b, FLASH, data, sizeof(data));
	b.tap.to_chip = spoil_first_block;
	board_expect(&b, "-w image --verify=checksum", 0);
	board_holds_image(&b, "spoiled block");
	board_close(&b);
}
END_TEST

/* A byte that was read is spoiled: the sum of the piece differs, and it is read again. */
static bool flip_read(struct tap *t, uint8_t *byte)
{
	if (t->command == BL_READ && t->frame == 2 && t->answer == 100 && !t->times++)
		*byte ^= 0x01;
	return true;
}

static unsigned int pieces;

static size_t count_pieces(struct tap *t, uint8_t *frame, size_t len)
{
	pieces += t->command == BL_READ && t->frame == 2 && len == 2 && frame[0] == 0xFF;
	return len;
}

START_TEST(piece_whose_sum_differs_is_read_again)
{
	char name[32], args[80];
	uint8_t held[1024];
	struct board b;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	snprintf(name, sizeof(name), "/dev/fd/%d", fds[1]);
	snprintf(args, sizeof(args), "--verify=checksum -S 0x08000000:1k -r %s", name);
	pieces = 0;
	board_open(&b, "x33,fill=pattern");
	b.tap.to_chip = count_pieces;
	b.tap.from_chip = flip_read;
	board_expect(&b, args, 0);
	ck_assert_uint_ge(pieces, 4 + 2);
	ck_assert_int_eq(read(fds[0], held, sizeof(held)), sizeof(held));
	ck_assert_mem_eq(held, chip_flash(b.chip)->mem, sizeof(held));
	close(fds[0]);
	close(fds[1]);
	board_close(&b);
}
END_TEST

/* ---- adapters that are slow ---- */

/* One byte of what is read is lost, the third time. */
static bool lose_read(struct tap *t, uint8_t *byte)
{
	(void)byte;
	return !(t->command == BL_READ && t->frame == 2 && t->answer == 2 && t->times++ == 2);
}

static const char *const slow_adapters[] = { "f103,latency=1", "f103,latency=16",
					     "f103,latency=40", "f103,latency=60" };

/* Answers to the bytes that bring a bootloader back are waited for as long as others took. */
START_TEST(slow_adapter_is_waited_for_on_the_way_back)
{
	uint8_t data[600];
	struct board b;

	random_fill(data, sizeof(data), 9);
	board_open(&b, slow_adapters[_i]);
	board_image(&b, FLASH, data, sizeof(data));
	b.tap.from_chip = lose_read;
	board_expect(&b, "-w image", 0);
	ck_assert_uint_ge(b.tap.times, 2);
	board_holds_image(&b, slow_adapters[_i]);
	board_close(&b);
}
END_TEST

/* ---- blocks that cross pages ---- */

/*
 * Two flips that cancel out in the checksum: the block is acknowledged, and wrong where they hit.
 */
static unsigned int spoilt_block;
static bool spoil_end;

static size_t flip_pair(struct tap *t, uint8_t *frame, size_t len)
{
	size_t at = spoil_end ? len - 3 : 1;

	if (is_data(t) && t->times++ == spoilt_block) {
		frame[at] ^= 0x04;
		frame[at + 1] ^= 0x04;
	}
	return len;
}

/*
 * A page that is done again is done again whole, also where a block of it began in the page
 * before.
 */
static const struct { const char *spec, *args; } crossing[] = {
	{ "l053", "-w image" }, { "f103", "-w image -F 0:200" }, { "l432", "-w image -F 0:200" },
};
#define CROSSING_LEN 2500u
#define CROSSING_BLOCKS 13u	/* of 196 bytes */

START_TEST(page_done_again_is_done_whole)
{
	uint8_t data[CROSSING_LEN];
	char what[80];

	random_fill(data, sizeof(data), 9);
	for (unsigned int i = 0; i < 2 * CROSSING_BLOCKS; i++) {
		struct board b;

		spoilt_block = i / 2;
		spoil_end = i % 2;
		snprintf(what, sizeof(what), "%s: %s of block %u", crossing[_i].spec,
			 spoil_end ? "end" : "start", spoilt_block);
		board_open(&b, crossing[_i].spec);
		board_image(&b, FLASH, data, sizeof(data));
		board_remember(&b);
		b.tap.to_chip = flip_pair;
		ck_assert_msg(board_run(&b, crossing[_i].args) == 0, "%s: %s\n%s", what, b.e.msg,
			      b.said);
		board_holds_image(&b, what);
		board_unharmed(&b, what);
		board_close(&b);
	}
}
END_TEST

/*
 * Pages of 128 bytes, written one by one and read two at once. The second is spoiled, and spoiled
 * elsewhere when it is done again: its pair begins in a page that was right from the start.
 */
static size_t spoil_second_page(struct tap *t, uint8_t *frame, size_t len)
{
	unsigned int before = t->times;

	if (!is_data(t))
		return len;
	t->times++;
	/* The second block, and the one that is sent behind all four. */
	if (before == 1 || before == 4) {
		frame[10 + before] ^= 0x04;
		frame[11 + before] ^= 0x04;
	}
	return len;
}

START_TEST(end_of_a_pair_of_pages_is_verified_again)
{
	uint8_t data[512];
	struct board b;

	random_fill(data, sizeof(data), 9);
	board_open(&b, "l053");
	board_image(&b, FLASH, data, sizeof(data));
	b.tap.to_chip = spoil_second_page;
	board_expect(&b, "-w image -F 0:130", 0);
	ck_assert_uint_eq(b.tap.times, 6);
	board_holds_image(&b, "second page of a pair");
	board_close(&b);
}
END_TEST

/* The same bytes are lost each time, as a page does that is protected without saying so. */
static size_t spoil_always(struct tap *t, uint8_t *frame, size_t len)
{
	if (is_data(t)) {
		frame[1] ^= 0x04;
		frame[2] ^= 0x04;
	}
	return len;
}

START_TEST(page_that_loses_the_same_twice_is_not_worn_out)
{
	uint8_t data[BLOCK];
	struct board b;

	random_fill(data, sizeof(data), 9);
	board_open(&b, "f103");
	board_image(&b, FLASH, data, sizeof(data));
	b.tap.to_chip = spoil_always;
	board_expect(&b, "-w image -n 10", 8);
	board_said(&b, "(2 tries)");
	ck_assert_uint_eq(chip_page_erases(b.chip, 0), 2);
	board_close(&b);
}
END_TEST

/* Two bits of one byte of the first answer to Get, which the parity does not show. */
#define GET_ANSWER 14u		/* ACK, count, version, 11 commands; an ACK behind them */
static unsigned int spoiled_byte;

static bool spoil_get(struct tap *t, uint8_t *byte)
{
	if (t->command == BL_GET && t->answer == spoiled_byte && !t->times++)
		*byte ^= 0x81;
	return true;
}

START_TEST(get_with_two_wrong_bits_is_asked_again)
{
	struct board b;

	spoiled_byte = (unsigned int)_i;
	board_open(&b, "l432");
	b.tap.from_chip = spoil_get;
	board_expect(&b, "", 0);
	ck_assert_uint_ge(b.tap.times, 1);
	board_said(&b, "bootloader   3.1\n");
	board_said(&b, "commands     00 01 02 11 21 31 44 63 73 82 92\n");
	board_close(&b);
}
END_TEST

/* One byte of it does not come: what is left may look like the list of another bootloader. */
static bool lose_of_get(struct tap *t, uint8_t *byte)
{
	(void)byte;
	return t->command != BL_GET || t->answer != spoiled_byte || t->times++;
}

START_TEST(get_that_lacks_a_byte_is_asked_again)
{
	struct board b;

	spoiled_byte = (unsigned int)_i;
	board_open(&b, "x33");
	b.tap.from_chip = lose_of_get;
	board_expect(&b, "", 0);
	ck_assert_uint_ge(b.tap.times, 1);
	board_said(&b, "bootloader   3.3\n");
	board_said(&b, "commands     00 01 02 11 21 31 44 63 73 82 92 a1\n");
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("doubt");
	TCase *t = runner_case(s, "doubt", 300);

	tcase_add_loop_test(t, get_with_two_wrong_bits_is_asked_again, 2, GET_ANSWER);
	tcase_add_loop_test(t, get_that_lacks_a_byte_is_asked_again, 2, GET_ANSWER + 2);
	tcase_add_loop_test(t, doubtful_write_ends_right_or_is_told,
			    0, COUNT(doubts) * COUNT(doubtful_chips));
	tcase_add_loop_test(t, slow_adapter_is_waited_for_on_the_way_back, 0, COUNT(slow_adapters));
	tcase_add_loop_test(t, page_done_again_is_done_whole, 0, COUNT(crossing));
	tcase_add_loop_test(t, refusal_counts_only_when_it_is_no_bad_bit, 0, COUNT(refusing));
	tcase_add_test(t, answer_before_a_stumble_does_not_count);
	tcase_add_test(t, difference_counts_when_a_second_look_shows_it);
	tcase_add_test(t, rom_that_must_not_be_read_between_writes_is_not);
	tcase_add_loop_test(t, readout_unprotect_is_sent_once, 0, 2);
	tcase_add_test(t, sum_that_differs_is_looked_into);
	tcase_add_test(t, piece_whose_sum_differs_is_read_again);
	tcase_add_test(t, end_of_a_pair_of_pages_is_verified_again);
	tcase_add_test(t, page_that_loses_the_same_twice_is_not_worn_out);
	tcase_add_loop_test(t, address_refused_on_a_bad_line_is_the_lines_fault, 0, 2);
	tcase_add_test(t, on_a_bad_line_it_takes_nine_refusals);
	tcase_add_test(t, chip_that_was_read_is_not_called_protected);
	tcase_add_loop_test(t, no_flipped_answer_harms_other_pages,
			    0, COUNT(neighbours) * COUNT(pairs));
	return runner_run(s);
}
