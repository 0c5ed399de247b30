/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pins of the simulated board: whole sequences, right and wrong, and what they start.
 */
#include <ctype.h>
#include <errno.h>
#include <signal.h>

#include "base/stop.h"
#include "ports/sim/board/sim_port.h"
#include "tests/lib/sim_rig.h"

#define US NSEC_PER_USEC
#define MS NSEC_PER_MSEC

/* --- what was heard of the pins, as text --- */

struct tape {
	char text[1024];
	nsec_t from;		/* times count from here */
};

static void record(void *arg, const struct sim_pin_event *ev)
{
	struct tape *t = arg;
	size_t len = strlen(t->text);

	snprintf(t->text + len, sizeof(t->text) - len, "%s%g %s%s%s%s%s", len ? "; " : "",
		 (double)(ev->at - t->from) / MS, ev->level ? "" : "-", ev->line,
		 ev->note ? " (" : "", ev->note ? ev->note : "", ev->note ? ")" : "");
}

struct board {
	struct rig rig;
	struct tape tape;
};

/* An application: stack and entry of an F103, an F051 or a G071. */
static const uint8_t vectors[] = {
	0x00, 0x10, 0x00, 0x20, 0x09, 0x00, 0x00, 0x08, 0xFE, 0xE7
};

static void board(struct board *b, const char *spec, bool programmed)
{
	*b = (struct board){ .rig = rig_new(spec) };
	if (programmed)
		ck_assert_int_eq(chip_poke(b->rig.chip, 0x08000000, vectors, sizeof(vectors)), 0);
	b->tape.from = b->rig.now;
	sim_on_pin(b->rig.sim, record, &b->tape);
}

/*
 * Steps as a sequence has them: a line's name drives it high, "-" before it low, "/" lets it go, a
 * number waits so many microseconds.
 */
static void play(struct board *b, const char *steps)
{
	char text[256], *rest = text, *word;

	snprintf(text, sizeof(text), "%s", steps);
	while ((word = strsep(&rest, " "))) {
		if (isdigit((unsigned char)*word))
			b->rig.now += atoi(word) * US;
		else if (*word == '/')
			sim_release_line(b->rig.sim, word + 1, b->rig.now);
		else if (*word == '-')
			sim_set_line(b->rig.sim, word + 1, false, b->rig.now);
		else if (*word)
			sim_set_line(b->rig.sim, word, true, b->rig.now);
	}
}

