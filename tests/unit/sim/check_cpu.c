/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code in simulated memory is run: what it does to the chip, and how it ends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ports/sim/chip/cpu.h"
#include "tests/lib/runner.h"

#define FLASH 0x08000000u
#define FLASH_SIZE 0x200u
#define RAM 0x20000200u			/* neither end on a page of 1 KB or more, on purpose */
#define RAM_SIZE 0x300u
#define STACK (RAM + 0x280u)

#define AIRCR 0xE000ED0Cu
#define FLASH_CR 0x40022014u		/* of an L4 */
#define OBL_LAUNCH 0x08000000u
#define BUSY_REG 0x40022010u		/* reads as 0 until it has been read three times */
#define DEAD_REG 0x40000000u		/* refuses every store */

#define HALVES(word) (uint16_t)((word) & 0xFFFF), (uint16_t)((word) >> 16)

#define UNDEFINED "undefined instruction or ARM state"

struct board {
	uint8_t flash[FLASH_SIZE];
	uint8_t ram[RAM_SIZE];
	struct cpu_window window[2];
	struct cpu_bus bus;
	struct { uint32_t addr, value; } store[8];
	unsigned int stores, loads;
};

static uint32_t board_read(void *arg, uint32_t addr, unsigned int size)
{
	struct board *b = arg;

	ck_assert_uint_eq(size, 4);
	b->loads++;
	return addr == BUSY_REG && b->loads > 2;
}

static enum cpu_write board_write(void *arg, uint32_t addr, uint32_t value, unsigned int size)
{
	struct board *b = arg;

	ck_assert_uint_eq(size, 4);
	ck_assert_uint_lt(b->stores, 8);
	b->store[b->stores].addr = addr;
	b->store[b->stores++].value = value;
	if (addr == FLASH_CR && value & OBL_LAUNCH)
		return CPU_OBL;
	return addr == DEAD_REG ? CPU_FAULT : CPU_WRITE_IGNORED;
}

static void board_init(struct board *b)
{
	memset(b, 0, sizeof(*b));
	memset(b->flash, 0xFF, sizeof(b->flash));
	b->window[0] = (struct cpu_window){ FLASH, FLASH_SIZE, b->flash, false };
	b->window[1] = (struct cpu_window){ RAM, RAM_SIZE, b->ram, true };
	b->bus = (struct cpu_bus){ b->window, 2, board_read, board_write, b };
}

static void put(uint8_t *mem, const uint16_t *code, size_t count)
{
	for (; count; count--, code++) {
		*mem++ = (uint8_t)*code;
		*mem++ = (uint8_t)(*code >> 8);
	}
}

static uint32_t word_at(const uint8_t *mem)
{
	return mem[0] | mem[1] << 8 | mem[2] << 16 | (uint32_t)mem[3] << 24;
}

static struct cpu_end run(struct board *b, enum cpu_core core, uint32_t entry)
{
	struct cpu_end end = { 0 };
	struct err e = ERR_INIT;

	ck_assert_msg(cpu_run(core, &b->bus, STACK, entry, &end, &e) == 0, "%s", e.msg);
	return end;
}

