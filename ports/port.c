/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "ports/port.h"

/* Standard mode: most buses run at this rate or faster. */
#define I2C_CLOCK_ASSUMED 100000u

unsigned int serial_mode_bits(struct serial_mode m)
{
	return 1u + m.bits + (m.parity != 'n') + m.stop;
}

int serial_mode_parse(const char *text, struct serial_mode *m)
{
	char parity;

	if (strlen(text) != 3)
		return -1;
	parity = (char)tolower((unsigned char)text[1]);
	if (text[0] < '5' || text[0] > '8' || !strchr("neo", parity) ||
	    text[2] < '1' || text[2] > '2')
		return -1;
	m->bits = (unsigned char)(text[0] - '0');
	m->parity = parity;
	m->stop = (unsigned char)(text[2] - '0');
	return 0;
}

/* The first of @kinds that takes @spec, and its wire; NULL if none does. */
static const struct port_ops *find_kind(const struct port_ops *const *kinds, const char *spec,
					enum port_wire *wire)
{
	for (; *kinds; kinds++) {
		*wire = (*kinds)->match(spec);
		if (*wire != WIRE_NONE)
			return *kinds;
	}
	*wire = WIRE_NONE;
	return NULL;
}

static int unknown_kind(const char *spec, struct err *e)
{
	return err_set(e, ERR_USAGE, "unknown kind of port '%s'", spec);
}

struct port *port_open(const struct port_cfg *cfg, struct err *e)
{
	enum port_wire wire;
	const struct port_ops *kind = find_kind(cfg->kinds, cfg->spec, &wire);

	if (kind)
		return kind->open(cfg, e);
	unknown_kind(cfg->spec, e);
	return NULL;
}

enum port_wire port_wire(const struct port_ops *const *kinds, const char *spec)
{
	enum port_wire wire;

	find_kind(kinds, spec, &wire);
	return wire;
}

int port_check(const struct port_ops *const *kinds, const char *spec, struct err *e)
{
	enum port_wire wire;
	const struct port_ops *kind = find_kind(kinds, spec, &wire);

	if (!kind)
		return unknown_kind(spec, e);
	return kind->check ? kind->check(spec, e) : 0;
}

/*
 * Each byte has its ACK, the address goes ahead as one more, and start and stop take about a bit's
 * time each (UM10204, the I2C-bus protocol).
 */
static nsec_t transaction_time(const struct port *p, size_t bytes)
{
	unsigned int clock = p->clock_hz ? p->clock_hz : I2C_CLOCK_ASSUMED;

	return ((nsec_t)(bytes + 1) * 9 + 2) * NSEC_PER_SEC / clock;
}

nsec_t port_wire_time(const struct port *p, size_t bytes)
{
	if (!(p->caps & PORT_STREAM))
		return transaction_time(p, bytes);
	if (!p->baud)
		return 0;
	return (nsec_t)bytes * serial_mode_bits(p->mode) * NSEC_PER_SEC / p->baud;
}

int port_close(struct port *p, struct err *e)
{
	return p ? p->ops->close(p, e) : 0;
}
