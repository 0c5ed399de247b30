/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: option bytes. The input says which chip, what --i-know-this-is-forever and
 * --i-know-the-pin-is-lost say, and then lines: what the blocks hold, what an image has for them,
 * and assignments. Corpus: tests/corpus/optbytes.
 */
#include "report/text.h"
#include "base/num.h"
#include "target/optbytes.h"
#include "target/optbytes_change.h"
#include "target/optbytes_print.h"
#include "target/optbytes_rules.h"
#include "tests/fuzz/fuzz.h"

#define FOREVER 1u
#define PIN_LOST 2u

/* Fills the blocks, each bit pattern as long as it lasts. */
static void fill(struct optbytes *ob, const char *text)
{
	size_t len = strlen(text);

	for (size_t n = 0; n < ob->blocks; n++)
		for (uint32_t i = 0; i < ob->len && len; i++)
			ob->block[n].raw[i] = (uint8_t)text[i % len];
	ob->read = true;
}

static uint8_t rdp(const struct optbytes *ob, const struct device *d)
{
	return d->rdp_open ? ob->block[0].raw[d->rdp_offset] : 0;
}

static void judge(int ret, const struct err *e)
{
	require(ret == 0 || e->code == ERR_USAGE || e->code == ERR_ABILITY ||
		e->code == ERR_IMAGE);
	require(ret == 0 || e->msg[0]);
}

static void merge(struct optbytes *now, const struct target *t, const struct option_consent *o,
		  const char *text)
{
	struct image img = IMAGE_INIT;
	struct err e = ERR_INIT;

	if (*text && !image_add(&img, now->block[0].addr, (const uint8_t *)text,
				(uint32_t)strlen(text), "fuzz", &e))
		judge(optbytes_merge(now, &img, t, o, &e), &e);
	image_free(&img);
}

/* Read-out protection is never changed by an assignment; what is taken is what is read again. */
static void assign(struct optbytes *now, const struct target *t, const struct option_consent *o,
		   const char *text)
{
	const char *equals = strchr(text, '=');
	uint8_t before = rdp(now, t->dev);
	struct err e = ERR_INIT;
	char name[64];
	uint32_t value, wanted;
	int ret = optbytes_set(now, text, o, &e);

	judge(ret, &e);
	require(rdp(now, t->dev) == before);
	if (ret < 0)
		return;
	require(equals && (size_t)(equals - text) < sizeof(name));
	snprintf(name, sizeof(name), "%.*s", (int)(equals - text), text);
	require(num_u32(equals + 1, &wanted) == 0);
	require(optbytes_get(now, name, &value) && value == wanted);
}

static void look(const struct optbytes *was, const struct optbytes *now, const struct target *t,
		 const struct option_consent *o)
{
	FILE *nowhere = fopen("/dev/null", "w");
	struct err e = ERR_INIT;
	struct report r;
	const char *bar = NULL;
	uint32_t mends;

	require(nowhere);
	report_init(&r, &report_text, nowhere, nowhere, 0, false);
	optbytes_print(now, t, &r);
	optbytes_print_changes(was, now, &r);
	judge(optbytes_allowed(was, now, o, &e), &e);
	require(!optbytes_pin_ignored(now, &bar, &mends) || bar);
	require(optbytes_page_protected(now, t, t->dev->flash_start) <= 1);
	for (size_t n = 0; n < now->blocks; n++)
		require(!optbytes_mismatch(was, now, n) || optbytes_differ(was, now, n));
	fclose(nowhere);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	const struct device *d = &device_table[input_byte(&in) % device_count];
	uint8_t flags = input_byte(&in);
	struct target t = { .pid = d->pid, .dev = d, .flash_kb = d->flash_kb, .size_known = true };
	struct option_consent o = { .forever = flags & FOREVER, .pin_lost = flags & PIN_LOST };
	struct optbytes was, now;
	struct err e = ERR_INIT;
	char *line;

	if (d->layout && geometry_parse(d->layout, d->flash_start, 0, &t.geometry, &e) == 0)
		t.geometry_known = true;
	if (optbytes_init(&was, &t, &e) < 0)
		return 0;
	line = input_text(&in, '\n');
	fill(&was, line);
	free(line);
	now = was;
	line = input_text(&in, '\n');
	merge(&now, &t, &o, line);
	free(line);
	while (in.left) {
		line = input_text(&in, '\n');
		assign(&now, &t, &o, line);
		free(line);
	}
	look(&was, &now, &t, &o);
	return 0;
}
