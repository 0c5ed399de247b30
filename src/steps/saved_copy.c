/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/shown.h"
#include "parsers/parser.h"
#include "steps/saved_copy.h"

#define PATTERN "bootpin-*.saved"
#define MARK "; kept by bootpin: unique ID '"
#define MARK_PORT "', port '"
#define RECORD_LEN 16
/* Larger than the flash of any STM32 as Intel HEX. */
#define SIZE_MAX_READ (64 * 1024 * 1024)

/* ---- what is in one ---- */

enum copy_state {
	COPY_NONE,		/* no file, none that may be read, or none of ours */
	COPY_HELD,		/* of a job at work */
	COPY_BROKEN,
	COPY_WHOLE,
};

struct copy {
	uint64_t bytes;		/* COPY_WHOLE: of these */
	uint32_t first, last;
	char uid[25], port[200];	/* "": not said */
	struct err why;		/* COPY_BROKEN */
};

static bool read_all(int fd, uint8_t *data, size_t len)
{
	for (ssize_t n; len; data += n, len -= (size_t)n) {
		do
			n = read(fd, data, len);
		while (n < 0 && errno == EINTR);
		if (n <= 0)
			return false;
	}
	return true;
}

/* Copies what stands behind @mark, up to a quote or the end of the line. */
static void take_word(const uint8_t *data, size_t len, const char *mark, char *out, size_t size)
{
	const char *at = memmem(data, len, mark, strlen(mark));
	size_t left, n = 0;

	out[0] = '\0';
	if (!at)
		return;
	at += strlen(mark);
	left = len - (size_t)(at - (const char *)data);
	for (; n < left && n < size - 1 && at[n] != '\'' && at[n] != '\n'; n++)
		out[n] = at[n];
	out[n] = '\0';
}

static enum copy_state take_content(const char *path, const uint8_t *data, size_t len, struct copy *c)
{
	struct image img = IMAGE_INIT;

	take_word(data, len, MARK, c->uid, sizeof(c->uid));
	take_word(data, len, MARK_PORT, c->port, sizeof(c->port));
	if (parser_ihex.load(data, len, path, 0, &img, &c->why) < 0)
		return COPY_BROKEN;
	c->bytes = image_bytes(&img);
	c->first = img.seg[0].addr;
	c->last = img.seg[img.count - 1].addr + img.seg[img.count - 1].len - 1;
	image_free(&img);
	return COPY_WHOLE;
}

