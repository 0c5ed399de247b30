/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: a bad line to a simulated chip. The input says which chip, wire and job, and up to
 * two faults, each of four bytes: where it is, which way the byte goes, and what becomes of it. A
 * write that ends well must have written. Corpus: tests/corpus/line.
 */
#include "ports/sim/board/sim.h"
#include "ports/sim/board/sim_port.h"
#include "tests/fuzz/fuzz_job.h"
#include "loader/an3155/bl.h"
#include "ports/wrapper.h"

#define FAULTS_MAX 2
/* Two faults change at most two bytes, so that no answer of the chip's can be made the image. */
#define ANSWER_MAX 512

enum kind { LOSE, CHANGE, DOUBLE, INSERT, KINDS };

struct fault {
	uint16_t at;		/* which byte of that direction */
	bool to_chip;
	enum kind kind;
	uint8_t bits;		/* CHANGE: which; INSERT: the byte */
};

struct line {
	struct wrapper wrapper;
	struct fault fault[FAULTS_MAX];
	uint64_t passed[2];	/* bytes from and to the chip */
	uint8_t late[ANSWER_MAX];	/* what is still to be read */
	size_t late_len;
};

static const char *const chips[] = { "f103", "f405", "g071", "h723", "l053", "l432", "u083" };
static const char *const jobs[] = {
	"-w image",
	"-w image --full",
	"-w image -g 0",
	"-w image -R",
	"-F 32:34 -w image",
	"--compare image",
};

static struct line *self(struct port *p)
{
	return (struct line *)p;
}

/* @byte becomes 0 to 2 bytes in @out. */
static size_t spoil_by(const struct fault *f, uint8_t byte, uint8_t *out)
{
	switch (f->kind) {
	case LOSE:
		return 0;
	case CHANGE:
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

/* Passes @len bytes on to @out, which has room for two more. Returns how many they have become. */
static size_t spoil(struct line *l, bool to_chip, const uint8_t *bytes, size_t len, uint8_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		uint64_t at = l->passed[to_chip]++;
		size_t made = 1;

		out[n] = bytes[i];
		for (size_t f = 0; f < FAULTS_MAX; f++)
			if (l->fault[f].to_chip == to_chip && l->fault[f].at == at) {
				made = spoil_by(&l->fault[f], bytes[i], out + n);
				break;
			}
		n += made;
	}
	return n;
}

static int line_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct line *l = self(p);
	uint8_t out[BL_FRAME_MAX + FAULTS_MAX];
	size_t n = spoil(l, true, buf, len, out);

	return n ? wrapper_forward.write(p, out, n, until, e) : 0;
}

static ssize_t fetch_late(struct line *l, uint8_t *buf, size_t len, size_t *bad)
{
	size_t n = len < l->late_len ? len : l->late_len;

	memcpy(buf, l->late, n);
	l->late_len -= n;
	memmove(l->late, l->late + n, l->late_len);
	if (bad)
		*bad = n;
	return (ssize_t)n;
}

static ssize_t stream_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			   struct err *e)
{
	struct line *l = self(p);
	uint8_t came[ANSWER_MAX - FAULTS_MAX];
	ssize_t n;

	while (!l->late_len) {
		n = wrapper_forward.read(p, came, len < sizeof(came) ? len : sizeof(came), until,
					 bad, e);
		if (n <= 0)
			return n;
		l->late_len = spoil(l, false, came, (size_t)n, l->late);
	}
	return fetch_late(l, buf, len, bad);
}

/* On a bus the master counts: there are as many bytes as it has clocked, whatever they are. */
static ssize_t bus_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			struct err *e)
{
	struct line *l = self(p);
	uint8_t came[ANSWER_MAX], *out = buf;
	size_t n;

	require(len + FAULTS_MAX <= sizeof(came));
	if (wrapper_forward.read(p, out, len, until, bad, e) < 0)
		return -1;
	n = spoil(l, false, out, len, came);
	memset(out, 0xFF, len);
	memcpy(out, came, n < len ? n : len);
	return (ssize_t)len;
}

static int line_discard(struct port *p, struct err *e)
{
	self(p)->late_len = 0;
	return wrapper_forward.discard(p, e);
}

static const struct port_ops stream_ops = {
	.read = stream_read, .write = line_write, .discard = line_discard,
};
static const struct port_ops bus_ops = {
	.read = bus_read, .write = line_write, .discard = line_discard,
};

static void take_faults(struct line *l, struct input *in)
{
	for (size_t i = 0; i < FAULTS_MAX; i++) {
		struct fault *f = &l->fault[i];
		uint8_t how;

		if (in->left < 4) {
			f->at = UINT16_MAX;
			continue;
		}
		f->at = (uint16_t)(input_byte(in) << 8);
		f->at |= input_byte(in);
		how = input_byte(in);
		f->to_chip = how & 1;
		f->kind = (enum kind)(how >> 1) % KINDS;
		f->bits = input_byte(in);
	}
}

/* Something that is not blank, and not the image. */
static void fill_flash(struct sim *board)
{
	uint8_t old[4 * sizeof(fuzz_image)];

	memset(old, 0x5A, sizeof(old));
	require(chip_poke(sim_chip(board), FLASH, old, sizeof(old)) == 0);
}

static void check_flash(struct sim *board)
{
	uint8_t held[sizeof(fuzz_image)];

	require(chip_peek(sim_chip(board), FLASH, held, sizeof(held)) == 0);
	require(memcmp(held, fuzz_image, sizeof(held)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	uint8_t chip = input_byte(&in), job = input_byte(&in);
	bool i2c = chip & 0x80;
	struct port_cfg cfg = { .spec = "line", .baud = 115200, .mode = SERIAL_MODE_8E1 };
	struct err e = ERR_INIT;
	struct line l = { .late_len = 0 };
	struct port *inner;
	struct sim *board;
	char text[128];

	snprintf(text, sizeof(text), "%s%s", chips[(chip & 0x7F) % COUNT(chips)],
		 i2c ? ",bus=i2c" : "");
	board = sim_new(text, &e);
	if (!board)
		return 0;	/* this chip has no I2C */
	fill_flash(board);
	cfg.i2c_addr = chip_config(sim_chip(board))->model->i2c_addr;
	inner = sim_port(board, &cfg, &e);
	require(inner);
	wrapper_init(&l.wrapper, inner, i2c ? &bus_ops : &stream_ops);
	take_faults(&l, &in);
	snprintf(text, sizeof(text), "-n 3 %s %s", jobs[job % COUNT(jobs)], i2c ? "-a 0x56" : "");
	if (fuzz_run(text, i2c ? "/dev/i2c-1" : "/dev/line", &l.wrapper.port, FUZZ_TIME_MAX) == 0)
		check_flash(board);
	port_close(&l.wrapper.port, NULL);
	sim_free(board, NULL);
	return 0;
}
