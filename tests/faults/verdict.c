/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a run ended as it may: with success and everything as it should be, or with another exit
 * status of the right class and a message that is true.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/faults/jobs.h"

#define TIME_MAX (120 * NSEC_PER_SEC)	/* of virtual time, beyond that of a clean run */

static bool wrong(struct fault_result *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Returns false, so that checks can end with it. */
static bool wrong(struct fault_result *r, const char *fmt, ...)
{
	va_list ap;

	r->outcome = OUTCOME_WRONG;
	va_start(ap, fmt);
	vsnprintf(r->message, sizeof(r->message), fmt, ap);
	va_end(ap);
	return false;
}

/* ---- the documented exceptions ---- */

/* Two faults in one frame to the chip: its checksum may be right again, and no host can see it. */
static bool hit_own_checksum(const struct injector *inj)
{
	const struct fault *f = inj->fault;

	return inj->faults == 2 && f[0].happened && f[1].happened && f[0].to_chip && f[1].to_chip &&
	       f[0].frame == f[1].frame;
}

/* An answer and the second look at it, spoiled in the same way: nothing tells them apart. */
static bool answered_alike(const struct injector *inj)
{
	const struct fault *f = inj->fault;

	return inj->faults == 2 && f[0].happened && f[1].happened && f[0].kind == f[1].kind &&
	       (fault_at_frame(f[0].kind) || (!f[0].to_chip && !f[1].to_chip));
}

/*
 * Memory that is read once carries no checksum. Parity does not see two flipped bits; where nothing
 * sees anything, the job says "unchecked".
 */
static bool read_unseen(const struct fault_run *run)
{
	const struct injector *inj = run->inj;

	return run->bench->job->unchecked &&
	       (strstr(run->said, "unchecked") || inj->faults == 2 ||
		inj->fault[0].kind == FAULT_FLIP_TWO);
}

/*
 * Option bytes whose frame has gained its own checksum are stored with what follows shifted: even
 * protection may be on then, or the way into the bootloader closed.
 */
static bool shifted_options(const struct fault_run *run)
{
	bool gained = false;

	for (size_t i = 0; i < run->inj->faults; i++)
		gained |= run->inj->fault[i].to_chip && run->inj->fault[i].happened &&
			  (run->inj->fault[i].kind == FAULT_INSERTED ||
			   run->inj->fault[i].kind == FAULT_DOUBLED);
	return gained && run->bench->job->options &&
	       memcmp(run->options, run->bench->options_before, FAULT_OPTIONS) != 0;
}

/*
 * An address frame of Go that has gained its own checksum names another address, and the ROM that
 * acknowledges it is gone.
 */
static bool started_elsewhere(const struct fault_run *run)
{
	bool gained = false;

	for (size_t i = 0; i < run->inj->faults; i++) {
		const struct fault *f = &run->inj->fault[i];

		gained |= f->to_chip && f->happened && f->frame + 1 == run->inj->frames &&
			  (f->kind == FAULT_INSERTED || f->kind == FAULT_DOUBLED);
	}
	return gained && run->bench->job->starts;
}

/*
 * USB: the cable, and with it the power, is pulled in the milliseconds between the answer by which the chip
 * says that it starts its application, and that.
 */
static bool pulled_behind_the_answer(const struct fault_run *run)
{
	bool pulled = false;

	for (size_t i = 0; i < run->inj->faults; i++) {
		const struct fault *f = &run->inj->fault[i];

		pulled |= f->kind == FAULT_GONE && f->happened && !f->to_chip &&
			  f->frame + 1 == run->inj->frames;
	}
	return pulled && run->bench->usb && run->bench->job->starts && run->e.code == ERR_NONE;
}

static bool excepted(struct fault_result *r)
{
	r->outcome = OUTCOME_EXCEPTION;
	return true;
}

/* ---- what was claimed ---- */

/* Each line on standard output is one that a run without faults prints. */
static bool lines_are_right(const struct fault_run *run)
{
	const char *line = run->out;

	while (*line) {
		size_t len = strcspn(line, "\n");
		const char *at = run->bench->out;

		while (at && strncmp(at, line, len) != 0) {
			at = strchr(at, '\n');
			at = at ? at + 1 : NULL;
		}
		if (!at)
			return false;
		line += len + (line[len] != '\0');
	}
	return true;
}

/* A wrong word counts as a wrong byte does. */
static void judge_claims(const struct fault_run *run, struct fault_result *r)
{
	bool right = lines_are_right(run);

	if (!run->misspoken[0] && right)
		return;
	if (hit_own_checksum(run->inj) || answered_alike(run->inj) || started_elsewhere(run) ||
	    pulled_behind_the_answer(run))
		excepted(r);
	else if (right)
		wrong(r, "it said %s: %s", run->misspoken, run->e.msg);
	else
		wrong(r, "what it printed is not so: '%s'", run->out);
}

/* ---- success ---- */

static bool holds_image(const struct fault_run *run)
{
	const struct fault_bench *b = run->bench;

	for (size_t i = 0; i < b->image.count; i++) {
		const struct segment *s = &b->image.seg[i];

		if (memcmp(run->flash + (s->addr - b->start), s->data, s->len) != 0)
			return false;
	}
	return true;
}

static uint32_t first_difference(const uint8_t *a, const uint8_t *b, uint32_t size)
{
	uint32_t i = 0;

	while (i < size && a[i] == b[i])
		i++;
	return i;
}

static bool flash_is_right(const struct fault_run *run, struct fault_result *r)
{
	const struct fault_bench *b = run->bench;
	uint32_t i;

	if (memcmp(run->flash, b->after, b->size) == 0)
		return true;
	if (hit_own_checksum(run->inj) && holds_image(run))
		return excepted(r);
	i = first_difference(run->flash, b->after, b->size);
	return wrong(r, "success, but 0x%08x holds 0x%02x, not 0x%02x", b->start + i,
		     run->flash[i], b->after[i]);
}

static bool data_are_right(const struct fault_run *run, struct fault_result *r)
{
	const struct fault_bench *b = run->bench;

	if (strcmp(run->out, b->out) != 0)
		return answered_alike(run->inj)
			       ? excepted(r)
			       : wrong(r, "success, but what it printed is '%s'", run->out);
	if (run->read_len == b->read_len && memcmp(run->read, b->read, b->read_len) == 0)
		return true;
	if (read_unseen(run) || answered_alike(run->inj))
		return excepted(r);
	return wrong(r, "success, but what it read is not what flash holds");
}

static bool options_are_new(const struct fault_run *run)
{
	return memcmp(run->options, run->bench->options_after, FAULT_OPTIONS) == 0;
}

static void judge_success(const struct fault_run *run, struct fault_result *r)
{
	const struct injector *inj = run->inj;
	bool parity = true;

	r->outcome = OUTCOME_GOOD;
	for (size_t i = 0; i < inj->faults; i++)
		parity &= inj->fault[i].kind != FAULT_FLIP_UNSEEN;
	if (!flash_is_right(run, r) || !data_are_right(run, r))
		return;
	/* One fault alone is found out by reading what it did. */
	if (!options_are_new(run) && shifted_options(run) && run->inj->faults > 1)
		excepted(r);
	else if (!options_are_new(run))
		wrong(r, "success, but the option bytes are not as they should be");
	else if (run->bench->job->unchecked && !parity && !strstr(run->said, "unchecked"))
		wrong(r, "success, but it does not say that nothing was checked");
	else if (run->kept)
		wrong(r, "success, but the copy of what was kept is there still");
}

/* ---- failure ---- */

/* Outside the image's pages flash is as in @like. */
static bool outside_is(const struct fault_run *run, const uint8_t *like)
{
	const struct fault_bench *b = run->bench;

	for (uint32_t i = b->first; i < b->end; i++)
		if (run->flash[i] != like[i] && !b->touched[i])
			return false;
	return memcmp(run->flash, like, b->first) == 0 &&
	       memcmp(run->flash + b->end, like + b->end, b->size - b->end) == 0;
}

/* It is as it was; or all erased by the removal of read-out protection, and that is told. */
static bool outside_untouched(const struct fault_run *run)
{
	const struct fault_bench *b = run->bench;

	return outside_is(run, b->before) ||
	       (b->job->effect == EFFECT_UNLOCKS && outside_is(run, b->after) &&
		strstr(run->said, "erases all flash"));
}

/* The bytes of the image's pages are as they were, or blank. */
static bool only_erased(const struct fault_run *run)
{
	const struct fault_bench *b = run->bench;

	for (uint32_t i = b->first; i < b->end; i++)
		if (run->flash[i] != b->before[i] && run->flash[i] != b->erased)
			return false;
	return true;
}

/* Old or new, but for the level of read-out protection, which has a step between. */
static bool options_are_whole(const struct fault_run *run)
{
	const struct fault_bench *b = run->bench;
	uint8_t now[FAULT_OPTIONS];

	memcpy(now, run->options, sizeof(now));
	now[0] = b->options_before[0];
	now[4] = b->options_before[4];	/* its complement */
	if (memcmp(now, b->options_before, sizeof(now)) == 0)
		return true;
	now[0] = b->options_after[0];
	now[4] = b->options_after[4];
	return memcmp(now, b->options_after, sizeof(now)) == 0;
}

/* Of the image's pages no byte that is to change still is what it was, but by chance. */
static bool all_erased(const struct fault_run *run)
{
	const struct fault_bench *b = run->bench;
	uint32_t old = 0, all = 0;

	for (uint32_t i = b->first; i < b->end; i++) {
		bool changes = b->touched[i] && b->before[i] != b->after[i];

		all += changes;
		old += changes && run->flash[i] == b->before[i];
	}
	return old <= all / 8;
}

/* The image from @from to @to is in flash, or was erased again since. */
static bool was_written(const struct fault_run *run, uint32_t from, uint32_t to)
{
	const struct fault_bench *b = run->bench;

	for (size_t i = 0; i < b->image.count; i++) {
		const struct segment *s = &b->image.seg[i];

		for (uint32_t n = 0; n < s->len; n++) {
			uint8_t now = run->flash[s->addr + n - b->start];

			if (s->addr + n >= from && s->addr + n <= to && now != s->data[n] &&
			    now != b->erased)
				return false;
		}
	}
	return true;
}

/* The words for the work that was done up to the failure are true. */
static bool work_is_true(const struct fault_run *run, struct fault_result *r)
{
	const char *m = run->e.msg, *written = strstr(m, "; written: 0x");
	unsigned int from, to;

	if (strstr(m, "; erased: ") && !all_erased(run))
		return wrong(r, "'%s', but not all of these were erased", m);
	if (!written || sscanf(written, "; written: %x to %x", &from, &to) != 2)
		return true;
	return was_written(run, from, to) || run->bench->job->lies || run->inj->faults > 1 ||
	       wrong(r, "'%s', but that is not there", m);
}

static bool message_is_true(const struct fault_run *run, struct fault_result *r)
{
	const struct fault_bench *b = run->bench;
	const char *m = run->e.msg;
	static const char outside[] = "outside the image may";
	bool warned = strstr(m, outside) || strstr(run->said, outside);
	bool same = memcmp(run->flash, b->before, b->size) == 0;

	if (strstr(m, "no memory was changed") && !same)
		return wrong(r, "'%s', but memory was changed", m);
	if (strstr(m, "nothing was written") && !only_erased(run))
		return wrong(r, "'%s', but something was", m);
	if (!work_is_true(run, r))
		return false;
	if (!warned && !outside_untouched(run)) {
		if (!hit_own_checksum(run->inj))
			return wrong(r, "'%s', and flash outside the image was changed", m);
		excepted(r);
	}
	if (!options_are_whole(run) && shifted_options(run))
		excepted(r);
	else if (!options_are_whole(run) && !strstr(m, "is not what was sent"))
		return wrong(r, "'%s', and the option bytes are neither old nor new", m);
	if (b->job->effect == EFFECT_KEEPS && !same && !(run->kept && strstr(m, b->saved)))
		return wrong(r, "'%s', and what was to be kept is lost", m);
	return true;
}

/*
 * One stall, in which nothing is lost: it is waited out. But a job that changes nothing does not
 * wait long for a bootloader that it has not heard yet.
 */
static bool patience_suffices(const struct fault_run *run, struct fault_result *r)
{
	const struct fault *f = &run->inj->fault[0];
	bool stall = f->kind == FAULT_STALL || f->kind == FAULT_PAUSE || f->kind == FAULT_DELAYED;

	if (!stall || run->inj->faults > 1 || run->bench->job->lies)
		return true;
	if (r->status == ERR_SILENT && run->bench->job->effect == EFFECT_NONE && f->at == 0)
		return true;
	return wrong(r, "a stall ended it: %s", run->e.msg);
}

/* USB: behind Read Unprotect a chip may stay away until somebody enters its bootloader anew. */
static bool is_gone_while_unlocking(const struct fault_run *run)
{
	return run->bench->usb && run->bench->job->effect == EFFECT_UNLOCKS &&
	       run->e.code == ERR_ABILITY && strstr(run->e.msg, "perhaps unprotected and erased");
}

/* 5 before a bootloader was found, 6 after it; 8 if the flash does not hold the image. */
static bool class_is_right(const struct fault_run *run, struct fault_result *r)
{
	switch (r->status) {
	case ERR_SILENT:
	case ERR_LINK:
		return true;
	case ERR_VERIFY:
		return !holds_image(run) || !options_are_new(run) ||
		       wrong(r, "'%s', but all is as it should be", run->e.msg);
	default:
		if (answered_alike(run->inj) || shifted_options(run))
			return excepted(r);
		if (is_gone_while_unlocking(run))
			return true;
		return wrong(r, "exit %d: %s", r->status, run->e.msg);
	}
}

void fault_judge(const struct fault_run *run, struct fault_result *r)
{
	*r = (struct fault_result){
		.outcome = OUTCOME_FAILED, .status = err_exit_status(&run->e), .took = run->took,
	};
	snprintf(r->message, sizeof(r->message), "%s", run->e.msg);
	if (run->e.code == ERR_NONE)
		judge_success(run, r);
	else if (class_is_right(run, r) && message_is_true(run, r))
		patience_suffices(run, r);
	if (r->outcome != OUTCOME_WRONG)
		judge_claims(run, r);
	if (r->outcome != OUTCOME_WRONG && run->took > run->bench->took + TIME_MAX)
		wrong(r, "it took %.0f s: %s", (double)run->took / 1e9, run->e.msg);
	if (r->outcome != OUTCOME_WRONG && !run->pins_back)
		wrong(r, "the pins were not put back: %s", run->e.msg);
}
