/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ports/sim/board/contents.h"
#include "ports/sim/board/i2c_bus.h"
#include "ports/sim/rom/autobaud.h"
#include "ports/sim/rom/queue.h"
#include "ports/sim/rom/rom_uart.h"
#include "ports/sim/board/sim.h"
#include "ports/sim/chip/cpu.h"
#include "ports/sim/board/sim_pins.h"
#include "ports/sim/board/spec.h"
#include "ports/sim/chip/state.h"
#include "ports/sim/board/wire.h"

/* The application of the key "chatter" prints this line; its y has the value of an ACK. */
static const char chatter_line[] = "system ready, waiting\r\n";
#define CHATTER_PERIOD (10 * NSEC_PER_MSEC)

/* The watchdog of the option bytes, as it stands after reset: 4096 counts of its clock by 4. */
#define HARDWARE_WATCHDOG (512 * NSEC_PER_MSEC)

struct sim {
	struct sim_spec spec;
	struct chip *chip;
	struct bootrom *rom;		/* that of the bus in use; NULL with bus=usb */
	struct rom_uart *uart;		/* NULL on other buses */
	struct i2c_bus i2c;		/* its rom is NULL on other buses */
	struct rom_dfu *dfu;		/* NULL on other buses */
	bool unplugged;			/* the USB cable, and with it the power */
	struct wire_rx rx;		/* the chip's receiver, once its rate is known */
	struct queue application;	/* what it prints */
	struct queue adapter;		/* what the host finds without the chip having sent it */
	struct sim_pins pins;
	bool held;			/* in reset: NRST is low */
	bool rom_off;			/* held, or another program runs */
	nsec_t now;
	nsec_t bite;			/* when a watchdog resets the chip; 0: none runs */
	bool chattering;
	nsec_t next_chatter;
	unsigned int too_fast;		/* bytes that were sent at a rate above maxbaud= */
	int (*on_transfer)(void *arg, const struct sim_transfer *t, nsec_t at, nsec_t *done);
	void *transfer_arg;
	int (*on_usb)(void *arg, const struct usb_setup *setup, uint8_t *data, nsec_t at,
		      nsec_t until, nsec_t *done);
	void *usb_arg;
};

static void pass_time(struct sim *s, nsec_t at)
{
	if (at > s->now)
		s->now = at;
}

/* --- making --- */

static void from_adapter(struct sim *s, uint8_t byte, nsec_t when)
{
	queue_push(&s->adapter, (struct timed_byte){ .when = when, .byte = byte });
}

/* Each frame is a transaction, and the answer to all but the last was read. */
static void prefeed_i2c(struct sim *s)
{
	const struct sim_spec *spec = &s->spec;
	const uint8_t *frame = spec->prefeed;
	uint8_t answer;

	for (uint32_t i = 0; i < spec->frame_count; i++) {
		i2c_bus_write(&s->i2c, spec->i2c_addr, frame, spec->frame_len[i], s->now, &s->now);
		if (i + 1 < spec->frame_count)
			i2c_bus_read(&s->i2c, spec->i2c_addr, &answer, 1, s->now, &s->now);
		frame += spec->frame_len[i];
	}
}

static void prefeed_uart(struct sim *s)
{
	struct queue *answers = rom_uart_answers(s->uart);

	for (size_t i = 0; i < s->spec.prefeed_len; i++)
		rom_uart_byte(s->uart, s->spec.prefeed[i], false, rom_free_at(s->rom));
	pass_time(s, rom_free_at(s->rom));
	/* The earlier program has read the answers. */
	while (queue_peek(answers))
		queue_pop(answers);
}

static int make_uart(struct sim *s, struct err *e)
{
	s->uart = rom_uart_new(s->chip, s->spec.lie);
	if (!s->uart)
		return err_set(e, ERR_OTHER, "out of memory");
	s->rom = rom_uart_rom(s->uart);
	return 0;
}

