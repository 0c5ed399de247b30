/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Traces: what is written for what goes through a port, and what is played back from it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ports/replay.h"
#include "ports/table.h"
#include "ports/trace.h"
#include "tests/lib/runner.h"

#define HEAD "bootpin-trace 1 115200 8e1 plain tty\n"
#define HEAD_PARITY "bootpin-trace 1 57600 7o2 parity tty\n"
#define MS NSEC_PER_MSEC

/* A port for the trace to wrap: its clock is set by hand, and so is what it answers next. */
struct fake {
	struct port port;
	nsec_t now;
	const char *answer;		/* what the next read gives; NULL: nothing comes */
	size_t bad;
	enum err_code fails;		/* the next read or write; ERR_NONE: does not */
	uint32_t shrinks_to;		/* the limits after a failure */
	enum err_code close_fails;
	bool *closed;
};

static ssize_t fake_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			 struct err *e)
{
	struct fake *f = (struct fake *)p;
	size_t n = f->answer ? strlen(f->answer) : 0;

	if (f->fails) {
		p->max_read = f->shrinks_to;
		return err_set(e, f->fails, "the port vanished");
	}
	ck_assert_uint_le(n, len);
	*bad = f->bad;
	if (!n && until > f->now)
		f->now = until;
	if (n)
		memcpy(buf, f->answer, n);
	return (ssize_t)n;
}

static int fake_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct fake *f = (struct fake *)p;

	(void)buf;
	(void)len;
	(void)until;
	p->max_write = f->shrinks_to;
	return f->fails ? err_set(e, f->fails, "the port vanished") : 0;
}

static int fake_discard(struct port *p, struct err *e)
{
	(void)p;
	(void)e;
	return 0;
}

static int fake_sleep(struct port *p, nsec_t until, struct err *e)
{
	(void)e;
	((struct fake *)p)->now = until;
	return 0;
}

static nsec_t fake_now(struct port *p)
{
	return ((struct fake *)p)->now;
}

static int fake_close(struct port *p, struct err *e)
{
	struct fake *f = (struct fake *)p;

	*f->closed = true;
	return f->close_fails ? err_set(e, f->close_fails, "cannot close") : 0;
}

static const struct port_ops fake_ops = {
	.read = fake_read, .write = fake_write, .discard = fake_discard,
	.sleep = fake_sleep, .now = fake_now, .close = fake_close,
};

static bool closed;

static struct fake fake_make(unsigned int caps)
{
	closed = false;
	return (struct fake){
		.port = {
			.ops = &fake_ops, .caps = caps, .baud = 115200, .clock_hz = 400000,
			.mode = SERIAL_MODE_8E1,
		},
		.now = 500 * NSEC_PER_SEC, .closed = &closed,
	};
}

/* Writing */

START_TEST(all_that_passes_is_written)
{
	struct fake f = fake_make(PORT_STREAM | PORT_PARITY);
	struct err e = ERR_INIT;
	uint8_t buf[16];
	struct port *p;
	size_t bad, size;
	char *text;
	FILE *to = open_memstream(&text, &size);

	p = trace_wrap(&f.port, to, "/dev/ttyUSB0", "bootpin 1.2", &e);
	ck_assert_ptr_nonnull(p);
	ck_assert_uint_eq(p->caps, PORT_STREAM | PORT_PARITY);
	ck_assert_uint_eq(p->baud, 115200);

	f.now += 105999;
	ck_assert_int_eq(port_write(p, "\x7f", 1, 0, &e), 0);
	f.answer = "\x79";
	f.bad = 1;
	ck_assert_int_eq(port_read(p, buf, sizeof(buf), 0, &bad, &e), 1);
	ck_assert_uint_eq(bad, 1);
	ck_assert_int_eq(port_sleep(p, f.now + 61 * NSEC_PER_SEC, &e), 0);
	ck_assert_int_eq(port_discard(p, &e), 0);
	f.answer = "\x01\xff\x03";
	ck_assert_int_eq(port_read(p, buf, sizeof(buf), 0, &bad, &e), 3);
	ck_assert_uint_eq(bad, 1);
	f.answer = NULL;
	ck_assert_int_eq(port_read(p, buf, sizeof(buf), f.now, NULL, &e), 0);
	ck_assert_int_eq(port_read(p, buf, sizeof(buf), f.now + MS, NULL, &e), 0);
	f.fails = ERR_GONE;
	ck_assert_int_eq(port_read(p, buf, sizeof(buf), 0, NULL, &e), -1);
	ck_assert_int_eq(e.code, ERR_GONE);
	e = ERR_INIT;
	ck_assert_int_eq(port_write(p, "\x31\xce", 2, 0, &e), -1);
	ck_assert_int_eq(e.code, ERR_GONE);
	ck_assert_str_eq(e.msg, "the port vanished");

	ck_assert_str_eq(text,		/* all of it is there before the close */
			 "bootpin-trace 1 115200 8e1 parity /dev/ttyUSB0\n"
			 "# bootpin 1.2\n"
			 "+0.000105 > 7f\n"
			 "+0.000105 < 79\n"
			 "# +61.000105 input discarded\n"
			 "+61.000105 < 01 ff! 03\n"
			 "# +61.001105 nothing came\n"
			 "# +61.001105 read failed: the port vanished\n"
			 "# +61.001105 write failed: the port vanished\n");
	ck_assert_int_eq(port_close(p, &e), 0);
	ck_assert(closed);
	fclose(to);
	free(text);
}
END_TEST

