/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boards that are found in a bad way: from each, one command ends with the firmware in and running,
 * or with the truth about why not.
 */
#include "tests/lib/life.h"

#define PINS "--boot0 BOOT0 --nrst NRST "
#define SILENT "no bootloader answered"
#define ANSWERS "the bootloader answers"
#define STARTED "started at 0x08000000"
#define LAUNCHED "reset by loading the option bytes"
#define LOADED "option bytes were loaded anew"

#define SECOND (FLASH_START + 0x3000u)
#define FLASH_START 0x08000000u

/* The board's troubles beyond its spec. */
enum trouble {
	NO_TROUBLE,
	POWER_LATER,		/* power comes after 20 s, with BOOT0 high */
	WATCHDOG,		/* resets itself every 300 ms; BOOT0 is set after 10 s */
	NO_VECTORS,		/* page 0 is blank, the others are not */
	VECTORS_ONLY,		/* the vector table leads nowhere */
};

static const struct {
	const char *spec;
	enum trouble trouble;
	const char *args;
	int status;
	const char *said;
	bool runs;
} boards[] = {
	/* It comes later. */
	{ "f103,boot=low", POWER_LATER, "--wait 60 -w image -g 0", 0, ANSWERS, true },
	{ "l432,boot=low,fill=pattern,bus=i2c", POWER_LATER, "--wait 60 -a 0x48 -w image -g 0", 0,
	  ANSWERS, true },
	{ "f405,boot=low", POWER_LATER, "--wait 60 --unlock -w image -g 0", 0,
	  ANSWERS, true },
	{ "f103,boot=low", POWER_LATER, "--wait 10 -w image -g 0", 5, "waited for 10 s", false },
	{ "f103,boot=low,fill=pattern", POWER_LATER, "-w image -g 0", 5, SILENT,
	  false },
	/* Without a reset line, until it falls into the bootloader. */
	{ "f103,boot=low,fill=pattern", WATCHDOG, "--wait 60 -w image -g 0", 0,
	  ANSWERS, true },
	{ "f051,boot=low,fill=pattern", WATCHDOG, "--wait 60 -w image -g 0", 0,
	  ANSWERS, true },
	{ "l432,boot=low,fill=pattern,bus=i2c", WATCHDOG, "--wait 60 -a 0x48 -w image -g 0", 0,
	  ANSWERS, true },
	{ "f103,boot=low,fill=pattern", WATCHDOG, "--wait 5 -w image -g 0", 5, "waited for 5 s",
	  false },
	{ "f103,boot=low,fill=pattern", WATCHDOG, PINS "-w image", 0, "reset", true },
	/* Half erased. */
	{ "f103", NO_VECTORS, "-w image -g 0", 0, STARTED, true },
	{ "f103,boot=low", NO_VECTORS, PINS "-w image", 0, "reset", true },
	{ "f405,boot=low", NO_VECTORS, PINS "-w image", 0, "reset", true },
	{ "l432,boot=low", NO_VECTORS, "-w image -R", 0, LAUNCHED, true },
	{ "g071,nboot_sel=1", NO_VECTORS, "-w image -R", 0, LAUNCHED, true },
	{ "g071,nboot_sel=1", NO_VECTORS, PINS "-w image", 0, LOADED, true },
	{ "c051,nboot_sel=1", NO_VECTORS, PINS "-w image", 0, LOADED, true },
	{ "g071,nboot_sel=1,bus=i2c", NO_VECTORS, "-a 0x51 -w image -R", 0,
	  LAUNCHED, true },
	{ "l432,boot=low", VECTORS_ONLY, PINS "-w image", 0, "reset", true },
	{ "l432,boot=low", VECTORS_ONLY, "-w image -R", 5, SILENT, false },
	/* An application that has the pins of the bootloader's UART for itself, or talks on it. */
	{ "f103,boot=low,fill=pattern", NO_TROUBLE, PINS "-w image", 0, "reset", true },
	{ "f103,boot=low,fill=pattern", NO_TROUBLE, "-w image -g 0", 5, SILENT, false },
	{ "f103,boot=low,chatter", NO_TROUBLE, "-w image -g 0", 5, SILENT, false },
	{ "f103,boot=low,chatter", NO_TROUBLE, PINS "-w image", 0, "reset", true },
	/* In step already, and told so. */
	{ "f103,synced", NO_TROUBLE, "-c -b 115200 -w image -g 0", 0, STARTED, true },
	{ "f103", NO_TROUBLE, "-c -b 115200 -w image -g 0", 5, SILENT, false },
	/* In the middle of another program's frame: a command, an address, data, a page list. */
	{ "f103,prefeed=31", NO_TROUBLE, "-w image -g 0", 0, STARTED, true },
	{ "f103,prefeed=31ce", NO_TROUBLE, "-w image -g 0", 0, STARTED, true },
	{ "f103,prefeed=31ce0800", NO_TROUBLE, "-w image -g 0", 0, STARTED, true },
	{ "f103,prefeed=31ce0800000008", NO_TROUBLE, "-w image -g 0", 0, STARTED, true },
	{ "f103,prefeed=31ce0800000008ff00112233", NO_TROUBLE, "-w image -g 0", 0,
	  "brought back after", true },
	{ "f103,prefeed=43bc", NO_TROUBLE, "-w image -g 0", 0, STARTED, true },
	{ "f103,prefeed=43bc1f0102", NO_TROUBLE, "-w image -g 0", 0, STARTED, true },
	/* 0x7F sent twice is the count of a list of 65 KB. */
	{ "l432,prefeed=44bb", NO_TROUBLE, "-w image -g 0", 0, "brought back after", true },
	{ "l432,prefeed=44bb00ff0001", NO_TROUBLE, "-w image -g 0", 0, "brought back after", true },
	{ "f103,prefeed=31ce0800000008ff00112233", NO_TROUBLE, "-r -", 5,
	  SILENT, false },
	{ "f103,boot=low,prefeed=31ce0800000008ff00112233", NO_TROUBLE, PINS "-w image", 0, "reset",
	  true },
};

