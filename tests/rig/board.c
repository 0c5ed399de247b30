/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rig/board.h"
#include "tests/rig/outside.h"
#include "ports/sim/board/wire.h"

/* A chip of this name is not simulated; the socket's path follows. */
#define OUTSIDE "socket:"
#define OUTSIDE_PAUSE (5 * NSEC_PER_MSEC)

/* Bytes on the UART are logged in groups: until there are so many, or a pause. */
#define GROUP 32
#define GROUP_PAUSE (5 * NSEC_PER_MSEC)

static const char *const line_names[BOARD_LINES] = {
	"gpio0", "gpio1", "gpio2", "gpio3", "rts", "dtr",
};

/* The host line that drives a pin of the chip. */
struct wiring {
	int line;			/* -1: a pull-up */
	bool inverted;
};

#define CHIPS 2

struct board {
	struct board_config cfg;
	struct sim *sim;		/* NULL: the chip is outside */
	struct sim *chips[CHIPS];	/* on the I2C bus: the same, and a second one or NULL */
	struct outside *outside;
	unsigned int baud;		/* the host's last one */
	FILE *log;
	struct wiring nrst, boot0;
	unsigned int levels;
	bool running;			/* NRST is high */
	bool has_next;			/* next was fetched from the chip and is not complete yet */
	uint8_t next;
	nsec_t next_end;
	unsigned long received;		/* bytes from the chip */
	uint8_t group[GROUP];		/* not logged yet */
	size_t group_len;
	const char *group_from;
	nsec_t group_start, group_end;
};

/* --- the log --- */

static void put_time(struct board *b, nsec_t at)
{
	fprintf(b->log, "%lld.%06lld ", at / NSEC_PER_SEC, at % NSEC_PER_SEC / NSEC_PER_USEC);
}

static void put_bytes(struct board *b, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		fprintf(b->log, " %02x", bytes[i]);
}

static void end_group(struct board *b)
{
	if (!b->group_len)
		return;
	put_time(b, b->group_start);
	fputs(b->group_from, b->log);
	put_bytes(b, b->group, b->group_len);
	fputc('\n', b->log);
	b->group_len = 0;
}

static void log_byte(struct board *b, const char *from, uint8_t byte, nsec_t at)
{
	if (b->group_len == GROUP || from != b->group_from)
		end_group(b);
	if (!b->group_len)
		b->group_start = at;
	b->group_from = from;
	b->group_end = at;
	b->group[b->group_len++] = byte;
}

void board_log(struct board *b, nsec_t at, const char *fmt, ...)
{
	va_list ap;

	end_group(b);
	put_time(b, at);
	va_start(ap, fmt);
	vfprintf(b->log, fmt, ap);
	va_end(ap);
	fputc('\n', b->log);
}

void board_tick(struct board *b, nsec_t now)
{
	if (b->group_len && now - b->group_end >= GROUP_PAUSE)
		end_group(b);
}

static void log_command(void *arg, const struct rom_event *ev)
{
	struct board *b = arg;

	end_group(b);
	put_time(b, ev->end);
	fprintf(b->log, "rom %s", ev->command);
	if (ev->addr)
		fprintf(b->log, " 0x%08x", ev->addr);
	if (ev->len)
		fprintf(b->log, " %u", ev->len);
	fprintf(b->log, " %s", ev->outcome);
	if (ev->detail)
		fprintf(b->log, " (%s)", ev->detail);
	fputc('\n', b->log);
}

/* --- pins --- */

static int wiring_parse(struct wiring *w, const char *pin, const char *text, struct err *e)
{
	*w = (struct wiring){ .line = -1 };
	if (!text)
		return 0;
	w->inverted = *text == '!';
	for (w->line = 0; w->line < BOARD_LINES; w->line++)
		if (strcmp(text + w->inverted, line_names[w->line]) == 0)
			return 0;
	return err_set(e, ERR_USAGE, "cannot wire %s: there is no line '%s'", pin, text);
}

static bool pin_level(const struct board *b, const struct wiring *w)
{
	return w->line < 0 || (b->levels >> w->line & 1) != w->inverted;
}

static const char *level_name(bool high)
{
	return high ? "high" : "low";
}

static void log_start(struct board *b, nsec_t at)
{
	static const char *const what[] = {
		[CHIP_ROM] = "rom", [CHIP_RUNNING] = "application",
		[CHIP_LOCKED_UP] = "nothing", [CHIP_OFF] = "nothing",
	};

	if (!b->sim)
		return;			/* the chip has a log of its own */
	board_log(b, at, "start %s",
		  b->cfg.chatter ? "application" : what[chip_state(sim_chip(b->sim))]);
}

