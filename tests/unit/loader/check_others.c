/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bootloaders that are not ST's own: made from its open sources, or a clone's. What they list and
 * lack, refuse, or acknowledge and leave undone.
 */
#include "tests/lib/board.h"

/* ---- a mass erase that is refused ---- */

/* How often the codes for all flash went out. */
static size_t count_mass_erases(struct tap *t, uint8_t *frame, size_t len)
{
	t->times += (t->command == BL_EXT_ERASE || t->command == BL_ERASE) && t->frame == 1 &&
		    frame[0] == 0xFF;
	return len;
}

static const char *const chips[] = { "f103", "l432", "f405", "g0b1" };

START_TEST(refused_mass_erase_is_sent_three_times)
{
	char spec[64];
	struct board b;

	snprintf(spec, sizeof(spec), "%s,fill=pattern,rom=no-mass-erase", chips[_i]);
	board_open(&b, spec);
	b.tap.to_chip = count_mass_erases;
	board_expect(&b, "-o", 0);
	ck_assert_uint_eq(b.tap.times, 3);
	ck_assert_uint_eq(board_byte(&b, FLASH), board_device(&b)->erased);
	ck_assert(!strstr(b.said, "perhaps"));
	board_close(&b);
}
END_TEST

/* The product ID is one that nobody knows. */
static bool change_id(struct tap *t, uint8_t *byte)
{
	if (t->command == BL_GET_ID && t->answer == 3)
		*byte = 0xEE;
	return true;
}

START_TEST(refused_mass_erase_of_unknown_pages_is_told)
{
	struct board b;

	board_open(&b, "f103,fill=pattern,rom=no-mass-erase");
	board_remember(&b);
	b.tap.from_chip = change_id;
	board_expect(&b, "-o", 9);
	board_said(&b, "nothing was erased");
	ck_assert(!strstr(b.e.msg, "perhaps"));
	board_unharmed(&b, "refused mass erase");
	board_close(&b);
}
END_TEST

/* Refusals that are no rule: two are bad luck, and the third try does it. */
static bool refuse_twice(struct tap *t, uint8_t *byte)
{
	if ((t->command == BL_EXT_ERASE || t->command == BL_ERASE) && t->frame == 1 &&
	    t->times < 2) {
		t->times++;
		*byte = BL_NACK;
	}
	return true;
}

START_TEST(two_refusals_of_a_mass_erase_are_no_rule)
{
	struct board b;

	board_open(&b, "f103,fill=pattern");
	b.tap.from_chip = refuse_twice;
	board_expect(&b, "-o", 0);
	ck_assert(!strstr(b.said, "page by page"));
	board_close(&b);
}
END_TEST

/* ---- a command that is listed and refused ---- */

static size_t refuse_command(struct tap *t, uint8_t *frame, size_t len, uint8_t code)
{
	if (len == 2 && frame[0] == code && t->frame == 0)
		frame[1] = frame[0];
	return len;
}

static size_t refuse_write(struct tap *t, uint8_t *f, size_t n)
{
	return refuse_command(t, f, n, BL_WRITE);
}

static size_t refuse_go(struct tap *t, uint8_t *f, size_t n)
{
	return refuse_command(t, f, n, BL_GO);
}

static size_t refuse_erase(struct tap *t, uint8_t *f, size_t n)
{
	return refuse_command(t, f, n, BL_EXT_ERASE);
}

static const struct {
	size_t (*to_chip)(struct tap *t, uint8_t *frame, size_t len);
	const char *args, *says;
} refused[] = {
	{ refuse_write, "-w image -e 0", "lists Write Memory (0x31) and refuses it" },
	{ refuse_go, "-g 0", "lists Go (0x21) and refuses it" },
	{ refuse_erase, "-o -s 0 -e 2", "lists Extended Erase (0x44) and refuses it" },
	{ refuse_erase, "-w image", "no memory was changed" },
};

START_TEST(other_refusals_are_no_read_protection)
{
	struct board b;

	board_open(&b, "l432,fill=app");
	board_image(&b, FLASH, "12345678", 8);
	board_remember(&b);
	b.tap.to_chip = refused[_i].to_chip;
	board_expect(&b, refused[_i].args, 9);
	board_said(&b, refused[_i].says);
	ck_assert_msg(!strstr(b.e.msg, "protected"), "%s", b.e.msg);
	board_unharmed(&b, refused[_i].args);
	board_close(&b);
}
END_TEST

/* ---- Readout Unprotect ---- */

/* Behind its second ACK nothing comes any more. */
static bool fall_silent(struct tap *t, uint8_t *byte)
{
	(void)byte;
	t->times |= t->command == BL_READOUT_UNPROTECT;
	return !t->times || t->command == BL_READOUT_UNPROTECT;
}

START_TEST(erase_that_was_not_seen_is_not_said)
{
	struct board b;

	board_open(&b, "f103,fill=pattern,rdp=1");
	b.tap.from_chip = fall_silent;
	board_expect(&b, "-k", 0);
	board_said(&b, "Readout Unprotect was acknowledged; whether it has erased flash was not "
		       "seen, since the chip did not answer after its reset");
	ck_assert(!strstr(b.said, "flash erased"));
	board_close(&b);
}
END_TEST

/* ---- I2C: another number of commands, answers that come late, no BUSY ---- */

