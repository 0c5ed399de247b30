/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs Thumb code out of a simulated chip's memory, so that what a host loads and starts is
 * executed, not believed.
 *
 * The instructions are Unicorn's (libunicorn.so.2), which is loaded when code is run for the first
 * time and never linked: a program that runs no code does not pay for it. This module knows the
 * core and nothing of the chip, which hands in its memories as windows and answers for its
 * peripherals. No state is kept between calls.
 */
#ifndef BOOTPIN_SIM_CPU_H
#define BOOTPIN_SIM_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * Code that has run this many instructions is taken to run for ever: an application's main loop.
 * Summing up 2 MB takes 40 millions.
 */
#define CPU_STEPS 50000000u

/* Decides which instructions exist. M0 (also M0+) has few 32-bit ones and no unaligned access. */
enum cpu_core { CPU_M0, CPU_M3, CPU_M4, CPU_M7, CPU_M33 };

/*
 * A memory. Windows neither overlap nor lie among the peripherals. Read-only ones may share @mem
 * (flash and its alias at 0). A store into a writable one is in @mem at once, a store into another
 * is a fault. What the functions of struct cpu_bus change in @mem, running code need not see.
 */
struct cpu_window {
	uint32_t addr;
	uint32_t size;			/* bytes; addr + size <= 2^32 */
	uint8_t *mem;			/* @size bytes, the caller's; only read if not writable */
	bool writable;
};

/* The effect of a store into a peripheral. All but the first end the run. */
enum cpu_write {
	CPU_WRITE_IGNORED,		/* goes on */
	CPU_RESET,			/* resets the chip */
	CPU_OBL,			/* launches the option bytes */
	CPU_FAULT,			/* bus error */
};

/*
 * The memory that the core can reach. Peripherals are at 0x40000000 to 0x5FFFFFFF and 0xE0000000 to
 * 0xE00FFFFF (Armv7-M memory map). An access outside them and the windows is a fault. The core
 * serves its own AIRCR, which the functions below never see: a reset request with the right key
 * ends the run, one without is ignored (Armv6-M Architecture Reference Manual, AIRCR).
 */
struct cpu_bus {
	const struct cpu_window *window;
	size_t window_count;

	/* @size is 1, 2 or 4. NULL: every register reads as 0. */
	uint32_t (*read)(void *arg, uint32_t addr, unsigned int size);

	/* NULL: every store is ignored. */
	enum cpu_write (*write)(void *arg, uint32_t addr, uint32_t value, unsigned int size);

	void *arg;
};

enum cpu_outcome {
	/* still at it after CPU_STEPS, asleep, or in "b .": an application */
	CPU_RUNS_ON,
	CPU_RESETS,			/* asked for a reset (AIRCR, or CPU_RESET) */
	CPU_OBL_LAUNCHED,		/* CPU_OBL */
	CPU_FAULTED,			/* hard fault: locked up until reset */
};

struct cpu_end {
	enum cpu_outcome outcome;
	uint32_t pc;			/* the last instruction's, bit 0 clear */
	uint32_t steps;			/* instructions that were run */
	uint32_t addr;			/* of the access that ended the run; 0 if none did */
	const char *why;		/* of a fault, static: "no memory there"; else NULL */
};

/*
 * Whether code can be run here. Returns 0, or -1 with @e set (ERR_ABILITY: built without Unicorn,
 * or it is not installed).
 */
int cpu_available(struct err *e);

/*
 * Runs from @entry, with the stack pointer at @sp, up to one of enum cpu_outcome. Bit 0 of @entry
 * must be set, since these cores have no ARM state; clear, it is a fault before the first
 * instruction. No interrupt ever comes, and any exception (SVC too) counts as a fault.
 *
 * Returns 0 with *@end set, or -1 with @e set: ERR_ABILITY as cpu_available, when nothing was
 * executed; ERR_OTHER if the engine itself fails.
 */
int cpu_run(enum cpu_core core, const struct cpu_bus *bus, uint32_t sp, uint32_t entry,
	    struct cpu_end *end, struct err *e);

#endif