static int make_i2c(struct sim *s, struct err *e)
{
	const struct sim_spec *spec = &s->spec;

	s->i2c = (struct i2c_bus){
		.rom = rom_i2c_new(s->chip, spec->i2c_version, spec->lie),
		.rom_addr = spec->i2c_addr,
		.stranger = calloc(SPEC_STRANGERS, sizeof(*s->i2c.stranger)),
		.stranger_count = spec->stranger_count,
		.scl = spec->scl, .limit = spec->stretch, .max = spec->adapter_max,
	};
	if (!s->i2c.rom || !s->i2c.stranger)
		return err_set(e, ERR_OTHER, "out of memory");
	if (spec->i2c_commands)
		rom_i2c_list(s->i2c.rom, spec->i2c_commands);
	if (spec->i2c_late)
		rom_i2c_leave_late(s->i2c.rom, spec->i2c_late);
	for (size_t i = 0; i < spec->stranger_count; i++) {
		s->i2c.stranger[i].addr = spec->stranger[i];
		memset(s->i2c.stranger[i].mem, 0xFF, STRANGER_SIZE);
	}
	s->rom = rom_i2c_rom(s->i2c.rom);
	return 0;
}

static int make_usb(struct sim *s, struct err *e)
{
	const struct sim_spec *spec = &s->spec;

	s->dfu = rom_dfu_new(s->chip, spec->dfu, spec->dfu_leave, &spec->dfu_faults);
	return s->dfu ? 0 : err_set(e, ERR_OTHER, "out of memory");
}

static int make_bus(struct sim *s, struct err *e)
{
	switch (s->spec.bus) {
	case SPEC_I2C:
		return make_i2c(s, e);
	case SPEC_USB:
		return make_usb(s, e);
	default:
		return make_uart(s, e);
	}
}

/* A bootloader listens only while it runs. */
static void look_who_runs(struct sim *s)
{
	s->rom_off = s->spec.mute || s->chattering || s->held || s->unplugged;
	s->i2c.rom_off = s->rom_off;
}

/* The state in which an earlier host has left the line. */
static void prepare_uart(struct sim *s, uint32_t baud)
{
	if (s->spec.synced)
		baud = s->spec.baud;
	if (baud)
		rom_uart_assume_sync(s->uart, baud);
	prefeed_uart(s);
	for (const char *p = s->spec.stale; p && *p; p++)
		from_adapter(s, (uint8_t)*p, s->now - s->spec.latency);
}

/* A chip that was kept in a file has had power all the time. */
static int give_power(struct sim *s, uint32_t *baud, struct err *e)
{
	const struct sim_spec *spec = &s->spec;
	int kept = 0;

	if (spec->state_file)
		kept = state_load(spec->state_file, s->chip, baud, e);
	if (kept < 0)
		return -1;
	if (!kept || spec->power_cycle) {
		chip_set_boot0(s->chip, !spec->boot_low);
		chip_power_on(s->chip);
		*baud = 0;
	}
	return 0;
}

static int make_board(struct sim *s, struct err *e)
{
	const struct sim_spec *spec = &s->spec;
	uint32_t baud = 0;

	s->chip = chip_new(&spec->chip, e);
	if (!s->chip)
		return -1;
	contents_fill(s->chip, spec->fill);
	if (spec->flash_file && contents_load(spec->flash_file, chip_flash(s->chip), e) < 0)
		return -1;
	if (spec->protect_all)
		chip_protect_all(s->chip);
	if (spec->wrp_count)
		chip_protect_pages(s->chip, spec->wrp, spec->wrp_count);
	if (make_bus(s, e) < 0)
		return -1;
	if (give_power(s, &baud, e) < 0)
		return -1;
	s->chattering = spec->chatter;
	sim_pins_init(&s->pins, &spec->wiring);
	s->held = !sim_pins_level(&s->pins, SIM_NRST);
	look_who_runs(s);
	if (s->uart)
		prepare_uart(s, baud);
	else if (s->i2c.rom)
		prefeed_i2c(s);
	return 0;
}

/* A port has looked there before. */
static int check_seat(const struct sim_spec *spec, struct err *e)
{
	return spec->seat_file ? err_set(e, ERR_USAGE, "'seat=': only for a PORT, as sim:f103,seat=FILE")
			       : 0;
}

struct sim *sim_new(const char *spec, struct err *e)
{
	struct sim *s = calloc(1, sizeof(*s));