static enum copy_state look_into(const char *path, int fd, struct copy *c)
{
	enum copy_state state = COPY_NONE;
	struct stat st;
	uint8_t *data;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > SIZE_MAX_READ)
		return COPY_NONE;
	if (flock(fd, LOCK_SH | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? COPY_HELD : COPY_NONE;
	data = malloc((size_t)st.st_size + 1);
	if (data && read_all(fd, data, (size_t)st.st_size))
		state = take_content(path, data, (size_t)st.st_size, c);
	free(data);
	return state;
}

/* To open a device or a pipe can do something: only what is a file is opened. */
static enum copy_state look(const char *path, struct copy *c)
{
	enum copy_state state;
	struct stat st;
	int fd;

	*c = (struct copy){ .bytes = 0 };
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return COPY_NONE;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return COPY_NONE;
	state = look_into(path, fd, c);
	close(fd);
	return state;
}

/* ---- one is made ---- */

static void put_record(FILE *f, unsigned int type, uint16_t offset, const uint8_t *data,
		       uint32_t len)
{
	uint8_t sum = (uint8_t)(len + type + (offset >> 8) + (offset & 0xFF));

	fprintf(f, ":%02X%04X%02X", len, offset, type);
	for (uint32_t i = 0; i < len; i++) {
		fprintf(f, "%02X", data[i]);
		sum = (uint8_t)(sum + data[i]);
	}
	fprintf(f, "%02X\n", (uint8_t)-sum);
}

static void put_hex(FILE *f, const struct image *img)
{
	uint32_t upper = 0;

	for (size_t i = 0; i < img->count; i++) {
		const struct segment *g = &img->seg[i];

		for (uint32_t at = 0; at < g->len;) {
			uint32_t addr = g->addr + at, n = RECORD_LEN - addr % RECORD_LEN;

			if (addr >> 16 != upper) {
				uint8_t high[2] = { (uint8_t)(addr >> 24), (uint8_t)(addr >> 16) };

				put_record(f, 4, 0, high, 2);
				upper = addr >> 16;
			}
			if (n > g->len - at)
				n = g->len - at;
			put_record(f, 0, (uint16_t)addr, g->data + at, n);
			at += n;
		}
	}
	put_record(f, 1, 0, NULL, 0);
}

static void put_board(FILE *f, const struct session *s)
{
	char safe[4 * 200];

	fprintf(f, MARK "%s" MARK_PORT "%.*s'\n", s->uid, 199, shown(s->req->port, safe, sizeof(safe)));
}

static void name_content(const struct copy *c, struct err *e)
{
	char size[32];

	err_append(e, ": an earlier run that failed kept %s of 0x%08x to 0x%08x there",
		   report_size(c->bytes, size, sizeof(size)), (unsigned int)c->first,
		   (unsigned int)c->last);
	if (c->uid[0])
		err_append(e, ", of the chip with unique ID %s", c->uid);
	err_append(e, "; put it back with -w, or move it away");
}

static void refuse(const char *path, struct err *e)
{
	struct copy c;

	err_set(e, ERR_OTHER, "'%s' exists", path);
	switch (look(path, &c)) {
	case COPY_HELD:
		err_append(e, ": another run keeps memory in it now");
		break;
	case COPY_WHOLE:
		name_content(&c, e);
		break;
	default:
		err_append(e, ": it may hold what an earlier run kept");
	}
	if (e)
		e->sys = EEXIST;
}

FILE *saved_copy_make(const char *path, const struct image *img, const struct session *s, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), sys = 0;
	FILE *f;

	if (fd < 0 && errno == EEXIST) {
		refuse(path, e);
		return NULL;
	}
	if (fd < 0) {
		err_sys(e, ERR_OTHER, errno, "cannot write '%s'", path);
		return NULL;
	}
	/* Where locks are not known, others take it for one that was left. */
	(void)flock(fd, LOCK_EX | LOCK_NB);
	f = fdopen(fd, "w");
	if (f) {
		put_hex(f, img);
		put_board(f, s);
	}
	if (!f || fflush(f) || fsync(fd))
		sys = errno;
	else if (ferror(f))		/* of an earlier write */
		sys = EIO;
	if (!sys)
		return f;
	if (f)
		fclose(f);
	else
		close(fd);
	unlink(path);
	err_sys(e, ERR_OTHER, sys, "cannot write '%s'", path);
	return NULL;
}

/* ---- those that lie there ---- */

/* Of this job's chip, or, where neither has an ID, of its port. */
static bool is_of_board(const struct copy *c, const struct session *s)
{
	char safe[4 * 200], port[200];

	if (c->uid[0] || s->uid[0])
		return strcmp(c->uid, s->uid) == 0;
	snprintf(port, sizeof(port), "%s", shown(s->req->port, safe, sizeof(safe)));
	return strcmp(c->port, port) == 0;
}

static void tell(const char *name, const struct session *s)
{
	bool keeps = s->req->preserve && !s->req->preserve_file;
	struct copy c;
	enum copy_state state = look(name, &c);

	if (state != COPY_WHOLE && state != COPY_BROKEN)
		return;
	if (!keeps && !is_of_board(&c, s))
		return;
	if (state == COPY_WHOLE)
		report_event(s->r, EV_SAVED_COPY, name, c.bytes, c.first, c.last, c.uid, c.port);
	else
		report_event(s->r, EV_SAVED_COPY_BROKEN, name, c.why.msg);
}

static int is_named_so(const struct dirent *entry)
{
	return fnmatch(PATTERN, entry->d_name, 0) == 0;
}

void saved_copy_warn(const struct session *s)
{
	struct dirent **found = NULL;
	int n;

	/* A library says nothing of files that its caller has not named. */
	if (s->req->regular_only)
		return;
	n = scandir(".", &found, is_named_so, alphasort);
	for (int i = 0; i < n; i++) {
		tell(found[i]->d_name, s);
		free(found[i]);
	}
	free(found);
}
