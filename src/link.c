/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "device.h"
#include "diagnose.h"
#include "link.h"
#include "resync.h"

#define DRAIN_SILENCE (20 * NSEC_PER_MSEC)
#define DRAIN_LIMIT (200 * NSEC_PER_MSEC)
#define KNOCK_WAIT (250 * NSEC_PER_MSEC)
#define KNOCKS_MAX 10		/* while something answers that is no bootloader */
#define KNOCKS_SILENT 2		/* what a ROM in the middle of an unknown frame may be sent by a job that changes nothing */
#define KNOCKS_BEFORE_FEED 3	/* odd, so that a frame with 7F as its count is not completed by the FFs that follow */
#define FILLER_WAIT (20 * NSEC_PER_MSEC)
#define FEED_MAX 1100		/* the longest frame that anybody sends is 1027 bytes */
/* A bootloader that answers is in step after a few answers; an application that prints answers for ever. */
#define ANSWERS_MAX 8
#define CONNECT_TIME (15 * NSEC_PER_SEC)
#define REFUSALS 3
#define ROM_TIMEOUT (2500 * NSEC_PER_MSEC)
#define I2C_TRIES 3
#define PROVE_SLACK (500 * NSEC_PER_MSEC)

void link_init(struct link *l, struct port *port, const struct bl_dialect *dialect, unsigned int retries,
	       bool changes, struct stop *stop)
{
	*l = (struct link){ .retries = retries, .changes = changes, .stop = stop };
	bl_init(&l->bl, port, dialect);
}

static bool fatal(const struct err *e)
{
	return e->code != ERR_NACK && e->code != ERR_TIMEOUT && e->code != ERR_GARBLED;
}

/* Gives up: the condition becomes an exit status. */
static int give_up(struct err *e, unsigned int tries)
{
	if (fatal(e))
		return -1;
	e->code = ERR_LINK;
	if (tries > 1)
		err_append(e, " (%u tries)", tries);
	return -1;
}

/* ---- back into step ---- */

static int drain(struct link *l, struct err *e)
{
	return bl_drain(&l->bl, DRAIN_SILENCE, DRAIN_LIMIT, NULL, 0, e) < 0 ? -1 : 0;
}

/* Sends a filler and waits for an answer. 1: *answer came; 0: silence; -1. */
static int feed(struct link *l, uint8_t filler, uint8_t *answer, struct err *e)
{
	if (bl_send_raw(&l->bl, &filler, 1, e) < 0)
		return -1;
	return bl_receive(&l->bl, answer, FILLER_WAIT + 2 * port_wire_time(l->bl.port, 1), e);
}

/* Does the bootloader answer Get Version to the byte? 1 yes, 0 no, -1 fatal. */
static int in_step(struct link *l, struct err *e)
{
	nsec_t slack = l->bl.slack;
	uint8_t version;
	int ret;

	if (drain(l, e) < 0)
		return -1;
	l->bl.slack = PROVE_SLACK;
	ret = bl_get_version(&l->bl, &version, e);
	l->bl.slack = slack;
	if (ret == 0)
		return 1;
	return fatal(e) ? -1 : 0;
}

/*
 * Over I2C a ROM that was left inside a command resets itself (AN2606: after 1 s, on C0 2.2 s); before that, whatever is
 * sent belongs to its frame.
 */
static int wait_out(struct link *l, bool refused, struct err *e)
{
	for (unsigned int i = 0; i < 3; i++) {
		int ret;

		if (!refused && port_sleep(l->bl.port, port_now(l->bl.port) + ROM_TIMEOUT, e) < 0)
			return -1;
		ret = in_step(l, e);
		if (ret)
			return ret < 0 ? -1 : 0;
		refused = false;
	}
	return err_set(e, ERR_LINK, "the bootloader does not answer any more");
}

/*
 * How many bytes to feed beyond those that a loss explains: a count that came garbled makes a frame longer. Only frames
 * that erase or write have one, and what such a completion does is found out afterwards.
 */
static unsigned int spare_fillers(enum bl_phase phase)
{
	switch (phase) {
	case BL_WANTS_COMMAND:
	case BL_WANTS_ADDRESS:
	case BL_WANTS_LENGTH:
		return 4;
	default:
		return FEED_MAX;
	}
}

