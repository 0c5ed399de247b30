/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Presets: each is run on a model of its circuit, and the chip must start in the right place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/runner.h"
#include "pins/wiring.h"

#define SETTLE (1 * NSEC_PER_MSEC)	/* of NRST with its capacitor */

/* The levels of BOOT0 and NRST that follow from the pins of a TTL adapter, high or low. */
struct pins {
	bool boot0, nrst;
};

static struct pins rts_boot0(bool rts, bool dtr)
{
	return (struct pins){ rts, dtr };
}

static struct pins dtr_boot0(bool rts, bool dtr)
{
	return (struct pins){ dtr, rts };
}

static struct pins one_key(bool rts, bool dtr)
{
	return (struct pins){ !rts, !(dtr && !rts) };
}

static struct pins rts_inverter(bool rts, bool dtr)
{
	return (struct pins){ !rts, dtr };
}

static struct pins dtr_inverter(bool rts, bool dtr)
{
	return (struct pins){ !dtr, rts };
}

static struct pins rts_boot0_inverted(bool rts, bool dtr)
{
	return (struct pins){ !rts, !dtr };
}

static struct pins dtr_boot0_inverted(bool rts, bool dtr)
{
	return (struct pins){ !dtr, !rts };
}

static struct pins dtr_nrst(bool rts, bool dtr)
{
	(void)rts;
	return (struct pins){ true, dtr };
}

static struct pins rts_nrst(bool rts, bool dtr)
{
	(void)dtr;
	return (struct pins){ true, rts };
}

static const struct {
	const char *name;
	struct pins (*circuit)(bool rts, bool dtr);
	bool jumper;			/* BOOT0 stays high */
} circuits[] = {
	{ "rts-boot0", rts_boot0, false },
	{ "dtr-boot0", dtr_boot0, false },
	{ "one-key", one_key, false },
	{ "rts-inverter", rts_inverter, false },
	{ "dtr-inverter", dtr_inverter, false },
	{ "rts-boot0-inverted", rts_boot0_inverted, false },
	{ "dtr-boot0-inverted", dtr_boot0_inverted, false },
	{ "dtr-nrst", dtr_nrst, true },
	{ "rts-nrst", rts_nrst, true },
};

enum place { UNDISTURBED, IN_RESET, IN_BOOTLOADER, IN_APPLICATION };

static const char *const place_names[] = {
	"undisturbed", "in reset", "in its bootloader", "in its application",
};

/* A chip behind such a circuit. */
struct board {
	const char *name;
	struct pins (*circuit)(bool rts, bool dtr);
	bool rts, dtr;			/* asserted, which is a low pin */
	struct pins pins;
	nsec_t now, changed;
	enum place place;
	const char *fault;
};

static void board_update(struct board *b)
{
	struct pins p = b->circuit(!b->rts, !b->dtr);

	if (p.nrst && !b->pins.nrst) {
		if (b->now - b->changed < SETTLE)
			b->fault = "reset was too short";
		b->place = p.boot0 ? IN_BOOTLOADER : IN_APPLICATION;
	} else if (!p.nrst) {
		b->place = IN_RESET;
	}
	if (p.nrst != b->pins.nrst || p.boot0 != b->pins.boot0)
		b->changed = b->now;
	b->pins = p;
}

static int on_line(void *ctx, size_t line, bool high, struct err *e)
{
	(void)ctx;
	(void)line;
	(void)high;
	return err_set(e, ERR_OTHER, "presets have no GPIO lines");
}

static int on_rts(void *ctx, bool asserted, struct err *e)
{
	struct board *b = ctx;

	(void)e;
	b->rts = asserted;
	board_update(b);
	return 0;
}

static int on_dtr(void *ctx, bool asserted, struct err *e)
{
	struct board *b = ctx;

	(void)e;
	b->dtr = asserted;
	board_update(b);
	return 0;
}

static int on_brk(void *ctx, nsec_t duration, struct err *e)
{
	(void)ctx;
	(void)duration;
	return err_set(e, ERR_OTHER, "presets send no break");
}

static void on_sleep(void *ctx, nsec_t duration)
{
	struct board *b = ctx;

	b->now += duration;
}

static const struct sequence_driver driver = { on_line, on_rts, on_dtr, on_brk, on_sleep };

static void run(struct board *b, const struct sequence *s, enum sequence_part part,
		enum place want)
{
	const char *name = b->name;
	struct err e = ERR_INIT;

	b->place = UNDISTURBED;
	ck_assert_msg(!sequence_run(s, part, &driver, b, &e), "%s: %s", name, e.msg);
	ck_assert_msg(!b->fault, "%s, part %d: %s", name, (int)part, b->fault);
	ck_assert_msg(b->place == want, "%s, part %d: the chip is %s", name, (int)part,
		      place_names[b->place]);
	/* Neither the next step nor a pin that is let go may be sampled in place of BOOT0. */
	if (part == SEQUENCE_EXIT || part == SEQUENCE_STAY)
		ck_assert_msg(b->now - b->changed >= SETTLE, "%s, part %d", name, (int)part);
	b->now += NSEC_PER_SEC;
}

