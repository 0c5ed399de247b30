/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Speed over I2C: a 64 KB image over a 400 kHz bus takes at most 1.08 of the bus's own time (9
 * bits a byte, start, address and stop) and what the chip takes to erase and program. Looks at a
 * chip that is still busy count as waiting. In virtual time, so exact.
 */
#include "tests/lib/board.h"

#define IMAGE_SIZE 65536u
#define OVERHEAD_MAX 1.08

/* A port that adds up what its transactions take, from the first erase on. */
struct meter {
	struct wrapper wrapper;
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
		m->first = port_now(p);
		m->busy_before = chip_busy_ns(m->chip);
	}
	if (m->begun)
		m->bus += port_wire_time(p, len);
	return wrapper_forward.write(p, buf, len, until, e);
}

static ssize_t meter_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			  struct err *e)
{
	struct meter *m = (struct meter *)p;
	ssize_t n = wrapper_forward.read(p, buf, len, until, bad, e);

	if (m->begun && n > 0 && !(n == 1 && *(uint8_t *)buf == BL_BUSY))
		m->bus += port_wire_time(p, (size_t)n);
	m->last = port_now(p);
	return n;
}

static const struct port_ops meter_ops = { .read = meter_read, .write = meter_write };

/* No-stretch (1.1 and 1.2) and stretching (1.0) bootloaders, at their own addresses. */
static const struct { const char *spec; unsigned int addr; } chips[] = {
	{ "l432,bus=i2c", 0x48 },
	{ "g071,bus=i2c", 0x51 },
	{ "f405,bus=i2c", 0x3A },
	{ "f091,bus=i2c", 0x41 },
	{ "u575,bus=i2c", 0x5A },
};

START_TEST(writing_over_i2c_keeps_the_bus_busy)
{
	static uint8_t data[IMAGE_SIZE];
	struct meter m = { .begun = false };
	nsec_t span, busy;
	struct board b;
	char args[80];
	double ratio;

	board_open(&b, chips[_i].spec);
	m.chip = b.chip;
	board_put_between(&b, &m.wrapper, &meter_ops);
	random_fill(data, sizeof(data), 1);
	board_image(&b, FLASH, data, sizeof(data));
	snprintf(args, sizeof(args), "-a 0x%x --full --no-verify -w image", chips[_i].addr);
	board_expect(&b, args, 0);
	board_holds_image(&b, chips[_i].spec);

	busy = chip_busy_ns(b.chip) - m.busy_before;
	span = m.last - m.first;
	ratio = (double)(span - busy) / (double)m.bus;
	printf("%-13s %8.1f ms, chip %8.1f ms, bus x %.4f\n", chips[_i].spec, (double)span / 1e6,
	       (double)busy / 1e6, ratio);
	ck_assert_double_le(ratio, OVERHEAD_MAX);
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("i2c speed");
	TCase *t = runner_case(s, "i2c speed", 0);

	tcase_add_loop_test(t, writing_over_i2c_keeps_the_bus_busy, 0, COUNT(chips));
	return runner_run(s);
}
