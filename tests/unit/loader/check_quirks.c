/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Defects of single ROM versions (AN2606): with the host's action the whole job ends right;
 * without it the simulated ROM does its damage, so that a forgotten action would be seen here.
 */
#include "ports/sim/chip/cpu.h"
#include "ports/sim/board/catalogue.h"
#include "tests/lib/single.h"

/* ---- with the host's action ---- */

static const struct quirk_case {
	const char *spec, *args;
	int status;
	const char *says;
} cases[] = {
	{ "f405,rdp=1,rom=double-nack", "", 0, "read-protected" },
	{ "f405,rdp=1,rom=double-nack", "-w image", 7, "read-protected" },
	{ "l152xd,rdp=1", "-w image", 7, "read-protected" },
	{ "l152,rom=missing-nack", "-w image", 0, "" },
	{ "f205,rom=0x20", "-w image", 0, "" },
	{ "l432,rom=two-acks", "-w image", 0, "" },
	{ "l412", "-w image", 0, "" },
	{ "g071,rom=0xB3", "-w image", 0, "" }, /* one page an erase */
	{ "g0b1", "-w image", 0, "" }, /* the same in bank 2 */
	{ "l496", "-w image", 0, "" }, /* no bank erase */
	{ "l496", "-o", 0, "" },
	{ "h743,rom=0xD3", "-w image", 0, "" }, /* bank erase does nothing */
	{ "h743,rom=0xD3", "-o", 0, "" },
	{ "l476,rom=0xA1", "-w image", 0, "" }, /* RAM writes corrupted: no code is run */
	{ "l476,rom=0xA1", "-w image -R", 9, "cannot run code in RAM" },
	{ "h723", "-w image", 0, "" }, /* no read behind a write */
	{ "h743,rom=0x90", "-w image", 0, "" }, /* Get announces too much */
	{ "h743,rom=0x90", "-w image -g 0", 0, "started" }, /* Go's first ACK is missing */
	{ "h743,rom=0x91", "-w image -g 0", 0, "started" }, /* bank 2 acknowledged early */
	{ "h743,rom=0x91", "-w image -R", 0, "reset" }, /* no stack at the end of RAM */
	{ "h743,rom=0xD2", "-w image -g 0", 9, "Go does not work" },
	{ "h743,rom=0xD2", "-w image -R", 9, "cannot run code in RAM" },
	{ "f103xl", "-w image", 0, "" }, /* lists of 100 pages at most */
	{ "f103xl", "-o -s 0 -e 300", 0, "" },
	{ "l152", "-o", 0, "" }, /* lists of 512 pages at most */
	{ "l152xd", "-o", 0, "" },
	{ "f107", "-w image", 0, "" }, /* says 2.0 */
	{ "g071,rom=0xB2", "-w image", 0, "" }, /* options need a power cycle */
	{ "wb55", "-w image", 0, "" }, /* so does Readout Unprotect */
	{ "l432,rom=drops-parity", "-w image", 0, "" },
	{ "l432,rom=no-checksum", "-w image --verify=checksum", 0, "lists Get Checksum (0xA1)" },
	{ "l432,rom=no-mass-erase", "-o", 0, "page by page" },
	{ "f103,rom=no-version", "-w image", 0, "" },
	{ "f103,rom=no-id", "-w image", 9, "tells no product ID" },
	{ "f103,rom=rdu-keeps", "-k", 8, "flash is not erased" },
	{ "f103,rom=rdu-nothing", "-k", 8, "flash is not erased" },
};

/*
 * Three pages and a byte of the fourth at the start, and as much from the middle on, where bank 2
 * begins; the vectors are good.
 */
static void make_image(struct board *b)
{
	const struct flash *f = chip_flash(b->chip);
	const struct device *d = device_by_pid(chip_config(b->chip)->model->pid);
	uint32_t vectors[2] = { d->ram.end - 64, f->start + 0x101 }, len;
	static uint8_t data[0x61000];
	struct page first;

	ck_assert_int_eq(geometry_page_at(&f->geo, f->start, &first), 0);
	len = 3 * first.size + 1;
	ck_assert_uint_le(len, sizeof(data));
	random_fill(data, len, 9);
	for (size_t i = 0; i < 8; i++)
		data[i] = (uint8_t)(vectors[i / 4] >> 8 * (i % 4));
	board_image(b, f->start, data, len);
	/* Not where a WB may have its wireless stack: that half is refused. */
	board_image(b, f->start + (d->flags & DEV_TOP_SECURE ? f->size / 4 : f->size / 2), data + 8,
		    len - 8);
}

