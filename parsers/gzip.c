/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gzip (RFC 1952): a file of any other format, compressed. Members that follow each other are one
 * file, as gunzip has it, and NULs at the end are ignored. Without zlib the format is refused.
 */
#include <stdlib.h>

#include "parsers/parser.h"

#ifdef HAVE_ZLIB
#define ZLIB_CONST	/* what is read is const */
#include <zlib.h>

#include "base/bytes.h"

/*
 * Larger than the flash of any STM32 as Intel HEX. What a file claims to hold is not believed: memory
 * grows with what comes out.
 */
#define OUT_MAX (64u * 1024 * 1024)
#define OUT_FIRST (64u * 1024)
#define WITH_HEADER (16 + MAX_WBITS)	/* zlib.h, inflateInit2: a gzip header is expected */

struct unpacking {
	z_stream z;
	uint8_t *out;
	size_t room, used;
};

static int make_room(struct unpacking *u, struct err *e)
{
	size_t room = u->room ? 2 * u->room : OUT_FIRST;
	uint8_t *more;

	if (u->used < u->room)
		return 0;
	if (u->room >= OUT_MAX)
		return err_set(e, ERR_IMAGE, "holds more than %u MiB", OUT_MAX >> 20);
	more = realloc(u->out, room);
	if (!more)
		return err_set(e, ERR_OTHER, "no memory for %zu bytes", room);
	u->out = more;
	u->room = room;
	return 0;
}

/* Decompresses a step. Returns Z_OK, Z_STREAM_END behind a member, or -1 with @e set. */
static int step(struct unpacking *u, const uint8_t *data, struct err *e)
{
	size_t at;
	int ret;

	if (make_room(u, e) < 0)
		return -1;
	u->z.next_out = u->out + u->used;
	u->z.avail_out = (uInt)(u->room - u->used);
	ret = inflate(&u->z, Z_NO_FLUSH);
	u->used = u->room - u->z.avail_out;
	at = (size_t)(u->z.next_in - data);
	if (ret == Z_OK || ret == Z_STREAM_END)
		return ret;
	if (ret == Z_BUF_ERROR && !u->z.avail_out)
		return Z_OK;
	if (ret == Z_BUF_ERROR)
		return err_set(e, ERR_IMAGE, "ends at offset 0x%zx, within its data: it was cut off",
			       at);
	if (ret == Z_MEM_ERROR)
		return err_set(e, ERR_OTHER, "no memory to decompress it");
	return err_set(e, ERR_IMAGE, "is damaged before offset 0x%zx: %s", at,
		       u->z.msg ? u->z.msg : "no gzip data");
}

static int unpack_members(struct unpacking *u, const uint8_t *data, struct err *e)
{
	int ret;

	for (;;) {
		ret = step(u, data, e);
		if (ret < 0)
			return -1;
		if (ret == Z_OK)
			continue;
		if (bytes_are(u->z.next_in, u->z.avail_in, 0))
			return 0;
		if (inflateReset(&u->z) != Z_OK)
			return err_set(e, ERR_OTHER, "zlib cannot go on");
	}
}

static int gzip_unpack(const uint8_t *data, size_t len, const char *name, uint8_t **out,
		       size_t *out_len, struct err *e)
{
	struct unpacking u = { .z = { .next_in = data, .avail_in = (uInt)len } };
	int ret;

	*out = NULL;
	*out_len = 0;
	if (len > UINT32_MAX)
		return err_set(e, ERR_IMAGE, "%s: larger than 4 GB", name);
	if (inflateInit2(&u.z, WITH_HEADER) != Z_OK)
		return err_set(e, ERR_OTHER, "%s: zlib cannot begin", name);
	ret = unpack_members(&u, data, e);
	inflateEnd(&u.z);
	if (ret == 0 && !u.used)
		ret = err_set(e, ERR_IMAGE, "holds an empty file");
	if (ret < 0) {
		free(u.out);
		return err_wrap(e, "%s", name);
	}
	*out = u.out;
	*out_len = u.used;
	return 0;
}
#endif

const struct parser parser_gzip = {
	.name = "gzip",
	.title = "gzip",
	.suffixes = ".gz",
	.magic = "\x1f\x8b\x08",
	.magic_len = 3,
#ifdef HAVE_ZLIB
	.unpack = gzip_unpack,
#else
	.container = true,
	.advice = "this bootpin was built without zlib; unpack it with: gunzip <IN >OUT",
#endif
};
