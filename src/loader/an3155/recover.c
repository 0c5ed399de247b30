/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "loader/an3155/line.h"
#include "loader/an3155/recover.h"
#include "loader/an3155/resync.h"

#define FILLER_WAIT (20 * NSEC_PER_MSEC)
/*
 * A bootloader that answers is in step after a few answers; an application that prints answers
 * for ever.
 */
#define ANSWERS_MAX 8
#define ROM_TIMEOUT (2500 * NSEC_PER_MSEC)
#define PROVE_SLACK (500 * NSEC_PER_MSEC)

bool recover_refused(const struct link *l, const struct err *e, enum bl_phase phase)
{
	return e->code == ERR_NACK && l->bl.sent.phase == phase;
}

bool recover_fatal(const struct err *e)
{
	return e->code != ERR_NACK && e->code != ERR_TIMEOUT && e->code != ERR_GARBLED;
}

int recover_give_up(struct err *e, unsigned int tries)
{
	if (recover_fatal(e))
		return -1;
	e->code = ERR_LINK;
	if (tries > 1)
		err_append(e, " (%u tries)", tries);
	return -1;
}

int recover_drain(struct link *l, struct err *e)
{
	nsec_t silence = RECOVER_SILENCE + l->bl.turnaround;

	return bl_drain(&l->bl, silence, RECOVER_DRAIN_LIMIT, NULL, 0, e) < 0 ? -1 : 0;
}

int recover_feed(struct link *l, uint8_t filler, uint8_t *answer, struct err *e)
{
	nsec_t wait = FILLER_WAIT + l->bl.turnaround + 2 * port_wire_time(l->bl.port, 1);

	if (bl_send_raw(&l->bl, &filler, 1, e) < 0)
		return -1;
	return bl_receive(&l->bl, answer, wait, e);
}

int recover_ping(struct link *l, struct err *e)
{
	struct bl_commands c;

	return l->no_version ? bl_get(&l->bl, &c, e)
			     : bl_get_version(&l->bl, &l->version_told, e);
}

int recover_ask_id(struct link *l, bool *same, struct err *e)
{
	unsigned int extra;
	uint32_t pid;

	*same = true;
	if (l->no_id)
		return recover_ping(l, e);
	if (bl_get_id(&l->bl, &pid, &extra, e) < 0)
		return -1;
	*same = !l->loader.pid_known || pid == l->loader.pid;
	return 0;
}

int recover_answers(struct link *l, struct err *e)
{
	/* Over I2C what has taken a frame is there, and its answer is due. */
	nsec_t *limit = l->bl.dialect->stream ? &l->bl.slack : &l->bl.reach, before = *limit;
	int ret;

	if (before > PROVE_SLACK)
		*limit = PROVE_SLACK;
	ret = recover_ping(l, e);
	*limit = before;
	if (ret == 0)
		return 1;
	return recover_fatal(e) ? -1 : 0;
}

int recover_in_step(struct link *l, struct err *e)
{
	return recover_drain(l, e) < 0 ? -1 : recover_answers(l, e);
}

/*
 * Over I2C a ROM that was left inside a command resets itself (AN2606: after 1 s, on C0 2.2 s);
 * before that, whatever is sent belongs to its frame.
 */
static int wait_out(struct link *l, struct err *e)
{
	for (unsigned int i = 0; i < 3; i++) {
		int ret;

		if (port_sleep(l->bl.port, port_now(l->bl.port) + ROM_TIMEOUT, e) < 0)
			return -1;
		ret = recover_in_step(l, e);
		if (ret)
			return ret < 0 ? -1 : 0;
	}
	return err_set(e, ERR_LINK, "the bootloader does not answer any more");
}

/*
 * How many bytes to feed beyond those that a loss explains: a count that came garbled makes a
 * frame longer. Only frames that erase or write have one, and what such a completion does is
 * found out afterwards.
 */
static unsigned int spare_fillers(enum bl_phase phase)
{
	switch (phase) {
	case BL_WANTS_COMMAND:
	case BL_WANTS_ADDRESS:
	case BL_WANTS_LENGTH:
		return 4;
	default:
		return RECOVER_FEED_MAX;
	}
}

/* The frame in doubt, and what came of looking for its end. */
struct feeding {
	struct bl_sent sent;
	struct resync r;
	unsigned int answers;
	bool acked;
};

/* Something was answered: 1 it is in step, 0 it is not yet, -1. */
static int take_answer(struct link *l, struct feeding *f, uint8_t answer, struct err *e)
{
	int ret;

	f->acked |= answer == BL_ACK;
	ret = recover_in_step(l, e);
	if (ret)
		return ret;
	if (++f->answers == ANSWERS_MAX)
		return err_set(e, ERR_LINK, "something answers, but not as a bootloader does");
	if (l->bl.sent.phase == BL_WANTS_COMMAND) {
		f->sent = l->bl.sent;
		resync_start(&f->r, &f->sent);
	}
	return 0;
}