	if (!s) {
		err_set(e, ERR_OTHER, "out of memory");
		return NULL;
	}
	if (sim_spec_parse(&s->spec, spec, e) < 0 || check_seat(&s->spec, e) < 0 ||
	    make_board(s, e) < 0) {
		s->spec.flash_file = s->spec.state_file = NULL;	/* nothing to save */
		sim_free(s, NULL);
		return NULL;
	}
	return s;
}

/* The rate at which a host and the ROM have agreed, 0 if there is none. */
static uint32_t baud_in_step(const struct sim *s)
{
	return s->uart && chip_state(s->chip) == CHIP_ROM ? rom_uart_baud(s->uart) : 0;
}

int sim_free(struct sim *s, struct err *e)
{
	int ret = 0;

	if (!s)
		return 0;
	if (s->spec.flash_file)
		ret = contents_save(s->spec.flash_file, chip_flash(s->chip), e);
	if (s->spec.state_file && ret == 0)
		ret = state_save(s->spec.state_file, s->chip, baud_in_step(s), e);
	rom_uart_free(s->uart);
	rom_i2c_free(s->i2c.rom);
	rom_dfu_free(s->dfu);
	free(s->i2c.stranger);
	chip_free(s->chip);
	queue_free(&s->application);
	queue_free(&s->adapter);
	sim_spec_free(&s->spec);
	free(s);
	return ret;
}

/* --- the wire --- */

/* A cable with slow edges: most bytes pass, so that a short trial shows nothing. */
#define SPOILED_IN 32
#define SPOILED_BITS 0x18

/* A byte is spoiled now and then at a rate that the line is not made for. */
static uint8_t through_line(struct sim *s, uint8_t byte, unsigned int baud)
{
	if (!s->spec.line_max || baud <= s->spec.line_max)
		return byte;
	return ++s->too_fast % SPOILED_IN ? byte : byte ^ SPOILED_BITS;
}

unsigned int sim_adapter_baud(const struct sim *s, unsigned int baud)
{
	unsigned int most = s->spec.adapter_baud;

	return most && baud > most ? most : baud;
}

static void feed_rom(struct sim *s, uint8_t byte, nsec_t at, unsigned int baud,
		     struct serial_mode mode)
{
	const struct model *m = s->spec.chip.model;
	bool parity_error;
	uint8_t got;

	if (!rom_uart_baud(s->uart)) {
		rom_uart_first(s->uart, autobaud_pattern(m, byte, baud, mode),
			       autobaud_measure(m, baud, s->spec.autobaud), at);
		s->rx = (struct wire_rx){ .mode = SERIAL_MODE_8E1 };
		return;
	}
	s->rx.mode = SERIAL_MODE_8E1;
	s->rx.baud = rom_uart_baud(s->uart);
	if (wire_receive(&s->rx, byte, baud, mode, at, &got, &parity_error))
		rom_uart_byte(s->uart, got, parity_error, at);
}

void sim_feed(struct sim *s, uint8_t byte, nsec_t at, unsigned int baud, struct serial_mode mode)
{
	sim_advance(s, at);
	if (s->spec.echo)
		from_adapter(s, byte, at);
	if (s->spec.zeros)
		from_adapter(s, 0, at);
	else if (s->uart && !s->rom_off)
		feed_rom(s, through_line(s, byte, baud), at, baud, mode);
}

static bool take_byte(struct sim *s, struct queue *q, uint8_t *byte, nsec_t *when)
{
	const struct timed_byte *b = queue_peek(q);

	if (!b)
		return false;
	*byte = b->byte;
	*when = b->when;
	queue_pop(q);
	pass_time(s, *when);
	return true;
}

/* The queue whose first byte is the earlier; the ROM and an application never speak at once. */
static struct queue *earlier_queue(struct queue *a, struct queue *b)
{
	const struct timed_byte *x = queue_peek(a), *y = queue_peek(b);

	return !x || (y && y->when <= x->when) ? b : a;
}

bool sim_next_adapter(struct sim *s, uint8_t *byte, nsec_t *when)
{
	return take_byte(s, &s->adapter, byte, when);
}

