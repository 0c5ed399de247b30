/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "ports/sim/chip/chip.h"
#include "ports/sim/chip/chip_map.h"
#include "ports/sim/chip/inside.h"

/* --- making --- */

static const struct layout *find_layout(const struct chip_config *cfg, bool dual)
{
	for (const struct layout *l = cfg->model->layouts; l && l->kb; l++)
		if (l->kb == cfg->flash_kb && (l->dual < 0 || l->dual == dual))
			return l;
	return NULL;
}

static int make_flash(struct chip *c, struct err *e)
{
	const struct layout *l = find_layout(&c->cfg, c->cfg.dual);
	const struct model *m = c->cfg.model;

	if (!l && m->layouts)
		return err_set(e, ERR_USAGE, "'%s' is not made with %u KB of flash", m->name,
			       c->cfg.flash_kb);
	if (!l && c->cfg.flash_kb > c->dev->flash_kb)
		return err_set(e, ERR_USAGE, "'%s' has at most %u KB of flash", m->name,
			       c->dev->flash_kb);
	c->layout = l;
	c->bank2 = l ? l->bank2 : m->bank2;
	return flash_init(&c->flash, m->family, l ? l->text : c->dev->layout, c->dev->flash_start,
			  l ? 0 : c->cfg.flash_kb, m->family->flash == FLASH_HALF_PAGE ? 0 : 0xFF,
			  e);
}

static int make_ram(struct ram *r, uint32_t start, const struct ram_window *w)
{
	if (w->start == w->end)
		return 0;
	*r = (struct ram){ .start = start, .end = w->end, .rom_end = w->start };
	r->mem = calloc(1, r->end - r->start);
	return r->mem ? 0 : -1;
}

static int make_rest(struct chip *c)
{
	const struct device *d = c->dev;

	if (make_ram(&c->ram[0], d->ram_base ? d->ram_base : d->ram.start, &d->ram) < 0 ||
	    make_ram(&c->ram[1], d->ram2.start, &d->ram2) < 0)
		return -1;
	if (d->otp_end > d->otp_start) {
		c->otp = malloc(d->otp_end - d->otp_start);
		if (!c->otp)
			return -1;
		memset(c->otp, 0xFF, d->otp_end - d->otp_start);
	}
	if (d->eeprom_size) {
		c->eeprom = calloc(1, d->eeprom_size);
		if (!c->eeprom)
			return -1;
	}
	return ob_init(&c->ob, model_ob(c->cfg.model), d);
}

/* --- option bytes in force --- */

/* A changed bank option cuts flash into other pages; without memory for that they stay. */
static void recut_flash(struct chip *c)
{
	const struct bank_option *b = &c->cfg.model->bank;
	const struct layout *l = c->layout;

	if (b->key)
		l = find_layout(&c->cfg, ob_says(&c->ob, b->dual));
	if (!l || l == c->layout || flash_cut(&c->flash, l->text, 0, &c->trouble) < 0)
		return;
	c->layout = l;
	c->bank2 = l->bank2;
}

void chip_obey_options(struct chip *c)
{
	struct ob_cut cut = { .unit = c->cfg.model->wrp_unit };

	recut_flash(c);
	if (c->layout && c->layout->wrp_unit)
		cut.unit = c->layout->wrp_unit;
	cut.bank2 = c->bank2;
	ob_apply(&c->ob, cut, &c->flash);
}

static void load_options(struct chip *c)
{
	ob_load(&c->ob);
	chip_obey_options(c);
}

/* --- making it of its parts --- */

static void make_options(struct chip *c)
{
	const struct chip_config *cfg = &c->cfg;
	struct ob *o = &c->ob;

	if (cfg->model->bank.key)
		ob_change_bit(o, cfg->model->bank.dual, cfg->dual);
	if (cfg->model->flags & MODEL_BOOT_SEL)
		ob_change_bit(o, o->layout->boot.pin_ignored, !cfg->pin_counts);
	if (cfg->secure_page >= 0)
		ob_change(o, o->layout->secure, 0xFF, (uint8_t)cfg->secure_page);
	if (cfg->options_len)
		ob_write(o, o->start, cfg->options, cfg->options_len);
	if (cfg->rdp)
		ob_set_rdp(o, cfg->rdp);
	load_options(c);
}

