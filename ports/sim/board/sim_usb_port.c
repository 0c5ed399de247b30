/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/usb/ch9.h>
#include <stdlib.h>
#include <string.h>

#include "ports/sim/board/sim_usb_port.h"
#include "ports/sim/board/sim_wait.h"
#include "ports/usb_device.h"

#define PATH "1-1"
#define CONTEXT_TIME (10 * NSEC_PER_MSEC)	/* to make a context and look through all devices */
#define OPEN_TIME (20 * NSEC_PER_MSEC)		/* to open a device and read its descriptors */

/* When a signal has come, transfers that end at once are still carried out. */
#define GRACE (50 * NSEC_PER_MSEC)

/* A bus in virtual time: the clock stands still but for transfers and waiting. */
struct usb_port {
	struct port port;
	struct sim *sim;
	bool owned;			/* the board ends with the port */
	struct stop *stop;
	nsec_t now;
	unsigned int driven;		/* GPIO lines that this port drives */
	bool open;			/* @device is the one with @address */
	unsigned int address;
	struct usb_device device;
};

static struct usb_port *port_of(struct port *p)
{
	return (struct usb_port *)p;
}

/* --- transfers --- */

static int transfer_error(int ret, const struct port_request *request, struct err *e)
{
	static const struct { int ret; enum err_code code; const char *what; } kinds[] = {
		{ -EPIPE, ERR_NACK, "stalled" },
		{ -ETIMEDOUT, ERR_TIMEOUT, "not answered in time" },
		{ -ENODEV, ERR_GONE, "not answered: the device has left" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].ret == ret)
			return err_set(e, kinds[i].code, "request %u was %s", request->request,
				       kinds[i].what);
	return err_set(e, ERR_GARBLED, "request %u was not answered completely", request->request);
}

/* How long a transfer may take: with a signal, not longer than the grace; with two, not at all. */
static nsec_t wait_limit(const struct usb_port *p, nsec_t until)
{
	if (!p->stop || !p->stop->count)
		return until;
	if (p->stop->count >= 2)
		return p->now;
	return until < p->now + GRACE ? until : p->now + GRACE;
}

static int transfer(struct usb_port *p, const struct usb_setup *setup, uint8_t *data, nsec_t until)
{
	bool same = p->open && sim_usb_present(p->sim, p->now) &&
		    sim_usb_address(p->sim) == p->address;

	return same ? sim_usb_transfer(p->sim, setup, data, p->now, until, &p->now) : -ENODEV;
}

static ssize_t usb_port_control(struct port *port, const struct port_request *request,
				nsec_t until, struct err *e)
{
	struct usb_port *p = port_of(port);
	const struct usb_setup setup = {
		.type = (uint8_t)((request->in ? USB_DIR_IN : USB_DIR_OUT) | USB_TYPE_CLASS |
				  USB_RECIP_INTERFACE),
		.request = request->request, .value = request->value,
		.index = p->device.interface, .length = request->len,
	};
	nsec_t limit = wait_limit(p, until);
	int ret;

	if (sim_check(p->sim, e) < 0)
		return -1;
	ret = transfer(p, &setup, request->data, limit);
	if (ret == -ETIMEDOUT && limit < until)
		return stop_check(p->stop, e);
	return ret < 0 ? transfer_error(ret, request, e) : ret;
}

static int usb_port_select(struct port *port, unsigned int alt, nsec_t until, struct err *e)
{
	struct usb_port *p = port_of(port);
	const struct port_request as_request = { .request = USB_REQ_SET_INTERFACE };
	const struct usb_setup setup = {
		.type = USB_DIR_OUT | USB_TYPE_STANDARD | USB_RECIP_INTERFACE,
		.request = USB_REQ_SET_INTERFACE, .value = (uint16_t)alt,
		.index = p->device.interface,
	};
	uint8_t nothing = 0;
	int ret = transfer(p, &setup, &nothing, until);

	return ret < 0 ? transfer_error(ret, &as_request, e) : 0;
}

/* --- the device --- */