static const struct {
	const char *rule, *spec, *steps, *heard;
	enum chip_state state;
	bool programmed;
} sequences[] = {
	{ "nothing is done", "f103", "", "", CHIP_ROM, true },
	{ "the way in", "f103", "BOOT0 -NRST 1000 NRST",
	  "0 BOOT0; 0 -NRST; 1 NRST (bootloader)", CHIP_ROM, true },
	{ "and out again", "f103", "BOOT0 -NRST 1000 NRST 1000 -BOOT0 -NRST 1000 NRST",
	  "0 BOOT0; 0 -NRST; 1 NRST (bootloader); 2 -BOOT0; 2 -NRST; 3 NRST (application)",
	  CHIP_RUNNING, true },
	{ "BOOT0 during the reset is soon enough", "f103,boot=low", "-NRST 1000 BOOT0 NRST",
	  "0 -NRST; 1 BOOT0; 1 NRST (bootloader)", CHIP_ROM, true },
	{ "BOOT0 after the reset is too late", "f103,boot=low", "-NRST 1000 NRST BOOT0",
	  "0 -NRST; 1 NRST (application); 1 BOOT0", CHIP_RUNNING, true },
	{ "BOOT0 before the end of the reset is gone", "f103,boot=low",
	  "BOOT0 -NRST 1000 -BOOT0 NRST",
	  "0 BOOT0; 0 -NRST; 1 -BOOT0; 1 NRST (application)", CHIP_RUNNING, true },
	{ "BOOT0 alone starts nothing", "f103,boot=low", "BOOT0 1000 -BOOT0",
	  "0 BOOT0; 1 -BOOT0", CHIP_RUNNING, true },
	{ "BOOT0 is latched: taking it away changes nothing", "f103",
	  "BOOT0 -NRST 1000 NRST 1000 -BOOT0",
	  "0 BOOT0; 0 -NRST; 1 NRST (bootloader); 2 -BOOT0", CHIP_ROM, true },
	{ "what is there already is no event", "f103", "-BOOT0 NRST 1000 -BOOT0 NRST", "",
	  CHIP_ROM, true },
	{ "too short a pulse", "f103,boot=low", "BOOT0 -NRST 19 NRST",
	  "0 BOOT0; 0 -NRST; 0.019 NRST (too short)", CHIP_RUNNING, true },
	{ "long enough a pulse", "f103,boot=low", "BOOT0 -NRST 20 NRST",
	  "0 BOOT0; 0 -NRST; 0.02 NRST (bootloader)", CHIP_ROM, true },
	{ "pulls: BOOT0 falls, NRST rises", "f103", "BOOT0 -NRST 1000 /BOOT0 /NRST",
	  "0 BOOT0; 0 -NRST; 1 -BOOT0; 1 NRST (application)", CHIP_RUNNING, true },
	{ "a jumper pulls BOOT0 high", "f103,boot=low,jumper", "-NRST 1000 NRST",
	  "0 -NRST; 1 NRST (bootloader)", CHIP_ROM, true },
	{ "blank flash", "f103", "-NRST 1000 NRST", "0 -NRST; 1 NRST (nothing)", CHIP_LOCKED_UP,
	  false },
	{ "spare lines do nothing", "f103", "SPARE0 1 -SPARE0 SPARE1 1 /SPARE1",
	  "0 SPARE0; 0.001 -SPARE0; 0.001 SPARE1; 0.002 -SPARE1", CHIP_ROM, true },
	{ "one line is let go, not all", "f103", "SPARE0 SPARE1 1 /SPARE0",
	  "0 SPARE0; 0 SPARE1; 0.001 -SPARE0", CHIP_ROM, true },
	{ "the option bit and not the pin", "g071,nboot_sel=1", "BOOT0 -NRST 1000 NRST",
	  "0 BOOT0; 0 -NRST; 1 NRST (bootloader)", CHIP_ROM, false },

	/* Blank parts whose ROM clears the empty flag (AN2606): one reset too many. */
	{ "virgin U0", "u083,nboot_sel=1", "BOOT0 -NRST 1000 NRST",
	  "0 BOOT0; 0 -NRST; 1 NRST (nothing)", CHIP_LOCKED_UP, false },
	{ "virgin G07, V11.3", "g071,nboot_sel=1,rom=0xB3", "BOOT0 -NRST 1000 NRST",
	  "0 BOOT0; 0 -NRST; 1 NRST (nothing)", CHIP_LOCKED_UP, false },
	{ "virgin C051", "c051,nboot_sel=1", "BOOT0 -NRST 1000 NRST",
	  "0 BOOT0; 0 -NRST; 1 NRST (nothing)", CHIP_LOCKED_UP, false },

	{ "low wins", "f103,dtr=nrst", "NRST DTR 1000 -DTR",
	  "0 DTR; 0 -NRST; 1 -DTR; 1 NRST (application)", CHIP_RUNNING, true },
	{ "straight wires, BOOT0 by RTS", "f103,boot=low,rts=boot0,dtr=nrst", "-RTS DTR 1000 -DTR",
	  "0 DTR; 0 -NRST; 1 -DTR; 1 NRST (bootloader)", CHIP_ROM, true },
	{ "through transistors", "f103,boot=low,rts=nrst!,dtr=boot0!", "DTR 1000 RTS",
	  "0 DTR; 0 BOOT0; 1 RTS; 1 NRST (bootloader)", CHIP_ROM, true },
	{ "one-key: into the bootloader", "f103,boot=low,wiring=one-key", "RTS 50000 DTR",
	  "0 RTS; 0 BOOT0; 0 -NRST; 50 DTR; 50 NRST (bootloader)", CHIP_ROM, true },
	{ "one-key: RTS takes BOOT0 with it", "f103,boot=low,wiring=one-key", "RTS 50000 -RTS",
	  "0 RTS; 0 BOOT0; 0 -NRST; 50 -RTS; 50 -BOOT0; 50 NRST (application)", CHIP_RUNNING,
	  true },
};

