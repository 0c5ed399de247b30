/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/flash_map.h"
#include "steps/memory_map.h"

static int draw(struct session *s, const struct memory_map *m, struct err *e)
{
	struct outfile *to = s->out.map_to;

	if (s->req->map)
		memory_map_tell(m, s->r);
	if (!to)
		return 0;
	if (memory_map_svg(m, to, e) < 0)
		return -1;
	s->out.map_to = NULL;
	if (outfile_commit(to, e) < 0)
		return -1;
	report_event(s->r, EV_MAP_WRITTEN, s->req->map_file);
	return 0;
}

int step_memory_map(struct session *s, const struct plan *p, bool compared, struct err *e)
{
	const struct flash_map_facts facts = {
		.req = s->req, .target = &s->target, .state = &s->state, .plan = p,
		.image = &s->image, .compared = compared, .unlocked = s->unlocked,
	};
	struct memory_map m;
	int ret;

	if (s->mapped || (!s->req->map && !s->req->map_file))
		return 0;
	if (!s->target.geometry_known)
		return err_set(e, ERR_ABILITY, "--memory-map: %s", s->target.no_geometry);
	s->mapped = true;
	ret = flash_map_make(&m, &facts, e);
	if (ret == 0)
		ret = draw(s, &m, e);
	memory_map_free(&m);
	return ret;
}

int step_memory_map_foresee(struct session *s, const struct plan *p, struct err *e)
{
	const struct flash_map_facts facts = {
		.req = s->req, .target = &s->target, .plan = p, .image = &s->image,
	};
	bool asked = s->req->map || s->req->map_file;
	struct memory_map m;
	int ret;

	if (!s->target.geometry_known && !asked)
		return 0;
	if (!s->target.geometry_known)
		return err_set(e, ERR_ABILITY, "--memory-map: the pages of this chip are not known");
	ret = flash_map_make(&m, &facts, e);
	if (ret == 0 && !asked)
		memory_map_tell_short(&m, s->r);
	else if (ret == 0)
		ret = draw(s, &m, e);
	memory_map_free(&m);
	return ret;
}
