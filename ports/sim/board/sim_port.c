/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "ports/sim/rom/queue.h"
#include "ports/sim/board/place.h"
#include "ports/sim/board/sim_i2c_port.h"
#include "ports/sim/board/sim_port.h"
#include "ports/sim/board/sim_usb_port.h"
#include "ports/sim/board/sim_wait.h"
#include "ports/sim/board/spec.h"
#include "ports/sim/board/wire.h"

#define PREFIX "sim:"
#define DEFAULT_BAUD 115200u	/* what a tty stands at whose settings are left alone */

/* A port on a board in virtual time: the clock stands still but for reads and sleeps. */
struct sim_port {
	struct port port;
	struct sim *sim;
	bool owned;			/* the board ends with the port */
	struct stop *stop;
	nsec_t stop_seen;		/* when the first signal was noticed; -1 before */
	nsec_t now;
	nsec_t tx_free;			/* when the last byte written has left */
	struct wire_rx rx;		/* the host's receiver */
	struct queue arrived;		/* what it made of the chip's bytes */
	unsigned int driven;		/* GPIO lines that this port drives */
};

static struct sim_port *sim_port_of(struct port *p)
{
	return (struct sim_port *)p;
}

static bool sim_port_runs_code(struct port *p)
{
	(void)p;
	return sim_runs_code();
}

/* --- signals --- */

/*
 * The time up to which a read may go on: a first signal leaves the frame in flight STOP_GRACE_NS, a
 * second nothing.
 */
static nsec_t wait_limit(struct sim_port *p, nsec_t until)
{
	if (!p->stop || p->stop->count == 0)
		return until;
	if (p->stop->count >= 2)
		return -1;
	if (p->stop_seen < 0)
		p->stop_seen = p->now;
	return until < p->stop_seen + STOP_GRACE_NS ? until : p->stop_seen + STOP_GRACE_NS;
}

/* --- in and out --- */

static void queue_input(struct sim_port *p, uint8_t byte, bool bad_parity, nsec_t when)
{
	queue_push(&p->arrived, (struct timed_byte){ .when = when + sim_latency(p->sim),
						     .byte = byte,
						     .bad_parity = bad_parity });
}

/* Takes what the board has sent so far over the wire and through the adapter. */
static void receive_bytes(struct sim_port *p)
{
	unsigned int baud = sim_line_baud(p->sim);
	uint8_t byte, got;
	bool bad_parity;
	nsec_t when;

	while (sim_next_adapter(p->sim, &byte, &when))
		queue_input(p, byte, false, when);
	while (sim_next_wire(p->sim, &byte, &when))
		if (wire_receive(&p->rx, byte, baud, SERIAL_MODE_8E1, when, &got, &bad_parity))
			queue_input(p, got, bad_parity, when);
}

static bool next_until(struct sim_port *p, nsec_t until)
{
	const struct timed_byte *b;

	sim_advance(p->sim, p->now);
	receive_bytes(p);
	b = queue_peek(&p->arrived);
	if (!b) {
		sim_advance(p->sim, until);
		receive_bytes(p);
		b = queue_peek(&p->arrived);
	}
	return b && b->when <= until;
}

static size_t take_arrived(struct sim_port *p, uint8_t *buf, size_t len, size_t *bad)
{
	const struct timed_byte *b;
	size_t n = 0;

	*bad = SIZE_MAX;
	for (; n < len && (b = queue_peek(&p->arrived)) && b->when <= p->now; n++) {
		buf[n] = b->byte;
		if (b->bad_parity && *bad == SIZE_MAX)
			*bad = n;
		queue_pop(&p->arrived);
	}
	if (*bad == SIZE_MAX)
		*bad = n;
	return n;
}

static ssize_t sim_port_read(struct port *port, void *buf, size_t len, nsec_t until, size_t *bad,
			     struct err *e)
{
	struct sim_port *p = sim_port_of(port);
	nsec_t limit = wait_limit(p, until);
	size_t first_bad;
	ssize_t n = 0;