/*
 * After doubt about bl.sent: brings the bootloader back to where it waits for a command. *acked: an ACK came on the
 * way, so that some frame was carried out. After a refusal the ROM is known to be between commands and is asked at
 * once; otherwise it is fed first.
 */
static int resync(struct link *l, bool refused, bool *acked, struct err *e)
{
	struct bl_sent sent = l->bl.sent;
	unsigned int fed = 0, answers = 0, spare = spare_fillers(sent.phase);
	struct resync r;
	uint8_t answer;
	int ret;

	*acked = false;
	l->recoveries++;
	if (!l->bl.dialect->stream)
		return wait_out(l, refused, e);
	if (refused) {
		ret = in_step(l, e);
		if (ret)
			return ret < 0 ? -1 : 0;
		sent = l->bl.sent;
	} else if (drain(l, e) < 0) {
		return -1;
	}

	resync_start(&r, &sent);
	while (fed++ < FEED_MAX && (resync_left(&r) > 0 || spare-- > 0)) {
		uint8_t filler = resync_next(&r);

		ret = feed(l, filler, &answer, e);
		if (ret < 0)
			return -1;
		resync_fed(&r, filler);
		if (ret == 0)
			continue;
		*acked |= answer == BL_ACK;
		ret = in_step(l, e);
		if (ret)
			return ret < 0 ? -1 : 0;
		if (++answers == ANSWERS_MAX)
			return err_set(e, ERR_LINK, "something answers, but not as a bootloader does");
		if (l->bl.sent.phase == BL_WANTS_COMMAND) {
			sent = l->bl.sent;
			resync_start(&r, &sent);
		}
	}
	return err_set(e, ERR_LINK, "the bootloader fell silent and does not come back");
}

/* Between tries: stops on a signal, resynchronises. @e holds why the try failed, and keeps it on success. */
static int recover(struct link *l, bool *acked, struct err *e)
{
	struct err why = *e, stopped = ERR_INIT;

	*acked = false;
	if (stop_check(l->stop, &stopped) < 0) {
		*e = stopped;
		return -1;
	}
	if (resync(l, why.code == ERR_NACK, acked, e) < 0) {
		if (e->code != ERR_LINK)
			return -1;
		return err_wrap(e, "%.200s", why.msg);
	}
	*e = why;
	return 0;
}

/* ---- answers without a checksum: two in a row must agree ---- */

/* One try of something that fills @out; @size bytes of it are compared. */
typedef int (*ask_fn)(struct link *l, void *arg, void *out, struct err *e);

static int ask_until_sure(struct link *l, ask_fn ask, void *arg, void *out, void *before, size_t size,
			  struct err *e)
{
	unsigned int tries = 0, most = 2 * l->retries + 4;
	bool have = false, acked;

