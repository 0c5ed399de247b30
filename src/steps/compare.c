/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/plan.h"
#include "session/raise.h"
#include "steps/compare.h"

static uint32_t first_difference(const uint8_t *a, const uint8_t *b, uint32_t len)
{
	uint32_t i = 0;

	while (i < len && a[i] == b[i])
		i++;
	return i;
}

int compare_block(struct session *s, uint32_t addr, const uint8_t *want, uint32_t len,
		  uint32_t *differs, uint8_t *found, struct err *e)
{
	uint8_t buf[LOADER_BLOCK_MAX];

	if (loader_read(s->loader, addr, buf, len, LOADER_ONCE, e) < 0)
		return -1;
	*differs = first_difference(buf, want, len);
	/* Read data carry no checksum: a difference counts when a sure look shows it too. */
	if (*differs < len) {
		if (loader_read(s->loader, addr, buf, len, LOADER_TWICE, e) < 0)
			return -1;
		*differs = first_difference(buf, want, len);
		if (*differs == len && raise_doubt(s, e) < 0)
			return -1;
	}
	if (*differs < len)
		*found = buf[*differs];
	return 0;
}

static void tell_equal(struct session *s)
{
	const struct image *img = &s->image;
	const struct segment *last = &img->seg[img->count - 1];

	report_event(s->r, EV_EQUAL, img->seg[0].addr, last->addr + last->len - 1, image_bytes(img),
		     img->count > 1 ? img->count : 0);
}

/* RAM, which may be compared too, is left as it is. */
static int compare_rate(struct session *s, struct err *e)
{
	uint32_t end;

	for (size_t i = 0; i < s->image.count; i++)
		if (target_area(&s->target, s->image.seg[i].addr, &end) != AREA_FLASH) {
			raise_stays(s, "the job is not about flash alone");
			return 0;
		}
	return raise_rate(s, image_bytes(&s->image), e);
}

int step_compare(struct session *s, struct err *e)
{
	const struct image *img = &s->image;
	uint32_t max = s->loader->read_max, differs;
	uint64_t done = 0;
	uint8_t found;

	if (session_place(s, e) < 0 || plan_check_known(s->req, img, &s->target, e) < 0 ||
	    plan_check_fence(s->req, img, &s->target, e) < 0)
		return -1;
	if (compare_rate(s, e) < 0)
		return -1;
	report_begin(s->r, PHASE_COMPARING, image_bytes(img), port_now(s->port));
	for (size_t i = 0; i < img->count; i++) {
		const struct segment *g = &img->seg[i];

		for (uint32_t at = 0; at < g->len;) {
			uint32_t n = g->len - at < max ? g->len - at : max;

			if (stop_check(s->stop, e) < 0 ||
			    compare_block(s, g->addr + at, g->data + at, n, &differs, &found,
					  e) < 0) {
				report_end(s->r, REPORT_FAILED, port_now(s->port));
				return -1;
			}
			if (differs < n) {
				report_end(s->r, REPORT_FAILED, port_now(s->port));
				err_set(e, ERR_VERIFY,
					"differs at 0x%08x: 0x%02x in %s, 0x%02x on the "
					"chip",
					g->addr + at + differs, g->data[at + differs], g->origin,
					found);
				err_in(e, g->origin, 0);
				return err_at(e, g->addr + at + differs);
			}
			at += n;
			done += n;
			report_progress(s->r, done, port_now(s->port));
		}
	}
	report_end(s->r, REPORT_DONE, port_now(s->port));
	tell_equal(s);
	return 0;
}
