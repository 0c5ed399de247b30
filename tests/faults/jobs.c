/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/faults/jobs.h"
#include "tests/faults/witness.h"
#include "tests/lib/command.h"
#include "tests/lib/count.h"

#define PINS "--boot0 BOOT0 --nrst NRST "
#define SAVED "/dev/shm/bootpin-faults-"

#define BLOCK 256
#define SMALL 128
#define FRAME "-F 256:130 "		/* for blocks of that size */

#define STACK 0x20001000u	/* in every chip's RAM */
#define ENTRY 0x80u		/* of code, behind the vector table */

/*
 * A predecessor died in the middle of a Write Memory: code, address, count and a few bytes of it
 * have arrived.
 */
#define HALF_WRITE "synced,prefeed=31ce0800080000ff0102030405"

#define READ "0x08000800:520"
#define L4_OPTIONS 0x1FFF7800u

const struct fault_job fault_jobs[] = {
	{ .name = "identify", .board = "l432", .args = "" },
	{ .name = "identify, reset line", .board = "l432,boot=low",
	  .args = "-i BOOT0,-NRST,NRST:-BOOT0,-NRST,NRST" },
	{ .name = "write F1", .board = "f103", .args = "-w FILE",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1400 } },
	{ .name = "write L4", .board = "l432", .args = "-w FILE",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1800 } },
	/* 512 pages: page 1, whose number with a byte gained is another page's */
	{ .name = "write L0", .board = "l053", .args = "-w FILE",
	  .effect = EFFECT_WRITES, .at = { 0x80, 0x400 } },
	{ .name = "write L4, reset line", .board = "l432,boot=low", .args = PINS FRAME "-w FILE",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1800 }, .block = SMALL },
	{ .name = "write, checksum", .board = "x33", .args = FRAME "-w FILE --verify=checksum",
	  .effect = EFFECT_WRITES, .at = { 0x2000, 0x6000 }, .block = SMALL },
	{ .name = "write, routine in RAM", .board = "l432,boot=low",
	  .args = PINS FRAME "-w FILE --verify=stub",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1800 }, .block = SMALL },
	{ .name = "write, faster", .board = "l432,boot=low,autobaud=exact",
	  .args = PINS FRAME "-b auto -w FILE --verify=read",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1800 }, .block = SMALL },
	{ .name = "write, faster, routine in RAM", .board = "l432,boot=low,autobaud=exact",
	  .args = PINS FRAME "-b auto -w FILE --verify=stub",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1800 }, .block = SMALL },
	{ .name = "write, start", .board = "f103", .args = FRAME "-w FILE -g 0x08000800",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1400 }, .block = SMALL, .starts = true },
	{ .name = "preserve", .board = "l053", .args = FRAME "-w FILE --preserve=SAVED",
	  .effect = EFFECT_KEEPS, .at = { 0x90, 0x420 }, .block = SMALL },
	{ .name = "unlock, write, lock", .board = "l432,rdp=1,boot=low",
	  .args = PINS FRAME "--unlock -w FILE --lock",
	  .effect = EFFECT_UNLOCKS, .at = { 0x800, 0x1800 }, .block = SMALL,
	  .options = L4_OPTIONS },
	{ .name = "option bytes", .board = "l432,jumper", .args = "--set-option nRST_STOP=0",
	  .options = L4_OPTIONS },
	{ .name = "read", .board = "l432", .args = "-r PIPE -S " READ, .unchecked = true },
	{ .name = "read -v", .board = "l432", .args = "-r PIPE -v -S " READ },
	{ .name = "read -v, checksum", .board = "x33", .args = "-r PIPE -v -S " READ },
	{ .name = "CRC", .board = "l432", .args = "-C -S " READ },
	{ .name = "CRC by the chip", .board = "x33", .args = "-C -S " READ },
	{ .name = "write after a half frame", .board = "l432," HALF_WRITE, .args = FRAME "-w FILE",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1800 }, .block = SMALL },
	{ .name = "write, flash lies", .board = "l432,lie", .args = FRAME "-w FILE",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1800 }, .block = SMALL, .lies = true },
	{ .name = "I2C identify", .board = "l432,bus=i2c", .args = "-a 0x48" },
	{ .name = "I2C write", .board = "l432,bus=i2c",
	  .args = "-a 0x48 --verify=read -w FILE",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1800 } },
	{ .name = "I2C write, stretching", .board = "l432,bus=i2c,i2c=1.0",
	  .args = "-a 0x48 " FRAME "-w FILE",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1800 }, .block = SMALL },
	{ .name = "I2C write, reset line", .board = "l432,bus=i2c,boot=low",
	  .args = "-a 0x48 " PINS FRAME "--verify=read -w FILE",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1800 }, .block = SMALL },
	{ .name = "I2C write, checksum", .board = "l432,bus=i2c",
	  .args = "-a 0x48 " FRAME "-w FILE --verify=checksum",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1800 }, .block = SMALL },
	{ .name = "I2C write, routine in RAM", .board = "l432,bus=i2c,boot=low",
	  .args = "-a 0x48 " PINS FRAME "-w FILE --verify=stub",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1800 }, .block = SMALL },
	{ .name = "I2C write, start", .board = "l432,bus=i2c",
	  .args = "-a 0x48 " FRAME "-w FILE -g 0x08000800",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1800 }, .block = SMALL, .starts = true },
	{ .name = "I2C preserve", .board = "l073,bus=i2c",
	  .args = "-a 0x42 " FRAME "-w FILE --preserve=SAVED",
	  .effect = EFFECT_KEEPS, .at = { 0x90, 0x420 }, .block = SMALL },
	{ .name = "I2C unlock, write, lock", .board = "l432,bus=i2c,rdp=1,boot=low",
	  .args = "-a 0x48 " PINS FRAME "--unlock -w FILE --lock",
	  .effect = EFFECT_UNLOCKS, .at = { 0x800, 0x1800 }, .block = SMALL,
	  .options = L4_OPTIONS },
	{ .name = "I2C option bytes", .board = "l432,bus=i2c,jumper",
	  .args = "-a 0x48 --set-option nRST_STOP=0", .options = L4_OPTIONS },
	{ .name = "I2C write, flash lies", .board = "l432,bus=i2c,lie",
	  .args = "-a 0x48 " FRAME "-w FILE",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1800 }, .block = SMALL, .lies = true },
	{ .name = "I2C read", .board = "l432,bus=i2c", .args = "-a 0x48 -r PIPE -S " READ,
	  .unchecked = true },
	{ .name = "I2C read -v", .board = "l432,bus=i2c", .args = "-a 0x48 -r PIPE -v -S " READ },
	{ .name = "I2C CRC by the chip", .board = "l432,bus=i2c", .args = "-a 0x48 -C -S " READ },
	{ .name = "I2C CRC", .board = "l432,bus=i2c,i2c=1.0", .args = "-a 0x48 -C -S " READ },
	/* The jumper holds BOOT0, so that every reset leads back to the bootloader. */
	{ .name = "USB identify", .board = "l432,bus=usb,jumper", .args = "" },
	{ .name = "USB write", .board = "l432,bus=usb,jumper", .args = "-w FILE",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1800 } },
	{ .name = "USB write F4", .board = "f405,bus=usb,jumper,size=128", .args = "-w FILE",
	  .effect = EFFECT_WRITES, .at = { 0x4800, 0x8800 } },
	{ .name = "USB write G0", .board = "g0b1,bus=usb,jumper", .args = "--chip g0b1 -w FILE",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1800 } },
	{ .name = "USB write, start", .board = "l432,bus=usb,jumper", .args = "-w FILE -g 0x08000800",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1800 }, .starts = true },
	{ .name = "USB unlock, write, lock", .board = "l432,bus=usb,rdp=1,jumper",
	  .args = "--unlock -w FILE --lock",
	  .effect = EFFECT_UNLOCKS, .at = { 0x800, 0x1800 }, .options = L4_OPTIONS },
	{ .name = "USB option bytes", .board = "l432,bus=usb,jumper",
	  .args = "--set-option nRST_STOP=0", .options = L4_OPTIONS },
	{ .name = "USB write, flash lies", .board = "l432,bus=usb,jumper,lie", .args = "-w FILE",
	  .effect = EFFECT_WRITES, .at = { 0x800, 0x1800 }, .lies = true },
	{ .name = "USB read -v", .board = "l432,bus=usb,jumper", .args = "-r PIPE -v -S " READ },
	{ .name = "USB CRC", .board = "l432,bus=usb,jumper", .args = "-C -S " READ },
};
const size_t fault_job_count = COUNT(fault_jobs);

