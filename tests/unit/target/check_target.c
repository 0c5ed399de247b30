/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who the chip is: what it says of itself decides which pages a job erases, and what does not fit
 * together stops it.
 */
#include "base/bytes.h"
#include "tests/lib/board.h"

/* ---- in words ---- */

static const struct {
	const char *spec, *args;
	int status;
	const char *says[5];	/* in what was said, or in the message of a failure */
} identities[] = {
	{ "f103", "", 0, { "0x410", "64 KiB at 0x08000000", "2.2", "unique ID" } },
	{ "f103cb", "", 0, { "0x410", "128 KiB" } },
	{ "f103,uid=0102030405060708090a0b0c", "", 0, { "0102030405060708090a0b0c" } },
	/* Right only in a long read of their block. */
	{ "f405,uid=0102030405060708090a0b0c", "", 0, { "1024 KiB", "0102030405060708090a0b0c" } },
	{ "l053,uid=0102030405060708090a0b0c", "", 0, { "64 KiB", "0102030405060708090a0b0c" } },
	/* Bits of the size register that mean nothing. */
	{ "g071", "", 0, { "128 KiB" } },
	{ "wb55", "", 0, { "1024 KiB" } },
	/* A code in place of a size. */
	{ "l152xd", "", 0, { "384 KiB" } },
	{ "g474,size=256", "", 0, { "256 KiB" } },
	/* Protected: nothing below the product ID can be known. */
	{ "f103,rdp=1", "", 0, { "0x410", "read-protected" } },
	{ "l432,rdp=1", "--blank-check", 7, { "read-protected" } },
	{ "l432,rdp=1", "-w image", 7, { "read-protected" } },
	{ "l432,rdp=1", "-o", 7, { "read-protected" } },
	/* --chip. */
	{ "f103", "--chip f103x8", 0, { "0x410" } },
	{ "f103", "--chip l432", 9, { "0x435", "0x410" } },
	{ "f103", "--chip f103x8 -w image", 0, { "written and verified" } },
	{ "f103", "--chip f405 -w image", 9, { "this chip says it is 0x410" } },
	{ "f103", "--chip flash=64K,layout=32x2K -w image", 0, { "0x080007ff" } },
};

START_TEST(chip_is_what_it_says_and_no_other)
{
	uint8_t data[20];
	struct board b;
	int status;

	board_open(&b, identities[_i].spec);
	random_fill(data, sizeof(data), 1);
	board_image(&b, FLASH, data, sizeof(data));
	status = board_run(&b, identities[_i].args);
	ck_assert_msg(status == identities[_i].status, "%s %s: status %d: %s\n%s",
		      identities[_i].spec, identities[_i].args, status, b.e.msg, b.said);
	for (size_t i = 0; i < COUNT(identities[_i].says) && identities[_i].says[i]; i++)
		ck_assert_msg(strstr(status ? b.e.msg : b.said, identities[_i].says[i]) != NULL,
			      "%s %s: no '%s' in: %s\n%s", identities[_i].spec, identities[_i].args,
			      identities[_i].says[i], b.e.msg, b.said);
	board_close(&b);
}
END_TEST

/* ---- layouts ---- */

/* Both states of each option bit that moves pages, and parts of each size. */
static const char *const layouts[] = {
	"g474,dbank=1",
	"g474,dbank=0",
	"g474,size=256,dbank=0",
	"g474,size=128,dbank=0",
	"l4r5,dbank=1",
	"l4r5,dbank=0",
	"l552,dbank=1",
	"l552,dbank=0",
	"f767,dbank=1",
	"f767,dbank=0",
	"f767,size=1024,dbank=1",
	"f767,size=1024,dbank=0",
	"f427,db1m=0",
	"f427,size=1024,db1m=1",
	"f427,size=1024,db1m=0",
	"l476",
	"l476,size=512,dualbank=0",
	"l476,size=256,dualbank=0",
	"l496,size=512,dualbank=0",
	"h743",
	"h743,size=1024",
	"h743,size=128",
	"h7a3",
	"h7a3,size=128",
	"h723,size=512",
	"f103,size=32",
	"f103he,size=256",
	"l053,size=32",
	"l152xd,size=256",
	"u575,size=1024",
	"h563,size=1024",
	"g0b1,size=256",
};

/*
 * A byte in the first page, in the last, and in the first of the second half: only their pages
 * are erased.
 */
