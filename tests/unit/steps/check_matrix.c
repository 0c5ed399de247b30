/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a production chip: every protection and state of flash that a board can come with,
 * every wire, and what is asked of it. Outcome, erased pages, option bytes and what runs in the
 * end, in virtual time.
 *
 * And the job that production runs, killed before each frame it sends, then run again.
 */
#include "tests/lib/life.h"

#define IMAGE_LEN 700u
#define PINS "--boot0 BOOT0 --nrst NRST"

struct kind {
	const char *chip;
	unsigned int i2c_addr;		/* 0: no ROM of it has I2C */
	const char *sectors; /* the codes that Write Protect takes, of the first sector or area */
	/*
	 * Its ROM leaves no RAM for the reset routine, and Readout Protect does not load the option
	 * bytes: locked, a chip that came blank starts only after a power cycle.
	 */
	bool stuck;
};

/* Addresses: AN2606. Codes: units (F, L0, L1, H7), or first and last page of an area. */
static const struct kind kinds[] = {
	{ "f051", 0, "0", false },	{ "f091", 0x41, "0", true },
	{ "f103", 0, "0", false },	{ "f303", 0, "0", false },
	{ "f405", 0x3A, "0", false },	{ "f746", 0x45, "0", false },
	{ "g071", 0x51, "0+3", false },	{ "g431", 0x54, "0+3", false },
	{ "l053", 0, "0", false },	{ "l152", 0, "0", false },
	{ "l432", 0x48, "0+3", false },	{ "h743", 0x4E, "0", false },
	{ "u575", 0x5A, "0+0", false },
};

enum content { BLANK, PROGRAMMED, HALF_ERASED };
enum ask { NEITHER, UNLOCK, LOCK, BOTH };

static const char *const content_name[] = { "blank", "programmed", "half-erased" };
static const char *const ask_options[] = { "", "--unlock", "--lock", "--unlock --lock" };

/* Stack and entry as an application has them, then bytes of which no block is blank. */
static void fill(uint8_t *data, size_t len, uint32_t seed)
{
	static const uint8_t vectors[8] = { 0x00, 0x08, 0x00, 0x20, 0x09, 0x00, 0x00, 0x08 };

	random_fill(data, len, seed);
	memcpy(data, vectors, sizeof(vectors));
}

/* ---- a board ---- */

static uint32_t first_page_end(const struct flash *f)
{
	struct page page;

	ck_assert_int_eq(geometry_page_at(&f->geo, FLASH, &page), 0);
	return page.addr + page.size;
}

static void fill_flash(struct board *b, enum content content)
{
	const struct flash *f = chip_flash(b->chip);
	uint8_t *data = malloc(f->size);

	fill(data, f->size, 7);
	if (content == HALF_ERASED)
		memset(data, f->erased, first_page_end(f) - FLASH);
	ck_assert_int_eq(chip_poke(b->chip, FLASH, data, f->size), 0);
	free(data);
}

/* A board whose power comes when its flash holds @content, and the image. */
static void open_board(struct board *b, const char *spec, enum content content)
{
	uint8_t image[IMAGE_LEN];

	board_open(b, spec);
	if (content != BLANK)
		fill_flash(b, content);
	sim_power_cycle(b->sim, true, sim_now(b->sim));
	board_remember(b);
	fill(image, sizeof(image), 1);
	board_image(b, FLASH, image, sizeof(image));
}

/* The kernel does this with the lines of a process that is gone. */
static void let_go(struct board *b)
{
	sim_release_line(b->sim, "BOOT0", sim_now(b->sim));
	sim_release_line(b->sim, "NRST", sim_now(b->sim));
}

/* ---- what must have come of it ---- */

static bool holds_image(struct board *b)
{
	uint8_t there[IMAGE_LEN];

	chip_peek(b->chip, FLASH, there, IMAGE_LEN);
	return memcmp(there, b->image.seg[0].data, IMAGE_LEN) == 0;
}

/* Pages that the image does not touch are as they were, or blank after an unlock. */
static bool rest_is(struct board *b, bool blank)
{
	struct flash *f = chip_flash(b->chip);
	uint32_t from = 0;
	uint8_t *now = malloc(f->size);
	bool good = true;
	struct page page;

	chip_peek(b->chip, FLASH, now, f->size);
	while (from < IMAGE_LEN && geometry_page_at(&f->geo, FLASH + from, &page) == 0)
		from += page.size;
	for (uint32_t i = from; i < f->size; i++)
		good &= now[i] == (blank ? f->erased : b->before[i]);
	free(now);
	return good;
}

static bool write_protected(struct board *b)
{
	struct flash *f = chip_flash(b->chip);
	bool any = false;

	for (uint32_t p = 0; p < f->pages; p++)
		any |= f->protected[p];
	return any;
}

static const char *rules_of(const struct kind *f, int rdp, bool wrp, enum content content,
			    enum ask ask, bool over_i2c)
{
	static char text[160];

	snprintf(text, sizeof(text), "%s over %s, RDP %d, %swrite-protected, %s, '%s'", f->chip,
		 over_i2c ? "I2C" : "UART", rdp, wrp ? "" : "not ", content_name[content],
		 ask_options[ask]);
	return text;
}