/* Text that an application would have gone on to print while it was held in reset. */
static void forget_unsent(struct board *b)
{
	uint8_t byte;
	nsec_t when;

	while (sim_next(b->sim, &byte, &when))
		;
}

static void drive_nrst(struct board *b, bool high, nsec_t at)
{
	b->running = high;
	b->has_next = false;
	board_log(b, at, "nrst %s", level_name(high));
	if (b->outside)
		outside_pins(b->outside, pin_level(b, &b->boot0), high);
	if (!high || b->outside)
		return;
	b->cfg.chatter = false;
	for (size_t i = 0; i < CHIPS; i++)
		if (b->chips[i])
			sim_reset(b->chips[i], pin_level(b, &b->boot0), at);
	forget_unsent(b);
	log_start(b, at);
}

unsigned int board_levels(const struct board *b)
{
	return b->levels;
}

void board_drive(struct board *b, unsigned int mask, unsigned int high, nsec_t at)
{
	bool boot0 = pin_level(b, &b->boot0), nrst = pin_level(b, &b->nrst);
	unsigned int changed = (b->levels ^ high) & mask;

	b->levels ^= changed;
	for (int i = 0; i < BOARD_LINES; i++)
		if (changed & BOARD_BIT(i))
			board_log(b, at, "line %s %s", line_names[i],
				  level_name(b->levels & BOARD_BIT(i)));
	if (pin_level(b, &b->boot0) != boot0)
		board_log(b, at, "boot0 %s", level_name(!boot0));
	if (pin_level(b, &b->nrst) != nrst)
		drive_nrst(b, !nrst, at);
}

/* --- the UART --- */

void board_uart_send(struct board *b, uint8_t byte, nsec_t at, unsigned int baud,
		     struct serial_mode mode)
{
	log_byte(b, "host", byte, at);
	b->baud = baud;
	if (b->outside)
		outside_send(b->outside, byte);
	else if (b->running)
		sim_feed(b->sim, byte, at, baud, mode);
}

/* Bytes from outside have no time of their own: they follow one another as on a wire. */
static bool next_outside(struct board *b, nsec_t now)
{
	if (!outside_next(b->outside, &b->next))
		return false;
	if (b->next_end < now - OUTSIDE_PAUSE)
		b->next_end = now;
	b->next_end += wire_char_time(b->baud, SERIAL_MODE_8E1);
	return true;
}

bool board_uart_next(struct board *b, nsec_t now, uint8_t *byte, uint8_t *noise, nsec_t *at,
		     unsigned int *baud)
{
	if (!b->running)
		return false;
	if (b->sim)
		sim_advance(b->sim, now);
	if (!b->has_next)
		b->has_next = b->outside ? next_outside(b, now) :
			      sim_next(b->sim, &b->next, &b->next_end);
	if (!b->has_next || b->next_end > now)
		return false;
	b->has_next = false;
	*byte = b->next;
	*at = b->next_end;
	*baud = b->outside ? b->baud : sim_line_baud(b->sim);
	*noise = ++b->received == b->cfg.flip ? 0x04 : 0;
	if (*noise)
		board_log(b, *at, "noise on %02x", *byte);
	else
		log_byte(b, "chip", *byte, *at);
	return true;
}

/* --- I2C --- */

static void log_i2c(struct board *b, const char *way, uint8_t addr, const uint8_t *bytes,
		    size_t len, int ret, nsec_t at)
{
	static const struct { int ret; const char *name; } names[] = {
		{ 0, "ok" }, { -ENXIO, "nobody" }, { -EREMOTEIO, "nack" },
		{ -ETIMEDOUT, "stretched" }, { -EOPNOTSUPP, "refused" },
	};

	end_group(b);
	put_time(b, at);
	fprintf(b->log, "i2c %s 0x%02x", way, addr);
	put_bytes(b, bytes, len);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].ret == ret)
			fprintf(b->log, " %s", names[i].name);
	fputc('\n', b->log);
}

/* A chip that is held in reset is deaf; what else is on the bus is not. */
static bool i2c_alive(const struct board *b, const struct sim *s, uint8_t addr)
{
	return s && sim_i2c_clock(s) && (b->running || sim_stranger(s, addr));
}

int board_i2c_write(struct board *b, uint8_t addr, const uint8_t *bytes, size_t len, nsec_t at,
		    nsec_t *done)
{
	int ret = -ENXIO;

	if (b->outside)
		ret = outside_i2c_write(b->outside, addr, bytes, len);
	for (size_t i = 0; i < CHIPS && ret == -ENXIO; i++)
		if (i2c_alive(b, b->chips[i], addr))
			ret = sim_i2c_write(b->chips[i], addr, bytes, len, at, done);
	log_i2c(b, "write", addr, bytes, len, ret, at);
	return ret;
}

