/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chip/device.h"
#include "job/judge.h"
#include "parsers/dfu_suffix.h"
#include "parsers/textual.h"

#define VECTORS 8u			/* bytes: stack pointer and reset vector */

/* Is @addr where the flash of some chip starts? Nothing else is at such an address. */
static bool starts_flash(const struct request *req, uint32_t addr)
{
	struct device *said = req->chip ? device_describe(req->chip, NULL, NULL) : NULL;
	bool starts = said && said->flash_start == addr;

	device_free(said);
	for (size_t i = 0; i < device_count && !starts; i++)
		starts = device_table[i].flash_start == addr;
	return starts;
}

static bool goes_to_start(const struct request *req, const struct file *f)
{
	if (f->given)
		return starts_flash(req, f->addr);
	if (req->range_given)
		return starts_flash(req, req->range_addr);
	return !req->start_page_given || req->start_page == 0;
}

static int refuse_text(const struct file *f, const struct textual *t, struct err *e)
{
	return err_set(e, ERR_IMAGE,
		       "%s: looks like %s, which is no firmware%s%s; -f takes it as it is", f->name,
		       t->what, t->advice ? "; " : "", t->advice ? t->advice : "");
}

const struct parser *judge_format(const struct request *req, const struct file *f,
				  const struct parser *const *formats, struct err *e)
{
	const struct parser *content, *picked;
	struct textual t;

	if (req->binary)
		return &parser_raw;
	content = parser_by_content(formats, f->data, f->len);
	if (content && content->container && !goes_to_start(req, f))
		return &parser_raw;
	picked = parser_pick(formats, f->data, f->len, f->name, f->unpacked, e);
	/* The name promises what the content is not: a pointer of Git LFS is called fw.hex, too. */
	if (content == &parser_raw && picked != content &&
	    textual_look(f->data, f->len, &t) && !t.is_plain) {
		*e = ERR_INIT;
		refuse_text(f, &t, e);
		return NULL;
	}
	return picked;
}

static int drop_suffix(struct file *f, size_t *suffix, struct err *e)
{
	size_t body = f->len;

	*suffix = 0;
	if (dfu_suffix_find(f->data, f->len, &body) == DFU_SUFFIX_BAD)
		return err_set(e, ERR_IMAGE,
			       "%s: is damaged: it ends with a DFU suffix whose CRC-32 does not "
			       "fit; -f takes all of it as data",
			       f->name);
	*suffix = f->len - body;
	f->len = body;
	return 0;
}

/* A comparison with a few bytes is as good as any. */
static bool is_too_short(const struct request *req, const struct file *f)
{
	return f->len < VECTORS && req->action == ACT_WRITE;
}

int judge_raw(const struct request *req, struct file *f, size_t *suffix, struct err *e)
{
	struct textual t;

	*suffix = 0;
	if (req->binary)
		return 0;
	if (drop_suffix(f, suffix, e) < 0)
		return -1;
	if (!f->len || !goes_to_start(req, f))
		return 0;
	if (textual_look(f->data, f->len, &t))
		return refuse_text(f, &t, e);
	if (is_too_short(req, f))
		return err_set(e, ERR_IMAGE,
			       "%s: is shorter (%zu) than the 8 bytes that a chip starts from; "
			       "-f takes it as it is",
			       f->name, f->len);
	return 0;
}
