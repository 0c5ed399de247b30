/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ports/sim/rom/frame.h"
#include "ports/sim/rom/rom_i2c.h"

#define ROM_BUSY 0x76
#define TIMEOUT_MS 1000		/* AN2606: typical */
#define MAX_ANSWERS 4		/* Special's */
#define MAX_ANSWER 256		/* Read Memory's */

/* AN4221, Get: what each version lists. 2.0 is known of the H5 only. */
#define LIST_1_0 0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92
#define TWINS 0x32, 0x45, 0x64, 0x74, 0x83, 0x93
static const uint8_t list_1_0[] = { LIST_1_0, 0xFF };
static const uint8_t list_1_1[] = { LIST_1_0, TWINS, 0xFF };
static const uint8_t list_1_2[] = { LIST_1_0, TWINS, 0xA1, 0xFF };
/* ST's open bootloader says 1.2, and lists Special commands or none, and no Get Checksum. */
static const uint8_t list_open_17[] = { LIST_1_0, TWINS, 0xFF };
static const uint8_t list_open_19[] = { LIST_1_0, TWINS, 0x50, 0x51, 0xFF };
static const uint8_t list_2_0_h5[] = {
	0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x50, 0x63, 0x73, 0x32, 0x45, 0x64, 0x74, 0xA1,
	0xFF
};

struct answer {
	uint8_t bytes[MAX_ANSWER];
	uint32_t len;
	nsec_t ready;
	bool polled;			/* BUSY before that; else the clock is held */
};

struct rom_i2c {
	struct bootrom rom;			/* must be first */
	struct answer answer[MAX_ANSWERS];
	uint32_t first, count;		/* of them, those that the host has not read */
	rom_step *then;			/* when it has */
	bool working_polled;		/* what goes on up to the reset answers with BUSY */
	bool stuck;			/* it waits for what cannot come any more */
	nsec_t deadline;		/* when it will have waited too long */
	nsec_t holds_until;
	/*
	 * A master that reads one byte less than an answer has leaves it in the transmit register:
	 * all that follows comes a byte late, until one byte more is read.
	 */
	bool is_late;
	uint8_t late;
};

static struct rom_i2c *rom_i2c_of(struct bootrom *r)
{
	return (struct rom_i2c *)r;
}

/* --- the wire, as the ROM sees it --- */

static bool is_polled(const struct bootrom *r)
{
	return r->command && r->command->polled && !r->stretches &&
	       !(r->defects & DEFECT_NO_BUSY);
}

static void i2c_send(struct bootrom *r, const uint8_t *bytes, uint32_t len)
{
	struct rom_i2c *s = rom_i2c_of(r);
	struct answer *a = &s->answer[(s->first + s->count++) % MAX_ANSWERS];

	memcpy(a->bytes, bytes, len);
	a->len = len;
	a->ready = r->now;
	a->polled = is_polled(r);
}

static void i2c_then(struct bootrom *r, rom_step *step)
{
	if (!rom_i2c_of(r)->count) {
		step(r);
		return;
	}
	rom_i2c_of(r)->then = step;
	rom_expect(r, 0, NULL);
}

static void i2c_restart(struct bootrom *r)
{
	struct rom_i2c *s = rom_i2c_of(r);

	s->working_polled = is_polled(r);
	s->count = 0;
	s->then = NULL;
	s->stuck = s->is_late = false;
	s->deadline = I2C_NEVER;
	if (s->holds_until > r->reset_at)
		s->holds_until = r->reset_at;
}

static const struct rom_wire i2c_wire = {
	.send = i2c_send, .then = i2c_then, .restart = i2c_restart,
};

/* --- waiting --- */

/* Within a command it waits for so long from @since on; before one, for ever. */
static void wait_from(struct rom_i2c *s, nsec_t since)
{
	unsigned int ms = s->rom.model->i2c_timeout_ms;

	if (!s->stuck && !s->count && rom_idle(&s->rom))
		s->deadline = I2C_NEVER;
	else
		s->deadline = since + (ms ? ms : TIMEOUT_MS) * NSEC_PER_MSEC;
}

