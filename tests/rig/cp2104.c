/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/usb/ch9.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rig/cp2104.h"
#include "ports/sim/rom/queue.h"
#include "ports/sim/board/wire.h"

/* Bytes that wait to be sent (data sheet: transmit buffer). */
#define TX_ROOM 576u

/* In the stream to the host, after the escape byte: itself, or a byte with its line status. */
#define EVENT_ESCAPE 0x00
#define EVENT_STATUS 0x01
#define STATUS_PARITY 0x04

/* Requests (AN571; those of the vendor are told apart by their value). */
enum {
	IFC_ENABLE = 0x00,
	SET_LINE_CTL = 0x03,
	SET_BREAK = 0x05,
	SET_MHS = 0x07,
	GET_MDMSTS = 0x08,
	GET_COMM_STATUS = 0x10,
	PURGE = 0x12,
	SET_FLOW = 0x13,
	GET_FLOW = 0x14,
	EMBED_EVENTS = 0x15,
	SET_CHARS = 0x19,
	SET_BAUDRATE = 0x1E,
	VENDOR_SPECIFIC = 0xFF,
};

enum {
	READ_LATCH = 0x00C2,
	GET_PARTNUM = 0x370B,
	GET_PORTCONFIG = 0x370C,
	WRITE_LATCH = 0x37E1,
};

/* Modem lines as requests have them. */
#define MHS_DTR 0x01u
#define MHS_RTS 0x02u

struct cp2104 {
	struct board *board;
	bool enabled;
	unsigned int baud;
	struct serial_mode mode;
	uint8_t mhs;			/* what is asserted */
	uint8_t flow[16];
	uint8_t escape;			/* 0: bytes go to the host as they are */
	struct queue tx, rx;
	nsec_t tx_free;			/* end of the last byte in tx */
	unsigned long sent;
	struct wire_rx receiver;
};

struct cp2104 *cp2104_new(struct board *b)
{
	struct cp2104 *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->board = b;
	c->baud = 9600;
	c->mode = (struct serial_mode){ 8, 'n', 1 };
	return c;
}

void cp2104_free(struct cp2104 *c)
{
	if (!c)
		return;
	queue_free(&c->tx);
	queue_free(&c->rx);
	free(c);
}

bool cp2104_busy(const struct cp2104 *c)
{
	return c->enabled;
}

unsigned long cp2104_sent(const struct cp2104 *c)
{
	return c->sent;
}

/* --- the wire --- */

static void send_due(struct cp2104 *c, nsec_t now)
{
	const struct timed_byte *t;

	while ((t = queue_peek(&c->tx)) && t->when <= now) {
		board_uart_send(c->board, t->byte, t->when, c->baud, c->mode);
		queue_pop(&c->tx);
		c->sent++;
	}
}

/*
 * A flipped bit changes what is received, but not the parity bit that was sent with it; so the
 * receiver sees a byte of the wrong parity.
 */
static void receive_due(struct cp2104 *c, nsec_t now)
{
	uint8_t byte, noise;
	unsigned int baud;
	struct timed_byte t = { 0 };

	while (board_uart_next(c->board, now, &byte, &noise, &t.when, &baud)) {
		c->receiver.baud = c->baud;
		c->receiver.mode = c->mode;
		if (!wire_receive(&c->receiver, byte, baud, SERIAL_MODE_8E1, t.when, &t.byte,
				  &t.bad_parity))
			continue;
		t.byte ^= noise;
		if (noise && c->mode.parity != 'n')
			t.bad_parity = !t.bad_parity;
		if (c->enabled)
			queue_push(&c->rx, t);
	}
}

void cp2104_run(struct cp2104 *c, nsec_t now)
{
	send_due(c, now);
	receive_due(c, now);
}

static size_t queue_len(const struct queue *q)
{
	return q->count - q->head;
}

static void empty(struct queue *q)
{
	q->head = q->count;
}

