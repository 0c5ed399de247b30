/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "steps/preserve.h"

#define RECORD_LEN 16

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

static void put_record(FILE *f, unsigned int type, uint16_t offset, const uint8_t *data,
		       uint32_t len)
{
	uint8_t sum = (uint8_t)(len + type + (offset >> 8) + (offset & 0xFF));

	fprintf(f, ":%02X%04X%02X", len, offset, type);
	for (uint32_t i = 0; i < len; i++) {
		fprintf(f, "%02X", data[i]);
		sum = (uint8_t)(sum + data[i]);
	}
	fprintf(f, "%02X\n", (uint8_t)-sum);
}

static void put_hex(FILE *f, const struct image *img)
{
	uint32_t upper = 0;

	for (size_t i = 0; i < img->count; i++) {
		const struct segment *g = &img->seg[i];

		for (uint32_t at = 0; at < g->len;) {
			uint32_t addr = g->addr + at, n = RECORD_LEN - addr % RECORD_LEN;

			if (addr >> 16 != upper) {
				uint8_t high[2] = { (uint8_t)(addr >> 24), (uint8_t)(addr >> 16) };

				put_record(f, 4, 0, high, 2);
				upper = addr >> 16;
			}
			if (n > g->len - at)
				n = g->len - at;
			put_record(f, 0, (uint16_t)addr, g->data + at, n);
			at += n;
		}
	}
	put_record(f, 1, 0, NULL, 0);
}

static int save(const struct image *img, const char *path, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), sys = 0;
	FILE *f;

	if (fd < 0 && errno == EEXIST)
		return err_set(e, ERR_OTHER, "'%s' exists: it may hold what an earlier run kept",
			       path);
	if (fd < 0)
		return err_sys(e, ERR_OTHER, errno, "cannot write '%s'", path);
	f = fdopen(fd, "w");
	if (f)
		put_hex(f, img);
	if (!f || fflush(f) || fsync(fd))
		sys = errno;
	else if (ferror(f))		/* of an earlier write */
		sys = EIO;
	if ((f ? fclose(f) : close(fd)) && !sys)
		sys = errno;
	if (!sys)
		return 0;
	unlink(path);
	return err_sys(e, ERR_OTHER, sys, "cannot write '%s'", path);
}

int preserve(struct session *s, const struct plan *p, struct image *content, struct preserved *kept,
	     struct err *e)
{
	struct image beside = IMAGE_INIT;
	int ret;

	kept->path[0] = '\0';
	ret = read_beside(s, p, content, &beside, e);
	if (ret == 0 && beside.count) {
		if (s->req->preserve_file)
			snprintf(kept->path, sizeof(kept->path), "%s", s->req->preserve_file);
		else
			snprintf(kept->path, sizeof(kept->path), "./bootpin-%d.saved",
				 (int)getpid());
		ret = save(&beside, kept->path, e);
		if (ret < 0)
			kept->path[0] = '\0';
		else
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
	kept->path[0] = '\0';
}
