/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The jobs of the sweep: one row each. A row says what the board is, what the command line, what
 * the image, and so what flash is to hold after success.
 */
#ifndef BOOTPIN_TESTS_FAULT_JOBS_H
#define BOOTPIN_TESTS_FAULT_JOBS_H

#include "tests/faults/fault.h"
#include "image/image.h"

enum effect {
	EFFECT_NONE,		/* flash stays as it is */
	EFFECT_WRITES,		/* it holds the image, the rest of the touched pages is blank */
	EFFECT_KEEPS,		/* it holds the image, all the rest is as it was */
	EFFECT_UNLOCKS,		/* it holds the image, all the rest is blank */
};

struct fault_job {
	const char *name;
	const char *board;
	/* The command line without the PORT; FILE of -w is the image below. */
	const char *args;
	enum effect effect;
	/* Offset of the image's segments in flash. */
	uint32_t at[2];
	/* Bytes in a full block, by -F; 0: 256. A smaller one makes for more runs in the time. */
	uint32_t block;
	/* -r without -v: what is spoiled unseen is handed on, and it says so. */
	bool unchecked;
	/* The image begins with a vector table, and runs after success. */
	bool starts;
	/* The flash acknowledges and does not store: no run may end with success. */
	bool lies;
	/* Where option bytes are that are to be as after a run without faults; 0: not looked at. */
	uint32_t options;
};

#define FAULT_OPTIONS 40	/* bytes of these */
#define FAULT_CHIP_MAX 120

extern const struct fault_job fault_jobs[];
extern const size_t fault_job_count;

/* A job that has been run once without a fault. */
struct fault_bench {
	const struct fault_job *job;
	bool i2c, usb;
	char args[256];			/* the job's, with the names of files */
	char saved[64];			/* where --preserve keeps its copy */
	int pipe[2];			/* where -r writes */
	struct image image;
	uint32_t start, size;		/* of flash */
	uint8_t erased;			/* what blank flash reads */
	uint8_t *before, *after;	/* flash; what it is to hold after success */
	uint8_t *programmed;		/* flash.h's, of before */
	size_t programmed_size;
	bool *touched;			/* by byte of flash: in a page of the image */
	uint32_t first, end;		/* the first of these, and behind the last */
	struct fault_map map;
	uint8_t options_before[FAULT_OPTIONS], options_after[FAULT_OPTIONS];
	bool known;			/* what is behind this: by the run without a fault */
	char chip[FAULT_CHIP_MAX];	/* which it was said to be */
	char out[2048];			/* what was printed on standard output */
	uint8_t read[2048];		/* what -r has read */
	size_t read_len;
	nsec_t took;
};

enum fault_outcome {
	OUTCOME_GOOD,		/* exit 0, and all is as it should be */
	OUTCOME_FAILED,		/* another exit, of the right class, and the message is true */
	OUTCOME_EXCEPTION,	/* one of the documented ones */
	OUTCOME_WRONG,
	OUTCOMES
};

struct fault_result {
	enum fault_outcome outcome;
	int status;
	nsec_t took;
	char message[700];	/* how it ended; for OUTCOME_WRONG what is wrong with that */
};

/* For figures by wire. */
static inline size_t fault_wire(const struct fault_bench *b)
{
	return b->usb ? 2 : b->i2c;
}

/* Prepares a bench and makes the run without a fault. Returns 0, or -1 with a message printed. */
int fault_bench_open(struct fault_bench *b, const struct fault_job *job);
void fault_bench_close(struct fault_bench *b);

/* Runs the job with @faults, at most 2, and judges how it ended. */
struct fault_result fault_bench_run(struct fault_bench *b, const struct fault *faults, size_t n);

/* A finished run, for the judge (verdict.c). */
struct fault_run {
	const struct fault_bench *bench;
	const struct injector *inj;
	struct err e;			/* ERR_NONE: success */
	const uint8_t *flash;
	const struct chip *chip;	/* as the run has left it */
	uint8_t options[FAULT_OPTIONS];
	const char *out, *said;		/* on the two streams */
	const char *misspoken;		/* what was claimed and was not so; "" if nothing */
	const uint8_t *read;
	size_t read_len;
	bool pins_back;
	bool kept;			/* the copy of --preserve is there */
	nsec_t took;
};
void fault_judge(const struct fault_run *run, struct fault_result *result);

#endif
