/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "chip/device.h"
#include "loader/an3155/diagnose.h"
#include "loader/an3155/connect.h"
#include "loader/an3155/recover.h"

#define KNOCK_WAIT (250 * NSEC_PER_MSEC)
/* Before a pin is moved: what does not answer is reset. A ROM that refuses a command does so at once. */
#define ASK_WAIT (200 * NSEC_PER_MSEC)
#define ASK_AGAIN_WAIT (100 * NSEC_PER_MSEC)
#define KNOCKS_MAX 10		/* while something answers that is no bootloader */
#define KNOCKS_SILENT \
	2 /* what a ROM in the middle of an unknown frame may be sent by a job that changes nothing */
#define KNOCKS_BEFORE_FEED \
	3 /* odd, so that a frame with 7F as its count is not completed by the FFs that follow */
#define KNOCKS_AFTER_RESET \
	5 /* one each 200 ms for 1 s: what comes too early spoils no more than this reset */
#define KNOCKS_RUN 100	/* see knock_byte */
#define CONNECT_TIME (15 * NSEC_PER_SEC)
#define I2C_TRIES 3
#define I2C_COUNT 18		/* commands of version 1.2 */
#define I2C_GETS 3		/* with one number of commands */
/*
 * The last knock before bytes are fed. What follows is listened to as well, and nobody who waits for
 * a chip that is not there waits longer than 7 s.
 */
#define KNOCK_WAIT_SHORT (80 * NSEC_PER_MSEC)
/*
 * The longest frame that our own knocks can have begun: behind 44 BB, 7F 7F is a count of 32,640
 * pages.
 */
#define FEED_MAX 65283u
#define FEED_BURST 64u
#define FEED_TELLS (200 * NSEC_PER_MSEC)
#define FEED_PATIENCE (90 * NSEC_PER_MSEC)	/* for an answer to the last of them */
#define STRANGERS_MAX 8		/* answers to fillers of which none was a bootloader's */

/* ---- what identifies the bootloader ---- */

static int ask_get(struct link *l, void *arg, void *out, struct err *e)
{
	(void)arg;
	return bl_get(&l->bl, out, e);
}

/*
 * The answer to Get that proved the bootloader needs no second one where it can be nothing else: its
 * version is what Get Version has told, and its list, as long as announced, is to the byte one of the
 * two that nearly all bootloaders have. They differ in more bits than a fault that goes unnoticed
 * changes, and the chip's row tells which of the two it has to be (compare_with).
 */
static bool needs_no_second(const struct link *l)
{
	static const uint8_t usual[] = { BL_GET, BL_GET_VERSION, BL_GET_ID, BL_READ, BL_GO, BL_WRITE,
					 BL_ERASE, BL_WRITE_PROTECT, BL_WRITE_UNPROTECT,
					 BL_READOUT_PROTECT, BL_READOUT_UNPROTECT, 0 };
	uint8_t list[sizeof(usual)];

	memcpy(list, l->heard.codes, sizeof(list));
	for (size_t i = 0; i < sizeof(list); i++)
		if (list[i] == BL_EXT_ERASE)
			list[i] = BL_ERASE;
	return l->has_heard && l->bl.dialect->stream && !l->heard.is_short &&
	       l->heard.version == l->version_told &&
	       memcmp(list, usual, sizeof(usual)) == 0;
}

int link_get(struct link *l, struct err *e)
{
	bool have = l->has_heard, enough = needs_no_second(l);
	struct bl_commands now = l->heard, before = l->heard;

	l->has_heard = false;
	if (!enough &&
	    recover_ask_sure(l, ask_get, NULL, &now, &before, sizeof(now), have, e) < 0)
		return err_wrap(e, "cannot learn the bootloader's commands");
	l->bl.version = now.version;
	memcpy(l->bl.listed, now.listed, sizeof(now.listed));
	link_note_abilities(l);
	return 0;
}

struct id_answer { uint32_t pid, extra; };

static int ask_id(struct link *l, void *arg, void *out, struct err *e)
{
	struct id_answer *a = out;
	unsigned int *refusals = arg;

	if (bl_get_id(&l->bl, &a->pid, &a->extra, e) == 0)
		return 0;
	/* Between two tries the bootloader answers another command: these are no bad bits. */
	*refusals = recover_refused(l, e, BL_WANTS_COMMAND) ? *refusals + 1 : 0;
	l->no_id = *refusals >= LINK_REFUSALS;
	return l->no_id ? err_set(e, ERR_ABILITY, "Get ID is refused") : -1;
}

