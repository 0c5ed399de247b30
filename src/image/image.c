/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "image/image.h"

#define MEMORY_END (UINT64_C(1) << 32)

static uint64_t end_of(const struct segment *s)
{
	return (uint64_t)s->addr + s->len;
}

/* Index of the first segment that ends at or above @pos, or the number of segments. */
static size_t lower(const struct image *img, uint64_t pos)
{
	size_t lo = 0, hi = img->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (end_of(&img->seg[mid]) < pos)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/*
 * Bytes to allocate for @len: the next power of two. A segment that grows record by record is then
 * moved only when its length passes one, and no capacity has to be kept.
 */
static size_t capacity(size_t len)
{
	size_t cap = 64;

	while (cap < len && cap <= SIZE_MAX / 2)
		cap *= 2;
	return cap < len ? len : cap;
}

static int no_memory(struct err *e, uint64_t len)
{
	return err_set(e, ERR_OTHER, "no memory for %llu bytes of image", (unsigned long long)len);
}

/* Makes room for one more entry. Returns the array, or NULL with @items as it was. */
static void *reserve(void *items, size_t size, size_t count, size_t *room)
{
	size_t want = *room ? 2 * *room : 4;
	void *grown;

	if (count < *room)
		return items;
	grown = reallocarray(items, want, size);
	if (grown)
		*room = want;
	return grown;
}

/* Inserts a new segment before index @at. */
static int insert(struct image *img, size_t at, uint32_t addr, const uint8_t *data, uint32_t len,
		  const char *origin, struct err *e)
{
	struct segment *seg = reserve(img->seg, sizeof(*seg), img->count, &img->room);
	uint8_t *copy;

	if (!seg)
		return no_memory(e, len);
	img->seg = seg;
	copy = malloc(capacity(len));
	if (!copy)
		return no_memory(e, len);
	memcpy(copy, data, len);
	memmove(&seg[at + 1], &seg[at], (img->count - at) * sizeof(*seg));
	seg[at] = (struct segment){ .addr = addr, .len = len, .data = copy, .origin = origin };
	img->count++;
	return 0;
}

/* Joins segments @first to @last and the new bytes, which touch or overlap each of them. */
static int join(struct image *img, size_t first, size_t last, uint32_t addr, const uint8_t *data,
		uint32_t len, struct err *e)
{
	struct segment *s = &img->seg[first];
	uint32_t start = addr < s->addr ? addr : s->addr;
	uint64_t end = addr + (uint64_t)len, old_end = end_of(&img->seg[last]);
	uint64_t total = (end > old_end ? end : old_end) - start;

	if (total > UINT32_MAX)
		return err_set(e, ERR_IMAGE, "image fills the whole address space");
	if (capacity((size_t)total) != capacity(s->len)) {
		uint8_t *grown = realloc(s->data, capacity((size_t)total));

		if (!grown)
			return no_memory(e, total);
		s->data = grown;
	}
	memmove(s->data + (s->addr - start), s->data, s->len);
	for (size_t i = first + 1; i <= last; i++) {
		memcpy(s->data + (img->seg[i].addr - start), img->seg[i].data, img->seg[i].len);
		free(img->seg[i].data);
	}
	memcpy(s->data + (addr - start), data, len);
	s->addr = start;
	s->len = (uint32_t)total;
	memmove(s + 1, &img->seg[last + 1], (img->count - last - 1) * sizeof(*s));
	img->count -= last - first;
	return 0;
}

/* Refuses bytes that differ from what @s holds at the same addresses. */
static int check_equal(const struct segment *s, uint32_t addr, const uint8_t *data, uint32_t len,
		       struct err *e)
{
	uint64_t from = addr > s->addr ? addr : s->addr, to = addr + (uint64_t)len;

	if (to > end_of(s))
		to = end_of(s);
	for (uint64_t a = from; a < to; a++) {
		if (s->data[a - s->addr] != data[a - addr]) {
			err_set(e, ERR_IMAGE, "0x%08x is given twice, as 0x%02x and as 0x%02x",
				(unsigned int)a, s->data[a - s->addr], data[a - addr]);
			return err_at(e, (uint32_t)a);
		}
	}
	return 0;
}

int image_add(struct image *img, uint32_t addr, const uint8_t *data, uint32_t len,
	      const char *origin, struct err *e)
{
	uint64_t end = addr + (uint64_t)len;
	size_t first, past;

	if (!len)
		return 0;
	if (end > MEMORY_END) {
		err_set(e, ERR_IMAGE, "%u bytes at 0x%08x run past the end of the address space",
			(unsigned int)len, (unsigned int)addr);
		return err_at(e, addr);
	}
	first = lower(img, addr);
	for (past = first; past < img->count && img->seg[past].addr <= end; past++) {
		if (check_equal(&img->seg[past], addr, data, len, e) < 0)
			return -1;
	}
	if (past == first)
		return insert(img, first, addr, data, len, origin, e);
	return join(img, first, past - 1, addr, data, len, e);
}

/* Changes the bytes of @s that @data has too. */
static void overwrite(struct segment *s, uint32_t addr, const uint8_t *data, uint32_t len)
{
	uint64_t from = addr > s->addr ? addr : s->addr, to = addr + (uint64_t)len;

	if (to > end_of(s))
		to = end_of(s);
	if (from < to)
		memcpy(s->data + (from - s->addr), data + (from - addr), (size_t)(to - from));
}

int image_put(struct image *img, uint32_t addr, const uint8_t *data, uint32_t len,
	      const char *origin, struct err *e)
{
	for (size_t i = lower(img, addr); i < img->count && img->seg[i].addr < addr + (uint64_t)len;
	     i++)
		overwrite(&img->seg[i], addr, data, len);
	return image_add(img, addr, data, len, origin, e);
}

/* Notes in @img which file gave the bytes of [@addr, @addr + @len). */
static int note(struct image *img, uint32_t addr, uint32_t len, const char *origin, struct err *e)
{
	struct image_part *part = reserve(img->part, sizeof(*part), img->parts, &img->part_room);

	if (!part)
		return no_memory(e, len);
	img->part = part;
	part[img->parts++] = (struct image_part){ .addr = addr, .len = len, .origin = origin };
	return 0;
}

static int note_all(struct image *img, const struct image *src, struct err *e)
{
	for (size_t i = 0; i < src->parts; i++) {
		if (note(img, src->part[i].addr, src->part[i].len, src->part[i].origin, e) < 0)
			return -1;
	}
	for (size_t i = 0; !src->parts && i < src->count; i++) {
		if (note(img, src->seg[i].addr, src->seg[i].len, src->seg[i].origin, e) < 0)
			return -1;
	}
	return 0;
}

const char *image_origin(const struct image *img, uint32_t addr)
{
	const struct segment *s = image_find(img, addr);

	for (size_t i = 0; i < img->parts; i++) {
		if (addr >= img->part[i].addr && addr - img->part[i].addr < img->part[i].len)
			return img->part[i].origin;
	}
	return s && s->addr <= addr ? s->origin : NULL;
}

static int refuse_overlap(const struct image *dst, const struct image *src, uint32_t addr,
			  struct err *e)
{
	const char *one = image_origin(dst, addr), *two = image_origin(src, addr);

	err_set(e, ERR_IMAGE, "'%s' and '%s' overlap at 0x%08x", one ? one : "?", two ? two : "?",
		(unsigned int)addr);
	return err_at(e, addr);
}

/* Adds both images' segments to @out, lowest first, so that each is appended at the end. */
static int weave(struct image *out, const struct image *dst, const struct image *src, struct err *e)
{
	size_t d = 0, s = 0;
	uint64_t end = 0;

	while (d < dst->count || s < src->count) {
		const struct segment *seg;

		if (s == src->count || (d < dst->count && dst->seg[d].addr < src->seg[s].addr))
			seg = &dst->seg[d++];
		else
			seg = &src->seg[s++];
		if (seg->addr < end)
			return refuse_overlap(dst, src, seg->addr, e);
		if (image_add(out, seg->addr, seg->data, seg->len, seg->origin, e) < 0)
			return -1;
		end = end_of(seg);
	}
	return 0;
}

int image_merge(struct image *dst, const struct image *src, struct err *e)
{
	const struct image *starts = src->has_start ? src : dst;
	struct image out = {
		.has_start = starts->has_start,
		.start = starts->start,
		.start_segmented = starts->start_segmented,
	};

	if (weave(&out, dst, src, e) < 0 || note_all(&out, dst, e) < 0 ||
	    note_all(&out, src, e) < 0) {
		image_free(&out);
		return -1;
	}
	image_free(dst);
	*dst = out;
	return 0;
}

/* The first segment that would leave the address space, or NULL. */
static const struct segment *find_lost(const struct image *img, int64_t by)
{
	for (size_t i = 0; i < img->count; i++) {
		int64_t end = (int64_t)end_of(&img->seg[i]) + by;

		if (img->seg[i].addr + by < 0 || end > (int64_t)MEMORY_END)
			return &img->seg[i];
	}
	return NULL;
}

int image_move(struct image *img, int64_t by, struct err *e)
{
	const struct segment *lost = find_lost(img, by);
	unsigned long long size = (unsigned long long)(by < 0 ? -by : by);

	if (lost) {
		err_set(e, ERR_IMAGE,
			"0x%08x to 0x%08x, moved by %s0x%08llx, leaves the address space",
			lost->addr, (uint32_t)(end_of(lost) - 1), by < 0 ? "-" : "", size);
		return err_at(e, lost->addr);
	}
	for (size_t i = 0; i < img->count; i++)
		img->seg[i].addr += (uint32_t)by;
	for (size_t i = 0; i < img->parts; i++)
		img->part[i].addr += (uint32_t)by;
	if (img->has_start && !img->start_segmented && img->start + by >= 0 &&
	    img->start + by <= UINT32_MAX)
		img->start += (uint32_t)by;
	return 0;
}

/* Cuts [*@addr, +*@len) down to [@start, @end); returns how many bytes that leaves out in front. */
static uint32_t cut(uint32_t *addr, uint32_t *len, uint32_t start, uint64_t end)
{
	uint64_t from = *addr > start ? *addr : start, to = *addr + (uint64_t)*len;
	uint32_t front;

	if (to > end)
		to = end;
	front = (uint32_t)(from - *addr);
	*len = to > from ? (uint32_t)(to - from) : 0;
	*addr = (uint32_t)from;
	return front;
}

uint64_t image_keep(struct image *img, uint32_t start, uint64_t end)
{
	uint64_t before = image_bytes(img);
	size_t kept = 0;

	for (size_t i = 0; i < img->count; i++) {
		struct segment s = img->seg[i];
		uint32_t front = cut(&s.addr, &s.len, start, end);

		if (s.len) {
			memmove(s.data, s.data + front, s.len);
			img->seg[kept++] = s;
		} else {
			free(s.data);
		}
	}
	img->count = kept;
	for (size_t i = 0; i < img->parts; i++)
		cut(&img->part[i].addr, &img->part[i].len, start, end);
	return before - image_bytes(img);
}

uint64_t image_bytes(const struct image *img)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < img->count; i++)
		sum += img->seg[i].len;
	return sum;
}