struct chip *chip_new(const struct chip_config *cfg, struct err *e)
{
	struct chip *c = calloc(1, sizeof(*c));

	if (!c) {
		err_set(e, ERR_OTHER, "out of memory");
		return NULL;
	}
	c->cfg = *cfg;
	c->state = CHIP_OFF;
	c->dev = device_by_pid(cfg->model->pid);	/* has all that are simulated */
	if (make_flash(c, e) < 0)
		goto fail;
	if (make_rest(c) < 0) {
		err_set(e, ERR_OTHER, "out of memory");
		goto fail;
	}
	c->flash.max_times = cfg->max_times;
	make_options(c);
	if (!chip_trouble(c))
		return c;
	*e = *chip_trouble(c);
fail:
	chip_free(c);
	return NULL;
}

void chip_free(struct chip *c)
{
	if (!c)
		return;
	flash_free(&c->flash);
	ob_free(&c->ob);
	free(c->ram[0].mem);
	free(c->ram[1].mem);
	free(c->otp);
	free(c->eeprom);
	free(c);
}

const struct chip_config *chip_config(const struct chip *c)
{
	return &c->cfg;
}

struct flash *chip_flash(struct chip *c)
{
	return &c->flash;
}

void chip_protect_pages(struct chip *c, const uint8_t *codes, uint32_t count)
{
	ob_protect(&c->ob, codes, count);
	load_options(c);
}

void chip_protect_all(struct chip *c)
{
	static const uint8_t areas[8] = { 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0 };
	uint8_t codes[256];

	for (size_t i = 0; i < sizeof(codes); i++)
		codes[i] = (uint8_t)i;
	if (c->cfg.model->wrp_unit)
		chip_protect_pages(c, codes, sizeof(codes));
	else
		chip_protect_pages(c, areas, sizeof(areas));
}

/* --- reset and boot --- */

static bool is_blank_word(const struct chip *c, uint32_t addr)
{
	return chip_word(c, addr) == (c->flash.erased ? 0xFFFFFFFF : 0);
}

static void find_out_empty(struct chip *c)
{
	c->empty = c->cfg.model->flags & MODEL_EMPTY_CHECK && is_blank_word(c, c->flash.start);
}

/* Blank flash is no code: FF is no instruction, and 00 leads to the end of memory. */
static bool has_code(const struct chip *c, uint32_t pc)
{
	enum place_kind kind = chip_place(c, pc).kind;

	return kind == PLACE_RAM || (kind == PLACE_FLASH && !is_blank_word(c, pc));
}

/* Whether stack and entry point can be: else the core faults on its first steps. */
static bool vectors_sane(const struct chip *c, uint32_t sp, uint32_t pc)
{
	return sp % 4 == 0 && chip_place(c, sp - 4).kind == PLACE_RAM && pc & 1 &&
	       has_code(c, pc & ~1u);
}

void chip_start(struct chip *c, uint32_t vectors)
{
	c->sp = chip_word(c, vectors);
	c->pc = chip_word(c, vectors + 4);
	c->state = vectors_sane(c, c->sp, c->pc) ? CHIP_RUNNING : CHIP_LOCKED_UP;
}

static void start_rom(struct chip *c)
{
	c->state = CHIP_ROM;
	if (c->cfg.rom.defects & DEFECT_EMPTY_CLEARED)
		c->empty = false;
}

/* The ROM looks where a stack pointer leads into RAM: in bank 2 first (AN2606, dual bank boot). */
static void start_dual(struct chip *c)
{
	struct page second = { .addr = c->flash.start };

	if (c->bank2)
		geometry_page(&c->flash.geo, c->bank2, &second);
	if (chip_place(c, chip_word(c, second.addr) - 4).kind == PLACE_RAM)
		chip_start(c, second.addr);
	else if (chip_place(c, chip_word(c, c->flash.start) - 4).kind == PLACE_RAM)
		chip_start(c, c->flash.start);
	else
		start_rom(c);
}

/* At level 2 flash is all that can be started (AN2606). */
static enum ob_start find_start(const struct chip *c, uint32_t *addr)
{
	enum ob_start from = ob_start(&c->ob, c->boot0, c->empty, addr);