int link_get_id(struct link *l, unsigned int *extra, struct err *e)
{
	struct id_answer now, before;
	unsigned int refusals = 0;

	l->loader.pid_known = false;
	if (l->no_id)
		return 0;
	if (recover_ask_sure(l, ask_id, &refusals, &now, &before, sizeof(now), false, e) < 0) {
		if (!l->no_id)
			return err_wrap(e, "cannot learn the product ID");
		*e = ERR_INIT;
		return 0;
	}
	l->loader.pid = now.pid;
	l->loader.pid_known = true;
	if (extra)
		*extra = now.extra;
	return 0;
}

/* ---- finding a bootloader ---- */

static void remember(struct link *l, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (l->seen_len == LINK_SEEN_MAX)
			memmove(l->seen, l->seen + 1, --l->seen_len);
		l->seen[l->seen_len++] = bytes[i];
	}
}

/*
 * Listens after a sync byte. 1: an ACK or NACK may be among what came; 0: other bytes; -2: silence;
 * -1: fatal.
 */
static int listen_after_knock(struct link *l, nsec_t wait, struct err *e)
{
	uint8_t buf[LINK_SEEN_MAX];
	ssize_t n;
	int got = bl_receive(&l->bl, buf, wait + 2 * port_wire_time(l->bl.port, 1), e);

	if (got < 0)
		return -1;
	if (got == 0)
		return -2;
	n = bl_drain(&l->bl, RECOVER_SILENCE + l->bl.turnaround, RECOVER_DRAIN_LIMIT, buf + 1,
		     sizeof(buf) - 1, e);
	if (n < 0)
		return -1;
	remember(l, buf, (size_t)n + 1);
	l->acked = memchr(buf, BL_ACK, (size_t)n + 1);
	return memchr(buf, BL_ACK, (size_t)n + 1) || memchr(buf, BL_NACK, (size_t)n + 1);
}

/* Bytes may have arrived before anything was asked for. */
static int drain_and_remember(struct link *l, struct err *e)
{
	uint8_t buf[LINK_SEEN_MAX];
	ssize_t n = bl_drain(&l->bl, RECOVER_SILENCE, RECOVER_DRAIN_LIMIT, buf, sizeof(buf), e);

	if (n < 0)
		return -1;
	remember(l, buf, (size_t)n);
	return 0;
}

/* A whole Get: 1, 0, -1 fatal. */
static int answers_get(struct link *l, struct err *e)
{
	l->has_heard = bl_get(&l->bl, &l->heard, e) == 0;
	if (l->has_heard)
		return 1;
	return recover_fatal(e) ? -1 : 0;
}

/*
 * Get Version is refused, well-formed and again and again: a clone's bootloader may have none, and
 * Get takes its place then. Half a pair may be waiting, which one byte more ends. 1 it does, 0, -1.
 */
static int takes_get_only(struct link *l, struct err *e)
{
	uint8_t answer;
	int ret = recover_drain(l, e) < 0 ? -1 : answers_get(l, e);

	if (ret == 0 && recover_refused(l, e, BL_WANTS_COMMAND)) {
		if (recover_feed(l, 0xFF, &answer, e) < 0 || recover_drain(l, e) < 0)
			return -1;
		ret = answers_get(l, e);
	}
	l->no_version = ret > 0;
	return ret;
}

/* As answers_get, of one that has answered Get Version: it may have stopped since. */
static int still_answers_get(struct link *l, struct err *e)
{
	int ret = answers_get(l, e);
	bool acked = false;

	if (ret || recover_refused(l, e, BL_WANTS_COMMAND))
		return ret;
	l->loader.recoveries++;
	if (recover_feed_rest(l, l->began + l->bl.patience, &acked, e) < 0)
		return e->code == ERR_LINK ? 0 : -1;
	return answers_get(l, e);
}

/*
 * A whole Get Version, which @ret tells of (1 it came, 0 it did not, -1), and a whole Get. 1 proven, 0
 * not, -1 fatal.
 */
