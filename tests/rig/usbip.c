/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/usb/ch9.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/rig/usbip.h"

#define ATTACH "/sys/devices/platform/vhci_hcd.0/attach"

enum {
	CMD_SUBMIT = 1,
	CMD_UNLINK = 2,
	RET_SUBMIT = 3,
	RET_UNLINK = 4,
};

/* Nothing that these drivers ask for is longer. */
#define MAX_TRANSFER 65536u

/* Every message begins with this; numbers are in network order. */
struct header {
	uint32_t command, seqnum, devid, in, endpoint;
	union {
		struct {
			uint32_t flags, length, start_frame, packets, interval;
			uint8_t setup[8];
		} submit;
		struct {
			uint32_t status, actual, start_frame, packets, errors;
			uint8_t pad[8];
		} done;
		uint32_t unlink;	/* the number of the transfer to give up */
	};
};
_Static_assert(sizeof(struct header) == 48, "USB/IP header");

/* A transfer that the host waits for. */
struct transfer {
	struct transfer *next;
	uint32_t seqnum, endpoint;
	bool in;
	uint8_t *data;
	size_t len;
	uint8_t setup[8];	/* of a control transfer */
	bool begun;		/* the device has looked at it */
	int result;		/* then: length or negative errno */
	nsec_t due;		/* when that is told; before, when it looks */
};

struct usbip {
	const struct usb_kind *kind;
	void *dev;
	int fd;
	struct transfer *waiting;	/* oldest first */
};

/* --- standard requests --- */

static int give_string(uint8_t *data, size_t len, const char *text)
{
	size_t n = strlen(text), i;
	uint8_t buf[2 + 2 * 126] = { 0 };

	buf[0] = (uint8_t)(2 + 2 * n);
	buf[1] = USB_DT_STRING;
	for (i = 0; i < n; i++)
		buf[2 + 2 * i] = (uint8_t)text[i];
	if (len > buf[0])
		len = buf[0];
	memcpy(data, buf, len);
	return (int)len;
}

static int give_descriptor(const struct usb_kind *k, const struct usb_setup *setup, uint8_t *data,
			   size_t len)
{
	static const uint8_t languages[] = { 4, USB_DT_STRING, 0x09, 0x04 };
	const uint8_t device[USB_DT_DEVICE_SIZE] = {
		USB_DT_DEVICE_SIZE, USB_DT_DEVICE, 0x10, 0x01, 0, 0, 0, 64,
		k->vendor & 0xFF, k->vendor >> 8, k->product & 0xFF, k->product >> 8,
		0x00, 0x01, 1, 2, 3, 1,
	};
	const struct { uint16_t value; const void *bytes; size_t len; } known[] = {
		{ USB_DT_DEVICE << 8, device, sizeof(device) },
		{ USB_DT_CONFIG << 8, k->config, k->config_len },
		{ USB_DT_STRING << 8, languages, sizeof(languages) },
	};
	const char *const strings[] = { k->maker, k->name, "rig" };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].value != setup->value)
			continue;
		if (len > known[i].len)
			len = known[i].len;
		memcpy(data, known[i].bytes, len);
		return (int)len;
	}
	for (i = 0; i < 3; i++)
		if (setup->value == (USB_DT_STRING << 8 | (i + 1)))
			return give_string(data, len, strings[i]);
	return -EPIPE;
}

static int standard_request(const struct usb_kind *k, const struct usb_setup *setup, uint8_t *data,
			    size_t len)
{
	switch (setup->request) {
	case USB_REQ_GET_DESCRIPTOR:
		return give_descriptor(k, setup, data, len);
	case USB_REQ_GET_STATUS:
		memset(data, 0, len);
		return (int)len;
	case USB_REQ_CLEAR_FEATURE:
	case USB_REQ_SET_CONFIGURATION:
	case USB_REQ_SET_INTERFACE:
		return 0;
	default:
		return -EPIPE;
	}
}

/* --- messages --- */

static bool receive_all(int fd, void *buf, size_t len)
{
	return len == 0 || recv(fd, buf, len, MSG_WAITALL) == (ssize_t)len;
}

/* A host that has let go is noticed when receiving. */
static void send_all(int fd, const void *buf, size_t len)
{
	const uint8_t *at = buf;

	while (len) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		at += n;
		len -= (size_t)n;
	}
}

static void reply(const struct usbip *u, uint32_t command, uint32_t seqnum, int status,
		  size_t actual)
{
	struct header h = { .command = htonl(command), .seqnum = htonl(seqnum) };

	h.done.status = htonl((uint32_t)status);
	h.done.actual = htonl((uint32_t)actual);
	send_all(u->fd, &h, sizeof(h));
}

static void complete(const struct usbip *u, const struct transfer *t, int result)
{
	reply(u, RET_SUBMIT, t->seqnum, result < 0 ? result : 0, result < 0 ? 0 : (size_t)result);
	if (t->in && result > 0)
		send_all(u->fd, t->data, (size_t)result);
}

static void transfer_free(struct transfer *t)
{
	free(t->data);
	free(t);
}

static struct usb_setup unpack_setup(const uint8_t *p)
{
	return (struct usb_setup){
		.type = p[0], .request = p[1], .value = (uint16_t)(p[2] | p[3] << 8),
		.index = (uint16_t)(p[4] | p[5] << 8), .length = (uint16_t)(p[6] | p[7] << 8),
	};
}

