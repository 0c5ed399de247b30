/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Speed: from the first byte of the first Erase to the last ACK of the last Write a job takes
 * hardly more than the bytes on the wire and what the chip itself takes to erase and program.
 *
 * All in the virtual time of a simulated board, so exact and the same on every machine.
 */
#include "tests/lib/board.h"

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
	struct wrapper wrapper;
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
	m->at.now = port_now(&m->wrapper.port);
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
	return wrapper_forward.write(p, buf, len, until, e);
}

static ssize_t meter_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			  struct err *e)
{
	struct meter *m = (struct meter *)p;
	ssize_t n = wrapper_forward.read(p, buf, len, until, bad, e);

	if (n <= 0)
		return n;
	count(m, (size_t)n);
	if (m->command == BL_WRITE && !m->frames_left)
		m->last = m->at;
	return n;
}

static const struct port_ops meter_ops = { .read = meter_read, .write = meter_write };

/* Time beyond the chip's own, in times of the bytes alone: 1.0 is a line that never rests. */
static double ratio(const struct meter *m, uint64_t bytes)
{
	nsec_t span = m->last.now - m->first.now - (m->last.busy - m->first.busy);

	return (double)span / (double)port_wire_time(&m->wrapper.port, bytes);
}

/* Writes an image into a new board of @chip at @baud and returns the meter's readings. */
static struct meter measure(const char *chip, unsigned int baud)
{
	static uint8_t data[IMAGE_SIZE];
	struct meter m = { .begun = false };
	struct board b;
	char args[80], spec[40];

	/* As if each ROM could stand all rates. */
	snprintf(spec, sizeof(spec), "%s,autobaud=exact", chip);
	board_open(&b, spec);
	m.chip = b.chip;
	board_put_between(&b, &m.wrapper, &meter_ops);
	random_fill(data, sizeof(data), 1);
	board_image(&b, FLASH, data, sizeof(data));
	snprintf(args, sizeof(args), "--no-verify -b %u -w image", baud);
	board_expect(&b, args, 0);
	board_holds_image(&b, chip);
	ck_assert_uint_gt(m.last.own_bytes, IMAGE_SIZE);
	board_close(&b);
	return m;
}

static const char *const chips[] = { "f103", "l432", "g071", "l053", "h743", "f405" };
static const unsigned int rates[] = { 57600, 115200, 230400, 460800, 921600 };

START_TEST(writing_keeps_the_wire_busy)
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

/* The figure rises when the line rests, as it does with an adapter's latency. */
START_TEST(measure_notices_a_line_that_rests)
{
	struct meter m = measure("f103,latency=1", 115200);

	ck_assert_double_gt(ratio(&m, m.last.bytes), OVERHEAD_MAX);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("speed");
	TCase *t = runner_case(s, "speed", 0);

	tcase_add_loop_test(t, writing_keeps_the_wire_busy, 0, COUNT(chips) * COUNT(rates));
	tcase_add_test(t, measure_notices_a_line_that_rests);
	return runner_run(s);
}
