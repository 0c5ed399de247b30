/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/text.h"
#include "loader/an3155/an3155.h"
#include "loader/an3155/link.h"
#include "ports/sim/board/sim_port.h"
#include "steps/start.h"
#include "steps/write.h"
#include "tests/lib/single.h"

#define WORK_MAX (8 * NSEC_PER_SEC)

void single_open(struct single *x, struct board *b, const char *args)
{
	const struct loader_config config = { .changes = true };
	struct err e = ERR_INIT;
	struct session *s = &x->s;
	struct port_cfg cfg;

	memset(x, 0, sizeof(*x));
	ck_assert_msg(command_parse(&x->command, args, "sim:f103", &e) == 0, "%s: %s", args,
		      e.msg);
	x->command.image = &b->image;
	ck_assert_msg(command_job(&x->command, &x->job, &e) == 0, "%s: %s", args, e.msg);
	x->null = fopen("/dev/null", "w");
	report_init(&x->r, &report_text, x->null, x->null, -1, false);
	cfg = command_port(&x->command);
	ck_assert_msg(session_init(s, &x->job, &x->r, NULL, &e) == 0, "%s", e.msg);
	s->port = sim_port(b->sim, &cfg, &e);
	ck_assert_msg(s->port != NULL, "%s", e.msg);
	s->loader = an3155_open(s->port, &config, &e);
	ck_assert_msg(s->loader != NULL && s->loader->ops->find(s->loader, LOADER_WAKE, &e) == 1 &&
			      target_identify(&s->target, s->loader, NULL, true, &e) == 0,
		      "%s", e.msg);
	s->at = AT_LOADER;
	s->loader->ops->set_chip(s->loader, s->target.dev, &s->target.geometry, s->target.quirks);
}

static struct link *link_of(struct single *x)
{
	return (struct link *)x->s.loader;
}

void single_close(struct single *x)
{
	session_free(&x->s);
	loader_close(x->s.loader);
	port_close(x->s.port, NULL);
	job_free(&x->job);
	command_free(&x->command);
	fclose(x->null);
}

void single_forget_quirks(struct single *x)
{
	ck_assert_uint_ne(x->s.target.quirks, 0);
	x->s.target.quirks = 0;
	x->s.loader->ops->set_chip(x->s.loader, x->s.target.dev, &x->s.target.geometry, 0);
}

int single_write_image(struct single *x, struct err *e)
{
	return step_write(&x->s, e);
}

int single_start(struct single *x, struct err *e)
{
	return step_start(&x->s, e);
}

int single_erase(struct single *x, const uint16_t *pages, size_t count, nsec_t work, struct err *e)
{
	return link_erase(link_of(x), pages, count, work, e);
}

int single_write(struct single *x, uint32_t addr, const void *data, uint32_t len, struct err *e)
{
	return bl_write(&link_of(x)->bl, addr, data, len, WORK_MAX, e);
}

int single_read(struct single *x, uint32_t addr, void *data, uint32_t len, struct err *e)
{
	return bl_read(&link_of(x)->bl, addr, data, len, e);
}
