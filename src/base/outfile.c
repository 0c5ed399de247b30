/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/outfile.h"

#define LINKS_MAX 40		/* as the kernel's (path_resolution(7)) */

struct outfile {
	int fd;
	bool own_fd;		/* false for standard output */
	struct outbuf *memory;	/* NULL: it is a file */
	char *path;		/* as the user gave it */
	char *target;		/* where it will be, links resolved; NULL when written in place */
	char *temp;
};

static void release_file(struct outfile *f)
{
	if (f->own_fd && f->fd >= 0)
		close(f->fd);
	free(f->path);
	free(f->target);
	free(f->temp);
	free(f);
}

/* Where the link @path leads to, by its own folder; frees @path. NULL with errno set. */
static char *follow_link(char *path, const char *link)
{
	const char *dir = link[0] == '/' ? NULL : strrchr(path, '/');
	char *next;

	if (asprintf(&next, "%.*s%s", dir ? (int)(dir - path + 1) : 0, path, link) < 0)
		next = NULL;
	free(path);
	return next;
}

/*
 * Resolves links as far as they exist: the last of a dangling chain names the file to be made.
 * NULL with errno set.
 */
static char *resolve_links(const char *path)
{
	char *real = realpath(path, NULL), link[PATH_MAX];
	ssize_t n;

	if (real || errno != ENOENT)
		return real;
	real = strdup(path);
	for (unsigned int i = 0; real && i < LINKS_MAX; i++) {
		n = readlink(real, link, sizeof(link) - 1);
		if (n < 0)
			return real;
		link[n] = '\0';
		real = follow_link(real, link);
	}
	errno = real ? ELOOP : ENOMEM;
	free(real);
	return NULL;
}

/*
 * Beside the target, with the mode of @old where there is one. Others must not open it before it
 * has that mode: they could go on reading it afterwards.
 */
static int make_temp(struct outfile *f, const struct stat *old, struct err *e)
{
	for (unsigned int i = 0; i < 100; i++) {
		free(f->temp);
		f->temp = NULL;
		if (asprintf(&f->temp, "%s.%d-%u.tmp", f->target, (int)getpid(), i) < 0) {
			f->temp = NULL;
			return err_sys(e, ERR_OTHER, ENOMEM, "%s", f->path);
		}
		f->fd = open(f->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			     old ? 0600 : 0666);
		if (f->fd >= 0 || errno != EEXIST)
			break;
	}
	if (f->fd < 0) {
		err_sys(e, ERR_OTHER, errno, "cannot write '%s'", f->path);
		free(f->temp);		/* no file was made: none is removed */
		f->temp = NULL;
		return -1;
	}
	if (old && fchmod(f->fd, old->st_mode & 07777) < 0)
		return err_sys(e, ERR_OTHER, errno, "cannot write '%s'", f->path);
	return 0;
}

static int open_any(struct outfile *f, struct err *e)
{
	struct stat st;
	bool exists;

	if (strcmp(f->path, "-") == 0) {
		f->fd = STDOUT_FILENO;
		return 0;
	}
	if (!f->path[0])
		return err_sys(e, ERR_OTHER, ENOENT, "cannot write ''");
	f->own_fd = true;
	exists = stat(f->path, &st) == 0;
	if (exists && S_ISDIR(st.st_mode))
		return err_sys(e, ERR_OTHER, EISDIR, "cannot write '%s'", f->path);
	if (exists && S_ISSOCK(st.st_mode))
		return err_set(e, ERR_OTHER, "cannot write '%s': it is a socket", f->path);
	if (exists && !S_ISREG(st.st_mode)) {
		f->fd = open(f->path, O_WRONLY | O_CLOEXEC);
		return f->fd < 0 ? err_sys(e, ERR_OTHER, errno, "cannot write '%s'", f->path) : 0;
	}
	/* A rename would go through where writing the file itself is forbidden. */
	if (exists && access(f->path, W_OK) < 0)
		return err_sys(e, ERR_OTHER, errno, "cannot write '%s'", f->path);
	f->target = resolve_links(f->path);
	if (!f->target)
		return err_sys(e, ERR_OTHER, errno, "cannot write '%s'", f->path);
	return make_temp(f, exists ? &st : NULL, e);
}

struct outfile *outfile_open(const char *path, struct err *e)
{
	struct outfile *f = calloc(1, sizeof(*f));

	if (f) {
		f->fd = -1;
		f->path = strdup(path);
	}
	if (!f || !f->path) {
		free(f);
		err_sys(e, ERR_OTHER, ENOMEM, "'%s'", path);
		return NULL;
	}
	if (open_any(f, e) < 0) {
		outfile_abandon(f);
		return NULL;
	}
	return f;
}

struct outfile *outfile_to_memory(struct outbuf *to, struct err *e)
{
	struct outfile *f = calloc(1, sizeof(*f));

	if (!f) {
		err_set(e, ERR_OTHER, "out of memory");
		return NULL;
	}
	f->fd = -1;
	f->memory = to;
	return f;
}

static int add_to_memory(struct outbuf *to, const uint8_t *data, size_t len, struct err *e)
{
	if (len > to->room - to->len) {
		size_t room = 2 * to->room + len;
		uint8_t *more = realloc(to->data, room);

		if (!more)
			return err_set(e, ERR_OTHER, "out of memory");
		to->data = more;
		to->room = room;
	}
	memcpy(to->data + to->len, data, len);
	to->len += len;
	return 0;
}

int outfile_write(struct outfile *f, const uint8_t *data, size_t len, struct err *e)
{
	if (f->memory)
		return len ? add_to_memory(f->memory, data, len, e) : 0;
	while (len) {
		ssize_t n = write(f->fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, ERR_OTHER, errno, "cannot write '%s'", f->path);
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

FILE *outfile_stream(struct outfile *f, struct err *e)
{
	int fd = fcntl(f->fd, F_DUPFD_CLOEXEC, 0);
	FILE *stream = fd < 0 ? NULL : fdopen(fd, "w");

	if (!stream) {
		err_sys(e, ERR_OTHER, errno, "cannot write '%s'", f->path);
		if (fd >= 0)
			close(fd);
	}
	return stream;
}

/* The descriptor is gone even where close fails. */
static int close_once(struct outfile *f)
{
	int fd = f->fd;

	f->fd = -1;
	return close(fd);
}

int outfile_commit(struct outfile *f, struct err *e)
{
	int ret = 0;

	if (f->target) {
		/*
		 * Renamed before the data are on the disk, a power cut would leave an empty file.
		 */
		if (fsync(f->fd) < 0 || close_once(f) < 0 || rename(f->temp, f->target) < 0) {
			ret = err_sys(e, ERR_OTHER, errno, "cannot write '%s'", f->path);
			unlink(f->temp);
		}
	} else if (f->own_fd) {
		ret = close_once(f) < 0 ? err_sys(e, ERR_OTHER, errno, "cannot write '%s'", f->path)
					: 0;
	}
	release_file(f);
	return ret;
}

void outfile_abandon(struct outfile *f)
{
	if (!f)
		return;
	if (f->temp)
		unlink(f->temp);
	release_file(f);
}