static int answer_control(const struct usbip *u, const struct usb_setup *setup, struct transfer *t)
{
	bool standard = (setup->type & USB_TYPE_MASK) == USB_TYPE_STANDARD;

	if (standard && !u->kind->whole)
		return standard_request(u->kind, setup, t->data, t->len);
	return u->kind->control(u->dev, setup, t->data, t->len, &t->due);
}

/* The device looks at it, if it does by now. */
static void begin_control(const struct usbip *u, struct transfer *t, nsec_t now)
{
	struct usb_setup setup = unpack_setup(t->setup);
	nsec_t busy = u->kind->naks_until ? u->kind->naks_until(u->dev, now) : now;

	t->due = busy > now ? busy : now;
	if (busy > now)
		return;
	t->begun = true;
	t->result = answer_control(u, &setup, t);
	if (!t->in && t->result >= 0)
		t->result = (int)t->len;
}

static int submit(struct usbip *u, const struct header *h, nsec_t now)
{
	struct transfer *t = calloc(1, sizeof(*t)), **end = &u->waiting;

	if (!t)
		return -1;
	t->seqnum = ntohl(h->seqnum);
	t->endpoint = ntohl(h->endpoint);
	t->in = h->in;
	t->len = ntohl(h->submit.length);
	t->data = t->len <= MAX_TRANSFER ? calloc(1, t->len + 1) : NULL;
	if (!t->data || (!t->in && !receive_all(u->fd, t->data, t->len))) {
		transfer_free(t);
		return -1;
	}
	memcpy(t->setup, h->submit.setup, sizeof(t->setup));
	if (t->endpoint == 0)
		begin_control(u, t, now);
	while (*end)
		end = &(*end)->next;
	*end = t;
	return 0;
}

/* A transfer that is given up is answered by its unlink alone. */
static void give_up(struct usbip *u, const struct header *h)
{
	uint32_t seqnum = ntohl(h->unlink);
	struct transfer **at = &u->waiting, *t;
	int status = 0;

	while (*at && (*at)->seqnum != seqnum)
		at = &(*at)->next;
	t = *at;
	if (t) {
		*at = t->next;
		transfer_free(t);
		status = -ECONNRESET;
	}
	reply(u, RET_UNLINK, ntohl(h->seqnum), status, 0);
}

int usbip_receive(struct usbip *u, nsec_t now)
{
	struct header h;

	if (!receive_all(u->fd, &h, sizeof(h)))
		return -1;
	switch (ntohl(h.command)) {
	case CMD_SUBMIT:
		return submit(u, &h, now);
	case CMD_UNLINK:
		give_up(u, &h);
		return 0;
	default:
		return -1;
	}
}

/* Returns whether @t is complete, and then its length or a negative errno. */
static bool try_transfer(const struct usbip *u, struct transfer *t, nsec_t now, int *result)
{
	*result = (int)t->len;
	if (t->endpoint == 0) {
		if (!t->begun)
			begin_control(u, t, now);
		*result = t->result;
		return t->begun && t->due <= now;
	}
	if (!t->in)
		return u->kind->take(u->dev, t->data, t->len, now);
	*result = (int)u->kind->give(u->dev, t->data, t->len);
	return *result > 0;
}

void usbip_serve(struct usbip *u, nsec_t now)
{
	struct transfer **at = &u->waiting, *t;
	bool stuck = false;	/* what is sent stays in order */
	int result;

	while ((t = *at)) {
		bool sending = t->endpoint && !t->in;

		if ((sending && stuck) || !try_transfer(u, t, now, &result)) {
			stuck |= sending;
			at = &t->next;
			continue;
		}
		*at = t->next;
		complete(u, t, result);
		transfer_free(t);
	}
}

nsec_t usbip_due(const struct usbip *u)
{
	nsec_t due = USB_NEVER;
	const struct transfer *t;

	for (t = u->waiting; t; t = t->next)
		if (t->endpoint == 0 && t->due < due)
			due = t->due;
	return due;
}

/* --- plugging --- */

static int attach(int fd, unsigned int port, struct err *e)
{
	int to = open(ATTACH, O_WRONLY | O_CLOEXEC);
	char line[64];
	ssize_t n;

	if (to < 0)
		return err_sys(e, ERR_OTHER, errno, "cannot open '%s'", ATTACH);
	snprintf(line, sizeof(line), "%u %d %u %u", port, fd, port + 1, USB_SPEED_FULL);
	n = write(to, line, strlen(line));
	if (n < 0)
		err_sys(e, ERR_OTHER, errno, "cannot plug in at port %u", port);
	close(to);
	return n < 0 ? -1 : 0;
}

struct usbip *usbip_plug(const struct usb_kind *kind, void *dev, unsigned int port,
			 struct err *e)
{
	struct usbip *u = calloc(1, sizeof(*u));
	int ends[2];

	if (!u || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
		err_sys(e, ERR_OTHER, errno, "cannot make a socket");
		free(u);
		return NULL;
	}
	u->kind = kind;
	u->dev = dev;
	u->fd = ends[0];
	if (attach(ends[1], port, e) < 0) {
		usbip_pull(u);
		u = NULL;
	}
	close(ends[1]);
	return u;
}

void usbip_pull(struct usbip *u)
{
	struct transfer *t;

	if (!u)
		return;
	while ((t = u->waiting)) {
		u->waiting = t->next;
		transfer_free(t);
	}
	close(u->fd);
	free(u);
}

int usbip_fd(const struct usbip *u)
{
	return u->fd;
}
