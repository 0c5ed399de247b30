/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frames of AN3155 and AN4221, and their answers: how bytes go out, what an ACK is waited for,
 * and what the chip may be waiting for when it does not come (bl->sent).
 *
 * Errors of every function: ERR_NACK (refused; bl->sent.phase says at which frame), ERR_TIMEOUT (no
 * answer in time), ERR_GARBLED (an answer that is none), and the port's ERR_GONE and ERR_SIGNAL.
 */
#ifndef BOOTPIN_FRAME_H
#define BOOTPIN_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "ports/port.h"

#define BL_ACK 0x79
#define BL_NACK 0x1F
#define BL_BUSY 0x76		/* I2C only */
#define BL_SYNC 0x7F
#define BL_BLOCK_MAX 256	/* most bytes in one Read or Write Memory */

enum bl_command {
	BL_GET = 0x00,
	BL_GET_VERSION = 0x01,
	BL_GET_ID = 0x02,
	BL_READ = 0x11,
	BL_GO = 0x21,
	BL_WRITE = 0x31,
	BL_ERASE = 0x43,
	BL_EXT_ERASE = 0x44,
	BL_WRITE_PROTECT = 0x63,
	BL_WRITE_UNPROTECT = 0x73,
	BL_READOUT_PROTECT = 0x82,
	BL_READOUT_UNPROTECT = 0x92,
	BL_CHECKSUM = 0xA1,
	/*
	 * No-stretch twins (AN4221): the answer is polled for, and is BUSY until the work is
	 * done.
	 */
	BL_NS_WRITE = 0x32,
	BL_NS_ERASE = 0x45,
	BL_NS_WRITE_PROTECT = 0x64,
	BL_NS_WRITE_UNPROTECT = 0x74,
	BL_NS_READOUT_PROTECT = 0x83,
	BL_NS_READOUT_UNPROTECT = 0x93,
};

/* Extended Erase's special counts. */
#define BL_ERASE_MASS 0xFFFFu
#define BL_ERASE_BANK1 0xFFFEu
#define BL_ERASE_BANK2 0xFFFDu

/* The state of a receiver in the bootloader: every frame that bootpin sends fits one of these. */
enum bl_phase {
	BL_WANTS_COMMAND,	/* code and complement */
	BL_WANTS_ADDRESS,	/* four bytes and their XOR; also the word frames of Get Checksum */
	BL_WANTS_LENGTH,	/* count and complement */
	BL_WANTS_DATA,		/* count, data, XOR */
	BL_WANTS_PAGES8,	/* Erase's list, or FF 00 */
	BL_WANTS_PAGES16,	/* Extended Erase's list, or a special count */
	BL_WANTS_SECTORS,	/* Write Protect's list */
};

#define BL_SLACK NSEC_PER_SEC	/* bl->slack, over UART */

#define BL_FRAME_MAX (2 + 2 * 512 + 1)

/* The frame that was sent last, and what comes next if it was accepted. */
struct bl_sent {
	enum bl_command command;
	enum bl_phase phase, next;
	uint8_t bytes[BL_FRAME_MAX];
	size_t len;
	bool answered;		/* its ACK has come */
};

/* The differences between the wires, as data. */
struct bl_dialect {
	const char *name;
	/* answers are bytes of a stream that say themselves how long they are (UART) */
	bool stream;
	uint8_t version_bytes;		/* of Get Version's answer: 3 over UART, 1 over I2C */
	/* page and sector lists: the count goes in a frame of its own (I2C) */
	bool lists_split;
	/* Get Checksum counts words and takes polynomial and initial value (UART) */
	bool checksum_words;
	/* no-stretch twins are used where they are listed, BUSY is an answer (I2C) */
	bool twins;
};

extern const struct bl_dialect bl_uart;		/* AN3155 */
extern const struct bl_dialect bl_i2c;		/* AN4221 */

