/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/usb/ch9.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "ports/sim/chip/chip_rom.h"
#include "ports/sim/chip/chip_run.h"
#include "ports/sim/rom/dfu_work.h"
#include "ports/sim/rom/rom_dfu.h"

/* Class requests (DFU 1.1, chapter 3). */
enum {
	REQ_DETACH = 0,
	REQ_DNLOAD = 1,
	REQ_UPLOAD = 2,
	REQ_GETSTATUS = 3,
	REQ_CLRSTATUS = 4,
	REQ_GETSTATE = 5,
	REQ_ABORT = 6,
};

#define CLASS_OUT (USB_DIR_OUT | USB_TYPE_CLASS | USB_RECIP_INTERFACE)
#define CLASS_IN (USB_DIR_IN | USB_TYPE_CLASS | USB_RECIP_INTERFACE)

/* A control transfer at full speed: what each takes, and what each byte adds (2 KiB: 3 to 4 ms). */
#define TRANSFER_TIME (500 * NSEC_PER_USEC)
#define BYTE_TIME 1500LL

/* From the device's pull-up to the end of its enumeration: debouncing, two resets, descriptors. */
#define ENUMERATION (250 * NSEC_PER_MSEC)

/* From the answer that says so until it has left the bus. */
#define PARTING_TIME NSEC_PER_MSEC

#define NEVER INT64_MAX

bool dfu_guarded(const struct rom_dfu *r)
{
	return !(r->model->flags & DFU_CUSTOM) && chip_rdp(r->chip) >= 1;
}

void dfu_tell(struct rom_dfu *r, const struct rom_event *ev)
{
	if (r->event)
		r->event(r->event_arg, ev);
}

/* --- coming and going --- */

static void begin(struct rom_dfu *r)
{
	bool error = r->model->flags & DFU_BEGINS_IN_ERROR;

	r->state = error ? DFU_ERROR : DFU_IDLE;
	r->status = error ? DFU_ERR_FIRMWARE : DFU_OK;
	r->pointer = chip_flash(r->chip)->start;
	r->delivered = r->working = r->endless = r->hung = false;
	r->busy_until = r->cells_busy = 0;
	r->parting = DFU_STAYS_HERE;
	r->stall = r->stalls_until = 0;
}

void rom_dfu_restart(struct rom_dfu *r, nsec_t at, nsec_t ready)
{
	(void)at;
	begin(r);
	r->address++;
	r->present_from = r->dead ? NEVER : ready + ENUMERATION;
}

void rom_dfu_power_off(struct rom_dfu *r)
{
	r->dead = r->unprotected = false;
	r->requests = r->blocks = r->erases = 0;
}

struct rom_dfu *rom_dfu_new(struct chip *chip, const struct dfu_model *model, enum dfu_leave leave,
			    const struct dfu_faults *faults)
{
	struct rom_dfu *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->chip = chip;
	r->model = model;
	r->leave = leave;
	r->faults = *faults;
	r->address = 1;
	begin(r);
	return r;
}

void rom_dfu_free(struct rom_dfu *r)
{
	free(r);
}

void rom_dfu_skip_erase(struct rom_dfu *r)
{
	r->faults.skip_erase = r->erases + 1;
}

void rom_dfu_lose_block(struct rom_dfu *r)
{
	r->faults.lose = r->blocks + 1;
}

bool rom_dfu_present(const struct rom_dfu *r, nsec_t now)
{
	return (chip_state(r->chip) == CHIP_ROM || r->hung) && now >= r->present_from;
}

unsigned int rom_dfu_address(const struct rom_dfu *r)
{
	return r->address;
}

static void reset_chip(struct rom_dfu *r, enum chip_reload reload, nsec_t at)
{
	chip_reset(r->chip, reload);
	rom_dfu_restart(r, at, at + chip_config(r->chip)->model->startup_us * NSEC_PER_USEC);
}

/* As after the last ACK over other wires: what changed holds from this reset on, if at all. */
static enum chip_reload options_reload(const struct rom_dfu *r)
{
	uint32_t defects = chip_config(r->chip)->rom.defects;

	if (defects & DEFECT_NO_OBL || (r->unprotected && defects & DEFECT_RDU_POWER))
		return CHIP_RELOAD_NONE;
	return chip_config(r->chip)->model->family->plain_reset ? CHIP_RELOAD_PLAIN
								 : CHIP_RELOAD_LAUNCH;
}

