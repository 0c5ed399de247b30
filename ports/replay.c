/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "ports/replay.h"
#include "ports/trace.h"

struct replay {
	struct port port;
	struct stop *stop;
	char *path;
	FILE *from;
	nsec_t now;

	char *line;			/* the event's bytes, decoded in place */
	size_t room;
	unsigned long number;		/* of the line, from 1 */
	char way;			/* '>' or '<' */
	nsec_t at;
	size_t len, used;		/* bytes of the event, and how many of them are done */
	size_t bad;			/* index of the marked byte; len if there is none */
};

static struct replay *replay_of(struct port *p)
{
	return (struct replay *)p;
}

static int replay_malformed(const struct replay *r, struct err *e)
{
	return err_set(e, ERR_GONE, "'%s':%lu: not a line of a trace", r->path, r->number);
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/*
 * Decodes " 79 1f!" to the front of the line, which is always behind what is still to be decoded.
 */
static int replay_decode(struct replay *r, const char *text)
{
	uint8_t *out = (uint8_t *)r->line;
	size_t bad = SIZE_MAX;

	r->len = r->used = 0;
	while (*text == ' ') {
		int high = hex_digit(text[1]);
		int low = high < 0 ? -1 : hex_digit(text[2]);

		if (low < 0)
			return -1;
		text += 3;
		if (*text == '!') {
			bad = bad == SIZE_MAX ? r->len : bad;
			text++;
		}
		out[r->len++] = (uint8_t)(high << 4 | low);
	}
	r->bad = bad == SIZE_MAX ? r->len : bad;
	return *text || !r->len ? -1 : 0;
}

/* "+0.012345 > 31 ce" */
static int replay_parse(struct replay *r)
{
	char *way = strchr(r->line, ' ');

	if (r->line[0] != '+' || !way || (way[1] != '>' && way[1] != '<'))
		return -1;
	*way = '\0';
	if (num_seconds(r->line + 1, &r->at) < 0)
		return -1;
	r->way = way[1];
	return replay_decode(r, way + 2);
}

/* Reads a line without its end. Returns 1, or 0 at the end of the file. */
static int replay_line(struct replay *r)
{
	ssize_t n = getline(&r->line, &r->room, r->from);

	if (n < 0)
		return 0;
	r->number++;
	while (n && (r->line[n - 1] == '\n' || r->line[n - 1] == '\r'))
		n--;
	r->line[n] = '\0';
	return 1;
}

/* Makes sure that the event at hand has a byte left. Returns 1; 0 at the end of the trace; -1. */
static int replay_event(struct replay *r, struct err *e)
{
	while (r->used == r->len) {
		if (!replay_line(r))
			return 0;
		if (r->line[0] && r->line[0] != '#' && replay_parse(r) < 0)
			return replay_malformed(r, e);
	}
	return 1;
}

static void replay_pass(struct replay *r, nsec_t to)
{
	if (to > r->now)
		r->now = to;
}

static ssize_t replay_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			   struct err *e)
{
	struct replay *r = replay_of(p);
	int more = replay_event(r, e);
	size_t n;

	if (bad)
		*bad = 0;
	if (more < 0)
		return -1;
	/* Times are cut to microseconds, so that an answer may seem that much later. */
	if (!more || r->way != '<' || r->at > until + NSEC_PER_USEC) {
		if (stop_check(r->stop, e) < 0)
			return -1;
		replay_pass(r, until);
		return 0;
	}
	replay_pass(r, r->at);
	n = r->len - r->used < len ? r->len - r->used : len;
	memcpy(buf, r->line + r->used, n);
	if (bad)
		*bad = r->bad >= r->used && r->bad < r->used + n ? r->bad - r->used : n;
	r->used += n;
	return (ssize_t)n;
}

static int replay_differs(const struct replay *r, const char *expected, uint8_t sent,
			  struct err *e)
{
	return err_set(e, ERR_GONE, "'%s':%lu: %s 0x%02x, sent 0x%02x", r->path, r->number,
		       expected, (uint8_t)r->line[r->used], sent);
}

