/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pins/gpio_socket.h"
#include "pins/pins.h"

int pin_plan_parse(struct pin_plan *p, const struct pin_request *asked, const char *port,
		   bool serial, struct err *e)
{
	const struct wiring *w;

	*p = (struct pin_plan){
		.gpiochip = asked->gpiochip,
		.given = asked->gpio || asked->boot0 || asked->nrst || asked->wiring,
	};
	if (asked->gpio)
		return sequence_parse(asked->gpio, serial, &p->seq, e);
	if (asked->boot0 || asked->nrst)
		return sequence_from_pins(asked->boot0, asked->nrst, serial, &p->seq, e);
	if (!asked->wiring)
		return 0;
	if (strcmp(asked->wiring, "detect") == 0) {
		p->detect = true;
		return serial ? 0
			      : err_set(e, ERR_USAGE, "--wiring: '%s' has no RTS and DTR", port);
	}
	w = wiring_find(asked->wiring, e);
	return w ? wiring_sequence(w, serial, &p->seq, e) : -1;
}

void pin_plan_free(struct pin_plan *p)
{
	sequence_free(&p->seq);
	*p = (struct pin_plan){ 0 };
}

void pins_init(struct pins *p, const struct pin_plan *plan)
{
	*p = (struct pins){ .plan = plan, .seq = &plan->seq };
}

void pins_free(struct pins *p)
{
	sequence_free(&p->found);
	free(p->own);
	*p = (struct pins){ 0 };
}

int pins_use_wiring(struct pins *p, const struct wiring *w, struct err *e)
{
	sequence_free(&p->found);
	p->found = (struct sequence){ 0 };
	p->seq = &p->found;
	return wiring_sequence(w, true, &p->found, e);
}

/* A simulated board has its lines itself. */
static bool has_own_pins(const char *spec)
{
	return strncmp(spec, "sim:", 4) == 0;
}

bool pin_plan_uses_host(const struct pin_plan *p, const char *spec)
{
	return p->seq.lines && !has_own_pins(spec);
}

int pins_request(struct pins *p, const char *spec, struct err *e)
{
	struct gpio_env env = {
		.backend = &gpio_backend,
		.dev_dir = GPIO_DEV_DIR,
		.sysfs_dir = GPIO_SYSFS_DIR,
		.chip = p->plan->gpiochip,
	};

	if (p->plan->held || !pin_plan_uses_host(p->plan, spec))
		return 0;
	if (gpio_socket_is(env.chip)) {
		env.backend = &gpio_socket;
		env.alone = true;
	}
	p->gpio = gpio_open(&env, p->seq->line, p->seq->lines, e);
	return p->gpio ? 0 : -1;
}

static int find_own_pins(struct pins *p, struct err *e)
{
	const struct port_ops *ops = p->port->ops;

	if (!ops->find_pin)
		return err_set(e, ERR_OPEN, "this port has no pins of its own");
	p->own = calloc(p->seq->lines, sizeof(*p->own));
	if (!p->own)
		return err_set(e, ERR_OTHER, "out of memory");
	for (size_t i = 0; i < p->seq->lines; i++) {
		p->own[i] = ops->find_pin(p->port, p->seq->line[i].name, p->seq->line[i].number, e);
		if (p->own[i] < 0)
			return -1;
	}
	return 0;
}

int pins_bind(struct pins *p, struct port *port, struct err *e)
{
	p->port = port;
	if (p->plan->held)
		return 0;
	if (p->plan->detect || sequence_drives_modem(p->seq)) {
		if (!port->ops->set_line)
			return err_set(e, ERR_OPEN, "this port has no RTS and DTR");
		port->keep_lines = true;
	}
	if (p->seq->lines && !p->gpio)
		return find_own_pins(p, e);
	return 0;
}

/* ---- how the steps are carried out ---- */

static int drive_line(void *ctx, size_t line, bool high, struct err *e)
{
	struct pins *p = ctx;

	if (p->gpio)
		return gpio_set(p->gpio, line, high, e);
	return p->port->ops->drive_pin(p->port, p->own[line], high, e);
}

static int drive_rts(void *ctx, bool asserted, struct err *e)
{
	struct pins *p = ctx;

	return p->port->ops->set_line(p->port, PORT_RTS, asserted, e);
}

static int drive_dtr(void *ctx, bool asserted, struct err *e)
{
	struct pins *p = ctx;

	return p->port->ops->set_line(p->port, PORT_DTR, asserted, e);
}

static void wait_in_full(void *ctx, nsec_t duration)
{
	struct pins *p = ctx;
	struct timespec left = {
		.tv_sec = (time_t)(duration / NSEC_PER_SEC),
		.tv_nsec = (long)(duration % NSEC_PER_SEC),
	};

	if (p->port)
		port_wait(p->port, duration);
	else
		while (nanosleep(&left, &left) < 0 && errno == EINTR)
			;
}

static int send_break(void *ctx, nsec_t duration, struct err *e)
{
	struct pins *p = ctx;

	if (!p->port->ops->set_line)
		return err_set(e, ERR_OPEN, "this port sends no BREAK");
	if (p->port->ops->set_line(p->port, PORT_BREAK, true, e) < 0)
		return -1;
	port_wait(p->port, duration);
	return p->port->ops->set_line(p->port, PORT_BREAK, false, e);
}

int pins_run(struct pins *p, enum sequence_part part, struct err *e)
{
	static const struct sequence_driver driver = {
		.line = drive_line,
		.rts = drive_rts,
		.dtr = drive_dtr,
		.brk = send_break,
		.sleep = wait_in_full,
	};

	return sequence_run(p->seq, part, &driver, p, e);
}

int pins_release(struct pins *p, struct err *e)
{
	struct gpio *gpio = p->gpio;

	p->gpio = NULL;
	return gpio_close(gpio, e);
}

void pins_forget(struct pins *p)
{
	gpio_forget(p->gpio);
	p->gpio = NULL;
}