START_TEST(sequence_moves_pins_and_starts_what_they_say)
{
	struct board b;

	board(&b, sequences[_i].spec, sequences[_i].programmed);
	/* A program written after power-on runs from the next power-on. */
	if (sequences[_i].programmed)
		sim_power_cycle(b.rig.sim, !strstr(sequences[_i].spec, "boot=low"), b.rig.now);
	play(&b, sequences[_i].steps);
	ck_assert_msg(strcmp(b.tape.text, sequences[_i].heard) == 0, "%s: heard '%s'",
		      sequences[_i].rule, b.tape.text);
	ck_assert_int_eq(chip_state(b.rig.chip), sequences[_i].state);
	rig_free(&b.rig);
}
END_TEST

/* Levels of BOOT0 and NRST for RTS, DTR: neither, RTS, DTR, both asserted. */
static const struct {
	const char *keys, *levels[4];
} wirings[] = {
	{ "", { "01", "01", "01", "01" } },
	{ "wiring=rts-boot0", { "11", "01", "10", "00" } },
	{ "wiring=dtr-boot0", { "11", "10", "01", "00" } },
	{ "wiring=one-key", { "01", "10", "01", "11" } },
	{ "wiring=rts-inverter", { "01", "11", "00", "10" } },
	{ "wiring=dtr-inverter", { "01", "00", "11", "10" } },
	{ "wiring=rts-boot0-inverted", { "00", "10", "01", "11" } },
	{ "wiring=dtr-boot0-inverted", { "00", "01", "10", "11" } },
	{ "wiring=dtr-nrst", { "11", "11", "10", "10" } },
	{ "wiring=rts-nrst", { "11", "10", "11", "10" } },
	{ "rts=boot0,dtr=nrst", { "11", "01", "10", "00" } },
	{ "rts=boot0!,dtr=nrst!", { "00", "10", "01", "11" } },
	{ "wiring=rts-nrst,dtr=boot0!", { "01", "00", "11", "10" } },
};

START_TEST(wiring_makes_levels_from_modem_lines)
{
	char spec[128], levels[3];
	bool boot0, nrst;
	struct rig r;

	snprintf(spec, sizeof(spec), "f103,%s", *wirings[_i].keys ? wirings[_i].keys : "lie");
	r = rig_new(spec);
	for (int i = 0; i < 4; i++) {
		sim_set_line(r.sim, "RTS", i & 1, r.now);
		sim_set_line(r.sim, "DTR", i & 2, r.now);
		boot0 = sim_line_level(r.sim, "BOOT0");
		nrst = sim_line_level(r.sim, "NRST");
		snprintf(levels, sizeof(levels), "%d%d", boot0, nrst);
		ck_assert_msg(strcmp(levels, wirings[_i].levels[i]) == 0,
			      "%s: RTS %d, DTR %d gave BOOT0 %d, NRST %d", wirings[_i].keys, i & 1,
			      i >> 1, boot0, nrst);
	}
	rig_free(&r);
}
END_TEST

static const struct { const char *spec, *says; } refused_specs[] = {
	{ "f103,rts=boot1", "'rts=boot1': must be boot0, boot0!, nrst or nrst!" },
	{ "f103,dtr=nrst!!", "'dtr=nrst!!': must be boot0, boot0!, nrst or nrst!" },
	{ "f103,boot=1", "'boot=1': must be high or low" },
	{ "f103,wiring=nonesuch", "'wiring=nonesuch': unknown; known: rts-boot0 dtr-boot0 one-key "
	  "rts-inverter dtr-inverter rts-boot0-inverted dtr-boot0-inverted dtr-nrst rts-nrst" },
	{ "l432,bus=i2c,rts=boot0", "key 'rts' is for bus=uart" },
};

START_TEST(bad_spec_is_refused)
{
	rig_refused(refused_specs[_i].spec, refused_specs[_i].says);
}
END_TEST

