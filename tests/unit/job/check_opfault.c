/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nth call fails, for every n of whole runs of the program: of memory, files, the serial
 * port, the I2C bus, GPIO. Whatever fails, the program ends with a documented status and, if that
 * is not 0, with a message; success means that memory holds the image and the file is whole; what
 * was taken is given back, no file is left half-written or behind, and what a caller must expect
 * of these calls (interrupted, not now, only a part) is no failure at all.
 *
 * OPFAULT_VERBOSE=1 prints each run.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/job/opfault.h"
#include "tests/lib/runner.h"

int bootpin_main(int argc, char **argv);
#define main bootpin_main
#include "main.c"
#undef main

#define FLASH 0x08000000u
#define IMAGE_AT 0x800u		/* in flash; the start of a page of every board below */
#define IMAGE_LEN 700u
#define READ_LEN 1500u
#define PAGE_MAX 2048u		/* of the boards below */
#define AREA 0x2000u		/* what is looked at */

#define PINS "-i BOOT0,-NRST&20ms&NRST:-BOOT0,-NRST&20ms&NRST "
#define TTY PINS MACHINE_TTY
#define BUS PINS "-a 0x3b " MACHINE_BUS	/* at that address by the board's description */

/* ---- the jobs ---- */

enum aim {
	AIM_NONE,
	AIM_WRITES,			/* memory holds the image, the rest of its pages is blank */
	AIM_KEEPS,			/* memory holds the image, all else is as it was */
	AIM_WIPES,			/* memory holds the image, all else is blank */
	AIM_BLANK,			/* memory is blank */
	AIM_READS,			/* "out" holds READ_LEN bytes from the start of flash */
};

static const struct job_case {
	const char *board, *args;
	enum aim aim;
	bool programmed;		/* memory holds the image before */
	bool old;			/* there is an "out" before */
} jobs[] = {
	{ "f103", TTY, AIM_NONE, false, false },
	{ "f103", "-w app.hex " TTY, AIM_WRITES, false, false },
	{ "f103", "-w app.hex --only-changed " TTY, AIM_KEEPS, true, false },
	{ "f103", "-w app.hex --trace trace " TTY, AIM_WRITES, false, false },
	{ "f103", "-w app.hex --preserve=kept " TTY, AIM_KEEPS, false, false },
	{ "f103", "-w - -S 0x08000800 --no-verify " MACHINE_TTY, AIM_WRITES, false, false },
	{ "f103,wiring=dtr-nrst", "-w app.hex --wiring detect " MACHINE_TTY, AIM_WRITES, false,
	  false },
	{ "f103", "-w app.hex --dry-run " TTY, AIM_NONE, false, false },
	{ "f103", "--compare app.hex " TTY, AIM_NONE, true, false },
	{ "f103", "-r out -S 0x08000000:1500 " TTY, AIM_READS, false, false },
	{ "f103", "-r out -S 0x08000000:1500 --trace trace " TTY, AIM_READS, false, true },
	{ "f103", "-r - -S 0x08000000:1500 " TTY, AIM_NONE, false, false },
	{ "f103", "-C -S 0x08000000:1024 " TTY, AIM_NONE, false, false },
	{ "f103", "-o -S 0x08004000:4096 " TTY, AIM_NONE, false, false },
	{ "f103", "-o " TTY, AIM_BLANK, false, false },
	{ "f103", "-j " TTY, AIM_NONE, false, false },
	{ "f103,rdp=1", "-k " TTY, AIM_BLANK, false, false },
	{ "f103,write-protected", "-u " TTY, AIM_NONE, false, false },
	{ "f103,rdp=1", "--unlock -w app.hex --lock " TTY, AIM_WIPES, false, false },
	{ "f103", "--set-option nRST_STOP=0 " TTY, AIM_NONE, false, false },
	{ "f103", "-w app.hex --wait 1 --chip 0x410,ram=0x20000200-0x20005000 " TTY, AIM_WRITES,
	  false, false },
	{ "l432,bus=i2c,address=0x3b", BUS, AIM_NONE, false, false },
	{ "l432,bus=i2c,address=0x3b", "-w app.hex " BUS, AIM_WRITES, false, false },
	{ "l432,bus=i2c,address=0x3b", "-w app.hex --preserve --trace trace " BUS, AIM_KEEPS, false,
	  false },
	{ "l432,bus=i2c,address=0x3b", "-r out -S 0x08000000:1500 " BUS, AIM_READS, false, true },
	/* The simulated chip as users have it, with a file for its flash. */
	{ "f103", "--boot0 BOOT0 --nrst !NRST -w app.hex sim:f103,flash=out", AIM_NONE, false,
	  false },
	{ "f103", "-r out -S 0x08000000:1500 sim:l432,bus=i2c,fill=pattern -a 0x48", AIM_NONE,
	  false, false },
	/* ... or all of its state; and one whose option bytes cut the flash into other pages. */
	{ "f103", "sim:f103,prefeed=00ff,state=out", AIM_NONE, false, false },
	{ "f103", "--set-option DBANK=0 sim:g474", AIM_NONE, false, false },
	{ "f103", "-q --blank-check -S 0x08000000:64 replay:app.trace", AIM_NONE, false, false },
	{ "f103", "--list-chips", AIM_NONE, false, false },
};

