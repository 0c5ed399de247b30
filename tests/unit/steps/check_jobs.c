/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole jobs on every simulated chip: write, verify and start; real firmware; erase all; reset by
 * code. Real firmware is looked for in the folder $BOOTPIN_FIRMWARE.
 */
#include "parsers/parser.h"
#include "ports/sim/board/catalogue.h"
#include "tests/lib/board.h"
#include "tests/lib/firmware.h"

static size_t chip_count(void)
{
	size_t n = 0;

	while (sim_chip_name(n))
		n++;
	return n;
}

static void open_chip(struct board *b, size_t i, const char *keys)
{
	const char *name = sim_chip_name(i);
	/* An F358 stands no more than 57600 baud. */
	bool slow = strcmp(name, "f358") == 0;
	char spec[80];

	snprintf(spec, sizeof(spec), "%s%s%s", name, slow ? ",autobaud=exact" : "", keys);
	board_open(b, spec);
	board_remember(b);
}

/* ---- write, verify, start ---- */

/* Two pieces, neither of which ends where a page or a unit does; the first begins with vectors. */
static void make_image(struct board *b)
{
	const struct flash *f = chip_flash(b->chip);
	uint32_t vectors[2] = { board_device(b)->ram.end, f->start + BOARD_ENTRY + 1 };
	uint8_t data[2222];

	random_fill(data, sizeof(data), f->size);
	for (size_t i = 0; i < 8; i++)
		data[i] = (uint8_t)(vectors[i / 4] >> 8 * (i % 4));
	board_image(b, f->start, data, sizeof(data));
	/* Not where a WB may have its wireless stack: that half is refused. */
	if (board_device(b)->flags & DEV_TOP_SECURE)
		board_image(b, f->start + f->size / 4 + 5, data, 777);
	else
		board_image(b, f->start + f->size / 4 * 3 + 5, data, 777);
}

/* Each page that the image touches was erased once. */
static void erased_once(const struct board *b, const char *what)
{
	const struct flash *f = chip_flash(b->chip);
	unsigned int touched = board_unharmed(b, what), erases = 0;

	for (uint32_t page = 0; page < f->pages; page++)
		erases += chip_page_erases(b->chip, page);
	ck_assert_msg(erases == touched, "%s: %u erases of %u pages", what, erases, touched);
}

START_TEST(every_chip_is_written_verified_and_started)
{
	const char *name = sim_chip_name((size_t)_i);
	struct board b;

	open_chip(&b, (size_t)_i, ",fill=pattern");
	make_image(&b);
	board_expect(&b, "-w image -v -g 0", 0);
	board_holds_image(&b, name);
	erased_once(&b, name);
	ck_assert_msg(chip_state(b.chip) == CHIP_RUNNING, "%s does not run", name);
	ck_assert_uint_eq(chip_pc(b.chip) & ~1u, chip_flash(b.chip)->start + BOARD_ENTRY);
	ck_assert_uint_eq(chip_sp(b.chip), board_device(&b)->ram.end);

	/* A look through the bootloader, later, finds the same. */
	sim_power_cycle(b.sim, true, sim_now(b.sim));
	sim_advance(b.sim, sim_now(b.sim) + NSEC_PER_SEC);
	board_expect(&b, "--compare image", 0);
	board_close(&b);
}
END_TEST

/* ---- real firmware ---- */

static glob_t firmware;

static void load(struct board *b, const char *path)
{
	struct err e = ERR_INIT;
	size_t len;
	uint8_t *text = firmware_read(path, &len);

	ck_assert_msg(parser_ihex.load(text, len, path, 0, &b->image, &e) == 0, "%s", e.msg);
	free(text);
}

static bool fits(const struct board *b)
{
	const struct segment *last = &b->image.seg[b->image.count - 1];

	for (size_t i = 0; i < b->image.count; i++)
		if (!flash_has(chip_flash(b->chip), b->image.seg[i].addr))
			return false;
	return flash_has(chip_flash(b->chip), last->addr + last->len - 1);
}

START_TEST(real_firmware_is_written_or_refused)
{
	const char *path = firmware.gl_pathv[(size_t)_i / chip_count()];
	size_t chip = (size_t)_i % chip_count();
	char what[300];
	struct board b;

	snprintf(what, sizeof(what), "%s on %s", path, sim_chip_name(chip));
	open_chip(&b, chip, ",fill=pattern");
	load(&b, path);
	if (fits(&b)) {
		board_expect(&b, "-w image -v", 0);
		board_holds_image(&b, what);
		erased_once(&b, what);
	} else {
		board_expect(&b, "-w image -v", 3);
		ck_assert_msg(strstr(b.e.msg, "does not fit") != NULL, "%s: %s", what, b.e.msg);
		image_free(&b.image);
		board_unharmed(&b, what);
		ck_assert_uint_eq(chip_bytes_written(b.chip, FLASH, chip_flash(b.chip)->size), 0);
	}
	board_close(&b);
}
END_TEST

/* The chip that it was built for starts it. */
static const struct { const char *part, *chip;
} built_for[] = {
	{ "baseflight-2014-09", "f103cb" },
	{ "baseflight-2014-10", "f103cb" },
	{ "SPRACINGF3", "f303" },
};