	for (;;) {
		if (ask(l, arg, out, e) == 0) {
			if (have && memcmp(out, before, size) == 0)
				return 0;
			memcpy(before, out, size);
			have = true;
			if (++tries < most)
				continue;
			return err_set(e, ERR_LINK, "no two answers running agree (%u tries)", tries);
		}
		have = false;
		if (fatal(e) || ++tries >= most)
			return give_up(e, tries);
		if (recover(l, &acked, e) < 0)
			return -1;
	}
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

/* Listens after a knock. 1: an ACK or NACK may be among what came; 0: other bytes; -2: silence; -1: fatal. */
static int listen_after_knock(struct link *l, struct err *e)
{
	uint8_t buf[LINK_SEEN_MAX];
	ssize_t n;
	int got = bl_receive(&l->bl, buf, KNOCK_WAIT + 2 * port_wire_time(l->bl.port, 1), e);

	if (got < 0)
		return -1;
	if (got == 0)
		return -2;
	n = bl_drain(&l->bl, DRAIN_SILENCE, DRAIN_LIMIT, buf + 1, sizeof(buf) - 1, e);
	if (n < 0)
		return -1;
	remember(l, buf, (size_t)n + 1);
	return memchr(buf, BL_ACK, (size_t)n + 1) || memchr(buf, BL_NACK, (size_t)n + 1);
}

/* What arrived before we asked for anything. */
static int drain_and_remember(struct link *l, struct err *e)
{
	uint8_t buf[LINK_SEEN_MAX];
	ssize_t n = bl_drain(&l->bl, DRAIN_SILENCE, DRAIN_LIMIT, buf, sizeof(buf), e);

	if (n < 0)
		return -1;
	remember(l, buf, (size_t)n);
	return 0;
}

/* A whole Get Version and a whole Get. 1 proven, 0 not, -1 fatal. */
static int prove(struct link *l, struct err *e)
{
	struct bl_commands c;
	bool acked;
	int ret = in_step(l, e);

	if (ret == 0) {
		/* Half a pair may have been waiting: our own frame is known, so it may be completed. */
		ret = resync(l, true, &acked, e);
		if (ret < 0)
			return e->code == ERR_LINK ? 0 : -1;
		ret = 1;
	}
	if (ret < 0)
		return -1;
	if (bl_get(&l->bl, &c, e) == 0)
		return 1;
	return fatal(e) ? -1 : 0;
}

/*
 * Somebody else's frame: its rest is unknown, so each completion is carried out with one chance in 256, but at the
 * boundaries between frames FF is refused everywhere. 1 proven, 0 not, -1 fatal.
 */
static int feed_unknown(struct link *l, struct err *e)
{
	uint8_t answer;
	int ret;

	for (l->fed = 0; l->fed < FEED_MAX; l->fed++) {
		if (stop_check(l->stop, e) < 0)
			return -1;
		ret = feed(l, 0xFF, &answer, e);
		if (ret < 0)
			return -1;
		if (ret == 0)
			continue;
		remember(l, &answer, 1);
		l->stray_ack |= answer == BL_ACK;
		ret = prove(l, e);
		if (ret)
			return ret;
	}
	return 0;
}

static int not_found(struct link *l, nsec_t began, struct err *e)
{
	char seen[300];
	nsec_t took = port_now(l->bl.port) - began;

	diagnose(l->seen, l->seen_len, l->bl.port, seen, sizeof(seen));
	err_set(e, ERR_SILENT, "no bootloader answered (%u knock%s in %.1f s", l->knocks,
		l->knocks == 1 ? "" : "s", (double)took / (double)NSEC_PER_SEC);
	if (l->fed)
		err_append(e, ", then %u bytes for a frame that somebody may have left", l->fed);
	err_append(e, "): %s", seen);
	if (!l->changes && !l->seen_len)
		err_append(e, "; going on would mean to feed a bootloader that somebody may have left in the "
			   "middle of a write: reset it instead");
	if (l->stray_ack)
		err_append(e, "; an ACK came for bytes that completed somebody else's frame: flash may have "
			   "been touched");
	return -1;
}

/*
 * Over I2C there is nothing to synchronise, but the length of Get's answer follows from the version (AN4221: 1.0, 1.1,
 * 1.2), or is known only for some chips.
 */
static int learn_get_count(struct link *l, struct err *e)
{
	static const struct { uint8_t version, count; } counts[] = { { 0x10, 11 }, { 0x11, 17 }, { 0x12, 18 } };
	const struct device *d;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		if (counts[i].version == l->bl.version)
			l->bl.get_count = counts[i].count;
	if (l->bl.get_count)
		return 0;
	if (link_get_id(l, NULL, e) < 0)
		return -1;
	d = device_by_pid(l->pid);
	l->bl.get_count = d ? d->i2c_get_count : 0;
	return 0;
}

/* Where Get cannot be asked: all that AN4221 knows; what is refused is taken off the list. */
static void guess_commands(struct link *l)
{
	static const uint8_t known[] = { 0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92,
					 0x32, 0x45, 0x64, 0x74, 0x83, 0x93, 0xA1 };

	for (size_t i = 0; i < sizeof(known); i++)
		l->bl.listed[known[i]] = true;
	l->bl.listed_by_guess = true;
}

static int ask_version(struct link *l, void *arg, void *out, struct err *e)
{
	(void)arg;
	return bl_get_version(&l->bl, out, e);
}

static int connect_i2c(struct link *l, struct err *e)
{
	uint8_t before;
	int ret = 0;

	for (l->knocks = 0; l->knocks < I2C_TRIES && ret == 0; l->knocks++) {
		if (stop_check(l->stop, e) < 0)
			return -1;
		ret = in_step(l, e);
	}
	if (ret < 0)
		return -1;
	if (ret == 0)
		return err_set(e, ERR_SILENT, "no bootloader answered at this address (%u tries); is BOOT0 high, was "
			       "the chip reset since, is it the right address and bus, are there pull-ups",
			       l->knocks);
	if (ask_until_sure(l, ask_version, NULL, &l->bl.version, &before, 1, e) < 0 || learn_get_count(l, e) < 0)
		return -1;
	if (l->bl.get_count)
		return link_get(l, e);
	guess_commands(l);
	return 0;
}

int link_connect(struct link *l, bool resume, struct err *e)
{
	unsigned int silent = 0, limit = l->changes ? KNOCKS_BEFORE_FEED : KNOCKS_SILENT;
	nsec_t began = port_now(l->bl.port);
	const uint8_t sync = BL_SYNC;
	int ret;

	if (!l->bl.dialect->stream)
		return connect_i2c(l, e);
	if (resume) {
		ret = prove(l, e);
		if (ret == 0)
			return not_found(l, began, e);
		return ret < 0 ? -1 : link_get(l, e);
	}
	while (l->knocks < KNOCKS_MAX && silent < limit &&
	       port_now(l->bl.port) - began < CONNECT_TIME) {
		if (stop_check(l->stop, e) < 0 || drain_and_remember(l, e) < 0)
			return -1;
		l->knocks++;
		if (bl_send_raw(&l->bl, &sync, 1, e) < 0)
			return -1;
		ret = listen_after_knock(l, e);
		if (ret == -1)
			return -1;
		silent = ret == -2 ? silent + 1 : 0;
		if (ret != 1)
			continue;
		ret = prove(l, e);
		if (ret)
			return ret < 0 ? -1 : link_get(l, e);
	}
	if (l->changes && silent) {
		ret = feed_unknown(l, e);
		if (ret)
			return ret < 0 ? -1 : link_get(l, e);
	}
	return not_found(l, began, e);
}

/* ---- what identifies the bootloader ---- */

static int ask_get(struct link *l, void *arg, void *out, struct err *e)
{
	(void)arg;
	return bl_get(&l->bl, out, e);
}

int link_get(struct link *l, struct err *e)
{
	struct bl_commands now, before;

	if (ask_until_sure(l, ask_get, NULL, &now, &before, sizeof(now), e) < 0)
		return err_wrap(e, "cannot learn the bootloader's commands");
	l->bl.version = now.version;
	memcpy(l->bl.listed, now.listed, sizeof(now.listed));
	return 0;
}

struct id_answer { uint32_t pid, extra; };

static int ask_id(struct link *l, void *arg, void *out, struct err *e)
{
	struct id_answer *a = out;

	(void)arg;
	return bl_get_id(&l->bl, &a->pid, &a->extra, e);
}

int link_get_id(struct link *l, unsigned int *extra, struct err *e)
{
	struct id_answer now, before;

	if (ask_until_sure(l, ask_id, NULL, &now, &before, sizeof(now), e) < 0)
		return err_wrap(e, "cannot learn the product ID");
	l->pid = now.pid;
	l->pid_known = true;
	if (extra)
		*extra = now.extra;
	return 0;
}

struct read_ask { uint32_t addr; size_t len; };

static int ask_read(struct link *l, void *arg, void *out, struct err *e)
{
	struct read_ask *a = arg;

	return link_read(l, a->addr, out, a->len, e);
}

int link_read_sure(struct link *l, uint32_t addr, uint8_t *buf, size_t len, struct err *e)
{
	struct read_ask ask = { addr, len };
	uint8_t before[BL_BLOCK_MAX];

	return ask_until_sure(l, ask_read, &ask, buf, before, len, e);
}

/* ---- refusals ---- */

/*
 * A command that the chip lists was refused at its code. That happens through one bad bit too; it is believed when it
 * happens three times running and Get ID is answered correctly in between.
 */
struct refusals { unsigned int in_a_row; };

static bool refused_at(const struct link *l, const struct err *e, enum bl_phase phase)
{
	return e->code == ERR_NACK && l->bl.sent.phase == phase;
}

/* 1: refused for good; 0: not yet, or something else; -1: fatal. Leaves the bootloader in step. */
static int count_refusal(struct link *l, struct refusals *r, struct err *e)
{
	struct err probe = ERR_INIT;
	enum bl_command c = l->bl.sent.command;
	unsigned int extra;
	uint32_t pid;
	bool acked;

	if (!l->bl.listed[c])
		return err_set(e, ERR_ABILITY, "this bootloader has no %s", bl_command_name(c));
	if (recover(l, &acked, e) < 0)
		return -1;
	if (bl_get_id(&l->bl, &pid, &extra, &probe) < 0) {
		if (fatal(&probe)) {
			*e = probe;
			return -1;
		}
		r->in_a_row = 0;
		*e = probe;
		return 0;
	}
	if (l->pid_known && pid != l->pid) {
		r->in_a_row = 0;
		return 0;
	}
	return ++r->in_a_row >= REFUSALS;
}

static int say_protected(enum bl_command c, struct err *e)
{
	return err_set(e, ERR_PROTECTED, "the chip is read-protected: its bootloader refuses %s", bl_command_name(c));
}

/*
 * One round of policy after a failed try of a command that may be refused. Returns 1 to try again, -1 with @e set to
 * give up. @acked: an ACK came while recovering.
 */
static int after_failure(struct link *l, enum bl_command c, uint32_t addr, struct refusals *at_command,
			 struct refusals *at_address, unsigned int *tries, bool *acked, struct err *e)
{
	struct err stopped = ERR_INIT;
	int ret;

