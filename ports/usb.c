/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A DfuSe device on Linux, through libusb-1.0.
 *
 * Each transfer is submitted and then waited for by poll(), the library's descriptors beside the
 * pipe of stop.h, so that a signal ends a wait of a minute at once: the library's own synchronous
 * calls sit through signals. No transfer outlives the call that made it. A context never learns of
 * a device that came back where no udev runs, so that each look makes a new one.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "ports/port_lock.h"
#include "ports/usb.h"
#include "ports/usb_find.h"
#include "ports/users.h"

/* The most data in a control transfer (usbfs). */
#define DATA_MAX 4096u
#define SETUP_LEN LIBUSB_CONTROL_SETUP_SIZE

/* Requests of DFU's class go to the interface; GET_DESCRIPTOR to the device (USB 2.0, 9.4). */
#define CLASS_OUT 0x21
#define CLASS_IN 0xA1
#define STANDARD_IN 0x80
#define GET_DESCRIPTOR 6
#define STRING_TYPE 3
#define STRING_MAX 255
#define ENGLISH 0x0409
#define STRING_TIME NSEC_PER_SEC

/* A transfer that was cancelled comes back at once, unless the kernel has lost it. */
#define CANCEL_TIME (5 * NSEC_PER_SEC)
#define POLL_MOST (60 * NSEC_PER_SEC)
#define POLLFDS_MAX 16

#define RULE_FILE "60-bootpin.rules"

struct usb {
	struct port port;
	const struct usb_sys *sys;
	char *spec;
	struct usb_choice choice;	/* points into @spec */
	struct stop *stop;
	libusb_context *context;	/* NULL: no device is open */
	libusb_device_handle *handle;
	uint8_t bus, address;		/* of the device that is, or was last open */
	struct usb_device device;	/* of the same; its path is "" until there was one */
	struct port_lock lock;
	bool look_only;			/* it is not claimed, and no lock is held */
	bool lost;			/* a transfer did not come back: its memory is left to it */
};

static struct usb *usb_of(struct port *p)
{
	return (struct usb *)p;
}

/* ---- time and signals ---- */

static nsec_t usb_now(struct port *p)
{
	return usb_of(p)->sys->now();
}

static bool is_stopped(const struct usb *u)
{
	return u->stop && u->stop->count > 0 && !u->port.deaf;
}

static void drain_wake(const struct usb *u)
{
	char buf[16];

	while (u->stop && u->stop->wake[0] >= 0 && read(u->stop->wake[0], buf, sizeof(buf)) > 0)
		;
}

static int usb_sleep(struct port *p, nsec_t until, struct err *e)
{
	struct usb *u = usb_of(p);
	struct pollfd wake = { .fd = u->stop ? u->stop->wake[0] : -1, .events = POLLIN };

	while (p->deaf || stop_check(u->stop, e) == 0) {
		nsec_t left = until - usb_now(p);

		if (left <= 0)
			return 0;
		u->sys->wait(&wake, 1, left);
		drain_wake(u);
	}
	return -1;
}

/* ---- transfers ---- */

struct carry {
	struct libusb_transfer *transfer;
	uint8_t *data;			/* setup packet and data; freed with the carry */
	int done;
	nsec_t until;
	nsec_t cancelled;		/* when; 0: not */
	bool in;
};

static void LIBUSB_CALL on_done(struct libusb_transfer *t)
{
	((struct carry *)t->user_data)->done = 1;
}

/* The first signal ends what reads; data that are on their way out may end. */
static bool has_ended(const struct usb *u, const struct carry *c, nsec_t now)
{
	if (now >= c->until)
		return true;
	return is_stopped(u) && (c->in || u->stop->count > 1 || c->transfer->length == SETUP_LEN);
}

