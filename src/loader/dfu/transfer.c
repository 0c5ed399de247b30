/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/bytes.h"
#include "loader/dfu/transfer.h"

#define POINTER_TIME NSEC_PER_SEC
#define FIRST_BLOCK 2u

/* A transfer that was stalled: why. */
static int failed(struct dfu *d, struct err *e)
{
	if (e->code == ERR_NACK)
		return dfu_find_reason(d, e);
	dfu_forget_state(d);
	return -1;
}

int dfu_deliver(struct dfu *d, uint16_t block, const uint8_t *data, size_t len, struct err *e)
{
	const struct port_request r = {
		.request = DFU_DNLOAD, .value = block, .data = (uint8_t *)data,
		.len = (uint16_t)len,
	};

	if (dfu_make_ready(d, DFU_NEEDS_DOWNLOAD, e) < 0)
		return -1;
	d->state = DFU_UNKNOWN;
	if (port_control(dfu_port(d), &r, port_now(dfu_port(d)) + DFU_TRANSFER_TIME, e) < 0)
		return failed(d, e);
	return 0;
}

int dfu_command(struct dfu *d, uint8_t command, uint32_t addr, size_t len, enum dfu_work kind,
		nsec_t work, struct err *e)
{
	uint8_t payload[5] = { command };

	put_le32(payload + 1, addr);
	if (dfu_deliver(d, 0, payload, len, e) < 0)
		return -1;
	if (dfu_wait_done(d, kind, work, e) == 0)
		return 0;
	d->pointer_known = false;
	return -1;
}

int dfu_set_pointer(struct dfu *d, uint32_t addr, struct err *e)
{
	d->pointer_known = false;
	if (dfu_command(d, DFU_SET_ADDRESS, addr, 5, DFU_POINTER, POINTER_TIME, e) < 0)
		return -1;
	d->pointer_known = true;
	d->pointer = addr;
	return 0;
}

/* The number of the block at @addr, with the pointer set to @addr itself where no other will do. */
static int find_block(struct dfu *d, uint32_t addr, size_t len, uint16_t *block, struct err *e)
{
	uint32_t size = dfu_transfer_size(d), offset = addr - d->pointer;

	*block = FIRST_BLOCK;
	if (d->pointer_known && addr >= d->pointer && offset % size == 0 &&
	    offset / size <= UINT16_MAX - FIRST_BLOCK && (len == size || offset == 0)) {
		*block = (uint16_t)(offset / size + FIRST_BLOCK);
		return 0;
	}
	return dfu_set_pointer(d, addr, e);
}

int dfu_write_block(struct dfu *d, uint32_t addr, const uint8_t *buf, size_t len, nsec_t work,
		    struct err *e)
{
	uint16_t block;

	if (find_block(d, addr, len, &block, e) < 0 || dfu_deliver(d, block, buf, len, e) < 0)
		return -1;
	if (dfu_wait_done(d, DFU_BLOCK, work, e) == 0)
		return 0;
	d->pointer_known = false;
	return -1;
}

ssize_t dfu_upload(struct dfu *d, uint16_t block, uint8_t *buf, size_t len, struct err *e)
{
	const struct port_request r = {
		.request = DFU_UPLOAD, .value = block, .in = true, .data = buf,
		.len = (uint16_t)len,
	};
	ssize_t n;

	if (dfu_make_ready(d, DFU_NEEDS_UPLOAD, e) < 0)
		return -1;
	d->state = DFU_UNKNOWN;
	n = port_control(dfu_port(d), &r, port_now(dfu_port(d)) + DFU_TRANSFER_TIME, e);
	if (n < 0)
		return failed(d, e);
	/* A short one ends the upload (DFU 1.1, chapter 6.2). */
	d->state = (size_t)n == len ? DFU_UPLOAD_IDLE : DFU_UNKNOWN;
	return n;
}

int dfu_read_block(struct dfu *d, uint32_t addr, uint8_t *buf, size_t len, struct err *e)
{
	uint16_t block;
	ssize_t n;

	if (find_block(d, addr, len, &block, e) < 0)
		return -1;
	n = dfu_upload(d, block, buf, len, e);
	if (n < 0 || (size_t)n == len)
		return n < 0 ? -1 : 0;
	d->pointer_known = false;
	return err_set(e, ERR_GARBLED, "%zd of %zu bytes came", n, len);
}