/*
 * AN2662: the ROM jumps where the table's stack pointer leads into RAM, and else resets. A
 * bootloader made from the device library always resets.
 */
static void start_code(struct rom_dfu *r, nsec_t at)
{
	bool jumps = !(r->model->flags & DFU_CUSTOM) && r->leave != DFU_LEAVES_BY_RESET &&
		     chip_startable(r->chip, r->pointer) && chip_has_stack(r->chip, r->pointer);

	if (!jumps)
		reset_chip(r, CHIP_RELOAD_NONE, at);
	else if (chip_go(r->chip, r->pointer, &r->trouble) == 1)
		rom_dfu_restart(r, at, at + chip_ran_ns(r->chip) +
				chip_config(r->chip)->model->startup_us * NSEC_PER_USEC);
}

static void part(struct rom_dfu *r)
{
	nsec_t at = r->parts_at;

	switch (r->parting) {
	case DFU_STAYS_HERE:
		break;
	case DFU_TO_OPTIONS:
		r->dead = r->unprotected && r->faults.stays_away;
		reset_chip(r, options_reload(r), at);
		break;
	case DFU_TO_RESET:
		reset_chip(r, CHIP_RELOAD_NONE, at);
		break;
	case DFU_TO_CODE:
		start_code(r, at);
		break;
	case DFU_TO_BUS:
		rom_dfu_restart(r, at, at);
		break;
	}
	r->parting = DFU_STAYS_HERE;
	r->unprotected = false;
}

static void plan_parting(struct rom_dfu *r, enum dfu_parting parting, nsec_t at)
{
	r->parting = parting;
	r->parts_at = at;
}

/* What was under way is over. */
static void end_work(struct rom_dfu *r)
{
	r->working = false;
	r->state = r->result == DFU_OK ? DFU_DNLOAD_SYNC : DFU_ERROR;
	r->status = r->result;
}

void rom_dfu_advance(struct rom_dfu *r, nsec_t now)
{
	if (r->parting != DFU_STAYS_HERE && now >= r->parts_at)
		part(r);
	if (r->working && !r->endless && now >= r->busy_until)
		end_work(r);
}

void rom_dfu_stall(struct rom_dfu *r, nsec_t time)
{
	r->stall = time;
}

/* --- requests; each returns how many bytes it carries, or -EPIPE --- */

static int refuse_upload(struct rom_dfu *r, uint8_t status)
{
	bool odd = r->model->flags & DFU_CLASS && status == DFU_ERR_STALLED;

	r->state = odd ? DFU_STATE_15 : DFU_ERROR;
	r->status = odd ? DFU_OK : status;
	return -EPIPE;
}

static int end_upload(struct rom_dfu *r, uint32_t n, uint32_t wanted)
{
	r->state = n < wanted ? DFU_IDLE : DFU_UPLOAD_IDLE;
	return (int)n;
}

static int get_commands(struct rom_dfu *r, uint8_t *data, uint32_t len)
{
	static const uint8_t list[] = { 0x00, 0x21, 0x41, 0x92 };
	uint32_t n = sizeof(list) - (r->model->flags & DFU_NO_UNPROTECT ? 1 : 0);

	if (n > len)
		n = len;
	memcpy(data, list, n);
	return end_upload(r, n, len);
}

/* While cells are being erased they read as if they were blank. */
static int read_memory(struct rom_dfu *r, uint32_t addr, uint8_t *data, uint32_t len, nsec_t now)
{
	bool early = chip_in_flash(r->chip, addr) && now < r->cells_busy;

	if (early)
		memset(data, 0xFF, len);
	else if (chip_read(r->chip, addr, data, len, now) < len)
		r->hung = true;
	dfu_tell(r, &(struct rom_event){
		.start = now, .end = now, .command = "read", .addr = addr, .len = len,
		.outcome = r->hung ? "hung" : "ack",
	});
	if (r->hung)
		chip_lock_up(r->chip);
	return end_upload(r, len, len);
}

/* AN2662: flash and RAM are read in 2 bytes and more. */
static bool too_short(const struct rom_dfu *r, uint32_t addr, uint32_t len)
{
	return len < 2 && (chip_in_flash(r->chip, addr) || chip_in_ram(r->chip, addr));
}