static int prove_from(struct link *l, int ret, struct err *e)
{
	bool acked = false, refused = false;

	if (ret == 0) {
		l->loader.recoveries++;
		refused = recover_refused(l, e, BL_WANTS_COMMAND);
		ret = recover_in_step(l, e);
		refused = refused && recover_refused(l, e, BL_WANTS_COMMAND);
	}
	if (ret == 0) {
		/*
		 * Half a pair may have been waiting: our own frame is known, so it may be
		 * completed.
		 */
		ret = recover_feed_rest(l, l->began + l->bl.patience, &acked, e);
		/* Without a sync byte it was an earlier program's frame. */
		l->loader.noticed.stray_ack |= acked && !l->knocks;
		if (ret < 0 && e->code != ERR_LINK)
			return -1;
		return ret == 0 ? answers_get(l, e) : refused ? takes_get_only(l, e) : 0;
	}
	return ret < 0 ? -1 : still_answers_get(l, e);
}

static int prove(struct link *l, struct err *e)
{
	return prove_from(l, recover_in_step(l, e), e);
}

/* The line has just been listened to until it was silent. */
static int prove_at_once(struct link *l, struct err *e)
{
	return prove_from(l, recover_answers(l, e), e);
}

/*
 * FFs at the speed of the line, and what comes of them: 1 with the first byte of it in *answer, 0
 * nothing, -1.
 */
static int feed_burst(struct link *l, uint8_t *answer, struct err *e)
{
	unsigned int left = FEED_MAX - l->loader.noticed.fed, n = left < FEED_BURST ? left : FEED_BURST;
	nsec_t wait = port_wire_time(l->bl.port, n);
	uint8_t fillers[FEED_BURST];

	memset(fillers, 0xFF, sizeof(fillers));
	if (bl_send_raw(&l->bl, fillers, n, e) < 0)
		return -1;
	l->loader.noticed.fed += n;
	if (n == left)
		wait += FEED_PATIENCE + l->bl.turnaround;
	return bl_receive(&l->bl, answer, wait, e);
}

/*
 * The ROM may wait for the rest of a frame that an earlier program began. That rest is unknown: a
 * byte that completes the frame has one chance in 256 to be the right checksum, and then the frame
 * is carried out. FF is what every field of every frame refuses, also behind the end of the frame.
 * A device that talks without being a bootloader is soon left alone, since proving each of its
 * answers takes seconds. 1 proven, 0 not, -1 fatal.
 */
static int feed_unknown(struct link *l, struct err *e)
{
	unsigned int strangers = 0;
	nsec_t told = port_now(l->bl.port);
	uint8_t answer;
	int ret;

	l->loader.noticed.fed = 0;
	while (l->loader.noticed.fed < FEED_MAX && strangers < STRANGERS_MAX) {
		if (stop_check(l->loader.config.stop, e) < 0)
			return -1;
		if (l->bl.waiting && port_now(l->bl.port) - told >= FEED_TELLS) {
			l->bl.waiting(l->bl.waiting_arg);
			told = port_now(l->bl.port);
		}
		ret = feed_burst(l, &answer, e);
		if (ret < 0)
			return -1;
		if (ret == 0)
			continue;
		remember(l, &answer, 1);
		l->loader.noticed.stray_ack |= answer == BL_ACK;
		ret = prove(l, e);
		if (ret)
			return ret;
		strangers++;
	}
	return 0;
}

static int not_found(struct link *l, struct err *e)
{
	char seen[300];
	nsec_t took = port_now(l->bl.port) - l->began;

	if (stop_check(l->loader.config.stop, e) < 0)
		return -1;
	diagnose(l->seen, l->seen_len, l->bl.port, seen, sizeof(seen));
	err_set(e, ERR_SILENT, "no bootloader answered (");
	if (l->knocks)
		err_append(e, "0x7F sent %u time%s", l->knocks, l->knocks == 1 ? "" : "s");
	else
		err_append(e, "Get Version");
	if (l->loader.noticed.fed)
		err_append(e, ", then %u bytes for a frame that an earlier program may have left,",
			   l->loader.noticed.fed);
	err_append(e, " in %.1f s): %s", (double)took / (double)NSEC_PER_SEC, seen);
	if (!l->loader.config.changes && !l->seen_len && !l->loader.was_reset)
		err_append(e, "; an earlier program may have left the bootloader in the middle of a "
			      "write, and more bytes could complete it: reset the chip instead");
	if (l->loader.noticed.stray_ack)
		err_append(e, "; an ACK came for bytes that completed an earlier program's frame: "
			      "flash may have been touched");
	return -1;
}

