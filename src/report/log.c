/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/shown.h"
#include "report/log.h"
#include "report/record.h"

/* In the order of columns, behind the time. */
static const char *const columns[] = {
	"port", "unique_id", "chip", "image", "sha256", "result", "seconds", "exit", "message",
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))
#define HEADER "time,port,unique_id,chip,image,sha256,result,seconds,exit,message\n"
#define HEADER_LEN (sizeof(HEADER) - 1)

/* Another program has the lock no longer than a line takes. */
#define LOCK_TRIES 60u
#define LOCK_PERIOD 50000000L		/* ns */
/* Nobody moves it away so often. */
#define MOVED_TRIES 100u

/* ---- the file ---- */

static int fail(int sys, const char *path, struct err *e)
{
	return err_sys(e, ERR_OTHER, sys, "cannot write '%s'", path);
}

static int lock(int fd, const char *path, struct err *e)
{
	const struct timespec period = { .tv_nsec = LOCK_PERIOD };

	for (unsigned int i = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail(errno, path, e);
		if (i == LOCK_TRIES)
			return err_set(e, ERR_OTHER, "cannot lock '%s': another program has it locked",
				       path);
		nanosleep(&period, NULL);
	}
	return 0;
}

/* Lines are added to nothing that is not ours: an image, or a table of something else. */
static int check_header(int fd, const struct stat *st, const char *path, struct err *e)
{
	char begin[HEADER_LEN];
	ssize_t n;

	if (!st->st_size)
		return 0;
	n = pread(fd, begin, sizeof(begin), 0);
	if (n < 0)
		return fail(errno, path, e);
	if ((size_t)n == sizeof(begin) && !memcmp(begin, HEADER, sizeof(begin)))
		return 0;
	return err_set(e, ERR_OTHER, "cannot write '%s': it is no log: its first line is not '%.*s'", path,
		       (int)HEADER_LEN - 1, HEADER);
}

/* To open a device or a pipe can do something, or wait: it is looked at before. */
static int open_regular(const char *path, struct err *e)
{
	struct stat st;
	int fd;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(e, ERR_OTHER, "cannot write '%s': it is no regular file", path);
	fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
	return fd < 0 ? fail(errno, path, e) : fd;
}

/* Is @fd, which is @st, still the file of that name? Another program may have moved it away. */
static bool is_named(const char *path, int fd, struct stat *st)
{
	struct stat named;

	return fstat(fd, st) == 0 && stat(path, &named) == 0 && st->st_dev == named.st_dev &&
	       st->st_ino == named.st_ino;
}

static int open_checked(const char *path, bool *named, struct stat *st, struct err *e)
{
	int fd = open_regular(path, e);

	if (fd < 0)
		return -1;
	if (lock(fd, path, e) == 0) {
		*named = is_named(path, fd, st);
		if (!*named || check_header(fd, st, path, e) == 0)
			return fd;
	}
	close(fd);
	return -1;
}

/* Opened, locked and looked at: a descriptor, and *@st; -1 with @e set. */
static int open_locked(const char *path, struct stat *st, struct err *e)
{
	for (unsigned int i = 0; i < MOVED_TRIES; i++) {
		bool named;
		int fd = open_checked(path, &named, st, e);

		if (fd < 0 || named)
			return fd;
		close(fd);
	}
	return fail(ESTALE, path, e);
}