static void get_stuck(struct rom_i2c *s, nsec_t now)
{
	if (!s->count && rom_idle(&s->rom)) {
		s->rom.command = NULL;
		s->rom.started = now;
	}
	s->stuck = true;
	wait_from(s, now);
}

void rom_i2c_advance(struct rom_i2c *s, nsec_t now)
{
	struct bootrom *r = &s->rom;

	if (now < s->deadline || r->hung)
		return;
	r->now = s->deadline;
	rom_tell(r, &(struct rom_event){
		.outcome = "reset", .addr = r->addr,
		.detail = s->stuck ? "a transaction that does not fit" : "a pause within a command",
	});
	rom_reset(r, CHIP_RELOAD_NONE);
}

nsec_t rom_i2c_holds_until(const struct rom_i2c *s)
{
	return s->holds_until;
}

/* The clock is held, up to the end of the work or beyond the master's patience. */
static int hold_clock(struct rom_i2c *s, struct i2c_clock *clock, nsec_t until)
{
	if (i2c_clock_hold(clock, until))
		return 0;
	s->holds_until = until;
	return -ETIMEDOUT;
}

/* The ROM does not serve this transaction; a reset will end it. */
static int hold_until_reset(struct rom_i2c *s, struct i2c_clock *clock)
{
	nsec_t until;

	if (s->rom.hung) {
		until = I2C_NEVER;
	} else if (clock->now < s->rom.reset_at) {
		until = s->rom.reset_at;
	} else {
		if (!s->stuck)
			get_stuck(s, clock->now);
		until = s->deadline;
	}
	if (hold_clock(s, clock, until) < 0)
		return -ETIMEDOUT;
	rom_i2c_advance(s, clock->now);
	return 0;
}

/* --- the master writes --- */

/* After a reset the chip has left the bus, so that the first byte is not acknowledged. */
static int write_to_nobody(struct rom_i2c *s, size_t len, struct i2c_clock *clock)
{
	if (hold_until_reset(s, clock) < 0)
		return -ETIMEDOUT;
	i2c_clock_bits(clock, (len ? I2C_BYTE_BITS : 0) + 1);
	return len ? -EREMOTEIO : 0;
}

/* Takes bytes up to the end of a frame; the rest is not acknowledged. Returns how many were. */
static size_t take_frame(struct rom_i2c *s, const uint8_t *bytes, size_t len,
			 struct i2c_clock *clock)
{
	size_t taken = 0;

	do {
		i2c_clock_bits(clock, I2C_BYTE_BITS);
		if (taken && s->rom.have == 0)
			break;
		/* The frame counts when the stop condition behind it has come. */
		s->rom.now = clock->now + NSEC_PER_SEC / clock->scl;
		rom_take(&s->rom, bytes[taken++]);
	} while (taken < len);
	return taken;
}

int rom_i2c_write(struct rom_i2c *s, const uint8_t *bytes, size_t len, struct i2c_clock *clock)
{
	struct bootrom *r = &s->rom;
	size_t taken;

	if (clock->now < r->reset_at || r->hung || s->stuck || s->count)
		return write_to_nobody(s, len, clock);
	taken = len ? take_frame(s, bytes, len, clock) : 0;
	i2c_clock_bits(clock, 1);
	if (r->have || !len)
		get_stuck(s, clock->now);
	else
		wait_from(s, r->now);
	return taken < len ? -EREMOTEIO : 0;
}

/* --- the master reads --- */

static int read_bytes(uint8_t *buf, const uint8_t *bytes, size_t len, struct i2c_clock *clock)
{
	memcpy(buf, bytes, len);
	i2c_clock_bits(clock, I2C_BYTE_BITS * len);
	return 0;
}

/* The master reads FF while no device sends. */
static int read_from_nobody(struct rom_i2c *s, uint8_t *buf, size_t len, struct i2c_clock *clock)
{
	if (hold_until_reset(s, clock) < 0)
		return -ETIMEDOUT;
	memset(buf, 0xFF, len);
	i2c_clock_bits(clock, I2C_BYTE_BITS * len + 1);
	return 0;
}

