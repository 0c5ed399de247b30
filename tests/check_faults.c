/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One fault a run, at every byte of a whole write-and-verify job, in both directions: success
 * means that the flash holds the image and nothing else was touched; a failure has the right
 * class, and the run ends in bounded time.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../ports/sim/sim.h"
#include "../src/session.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FLASH 0x08000000u
#define FLASH_LEN 0x4000u
#define TIME_MAX (200 * NSEC_PER_SEC)	/* of virtual time */

enum kind { LOSE, FLIP, DOUBLE, INSERT, KINDS };
static const char *const kind_names[] = { "lost", "flipped", "doubled", "inserted" };

struct fault {
	bool to_chip;
	uint64_t at;		/* which byte of that direction; UINT64_MAX: none */
	enum kind kind;
	uint8_t bits;		/* FLIP: which; INSERT: the byte */
};

/* A port that spoils one byte on the way to @inner or back. */
struct bad_line {
	struct port port;
	struct port *inner;
	struct fault fault;
	uint64_t sent, received;
	int pending;		/* a byte that the fault made, to be read next; -1: none */
};

/* What becomes of @byte: 0 to 2 bytes in @out. */
static size_t spoil(const struct fault *f, uint8_t byte, uint8_t out[2])
{
	switch (f->kind) {
	case LOSE:
		return 0;
	case FLIP:
		out[0] = byte ^ f->bits;
		return 1;
	case DOUBLE:
		out[0] = out[1] = byte;
		return 2;
	default:
		out[0] = f->bits;
		out[1] = byte;
		return 2;
	}
}

static int line_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct bad_line *l = (struct bad_line *)p;
	const uint8_t *bytes = buf;
	uint8_t out[2048];
	size_t n = 0;

	for (size_t i = 0; i < len; i++, l->sent++)
		if (l->fault.to_chip && l->sent == l->fault.at)
			n += spoil(&l->fault, bytes[i], out + n);
		else
			out[n++] = bytes[i];
	return n ? port_write(l->inner, out, n, until, e) : 0;
}

static ssize_t line_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			 struct err *e)
{
	struct bad_line *l = (struct bad_line *)p;
	uint8_t out[2], *byte = buf;
	size_t made;
	ssize_t n;

	if (l->pending >= 0) {
		*byte = (uint8_t)l->pending;
		l->pending = -1;
		if (bad)
			*bad = 1;
		return 1;
	}
	for (;;) {
		bool here = !l->fault.to_chip && l->received == l->fault.at;

		/* Up to the byte in question everything passes. */
		if (!l->fault.to_chip && l->received < l->fault.at &&
		    l->fault.at - l->received < len)
			len = (size_t)(l->fault.at - l->received);
		n = port_read(l->inner, buf, here ? 1 : len, until, bad, e);
		if (n <= 0)
			return n;
		l->received += (uint64_t)n;
		if (!here)
			return n;
		made = spoil(&l->fault, *byte, out);
		if (made == 2)
			l->pending = out[1];
		if (made) {
			*byte = out[0];
			return 1;
		}
	}
}

static int line_discard(struct port *p, struct err *e)
{
	return port_discard(((struct bad_line *)p)->inner, e);
}

static int line_sleep(struct port *p, nsec_t until, struct err *e)
{
	return port_sleep(((struct bad_line *)p)->inner, until, e);
}

static nsec_t line_now(struct port *p)
{
	return port_now(((struct bad_line *)p)->inner);
}

static int line_close(struct port *p, struct err *e)
{
	return port_close(((struct bad_line *)p)->inner, e);
}

static const struct port_ops line_ops = {
	.name = "bad line", .read = line_read, .write = line_write, .discard = line_discard,
	.sleep = line_sleep, .now = line_now, .close = line_close,
};

/* What is to be in flash: a pattern, the touched pages erased, the image in them. */
struct expectation {
	uint8_t before[FLASH_LEN], after[FLASH_LEN];
};

struct chip_case {
	const char *spec;
	uint32_t page;		/* bytes */
	uint8_t erased;
};
static const struct chip_case cases[] = {
	{ "f103", 1024, 0xFF },		/* Erase, 8-bit page numbers */
	{ "l432", 2048, 0xFF },		/* Extended Erase, words that are programmed once */
	{ "l053", 128, 0x00 },
};

static const struct { uint32_t at, len; } segments[] = { { 0x800, 300 }, { 0x1400, 41 } };

static void make_image(struct image *img, struct expectation *x, const struct chip_case *c)
{
	uint8_t data[512];
	struct err e = ERR_INIT;

	for (uint32_t i = 0; i < FLASH_LEN; i++)
		x->before[i] = (uint8_t)(i * 7 + (i >> 8));
	memcpy(x->after, x->before, FLASH_LEN);
	for (size_t s = 0; s < COUNT(segments); s++) {
		uint32_t from = segments[s].at / c->page * c->page;
		uint32_t to = (segments[s].at + segments[s].len + c->page - 1) / c->page * c->page;

		memset(x->after + from, c->erased, to - from);
	}
	for (size_t s = 0; s < COUNT(segments); s++) {
		for (uint32_t i = 0; i < segments[s].len; i++)
			data[i] = (uint8_t)(i % 5 ? i * 11 + s : 0);
		ck_assert_int_eq(image_add(img, FLASH + segments[s].at, data, segments[s].len,
					   "image", &e),
				 0);
		memcpy(x->after + segments[s].at, data, segments[s].len);
	}
}