static bool take(void *dev, const uint8_t *data, size_t len, nsec_t now)
{
	struct cp2104 *c = dev;

	if (queue_len(&c->tx) + len > TX_ROOM)
		return false;
	if (c->tx_free < now)
		c->tx_free = now;
	for (size_t i = 0; i < len; i++) {
		c->tx_free += wire_char_time(c->baud, c->mode);
		queue_push(&c->tx, (struct timed_byte){ .when = c->tx_free, .byte = data[i] });
	}
	return true;
}

/* Returns how many bytes the host has to be given for one that was received. */
static size_t encode(const struct cp2104 *c, const struct timed_byte *t, uint8_t *to)
{
	if (c->escape && t->bad_parity) {
		to[0] = c->escape;
		to[1] = EVENT_STATUS;
		to[2] = STATUS_PARITY;
		to[3] = t->byte;
		return 4;
	}
	to[0] = t->byte;
	if (!c->escape || t->byte != c->escape)
		return 1;
	to[1] = EVENT_ESCAPE;
	return 2;
}

static size_t give(void *dev, uint8_t *data, size_t room)
{
	struct cp2104 *c = dev;
	const struct timed_byte *t;
	size_t len = 0;

	while (room - len >= 4 && (t = queue_peek(&c->rx))) {
		len += encode(c, t, data + len);
		queue_pop(&c->rx);
	}
	return len;
}

/* --- requests --- */

static uint32_t get32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Asserted is low. */
static void set_modem_lines(struct cp2104 *c, unsigned int mask, unsigned int asserted, nsec_t now)
{
	unsigned int lines = 0, high = 0;

	c->mhs = (uint8_t)((c->mhs & ~mask) | (asserted & mask));
	if (mask & MHS_DTR)
		lines |= BOARD_BIT(BOARD_DTR);
	if (mask & MHS_RTS)
		lines |= BOARD_BIT(BOARD_RTS);
	if (!(c->mhs & MHS_DTR))
		high |= BOARD_BIT(BOARD_DTR);
	if (!(c->mhs & MHS_RTS))
		high |= BOARD_BIT(BOARD_RTS);
	board_drive(c->board, lines, high, now);
}

/* Its two low bits and bits 6 and 7 of the second word also say how DTR and RTS are. */
static void set_flow(struct cp2104 *c, const uint8_t *data, nsec_t now)
{
	unsigned int asserted = 0;

	memcpy(c->flow, data, sizeof(c->flow));
	if (get32(data) & 0x03)
		asserted |= MHS_DTR;
	if (get32(data + 4) & 0xC0)
		asserted |= MHS_RTS;
	set_modem_lines(c, MHS_DTR | MHS_RTS, asserted, now);
}

static void set_format(struct cp2104 *c, unsigned int value, nsec_t now)
{
	static const char parities[] = "noems";

	c->mode.bits = (uint8_t)(value >> 8 & 0x0F);
	c->mode.parity = parities[(value >> 4 & 0x0F) % 5];
	c->mode.stop = value & 0x0F ? 2 : 1;
	board_log(c->board, now, "format %u%c%u", c->mode.bits, c->mode.parity, c->mode.stop);
}

/* Closing leaves the lines as they are: it is the driver that has dropped them before, or not. */
static void set_enabled(struct cp2104 *c, bool enabled, nsec_t now)
{
	c->enabled = enabled;
	empty(&c->rx);
	if (!enabled)
		c->escape = 0;
	board_log(c->board, now, "tty %s", enabled ? "open" : "closed");
}

/* Bits 0 and 2: what is to be sent; 1 and 3: what was received. */
static void purge(struct cp2104 *c, unsigned int what, nsec_t now)
{
	if (what & 0x05) {
		if (queue_len(&c->tx))
			board_log(c->board, now, "purge loses %zu", queue_len(&c->tx));
		empty(&c->tx);
		c->tx_free = now;
	}
	if (what & 0x0A)
		empty(&c->rx);
}