static void make_trouble(struct life *l, enum trouble trouble)
{
	static const uint8_t nowhere[8] = { 0x00, 0x10, 0x00, 0x20, 0x01, 0x00, 0x00, 0x30 };
	struct board *b = l->board;
	struct flash *f = chip_flash(b->chip);
	nsec_t now = sim_now(b->sim);
	struct page first;

	ck_assert_int_eq(geometry_page_at(&f->geo, f->start, &first), 0);
	switch (trouble) {
	case NO_TROUBLE:
		break;
	case POWER_LATER:
		l->power_at = now + 20 * NSEC_PER_SEC;
		break;
	case WATCHDOG:
		l->resets_every = 300 * NSEC_PER_MSEC;
		l->next_reset = now + l->resets_every;
		l->boot0_at = now + 10 * NSEC_PER_SEC;
		break;
	case NO_VECTORS:
		for (uint32_t i = first.size; i < f->size; i++)
			if (flash_has(f, f->start + i))
				flash_poke(f, f->start + i, (uint8_t)(1 + i % 251));
		break;
	case VECTORS_ONLY:
		ck_assert_int_eq(chip_poke(b->chip, f->start, nowhere, sizeof(nowhere)), 0);
		sim_power_cycle(b->sim, false, now);
		break;
	}
	board_remember(b);
}

START_TEST(board_in_a_bad_way_is_flashed_or_told)
{
	char what[200];
	struct board b;
	struct life l;

	snprintf(what, sizeof(what), "%s %s", boards[_i].args, boards[_i].spec);
	board_open(&b, boards[_i].spec);
	life_begin(&l, &b);
	make_trouble(&l, boards[_i].trouble);
	board_application(&b, 1000);
	board_expect(&b, boards[_i].args, boards[_i].status);
	board_said(&b, boards[_i].said);
	if (boards[_i].runs) {
		board_holds_image(&b, what);
		board_runs(&b, what);
	} else {
		ck_assert_msg(!memcmp(chip_flash(b.chip)->mem, b.before, chip_flash(b.chip)->size),
			      "%s: flash was changed", what);
	}
	board_unharmed(&b, what);
	board_close(&b);
}
END_TEST

