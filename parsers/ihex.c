/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intel HEX, as in Intel's "Hexadecimal Object File Format Specification", revision A.
 *
 * Strict where a file may be damaged, lenient where that hides nothing: lines end with LF, CR LF or
 * CR, may be empty, may have blanks at the end, and may hold digits of either case; the load offset
 * of records without data is not looked at. Of several start addresses the last one counts. A byte
 * order mark (UTF-8) in front is skipped; so are ^Z, NULs and other text behind the end-of-file
 * record, but no further record.
 *
 * Before any extended address record, addresses are linear with base 0.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "parsers/lines.h"
#include "parsers/parser.h"
#include "parsers/runs.h"
#include "parsers/saver.h"

#define LINEAR_END (UINT64_C(1) << 32)
#define SEGMENT_LEN 0x10000u

enum {
	FRAME = 5,			/* bytes beside the data: length, offset, type, checksum */
	RECORD_MAX = 255 + FRAME,
};

enum record_type { DATA, END_OF_FILE, SEGMENT_BASE, SEGMENT_START, LINEAR_BASE, LINEAR_START };

static const struct {
	const char *title;
	int len;			/* -1: any */
} record_types[] = {
	[DATA] = { "data", -1 },
	[END_OF_FILE] = { "end-of-file", 0 },
	[SEGMENT_BASE] = { "extended segment address", 2 },
	[SEGMENT_START] = { "start segment address", 4 },
	[LINEAR_BASE] = { "extended linear address", 2 },
	[LINEAR_START] = { "start linear address", 4 },
};

/* Where in the text we are, and what the records so far say of those that follow. */
struct reader {
	struct lines in;
	unsigned int eof_line;		/* number of the end-of-file record's line, 0 before it */
	unsigned int ignored_line;	/* of the first text behind it, 0: none */
	uint32_t base;
	bool segmented;			/* base is of type 02: offsets wrap within 64 KB */
};

struct record {
	unsigned int len;
	uint16_t offset;
	enum record_type type;
	const uint8_t *data;
	uint8_t raw[RECORD_MAX];
};

/* Checks that a line is ':' and whole bytes in hexadecimal, at least those that each record has. */
static int check_text(const char *line, size_t len, struct err *e)
{
	if (line[0] != ':')
		return err_set(e, ERR_IMAGE, "line does not begin with ':'");
	if (lines_check_digits(line, 1, len, e) < 0)
		return -1;
	if (len % 2 == 0)
		return err_set(e, ERR_IMAGE, "odd number of digits (%zu)", len - 1);
	if (len < 1 + 2 * FRAME)
		return err_set(e, ERR_IMAGE,
			       "record of %zu digits is too short, the shortest has %d",
			       len - 1, 2 * FRAME);
	return 0;
}

/* Checks what the record says of itself: checksum, type, and the length that the type wants. */
static int check_record(const struct record *rec, struct err *e)
{
	unsigned int type = rec->raw[3], sum = 0, found = rec->raw[rec->len + FRAME - 1];

	for (unsigned int i = 0; i < rec->len + FRAME - 1; i++)
		sum += rec->raw[i];
	if (((sum + found) & 0xff) != 0)
		return err_set(e, ERR_IMAGE, "bad checksum: expected 0x%02x, found 0x%02x",
			       -sum & 0xff, found);
	if (type >= sizeof(record_types) / sizeof(record_types[0]))
		return err_set(e, ERR_IMAGE, "unknown record type 0x%02x", type);
	if (record_types[type].len >= 0 && rec->len != (unsigned int)record_types[type].len)
		return err_set(e, ERR_IMAGE, "%s record has %u data bytes instead of %d",
			       record_types[type].title, rec->len, record_types[type].len);
	return 0;
}

static int decode_record(const char *line, size_t len, struct record *rec, struct err *e)
{
	size_t bytes = (len - 1) / 2;

	if (check_text(line, len, e) < 0)
		return -1;
	rec->len = lines_byte(line + 1);
	if (bytes != rec->len + FRAME)
		return err_set(e, ERR_IMAGE,
			       "wrong length: record states %u data bytes, but holds %zu",
			       rec->len, bytes - FRAME);
	for (size_t i = 0; i < bytes; i++)
		rec->raw[i] = lines_byte(line + 1 + 2 * i);
	if (check_record(rec, e) < 0)
		return -1;
	rec->offset = be16(&rec->raw[1]);
	rec->type = (enum record_type)rec->raw[3];
	rec->data = &rec->raw[4];
	return 0;
}