/* The bytes on the line: the ROM's, or the application's. */
static struct queue *line_queue(struct sim *s)
{
	if (!s->uart)
		return &s->application;
	return earlier_queue(rom_uart_answers(s->uart), &s->application);
}

bool sim_next_wire(struct sim *s, uint8_t *byte, nsec_t *when)
{
	if (!take_byte(s, line_queue(s), byte, when))
		return false;
	*byte = through_line(s, *byte, sim_line_baud(s));
	return true;
}

bool sim_next(struct sim *s, uint8_t *byte, nsec_t *when)
{
	return take_byte(s, earlier_queue(line_queue(s), &s->adapter), byte, when);
}

/* --- the I2C bus --- */

int sim_i2c_write(struct sim *s, uint8_t addr, const uint8_t *bytes, size_t len, nsec_t at,
		  nsec_t *done)
{
	int ret = i2c_bus_write(&s->i2c, addr, bytes, len, at, done);

	pass_time(s, *done);
	return ret;
}

int sim_i2c_read(struct sim *s, uint8_t addr, uint8_t *buf, size_t len, nsec_t at, nsec_t *done)
{
	int ret = i2c_bus_read(&s->i2c, addr, buf, len, at, done);

	pass_time(s, *done);
	return ret;
}

int sim_i2c_transfer(struct sim *s, const struct sim_transfer *t, nsec_t at, nsec_t *done)
{
	if (s->on_transfer)
		return s->on_transfer(s->transfer_arg, t, at, done);
	return t->reading ? sim_i2c_read(s, t->addr, t->bytes, t->len, at, done)
			  : sim_i2c_write(s, t->addr, t->bytes, t->len, at, done);
}

void sim_on_transfer(struct sim *s,
		     int (*fn)(void *arg, const struct sim_transfer *t, nsec_t at, nsec_t *done),
		     void *arg)
{
	s->on_transfer = fn;
	s->transfer_arg = arg;
}

void sim_i2c_allow(struct sim *s, nsec_t limit)
{
	s->i2c.limit = s->spec.stretch && s->spec.stretch < limit ? s->spec.stretch : limit;
}

unsigned int sim_i2c_clock(const struct sim *s)
{
	return s->i2c.scl;
}

const uint8_t *sim_stranger(const struct sim *s, uint8_t addr)
{
	for (size_t i = 0; i < s->i2c.stranger_count; i++)
		if (s->i2c.stranger[i].addr == addr)
			return s->i2c.stranger[i].mem;
	return NULL;
}

/* --- USB --- */

bool sim_has_usb(const struct sim *s)
{
	return s->dfu != NULL;
}

bool sim_usb_present(struct sim *s, nsec_t at)
{
	sim_advance(s, at);
	return !s->rom_off && rom_dfu_present(s->dfu, at);
}

unsigned int sim_usb_address(const struct sim *s)
{
	return rom_dfu_address(s->dfu);
}

nsec_t sim_usb_naks_until(struct sim *s, nsec_t at)
{
	return sim_usb_present(s, at) ? rom_dfu_naks_until(s->dfu, at) : at;
}

int sim_usb_control(struct sim *s, const struct usb_setup *setup, uint8_t *data, nsec_t at,
		    nsec_t until, nsec_t *done)
{
	int ret;

	*done = at;
	if (!sim_usb_present(s, at))
		return -ENODEV;
	ret = rom_dfu_control(s->dfu, setup, data, at, until, done);
	pass_time(s, *done < INT64_MAX ? *done : at);
	return ret;
}

int sim_usb_transfer(struct sim *s, const struct usb_setup *setup, uint8_t *data, nsec_t at,
		     nsec_t until, nsec_t *done)
{
	if (s->on_usb)
		return s->on_usb(s->usb_arg, setup, data, at, until, done);
	return sim_usb_control(s, setup, data, at, until, done);
}

void sim_on_usb(struct sim *s,
		int (*fn)(void *arg, const struct usb_setup *setup, uint8_t *data, nsec_t at,
			  nsec_t until, nsec_t *done),
		void *arg)
{
	s->on_usb = fn;
	s->usb_arg = arg;
}