/* ---- killed ---- */

/* The same command, killed before each frame that it sends, and run again. */
static const struct { const char *spec, *args;
} jobs[] = {
	{ "f103,fill=pattern", "-w image -g 0" },
	{ "f103,boot=low,fill=pattern", PINS "-w image" },
	{ "f405,boot=low,fill=pattern", PINS "-w image" },
	{ "l053,fill=pattern", "-w image -g 0" },
	{ "l432", "-w image -g 0" },
	{ "l432,boot=low", "-w image -R" },
	{ "l432,boot=low", PINS "-w image" },
	{ "g071,nboot_sel=1", "-w image -R" },
	{ "g071,nboot_sel=1", PINS "-w image" },
	{ "f103,fill=pattern,boot=low,rdp=1", PINS "--unlock -w image --lock" },
	{ "l432,bus=i2c,fill=pattern", "-a 0x48 -w image -g 0" },
	{ "l432,bus=i2c,boot=low", "-a 0x48 " PINS "-w image" },
	{ "g071,bus=i2c,nboot_sel=1", "-a 0x51 -w image -R" },
};

static unsigned int frames_of(const char *spec, const char *args)
{
	struct board b;
	struct life l;

	board_open(&b, spec);
	life_begin(&l, &b);
	board_application(&b, 1000);
	board_image(&b, SECOND, (const uint8_t *)"tail", 4);
	board_expect(&b, args, 0);
	board_close(&b);
	return l.frames;
}

static void kill_and_run_again(size_t job, unsigned int at, bool torn)
{
	const char *spec = jobs[job].spec, *args = jobs[job].args;
	char what[200];
	struct board b;
	struct life l;

	snprintf(what, sizeof(what), "%s %s, killed %s frame %u", args, spec,
		 torn ? "within" : "before", at);
	board_open(&b, spec);
	life_begin(&l, &b);
	board_application(&b, 1000);
	board_image(&b, SECOND, (const uint8_t *)"tail", 4);
	l.dies_at = at;
	l.torn = torn;
	ck_assert_msg(board_run(&b, args) != 0, "%s: it lives", what);
	life_again(&l);
	ck_assert_msg(board_run(&b, args) == 0, "%s: %s\n%s", what, b.e.msg, b.said);
	board_holds_image(&b, what);
	board_runs(&b, what);
	if (!strstr(args, "--unlock"))
		board_unharmed(&b, what);
	board_close(&b);
}

START_TEST(job_killed_between_frames_can_be_run_again)
{
	unsigned int frames = frames_of(jobs[_i].spec, jobs[_i].args);

	for (unsigned int at = 1; at <= frames; at++)
		kill_and_run_again((size_t)_i, at, false);
}
END_TEST

/* A transaction over I2C is the kernel's, and goes out whole. */
START_TEST(job_killed_within_a_frame_can_be_run_again)
{
	unsigned int frames = frames_of(jobs[_i].spec, jobs[_i].args);

	if (strstr(jobs[_i].spec, "bus=i2c"))
		return;
	for (unsigned int at = 1; at <= frames; at++)
		kill_and_run_again((size_t)_i, at, true);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("recovery");
	TCase *t = runner_case(s, "recovery", 300);

	if (!runner_runs_code())
		return RUNNER_SKIPPED;
	tcase_add_loop_test(t, board_in_a_bad_way_is_flashed_or_told, 0, COUNT(boards));
	tcase_add_loop_test(t, job_killed_between_frames_can_be_run_again, 0, COUNT(jobs));
	tcase_add_loop_test(t, job_killed_within_a_frame_can_be_run_again, 0, COUNT(jobs));
	return runner_run(s);
}