	*acked = false;
	if (fatal(e))
		return -1;
	if (stop_check(l->stop, &stopped) < 0) {
		*e = stopped;
		return -1;
	}
	if (refused_at(l, e, BL_WANTS_COMMAND) && l->bl.listed_by_guess && l->bl.sent.command != c) {
		l->bl.listed[l->bl.sent.command] = false;	/* it has no such twin: the plain one then */
		return 1;
	}
	if (refused_at(l, e, BL_WANTS_COMMAND)) {
		ret = count_refusal(l, at_command, e);
		if (ret)
			return ret < 0 ? -1 : say_protected(c, e);
		/* Refusals are counted apart: three are needed even with -n 0. */
		if (at_command->in_a_row || (*tries)++ < l->retries)
			return 1;
		return give_up(e, *tries);
	}
	if (refused_at(l, e, BL_WANTS_ADDRESS)) {
		ret = count_refusal(l, at_address, e);
		if (ret < 0)
			return -1;
		if (ret)
			return err_set(e, ERR_ABILITY, "the bootloader refuses %s at 0x%08x",
				       bl_command_name(c), addr);
		if (at_address->in_a_row || (*tries)++ < l->retries)
			return 1;
		return give_up(e, *tries);
	}
	at_command->in_a_row = at_address->in_a_row = 0;
	if (*tries >= l->retries)
		return give_up(e, *tries + 1);
	(*tries)++;
	return recover(l, acked, e) < 0 ? -1 : 1;
}

/* ---- commands ---- */

int link_read(struct link *l, uint32_t addr, uint8_t *buf, size_t len, struct err *e)
{
	struct refusals at_command = { 0 }, at_address = { 0 };
	unsigned int tries = 0;
	bool acked;

	while (bl_read(&l->bl, addr, buf, len, e) < 0)
		if (after_failure(l, BL_READ, addr, &at_command, &at_address, &tries, &acked, e) < 0)
			return err_wrap(e, "cannot read %zu bytes at 0x%08x", len, addr);
	return 0;
}

/* After a doubt: what does memory hold? */
static int settle_write(struct link *l, uint32_t addr, const uint8_t *buf, size_t len, uint8_t erased,
			bool *again, enum link_written *how, struct err *e)
{
	uint8_t back[BL_BLOCK_MAX];
	bool blank = true;

	*again = false;
	*how = LINK_SUSPECT;
	if (l->bl.quirks & ROM_NO_READ_BETWEEN_WRITES)
		return 0;
	if (link_read_sure(l, addr, back, len, e) < 0)
		return err_wrap(e, "after a doubtful write");
	if (memcmp(back, buf, len) == 0) {
		*how = LINK_WRITTEN;
		return 0;
	}
	for (size_t i = 0; i < len; i++)
		blank &= back[i] == erased;
	*again = blank;
	return 0;
}

int link_write(struct link *l, uint32_t addr, const uint8_t *buf, size_t len, uint8_t erased, nsec_t work,
	       enum link_written *how, struct err *e)
{
	struct refusals at_command = { 0 }, at_address = { 0 };
	unsigned int tries = 0;
	bool acked, again, doubt;