static void wait_events(struct usb *u, nsec_t limit)
{
	const struct libusb_pollfd **list = u->sys->get_pollfds(u->context);
	struct pollfd fds[POLLFDS_MAX];
	nfds_t n = 0;

	if (u->stop && u->stop->wake[0] >= 0 && !is_stopped(u))
		fds[n++] = (struct pollfd){ .fd = u->stop->wake[0], .events = POLLIN };
	for (size_t i = 0; list && list[i] && n < POLLFDS_MAX; i++)
		fds[n++] = (struct pollfd){ .fd = list[i]->fd, .events = list[i]->events };
	u->sys->free_pollfds(list);
	u->sys->wait(fds, n, limit < POLL_MOST ? limit : POLL_MOST);
	drain_wake(u);
}

/* False: it did not come back. */
static bool run(struct usb *u, struct carry *c)
{
	struct timeval none = { 0 };

	while (!c->done) {
		nsec_t now = usb_now(&u->port), limit;

		if (!c->cancelled && has_ended(u, c, now)) {
			c->cancelled = now;
			u->sys->cancel_transfer(c->transfer);
		}
		limit = (c->cancelled ? c->cancelled + CANCEL_TIME : c->until) - now;
		if (limit <= 0)
			return false;
		wait_events(u, limit);
		u->sys->handle_events(u->context, &none, &c->done);
	}
	return true;
}

static int gone(struct err *e)
{
	return err_set(e, ERR_GONE, "the device has left the bus");
}

static ssize_t judge(struct usb *u, const struct carry *c, struct err *e)
{
	switch (c->transfer->status) {
	case LIBUSB_TRANSFER_COMPLETED:
		return c->transfer->actual_length;
	case LIBUSB_TRANSFER_STALL:
		return err_set(e, ERR_NACK, "the device stalled the transfer");
	case LIBUSB_TRANSFER_NO_DEVICE:
		return gone(e);
	case LIBUSB_TRANSFER_CANCELLED:
	case LIBUSB_TRANSFER_TIMED_OUT:
		if (is_stopped(u))
			return stop_check(u->stop, e);
		return err_set(e, ERR_TIMEOUT, "the device did not answer in time");
	case LIBUSB_TRANSFER_OVERFLOW:
		return err_set(e, ERR_GARBLED, "more came than was asked for");
	case LIBUSB_TRANSFER_ERROR:
		break;
	}
	return err_set(e, ERR_GARBLED, "the transfer failed on the bus");
}

static void free_carry(struct carry *c)
{
	if (!c)
		return;
	libusb_free_transfer(c->transfer);
	free(c->data);
	free(c);
}

static struct carry *make_carry(struct usb *u, uint8_t type, const struct port_request *r,
				uint16_t index, nsec_t until)
{
	struct carry *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->transfer = libusb_alloc_transfer(0);
	c->data = calloc(1, SETUP_LEN + r->len);
	if (!c->transfer || !c->data) {
		free_carry(c);
		return NULL;
	}
	c->until = until;
	c->in = r->in;
	libusb_fill_control_setup(c->data, type, r->request, r->value, index, r->len);
	if (!r->in && r->len)
		memcpy(c->data + SETUP_LEN, r->data, r->len);
	libusb_fill_control_transfer(c->transfer, u->handle, c->data, on_done, c, 0);
	return c;
}

/* Submits it and waits. The memory of one that is lost stays the kernel's. */
static ssize_t submit(struct usb *u, struct carry *c, struct err *e)
{
	int ret = u->sys->submit_transfer(c->transfer);

	if (ret == LIBUSB_ERROR_NO_DEVICE)
		return gone(e);
	if (ret < 0)
		return err_set(e, ERR_GARBLED, "the transfer cannot be sent: %s",
			       libusb_strerror(ret));
	if (run(u, c))
		return judge(u, c, e);
	u->lost = true;
	return err_set(e, ERR_GONE, "the kernel does not give a transfer back");
}

