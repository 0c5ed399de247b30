/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/faults/sweep.h"
#include "tests/lib/count.h"
#include "tests/lib/random.h"

#define TOLD_MAX 25		/* wrong runs that a worker prints */
#define NEAR 24			/* bytes: the second of a pair is often so close */
#define WIRES 3
/* Of a job whose runs all fail for another reason, each so-many-th fault will do. */
#define LIES_STEP 16

/* One process's share. */
struct worker {
	const struct sweep *sweep;
	unsigned int index;
	uint64_t turn;			/* runs so far, of all processes */
	unsigned int told;
	struct sweep_figures (*kind)[FAULT_KINDS + 1];
	struct sweep_figures *job;
	struct fault_bench bench;
	size_t at;			/* the job's number */
};

/* ---- one run ---- */

static void describe(const struct fault *f, char *text, size_t size)
{
	static const char *const where[2][2] = {
		{ "at byte from the chip", "at byte to the chip" },
		{ "behind frame", "before frame" },
	};

	snprintf(text, size, "%s %s %u (0x%02x)", fault_names[f->kind],
		 where[fault_at_frame(f->kind)][f->to_chip], f->at, f->bits);
}

static void tell_wrong(struct worker *w, const struct fault *f, size_t n,
		       const struct fault_result *r)
{
	char one[100], two[100] = "";

	if (w->told++ >= TOLD_MAX)
		return;
	describe(&f[0], one, sizeof(one));
	if (n > 1)
		describe(&f[1], two, sizeof(two));
	printf("WRONG: %s: %s%s%s: %s\n", w->bench.job->name, one, n > 1 ? " and " : "", two,
	       r->message);
	fflush(stdout);
}

static void count(struct sweep_figures *g, const struct fault_result *r)
{
	g->runs++;
	g->by[r->outcome]++;
	if (r->took > g->longest)
		g->longest = r->took;
}

static bool my_turn(struct worker *w)
{
	unsigned int step = w->sweep->step * (w->bench.job->lies ? LIES_STEP : 1);
	uint64_t turn = w->turn++;

	return turn % step == w->sweep->shift && turn / step % w->sweep->workers == w->index;
}

static void run(struct worker *w, const struct fault *f, size_t n)
{
	struct fault_result r = fault_bench_run(&w->bench, f, n);

	count(&w->kind[fault_wire(&w->bench)][n > 1 ? FAULT_KINDS : f->kind], &r);
	count(&w->job[w->at], &r);
	if (r.outcome == OUTCOME_WRONG)
		tell_wrong(w, f, n, &r);
	else if (getenv("FAULTS_VERBOSE") && r.outcome != OUTCOME_GOOD) {
		r.outcome = OUTCOME_GOOD;
		tell_wrong(w, f, n, &r);
	}
}

/* ---- single faults ---- */

static void try(struct worker *w, struct fault f)
{
	if (w->sweep->kind && strcmp(w->sweep->kind, fault_names[f.kind]) != 0)
		return;
	if (my_turn(w))
		run(w, &f, 1);
}

static void flip_one(struct worker *w, struct fault f)
{
	for (unsigned int bit = 0; bit < 8; bit++) {
		f.bits = (uint8_t)(1u << bit);
		f.kind = FAULT_FLIP_UNSEEN;
		try(w, f);
		/* Over I2C there is no parity, and to the chip nobody looks at it. */
		if (w->bench.i2c || f.to_chip)
			continue;
		f.kind = FAULT_FLIP;
		try(w, f);
	}
}

/* All pairs of bits in counts, addresses and answers, four of them in blocks of data. */
static void flip_two(struct worker *w, struct fault f, bool payload)
{
	uint32_t seed = f.at * 2 + f.to_chip, skip;

	f.kind = FAULT_FLIP_TWO;
	skip = payload ? random_next(&seed) % 7 : 0;
	for (unsigned int a = 0, i = 0; a < 8; a++)
		for (unsigned int b = a + 1; b < 8; b++, i++) {
			if (payload && i % 7 != skip)
				continue;
			f.bits = (uint8_t)(1u << a | 1u << b);
			try(w, f);
		}
}

