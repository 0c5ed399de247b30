/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ports/sim/board/place.h"
#include "ports/sim/board/spec.h"

#define KEY "seat="
#define KEYS_MAX 4096

/* The first line of @name, without its end. Returns 0, or -1 with @e set. */
static int read_keys(const char *name, char keys[KEYS_MAX], struct err *e)
{
	FILE *f = fopen(name, "re");
	bool failed;

	keys[0] = '\0';
	if (!f)
		return err_sys(e, ERR_OPEN, errno, "cannot read '%s'", name);
	failed = !fgets(keys, KEYS_MAX, f) && ferror(f);
	if (failed)
		err_sys(e, ERR_OPEN, errno, "cannot read '%s'", name);
	fclose(f);
	keys[strcspn(keys, "\n")] = '\0';
	return failed ? -1 : 0;
}

/* Every key but seat=, and then @keys. */
static char *put_keys(const char *spec, const char *keys)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return NULL;
	for (const char *at = spec; *at; at += strcspn(at, ",")) {
		at += *at == ',';
		if (strncmp(at, KEY, strlen(KEY)) != 0)
			fprintf(to, "%s%.*s", at == spec ? "" : ",", (int)strcspn(at, ","), at);
	}
	fprintf(to, ",%s", keys);
	if (fclose(to) == 0)
		return text;
	free(text);
	return NULL;
}

/* Where no board is, a port on USB is not there either: it is the chip's own. */
static char *look_in(const struct sim_spec *s, const char *spec, struct err *e)
{
	char keys[KEYS_MAX], *text;

	if (read_keys(s->seat_file, keys, e) < 0)
		return NULL;
	if (!keys[0] && s->bus == SPEC_USB) {
		err_sys(e, ERR_OPEN, ENODEV, "no board in '%s'", s->seat_file);
		return NULL;
	}
	text = put_keys(spec, keys[0] ? keys : "mute");
	if (!text)
		err_set(e, ERR_OTHER, "out of memory");
	return text;
}

char *place_look(const char *spec, struct err *e)
{
	struct sim_spec s;
	char *text = NULL;

	if (sim_spec_parse(&s, spec, e) == 0) {
		text = s.seat_file ? look_in(&s, spec, e) : strdup(spec);
		if (!text && !s.seat_file)
			err_set(e, ERR_OTHER, "out of memory");
	}
	sim_spec_free(&s);
	return text;
}
