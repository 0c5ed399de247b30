/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/bytes.h"
#include "chip/geometry.h"
#include "ports/sim/chip/chip_rom.h"
#include "ports/sim/rom/dfu_work.h"

#define SET_ADDRESS 0x21u
#define ERASE 0x41u
#define UNPROTECT 0x92u

#define BANK2_H7 0x08100000u

/* Plain DFU erases what it comes to by itself. */
static void erase_page_at(struct rom_dfu *r, uint32_t addr, nsec_t now, struct chip_op *op)
{
	struct page page;

	*op = (struct chip_op){ 0 };
	if (r->faults.skip_erase && ++r->erases == r->faults.skip_erase)
		op->lost = "this erase is skipped";
	else if (geometry_page_at(&chip_flash(r->chip)->geo, addr, &page) == 0)
		chip_erase_page(r->chip, page.number, now, op);
}

/* It takes @w->busy from @now on. */
static void tell(struct rom_dfu *r, const char *command, nsec_t now, const struct dfu_work *w,
		 const struct rom_event *rest)
{
	struct rom_event ev = *rest;

	ev.command = command;
	ev.start = now;
	ev.end = now + w->busy;
	dfu_tell(r, &ev);
}

static void refuse(struct rom_dfu *r, const char *command, nsec_t now, struct dfu_work *w,
		   uint8_t status, const char *why)
{
	w->status = status;
	tell(r, command, now, w, &(struct rom_event){ .outcome = "nack", .detail = why });
}

/* --- commands --- */

/*
 * Where a pointer may be set (AN2662): flash, RAM that is not the bootloader's, system memory,
 * option bytes; and the further memories that it offers.
 */
static void set_address(struct rom_dfu *r, uint32_t addr, nsec_t now, struct dfu_work *w)
{
	w->poll_ms = r->model->poll_address;
	if (r->model->flags & DFU_GUARDS_ADDRESS && dfu_guarded(r)) {
		refuse(r, "set address", now, w, DFU_ERR_VENDOR, "protected");
	} else if (!(r->model->flags & DFU_CLASS) && !chip_readable(r->chip, addr)) {
		refuse(r, "set address", now, w, DFU_ERR_TARGET, "bad address");
	} else {
		r->pointer = addr;
		tell(r, "set address", now, w, &(struct rom_event){ .outcome = "ack", .addr = addr });
	}
}

static void erase_page(struct rom_dfu *r, uint32_t addr, nsec_t now, struct dfu_work *w)
{
	struct page page;
	struct chip_op op;
	uint16_t number = 0;
	bool there = geometry_page_at(&chip_flash(r->chip)->geo, addr, &page) == 0;

	w->poll_ms = r->model->poll_erase;
	if (dfu_guarded(r)) {
		refuse(r, "erase", now, w, DFU_ERR_VENDOR, "protected");
		return;
	}
	if (!there) {
		refuse(r, "erase", now, w,
		       r->model->flags & DFU_CLASS ? DFU_ERR_VENDOR : DFU_ERR_TARGET,
		       "not in flash");
		return;
	}
	number = (uint16_t)page.number;
	erase_page_at(r, addr, now, &op);
	w->busy = op.busy;
	w->endless = r->model->flags & DFU_ENDLESS_BANK2 && addr >= BANK2_H7;
	tell(r, "erase", now, w, &(struct rom_event){
		.outcome = op.lost ? "lost" : "ack", .detail = op.lost, .addr = addr,
		.pages = &number, .page_count = op.lost ? 0 : 1,
	});
}

static void erase_all(struct rom_dfu *r, nsec_t now, struct dfu_work *w)
{
	struct chip_op op = { .lost = "this bootloader has no mass erase" };

	w->poll_ms = r->model->poll_mass;
	if (dfu_guarded(r)) {
		refuse(r, "mass erase", now, w, DFU_ERR_VENDOR, "protected");
		return;
	}
	if (r->model->flags & DFU_MASS_ERASE_FAILS) {
		refuse(r, "mass erase", now, w, DFU_ERR_ERASE, "this mass erase fails");
		return;
	}
	if (r->faults.skip_erase && ++r->erases == r->faults.skip_erase)
		op.lost = "this erase is skipped";
	else if (!(r->model->flags & DFU_NO_MASS_ERASE))
		chip_erase_bank(r->chip, 0, now, &op);
	w->busy = op.busy;
	tell(r, "mass erase", now, w, &(struct rom_event){
		.outcome = op.lost ? "lost" : "ack", .detail = op.lost,
	});
}

/* The bus is left when the erase is over (F4); or the command is not there, or fails (14). */
static void unprotect(struct rom_dfu *r, nsec_t now, struct dfu_work *w)
{
	uint32_t defects = chip_config(r->chip)->rom.defects;
	struct chip_op op;

	w->poll_ms = r->model->poll_mass;
	if (r->model->flags & DFU_NO_UNPROTECT) {
		tell(r, "readout unprotect", now, w, &(struct rom_event){
			.outcome = "lost", .detail = "this bootloader does not have it" });
		return;
	}
	if (defects & DEFECT_RDU_NOTHING) {
		refuse(r, "readout unprotect", now, w, DFU_ERR_UNKNOWN, "it fails");
		return;
	}
	chip_readout_unprotect(r->chip, &op);
	w->busy = op.busy;
	w->parting = DFU_TO_OPTIONS;
	r->unprotected = true;
	tell(r, "readout unprotect", now, w, &(struct rom_event){ .outcome = "ack" });
}

