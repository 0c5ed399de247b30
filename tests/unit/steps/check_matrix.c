/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a production chip: every protection and state of flash that a board can come with, every wire, and what is
 * asked of it. Outcome, erased pages, option bytes and what runs in the end, in virtual time.
 *
 * And the job that production runs, killed before each frame it sends, then run again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ports/sim/chip/cpu.h"
#include "ports/sim/board/sim.h"
#include "session/session.h"
#include "tests/lib/quiet_check.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FLASH 0x08000000u
#define IMAGE_LEN 700u
#define PINS "--boot0 BOOT0 --nrst NRST"

struct kind {
	const char *chip;
	unsigned int i2c_addr;		/* 0: no ROM of it has I2C */
	const char *sectors;		/* the codes that Write Protect takes, of the first sector or area */
	/*
	 * Its ROM leaves no RAM to code of ours, and Readout Protect does not load the option bytes: locked, a chip
	 * that came blank starts only after a power cycle.
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

	for (size_t i = 0; i < len; i++) {
		seed = seed * 1664525u + 1013904223u;
		data[i] = (uint8_t)(seed >> 24);
	}
	memcpy(data, vectors, sizeof(vectors));
}

/* ---- a port that dies ---- */

/* The process is killed before a frame: nothing of its reaches the board any more. */
struct mortal {
	struct port port;
	struct port *inner;
	unsigned int frames, die_before;	/* 0: never */
};

static struct mortal *mortal(struct port *p)
{
	return (struct mortal *)p;
}

static bool is_dead(struct port *p)
{
	struct mortal *m = mortal(p);

	return m->die_before && m->frames >= m->die_before;
}

static int died(struct err *e)
{
	return err_set(e, ERR_GONE, "killed");
}

static ssize_t mortal_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			   struct err *e)
{
	return is_dead(p) ? died(e) : port_read(mortal(p)->inner, buf, len, until, bad, e);
}

static int mortal_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	mortal(p)->frames++;
	return is_dead(p) ? died(e) : port_write(mortal(p)->inner, buf, len, until, e);
}

static int mortal_discard(struct port *p, struct err *e)
{
	return is_dead(p) ? died(e) : port_discard(mortal(p)->inner, e);
}

static int mortal_sleep(struct port *p, nsec_t until, struct err *e)
{
	mortal(p)->inner->deaf = p->deaf;
	return is_dead(p) ? 0 : port_sleep(mortal(p)->inner, until, e);
}

static nsec_t mortal_now(struct port *p)
{
	return port_now(mortal(p)->inner);
}

static int mortal_find_pin(struct port *p, const char *name, uint32_t number, struct err *e)
{
	return mortal(p)->inner->ops->find_pin(mortal(p)->inner, name, number, e);
}

static int mortal_drive_pin(struct port *p, int pin, bool high, struct err *e)
{
	if (is_dead(p))
		return 0;
	return mortal(p)->inner->ops->drive_pin(mortal(p)->inner, pin, high, e);
}

static const struct port_ops mortal_ops = {
	.name = "mortal", .read = mortal_read, .write = mortal_write, .discard = mortal_discard,
	.sleep = mortal_sleep, .now = mortal_now, .find_pin = mortal_find_pin,
	.drive_pin = mortal_drive_pin,
};

/* ---- a job on a board ---- */

struct board {
	struct sim *sim;
	struct chip *chip;
	uint8_t image[IMAGE_LEN];
	uint8_t *before;
	char said[4096];
	unsigned int frames;		/* that the last job sent */
};

static uint32_t first_page_end(const struct flash *f)
{
	struct page page;

	ck_assert_int_eq(geometry_page_at(&f->geo, FLASH, &page), 0);
	return page.addr + page.size;
}

static void board_open(struct board *b, const char *spec, enum content content)
{
	struct err e = ERR_INIT;
	struct flash *f;
	uint8_t *data;

	*b = (struct board){ .sim = sim_new(spec, &e) };
	ck_assert_msg(b->sim != NULL, "%s: %s", spec, e.msg);
	b->chip = sim_chip(b->sim);
	f = chip_flash(b->chip);
	data = malloc(f->size);
	fill(data, f->size, 7);
	if (content == HALF_ERASED)
		memset(data, f->erased, first_page_end(f) - FLASH);
	if (content != BLANK)
		ck_assert_int_eq(chip_poke(b->chip, FLASH, data, f->size), 0);
	sim_power_cycle(b->sim, true, sim_now(b->sim));
	b->before = malloc(f->size);
	chip_peek(b->chip, FLASH, b->before, f->size);
	free(data);
	fill(b->image, sizeof(b->image), 1);
}

static void board_close(struct board *b)
{
	free(b->before);
	sim_free(b->sim, NULL);
}

