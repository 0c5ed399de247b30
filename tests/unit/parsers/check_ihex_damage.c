/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Damaged Intel HEX against another implementation: what bootpin takes, srec_cat must take, and
 * make the same of it; what only bootpin refuses, it refuses for a reason that is listed here.
 *
 * $SREC_CASES files are tried (default 200), the first from the seed $SREC_SEED (default 1): a
 * case is the same wherever it is run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parsers/parser.h"
#include "tests/lib/random.h"
#include "tests/lib/runner.h"

#define TEXT_MAX 4096
#define RECORDS 12

/* bootpin is the stricter one here: a flasher is not to guess what was meant. */
static const char *const stricter[] = {
	"line does not begin with ':'",
	"data after the end-of-file record",
	"no end-of-file record",
	"run past 4 GB",
	"the file holds no data",
};

/* srec_cat is the stricter one here, of a field that means nothing. */
#define ONLY_THEIRS "address field must be zero"

static char path[] = "/tmp/bootpin-damage-XXXXXX";

/* ---- making files ---- */

struct text {
	char buf[TEXT_MAX];
	size_t len;
	uint32_t random;
};

static uint32_t dice(struct text *t, uint32_t sides)
{
	return random_below(&t->random, sides);
}

static void add_record(struct text *t, unsigned int type, uint16_t offset, const uint8_t *data,
		       unsigned int len)
{
	unsigned int sum = len + (offset >> 8) + (offset & 0xff) + type;
	char *to = t->buf + t->len;

	to += sprintf(to, ":%02X%04X%02X", len, offset, type);
	for (unsigned int i = 0; i < len; i++) {
		to += sprintf(to, "%02X", data[i]);
		sum += data[i];
	}
	to += sprintf(to, "%02X\n", -sum & 0xff);
	t->len = (size_t)(to - t->buf);
}

/* Any type but start addresses; at the ends of 64 KB and of 4 GB as often as elsewhere. */
static void add_random(struct text *t)
{
	static const uint16_t bases[] = { 0x0000, 0x0800, 0x1000, 0xf000, 0xffff };
	static const uint8_t types[] = { 0, 0, 0, 0, 0, 2, 4, 4 };
	uint8_t data[20];
	uint16_t base = bases[dice(t, COUNT(bases))];
	unsigned int type = types[dice(t, sizeof(types))];
	unsigned int len = type ? 2 : dice(t, sizeof(data));

	for (unsigned int i = 0; i < len; i++)
		data[i] = (uint8_t)dice(t, 256);
	if (type) {
		data[0] = (uint8_t)(base >> 8);
		data[1] = (uint8_t)base;
	}
	add_record(t, type,
		   type ? 0 : (uint16_t)(dice(t, 3) ? dice(t, 0xff00) : 0xffff - dice(t, 32)), data,
		   len);
}

/* ---- damaging them ---- */

static void cut(struct text *t, size_t at, size_t len)
{
	memmove(t->buf + at, t->buf + at + len, t->len - at - len);
	t->len -= len;
}

static void insert(struct text *t, size_t at, const char *what, size_t len)
{
	if (t->len + len > TEXT_MAX)
		return;
	memmove(t->buf + at + len, t->buf + at, t->len - at);
	memmove(t->buf + at, what, len);
	t->len += len;
}

/* The line around @at, its end included. */
static size_t line_start(const struct text *t, size_t at)
{
	while (at && t->buf[at - 1] != '\n')
		at--;
	return at;
}

static size_t line_length(const struct text *t, size_t start)
{
	const char *end = memchr(t->buf + start, '\n', t->len - start);

	return end ? (size_t)(end - t->buf) + 1 - start : t->len - start;
}

/* Makes the checksum of a line right, so that what lies behind that check is reached too. */
static void mend_checksum(struct text *t, size_t start)
{
	size_t len = line_length(t, start);
	unsigned int sum = 0, byte;
	char digits[3] = "";

	if (len < 6)
		return;
	for (size_t i = start + 1; i + 3 < start + len - 1; i += 2) {
		memcpy(digits, t->buf + i, 2);
		if (sscanf(digits, "%2x", &byte) == 1)
			sum += byte;
	}
	snprintf(digits, sizeof(digits), "%02X", -sum & 0xff);
	memcpy(t->buf + start + len - 3, digits, 2);
}

/* No blanks and no lone carriage returns: these bootpin takes on purpose. */
static void damage(struct text *t)
{
	static const char chars[] = "0123456789ABCDEFabcdef0123456789:SgG\n";
	size_t at = dice(t, (uint32_t)t->len), start = line_start(t, at),
	       len = line_length(t, start);
	char line[TEXT_MAX], c = chars[dice(t, sizeof(chars) - 1)];

	memcpy(line, t->buf + start, len);
	switch (dice(t, 8)) {
	case 0:
		cut(t, at, 1);
		break;
	case 1:
		insert(t, at, &c, 1);
		break;
	case 2:
		cut(t, start, len);
		break;
	case 3:
		insert(t, line_start(t, dice(t, (uint32_t)t->len)), line, len);
		break;
	case 4:
		cut(t, at, t->len - at);
		break;
	default:
		t->buf[at] = c;
		if (c != '\n' && dice(t, 4))
			mend_checksum(t, start);
	}
}

/*
 * Before any base record srec_cat lets addresses wrap at 64 KB and bootpin does not: the first
 * record is one, and is left alone.
 */