struct dfu_face sim_usb_face(const struct sim *s)
{
	return rom_dfu_face(s->dfu);
}

void sim_usb_skip_erase(struct sim *s)
{
	rom_dfu_skip_erase(s->dfu);
}

void sim_usb_lose_block(struct sim *s)
{
	rom_dfu_lose_block(s->dfu);
}

void sim_usb_plug(struct sim *s, bool plugged, nsec_t at)
{
	sim_advance(s, at);
	s->unplugged = !plugged;
	if (plugged)
		sim_power_cycle(s, sim_pins_level(&s->pins, SIM_BOOT0), at);
	look_who_runs(s);
}

/* --- time and reset --- */

static void print_chatter(struct sim *s, nsec_t now)
{
	nsec_t each = wire_char_time(s->spec.baud, SERIAL_MODE_8E1);

	for (; s->next_chatter <= now; s->next_chatter += CHATTER_PERIOD) {
		struct timed_byte b = { .when = s->next_chatter };

		for (const char *p = chatter_line; *p; p++) {
			b.byte = (uint8_t)*p;
			b.when += each;
			queue_push(&s->application, b);
		}
	}
}

/*
 * The period of the watchdog that will reset the chip, 0 if none will: the application's, or that
 * of the option byte when the core has locked up.
 */
static nsec_t watchdog_period(const struct sim *s)
{
	enum chip_state state = chip_state(s->chip);

	if (s->held || s->spec.mute)
		return 0;
	if (s->chattering || state == CHIP_RUNNING)
		return s->spec.watchdog;
	return state == CHIP_LOCKED_UP && chip_watchdog(s->chip) ? HARDWARE_WATCHDOG : 0;
}

static void restart_rom(struct sim *s, nsec_t at)
{
	nsec_t ready = at + s->spec.chip.model->startup_us * NSEC_PER_USEC;

	if (s->dfu)
		rom_dfu_restart(s->dfu, at, ready);
	else
		rom_restart(s->rom, at, ready);
}

static void reset_board(struct sim *s, nsec_t at)
{
	queue_cut(&s->application, at);
	chip_reset(s->chip, CHIP_RELOAD_NONE);
	s->chattering = s->spec.chatter && chip_state(s->chip) == CHIP_RUNNING;
	s->next_chatter = at;
	s->bite = 0;
	look_who_runs(s);
	restart_rom(s, at);
}

/* Does all resets by watchdogs up to @now; each looks at BOOT0 anew. */
static void run_watchdogs(struct sim *s, nsec_t now)
{
	nsec_t since = s->now, period;

	while ((period = watchdog_period(s)) != 0) {
		if (!s->bite)
			s->bite = since + period;
		if (s->bite > now)
			return;
		since = s->bite;
		if (s->chattering)
			print_chatter(s, since);
		reset_board(s, since);
	}
	s->bite = 0;
}

void sim_advance(struct sim *s, nsec_t now)
{
	if (s->dfu && !s->rom_off)
		rom_dfu_advance(s->dfu, now);
	run_watchdogs(s, now);
	pass_time(s, now);
	if (s->chattering && !s->held)
		print_chatter(s, now);
	if (s->i2c.rom && !s->rom_off)
		rom_i2c_advance(s->i2c.rom, now);
}

void sim_reset(struct sim *s, bool boot0, nsec_t at)
{
	sim_advance(s, at);
	chip_set_boot0(s->chip, boot0);
	reset_board(s, at);
}

void sim_stall(struct sim *s, nsec_t time)
{
	if (s->dfu)
		rom_dfu_stall(s->dfu, time);
	else
		rom_stall(s->rom, time);
}

void sim_power_cycle(struct sim *s, bool boot0, nsec_t at)
{
	if (s->dfu)
		rom_dfu_power_off(s->dfu);
	sim_reset(s, boot0, at);
	chip_power_on(s->chip);
}

/* --- pins --- */

static const char *what_starts(const struct sim *s)
{
	switch (chip_state(s->chip)) {
	case CHIP_ROM:
		return "bootloader";
	case CHIP_RUNNING:
		return "application";
	default:
		return "nothing";
	}
}

