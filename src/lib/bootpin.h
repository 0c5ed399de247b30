/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libbootpin: what bootpin(1) does, for programs. doc/library.md explains it.
 *
 * A job is made, told its options by their long names, run, and asked what came of it. Nothing is
 * printed, no signal is caught or ignored, and no state is shared between jobs: each may run in a thread
 * of its own. One job is for one thread at a time, but for bootpin_job_cancel. NULL is accepted
 * everywhere. Texts belong to the job, and are valid until its next call.
 */
#ifndef LIBBOOTPIN_H
#define LIBBOOTPIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define BOOTPIN_API __attribute__((visibility("default")))
#else
#define BOOTPIN_API
#endif

/* What calls return: 0, or an exit status of bootpin(1), or one of the last two. */
#define BOOTPIN_OK 0
#define BOOTPIN_OTHER 1		/* memory, or a file of this host */
#define BOOTPIN_USAGE 2		/* an option or a call is wrong; nothing was opened */
#define BOOTPIN_IMAGE 3		/* so is the image; no memory of the chip was changed */
#define BOOTPIN_PORT 4		/* it cannot be opened */
#define BOOTPIN_SILENT 5	/* no bootloader answered */
#define BOOTPIN_LINK 6		/* the link failed in the middle */
#define BOOTPIN_PROTECTED 7	/* the chip is protected */
#define BOOTPIN_VERIFY 8	/* its memory does not hold the image */
#define BOOTPIN_ABILITY 9	/* it cannot do that */
#define BOOTPIN_CANCELLED 128
#define BOOTPIN_TIMED_OUT 142

typedef struct bootpin_job bootpin_job;
typedef struct bootpin_event bootpin_event;

/* "0.1.0" */
BOOTPIN_API const char *bootpin_version(void);

/* A job on a PORT of bootpin(1); NULL: for one that needs none ("list-ports"). NULL: no memory. */
BOOTPIN_API bootpin_job *bootpin_job_new(const char *port);
BOOTPIN_API void bootpin_job_free(bootpin_job *job);

/* An option, as "baud" "115200", or "reset" NULL. Files are regular ones, never "-". */
BOOTPIN_API int bootpin_job_set(bootpin_job *job, const char *option, const char *value);
/* Writes FILE or FILE@ADDR, as "write" does, and bytes, which are copied. May be repeated. */
BOOTPIN_API int bootpin_job_add_file(bootpin_job *job, const char *file);
BOOTPIN_API int bootpin_job_add_bytes(bootpin_job *job, uint32_t addr, const void *data, size_t len);
/* Reads memory for bootpin_job_data; len 0: all flash. */
BOOTPIN_API int bootpin_job_read(bootpin_job *job, uint32_t addr, size_t len);
/* A run ends after this time at the latest, whatever the chip holds then; 0: no limit. */
BOOTPIN_API int bootpin_job_timeout(bootpin_job *job, unsigned int milliseconds);

/* Called in the thread of bootpin_job_run; the event is valid until it returns. */
typedef void (*bootpin_event_fn)(void *arg, const bootpin_event *event);
BOOTPIN_API int bootpin_job_on_event(bootpin_job *job, bootpin_event_fn fn, void *arg);

/* Runs the job, which may be run again. Returns its status. */
BOOTPIN_API int bootpin_job_run(bootpin_job *job);
/*
 * Ends the run that is under way, or else the next one: behind the frame in flight; called again, at
 * once. For any thread, callback or signal handler, as long as there is the job.
 */
BOOTPIN_API void bootpin_job_cancel(bootpin_job *job);

/* The error of the last call in words, or "". */
BOOTPIN_API const char *bootpin_job_error(const bootpin_job *job);
/* The event "result" of the last run: chip, error class, address, ...; NULL: there was none. */
BOOTPIN_API const bootpin_event *bootpin_job_result(const bootpin_job *job);
/* What bootpin_job_read read, in a run that succeeded; NULL: nothing. */
BOOTPIN_API const void *bootpin_job_data(const bootpin_job *job, size_t *len);

/* Events have the names and keys of doc/json.md. */
#define BOOTPIN_NULL 0		/* no value, or no such key */
#define BOOTPIN_TEXT 1
#define BOOTPIN_NUMBER 2
#define BOOTPIN_FLAG 3		/* a number, 0 or 1 */
#define BOOTPIN_MILLISECONDS 4	/* a number; seconds in JSON */

BOOTPIN_API const char *bootpin_event_name(const bootpin_event *event);
/* Its keys, in their order; NULL behind the last. */
BOOTPIN_API const char *bootpin_event_key(const bootpin_event *event, size_t index);
BOOTPIN_API int bootpin_event_type(const bootpin_event *event, const char *key);
/* NULL, or 0, where the value is of another type. */
BOOTPIN_API const char *bootpin_event_text(const bootpin_event *event, const char *key);
BOOTPIN_API int64_t bootpin_event_number(const bootpin_event *event, const char *key);

#ifdef __cplusplus
}
#endif

#endif