/* Each starts at RAM; the mnemonics are beside the code. */
static const struct {
	const char *name;
	enum cpu_core core;
	uint16_t code[16];
	enum cpu_outcome outcome;
	uint32_t pc;			/* offset from RAM */
	uint32_t addr;
	const char *why;
} cases[] = {
	{ "endless loop", CPU_M0, { 0xE7FE },			/* b . */
	  CPU_RUNS_ON, 0, 0, NULL },
	{ "sleep", CPU_M0, { 0xBF30, 0xE7FE },			/* wfi; b . */
	  CPU_RUNS_ON, 0, 0, NULL },
	{ "reset request with a wrong key", CPU_M0,		/* as the stub below */
	  { 0x4802, 0x4903, 0x6001, 0xF3BF, 0x8F4F, 0xE7FE, HALVES(AIRCR), HALVES(0x05FB0004u) },
	  CPU_RUNS_ON, 0xA, 0, NULL },
	{ "key without a reset request", CPU_M0,
	  { 0x4802, 0x4903, 0x6001, 0xF3BF, 0x8F4F, 0xE7FE, HALVES(AIRCR), HALVES(0x05FA0000u) },
	  CPU_RUNS_ON, 0xA, 0, NULL },
	{ "load from nowhere", CPU_M0,				/* ldr r0,=; ldr r1,[r0]; b . */
	  { 0x4801, 0x6801, 0xE7FE, 0xBF00, HALVES(0x30000000u) },
	  CPU_FAULTED, 2, 0x30000000, "no memory there" },
	{ "store to nowhere", CPU_M0,				/* ldr r0,=; str r0,[r0]; b . */
	  { 0x4801, 0x6000, 0xE7FE, 0xBF00, HALVES(0x60000000u) },
	  CPU_FAULTED, 2, 0x60000000, "no memory there" },
	{ "load from just below a memory", CPU_M0,
	  { 0x4801, 0x6801, 0xE7FE, 0xBF00, HALVES(RAM - 4) },
	  CPU_FAULTED, 2, RAM - 4, "no memory there" },
	{ "load from just behind a memory", CPU_M0,
	  { 0x4801, 0x6801, 0xE7FE, 0xBF00, HALVES(RAM + RAM_SIZE) },
	  CPU_FAULTED, 2, RAM + RAM_SIZE, "no memory there" },
	{ "load of the last word of a memory", CPU_M0,
	  { 0x4801, 0x6801, 0xE7FE, 0xBF00, HALVES(RAM + RAM_SIZE - 4) },
	  CPU_RUNS_ON, 4, 0, NULL },
	{ "store into flash", CPU_M0,
	  { 0x4801, 0x6000, 0xE7FE, 0xBF00, HALVES(FLASH + 0x10) },
	  CPU_FAULTED, 2, FLASH + 0x10, "store into read-only memory" },
	{ "store that a peripheral refuses", CPU_M0,
	  { 0x4801, 0x6000, 0xE7FE, 0xBF00, HALVES(DEAD_REG) },
	  CPU_FAULTED, 2, DEAD_REG, "refused by the peripheral" },
	{ "undefined instruction", CPU_M0, { 0xDE00 },		/* udf #0 */
	  CPU_FAULTED, 0, 0, UNDEFINED },
	{ "supervisor call", CPU_M0, { 0xDF00, 0xE7FE },	/* svc #0; b . */
	  CPU_FAULTED, 0, 0, "exception" },
	{ "32-bit instruction on M0", CPU_M0,			/* movw r0,#0x1234; b . */
	  { 0xF241, 0x2034, 0xE7FE },
	  CPU_FAULTED, 0, 0, UNDEFINED },
	{ "32-bit instruction on M3", CPU_M3, { 0xF241, 0x2034, 0xE7FE },
	  CPU_RUNS_ON, 4, 0, NULL },
	{ "32-bit instruction on M33", CPU_M33, { 0xF241, 0x2034, 0xE7FE },
	  CPU_RUNS_ON, 4, 0, NULL },
	{ "unaligned load on M0", CPU_M0,	/* mov r0,sp; subs r0,#7; ldr r1,[r0]; b . */
	  { 0x4668, 0x3807, 0x6801, 0xE7FE },
	  CPU_FAULTED, 4, 0, "exception" },
	{ "unaligned load on M4", CPU_M4, { 0x4668, 0x3807, 0x6801, 0xE7FE },
	  CPU_RUNS_ON, 6, 0, NULL },
	{ "jump to an even address", CPU_M3,			/* ldr r0,=; bx r0 */
	  { 0x4800, 0x4700, HALVES(RAM) },
	  CPU_FAULTED, 2, 0, UNDEFINED },
	{ "jump to nowhere", CPU_M0, { 0x4800, 0x4700, HALVES(0x30000001u) },
	  CPU_FAULTED, 0x10000000 - 0x200, 0x30000000, "no code there" },
	{ "jump behind a memory", CPU_M0, { 0x4800, 0x4700, HALVES(RAM + RAM_SIZE + 1) },
	  CPU_FAULTED, RAM_SIZE, RAM + RAM_SIZE, "no code there" },
};

START_TEST(code_ends_as_the_core_would)
{
	struct cpu_end end;
	struct board b;

	board_init(&b);
	put(b.ram, cases[_i].code, 16);
	end = run(&b, cases[_i].core, RAM | 1);
	ck_assert_msg(end.outcome == cases[_i].outcome && end.pc == RAM + cases[_i].pc,
		      "%s: outcome %d at 0x%08x", cases[_i].name, (int)end.outcome, end.pc);
	ck_assert_msg(end.addr == cases[_i].addr, "%s: address 0x%08x", cases[_i].name, end.addr);
	ck_assert_msg(!end.why == !cases[_i].why && (!end.why || !strcmp(end.why, cases[_i].why)),
		      "%s: why '%s'", cases[_i].name, end.why ? end.why : "");
	ck_assert_uint_eq(b.flash[0x10], 0xFF);
}
END_TEST

