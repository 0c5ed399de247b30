/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests of what becomes of a board: whole commands, pins included, on a simulated board that
 * stays; whose power may come in the middle of a command, and whose host may be killed there.
 */
#ifndef BOOTPIN_TESTS_LIFE_RIG_H
#define BOOTPIN_TESTS_LIFE_RIG_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ports/sim/chip/cpu.h"
#include "ports/sim/board/sim.h"
#include "session/session.h"
#include "tests/lib/quiet_check.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ENTRY 0x100u		/* of the application, from the start of flash on */
#define LIFE_BOOTLOADER 0x48u	/* the address of an L4's */
#define LIFE_NOBODY 0x08u

struct life {
	struct port port;	/* what the command is given */
	struct port *inner;
	struct port_ops ops;
	struct sim *sim;
	struct chip *chip;
	struct image image;	/* what -w is about, whatever FILE it names */
	uint8_t *before;	/* flash as it was when the board was made */
	unsigned int frames;	/* written by the last command */
	unsigned int dies_at;	/* that frame is not sent any more, nor is anything else; 0: never */
	bool torn;		/* half of that frame is sent */
	bool dead;
	bool behind_erase;	/* the last frame was the command Extended Erase, without its pages */
	nsec_t power_at;	/* power comes then, with BOOT0 high; 0: it is there */
	nsec_t boot0_at;	/* somebody sets the jumper then; 0: nobody */
	nsec_t resets_every;	/* a watchdog's, while no bootloader runs; 0: there is none */
	nsec_t next_reset;
	bool boot0;
	const unsigned int *answers;	/* addresses that it answers at, and a 0; NULL: its own */
	char said[8192];	/* by the last command, on both streams */
	struct err e;		/* how it ended */
};

/* ---- a port in between ---- */

static inline struct life *life_of(struct port *p)
{
	return (struct life *)p;
}

/* What happens to the board by itself. Returns -1 with @e set if the host is dead. */
static inline int life_goes_on(struct life *l, nsec_t until, struct err *e)
{
	if (l->power_at && until >= l->power_at) {
		sim_power_cycle(l->sim, true, l->power_at);
		l->power_at = 0;
	}
	if (l->boot0_at && until >= l->boot0_at) {
		l->boot0 = true;
		l->boot0_at = 0;
	}
	while (l->resets_every && until >= l->next_reset) {
		if (chip_state(l->chip) != CHIP_ROM)
			sim_reset(l->sim, l->boot0, l->next_reset);
		l->next_reset += l->resets_every;
	}
	return l->dead ? err_set(e, ERR_GONE, "killed") : 0;
}

static inline ssize_t life_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
				struct err *e)
{
	struct life *l = life_of(p);

	if (life_goes_on(l, port_now(l->inner), e) < 0)
		return -1;
	return port_read(l->inner, buf, len, until, bad, e);
}

static inline int life_write(struct port *p, const void *buf, size_t len, nsec_t until,
			     struct err *e)
{
	struct life *l = life_of(p);

	l->frames++;
	if (!l->dead && l->frames == l->dies_at) {
		l->dead = true;
		if (l->torn && len > 1) {
			l->behind_erase = false;
			return port_write(l->inner, buf, len / 2, until, e);
		}
	}
	if (life_goes_on(l, port_now(l->inner), e) < 0)
		return -1;
	l->behind_erase = len == 2 && memcmp(buf, "\x44\xBB", 2) == 0;
	return port_write(l->inner, buf, len, until, e);
}

static inline int life_discard(struct port *p, struct err *e)
{
	return life_of(p)->dead ? 0 : port_discard(life_of(p)->inner, e);
}

static inline int life_sleep(struct port *p, nsec_t until, struct err *e)
{
	struct life *l = life_of(p);

	l->inner->deaf = p->deaf;
	if (life_goes_on(l, until, e) < 0)
		return -1;
	return port_sleep(l->inner, until, e);
}

static inline nsec_t life_now(struct port *p)
{
	return port_now(life_of(p)->inner);
}