/* --- what the chip says meanwhile --- */

/* A first 0x7F that is too early spoils auto-baud in software until the next reset (AN2606). */
START_TEST(too_early_sync_is_not_heard)
{
	static const struct {
		const char *spec;
		int after_us;
		bool heard, later;
	} cases[] = {
		{ "f103", 1000, false, false },
		{ "f103", 1300, true, true },
		{ "g071", 100, false, true },		/* auto-baud in hardware */
		{ "l476", 54000, false, false },
		{ "l476", 55100, true, true },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct board b;

		board(&b, cases[i].spec, false);
		play(&b, "BOOT0 -NRST 1000 NRST");
		b.rig.now += cases[i].after_us * US;
		rig_try(&b.rig, "7f", cases[i].heard ? "79" : "");
		if (!cases[i].heard) {
			b.rig.now += 100 * MS;
			rig_try(&b.rig, "7f", cases[i].later ? "79" : "");
		}
		play(&b, "-NRST 1000 NRST 100000");
		rig_try(&b.rig, "7f", "79");
		rig_free(&b.rig);
	}
}
END_TEST

START_TEST(chip_in_reset_is_silent)
{
	struct board b;
	uint8_t buf[32];

	board(&b, "f103", false);
	rig_sync(&b.rig);
	play(&b, "BOOT0 -NRST 10000");
	rig_try(&b.rig, "01fe", "");
	play(&b, "NRST 10000");
	rig_try(&b.rig, "01fe", "");
	/* Out of step since the reset. */
	play(&b, "-NRST 1000 NRST 10000");
	rig_sync(&b.rig);
	/* An answer that is cut: Get is 15 bytes long, and half of the third has left. */
	rig_send(&b.rig, (const uint8_t *)"\x00\xFF", 2);
	b.rig.now += 2 * RIG_BYTE + RIG_BYTE / 2;
	play(&b, "-NRST");
	ck_assert_uint_eq(rig_hear(&b.rig, buf, sizeof(buf)), 2);
	rig_free(&b.rig);
}
END_TEST

START_TEST(glitch_resets_nothing)
{
	struct board b;

	board(&b, "f103", false);
	rig_sync(&b.rig);
	play(&b, "-NRST 5 NRST");
	ck_assert_uint_eq(chip_resets(b.rig.chip), 0);
	rig_try(&b.rig, "01fe", "7922000079");
	rig_free(&b.rig);
}
END_TEST

/* Whether anything is printed from now on; nothing may come from before. */
static bool prints(struct board *b, nsec_t within)
{
	nsec_t from = b->rig.now, when;
	bool heard = false;
	uint8_t byte;

	b->rig.now += within;
	sim_advance(b->rig.sim, b->rig.now);
	for (; sim_next(b->rig.sim, &byte, &when); heard = true)
		ck_assert_int_ge(when, from);
	return heard;
}

/* An application that prints does so whenever it runs. */
START_TEST(application_prints_whenever_it_runs)
{
	struct board b;
	uint8_t byte;
	nsec_t when;

	board(&b, "f103,chatter", true);
	ck_assert(prints(&b, 50 * MS));
	/* In the middle of a line. */
	b.rig.now += 20 * MS + RIG_BYTE / 2;
	sim_advance(b.rig.sim, b.rig.now);
	while (sim_next(b.rig.sim, &byte, &when) && when < b.rig.now - 2 * MS)
		;
	play(&b, "-NRST");
	while (sim_next(b.rig.sim, &byte, &when))
		ck_assert_int_le(when, b.rig.now);
	ck_assert(!prints(&b, 50 * MS));
	play(&b, "BOOT0 NRST");
	ck_assert(!prints(&b, 50 * MS));
	rig_sync(&b.rig);
	play(&b, "-BOOT0 -NRST 1000 NRST");
	ck_assert(prints(&b, 50 * MS));
	rig_try(&b.rig, "", "");
	rig_free(&b.rig);
}
END_TEST