static int replay_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct replay *r = replay_of(p);
	const uint8_t *byte = buf, *end = byte + len;

	(void)until;
	for (; byte < end; byte++) {
		int more = replay_event(r, e);

		if (more < 0)
			return -1;
		if (!more)
			return err_set(e, ERR_GONE, "'%s':%lu: the trace has ended, sent 0x%02x",
				       r->path, r->number, *byte);
		if (r->way != '>')
			return replay_differs(r, "expected to read", *byte, e);
		if ((uint8_t)r->line[r->used] != *byte)
			return replay_differs(r, "expected", *byte, e);
		replay_pass(r, r->at);
		r->used++;
	}
	return 0;
}

static int replay_discard(struct port *p, struct err *e)
{
	(void)p;
	(void)e;
	return 0;
}

static int replay_sleep(struct port *p, nsec_t until, struct err *e)
{
	struct replay *r = replay_of(p);

	if (stop_check(r->stop, e) < 0)
		return -1;
	replay_pass(r, until);
	return 0;
}

static nsec_t replay_now(struct port *p)
{
	return replay_of(p)->now;
}

static int replay_close(struct port *p, struct err *e)
{
	struct replay *r = replay_of(p);

	(void)e;
	if (r->from)
		fclose(r->from);
	free(r->line);
	free(r->path);
	free(r);
	return 0;
}

static int replay_mode(struct replay *r, const char *mode)
{
	r->port.caps = PORT_VIRTUAL;
	if (strcmp(mode, TRACE_MODE_I2C) == 0)
		return 0;
	r->port.caps |= PORT_STREAM;
	return serial_mode_parse(mode, &r->port.mode);
}

static int replay_head(struct replay *r, struct err *e)
{
	unsigned int version, rate;
	char mode[4] = "", marks[7];

	if (!replay_line(r) ||
	    sscanf(r->line, "bootpin-trace %u %u %3s %6s ", &version, &rate, mode,
		   marks) != 4 ||
	    version != 1 || replay_mode(r, mode) < 0)
		return err_set(e, ERR_OPEN, "'%s' is not a trace of bootpin%s", r->path,
			       strcmp(mode, TRACE_MODE_USB) == 0 ? " that can be played back: it is "
								   "one of a USB device" : "");
	if (r->port.caps & PORT_STREAM)
		r->port.baud = rate;
	else
		r->port.clock_hz = rate;
	if (strcmp(marks, "parity") == 0)
		r->port.caps |= PORT_PARITY;
	return 0;
}

static int replay_start(struct replay *r, struct err *e)
{
	r->from = fopen(r->path, "re");
	if (!r->from)
		return err_sys(e, ERR_OPEN, errno, "cannot open '%s'", r->path);
	return replay_head(r, e);
}

/* Opening it tells which wire the trace is of; until then it counts as a serial line. */
static enum port_wire replay_match(const char *spec)
{
	return strncmp(spec, REPLAY_PREFIX, strlen(REPLAY_PREFIX)) == 0 ? WIRE_SERIAL : WIRE_NONE;
}

static int replay_check(const char *spec, struct err *e)
{
	if (spec[strlen(REPLAY_PREFIX)])
		return 0;
	return err_set(e, ERR_USAGE, "'%s' lacks the name of a file", spec);
}

static struct port *replay_open(const struct port_cfg *cfg, struct err *e)
{
	const char *path = cfg->spec + strlen(REPLAY_PREFIX);
	struct replay *r;

	if (replay_check(cfg->spec, e) < 0)
		return NULL;
	r = calloc(1, sizeof(*r));
	if (r)
		r->path = strdup(path);
	if (!r || !r->path) {
		free(r);
		err_sys(e, ERR_OTHER, ENOMEM, "cannot open '%s'", path);
		return NULL;
	}
	r->port.ops = &port_replay;
	r->stop = cfg->stop;
	if (replay_start(r, e) == 0)
		return &r->port;
	replay_close(&r->port, NULL);
	return NULL;
}

const struct port_ops port_replay = {
	.match = replay_match,
	.check = replay_check,
	.open = replay_open,
	.read = replay_read,
	.write = replay_write,
	.discard = replay_discard,
	.sleep = replay_sleep,
	.now = replay_now,
	.close = replay_close,
};
