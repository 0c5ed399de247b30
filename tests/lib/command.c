/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "report/json.h"
#include "report/text.h"
#include "ports/table.h"
#include "cli/options.h"
#include "steps/run.h"
#include "tests/lib/command.h"

#define WORDS_MAX 32

int command_parse(struct command *c, const char *args, const char *port, struct err *e)
{
	char *argv[WORDS_MAX + 1] = { NULL };
	int argc = 0, len;

	*c = (struct command){ .image = NULL };
	len = snprintf(c->line, sizeof(c->line), "bootpin %s %s", args, port);
	if (len >= (int)sizeof(c->line))
		return err_set(e, ERR_USAGE, "a longer line than the tests are made for: %s", args);
	for (char *word = strtok(c->line, " "); word && argc < WORDS_MAX; word = strtok(NULL, " "))
		argv[argc++] = word;
	return options_parse(&c->o, port_kinds, argc, argv, e);
}

void command_free(struct command *c)
{
	options_free(&c->o);
}

struct port_cfg command_port(const struct command *c)
{
	const struct request *o = &c->o;

	return (struct port_cfg){
		.spec = o->port,
		.baud = o->baud,
		.mode = o->mode,
		.i2c_addr = o->i2c_addr,
		.i2c_later = o->probe,
	};
}

int command_job(const struct command *c, struct job *j, struct err *e)
{
	bool serial = request_has_lines(&c->o);

	*j = (struct job){ .req = &c->o };
	if (pin_plan_parse(&j->pins, &c->o.pins, c->o.port, serial, e) < 0)
		return -1;
	return c->image && c->o.file_count ? image_merge(&j->image, c->image, e) : 0;
}

int command_run(const struct command *c, struct port *port, struct err *e)
{
	struct report own, *r = c->report ? c->report : &own;
	struct err none = ERR_INIT, late = ERR_INIT;
	struct job j;
	int ret;

	report_init(r, c->drawer ? c->drawer : &report_text, c->out, c->err, c->o.verbosity,
		    c->o.progress);
	if (c->json && json_begin(r, c->json, c->o.port, JSON_BESIDE_TEXT, &late) < 0)
		abort();
	ret = command_job(c, &j, e);
	if (ret == 0)
		ret = run_on_port(&j, port, r, NULL, e);
	job_free(&j);
	if (json_end(r, ret < 0 ? e : &none, &late) < 0)
		abort();
	if (r->misused)
		abort();
	return ret;
}
