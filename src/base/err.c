/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

int err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	*e = (struct err){ .code = code };
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	return -1;
}

int err_sys(struct err *e, enum err_code code, int sys, const char *fmt, ...)
{
	size_t used;
	va_list ap;

	if (!e)
		return -1;
	*e = (struct err){ .code = code, .sys = sys };
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	used = strlen(e->msg);
	snprintf(e->msg + used, sizeof(e->msg) - used, ": %s", strerror(sys));
	return -1;
}

int err_at(struct err *e, uint32_t addr)
{
	if (e) {
		e->has_addr = true;
		e->addr = addr;
	}
	return -1;
}

int err_differs(struct err *e, uint32_t addr, uint8_t want, uint8_t found)
{
	if (e) {
		e->differs = true;
		e->want = want;
		e->found = found;
	}
	return err_at(e, addr);
}

int err_in(struct err *e, const char *file, unsigned int line)
{
	if (e) {
		snprintf(e->file, sizeof(e->file), "%s", file);
		e->line = line;
	}
	return -1;
}

static int prepend_context(struct err *e, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static int prepend_context(struct err *e, const char *fmt, va_list ap)
{
	char old[sizeof(e->msg)];
	size_t used;

	memcpy(old, e->msg, sizeof(old));
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	used = strlen(e->msg);
	snprintf(e->msg + used, sizeof(e->msg) - used, ": %s", old);
	return -1;
}

int err_wrap(struct err *e, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, fmt);
	prepend_context(e, fmt, ap);
	va_end(ap);
	return -1;
}

int err_recode(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	e->code = code;
	va_start(ap, fmt);
	prepend_context(e, fmt, ap);
	va_end(ap);
	return -1;
}

int err_append(struct err *e, const char *fmt, ...)
{
	size_t used;
	va_list ap;

	if (!e)
		return -1;
	used = strlen(e->msg);
	va_start(ap, fmt);
	vsnprintf(e->msg + used, sizeof(e->msg) - used, fmt, ap);
	va_end(ap);
	return -1;
}

int err_add_line(struct err *e, const char *fmt, ...)
{
	char line[256];
	size_t used, len;
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	for (char *p = line; (p = strchr(p, '\n'));)
		*p = ' ';
	used = strlen(e->lines);
	len = strlen(line);
	if (used + len + 2 <= sizeof(e->lines))
		snprintf(e->lines + used, sizeof(e->lines) - used, "%s\n", line);
	return -1;
}

int err_exit_status(const struct err *e)
{
	switch (e->code) {
	case ERR_NONE: case ERR_OTHER: case ERR_USAGE: case ERR_IMAGE: case ERR_OPEN:
	case ERR_SILENT: case ERR_LINK: case ERR_PROTECTED: case ERR_VERIFY: case ERR_ABILITY:
		return (int)e->code;
	case ERR_NACK: case ERR_TIMEOUT: case ERR_GARBLED: case ERR_GONE: case ERR_TOO_LONG:
		return ERR_LINK;
	case ERR_WRITE_PROTECTED:
		return ERR_PROTECTED;
	case ERR_LOST_WRITE:
		return ERR_VERIFY;
	case ERR_SIGNAL:
		return 128 + e->sys;
	}
	return ERR_OTHER;
}