static void describe(struct usb_port *p)
{
	const struct dfu_face f = sim_usb_face(p->sim);
	const struct dfu_model *m = f.model;
	struct usb_device *d = &p->device;

	*d = (struct usb_device){
		.vid = m->vid, .pid = m->pid, .bcd_device = m->bcd_device,
		.dfu_version = m->dfu_version, .transfer_size = m->transfer,
		.attributes = m->attributes, .path = PATH, .alt_count = dfu_alts(m),
	};
	dfu_string(&f, DFU_STRING_PRODUCT, d->product, sizeof(d->product));
	dfu_string(&f, DFU_STRING_SERIAL, d->serial, sizeof(d->serial));
	for (unsigned int i = 0; i < d->alt_count; i++) {
		d->alts[i].number = (uint8_t)i;
		dfu_string(&f, DFU_STRING_ALT + i, d->alts[i].name, sizeof(d->alts[i].name));
	}
}

static const struct usb_device *usb_port_device(struct port *port)
{
	struct usb_port *p = port_of(port);

	return p->open ? &p->device : NULL;
}

static void pass_time(struct usb_port *p, nsec_t time)
{
	p->now += time;
	sim_advance(p->sim, p->now);
}

static int usb_port_look(struct port *port, enum port_presence *presence, struct err *e)
{
	struct usb_port *p = port_of(port);

	if (sim_check(p->sim, e) < 0 || (!port->deaf && stop_check(p->stop, e) < 0))
		return -1;
	pass_time(p, CONTEXT_TIME);
	if (!sim_usb_present(p->sim, p->now))
		*presence = PORT_AWAY;
	else if (p->open && sim_usb_address(p->sim) == p->address)
		*presence = PORT_SAME;
	else
		*presence = PORT_ANEW;
	return 0;
}

static int usb_port_rejoin(struct port *port, struct err *e)
{
	struct usb_port *p = port_of(port);

	p->open = false;
	pass_time(p, OPEN_TIME);
	if (!sim_usb_present(p->sim, p->now))
		return err_set(e, ERR_GONE, "no device is there");
	p->open = true;
	p->address = sim_usb_address(p->sim);
	describe(p);
	return 0;
}

/* --- time and pins --- */

static int usb_port_sleep(struct port *port, nsec_t until, struct err *e)
{
	struct usb_port *p = port_of(port);

	return sim_wait(p->sim, port, p->stop, &p->now, until, e);
}

static nsec_t usb_port_now(struct port *port)
{
	return port_of(port)->now;
}

static bool usb_port_runs_code(struct port *port)
{
	(void)port;
	return sim_runs_code();
}

static int usb_port_find_pin(struct port *port, const char *name, uint32_t number, struct err *e)
{
	(void)port;
	return sim_pins_find_gpio(name, number, e);
}

static int usb_port_drive_pin(struct port *port, int pin, bool high, struct err *e)
{
	struct usb_port *p = port_of(port);

	(void)e;
	p->driven |= SIM_BIT(pin);
	sim_drive_lines(p->sim, SIM_BIT(pin), high ? SIM_BIT(pin) : 0, p->now);
	return 0;
}

/* --- opening and closing --- */

static int usb_port_close(struct port *port, struct err *e)
{
	struct usb_port *p = port_of(port);
	int ret = 0;

	sim_release_lines(p->sim, p->driven, p->now);
	if (p->owned)
		ret = sim_free(p->sim, e);
	free(p);
	return ret;
}

static const struct port_ops ops = {
	.control = usb_port_control,
	.device = usb_port_device,
	.select = usb_port_select,
	.look = usb_port_look,
	.rejoin = usb_port_rejoin,
	.sleep = usb_port_sleep,
	.now = usb_port_now,
	.runs_code = usb_port_runs_code,
	.find_pin = usb_port_find_pin,
	.drive_pin = usb_port_drive_pin,
	.close = usb_port_close,
};

struct port *sim_usb_port(struct sim *s, const struct port_cfg *cfg, bool owned, struct err *e)
{
	struct usb_port *p = calloc(1, sizeof(*p));

	if (!p) {
		err_set(e, ERR_OTHER, "out of memory");
		return NULL;
	}
	p->port = (struct port){ .ops = &ops, .caps = PORT_CONTROL | PORT_VIRTUAL };
	p->sim = s;
	p->owned = owned;
	p->stop = cfg->stop;
	p->now = sim_now(s);
	if (sim_usb_present(s, p->now)) {
		p->open = true;
		p->address = sim_usb_address(s);
		describe(p);
	} else if (!cfg->device_later) {
		err_set(e, ERR_OPEN, "no USB device in DFU mode is there: hold BOOT0 high and reset the board, "
				     "or plug it in");
		free(p);
		return NULL;
	}
	return &p->port;
}
