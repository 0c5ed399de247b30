/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of a link, and what injects them into a session: at a byte of either direction, or at a
 * frame (over UART what the host writes at once; over I2C a transaction).
 */
#ifndef BOOTPIN_TESTS_FAULT_H
#define BOOTPIN_TESTS_FAULT_H

#include "ports/sim/board/sim.h"

enum fault_kind {
	/* At a byte. */
	FAULT_LOST,
	FAULT_FLIP,		/* one bit; a port that reports parity errors says so */
	FAULT_FLIP_UNSEEN,	/* one bit, on a port that reports none */
	FAULT_FLIP_TWO,		/* two bits: parity is right again */
	FAULT_DOUBLED,
	FAULT_INSERTED,		/* another byte comes before it */
	FAULT_DELAYED,		/* until the host has given up; what follows waits behind it */
	FAULT_CUT,		/* it and all that follows in its direction is lost */
	/* At a frame. */
	FAULT_RESET,		/* the chip is reset, BOOT0 as it is */
	FAULT_POWER,		/* the chip loses its supply for a while */
	FAULT_GONE,		/* the adapter is pulled out */
	FAULT_STALL,		/* the chip stops for a while before it answers */
	FAULT_PAUSE,		/* the host stops for a while before it looks for the answer */
	/* At a transaction. */
	FAULT_NO_ADDRESS,	/* the address is not acknowledged */
	FAULT_NO_DATA,		/* the second byte of a frame is not acknowledged */
	FAULT_ARBITRATION,	/* another master takes the bus */
	FAULT_TIMEOUT,		/* the adapter gives up */
	FAULT_BUSY,		/* the chip says BUSY for longer than it may take */
	FAULT_LATE,		/* it begins after the chip has given up waiting */
	/* At a control transfer; what is before it does not reach the device. */
	FAULT_REFUSED,		/* it is stalled, and not looked at */
	FAULT_UNANSWERED,	/* no answer comes in time */
	FAULT_SHORT,		/* half of its data */
	FAULT_STATE,		/* GETSTATUS says another state, ... */
	FAULT_STATUS,		/* ... another status */
	FAULT_LOST_WORK,	/* a block that writes nothing, an erase that does nothing */
	FAULT_SPOILED,		/* one bit of a block is another */
	FAULT_KINDS
};

extern const char *const fault_names[FAULT_KINDS];

static inline bool fault_at_frame(enum fault_kind kind)
{
	return kind >= FAULT_RESET;
}

struct fault {
	enum fault_kind kind;
	/* Which direction; at a frame: before it, else behind it. */
	bool to_chip;
	uint32_t at;		/* which byte of that direction, or which frame */
	uint8_t bits;		/* flips: which; FAULT_INSERTED, FAULT_STATE, FAULT_STATUS: the byte */
	/* Set when it has happened. */
	bool happened;
	uint64_t frame;
};

/* The course of a run without faults. */
#define FAULT_MAP_MAX 8192
struct fault_map {
	uint32_t bytes[2];		/* [to_chip] */
	uint32_t frames;
	bool payload[2][FAULT_MAP_MAX];	/* in the middle of a block of data */
	uint8_t last[FAULT_MAP_MAX];	/* to the chip: the last byte of its frame, often an XOR */
	uint8_t request[FAULT_MAP_MAX];	/* USB: of each frame */
};

struct injector {
	struct sim *sim;
	struct fault fault[2];
	size_t faults;
	uint32_t bytes[2], frames;	/* so far */
	bool cut[2], gone;
	nsec_t busy_until;
	struct fault_map *map;		/* to be filled; NULL: not asked for */
	/* For the map: the answer is a block of data. */
	uint8_t last_code;
	unsigned int answer_len;
	unsigned int answer_at;
};

/* The host sends a frame: to be called before its bytes pass. */
void injector_frame(struct injector *inj, const uint8_t *bytes, size_t len);

/* The fault of that kind that is due at the frame under way, or NULL. */
struct fault *injector_due(struct injector *inj, enum fault_kind kind, bool before);

/* The fault at the next byte of a direction, or NULL. */
struct fault *injector_next(struct injector *inj, bool to_chip);

/* Passes one byte on: returns how many (0 to 2) come out in @out. */
size_t injector_pass(struct injector *inj, bool to_chip, uint8_t byte, uint8_t out[2]);

/* How many bytes pass before the next fault of that direction. */
size_t injector_free(const struct injector *inj, bool to_chip);

/*
 * The port of @inj->sim that a job gets, with its faults in it; @inj must outlive it. NULL with @e
 * set.
 */
struct port *line_open(struct injector *inj, const struct port_cfg *cfg, struct err *e);
struct port *usb_open(struct injector *inj, const struct port_cfg *cfg, struct err *e);
struct port *bus_open(struct injector *inj, const struct port_cfg *cfg, struct err *e);

#define FAULT_DELAY (3 * NSEC_PER_SEC)		/* of what is delayed, and of stalls */
#define FAULT_BUSY_TIME (12 * NSEC_PER_SEC)
#define FAULT_POWER_OFF (300 * NSEC_PER_MSEC)

#endif
