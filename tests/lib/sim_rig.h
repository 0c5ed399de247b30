/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For the simulator's tests: a board on the bench, spoken to in raw bytes, written as hex. Nothing
 * of bootpin's own commands is used, so that host and simulator cannot be wrong together.
 */
#ifndef BOOTPIN_TESTS_SIM_RIG_H
#define BOOTPIN_TESTS_SIM_RIG_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ports/sim/board/sim.h"
#include "tests/lib/runner.h"

#define FLASH 0x08000000u
#define RIG_BAUD 115200u
#define RIG_BYTE (11 * NSEC_PER_SEC / RIG_BAUD)	/* a character's time */

struct rig {
	struct sim *sim;
	struct chip *chip;
	nsec_t now;
};

struct rig rig_new(const char *spec);
void rig_free(struct rig *r);

/* A board that cannot be: refused with exactly @says. */
void rig_refused(const char *spec, const char *says);

/* Hex digits in pairs; blanks between them are ignored. Returns how many bytes. */
size_t rig_hex(const char *hex, uint8_t *out, size_t room);

/* Sends bytes back to back, each complete a character's time after the last. */
void rig_send(struct rig *r, const uint8_t *bytes, size_t len);

/* All that the board has to say, up to silence. Returns how many bytes. */
size_t rig_hear(struct rig *r, uint8_t *out, size_t room);

/* Sends @in and expects exactly @out; both hex. */
void rig_try(struct rig *r, const char *in, const char *out);

/* 0x7F, and its ACK. */
void rig_sync(struct rig *r);

/* Sends an address frame, four bytes and their XOR, and expects @out. */
void rig_address(struct rig *r, uint32_t addr, const char *out);

/* Write Memory and Read Memory, at most 256 bytes; an ACK is expected. */
void rig_write(struct rig *r, uint32_t addr, const uint8_t *data, uint32_t len);
void rig_read(struct rig *r, uint32_t addr, uint8_t *data, uint32_t len);

/* Writes hex, at most 256 bytes. */
void rig_write_hex(struct rig *r, uint32_t addr, const char *hex);

/* Memory holds that, past all protection. At most 512 bytes. */
void rig_holds(struct rig *r, uint32_t addr, const char *hex);

#endif