/* The vector table's two words, then ldr r0,=AIRCR; ldr r1,=key; str r1,[r0]; dsb; b . */
static const uint16_t reset_stub[16] = {
	HALVES(STACK), HALVES(RAM + 9), 0x4802, 0x4903, 0x6001, 0xF3BF, 0x8F4F, 0xE7FE,
	HALVES(AIRCR), HALVES(0x05FA0004u),
};

START_TEST(store_to_aircr_requests_a_reset)
{
	struct cpu_end end;
	struct board b;

	board_init(&b);
	put(b.ram, reset_stub, 16);
	end = run(&b, (enum cpu_core)_i, word_at(b.ram + 4));
	ck_assert_int_eq(end.outcome, CPU_RESETS);
	ck_assert_uint_eq(end.pc, RAM + 0xC);
	ck_assert_uint_eq(end.addr, AIRCR);
	ck_assert_uint_eq(b.stores, 0);
}
END_TEST

/* adr r0,table; ldmia r0!,{r1,r2}; cmp r1,#0; beq end; str r2,[r1]; b back; end: b .; nop; table */
#define TABLE_LOOP HALVES(STACK), HALVES(RAM + 9), \
	0xA003, 0xC806, 0x2900, 0xD001, 0x600A, 0xE7FA, 0xE7FE, 0xBF00

static const uint16_t reset_table[] = {
	TABLE_LOOP, HALVES(AIRCR), HALVES(0x05FA0004u), HALVES(0u),
};

static const uint16_t obl_table[] = {
	TABLE_LOOP,
	HALVES(0x40022008u), HALVES(0x45670123u), HALVES(0x40022008u), HALVES(0xCDEF89ABu),
	HALVES(0x4002200Cu), HALVES(0x08192A3Bu), HALVES(0x4002200Cu), HALVES(0x4C5D6E7Fu),
	HALVES(FLASH_CR), HALVES(OBL_LAUNCH), HALVES(0u),
};

START_TEST(store_loop_resets)
{
	struct cpu_end end;
	struct board b;

	board_init(&b);
	put(b.ram, reset_table, sizeof(reset_table) / 2);
	end = run(&b, CPU_M0, RAM + 9);
	ck_assert_int_eq(end.outcome, CPU_RESETS);
	ck_assert_uint_eq(end.pc, RAM + 0x10);
}
END_TEST

START_TEST(store_loop_launches_option_bytes)
{
	static const struct { uint32_t addr, value; } want[] = {
		{ 0x40022008, 0x45670123 }, { 0x40022008, 0xCDEF89AB },
		{ 0x4002200C, 0x08192A3B }, { 0x4002200C, 0x4C5D6E7F },
		{ FLASH_CR, OBL_LAUNCH },
	};
	struct cpu_end end;
	struct board b;
	unsigned int i;

	board_init(&b);
	put(b.ram, obl_table, sizeof(obl_table) / 2);
	end = run(&b, CPU_M4, RAM + 9);
	ck_assert_int_eq(end.outcome, CPU_OBL_LAUNCHED);
	ck_assert_uint_eq(end.addr, FLASH_CR);
	ck_assert_uint_eq(b.stores, 5);
	for (i = 0; i < 5; i++) {
		ck_assert_uint_eq(b.store[i].addr, want[i].addr);
		ck_assert_uint_eq(b.store[i].value, want[i].value);
	}
}
END_TEST

START_TEST(even_entry_faults_at_once)
{
	struct cpu_end end;
	struct board b;

	board_init(&b);
	put(b.ram, reset_stub, 16);
	end = run(&b, CPU_M0, RAM + 8);
	ck_assert_int_eq(end.outcome, CPU_FAULTED);
	ck_assert_uint_eq(end.pc, RAM + 8);
	ck_assert_str_eq(end.why, "ARM state");
}
END_TEST

START_TEST(stores_are_seen)
{
	/* ldr r0,=; ldr r1,=; str r1,[r0]; strb r1,[r0,#5]; strh r1,[r0,#10]; push {r1}; b . */
	static const uint16_t code[] = {
		0x4803, 0x4904, 0x6001, 0x7141, 0x8141, 0xB402, 0xE7FE, 0xBF00,
		HALVES(RAM + 0x100), HALVES(0x12345678u),
	};
	static const uint8_t want[16] = {
		0x78, 0x56, 0x34, 0x12, 0, 0x78, 0, 0, 0, 0, 0x78, 0x56,
	};
	struct board b;

	board_init(&b);
	put(b.ram, code, sizeof(code) / 2);
	ck_assert_int_eq(run(&b, CPU_M0, RAM | 1).outcome, CPU_RUNS_ON);
	ck_assert_mem_eq(b.ram + 0x100, want, sizeof(want));
	ck_assert_uint_eq(word_at(b.ram + (STACK - RAM) - 4), 0x12345678);
	ck_assert_uint_eq(word_at(b.ram + (STACK - RAM)), 0);
}
END_TEST