/* All that may be missing, once: 1 it is in step, 0 it is silent, -1. */
static int feed_once(struct link *l, struct feeding *f, struct err *e)
{
	unsigned int fed = 0, spare = spare_fillers(f->sent.phase);
	uint8_t answer;

	resync_start(&f->r, &f->sent);
	while (fed++ < RECOVER_FEED_MAX && (resync_left(&f->r) > 0 || spare-- > 0)) {
		uint8_t filler = resync_next(&f->r);
		int ret = recover_feed(l, filler, &answer, e);

		if (ret < 0)
			return -1;
		resync_fed(&f->r, filler);
		if (ret)
			ret = take_answer(l, f, answer, e);
		if (ret)
			return ret;
	}
	return 0;
}

static int feed_and_listen(struct link *l, struct feeding *f, nsec_t until, struct err *e)
{
	for (;;) {
		nsec_t now;
		uint8_t answer;
		int ret = feed_once(l, f, e);

		if (ret)
			return ret < 0 ? -1 : 0;
		now = port_now(l->bl.port);
		if (now >= until)
			return err_set(e, ERR_LINK,
				       "the bootloader fell silent and does not come back");
		ret = bl_receive(&l->bl, &answer, until - now, e);
		if (ret > 0)
			ret = take_answer(l, f, answer, e);
		if (ret)
			return ret < 0 ? -1 : 0;
	}
}

int recover_feed_rest(struct link *l, nsec_t until, bool *acked, struct err *e)
{
	struct feeding f = { .sent = l->bl.sent };
	int ret = feed_and_listen(l, &f, until, e);

	*acked |= f.acked;
	return ret;
}

/* By a reset: 1 it is in step, 0 there is no way to one, -1. */
static int reset_chip(struct link *l, struct err *e)
{
	return l->loader.reset ? l->loader.reset(l->loader.reset_arg, e) : 0;
}

/*
 * After a refusal the ROM is known to be between commands and is asked at once, unless no error
 * may pass. Otherwise a reset is better than any feeding: what it was in the middle of is then
 * not carried out.
 */
int recover_resync(struct link *l, bool refused, bool *acked, struct err *e)
{
	nsec_t until = l->bl.due + l->bl.patience;
	int ret = 0;

	*acked = false;
	l->loader.recoveries++;
	if (l->loader.strict)
		ret = reset_chip(l, e);
	if (ret == 0 && refused)
		ret = recover_in_step(l, e);
	if (ret == 0)
		ret = reset_chip(l, e);
	if (ret)
		return ret < 0 ? -1 : 0;
	if (!l->bl.dialect->stream)
		return wait_out(l, e);
	if (!refused && recover_drain(l, e) < 0)
		return -1;
	return recover_feed_rest(l, until, acked, e);
}

int recover_between_tries(struct link *l, bool *acked, struct err *e)
{
	struct err why = *e, stopped = ERR_INIT;
	nsec_t began = l->bl.sent_at;

	*acked = false;
	if (stop_check(l->loader.config.stop, &stopped) < 0) {
		*e = stopped;
		return -1;
	}
	if (recover_resync(l, why.code == ERR_NACK, acked, e) < 0) {
		if (e->code != ERR_LINK)
			return -1;
		return err_wrap(e, "%.200s", why.msg);
	}
	if (line_note_lost(l, began, e) < 0)
		return -1;
	*e = why;
	return 0;
}

int recover_ask_sure(struct link *l, recover_ask_fn ask, void *arg, void *out, void *before,
		     size_t size, bool have, struct err *e)
{
	unsigned int tries = 0, most = 2 * l->loader.config.retries + 4;
	bool acked;

	for (;;) {
		unsigned int recoveries = l->loader.recoveries;
		int ret = ask(l, arg, out, e);

		/*
		 * The answer before a stumble may be the bad one: one byte too many in it shifts
		 * it, and shows only behind it.
		 */
		have &= l->loader.recoveries == recoveries;
		if (ret == 0) {
			if (have && memcmp(out, before, size) == 0)
				return 0;
			memcpy(before, out, size);
			have = true;
			if (++tries < most)
				continue;
			return err_set(e, ERR_LINK, "no two answers running agree (%u tries)",
				       tries);
		}
		have = false;
		if (recover_fatal(e) || ++tries >= most)
			return recover_give_up(e, tries);
		if (recover_between_tries(l, &acked, e) < 0)
			return -1;
	}
}
