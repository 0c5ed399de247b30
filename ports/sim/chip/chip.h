/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simulated chip: memories, their rules, protection, reset. It knows nothing of any wire.
 *
 * It loses in silence whatever the real part loses in silence (misaligned, not blank,
 * write-protected); what it did is told by the returned outcome, which the ROM must not leak to the
 * host.
 */
#ifndef BOOTPIN_SIM_CHIP_H
#define BOOTPIN_SIM_CHIP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "ports/sim/chip/flash.h"
#include "ports/sim/chip/model.h"

struct chip;

/* What a board is made of, and the state it was left in. */
struct chip_config {
	const struct model *model;
	struct rom_version rom;
	uint16_t flash_kb;
	bool dual;			/* where the model has a bank option */
	bool pin_counts;		/* where the model has MODEL_BOOT_SEL */
	bool max_times;			/* maximum flash times in place of typical ones */
	int rdp;
	uint8_t options[256];		/* the first block's beginning, as Write Memory takes it */
	uint32_t options_len;
	int secure_page;		/* first page of the wireless stack; -1: as it is made */
	uint8_t uid[12];
};

/* A new board without power. NULL with @e set; chip_free accepts NULL. */
struct chip *chip_new(const struct chip_config *cfg, struct err *e);
void chip_free(struct chip *c);

const struct chip_config *chip_config(const struct chip *c);

/* Flash as it is, for tests and for files. */
struct flash *chip_flash(struct chip *c);

/* For the key wrp: the codes that Write Protect takes, in force at once. */
void chip_protect_pages(struct chip *c, const uint8_t *codes, uint32_t count);
void chip_protect_all(struct chip *c);

/* The BOOT0 pin, looked at by every reset. */
void chip_set_boot0(struct chip *c, bool high);

/*
 * Power goes off and comes on: RAM is lost, option bytes are loaded, the empty flag is found out,
 * and the chip starts as its BOOT0 pin and option bits say.
 */
void chip_power_on(struct chip *c);

enum chip_reload {
	CHIP_RELOAD_NONE,		/* NRST: option bytes stay as they were loaded last */
	CHIP_RELOAD_PLAIN,		/* new ones hold, but the empty flag stays as it was */
	CHIP_RELOAD_LAUNCH,		/* as at power-on */
};
void chip_reset(struct chip *c, enum chip_reload reload);

/* What follows is for the ROM. Times are nanoseconds since power-on of the board. */

/* Whether the ROM takes @addr for this command; it looks at the start address only (openbl). */
bool chip_readable(const struct chip *c, uint32_t addr);
bool chip_writable(const struct chip *c, uint32_t addr);
bool chip_startable(const struct chip *c, uint32_t addr);
bool chip_in_flash(const struct chip *c, uint32_t addr);

enum chip_after {
	CHIP_GOES_ON,
	CHIP_RESETS,			/* the ROM's last ACK is followed by a reset */
};

/* What came of an operation. */
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

/*
 * Go: starts what the vector table at @addr says. Code in RAM is executed; if it ends in a reset,
 * the chip is reset and this returns 1. Returns 0 when an application runs or the core has locked
 * up (chip_state tells), and -1 with @e set if code cannot be executed here; the chip has locked up
 * then.
 */
int chip_go(struct chip *c, uint32_t addr, struct err *e);

/* Stops the core for good: what a ROM does that has run into a hole. */
void chip_lock_up(struct chip *c);

/*
 * For tests: looks at memory past all protection. Returns 0, or -1 if a byte of the range does not
 * exist.
 */
int chip_peek(const struct chip *c, uint32_t addr, uint8_t *buf, uint32_t len);

/* For tests: puts bytes into memory as they are. */
int chip_poke(struct chip *c, uint32_t addr, const uint8_t *buf, uint32_t len);

/* An option byte makes the watchdog run from each reset on; the ROM serves it, as AN2606 says. */
bool chip_watchdog(const struct chip *c);

/* Behind the last byte of RAM: where a stack begins. */
uint32_t chip_ram_end(const struct chip *c);

/* 0, 1 or 2. */
int chip_rdp(const struct chip *c);

/*
 * Why flash was not cut into the pages that its option bytes say (out of memory); NULL if nothing of
 * this kind happened.
 */
const struct err *chip_trouble(const struct chip *c);

enum chip_state {
	CHIP_ROM,		/* in the bootloader */
	CHIP_RUNNING,		/* executes the application, see chip_pc */
	CHIP_LOCKED_UP,		/* hard fault: dead until reset */
	CHIP_OFF,
};
enum chip_state chip_state(const struct chip *c);

/* Entry point and initial stack pointer of what was started last. */
uint32_t chip_pc(const struct chip *c);
uint32_t chip_sp(const struct chip *c);

/* Number of resets since power-on, the one of power-on not counted. */
unsigned int chip_resets(const struct chip *c);

/*
 * Erase operations done to the page with this number since the board was made; counts every one,
 * also of blank pages.
 */
unsigned int chip_page_erases(const struct chip *c, uint32_t page);

/*
 * Bytes that Write Memory programmed or tried to program into [addr, addr+len) since the board was
 * made.
 */
uint64_t chip_bytes_written(const struct chip *c, uint32_t addr, uint32_t len);

/* Sum of the time spent erasing and programming, in nanoseconds. */
int64_t chip_busy_ns(const struct chip *c);

#endif
