/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ports/wrapper.h"

/* A message that was too long may have lowered these. */
static void copy_limits(struct port *p)
{
	const struct port *inner = wrapper_inner(p);

	p->max_read = inner->max_read;
	p->max_write = inner->max_write;
}

static ssize_t forward_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			    struct err *e)
{
	ssize_t n = port_read(wrapper_inner(p), buf, len, until, bad, e);

	copy_limits(p);
	return n;
}

static int forward_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	int ret = port_write(wrapper_inner(p), buf, len, until, e);

	copy_limits(p);
	return ret;
}

static int forward_discard(struct port *p, struct err *e)
{
	return port_discard(wrapper_inner(p), e);
}

static int forward_sleep(struct port *p, nsec_t until, struct err *e)
{
	struct port *inner = wrapper_inner(p);

	inner->deaf = p->deaf;
	return port_sleep(inner, until, e);
}

static nsec_t forward_now(struct port *p)
{
	return port_now(wrapper_inner(p));
}

static int forward_set_line(struct port *p, enum port_line which, bool on, struct err *e)
{
	return wrapper_inner(p)->ops->set_line(wrapper_inner(p), which, on, e);
}

static int forward_find_pin(struct port *p, const char *name, uint32_t number, struct err *e)
{
	return wrapper_inner(p)->ops->find_pin(wrapper_inner(p), name, number, e);
}

static int forward_drive_pin(struct port *p, int pin, bool high, struct err *e)
{
	return wrapper_inner(p)->ops->drive_pin(wrapper_inner(p), pin, high, e);
}

static int forward_set_baud(struct port *p, unsigned int baud, struct err *e)
{
	int ret = wrapper_inner(p)->ops->set_baud(wrapper_inner(p), baud, e);

	p->baud = wrapper_inner(p)->baud;
	return ret;
}

static int forward_set_address(struct port *p, unsigned int addr, struct err *e)
{
	return wrapper_inner(p)->ops->set_address(wrapper_inner(p), addr, e);
}

static ssize_t forward_control(struct port *p, const struct port_request *request, nsec_t until,
			       struct err *e)
{
	return port_control(wrapper_inner(p), request, until, e);
}

static const struct usb_device *forward_device(struct port *p)
{
	return wrapper_inner(p)->ops->device(wrapper_inner(p));
}

static int forward_select(struct port *p, unsigned int alt, nsec_t until, struct err *e)
{
	return wrapper_inner(p)->ops->select(wrapper_inner(p), alt, until, e);
}

static int forward_look(struct port *p, enum port_presence *presence, struct err *e)
{
	return wrapper_inner(p)->ops->look(wrapper_inner(p), presence, e);
}

static int forward_rejoin(struct port *p, struct err *e)
{
	return wrapper_inner(p)->ops->rejoin(wrapper_inner(p), e);
}

static bool forward_runs_code(struct port *p)
{
	return wrapper_inner(p)->ops->runs_code(wrapper_inner(p));
}

static void forward_find_users(struct port *p, struct port_users *u)
{
	wrapper_inner(p)->ops->find_users(wrapper_inner(p), u);
}

static int forward_close(struct port *p, struct err *e)
{
	wrapper_inner(p)->keep_lines = p->keep_lines;
	return port_close(wrapper_inner(p), e);
}

const struct port_ops wrapper_forward = {
	.read = forward_read,
	.write = forward_write,
	.control = forward_control,
	.device = forward_device,
	.select = forward_select,
	.look = forward_look,
	.rejoin = forward_rejoin,
	.discard = forward_discard,
	.sleep = forward_sleep,
	.now = forward_now,
	.set_line = forward_set_line,
	.find_pin = forward_find_pin,
	.drive_pin = forward_drive_pin,
	.set_baud = forward_set_baud,
	.set_address = forward_set_address,
	.find_users = forward_find_users,
	.runs_code = forward_runs_code,
	.close = forward_close,
};

void wrapper_init(struct wrapper *w, struct port *inner, const struct port_ops *own)
{
	const struct port_ops *fwd = &wrapper_forward, *in = inner->ops;

	w->port = *inner;
	w->inner = inner;
	w->ops = (struct port_ops){
		.discard = own->discard ? own->discard : fwd->discard,
		.sleep = own->sleep ? own->sleep : fwd->sleep,
		.now = own->now ? own->now : fwd->now,
		.close = own->close ? own->close : fwd->close,
	};
	if (in->read)
		w->ops.read = own->read ? own->read : fwd->read;
	if (in->write)
		w->ops.write = own->write ? own->write : fwd->write;
	if (inner->caps & PORT_CONTROL) {
		w->ops.control = own->control ? own->control : fwd->control;
		w->ops.device = own->device ? own->device : fwd->device;
		w->ops.select = own->select ? own->select : fwd->select;
		w->ops.look = own->look ? own->look : fwd->look;
		w->ops.rejoin = own->rejoin ? own->rejoin : fwd->rejoin;
	}
	if (in->set_line)
		w->ops.set_line = own->set_line ? own->set_line : fwd->set_line;
	if (in->find_pin)
		w->ops.find_pin = own->find_pin ? own->find_pin : fwd->find_pin;
	if (in->drive_pin)
		w->ops.drive_pin = own->drive_pin ? own->drive_pin : fwd->drive_pin;
	if (in->set_baud)
		w->ops.set_baud = own->set_baud ? own->set_baud : fwd->set_baud;
	if (in->set_address)
		w->ops.set_address = own->set_address ? own->set_address : fwd->set_address;
	if (in->runs_code)
		w->ops.runs_code = own->runs_code ? own->runs_code : fwd->runs_code;
	if (in->find_users)
		w->ops.find_users = own->find_users ? own->find_users : fwd->find_users;
	w->port.ops = &w->ops;
}