/*
 * Over I2C there is nothing to synchronise, but the length of Get's answer follows from the
 * version (AN4221: 1.0, 1.1, 1.2), or is known only for some chips.
 */
static int learn_get_count(struct link *l, struct err *e)
{
	static const struct {
		uint8_t version, count;
	} counts[] = { { 0x10, 11 }, { 0x11, 17 }, { 0x12, 18 } };
	const struct device *d;

	if (l->bl.get_count || l->bl.listed_by_guess)
		return 0;	/* learned before a reset */
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		if (counts[i].version == l->bl.version)
			l->bl.get_count = counts[i].count;
	if (l->bl.get_count)
		return 0;
	if (link_get_id(l, NULL, e) < 0)
		return -1;
	d = l->loader.pid_known ? device_by_pid(l->loader.pid) : NULL;
	l->bl.get_count = d ? d->i2c_get_count : 0;
	return 0;
}

/* Where Get cannot be asked: all that AN4221 knows; what is refused is taken off the list. */
static void guess_commands(struct link *l)
{
	static const uint8_t known[] = { 0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73,
					 0x82, 0x92, 0x32, 0x45, 0x64, 0x74, 0x83, 0x93, 0xA1 };

	for (size_t i = 0; i < sizeof(known); i++)
		l->bl.listed[known[i]] = true;
	l->bl.listed_by_guess = true;
	link_note_abilities(l);
}

static int ask_version(struct link *l, void *arg, void *out, struct err *e)
{
	(void)arg;
	return bl_get_version(&l->bl, out, e);
}

/* Whether Get works when so many commands are expected, or as many as it then says: 1, 0, -1. */
static int try_count(struct link *l, unsigned int count, struct err *e)
{
	struct bl_commands c;
	bool acked;

	l->bl.get_count = count;
	for (unsigned int i = 0; i < I2C_GETS; i++) {
		*e = ERR_INIT;
		if (bl_get(&l->bl, &c, e) == 0)
			return 1;
		if (recover_fatal(e) || recover_between_tries(l, &acked, e) < 0)
			return -1;
	}
	return 0;
}

/*
 * By the count that goes with the version, else by that of bootloaders made from ST's open one, which
 * say 1.2 and have 17 or 19. At last they are guessed.
 */
static int learn_commands(struct link *l, struct err *e)
{
	const unsigned int counts[] = { l->bl.get_count, 17, 19 };
	int ret = 0;

	for (size_t i = 0; l->bl.get_count && i < sizeof(counts) / sizeof(counts[0]) && ret == 0; i++)
		if (i == 0 || counts[i] != counts[0])
			ret = try_count(l, counts[i], e);
	if (ret < 0)
		return -1;
	if (ret > 0)
		return link_get(l, e);
	*e = ERR_INIT;
	l->bl.get_count = 0;
	guess_commands(l);
	return 0;
}

/* The chip did not take its address, or no transfer came to its end: @stuck of them, for @sys. */
static int nobody_there(const struct link *l, unsigned int stuck, int sys, struct err *e)
{
	if (stuck == l->knocks)
		return err_sys(e, ERR_SILENT, sys,
			       "no transfer came to its end (%u tries): is the clock or data line held "
			       "low, are there pull-ups, does this adapter work at all", l->knocks);
	return err_set(e, ERR_SILENT,
		       "no bootloader answered at this address (%u tries); is BOOT0 high, was "
		       "the chip reset since, is it the right address and bus, are there pull-ups",
		       l->knocks);
}

static int connect_i2c(struct link *l, struct err *e)
{
	unsigned int refusals = 0, stuck = 0;
	uint8_t before;
	int ret = 0;

	for (l->knocks = 0; l->knocks < I2C_TRIES && ret == 0; l->knocks++) {
		if (stop_check(l->loader.config.stop, e) < 0)
			return -1;
		ret = recover_in_step(l, e);
		refusals += ret == 0 && recover_refused(l, e, BL_WANTS_COMMAND);
		stuck += ret == 0 && e->sys;
	}
	if (ret < 0)
		return -1;
	if (refusals == I2C_TRIES) {	/* it has no Get Version: Get tells */
		l->no_version = true;
		l->bl.get_count = l->bl.get_count ? l->bl.get_count : I2C_COUNT;
		return learn_commands(l, e);
	}
	if (ret == 0)
		return nobody_there(l, stuck, e->sys, e);
	if (!l->no_version &&
	    recover_ask_sure(l, ask_version, NULL, &l->bl.version, &before, 1, false, e) < 0)
		return -1;
	if (learn_get_count(l, e) < 0)
		return -1;
	return learn_commands(l, e);
}

