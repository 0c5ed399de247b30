/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "report/text.h"
#include "tests/faults/witness.h"
#include "tests/lib/count.h"

#define VECTORS 8u		/* bytes of them */

/* ---- what the chip knows ---- */

static const struct chip *chip_of(const struct witness *w)
{
	return sim_chip(w->inj->sim);
}

static const struct flash *flash_of(const struct witness *w)
{
	return chip_flash(sim_chip(w->inj->sim));
}

static const struct model *model_of(const struct witness *w)
{
	return chip_config(chip_of(w))->model;
}

static bool is_blank(const struct witness *w, uint32_t offset, uint32_t len)
{
	const struct flash *f = flash_of(w);

	return bytes_are(f->mem + offset, len, f->erased);
}

static bool holds_image(const struct witness *w)
{
	const struct flash *f = flash_of(w);

	for (size_t i = 0; i < w->bench->image.count; i++) {
		const struct segment *s = &w->bench->image.seg[i];

		if (memcmp(f->mem + (s->addr - f->start), s->data, s->len) != 0)
			return false;
	}
	return true;
}

static bool is_page_protected(const struct flash *f)
{
	for (uint32_t n = 0; n < geometry_pages(&f->geo); n++)
		if (f->protected[n])
			return true;
	return false;
}

/* How many bytes of the image's pages are in blank pages. */
static uint64_t blank_of_touched(const struct witness *w)
{
	const struct flash *f = flash_of(w);
	uint64_t bytes = 0;
	struct page p;

	for (uint32_t n = 0; n < geometry_pages(&f->geo); n++)
		if (geometry_page(&f->geo, n, &p) == 0 && w->bench->touched[p.addr - f->start] &&
		    is_blank(w, p.addr - f->start, p.size))
			bytes += p.size;
	return bytes;
}

/* ---- the claims ---- */

typedef bool claim_fn(const struct witness *w, const struct event_value *v);

static bool open_to_readers(const struct witness *w, const struct event_value *v)
{
	(void)v;
	return chip_rdp(chip_of(w)) == 0;
}

static bool locked(const struct witness *w, const struct event_value *v)
{
	(void)v;
	return chip_rdp(chip_of(w)) > 0;
}

static bool unlocked_of_size(const struct witness *w, const struct event_value *v)
{
	return open_to_readers(w, v) && v[0].number * 1024 == flash_of(w)->size;
}

static bool writable(const struct witness *w, const struct event_value *v)
{
	(void)v;
	return !is_page_protected(flash_of(w));
}

static bool all_erased(const struct witness *w, const struct event_value *v)
{
	(void)v;
	return is_blank(w, 0, flash_of(w)->size);
}

/* Only the first and last page were looked at, and the words say so. */
static bool ends_erased(const struct witness *w, const struct event_value *v)
{
	const struct flash *f = flash_of(w);
	struct page first, last;

	(void)v;
	return geometry_page_at(&f->geo, f->start, &first) == 0 &&
	       geometry_page_at(&f->geo, f->start + f->size - 1, &last) == 0 &&
	       is_blank(w, 0, first.size) && is_blank(w, last.addr - f->start, last.size);
}

static bool page_not_blank(const struct witness *w, const struct event_value *v)
{
	const struct flash *f = flash_of(w);
	struct page p;

	return geometry_page_at(&f->geo, (uint32_t)v[1].number, &p) == 0 &&
	       !is_blank(w, p.addr - f->start, p.size);
}

static bool blank_range(const struct witness *w, const struct event_value *v)
{
	return is_blank(w, (uint32_t)v[0].number - flash_of(w)->start,
			(uint32_t)(v[1].number - v[0].number + 1));
}

static bool verified(const struct witness *w, const struct event_value *v)
{
	(void)v;
	return holds_image(w);
}

static bool sum_of_flash(const struct witness *w, const struct event_value *v)
{
	const struct flash *f = flash_of(w);
	size_t len = (size_t)(v[1].number - v[0].number);

	return v[2].number == crc_stm32(CRC_INIT, f->mem + (v[0].number - f->start), len);
}

static bool copy_is_there(const struct witness *w, const struct event_value *v)
{
	(void)w;
	return v[0].number > 0 && access(v[1].text, R_OK) == 0;
}

static bool options_as_wanted(const struct witness *w, const struct event_value *v)
{
	uint8_t now[FAULT_OPTIONS];

	(void)v;
	/* The run without a fault finds out what they are to be. */
	return !w->bench->known ||
	       (chip_peek(chip_of(w), w->bench->job->options, now, sizeof(now)) == 0 &&
		memcmp(now, w->bench->options_after, sizeof(now)) == 0);
}

