/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For fuzzers: checks, taking an input apart, and a main where libFuzzer's is not linked. That one
 * feeds each file on its command line once, so that the corpus is a test like any other, and
 * afl-fuzz can run the program.
 */
#ifndef BOOTPIN_TESTS_FUZZ_H
#define BOOTPIN_TESTS_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/count.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Must hold for every input; unlike an assert it is never compiled out. */
#define require(held) ((held) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #held))

static inline _Noreturn void fuzz_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

static inline void *fuzz_alloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	require(p);
	return p;
}

/* The rest of an input. */
struct input {
	const uint8_t *at;
	size_t left;
};

/* The next byte, 0 behind the end. */
static inline uint8_t input_byte(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->at++;
}

/* Up to the next byte @end, which is left out, or all; the caller frees it. */
static inline char *input_text(struct input *in, char end)
{
	const uint8_t *stop = in->left ? memchr(in->at, end, in->left) : NULL;
	size_t len = stop ? (size_t)(stop - in->at) : in->left;
	char *text = fuzz_alloc(len + 1);

	if (len)
		memcpy(text, in->at, len);
	text[len] = '\0';
	in->at += len + (stop != NULL);
	in->left -= len + (stop != NULL);
	return text;
}

#ifndef HAVE_LIBFUZZER
#define FUZZ_FILE_MAX (1u << 20)

/* In a copy that ends where the input does, so that a sanitizer sees what lies behind it. */
static inline void fuzz_feed(const uint8_t *data, size_t size)
{
	uint8_t *copy = fuzz_alloc(size);

	if (size)
		memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

int main(int argc, char **argv)
{
	uint8_t *data = fuzz_alloc(FUZZ_FILE_MAX);

	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");

		if (!f) {
			perror(argv[i]);
			return EXIT_FAILURE;
		}
		fuzz_feed(data, fread(data, 1, FUZZ_FILE_MAX, f));
		fclose(f);
	}
	free(data);
	return EXIT_SUCCESS;
}
#endif

#endif