/* ---- the bench ---- */

static bool names(const struct fault_job *job, const char *word)
{
	return strstr(job->args, word) != NULL;
}

static bool reads(const struct fault_job *job)
{
	return names(job, "PIPE");
}

static bool preserves(const struct fault_job *job)
{
	return names(job, "SAVED");
}

/* Copies @from to @to, with @name in place of the first @word. */
static void put_name(char *to, size_t room, const char *from, const char *word, const char *name)
{
	const char *at = strstr(from, word);

	if (at)
		snprintf(to, room, "%.*s%s%s", (int)(at - from), from, name, at + strlen(word));
	else
		snprintf(to, room, "%s", from);
}

/* PIPE and SAVED become names of files. */
static void make_args(struct fault_bench *b)
{
	char pipe_name[32], line[sizeof(b->args)];

	snprintf(pipe_name, sizeof(pipe_name), "/dev/fd/%d", b->pipe[1]);
	put_name(line, sizeof(line), b->job->args, "PIPE", pipe_name);
	put_name(b->args, sizeof(b->args), line, "SAVED", b->saved);
}

static int make_image(struct fault_bench *b, struct err *e)
{
	uint32_t block = b->job->block ? b->job->block : BLOCK;
	/* Two full blocks, and one with a partial unit behind it. */
	const uint32_t len[] = { 2 * block, block + 5 };
	const uint32_t vectors[] = { STACK, b->start + b->job->at[0] + ENTRY + 1 };
	uint8_t data[2 * BLOCK];

	for (size_t s = 0; s < COUNT(len); s++) {
		for (uint32_t i = 0; i < len[s]; i++)
			data[i] = (uint8_t)(i % 5 ? i * 11 + s : 0);
		for (uint32_t i = 0; i < sizeof(vectors) && s == 0 && b->job->starts; i++)
			data[i] = (uint8_t)(vectors[i / 4] >> 8 * (i % 4));
		if (image_add(&b->image, b->start + b->job->at[s], data, len[s], "image", e) < 0)
			return -1;
	}
	return 0;
}