static inline int life_set_line(struct port *p, enum port_line which, bool on, struct err *e)
{
	struct life *l = life_of(p);

	if (life_goes_on(l, port_now(l->inner), e) < 0)
		return -1;
	return l->inner->ops->set_line(l->inner, which, on, e);
}

static inline int life_find_pin(struct port *p, const char *name, uint32_t number, struct err *e)
{
	return life_of(p)->inner->ops->find_pin(life_of(p)->inner, name, number, e);
}

static inline int life_drive_pin(struct port *p, int pin, bool high, struct err *e)
{
	struct life *l = life_of(p);

	if (life_goes_on(l, port_now(l->inner), e) < 0)
		return -1;
	return l->inner->ops->drive_pin(l->inner, pin, high, e);
}

static inline int life_set_baud(struct port *p, unsigned int baud, struct err *e)
{
	return life_of(p)->inner->ops->set_baud(life_of(p)->inner, baud, e);
}

/* The one bootloader stands for several; elsewhere there is nobody. */
static inline int life_set_address(struct port *p, unsigned int addr, struct err *e)
{
	struct life *l = life_of(p);
	unsigned int to = l->answers ? LIFE_NOBODY : addr;

	for (const unsigned int *a = l->answers; a && *a; a++)
		to = *a == addr ? LIFE_BOOTLOADER : to;
	return l->inner->ops->set_address(l->inner, to, e);
}

static inline void life_wrap(struct life *l)
{
	const struct port_ops *in = l->inner->ops;

	l->ops = (struct port_ops){
		.name = "life", .read = life_read, .write = life_write, .discard = life_discard,
		.sleep = life_sleep, .now = life_now,
		.set_line = in->set_line ? life_set_line : NULL,
		.find_pin = in->find_pin ? life_find_pin : NULL,
		.drive_pin = in->drive_pin ? life_drive_pin : NULL,
		.set_baud = in->set_baud ? life_set_baud : NULL,
		.set_address = in->set_address ? life_set_address : NULL,
	};
	l->port = *l->inner;
	l->port.ops = &l->ops;
}

/* ---- boards and commands ---- */

static inline void life_new(struct life *l, const char *spec)
{
	struct err e = ERR_INIT;
	const struct flash *f;

	*l = (struct life){ .sim = sim_new(spec, &e) };
	ck_assert_msg(l->sim != NULL, "%s: %s", spec, e.msg);
	l->chip = sim_chip(l->sim);
	f = chip_flash(l->chip);
	l->before = malloc(f->size);
	ck_assert_ptr_nonnull(l->before);
	memcpy(l->before, f->mem, f->size);
}

static inline void life_free(struct life *l)
{
	image_free(&l->image);
	free(l->before);
	sim_free(l->sim, NULL);
}

static inline const struct device *life_row(const struct life *l)
{
	return device_by_pid(chip_config(l->chip)->model->pid);
}

static inline void life_add(struct life *l, uint32_t addr, const uint8_t *data, uint32_t len)
{
	struct err e = ERR_INIT;

	ck_assert_msg(image_add(&l->image, addr, data, len, "image", &e) == 0, "%s", e.msg);
}

/* An application of @len bytes: vectors that start, and bytes as code has them. */
static inline void life_application(struct life *l, uint32_t len)
{
	uint32_t start = chip_flash(l->chip)->start, seed = len;
	uint32_t vectors[2] = { life_row(l)->ram.end, start + ENTRY + 1 };
	uint8_t data[4096];

	ck_assert_uint_le(len, sizeof(data));
	for (uint32_t i = 0; i < len; i++) {
		seed = seed * 1664525u + 1013904223u;
		data[i] = i < 8 ? (uint8_t)(vectors[i / 4] >> 8 * (i % 4)) : (uint8_t)(seed >> 24);
	}
	life_add(l, start, data, len);
}

/* The options of "bootpin @args PORT"; their strings point into @line. */
static inline void life_options(struct request *o, char *line, size_t room, const char *args,
				bool i2c)
{
	char *argv[24] = { NULL };
	struct err e = ERR_INIT;
	int argc = 0;

	snprintf(line, room, "bootpin %s sim:board%s", args, i2c ? ",bus=i2c" : "");
	for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	ck_assert_msg(options_parse(o, argc, argv, &e) == 0, "%s: %s", args, e.msg);
}

