/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <unistd.h>

#include "ports/port_lock.h"
#include "ports/users.h"

/* How often a lock file that others keep changing is looked at again. */
#define LOCK_TRIES 100

/* ERR_OPEN with "held by NAME (PID n)"; @pid <= 0: the holder is not known. */
static int lock_held(const char *device, pid_t pid, struct err *e)
{
	char name[32];

	if (pid <= 0)
		return err_set(e, ERR_OPEN, "cannot open '%s': held by another program", device);
	users_name(PROC_DIR, pid, name, sizeof(name));
	return err_set(e, ERR_OPEN, "cannot open '%s': held by %s (PID %d)", device,
		       name[0] ? name : "another program", (int)pid);
}

/* The PID in an open lock file; 0 if it holds none. */
static pid_t lock_read_pid(int fd)
{
	char text[32], *end;
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	long pid;

	if (n <= 0)
		return 0;
	text[n] = '\0';
	pid = strtol(text, &end, 10);
	if (end == text || (*end && !isspace((unsigned char)*end)) || pid <= 0 || pid > INT_MAX)
		return 0;
	return (pid_t)pid;
}

static bool lock_is_alive(pid_t pid)
{
	return pid > 0 && (kill(pid, 0) == 0 || errno != ESRCH);
}

static bool lock_is_at(int fd, const char *path)
{
	struct stat open_file, named;

	return fstat(fd, &open_file) == 0 && lstat(path, &named) == 0 &&
	       open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
}

enum lock_outcome { LOCK_HELD, LOCK_TAKEN, LOCK_CHANGED, LOCK_WITHOUT };

/*
 * Deals with a lock file that is there already, and moves @temp over it if it is stale (@temp NULL:
 * only looks).
 *
 * A program that replaces a stale file holds its flock. A second one that wants to replace the same
 * file waits its turn and then finds another file under that name. Owners keep the flock of their
 * own file. So a file with this process's PID that is not locked was left by an earlier process
 * with the same number, as happens in containers.
 */
static enum lock_outcome lock_replace(const char *temp, const char *path, const char *device,
				      struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	enum lock_outcome ret;
	bool free_to_replace;
	pid_t pid;

	if (fd < 0)
		return errno == ENOENT && temp ? LOCK_CHANGED : LOCK_WITHOUT;
	free_to_replace = flock(fd, LOCK_EX | LOCK_NB) == 0;
	pid = lock_read_pid(fd);
	if (!lock_is_at(fd, path)) {
		ret = LOCK_CHANGED;
	} else if (lock_is_alive(pid) && !(free_to_replace && pid == getpid())) {
		lock_held(device, pid, e);
		err_append(e, ", says '%s'", path);
		ret = LOCK_HELD;
	} else if (!temp) {
		ret = LOCK_WITHOUT;
	} else if (!free_to_replace) {
		ret = LOCK_CHANGED;
	} else {
		ret = rename(temp, path) == 0 ? LOCK_TAKEN : LOCK_WITHOUT;
	}
	close(fd);
	return ret;
}

/*
 * A flocked file with our PID under a name of its own: linked into place it is never seen empty.
 * Returns -1 where none can be made.
 */
static int lock_make(const char *dir, char *temp, size_t size)
{
	char text[16];
	int fd, len;

	if ((size_t)snprintf(temp, size, "%s/bootpin.XXXXXX", dir) >= size)
		return -1;
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return -1;
	len = snprintf(text, sizeof(text), "%10d\n", (int)getpid());
	/* Other users must be able to read it, under any umask. */
	if (write(fd, text, (size_t)len) == len && fchmod(fd, 0644) == 0 &&
	    flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	unlink(temp);
	close(fd);
	return -1;
}

/* "/dev/serial/by-id/x" -> "/run/lock/LCK..ttyUSB0", "/dev/pts/3" -> "/run/lock/LCK..pts_3" */
static int lock_name(char *path, size_t size, const char *dir, const char *device, const char *part)
{
	char *real = realpath(device, NULL), *slash;
	const char *name = real ? real : device;
	int len;

	name += strncmp(name, "/dev/", 5) == 0 ? 5 : *name == '/';
	len = snprintf(path, size, "%s/LCK..%s%s%s", dir, name, part ? "-" : "", part ? part : "");
	free(real);
	if ((size_t)len >= size)
		return -1;
	for (slash = path + strlen(dir) + 1; (slash = strchr(slash, '/')); )
		*slash = '_';
	return 0;
}

static enum lock_outcome lock_place(const char *temp, const char *path, const char *device,
				    struct err *e)
{
	enum lock_outcome ret = LOCK_CHANGED;
	int i;

	for (i = 0; i < LOCK_TRIES && ret == LOCK_CHANGED; i++) {
		if (temp && link(temp, path) == 0)
			return LOCK_TAKEN;
		ret = lock_replace(temp, path, device, e);
	}
	if (ret != LOCK_CHANGED)
		return ret;
	lock_held(device, 0, e);
	return LOCK_HELD;
}

int port_lock_take(struct port_lock *l, const char *dir, const char *device, const char *part,
		     struct err *e)
{
	char temp[PATH_MAX];
	enum lock_outcome ret;
	int fd;

	*l = PORT_LOCK_INIT;
	if (lock_name(l->path, sizeof(l->path), dir, device, part) < 0)
		return 0;
	fd = lock_make(dir, temp, sizeof(temp));
	ret = lock_place(fd >= 0 ? temp : NULL, l->path, device, e);
	if (fd >= 0)
		unlink(temp);		/* gone already if it was renamed */
	if (ret == LOCK_TAKEN)
		l->fd = fd;
	else if (fd >= 0)
		close(fd);
	return ret == LOCK_HELD ? -1 : 0;
}

void port_lock_drop(struct port_lock *l)
{
	if (l->fd < 0)
		return;
	if (lock_is_at(l->fd, l->path))
		unlink(l->path);
	close(l->fd);
	l->fd = -1;
}

/* The process that /proc/locks names for this inode; 0 if none. */
static pid_t lock_listed(int fd)
{
	FILE *f = fopen("/proc/locks", "re");
	unsigned int maj, min;
	unsigned long ino;
	char line[160];
	struct stat st;
	int pid = 0, found = 0;

	if (!f || fstat(fd, &st) < 0)
		goto out;
	/* "1: FLOCK  ADVISORY  WRITE 1234 00:06:1103 0 EOF"; "->" marks one that only waits */
	while (!found && fgets(line, sizeof(line), f))
		if (sscanf(line, "%*d: %*s %*s %*s %d %x:%x:%lu", &pid, &maj, &min, &ino) == 4 &&
		    maj == major(st.st_dev) && min == minor(st.st_dev) && ino == st.st_ino)
			found = pid;
out:
	if (f)
		fclose(f);
	return found;
}

static pid_t lock_holder(int fd)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK && whole.l_pid > 0)
		return whole.l_pid;
	return lock_listed(fd);
}

int port_lock_fd(int fd, const char *device, bool exclusive, struct err *e)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if ((flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) ||
	    (fcntl(fd, F_SETLK, &whole) < 0 && (errno == EAGAIN || errno == EACCES)))
		return lock_held(device, lock_holder(fd), e);
	if (exclusive)
		ioctl(fd, TIOCEXCL);	/* a device that is no tty is refused later, by name */
	return 0;
}

void port_unlock_fd(int fd)
{
	ioctl(fd, TIOCNXCL);
}
