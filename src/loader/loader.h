/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bootloader: the contract that each of them fulfils, whatever wire and protocol it speaks.
 *
 * Everything above reaches the chip only through this. The names of commands on the wire, the
 * length of lists, the number of tries and the way to bring a lost bootloader back into step are
 * the business of the one behind it (an3155/ for UART and I2C, dfu/ for USB).
 *
 * A result is settled when a call returns: success means that the bootloader answered to the byte,
 * and errors carry the code of an exit status (ERR_LINK, ERR_PROTECTED, ERR_ABILITY, ...), or
 * ERR_SIGNAL. All return 0, or -1 with @e set, unless they say otherwise.
 */
#ifndef BOOTPIN_LOADER_H
#define BOOTPIN_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/stop.h"
#include "chip/device.h"
#include "ports/port.h"

/* No loader reads or writes more bytes in one call: the size of a caller's buffer. */
#define LOADER_BLOCK_MAX 2048

/* Abilities of a bootloader, as it says itself: bits of loader->can. */
enum loader_ability {
	LOADER_READ = 1u << 0,
	LOADER_WRITE = 1u << 1,
	LOADER_ERASE = 1u << 2,		/* by pages, and all flash */
	LOADER_GO = 1u << 3,
	LOADER_CHECKSUM = 1u << 4,
	/* These end in a reset of the chip. */
	LOADER_WRITE_UNPROTECT = 1u << 5,
	LOADER_LOCK = 1u << 6,		/* protect against reading */
	LOADER_UNLOCK = 1u << 7,	/* lift that, which erases all flash */
};

/* How to look for it. */
enum loader_search {
	LOADER_ASK,		/* once or twice, before any pin moves */
	LOADER_WAKE,		/* it may have to be woken: as long as it takes to be sure */
	LOADER_RESUME,		/* it is in step already: nothing is sent to wake it */
};

/* How sure an answer must be that carries no checksum. */
enum loader_sureness {
	LOADER_ONCE,		/* one answer */
	LOADER_TWICE,		/* two successive answers agree */
	/* one, where the bootloader's own checksum of the same bytes agrees with it; else two */
	LOADER_PROVEN,
};

/* How a write ended. */
enum loader_written {
	LOADER_WRITTEN,		/* acknowledged, or found in memory after a doubt */
	LOADER_SUSPECT,		/* memory may hold anything: erase the page and write it again */
};

/* Oddities that were noticed while it was looked for. */
struct loader_noticed {
	unsigned int fed;	/* bytes that ended a frame which an earlier program had left open */
	bool stray_ack;		/* one of them was acknowledged: flash may have been touched */
	bool late_ack;		/* the first byte may have completed such a frame as well */
	bool heard;		/* something came, whatever it was */
	bool senseless;		/* what came makes no sense at this rate */
};

struct loader;

struct loader_ops {
	/*
	 * Finds it, proves it, and learns what it can do (can, version). 1 found; 0 not, only with
	 * LOADER_ASK; -1 with @e set: ERR_SILENT with a diagnosis if there is none.
	 */
	int (*find)(struct loader *l, enum loader_search how, struct err *e);

	/* Does one answer at this address of the bus? 1, 0 or -1. NULL where there are no addresses. */
	int (*answers_at)(struct loader *l, unsigned int addr, struct err *e);

	/* Learns the product ID (pid); leaves pid_known false where this protocol has none. */
	int (*identify)(struct loader *l, struct err *e);

	/*
	 * Where the protocol tells no product ID: how well does @dev fit what it says of itself? 0: not
	 * at all; the chip is one of the rows that fit best. layout: the pages of the flash as it states
	 * them, or NULL. is_rom: is it the bootloader of a ROM, which goes by addresses of the chip
	 * whatever else it states? All three are NULL where there is a product ID.
	 */
	unsigned int (*fits)(const struct loader *l, const struct device *dev);
	const struct geometry *(*layout)(const struct loader *l);
	bool (*is_rom)(const struct loader *l);