START_TEST(pages_follow_the_layout_in_force)
{
	const struct flash *f;
	char spec[100];
	uint8_t byte = 0x11;
	struct board b;
	uint32_t middle;

	snprintf(spec, sizeof(spec), "%s,fill=pattern", layouts[_i]);
	board_open(&b, spec);
	board_remember(&b);
	f = chip_flash(b.chip);
	middle = f->start + f->size / 2;
	board_image(&b, f->start, &byte, 1);
	board_image(&b, f->start + f->size - 1, &byte, 1);
	if (flash_has(f, middle))
		board_image(&b, middle, &byte, 1);
	board_expect(&b, "-w image", 0);
	board_holds_image(&b, layouts[_i]);
	board_unharmed(&b, layouts[_i]);
	board_close(&b);
}
END_TEST

/*
 * Where the ROM's page numbers of bank 2 are not known, nothing there is erased or written; bank
 * 1 is.
 */
static const char *const unnumbered[] = {
	"l476,size=512,dualbank=1",
	"l496,size=512,dualbank=1",
	"g474,size=256,dbank=1",
	"h7a3,size=1024",
};

START_TEST(page_whose_number_is_not_known_is_not_written)
{
	char spec[100];
	uint8_t byte = 0x11;
	struct board b;

	snprintf(spec, sizeof(spec), "%s,fill=pattern", unnumbered[_i]);
	board_open(&b, spec);
	board_remember(&b);
	board_image(&b, chip_flash(b.chip)->start + chip_flash(b.chip)->size - 1, &byte, 1);
	board_expect(&b, "-w image", 9);
	ck_assert_msg(strstr(b.e.msg, "not known") != NULL, "%s", b.e.msg);
	image_free(&b.image);
	board_unharmed(&b, spec);
	board_image(&b, FLASH, &byte, 1);
	board_expect(&b, "-w image", 0);
	board_unharmed(&b, spec);
	board_close(&b);
}
END_TEST

#define ID_AT 0x1FFF7590u	/* G4, L4; from there on it is read with the size */
#define SIZE_AT 0x1FFF75E0u

/* The word with the option bit is refused, as a chip's own firmware may have it: at its address. */
static uint32_t refused_at;

static size_t refuse_address(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command == BL_READ && t->frame == 1 && len == 5 &&
	    (be32(frame) == refused_at || (refused_at == SIZE_AT && be32(frame) == ID_AT)))
		frame[4] ^= 0x01;
	return len;
}

static const struct { const char *spec; uint32_t bit_at; const char *args; } unreadable[] = {
	{ "g474,dbank=0", 0x1FFF7800, "-w image" },
	{ "g474,dbank=0", 0x1FFF7800, "-o -S 0x08000000:4096" },
	{ "l552,dbank=0", 0x40022040, "-w image" },
	{ "f767,dbank=1", 0x1FFF0008, "-w image" },
	{ "g474", SIZE_AT, "-w image" },
};

/* Until it is believed, and not any more. */
static size_t refuse_first_reads_of_id(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command == BL_READ && t->frame == 1 && len == 5 && be32(frame) == ID_AT &&
	    t->times++ < 3)
		frame[4] ^= 0x01;
	return len;
}

START_TEST(size_and_id_that_cannot_be_read_together_are_read_one_by_one)
{
	struct board b;

	board_open(&b, "l432");
	b.tap.to_chip = refuse_first_reads_of_id;
	board_expect(&b, "", 0);
	ck_assert_uint_gt(b.tap.times, 3);
	board_said(&b, "flash        256 KiB at 0x08000000");
	board_said(&b, "unique ID    2a001b000e51383331363734");
	board_close(&b);
}
END_TEST

START_TEST(bootloaders_id_is_asked_for_only_with_verbose_twice)
{
	struct board b;
	unsigned int turns;

	board_open(&b, "l432");
	board_expect(&b, "", 0);
	board_expect(&b, "", 0);	/* the bootloader is in step now, as for the next job */
	board_said(&b, "bootloader   3.1\n");
	turns = b.turns;
	board_expect(&b, "--verbose --verbose", 0);
	board_said(&b, "bootloader   3.1, ID 0x91\n");
	ck_assert_uint_eq(b.turns, turns + 6);
	board_close(&b);
}
END_TEST

START_TEST(layout_whose_option_bit_cannot_be_read_is_not_guessed)
{
	uint8_t data[3000];
	char spec[60];
	struct board b;

	snprintf(spec, sizeof(spec), "%s,fill=pattern", unreadable[_i].spec);
	board_open(&b, spec);
	random_fill(data, sizeof(data), 1);
	board_image(&b, FLASH, data, sizeof(data));
	b.tap.to_chip = refuse_address;
	refused_at = unreadable[_i].bit_at;
	board_expect(&b, unreadable[_i].args, 9);
	board_said(&b, "which cannot be read");
	image_free(&b.image);
	board_unharmed(&b, spec);
	board_close(&b);
}
END_TEST