	if (ob_rdp(&c->ob) < 2 || from == OB_STARTS_DUAL)
		return from;
	if (from == OB_STARTS_ROM && c->cfg.model->flags & MODEL_TALKS_AT_RDP2)
		return from;
	return OB_STARTS_FLASH;
}

/*
 * A bootloader of the user's own starts the application behind it, unless its button, for which
 * BOOT0 stands, is pressed, or there is none. One that was erased or overwritten starts nothing.
 */
static void start_custom(struct chip *c)
{
	uint32_t app = c->flash.start + c->cfg.custom_kb * 1024u;

	chip_start(c, c->flash.start);
	if (c->state == CHIP_LOCKED_UP)
		return;
	if (!c->boot0 && vectors_sane(c, chip_word(c, app), chip_word(c, app + 4)))
		chip_start(c, app);
	else
		start_rom(c);
}

static void start_core(struct chip *c)
{
	uint32_t addr;

	c->flash.sticky = false;
	c->flash.fast = false;
	c->volt = 0;
	c->flash_busy = 0;
	c->unlock = 0;
	if (c->cfg.custom_kb) {
		start_custom(c);
		return;
	}
	switch (find_start(c, &addr)) {
	case OB_STARTS_ROM:
		start_rom(c);
		break;
	case OB_STARTS_DUAL:
		start_dual(c);
		break;
	case OB_STARTS_RAM:
		chip_start(c, c->ram[0].start);
		break;
	case OB_STARTS_AT:
		chip_start(c, addr);
		break;
	case OB_STARTS_FLASH:
		chip_start(c, c->flash.start);
		break;
	}
}

void chip_set_boot0(struct chip *c, bool high)
{
	c->boot0 = high;
}

void chip_power_on(struct chip *c)
{
	for (size_t i = 0; i < 2; i++)
		if (c->ram[i].mem)
			memset(c->ram[i].mem, 0, c->ram[i].end - c->ram[i].start);
	c->resets = 0;
	load_options(c);
	find_out_empty(c);
	start_core(c);
}

void chip_reset(struct chip *c, enum chip_reload reload)
{
	c->resets++;
	if (reload != CHIP_RELOAD_NONE)
		load_options(c);
	if (reload == CHIP_RELOAD_LAUNCH)
		find_out_empty(c);
	start_core(c);
}

void chip_lock_up(struct chip *c)
{
	c->state = CHIP_LOCKED_UP;
}

/* --- for tests and servers --- */

int chip_peek(const struct chip *c, uint32_t addr, uint8_t *buf, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		if (chip_byte(c, addr + i, &buf[i]) < 0)
			return -1;
	return 0;
}

int chip_poke(struct chip *c, uint32_t addr, const uint8_t *buf, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++) {
		struct place p = chip_place(c, addr + i);

		if (p.kind == PLACE_FLASH)
			flash_poke(&c->flash, addr + i, buf[i]);
		else if (p.byte)
			*p.byte = buf[i];
		else
			return -1;
	}
	return 0;
}

int chip_rdp(const struct chip *c)
{
	return ob_rdp(&c->ob);
}

bool chip_watchdog(const struct chip *c)
{
	return ob_says(&c->ob, c->ob.layout->watchdog);
}

uint32_t chip_ram_end(const struct chip *c)
{
	return c->ram[0].end;
}

const struct err *chip_trouble(const struct chip *c)
{
	return c->trouble.code == ERR_NONE ? NULL : &c->trouble;
}

enum chip_state chip_state(const struct chip *c)
{
	return c->state;
}

uint32_t chip_pc(const struct chip *c)
{
	return c->pc;
}

uint32_t chip_sp(const struct chip *c)
{
	return c->sp;
}

unsigned int chip_resets(const struct chip *c)
{
	return c->resets;
}

unsigned int chip_page_erases(const struct chip *c, uint32_t page)
{
	return page < c->flash.pages ? c->flash.page_erases[page] : 0;
}

uint64_t chip_bytes_written(const struct chip *c, uint32_t addr, uint32_t len)
{
	return flash_bytes_written(&c->flash, addr, len);
}

int64_t chip_busy_ns(const struct chip *c)
{
	return c->flash.busy_total + c->other_busy;
}