/*
 * Nothing but 7F, for as long as --wait allows, would fulfil an earlier program's frame that had come up
 * to its count: 7F more bytes, all 7F, and 7F as their checksum. One other byte spoils that.
 */
static uint8_t knock_byte(const struct link *l)
{
	return l->unanswered % KNOCKS_RUN == KNOCKS_RUN - 1 ? 0xFF : BL_SYNC;
}

/* How long a sync byte's answer is waited for while a bootloader is looked for. */
static nsec_t knock_wait(const struct link *l)
{
	bool feeds = l->loader.config.changes && !l->loader.was_reset;

	return feeds && l->unanswered + 1 == KNOCKS_BEFORE_FEED ? KNOCK_WAIT_SHORT : KNOCK_WAIT;
}

/* One 0x7F and what comes of it: 1 a proven bootloader, 0 other answers, -2 silence, -1 fatal. */
static int knock(struct link *l, nsec_t wait, struct err *e)
{
	const uint8_t sync = knock_byte(l);
	int ret;

	if (stop_check(l->loader.config.stop, e) < 0 || drain_and_remember(l, e) < 0)
		return -1;
	l->knocks++;
	if (bl_send_raw(&l->bl, &sync, 1, e) < 0)
		return -1;
	ret = listen_after_knock(l, wait, e);
	l->unanswered = ret == -2 ? l->unanswered + 1 : 0;
	return ret == 1 ? prove_at_once(l, e) : ret;
}

int link_knock(struct link *l, struct err *e)
{
	int ret;

	l->began = port_now(l->bl.port);
	ret = l->bl.dialect->stream ? knock(l, ASK_WAIT, e) : recover_in_step(l, e);

	/* One that an earlier job left in step takes 0x7F for half a command, and refuses two. */
	if (ret == -2)
		ret = knock(l, ASK_AGAIN_WAIT, e);
	if (ret == -1)
		return -1;
	if (ret != 1)
		return 0;
	if (!l->bl.dialect->stream)
		return connect_i2c(l, e) < 0 ? -1 : 1;
	return link_get(l, e) < 0 ? -1 : 1;
}

/* How many sync bytes may stay without an answer. */
static unsigned int silent_knocks(const struct link *l)
{
	if (l->loader.was_reset)
		return KNOCKS_AFTER_RESET;
	return l->loader.config.changes ? KNOCKS_BEFORE_FEED : KNOCKS_SILENT;
}

static int connect_uart(struct link *l, struct err *e)
{
	unsigned int silent = 0;
	int ret;

	l->knocks = 0;
	while (l->knocks < KNOCKS_MAX && silent < silent_knocks(l) &&
	       port_now(l->bl.port) - l->began < CONNECT_TIME) {
		ret = knock(l, knock_wait(l), e);
		if (ret == 1) {
			l->loader.noticed.late_ack = silent && l->acked && !l->loader.was_reset;
			return 0;
		}
		if (ret == -1)
			return -1;
		silent = ret == -2 ? silent + 1 : 0;
	}
	if (l->loader.config.changes && silent && !l->loader.was_reset) {
		ret = feed_unknown(l, e);
		if (ret)
			return ret < 0 ? -1 : 0;
	}
	return not_found(l, e);
}

/*
 * As prove, but silence may be an earlier program's open frame, which a job that changes nothing
 * leaves open.
 */
static int prove_resumed(struct link *l, struct err *e)
{
	int ret = recover_in_step(l, e);

	if (ret || (e->code == ERR_TIMEOUT && !l->bl.sent.answered && !l->loader.config.changes))
		return ret;
	return prove(l, e);
}

int link_connect(struct link *l, bool resume, struct err *e)
{
	int ret;

	l->began = port_now(l->bl.port);
	if (!l->bl.dialect->stream)
		return connect_i2c(l, e);
	if (!resume)
		return connect_uart(l, e) < 0 ? -1 : link_get(l, e);
	ret = prove_resumed(l, e);
	if (ret == 0)
		return not_found(l, e);
	return ret < 0 ? -1 : link_get(l, e);
}