START_TEST(job_ends_right_despite_the_quirk)
{
	const struct quirk_case *c = &cases[_i];
	bool writes = strstr(c->args, "-w") != NULL;
	struct board b;
	char spec[100], what[100];

	snprintf(what, sizeof(what), "%s: bootpin %s", c->spec, c->args);
	/* A reset by code in RAM needs the engine that runs it. */
	if (strstr(c->args, "-R") && c->status == 0 && cpu_available(NULL) < 0) {
		printf("skipped: %s: the Unicorn engine is not there\n", what);
		return;
	}
	snprintf(spec, sizeof(spec), "%s,fill=pattern", c->spec);
	board_open(&b, spec);
	if (writes)
		make_image(&b);
	board_remember(&b);
	ck_assert_msg(board_run(&b, c->args) == c->status, "%s: status %d, not %d: %s\n%s", what,
		      err_exit_status(&b.e), c->status, b.e.msg, b.said);
	ck_assert_msg(strstr(c->status ? b.e.msg : b.said, c->says) != NULL, "%s: %s\n%s", what,
		      b.e.msg, b.said);
	/* Nothing had to be done twice: that would mend a forgotten action. */
	ck_assert_msg(!strstr(b.said, "once more") && !strstr(b.said, "written again"), "%s: %s",
		      what, b.said);
	if (writes && c->status == 0)
		board_holds_image(&b, what);
	if (c->status)
		image_free(&b.image);
	if (!strstr(c->args, "-o"))
		board_unharmed(&b, what);
	if (strstr(c->args, "-g 0") && c->status == 0)
		ck_assert_msg(chip_state(b.chip) == CHIP_RUNNING, "%s: it does not run", what);
	if (strstr(c->args, "-R") && c->status == 0)
		ck_assert_uint_eq(chip_resets(b.chip), 1);
	board_close(&b);
}
END_TEST

/* Every defect of the simulator has a job above, or a reason here. */
START_TEST(every_simulated_defect_has_a_job)
{
	static const char *const elsewhere[] = {
		"no-obl", "rdu-power", /* options and protection change in no job of these */
	};

	for (size_t i = 0; sim_rom_name(i); i++) {
		uint32_t defect = defect_names[i].defect;
		bool covered = strncmp(sim_rom_title(i), "over I2C", 8) == 0;

		for (size_t j = 0; j < COUNT(elsewhere); j++)
			covered |= strcmp(elsewhere[j], sim_rom_name(i)) == 0;
		for (size_t j = 0; j < COUNT(cases) && !covered; j++) {
			struct board b;

			board_open(&b, cases[j].spec);
			covered = (chip_config(b.chip)->rom.defects & defect) != 0;
			board_close(&b);
		}
		ck_assert_msg(covered, "no job meets '%s'", sim_rom_name(i));
	}
}
END_TEST

/* ---- without it ---- */

/* A chip that is found and identified; then the quirks of its ROM are forgotten. */
struct careless {
	struct board b;
	struct single s;
};

static void careless_open(struct careless *c, const char *spec, const char *args)
{
	board_open(&c->b, spec);
	make_image(&c->b);
	single_open(&c->s, &c->b, args);
	single_forget_quirks(&c->s);
}

static void careless_close(struct careless *c)
{
	single_close(&c->s);
	board_close(&c->b);
}

/*
 * Lists of several pages leave all but the first as they are; what saves the user is the look at
 * each page.
 */
START_TEST(without_its_quirk_a_list_erases_one_page)
{
	static const char *const specs[] = { "g071,rom=0xB3,fill=pattern", "g0b1,fill=pattern" };
	uint16_t pages[] = { 128, 129, 130 };
	struct careless c;
	struct err e = ERR_INIT;
	uint32_t at;

	careless_open(&c, specs[_i], "--no-verify -w image");
	if (_i == 0)
		pages[0] = 1, pages[1] = 2, pages[2] = 3;
	at = FLASH + pages[1] * 2048u;
	ck_assert_int_eq(single_erase(&c.s, pages, COUNT(pages), NSEC_PER_SEC, &e), 0);
	ck_assert_uint_eq(chip_page_erases(c.b.chip, pages[0]), 1);
	ck_assert_uint_eq(chip_page_erases(c.b.chip, pages[1]), 0);
	ck_assert_uint_ne(board_byte(&c.b, at), 0xFF);
	careless_close(&c);
}
END_TEST