const struct segment *image_find(const struct image *img, uint32_t addr)
{
	size_t i = lower(img, addr + UINT64_C(1));

	return i < img->count ? &img->seg[i] : NULL;
}

bool image_gap(const struct image *img, uint32_t *addr, uint64_t end, uint32_t *len)
{
	uint64_t at = *addr;

	while (at < end) {
		const struct segment *s = image_find(img, (uint32_t)at);
		uint64_t next = s && s->addr < end ? s->addr : end;

		if (next > at) {
			*addr = (uint32_t)at;
			*len = (uint32_t)(next - at);
			return true;
		}
		at = (uint64_t)s->addr + s->len;
	}
	return false;
}

uint32_t image_copy(const struct image *img, uint32_t addr, uint8_t *buf, uint32_t len)
{
	uint64_t end = addr + (uint64_t)len;
	uint32_t copied = 0;

	for (size_t i = lower(img, addr + UINT64_C(1)); i < img->count; i++) {
		const struct segment *s = &img->seg[i];
		uint64_t from = addr > s->addr ? addr : s->addr;
		uint64_t to = end < end_of(s) ? end : end_of(s);

		if (s->addr >= end)
			break;
		memcpy(buf + (from - addr), s->data + (from - s->addr), (size_t)(to - from));
		copied += (uint32_t)(to - from);
	}
	return copied;
}

void image_free(struct image *img)
{
	for (size_t i = 0; i < img->count; i++)
		free(img->seg[i].data);
	free(img->seg);
	free(img->part);
	*img = IMAGE_INIT;
}
