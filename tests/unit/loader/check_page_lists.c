/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of pages to erase: how long one may be, and what becomes of one that was mutilated on its
 * way, or that the ROM has carried out in part.
 */
#include "base/bytes.h"
#include "tests/lib/board.h"

/* 00 00 00 01 01, page 1, gains a byte and is a list of page 256, with a byte left over. */
static size_t add_byte(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command != BL_EXT_ERASE || t->frame != 1 || t->times++)
		return len;
	ck_assert_uint_eq(len, 5);
	memmove(frame + 3, frame + 2, 3);
	frame[2] = 0x01;
	return 6;
}

/* The page that was meant is blank already: the look behind the erase finds nothing. */
START_TEST(page_list_that_gained_a_byte_is_told)
{
	uint8_t data[300];
	struct board b;

	random_fill(data, sizeof(data), 5);
	board_open(&b, "l476");
	ck_assert_int_eq(chip_poke(b.chip, FLASH + 256 * 2048, data, sizeof(data)), 0);
	board_remember(&b);
	board_image(&b, FLASH + 2048, data, sizeof(data));
	b.tap.to_chip = add_byte;
	board_expect(&b, "-w image", 6);
	board_said(&b, "a byte more than the page list had came to the bootloader");
	ck_assert_uint_eq(chip_page_erases(b.chip, 256), 1);
	board_close(&b);
}
END_TEST

/* All flash becomes page 0 alone. */
static size_t erase_page_0(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command != BL_EXT_ERASE || t->frame != 1)
		return len;
	memset(frame, 0, 5);
	return 5;
}

START_TEST(mass_erase_that_left_pages_is_told)
{
	struct board b;

	board_open(&b, "l432,fill=pattern");
	b.tap.to_chip = erase_page_0;
	board_expect(&b, "-o", 8);
	board_said(&b, "is not blank although its erase was acknowledged");
	ck_assert_uint_eq(chip_page_erases(b.chip, 0), 1);
	board_close(&b);
}
END_TEST

/* Nothing comes back any more once a page list was sent. */
static bool fall_silent(struct tap *t, uint8_t *byte)
{
	(void)byte;
	t->times |= t->command == BL_EXT_ERASE && t->frame == 1;
	return !t->times;
}

START_TEST(pages_that_may_be_erased_are_told)
{
	struct board b;

	board_open(&b, "l432,fill=pattern");
	b.tap.from_chip = fall_silent;
	board_expect(&b, "-o -S 0x08000000:4k", 6);
	board_said(&b, "perhaps erased: pages of 0x08000000 to 0x08000fff");
	board_close(&b);
}
END_TEST

static size_t longest;

static size_t note_list(struct tap *t, uint8_t *frame, size_t len)
{
	(void)frame;
	if ((t->command != BL_EXT_ERASE && t->command != BL_ERASE) || t->frame != 1)
		return len;
	t->times++;
	if (len > longest)
		longest = len;
	return len;
}

/*
 * No longer than the frames that were asked for; than a list which one flipped bit makes a mass
 * erase; than four seconds of work, for which a signal has to wait. But no shorter than that.
 */
static const struct { const char *spec, *args; unsigned int lists; size_t longest; } lists[] = {
	{ "l432,fill=pattern", "-o -S 0x08000000:40k", 1, 43 },
	{ "l432,fill=pattern", "-o -S 0x08000000:40k -F 64:20", 3, 19 },
	{ "f103,fill=pattern", "-o -S 0x08000000:64k", 2, 34 },
	{ "f405,fill=pattern", "-o -S 0x08000000:128k", 3, 7 },
};

START_TEST(page_list_is_as_long_as_it_may_be)
{
	struct board b;

	longest = 0;
	board_open(&b, lists[_i].spec);
	b.tap.to_chip = note_list;
	board_expect(&b, lists[_i].args, 0);
	ck_assert_msg(b.tap.times == lists[_i].lists && longest == lists[_i].longest,
		      "%s %s: %u lists of up to %zu bytes", lists[_i].args, lists[_i].spec,
		      b.tap.times, longest);
	board_close(&b);
}
END_TEST

/* Pages 0 and 1 become page 0 alone; all that page 1 holds is its first word. */
static size_t leave_page_1(struct tap *t, uint8_t *frame, size_t len)
{
	static const uint8_t page_0[5];

	if (t->command != BL_EXT_ERASE || t->frame != 1 || t->times++)
		return len;
	memcpy(frame, page_0, sizeof(page_0));
	return sizeof(page_0);
}

START_TEST(page_that_an_erase_left_out_is_noticed_by_its_first_word)
{
	uint8_t data[4096], word[4] = { 0x12, 0x34, 0x56, 0x78 };
	struct board b;

	random_fill(data, sizeof(data), 5);
	board_open(&b, "l432");
	ck_assert_int_eq(chip_poke(b.chip, FLASH + 2048, word, sizeof(word)), 0);
	board_image(&b, FLASH, data, sizeof(data));
	b.tap.to_chip = leave_page_1;
	board_expect(&b, "-w image --no-verify", 0);
	ck_assert_uint_eq(chip_page_erases(b.chip, 1), 1);
	ck_assert_uint_eq(chip_bytes_written(b.chip, FLASH + 2048, 2048), 2048);
	board_holds_image(&b, "page 1 left out");
	board_close(&b);
}
END_TEST