static ssize_t carry(struct usb *u, uint8_t type, const struct port_request *r, uint16_t index,
		     nsec_t until, struct err *e)
{
	struct carry *c;
	ssize_t n;

	if (!u->handle || u->lost)
		return gone(e);
	if (!u->port.deaf && stop_check(u->stop, e) < 0)
		return -1;
	if (r->len > DATA_MAX)
		return err_set(e, ERR_TOO_LONG, "a control transfer carries %u bytes at most",
			       DATA_MAX);
	c = make_carry(u, type, r, index, until);
	if (!c)
		return err_set(e, ERR_OTHER, "out of memory");
	n = submit(u, c, e);
	if (n > 0 && r->in)
		memcpy(r->data, c->data + SETUP_LEN, (size_t)n);
	if (!u->lost)
		free_carry(c);
	return n;
}

static ssize_t usb_control(struct port *p, const struct port_request *request, nsec_t until,
			   struct err *e)
{
	struct usb *u = usb_of(p);

	return carry(u, request->in ? CLASS_IN : CLASS_OUT, request, u->device.interface, until, e);
}

/* ---- opening ---- */

/* String @number as it comes: the length that some devices state is wrong. "" if there is none. */
static void read_string(struct usb *u, uint8_t number, uint16_t language, char *text, size_t size)
{
	uint8_t raw[STRING_MAX];
	const struct port_request r = {
		.request = GET_DESCRIPTOR, .value = (uint16_t)(STRING_TYPE << 8 | number),
		.in = true, .data = raw, .len = sizeof(raw),
	};
	ssize_t n = number ? carry(u, STANDARD_IN, &r, language, usb_now(&u->port) + STRING_TIME,
				   NULL) : 0;

	usb_string_take(raw, n > 0 ? (size_t)n : 0, text, size);
}

/* The first language that it has; English is what all of them have. */
static uint16_t read_language(struct usb *u)
{
	uint8_t raw[STRING_MAX];
	const struct port_request r = {
		.request = GET_DESCRIPTOR, .value = STRING_TYPE << 8, .in = true, .data = raw,
		.len = sizeof(raw),
	};
	ssize_t n = carry(u, STANDARD_IN, &r, 0, usb_now(&u->port) + STRING_TIME, NULL);

	return n >= 4 ? le16(raw + 2) : ENGLISH;
}

static void read_strings(struct usb *u, const struct usb_described *is)
{
	struct usb_device *d = &u->device;
	uint16_t language = read_language(u);

	if (!d->product[0])
		read_string(u, is->product, language, d->product, sizeof(d->product));
	if (!d->serial[0])
		read_string(u, is->serial, language, d->serial, sizeof(d->serial));
	for (unsigned int i = 0; i < d->alt_count; i++)
		read_string(u, is->alts[i], language, d->alts[i].name, sizeof(d->alts[i].name));
}

/* Whose node it is: "root:root, mode 0664". */
static void describe_owner(const char *node, char *text, size_t size)
{
	struct passwd *user;
	struct group *group;
	struct stat st;

	if (stat(node, &st) < 0) {
		snprintf(text, size, "not known");
		return;
	}
	user = getpwuid(st.st_uid);
	group = getgrgid(st.st_gid);
	snprintf(text, size, "%.30s:%.30s, mode %04o", user ? user->pw_name : "?",
		 group ? group->gr_name : "?", st.st_mode & 07777u);
}

static int no_access(const char *node, struct err *e)
{
	char owner[80];

	describe_owner(node, owner, sizeof(owner));
	err_set(e, ERR_OPEN, "cannot open '%s' (%s): permission denied; the rule file " RULE_FILE
		" in /etc/udev/rules.d gives it to the group plugdev (bootpin(1), USB)", node, owner);
	if (e)
		e->sys = EACCES;
	return -1;
}