static void make(struct text *t, uint32_t seed)
{
	static const char base[] = ":020000040000FA\n";

	*t = (struct text){ .random = seed * 2654435761u };
	for (unsigned int i = dice(t, RECORDS); i; i--)
		add_random(t);
	add_record(t, 1, 0, NULL, 0);
	for (unsigned int i = dice(t, 4); i && t->len; i--)
		damage(t);
	insert(t, 0, base, sizeof(base) - 1);
}

/* ---- reading them ---- */

/* Whether srec_cat takes a file. */
enum verdict { TAKES, REFUSES, REFUSES_ONLY };

/* The file as srec_cat reads it, told as S-records. */
static enum verdict reference(struct image *img)
{
	enum verdict refusal = REFUSES;
	char cmd[200], line[600];
	struct err e = ERR_INIT;
	FILE *p;

	snprintf(cmd, sizeof(cmd), "srec_cat '%s' -intel -o - -motorola -address-length=4 "
		 "-disable=header 2>&1", path);
	p = popen(cmd, "r");
	ck_assert_ptr_nonnull(p);
	while (fgets(line, sizeof(line), p)) {
		unsigned int len, addr, byte;
		uint8_t data[255];

		if (strstr(line, ONLY_THEIRS))
			refusal = REFUSES_ONLY;
		if (sscanf(line, "S3%2x%8x", &len, &addr) != 2)
			continue;
		ck_assert_uint_gt(len, 5);
		for (unsigned int i = 0; i < len - 5; i++) {
			ck_assert_int_eq(sscanf(line + 12 + 2 * i, "%2x", &byte), 1);
			data[i] = (uint8_t)byte;
		}
		ck_assert_int_eq(image_add(img, addr, data, len - 5, "srec_cat", &e), 0);
	}
	return pclose(p) == 0 ? TAKES : refusal;
}

static bool equal(const struct image *a, const struct image *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->seg[i].addr != b->seg[i].addr || a->seg[i].len != b->seg[i].len ||
		    memcmp(a->seg[i].data, b->seg[i].data, a->seg[i].len))
			return false;
	return true;
}

static bool stricter_for(const char *msg)
{
	for (size_t i = 0; i < COUNT(stricter); i++)
		if (strstr(msg, stricter[i]))
			return true;
	return false;
}

struct tally { unsigned int both, neither, ours, theirs; };

static void compare(const struct text *t, uint32_t seed, struct tally *n)
{
	struct image ours = IMAGE_INIT, theirs = IMAGE_INIT;
	struct err e = ERR_INIT;
	FILE *f = fopen(path, "w");
	enum verdict they;
	bool we;

	ck_assert_ptr_nonnull(f);
	fwrite(t->buf, 1, t->len, f);
	ck_assert_int_eq(fclose(f), 0);
	we = parser_ihex.load((const uint8_t *)t->buf, t->len, "file", 0, &ours, &e) == 0;
	they = reference(&theirs);
	if (we && they == TAKES)
		ck_assert_msg(equal(&ours, &theirs), "seed %u: srec_cat reads other data:\n%.*s",
			      seed, (int)t->len, t->buf);
	else if (we)	/* text behind the end is left out, with a warning */
		ck_assert_msg(they == REFUSES_ONLY || ours.ignored_line, "seed %u: srec_cat refuses it:\n%.*s", seed,
			      (int)t->len, t->buf);
	else
		ck_assert_msg(they != TAKES || stricter_for(e.msg),
			      "seed %u: only bootpin refuses: %s\n%.*s", seed, e.msg, (int)t->len,
			      t->buf);
	n->both += we && they == TAKES;
	n->neither += !we && they != TAKES;
	n->ours += we && they != TAKES;
	n->theirs += !we && they == TAKES;
	image_free(&ours);
	image_free(&theirs);
}

/* With a start address srec_cat no longer lets offsets wrap in a segment of type 02. */
static bool has_start(const struct text *t)
{
	for (size_t at = 0; at < t->len; at += line_length(t, at))
		if (t->len - at > 8 && t->buf[at] == ':' && t->buf[at + 7] == '0' &&
		    (t->buf[at + 8] == '3' || t->buf[at + 8] == '5'))
			return true;
	return false;
}

static uint32_t setting(const char *name, uint32_t otherwise)
{
	const char *text = getenv(name);

	return text ? (uint32_t)strtoul(text, NULL, 0) : otherwise;
}

START_TEST(srec_cat_agrees_on_damaged_files)
{
	uint32_t seed = setting("SREC_SEED", 1), cases = setting("SREC_CASES", 200);
	struct tally n = { 0 };
	struct text t;

	for (uint32_t i = 0; i < cases; i++) {
		make(&t, seed + i);
		if (!has_start(&t))
			compare(&t, seed + i, &n);
	}
	printf("seeds %u to %u: both take %u files, neither %u, only bootpin %u, only srec_cat "
	       "%u\n", seed, seed + cases - 1, n.both, n.neither, n.ours, n.theirs);
	ck_assert_uint_gt(n.both, 0);
	ck_assert_uint_gt(n.neither, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ihex_damage");
	TCase *t = runner_case(s, "ihex_damage", 600);
	int status, fd;

	if (system("srec_cat --version >/dev/null 2>&1") != 0) {
		puts("srec_cat is not installed (package srecord): nothing to compare with");
		return RUNNER_SKIPPED;
	}
	fd = mkstemp(path);
	if (fd < 0) {
		perror(path);
		return EXIT_FAILURE;
	}
	close(fd);
	tcase_add_test(t, srec_cat_agrees_on_damaged_files);
	status = runner_run(s);
	unlink(path);
	return status;
}