/* Overwrites its own next instruction, udf, with b . */
START_TEST(code_may_change_itself)
{
	/* adr r0,target; ldr r1,=; str r1,[r0]; isb; nop; target: udf; udf */
	static const uint16_t code[] = {
		0xA002, 0x4903, 0x6001, 0xF3BF, 0x8F6F, 0xBF00, 0xDE00, 0xDE00,
		HALVES(0xE7FEE7FEu),
	};
	struct cpu_end end;
	struct board b;

	board_init(&b);
	put(b.ram, code, sizeof(code) / 2);
	end = run(&b, CPU_M0, RAM | 1);
	ck_assert_int_eq(end.outcome, CPU_RUNS_ON);
	ck_assert_uint_eq(end.pc, RAM + 12);
}
END_TEST

START_TEST(load_from_a_peripheral_is_asked_for)
{
	/* ldr r0,=; again: ldr r1,[r0]; cmp r1,#0; beq again; b . */
	static const uint16_t code[] = {
		0x4802, 0x6801, 0x2900, 0xD0FC, 0xE7FE, 0xBF00, HALVES(BUSY_REG),
	};
	struct cpu_end end;
	struct board b;

	board_init(&b);
	put(b.ram, code, sizeof(code) / 2);
	end = run(&b, CPU_M0, RAM | 1);
	ck_assert_uint_eq(end.pc, RAM + 8);
	ck_assert_uint_eq(b.loads, 3);
}
END_TEST

START_TEST(code_runs_without_peripherals)
{
	struct board b;

	board_init(&b);
	b.bus.read = NULL;
	b.bus.write = NULL;
	put(b.ram, obl_table, sizeof(obl_table) / 2);
	ck_assert_int_eq(run(&b, CPU_M0, RAM + 9).outcome, CPU_RUNS_ON);
}
END_TEST

START_TEST(code_in_one_memory_calls_another)
{
	static const uint16_t in_ram[] = { 0x4800, 0x4700, HALVES(FLASH + 0x101) };
	static const uint16_t in_flash[] = { 0xE7FE };
	struct cpu_end end;
	struct board b;

	board_init(&b);
	put(b.ram, in_ram, 4);
	put(b.flash + 0x100, in_flash, 1);
	end = run(&b, CPU_M0, RAM | 1);
	ck_assert_int_eq(end.outcome, CPU_RUNS_ON);
	ck_assert_uint_eq(end.pc, FLASH + 0x100);
}
END_TEST

/* Two memories in one page of 4 KB, as system memory and option bytes are. */
START_TEST(two_memories_can_share_a_page)
{
	static const uint16_t code[] = {	/* ldr r0,=; ldr r1,[r0]; str r1,[r0,#4]; b . */
		0x4801, 0x6801, 0x6041, 0xE7FE, HALVES(RAM + RAM_SIZE + 0x10),
	};
	uint8_t other[8] = { 1, 2, 3, 4 };
	struct cpu_window window[2];
	struct board b;

	board_init(&b);
	window[0] = b.window[1];
	window[1] = (struct cpu_window){ RAM + RAM_SIZE + 0x10, sizeof(other), other, true };
	b.bus.window = window;
	put(b.ram, code, sizeof(code) / 2);
	ck_assert_int_eq(run(&b, CPU_M0, RAM | 1).outcome, CPU_RUNS_ON);
	ck_assert_uint_eq(word_at(other + 4), 0x04030201);
}
END_TEST

static Suite *cpu_suite(void)
{
	Suite *s = suite_create("cpu");
	TCase *tc = runner_case(s, "core", 0);

	tcase_add_loop_test(tc, code_ends_as_the_core_would, 0, COUNT(cases));
	tcase_add_loop_test(tc, store_to_aircr_requests_a_reset, CPU_M0, CPU_M33 + 1);
	tcase_add_test(tc, store_loop_resets);
	tcase_add_test(tc, store_loop_launches_option_bytes);
	tcase_add_test(tc, even_entry_faults_at_once);
	tcase_add_test(tc, stores_are_seen);
	tcase_add_test(tc, code_may_change_itself);
	tcase_add_test(tc, load_from_a_peripheral_is_asked_for);
	tcase_add_test(tc, code_runs_without_peripherals);
	tcase_add_test(tc, code_in_one_memory_calls_another);
	tcase_add_test(tc, two_memories_can_share_a_page);
	return s;
}

int main(void)
{
	if (!runner_runs_code())
		return RUNNER_SKIPPED;
	return runner_run(cpu_suite());
}