	*how = LINK_WRITTEN;
	while (bl_write(&l->bl, addr, buf, len, work, e) < 0) {
		doubt = l->bl.sent.phase == BL_WANTS_DATA;
		if (after_failure(l, BL_WRITE, addr, &at_command, &at_address, &tries, &acked, e) < 0)
			return err_wrap(e, "cannot write %zu bytes at 0x%08x", len, addr);
		if (!doubt && !acked)
			continue;
		if (settle_write(l, addr, buf, len, erased, &again, how, e) < 0)
			return -1;
		if (!again)
			return 0;
	}
	*how = LINK_WRITTEN;
	return 0;
}

int link_erase(struct link *l, const uint16_t *pages, size_t count, nsec_t work, struct err *e)
{
	struct refusals at_command = { 0 }, at_address = { 0 };
	enum bl_command c = l->bl.listed[BL_EXT_ERASE] ? BL_EXT_ERASE : BL_ERASE;
	unsigned int tries = 0;
	bool acked, listed;

	while (bl_erase(&l->bl, pages, count, work, e) < 0) {
		listed = l->bl.sent.phase != BL_WANTS_COMMAND;
		if (after_failure(l, c, 0, &at_command, &at_address, &tries, &acked, e) < 0)
			goto fail;
		/* Before the list was sent an ACK can only be that of FF FF, which erases nothing. */
		if (acked && listed) {
			err_set(e, ERR_LINK, "an ACK came for a mutilated page list: what was erased is not "
				"known, pages outside the image may be");
			goto fail;
		}
	}
	return 0;
fail:
	return err_wrap(e, "cannot erase %zu page%s (%u to %u)", count, count == 1 ? "" : "s",
			pages[0] < pages[count - 1] ? pages[0] : pages[count - 1],
			pages[0] < pages[count - 1] ? pages[count - 1] : pages[0]);
}

int link_erase_all(struct link *l, uint16_t which, nsec_t work, struct err *e)
{
	struct refusals at_command = { 0 }, at_address = { 0 };
	enum bl_command c = l->bl.listed[BL_EXT_ERASE] ? BL_EXT_ERASE : BL_ERASE;
	unsigned int tries = 0;
	bool acked, named;

	while (bl_erase_all(&l->bl, which, work, e) < 0) {
		named = l->bl.sent.phase != BL_WANTS_COMMAND;
		if (after_failure(l, c, 0, &at_command, &at_address, &tries, &acked, e) < 0)
			return err_wrap(e, "mass erase failed");
		if (named && acked)
			return err_set(e, ERR_LINK, "mass erase: its result is not known");
	}
	return 0;
}

int link_go(struct link *l, uint32_t addr, struct err *e)
{
	struct refusals at_command = { 0 }, at_address = { 0 };
	unsigned int tries = 0;
	bool acked;

	while (bl_go(&l->bl, addr, e) < 0) {
		bool sent = l->bl.sent.phase == BL_WANTS_ADDRESS && e->code != ERR_NACK;

		if (after_failure(l, BL_GO, addr, &at_command, &at_address, &tries, &acked, e) < 0) {
			if (sent && e->code == ERR_LINK)
				err_append(e, "; the application may be running all the same");
			return err_wrap(e, "cannot start at 0x%08x", addr);
		}
	}
	return 0;
}

int link_checksum(struct link *l, uint32_t addr, uint32_t len, uint32_t *crc, nsec_t work, struct err *e)
{
	struct refusals at_command = { 0 }, at_address = { 0 };
	unsigned int tries = 0;
	bool acked;

	while (bl_checksum(&l->bl, addr, len, crc, work, e) < 0)
		if (after_failure(l, BL_CHECKSUM, addr, &at_command, &at_address, &tries, &acked, e) < 0)
			return err_wrap(e, "cannot get the checksum of %u bytes at 0x%08x", len, addr);
	return 0;
}

int link_protection(struct link *l, enum bl_command c, nsec_t work, struct err *e)
{
	struct refusals at_command = { 0 };
	unsigned int tries = 0;
	bool acked;
	int ret;

	for (;;) {
		if (c == BL_WRITE_UNPROTECT)
			ret = bl_write_unprotect(&l->bl, e);
		else if (c == BL_READOUT_PROTECT)
			ret = bl_readout_protect(&l->bl, e);
		else
			ret = bl_readout_unprotect(&l->bl, work, e);
		if (ret == 0)
			return 0;
		/* Behind the first ACK it is under way: to try again would be to do it twice. */
		if (l->bl.sent.answered || !refused_at(l, e, BL_WANTS_COMMAND))
			return give_up(e, 1);
		if (after_failure(l, c, 0, &at_command, &at_command, &tries, &acked, e) < 0)
			return -1;
	}
}
