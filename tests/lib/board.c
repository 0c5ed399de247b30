/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ports/sim/board/sim_port.h"
#include "tests/lib/board.h"
#include "tests/lib/command.h"

void board_open(struct board *b, const char *spec)
{
	struct err e = ERR_INIT;

	*b = (struct board){ .sim = sim_new(spec, &e) };
	ck_assert_msg(b->sim != NULL, "%s: %s", spec, e.msg);
	b->chip = sim_chip(b->sim);
	board_put_between(b, &b->tap.wrapper, &tap_ops);
	board_remember(b);
}

void board_close(struct board *b)
{
	image_free(&b->image);
	free(b->before);
	sim_free(b->sim, NULL);
}

void board_remember(struct board *b)
{
	const struct flash *f = chip_flash(b->chip);

	free(b->before);
	b->before = malloc(f->size);
	ck_assert_ptr_nonnull(b->before);
	memcpy(b->before, f->mem, f->size);
}

/* ---- what is written ---- */

void board_image(struct board *b, uint32_t addr, const void *data, uint32_t len)
{
	struct err e = ERR_INIT;

	ck_assert_msg(image_add(&b->image, addr, data, len, "image", &e) == 0, "%s", e.msg);
}

void board_application(struct board *b, uint32_t len)
{
	uint32_t start = chip_flash(b->chip)->start;
	uint32_t vectors[2] = { board_device(b)->ram.end, start + BOARD_ENTRY + 1 };
	uint8_t data[4096];

	ck_assert_uint_ge(len, 8);
	ck_assert_uint_le(len, sizeof(data));
	random_fill(data, len, len);
	for (uint32_t i = 0; i < 8; i++)
		data[i] = (uint8_t)(vectors[i / 4] >> 8 * (i % 4));
	board_image(b, start, data, len);
}

/* ---- jobs ---- */

void board_put_between(struct board *b, struct wrapper *w, const struct port_ops *own)
{
	b->between = w;
	b->between_ops = own;
}

struct port *board_port(struct board *b, const struct port_cfg *cfg)
{
	struct err e = ERR_INIT;
	struct port *port = sim_port(b->sim, cfg, &e);

	ck_assert_msg(port != NULL, "%s", e.msg);
	tap_reset(&b->tap);
	wrapper_init(b->between, port, b->between_ops);
	return &b->between->port;
}

int board_run(struct board *b, const char *args)
{
	const char *spec = sim_i2c_clock(b->sim) ? "sim:f405,bus=i2c" : "sim:f103";
	struct err e = ERR_INIT;
	struct command c;
	struct port_cfg cfg;
	struct port *port;

	memset(b->said, 0, sizeof(b->said));
	b->e = ERR_INIT;
	ck_assert_msg(command_parse(&c, args, spec, &e) == 0, "%s: %s", args, e.msg);
	c.image = &b->image;
	c.out = c.err = fmemopen(b->said, sizeof(b->said) - 1, "w");
	cfg = command_port(&c);
	port = board_port(b, &cfg);
	b->took = port_now(port);
	if (command_run(&c, port, &b->e) == 0)
		b->e = ERR_INIT;
	b->took = port_now(port) - b->took;
	b->turns = (unsigned int)port->traffic.turns;
	fclose(c.out);
	port_close(port, &e);
	command_free(&c);
	return err_exit_status(&b->e);
}

/* ---- what came of them ---- */

void board_said(const struct board *b, const char *text)
{
	ck_assert_msg(strstr(b->said, text) || strstr(b->e.msg, text), "not said: '%s'\n%s%s", text,
		      b->said, b->e.msg);
}

uint8_t board_byte(const struct board *b, uint32_t addr)
{
	uint8_t byte = 0;

	chip_peek(b->chip, addr, &byte, 1);
	return byte;
}

const struct device *board_device(const struct board *b)
{
	return device_by_pid(chip_config(b->chip)->model->pid);
}

void board_holds_image(const struct board *b, const char *what)
{
	for (size_t i = 0; i < b->image.count; i++) {
		const struct segment *s = &b->image.seg[i];

		for (uint32_t at = 0; at < s->len; at++)
			ck_assert_msg(board_byte(b, s->addr + at) == s->data[at],
				      "%s: 0x%08x holds 0x%02x, not 0x%02x: %s\n%s", what,
				      s->addr + at, board_byte(b, s->addr + at), s->data[at],
				      b->e.msg, b->said);
	}
}

static bool image_touches(const struct board *b, const struct page *p)
{
	const struct segment *s = image_find(&b->image, p->addr);

	return s && s->addr < p->addr + p->size;
}

static void check_page_unharmed(const struct board *b, uint32_t number, const struct page *p,
				const char *what)
{
	const struct flash *f = chip_flash(b->chip);
	uint32_t at = p->addr - f->start;

	ck_assert_msg(chip_page_erases(b->chip, number) == 0, "%s: page %u was erased: %s\n%s",
		      what, number, b->e.msg, b->said);
	ck_assert_msg(memcmp(f->mem + at, b->before + at, p->size) == 0,
		      "%s: page %u was changed: %s\n%s", what, number, b->e.msg, b->said);
}

unsigned int board_unharmed(const struct board *b, const char *what)
{
	const struct flash *f = chip_flash(b->chip);
	unsigned int touched = 0;
	struct page p;

	for (uint32_t number = 0; number < f->pages; number++) {
		if (geometry_page(&f->geo, number, &p) < 0)
			continue;
		if (image_touches(b, &p))
			touched++;
		else
			check_page_unharmed(b, number, &p, what);
	}
	return touched;
}

void board_runs(const struct board *b, const char *what)
{
	ck_assert_msg(chip_state(b->chip) == CHIP_RUNNING &&
			      (chip_pc(b->chip) & ~1u) == chip_flash(b->chip)->start + BOARD_ENTRY,
		      "%s: the application does not run (state %d, pc 0x%08x): %s\n%s", what,
		      (int)chip_state(b->chip), chip_pc(b->chip), b->e.msg, b->said);
}
