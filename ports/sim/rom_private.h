/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of the simulated ROM, for the files that are it: rom_uart.c (synchronisation,
 * receiver, dispatcher), rom_command.c (commands that look, write and start), rom_erase.c (commands
 * that erase and protect).
 *
 * A command is a chain of steps: each judges the bytes that came, answers, and says how many bytes
 * it wants next and which step takes them.
 */
#ifndef BOOTPIN_SIM_ROM_PRIVATE_H
#define BOOTPIN_SIM_ROM_PRIVATE_H

#include "rom_uart.h"

#define ROM_ACK 0x79
#define ROM_NACK 0x1F
#define ROM_KEPT_PAGES 580u	/* of a list; the rest is swallowed (openbl's buffer) */

/* What is done when all bytes of a frame, or of its next part, are there. */
typedef void rom_step(struct rom_uart *r);

enum rom_sync { ROM_LISTENING, ROM_SPOILED, ROM_SYNCED };

struct rom_command {
	uint8_t code;
	const char *name;
	bool guarded;		/* refused under read-out protection (AN3155, each command's
				 * text) */
	bool nacks_twice;	/* where the ROM has that defect */
	rom_step *begin;
};

struct rom_uart {
	struct chip *chip;
	const struct model *model;
	uint32_t defects;
	bool lie;

	enum rom_sync sync;
	unsigned int baud;		/* as measured; 0 before that */
	unsigned int sent_at;		/* rate of what was sent last: its end may outlive a
					 * reset */
	nsec_t reset_at, ready;
	nsec_t now;			/* up to here the ROM has worked */
	nsec_t rdr_until;		/* the receive register is taken up to here */

	/* The frame that is coming in, and what to do when all @want bytes of it are there. */
	uint8_t buf[2 + 2 * ROM_KEPT_PAGES];
	uint32_t have, want;
	uint8_t sum;
	rom_step *step;
	uint32_t addr;
	uint32_t crc_len, crc_poly;
	uint16_t special;
	const struct rom_command *command;
	nsec_t started;
	uint32_t fresh_start, fresh_len;	/* what Write Memory wrote, until another command */

	struct queue answers;

	struct err trouble;
	void (*event)(void *arg, const struct sim_event *ev);
	void *event_arg;
};

void rom_send(struct rom_uart *r, uint8_t byte);
void rom_send_all(struct rom_uart *r, const uint8_t *bytes, uint32_t len);

/* Wants @want bytes of a new frame; @buf, @have and @sum begin anew. */
void rom_expect(struct rom_uart *r, uint32_t want, rom_step *step);

/* Wants the frame that has begun up to @want bytes in all. */
void rom_go_on(struct rom_uart *r, uint32_t want, rom_step *step);

/* A byte and its complement, as commands and lengths are sent. */
bool rom_complement_ok(const struct rom_uart *r);

/* Ends of a command: each tells whoever logs, and waits for the next command. */
void rom_tell(struct rom_uart *r, struct sim_event *ev);
void rom_done(struct rom_uart *r);
void rom_refuse(struct rom_uart *r, const char *why);	/* sends a NACK first */
void rom_hang(struct rom_uart *r, const char *why);	/* the core answers no more */
void rom_finish(struct rom_uart *r, uint32_t len, const struct chip_op *op);

/* After the ACK that announced it. */
void rom_reset(struct rom_uart *r, enum chip_reload reload);
void rom_reset_for_options(struct rom_uart *r);

/* The command with this code if this ROM lists it, else NULL. */
const struct rom_command *rom_find_command(const struct rom_uart *r, uint8_t code);

rom_step rom_begin_erase_std, rom_begin_erase_ext, rom_begin_write_protect;
rom_step rom_begin_write_unprotect, rom_begin_readout_protect, rom_begin_readout_unprotect;

static inline uint32_t rom_get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t rom_get32(const uint8_t *p)
{
	return rom_get16(p) << 16 | rom_get16(p + 2);
}

#endif
