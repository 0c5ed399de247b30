/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "queue.h"
#include "rom_uart.h"
#include "sim.h"
#include "spec.h"
#include "wire.h"

/*
 * What the application of the key "chatter" prints, every so often; the y in it is an ACK's byte.
 */
static const char chatter_line[] = "system ready, waiting\r\n";
#define CHATTER_PERIOD (10 * NSEC_PER_MSEC)

/*
 * Auto-baud: below 1200 the ROM's counter overflows (AN2606). The upper ends are what the field
 * reports, not ST.
 */
#define MIN_BAUD 1200u
#define MAX_BAUD_SW 1000000u
#define MAX_BAUD_HW 4000000u

struct sim {
	struct sim_spec spec;
	struct chip *chip;
	struct rom_uart *rom;
	struct wire_rx rx;		/* the chip's receiver, once its rate is known */
	struct queue application;	/* what it prints */
	struct queue adapter;		/* what the host finds without the chip having sent it */
	nsec_t now;
	bool chattering;
	nsec_t next_chatter;
};

static void pass_time(struct sim *s, nsec_t at)
{
	if (at > s->now)
		s->now = at;
}

/* --- flash file --- */

static int flash_file_error(const char *verb, const char *name, struct err *e)
{
	return err_sys(e, ERR_OTHER, errno, "cannot %s flash file '%s'", verb, name);
}

/* A file that does not exist is made by sim_free. */
static int load_flash(struct sim *s, struct err *e)
{
	const char *name = s->spec.flash_file;
	struct flash *f = chip_flash(s->chip);
	FILE *in = fopen(name, "rb");
	int c, ret = 0;

	if (!in)
		return errno == ENOENT ? 0 : flash_file_error("read", name, e);
	for (uint32_t i = 0; (c = getc(in)) != EOF; i++) {
		if (i >= f->size) {
			ret = err_set(e, ERR_OTHER, "flash file '%s' is larger than the chip's",
				      name);
			break;
		}
		if (flash_has(f, f->start + i))
			flash_poke(f, f->start + i, (uint8_t)c);
	}
	if (ferror(in))
		ret = flash_file_error("read", name, e);
	fclose(in);
	return ret;
}

static int save_flash(struct sim *s, struct err *e)
{
	const char *name = s->spec.flash_file;
	const struct flash *f = chip_flash(s->chip);
	FILE *out = fopen(name, "wb");
	size_t n;

	if (!out)
		return flash_file_error("write", name, e);
	n = fwrite(f->mem, 1, f->size, out);
	if (fclose(out) != 0 || n != f->size)
		return flash_file_error("write", name, e);
	return 0;
}

/* Something that is not blank, different in each byte's neighbourhood and always the same. */
static void fill_pattern(struct flash *f)
{
	for (uint32_t i = 0; i < f->size; i++)
		if (flash_has(f, f->start + i))
			flash_poke(f, f->start + i, (uint8_t)(1 + (i * 167 + (i >> 8) * 31) % 254));
}

/* --- making --- */

static void from_adapter(struct sim *s, uint8_t byte, nsec_t when)
{
	queue_push(&s->adapter, (struct timed_byte){ .when = when, .byte = byte });
}

static void prefeed(struct sim *s)
{
	struct queue *answers = rom_uart_answers(s->rom);

	for (size_t i = 0; i < s->spec.prefeed_len; i++)
		rom_uart_byte(s->rom, s->spec.prefeed[i], false, rom_uart_free_at(s->rom));
	pass_time(s, rom_uart_free_at(s->rom));
	/* The predecessor has read what came. */
	while (queue_peek(answers))
		queue_pop(answers);
}

static int make_board(struct sim *s, struct err *e)
{
	const struct sim_spec *spec = &s->spec;

	s->chip = chip_new(&spec->chip, e);
	if (!s->chip)
		return -1;
	if (spec->pattern)
		fill_pattern(chip_flash(s->chip));
	if (spec->flash_file && load_flash(s, e) < 0)
		return -1;
	if (spec->protect_all)
		chip_protect_all(s->chip);
	if (spec->wrp_count)
		chip_protect_pages(s->chip, spec->wrp, spec->wrp_count);
	s->rom = rom_uart_new(s->chip, spec->lie);
	if (!s->rom)
		return err_set(e, ERR_OTHER, "out of memory");
	chip_set_boot0(s->chip, true);
	chip_power_on(s->chip);
	s->chattering = spec->chatter;
	if (spec->synced)
		rom_uart_assume_sync(s->rom, spec->baud);
	prefeed(s);
	for (const char *p = spec->stale; p && *p; p++)
		from_adapter(s, (uint8_t)*p, s->now - spec->latency);
	return 0;
}

struct sim *sim_new(const char *spec, struct err *e)
{
	struct sim *s = calloc(1, sizeof(*s));

	if (!s) {
		err_set(e, ERR_OTHER, "out of memory");
		return NULL;
	}
	if (sim_spec_parse(&s->spec, spec, e) < 0 || make_board(s, e) < 0) {
		s->spec.flash_file = NULL;	/* nothing to save */
		sim_free(s, NULL);
		return NULL;
	}
	return s;
}

int sim_free(struct sim *s, struct err *e)
{
	int ret = 0;

	if (!s)
		return 0;
	if (s->spec.flash_file)
		ret = save_flash(s, e);
	rom_uart_free(s->rom);
	chip_free(s->chip);
	queue_free(&s->application);
	queue_free(&s->adapter);
	sim_spec_free(&s->spec);
	free(s);
	return ret;
}