/* A limit that an adapter turns out to have must reach the layers above the trace. */
START_TEST(limits_shine_through)
{
	struct fake f = fake_make(0);
	struct err e = ERR_INIT;
	uint8_t byte;
	size_t size;
	char *text;
	FILE *to = open_memstream(&text, &size);
	struct port *p = trace_wrap(&f.port, to, "/dev/i2c-1", "bootpin", &e);

	ck_assert_ptr_nonnull(p);
	ck_assert_str_eq(text, "bootpin-trace 1 400000 i2c plain /dev/i2c-1\n# bootpin\n");
	f.fails = ERR_TOO_LONG;
	f.shrinks_to = 128;
	ck_assert_int_eq(port_read(p, &byte, 1, 0, NULL, &e), -1);
	ck_assert_uint_eq(p->max_read, 128);
	ck_assert_uint_eq(p->max_write, 0);
	f.shrinks_to = 130;
	ck_assert_int_eq(port_write(p, &byte, 1, 0, &e), -1);
	ck_assert_uint_eq(p->max_read, 128);
	ck_assert_uint_eq(p->max_write, 130);
	ck_assert_int_eq(port_close(p, &e), 0);
	fclose(to);
	free(text);
}
END_TEST

/* A full disk: the job goes on, and is told at the end. */
START_TEST(full_disk_is_told_at_the_end)
{
	struct fake f = fake_make(PORT_STREAM);
	struct err e = ERR_INIT;
	FILE *to = fopen("/dev/full", "w");
	struct port *p;
	uint8_t byte;

	ck_assert_ptr_nonnull(to);
	p = trace_wrap(&f.port, to, "tty", "bootpin", &e);
	ck_assert_ptr_nonnull(p);
	ck_assert_int_eq(port_write(p, "\x7f", 1, 0, &e), 0);
	f.answer = "\x79";
	f.bad = 1;
	ck_assert_int_eq(port_read(p, &byte, 1, 0, NULL, &e), 1);
	ck_assert_int_eq(e.code, ERR_NONE);
	ck_assert_int_eq(port_close(p, &e), -1);
	ck_assert_int_eq(e.code, ERR_OTHER);
	ck_assert_str_eq(e.msg, "the trace could not be written in full");
	ck_assert(closed);
	fclose(to);
}
END_TEST

START_TEST(error_of_the_port_comes_before_that_of_the_trace)
{
	struct fake f = fake_make(PORT_STREAM);
	struct err e = ERR_INIT;
	FILE *to = fopen("/dev/full", "w");
	struct port *p = trace_wrap(&f.port, to, "tty", "bootpin", &e);

	ck_assert_ptr_nonnull(p);
	f.close_fails = ERR_GONE;
	ck_assert_int_eq(port_close(p, &e), -1);
	ck_assert_int_eq(e.code, ERR_GONE);
	ck_assert_str_eq(e.msg, "cannot close");
	fclose(to);
}
END_TEST