int log_open(struct log *l, const char *path, struct err *e)
{
	struct stat st;
	int fd;

	*l = (struct log){ .path = path };
	fd = open_locked(path, &st, e);
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

void log_free(struct log *l)
{
	image_list_free(&l->images);
	*l = (struct log){ 0 };
}

/* ---- a line ---- */

/* The local time, "2026-01-31T23:59:59+01:00". */
static void put_time(FILE *to)
{
	char text[32], zone[8];
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	fprintf(to, "%s%.3s:%s", text, zone, zone + 3);
}

/* Control characters, and what is no UTF-8, are spelled out: a line stays a line. */
static void put_text(FILE *to, const char *text)
{
	size_t size = 4 * strlen(text) + 1;
	char *safe = malloc(size);
	const char *drawn = safe ? shown(text, safe, size) : "";

	if (!strpbrk(drawn, ",\"") && drawn[0] != ' ') {
		fputs(drawn, to);
	} else {
		fputc('"', to);
		for (const char *p = drawn; *p; p++)
			fprintf(to, *p == '"' ? "\"\"" : "%c", *p);
		fputc('"', to);
	}
	free(safe);
}

static void put_field(FILE *to, const struct field *f)
{
	if (!f || f->type == FIELD_NULL)
		return;
	if (f->type == FIELD_TEXT)
		put_text(to, f->text);
	else if (f->type == FIELD_TIME)
		fprintf(to, "%lld.%03lld", (long long)f->number / 1000, (long long)f->number % 1000);
	else
		fprintf(to, "%lld", (long long)f->number);
}

/* Writes the value of a column: the result's field of that name, but for those named otherwise there. */
static void put_column(FILE *to, const char *column, const struct log *l, const struct record *result,
		       const struct record *work)
{
	const struct field *error = record_field(result, "error"), *f;

	if (!strcmp(column, "image")) {
		put_text(to, l->images.names ? l->images.names : "");
	} else if (!strcmp(column, "sha256")) {
		put_text(to, l->images.sums ? l->images.sums : "");
	} else if (!strcmp(column, "result")) {
		put_text(to, error && error->type == FIELD_TEXT ? error->text : "ok");
	} else {
		f = record_field(result, column);
		if (!strcmp(column, "message") && (!f || f->type == FIELD_NULL))
			f = record_field(result, "done");
		put_field(to, f ? f : record_field(work, column));
	}
}

static void put_line(FILE *to, const struct report *r, const char *port, const struct err *e)
{
	struct record result, work = { .count = 0 };

	record_result(&result, port, e, report_done(r), &r->result);
	record_work(&work, &r->result);
	put_time(to);
	for (size_t i = 0; i < COLUMNS; i++) {
		fputc(',', to);
		put_column(to, columns[i], r->log, &result, &work);
	}
	fputc('\n', to);
}

/* Behind a line that another program has left half written a new one begins. */
static bool is_torn(int fd, off_t size)
{
	char last;

	return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

/* In one write where the disk has room; else what there is of it is taken back. */
static int append(int fd, const struct stat *st, const char *text, size_t len, const char *path,
		  struct err *why)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(fd, text + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			fail(errno, path, why);
			break;
		}
		done += (size_t)n;
	}
	if (done == len)
		return 0;
	if (done && ftruncate(fd, st->st_size) < 0)
		fail(errno, path, why);
	return -1;
}

static int write_line(struct report *r, const char *port, const struct err *e, int fd,
		      const struct stat *st, struct err *why)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	int ret;

	if (!to)
		return fail(errno, r->log->path, why);
	if (is_torn(fd, st->st_size))
		fputc('\n', to);
	if (!st->st_size)
		fputs(HEADER, to);
	put_line(to, r, port, e);
	if (fclose(to) == 0)
		ret = append(fd, st, text, len, r->log->path, why);
	else
		ret = fail(ENOMEM, r->log->path, why);
	free(text);
	if (ret == 0)
		r->log->last = (struct log_place){ st->st_ino, st->st_size, st->st_size + (off_t)len };
	return ret;
}

/* Is @last the end of the file that @st is? */
static bool is_at_end(const struct log_place *last, const struct stat *st)
{
	return last->file == st->st_ino && last->to == st->st_size;
}

/* @amend: in the place of the last line, where it is the last of all. */
static int put_locked(struct report *r, const char *port, const struct err *e, bool amend,
		      struct err *why)
{
	struct stat st;
	int fd = open_locked(r->log->path, &st, why), ret;

	if (fd < 0)
		return -1;
	if (amend && is_at_end(&r->log->last, &st) && ftruncate(fd, r->log->last.from) == 0)
		st.st_size = r->log->last.from;
	ret = write_line(r, port, e, fd, &st, why);
	if (close(fd) < 0 && ret == 0)
		ret = fail(errno, r->log->path, why);
	return ret;
}

int log_line(struct report *r, const char *port, const struct err *e, struct err *why)
{
	if (!r->log)
		return 0;
	r->log->lines++;
	return put_locked(r, port, e, false, why);
}

int log_amend(struct report *r, const char *port, const struct err *e, struct err *why)
{
	return r->log && r->log->last.to ? put_locked(r, port, e, true, why) : 0;
}