/* "bootpin @args" on the board, which ends before the frame @die_before. Returns the exit status. */
static int run(struct board *b, const char *args, unsigned int die_before)
{
	struct image image = IMAGE_INIT;
	struct err e = ERR_INIT, closing = ERR_INIT;
	char line[256], *argv[24] = { NULL };
	struct request o;
	struct report r;
	struct mortal m = { .die_before = die_before };
	FILE *out = fmemopen(b->said, sizeof(b->said) - 1, "w");
	int argc = 0;

	memset(b->said, 0, sizeof(b->said));
	snprintf(line, sizeof(line), "bootpin %s", args);
	for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	ck_assert_msg(options_parse(&o, argc, argv, &e) == 0, "%s: %s", args, e.msg);

	struct job job = { .o = &o };
	struct port_cfg cfg = { .spec = o.port, .baud = o.baud, .mode = o.mode,
				.i2c_addr = o.i2c_addr };

	ck_assert_int_eq(pins_parse(&job.pins, &o, &e), 0);
	ck_assert_int_eq(image_add(&image, FLASH, b->image, IMAGE_LEN, "image", &e), 0);
	ck_assert_int_eq(image_merge(&job.image, &image, &e), 0);
	m.inner = sim_port(b->sim, &cfg, &e);
	ck_assert_msg(m.inner != NULL, "%s", e.msg);
	m.port = *m.inner;
	m.port.ops = &mortal_ops;
	report_init(&r, out, out, 0, false);
	if (session_run_on(&job, &m.port, &r, NULL, &e) == 0)
		e = (struct err)ERR_INIT;
	fprintf(out, "bootpin: %s\n", e.msg);
	fclose(out);
	b->frames = m.frames;
	port_close(m.inner, &closing);
	job_free(&job);
	image_free(&image);
	options_free(&o);
	return err_exit_status(&e);
}

/* What the kernel does with the lines of a process that is gone. */
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
	return memcmp(there, b->image, IMAGE_LEN) == 0;
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
	board_open(&b, spec, content);
	if (over_i2c)
		snprintf(args, sizeof(args), PINS " -a 0x%x -w x %s sim:%s", f->i2c_addr,
			 ask_options[ask], spec);
	else
		snprintf(args, sizeof(args), PINS " -w x %s sim:%s", ask_options[ask], spec);
	status = run(&b, args, 0);
	ck_assert_msg(status == (works ? 0 : 7), "%s: ended with %d\n%s", what, status, b.said);
	ck_assert_msg(holds_image(&b) == works, "%s: the image\n%s", what, b.said);
	ck_assert_msg(rest_is(&b, works && rdp), "%s: the rest of the flash\n%s", what, b.said);
	ck_assert_msg(chip_rdp(b.chip) == (works ? lock : rdp), "%s: RDP %d\n%s", what,
		      chip_rdp(b.chip), b.said);
	ck_assert_msg(write_protected(&b) == (wrp && !works), "%s: write protection\n%s", what,
		      b.said);
	if (works && lock && f->stuck && content != PROGRAMMED)
		ck_assert_msg(strstr(b.said, "until it is power-cycled"), "%s: %s", what, b.said);
	else
		ck_assert_msg(!works || chip_state(b.chip) == CHIP_RUNNING,
			      "%s: it does not run\n%s", what, b.said);
	for (uint32_t p = 0; !works && p < chip_flash(b.chip)->pages; p++)
		ck_assert_msg(chip_page_erases(b.chip, p) == 0, "%s: page %u was erased\n%s",
			      what, p, b.said);
	board_close(&b);
}

START_TEST(matrix)
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

START_TEST(killed_and_run_again)
{
	char args[256];
	struct board b;
	unsigned int frames;

	snprintf(args, sizeof(args), PINS " %s -w x --unlock --lock sim:%s", productions[_i].args,
		 productions[_i].spec);
	board_open(&b, productions[_i].spec, PROGRAMMED);
	ck_assert_msg(run(&b, args, 0) == 0, "%s", b.said);
	frames = b.frames;
	board_close(&b);
	for (unsigned int n = 1; n <= frames; n++) {
		int status;

		board_open(&b, productions[_i].spec, PROGRAMMED);
		ck_assert_int_ne(run(&b, args, n), 0);
		let_go(&b);
		status = run(&b, args, 0);
		ck_assert_msg(status == 0 && holds_image(&b) && chip_rdp(b.chip) == 1 &&
				      chip_state(b.chip) == CHIP_RUNNING,
			      "%s killed before frame %u of %u: then %d, state %d, RDP %d\n%s",
			      args, n, frames, status, chip_state(b.chip), chip_rdp(b.chip),
			      b.said);
		board_close(&b);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("matrix");
	TCase *c = tcase_create("production");
	struct err e = ERR_INIT;
	SRunner *r;
	int failed;

	if (cpu_available(&e) < 0) {
		printf("SKIP: %s\n", e.msg);	/* chips that were blank start by code in RAM */
		return 77;
	}
	tcase_set_timeout(c, 120);
	tcase_add_loop_test(c, matrix, 0, COUNT(kinds));
	tcase_add_loop_test(c, killed_and_run_again, 0, COUNT(productions));
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
