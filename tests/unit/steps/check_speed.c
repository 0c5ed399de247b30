/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Speed: from the first byte of the first Erase to the last ACK of the last Write a job takes
 * hardly more than the bytes on the wire and what the chip itself takes to erase and program.
 *
 * All in the virtual time of a simulated board, so exact and the same on every machine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ports/sim/board/sim.h"
#include "session/session.h"
#include "tests/lib/quiet_check.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define IMAGE_SIZE 20000u	/* no multiple of a page or of a block */
#define OVERHEAD_MAX 1.02	/* of the time of the bytes alone */

/* A moment, and what has happened up to it since the first Erase. */
struct mark {
	nsec_t now;
	int64_t busy;			/* the chip's erasing and programming */
	uint64_t bytes;			/* both ways, of all frames */
	uint64_t own_bytes;		/* of the commands that erase and write */
};

/* A port that counts what goes through it to the board of @chip, and back. */
struct meter {
	struct port port;
	struct port *inner;
	const struct chip *chip;
	uint8_t command;		/* under way, or the last one */
	unsigned int frames_left;	/* that the host has to send for it */
	bool begun;			/* an Erase was seen */
	struct mark at, first, last;
};

static bool erases(uint8_t command)
{
	return command == BL_ERASE || command == BL_EXT_ERASE;
}

/* AN3155: frames that the host sends after the command's own. */
static unsigned int frames_of(uint8_t command)
{
	if (command == BL_READ || command == BL_WRITE)
		return 2;
	return erases(command) ? 1 : 0;
}

static void count(struct meter *m, size_t bytes)
{
	m->at.now = port_now(m->inner);
	m->at.busy = chip_busy_ns(m->chip);
	m->at.bytes += bytes;
	if (erases(m->command) || m->command == BL_WRITE)
		m->at.own_bytes += bytes;
}

static int meter_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct meter *m = (struct meter *)p;

	if (m->frames_left) {
		m->frames_left--;
	} else {
		m->command = *(const uint8_t *)buf;
		m->frames_left = frames_of(m->command);
	}
	if (!m->begun && erases(m->command)) {
		m->begun = true;
		m->at = (struct mark){ 0 };
		count(m, 0);
		m->first = m->at;
	}
	count(m, len);
	return port_write(m->inner, buf, len, until, e);
}

static ssize_t meter_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			  struct err *e)
{
	struct meter *m = (struct meter *)p;
	ssize_t n = port_read(m->inner, buf, len, until, bad, e);

	if (n <= 0)
		return n;
	count(m, (size_t)n);
	if (m->command == BL_WRITE && !m->frames_left)
		m->last = m->at;
	return n;
}

static int meter_discard(struct port *p, struct err *e)
{
	return port_discard(((struct meter *)p)->inner, e);
}

static int meter_sleep(struct port *p, nsec_t until, struct err *e)
{
	return port_sleep(((struct meter *)p)->inner, until, e);
}

static nsec_t meter_now(struct port *p)
{
	return port_now(((struct meter *)p)->inner);
}

static int meter_close(struct port *p, struct err *e)
{
	return port_close(((struct meter *)p)->inner, e);
}

static const struct port_ops meter_ops = {
	.name = "meter",
	.read = meter_read,
	.write = meter_write,
	.discard = meter_discard,
	.sleep = meter_sleep,
	.now = meter_now,
	.close = meter_close,
};

static struct meter meter_open(struct sim *board, const struct request *o)
{
	struct port_cfg cfg = { .spec = o->port, .baud = o->baud, .mode = o->mode };
	struct err e = ERR_INIT;
	struct port *inner = sim_port(board, &cfg, &e);
	struct meter m = { .inner = inner, .chip = sim_chip(board) };

	ck_assert_msg(inner != NULL, "%s", e.msg);
	m.port = *inner;
	m.port.ops = &meter_ops;
	return m;
}

/* Bytes as code has them: each block has some that are not blank. */
static void fill(uint8_t *data, size_t len)
{
	uint32_t x = 1;

	for (size_t i = 0; i < len; i++) {
		x = x * 1664525u + 1013904223u;
		data[i] = (uint8_t)(x >> 24);
	}
}