/*
 * Zeros and FF are what noise makes; an ACK is what the host waits for; with its own checksum in it
 * twice, what a frame begins with is a valid frame.
 */
static void insert(struct worker *w, struct fault f)
{
	uint32_t seed = f.at * 2 + f.to_chip + 77;
	const uint8_t any = (uint8_t)random_next(&seed);
	const uint8_t bytes[] = { 0x00, 0xFF, 0x79, f.to_chip ? w->bench.map.last[f.at] : any };

	f.kind = FAULT_INSERTED;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		f.bits = bytes[i];
		try(w, f);
	}
}

static void try_kinds(struct worker *w, struct fault f, const enum fault_kind *kinds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		f.kind = kinds[i];
		try(w, f);
	}
}

/* On an I2C bus the adapter clocks each byte, and the chip counts them by these clocks. */
static bool can_gain(const struct worker *w, bool to_chip)
{
	return !(w->bench.i2c && to_chip);
}

static void at_byte(struct worker *w, bool to_chip, uint32_t at)
{
	static const enum fault_kind kinds[] = { FAULT_LOST, FAULT_CUT, FAULT_DELAYED,
						 FAULT_DOUBLED };
	struct fault f = { .to_chip = to_chip, .at = at };
	bool gains = can_gain(w, to_chip);

	/* Over I2C it is the transaction that is late. */
	try_kinds(w, f, kinds, w->bench.i2c ? 2 : 3);
	try_kinds(w, f, kinds + 3, gains);
	flip_one(w, f);
	flip_two(w, f, w->bench.map.payload[to_chip][at]);
	if (gains)
		insert(w, f);
}

static void at_frame(struct worker *w, uint32_t at)
{
	static const enum fault_kind both[] = { FAULT_RESET, FAULT_POWER, FAULT_GONE };
	static const enum fault_kind stalls[] = { FAULT_STALL, FAULT_PAUSE };
	static const enum fault_kind bus[] = { FAULT_NO_ADDRESS, FAULT_NO_DATA, FAULT_ARBITRATION,
					       FAULT_TIMEOUT, FAULT_BUSY, FAULT_LATE };
	struct fault f = { .at = at };

	try_kinds(w, f, both, 3);
	f.to_chip = true;
	try_kinds(w, f, both, 3);
	/* Over I2C a host that stops is FAULT_LATE. */
	try_kinds(w, f, stalls, w->bench.i2c ? 1 : 2);
	if (w->bench.i2c)
		try_kinds(w, f, bus, 6);
}

/* Each byte in @bytes in place of the one that is there. */
static void try_bytes(struct worker *w, struct fault f, enum fault_kind kind, const uint8_t *bytes,
		      size_t n)
{
	f.kind = kind;
	for (size_t i = 0; i < n; i++) {
		f.bits = bytes[i];
		try(w, f);
	}
}

static void at_transfer(struct worker *w, uint32_t at)
{
	enum { DNLOAD = 1, GETSTATUS = 3 };
	static const enum fault_kind both[] = { FAULT_RESET, FAULT_POWER, FAULT_GONE, FAULT_UNANSWERED };
	static const enum fault_kind before[] = { FAULT_REFUSED, FAULT_SHORT, FAULT_STALL };
	static const enum fault_kind work[] = { FAULT_LOST_WORK, FAULT_SPOILED };
	static const uint8_t states[] = { 2, 3, 4, 5, 6, 9, 10, 15 };
	static const uint8_t statuses[] = { 1, 3, 4, 10, 11, 14, 15 };
	uint8_t request = w->bench.map.request[at];
	struct fault f = { .at = at };

	try_kinds(w, f, both, COUNT(both));
	if (request == GETSTATUS) {
		try_bytes(w, f, FAULT_STATE, states, COUNT(states));
		try_bytes(w, f, FAULT_STATUS, statuses, COUNT(statuses));
	}
	f.to_chip = true;
	try_kinds(w, f, both, COUNT(both));
	try_kinds(w, f, before, COUNT(before));
	if (request == DNLOAD)
		try_kinds(w, f, work, COUNT(work));
}