/* Of which board a file of --preserve is (steps/saved_copy.h). */
static bool is_own_comment(const char *rest, size_t len)
{
	static const char begin[] = "; kept by bootpin:";

	return len >= sizeof(begin) - 1 && memcmp(rest, begin, sizeof(begin) - 1) == 0;
}

/* Behind the end record fillers do not count, and another record is refused. */
static int check_rest(struct reader *r, const char *rest, size_t len, struct err *e)
{
	size_t filler = lines_filler(rest, len);

	rest += filler;
	len -= filler;
	if (len && *rest == ':')
		return err_set(e, ERR_IMAGE, "data after the end-of-file record on line %u",
			       r->eof_line);
	if (len && !r->ignored_line && !is_own_comment(rest, len))
		r->ignored_line = r->in.line;
	return 0;
}

/* The length of the end-of-file record that @line begins with, if anything is behind it; else 0. */
static size_t end_record(const char *line, size_t len)
{
	size_t digits = 0;

	if (len <= 1 + 2 * FRAME || line[0] != ':')
		return 0;
	while (digits <= 2 * FRAME && digits + 1 < len && lines_digit(line[1 + digits]) >= 0)
		digits++;
	if (digits != 2 * FRAME || lines_byte(line + 1) != 0 || lines_byte(line + 7) != END_OF_FILE)
		return 0;
	return 1 + 2 * FRAME;
}

/* Reads the next record and follows the base address. Returns 1, 0 at the text's end, or -1. */
static int next_record(struct reader *r, struct record *rec, struct err *e)
{
	const char *line;
	size_t len, own;

	for (;;) {
		if (!lines_next(&r->in, &line, &len))
			return 0;
		if (!r->eof_line)
			break;
		if (check_rest(r, line, len, e) < 0)
			return -1;
	}
	own = end_record(line, len);
	if (decode_record(line, own ? own : len, rec, e) < 0)
		return -1;
	if (rec->type == END_OF_FILE)
		r->eof_line = r->in.line;
	if (own && check_rest(r, line + own, len - own, e) < 0)
		return -1;
	if (rec->type == SEGMENT_BASE || rec->type == LINEAR_BASE) {
		r->segmented = rec->type == SEGMENT_BASE;
		r->base = (uint32_t)be16(rec->data) << (r->segmented ? 4 : 16);
	}
	return 1;
}

/*
 * Where a record's data go: nowhere, to one place, or to two, since offsets wrap within a segment
 * of type 02. Returns the number of pieces, or -1 for a linear record that would wrap at 4 GB.
 */
static int locate_data(const struct reader *r, const struct record *rec, struct piece piece[2],
		       struct err *e)
{
	uint32_t addr = r->base + rec->offset, fit = rec->len;

	if (rec->type != DATA || !rec->len)
		return 0;
	if (r->segmented && rec->offset + rec->len > SEGMENT_LEN)
		fit = SEGMENT_LEN - rec->offset;
	if (addr + (uint64_t)fit > LINEAR_END) {
		err_set(e, ERR_IMAGE, "%u bytes at 0x%08x run past 4 GB", fit, (unsigned int)addr);
		return err_at(e, addr);
	}
	piece[0] = (struct piece){ addr, fit, rec->data };
	if (fit == rec->len)
		return 1;
	piece[1] = (struct piece){ r->base, rec->len - fit, rec->data + fit };
	return 2;
}

static int read_all(struct reader *r, struct runs *runs, struct image *img, struct err *e)
{
	struct piece piece[2];
	struct record rec;
	int more;

	while ((more = next_record(r, &rec, e)) > 0) {
		int pieces = locate_data(r, &rec, piece, e);

		if (pieces < 0)
			return -1;
		for (int i = 0; i < pieces; i++) {
			if (runs_add(runs, &piece[i], e) < 0)
				return -1;
		}
		if (rec.type == SEGMENT_START || rec.type == LINEAR_START) {
			img->has_start = true;
			img->start = be32(rec.data);
			img->start_segmented = rec.type == SEGMENT_START;
		}
	}
	if (more == 0 && !r->eof_line)
		return err_set(e, ERR_IMAGE, "no end-of-file record: the file was cut off");
	return more;
}

/* Reads the text again to tell which two lines give the byte at @addr different values. */
static int blame_lines(const uint8_t *text, size_t len, const char *name, uint32_t addr,
		       struct err *e)
{
	struct reader r = { .in = lines_of(text, len) };
	struct clash c = { .addr = addr };
	struct piece piece[2];
	struct record rec;