static void do_command(struct rom_dfu *r, nsec_t now, struct dfu_work *w)
{
	uint8_t code = r->block[0];

	if (r->len == 5 && code == SET_ADDRESS)
		set_address(r, le32(r->block + 1), now, w);
	else if (r->len == 5 && code == ERASE)
		erase_page(r, le32(r->block + 1), now, w);
	else if (r->len == 1 && code == ERASE)
		erase_all(r, now, w);
	else if (r->len == 1 && code == UNPROTECT)
		unprotect(r, now, w);
	else if (!(r->model->flags & DFU_CLASS))
		refuse(r, "unknown", now, w, DFU_ERR_STALLED, "not a command");
	else
		w->endless = r->len == 5;	/* the device library: it waits for CLRSTATUS */
}

/* --- data --- */

/* The base of either block of option bytes. */
static bool is_options_base(const struct rom_dfu *r, uint32_t addr)
{
	return chip_in_options(r->chip, addr) && !chip_in_options(r->chip, addr - 1);
}

static void program(struct rom_dfu *r, uint32_t addr, nsec_t now, struct chip_op *op)
{
	*op = (struct chip_op){ .lost = "this bootloader lies" };
	if (r->faults.lie)
		return;
	if (r->faults.lose && r->blocks == r->faults.lose) {
		op->lost = "this block is lost";
		return;
	}
	if (r->faults.flip && r->blocks == r->faults.flip)
		r->block[r->len / 2] ^= 0x04;
	if (now < r->cells_busy) {
		op->lost = "an erase is still going on";
		return;
	}
	chip_write(r->chip, addr, r->block, r->len, now, op);
}

static void write_memory(struct rom_dfu *r, uint32_t addr, nsec_t now, struct dfu_work *w)
{
	struct chip_op op;

	if (!chip_writable(r->chip, addr)) {
		refuse(r, "write", now, w,
		       r->model->flags & DFU_CLASS ? DFU_ERR_VENDOR : DFU_ERR_TARGET,
		       "bad address");
		return;
	}
	r->blocks++;
	program(r, addr, now, &op);
	if (op.refused) {
		refuse(r, "write", now, w, DFU_ERR_TARGET, "bad data or address");
		return;
	}
	w->busy = op.busy;
	if (op.after == CHIP_RESETS)
		w->parting = DFU_TO_OPTIONS;
	tell(r, "write", now, w, &(struct rom_event){
		.outcome = op.lost ? "lost" : "ack", .detail = op.lost, .addr = addr, .len = r->len,
	});
}

static void do_data(struct rom_dfu *r, nsec_t now, struct dfu_work *w)
{
	uint32_t unit = r->model->flags & DFU_LENGTH_COUNTS ? r->len : r->model->transfer;
	uint32_t addr = r->pointer + (r->number - 2u) * unit;

	w->poll_ms = r->model->poll_write;
	if (dfu_guarded(r))
		refuse(r, "write", now, w, DFU_ERR_VENDOR, "protected");
	else if (r->len < 2)
		refuse(r, "write", now, w, DFU_ERR_STALLED, "fewer than two bytes");
	else if (chip_in_options(r->chip, addr) && !is_options_base(r, addr))
		tell(r, "write", now, w, &(struct rom_event){
			.outcome = "lost", .detail = "not the beginning of the option bytes" });
	else
		write_memory(r, addr, now, w);
}

/* Blocks follow each other from the first application page on, and pages are erased on the way. */
static void do_plain(struct rom_dfu *r, nsec_t now, struct dfu_work *w)
{
	uint32_t start = chip_flash(r->chip)->start + r->model->own_kb * 1024u;
	uint32_t addr = start + r->number * (uint32_t)r->model->transfer;
	nsec_t erasing;
	struct page page;
	struct chip_op op;

	w->poll_ms = r->model->poll_write;
	if (geometry_page_at(&chip_flash(r->chip)->geo, addr, &page) == 0 && page.addr == addr) {
		erase_page_at(r, addr, now, &op);
		w->busy = op.busy;
	}
	erasing = w->busy;
	write_memory(r, addr, now, w);
	w->busy += erasing;
}

void dfu_work_do(struct rom_dfu *r, nsec_t now, struct dfu_work *w)
{
	*w = (struct dfu_work){ .status = DFU_OK };
	if (r->model->flags & DFU_PLAIN)
		do_plain(r, now, w);
	else if (r->number == 0)
		do_command(r, now, w);
	else if (r->number >= 2)
		do_data(r, now, w);
	else if (!(r->model->flags & DFU_CLASS))
		refuse(r, "unknown", now, w, DFU_ERR_STALLED, "block 1 is reserved");
}
