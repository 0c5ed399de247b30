/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/bytes.h"
#include "chip/timing.h"
#include "loader/dfu/memory.h"

#define FLASH_START 0x08000000u		/* of a chip that is not known */
#define PROBE_LEN 64u			/* bytes that are asked for as a proof */
#define REFUSALS 2u			/* in a row, of one address, are believed */
#define WRITE_UNIT 256u			/* what @work of a write is stated for */
#define ERASE_LEAST NSEC_PER_SEC
#define EDGE 8u				/* bytes that are looked at, at both ends of a page */

uint32_t memory_flash_start(const struct dfu *d)
{
	if (d->chip)
		return d->chip->flash_start;
	return d->flash_known ? layout_start(&d->flash) : FLASH_START;
}

bool memory_may_retry(const struct err *e)
{
	return e->code == ERR_NACK || e->code == ERR_TIMEOUT || e->code == ERR_GARBLED;
}

int memory_give_up(struct err *e, unsigned int tries)
{
	if (memory_may_retry(e))
		e->code = ERR_LINK;
	return tries > 1 ? err_append(e, " (%u tries)", tries) : -1;
}

/* ---- protection ---- */

static bool says_protected(const struct dfu *d)
{
	return d->refusal.state == DFU_ERROR && d->refusal.code == DFU_ERR_VENDOR;
}

/* One UPLOAD of flash: 1 refused as under protection, 0 not, -1 fatal. */
static int probe(struct dfu *d, struct err *e)
{
	struct err why = ERR_INIT;
	uint8_t raw[PROBE_LEN];

	/* Some refuse the address too; block 2 is flash all the same. */
	if (dfu_set_pointer(d, memory_flash_start(d), &why) < 0 && !memory_may_retry(&why)) {
		*e = why;
		return -1;
	}
	if (dfu_upload(d, 2, raw, sizeof(raw), &why) >= 0)
		return 0;
	if (!memory_may_retry(&why)) {
		*e = why;
		return -1;
	}
	return why.code == ERR_NACK && says_protected(d);
}

int memory_is_protected(struct dfu *d, struct err *e)
{
	int ret = 1;

	if (!d->has_unprotect)
		return 0;
	for (unsigned int i = 0; i < 2 && ret > 0; i++)
		ret = probe(d, e);
	return ret;
}

/*
 * Behind an operation that failed: 0 it may be tried again, -1 with @e set. *refusals: in a row, of
 * this operation.
 */
static int judge(struct dfu *d, uint32_t addr, unsigned int *refusals, struct err *e)
{
	struct err why = *e;
	int ret;

	d->loader.recoveries++;
	if (!memory_may_retry(e))
		return -1;
	if (e->code != ERR_NACK) {
		*refusals = 0;
		return 0;
	}
	if (d->refusal.code == DFU_ERR_VENDOR) {
		ret = memory_is_protected(d, e);
		if (ret)
			return ret < 0 ? -1 : err_set(e, ERR_PROTECTED, "the chip is read-protected");
	}
	*e = why;
	if (++*refusals < REFUSALS)
		return 0;
	e->code = ERR_ABILITY;
	return err_at(e, addr);
}

/* ---- reading ---- */

static int read_once(struct dfu *d, uint32_t addr, uint8_t *buf, size_t len, struct err *e)
{
	unsigned int refusals = 0;

	for (unsigned int tries = 0; tries <= d->loader.config.retries; tries++) {
		if (dfu_read_block(d, addr, buf, len, e) == 0)
			return 0;
		if (judge(d, addr, &refusals, e) < 0)
			return -1;
	}
	return memory_give_up(e, d->loader.config.retries + 1);
}

int memory_read(struct dfu *d, uint32_t addr, uint8_t *buf, size_t len, bool twice,
		struct err *e)
{
	uint8_t before[LOADER_BLOCK_MAX];

	if (read_once(d, addr, buf, len, e) < 0)
		return err_wrap(e, "0x%08x cannot be read", addr);
	for (unsigned int tries = 0; twice && tries <= d->loader.config.retries; tries++) {
		memcpy(before, buf, len);
		if (read_once(d, addr, buf, len, e) < 0)
			return err_wrap(e, "0x%08x cannot be read", addr);
		if (memcmp(before, buf, len) == 0)
			return 0;
	}
	return twice ? err_set(e, ERR_LINK, "0x%08x reads otherwise each time", addr) : 0;
}