static bool runs(const struct witness *w, const struct event_value *v)
{
	const struct flash *f = flash_of(w);

	return chip_state(chip_of(w)) == CHIP_RUNNING &&
	       chip_pc(chip_of(w)) == le32(f->mem + (v[0].number - f->start) + 4);
}

/* Pages of the chip for which @holds_so. */
static uint64_t count_pages(const struct witness *w,
			    bool (*holds_so)(const struct witness *w, const struct page *p))
{
	const struct flash *f = flash_of(w);
	uint64_t pages = 0;
	struct page p;

	for (uint32_t n = 0; n < geometry_pages(&f->geo); n++)
		if (geometry_page(&f->geo, n, &p) == 0)
			pages += holds_so(w, &p);
	return pages;
}

static bool page_is_blank(const struct witness *w, const struct page *p)
{
	return is_blank(w, p->addr - flash_of(w)->start, p->size);
}

static bool page_has_image(const struct witness *w, const struct page *p)
{
	const struct flash *f = flash_of(w);
	bool any = false;
	uint8_t byte;

	for (uint32_t addr = p->addr; addr < p->addr + p->size; addr++) {
		if (!image_copy(&w->bench->image, addr, &byte, 1))
			continue;
		any = true;
		if (f->mem[addr - f->start] != byte)
			return false;
	}
	return any;
}

static bool pages_are_blank(const struct witness *w, const struct event_value *v)
{
	return count_pages(w, page_is_blank) >= v[0].number;
}

static bool pages_have_image(const struct witness *w, const struct event_value *v)
{
	return count_pages(w, page_has_image) >= v[0].number;
}

static bool bytes_are_erased(const struct witness *w, const struct event_value *v)
{
	const struct flash *f = flash_of(w);
	uint64_t bytes = 0;
	struct page p;

	for (uint32_t n = 0; n < geometry_pages(&f->geo); n++)
		if (geometry_page(&f->geo, n, &p) == 0 && page_is_blank(w, &p))
			bytes += p.size;
	return bytes >= v[0].number;
}

/* Nothing but that the bootloader said so, of pages that there are. */
static bool erased_pages(const struct witness *w, const struct event_value *v)
{
	return v[0].number <= geometry_pages(&flash_of(w)->geo) && v[1].number <= flash_of(w)->size;
}

static bool wide_enough(const struct witness *w, const struct event_value *v)
{
	return flash_of(w)->fast == (v[0].number >= 4);
}

static bool in_loader(const struct witness *w, const struct event_value *v)
{
	(void)v;
	return chip_state(chip_of(w)) == CHIP_ROM;
}

/* The chip has measured that rate, and both ends hear each other (AN2606: 2.5 %). */
static bool line_has_rate(const struct witness *w, const struct event_value *v)
{
	int64_t off = (int64_t)sim_line_baud(w->inj->sim) - (int64_t)v[0].number;

	return in_loader(w, v) && 1000 * llabs(off) <= 25 * (int64_t)v[0].number;
}

static bool was_reset(const struct witness *w, const struct event_value *v)
{
	(void)v;
	return chip_resets(chip_of(w)) > 0;
}

/* Over I2C it is another version, which the clean run's output tells. */
static bool right_version(const struct witness *w, uint64_t version)
{
	return w->bench->i2c || w->bench->usb || version == chip_config(chip_of(w))->rom.protocol;
}

static bool right_chip(const struct witness *w, const struct event_value *v)
{
	return (!w->bench->chip[0] || strcmp(v[1].text, w->bench->chip) == 0) &&
	       right_version(w, v[2].number);
}

static bool right_chip_of_size(const struct witness *w, const struct event_value *v)
{
	return right_chip(w, v) && v[3].number * 1024 == flash_of(w)->size;
}

static bool right_product(const struct witness *w, const struct event_value *v)
{
	return v[0].number == model_of(w)->pid;
}

static bool right_size(const struct witness *w, const struct event_value *v)
{
	return v[0].number * 1024 == flash_of(w)->size && v[1].number == flash_of(w)->start;
}

static bool right_uid(const struct witness *w, const struct event_value *v)
{
	const uint8_t *uid = chip_config(chip_of(w))->uid;
	char text[25];

	for (size_t i = 0; i < 12; i++)
		snprintf(text + 2 * i, 3, "%02x", uid[i]);
	return strcmp(v[0].text, text) == 0;
}