static int upload_memory(struct rom_dfu *r, const struct usb_setup *s, uint8_t *data, nsec_t now)
{
	uint32_t unit = r->model->flags & DFU_LENGTH_COUNTS ? s->length : r->model->transfer;
	uint32_t addr = r->pointer + (s->value - 2u) * unit;

	if (dfu_guarded(r))
		return refuse_upload(r, DFU_ERR_VENDOR);
	if (!chip_readable(r->chip, addr) || (r->faults.closed && chip_in_system(r->chip, addr)))
		return refuse_upload(r, DFU_ERR_TARGET);
	if (too_short(r, addr, s->length))
		return refuse_upload(r, DFU_ERR_STALLED);
	return read_memory(r, addr, data, s->length, now);
}

static int upload_plain(struct rom_dfu *r, const struct usb_setup *s, uint8_t *data, nsec_t now)
{
	const struct flash *f = chip_flash(r->chip);
	uint32_t offset = r->model->own_kb * 1024u + s->value * (uint32_t)r->model->transfer;
	uint32_t n = offset < f->size ? f->size - offset : 0;

	n = n < s->length ? n : s->length;
	return end_upload(r, chip_read(r->chip, f->start + offset, data, n, now), s->length);
}

static int do_upload(struct rom_dfu *r, const struct usb_setup *s, uint8_t *data, nsec_t now)
{
	if (r->state != DFU_IDLE && r->state != DFU_UPLOAD_IDLE)
		return -EPIPE;
	if (s->length > r->model->transfer)
		return refuse_upload(r, DFU_ERR_STALLED);
	if (r->model->flags & DFU_PLAIN)
		return upload_plain(r, s, data, now);
	if (s->value == 0)
		return get_commands(r, data, s->length);
	if (s->value == 1)
		return refuse_upload(r, DFU_ERR_STALLED);
	if (s->length == 0)
		return end_upload(r, 0, 1);
	return upload_memory(r, s, data, now);
}

/* An empty one is the wish to leave. */
static int begin_leave(struct rom_dfu *r, nsec_t now)
{
	r->state = DFU_MANIFEST_SYNC;
	if (r->leave != DFU_LEAVES_AT_ONCE)
		return 0;
	plan_parting(r, DFU_TO_CODE, now + TRANSFER_TIME);
	return 0;
}

static bool stalls_options(const struct rom_dfu *r, uint16_t number)
{
	return r->model->flags & DFU_OPTIONS_FIXED && number >= 2 &&
	       chip_in_options(r->chip, r->pointer);
}

static int do_dnload(struct rom_dfu *r, const struct usb_setup *s, const uint8_t *data, nsec_t now)
{
	if (r->state != DFU_IDLE && r->state != DFU_DNLOAD_IDLE)
		return -EPIPE;
	if (s->length == 0)
		return begin_leave(r, now);
	if (stalls_options(r, s->value)) {
		r->state = DFU_ERROR;
		r->status = DFU_ERR_VENDOR;
		return -EPIPE;
	}
	r->number = s->value;
	r->len = s->length < r->model->transfer ? s->length : r->model->transfer;
	memcpy(r->block, data, r->len);
	r->delivered = true;
	r->state = DFU_DNLOAD_SYNC;
	/* The device library takes what fits and breaks the data stage. */
	return s->length > r->len ? -EPIPE : (int)s->length;
}

static int put_status(const struct rom_dfu *r, uint8_t *data, uint32_t len, uint32_t poll_ms)
{
	const uint8_t answer[6] = {
		r->status, (uint8_t)poll_ms, (uint8_t)(poll_ms >> 8), (uint8_t)(poll_ms >> 16),
		r->state, 0,
	};
	uint32_t n = len < sizeof(answer) ? len : sizeof(answer);

	memcpy(data, answer, n);
	return (int)n;
}