static int vendor_request(struct cp2104 *c, const struct usb_setup *setup, uint8_t *data,
			  size_t len, nsec_t now)
{
	/* The gpio mode's high byte: push-pull; that of the reset state: high. */
	static const uint8_t port_config[13] = { [1] = 0x0F, [5] = 0x0F };

	switch (setup->value) {
	case GET_PARTNUM:
		data[0] = 4;
		return 1;
	case GET_PORTCONFIG:
		if (len > sizeof(port_config))
			len = sizeof(port_config);
		memcpy(data, port_config, len);
		return (int)len;
	case READ_LATCH:
		data[0] = board_levels(c->board) & 0x0F;
		return 1;
	case WRITE_LATCH:
		board_drive(c->board, setup->index & 0x0F, setup->index >> 8 & 0x0F, now);
		return 0;
	default:
		return -EPIPE;
	}
}

/* Requests that change something. */
static int write_request(struct cp2104 *c, const struct usb_setup *setup, const uint8_t *data,
			 size_t len, nsec_t now)
{
	switch (setup->request) {
	case IFC_ENABLE:
		set_enabled(c, setup->value, now);
		return 0;
	case SET_LINE_CTL:
		set_format(c, setup->value, now);
		return 0;
	case SET_BREAK:
		board_log(c->board, now, "break %s", setup->value ? "on" : "off");
		return 0;
	case SET_MHS:
		set_modem_lines(c, setup->value >> 8, setup->value & 0xFF, now);
		return 0;
	case PURGE:
		purge(c, setup->value, now);
		return 0;
	case EMBED_EVENTS:
		c->escape = (uint8_t)setup->value;
		board_log(c->board, now, "parity marks %s", c->escape ? "on" : "off");
		return 0;
	case SET_FLOW:
		if (len != sizeof(c->flow))
			return -EPIPE;
		set_flow(c, data, now);
		return 0;
	case SET_BAUDRATE:
		if (len != 4 || get32(data) == 0)
			return -EPIPE;
		c->baud = get32(data);
		board_log(c->board, now, "rate %u", c->baud);
		return 0;
	case SET_CHARS:
		return 0;
	default:
		return -EPIPE;
	}
}

static int read_request(const struct cp2104 *c, const struct usb_setup *setup, uint8_t *data,
			size_t len)
{
	switch (setup->request) {
	case GET_MDMSTS:
		data[0] = c->mhs;
		return 1;
	case GET_COMM_STATUS:
		if (len < 19)
			return -EPIPE;
		memset(data, 0, len);
		data[12] = queue_len(&c->tx) & 0xFF;
		data[13] = (uint8_t)(queue_len(&c->tx) >> 8);
		return 19;
	case GET_FLOW:
		if (len < sizeof(c->flow))
			return -EPIPE;
		memcpy(data, c->flow, sizeof(c->flow));
		return sizeof(c->flow);
	default:
		return -EPIPE;
	}
}

static int control(void *dev, const struct usb_setup *setup, uint8_t *data, size_t len,
		   nsec_t *due)
{
	struct cp2104 *c = dev;
	nsec_t now = *due;

	cp2104_run(c, now);	/* what was on the wire before comes before */
	if ((setup->type & USB_DIR_IN) && len == 0)
		return -EPIPE;
	if (setup->request == VENDOR_SPECIFIC)
		return vendor_request(c, setup, data, len, now);
	if (setup->type & USB_DIR_IN)
		return read_request(c, setup, data, len);
	return write_request(c, setup, data, len, now);
}

static const uint8_t config[] = {
	USB_DT_CONFIG_SIZE, USB_DT_CONFIG, 32, 0, 1, 1, 0, 0x80, 50,
	USB_DT_INTERFACE_SIZE, USB_DT_INTERFACE, 0, 0, 2, USB_CLASS_VENDOR_SPEC, 0, 0, 2,
	USB_DT_ENDPOINT_SIZE, USB_DT_ENDPOINT, 0x81, USB_ENDPOINT_XFER_BULK, 64, 0, 0,
	USB_DT_ENDPOINT_SIZE, USB_DT_ENDPOINT, 0x01, USB_ENDPOINT_XFER_BULK, 64, 0, 0,
};

const struct usb_kind cp2104_kind = {
	.vendor = 0x10C4, .product = 0xEA60,
	.maker = "Silicon Labs", .name = "CP2104 USB to UART Bridge Controller",
	.config = config, .config_len = sizeof(config),
	.control = control, .take = take, .give = give,
};