/* ---- the faults ---- */

#define OP_FILES (OP_OPEN | OP_READ | OP_WRITE | OP_STREAM | OP_SYNC | OP_NAME | OP_SET)

static const struct fault_case {
	const char *name;
	struct op_fault fault;
	bool survived;			/* nothing that a user would notice */
} faults[] = {
	{ "out of memory once", { OP_MEMORY, ENOMEM, OP_ONCE, 0 }, false },
	{ "out of memory", { OP_MEMORY, ENOMEM, OP_LASTING, 0 }, false },
	{ "no descriptor", { OP_OPEN, EMFILE, OP_ONCE, 0 }, false },
	{ "not permitted", { OP_OPEN | OP_NAME | OP_SET, EACCES, OP_ONCE, 0 }, false },
	{ "file error once", { OP_FILES, EIO, OP_ONCE, 0 }, false },
	{ "disk full",
	  { OP_OPEN | OP_WRITE | OP_STREAM | OP_SYNC | OP_NAME, ENOSPC, OP_LASTING, 0 }, false },
	{ "line error once", { OP_LINE | OP_POLL, EPROTO, OP_ONCE, 0 }, false },
	{ "busy", { OP_OPEN | OP_SET, EBUSY, OP_LASTING, 0 }, false },
	{ "adapter gone", { OP_LINE | OP_POLL | OP_BUS | OP_SET | OP_GPIO, ENODEV, OP_LASTING, 0 },
	  false },
	{ "bus error once", { OP_BUS, EIO, OP_ONCE, 0 }, true },
	{ "bus without answer once", { OP_BUS, ENXIO, OP_ONCE, 0 }, true },
	{ "bus timed out once", { OP_BUS, ETIMEDOUT, OP_ONCE, 0 }, true },
	{ "bus lost once", { OP_BUS, EAGAIN, OP_ONCE, 0 }, true },
	{ "GPIO error once", { OP_GPIO, EIO, OP_ONCE, 0 }, false },
	{ "interrupted", { OP_READ | OP_WRITE | OP_LINE | OP_POLL | OP_SLEEP, EINTR, OP_EACH_THIRD, 0 },
	  true },
	{ "not ready", { OP_LINE | OP_POLL, EAGAIN, OP_EACH_THIRD, 0 }, true },
	{ "short", { OP_READ | OP_WRITE | OP_LINE, OP_SHORT, OP_EACH_THIRD, 0 }, true },
};

/* ---- one run ---- */

static char top[64], work[96], locks[96];
static uint8_t before[AREA], image[IMAGE_LEN];
static const char old_text[] = "what was there before\n";

struct outcome {
	char what[256];			/* which run it was */
	int status;
	char said[4096];		/* on standard error */
	uint8_t out[READ_LEN + 4096];	/* on standard output */
	size_t out_len;
	struct op_account account;
};

static void put(const char *path, const void *data, size_t len)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(data, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
}

