/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/lib/single.h"

#define WORK_MAX (8 * NSEC_PER_SEC)

void single_open(struct single *x, struct board *b, const char *args)
{
	struct err e = ERR_INIT;
	struct session *s = &x->s;
	struct port_cfg cfg;

	memset(x, 0, sizeof(*x));
	ck_assert_msg(command_parse(&x->command, args, "sim:board", &e) == 0, "%s: %s", args, e.msg);
	x->command.image = &b->image;
	ck_assert_msg(command_job(&x->command, &x->job, &e) == 0, "%s: %s", args, e.msg);
	x->null = fopen("/dev/null", "w");
	report_init(&x->r, x->null, x->null, -1, false);
	cfg = command_port(&x->command);
	*s = (struct session){ .job = &x->job, .o = x->job.o, .r = &x->r, .pins = &x->job.pins };
	s->port = sim_port(b->sim, &cfg, &e);
	ck_assert_msg(s->port != NULL, "%s", e.msg);
	link_init(&s->link, s->port, &bl_uart, 0, true, NULL);
	ck_assert_msg(link_connect(&s->link, false, &e) == 0 &&
		      target_identify(&s->target, &s->link, NULL, &e) == 0, "%s", e.msg);
}

void single_close(struct single *x)
{
	target_free(&x->s.target);
	port_close(x->s.port, NULL);
	job_free(&x->job);
	command_free(&x->command);
	fclose(x->null);
}

void single_forget_quirks(struct single *x)
{
	ck_assert_uint_ne(x->s.target.quirks, 0);
	x->s.target.quirks = x->s.link.bl.quirks = 0;
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
	return link_erase(&x->s.link, pages, count, work, e);
}

int single_write(struct single *x, uint32_t addr, const void *data, uint32_t len, struct err *e)
{
	return bl_write(&x->s.link.bl, addr, data, len, WORK_MAX, e);
}

int single_read(struct single *x, uint32_t addr, void *data, uint32_t len, struct err *e)
{
	return bl_read(&x->s.link.bl, addr, data, len, e);
}
