/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The operations of a simulated chip that its ROM's commands cause. Times are nanoseconds since
 * power-on of the board.
 *
 * Where a real part loses data without an error (misaligned, not blank, write-protected), so does
 * the simulated one. struct chip_op tells the loss; the ROM must not report it to the host.
 */
#ifndef BOOTPIN_SIM_CHIP_ROM_H
#define BOOTPIN_SIM_CHIP_ROM_H

#include <stdbool.h>
#include <stdint.h>

struct chip;

/* Whether the ROM takes @addr for this command; it looks at the start address only (openbl). */
bool chip_readable(const struct chip *c, uint32_t addr);
bool chip_writable(const struct chip *c, uint32_t addr);
bool chip_startable(const struct chip *c, uint32_t addr);
bool chip_in_flash(const struct chip *c, uint32_t addr);

/* Whether @addr is a byte of the option bytes, of RAM, of the ROM's code or of its data. */
bool chip_in_options(const struct chip *c, uint32_t addr);
bool chip_in_ram(const struct chip *c, uint32_t addr);
bool chip_in_system(const struct chip *c, uint32_t addr);

enum chip_after {
	CHIP_GOES_ON,
	CHIP_RESETS,			/* the ROM's last ACK is followed by a reset */
};

/* The result of an operation. */
struct chip_op {
	int64_t busy;			/* how long the chip was at work */
	const char *lost;		/* why something was lost; NULL: nothing was */
	enum chip_after after;
	bool refused;			/* NACK */
};

/* Read Memory. Returns how many of @len bytes came before the core ran into a hole. */
uint32_t chip_read(const struct chip *c, uint32_t addr, uint8_t *buf, uint32_t len, int64_t now);

void chip_write(struct chip *c, uint32_t addr, const uint8_t *data, uint32_t len, int64_t now,
		struct chip_op *op);
void chip_erase_page(struct chip *c, uint32_t page, int64_t now, struct chip_op *op);

/* All of flash (@bank 0), or bank 1 or 2. Refused on chips that cannot. */
void chip_erase_bank(struct chip *c, int bank, int64_t now, struct chip_op *op);

/* First page of bank 2; 0 if there is one bank. */
uint32_t chip_bank2(const struct chip *c);

/*
 * H5: changes the product state, from the next reset on. Returns whether there is such a state, and
 * it does not lead back: regressions need more than this.
 */
bool chip_change_state(struct chip *c, uint8_t state);

void chip_write_protect(struct chip *c, const uint8_t *codes, uint32_t count, struct chip_op *op);
void chip_write_unprotect(struct chip *c, struct chip_op *op);
void chip_readout_protect(struct chip *c, struct chip_op *op);
void chip_readout_unprotect(struct chip *c, struct chip_op *op);

/*
 * Get Checksum over @len bytes, all of which must exist: the hardware's CRC, 32-bit words taken
 * from memory in little endian and fed most significant bit first. Returns 0, or -1 if a byte does
 * not exist.
 */
int chip_crc(struct chip *c, uint32_t addr, uint32_t len, uint32_t poly, uint32_t init,
	     uint32_t *crc);

#endif