/* The chip falls silent at once; bytes that it has not sent yet are dropped. */
static void hold_in_reset(struct sim *s, nsec_t at)
{
	sim_advance(s, at);
	s->held = true;
	look_who_runs(s);
	queue_cut(&s->application, at);
	if (s->uart)
		queue_cut(rom_uart_answers(s->uart), at);
}

static void let_run(struct sim *s)
{
	s->held = false;
	look_who_runs(s);
}

static void take_edge(struct sim *s, enum sim_edge edge, nsec_t at)
{
	switch (edge) {
	case SIM_NO_EDGE:
		break;
	case SIM_FALLS:
		hold_in_reset(s, at);
		break;
	case SIM_RISES:
		sim_reset(s, sim_pins_level(&s->pins, SIM_BOOT0), at);
		let_run(s);
		sim_pins_tell(&s->pins, SIM_NRST, what_starts(s), at);
		break;
	case SIM_GLITCH:
		let_run(s);
		sim_pins_tell(&s->pins, SIM_NRST, "too short", at);
		break;
	}
}

/* The line is low for longer than a character: one byte of 0, and then a framing error. */
static void hear_break(struct sim *s, nsec_t at)
{
	if (!s->uart)
		return;
	if (rom_uart_baud(s->uart))
		rom_uart_byte(s->uart, 0x00, false,
			      at + wire_char_time(rom_uart_baud(s->uart), SERIAL_MODE_8E1));
	else
		rom_uart_first(s->uart, false, 0, at);
}

void sim_drive_lines(struct sim *s, unsigned int mask, unsigned int levels, nsec_t at)
{
	bool breaking = sim_pins_level(&s->pins, SIM_BREAK);
	bool boot0 = sim_pins_level(&s->pins, SIM_BOOT0);

	sim_advance(s, at);
	take_edge(s, sim_pins_drive(&s->pins, mask, levels, at), at);
	if (boot0 != sim_pins_level(&s->pins, SIM_BOOT0))
		chip_set_boot0(s->chip, !boot0);
	if (!breaking && sim_pins_level(&s->pins, SIM_BREAK))
		hear_break(s, at);
}

void sim_set_line(struct sim *s, const char *name, bool level, nsec_t at)
{
	unsigned int bit = SIM_BIT(sim_pins_find(name));

	sim_drive_lines(s, bit, level ? bit : 0, at);
}

void sim_release_lines(struct sim *s, unsigned int mask, nsec_t at)
{
	take_edge(s, sim_pins_release(&s->pins, mask, at), at);
}

void sim_release_line(struct sim *s, const char *name, nsec_t at)
{
	sim_release_lines(s, SIM_BIT(sim_pins_find(name)), at);
}

bool sim_line_level(const struct sim *s, const char *name)
{
	return sim_pins_level(&s->pins, (enum sim_line)sim_pins_find(name));
}

void sim_on_pin(struct sim *s, void (*fn)(void *arg, const struct sim_pin_event *ev), void *arg)
{
	s->pins.event = fn;
	s->pins.event_arg = arg;
}

struct chip *sim_chip(struct sim *s)
{
	return s->chip;
}

int sim_check(const struct sim *s, struct err *e)
{
	const struct err *trouble = chip_trouble(s->chip);

	if (!trouble)
		trouble = s->dfu ? rom_dfu_trouble(s->dfu) : rom_trouble(s->rom);
	if (!trouble)
		return 0;
	*e = *trouble;
	return -1;
}

bool sim_runs_code(void)
{
	return cpu_available(NULL) == 0;
}

nsec_t sim_now(const struct sim *s)
{
	return s->now;
}

nsec_t sim_latency(const struct sim *s)
{
	return s->spec.latency;
}

unsigned int sim_line_baud(const struct sim *s)
{
	unsigned int baud = s->uart ? rom_uart_sent_at(s->uart) : 0;

	return baud && !s->chattering ? baud : s->spec.baud;
}

void sim_on_event(struct sim *s, void (*fn)(void *arg, const struct rom_event *ev), void *arg)
{
	if (s->dfu)
		rom_dfu_on_event(s->dfu, fn, arg);
	else
		rom_on_event(s->rom, fn, arg);
}
