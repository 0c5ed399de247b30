/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ports/sim/chip/cpu.h"

#define NOT_INSTALLED "running code needs the Unicorn engine, which is not installed"

#ifdef HAVE_UNICORN

#include <dlfcn.h>
#include <string.h>
#include <unicorn/unicorn.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define LIBRARY "libunicorn.so.2"

/* A multiple of every page size that the engine uses. */
#define PAGE 0x1000u

#define AIRCR 0xE000ED0Cu
#define AIRCR_READ_KEY 0xFA050000u
#define AIRCR_WRITE_KEY 0x05FAu
#define AIRCR_SYSRESETREQ 0x4u

/* Where the engine is to stop: no code can be there. */
#define NOWHERE 0xFFFFFFFEu

static const struct { uint32_t addr, size; } peripherals[] = {
	{ 0x40000000, 0x20000000 },
	{ 0xE0000000, 0x00100000 },
};

static const int models[] = {
	[CPU_M0] = UC_CPU_ARM_CORTEX_M0,
	[CPU_M3] = UC_CPU_ARM_CORTEX_M3,
	[CPU_M4] = UC_CPU_ARM_CORTEX_M4,
	[CPU_M7] = UC_CPU_ARM_CORTEX_M7,
	[CPU_M33] = UC_CPU_ARM_CORTEX_M33,
};

/* The functions of the library that are used, by their names without "uc_". */
struct engine {
	void *lib;
	__typeof__(uc_open) *open;
	__typeof__(uc_close) *close;
	__typeof__(uc_ctl) *ctl;
	__typeof__(uc_strerror) *strerror;
	__typeof__(uc_hook_add) *hook_add;
	__typeof__(uc_mmio_map) *mmio_map;
	__typeof__(uc_mem_map) *mem_map;
	__typeof__(uc_mem_write) *mem_write;
	__typeof__(uc_reg_write) *reg_write;
	__typeof__(uc_emu_start) *emu_start;
	__typeof__(uc_emu_stop) *emu_stop;
};

static const struct { const char *name; size_t offset; } engine_functions[] = {
	{ "uc_open", offsetof(struct engine, open) },
	{ "uc_close", offsetof(struct engine, close) },
	{ "uc_ctl", offsetof(struct engine, ctl) },
	{ "uc_strerror", offsetof(struct engine, strerror) },
	{ "uc_hook_add", offsetof(struct engine, hook_add) },
	{ "uc_mmio_map", offsetof(struct engine, mmio_map) },
	{ "uc_mem_map", offsetof(struct engine, mem_map) },
	{ "uc_mem_write", offsetof(struct engine, mem_write) },
	{ "uc_reg_write", offsetof(struct engine, reg_write) },
	{ "uc_emu_start", offsetof(struct engine, emu_start) },
	{ "uc_emu_stop", offsetof(struct engine, emu_stop) },
};

struct run;

/*
 * The engine's argument for a range of peripherals: the engine tells only the offset in the range.
 */
struct area {
	struct run *run;
	uint32_t base;
};

struct run {
	const struct engine *u;
	uc_engine *uc;
	const struct cpu_bus *bus;
	struct cpu_end *end;
	struct area area[ARRAY_LEN(peripherals)];
	bool over;			/* *end is final; the engine may run an instruction more */
};

static int engine_load(struct engine *u, struct err *e)
{
	size_t i;

	/* NODELETE: loading takes longer than most runs. */
	u->lib = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (!u->lib)
		return err_set(e, ERR_ABILITY, NOT_INSTALLED);

	for (i = 0; i < ARRAY_LEN(engine_functions); i++) {
		void *sym = dlsym(u->lib, engine_functions[i].name);

		if (!sym) {
			dlclose(u->lib);
			return err_set(e, ERR_ABILITY, "running code needs another version of "
				       "the Unicorn engine: " LIBRARY " has no '%s'",
				       engine_functions[i].name);
		}
		memcpy((char *)u + engine_functions[i].offset, &sym, sizeof(sym));
	}
	return 0;
}

static void engine_unload(struct engine *u)
{
	dlclose(u->lib);
}

static void end_run(struct run *r, enum cpu_outcome outcome, uint32_t addr, const char *why)
{
	if (r->over)
		return;
	r->over = true;
	r->end->outcome = outcome;
	r->end->addr = addr;
	r->end->why = why;
	r->u->emu_stop(r->uc);
}