static int is_held(struct usb *u, const char *node, struct err *e)
{
	struct port_users users = { 0 };
	int fd = open(node, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		users_find(fd, u->sys->proc, &users);
		close(fd);
	}
	if (users.count)
		return err_set(e, ERR_OPEN, "cannot use '%s': %s %s it: end %s and run again", node,
			       users.names, users.count > 1 ? "hold" : "holds",
			       users.count > 1 ? "them" : "it");
	return err_set(e, ERR_OPEN, "cannot use '%s': another program or a driver of the kernel holds "
		       "it%s", node, users.hidden ? " (root can see which)" : "");
}

static int open_error(struct usb *u, const char *node, int code, struct err *e)
{
	switch (code) {
	case LIBUSB_ERROR_ACCESS:
		return no_access(node, e);
	case LIBUSB_ERROR_BUSY:
		return is_held(u, node, e);
	case LIBUSB_ERROR_NO_DEVICE:
	case LIBUSB_ERROR_NOT_FOUND:
		return gone(e);
	default:
		return err_set(e, ERR_OPEN, "cannot open '%s': %s", node, libusb_strerror(code));
	}
}

/* Two programs never speak to one chip. */
static int take_lock(struct usb *u, const char *path, struct err *e)
{
	char name[64];

	if (u->lock.fd >= 0)
		return 0;
	snprintf(name, sizeof(name), "/dev/usb-%s", path);
	return port_lock_take(&u->lock, u->sys->lock_dir, name, NULL, e);
}

static int open_found(struct usb *u, const struct usb_found *f, struct err *e)
{
	char node[64];
	int ret;

	if (!u->look_only && take_lock(u, f->is.device.path, e) < 0)
		return -1;
	usb_node(u->sys, f, node, sizeof(node));
	ret = u->sys->open(f->device, &u->handle);
	if (ret < 0) {
		u->handle = NULL;
		return open_error(u, node, ret, e);
	}
	ret = u->look_only ? 0 : u->sys->claim_interface(u->handle, f->is.device.interface);
	if (ret < 0)
		return open_error(u, node, ret, e);
	u->device = f->is.device;
	u->bus = f->bus;
	u->address = f->address;
	u->lost = false;
	read_strings(u, &f->is);
	return 0;
}

static void close_device(struct usb *u)
{
	if (u->handle && !u->lost) {
		if (!u->look_only)
			u->sys->release_interface(u->handle, u->device.interface);
		u->sys->close(u->handle);
	}
	u->handle = NULL;
	/* A context with a transfer that did not come back cannot be left. */
	if (u->context && !u->lost)
		u->sys->exit(u->context);
	u->context = NULL;
}

static int new_context(const struct usb *u, libusb_context **context, struct err *e)
{
	int ret = u->sys->init(context);

	if (ret == 0)
		return 0;
	*context = NULL;
	return err_set(e, ERR_OPEN, "libusb cannot start: %s", libusb_strerror(ret));
}

/* The device that is meant: at the place where it was, or where there was none by PORT. */
static const struct usb_found *pick(struct usb *u, const struct usb_list *list, struct err *e)
{
	const struct usb_found *f;

	if (u->look_only && u->choice.by == USB_BY_PATH) {
		f = usb_list_at(list, u->choice.text);
		if (!f)
			gone(e);
		return f;
	}
	if (!u->device.path[0])
		return usb_list_pick(list, &u->choice, e);
	f = usb_list_at(list, u->device.path);
	if (f && f->is.kind == USB_DFUSE)
		return f;
	gone(e);
	return NULL;
}

static int open_device(struct usb *u, struct err *e)
{
	const struct usb_found *f;
	struct usb_list list;
	int ret = -1;

	if (new_context(u, &u->context, e) < 0)
		return -1;
	if (usb_list_make(&list, u->sys, u->context, e) == 0) {
		f = pick(u, &list, e);
		ret = f ? open_found(u, f, e) : -1;
	}
	usb_list_free(&list);
	if (ret < 0)
		close_device(u);
	return ret;
}

/* ---- there, gone, back ---- */

static const struct usb_device *usb_device(struct port *p)
{
	struct usb *u = usb_of(p);

	return u->handle ? &u->device : NULL;
}