	/*
	 * Where what it says it can do is a guess: tries these abilities (enum loader_ability), as far
	 * as that changes nothing, and takes off what it has not. Asked before the first change.
	 * NULL: it never guesses.
	 */
	int (*prove)(struct loader *l, uint32_t what, struct err *e);

	/*
	 * Says which chip it is, once that is known; @dev and @geometry may be NULL, and must
	 * outlive the loader or the next call. @quirks: enum rom_quirk.
	 */
	void (*set_chip)(struct loader *l, const struct device *dev,
			 const struct geometry *geometry, uint32_t quirks);

	/* Does what it says of itself fit @dev? If not, a sentence into @text, else "". */
	void (*compare_with)(const struct loader *l, const struct device *dev, char *text,
			     size_t size);

	/*
	 * Reads 1 to read_max bytes. ERR_PROTECTED if reading is refused for good, ERR_ABILITY if
	 * this address is.
	 */
	int (*read)(struct loader *l, uint32_t addr, uint8_t *buf, size_t len,
		    enum loader_sureness how, struct err *e);

	/*
	 * Was the answer read last all that came? What comes behind it was a byte of it: one too
	 * many had come before. 1 it was, 0 it was not, -1.
	 */
	int (*is_settled)(struct loader *l, struct err *e);

	/*
	 * Does it let all of [@addr, @end) of flash be written? Asked before the first change.
	 * ERR_ABILITY. NULL: it refuses nothing ahead.
	 */
	int (*may_write)(const struct loader *l, uint32_t addr, uint64_t end, struct err *e);

	/*
	 * Writes 1 to write_max bytes. @blank: what erased memory reads; @work: how long
	 * programming may take. Success is no proof that memory holds them.
	 */
	int (*write)(struct loader *l, uint32_t addr, const uint8_t *buf, size_t len,
		     uint8_t blank, nsec_t work, enum loader_written *how, struct err *e);

	/* Can it erase these pages? Asked before the first change. ERR_ABILITY. */
	int (*can_erase)(const struct loader *l, const struct page *pages, size_t count,
			 struct err *e);

	/*
	 * Erases the first of @pages with one command, as many as it takes at once; *count becomes
	 * how many that were, also after a failure. Success is no proof that they are blank.
	 */
	int (*erase)(struct loader *l, const struct page *pages, size_t *count, struct err *e);

	/* All flash. @work: how long it may take. ERR_ABILITY if this one is refused for good. */
	int (*erase_all)(struct loader *l, nsec_t work, struct err *e);

	/*
	 * The chip's own CRC (base/crc.h) of @len bytes, a multiple of 4. That it agrees with what is
	 * expected is proof; that it does not may be a spoiled answer. ERR_ABILITY if it is refused.
	 */
	int (*checksum)(struct loader *l, uint32_t addr, uint32_t len, uint32_t *crc,
			enum loader_sureness how, struct err *e);

	/*
	 * Starts what has its vector table at @addr. After success the bootloader is gone. Returns 0; 1
	 * if it is gone and has not answered, so that its having been told was not seen; or -1.
	 */
	int (*go)(struct loader *l, uint32_t addr, struct err *e);

	/*
	 * Behind go: *back, has the chip been reset into this bootloader again? Waits as long as that
	 * would take. NULL where a bootloader that is back is silent, so that nobody can see it.
	 */
	int (*returned)(struct loader *l, bool *back, struct err *e);

	/*
	 * One of the protections, by its bit; tried once, since it ends in a reset. @work: how long
	 * it may take. can_protect: is it safe on this chip? Asked before. ERR_ABILITY.
	 */
	int (*can_protect)(const struct loader *l, enum loader_ability what, struct err *e);
	int (*protect)(struct loader *l, enum loader_ability what, nsec_t work, struct err *e);