START_TEST(break_is_heard)
{
	struct board b;

	/* Before auto-baud: it is spoilt. */
	board(&b, "f103", false);
	play(&b, "BREAK 250000 -BREAK");
	rig_try(&b.rig, "7f", "");
	ck_assert_str_eq(b.tape.text, "0 BREAK; 250 -BREAK");
	rig_free(&b.rig);
	/* After it: a byte of 0, the first of a pair. */
	board(&b, "f103", false);
	rig_sync(&b.rig);
	play(&b, "BREAK 250000 BREAK DTR -BREAK");
	rig_try(&b.rig, "ff", "790b22000102112131436373829279");
	rig_free(&b.rig);
}
END_TEST

/* The flag that keeps a virgin chip in its ROM outlives NRST; only power clears it. */
START_TEST(empty_flag_outlives_nrst)
{
	struct board b;

	board(&b, "g071,nboot_sel=1", true);
	play(&b, "-NRST 1000 NRST");
	ck_assert_int_eq(chip_state(b.rig.chip), CHIP_ROM);
	sim_power_cycle(b.rig.sim, false, b.rig.now);
	ck_assert_int_eq(chip_state(b.rig.chip), CHIP_RUNNING);
	rig_free(&b.rig);
}
END_TEST

START_TEST(i2c_chip_in_reset_does_not_answer)
{
	struct board b;
	nsec_t *now = &b.rig.now;

	board(&b, "l432,bus=i2c", false);
	/* Half a command, then the reset instead of the time-out. */
	ck_assert_int_eq(sim_i2c_write(b.rig.sim, 0x48, (const uint8_t *)"\x01", 1, *now, now), 0);
	play(&b, "BOOT0 -NRST");
	*now += 2000 * MS;
	ck_assert_int_eq(sim_i2c_write(b.rig.sim, 0x48, (const uint8_t *)"\x01\xFE", 2, *now, now),
			 -ENXIO);
	play(&b, "NRST");
	ck_assert_int_eq(sim_i2c_write(b.rig.sim, 0x48, (const uint8_t *)"\x01\xFE", 2, *now, now),
			 -ENXIO);
	play(&b, "1000");
	ck_assert_int_eq(sim_i2c_write(b.rig.sim, 0x48, (const uint8_t *)"\x01\xFE", 2, *now, now),
			 0);
	ck_assert_uint_eq(chip_resets(b.rig.chip), 1);
	rig_free(&b.rig);
}
END_TEST

/* A reset lets the clock go that the chip was holding. */
START_TEST(reset_lets_the_clock_go)
{
	static const struct { uint8_t bytes[3]; size_t len; } frames[] = {
		{ { 0x44, 0xBB }, 2 }, { { 0xFF, 0xFF, 0x00 }, 3 },
	};
	struct board b;
	nsec_t *now = &b.rig.now;
	uint8_t byte;

	board(&b, "f405,bus=i2c,stretch=5", false);
	for (size_t i = 0; i < COUNT(frames); i++) {
		ck_assert_int_eq(sim_i2c_write(b.rig.sim, 0x3A, frames[i].bytes, frames[i].len,
					       *now, now), 0);
		ck_assert_int_eq(sim_i2c_read(b.rig.sim, 0x3A, &byte, 1, *now, now),
				 i ? -ETIMEDOUT : 0);
	}
	ck_assert_int_eq(sim_i2c_read(b.rig.sim, 0x3A, &byte, 1, *now, now), -ETIMEDOUT);
	play(&b, "BOOT0 -NRST");
	ck_assert_int_eq(sim_i2c_read(b.rig.sim, 0x3A, &byte, 1, *now, now), -ENXIO);
	play(&b, "1000 NRST 100000");
	ck_assert_int_eq(sim_i2c_write(b.rig.sim, 0x3A, (const uint8_t *)"\x01\xFE", 2, *now, now),
			 0);
	rig_free(&b.rig);
}
END_TEST