static const struct cpu_window *window_at(const struct cpu_bus *bus, uint32_t addr, uint32_t len)
{
	const struct cpu_window *w;

	for (w = bus->window; w < bus->window + bus->window_count; w++)
		if (addr >= w->addr && addr - w->addr < w->size &&
		    len <= w->size - (addr - w->addr))
			return w;
	return NULL;
}

/* Gives the engine the page of @addr with what the windows hold of it; false if that is nothing. */
static bool map_page(struct run *r, uint32_t addr)
{
	uint64_t page = addr & ~(uint64_t)(PAGE - 1);
	const struct cpu_window *w;
	bool mapped = false;

	for (w = r->bus->window; w < r->bus->window + r->bus->window_count; w++) {
		uint64_t start = w->addr > page ? w->addr : page;
		uint64_t end = (uint64_t)w->addr + w->size;

		if (end > page + PAGE)
			end = page + PAGE;
		if (start >= end)
			continue;
		if (!mapped && r->u->mem_map(r->uc, page, PAGE, UC_PROT_ALL))
			return false;
		mapped = true;
		if (r->u->mem_write(r->uc, start, w->mem + (start - w->addr), end - start))
			return false;
	}
	return mapped;
}

/* Called before each instruction. */
static void on_code(uc_engine *uc, uint64_t addr, uint32_t size, void *arg)
{
	struct run *r = arg;

	(void)size;			/* not set for an instruction that does not exist */
	if (r->over) {
		r->u->emu_stop(uc);
		return;
	}
	if (r->end->steps && r->end->pc == (uint32_t)addr)
		end_run(r, CPU_RUNS_ON, 0, NULL);
	r->end->pc = (uint32_t)addr;
	if (!window_at(r->bus, r->end->pc, 2))
		end_run(r, CPU_FAULTED, r->end->pc, "no code there");
	else if (r->end->steps++ == CPU_STEPS)
		end_run(r, CPU_RUNS_ON, 0, NULL);
}

/*
 * Called for the first access to each page, which is copied only now: copying all memories before
 * each run would cost more than the run.
 */
static bool on_unmapped(uc_engine *uc, uc_mem_type type, uint64_t addr, int size, int64_t value,
			void *arg)
{
	struct run *r = arg;

	(void)uc;
	(void)size;
	(void)value;
	if (!r->over && map_page(r, (uint32_t)addr))
		return true;
	if (type == UC_MEM_FETCH_UNMAPPED && !r->over)
		r->end->pc = (uint32_t)addr;
	end_run(r, CPU_FAULTED, (uint32_t)addr,
		type == UC_MEM_FETCH_UNMAPPED ? "no code there" : "no memory there");
	return false;
}

static bool is_peripheral(uint32_t addr)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(peripherals); i++)
		if (addr >= peripherals[i].addr && addr - peripherals[i].addr < peripherals[i].size)
			return true;
	return false;
}

static void store_value(uint8_t *mem, uint64_t value, uint32_t len)
{
	while (len--) {
		*mem++ = (uint8_t)value;
		value >>= 8;
	}
}

/* Called before each access. Pages are coarser than windows: only this knows what is allowed. */
static void on_access(uc_engine *uc, uc_mem_type type, uint64_t addr64, int size, int64_t value,
		      void *arg)
{
	struct run *r = arg;
	uint32_t addr = (uint32_t)addr64;
	uint32_t len = (uint32_t)size;
	const struct cpu_window *w = window_at(r->bus, addr, len);

	(void)uc;
	if (r->over || is_peripheral(addr))
		return;
	if (!w)
		end_run(r, CPU_FAULTED, addr, "no memory there");
	else if (type == UC_MEM_WRITE && !w->writable)
		end_run(r, CPU_FAULTED, addr, "store into read-only memory");
	else if (type == UC_MEM_WRITE)
		store_value(w->mem + (addr - w->addr), (uint64_t)value, len);
}

static uint64_t on_peripheral_read(uc_engine *uc, uint64_t offset, unsigned int size, void *arg)
{
	const struct area *a = arg;
	const struct cpu_bus *bus = a->run->bus;
	uint32_t addr = a->base + (uint32_t)offset;

	(void)uc;
	if (addr == AIRCR)
		return AIRCR_READ_KEY;
	return bus->read && !a->run->over ? bus->read(bus->arg, addr, size) : 0;
}

static enum cpu_write aircr_write(uint32_t value)
{
	if (value >> 16 != AIRCR_WRITE_KEY || !(value & AIRCR_SYSRESETREQ))
		return CPU_WRITE_IGNORED;
	return CPU_RESET;
}

