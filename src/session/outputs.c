/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/outputs.h"

int outputs_open_map(struct outputs *o, const struct request *req, struct err *e)
{
	if (!req->map_file)
		return 0;
	o->map_to = outfile_open(req->map_file, e);
	return o->map_to ? 0 : -1;
}

int outputs_open(struct outputs *o, const struct request *req, struct err *e)
{
	*o = (struct outputs){ 0 };
	if (req->read_file || req->read_memory) {
		o->read_to = req->read_file ? outfile_open(req->read_file, e)
					    : outfile_to_memory(req->read_memory, e);
		if (!o->read_to)
			return -1;
	}
	if (req->trace) {
		o->trace_to = outfile_open(req->trace, e);
		o->trace = o->trace_to ? outfile_stream(o->trace_to, e) : NULL;
		if (!o->trace)
			return -1;
	}
	return outputs_open_map(o, req, e);
}

int outputs_keep_read(struct outputs *o, struct err *e)
{
	struct outfile *to = o->read_to;

	o->read_to = NULL;
	return outfile_commit(to, e);
}

int outputs_keep_trace(struct outputs *o, const char *name, struct err *e)
{
	struct outfile *to = o->trace_to;
	bool begun = o->trace && ftell(o->trace) != 0;
	bool failed = o->trace && ferror(o->trace);

	if (o->trace && fclose(o->trace) != 0)
		failed = true;
	o->trace = NULL;
	o->trace_to = NULL;
	if (to && begun && !failed)
		return outfile_commit(to, e);
	outfile_abandon(to);
	return failed ? err_set(e, ERR_OTHER, "cannot write '%s'", name) : 0;
}

void outputs_free(struct outputs *o)
{
	outfile_abandon(o->read_to);
	if (o->trace)
		fclose(o->trace);
	outfile_abandon(o->trace_to);
	outfile_abandon(o->map_to);
	*o = (struct outputs){ 0 };
}