/* The lines' levels before do not matter; opening a port asserts both. */
START_TEST(wiring_leads_into_bootloader_and_application)
{
	const char *name = circuits[_i / 4].name;
	bool jumper = circuits[_i / 4].jumper;
	struct board b = {
		.name = name, .circuit = circuits[_i / 4].circuit, .rts = _i & 1, .dtr = _i & 2,
		.now = NSEC_PER_SEC,
	};
	enum place started = jumper ? IN_BOOTLOADER : IN_APPLICATION;
	struct err e = ERR_INIT;
	const struct wiring *w = wiring_find(name, &e);
	struct sequence s;

	ck_assert_msg(!!w, "%s", e.msg);
	ck_assert_msg(!wiring_sequence(w, true, &s, &e), "%s", e.msg);
	ck_assert(s.own && sequence_drives_modem(&s));
	b.pins = b.circuit(!b.rts, !b.dtr);
	run(&b, &s, SEQUENCE_ENTRY, IN_BOOTLOADER);
	run(&b, &s, SEQUENCE_STAY, IN_BOOTLOADER);
	run(&b, &s, SEQUENCE_ENTRY, IN_BOOTLOADER);
	run(&b, &s, SEQUENCE_EXIT, started);
	ck_assert(b.pins.boot0 == jumper);
	run(&b, &s, SEQUENCE_ENTRY, IN_BOOTLOADER);
	run(&b, &s, SEQUENCE_STARTED, UNDISTURBED);
	ck_assert(b.pins.boot0 == jumper);
	sequence_free(&s);
}
END_TEST

/* The wiring that --wiring detect finds on a board whose application runs. */
static const struct wiring *detect(struct board *b)
{
	const struct wiring *w;
	struct err e = ERR_INIT;
	struct sequence s;

	for (size_t i = 0; (w = wiring_at(i)) && b->place != IN_BOOTLOADER; i++) {
		ck_assert_msg(!wiring_sequence(w, true, &s, &e), "%s", e.msg);
		ck_assert_msg(!sequence_run(&s, SEQUENCE_ENTRY, &driver, b, &e), "%s", e.msg);
		sequence_free(&s);
		b->now += NSEC_PER_SEC;
		if (b->place == IN_BOOTLOADER)
			return w;
	}
	ck_abort_msg("%s: nothing answers", b->name);
	return NULL;
}

static bool same(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

/* Opening the port asserts both lines. A wiring that another hides is named by that one alone. */
START_TEST(detect_says_what_it_may_be)
{
	struct board b = {
		.name = circuits[_i].name, .circuit = circuits[_i].circuit,
		.rts = true, .dtr = true, .now = NSEC_PER_SEC, .place = IN_APPLICATION,
	};
	const struct wiring *found, *w;

	b.pins = b.circuit(false, false);
	found = detect(&b);
	for (size_t i = 0; (w = wiring_at(i)); i++)
		ck_assert_msg(same(w->hides, b.name) == (w == found && !same(w->name, b.name)),
			      "%s: detect finds %s, but '%s' hides '%s'", b.name, found->name,
			      w->name, w->hides ? w->hides : "");
}
END_TEST

START_TEST(each_wiring_has_its_model)
{
	const struct wiring *w;
	int count = 0;

	for (size_t i = 0; (w = wiring_at(i)); i++, count++) {
		int found = 0;

		for (size_t k = 0; k < COUNT(circuits); k++)
			found += !strcmp(circuits[k].name, w->name);
		ck_assert_msg(found == 1, "'%s' is there %d times", w->name, found);
		ck_assert_msg(strspn(w->name, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
			      strlen(w->name), "'%s'", w->name);
		ck_assert_msg(w->what && w->what[0] && !strchr(w->what, '\n'), "'%s'", w->name);
	}
	ck_assert_int_eq(count, COUNT(circuits));
}
END_TEST

START_TEST(wiring_is_refused_where_there_are_no_modem_lines)
{
	const struct wiring *w;
	struct err e = ERR_INIT;
	struct sequence s;

	ck_assert_ptr_null(wiring_find("detect", &e));
	ck_assert_int_eq(e.code, ERR_USAGE);
	ck_assert_ptr_eq(strstr(e.msg, "there is no wiring 'detect'; there are detect one-key "),
			 e.msg);
	for (size_t i = 0; (w = wiring_at(i)); i++)
		ck_assert_ptr_nonnull(strstr(e.msg, w->name));
	for (size_t i = 0; (w = wiring_at(i)); i++) {
		char head[64];

		ck_assert_int_eq(wiring_sequence(w, false, &s, &e), -1);
		ck_assert_int_eq(e.code, ERR_USAGE);
		snprintf(head, sizeof(head), "wiring '%s': ", w->name);
		ck_assert_msg(!strncmp(e.msg, head, strlen(head)), "%s", e.msg);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wiring");
	TCase *t = runner_case(s, "wiring", 0);

	tcase_add_loop_test(t, wiring_leads_into_bootloader_and_application,
			    0, 4 * COUNT(circuits));
	tcase_add_loop_test(t, detect_says_what_it_may_be, 0, COUNT(circuits));
	tcase_add_test(t, each_wiring_has_its_model);
	tcase_add_test(t, wiring_is_refused_where_there_are_no_modem_lines);
	return runner_run(s);
}
