/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <unistd.h>

#include "base/bytes.h"
#include "steps/preserve.h"
#include "steps/saved_copy.h"

#define NAMES_TRIED 100u

/* Bytes of [addr, addr + len) that @img does not hold, in runs; blank runs are left out. */
static int keep_beside(struct session *s, const struct image *img, uint32_t addr, uint32_t len,
		       uint8_t erased, struct image *beside, struct err *e)
{
	uint64_t end = (uint64_t)addr + len;
	uint32_t start = addr, run;
	uint8_t data[LOADER_BLOCK_MAX];

	if (!image_gap(img, &addr, end, &run))
		return 0;
	if (loader_read(s->loader, start, data, len, LOADER_TWICE, e) < 0)
		return -1;
	do {
		const uint8_t *found = data + (addr - start);

		if (!bytes_are(found, run, erased) &&
		    image_add(beside, addr, found, run, "kept memory", e) < 0)
			return -1;
		addr += run;
	} while (image_gap(img, &addr, end, &run));
	return 0;
}

static int read_beside(struct session *s, const struct plan *p, const struct image *img,
		       struct image *beside, struct err *e)
{
	uint32_t max = s->loader->read_max;
	uint64_t total = 0, done = 0;

	for (size_t i = 0; i < p->page_count; i++)
		total += p->pages[i].size;
	report_begin(s->r, PHASE_KEEPING, total, port_now(s->port));
	for (size_t i = 0; i < p->page_count; i++) {
		for (uint32_t at = 0; at < p->pages[i].size;) {
			uint32_t left = p->pages[i].size - at, n = left < max ? left : max;

			if (stop_check(s->stop, e) < 0 ||
			    keep_beside(s, img, p->pages[i].addr + at, n, p->erased, beside,
					e) < 0) {
				report_end(s->r, REPORT_FAILED, port_now(s->port));
				return -1;
			}
			at += n;
			done += n;
			report_progress(s->r, done, port_now(s->port));
		}
	}
	report_end(s->r, REPORT_SILENT, port_now(s->port));
	return 0;
}

/* Under a name of its own: one that is there may be what an earlier run left. */
static FILE *save_by_name(struct preserved *kept, const struct image *img, const struct session *s,
			  struct err *e)
{
	FILE *f = NULL;

	for (unsigned int i = 0; i < NAMES_TRIED && !f; i++) {
		snprintf(kept->path, sizeof(kept->path), i ? "./bootpin-%d-%u.saved" : "./bootpin-%d.saved",
			 (int)getpid(), i);
		f = saved_copy_make(kept->path, img, s, e);
		if (!f && !(e && e->sys == EEXIST))
			break;
	}
	return f;
}

static int save(struct preserved *kept, const struct image *img, const struct session *s, struct err *e)
{
	if (s->req->preserve_file) {
		snprintf(kept->path, sizeof(kept->path), "%s", s->req->preserve_file);
		kept->file = saved_copy_make(kept->path, img, s, e);
	} else {
		kept->file = save_by_name(kept, img, s, e);
	}
	if (kept->file)
		return 0;
	kept->path[0] = '\0';
	return -1;
}

int preserve(struct session *s, const struct plan *p, struct image *content, struct preserved *kept,
	     struct err *e)
{
	struct image beside = IMAGE_INIT;
	int ret;

	*kept = (struct preserved){ .file = NULL };
	ret = read_beside(s, p, content, &beside, e);
	if (ret == 0 && beside.count) {
		ret = save(kept, &beside, s, e);
		if (ret == 0)
			report_event(s->r, EV_PRESERVED, image_bytes(&beside), kept->path);
	}
	if (ret == 0)
		ret = image_merge(content, &beside, e);
	image_free(&beside);
	return ret;
}

void preserve_done(struct preserved *kept)
{
	if (kept->path[0])
		unlink(kept->path);
	preserve_leave(kept);
}

void preserve_leave(struct preserved *kept)
{
	if (kept->file)
		fclose(kept->file);	/* all of it is on the disk already */
	*kept = (struct preserved){ .file = NULL };
}