static bool right_vectors(const struct witness *w, const struct event_value *v)
{
	const uint8_t *mem = flash_of(w)->mem;

	return v[0].number == le32(mem) && v[1].number == le32(mem + 4);
}

static bool blank_vectors(const struct witness *w, const struct event_value *v)
{
	(void)v;
	return is_blank(w, 0, VECTORS);
}

static bool right_loader(const struct witness *w, const struct event_value *v)
{
	return right_version(w, v[0].number) &&
	       v[1].number == chip_config(chip_of(w))->rom.bl_id;
}

static bool reset_and_blank(const struct witness *w, const struct event_value *v)
{
	return was_reset(w, v) && blank_vectors(w, v);
}

/* Who the chip is, for programs; what a protected chip hides is empty, and DFU has no product ID. */
static bool right_identity(const struct witness *w, const struct event_value *v)
{
	bool right_pid = w->bench->usb ? !v[1].number : v[1].number == model_of(w)->pid;

	return right_pid && right_version(w, v[2].number) &&
	       (!v[3].number || v[3].number * 1024 == flash_of(w)->size) &&
	       (!v[4].text[0] || right_uid(w, v + 4)) && (v[6].number ? locked(w, v) : open_to_readers(w, v));
}

/* The end of a job: the unique ID behind the chip, where it was read. */
static bool right_end(const struct witness *w, const struct event_value *v)
{
	return !v[1].text[0] || right_uid(w, v + 1);
}

/* Standard output is compared, line by line, with what a run without faults printed. */
static bool compared_later(const struct witness *w, const struct event_value *v)
{
	(void)w;
	(void)v;
	return true;
}

static const struct { enum event event; claim_fn *holds; } claims[] = {
	{ EV_ANSWERS_ALREADY, in_loader },
	{ EV_LOADER_ANSWERS, in_loader },
	{ EV_RATE_PROVEN, line_has_rate },
	{ EV_PROBE_FOUND, in_loader },
	{ EV_IDENTITY, right_identity },
	{ EV_CHIP_FOUND, right_chip_of_size },
	{ EV_CHIP_FOUND_UNSIZED, right_chip },
	{ EV_PARTS, compared_later },
	{ EV_PRODUCT_ID, right_product },
	{ EV_LOADER_ID, right_loader },
	{ EV_LOADER, compared_later },
	{ EV_COMMANDS, compared_later },
	{ EV_FLASH, right_size },
	{ EV_FLASH_AT_MOST, compared_later },
	{ EV_PAGES, compared_later },
	{ EV_RAM, compared_later },
	{ EV_UNIQUE_ID, right_uid },
	{ EV_READ_PROTECTED, locked },
	{ EV_NOT_READ_PROTECTED, open_to_readers },
	{ EV_WRITE_PROTECTED, compared_later },
	{ EV_NOT_WRITE_PROTECTED, writable },
	{ EV_PAGES_PROTECTED, compared_later },
	{ EV_NONE_PROTECTED, writable },
	{ EV_STACK, compared_later },
	{ EV_VECTORS, right_vectors },
	{ EV_VECTORS_BLANK, blank_vectors },
	{ EV_OPTION, compared_later },
	{ EV_OPTION_RAW, compared_later },
	{ EV_PIN_BARRED, compared_later },
	{ EV_NOTHING_TO_UNLOCK, open_to_readers },
	{ EV_UNLOCKED, open_to_readers },
	{ EV_UNLOCKED_SIZE, unlocked_of_size },
	{ EV_MADE_WRITABLE, writable },
	{ EV_LOCKED, locked },
	{ EV_LOCKED_ALREADY, locked },
	{ EV_FLASH_ERASED, ends_erased },
	{ EV_ALL_ERASED, all_erased },
	{ EV_ERASE_AGAIN, page_not_blank },
	{ EV_BLANK, blank_range },
	{ EV_PRESERVED, copy_is_there },
	{ EV_ERASE_ACKNOWLEDGED, erased_pages },
	{ EV_ERASED, bytes_are_erased },
	{ EV_BLANK_PAGES, pages_are_blank },
	{ EV_UNCHANGED, pages_have_image },
	{ EV_THERE_ALREADY, verified },
	{ EV_WRITTEN_VERIFIED, verified },
	{ EV_EQUAL, verified },
	{ EV_SUPPLY_SET, wide_enough },
	{ EV_UNLOCK_UNTOLD, open_to_readers },
	{ EV_CHIP, compared_later },
	{ EV_MAY_BE, compared_later },
	{ EV_JOB_DONE, right_end },
	{ EV_JOB_FAILED, right_end },
	{ EV_RESET_BLANK, reset_and_blank },
	{ EV_OPTION_BYTES_SAME, options_as_wanted },
	{ EV_OPTION_BYTES_WRITTEN, options_as_wanted },
	{ EV_OPTION_BYTES_VERIFIED, options_as_wanted },
	{ EV_CRC, sum_of_flash },
	{ EV_STARTED, runs },
	{ EV_RESET, was_reset },
	{ EV_RESET_BY_LAUNCH, was_reset },
	{ EV_EMPTY_FLAG_CLEARED, was_reset },
	{ EV_NOT_STARTED, in_loader },
	{ EV_LEFT_IN_LOADER, in_loader },
	{ EV_WAITS_IN_LOADER, in_loader },
	{ EV_STAYS_RESET, in_loader },
};