/* The first GETSTATUS begins the work: this one's answer is still given. */
static int begin_work(struct rom_dfu *r, const struct usb_setup *s, uint8_t *data, nsec_t now)
{
	struct dfu_work w;

	r->delivered = false;
	dfu_work_do(r, now, &w);
	r->working = true;
	r->endless = w.endless;
	r->result = w.status;
	r->busy_until = now + w.busy;
	if (r->busy_until > r->cells_busy)
		r->cells_busy = r->busy_until;
	r->state = DFU_DNBUSY;
	if (w.parting != DFU_STAYS_HERE)
		plan_parting(r, w.parting, r->busy_until);
	return put_status(r, data, s->length, w.poll_ms);
}

/* No document says what becomes of a leave under protection; that it is refused is the stricter. */
static int leave(struct rom_dfu *r, const struct usb_setup *s, uint8_t *data, nsec_t now)
{
	bool guarded = dfu_guarded(r);

	dfu_tell(r, &(struct rom_event){
		.start = now, .end = now, .command = "leave", .addr = r->pointer,
		.outcome = guarded ? "nack" : "ack", .detail = guarded ? "protected" : NULL,
	});
	if (guarded) {
		r->state = DFU_ERROR;
		r->status = DFU_ERR_VENDOR;
		return put_status(r, data, s->length, 0);
	}
	if (r->leave == DFU_STAYS) {
		r->state = DFU_IDLE;
		return put_status(r, data, s->length, 0);
	}
	r->state = DFU_MANIFEST;
	plan_parting(r, DFU_TO_CODE, r->leave == DFU_LEAVES_MUTE ? now : now + PARTING_TIME);
	return r->leave == DFU_LEAVES_MUTE ? -EPROTO : put_status(r, data, s->length, 1);
}

static int do_getstatus(struct rom_dfu *r, const struct usb_setup *s, uint8_t *data, nsec_t now)
{
	if (r->state == DFU_DNLOAD_SYNC && r->delivered)
		return begin_work(r, s, data, now);
	if (r->state == DFU_DNLOAD_SYNC)
		r->state = DFU_DNLOAD_IDLE;
	if (r->state == DFU_MANIFEST_SYNC && r->leave != DFU_LEAVES_AT_ONCE)
		return leave(r, s, data, now);
	return put_status(r, data, s->length,
			  r->state == DFU_DNBUSY ? r->model->poll_erase : 0);
}

/* Work that goes on is not cancelled by it, only no longer waited for. */
static int do_clrstatus(struct rom_dfu *r)
{
	bool error = r->state == DFU_ERROR;

	if (!error && r->model->flags & DFU_ONLY_ERROR_CLEARS)
		return -EPIPE;
	r->state = error ? DFU_IDLE : DFU_ERROR;
	r->status = error ? DFU_OK : DFU_ERR_UNKNOWN;
	r->delivered = r->working = r->endless = false;
	return 0;
}

static int do_abort(struct rom_dfu *r)
{
	switch (r->state) {
	case DFU_DNBUSY:
	case DFU_MANIFEST:
	case DFU_ERROR:
	case DFU_STATE_15:
		break;
	default:
		r->state = DFU_IDLE;
		r->status = DFU_OK;
		r->delivered = false;
	}
	return 0;
}

/* The device library leaves the bus and comes back; no document says what a ROM does. */
static int do_detach(struct rom_dfu *r, nsec_t now)
{
	if (!(r->model->flags & DFU_CLASS))
		return -EPIPE;
	r->state = DFU_IDLE;
	plan_parting(r, DFU_TO_BUS, now + PARTING_TIME);
	return 0;
}

static int do_class(struct rom_dfu *r, const struct usb_setup *s, uint8_t *data, nsec_t now)
{
	bool in = s->type == CLASS_IN;

	r->requests++;
	if (s->index != 0 || (r->faults.stall && r->requests == r->faults.stall))
		return -EPIPE;
	switch (s->request) {
	case REQ_UPLOAD:
		return in ? do_upload(r, s, data, now) : -EPIPE;
	case REQ_GETSTATUS:
		return in ? do_getstatus(r, s, data, now) : -EPIPE;
	case REQ_GETSTATE:
		if (!in)
			return -EPIPE;
		data[0] = r->state;
		return s->length ? 1 : 0;
	case REQ_DNLOAD:
		return in ? -EPIPE : do_dnload(r, s, data, now);
	case REQ_CLRSTATUS:
		return in ? -EPIPE : do_clrstatus(r);
	case REQ_ABORT:
		return in ? -EPIPE : do_abort(r);
	case REQ_DETACH:
		return in ? -EPIPE : do_detach(r, now);
	default:
		return -EPIPE;
	}
}