/* The master stops before or goes on after the end of the answer: both leave the ROM waiting. */
static int read_other_length(struct rom_i2c *s, const struct answer *a, uint8_t *buf, size_t len,
			     struct i2c_clock *clock)
{
	if (len > a->len) {
		read_bytes(buf, a->bytes, a->len, clock);
		return read_from_nobody(s, buf + a->len, len - a->len, clock);
	}
	read_bytes(buf, a->bytes, len, clock);
	i2c_clock_bits(clock, 1);
	get_stuck(s, clock->now);
	return 0;
}

static void answer_read(struct rom_i2c *s, nsec_t now)
{
	rom_step *then = s->then;

	s->first = (s->first + 1) % MAX_ANSWERS;
	s->rom.now = now;
	if (--s->count == 0 && then) {
		s->then = NULL;
		then(&s->rom);
	}
	wait_from(s, s->rom.now);
}

static int read_busy(struct rom_i2c *s, uint8_t *buf, size_t len, struct i2c_clock *clock)
{
	static const struct answer busy = { .bytes = { ROM_BUSY }, .len = 1 };

	if (len != busy.len)
		return read_other_length(s, &busy, buf, len, clock);
	read_bytes(buf, busy.bytes, busy.len, clock);
	i2c_clock_bits(clock, 1);
	return 0;
}

static int read_answer(struct rom_i2c *s, uint8_t *buf, size_t len, struct i2c_clock *clock)
{
	const struct answer *a = &s->answer[s->first];
	size_t late = 0;

	if (a->polled && clock->now < a->ready)
		return read_busy(s, buf, len, clock);
	if (hold_clock(s, clock, a->ready) < 0) {
		get_stuck(s, a->ready);
		return -ETIMEDOUT;
	}
	if (s->is_late && len)
		buf[late++] = s->late;
	if (len != late + a->len && len + 1 != late + a->len)
		return read_other_length(s, a, buf, len, clock);
	memcpy(buf + late, a->bytes, len - late);
	i2c_clock_bits(clock, I2C_BYTE_BITS * len + 1);
	s->is_late = len < late + a->len;
	s->late = a->bytes[a->len - 1];
	answer_read(s, clock->now);
	return 0;
}

int rom_i2c_read(struct rom_i2c *s, uint8_t *buf, size_t len, struct i2c_clock *clock)
{
	if (clock->now < s->rom.reset_at && s->working_polled)
		return read_busy(s, buf, len, clock);
	if (clock->now < s->rom.reset_at || s->stuck || !s->count)
		return read_from_nobody(s, buf, len, clock);
	return read_answer(s, buf, len, clock);
}

/* --- the outside --- */

static const uint8_t *list_of(const struct model *m, uint8_t version)
{
	if (version == 0x10)
		return list_1_0;
	if (version == 0x11)
		return list_1_1;
	return version == 0x20 && !model_ob(m)->open ? list_2_0_h5 : list_1_2;
}

void rom_i2c_leave_late(struct rom_i2c *s, uint8_t byte)
{
	s->is_late = true;
	s->late = byte;
}

void rom_i2c_list(struct rom_i2c *s, unsigned int commands)
{
	s->rom.list = commands == 17 ? list_open_17 : list_open_19;
}

struct rom_i2c *rom_i2c_new(struct chip *chip, uint8_t version, bool lie)
{
	struct rom_i2c *s = calloc(1, sizeof(*s));

	if (s)
		rom_init(&s->rom, &i2c_wire, chip, lie, version,
			 list_of(chip_config(chip)->model, version));
	return s;
}

void rom_i2c_free(struct rom_i2c *s)
{
	free(s);
}

struct bootrom *rom_i2c_rom(struct rom_i2c *s)
{
	return &s->rom;
}

bool rom_i2c_listens(struct rom_i2c *s, nsec_t now)
{
	struct bootrom *r = &s->rom;

	rom_i2c_advance(s, now);
	if (now < r->reset_at || r->hung)
		return true;
	return chip_state(r->chip) == CHIP_ROM && now >= r->ready;
}
