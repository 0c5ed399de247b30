/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "ports/serial_node.h"
#include "ports/users.h"

/* The masters of all pseudo-terminals (Documentation/admin-guide/devices.txt). */
#define PTMX_MAJOR 5u
#define PTMX_MINOR 2u

const char *users_name(const char *proc, pid_t pid, char *name, size_t size)
{
	char path[PATH_MAX];
	size_t len = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%d/comm", proc, (int)pid);
	f = fopen(path, "re");
	if (f) {
		len = fread(name, 1, size - 1, f);
		fclose(f);
	}
	if (len && name[len - 1] == '\n')
		len--;
	name[len] = '\0';
	return name;
}

/* Each devpts, as containers have one, counts its terminals anew. */
static bool is_device(const struct stat *wanted, const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == wanted->st_rdev &&
	       (!serial_node_is_pty(st->st_rdev) || st->st_dev == wanted->st_dev);
}

/* Whether @fd of the process in @dir, which is @st, is the far end of the terminal @wanted. */
static bool is_far_end(int dir, const char *fd, const struct stat *wanted, const struct stat *st)
{
	unsigned int index = 0;
	bool found = false;
	char path[32], line[80];
	int info;
	FILE *f;

	if (!S_ISCHR(st->st_mode) || st->st_rdev != makedev(PTMX_MAJOR, PTMX_MINOR))
		return false;
	snprintf(path, sizeof(path), "fdinfo/%.20s", fd);
	info = openat(dir, path, O_RDONLY | O_CLOEXEC);
	f = info < 0 ? NULL : fdopen(info, "r");
	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, "tty-index: %u", &index) == 1;
	if (f)
		fclose(f);
	return found && serial_node_is_pty(wanted->st_rdev) &&
	       serial_node_pty_index(wanted->st_rdev) == index;
}

enum use { NOT_USED, USED, HIDDEN };

/* Whether the process in @dir has @wanted open. */
static enum use find_use(int dir, const struct stat *wanted)
{
	int list = openat(dir, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *fds = list < 0 ? NULL : fdopendir(list);
	enum use use = NOT_USED;
	struct dirent *entry;
	struct stat st;

	if (!fds)
		return errno == EACCES ? HIDDEN : NOT_USED;
	while ((entry = readdir(fds))) {
		if (fstatat(dirfd(fds), entry->d_name, &st, 0) < 0)
			continue;
		if (is_far_end(dir, entry->d_name, wanted, &st)) {
			use = NOT_USED;
			break;
		}
		if (is_device(wanted, &st))
			use = USED;
	}
	closedir(fds);
	return use;
}

static void add_user(struct port_users *u, const char *proc, pid_t pid)
{
	size_t used = strlen(u->names);
	char name[32], text[64];
	int len;

	len = snprintf(text, sizeof(text), "%s'%s' (PID %d)", u->count ? ", " : "",
		       users_name(proc, pid, name, sizeof(name)), (int)pid);
	u->count++;
	if (used + (size_t)len < sizeof(u->names))
		memcpy(u->names + used, text, (size_t)len + 1);
}

void users_find(int fd, const char *proc, struct port_users *u)
{
	struct stat wanted;
	struct dirent *entry;
	DIR *processes;

	*u = (struct port_users){ 0 };
	processes = fstat(fd, &wanted) == 0 && S_ISCHR(wanted.st_mode) ? opendir(proc) : NULL;
	while (processes && (entry = readdir(processes))) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		enum use use;
		int dir;

		if (pid <= 0 || pid == getpid())
			continue;
		dir = openat(dirfd(processes), entry->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		use = dir < 0 ? NOT_USED : find_use(dir, &wanted);
		if (dir >= 0)
			close(dir);
		if (use == USED)
			add_user(u, proc, pid);
		else if (use == HIDDEN)
			u->hidden = true;
	}
	if (processes)
		closedir(processes);
}