static const struct {
	const char *spec;
	unsigned int most_s;	/* how long identification takes at most */
	const char *says;
} buses[] = {
	{ "l432,bus=i2c,commands=17", 5, "45 63" },
	{ "l432,bus=i2c,commands=19", 1, "50 51" },
	{ "l432,bus=i2c,commands=17,stretch=500", 15, "45 63" },
	{ "l432,bus=i2c,commands=19,stretch=500", 1, "50 51" },
	{ "l432,bus=i2c,i2c=1.1,commands=19", 5, "50 51" },
	{ "l432,bus=i2c,i2c=1.0,commands=19", 5, "50 51" },
	{ "l432,bus=i2c,late=0x79", 1, "83" },
	{ "l432,bus=i2c,late=0xa1", 5, "83" },
	{ "l432,bus=i2c,late=0x79,commands=19", 1, "50 51" },
	{ "l432,bus=i2c,late=0x79,commands=17", 5, "45 63" },
	{ "l432,bus=i2c,i2c=2.0", 5, "a1" },
	{ "l432,bus=i2c,rom=no-busy", 1, "a1" },
	{ "l432,bus=i2c,rom=no-busy,commands=19", 1, "50 51" },
	{ "l432,bus=i2c,rom=no-checksum,commands=17", 5, "a1" },
};

START_TEST(strange_i2c_bootloader_is_used)
{
	const char *spec = buses[_i].spec;
	uint8_t data[3000];
	struct board b;

	random_fill(data, sizeof(data), 5);
	board_open(&b, spec);
	board_expect(&b, "-a 0x48", 0);
	board_said(&b, buses[_i].says);
	ck_assert_msg(b.took <= buses[_i].most_s * NSEC_PER_SEC, "%s: took %.2f s", spec,
		      (double)b.took / 1e9);
	board_image(&b, FLASH, data, sizeof(data));
	board_expect(&b, "-a 0x48 -w image", 0);
	board_holds_image(&b, spec);
	board_unharmed(&b, spec);
	board_close(&b);
}
END_TEST

/* Where the list is a guess, what it lacks shows before the first erase. */
START_TEST(guessed_command_is_tried_before_the_erase)
{
	struct board b;

	board_open(&b, "l432,bus=i2c,i2c=2.0,fill=pattern,rom=no-checksum");
	board_remember(&b);
	board_image(&b, FLASH, "12345678", 8);
	board_expect(&b, "-a 0x48 -w image --verify=checksum", 9);
	board_said(&b, "this bootloader has no Get Checksum");
	image_free(&b.image);
	board_unharmed(&b, "guessed checksum");
	board_close(&b);
}
END_TEST

/* ---- Get Version or Get ID is refused ---- */

static const struct {
	const char *spec, *args;
	int status;
	const char *says;
} shy[] = {
	{ "f103,rom=no-version", "", 0, "0x410" },
	{ "f103,rom=no-version", "-w image", 0, "verified" },
	{ "l432,rom=no-version", "-w image", 0, "verified" },
	{ "l432,rom=no-version,prefeed=11", "-w image", 0, "verified" },
	{ "l432,rom=no-version,prefeed=44bb", "-w image", 0, "verified" },
	{ "f103,rom=no-version,synced", "-c -b 115200 -w image", 0, "verified" },
	{ "l432,rom=no-version,bus=i2c", "-a 0x48 -w image", 0, "verified" },
	{ "l432,rom=no-version,bus=i2c,commands=19", "-a 0x48 -w image", 0, "verified" },
	{ "f103,rom=no-id", "", 0, "not told by this bootloader" },
	{ "f103,rom=no-id", "-o", 0, "a chip that tells no product ID" },
	{ "f103,rom=no-id", "-w image", 9, "tells no product ID; --chip says which chip it is" },
	{ "f103,rom=no-id", "--chip F103x8", 0, "F103" },
	{ "f103,rom=no-id", "--chip F103x8 -w image", 0, "verified" },
	{ "f103,rom=no-id,rdp=1", "--chip F103x8 -w image", 7, "read-protected" },
	{ "f103,rom=no-id,rom=no-version", "--chip F103x8 -w image", 0, "verified" },
	{ "f103,rom=no-id,rom=no-mass-erase", "--chip F103x8 -o", 0, "page by page" },
	{ "l432,rom=no-id,bus=i2c", "-a 0x48 --chip L432 -w image", 0, "verified" },
};

START_TEST(bootloader_that_refuses_to_say_who_it_is)
{
	bool writes = strstr(shy[_i].args, "-w") != NULL;
	uint8_t data[3000];
	struct board b;

	random_fill(data, sizeof(data), 5);
	board_open(&b, shy[_i].spec);
	if (writes)
		board_image(&b, FLASH, data, sizeof(data));
	board_expect(&b, shy[_i].args, shy[_i].status);
	board_said(&b, shy[_i].says);
	ck_assert_msg(b.took < 20 * NSEC_PER_SEC, "%s %s: took %.1f s", shy[_i].spec, shy[_i].args,
		      (double)b.took / 1e9);
	if (writes && shy[_i].status == 0)
		board_holds_image(&b, shy[_i].spec);
	else if (writes)
		image_free(&b.image);
	if (!strstr(shy[_i].args, "-o"))
		board_unharmed(&b, shy[_i].spec);
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("others");
	TCase *t = runner_case(s, "bootloaders", 120);

	tcase_add_loop_test(t, refused_mass_erase_is_sent_three_times, 0, COUNT(chips));
	tcase_add_test(t, refused_mass_erase_of_unknown_pages_is_told);
	tcase_add_test(t, two_refusals_of_a_mass_erase_are_no_rule);
	tcase_add_loop_test(t, other_refusals_are_no_read_protection, 0, COUNT(refused));
	tcase_add_test(t, erase_that_was_not_seen_is_not_said);
	tcase_add_loop_test(t, strange_i2c_bootloader_is_used, 0, COUNT(buses));
	tcase_add_test(t, guessed_command_is_tried_before_the_erase);
	tcase_add_loop_test(t, bootloader_that_refuses_to_say_who_it_is, 0, COUNT(shy));
	return runner_run(s);
}