/* ---- a chip that is not in the table, and one that says what cannot be ---- */

static uint8_t says_id[2];

static bool change_id(struct tap *t, uint8_t *byte)
{
	if (t->command == BL_GET_ID && (t->answer == 3 || t->answer == 4))
		*byte = says_id[t->answer - 3];
	return true;
}

static const struct {
	const char *spec;
	uint8_t id[2];
	const char *args;
	int status;
	const char *says;
} strangers[] = {
	{ "f103", { 0x09, 0x99 }, "", 0, "0x999" },
	{ "f103", { 0x09, 0x99 }, "-C -S 0x08000000:256", 0, "CRC(" },
	{ "f103", { 0x09, 0x99 }, "--blank-check", 9, "-S" },
	{ "f103", { 0x09, 0x99 }, "-w image", 9, "--chip can describe it" },
	{ "f103", { 0x09, 0x99 }, "-o -s 0 -e 1", 9, "--chip can describe it" },
	{ "f103",
	  { 0x09, 0x99 },
	  "-w image --chip layout=64x1K,flash=64K,erase=43,unit=4,ram=0x20000200-0x20005000",
	  0,
	  "written and verified" },
	{ "f103", { 0x09, 0x99 }, "--blank-check --chip flash=64K,layout=64x1K", 8, "not blank" },
	/* Its pages are not known: no write erases more than it was asked to. */
	{ "f103",
	  { 0x09, 0x99 },
	  "-w image --chip flash=64K,erase=43,unit=4",
	  9,
	  "-e 0 writes without an erase, --mass-erase allows to erase all" },
	/* An Erase where this product ID has Extended Erase, and the other way round. */
	{ "f103", { 0x04, 0x35 }, "-w image", 9, "which this bootloader does not list" },
	{ "l432", { 0x04, 0x10 }, "-w image", 9, "which this bootloader does not list" },
	{ "l432", { 0x04, 0x10 }, "-o", 9, "nothing is changed" },
	/* More flash than this product ID is made with. */
	{ "f103he",
	  { 0x04, 0x10 },
	  "-w image",
	  9,
	  "has at most 128 KiB of flash, its size register says 512" },
};

START_TEST(unknown_chip_is_identified_and_not_erased_by_guess)
{
	uint8_t data[20];
	char spec[60];
	struct board b;
	int status;

	memcpy(says_id, strangers[_i].id, sizeof(says_id));
	snprintf(spec, sizeof(spec), "%s,fill=pattern", strangers[_i].spec);
	board_open(&b, spec);
	board_remember(&b);
	random_fill(data, sizeof(data), 1);
	board_image(&b, FLASH, data, sizeof(data));
	b.tap.from_chip = change_id;
	status = board_run(&b, strangers[_i].args);
	ck_assert_msg(status == strangers[_i].status, "%s %s: status %d: %s\n%s", spec,
		      strangers[_i].args, status, b.e.msg, b.said);
	ck_assert_msg(strstr(status ? b.e.msg : b.said, strangers[_i].says) != NULL, "%s: %s\n%s",
		      strangers[_i].args, b.e.msg, b.said);
	if (status)
		image_free(&b.image);
	else if (strstr(strangers[_i].args, "-w"))
		board_holds_image(&b, strangers[_i].args);
	board_unharmed(&b, strangers[_i].args);
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("target");
	TCase *t = runner_case(s, "target", 120);

	tcase_add_loop_test(t, chip_is_what_it_says_and_no_other, 0, COUNT(identities));
	tcase_add_loop_test(t, pages_follow_the_layout_in_force, 0, COUNT(layouts));
	tcase_add_test(t, size_and_id_that_cannot_be_read_together_are_read_one_by_one);
	tcase_add_test(t, bootloaders_id_is_asked_for_only_with_verbose_twice);
	tcase_add_loop_test(t, page_whose_number_is_not_known_is_not_written, 0, COUNT(unnumbered));
	tcase_add_loop_test(t, layout_whose_option_bit_cannot_be_read_is_not_guessed,
			    0, COUNT(unreadable));
	tcase_add_loop_test(t, unknown_chip_is_identified_and_not_erased_by_guess,
			    0, COUNT(strangers));
	return runner_run(s);
}
