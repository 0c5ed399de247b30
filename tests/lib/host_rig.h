/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests of the host side: whole jobs, as their command line says, on a simulated board that stays for a look at
 * what they did; and a tap on the line, to listen and to spoil. All in virtual time.
 */
#ifndef BOOTPIN_TESTS_HOST_RIG_H
#define BOOTPIN_TESTS_HOST_RIG_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ports/sim/board/sim.h"
#include "session/session.h"
#include "tests/lib/quiet_check.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FLASH 0x08000000u

/* ---- a tap on the line ---- */

struct tap {
	struct port port;	/* what the host is given */
	struct port *inner;
	/* A frame on its way to the chip may be changed or cut short: its new length. NULL: all passes. */
	size_t (*to_chip)(struct tap *t, uint8_t *frame, size_t len);
	/*
	 * A byte on its way back may be changed; false: it is lost. NULL: all passes. Over I2C it is the first of a
	 * transaction, which is lost whole.
	 */
	bool (*from_chip)(struct tap *t, uint8_t *byte);
	/* Which frame went last: its command, 0 for the command's own, and the byte of its answer that comes next. */
	int command;		/* -1: a byte outside of any */
	unsigned int frame, answer;
	unsigned int frames_left;
	unsigned int times;	/* the hooks' own: what they did */
	uint64_t sent;		/* bytes that the host sent */
	/* Set by from_chip: this byte came so; what every read ends with from now on. */
	bool bad_parity;
	struct err ends;
};

/* AN3155: frames that the host sends behind the command's own. */
static inline unsigned int tap_frames(uint8_t command)
{
	switch (command) {
	case BL_READ: case BL_WRITE: case BL_NS_WRITE:
		return 2;
	case BL_GO: case BL_ERASE: case BL_EXT_ERASE: case BL_WRITE_PROTECT:
		return 1;
	case BL_CHECKSUM:
		return 4;
	default:
		return 0;
	}
}

static inline void tap_follow(struct tap *t, const uint8_t *frame, size_t len)
{
	t->answer = 0;
	t->sent += len;
	if (len == 1) {
		t->command = -1;
		t->frames_left = 0;
	} else if (t->frames_left) {
		t->frames_left--;
		t->frame++;
	} else {
		t->command = frame[0];
		t->frame = 0;
		t->frames_left = tap_frames(frame[0]);
	}
}

static inline int tap_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct tap *t = (struct tap *)p;
	uint8_t frame[BL_FRAME_MAX];

	memcpy(frame, buf, len);
	tap_follow(t, frame, len);
	if (t->to_chip)
		len = t->to_chip(t, frame, len);
	return len ? port_write(t->inner, frame, len, until, e) : 0;
}

static inline ssize_t tap_read_all(struct tap *t, void *buf, size_t len, nsec_t until, size_t *bad, struct err *e)
{
	ssize_t n = port_read(t->inner, buf, len, until, bad, e);

	t->answer++;
	return n > 0 && t->from_chip && !t->from_chip(t, buf) ? err_set(e, ERR_TIMEOUT, "lost") : n;
}

/* Byte by byte, so that each can be told from its neighbours. */
static inline ssize_t tap_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad, struct err *e)
{
	struct tap *t = (struct tap *)p;
	uint8_t *byte = buf;
	ssize_t n;

	if (!(p->caps & PORT_STREAM))
		return tap_read_all(t, buf, len, until, bad, e);
	do {
		n = port_read(t->inner, byte, 1, until, bad, e);
		if (n <= 0)
			return n;
		if (t->answer == 0 && *byte == BL_NACK)
			t->frames_left = 0;
		t->answer++;
	} while (t->from_chip && !t->from_chip(t, byte));
	if (bad && t->bad_parity)
		*bad = 0;
	t->bad_parity = false;
	if (t->ends.code != ERR_NONE) {
		*e = t->ends;
		return -1;
	}
	return 1;
}

static inline int tap_discard(struct port *p, struct err *e)
{
	return port_discard(((struct tap *)p)->inner, e);
}

static inline int tap_sleep(struct port *p, nsec_t until, struct err *e)
{
	return port_sleep(((struct tap *)p)->inner, until, e);
}

static inline nsec_t tap_now(struct port *p)
{
	return port_now(((struct tap *)p)->inner);
}

static inline int tap_find_pin(struct port *p, const char *name, uint32_t number, struct err *e)
{
	struct port *in = ((struct tap *)p)->inner;

	return in->ops->find_pin(in, name, number, e);
}

static inline int tap_drive_pin(struct port *p, int pin, bool high, struct err *e)
{
	struct port *in = ((struct tap *)p)->inner;

	return in->ops->drive_pin(in, pin, high, e);
}

static inline int tap_close(struct port *p, struct err *e)
{
	return port_close(((struct tap *)p)->inner, e);
}

static const struct port_ops tap_ops = {
	.name = "tap", .read = tap_read, .write = tap_write, .discard = tap_discard,
	.sleep = tap_sleep, .now = tap_now, .find_pin = tap_find_pin, .drive_pin = tap_drive_pin, .close = tap_close,
};

/* ---- a board, and jobs on it ---- */

struct host {
	struct sim *sim;
	struct chip *chip;
	struct tap tap;
	struct image image;	/* what -w and --compare are about, whatever FILE they name */
	uint8_t *before;	/* flash as host_remember found it */
	char said[8192];	/* by the last job, on both streams */
	struct err e;		/* how it ended */
	nsec_t took;
};

static inline void host_open(struct host *h, const char *spec)
{
	struct err e = ERR_INIT;

	*h = (struct host){ .sim = sim_new(spec, &e) };
	ck_assert_msg(h->sim != NULL, "%s: %s", spec, e.msg);
	h->chip = sim_chip(h->sim);
}