static int give_descriptor(const struct rom_dfu *r, const struct usb_setup *s, uint8_t *data)
{
	const struct dfu_face face = rom_dfu_face(r);
	uint8_t bytes[DFU_DESCRIPTOR_MAX];
	int n = dfu_descriptor(&face, s->value, bytes);

	if (n < 0)
		return -EPIPE;
	n = n < s->length ? n : s->length;
	memcpy(data, bytes, (size_t)n);
	return n;
}

/* A new configuration is dfuIDLE to the device library; ROMs begin as they do after every entry. */
static int set_configuration(struct rom_dfu *r)
{
	if (!r->working)
		begin(r);
	return 0;
}

static int do_standard(struct rom_dfu *r, const struct usb_setup *s, uint8_t *data)
{
	switch (s->request) {
	case USB_REQ_GET_DESCRIPTOR:
		return give_descriptor(r, s, data);
	case USB_REQ_GET_STATUS:
		memset(data, 0, s->length);
		return s->length < 2 ? s->length : 2;
	case USB_REQ_SET_CONFIGURATION:
		return set_configuration(r);
	case USB_REQ_SET_INTERFACE:
		return s->index == 0 && s->value < dfu_alts(r->model) ? 0 : -EPIPE;
	case USB_REQ_CLEAR_FEATURE:
		return 0;
	default:
		return -EPIPE;
	}
}

/* --- one transfer --- */

nsec_t rom_dfu_naks_until(struct rom_dfu *r, nsec_t at)
{
	nsec_t until;

	if (r->hung)
		return NEVER;
	if (r->stall)
		r->stalls_until = at + r->stall;
	r->stall = 0;
	until = r->stalls_until;
	if (r->working && r->model->busy == DFU_NAKS && r->busy_until > until)
		until = r->busy_until;
	return until;
}

static int answer(struct rom_dfu *r, const struct usb_setup *s, uint8_t *data, nsec_t now)
{
	bool busy = r->working && !r->endless && now < r->busy_until;

	if (s->length > DFU_BLOCK_MAX)
		return -EPIPE;
	if ((s->type & USB_TYPE_MASK) == USB_TYPE_STANDARD)
		return do_standard(r, s, data);
	if (s->type != CLASS_IN && s->type != CLASS_OUT)
		return -EPIPE;
	return busy && r->model->busy == DFU_STALLS ? -EPIPE : do_class(r, s, data, now);
}

int rom_dfu_control(struct rom_dfu *r, const struct usb_setup *s, uint8_t *data, nsec_t at,
		    nsec_t until, nsec_t *done)
{
	nsec_t start = rom_dfu_naks_until(r, at);
	bool parts;
	int ret;

	start = start > at ? start : at;
	parts = r->parting != DFU_STAYS_HERE && r->parts_at <= start + TRANSFER_TIME;
	if (parts && r->parts_at <= until) {
		*done = r->parts_at > at ? r->parts_at : at;
		rom_dfu_advance(r, *done);
		return -ENODEV;
	}
	if (start == NEVER || start + TRANSFER_TIME > until) {
		*done = until > at ? until : at;
		return -ETIMEDOUT;
	}
	rom_dfu_advance(r, start);
	start += TRANSFER_TIME;
	ret = answer(r, s, data, start);
	*done = start + (ret > 0 ? ret * BYTE_TIME : 0);
	if (r->hung) {
		*done = until;
		return -ETIMEDOUT;
	}
	if (ret == -EPROTO)
		rom_dfu_advance(r, *done);
	return ret;
}

struct dfu_face rom_dfu_face(const struct rom_dfu *r)
{
	return (struct dfu_face){ .model = r->model, .uid = chip_config(r->chip)->uid,
				  .nameless = r->faults.nameless && r->address == 1 };
}

const struct err *rom_dfu_trouble(const struct rom_dfu *r)
{
	return r->trouble.code == ERR_NONE ? NULL : &r->trouble;
}

void rom_dfu_on_event(struct rom_dfu *r, void (*fn)(void *arg, const struct rom_event *ev),
		      void *arg)
{
	r->event = fn;
	r->event_arg = arg;
}