	if (sim_check(p->sim, e) < 0)
		return -1;
	if (limit < 0)
		return stop_check(p->stop, e);
	if (limit < p->now)
		limit = p->now;
	if (next_until(p, limit)) {
		nsec_t when = queue_peek(&p->arrived)->when;

		p->now = when > p->now ? when : p->now;
		n = (ssize_t)take_arrived(p, buf, len, &first_bad);
		if (bad)
			*bad = first_bad;
		return n;
	}
	p->now = limit;
	if (bad)
		*bad = 0;
	return limit < until ? stop_check(p->stop, e) : 0;
}

static int sim_port_write(struct port *port, const void *buf, size_t len, nsec_t until,
			  struct err *e)
{
	struct sim_port *p = sim_port_of(port);
	const uint8_t *byte = buf;

	(void)until;		/* the line takes all at once, as a driver's buffer does */
	if (p->stop && p->stop->count >= 2)
		return stop_check(p->stop, e);
	for (size_t i = 0; i < len; i++) {
		p->tx_free = (p->tx_free > p->now ? p->tx_free : p->now) +
			     wire_char_time(p->rx.baud, port->mode);
		sim_feed(p->sim, byte[i], p->tx_free, p->rx.baud, port->mode);
		receive_bytes(p);
	}
	return 0;
}

static int sim_port_discard(struct port *port, struct err *e)
{
	struct sim_port *p = sim_port_of(port);
	size_t bad;
	uint8_t byte;

	(void)e;
	sim_advance(p->sim, p->now);
	receive_bytes(p);
	while (take_arrived(p, &byte, 1, &bad) == 1)
		;
	return 0;
}

static int sim_port_sleep(struct port *port, nsec_t until, struct err *e)
{
	struct sim_port *p = sim_port_of(port);

	return sim_wait(p->sim, port, p->stop, &p->now, until, e);
}

static nsec_t sim_port_now(struct port *port)
{
	return sim_port_of(port)->now;
}

/* --- pins --- */

/* A reset takes back the bytes that the chip had not sent yet. */
static void forget_future(struct sim_port *p)
{
	if (!sim_line_level(p->sim, "NRST"))
		queue_cut(&p->arrived, p->now + sim_latency(p->sim));
}

static int sim_port_set_line(struct port *port, enum port_line which, bool on, struct err *e)
{
	static const enum sim_line lines[] = {
		[PORT_RTS] = SIM_RTS, [PORT_DTR] = SIM_DTR, [PORT_BREAK] = SIM_BREAK,
	};
	struct sim_port *p = sim_port_of(port);

	(void)e;
	sim_drive_lines(p->sim, SIM_BIT(lines[which]), on ? SIM_BIT(lines[which]) : 0, p->now);
	forget_future(p);
	return 0;
}

static int sim_port_set_baud(struct port *port, unsigned int baud, struct err *e)
{
	unsigned int made = sim_adapter_baud(sim_port_of(port)->sim, baud);

	if (made != baud)
		return err_set(e, ERR_OPEN, "this adapter cannot do %u baud: it made it %u", baud,
			       made);
	port->baud = baud;
	sim_port_of(port)->rx.baud = baud;
	return 0;
}

static int sim_port_find_pin(struct port *port, const char *name, uint32_t number, struct err *e)
{
	(void)port;
	return sim_pins_find_gpio(name, number, e);
}

static int sim_port_drive_pin(struct port *port, int pin, bool high, struct err *e)
{
	struct sim_port *p = sim_port_of(port);

	(void)e;
	p->driven |= SIM_BIT(pin);
	sim_drive_lines(p->sim, SIM_BIT(pin), high ? SIM_BIT(pin) : 0, p->now);
	forget_future(p);
	return 0;
}

/* --- opening and closing --- */

#define MODEM (SIM_BIT(SIM_RTS) | SIM_BIT(SIM_DTR))

