/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Raw binary: the bytes of one segment, which goes where the user says. */
#include "parsers/parser.h"

static int raw_probe(const uint8_t *data, size_t len)
{
	(void)data;
	return len ? 1 : 0;		/* anything may be raw, if it is nothing else */
}

static int raw_load(const uint8_t *data, size_t len, const char *name, uint32_t base,
		    struct image *img, struct err *e)
{
	if (!len)
		return err_set(e, ERR_IMAGE, "%s: file is empty", name);
	if (len > UINT32_MAX)
		return err_set(e, ERR_IMAGE, "%s: %zu bytes are more than the address space holds",
			       name, len);
	if (image_add(img, base, data, (uint32_t)len, name, e) < 0)
		return err_wrap(e, "%s", name);
	return 0;
}

const struct parser parser_raw = {
	.name = "raw",
	.title = "raw binary",
	.suffixes = ".bin",
	.probe = raw_probe,
	.load = raw_load,
};