START_TEST(real_firmware_starts)
{
	struct board b;

	for (size_t i = 0; i < firmware.gl_pathc; i++) {
		if (!strstr(firmware.gl_pathv[i], built_for[_i].part))
			continue;
		board_open(&b, built_for[_i].chip);
		load(&b, firmware.gl_pathv[i]);
		board_expect(&b, "-w image -v -g 0", 0);
		ck_assert_msg(chip_state(b.chip) == CHIP_RUNNING, "%s does not run",
			      firmware.gl_pathv[i]);
		board_close(&b);
	}
}
END_TEST

/* ---- erase all ---- */

static unsigned int mass_erases;

static size_t count_mass(struct tap *t, uint8_t *frame, size_t len)
{
	if ((t->command == BL_ERASE || t->command == BL_EXT_ERASE) && t->frame == 1)
		mass_erases += frame[0] == 0xFF;
	return len;
}

START_TEST(erase_all_blanks_every_chip)
{
	const char *name = sim_chip_name((size_t)_i);
	const struct flash *f;
	struct board b;
	bool lists, secure;
	uint32_t end, at = 0;

	open_chip(&b, (size_t)_i, ",fill=pattern");
	f = chip_flash(b.chip);
	mass_erases = 0;
	b.tap.to_chip = count_mass;
	lists = name[0] == 'l' && (name[1] == '0' || name[1] == '1');
	/* The wireless stack lives at the end of its flash, from SFSA on. */
	secure = strncmp(name, "wb", 2) == 0;
	end = secure ? 976 * 1024 : f->size;
	board_expect(&b, "-o", 0);
	ck_assert_msg(mass_erases == !(lists || secure), "%s: %u mass erases", name, mass_erases);
	while (at < f->size && f->mem[at] == (at < end ? f->erased : b.before[at]))
		at++;
	ck_assert_msg(at == f->size, "%s: 0x%08x is not what it should be", name, f->start + at);
	for (uint32_t page = 0; page < f->pages && lists; page++)
		ck_assert_uint_eq(chip_page_erases(b.chip, page), 1);
	board_close(&b);
}
END_TEST

/* ---- what fills up the last unit ---- */

/* The first data frame: a filling byte and the checksum are spoilt alike, so that the ROM takes it. */
static size_t spoil_filling(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command == BL_WRITE && t->frame == 2 && t->times == 0) {
		frame[len - 2] ^= 0x10;
		frame[len - 1] ^= 0x10;
		t->times++;
	}
	return len;
}

START_TEST(filling_is_verified_like_the_image)
{
	struct board b;

	board_open(&b, "l432");
	board_image(&b, FLASH, "12345", 5);
	b.tap.to_chip = spoil_filling;
	board_expect(&b, "-w image", 0);
	ck_assert_uint_eq(b.tap.times, 1);
	ck_assert_mem_eq(chip_flash(b.chip)->mem, "12345\xFF\xFF\xFF", 8);
	board_close(&b);
}
END_TEST

/* ---- reset by code ---- */

/*
 * Without RAM that is certainly free there is no reset by code (AN2606, RAM used by the
 * bootloader).
 */
static const char *const no_ram[] = { "f091", "c011", "c031" };

static bool has_no_ram(const char *name)
{
	for (size_t i = 0; i < COUNT(no_ram); i++)
		if (strcmp(no_ram[i], name) == 0)
			return true;
	return false;
}

START_TEST(code_resets_every_chip_that_has_ram)
{
	const char *name = sim_chip_name((size_t)_i);
	struct board b;

	open_chip(&b, (size_t)_i, ",fill=pattern");
	make_image(&b);
	if (has_no_ram(name)) {
		board_expect(&b, "-w image -R", 9);
		ck_assert_uint_eq(chip_bytes_written(b.chip, FLASH, chip_flash(b.chip)->size), 0);
		ck_assert_uint_eq(chip_resets(b.chip), 0);
		image_free(&b.image);
		board_unharmed(&b, name);
	} else {
		board_expect(&b, "-w image -R", 0);
		ck_assert_msg(chip_resets(b.chip) == 1, "%s: %u resets", name, chip_resets(b.chip));
		ck_assert_msg(chip_state(b.chip) == CHIP_ROM, "%s is not in its ROM", name);
		board_holds_image(&b, name);
		board_unharmed(&b, name);
	}
	board_close(&b);
}
END_TEST

/* The simulator runs code with the Unicorn engine, if it is there. */
int main(void)
{
	int chips = (int)chip_count();
	Suite *s = suite_create("jobs");
	TCase *t = runner_case(s, "jobs", 300);

	firmware = firmware_find();
	tcase_add_loop_test(t, every_chip_is_written_verified_and_started, 0, chips);
	tcase_add_loop_test(t, real_firmware_is_written_or_refused,
			    0, chips * (int)firmware.gl_pathc);
	if (firmware.gl_pathc)
		tcase_add_loop_test(t, real_firmware_starts, 0, COUNT(built_for));
	tcase_add_loop_test(t, erase_all_blanks_every_chip, 0, chips);
	tcase_add_test(t, filling_is_verified_like_the_image);
	if (runner_runs_code())
		tcase_add_loop_test(t, code_resets_every_chip_that_has_ram, 0, chips);
	return runner_run(s);
}