static void run_write(struct session *s, struct meter *m)
{
	struct err e = ERR_INIT;

	s->port = &m->port;
	link_init(&s->link, s->port, &bl_uart, s->o->retries, true, NULL);
	ck_assert_msg(link_connect(&s->link, false, &e) == 0 &&
		      target_identify(&s->target, &s->link, NULL, &e) == 0 &&
		      step_write(s, &e) == 0, "%s: %s", s->o->port, e.msg);
	target_free(&s->target);
	ck_assert_msg(port_close(s->port, &e) == 0, "%s", e.msg);
}

/* Time beyond the chip's own, in times of the bytes alone: 1.0 is a line that never rests. */
static double ratio(const struct meter *m, uint64_t bytes)
{
	nsec_t span = m->last.now - m->first.now - (m->last.busy - m->first.busy);

	return (double)span / (double)port_wire_time(&m->port, bytes);
}

/* The options of "bootpin LINE"; they point into @line. */
static void parse(struct request *o, char *line)
{
	char *argv[16] = { line };
	struct err e = ERR_INIT;
	int argc = 1;

	for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	ck_assert_msg(options_parse(o, argc, argv, &e) == 0, "%s", e.msg);
}

/* Writes an image into a new board of @chip at @baud and returns the meter's readings. */
static struct meter measure(const char *chip, unsigned int baud)
{
	static uint8_t data[IMAGE_SIZE], held[IMAGE_SIZE];
	char line[80];
	struct err e = ERR_INIT;
	struct request o;
	struct report r;
	struct sim *board = sim_new(chip, &e);
	struct meter m;

	ck_assert_msg(board != NULL, "%s", e.msg);
	snprintf(line, sizeof(line), "--quiet --no-verify -b %u -w image sim:%s", baud, chip);
	parse(&o, line);
	report_init(&r, stdout, stderr, o.verbosity, false);
	fill(data, sizeof(data));

	struct job job = { .o = &o };
	struct session s = { .job = &job, .o = &o, .r = &r };

	ck_assert_int_eq(image_add(&job.image, 0x08000000, data, sizeof(data), "image", &e), 0);
	m = meter_open(board, &o);
	run_write(&s, &m);
	ck_assert_int_eq(chip_peek(m.chip, 0x08000000, held, sizeof(held)), 0);
	ck_assert_mem_eq(held, data, sizeof(data));
	ck_assert_uint_gt(m.last.own_bytes, IMAGE_SIZE);
	image_free(&job.image);
	options_free(&o);
	sim_free(board, NULL);
	return m;
}

static const char *const chips[] = { "f103", "l432", "g071", "l053", "h743", "f405" };
static const unsigned int rates[] = { 57600, 115200, 230400, 460800, 921600 };

START_TEST(speed_near_the_wire)
{
	const char *chip = chips[(size_t)_i / COUNT(rates)];
	unsigned int baud = rates[(size_t)_i % COUNT(rates)];
	struct meter m = measure(chip, baud);
	double all = ratio(&m, m.last.bytes), own = ratio(&m, m.last.own_bytes);

	printf("%-4s %6u baud: %8.3f ms, chip %8.3f ms; wire x %.4f, of Erase and Write "
	       "alone x %.4f\n", chip, baud, (double)(m.last.now - m.first.now) / 1e6,
	       (double)(m.last.busy - m.first.busy) / 1e6, all, own);
	ck_assert_double_le(all, OVERHEAD_MAX);
}
END_TEST

/* What is measured does rise when the line rests: an adapter's latency is not ours to hide. */
START_TEST(speed_notices_waiting)
{
	struct meter m = measure("f103,latency=1", 115200);

	ck_assert_double_gt(ratio(&m, m.last.bytes), OVERHEAD_MAX);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("speed");
	TCase *t = tcase_create("speed");
	SRunner *r;
	int failed;

	tcase_add_loop_test(t, speed_near_the_wire, 0, COUNT(chips) * COUNT(rates));
	tcase_add_test(t, speed_notices_waiting);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