static void single_faults(struct worker *w)
{
	const struct fault_map *m = &w->bench.map;

	for (int to_chip = 0; to_chip < 2; to_chip++)
		for (uint32_t at = 0; at < m->bytes[to_chip]; at++)
			at_byte(w, to_chip, at);
	for (uint32_t at = 0; at < m->frames; at++)
		if (w->bench.usb)
			at_transfer(w, at);
		else
			at_frame(w, at);
}

/* ---- pairs ---- */

static struct fault random_transfer(const struct worker *w, uint32_t *seed)
{
	static const enum fault_kind kinds[] = { FAULT_RESET, FAULT_POWER, FAULT_UNANSWERED, FAULT_REFUSED,
						 FAULT_SHORT, FAULT_LOST_WORK, FAULT_SPOILED };
	struct fault f = { .kind = kinds[random_next(seed) % COUNT(kinds)] };

	f.at = random_next(seed) % w->bench.map.frames;
	f.to_chip = f.kind >= FAULT_REFUSED || random_next(seed) & 1;
	return f;
}

static struct fault random_fault(const struct worker *w, uint32_t *seed)
{
	static const enum fault_kind kinds[] = { FAULT_LOST, FAULT_FLIP, FAULT_FLIP_UNSEEN,
						 FAULT_FLIP_TWO, FAULT_DOUBLED, FAULT_INSERTED,
						 FAULT_DELAYED, FAULT_RESET };
	const struct fault_map *m = &w->bench.map;
	size_t n = COUNT(kinds);
	struct fault f = { .to_chip = random_next(seed) & 1 };

	f.kind = kinds[random_next(seed) % n];
	if (w->bench.i2c && f.kind == FAULT_DELAYED)
		f.kind = (enum fault_kind)(FAULT_NO_ADDRESS + random_next(seed) % 6);
	if (f.kind >= FAULT_NO_ADDRESS)
		f.to_chip = true;
	else if ((f.kind == FAULT_DOUBLED || f.kind == FAULT_INSERTED) && !can_gain(w, true))
		f.to_chip = false;
	f.at = random_next(seed) % (fault_at_frame(f.kind) ? m->frames : m->bytes[f.to_chip]);
	f.bits = (uint8_t)(1u << random_next(seed) % 8);
	if (f.kind == FAULT_FLIP_TWO)
		f.bits |= (uint8_t)(f.bits == 0x80 ? 0x01 : f.bits << 1);
	else if (f.kind == FAULT_INSERTED)
		f.bits = (uint8_t)random_next(seed);
	return f;
}

static void pairs(struct worker *w)
{
	uint64_t share = w->sweep->pairs / fault_job_count + 1;
	uint32_t seed = 1 + (uint32_t)w->at;

	for (uint64_t i = 0; i < share; i++) {
		struct fault f[2];

		for (size_t n = 0; n < 2; n++)
			f[n] = w->bench.usb ? random_transfer(w, &seed) : random_fault(w, &seed);

		/* In one frame, or in what follows from the first. */
		if (i % 2 && !fault_at_frame(f[0].kind) && !fault_at_frame(f[1].kind)) {
			f[1].to_chip = f[0].to_chip && can_gain(w, true);
			f[1].at = f[0].at + 1 + random_next(&seed) % NEAR;
		}
		if (w->turn++ % w->sweep->workers == w->index)
			run(w, f, 2);
	}
}

/* ---- the workers ---- */

static int work(struct worker *w)
{
	for (w->at = 0; w->at < fault_job_count; w->at++) {
		const struct fault_job *j = &fault_jobs[w->at];
		int ret;

		if (w->sweep->only && strcmp(w->sweep->only, j->name) != 0)
			continue;
		ret = fault_bench_open(&w->bench, j);
		if (ret == 0 && w->sweep->step)
			single_faults(w);
		if (ret == 0 && w->sweep->pairs)
			pairs(w);
		fault_bench_close(&w->bench);
		if (ret < 0)
			return -1;
	}
	return 0;
}

static size_t figures_per_worker(void)
{
	return WIRES * (FAULT_KINDS + 1) + fault_job_count;
}