static int sim_port_close(struct port *port, struct err *e)
{
	struct sim_port *p = sim_port_of(port);
	int ret = 0;

	sim_release_lines(p->sim, p->driven, p->now);
	if (!port->keep_lines)
		sim_drive_lines(p->sim, MODEM, 0, p->now);
	if (p->owned)
		ret = sim_free(p->sim, e);
	queue_free(&p->arrived);
	free(p);
	return ret;
}

/* The wire by the last "bus=" of the spec, which holds. */
static enum port_wire find_wire(const char *spec)
{
	static const struct { const char *name; enum port_wire wire; } buses[] = {
		{ "i2c", WIRE_I2C }, { "usb", WIRE_USB },
	};
	static const char key[] = ",bus=";
	const char *value = "";

	while ((spec = strstr(spec, key)))
		value = spec += strlen(key);
	for (size_t i = 0; i < sizeof(buses) / sizeof(*buses); i++)
		if (strcspn(value, ",") == strlen(buses[i].name) &&
		    strncmp(value, buses[i].name, strlen(buses[i].name)) == 0)
			return buses[i].wire;
	return WIRE_SERIAL;
}

static enum port_wire sim_port_match(const char *spec)
{
	return strncmp(spec, PREFIX, strlen(PREFIX)) == 0 ? find_wire(spec) : WIRE_NONE;
}

static struct port *make_port(struct sim *s, const struct port_cfg *cfg, bool owned, struct err *e)
{
	struct sim_port *p;

	if (sim_i2c_clock(s))
		return sim_i2c_port(s, cfg, owned, e);
	if (sim_has_usb(s))
		return sim_usb_port(s, cfg, owned, e);
	p = calloc(1, sizeof(*p));
	if (!p) {
		err_set(e, ERR_OTHER, "out of memory");
		return NULL;
	}
	p->port = (struct port){ .ops = &port_sim, .caps = PORT_STREAM | PORT_PARITY | PORT_VIRTUAL,
				 .baud = cfg->baud, .mode = cfg->mode };
	p->sim = s;
	p->owned = owned;
	p->stop = cfg->stop;
	p->stop_seen = -1;
	p->now = sim_now(s);
	p->rx = (struct wire_rx){ .baud = cfg->baud ? cfg->baud : DEFAULT_BAUD, .mode = cfg->mode };
	/* As every open of a tty does. */
	sim_drive_lines(s, MODEM, MODEM, p->now);
	return &p->port;
}

struct port *sim_port(struct sim *s, const struct port_cfg *cfg, struct err *e)
{
	return make_port(s, cfg, false, e);
}

static int sim_port_check(const char *spec, struct err *e)
{
	struct sim_spec s;
	int ret = sim_spec_parse(&s, spec + strlen(PREFIX), e);

	sim_spec_free(&s);
	return ret < 0 ? err_wrap(e, "%s", spec) : 0;
}

static struct port *sim_port_open(const struct port_cfg *cfg, struct err *e)
{
	char *spec = place_look(cfg->spec + strlen(PREFIX), e);
	struct sim *s = spec ? sim_new(spec, e) : NULL;
	struct port *port;

	free(spec);
	if (!s) {
		err_wrap(e, "%s", cfg->spec);
		return NULL;
	}
	port = make_port(s, cfg, true, e);
	if (!port)
		sim_free(s, NULL);
	return port;
}

const struct port_ops port_sim = {
	.match = sim_port_match,
	.check = sim_port_check,
	.open = sim_port_open,
	.runs_code = sim_port_runs_code,
	.read = sim_port_read,
	.write = sim_port_write,
	.discard = sim_port_discard,
	.sleep = sim_port_sleep,
	.now = sim_port_now,
	.set_line = sim_port_set_line,
	.set_baud = sim_port_set_baud,
	.find_pin = sim_port_find_pin,
	.drive_pin = sim_port_drive_pin,
	.close = sim_port_close,
};
