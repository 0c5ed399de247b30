/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "ports/trace.h"

struct trace {
	struct port port;
	struct port_ops ops;		/* what the inner port has not is NULL here too */
	struct port *inner;
	FILE *to;
	nsec_t start;
};

static const struct port_ops trace_ops;

static struct trace *trace_of(struct port *p)
{
	return (struct trace *)p;
}

static void trace_time(struct trace *t)
{
	long long usec = (port_now(t->inner) - t->start) / NSEC_PER_USEC;

	fprintf(t->to, "+%lld.%06lld", usec / 1000000, usec % 1000000);
}

static void trace_bytes(struct trace *t, char way, const uint8_t *buf, size_t len, size_t bad)
{
	size_t i;

	trace_time(t);
	fprintf(t->to, " %c", way);
	for (i = 0; i < len; i++)
		fprintf(t->to, " %02x%s", buf[i], i == bad ? "!" : "");
	fputc('\n', t->to);
	fflush(t->to);
}

static void trace_remark(struct trace *t, const char *what, const char *why)
{
	fputs("# ", t->to);
	trace_time(t);
	fprintf(t->to, " %s%s\n", what, why);
	fflush(t->to);
}

/* The limits of the port below, which a message that was too long may have lowered. */
static void trace_limits(struct trace *t)
{
	t->port.max_read = t->inner->max_read;
	t->port.max_write = t->inner->max_write;
}

static ssize_t trace_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			  struct err *e)
{
	struct trace *t = trace_of(p);
	nsec_t before = port_now(t->inner);
	struct err own = ERR_INIT;
	size_t first_bad = 0;
	ssize_t n;

	n = port_read(t->inner, buf, len, until, &first_bad, &own);
	trace_limits(t);
	if (n > 0)
		trace_bytes(t, '<', buf, (size_t)n, first_bad);
	else if (n < 0)
		trace_remark(t, "read failed: ", own.msg);
	else if (until > before)	/* a mere look at what is there is not worth a line */
		trace_remark(t, "nothing came", "");
	if (n < 0 && e)
		*e = own;
	if (bad)
		*bad = first_bad;
	return n;
}

static int trace_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct trace *t = trace_of(p);
	struct err own = ERR_INIT;
	int ret = port_write(t->inner, buf, len, until, &own);

	trace_limits(t);
	if (ret == 0) {
		trace_bytes(t, '>', buf, len, len);
		return 0;
	}
	trace_remark(t, "write failed: ", own.msg);
	if (e)
		*e = own;
	return ret;
}

static int trace_discard(struct port *p, struct err *e)
{
	struct trace *t = trace_of(p);

	trace_remark(t, "input discarded", "");
	return port_discard(t->inner, e);
}

static int trace_sleep(struct port *p, nsec_t until, struct err *e)
{
	struct port *inner = trace_of(p)->inner;

	inner->deaf = p->deaf;
	return port_sleep(inner, until, e);
}

static nsec_t trace_now(struct port *p)
{
	return port_now(trace_of(p)->inner);
}

static int trace_set_line(struct port *p, enum port_line which, bool on, struct err *e)
{
	static const char *const names[] = { "RTS", "DTR", "BREAK" };
	struct trace *t = trace_of(p);

	trace_remark(t, names[which], on ? " on" : " off");
	return t->inner->ops->set_line(t->inner, which, on, e);
}

static int trace_find_pin(struct port *p, const char *name, uint32_t number, struct err *e)
{
	return trace_of(p)->inner->ops->find_pin(trace_of(p)->inner, name, number, e);
}

static int trace_drive_pin(struct port *p, int pin, bool high, struct err *e)
{
	return trace_of(p)->inner->ops->drive_pin(trace_of(p)->inner, pin, high, e);
}

static int trace_set_baud(struct port *p, unsigned int baud, struct err *e)
{
	struct trace *t = trace_of(p);
	char text[16];

	snprintf(text, sizeof(text), "%u", baud);
	trace_remark(t, "baud ", text);
	if (t->inner->ops->set_baud(t->inner, baud, e) < 0)
		return -1;
	p->baud = t->inner->baud;
	return 0;
}

static int trace_set_address(struct port *p, unsigned int addr, struct err *e)
{
	struct trace *t = trace_of(p);
	char text[8];

	snprintf(text, sizeof(text), "0x%02x", addr);
	trace_remark(t, "address ", text);
	return t->inner->ops->set_address(t->inner, addr, e);
}

static int trace_close(struct port *p, struct err *e)
{
	struct trace *t = trace_of(p);
	bool written = !ferror(t->to) && fflush(t->to) == 0;
	int ret;

	t->inner->keep_lines = p->keep_lines;
	ret = port_close(t->inner, e);

	free(t);
	if (ret == 0 && !written)
		return err_set(e, ERR_OTHER, "the trace could not be written in full");
	return ret;
}

static const struct port_ops trace_ops = {
	.name = "trace",
	.read = trace_read,
	.write = trace_write,
	.discard = trace_discard,
	.sleep = trace_sleep,
	.now = trace_now,
	.set_line = trace_set_line,
	.find_pin = trace_find_pin,
	.drive_pin = trace_drive_pin,
	.set_baud = trace_set_baud,
	.set_address = trace_set_address,
	.close = trace_close,
};

static void trace_head(struct trace *t, const char *spec, const char *program)
{
	const struct port *p = &t->port;
	char mode[8] = TRACE_MODE_I2C;

	if (p->caps & PORT_STREAM)
		snprintf(mode, sizeof(mode), "%u%c%u", p->mode.bits, p->mode.parity, p->mode.stop);
	fprintf(t->to, "bootpin-trace 1 %u %s %s %s\n# %s\n", p->baud, mode,
		p->caps & PORT_PARITY ? "parity" : "plain", spec, program);
	fflush(t->to);
}

struct port *trace_wrap(struct port *inner, FILE *to, const char *spec, const char *program,
			struct err *e)
{
	struct trace *t = malloc(sizeof(*t));

	if (!t) {
		err_sys(e, ERR_OTHER, ENOMEM, "cannot trace '%s'", spec);
		return NULL;
	}
	*t = (struct trace){ .port = *inner, .inner = inner, .to = to, .start = port_now(inner) };
	t->ops = trace_ops;
	if (!inner->ops->set_line)
		t->ops.set_line = NULL;
	if (!inner->ops->find_pin)
		t->ops.find_pin = NULL;
	if (!inner->ops->set_baud)
		t->ops.set_baud = NULL;
	if (!inner->ops->set_address)
		t->ops.set_address = NULL;
	t->port.ops = &t->ops;
	trace_head(t, spec, program);
	return &t->port;
}