static int usb_select(struct port *p, unsigned int alt, nsec_t until, struct err *e)
{
	struct usb *u = usb_of(p);
	int ret;

	(void)until;		/* the kernel has its own, of 5 s */
	if (!u->handle)
		return gone(e);
	ret = u->sys->set_interface_alt_setting(u->handle, u->device.interface, (int)alt);
	if (ret == 0)
		return 0;
	if (ret == LIBUSB_ERROR_NO_DEVICE)
		return gone(e);
	return err_set(e, ret == LIBUSB_ERROR_NOT_FOUND ? ERR_NACK : ERR_GARBLED,
		       "alternate setting %u cannot be selected: %s", alt, libusb_strerror(ret));
}

static enum port_presence presence_of(struct usb *u, const struct usb_list *list)
{
	const struct usb_found *f = pick(u, list, NULL);

	if (!f)
		return PORT_AWAY;
	return u->handle && f->bus == u->bus && f->address == u->address ? PORT_SAME : PORT_ANEW;
}

static int usb_look(struct port *p, enum port_presence *presence, struct err *e)
{
	struct usb *u = usb_of(p);
	libusb_context *context;
	struct usb_list list;
	int ret;

	if (new_context(u, &context, e) < 0)
		return -1;
	ret = usb_list_make(&list, u->sys, context, e);
	if (ret == 0)
		*presence = presence_of(u, &list);
	usb_list_free(&list);
	u->sys->exit(context);
	return ret;
}

static int usb_rejoin(struct port *p, struct err *e)
{
	struct usb *u = usb_of(p);
	int ret;

	close_device(u);
	ret = open_device(u, e);
	if (ret < 0 && e && e->code == ERR_OPEN && e->sys == ENODEV)
		e->code = ERR_GONE;
	return ret;
}

/* ---- the port ---- */

enum port_wire usb_match(const char *spec)
{
	return usb_choice_parse(spec, NULL) ? WIRE_USB : WIRE_NONE;
}

/* A device sends nothing that was not asked for. */
static int usb_discard(struct port *p, struct err *e)
{
	(void)p;
	(void)e;
	return 0;
}

static int usb_close(struct port *p, struct err *e)
{
	struct usb *u = usb_of(p);

	(void)e;
	close_device(u);
	port_lock_drop(&u->lock);
	free(u->spec);
	if (!u->lost)
		free(u);
	return 0;
}

struct port *usb_open_on(const struct port_cfg *cfg, const struct usb_sys *sys, struct err *e)
{
	struct usb *u = calloc(1, sizeof(*u));

	if (u)
		u->spec = strdup(cfg->spec);
	if (!u || !u->spec) {
		free(u);
		err_sys(e, ERR_OTHER, ENOMEM, "cannot open '%s'", cfg->spec);
		return NULL;
	}
	u->port.ops = &port_usb;
	u->port.caps = PORT_CONTROL;
	u->sys = sys;
	u->stop = cfg->stop;
	u->look_only = cfg->look_only;
	u->lock = PORT_LOCK_INIT;
	usb_choice_parse(u->spec, &u->choice);
	if (usb_choice_check(u->spec, e) == 0 &&
	    (open_device(u, e) == 0 ||
	     (cfg->device_later && e->code == ERR_OPEN && e->sys == ENODEV)))
		return &u->port;
	usb_close(&u->port, NULL);
	return NULL;
}

static struct port *usb_open(const struct port_cfg *cfg, struct err *e)
{
	return usb_open_on(cfg, &usb_linux, e);
}

const struct port_ops port_usb = {
	.match = usb_match,
	.check = usb_choice_check,
	.open = usb_open,
	.control = usb_control,
	.device = usb_device,
	.select = usb_select,
	.look = usb_look,
	.rejoin = usb_rejoin,
	.discard = usb_discard,
	.sleep = usb_sleep,
	.now = usb_now,
	.close = usb_close,
};
