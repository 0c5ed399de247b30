/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ports/sim/chip/chip.h"
#include "ports/sim/chip/chip_map.h"
#include "ports/sim/chip/chip_run.h"
#include "ports/sim/chip/cpu.h"
#include "ports/sim/chip/inside.h"

/*
 * The flash registers that code in RAM needs to launch the option bytes: unlocked by two keys each,
 * in order. A wrong key locks them until the next reset (reference manuals, flash unlock).
 */
enum {
	KEY_FIRST = 1u << 0,
	KEY_OPEN = 1u << 1,
	OPT_FIRST = 1u << 2,
	OPT_OPEN = 1u << 3,
	LOCKED_FOR_GOOD = 1u << 4,
};

static void take_key(struct chip *c, const uint32_t key[2], uint32_t value, uint8_t first,
		     uint8_t open)
{
	if (c->unlock & (open | LOCKED_FOR_GOOD))
		return;
	if (!(c->unlock & first) && value == key[0])
		c->unlock |= first;
	else if (c->unlock & first && value == key[1])
		c->unlock |= open;
	else
		c->unlock |= LOCKED_FOR_GOOD;
}

static uint32_t peripheral_read(void *arg, uint32_t addr, unsigned int size)
{
	const struct chip *c = arg;
	const struct flash_regs *r = c->cfg.model->family->regs;

	(void)size;
	if (r && r->empty_reg && addr == r->empty_reg)
		return c->empty ? r->empty_bit : 0;
	if (r && addr == r->cr)
		return (c->unlock & KEY_OPEN ? 0 : r->lock_bits[0]) |
		       (c->unlock & OPT_OPEN ? 0 : r->lock_bits[1]);
	return 0;
}

static enum cpu_write peripheral_write(void *arg, uint32_t addr, uint32_t value, unsigned int size)
{
	struct chip *c = arg;
	const struct flash_regs *r = c->cfg.model->family->regs;

	(void)size;
	if (!r)
		return CPU_WRITE_IGNORED;
	if (addr == r->keyr) {
		take_key(c, r->key, value, KEY_FIRST, KEY_OPEN);
	} else if (addr == r->optkeyr) {
		take_key(c, r->optkey, value, OPT_FIRST, OPT_OPEN);
	} else if (addr == r->cr && value & r->obl_bit) {
		if ((c->unlock & (KEY_OPEN | OPT_OPEN)) == (KEY_OPEN | OPT_OPEN))
			return CPU_OBL;
	} else if (r->empty_reg && addr == r->empty_reg) {
		bool bit = value & r->empty_bit;

		c->empty = r->empty_toggles ? c->empty != bit : bit;
	}
	return CPU_WRITE_IGNORED;
}

static size_t make_windows(struct chip *c, struct cpu_window *w)
{
	size_t n = 0;

	w[n++] = (struct cpu_window){ c->flash.start, c->flash.size, c->flash.mem, false };
	for (size_t i = 0; i < 2; i++) {
		const struct ram *r = &c->ram[i];

		if (r->mem)
			w[n++] = (struct cpu_window){ r->start, r->end - r->start, r->mem, true };
	}
	return n;
}

/*
 * The clock is that of the internal oscillator of most families, 8 MHz: what the ROM leaves is at
 * least that, but where it goes back to the MSI. Loads and taken branches count two cycles.
 */
#define STEP_NS 160

int64_t chip_ran_ns(const struct chip *c)
{
	return c->ran;
}

static int run_code(struct chip *c, struct err *e)
{
	struct cpu_window window[3];
	struct cpu_bus bus = {
		.window = window, .read = peripheral_read, .write = peripheral_write, .arg = c
	};
	struct cpu_end end;

	bus.window_count = make_windows(c, window);
	if (cpu_run(c->cfg.model->family->core, &bus, c->sp, c->pc, &end, e) < 0) {
		c->state = CHIP_LOCKED_UP;
		return -1;
	}
	c->ran = (int64_t)end.steps * STEP_NS;
	switch (end.outcome) {
	case CPU_RUNS_ON:
		return 0;
	case CPU_RESETS:
		chip_reset(c, CHIP_RELOAD_NONE);
		return 1;
	case CPU_OBL_LAUNCHED:
		chip_reset(c, CHIP_RELOAD_LAUNCH);
		return 1;
	case CPU_FAULTED:
		break;
	}
	c->state = CHIP_LOCKED_UP;
	return 0;
}

/* H74x V9.1 starts nothing whose stack begins in the last 16 bytes of RAM (AN2606). */
static bool stack_too_high(const struct chip *c)
{
	return c->cfg.rom.defects & DEFECT_GO_SP && c->sp >= c->ram[0].end - 16 &&
	       c->sp <= c->ram[0].end;
}

bool chip_has_stack(const struct chip *c, uint32_t addr)
{
	return chip_place(c, chip_word(c, addr) - 4).kind == PLACE_RAM;
}

int chip_go(struct chip *c, uint32_t addr, struct err *e)
{
	chip_start(c, addr);
	if (stack_too_high(c))
		c->state = CHIP_LOCKED_UP;
	if (c->state == CHIP_RUNNING && chip_place(c, c->pc & ~1u).kind == PLACE_RAM)
		return run_code(c, e);
	return 0;
}