/* Reads a file; -1 if there is none. */
static ssize_t get(const char *path, void *data, size_t room)
{
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		return -1;
	n = fread(data, 1, room, f);
	fclose(f);
	return (ssize_t)n;
}

static void empty(const char *dir)
{
	char path[400];
	DIR *d = opendir(dir);

	ck_assert_ptr_nonnull(d);
	for (struct dirent *f; (f = readdir(d));) {
		snprintf(path, sizeof(path), "%s/%s", dir, f->d_name);
		if (f->d_name[0] != '.')
			ck_assert_int_eq(unlink(path), 0);
	}
	closedir(d);
}

static void put_hex(const char *path)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(":020000040800F2\n", f);
	for (unsigned int at = 0; at < IMAGE_LEN; at += 20) {
		unsigned int addr = IMAGE_AT + at, sum = 20 + (addr >> 8) + (addr & 0xFF);

		fprintf(f, ":14%04X00", addr);
		for (unsigned int i = 0; i < 20; i++) {
			fprintf(f, "%02X", image[at + i]);
			sum += image[at + i];
		}
		fprintf(f, "%02X\n", -sum & 0xFF);
	}
	fputs(":00000001FF\n", f);
	fclose(f);
}

static int call_main(const char *args)
{
	char line[256], *argv[24] = { NULL };
	int argc = 0;

	snprintf(line, sizeof(line), "bootpin %s", args);
	for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	return bootpin_main(argc, argv);
}

static void setup(void)
{
	/* In memory, if there is such a place: thousands of files are made. */
	strcpy(top, "/dev/shm/bootpin-opfault-XXXXXX");
	if (!mkdtemp(top)) {
		strcpy(top, "/tmp/bootpin-opfault-XXXXXX");
		ck_assert_ptr_nonnull(mkdtemp(top));
	}
	snprintf(work, sizeof(work), "%s/work", top);
	snprintf(locks, sizeof(locks), "%s/locks", top);
	ck_assert_int_eq(mkdir(work, 0755), 0);
	ck_assert_int_eq(mkdir(locks, 0755), 0);
	ck_assert_int_eq(chdir(work), 0);
	for (size_t i = 0; i < sizeof(image); i++)
		image[i] = (uint8_t)(i * 7 + i / 256);
	for (size_t i = 0; i < sizeof(before); i++)
		before[i] = (uint8_t)(i * 13 + i / 256 + 1);
	put_hex("app.hex");
	put("app.bin", image, sizeof(image));
	ck_assert_int_eq(call_main("-q --trace app.trace --blank-check -S 0x08000000:64 sim:f103"),
			 0);
}

static void teardown(void)
{
	empty(work);
	empty(locks);
	ck_assert_int_eq(chdir("/"), 0);
	rmdir(work);
	rmdir(locks);
	rmdir(top);
}

static void prepare(const struct job_case *j)
{
	if (j->old)
		put("out", old_text, strlen(old_text));
	machine_start(j->board);
	ck_assert_int_eq(chip_poke(machine_chip(), FLASH, before, AREA), 0);
	if (j->programmed)
		ck_assert_int_eq(chip_poke(machine_chip(), FLASH + IMAGE_AT, image, IMAGE_LEN), 0);
}

/* The program with its standard streams: a file, another, and memory. */
static void run_main(const struct job_case *j, const struct op_fault *f, struct outcome *o)
{
	FILE *out = stdout, *err = stderr;
	int kept = dup(STDOUT_FILENO), printed = memfd_create("stdout", MFD_CLOEXEC);
	ssize_t n;

	fflush(stdout);
	dup2(printed, STDOUT_FILENO);
	lseek(STDIN_FILENO, 0, SEEK_SET);
	memset(o->said, 0, sizeof(o->said));
	stderr = fmemopen(o->said, sizeof(o->said) - 1, "w");
	stdout = op_stream(dup(printed));
	op_begin(f, locks);
	o->status = call_main(j->args);
	op_end(&o->account);
	fclose(stderr);
	fclose(stdout);
	stdout = out;
	stderr = err;
	dup2(kept, STDOUT_FILENO);
	close(kept);
	n = pread(printed, o->out, sizeof(o->out), 0);
	o->out_len = n > 0 ? (size_t)n : 0;
	close(printed);
}

