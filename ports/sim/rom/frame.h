/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A simulated ROM from within: its struct, the frames that come in, answers, the end of a command,
 * reset. For the ROM's own files; the board uses rom.h.
 *
 * A command is a chain of steps: each judges the bytes that came, answers, and says how many bytes
 * it wants next and which step takes them.
 */
#ifndef BOOTPIN_SIM_ROM_FRAME_H
#define BOOTPIN_SIM_ROM_FRAME_H

#include "base/clock.h"
#include "base/err.h"
#include "ports/sim/chip/chip.h"
#include "ports/sim/chip/chip_rom.h"
#include "ports/sim/rom/event.h"

struct bootrom;

#define ROM_ACK 0x79
#define ROM_NACK 0x1F
#define ROM_KEPT_PAGES 580u	/* of a list; the rest is swallowed (openbl's buffer) */

/* A step: called when all bytes of a frame, or of its next part, are there. */
typedef void rom_step(struct bootrom *r);

struct rom_command {
	uint8_t code;
	const char *name;
	bool guarded;		/* refused under read-out protection (AN3155, each command's
				 * text) */
	bool nacks_twice;	/* where the ROM has that defect */
	bool polled;		/* I2C: its last answer is BUSY while it works (AN4221,
				 * No-Stretch commands) */
	rom_step *begin;
};

/* The differences between the wires. */
struct rom_wire {
	bool stream;		/* bytes that follow each other (AN3155); else frames, and lists
				 * are split in two (AN4221) */

	/* Answers; what is sent at once is one frame. */
	void (*send)(struct bootrom *r, const uint8_t *bytes, uint32_t len);

	/* Calls @step when the host has all answers. */
	void (*then)(struct bootrom *r, rom_step *step);

	/* Drops frames and answers, for rom_listen. */
	void (*restart)(struct bootrom *r);
};

struct bootrom {
	const struct rom_wire *wire;
	struct chip *chip;
	const struct model *model;
	rom_step *dispatch;		/* takes the two bytes of a command */
	const uint8_t *list;		/* of commands, as Get tells it; 0xFF ends it */
	uint8_t protocol;
	uint32_t defects;
	bool lie;

	nsec_t reset_at, ready;
	nsec_t now;			/* up to here the ROM has worked */
	nsec_t rests_until;		/* before that it does no erase */
	nsec_t stall;			/* it stops for so long before its next answer */
	bool hung;			/* the core has run into a hole */

	/* The frame that is coming in, and what to do when all @want bytes of it are there. */
	uint8_t buf[2 + 2 * ROM_KEPT_PAGES];
	uint32_t have, want;
	uint8_t sum;
	rom_step *step;
	uint32_t addr;
	uint32_t count;			/* of a list that is split */
	uint32_t crc_len, crc_poly;
	uint16_t special;
	const struct rom_command *command;
	bool stretches;			/* it is one to be polled, but this ROM stretches */
	nsec_t started;
	uint32_t fresh_start, fresh_len;	/* last written block, until another command */

	struct err trouble;
	void (*event)(void *arg, const struct rom_event *ev);
	void *event_arg;
};

/* A byte for the frame. */
void rom_take(struct bootrom *r, uint8_t byte);

/* It waits for a command, of which nothing has come. */
bool rom_idle(const struct bootrom *r);

/* @bytes at once, or one. */
void rom_send_all(struct bootrom *r, const uint8_t *bytes, uint32_t len);
void rom_send(struct bootrom *r, uint8_t byte);

/* Wants @want bytes of a new frame; @buf, @have and @sum begin anew. */
void rom_expect(struct bootrom *r, uint32_t want, rom_step *step);

/* Wants the frame that has begun up to @want bytes in all. */
void rom_go_on(struct bootrom *r, uint32_t want, rom_step *step);

/* A byte and its complement, as commands and lengths are sent. */
bool rom_complement_ok(const struct bootrom *r);

/* The ends of a command: each reports an event, and waits for the next command. */
void rom_tell(struct bootrom *r, struct rom_event *ev);
void rom_done(struct bootrom *r);
void rom_refuse(struct bootrom *r, const char *why);	/* sends a NACK first */
void rom_hang(struct bootrom *r, const char *why);		/* the core answers no more */
void rom_finish(struct bootrom *r, uint32_t len, const struct chip_op *op);

/* For rom_then: what follows the ACK that announced it. */
void rom_then(struct bootrom *r, rom_step *step);
void rom_reset(struct bootrom *r, enum chip_reload reload);
rom_step rom_reset_for_options;

/* The chip has come out of reset at @at; the ROM is ready for its first byte at @ready. */
void rom_listen(struct bootrom *r, nsec_t at, nsec_t ready);

/* The chip has reset itself. */
void rom_start_again(struct bootrom *r);

#endif
