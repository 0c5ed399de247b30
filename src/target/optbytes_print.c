/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "target/optbytes.h"
#include "target/optbytes_print.h"
#include "target/optbytes_rules.h"

#define RAW_TEXT (16 * 3 + 1)

/* 16 bytes of a block in hexadecimal, those before @len. */
static const char *raw_text(const struct optblock *b, uint32_t at, uint32_t len, char *buf,
			    size_t size)
{
	size_t k = 0;

	for (uint32_t i = at; i < len && i < at + 16; i++)
		k += (size_t)snprintf(buf + k, size - k, " %02x", b->raw[i]);
	return buf;
}

/* A flag as it is, a number of more bits in hexadecimal. */
static const char *value_text(const struct opt_field *f, uint32_t v, char *buf, size_t size)
{
	if (f->width == 1)
		snprintf(buf, size, "%u", v);
	else
		snprintf(buf, size, "0x%0*x", (f->width + 3) / 4, v);
	return buf;
}

static void print_field(const struct optbytes *ob, const struct opt_field *f,
			const struct target *t, struct report *r)
{
	uint32_t v = opt_value(ob, f);
	const char *note = "";
	char value[16];

	if (f->guard == OPT_RDP)
		note = v == t->dev->rdp_open ? " (level 0)" : " (protected)";
	report_event(r, EV_OPTION, f->name, value_text(f, v, value, sizeof(value)), note, v);
}

/* Pages that follow each other and are alike. */
struct run {
	int is_protected;	/* as optbytes_page_protected says */
	uint32_t from, end;
};

/* Returns whether there was anything to tell. */
static bool print_run(const struct run *run, struct report *r)
{
	if (run->is_protected == 0 || run->from == run->end)
		return false;
	report_event(r, EV_PAGES_PROTECTED, run->from, run->end - 1,
		     run->is_protected < 0 ? ": cannot be told" : "");
	return true;
}

static void print_protected(const struct optbytes *ob, const struct target *t, struct report *r)
{
	struct run run = { 0 };
	bool any = false;

	if (!t->geometry_known) {
		report_event(r, EV_PROTECTED_UNKNOWN);
		return;
	}
	for (size_t i = 0; i < t->geometry.count; i++) {
		const struct flash_region *g = &t->geometry.region[i];

		for (uint32_t k = 0; k < g->count; k++) {
			uint32_t addr = g->addr + k * g->page_size;
			int is_protected = optbytes_page_protected(ob, t, addr);

			if (is_protected != run.is_protected || addr != run.end) {
				any |= print_run(&run, r);
				run = (struct run){ is_protected, addr, addr };
			}
			run.end = addr + g->page_size;
		}
	}
	any |= print_run(&run, r);
	if (!any)
		report_event(r, EV_NONE_PROTECTED);
}

void optbytes_print(const struct optbytes *ob, const struct target *t, struct report *r)
{
	char line[RAW_TEXT];
	const char *name;
	uint32_t mends;

	for (size_t n = 0; n < ob->blocks; n++)
		for (uint32_t at = 0; at < ob->len; at += 16)
			report_event(r, EV_OPTION_RAW, at ? "" : "option bytes", ob->block[n].addr + at,
				     raw_text(&ob->block[n], at, ob->len, line, sizeof(line)));
	if (ob->damaged)
		report_event(r, EV_COMPLEMENT_WRONG, ob->damaged);
	if (!ob->map) {
		report_event(r, EV_OPTIONS_UNKNOWN);
		return;
	}
	for (const struct opt_field *f = opt_next(ob, NULL); f; f = opt_next(ob, f))
		print_field(ob, f, t, r);
	print_protected(ob, t, r);
	if (optbytes_pin_ignored(ob, &name, &mends))
		report_event(r, EV_PIN_BARRED, name, mends);
}

void optbytes_print_changes(const struct optbytes *was, const struct optbytes *now,
			    struct report *r)
{
	char before[16], after[16], line[RAW_TEXT];
	uint32_t len = optbytes_write_len(now);

	for (const struct opt_field *f = opt_next(now, NULL); f; f = opt_next(now, f)) {
		uint32_t a = opt_value(was, f), b = opt_value(now, f);

		if (a != b)
			report_event(r, EV_OPTION_CHANGES, f->name, value_text(f, a, before, sizeof(before)),
				     value_text(f, b, after, sizeof(after)));
	}
	for (size_t n = 0; n < now->blocks; n++)
		for (uint32_t at = 0; at < len && optbytes_differ(was, now, n); at += 16)
			report_event(r, EV_OPTION_RAW_NEW, now->block[n].addr + at,
				     raw_text(&now->block[n], at, len, line, sizeof(line)));
}
