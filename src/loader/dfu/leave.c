/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "loader/dfu/leave.h"
#include "loader/dfu/presence.h"

#define LEAVE_BLOCK 2		/* any will do */
#define MARGIN (5 * NSEC_PER_SEC)
#define PERIOD (100 * NSEC_PER_MSEC)

static void note_gone(struct dfu *d)
{
	d->stale = true;
	dfu_forget_state(d);
}

enum told { TOLD_ANSWERED, TOLD_SILENT, TOLD_FAILED };

/* The zero-length DNLOAD and the GETSTATUS that starts it. TOLD_FAILED with @e set. */
static enum told send_leave(struct dfu *d, struct err *e)
{
	struct dfu_status st;

	if (dfu_deliver(d, LEAVE_BLOCK, NULL, 0, e) < 0)
		return e->code == ERR_NACK || e->code == ERR_SIGNAL ? TOLD_FAILED : TOLD_SILENT;
	if (dfu_ask(d, &st, port_now(dfu_port(d)) + DFU_TRANSFER_TIME, e) < 0)
		return e->code == ERR_SIGNAL ? TOLD_FAILED : TOLD_SILENT;
	return dfu_status_is_error(&st) && dfu_find_reason(d, e) < 0 ? TOLD_FAILED : TOLD_ANSWERED;
}

/* Returns 0, 1 or -1 as the loader's go does. */
static int try_leave(struct dfu *d, uint32_t addr, struct err *e)
{
	enum told told;
	int ret;

	if (dfu_set_pointer(d, addr, e) < 0)
		return -1;
	told = send_leave(d, e);
	if (told == TOLD_FAILED && e->code != ERR_GARBLED)
		return -1;
	ret = presence_wait_gone(d, DFU_LEAVING_TIME, e);
	if (ret > 0) {
		note_gone(d);
		return told != TOLD_ANSWERED;
	}
	dfu_forget_state(d);
	return ret < 0 ? -1 : err_set(e, ERR_TIMEOUT, "the bootloader did not leave: its device is "
				      "still there after %d s",
				      (int)(DFU_LEAVING_TIME / NSEC_PER_SEC));
}

int leave_to(struct dfu *d, uint32_t addr, struct err *e)
{
	for (unsigned int tries = 0;; tries++) {
		int ret = try_leave(d, addr, e);

		if (ret >= 0)
			return ret;
		if (!memory_may_retry(e))
			return -1;
		if (e->code == ERR_TIMEOUT || tries >= d->loader.config.retries || tries >= 1)
			break;
		d->loader.recoveries++;
	}
	if (e->code == ERR_NACK)
		err_wrap(e, "Leave to 0x%08x", addr);
	return memory_give_up(e, 1);
}

/* ---- Read Unprotect ---- */

/*
 * One look at a device that was told to. 1 it has left, or is done without; 0 it is at it still; -1
 * with @e set.
 */
static int watch(struct dfu *d, nsec_t until, struct err *e)
{
	struct port *p = dfu_port(d);
	struct dfu_status st;
	int ret = presence_wait_gone(d, 0, e);

	if (ret)
		return ret;
	/* One that does not answer meanwhile answers when it is done, or leaves. */
	if (dfu_ask(d, &st, until, e) == 0) {
		if (dfu_status_is_error(&st))
			return dfu_find_reason(d, e);
		if (st.state != DFU_DNBUSY)
			return 1;
	} else if (e->code == ERR_SIGNAL) {
		return -1;
	}
	return port_sleep(p, port_now(p) + PERIOD, e);
}

int leave_by_unprotect(struct dfu *d, nsec_t work, struct err *e)
{
	const uint8_t command = DFU_READ_UNPROTECT;
	struct port *p = dfu_port(d);
	nsec_t until;
	int ret = 0;

	d->loader.under_way = false;
	if (dfu_deliver(d, 0, &command, 1, e) < 0)
		return memory_give_up(e, 1);
	d->loader.under_way = true;	/* the next GETSTATUS starts it, answered or not */
	until = port_now(p) + work + MARGIN;
	while (ret == 0 && port_now(p) < until)
		ret = watch(d, until, e);
	if (ret < 0) {
		d->loader.under_way &= e->code != ERR_NACK;
		return memory_give_up(e, 1);
	}
	note_gone(d);
	if (ret > 0)
		d->loader.under_way = false;
	return ret > 0 ? 0 : err_set(e, ERR_LINK, "the device is still busy after %lld s",
				     (long long)((work + MARGIN) / NSEC_PER_SEC));
}