/* Flash holds a pattern without blank runs before, all of it programmed. */
static void remember_before(struct fault_bench *b, const struct flash *f)
{
	b->start = f->start;
	b->size = f->size;
	b->erased = f->erased;
	b->programmed_size = f->size / f->family->unit / 8 + 1;
	b->before = malloc(f->size);
	b->after = malloc(f->size);
	b->touched = calloc(f->size, sizeof(*b->touched));
	b->programmed = malloc(b->programmed_size);
	for (uint32_t i = 0; i < f->size; i++)
		b->before[i] = (uint8_t)(1 + (i * 7 + (i >> 8)) % 251);
	memset(b->programmed, 0xFF, b->programmed_size);
	memcpy(b->after, b->before, f->size);
}

static void make_after(struct fault_bench *b, const struct flash *f)
{
	struct page p;

	if (b->job->effect == EFFECT_UNLOCKS)
		memset(b->after, f->erased, b->size);
	for (size_t s = 0; s < b->image.count; s++) {
		const struct segment *g = &b->image.seg[s];

		for (uint32_t addr = g->addr; addr < g->addr + g->len; addr = p.addr + p.size) {
			geometry_page_at(&f->geo, addr, &p);
			memset(b->touched + (p.addr - b->start), true, p.size);
			b->first = b->end ? b->first : p.addr - b->start;
			b->end = p.addr + p.size - b->start;
			if (b->job->effect != EFFECT_KEEPS)
				memset(b->after + (p.addr - b->start), f->erased, p.size);
		}
	}
	for (size_t s = 0; s < b->image.count; s++)
		memcpy(b->after + (b->image.seg[s].addr - b->start), b->image.seg[s].data,
		       b->image.seg[s].len);
}