static void one(const struct kind *f, int rdp, bool wrp, enum content content, enum ask ask,
		bool over_i2c)
{
	bool unlock = ask == UNLOCK || ask == BOTH, lock = ask == LOCK || ask == BOTH;
	bool works = (!rdp && !wrp) || unlock;
	const char *what = rules_of(f, rdp, wrp, content, ask, over_i2c);
	char spec[160], args[256];
	struct board b;
	int status;

	snprintf(spec, sizeof(spec), "%s,rdp=%d%s%s%s", f->chip, rdp, over_i2c ? ",bus=i2c" : "",
		 wrp ? ",wrp=" : "", wrp ? f->sectors : "");
	open_board(&b, spec, content);
	if (over_i2c)
		snprintf(args, sizeof(args), PINS " -a 0x%x -w x %s", f->i2c_addr,
			 ask_options[ask]);
	else
		snprintf(args, sizeof(args), PINS " -w x %s", ask_options[ask]);
	status = board_run(&b, args);
	ck_assert_msg(status == (works ? 0 : 7), "%s: ended with %d: %s\n%s", what, status, b.e.msg,
		      b.said);
	ck_assert_msg(holds_image(&b) == works, "%s: the image\n%s", what, b.said);
	ck_assert_msg(rest_is(&b, works && rdp), "%s: the rest of the flash\n%s", what, b.said);
	ck_assert_msg(chip_rdp(b.chip) == (works ? lock : rdp), "%s: RDP %d\n%s", what,
		      chip_rdp(b.chip), b.said);
	ck_assert_msg(write_protected(&b) == (wrp && !works), "%s: write protection\n%s", what,
		      b.said);
	if (works && lock && f->stuck && content != PROGRAMMED)
		ck_assert_msg((strstr(b.said, "until it is power-cycled") ||
			       strstr(b.e.msg, "until it is power-cycled")),
			      "%s: %s", what, b.said);
	else
		ck_assert_msg(!works || chip_state(b.chip) == CHIP_RUNNING,
			      "%s: it does not run\n%s", what, b.said);
	for (uint32_t p = 0; !works && p < chip_flash(b.chip)->pages; p++)
		ck_assert_msg(chip_page_erases(b.chip, p) == 0, "%s: page %u was erased\n%s",
			      what, p, b.said);
	board_close(&b);
}

START_TEST(production_chip_ends_as_asked_in_every_state)
{
	const struct kind *f = &kinds[_i];

	for (int rdp = 0; rdp <= 1; rdp++)
		for (int wrp = 0; wrp <= 1; wrp++)
			for (enum content c = BLANK; c <= HALF_ERASED; c++)
				for (enum ask ask = NEITHER; ask <= BOTH; ask++)
					for (int i2c = 0; i2c <= (f->i2c_addr != 0); i2c++)
						one(f, rdp, wrp, c, ask, i2c);
}
END_TEST

/* ---- killed, and run again ---- */

static const struct {
	const char *spec, *args;
} productions[] = {
	{ "f103,rdp=1", "" },
	{ "f405,rdp=1", "" },
	{ "g071,rdp=1", "" },
	{ "l053,rdp=1,wrp=0", "" },
	{ "l432,rdp=1,wrp=0+3", "" },
	{ "l432,rdp=1,bus=i2c", "-a 0x48" },
	{ "g431", "" },
};

START_TEST(production_job_killed_anywhere_can_be_run_again)
{
	char args[256];
	struct board b;
	struct life l;
	unsigned int frames;

	snprintf(args, sizeof(args), PINS " %s -w x --unlock --lock", productions[_i].args);
	open_board(&b, productions[_i].spec, PROGRAMMED);
	life_begin(&l, &b);
	board_expect(&b, args, 0);
	frames = l.frames;
	board_close(&b);
	for (unsigned int n = 1; n <= frames; n++) {
		int status;

		open_board(&b, productions[_i].spec, PROGRAMMED);
		life_begin(&l, &b);
		l.dies_at = n;
		ck_assert_int_ne(board_run(&b, args), 0);
		let_go(&b);
		life_again(&l);
		status = board_run(&b, args);
		ck_assert_msg(status == 0 && holds_image(&b) && chip_rdp(b.chip) == 1 &&
				      chip_state(b.chip) == CHIP_RUNNING,
			      "%s killed before frame %u of %u: then %d, state %d, RDP %d: %s\n%s",
			      args, n, frames, status, chip_state(b.chip), chip_rdp(b.chip),
			      b.e.msg, b.said);
		board_close(&b);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("matrix");
	TCase *t = runner_case(s, "production", 120);

	if (!runner_runs_code())
		return RUNNER_SKIPPED;	/* chips that were blank start by code in RAM */
	tcase_add_loop_test(t, production_chip_ends_as_asked_in_every_state, 0, COUNT(kinds));
	tcase_add_loop_test(t, production_job_killed_anywhere_can_be_run_again,
			    0, COUNT(productions));
	return runner_run(s);
}