/* --- the wire --- */

/*
 * 0x7F with even parity, and without parity on a line that then idles, look alike: the pattern that
 * is measured.
 */
static bool clean_sync(const struct sim *s, uint8_t byte, unsigned int baud,
		       struct serial_mode mode)
{
	unsigned int max = s->spec.chip.model->family->hw_autobaud ? MAX_BAUD_HW : MAX_BAUD_SW;

	return byte == 0x7F && mode.bits == 8 && mode.parity != 'o' && baud >= MIN_BAUD &&
	       baud <= max;
}

static void feed_rom(struct sim *s, uint8_t byte, nsec_t at, unsigned int baud,
		     struct serial_mode mode)
{
	bool parity_error;
	uint8_t got;

	if (!rom_uart_baud(s->rom)) {
		rom_uart_first(s->rom, clean_sync(s, byte, baud, mode), baud, at);
		s->rx = (struct wire_rx){ .mode = SERIAL_MODE_8E1 };
		return;
	}
	s->rx.mode = SERIAL_MODE_8E1;
	s->rx.baud = rom_uart_baud(s->rom);
	if (wire_receive(&s->rx, byte, baud, mode, at, &got, &parity_error))
		rom_uart_byte(s->rom, got, parity_error, at);
}

void sim_feed(struct sim *s, uint8_t byte, nsec_t at, unsigned int baud, struct serial_mode mode)
{
	sim_advance(s, at);
	if (s->spec.echo)
		from_adapter(s, byte, at);
	if (s->spec.zeros)
		from_adapter(s, 0, at);
	else if (!s->spec.mute && !s->chattering)
		feed_rom(s, byte, at, baud, mode);
}

static bool take(struct sim *s, struct queue *q, uint8_t *byte, nsec_t *when)
{
	const struct timed_byte *b = queue_peek(q);

	if (!b)
		return false;
	*byte = b->byte;
	*when = b->when;
	queue_pop(q);
	pass_time(s, *when);
	return true;
}

/* The queue whose first byte is the earlier; the ROM and an application never speak at once. */
static struct queue *earlier(struct queue *a, struct queue *b)
{
	const struct timed_byte *x = queue_peek(a), *y = queue_peek(b);

	return !x || (y && y->when <= x->when) ? b : a;
}

bool sim_next_adapter(struct sim *s, uint8_t *byte, nsec_t *when)
{
	return take(s, &s->adapter, byte, when);
}

bool sim_next_wire(struct sim *s, uint8_t *byte, nsec_t *when)
{
	return take(s, earlier(rom_uart_answers(s->rom), &s->application), byte, when);
}

bool sim_next(struct sim *s, uint8_t *byte, nsec_t *when)
{
	struct queue *wire = earlier(rom_uart_answers(s->rom), &s->application);

	return take(s, earlier(wire, &s->adapter), byte, when);
}

static void chatter(struct sim *s, nsec_t now)
{
	nsec_t each = wire_char_time(s->spec.baud, SERIAL_MODE_8E1);

	for (; s->next_chatter <= now; s->next_chatter += CHATTER_PERIOD) {
		struct timed_byte b = { .when = s->next_chatter };

		for (const char *p = chatter_line; *p; p++) {
			b.byte = (uint8_t)*p;
			b.when += each;
			queue_push(&s->application, b);
		}
	}
}

void sim_advance(struct sim *s, nsec_t now)
{
	pass_time(s, now);
	if (s->chattering)
		chatter(s, now);
}

void sim_reset(struct sim *s, bool boot0, nsec_t at)
{
	sim_advance(s, at);
	s->chattering = false;
	queue_cut(&s->application, at);
	chip_set_boot0(s->chip, boot0);
	chip_reset(s->chip, CHIP_RELOAD_NONE);
	rom_uart_restart(s->rom, at, at + s->spec.chip.model->startup_us * NSEC_PER_USEC);
}

void sim_power_cycle(struct sim *s, bool boot0, nsec_t at)
{
	sim_reset(s, boot0, at);
	chip_power_on(s->chip);
}

struct chip *sim_chip(struct sim *s)
{
	return s->chip;
}

int sim_check(const struct sim *s, struct err *e)
{
	const struct err *trouble = rom_uart_trouble(s->rom);

	if (!trouble)
		return 0;
	*e = *trouble;
	return -1;
}

nsec_t sim_now(const struct sim *s)
{
	return s->now;
}

nsec_t sim_latency(const struct sim *s)
{
	return s->spec.latency;
}

unsigned int sim_line_baud(const struct sim *s)
{
	unsigned int baud = rom_uart_sent_at(s->rom);

	return baud && !s->chattering ? baud : s->spec.baud;
}

void sim_on_event(struct sim *s, void (*fn)(void *arg, const struct sim_event *ev), void *arg)
{
	rom_uart_on_event(s->rom, fn, arg);
}

/* --- the catalogue --- */

const char *sim_chip_name(size_t i)
{
	return models[i].name;
}

const char *sim_chip_title(size_t i)
{
	return models[i].title;
}

const char *sim_rom_name(size_t i)
{
	return defect_names[i].name;
}

const char *sim_rom_title(size_t i)
{
	return defect_names[i].title;
}