/* Of files, plans and intentions, of what may be, and of answers that were heard. */
static const enum event no_claims[] = {
	EV_JOB, EV_IMAGE_FILE, EV_IMAGE_SEGMENT, EV_IMAGE_START_SEGMENTED, EV_IMAGE_START,
	EV_IMAGE_SUFFIX, EV_IMAGE_FOREIGN, EV_IMAGE_UNPACKED, EV_PATCHED, EV_PLAN_PATCH, EV_READ_AS, EV_IMAGE_TAIL,
	EV_IMAGE_MOVED, EV_WIRING_FOUND, EV_WIRING_ALIKE, EV_WIRING_TRIED, EV_ENTRY_FAILED,
	EV_RATE_LOWERED, EV_RATE_FAILED, EV_RATE_STAYS, EV_RATE_BACK, EV_WAITING_FOR_LOADER,
	EV_LOADER_RESET, EV_PROBING, EV_WAITING_FOR_PORT, EV_PORT_APPEARED, EV_PORT_OPENED,
	EV_PORT_FAR, EV_LINES_DROP,
	EV_PINS_RUN, EV_PLAN_SEGMENT,
	EV_PLAN_FILE_AT_PAGE, EV_PLAN_FILE_AT_START, EV_PLAN_ASSUMES, EV_PLAN_MASS_ERASE,
	EV_PLAN_ERASE_PAGE, EV_PLAN_LOST, EV_PLAN_ONLY_CHANGED,
	EV_MAP_LINE, EV_MAP_STRIPE, EV_MAP_WRITTEN, EV_PLAN_WRITE, EV_PLAN_BLANK, EV_PLAN_UNLOCK,
	EV_PLAN_OPTION_BYTES, EV_PLAN_SET_OPTION, EV_PLAN_LOCK, EV_PLAN_ACTION,
	EV_PLAN_PAGES_UNKNOWN, EV_MASS_ERASE, EV_MASS_ERASE_REFUSED, EV_OPTION_BYTES_LEFT_OUT,
	EV_OPTION_BYTES_UNKNOWN, EV_EEPROM_TOO, EV_ERASE_NOT_SEEN, EV_DETAIL, EV_READING,
	EV_READ_UNCHECKED, EV_SUM_BY_CHIP, EV_SUM_REFUSED, EV_SUMS_REFUSED, EV_STRAY_ACK,
	EV_LATE_ACK, EV_BROUGHT_BACK, EV_FAILED_LATER, EV_RECOVERIES, EV_NEXT_RESET_STAYS,
	EV_MAY_STAY, EV_PIN_IGNORED, EV_STAYS_ONCE_LOCKED, EV_SUM_DISAGREES, EV_PAGES_AGAIN,
	EV_WILL_MASS_ERASE, EV_WILL_ERASE_NOTHING, EV_WILL_ERASE, EV_PROTECTED_UNKNOWN,
	EV_COMPLEMENT_WRONG, EV_OPTIONS_UNKNOWN, EV_OPTION_CHANGES, EV_OPTION_RAW_NEW,
	EV_PAGES_UNKNOWN, EV_NO_PRODUCT_ID, EV_INCONSISTENT, EV_PROTECTION_CHANGES,
	EV_PROTECTION_ERASES, EV_PROTECTION_CHANGED, EV_IMAGE_NOT_MOVED, EV_IMAGE_SKIPPED,
	EV_PLAN_ENTRY, EV_PLAN_VERIFY, EV_PLAN_EXIT, EV_PLAN_START, EV_MASS_ERASE_UNSEEN, EV_READ,
	EV_SAVED_COPY, EV_SAVED_COPY_BROKEN, EV_SUMMED, EV_GO_ACKNOWLEDGED, EV_START_UNSEEN, EV_NO_VECTORS, EV_SUPPLY_REFUSED, EV_SUPPLY_IDLE,
	EV_SUMS_ODD, EV_SIZE_DIFFERS, EV_IDENTIFIED, EV_OPTION_BYTES_READ, EV_TRAFFIC,
	EV_EXIT_LEFT, EV_ENTERED_ALL, EV_EXITED_ALL, EV_BOARD, EV_BOARDS_DONE,
	EV_BOARD_AWAITED, EV_BOARD_TROUBLE, EV_BOARD_CAME, EV_BOARD_RESULT,
	EV_LIST_PORT, EV_LIST_GPIO, EV_LIST_GPIO_LINE, EV_NO_PORTS, EV_WRITTEN, EV_LINE,
	EV_LIST_CHIP, EV_LIST_FORMAT, EV_LIST_WIRING, EV_LIST_OPTION, EV_LIST_SIMULATED,
};