/* Playing back */

static char file[128];

static void setup(void)
{
	const char *tmp = getenv("TMPDIR");
	int fd;

	snprintf(file, sizeof(file), "%s/bootpin-trace.XXXXXX", tmp ? tmp : "/tmp");
	fd = mkostemp(file, O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void teardown(void)
{
	unlink(file);
}

static void file_write(const char *text)
{
	FILE *f = fopen(file, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static struct port *replay(struct stop *stop, struct err *e)
{
	char spec[160];
	struct port_cfg cfg = { .kinds = port_kinds,
				.spec = spec,
				.baud = 9600,
				.mode = SERIAL_MODE_8E1,
				.stop = stop };

	snprintf(spec, sizeof(spec), "replay:%s", file);
	return port_open(&cfg, e);
}

static struct port *replay_text(const char *text)
{
	struct err e = ERR_INIT;
	struct port *p;

	file_write(text);
	p = replay(NULL, &e);
	ck_assert_msg(p != NULL, "%s", e.msg);
	return p;
}

START_TEST(trace_of_transactions_is_played_back)
{
	struct port *p = replay_text("bootpin-trace 1 100000 i2c plain /dev/i2c-1\n"
				     "+0.001000 > 01 fe\n"
				     "+0.002000 < 79\n");
	struct err e = ERR_INIT;
	uint8_t byte = 0;

	ck_assert_uint_eq(p->caps, PORT_VIRTUAL);
	ck_assert_uint_eq(p->baud, 0);
	ck_assert_uint_eq(p->clock_hz, 100000);
	ck_assert_int_eq(port_write(p, "\x01\xfe", 2, 0, &e), 0);
	ck_assert_int_eq(port_read(p, &byte, 1, 5 * MS, NULL, &e), 1);
	ck_assert_uint_eq(byte, 0x79);
	ck_assert_int_eq(port_close(p, &e), 0);
}
END_TEST

START_TEST(trace_is_played_back)
{
	struct err e = ERR_INIT;
	uint8_t buf[16];
	size_t bad = 9;
	struct port *p = replay_text(HEAD_PARITY
				     "# bootpin 1.2\n"
				     "\n"
				     "+0.100000 > 7f\n"
				     "+0.250000 < 79 00! 1f!\r\n"	/* the first mark counts */
				     "# remark\n"
				     "+0.300000 > 31 ce\n"
				     "+0.300500 > 00\n"
				     "+2.000000 < 1f");

	ck_assert_uint_eq(p->baud, 57600);
	ck_assert_uint_eq(serial_mode_bits(p->mode), 11);
	ck_assert_uint_eq(p->caps, PORT_STREAM | PORT_PARITY | PORT_VIRTUAL);
	ck_assert_int_eq(port_now(p), 0);

	/* Nothing comes before something is sent. */
	ck_assert_int_eq(port_read(p, buf, 1, 5 * MS, &bad, &e), 0);
	ck_assert_uint_eq(bad, 0);
	ck_assert_int_eq(port_now(p), 5 * MS);
	ck_assert_int_eq(port_write(p, "\x7f", 1, 0, &e), 0);
	ck_assert_int_eq(port_now(p), 100 * MS);

	/* It comes at its time and not before; in pieces if so asked. */
	ck_assert_int_eq(port_read(p, buf, 1, 200 * MS, &bad, &e), 0);
	ck_assert_int_eq(port_now(p), 200 * MS);
	ck_assert_int_eq(port_read(p, buf, 1, 1000 * MS, &bad, &e), 1);
	ck_assert_int_eq(port_now(p), 250 * MS);
	ck_assert_uint_eq(buf[0], 0x79);
	ck_assert_uint_eq(bad, 1);
	ck_assert_int_eq(port_discard(p, &e), 0);	/* what was discarded never was in it */
	ck_assert_int_eq(port_read(p, buf, sizeof(buf), 1000 * MS, &bad, &e), 2);
	ck_assert_uint_eq(buf[0], 0x00);
	ck_assert_uint_eq(buf[1], 0x1F);
	ck_assert_uint_eq(bad, 0);

	/* A frame may be sent in other pieces than in the trace. */
	ck_assert_int_eq(port_write(p, "\x31\xce\x00", 3, 0, &e), 0);
	ck_assert_int_eq(port_sleep(p, 1500 * MS, &e), 0);
	ck_assert_int_eq(port_now(p), 1500 * MS);
	ck_assert_int_eq(port_read(p, buf, 1, 3000 * MS, &bad, &e), 1);
	ck_assert_uint_eq(bad, 1);

	/* After the end: silence. */
	ck_assert_int_eq(port_read(p, buf, 1, 9000 * MS, &bad, &e), 0);
	ck_assert_int_eq(port_now(p), 9000 * MS);
	ck_assert_int_eq(e.code, ERR_NONE);
	ck_assert_int_eq(port_close(p, &e), 0);
}
END_TEST

static const struct { const char *text, *sent, *says; } differences[] = {
	{ HEAD "+0.1 > 31 ce\n", "\x31\xee", ":2: expected 0xce, sent 0xee" },
	{ HEAD "# x\n+0.1 > 31\n+0.2 > ce\n", "\x31\xee", ":4: expected 0xce, sent 0xee" },
	{ HEAD "+0.1 < 79\n", "\x31", ":2: expected to read 0x79, sent 0x31" },
	{ HEAD "+0.1 > 31\n", "\x31\xce", ":2: the trace has ended, sent 0xce" },
	{ HEAD "0.1 > 31\n", "\x31", ":2: not a line of a trace" },
	{ HEAD "+0.1 = 31\n", "\x31", ":2: not a line of a trace" },
	{ HEAD "+x > 31\n", "\x31", ":2: not a line of a trace" },
	{ HEAD "+0.1 >\n", "\x31", ":2: not a line of a trace" },
	{ HEAD "+0.1 > 3\n", "\x31", ":2: not a line of a trace" },
	{ HEAD "+0.1 > 3g\n", "\x31", ":2: not a line of a trace" },
	{ HEAD "+0.1 > 31 \n", "\x31", ":2: not a line of a trace" },
	{ HEAD "+0.1 > 311\n", "\x31", ":2: not a line of a trace" },
	{ HEAD "+\n", "\x31", ":2: not a line of a trace" },
};

START_TEST(difference_from_the_trace_is_told)
{
	struct port *p = replay_text(differences[_i].text);
	struct err e = ERR_INIT;
	char want[200];

	snprintf(want, sizeof(want), "'%s'%s", file, differences[_i].says);
	ck_assert_int_eq(port_write(p, differences[_i].sent, strlen(differences[_i].sent), 0, &e),
			 -1);
	ck_assert_int_eq(e.code, ERR_GONE);
	ck_assert_str_eq(e.msg, want);
	port_close(p, NULL);
}
END_TEST

START_TEST(malformed_line_ends_the_replay)
{
	struct port *p = replay_text(HEAD "nonsense\n");
	struct err e = ERR_INIT;
	uint8_t byte;

	ck_assert_int_eq(port_read(p, &byte, 1, MS, NULL, &e), -1);
	ck_assert_int_eq(e.code, ERR_GONE);
	port_close(p, NULL);
}
END_TEST

static const char *const no_heads[] = {
	"", "\n", "# bootpin 1.2\n", "bootpin-trace 2 115200 8e1 plain tty\n",
	"bootpin-trace 1 115200 8x1 plain tty\n", "bootpin-trace 1 fast 8e1 plain tty\n",
	"bootpin-trace 1 115200\n", ":020000040800F2\n",
};

START_TEST(what_is_no_trace_is_refused)
{
	struct err e = ERR_INIT;
	char want[200];

	file_write(no_heads[_i]);
	snprintf(want, sizeof(want), "'%s' is not a trace of bootpin", file);
	ck_assert_ptr_null(replay(NULL, &e));
	ck_assert_int_eq(e.code, ERR_OPEN);
	ck_assert_str_eq(e.msg, want);
}
END_TEST

START_TEST(missing_file_is_refused)
{
	struct port_cfg cfg = { .kinds = port_kinds, .spec = "replay:" };
	struct err e = ERR_INIT;

	ck_assert_ptr_null(port_open(&cfg, &e));
	ck_assert_int_eq(e.code, ERR_USAGE);
	cfg.spec = "replay:/nonexistent/trace";
	ck_assert_ptr_null(port_open(&cfg, &e));
	ck_assert_int_eq(e.code, ERR_OPEN);
	ck_assert_str_eq(e.msg, "cannot open '/nonexistent/trace': No such file or directory");
}
END_TEST

START_TEST(signal_ends_a_replay)
{
	struct stop stop = STOP_INIT;
	struct err e = ERR_INIT;
	struct port *p;
	uint8_t byte;

	file_write(HEAD "+0.1 < 79\n");
	p = replay(&stop, &e);
	ck_assert_ptr_nonnull(p);
	stop_raise(&stop, SIGINT);
	ck_assert_int_eq(port_sleep(p, MS, &e), -1);
	ck_assert_int_eq(e.code, ERR_SIGNAL);
	ck_assert_int_eq(port_read(p, &byte, 1, 200 * MS, NULL, &e), 1);
	ck_assert_int_eq(port_read(p, &byte, 1, 300 * MS, NULL, &e), -1);
	ck_assert_int_eq(e.code, ERR_SIGNAL);
	port_close(p, NULL);
}
END_TEST

/* A conversation that is traced and then played back goes the same way at the same times. */
START_TEST(replay_goes_as_the_traced_conversation_went)
{
	struct fake f = fake_make(PORT_STREAM | PORT_PARITY);
	struct err e = ERR_INIT;
	FILE *to = fopen(file, "w");
	uint8_t all[256], buf[8];
	struct port *p;
	size_t i, bad;

	for (i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)i;
	ck_assert_ptr_nonnull(to);
	p = trace_wrap(&f.port, to, "a tty with spaces", "bootpin 1.2", &e);
	ck_assert_ptr_nonnull(p);
	f.now += 1234;
	ck_assert_int_eq(port_write(p, all, sizeof(all), 0, &e), 0);
	f.now += 999;			/* what is cut off makes the answer seem too late */
	f.answer = "\x79\x1f";
	f.bad = 1;
	ck_assert_int_eq(port_read(p, buf, sizeof(buf), 0, &bad, &e), 2);
	ck_assert_int_eq(port_close(p, &e), 0);
	fclose(to);

	p = replay(NULL, &e);
	ck_assert_msg(p != NULL, "%s", e.msg);
	ck_assert_uint_eq(p->caps, PORT_STREAM | PORT_PARITY | PORT_VIRTUAL);
	ck_assert_int_eq(port_write(p, all, sizeof(all), 0, &e), 0);
	ck_assert_int_eq(port_now(p), 1000);
	ck_assert_int_eq(port_read(p, buf, sizeof(buf), port_now(p) + 999, &bad, &e), 2);
	ck_assert_mem_eq(buf, "\x79\x1f", 2);
	ck_assert_uint_eq(bad, 1);
	ck_assert_int_eq(port_close(p, &e), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trace");
	TCase *writing = runner_case(suite, "writing", 0),
	      *playing = runner_case(suite, "playing back", 0);

	tcase_add_test(writing, all_that_passes_is_written);
	tcase_add_test(writing, limits_shine_through);
	tcase_add_test(writing, full_disk_is_told_at_the_end);
	tcase_add_test(writing, error_of_the_port_comes_before_that_of_the_trace);

	tcase_add_checked_fixture(playing, setup, teardown);
	tcase_add_test(playing, trace_is_played_back);
	tcase_add_test(playing, trace_of_transactions_is_played_back);
	tcase_add_loop_test(playing, difference_from_the_trace_is_told, 0, COUNT(differences));
	tcase_add_test(playing, malformed_line_ends_the_replay);
	tcase_add_loop_test(playing, what_is_no_trace_is_refused, 0, COUNT(no_heads));
	tcase_add_test(playing, missing_file_is_refused);
	tcase_add_test(playing, signal_ends_a_replay);
	tcase_add_test(playing, replay_goes_as_the_traced_conversation_went);

	return runner_run(suite);
}