/* ---- writing ---- */

/* What a write in doubt has left: 1 the data, 0 nothing, 2 something else, -1. */
static int look_back(struct dfu *d, uint32_t addr, const uint8_t *buf, size_t len, uint8_t blank,
		     struct err *e)
{
	uint8_t back[LOADER_BLOCK_MAX];

	if (memory_read(d, addr, back, len, false, e) < 0)
		return -1;
	if (memcmp(buf, back, len) == 0)
		return 1;
	return bytes_are(back, len, blank) ? 0 : 2;
}

int memory_write(struct dfu *d, uint32_t addr, const uint8_t *buf, size_t len, uint8_t blank,
		 nsec_t work, enum loader_written *how, struct err *e)
{
	nsec_t most = work * (nsec_t)((len + WRITE_UNIT - 1) / WRITE_UNIT);
	unsigned int refusals = 0;
	struct err why = ERR_INIT;
	int ret;

	for (unsigned int tries = 0; tries <= d->loader.config.retries; tries++) {
		*how = LOADER_WRITTEN;
		d->loader.under_way = false;
		if (dfu_write_block(d, addr, buf, len, most, e) == 0)
			return 0;
		if (judge(d, addr, &refusals, e) < 0)
			return err_wrap(e, "0x%08x cannot be written", addr);
		ret = look_back(d, addr, buf, len, blank, &why);
		if (ret < 0)
			*e = why;
		if (ret == 2)
			*how = LOADER_SUSPECT;
		if (ret)
			return ret < 0 ? -1 : 0;
	}
	err_wrap(e, "0x%08x cannot be written", addr);
	return memory_give_up(e, d->loader.config.retries + 1);
}

/* ---- erasing ---- */

/* Both ends of a page whose erase is in doubt: 1 blank, 0 not, -1. */
static int page_is_blank(struct dfu *d, uint32_t addr, uint32_t size, struct err *e)
{
	const uint32_t at[2] = { addr, addr + size - EDGE };
	uint8_t raw[EDGE];

	for (size_t i = 0; i < 2; i++) {
		if (memory_read(d, at[i], raw, sizeof(raw), false, e) < 0)
			return -1;
		if (!bytes_are(raw, sizeof(raw), d->chip ? d->chip->erased : 0xFF))
			return 0;
	}
	return 1;
}

int memory_erase(struct dfu *d, uint32_t addr, uint32_t size, struct err *e)
{
	nsec_t work = timing_erase(d->chip, size);
	unsigned int refusals = 0;
	struct err why = ERR_INIT;
	int ret;

	if (work < ERASE_LEAST)
		work = ERASE_LEAST;
	d->loader.refused = true;
	for (unsigned int tries = 0; tries <= d->loader.config.retries; tries++) {
		d->loader.under_way = false;
		if (dfu_command(d, DFU_ERASE_PAGE, addr, 5, DFU_ERASE, work, e) == 0)
			return 0;
		d->loader.refused &= e->code == ERR_NACK;
		if (judge(d, addr, &refusals, e) < 0)
			return err_wrap(e, "the page at 0x%08x cannot be erased", addr);
		if (e->code != ERR_TIMEOUT)
			continue;
		ret = page_is_blank(d, addr, size, &why);
		if (ret < 0)
			*e = why;
		if (ret)
			return ret < 0 ? -1 : 0;
	}
	err_wrap(e, "the page at 0x%08x cannot be erased", addr);
	return memory_give_up(e, d->loader.config.retries + 1);
}

int memory_erase_all(struct dfu *d, nsec_t work, struct err *e)
{
	unsigned int refusals = 0;

	d->loader.refused = true;
	/* Bootloaders made from ST's libraries acknowledge it, and erase nothing or anything. */
	if (!d->has_unprotect)
		return err_set(e, ERR_ABILITY, "this bootloader is none of a ROM's, and their mass "
			       "erase is not to be relied on");
	for (unsigned int tries = 0; tries < REFUSALS; tries++) {
		d->loader.under_way = false;
		if (dfu_command(d, DFU_ERASE_PAGE, 0, 1, DFU_OTHER, work, e) == 0)
			return 0;
		d->loader.refused &= e->code == ERR_NACK;
		if (judge(d, memory_flash_start(d), &refusals, e) < 0)
			return err_wrap(e, "mass erase");
	}
	err_wrap(e, "mass erase");
	return memory_give_up(e, REFUSALS);
}
