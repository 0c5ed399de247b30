/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The code that is put into RAM, executed on a core whose flash registers are as strict as the
 * manuals say: a wrong key, or one for what is open, is a fault.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ports/sim/chip/cpu.h"
#include "chip/stub.h"
#include "tests/lib/runner.h"

#define RAM 0x20003100u
#define RAM_SIZE 0x400u
#define LOCK (1u << 31)
#define OPTLOCK (1u << 30)
#define OBL_LAUNCH (1u << 27)

/* The flash registers, from their base on (CMSIS device headers). */
#define KEYR 0x08u
#define OPTKEYR 0x0Cu
#define CR 0x14u

struct board {
	uint8_t ram[RAM_SIZE];
	uint32_t regs, cr;
	unsigned int keys, optkeys;	/* that came in order */
};

static uint32_t board_read(void *arg, uint32_t addr, unsigned int size)
{
	struct board *b = arg;

	ck_assert_uint_eq(size, 4);
	return addr == b->regs + CR ? b->cr : 0;
}

static enum cpu_write take_key(struct board *b, unsigned int *taken, const uint32_t key[2],
			       uint32_t value, uint32_t lock)
{
	if (!(b->cr & lock) || value != key[*taken])
		return CPU_FAULT;
	if (++*taken == 2)
		b->cr &= ~lock;
	return CPU_WRITE_IGNORED;
}

static enum cpu_write board_write(void *arg, uint32_t addr, uint32_t value, unsigned int size)
{
	static const uint32_t key[] = { 0x45670123, 0xCDEF89AB };
	static const uint32_t optkey[] = { 0x08192A3B, 0x4C5D6E7F };
	struct board *b = arg;

	ck_assert_uint_eq(size, 4);
	if (addr == b->regs + KEYR)
		return take_key(b, &b->keys, key, value, LOCK);
	if (addr == b->regs + OPTKEYR)
		return take_key(b, &b->optkeys, optkey, value, OPTLOCK);
	if (addr == b->regs + CR && value == OBL_LAUNCH && !(b->cr & (LOCK | OPTLOCK)))
		return CPU_OBL;
	return CPU_FAULT;
}

static uint32_t word_at(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Starts it like Go: stack and entry from the first two words. */
static enum cpu_outcome run(struct board *b, enum cpu_core core)
{
	struct cpu_window window = { RAM, RAM_SIZE, b->ram, true };
	struct cpu_bus bus = { &window, 1, board_read, board_write, b };
	struct cpu_end end = { 0 };
	struct err e = ERR_INIT;

	ck_assert_uint_eq(word_at(b->ram) % 8, 0);
	ck_assert_uint_ge(word_at(b->ram), RAM + STUB_MAX);
	ck_assert_msg(cpu_run(core, &bus, word_at(b->ram), word_at(b->ram + 4), &end, &e) == 0,
		      "%s", e.msg);
	return end.outcome;
}

static const enum cpu_core cores[] = { CPU_M0, CPU_M3, CPU_M4, CPU_M7, CPU_M33 };

START_TEST(reset_code_resets_each_core)
{
	struct board b = { .regs = 0x40022000 };
	size_t len = stub_reset(b.ram, RAM);

	ck_assert_uint_gt(len, 0);
	ck_assert_uint_le(len, STUB_MAX);
	ck_assert_uint_eq(len % 16, 0);
	ck_assert_int_eq(run(&b, cores[_i]), CPU_RESETS);
}
END_TEST

/* The chips whose ROM leaves RAM to code, and where their flash registers are. */
static const struct { const char *chip; uint32_t regs; enum cpu_core core;
} chips[] = {
	{ "G031", 0x40022000, CPU_M0 }, { "G051", 0x40022000, CPU_M0 },
	{ "G071", 0x40022000, CPU_M0 }, { "G0B1", 0x40022000, CPU_M0 },
	{ "C051", 0x40022000, CPU_M0 }, { "C071", 0x40022000, CPU_M0 },
	{ "C091", 0x40022000, CPU_M0 }, { "U031", 0x40022000, CPU_M0 },
	{ "U083", 0x40022000, CPU_M0 }, { "L412", 0x40022000, CPU_M4 },
	{ "L432", 0x40022000, CPU_M4 }, { "L452", 0x40022000, CPU_M4 },
	{ "L496", 0x40022000, CPU_M4 }, { "L4R5", 0x40022000, CPU_M4 },
	{ "WB55", 0x58004000, CPU_M4 }, { "WLE5", 0x58004000, CPU_M4 },
};
#define CHIPS (COUNT(chips))

/* However the ROM has left the locks; no key is sent for what is open. */
START_TEST(launch_code_loads_the_option_bytes_of_each_chip)
{
	static const uint32_t locked[] = { LOCK | OPTLOCK, OPTLOCK, 0 };
	const struct device *d = device_by_name(chips[_i % CHIPS].chip);
	uint32_t cr = locked[_i / CHIPS];
	struct board b = { .regs = chips[_i % CHIPS].regs, .cr = cr };
	size_t len;

	ck_assert_msg(d != NULL, "%s", chips[_i % CHIPS].chip);
	len = stub_launch(b.ram, RAM, d);
	ck_assert_uint_gt(len, 0);
	ck_assert_uint_le(len, STUB_MAX);
	ck_assert_uint_eq(len % 16, 0);
	ck_assert_msg(run(&b, chips[_i % CHIPS].core) == CPU_OBL_LAUNCHED, "%s, locks 0x%08x",
		      chips[_i % CHIPS].chip, cr);
	ck_assert_uint_eq(b.keys, cr & LOCK ? 2 : 0);
	ck_assert_uint_eq(b.optkeys, cr & OPTLOCK ? 2 : 0);
}
END_TEST

START_TEST(unknown_registers_are_not_guessed)
{
	uint8_t stub[STUB_MAX];

	ck_assert_uint_eq(stub_launch(stub, RAM, device_by_pid(0x410)), 0);
	ck_assert_uint_eq(stub_launch(stub, RAM, device_by_pid(0x442)), 0);
}
END_TEST

/* A row with an empty check and RAM for code has code for it. */
START_TEST(every_chip_that_can_run_code_has_launch_code)
{
	uint8_t stub[STUB_MAX];

	for (size_t i = 0; i < device_count; i++) {
		const struct device *d = &device_table[i];
		bool can = d->flags & DEV_EMPTY_CHECK &&
			   !(d->flags & (DEV_NO_FREE_RAM | DEV_RAM_DOUBTFUL)) &&
			   d->ram.end > d->ram.start;

		ck_assert_msg(!can || stub_launch(stub, RAM, d), "0x%03x", d->pid);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("stub");
	TCase *t = runner_case(s, "stub", 0);

	if (runner_runs_code()) {
		tcase_add_loop_test(t, reset_code_resets_each_core, 0, COUNT(cores));
		tcase_add_loop_test(t, launch_code_loads_the_option_bytes_of_each_chip,
				    0, 3 * CHIPS);
	}
	tcase_add_test(t, unknown_registers_are_not_guessed);
	tcase_add_test(t, every_chip_that_can_run_code_has_launch_code);
	return runner_run(s);
}