/* ---- what must hold after each ---- */

static void check_end(const struct outcome *o, bool survived)
{
	const char *last = o->said;

	ck_assert_msg(o->status >= 0 && o->status <= 9, "%s: status %d", o->what, o->status);
	ck_assert_msg(!survived || o->status == 0, "%s: status %d\n%s", o->what, o->status,
		      o->said);
	for (const char *nl; (nl = strchr(last, '\n')) && nl[1]; last = nl + 1)
		;
	ck_assert_msg(o->status == 0 || (strncmp(last, "bootpin: ", 9) == 0 && strlen(last) > 12),
		      "%s: status %d without a message\n%s", o->what, o->status, o->said);
}

static void check_account(const struct outcome *o)
{
	const struct op_account *a = &o->account;

	ck_assert_msg(a->blocks == 0, "%s: %ld pieces of memory are left", o->what, a->blocks);
	ck_assert_msg(a->descriptors == 0, "%s: %d descriptors are left", o->what, a->descriptors);
	ck_assert_msg(a->closed_twice == 0, "%s: closed what was not open", o->what);
}

static void check_memory(const struct job_case *j, const struct outcome *o)
{
	uint8_t held[AREA], want[AREA];

	if (o->status != 0 || j->aim == AIM_NONE || j->aim == AIM_READS)
		return;
	chip_peek(machine_chip(), FLASH, held, AREA);
	memcpy(want, before, AREA);
	if (j->aim == AIM_WIPES || j->aim == AIM_BLANK)
		memset(want, 0xFF, AREA);
	if (j->aim == AIM_WRITES)
		memcpy(want + IMAGE_AT, held + IMAGE_AT, PAGE_MAX);
	if (j->aim != AIM_BLANK)
		memcpy(want + IMAGE_AT, image, IMAGE_LEN);
	ck_assert_msg(memcmp(held + IMAGE_AT, want + IMAGE_AT, IMAGE_LEN) == 0,
		      "%s: success, and memory does not hold the image", o->what);
	ck_assert_msg(memcmp(held, want, AREA) == 0, "%s: success, and more was changed", o->what);
}

/* "out" holds all that was to be read, or its old content. */
static void check_read(const struct job_case *j, const struct outcome *o)
{
	uint8_t held[READ_LEN + 1];
	ssize_t n = get("out", held, sizeof(held));
	bool whole = n == READ_LEN && memcmp(held, before, READ_LEN) == 0;
	bool old = j->old ? n == (ssize_t)strlen(old_text) && memcmp(held, old_text, (size_t)n) == 0
			  : n < 0;

	if (j->aim != AIM_READS)
		return;
	ck_assert_msg(whole || (old && o->status != 0),
		      "%s: status %d, and 'out' has %zd bytes\n%s", o->what, o->status, n, o->said);
}

/* A copy of kept memory stays only after a failure, and then whole. */
static bool is_copy(const char *name, const struct outcome *o)
{
	static const char end[] = ":00000001FF\n; kept by bootpin: ";
	static char text[65536];
	ssize_t n;

	if (o->status == 0 || (strcmp(name, "kept") != 0 && !strstr(name, ".saved")))
		return false;
	n = get(name, text, sizeof(text));
	return n > 2 && memmem(text, (size_t)n, end, strlen(end)) && !memcmp(text + n - 2, "'\n", 2);
}

/* Also makes room for the next run. */
static void check_left(const char *dir, const struct outcome *o)
{
	DIR *d = opendir(dir);

	ck_assert_ptr_nonnull(d);
	for (struct dirent *f; (f = readdir(d));) {
		const char *name = f->d_name;
		bool made = strcmp(name, "out") == 0 || strcmp(name, "trace") == 0;

		if (name[0] == '.' || strncmp(name, "app.", 4) == 0)
			continue;
		if (!made && !o->account.cannot_tidy && !is_copy(name, o))
			ck_abort_msg("%s: status %d, and '%s' is left\n%s", o->what, o->status,
				     name, o->said);
		unlinkat(dirfd(d), name, 0);
	}
	closedir(d);
}