int board_i2c_read(struct board *b, uint8_t addr, uint8_t *buf, size_t len, nsec_t at,
		   nsec_t *done)
{
	int ret = -ENXIO;

	if (b->outside)
		ret = outside_i2c_read(b->outside, addr, buf, len);
	for (size_t i = 0; i < CHIPS && ret == -ENXIO; i++)
		if (i2c_alive(b, b->chips[i], addr))
			ret = sim_i2c_read(b->chips[i], addr, buf, len, at, done);
	log_i2c(b, "read", addr, buf, ret ? 0 : len, ret, at);
	return ret;
}

/* --- USB --- */

struct sim *board_usb(const struct board *b, size_t index)
{
	return b->chips[index] && sim_has_usb(b->chips[index]) ? b->chips[index] : NULL;
}

bool board_runs(const struct board *b)
{
	return b->running;
}

/* --- making --- */

/*
 * Before anybody drives them all pins are high, as RTS and DTR are when not asserted, but the GPIO
 * that BOOT0 hangs on is where it makes BOOT0 low.
 */
static void power_on(struct board *b)
{
	b->levels = BOARD_BIT(BOARD_LINES) - 1;
	if (b->boot0.line >= 0 && b->boot0.line < BOARD_RTS && !b->boot0.inverted)
		b->levels &= ~BOARD_BIT(b->boot0.line);
	b->running = pin_level(b, &b->nrst);
	if (b->outside)
		outside_pins(b->outside, pin_level(b, &b->boot0), b->running);
	for (size_t i = 0; i < CHIPS; i++)
		if (b->chips[i] && !b->cfg.chatter)
			sim_power_cycle(b->chips[i], pin_level(b, &b->boot0), 0);
	log_start(b, 0);
}

static int add_chip(struct board *b, size_t index, const char *spec, struct err *e)
{
	struct sim *s = sim_new(spec, e);

	if (!s)
		return -1;
	b->chips[index] = s;
	sim_on_event(s, log_command, b);
	if (sim_i2c_clock(s))
		sim_i2c_allow(s, BOARD_I2C_PATIENCE);
	return 0;
}

static int make(struct board *b, struct err *e)
{
	char spec[512];
	bool outside = strncmp(b->cfg.chip, OUTSIDE, strlen(OUTSIDE)) == 0;

	if (wiring_parse(&b->nrst, "NRST", b->cfg.nrst, e) < 0 ||
	    wiring_parse(&b->boot0, "BOOT0", b->cfg.boot0, e) < 0)
		return -1;
	snprintf(spec, sizeof(spec), "%s%s", b->cfg.chip, b->cfg.chatter ? ",chatter" : "");
	if (outside)
		b->outside = outside_new(b->cfg.chip + strlen(OUTSIDE), e);
	else
		add_chip(b, 0, spec, e);
	b->sim = b->chips[0];
	if (!b->sim && !b->outside)
		return -1;
	if (b->cfg.second && add_chip(b, 1, b->cfg.second, e) < 0)
		return -1;
	b->log = fopen(b->cfg.log, "w");
	if (!b->log)
		return err_sys(e, ERR_OTHER, errno, "cannot write '%s'", b->cfg.log);
	setvbuf(b->log, NULL, _IOLBF, 0);
	power_on(b);
	return 0;
}

struct board *board_new(const struct board_config *cfg, struct err *e)
{
	struct board *b = calloc(1, sizeof(*b));

	if (!b) {
		err_set(e, ERR_OTHER, "out of memory");
		return NULL;
	}
	b->cfg = *cfg;
	if (make(b, e) == 0)
		return b;
	board_free(b, NULL);
	return NULL;
}

int board_swap(struct board *b, const char *spec, nsec_t at, struct err *e)
{
	struct sim *old = b->sim, *s;

	if (!old || b->chips[1] || board_usb(b, 0) || sim_i2c_clock(old))
		return err_set(e, ERR_USAGE, "only a single chip on the UART can be swapped");
	s = sim_new(spec, e);
	if (!s)
		return -1;
	b->chips[0] = b->sim = s;
	sim_on_event(s, log_command, b);
	b->has_next = b->cfg.chatter = false;
	board_log(b, at, "swapped %s", spec);
	sim_power_cycle(s, pin_level(b, &b->boot0), at);
	log_start(b, at);
	return sim_free(old, e);
}

int board_free(struct board *b, struct err *e)
{
	int ret = 0;

	if (!b)
		return 0;
	for (size_t i = 0; i < CHIPS; i++) {
		if (b->chips[i] && sim_check(b->chips[i], e) < 0)
			ret = -1;
		if (sim_free(b->chips[i], e) < 0)
			ret = -1;
	}
	outside_free(b->outside);
	if (b->log) {
		end_group(b);
		fclose(b->log);
	}
	free(b);
	return ret;
}
