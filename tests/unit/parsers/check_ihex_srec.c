/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intel HEX against another implementation: what srec_cat makes of a file must be what bootpin
 * makes of it, for generated files with records in disorder, and for real firmware if there is any
 * in the folder $BOOTPIN_FIRMWARE.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parsers/parser.h"
#include "tests/lib/firmware.h"
#include "tests/lib/random.h"
#include "tests/lib/runner.h"

#define FILES 50
#define SPAN 0x40000u			/* bytes that a generated file may lie in */
#define RECORDS 400

static char hex_path[] = "/tmp/bootpin-srec-XXXXXX", bin_path[sizeof(hex_path) + 4];

/* The bytes that srec_cat sees from @base on, with @fill in the gaps. */
static uint8_t *reference(const char *path, uint32_t base, uint32_t span, unsigned int fill)
{
	char cmd[600];
	uint8_t *data;
	size_t len;

	snprintf(cmd, sizeof(cmd),
		 "srec_cat '%s' -intel -fill 0x%02x 0x%llx 0x%llx -offset -0x%llx "
		 "-o '%s' -binary 2>/dev/null",
		 path, fill, (unsigned long long)base, (unsigned long long)base + span,
		 (unsigned long long)base, bin_path);
	ck_assert_msg(system(cmd) == 0, "failed: %s", cmd);
	data = firmware_read(bin_path, &len);
	ck_assert_msg(len == span, "%s: something lies outside", path);
	return data;
}

/* Two different fills tell a gap from data that look like the fill. */
static void compare(const char *path, const struct image *img, uint32_t base, uint32_t span)
{
	static const uint8_t fills[] = { 0x00, 0xff };
	uint8_t *ours = malloc(span);

	for (size_t f = 0; f < sizeof(fills); f++) {
		uint8_t *theirs = reference(path, base, span, fills[f]);

		memset(ours, fills[f], span);
		ck_assert_uint_eq(image_copy(img, base, ours, span), image_bytes(img));
		for (uint32_t i = 0; i < span; i++) {
			if (ours[i] != theirs[i])
				ck_abort_msg("%s: 0x%08x is 0x%02x, for srec_cat 0x%02x", path,
					     (unsigned int)(base + i), ours[i], theirs[i]);
		}
		free(theirs);
	}
	free(ours);
}

static void load(const char *path, struct image *img)
{
	struct err e = ERR_INIT;
	size_t len;
	uint8_t *text = firmware_read(path, &len);

	ck_assert_msg(parser_ihex.load(text, len, path, 0, img, &e) == 0, "%s", e.msg);
	free(text);
}

static uint32_t random_state;

static uint32_t dice(uint32_t sides)
{
	return random_below(&random_state, sides);
}

static void put_record(FILE *f, unsigned int type, uint16_t offset, const uint8_t *data,
		       unsigned int len)
{
	unsigned int sum = len + (offset >> 8) + (offset & 0xff) + type;

	fprintf(f, ":%02X%04X%02X", len, offset, type);
	for (unsigned int i = 0; i < len; i++) {
		fprintf(f, "%02X", data[i]);
		sum += data[i];
	}
	fprintf(f, "%02X%s", -sum & 0xff, dice(2) ? "\n" : "\r\n");
}

/* The address of byte @i of a record: in a segment, offsets wrap. */
static uint32_t place(bool segmented, uint32_t base, uint16_t offset, unsigned int i)
{
	return base + (segmented ? (uint16_t)(offset + i) : offset + i);
}

/*
 * One data record behind the base record that it needs; none if its bytes are taken or fall
 * outside. Offsets near 64 KB are as frequent as all others together.
 */
static void put_random(FILE *f, uint8_t *taken, uint32_t high)
{
	bool segmented = !high && dice(2);
	uint32_t base = segmented ? dice(0x3000) << 4 : dice(4) << 16;
	uint16_t offset = (uint16_t)(dice(2) ? dice(0x10000) : 0xffff - dice(300));
	uint32_t field = segmented ? base >> 4 : (high + base) >> 16;
	uint8_t bytes[2] = { (uint8_t)(field >> 8), (uint8_t)field }, data[255];
	unsigned int len = dice(dice(2) ? 17 : 256);

	for (unsigned int i = 0; i < len; i++) {
		uint32_t at = place(segmented, base, offset, i);

		if (at >= SPAN || taken[at])
			return;
		data[i] = (uint8_t)dice(256);
	}
	for (unsigned int i = 0; i < len; i++)
		taken[place(segmented, base, offset, i)] = 1;
	put_record(f, segmented ? 2 : 4, 0, bytes, 2);
	put_record(f, 0, offset, data, len);
}

START_TEST(srec_cat_agrees_on_records_in_disorder)
{
	uint32_t high = _i % 2 ? 0x08000000 : 0;
	uint8_t *taken = calloc(SPAN, 1);
	FILE *f = fopen(hex_path, "w");
	struct image img = IMAGE_INIT;
	uint64_t bytes = 0;

	ck_assert_ptr_nonnull(f);
	random_state = 4711 + (uint32_t)_i;
	for (int i = 0; i < RECORDS; i++)
		put_random(f, taken, high);
	put_record(f, 1, 0, NULL, 0);
	ck_assert_int_eq(fclose(f), 0);
	for (uint32_t i = 0; i < SPAN; i++)
		bytes += taken[i];
	load(hex_path, &img);
	ck_assert_uint_eq(image_bytes(&img), bytes);
	compare(hex_path, &img, high, SPAN);
	image_free(&img);
	free(taken);
}
END_TEST

static glob_t firmware;

START_TEST(srec_cat_agrees_on_real_firmware)
{
	const char *path = firmware.gl_pathv[_i];
	struct image img = IMAGE_INIT;
	const struct segment *last;
	uint32_t base;

	load(path, &img);
	last = &img.seg[img.count - 1];
	base = img.seg[0].addr;
	compare(path, &img, base, last->addr + last->len - base);
	image_free(&img);
}
END_TEST

static int make_paths(void)
{
	int fd = mkstemp(hex_path);

	if (fd < 0)
		return -1;
	close(fd);
	snprintf(bin_path, sizeof(bin_path), "%s.bin", hex_path);
	return 0;
}

int main(void)
{
	Suite *s = suite_create("ihex_srec");
	TCase *t = runner_case(s, "ihex_srec", 60);
	int status;

	if (system("srec_cat --version >/dev/null 2>&1") != 0) {
		puts("srec_cat is not installed (package srecord): nothing to compare with");
		return RUNNER_SKIPPED;
	}
	if (make_paths() < 0) {
		perror(hex_path);
		return EXIT_FAILURE;
	}
	firmware = firmware_find();
	tcase_add_loop_test(t, srec_cat_agrees_on_records_in_disorder, 0, FILES);
	tcase_add_loop_test(t, srec_cat_agrees_on_real_firmware, 0, (int)firmware.gl_pathc);
	status = runner_run(s);
	globfree(&firmware);
	unlink(hex_path);
	unlink(bin_path);
	return status;
}