/* An adapter that holds NRST low while nobody has opened it. */
START_TEST(chip_held_in_reset_starts_when_let_go)
{
	struct board b;

	board(&b, "f103,rts=nrst!", false);
	rig_try(&b.rig, "7f", "");
	b.tape.from = b.rig.now;
	play(&b, "BOOT0 RTS 10000");
	rig_sync(&b.rig);
	ck_assert_str_eq(b.tape.text, "0 BOOT0; 0 RTS; 0 NRST (bootloader)");
	rig_free(&b.rig);
}
END_TEST

/* --- the port --- */

static struct port *port_on(struct board *b, struct stop *stop)
{
	struct port_cfg cfg = { .spec = "sim:", .baud = RIG_BAUD, .mode = SERIAL_MODE_8E1,
				.i2c_addr = 0x48, .stop = stop };
	struct err e = ERR_INIT;
	struct port *p = sim_port(b->rig.sim, &cfg, &e);

	ck_assert_msg(p != NULL, "%s", e.msg);
	return p;
}

/* Like a tty: open asserts both lines at once, close lets them go unless they are to stay. */
START_TEST(port_asserts_modem_lines_while_it_is_open)
{
	struct board b;
	struct err e = ERR_INIT;
	struct port *p;

	board(&b, "f103,wiring=one-key", false);
	p = port_on(&b, NULL);
	ck_assert_int_eq(p->ops->set_line(p, PORT_DTR, false, &e), 0);
	port_wait(p, 50 * MS);
	ck_assert_int_eq(p->ops->set_line(p, PORT_DTR, true, &e), 0);
	ck_assert_int_eq(p->ops->set_line(p, PORT_BREAK, true, &e), 0);
	port_wait(p, 250 * MS);
	ck_assert_int_eq(p->ops->set_line(p, PORT_BREAK, false, &e), 0);
	ck_assert_int_eq(port_close(p, &e), 0);
	ck_assert_str_eq(b.tape.text,
			 "0 DTR; 0 RTS; 0 BOOT0; 0 -DTR; 0 -NRST; 50 DTR; 50 NRST (bootloader); "
			 "50 BREAK; 300 -BREAK; 300 -DTR; 300 -RTS; 300 -BOOT0");
	rig_free(&b.rig);
}
END_TEST

START_TEST(port_keeps_modem_lines_when_told)
{
	struct board b;
	struct err e = ERR_INIT;
	struct port *p;

	board(&b, "f103", false);
	p = port_on(&b, NULL);
	p->keep_lines = true;
	ck_assert_int_eq(port_close(p, &e), 0);
	ck_assert_str_eq(b.tape.text, "0 DTR; 0 RTS");
	rig_free(&b.rig);
}
END_TEST

static const char *const buses[] = { "l432", "l432,bus=i2c" };

START_TEST(port_drives_its_pins_by_name_or_number)
{
	struct board b;
	struct err e = ERR_INIT;
	struct port *p;
	int boot0, nrst;

	board(&b, buses[_i], false);
	p = port_on(&b, NULL);
	b.tape.text[0] = '\0';
	boot0 = p->ops->find_pin(p, "BOOT0", 0, &e);
	nrst = p->ops->find_pin(p, NULL, 1, &e);
	ck_assert_int_ge(boot0, 0);
	ck_assert_int_ge(nrst, 0);
	ck_assert_int_eq(p->ops->drive_pin(p, boot0, true, &e), 0);
	ck_assert_int_eq(p->ops->drive_pin(p, nrst, false, &e), 0);
	port_wait(p, 50 * MS);
	ck_assert_int_eq(p->ops->drive_pin(p, nrst, true, &e), 0);
	port_wait(p, MS);
	p->keep_lines = true;
	ck_assert_int_eq(port_close(p, &e), 0);
	/* The lines it drove are let go at the end. */
	ck_assert_str_eq(b.tape.text, "0 BOOT0; 0 -NRST; 50 NRST (bootloader); 51 -BOOT0");
	rig_free(&b.rig);
}
END_TEST

