/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chip/optbytes_table.h"
#include "loader/dfu/optblock.h"
#include "loader/dfu/presence.h"

#define OPTIONS_MAX 512u
#define RDP_LEVEL_1 0xBBu	/* any value but those of levels 0 and 2; this is what ST's tools write */
#define REFUSALS 2u

int optblock_check(const struct dfu *d, uint32_t len, struct err *e)
{
	if (!d->has_unprotect)
		return err_set(e, ERR_ABILITY, "this bootloader is none of a ROM's: what it makes of "
			       "option bytes is not known");
	if (len <= dfu_transfer_size(d))
		return 0;
	return err_set(e, ERR_ABILITY, "option bytes are written in one transfer of %u bytes, the "
		       "most that the device takes is %u", len, dfu_transfer_size(d));
}

/* The setting that stands for them, as other hosts select it; the address decides. */
static int select_zone(struct dfu *d, uint32_t addr, struct err *e)
{
	struct port *p = dfu_port(d);
	uint64_t page_end;
	uint32_t at;

	if (!d->options_known || layout_lacks(&d->options, addr, addr + UINT64_C(1), 0, true, &at,
					      &page_end))
		return 0;
	if (p->ops->select(p, d->options_alt, port_now(p) + DFU_TRANSFER_TIME, e) == 0) {
		dfu_forget_state(d);
		return 0;
	}
	return e->code == ERR_NACK ? 0 : -1;
}

/* Delivers the block and starts its work. The device may be gone before it has answered. */
static int send_block(struct dfu *d, uint32_t addr, const uint8_t *buf, size_t len, struct err *e)
{
	struct port *p = dfu_port(d);
	struct dfu_status st;

	if (dfu_set_pointer(d, addr, e) < 0 || dfu_deliver(d, 2, buf, len, e) < 0)
		return -1;
	d->loader.under_way = true;
	if (dfu_ask(d, &st, port_now(p) + DFU_TRANSFER_TIME, e) < 0)
		return e->code == ERR_SIGNAL ? -1 : 0;
	if (!dfu_status_is_error(&st))
		return 0;
	d->loader.under_way = false;
	return dfu_find_reason(d, e);
}

/* It resets itself; one that does not has done its work by then. */
static int wait_for_reset(struct dfu *d, nsec_t work, struct err *e)
{
	int ret = presence_wait_gone(d, work + DFU_LEAVING_TIME, e);

	d->stale = true;
	dfu_forget_state(d);
	if (ret >= 0)
		d->loader.under_way = false;
	return ret < 0 ? -1 : 0;
}

int optblock_write(struct dfu *d, uint32_t addr, const uint8_t *buf, size_t len, nsec_t work,
		  struct err *e)
{
	unsigned int refusals = 0;

	d->loader.under_way = false;
	for (unsigned int tries = 0; tries <= d->loader.config.retries; tries++) {
		if (select_zone(d, addr, e) < 0)
			return -1;
		if (send_block(d, addr, buf, len, e) == 0)
			return wait_for_reset(d, work, e);
		if (!memory_may_retry(e))
			return -1;
		refusals += e->code == ERR_NACK;
		if (refusals >= REFUSALS)
			break;
		d->loader.recoveries++;
	}
	if (e->code == ERR_NACK)
		e->code = ERR_ABILITY;
	err_wrap(e, "option bytes at 0x%08x", addr);
	return memory_give_up(e, 1);
}

/* ---- read-out protection ---- */

/* How the option bytes of @dev are stored; NULL: that is not certain. */
static const struct opt_map *map_of(const struct device *dev)
{
	const struct opt_product *p = opt_product_find(dev->pid ? dev->pid : dev->options_like);

	return p ? p->map : NULL;
}

int optblock_can_lock(const struct dfu *d, struct err *e)
{
	const struct device *dev = d->chip;
	const struct opt_map *map = dev ? map_of(dev) : NULL;
	uint32_t len = dev ? dev->ob_end - dev->ob_start : 0;

	if (!map || !len || len > OPTIONS_MAX || !dev->rdp_open)
		return err_set(e, ERR_ABILITY, "over USB a chip is protected by its option bytes, and "
			       "where this one has them is not known");
	return optblock_check(d, map->write_len ? map->write_len : len, e);
}

static void set_level_1(uint8_t *raw, uint32_t at, const struct opt_map *map)
{
	raw[at] = RDP_LEVEL_1;
	if (map->format.complement)
		raw[at + map->format.value] = (uint8_t)~RDP_LEVEL_1;
}

int optblock_lock(struct dfu *d, nsec_t work, struct err *e)
{
	const struct device *dev = d->chip;
	uint8_t raw[OPTIONS_MAX];
	const struct opt_map *map;
	uint32_t len;

	if (optblock_can_lock(d, e) < 0)
		return -1;
	map = map_of(dev);
	len = dev->ob_end - dev->ob_start;
	if (memory_read(d, dev->ob_start, raw, len, true, e) < 0)
		return err_wrap(e, "option bytes");
	if (raw[dev->rdp_offset] != dev->rdp_open)
		return err_set(e, ERR_ABILITY, "the option bytes at 0x%08x do not say read-out "
			       "protection level 0 (0x%02x): they are not sent", dev->ob_start,
			       raw[dev->rdp_offset]);
	set_level_1(raw, dev->rdp_offset, map);
	if (map->twin)
		set_level_1(raw, dev->rdp_offset + map->twin, map);
	return optblock_write(d, dev->ob_start, raw, map->write_len ? map->write_len : len, work, e);
}