static int lay_out(struct fault_bench *b, struct err *e)
{
	struct sim *board = sim_new(b->job->board, e);
	const struct flash *f;
	int ret = 0;

	if (!board)
		return -1;
	f = chip_flash(sim_chip(board));
	remember_before(b, f);
	if (b->job->effect != EFFECT_NONE) {
		ret = make_image(b, e);
		if (ret == 0)
			make_after(b, f);
	}
	b->i2c = sim_i2c_clock(board) != 0;
	b->usb = sim_has_usb(board);
	if (b->job->options)
		chip_peek(sim_chip(board), b->job->options, b->options_before, FAULT_OPTIONS);
	sim_free(board, NULL);
	return ret;
}

/* ---- one run ---- */

struct stage {
	struct injector inj;
	struct command command;
	struct witness witness;
	char said[4096], printed[2048];
	char *lines;			/* of --json; NULL: not in this run */
	size_t lines_len;
	uint8_t read[2048];
};

static int set_up(const struct fault_bench *b, struct stage *s, struct err *e)
{
	struct command *c = &s->command;
	struct flash *f;

	static const char *const ports[] = { "sim:l476", "sim:l476,bus=i2c", "sim:l476,bus=usb" };

	if (command_parse(c, b->args, ports[fault_wire(b)], e) < 0)
		return -1;
	s->inj.sim = sim_new(b->job->board, e);
	if (!s->inj.sim)
		return -1;
	f = chip_flash(sim_chip(s->inj.sim));
	memcpy(f->mem, b->before, b->size);
	memcpy(f->programmed, b->programmed, b->programmed_size);
	c->image = &b->image;
	c->o.progress = true;	/* somebody watches, so that waits are cut into pieces */
	c->drawer = &witness_ops;
	c->report = &s->witness.r;
	witness_init(&s->witness, b, &s->inj);
	c->out = fmemopen(s->printed, sizeof(s->printed) - 1, "w");
	c->err = fmemopen(s->said, sizeof(s->said) - 1, "w");
	return 0;
}

static struct port *open_port(const struct fault_bench *b, struct stage *s, struct err *e)
{
	struct port_cfg cfg = command_port(&s->command);
	static struct port *(*const open[])(struct injector *, const struct port_cfg *, struct err *) = {
		line_open, bus_open, usb_open,
	};
	struct port *p = open[fault_wire(b)](&s->inj, &cfg, e);

	for (size_t i = 0; p && i < s->inj.faults; i++)
		if (s->inj.fault[i].kind == FAULT_FLIP_UNSEEN)
			p->caps &= ~PORT_PARITY;
	return p;
}

static bool pins_are_back(const struct fault_bench *b, const struct sim *board)
{
	bool drives = names(b->job, "BOOT0");

	return !drives || (sim_line_level(board, "NRST") && !sim_line_level(board, "BOOT0"));
}

static ssize_t drain_pipe(const struct fault_bench *b, uint8_t *buf, size_t room)
{
	ssize_t n = read(b->pipe[0], buf, room);

	return n < 0 ? 0 : n;
}

/* ---- --json ---- */

/* Every so-many-th run has --json as well: it takes longer than the run itself. */
#define JSON_EVERY 16u

static void begin_json(struct fault_bench *b, struct stage *s)
{
#ifdef HAVE_JANSSON
	if (b->runs++ % JSON_EVERY == 0)
		s->command.json = open_memstream(&s->lines, &s->lines_len);
#else
	(void)b;
	(void)s;
#endif
}

/* The last line is the result, with the status that the run ended with. */
static bool ends_with_result(const struct stage *s, const struct err *e)
{
	char start[] = "{\"event\":\"result\"", exit[32];
	const char *last;

	snprintf(exit, sizeof(exit), "\"exit\":%d,", err_exit_status(e));
	if (s->lines_len < 2 || s->lines[s->lines_len - 1] != '\n')
		return false;
	last = memrchr(s->lines, '\n', s->lines_len - 1);
	last = last ? last + 1 : s->lines;
	return !strncmp(last, start, strlen(start)) && strstr(last, exit);
}

static const char *end_json(struct stage *s, const struct err *e)
{
	bool good;

	if (!s->command.json)
		return NULL;
	fclose(s->command.json);
	good = ends_with_result(s, e);
	free(s->lines);
	return good ? NULL : "no result of this exit status in the last line of --json";
}