struct tally { unsigned int good, bad; uint64_t sent, received; nsec_t longest; };

static void describe(const struct fault *f, const struct chip_case *c, char *text, size_t size)
{
	snprintf(text, size, "%s: byte %llu %s the chip %s (0x%02x)", c->spec,
		 (unsigned long long)f->at, f->to_chip ? "to" : "from", kind_names[f->kind],
		 f->bits);
}

static void run_one(const struct chip_case *c, const struct expectation *x, const struct image *img,
		    struct fault fault, struct tally *t)
{
	struct options o = { .prog = "bootpin", .action = ACT_WRITE, .port = "bad", .retries = 10,
			     .baud = 115200, .mode = SERIAL_MODE_8E1 };
	struct port_cfg cfg = { .spec = "bad", .baud = 115200, .mode = SERIAL_MODE_8E1 };
	struct err e = ERR_INIT;
	struct sim *board = sim_new(c->spec, &e);
	struct bad_line line = { .fault = fault, .pending = -1 };
	struct job job = { .o = &o, .image = *img };
	uint8_t held[FLASH_LEN];
	struct report r;
	char what[120];
	int ret;

	describe(&fault, c, what, sizeof(what));
	ck_assert_ptr_nonnull(board);
	ck_assert_int_eq(chip_poke(sim_chip(board), FLASH, x->before, FLASH_LEN), 0);
	line.inner = sim_port(board, &cfg, &e);
	line.port = *line.inner;
	line.port.ops = &line_ops;
	report_init(&r, stdout, stderr, -1, false);

	ret = session_run_on(&job, &line.port, &r, NULL, &e);
	ck_assert_int_eq(chip_peek(sim_chip(board), FLASH, held, FLASH_LEN), 0);
	if (ret == 0) {
		uint32_t i = 0;

		while (i < FLASH_LEN && held[i] == x->after[i])
			i++;
		ck_assert_msg(i == FLASH_LEN, "%s: success, but 0x%08x holds 0x%02x, not 0x%02x",
			      what, FLASH + i, held[i], x->after[i]);
		t->good++;
	} else {
		ck_assert_msg(e.code == ERR_LINK || e.code == ERR_SILENT || e.code == ERR_VERIFY ||
			      e.code == ERR_ABILITY, "%s: code %d: %s", what, e.code, e.msg);
		if (getenv("FAULTS_VERBOSE"))
			printf("%s: %s\n", what, e.msg);
		t->bad++;
	}
	ck_assert_msg(port_now(line.inner) < TIME_MAX, "%s: took %.0f s", what,
		      (double)port_now(line.inner) / 1e9);
	if (port_now(line.inner) > t->longest)
		t->longest = port_now(line.inner);
	t->sent = line.sent;
	t->received = line.received;
	port_close(line.inner, NULL);
	sim_free(board, NULL);
}

START_TEST(single_faults)
{
	const struct chip_case *c = &cases[_i / KINDS];
	enum kind kind = (enum kind)(_i % KINDS);
	struct image img = IMAGE_INIT;
	static struct expectation x;
	struct tally t = { 0 };
	uint64_t lengths[2], step = getenv("CHECK_QUICK") ? 41 : 1;	/* under valgrind */

	make_image(&img, &x, c);
	run_one(c, &x, &img, (struct fault){ .at = UINT64_MAX }, &t);
	ck_assert_uint_eq(t.bad, 0);
	lengths[0] = t.received;
	lengths[1] = t.sent;
	for (int to_chip = 0; to_chip < 2; to_chip++)
		for (uint64_t at = 0; at < lengths[to_chip]; at += step) {
			uint8_t bits = kind == FLIP     ? (uint8_t)(1u << at % 8)
				       : kind == INSERT ? 0xC3
							: 0;

			run_one(c, &x, &img, (struct fault){ to_chip, at, kind, bits }, &t);
		}
	printf("%s, one byte %s: %u runs succeeded, %u failed truthfully, the longest took %.1f "
	       "s\n",
	       c->spec, kind_names[kind], t.good - 1, t.bad, (double)t.longest / 1e9);
	/* A single lost or flipped byte is mended: that a few are not must not become the rule. */
	ck_assert_uint_ge(t.good, 9 * t.bad);
	image_free(&img);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("faults");
	TCase *t = tcase_create("faults");
	SRunner *r;
	int failed;

	tcase_add_loop_test(t, single_faults, 0, (int)COUNT(cases) * KINDS);
	tcase_set_timeout(t, 600);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
