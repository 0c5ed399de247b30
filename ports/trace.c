/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "base/shown.h"
#include "ports/trace.h"
#include "ports/usb_device.h"
#include "ports/wrapper.h"

struct trace {
	struct wrapper wrapper;
	FILE *to;
	nsec_t start;
};

static struct trace *trace_of(struct port *p)
{
	return (struct trace *)p;
}

static void trace_time(struct trace *t)
{
	long long usec = (port_now(t->wrapper.inner) - t->start) / NSEC_PER_USEC;

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

static ssize_t trace_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			  struct err *e)
{
	struct trace *t = trace_of(p);
	nsec_t before = port_now(t->wrapper.inner);
	struct err own = ERR_INIT;
	size_t first_bad = 0;
	ssize_t n;

	n = wrapper_forward.read(p, buf, len, until, &first_bad, &own);
	if (n > 0)
		trace_bytes(t, '<', buf, (size_t)n, first_bad);
	else if (n < 0)
		trace_remark(t, "read failed: ", own.msg);
	else if (until > before)	/* a read that does not wait gets no line */
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
	int ret = wrapper_forward.write(p, buf, len, until, &own);

	if (ret == 0) {
		trace_bytes(t, '>', buf, len, len);
		return 0;
	}
	trace_remark(t, "write failed: ", own.msg);
	if (e)
		*e = own;
	return ret;
}

/* The setup packet as it goes over the wire, little endian (USB 2.0, chapter 9.3), then the data. */
static void trace_setup(struct trace *t, const struct port_request *r, unsigned int interface)
{
	const uint8_t setup[8] = {
		r->in ? 0xA1 : 0x21, r->request, (uint8_t)r->value, (uint8_t)(r->value >> 8),
		(uint8_t)interface, 0, (uint8_t)r->len, (uint8_t)(r->len >> 8),
	};

	trace_bytes(t, 's', setup, sizeof(setup), sizeof(setup));
	if (!r->in && r->len)
		trace_bytes(t, '>', r->data, r->len, r->len);
}

static ssize_t trace_control(struct port *p, const struct port_request *request, nsec_t until,
			     struct err *e)
{
	struct trace *t = trace_of(p);
	const struct usb_device *d = wrapper_forward.device(p);
	struct err own = ERR_INIT;
	ssize_t n;

	trace_setup(t, request, d ? d->interface : 0);
	n = wrapper_forward.control(p, request, until, &own);
	if (n < 0) {
		trace_remark(t, "transfer failed: ", own.msg);
		if (e)
			*e = own;
	} else if (request->in) {
		trace_bytes(t, '<', request->data, (size_t)n, (size_t)n);
	}
	return n;
}

static int trace_select(struct port *p, unsigned int alt, nsec_t until, struct err *e)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", alt);
	trace_remark(trace_of(p), "alternate setting ", text);
	return wrapper_forward.select(p, alt, until, e);
}

static int trace_rejoin(struct port *p, struct err *e)
{
	int ret = wrapper_forward.rejoin(p, e);

	trace_remark(trace_of(p), "device opened anew", ret < 0 ? ": failed" : "");
	return ret;
}

static int trace_discard(struct port *p, struct err *e)
{
	trace_remark(trace_of(p), "input discarded", "");
	return wrapper_forward.discard(p, e);
}

static int trace_set_line(struct port *p, enum port_line which, bool on, struct err *e)
{
	static const char *const names[] = { "RTS", "DTR", "BREAK" };

	trace_remark(trace_of(p), names[which], on ? " on" : " off");
	return wrapper_forward.set_line(p, which, on, e);
}

static int trace_set_baud(struct port *p, unsigned int baud, struct err *e)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", baud);
	trace_remark(trace_of(p), "baud ", text);
	return wrapper_forward.set_baud(p, baud, e);
}

static int trace_set_address(struct port *p, unsigned int addr, struct err *e)
{
	char text[8];

	snprintf(text, sizeof(text), "0x%02x", addr);
	trace_remark(trace_of(p), "address ", text);
	return wrapper_forward.set_address(p, addr, e);
}

static int trace_close(struct port *p, struct err *e)
{
	struct trace *t = trace_of(p);
	bool written = !ferror(t->to) && fflush(t->to) == 0;
	int ret = wrapper_forward.close(p, e);

	free(t);
	if (ret == 0 && !written)
		return err_set(e, ERR_OTHER, "the trace could not be written in full");
	return ret;
}

static const struct port_ops trace_ops = {
	.read = trace_read,
	.write = trace_write,
	.control = trace_control,
	.select = trace_select,
	.rejoin = trace_rejoin,
	.discard = trace_discard,
	.set_line = trace_set_line,
	.set_baud = trace_set_baud,
	.set_address = trace_set_address,
	.close = trace_close,
};

static void trace_head(struct trace *t, const char *spec, const char *program)
{
	const struct port *p = &t->wrapper.port;
	unsigned int rate = p->caps & PORT_STREAM ? p->baud : p->clock_hz;
	char mode[8] = TRACE_MODE_I2C, safe[512];

	if (p->caps & PORT_CONTROL)
		snprintf(mode, sizeof(mode), TRACE_MODE_USB);
	else if (p->caps & PORT_STREAM)
		snprintf(mode, sizeof(mode), "%u%c%u", p->mode.bits, p->mode.parity, p->mode.stop);
	fprintf(t->to, "bootpin-trace 1 %u %s %s %s\n# %s\n", rate, mode,
		p->caps & PORT_PARITY ? "parity" : "plain", shown(spec, safe, sizeof(safe)),
		program);
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
	t->to = to;
	t->start = port_now(inner);
	wrapper_init(&t->wrapper, inner, &trace_ops);
	trace_head(t, spec, program);
	return &t->wrapper.port;
}