static void use_figures(struct worker *w, struct sweep_figures *all)
{
	struct sweep_figures *own = all + w->index * figures_per_worker();

	w->kind = (struct sweep_figures(*)[FAULT_KINDS + 1])own;
	w->job = own + WIRES * (FAULT_KINDS + 1);
}

static void add(struct sweep_figures *to, const struct sweep_figures *from)
{
	to->runs += from->runs;
	for (size_t i = 0; i < OUTCOMES; i++)
		to->by[i] += from->by[i];
	if (from->longest > to->longest)
		to->longest = from->longest;
}

static void sum_up(const struct sweep *s, struct sweep_figures *all, struct sweep_result *r)
{
	for (unsigned int i = 0; i < s->workers; i++) {
		struct worker w = { .index = i };

		use_figures(&w, all);
		for (size_t wire = 0; wire < WIRES; wire++)
			for (size_t k = 0; k <= FAULT_KINDS; k++)
				add(&r->kind[wire][k], &w.kind[wire][k]);
		for (size_t j = 0; j < fault_job_count; j++)
			add(&r->job[j], &w.job[j]);
	}
	for (size_t j = 0; j < fault_job_count; j++)
		r->wrong += r->job[j].by[OUTCOME_WRONG];
}

static int in_processes(const struct sweep *s, struct sweep_figures *all)
{
	pid_t pid[16];
	int ret = 0;

	fflush(stdout);
	for (unsigned int i = 0; i < s->workers; i++) {
		struct worker w = { .sweep = s, .index = i };

		pid[i] = fork();
		if (pid[i] != 0)
			continue;
		use_figures(&w, all);
		_exit(work(&w) < 0);
	}
	for (unsigned int i = 0; i < s->workers; i++) {
		int status = -1;

		if (pid[i] < 0 || waitpid(pid[i], &status, 0) < 0 || status != 0)
			ret = -1;
	}
	return ret;
}

int sweep_run(const struct sweep *s, struct sweep_result *r)
{
	size_t size = s->workers * figures_per_worker() * sizeof(struct sweep_figures);
	struct sweep_figures *all = mmap(NULL, size, PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int ret;

	*r = (struct sweep_result){ .job = calloc(fault_job_count, sizeof(*r->job)) };
	if (all == MAP_FAILED || !r->job)
		return -1;
	ret = in_processes(s, all);
	sum_up(s, all, r);
	munmap(all, size);
	return ret;
}

void sweep_free(struct sweep_result *r)
{
	free(r->job);
}

/* ---- the table ---- */

static void print_row(const char *name, const struct sweep_figures *g)
{
	if (g->runs)
		printf("| %s | %llu | %llu | %llu | %llu | %llu | %.1f s |\n", name,
		       (unsigned long long)g->runs, (unsigned long long)g->by[OUTCOME_GOOD],
		       (unsigned long long)g->by[OUTCOME_FAILED],
		       (unsigned long long)g->by[OUTCOME_EXCEPTION],
		       (unsigned long long)g->by[OUTCOME_WRONG], (double)g->longest / 1e9);
}

static void print_head(const char *what)
{
	printf("\n| %s | runs | succeeded | failed truthfully | exceptions | wrong | longest |\n"
	       "|---|---|---|---|---|---|---|\n",
	       what);
}

void sweep_print(const struct sweep_result *r)
{
	static const char *const wires[] = { "UART", "I2C", "USB" };
	struct sweep_figures total = { 0 };
	char name[80];

	print_head("fault");
	for (size_t wire = 0; wire < WIRES; wire++)
		for (size_t k = 0; k <= FAULT_KINDS; k++) {
			snprintf(name, sizeof(name), "%s: %s", wires[wire],
				 k < FAULT_KINDS ? fault_names[k] : "two faults");
			print_row(name, &r->kind[wire][k]);
		}
	print_head("job");
	for (size_t j = 0; j < fault_job_count; j++) {
		print_row(fault_jobs[j].name, &r->job[j]);
		add(&total, &r->job[j]);
	}
	print_row("all", &total);
}