	/*
	 * Writes a whole block of option bytes; the chip resets itself after it. What was refused is
	 * sent again; an answer that is missing or wrong is no error, since reading the block behind
	 * the reset tells more. can_write_options: does a block of @len bytes fit? ERR_ABILITY.
	 */
	int (*can_write_options)(const struct loader *l, uint32_t len, struct err *e);
	int (*write_options)(struct loader *l, uint32_t addr, const uint8_t *buf, size_t len,
			     nsec_t work, struct err *e);

	/*
	 * The chip was just reset, and the port speaks at a rate that may be too high for it or for the
	 * line: finds the bootloader, and proves that rate by all that a job needs: what it is, and a
	 * pattern of 256 bytes written to free RAM at @ram and read back, twice, without one error.
	 * Tried once, and given up within half a second. 1 proven, and turn is measured; 0 it is not,
	 * @e says why; -1 with @e set. NULL: this one's rate is not chosen.
	 */
	int (*prove_rate)(struct loader *l, uint32_t ram, struct err *e);

	/* Forgets what was heard so far. */
	void (*forget)(struct loader *l);

	/* The chip is being reset: no answer from before counts, and it has to be found again. */
	void (*after_reset)(struct loader *l);

	/* The name of an ability's command for messages: "Read Memory (0x11)". */
	const char *(*name_of)(const struct loader *l, enum loader_ability what);
	/* The commands that it lists, for the identification; may be "". */
	void (*describe)(const struct loader *l, char *text, size_t size);

	void (*close)(struct loader *l);
};

/* How it is to be used; what the user said, and who is told. */
struct loader_config {
	unsigned int retries;		/* tries beyond the first */
	/* how long a silent chip that was heard before is waited for; 0: the loader's own time */
	nsec_t patience;
	uint32_t frame_rx, frame_tx;	/* largest frame, in bytes; 0: not limited */
	/* the job erases and writes anyway: an unknown frame may be completed */
	bool changes;
	struct stop *stop;		/* may be NULL */
	/* called now and then while an answer is long in coming, a second apart at most; or NULL */
	void (*waiting)(void *arg);
	void *waiting_arg;
};

/* The head of every loader; an implementation embeds it as its first member. */
struct loader {
	const struct loader_ops *ops;
	struct port *port;		/* not owned */
	struct loader_config config;

	/* Once it is found. */
	uint32_t can;			/* enum loader_ability */
	uint8_t version;		/* 0x22 is 2.2 */
	/* largest read and write, in bytes; write_max is a power of two */
	uint32_t read_max, write_max;
	/* reading flash takes less time than erasing it, or than any routine that sums it up */
	bool reads_fast;
	/* an erase of pages that are write-protected is acknowledged like any other */
	bool hides_losses;
	struct loader_noticed noticed;
	/* Once it is identified. */
	bool pid_known;
	uint32_t pid;

	/*
	 * Resets the chip into its bootloader again: 1 it is in step, 0 there is no way to, or it
	 * must not be; -1 with @e set. NULL: there is no way. The owner sets it.
	 */
	int (*reset)(void *arg, struct err *e);
	void *reset_arg;
	/* the chip was just reset: no frame of an earlier program is under way */
	bool was_reset;
	/*
	 * No error may pass at this rate: also what a question at once could settle goes to reset. The
	 * owner sets it.
	 */
	bool strict;
	nsec_t turn;		/* of the line, beyond its bytes; 0: not measured (prove_rate) */

	/* how often the bootloader had to be brought back into step */
	unsigned int recoveries;
	/* after a failure: the chip has the command, and may be at it still */
	bool under_way;
	/* after a failure of erase or erase_all: no try got beyond a refusal, nothing was done */
	bool refused;
};

/* Shorthands. */
static inline bool loader_can(const struct loader *l, enum loader_ability what)
{
	return (l->can & what) != 0;
}

static inline int loader_read(struct loader *l, uint32_t addr, uint8_t *buf, size_t len,
			      enum loader_sureness how, struct err *e)
{
	return l->ops->read(l, addr, buf, len, how, e);
}

/* NULL is accepted. */
static inline void loader_close(struct loader *l)
{
	if (l)
		l->ops->close(l);
}

#endif