static void on_peripheral_write(uc_engine *uc, uint64_t offset, unsigned int size, uint64_t value,
				void *arg)
{
	const struct area *a = arg;
	const struct cpu_bus *bus = a->run->bus;
	uint32_t addr = a->base + (uint32_t)offset;
	enum cpu_write what = CPU_WRITE_IGNORED;

	(void)uc;
	if (a->run->over)
		return;
	if (addr == AIRCR)
		what = aircr_write((uint32_t)value);
	else if (bus->write)
		what = bus->write(bus->arg, addr, (uint32_t)value, size);

	if (what == CPU_RESET)
		end_run(a->run, CPU_RESETS, addr, NULL);
	else if (what == CPU_OBL)
		end_run(a->run, CPU_OBL_LAUNCHED, addr, NULL);
	else if (what == CPU_FAULT)
		end_run(a->run, CPU_FAULTED, addr, "refused by the peripheral");
}

static uc_err prepare_engine(struct run *r, enum cpu_core core, uint32_t sp)
{
	const struct engine *u = r->u;
	uc_hook hook;			/* never removed one by one */
	uc_err ue;
	size_t i;

	ue = u->ctl(r->uc, UC_CTL_WRITE(UC_CTL_CPU_MODEL, 1), models[core]);
	for (i = 0; i < ARRAY_LEN(peripherals) && !ue; i++) {
		struct area *a = &r->area[i];

		*a = (struct area){ r, peripherals[i].addr };
		ue = u->mmio_map(r->uc, a->base, peripherals[i].size, on_peripheral_read, a,
				 on_peripheral_write, a);
	}
	/* An empty range of addresses, 1 to 0, means all of them. */
	if (!ue)
		ue = u->hook_add(r->uc, &hook, UC_HOOK_CODE, (void *)on_code, r, 1, 0);
	if (!ue)
		ue = u->hook_add(r->uc, &hook, UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE,
				 (void *)on_access, r, 1, 0);
	if (!ue)
		ue = u->hook_add(r->uc, &hook, UC_HOOK_MEM_UNMAPPED, (void *)on_unmapped, r, 1, 0);
	if (!ue)
		ue = u->reg_write(r->uc, UC_ARM_REG_SP, &sp);
	return ue;
}

/* The engine stopped by itself: asleep, or at an exception, which it does not take. */
static void judge_stop(struct run *r, uc_err ue)
{
	if (!ue)
		end_run(r, CPU_RUNS_ON, 0, NULL);
	else if (ue == UC_ERR_INSN_INVALID)
		end_run(r, CPU_FAULTED, 0, "undefined instruction or ARM state");
	else
		end_run(r, CPU_FAULTED, 0, "exception");
}

static int run_engine(const struct engine *u, enum cpu_core core, const struct cpu_bus *bus,
		      uint32_t sp, uint32_t entry, struct cpu_end *end, struct err *e)
{
	struct run r = { .u = u, .bus = bus, .end = end };
	uc_err ue;

	/* Not with UC_MODE_MCLASS, which makes a Cortex-M33 of every model. */
	ue = u->open(UC_ARCH_ARM, UC_MODE_THUMB, &r.uc);
	if (!ue)
		ue = prepare_engine(&r, core, sp);
	if (!ue)
		judge_stop(&r, u->emu_start(r.uc, entry, NOWHERE, 0, 0));
	if (r.uc)
		u->close(r.uc);
	return ue ? err_set(e, ERR_OTHER, "cannot set up the Unicorn engine: %s", u->strerror(ue))
		  : 0;
}

int cpu_available(struct err *e)
{
	struct engine u;

	if (engine_load(&u, e) < 0)
		return -1;
	engine_unload(&u);
	return 0;
}

int cpu_run(enum cpu_core core, const struct cpu_bus *bus, uint32_t sp, uint32_t entry,
	    struct cpu_end *end, struct err *e)
{
	struct engine u;
	int ret = 0;

	if (engine_load(&u, e) < 0)
		return -1;
	*end = (struct cpu_end){ .outcome = CPU_FAULTED, .pc = entry, .why = "ARM state" };
	if (entry & 1)
		ret = run_engine(&u, core, bus, sp, entry, end, e);
	engine_unload(&u);
	return ret;
}

#else

int cpu_available(struct err *e)
{
	return err_set(e, ERR_ABILITY, NOT_INSTALLED);
}

int cpu_run(enum cpu_core core, const struct cpu_bus *bus, uint32_t sp, uint32_t entry,
	    struct cpu_end *end, struct err *e)
{
	(void)core;
	(void)bus;
	(void)sp;
	(void)entry;
	(void)end;
	return cpu_available(e);
}

#endif
