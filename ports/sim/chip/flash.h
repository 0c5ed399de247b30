/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The flash of a simulated chip: how its cells are programmed and erased, and how long it takes.
 *
 * Addresses are the chip's. No function fails: data that real flash loses without an error is lost
 * here too, and struct flash_op has the reason. Write protection is a flag a page, set from the
 * option bytes.
 */
#ifndef BOOTPIN_SIM_FLASH_H
#define BOOTPIN_SIM_FLASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chip/device.h"
#include "ports/sim/chip/model.h"

/* The result of a write or an erase. */
struct flash_op {
	int64_t busy;			/* nanoseconds the chip was at work */
	const char *lost;		/* why something was lost; NULL: nothing was */
};

struct flash_write {
	uint32_t addr, len;
};

/* Bytes that can be neither read, programmed nor erased; end 0: none. */
struct flash_range {
	uint32_t start, end;
};

/* Which of them: 1A, 1B, 2A, 2B of PCROP, and what is another core's. */
enum { FLASH_SECURE = 4, FLASH_CLOSED };

struct flash {
	const struct family *family;
	struct geometry geo;
	uint32_t start, size;		/* gaps between banks included */
	uint32_t pages;			/* page numbers are below this */
	uint8_t erased;			/* what blank cells read */
	bool max_times;			/* maximum times in place of typical ones */
	bool fast;			/* supply range 2.7 to 3.6 V was announced: words in
					 * place of bytes (F2, F4, F7) */
	bool sticky;			/* an error flag swallows all further writes */

	uint8_t *mem;			/* @size bytes */
	uint8_t *programmed;		/* a bit for each unit of FLASH_ECC */
	uint32_t *page_erases;		/* for each page number */
	bool *protected;		/* for each page number */
	struct flash_range closed[FLASH_CLOSED];

	struct flash_write *writes;	/* every write, for flash_bytes_written */
	size_t write_count;
	int64_t busy_total;
};

/*
 * @layout as geometry_parse takes it, @kb as well. Returns 0 or -1 with @e set; flash_free is due
 * in both cases.
 */
int flash_init(struct flash *f, const struct family *family, const char *layout, uint32_t start,
	       uint32_t kb, uint8_t erased, struct err *e);
void flash_free(struct flash *f);

/*
 * Cuts the same cells into other pages; counts of erases begin anew. Returns 0 or -1 with @e set,
 * @f unchanged.
 */
int flash_cut(struct flash *f, const char *layout, uint32_t kb, struct err *e);

/* Bytes of the map of programmed units. */
uint32_t flash_bitmap(const struct flash *f);

/* Whether there is a cell at @addr. */
bool flash_has(const struct flash *f, uint32_t addr);

/* Whether some of @addr to @addr + @len is closed. */
bool flash_closed(const struct flash *f, uint32_t addr, uint32_t len);

/*
 * Write Memory into flash. Data beyond the end are lost. The rules are those of AN2606 (minimum
 * write), the reference manuals, and for half pages a field report (L071): only what begins where
 * its half page begins is programmed.
 */
void flash_program(struct flash *f, uint32_t addr, const uint8_t *data, uint32_t len,
		   struct flash_op *op);

/*
 * Erases one page; a number that there is not, or a protected page, is skipped. Clears the error
 * flag.
 */
void flash_erase_page(struct flash *f, uint32_t number, struct flash_op *op);

/*
 * Erases the pages with numbers in [@from, @to) at once; protected ones stay unless @force, what is
 * closed in any case.
 */
void flash_erase_pages(struct flash *f, uint32_t from, uint32_t to, bool force,
		       struct flash_op *op);

/* Puts bytes there as if they had been programmed by the factory. */
void flash_poke(struct flash *f, uint32_t addr, uint8_t byte);

/* Bytes that writes covered or tried to cover in [@addr, @addr + @len). */
uint64_t flash_bytes_written(const struct flash *f, uint32_t addr, uint32_t len);

#endif