START_TEST(unknown_pin_is_refused)
{
	struct board b;
	struct err e = ERR_INIT;
	struct port *p;

	board(&b, buses[_i], false);
	p = port_on(&b, NULL);
	ck_assert_int_eq(p->ops->find_pin(p, "GPIO17", 0, &e), -1);
	ck_assert_int_eq(e.code, ERR_OPEN);
	ck_assert_str_eq(e.msg, "the simulated board has no line 'GPIO17', only BOOT0 (0) NRST (1) "
			 "SPARE0 (2) SPARE1 (3)");
	ck_assert_int_eq(p->ops->find_pin(p, "RTS", 0, &e), -1);
	ck_assert_int_eq(p->ops->find_pin(p, NULL, 4, &e), -1);
	ck_assert_str_eq(e.msg, "the simulated board has no line 4, only BOOT0 (0) NRST (1) "
			 "SPARE0 (2) SPARE1 (3)");
	ck_assert_int_eq(port_close(p, &e), 0);
	rig_free(&b.rig);
}
END_TEST

/* Bytes that the chip had not sent when it was reset do not arrive. */
START_TEST(bytes_cut_off_by_a_reset_do_not_arrive)
{
	struct board b;
	struct err e = ERR_INIT;
	uint8_t buf[16];
	struct port *p;

	board(&b, "l432", false);
	rig_sync(&b.rig);
	p = port_on(&b, NULL);
	ck_assert_int_eq(port_write(p, "\x00\xFF", 2, MS, &e), 0);
	ck_assert_int_eq(port_read(p, buf, 1, port_now(p) + 10 * MS, NULL, &e), 1);
	ck_assert_int_eq(p->ops->drive_pin(p, 1, false, &e), 0);
	ck_assert_int_eq(port_read(p, buf, 16, port_now(p) + 100 * MS, NULL, &e), 0);
	ck_assert_int_eq(port_close(p, &e), 0);
	rig_free(&b.rig);
}
END_TEST

/* A reset that is cut short by a signal is none. */
START_TEST(port_waits_in_full)
{
	struct stop stop = STOP_INIT;
	struct err e = ERR_INIT;
	struct board b;
	struct port *p;
	nsec_t before;

	board(&b, buses[_i], false);
	p = port_on(&b, &stop);
	stop.count = 2;
	stop.signo = SIGINT;
	before = port_now(p);
	ck_assert_int_eq(port_sleep(p, before + 50 * MS, &e), -1);
	ck_assert_int_eq(port_now(p), before);
	port_wait(p, 50 * MS);
	ck_assert_int_eq(port_now(p), before + 50 * MS);
	ck_assert_int_eq(port_close(p, &e), 0);
	rig_free(&b.rig);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("sim_pins");
	TCase *t = runner_case(s, "pins", 0);

	tcase_add_loop_test(t, sequence_moves_pins_and_starts_what_they_say, 0, COUNT(sequences));
	tcase_add_loop_test(t, wiring_makes_levels_from_modem_lines, 0, COUNT(wirings));
	tcase_add_loop_test(t, bad_spec_is_refused, 0, COUNT(refused_specs));

	t = runner_case(s, "chip", 0);
	tcase_add_test(t, too_early_sync_is_not_heard);
	tcase_add_test(t, chip_in_reset_is_silent);
	tcase_add_test(t, glitch_resets_nothing);
	tcase_add_test(t, application_prints_whenever_it_runs);
	tcase_add_test(t, break_is_heard);
	tcase_add_test(t, empty_flag_outlives_nrst);
	tcase_add_test(t, i2c_chip_in_reset_does_not_answer);
	tcase_add_test(t, reset_lets_the_clock_go);
	tcase_add_test(t, chip_held_in_reset_starts_when_let_go);

	t = runner_case(s, "port", 0);
	tcase_add_test(t, port_asserts_modem_lines_while_it_is_open);
	tcase_add_test(t, port_keeps_modem_lines_when_told);
	tcase_add_loop_test(t, port_drives_its_pins_by_name_or_number, 0, COUNT(buses));
	tcase_add_loop_test(t, unknown_pin_is_refused, 0, COUNT(buses));
	tcase_add_test(t, bytes_cut_off_by_a_reset_do_not_arrive);
	tcase_add_loop_test(t, port_waits_in_full, 0, COUNT(buses));
	return s;
}

int main(void)
{
	return runner_run(suite());
}
