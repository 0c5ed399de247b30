/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Motorola S-records (Motorola M68000 Family Programmer's Reference Manual, appendix C).
 *
 * Strict where a file may be damaged, as Intel HEX is read: a count of records (S5, S6) must be
 * right, and an end record (S7, S8, S9) must be there. A header (S0) may be anywhere before the
 * end. Of an end record's address 0 means none, since objcopy and others write it always. ^Z, NULs
 * and other text behind the end are ignored, but no further record.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "parsers/lines.h"
#include "parsers/parser.h"
#include "parsers/runs.h"
#include "parsers/saver.h"

#define MEMORY_END (UINT64_C(1) << 32)

enum {
	TYPES = 10,
	HEAD = 4,			/* 'S', the type, and the count in two digits */
	RECORD_MAX = 255,		/* bytes that a count can count */
};

enum kind { HEADER, DATA, RESERVED, COUNT_OF_DATA, START };

/* Each type of record, and how many bytes its address has. */
static const struct { enum kind kind; unsigned int width; } types[TYPES] = {
	{ HEADER, 2 }, { DATA, 2 }, { DATA, 3 }, { DATA, 4 }, { RESERVED, 0 },
	{ COUNT_OF_DATA, 2 }, { COUNT_OF_DATA, 3 }, { START, 4 }, { START, 3 }, { START, 2 },
};

struct reader {
	struct lines in;
	unsigned int data_count;	/* records of data so far */
	unsigned int end_line;		/* of the end record, 0 before it */
	unsigned int ignored_line;	/* of the first text behind it, 0: none */
};

struct record {
	unsigned int type;
	uint32_t addr;
	unsigned int len;
	const uint8_t *data;
	uint8_t raw[RECORD_MAX];
};

static bool begins_record(const char *line, size_t len)
{
	return len >= HEAD && line[0] == 'S' && isdigit((unsigned char)line[1]) &&
	       lines_digit(line[2]) >= 0 && lines_digit(line[3]) >= 0;
}

/* Bytes that the count at the head of a record promises: address, data and checksum. */
static unsigned int promised(const char *line)
{
	return lines_byte(line + 2);
}

static int check_text(const char *line, size_t len, struct err *e)
{
	if (line[0] != 'S')
		return err_set(e, ERR_IMAGE, "line does not begin with 'S'");
	if (len < HEAD)
		return err_set(e, ERR_IMAGE, "record is too short to have a length");
	if (!isdigit((unsigned char)line[1]) || types[line[1] - '0'].kind == RESERVED)
		return err_set(e, ERR_IMAGE, "unknown record type S%c",
			       isprint((unsigned char)line[1]) ? line[1] : '?');
	if (lines_check_digits(line, 2, len, e) < 0)
		return -1;
	if (len % 2)
		return err_set(e, ERR_IMAGE, "odd number of digits (%zu)", len - 2);
	if ((len - HEAD) / 2 != promised(line))
		return err_set(e, ERR_IMAGE,
			       "wrong length: record states %u bytes, but holds %zu",
			       promised(line), (len - HEAD) / 2);
	if (promised(line) < types[line[1] - '0'].width + 1)
		return err_set(e, ERR_IMAGE, "S%c record of %u bytes has no room for its address",
			       line[1], promised(line));
	return 0;
}

/* The checksum is the complement of the sum of count, address and data. */
static int check_sum(const uint8_t *raw, unsigned int count, struct err *e)
{
	unsigned int sum = count;

	for (unsigned int i = 0; i + 1 < count; i++)
		sum += raw[i];
	if ((~sum & 0xff) != raw[count - 1])
		return err_set(e, ERR_IMAGE, "bad checksum: expected 0x%02x, found 0x%02x",
			       ~sum & 0xff, raw[count - 1]);
	return 0;
}

static int decode(const char *line, size_t len, struct record *rec, struct err *e)
{
	unsigned int count, width;

	if (check_text(line, len, e) < 0)
		return -1;
	count = promised(line);
	for (unsigned int i = 0; i < count; i++)
		rec->raw[i] = lines_byte(line + HEAD + 2 * i);
	if (check_sum(rec->raw, count, e) < 0)
		return -1;
	rec->type = (unsigned int)(line[1] - '0');
	width = types[rec->type].width;
	rec->addr = 0;
	for (unsigned int i = 0; i < width; i++)
		rec->addr = rec->addr << 8 | rec->raw[i];
	rec->data = rec->raw + width;
	rec->len = count - width - 1;
	return 0;
}

/* Behind the end record fillers do not count, and another record is refused. */
static int check_rest(struct reader *r, const char *rest, size_t len, struct err *e)
{
	size_t filler = lines_filler(rest, len);

	if (begins_record(rest + filler, len - filler))
		return err_set(e, ERR_IMAGE, "a record after the end record on line %u",
			       r->end_line);
	if (filler < len && !r->ignored_line)
		r->ignored_line = r->in.line;
	return 0;
}

/* The length of the end record that @line begins with, if anything is behind it; else @len. */
static size_t own_length(const char *line, size_t len)
{
	size_t own = begins_record(line, len) ? HEAD + 2 * (size_t)promised(line) : len;

	return own < len && types[line[1] - '0'].kind == START ? own : len;
}

/* Checks the record against those before it: where data go, and how many records it counts. */
static int follow(struct reader *r, const struct record *rec, struct err *e)
{
	switch (types[rec->type].kind) {
	case DATA:
		r->data_count++;
		if (rec->addr + (uint64_t)rec->len <= MEMORY_END)
			return 0;
		err_set(e, ERR_IMAGE, "%u bytes at 0x%08x run past 4 GB", rec->len,
			(unsigned int)rec->addr);
		return err_at(e, rec->addr);
	case COUNT_OF_DATA:
		if (rec->len)
			return err_set(e, ERR_IMAGE, "S%u record holds data", rec->type);
		if (rec->addr == r->data_count)
			return 0;
		return err_set(e, ERR_IMAGE,
			       "the file has %u data records so far, and S%u counts %u",
			       r->data_count, rec->type, (unsigned int)rec->addr);
	case START:
		if (rec->len)
			return err_set(e, ERR_IMAGE, "S%u record holds data", rec->type);
		r->end_line = r->in.line;
		return 0;
	default:
		return 0;
	}
}

/* Reads the next record. Returns 1, 0 at the text's end, or -1. */
static int next_record(struct reader *r, struct record *rec, struct err *e)
{
	const char *line;
	size_t len, own;

	for (;;) {
		if (!lines_next(&r->in, &line, &len))
			return 0;
		if (!r->end_line)
			break;
		if (check_rest(r, line, len, e) < 0)
			return -1;
	}
	own = own_length(line, len);
	if (decode(line, own, rec, e) < 0 || follow(r, rec, e) < 0)
		return -1;
	if (own < len && check_rest(r, line + own, len - own, e) < 0)
		return -1;
	return 1;
}

static int read_all(struct reader *r, struct runs *runs, struct image *img, struct err *e)
{
	struct record rec;
	int more;

	while ((more = next_record(r, &rec, e)) > 0) {
		const struct piece piece = { rec.addr, rec.len, rec.data };

		if (types[rec.type].kind == DATA && rec.len && runs_add(runs, &piece, e) < 0)
			return -1;
		if (types[rec.type].kind == START && rec.addr) {
			img->has_start = true;
			img->start = rec.addr;
		}
	}
	if (more == 0 && !r->end_line)
		return err_set(e, ERR_IMAGE,
			       "no end record (S7, S8 or S9): the file was cut off");
	if (more == 0 && !runs->count)
		return err_set(e, ERR_IMAGE, "the file holds no data");
	return more;
}

/* Reads the text again to tell which two lines give the byte at @addr different values. */
static int blame_lines(const uint8_t *text, size_t len, const char *name, uint32_t addr,
		       struct err *e)
{
	struct reader r = { .in = lines_of(text, len) };
	struct clash c = { .addr = addr };
	struct record rec;

	while (next_record(&r, &rec, e) > 0) {
		const struct piece piece = { rec.addr, rec.len, rec.data };

		if (types[rec.type].kind != DATA || !clash_at(&c, &piece, r.in.line))
			continue;
		err_set(e, ERR_IMAGE, "%s:%u: 0x%08x is 0x%02x here, but 0x%02x on line %u", name,
			r.in.line, (unsigned int)addr, c.here, c.first, c.place);
		err_at(e, addr);
		return err_in(e, name, r.in.line);
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

static int srec_load(const uint8_t *data, size_t len, const char *name, uint32_t base,
		     struct image *img, struct err *e)
{
	struct reader r = { .in = lines_of(data, len) };
	struct runs runs;
	int ret;

	(void)base;
	if (runs_init(&runs, len / 2, e) < 0)
		return err_wrap(e, "%s", name);
	ret = read_all(&r, &runs, img, e);
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

/* "S", a type, and at least the byte count and the address of the shortest record. */
static int srec_probe(const uint8_t *data, size_t len)
{
	if (len < 8 || data[0] != 'S' || !isdigit(data[1]))
		return 0;
	for (size_t i = 2; i < 8; i++) {
		if (!isxdigit(data[i]))
			return 0;
	}
	return 100;
}

/* ---- writing ---- */

static int put_record(struct saver *s, unsigned int type, uint32_t addr, const uint8_t *data,
		      unsigned int len, struct err *e)
{
	unsigned int width = types[type].width, count = width + len + 1, sum = count;
	uint8_t raw[4 + SAVER_LINE + 1], be[4];
	char text[HEAD + 2 * sizeof(raw) + 3];
	int at;

	put_be32(be, addr);
	memcpy(raw, be + 4 - width, width);
	if (len)
		memcpy(raw + width, data, len);
	at = sprintf(text, "S%u%02X", type, count);
	for (unsigned int i = 0; i + 1 < count; i++) {
		sum += raw[i];
		at += sprintf(text + at, "%02X", raw[i]);
	}
	at += sprintf(text + at, "%02X\r\n", ~sum & 0xff);
	return s->put(s->to, (const uint8_t *)text, (size_t)at, e);
}

static int srec_begin(struct saver *s, struct err *e)
{
	static const char header[] = "bootpin";

	return put_record(s, 0, 0, (const uint8_t *)header, sizeof(header) - 1, e);
}

/* Addresses of four bytes, as all of an STM32's are. */
static int srec_line(struct saver *s, uint32_t addr, const uint8_t *data, unsigned int len,
		     struct err *e)
{
	return put_record(s, 3, addr, data, len, e);
}

static int srec_end(struct saver *s, struct err *e)
{
	return put_record(s, 7, 0, NULL, 0, e);
}

static const struct saver_ops srec_saver = { srec_begin, srec_line, srec_end };

const struct parser parser_srec = {
	.name = "srec",
	.title = "Motorola S-record",
	.suffixes = ".srec .s19 .s28 .s37 .mot",
	.probe = srec_probe,
	.load = srec_load,
	.addressed = true,
	.saver = &srec_saver,
};