struct bl {
	struct port *port;
	const struct bl_dialect *dialect;
	uint8_t version;		/* from Get: 0x22 is 2.2 */
	bool listed[256];		/* from Get */
	uint32_t quirks;		/* enum rom_quirk */
	/* over I2C: number of commands in Get's answer, which must be known before */
	unsigned int get_count;
	/* over I2C, where it is not known: a refused command is taken off the list */
	bool listed_by_guess;
	/* over I2C: an answer's last byte was left unread, so that the next comes one byte late */
	bool late;
	/* of the longest time, in 1024ths, that BUSY lasted: erases, writes */
	nsec_t busy_share[2];
	/*
	 * the longest that an answer to a command took beyond wire and work, 60 ms at most: the
	 * latency of the adapter
	 */
	nsec_t turnaround;
	/* what an answer may take beyond wire and work before something is done about it */
	nsec_t slack;
	/* the same before it is given up, in all tries together */
	nsec_t patience;
	nsec_t due;			/* the last answer, by wire and work */
	nsec_t sent_at;			/* the last frame */
	/* how long a frame may take to be taken; over I2C, its address to be acknowledged */
	nsec_t reach;
	struct bl_sent sent;
	/* Called now and then while an answer is long in coming, a second apart at most; may be NULL. */
	void (*waiting)(void *arg);
	void *waiting_arg;
};

/*
 * @patience: how long a silent chip is waited for before it is given up, if that is more than 4 s;
 * a halted chip, a busy hub or a virtual machine comes back by then.
 */
void bl_init(struct bl *b, struct port *port, const struct bl_dialect *dialect, nsec_t patience);

/*
 * Reads whatever comes until the line has been silent for @silence, or @limit has passed in all.
 * Keeps the last @room bytes of it in @buf. Returns how many were kept, or -1 with @e set
 * (ERR_GONE, ERR_SIGNAL).
 */
ssize_t bl_drain(struct bl *b, nsec_t silence, nsec_t limit, uint8_t *buf, size_t room,
		 struct err *e);

/* Sends bytes outside of any command (the sync byte, fillers). */
int bl_send_raw(struct bl *b, const uint8_t *bytes, size_t len, struct err *e);

/* Waits for one byte. Returns 1 with it in *byte, 0 after @within, -1 with @e set. */
int bl_receive(struct bl *b, uint8_t *byte, nsec_t within, struct err *e);

/* The opcode that is sent for @c: over I2C the no-stretch twin where it is listed. */
enum bl_command bl_opcode(const struct bl *b, enum bl_command c);

/* Name of a command for messages: "Read Memory (0x11)". */
const char *bl_command_name(enum bl_command c);

/* ---- for commands ---- */

/* XOR of @len bytes: the checksum of a frame. */
uint8_t frame_xor(const uint8_t *p, size_t len);

/* @v into @bytes bytes, the highest first, as all numbers on the wire are. */
void frame_put_be(uint8_t *p, uint32_t v, size_t bytes);


/* Sends b->sent.bytes, b->sent.len of them; @next: what the chip wants if it takes them. */
int frame_send(struct bl *b, enum bl_phase phase, enum bl_phase next, struct err *e);

/*
 * Waits for the ACK of b->sent. @work: how long the chip may be busy before. Where bytes that are
 * sent to look for a lost one could do harm if the chip is only late, it waits for b->patience.
 */
int frame_await_ack(struct bl *b, nsec_t work, struct err *e);

/* A command's own frame, and its ACK. */
int frame_command(struct bl *b, enum bl_command wanted, enum bl_phase next, struct err *e);

/* A 32-bit word with its XOR (an address, a size, a polynomial), and its ACK. */
int frame_word(struct bl *b, uint32_t word, enum bl_phase next, struct err *e);

/* Part of an answer behind an ACK. */
int frame_reply(struct bl *b, uint8_t *buf, size_t len, struct err *e);

/* The ACK that closes an answer. */
int frame_closing_ack(struct bl *b, struct err *e);

#endif