static struct fault_run act(struct fault_bench *b, struct stage *s)
{
	struct fault_run run = { .bench = b, .inj = &s->inj };
	struct port *port = open_port(b, s, &run.e);
	struct err late = ERR_INIT;
	const char *mute;
	nsec_t began;

	if (!port)
		return run;
	began = port_now(port);
	begin_json(b, s);
	if (command_run(&s->command, port, &run.e) == 0)
		run.e = ERR_INIT;
	run.took = port_now(port) - began;
	mute = end_json(s, &run.e);
	port_close(port, &late);
	fclose(s->command.out);
	fclose(s->command.err);
	command_free(&s->command);
	run.chip = sim_chip(s->inj.sim);
	run.flash = chip_flash(sim_chip(s->inj.sim))->mem;
	if (b->job->options)
		chip_peek(sim_chip(s->inj.sim), b->job->options, run.options, FAULT_OPTIONS);
	run.out = s->printed;
	run.said = s->said;
	run.misspoken = mute ? mute : s->witness.wrong;
	run.read = s->read;
	run.read_len = (size_t)drain_pipe(b, s->read, sizeof(s->read));
	run.pins_back = pins_are_back(b, s->inj.sim);
	run.kept = preserves(b->job) && unlink(b->saved) == 0;
	return run;
}

static int fail_with(const struct fault_bench *b, const char *what)
{
	fprintf(stderr, "%s: %s\n", b->job->name, what);
	return -1;
}

static int fail(const struct fault_bench *b, const struct err *e)
{
	return fail_with(b, e->msg);
}

/* Without a fault: what the others are compared with. */
static int run_clean(struct fault_bench *b)
{
	struct stage s = { .inj = { .map = &b->map } };
	struct err e = ERR_INIT;
	struct fault_run run;
	int ret = 0;

	if (set_up(b, &s, &e) < 0)
		return fail(b, &e);
	run = act(b, &s);
	b->map.frames = s.inj.frames;
	b->took = run.took;
	snprintf(b->out, sizeof(b->out), "%s", s.printed);
	memcpy(b->options_after, run.options, FAULT_OPTIONS);
	memcpy(b->read, run.read, run.read_len);
	b->read_len = run.read_len;
	memcpy(b->chip, s.witness.chip, sizeof(b->chip));
	b->known = true;
	if (run.e.code != (b->job->lies ? ERR_VERIFY : ERR_NONE))
		ret = fail(b, &run.e);
	else if (b->job->lies)
		ret = 0;
	else if (memcmp(run.flash, b->after, b->size) != 0)
		ret = fail_with(b, "flash is not what it should be");
	else if (run.misspoken[0])
		ret = fail_with(b, run.misspoken);
	else if (reads(b->job) && memcmp(run.read, b->before + 0x800, run.read_len) != 0)
		ret = fail_with(b, "what was read is not what flash holds");
	sim_free(s.inj.sim, NULL);
	return ret;
}

int fault_bench_open(struct fault_bench *b, const struct fault_job *job)
{
	struct err e = ERR_INIT;

	*b = (struct fault_bench){ .job = job };
	snprintf(b->saved, sizeof(b->saved), SAVED "%d", (int)getpid());
	if (pipe2(b->pipe, O_NONBLOCK | O_CLOEXEC) < 0 || lay_out(b, &e) < 0)
		return fail(b, &e);
	make_args(b);
	return run_clean(b);
}

void fault_bench_close(struct fault_bench *b)
{
	close(b->pipe[0]);
	close(b->pipe[1]);
	image_free(&b->image);
	free(b->before);
	free(b->after);
	free(b->touched);
	free(b->programmed);
}

struct fault_result fault_bench_run(struct fault_bench *b, const struct fault *faults, size_t n)
{
	struct stage s = { .inj = { .faults = n } };
	struct fault_result result = { 0 };
	struct err e = ERR_INIT;
	struct fault_run run;

	memcpy(s.inj.fault, faults, n * sizeof(*faults));
	if (set_up(b, &s, &e) < 0) {
		result.outcome = OUTCOME_WRONG;
		snprintf(result.message, sizeof(result.message), "%s", e.msg);
		return result;
	}
	run = act(b, &s);
	fault_judge(&run, &result);
	sim_free(s.inj.sim, NULL);
	return result;
}