static void check_trace_file(const struct job_case *j, const struct outcome *o)
{
	static char text[1024 * 1024];
	ssize_t n = get("trace", text, sizeof(text));

	if (!strstr(j->args, "--trace") || (n < 0 && o->status != 0))
		return;
	ck_assert_msg(n > 16 && memcmp(text, "bootpin-trace 1 ", 16) == 0 && text[n - 1] == '\n',
		      "%s: status %d, and the trace is not whole", o->what, o->status);
}

static void check_all(const struct job_case *j, const struct outcome *o,
		      const struct outcome *clean, const struct fault_case *f)
{
	check_end(o, f->survived);
	check_account(o);
	check_memory(j, o);
	check_read(j, o);
	check_trace_file(j, o);
	check_left(work, o);
	check_left(locks, o);
	ck_assert_msg(o->status != 0 || (o->out_len == clean->out_len &&
					 memcmp(o->out, clean->out, clean->out_len) == 0),
		      "%s: success, and something else was printed", o->what);
	ck_assert_msg((f->fault.kinds & (OP_SET | OP_LINE)) || machine_tty_is_restored(),
		      "%s: the port is not as it was", o->what);
	ck_assert_msg(machine_pins_are_free(), "%s: a GPIO line is still held", o->what);
}

/* ---- all of them ---- */

static void run_one(const struct job_case *j, const struct fault_case *f, uint64_t at,
		    struct outcome *o, const struct outcome *clean)
{
	struct op_fault fault = f->fault;

	fault.at = at;
	snprintf(o->what, sizeof(o->what), "bootpin %s: %s, call %lld", j->args, f->name,
		 (long long)at);
	prepare(j);
	run_main(j, &fault, o);
	if (o->account.failed)
		snprintf(o->what + strlen(o->what), sizeof(o->what) - strlen(o->what), " (%s)",
			 o->account.failed);
	if (getenv("OPFAULT_VERBOSE"))
		printf("%s: status %d\n%s", o->what, o->status, o->said);
	check_all(j, o, clean, f);
	machine_stop();
}

/* So many calls all fail in turn. */
#define FEW_CALLS 100u

/* Every call with CHECK_FULL; else each of so many, which is what make check has the time for. */
static uint64_t step_of(const struct fault_case *f)
{
	if (f->fault.when == OP_EACH_THIRD)
		return 1;
	if (getenv("CHECK_QUICK"))
		return 41;
	return getenv("CHECK_FULL") ? 1 : 11;
}

static void sweep(const struct job_case *j, const struct fault_case *f)
{
	static struct outcome clean, o;
	uint64_t calls, step = step_of(f);
	unsigned int runs = 0, good = 0;

	run_one(j, f, UINT64_MAX, &clean, &clean);
	ck_assert_msg(clean.status == 0, "%s: status %d\n%s", clean.what, clean.status, clean.said);
	calls = clean.account.calls;
	if (calls <= FEW_CALLS && !getenv("CHECK_QUICK"))
		step = 1;
	if (f->fault.when == OP_EACH_THIRD && calls > 3)
		calls = 3;
	for (uint64_t at = 0; at < calls; at += step) {
		run_one(j, f, at, &o, &clean);
		ck_assert_msg(o.account.failed != NULL, "%s: none failed", o.what);
		runs++;
		good += o.status == 0;
	}
	printf("bootpin %s: %s: %u runs, %u succeeded\n", j->args, f->name, runs, good);
}

START_TEST(job_survives_each_call_failing_once)
{
	int in = open("app.bin", O_RDONLY);

	ck_assert_int_eq(dup2(in, STDIN_FILENO), STDIN_FILENO);
	close(in);
	for (size_t f = 0; f < COUNT(faults); f++)
		sweep(&jobs[_i], &faults[f]);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("opfault");
	TCase *t = runner_case(s, "opfault", 600);

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, job_survives_each_call_failing_once, 0, COUNT(jobs));
	return runner_run(s);
}