/* ---- when two words do not speak for all pages ---- */

/* What is odd about the job beside its list; the hooks have no argument of their own. */
static struct odd {
	const char *args;
	bool no_id, no_options, stumbles;
	uint8_t page;		/* of 0 to 3, that the list leaves out */
	int status;
} odd;

static const struct odd odds[] = {
	{ "-o -S 0x08000000:8k", true, false, false, 1, 0 },
	{ "-o -S 0x08000000:8k", false, true, false, 1, 0 },
	{ "-o -S 0x08000000:8k", false, false, true, 1, 0 },
	{ "-o -S 0x08000000:8k", false, false, false, 0, 0 },
	{ "-o -S 0x08000000:8k", false, false, false, 3, 0 },
	{ "-w image --no-verify", false, false, false, 1, 0 },
	{ "-o", false, true, false, 1, 7 },
	{ "-o", false, false, true, 1, 8 },
};

static size_t refuse_reads(const struct board *b, const struct tap *t, uint8_t *frame, size_t len)
{
	const struct device *d = board_device(b);

	if (t->command == BL_READ && t->frame == 1 && len == 5 &&
	    ((odd.no_id && be32(frame) == d->bl_id_addr) ||
	     (odd.no_options && be32(frame) == d->ob_start)))
		frame[4] ^= 0x01;
	return len;
}

/* Of pages 0 to 3 one becomes its neighbour; of all the four that a look at a sample would see. */
static size_t spoil_list(uint8_t *frame, size_t len)
{
	static const uint8_t sample[] = { 0, 3, 0, 0, 0, 42, 0, 85, 0, 127, 0x03 };

	if (len == 3) {
		memcpy(frame, sample, sizeof(sample));
		return sizeof(sample);
	}
	frame[2 + 2 * odd.page + 1] ^= 1;
	frame[len - 1] ^= 1;
	return len;
}

static size_t make_odd(struct tap *t, uint8_t *frame, size_t len)
{
	const struct board *b = (struct board *)((char *)t - offsetof(struct board, tap));

	if (t->command != BL_EXT_ERASE || t->frame != 1)
		return refuse_reads(b, t, frame, len);
	if (odd.stumbles && !t->times) {
		frame[len - 1] ^= 0x10;		/* refused */
		t->times = 1;
	} else if (t->times < 2) {
		t->times = 2;
		return spoil_list(frame, len);
	}
	return len;
}

START_TEST(page_that_an_erase_left_out_is_noticed_whatever_is_odd)
{
	uint8_t data[8192];
	struct board b;

	odd = odds[_i];
	random_fill(data, sizeof(data), 5);
	board_open(&b, "l432,fill=pattern");
	board_image(&b, FLASH, data, sizeof(data));
	b.tap.to_chip = make_odd;
	board_expect(&b, odd.args, odd.status);
	ck_assert_uint_eq(b.tap.times, 2);
	if (odd.status == 0)
		ck_assert_uint_eq(chip_page_erases(b.chip, odd.page), 1);
	else
		board_said(&b, "is not blank although its erase was acknowledged");
	board_close(&b);
}
END_TEST

/* ---- a rest behind each page ---- */

/* AN2606, G07 V11.3. */
static nsec_t erased_at, shortest_rest;

static size_t time_rest(struct tap *t, uint8_t *frame, size_t len)
{
	nsec_t rest = port_now(&t->wrapper.port) - erased_at;

	(void)frame;
	if (t->command == BL_EXT_ERASE && t->frame == 0 && erased_at && rest < shortest_rest)
		shortest_rest = rest;
	return len;
}

static bool note_erased(struct tap *t, uint8_t *byte)
{
	if (t->command == BL_EXT_ERASE && t->frame == 1 && *byte == BL_ACK) {
		erased_at = port_now(&t->wrapper.port);
		t->times++;
	}
	return true;
}

START_TEST(rom_that_needs_a_rest_behind_each_page_gets_it)
{
	uint8_t data[5000];
	struct board b;

	random_fill(data, sizeof(data), 5);
	board_open(&b, "g071,rom=0xb3,fill=pattern");
	board_remember(&b);
	board_image(&b, FLASH, data, sizeof(data));
	b.tap.to_chip = time_rest;
	b.tap.from_chip = note_erased;
	erased_at = 0;
	shortest_rest = NSEC_PER_SEC;
	board_expect(&b, "-w image", 0);
	ck_assert_uint_eq(b.tap.times, 3);
	ck_assert_int_ge(shortest_rest, 40 * NSEC_PER_MSEC);
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("page lists");
	TCase *t = runner_case(s, "page lists", 60);

	tcase_add_test(t, page_list_that_gained_a_byte_is_told);
	tcase_add_test(t, mass_erase_that_left_pages_is_told);
	tcase_add_test(t, pages_that_may_be_erased_are_told);
	tcase_add_loop_test(t, page_list_is_as_long_as_it_may_be, 0, COUNT(lists));
	tcase_add_test(t, page_that_an_erase_left_out_is_noticed_by_its_first_word);
	tcase_add_loop_test(t, page_that_an_erase_left_out_is_noticed_whatever_is_odd, 0,
			    COUNT(odds));
	tcase_add_test(t, rom_that_needs_a_rest_behind_each_page_gets_it);
	return runner_run(s);
}