/* Runs "bootpin @args" on the board. Returns the exit status; l->e and l->said tell more. */
static inline int life_run(struct life *l, const char *args)
{
	char line[256];
	struct request o;
	struct err e = ERR_INIT;
	struct report r;
	FILE *out = fmemopen(l->said, sizeof(l->said) - 1, "w");

	memset(l->said, 0, sizeof(l->said));
	l->e = ERR_INIT;
	l->frames = 0;
	l->dead = false;
	life_options(&o, line, sizeof(line), args, sim_i2c_clock(l->sim) != 0);

	struct job job = { .o = &o };
	struct port_cfg cfg = {
		.spec = o.port, .baud = o.baud, .mode = o.mode, .i2c_addr = o.i2c_addr,
		.i2c_later = o.probe,
	};

	ck_assert_int_eq(image_merge(&job.image, &l->image, &e), 0);
	ck_assert_msg(pins_parse(&job.pins, &o, &e) == 0, "%s", e.msg);
	l->inner = sim_port(l->sim, &cfg, &e);
	ck_assert_msg(l->inner != NULL, "%s", e.msg);
	life_wrap(l);
	report_init(&r, out, out, o.verbosity, false);
	if (session_run_on(&job, &l->port, &r, NULL, &l->e) == 0)
		l->e = ERR_INIT;
	fclose(out);
	port_close(l->inner, &e);
	job_free(&job);
	options_free(&o);
	return err_exit_status(&l->e);
}

/* The same, and it must end so. */
#define life_expect(l, args, status) do {							\
	int status_ = life_run(l, args);							\
												\
	ck_assert_msg(status_ == (status), "bootpin %s: status %d, not %d: %s\n%s", args, status_, \
		      (status), (l)->e.msg, (l)->said);						\
} while (0)

/* ---- what became of the board ---- */

static inline void life_said(const struct life *l, const char *text)
{
	ck_assert_msg(strstr(l->said, text) || strstr(l->e.msg, text), "not said: '%s'\n%s%s", text,
		      l->said, l->e.msg);
}

static inline void life_holds_image(const struct life *l, const char *what)
{
	for (size_t i = 0; i < l->image.count; i++) {
		const struct segment *s = &l->image.seg[i];

		for (uint32_t at = 0; at < s->len; at++) {
			uint8_t byte = 0;

			chip_peek(l->chip, s->addr + at, &byte, 1);
			ck_assert_msg(byte == s->data[at], "%s: 0x%08x holds 0x%02x, not 0x%02x\n%s",
				      what, s->addr + at, byte, s->data[at], l->said);
		}
	}
}

/* Pages that the image does not touch are as they were when the board was made. */
static inline void life_unharmed(const struct life *l, const char *what)
{
	const struct flash *f = chip_flash(l->chip);
	const struct segment *s;
	struct page p;

	for (uint32_t number = 0; number < f->pages; number++) {
		if (geometry_page(&f->geo, number, &p) < 0)
			continue;
		s = image_find(&l->image, p.addr);
		ck_assert_msg((s && s->addr < p.addr + p.size) ||
				      !memcmp(f->mem + (p.addr - f->start),
					      l->before + (p.addr - f->start), p.size),
			      "%s: page %u was changed: %s\n%s", what, number, l->e.msg, l->said);
	}
}

static inline void life_runs(const struct life *l, const char *what)
{
	ck_assert_msg(chip_state(l->chip) == CHIP_RUNNING &&
			      (chip_pc(l->chip) & ~1u) == chip_flash(l->chip)->start + ENTRY,
		      "%s: the application does not run (state %d, pc 0x%08x): %s\n%s", what,
		      (int)chip_state(l->chip), chip_pc(l->chip), l->e.msg, l->said);
}

static inline int life_main(Suite *s)
{
	SRunner *r = srunner_create(s);
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