START_TEST(without_its_quirk_a_missing_ack_of_go_fails)
{
	struct careless c;
	struct err e = ERR_INIT;

	careless_open(&c, "h743,rom=0x90", "-w image -g 0");
	ck_assert_int_eq(single_write_image(&c.s, &e), 0);
	ck_assert_int_lt(single_start(&c.s, &e), 0);
	careless_close(&c);
}
END_TEST

START_TEST(without_its_quirk_broken_go_starts_nothing)
{
	struct careless c;
	struct err e = ERR_INIT;

	careless_open(&c, "h743,rom=0xD2", "-w image -g 0");
	ck_assert_int_eq(single_write_image(&c.s, &e), 0);
	single_start(&c.s, &e);
	ck_assert_int_ne(chip_state(c.b.chip), CHIP_RUNNING);
	careless_close(&c);
}
END_TEST

START_TEST(without_its_quirk_spoilt_ram_is_still_seen)
{
	struct careless c;
	struct err e = ERR_INIT;

	careless_open(&c, "l476,rom=0xA1", "-w image -R");
	ck_assert_int_eq(single_write_image(&c.s, &e), 0);
	ck_assert_int_lt(single_start(&c.s, &e), 0);
	ck_assert_msg(strstr(e.msg, "does not hold what was written") != NULL, "%s", e.msg);
	ck_assert_uint_eq(chip_resets(c.b.chip), 0);
	careless_close(&c);
}
END_TEST

/*
 * A doubtful write that is looked at right away seems blank, is sent again, and is lost: its
 * words are not blank.
 */
START_TEST(without_its_quirk_a_fresh_block_reads_blank)
{
	struct careless c;
	struct err e = ERR_INIT;
	uint8_t data[256], back[256];

	careless_open(&c, "h723", "-w image");
	random_fill(data, sizeof(data), 1);
	ck_assert_int_eq(single_write(&c.s, FLASH, data, sizeof(data), &e), 0);
	ck_assert_int_eq(single_read(&c.s, FLASH, back, sizeof(back), &e), 0);
	for (size_t i = 0; i < sizeof(back); i++)
		ck_assert_uint_eq(back[i], 0xFF);
	ck_assert_int_eq(single_read(&c.s, FLASH, back, sizeof(back), &e), 0);
	ck_assert_mem_eq(back, data, sizeof(data));
	careless_close(&c);
}
END_TEST

/* A write while bank 2 is still being erased is lost. */
START_TEST(without_its_quirk_a_write_behind_an_early_ack_is_lost)
{
	static const uint16_t page = 8;
	const uint32_t at = FLASH + 0x100000;
	struct careless c;
	struct err e = ERR_INIT;
	uint8_t data[32];

	careless_open(&c, "h743,rom=0x91,fill=pattern", "-w image");
	random_fill(data, sizeof(data), 2);
	ck_assert_int_eq(single_erase(&c.s, &page, 1, 8 * NSEC_PER_SEC, &e), 0);
	ck_assert_int_eq(single_write(&c.s, at, data, sizeof(data), &e), 0);
	ck_assert_uint_ne(board_byte(&c.b, at), data[0]);
	careless_close(&c);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("quirks");
	TCase *t = runner_case(s, "quirks", 120);

	tcase_add_loop_test(t, job_ends_right_despite_the_quirk, 0, COUNT(cases));
	tcase_add_test(t, every_simulated_defect_has_a_job);
	tcase_add_loop_test(t, without_its_quirk_a_list_erases_one_page, 0, 2);
	tcase_add_test(t, without_its_quirk_a_missing_ack_of_go_fails);
	tcase_add_test(t, without_its_quirk_broken_go_starts_nothing);
	tcase_add_test(t, without_its_quirk_spoilt_ram_is_still_seen);
	tcase_add_test(t, without_its_quirk_a_fresh_block_reads_blank);
	tcase_add_test(t, without_its_quirk_a_write_behind_an_early_ack_is_lost);
	return runner_run(s);
}