	while (next_record(&r, &rec, e) > 0) {
		int pieces = locate_data(&r, &rec, piece, e);

		for (int i = 0; i < pieces; i++) {
			if (!clash_at(&c, &piece[i], r.in.line))
				continue;
			err_set(e, ERR_IMAGE, "0x%08x is 0x%02x here, but 0x%02x on line %u",
				(unsigned int)addr, c.here, c.first, c.place);
			err_wrap(e, "%s:%u", name, r.in.line);
			err_at(e, addr);
			return err_in(e, name, r.in.line);
		}
	}
	return -1;
}

static int fill_image(struct image *img, struct runs *runs, const uint8_t *text, size_t len,
		      const char *name, struct err *e)
{
	uint32_t addr;
	int ret = runs_fill(runs, img, name, &addr, e);

	if (ret > 0)
		return blame_lines(text, len, name, addr, e);
	return ret < 0 ? err_wrap(e, "%s", name) : 0;
}

static int ihex_probe(const uint8_t *data, size_t len)
{
	size_t i = 0, digits = 0;

	/* Leading blanks and half a mark are for load to refuse: this must not pass as raw. */
	while (i < len && memchr("\r\n\t \xef\xbb\xbf", data[i], 7))
		i++;
	if (i == len || data[i] != ':')
		return 0;
	while (digits < 8 && ++i < len && lines_digit((char)data[i]) >= 0)
		digits++;
	return digits == 8 || (digits >= 2 && i == len) ? 100 : 0;
}

static int ihex_load(const uint8_t *data, size_t len, const char *name, uint32_t base,
		     struct image *img, struct err *e)
{
	struct reader r = { .in = lines_of(data, len) };
	struct runs runs;
	int ret;

	(void)base;
	if (!len)
		return err_set(e, ERR_IMAGE, "%s: file is empty", name);
	if (runs_init(&runs, len / 2, e) < 0)
		return err_wrap(e, "%s", name);
	ret = read_all(&r, &runs, img, e);
	if (ret == 0 && !runs.count)
		ret = err_set(e, ERR_IMAGE, "the file holds no data");
	if (ret < 0) {
		err_wrap(e, "%s:%u", name, r.in.line);
		err_in(e, name, r.in.line);
	} else {
		ret = fill_image(img, &runs, data, len, name, e);
	}
	if (ret < 0)
		image_free(img);
	else
		img->ignored_line = r.ignored_line;
	runs_free(&runs);
	return ret;
}

/* ---- writing ---- */

static int put_record(struct saver *s, enum record_type type, uint16_t offset, const uint8_t *data,
		      unsigned int len, struct err *e)
{
	uint8_t raw[SAVER_LINE + FRAME] = { (uint8_t)len, (uint8_t)(offset >> 8), (uint8_t)offset,
					    (uint8_t)type };
	char text[2 * sizeof(raw) + 4];
	unsigned int sum = 0;
	int at = sprintf(text, ":");

	if (len)
		memcpy(raw + FRAME - 1, data, len);
	for (unsigned int i = 0; i < len + FRAME - 1; i++) {
		sum += raw[i];
		at += sprintf(text + at, "%02X", raw[i]);
	}
	at += sprintf(text + at, "%02X\r\n", -sum & 0xff);
	return s->put(s->to, (const uint8_t *)text, (size_t)at, e);
}

static int ihex_begin(struct saver *s, struct err *e)
{
	(void)s;
	(void)e;
	return 0;
}

/* The upper half of an address is given where it changes; before that it is 0. */
static int ihex_line(struct saver *s, uint32_t addr, const uint8_t *data, unsigned int len,
		     struct err *e)
{
	uint8_t upper[2];

	if (addr >> 16 != s->upper) {
		put_be16(upper, (uint16_t)(addr >> 16));
		if (put_record(s, LINEAR_BASE, 0, upper, sizeof(upper), e) < 0)
			return -1;
		s->upper = addr >> 16;
	}
	return put_record(s, DATA, (uint16_t)addr, data, len, e);
}

static int ihex_end(struct saver *s, struct err *e)
{
	return put_record(s, END_OF_FILE, 0, NULL, 0, e);
}

static const struct saver_ops ihex_saver = { ihex_begin, ihex_line, ihex_end };

const struct parser parser_ihex = {
	.name = "ihex",
	.title = "Intel HEX",
	.suffixes = ".hex .ihex .ihx",
	.probe = ihex_probe,
	.load = ihex_load,
	.addressed = true,
	.saver = &ihex_saver,
};
