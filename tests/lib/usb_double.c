/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "tests/lib/usb_double.h"

#define BUS_TIME (500 * NSEC_PER_USEC)
#define BYTE_TIME (NSEC_PER_USEC * 3 / 2)
#define RETURN_TIME (400 * NSEC_PER_MSEC)

static struct usb_double *double_of(struct port *p)
{
	return (struct usb_double *)p;
}

/* ---- memory ---- */

static uint8_t *memory_at(struct usb_double *u, uint32_t addr, uint32_t len)
{
	const struct { uint32_t start, len; uint8_t *mem; } places[] = {
		{ DOUBLE_FLASH, DOUBLE_FLASH_LEN, u->flash },
		{ DOUBLE_SYSTEM, DOUBLE_SYSTEM_LEN, u->system },
		{ DOUBLE_RAM, DOUBLE_RAM_LEN, u->ram },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (addr >= places[i].start && addr - places[i].start + len <= places[i].len)
			return places[i].mem + (addr - places[i].start);
	return NULL;
}

/* ---- its work ---- */

static void leave_bus(struct usb_double *u, bool comes_back)
{
	u->present = false;
	u->back_at = comes_back ? u->now + RETURN_TIME : 0;
}

static void fail(struct usb_double *u, uint8_t code)
{
	u->state = u->says_15 ? (enum dfu_state)DFU_ERR_STALLEDPKT : DFU_ERROR;
	u->code = u->says_15 ? DFU_OK : code;
	u->working = false;
}

static nsec_t erase(struct usb_double *u, uint32_t addr)
{
	uint8_t *page = memory_at(u, addr & ~(DOUBLE_PAGE - 1), DOUBLE_PAGE);

	u->erases++;
	u->hangs = u->stays_busy;
	if (!page || addr < DOUBLE_FLASH || addr >= DOUBLE_FLASH + DOUBLE_FLASH_LEN) {
		fail(u, DFU_ERR_TARGET);
		return 0;
	}
	if (!u->ignores_erase)
		memset(page, 0xFF, DOUBLE_PAGE);
	return u->erase_time;
}

static nsec_t command(struct usb_double *u)
{
	uint32_t addr = u->len == 5 ? le32(u->data + 1) : 0;

	if (u->data[0] == 0x92 && u->len == 1 && !u->no_unprotect) {
		u->unprotects++;
		u->is_protected = false;
		memset(u->flash, 0xFF, sizeof(u->flash));
		return u->mass_time;
	}
	if (u->is_protected) {
		fail(u, DFU_ERR_VENDOR);
		return 0;
	}
	if (u->data[0] == 0x21 && u->len == 5) {
		u->pointers++;
		if (memory_at(u, addr, 1))
			u->pointer = addr;
		else
			fail(u, DFU_ERR_TARGET);
		return 0;
	}
	if (u->data[0] == 0x41 && u->len == 5)
		return erase(u, addr);
	if (u->data[0] == 0x41 && u->len == 1) {
		u->mass_erases++;
		memset(u->flash, 0xFF, sizeof(u->flash));
		return u->mass_time;
	}
	fail(u, DFU_ERR_STALLEDPKT);
	return 0;
}

static nsec_t program(struct usb_double *u)
{
	uint32_t addr = u->pointer + (u->block - 2) * u->device.transfer_size;
	uint8_t *to = memory_at(u, addr, u->len);

	if (u->is_protected || !to) {
		fail(u, to ? DFU_ERR_VENDOR : DFU_ERR_TARGET);
		return 0;
	}
	if (!u->loses_writes)
		memcpy(to, u->data, u->len);
	if (u->option_address && addr == u->option_address) {
		u->is_protected = u->system[addr - DOUBLE_SYSTEM] != 0xAA;
		leave_bus(u, true);
	}
	return addr < DOUBLE_SYSTEM ? u->block_time : 0;
}

static void leave(struct usb_double *u)
{
	u->started = u->pointer;
	u->state = DFU_MANIFEST;
	if (u->leave != DOUBLE_STAYS)
		leave_bus(u, u->leave == DOUBLE_COMES_BACK);
}

/* What was delivered, by the refusal that it may meet. */
static enum double_refusal refusal_of(const struct usb_double *u)
{
	if (!u->len)
		return REFUSES_LEAVE;
	if (u->block)
		return u->option_address && u->pointer == u->option_address ? REFUSES_OPTIONS
									    : REFUSES_BLOCKS;
	if (u->data[0] != 0x41)
		return REFUSES_NOTHING;
	return u->len == 1 ? REFUSES_MASS_ERASES : REFUSES_PAGE_ERASES;
}

/* The first GETSTATUS behind a DNLOAD. */
static void begin(struct usb_double *u)
{
	bool unprotects = u->block == 0 && u->len == 1 && u->data[0] == 0x92 && !u->no_unprotect;
	nsec_t work;

	u->pending = false;
	u->working = true;
	u->state = DFU_DNBUSY;
	if (u->refuses && u->refuses == refusal_of(u)) {
		fail(u, DFU_ERR_UNKNOWN);
		return;
	}
	if (u->len == 0) {
		leave(u);
		return;
	}
	work = u->block == 0 ? command(u) : program(u);
	u->busy_until = u->now + work;
	if (unprotects && u->present) {
		u->present = false;
		u->back_at = u->stays_away ? 0 : u->now + u->mass_time + RETURN_TIME;
	}
}

/* ---- requests ---- */

static ssize_t stall(struct err *e)
{
	return err_set(e, ERR_NACK, "the device stalled the transfer");
}

static ssize_t answer_status(struct usb_double *u, uint8_t *raw)
{
	raw[0] = u->code;
	raw[1] = (uint8_t)(u->state == DFU_DNBUSY ? u->poll_ms : 0);
	raw[2] = (uint8_t)(u->state == DFU_DNBUSY ? u->poll_ms >> 8 : 0);
	raw[3] = (uint8_t)(u->state == DFU_DNBUSY ? u->poll_ms >> 16 : 0);
	raw[4] = (uint8_t)u->state;
	raw[5] = 0;
	return DFU_STATUS_LEN;
}

static ssize_t get_status(struct usb_double *u, uint8_t *raw, nsec_t until, struct err *e)
{
	if (u->pending) {
		begin(u);
		return answer_status(u, raw);
	}
	if (u->state != DFU_DNBUSY)
		return answer_status(u, raw);
	if (u->hangs)
		return answer_status(u, raw);
	if (u->now < u->busy_until && u->busy == DOUBLE_SAYS_BUSY)
		return answer_status(u, raw);
	if (u->now < u->busy_until && u->busy == DOUBLE_STALLS)
		return stall(e);
	if (u->busy_until > until) {
		u->now = until;
		return err_set(e, ERR_TIMEOUT, "the device did not answer in time");
	}
	if (u->busy_until > u->now)
		u->now = u->busy_until;
	u->working = false;
	u->state = DFU_DNLOAD_IDLE;
	return answer_status(u, raw);
}

static ssize_t download(struct usb_double *u, const struct port_request *r, struct err *e)
{
	if (u->state != DFU_IDLE && u->state != DFU_DNLOAD_IDLE)
		return stall(e);
	memcpy(u->data, r->data ? r->data : u->data, r->len);
	u->len = r->len;
	u->block = r->value;
	u->pending = true;
	u->state = DFU_DNLOAD_SYNC;
	if (r->len == 0 && u->leave == DOUBLE_GONE_AT_ONCE)
		begin(u);
	return r->len;
}

static ssize_t upload(struct usb_double *u, const struct port_request *r, struct err *e)
{
	static const uint8_t commands[] = { 0x00, 0x21, 0x41, 0x92 };
	uint32_t addr = u->pointer + (r->value - 2u) * u->device.transfer_size;
	uint8_t *from = memory_at(u, addr, r->len);

	if (u->state != DFU_IDLE && u->state != DFU_UPLOAD_IDLE)
		return stall(e);
	if (r->value == 0 && !u->mute_commands) {
		u->state = DFU_UPLOAD_IDLE;
		memcpy(r->data, commands, sizeof(commands));
		return u->no_unprotect ? 3 : 4;
	}
	if (u->refuses == REFUSES_READS) {
		fail(u, DFU_ERR_UNKNOWN);
		return stall(e);
	}
	if (u->is_protected || u->vendor_left || !from || r->value < 2) {
		fail(u, u->is_protected || u->vendor_left ? DFU_ERR_VENDOR : DFU_ERR_TARGET);
		u->vendor_left -= u->vendor_left > 0;
		return stall(e);
	}
	memcpy(r->data, from, r->len);
	if (u->flaky_reads)
		r->data[0] = (uint8_t)u->transfers;
	u->state = DFU_UPLOAD_IDLE;
	return r->len;
}

static ssize_t answer(struct usb_double *u, const struct port_request *r, nsec_t until,
		      struct err *e)
{
	switch (r->request) {
	case DFU_DNLOAD:
		return download(u, r, e);
	case DFU_UPLOAD:
		return upload(u, r, e);
	case DFU_GETSTATUS:
		return get_status(u, r->data, until, e);
	case DFU_CLRSTATUS:
		if (u->refuses == REFUSES_IDLE)
			return 0;
		u->hangs = false;
		if (u->state >= DFU_ERROR) {
			u->state = DFU_IDLE;
			u->code = DFU_OK;
		} else {
			u->state = DFU_ERROR;
			u->code = DFU_ERR_UNKNOWN;
		}
		return 0;
	case DFU_ABORT:
		if (u->refuses != REFUSES_IDLE && u->state != DFU_DNBUSY && u->state < DFU_ERROR)
			u->state = DFU_IDLE;
		return 0;
	default:
		return stall(e);
	}
}

/* ---- the port ---- */

static void catch_up(struct usb_double *u)
{
	if (u->present || !u->back_at || u->now < u->back_at)
		return;
	u->present = true;
	u->address++;
	u->state = DFU_IDLE;
	u->code = DFU_OK;
	u->pending = u->working = false;
	u->pointer = DOUBLE_FLASH;
}

/* The transfer that is to fail. */
static ssize_t strike(struct usb_double *u, const struct port_request *r, nsec_t until,
		      struct err *e)
{
	switch (u->fail_with) {
	case DOUBLE_STALL:
		return stall(e);
	case DOUBLE_TIMEOUT:
		u->now = until;
		return err_set(e, ERR_TIMEOUT, "the device did not answer in time");
	case DOUBLE_GARBLE:
		return err_set(e, ERR_GARBLED, "a fault of the bus");
	case DOUBLE_SHORT:
		return r->in && r->len ? r->len - 1 : answer(u, r, until, e);
	case DOUBLE_RESET:
		u->state = DFU_IDLE;
		u->pending = false;
		return answer(u, r, until, e);
	case DOUBLE_VANISH:
		break;
	}
	leave_bus(u, false);
	return err_set(e, ERR_GONE, "the device has left the bus");
}

static ssize_t double_control(struct port *p, const struct port_request *r, nsec_t until,
			      struct err *e)
{
	struct usb_double *u = double_of(p);
	ssize_t n;

	catch_up(u);
	u->transfers++;
	u->now += BUS_TIME + r->len * BYTE_TIME;
	if (!u->present || !u->open || u->opened != u->address)
		return err_set(e, ERR_GONE, "the device has left the bus");
	if (r->request < 7)
		u->requests[r->request]++;
	if (u->fail_at && u->transfers == u->fail_at)
		return strike(u, r, until, e);
	n = answer(u, r, until, e);
	return u->present || (u->leave == DOUBLE_LEAVES && r->request == DFU_GETSTATUS) ? n : err_set(e, ERR_GONE, "the device has left the bus");
}

static const struct usb_device *double_device(struct port *p)
{
	struct usb_double *u = double_of(p);

	return u->open ? &u->device : NULL;
}

static int double_select(struct port *p, unsigned int alt, nsec_t until, struct err *e)
{
	(void)p;
	(void)alt;
	(void)until;
	(void)e;
	return 0;
}

static int double_look(struct port *p, enum port_presence *presence, struct err *e)
{
	struct usb_double *u = double_of(p);

	(void)e;
	catch_up(u);
	u->now += 10 * NSEC_PER_MSEC;
	*presence = !u->present ? PORT_AWAY
		    : u->open && u->opened == u->address ? PORT_SAME : PORT_ANEW;
	return 0;
}

static int double_rejoin(struct port *p, struct err *e)
{
	struct usb_double *u = double_of(p);

	catch_up(u);
	u->open = u->present;
	u->opened = u->address;
	return u->present ? 0 : err_set(e, ERR_GONE, "the device has left the bus");
}

static int double_sleep(struct port *p, nsec_t until, struct err *e)
{
	struct usb_double *u = double_of(p);

	(void)e;
	if (until > u->now)
		u->now = until;
	return 0;
}

static nsec_t double_now(struct port *p)
{
	return double_of(p)->now;
}

static int double_discard(struct port *p, struct err *e)
{
	(void)p;
	(void)e;
	return 0;
}

static int double_close(struct port *p, struct err *e)
{
	(void)p;
	(void)e;
	return 0;
}

static const struct port_ops double_ops = {
	.control = double_control,
	.device = double_device,
	.select = double_select,
	.look = double_look,
	.rejoin = double_rejoin,
	.discard = double_discard,
	.sleep = double_sleep,
	.now = double_now,
	.close = double_close,
};

void usb_double_add(struct usb_double *u, const char *layout)
{
	struct usb_alt *a = &u->device.alts[u->device.alt_count];

	a->number = (uint8_t)u->device.alt_count++;
	snprintf(a->name, sizeof(a->name), "%s", layout);
}

void usb_double_init(struct usb_double *u, const char *layout)
{
	memset(u, 0, sizeof(*u));
	u->port.ops = &double_ops;
	u->port.caps = PORT_CONTROL | PORT_VIRTUAL;
	u->device.vid = 0x0483;
	u->device.pid = 0xDF11;
	u->device.bcd_device = 0x2200;
	u->device.dfu_version = DFU_VERSION_DFUSE;
	u->device.transfer_size = 2048;
	snprintf(u->device.path, sizeof(u->device.path), "1-3");
	usb_double_add(u, layout);
	memset(u->flash, 0xFF, sizeof(u->flash));
	memset(u->system, 0xFF, sizeof(u->system));
	u->poll_ms = 20;
	u->block_time = 22 * NSEC_PER_MSEC;
	u->erase_time = 23 * NSEC_PER_MSEC;
	u->mass_time = 25 * NSEC_PER_MSEC;
	u->present = u->open = true;
	u->address = u->opened = 5;
	u->state = DFU_IDLE;
	u->pointer = DOUBLE_FLASH;
}