static inline void host_close(struct host *h)
{
	image_free(&h->image);
	free(h->before);
	sim_free(h->sim, NULL);
}

static inline void host_image(struct host *h, uint32_t addr, const void *data, uint32_t len)
{
	struct err e = ERR_INIT;

	ck_assert_msg(image_add(&h->image, addr, data, len, "image", &e) == 0, "%s", e.msg);
}

/* Bytes as code has them: no block of them is blank. */
static inline void host_fill(uint8_t *data, size_t len, uint32_t seed)
{
	for (size_t i = 0; i < len; i++) {
		seed = seed * 1664525u + 1013904223u;
		data[i] = (uint8_t)(seed >> 24);
	}
}

/* The options of "bootpin @args PORT"; their strings point into @line. */
static inline void host_options(struct request *o, char *line, size_t room, const char *args, bool i2c)
{
	char *argv[24] = { NULL };
	struct err e = ERR_INIT;
	int argc = 0;

	snprintf(line, room, "bootpin %s sim%s", args, i2c ? ":board,bus=i2c" : "");
	for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	ck_assert_msg(options_parse(o, argc, argv, &e) == 0, "%s: %s", args, e.msg);
}

/* Runs "bootpin @args" on the board. Returns the exit status; h->e, said and took tell more. */
static inline int host_run(struct host *h, const char *args)
{
	char line[256];
	struct request o;
	struct err e = ERR_INIT;
	struct report r;
	FILE *out = fmemopen(h->said, sizeof(h->said) - 1, "w");

	memset(h->said, 0, sizeof(h->said));
	h->e = ERR_INIT;
	host_options(&o, line, sizeof(line), args, sim_i2c_clock(h->sim) != 0);

	struct job job = { .o = &o };
	struct port_cfg cfg = { .spec = o.port, .baud = o.baud, .mode = o.mode, .i2c_addr = o.i2c_addr };

	ck_assert_int_eq(image_merge(&job.image, &h->image, &e), 0);
	ck_assert_msg(pins_parse(&job.pins, &o, &e) == 0, "%s", e.msg);
	h->tap.inner = sim_port(h->sim, &cfg, &e);
	ck_assert_msg(h->tap.inner != NULL, "%s", e.msg);
	h->tap.port = *h->tap.inner;
	h->tap.port.ops = &tap_ops;
	h->tap.sent = h->tap.times = h->tap.frames_left = 0;
	h->tap.ends = ERR_INIT;
	report_init(&r, out, out, o.verbosity, false);
	h->took = port_now(&h->tap.port);
	if (session_run_on(&job, &h->tap.port, &r, NULL, &h->e) == 0)
		h->e = ERR_INIT;
	h->took = port_now(&h->tap.port) - h->took;
	fclose(out);
	port_close(&h->tap.port, &e);
	job_free(&job);
	options_free(&o);
	return err_exit_status(&h->e);
}

/* The same, and it must end so. */
#define host_expect(h, args, status) do {							\
	int status_ = host_run(h, args);							\
												\
	ck_assert_msg(status_ == (status), "bootpin %s: status %d, not %d: %s\n%s", args, status_,	\
		      (status), (h)->e.msg, (h)->said);						\
} while (0)

/* ---- what a job did to the chip ---- */

/* A byte of memory past the ROM. */
static inline uint8_t host_byte(const struct host *h, uint32_t addr)
{
	uint8_t byte = 0;

	chip_peek(h->chip, addr, &byte, 1);
	return byte;
}

/* Memory holds the image. */
static inline void host_holds_image(const struct host *h, const char *what)
{
	for (size_t i = 0; i < h->image.count; i++) {
		const struct segment *s = &h->image.seg[i];

		for (uint32_t at = 0; at < s->len; at++)
			ck_assert_msg(host_byte(h, s->addr + at) == s->data[at],
				      "%s: 0x%08x holds 0x%02x, not 0x%02x: %s\n%s", what, s->addr + at,
				      host_byte(h, s->addr + at), s->data[at], h->e.msg, h->said);
	}
}

static inline void host_remember(struct host *h)
{
	const struct flash *f = chip_flash(h->chip);

	free(h->before);
	h->before = malloc(f->size);
	ck_assert_ptr_nonnull(h->before);
	memcpy(h->before, f->mem, f->size);
}

static inline bool host_image_touches(const struct host *h, const struct page *p)
{
	const struct segment *s = image_find(&h->image, p->addr);

	return s && s->addr < p->addr + p->size;
}

/*
 * No page was erased but those that the image touches, and what lies in the others is what host_remember found. By the
 * simulator's own pages. Returns how many pages the image touches.
 */
static inline unsigned int host_unharmed(const struct host *h, const char *what)
{
	const struct flash *f = chip_flash(h->chip);
	unsigned int touched = 0;
	struct page p;

	for (uint32_t number = 0; number < f->pages; number++) {
		if (geometry_page(&f->geo, number, &p) < 0)
			continue;
		if (host_image_touches(h, &p)) {
			touched++;
			continue;
		}
		ck_assert_msg(chip_page_erases(h->chip, number) == 0, "%s: page %u was erased: %s\n%s", what, number,
			      h->e.msg, h->said);
		ck_assert_msg(memcmp(f->mem + (p.addr - f->start), h->before + (p.addr - f->start), p.size) == 0,
			      "%s: page %u was changed: %s\n%s", what, number, h->e.msg, h->said);
	}
	return touched;
}

static inline int host_main(Suite *s)
{
	SRunner *r = srunner_create(s);
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