static claim_fn *check_of(enum event ev)
{
	for (size_t i = 0; i < COUNT(claims); i++)
		if (claims[i].event == ev)
			return claims[i].holds;
	return NULL;
}

bool witness_knows(enum event ev)
{
	for (size_t i = 0; i < COUNT(no_claims); i++)
		if (no_claims[i] == ev)
			return true;
	return check_of(ev) != NULL;
}

/* ---- hearing ---- */

static struct witness *witness_of(struct report *r)
{
	return (struct witness *)r;
}

/* The chip was reset or lost its power behind the last answer: nobody can know that yet. */
static bool is_upset_since(const struct injector *inj)
{
	for (size_t i = 0; i < inj->faults; i++) {
		const struct fault *f = &inj->fault[i];

		if (f->happened && (f->kind == FAULT_RESET || f->kind == FAULT_POWER) &&
		    f->frame + 1 >= inj->frames)
			return true;
	}
	return false;
}

static void note_wrong(struct witness *w, const char *what)
{
	if (!w->wrong[0] && !is_upset_since(w->inj))
		snprintf(w->wrong, sizeof(w->wrong), "'%s', which is not so", what);
}

static void hear_event(struct report *r, const struct event_row *row,
		       const struct event_value *values)
{
	struct witness *w = witness_of(r);
	claim_fn *holds = check_of((enum event)(row - event_table));

	if (holds == right_chip || holds == right_chip_of_size)
		snprintf(w->chip, sizeof(w->chip), "%s", values[1].text);
	if (holds && !holds(w, values))
		note_wrong(w, row->name);
	report_text.event(r, row, values);
}

/* Judged when it was heard as an event. */
static void hear_note(struct report *r, const struct event_row *row,
		      const struct event_value *values)
{
	report_text.note(r, row, values);
}

static void hear_begin(struct report *r, nsec_t now)
{
	report_text.begin(r, now);
}

static void hear_progress(struct report *r, nsec_t now)
{
	report_text.progress(r, now);
}

static void hear_waiting(struct report *r, nsec_t now)
{
	report_text.waiting(r, now);
}

/* "wrote" says no more than that it was acknowledged; what was read is compared at the end. */
static bool phase_holds(const struct witness *w)
{
	switch (w->r.phase) {
	case PHASE_ERASING:
		return blank_of_touched(w) >= w->r.total;
	case PHASE_VERIFYING:
	case PHASE_COMPARING:
		return holds_image(w);
	default:
		return true;
	}
}

static void hear_end(struct report *r, bool done, nsec_t now)
{
	struct witness *w = witness_of(r);

	if (done && phase_table[r->phase].done && !phase_holds(w))
		note_wrong(w, phase_table[r->phase].done);
	report_text.end(r, done, now);
}

static void hear_error(struct report *r, const char *prog, const struct err *e)
{
	report_text.error(r, prog, e);
}

const struct report_ops witness_ops = {
	.event = hear_event, .note = hear_note, .begin = hear_begin, .progress = hear_progress,
	.waiting = hear_waiting, .end = hear_end, .error = hear_error,
};

void witness_init(struct witness *w, const struct fault_bench *b, const struct injector *inj)
{
	w->bench = b;
	w->inj = inj;
	w->wrong[0] = '\0';
}
