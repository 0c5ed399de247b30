/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Speed over I2C: a 64 KB image over a 400 kHz bus takes at most 1.08 of the bus's own time (9
 * bits a byte, start, address and stop) and what the chip takes to erase and program. Looks at a
 * chip that is still busy count as waiting. In virtual time, so exact.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ports/sim/board/sim.h"
#include "session/session.h"
#include "tests/lib/quiet_check.h"

#define FLASH 0x08000000u
#define IMAGE_SIZE 65536u
#define OVERHEAD_MAX 1.08

/* A port that adds up what its transactions take, from the first erase on. */
struct meter {
	struct port port;
	struct port *inner;
	const struct chip *chip;
	bool begun;
	nsec_t first, last, bus;
	int64_t busy_before;
};

static int meter_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct meter *m = (struct meter *)p;
	uint8_t command = len == 2 ? *(const uint8_t *)buf : 0;

	if (!m->begun && (command == BL_EXT_ERASE || command == BL_NS_ERASE)) {
		m->begun = true;
		m->first = port_now(m->inner);
		m->busy_before = chip_busy_ns(m->chip);
	}
	if (m->begun)
		m->bus += port_wire_time(m->inner, len);
	return port_write(m->inner, buf, len, until, e);
}

static ssize_t meter_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			  struct err *e)
{
	struct meter *m = (struct meter *)p;
	ssize_t n = port_read(m->inner, buf, len, until, bad, e);

	if (m->begun && n > 0 && !(n == 1 && *(uint8_t *)buf == BL_BUSY))
		m->bus += port_wire_time(m->inner, (size_t)n);
	m->last = port_now(m->inner);
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

static const struct port_ops meter_ops = {
	.name = "meter", .read = meter_read, .write = meter_write, .discard = meter_discard,
	.sleep = meter_sleep, .now = meter_now,
};

/* No-stretch (1.1 and 1.2) and stretching (1.0) bootloaders, at their own addresses. */
static const struct { const char *spec; unsigned int addr; } chips[] = {
	{ "l432,bus=i2c", 0x48 },
	{ "g071,bus=i2c", 0x51 },
	{ "f405,bus=i2c", 0x3A },
	{ "f091,bus=i2c", 0x41 },
	{ "u575,bus=i2c", 0x5A },
};

START_TEST(speed_near_the_bus)
{
	static uint8_t data[IMAGE_SIZE], held[IMAGE_SIZE];
	struct request o = { .prog = "bootpin", .action = ACT_WRITE, .port = "sim:", .retries = 10,
			     .verify = VERIFY_NO };
	struct port_cfg cfg = { .spec = "sim:", .i2c_addr = chips[_i].addr };
	struct job job = { .o = &o };
	struct err e = ERR_INIT;
	struct sim *board = sim_new(chips[_i].spec, &e);
	struct meter m = { .inner = NULL };
	struct report r;
	nsec_t span, busy;
	double ratio;

	ck_assert_msg(board != NULL, "%s", e.msg);
	m.inner = sim_port(board, &cfg, &e);
	ck_assert_msg(m.inner != NULL, "%s", e.msg);
	m.chip = sim_chip(board);
	m.port = *m.inner;
	m.port.ops = &meter_ops;
	srandom(1);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)random();
	ck_assert_int_eq(image_add(&job.image, FLASH, data, sizeof(data), "image", &e), 0);
	report_init(&r, stdout, stderr, -1, false);

	ck_assert_msg(session_run_on(&job, &m.port, &r, NULL, &e) == 0, "%s: %s", chips[_i].spec,
		      e.msg);
	ck_assert_int_eq(chip_peek(m.chip, FLASH, held, sizeof(held)), 0);
	ck_assert_mem_eq(held, data, sizeof(data));

	busy = chip_busy_ns(m.chip) - m.busy_before;
	span = m.last - m.first;
	ratio = (double)(span - busy) / (double)m.bus;
	printf("%-13s %8.1f ms, chip %8.1f ms, bus x %.4f\n", chips[_i].spec, (double)span / 1e6,
	       (double)busy / 1e6, ratio);
	ck_assert_double_le(ratio, OVERHEAD_MAX);
	image_free(&job.image);
	port_close(m.inner, NULL);
	sim_free(board, NULL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("i2c speed");
	TCase *t = tcase_create("i2c speed");
	SRunner *r;
	int failed;

	tcase_add_loop_test(t, speed_near_the_bus, 0, (int)(sizeof(chips) / sizeof(chips[0])));
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
