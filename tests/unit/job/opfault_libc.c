/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/i2c-dev.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tests/unit/job/journal.h"
#include "tests/unit/job/opfault.h"

#define DESCRIPTORS 256
#define LOCK_DIR "/run/lock/"

static struct {
	bool on;
	struct op_fault fault;
	struct op_account account;
	const char *lock_dir;
	bool open[DESCRIPTORS];		/* taken in this run */
	bool kept[DESCRIPTORS];		/* stays until the end of the process: the pipe of stop.c */
} op;

/* These outlast a run, as in a process. */
static void (*handlers[NSIG])(int number);
static bool borrowed_rights;

/* The program's own call, and not one of the machine or of a test. */
static bool own(void)
{
	return op.on && !machine_is_busy();
}

static void note_failure(const char *call)
{
	if (!op.account.failed)
		op.account.failed = call;
	if (strcmp(call, "unlink") == 0 || strcmp(call, "fstat") == 0 || strcmp(call, "lstat") == 0)
		op.account.cannot_tidy = true;
}

static bool is_due(const struct op_fault *f, uint64_t n)
{
	switch (f->when) {
	case OP_ONCE:
		return n == f->at;
	case OP_LASTING:
		return n >= f->at;
	case OP_EACH_THIRD:
		return n >= f->at && (n - f->at) % 3 == 0;
	}
	return false;
}

/* Whether it is this call's turn. */
static bool hit(unsigned int kind, const char *call)
{
	if (!own() || !(op.fault.kinds & kind) || !is_due(&op.fault, op.account.calls++))
		return false;
	note_failure(call);
	return true;
}

bool op_fails(unsigned int kind, const char *call)
{
	if (op.fault.sys == OP_SHORT || !hit(kind, call))
		return false;
	errno = op.fault.sys;
	return true;
}

/* How many of @len bytes are moved; -1 with errno set: the call fails. */
static ssize_t op_share(unsigned int kind, const char *call, size_t len)
{
	if (op.fault.sys != OP_SHORT)
		return op_fails(kind, call) ? -1 : (ssize_t)len;
	return (ssize_t)(len > 1 && hit(kind, call) ? len / 2 : len);
}

void op_begin(const struct op_fault *f, const char *lock_dir)
{
	memset(&op, 0, sizeof(op));
	op.fault = *f;
	op.lock_dir = lock_dir;
	op.on = true;
}

int __real_close(int fd);

void op_end(struct op_account *a)
{
	op.on = false;
	*a = op.account;
	for (int fd = 0; fd < DESCRIPTORS; fd++) {
		a->descriptors += op.open[fd] && !op.kept[fd];
		if (op.open[fd])
			__real_close(fd);
	}
}

/*
 * On a 32-bit system the C library has a symbol of its own for each call whose sizes or times are
 * of 64 bits: open() is open64 there. What is wrapped is the symbol that the headers choose.
 */
#ifdef __USE_FILE_OFFSET64
#define BY_SIZE(name) name "64"
#else
#define BY_SIZE(name) name
#endif
#if defined __USE_TIME_BITS64 && __TIMESIZE == 32
#define BY_TIME(name, name_of_64_bits) name_of_64_bits
#else
#define BY_TIME(name, name_of_64_bits) name
#endif

/* Each is declared as the linker names it, and defined; opfault.wrap is made from these. */
#define REAL_AS(symbol, type, name, ...) type __real_##name(__VA_ARGS__) __asm__("__real_" symbol)
#define WRAP_ONLY_AS(symbol, type, name, ...)				\
	type __wrap_##name(__VA_ARGS__) __asm__("__wrap_" symbol);	\
	type __wrap_##name(__VA_ARGS__)
#define WRAP_AS(symbol, type, name, ...)				\
	REAL_AS(symbol, type, name, __VA_ARGS__);			\
	WRAP_ONLY_AS(symbol, type, name, __VA_ARGS__)
#define WRAP(type, name, ...)						\
	type __real_##name(__VA_ARGS__);				\
	type __wrap_##name(__VA_ARGS__);				\
	type __wrap_##name(__VA_ARGS__)

/* ---- memory ---- */

static void *taken(void *p)
{
	if (p && own())
		op.account.blocks++;
	return p;
}

WRAP(void *, malloc, size_t size)
{
	return op_fails(OP_MEMORY, "malloc") ? NULL : taken(__real_malloc(size));
}

WRAP(void *, calloc, size_t count, size_t size)
{
	return op_fails(OP_MEMORY, "calloc") ? NULL : taken(__real_calloc(count, size));
}

WRAP(void *, realloc, void *p, size_t size)
{
	if (op_fails(OP_MEMORY, "realloc"))
		return NULL;
	return p ? __real_realloc(p, size) : taken(__real_realloc(p, size));
}

WRAP(void *, reallocarray, void *p, size_t count, size_t size)
{
	if (op_fails(OP_MEMORY, "reallocarray"))
		return NULL;
	return p ? __real_reallocarray(p, count, size)
		 : taken(__real_reallocarray(p, count, size));
}

WRAP(char *, strdup, const char *s)
{
	return op_fails(OP_MEMORY, "strdup") ? NULL : taken(__real_strdup(s));
}

WRAP(char *, strndup, const char *s, size_t len)
{
	return op_fails(OP_MEMORY, "strndup") ? NULL : taken(__real_strndup(s, len));
}

__attribute__((format(printf, 2, 0)))
static int print(char **s, const char *fmt, va_list ap)
{
	int len = op_fails(OP_MEMORY, "asprintf") ? -1 : vasprintf(s, fmt, ap);

	if (len >= 0)
		taken(*s);
	else
		*s = (char *)1;		/* undefined, says its manual */
	return len;
}

int __wrap_asprintf(char **s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
WRAP(int, asprintf, char **s, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = print(s, fmt, ap);
	va_end(ap);
	return len;
}

int __wrap___asprintf_chk(char **s, int flag, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
WRAP(int, __asprintf_chk, char **s, int flag, const char *fmt, ...)
{
	va_list ap;
	int len;

	(void)flag;
	va_start(ap, fmt);
	len = print(s, fmt, ap);
	va_end(ap);
	return len;
}

WRAP(void, free, void *p)
{
	if (p && own())
		op.account.blocks--;
	__real_free(p);
}

/* ---- descriptors ---- */

static int opened(int fd)
{
	if (fd >= 0 && fd < DESCRIPTORS && own())
		op.open[fd] = true;
	return fd;
}

/* Lock files go into a folder of the test's. */
static const char *moved(const char *path, char buf[PATH_MAX])
{
	if (!op.on || strncmp(path, LOCK_DIR, strlen(LOCK_DIR)) != 0)
		return path;
	snprintf(buf, PATH_MAX, "%s/%s", op.lock_dir, path + strlen(LOCK_DIR));
	return buf;
}

REAL_AS(BY_SIZE("open"), int, open, const char *path, int flags, ...);

static int open_device(const char *path)
{
	int fd = opened(__real_open(op.lock_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));

	machine_opened(path, fd);
	return fd;
}

WRAP_ONLY_AS(BY_SIZE("open"), int, open, const char *path, int flags, ...)
{
	char buf[PATH_MAX];
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & (O_CREAT | O_TMPFILE))
		mode = va_arg(ap, mode_t);
	va_end(ap);
	if (op_fails(OP_OPEN, "open"))
		return -1;
	if (own() && machine_is_device(path))
		return open_device(path);
	return opened(__real_open(moved(path, buf), flags, mode));
}

WRAP_AS(BY_SIZE("mkostemp"), int, mkostemp, char *template, int flags)
{
	char buf[PATH_MAX];
	int fd;

	if (op_fails(OP_OPEN, "mkostemp"))
		return -1;
	if (moved(template, buf) == template)
		return opened(__real_mkostemp(template, flags));
	fd = opened(__real_mkostemp(buf, flags));
	memcpy(template + strlen(template) - 6, buf + strlen(buf) - 6, 6);
	return fd;
}

WRAP(int, pipe2, int fds[2], int flags)
{
	if (op_fails(OP_OPEN, "pipe2") || __real_pipe2(fds, flags) < 0)
		return -1;
	for (int i = 0; own() && i < 2; i++) {
		opened(fds[i]);
		op.kept[fds[i]] = true;
	}
	return 0;
}

/* Linux has closed it even where close fails. */
WRAP(int, close, int fd)
{
	bool fails = op_fails(OP_SYNC, "close");
	int sys = errno, ret = __real_close(fd);

	if (own() && fd >= 0 && fd < DESCRIPTORS) {
		op.account.closed_twice += !op.open[fd];
		op.open[fd] = false;
		if (machine_is_tty(fd))
			machine_opened(MACHINE_TTY, -1);
		if (machine_is_bus(fd))
			machine_opened(MACHINE_BUS, -1);
	}
	errno = sys;
	return fails ? -1 : ret;
}

WRAP_AS(BY_TIME(BY_SIZE("fcntl"), "__fcntl_time64"), int, fcntl,
	    int fd, int command, ...)
{
	bool takes = command == F_DUPFD_CLOEXEC;
	va_list ap;
	void *arg;
	int ret;

	va_start(ap, command);
	arg = va_arg(ap, void *);
	va_end(ap);
	/* Whether it is open at all is no question that fails. */
	if (command != F_GETFD && op_fails(takes ? OP_OPEN : OP_SET, "fcntl"))
		return -1;
	ret = __real_fcntl(fd, command, arg);
	return takes ? opened(ret) : ret;
}

WRAP(int, flock, int fd, int how)
{
	return op_fails(OP_SET, "flock") ? -1 : __real_flock(fd, how);
}

WRAP(int, fchmod, int fd, mode_t mode)
{
	return op_fails(OP_SET, "fchmod") ? -1 : __real_fchmod(fd, mode);
}

/* A file that is open, by the last part of its name up to a "." that is not the first letter. */
static void note_file(const char *call, int fd)
{
	char link[32], path[PATH_MAX], *name;
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	journal_note(machine_now(), "%s %.*s", call, (int)strcspn(name, "."), name);
}

/* No power is cut here: a real one would take most of the time of this test. */
WRAP(int, fsync, int fd)
{
	if (op_fails(OP_SYNC, "fsync"))
		return -1;
	if (own())
		note_file("fsync", fd);
	return own() ? 0 : __real_fsync(fd);
}

/* ---- bytes ---- */

ssize_t __real_read(int fd, void *buf, size_t len);
ssize_t __real_write(int fd, const void *buf, size_t len);

ssize_t __wrap_read(int fd, void *buf, size_t len);
ssize_t __wrap_read(int fd, void *buf, size_t len)
{
	bool line = machine_is_tty(fd);
	ssize_t share = op_share(line ? OP_LINE : OP_READ, "read", len);

	if (share < 0)
		return -1;
	return line ? machine_read(buf, (size_t)share) : __real_read(fd, buf, (size_t)share);
}

WRAP_AS(BY_SIZE("pread"), ssize_t, pread, int fd, void *buf, size_t len, off_t at)
{
	ssize_t share = op_share(OP_READ, "pread", len);

	return share < 0 ? -1 : __real_pread(fd, buf, (size_t)share, at);
}

ssize_t __wrap_write(int fd, const void *buf, size_t len);
ssize_t __wrap_write(int fd, const void *buf, size_t len)
{
	bool line = machine_is_tty(fd);
	ssize_t share = op_share(line ? OP_LINE : OP_WRITE, "write", len);

	if (share < 0)
		return -1;
	return line ? machine_write(buf, (size_t)share) : __real_write(fd, buf, (size_t)share);
}

/* ---- streams: they reach their descriptor by calls that can fail, too ---- */

static int stream_fd(void *cookie)
{
	return (int)(intptr_t)cookie;
}

static ssize_t stream_read(void *cookie, char *buf, size_t len)
{
	return op_fails(OP_STREAM, "read") ? -1 : __real_read(stream_fd(cookie), buf, len);
}

static ssize_t stream_write(void *cookie, const char *buf, size_t len)
{
	return op_fails(OP_STREAM, "write") ? 0 : __real_write(stream_fd(cookie), buf, len);
}

static int stream_seek(void *cookie, off64_t *at, int whence)
{
	*at = lseek64(stream_fd(cookie), *at, whence);
	return *at < 0 ? -1 : 0;
}

static int stream_close(void *cookie)
{
	return close(stream_fd(cookie));
}

static FILE *stream(int fd, const char *mode)
{
	static const cookie_io_functions_t calls = {
		.read = stream_read, .write = stream_write, .seek = stream_seek,
		.close = stream_close,
	};

	return fopencookie((void *)(intptr_t)fd, mode, calls);
}

FILE *op_stream(int fd)
{
	return stream(fd, "w");
}

FILE *__real_fdopen(int fd, const char *mode);

FILE *__wrap_fdopen(int fd, const char *mode);
FILE *__wrap_fdopen(int fd, const char *mode)
{
	if (!own())
		return __real_fdopen(fd, mode);
	return op_fails(OP_MEMORY, "fdopen") ? NULL : stream(fd, mode);
}

WRAP_AS(BY_SIZE("fopen"), FILE *, fopen, const char *path, const char *mode)
{
	bool writes = *mode == 'w';
	int fd;

	if (!own())
		return __real_fopen(path, mode);
	fd = open(path, writes ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY, 0666);
	return fd < 0 ? NULL : stream(fd, writes ? "w" : "r");
}

/* They take memory out of sight of the wrapped calls. */
static ssize_t get_line(char **line, size_t *room, FILE *f)
{
	bool first = !*line;
	ssize_t n = op_fails(OP_MEMORY, "getline") ? -1 : getdelim(line, room, '\n', f);

	if (first)
		taken(*line);
	return n;
}

WRAP(ssize_t, getline, char **line, size_t *room, FILE *f)
{
	return get_line(line, room, f);
}

WRAP(ssize_t, __getdelim, char **line, size_t *room, int end, FILE *f)
{
	return end == '\n' ? get_line(line, room, f) : __real___getdelim(line, room, end, f);
}

/* ---- names ---- */

WRAP_AS(BY_TIME(BY_SIZE("stat"), "__stat64_time64"), int, stat,
	    const char *path, struct stat *st)
{
	if (op_fails(OP_NAME, "stat"))
		return -1;
	if (!own() || !machine_is_device(path))
		return __real_stat(path, st);
	machine_stat(path, st);
	return 0;
}

WRAP_AS(BY_TIME(BY_SIZE("lstat"), "__lstat64_time64"), int, lstat,
	    const char *path, struct stat *st)
{
	char buf[PATH_MAX];

	return op_fails(OP_NAME, "lstat") ? -1 : __real_lstat(moved(path, buf), st);
}

WRAP_AS(BY_TIME(BY_SIZE("fstat"), "__fstat64_time64"), int, fstat,
	    int fd, struct stat *st)
{
	return op_fails(OP_SET, "fstat") ? -1 : __real_fstat(fd, st);
}

WRAP(int, access, const char *path, int how)
{
	return op_fails(OP_NAME, "access") ? -1 : __real_access(path, how);
}

WRAP(ssize_t, readlink, const char *path, char *buf, size_t len)
{
	return op_fails(OP_NAME, "readlink") ? -1 : __real_readlink(path, buf, len);
}

WRAP(char *, realpath, const char *path, char *resolved)
{
	if (op_fails(OP_NAME, "realpath") || op_fails(OP_MEMORY, "realpath"))
		return NULL;
	if (own() && machine_is_device(path))
		return taken(__real_strdup(path));
	resolved = __real_realpath(path, resolved);
	return taken(resolved);
}

WRAP(int, rename, const char *from, const char *to)
{
	char a[PATH_MAX], b[PATH_MAX];

	if (op_fails(OP_NAME, "rename"))
		return -1;
	if (own() && moved(to, b) == to)
		journal_note(machine_now(), "rename %s", to);
	return __real_rename(moved(from, a), moved(to, b));
}

WRAP(int, link, const char *from, const char *to)
{
	char a[PATH_MAX], b[PATH_MAX];

	return op_fails(OP_NAME, "link") ? -1 : __real_link(moved(from, a), moved(to, b));
}

WRAP(int, unlink, const char *path)
{
	char buf[PATH_MAX];

	return op_fails(OP_NAME, "unlink") ? -1 : __real_unlink(moved(path, buf));
}

/* /dev, as far as the program looks into it: one GPIO chip. Other folders are empty. */
WRAP_AS(BY_SIZE("scandir"), int, scandir, const char *path, struct dirent ***list,
	    int (*filter)(const struct dirent *),
	    int (*compare)(const struct dirent **, const struct dirent **))
{
	struct dirent *chip;

	if (op_fails(OP_NAME, "scandir"))
		return -1;
	if (!own())
		return __real_scandir(path, list, filter, compare);
	*list = taken(__real_malloc(sizeof(**list)));
	if (strcmp(path, "/dev") != 0)
		return 0;
	chip = taken(__real_calloc(1, sizeof(*chip)));
	strcpy(chip->d_name, "gpiochip0");
	(*list)[0] = chip;
	return filter(chip) ? 1 : 0;
}

WRAP(DIR *, opendir, const char *path)
{
	return op_fails(OP_NAME, "opendir") ? NULL : __real_opendir(path);
}

/* ---- devices, time, signals ---- */

WRAP_AS(BY_TIME("ioctl", "__ioctl_time64"), int, ioctl,
	    int fd, unsigned long request, ...)
{
	bool bus = machine_is_bus(fd) && request == I2C_RDWR;
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (op_fails(bus ? OP_BUS : OP_SET, "ioctl"))
		return -1;
	if (machine_is_tty(fd))
		return machine_tty_ioctl(request, arg);
	if (machine_is_bus(fd))
		return machine_bus_ioctl(request, arg);
	return __real_ioctl(fd, request, arg);
}

WRAP_AS(BY_TIME("ppoll", "__ppoll64"), int, ppoll,
	    struct pollfd *fds, nfds_t count, const struct timespec *limit, const sigset_t *mask)
{
	unsigned int kind = OP_SLEEP;

	(void)mask;
	for (nfds_t i = 0; i < count; i++)
		if (machine_is_tty(fds[i].fd))
			kind = OP_POLL;
	return op_fails(kind, "ppoll") ? -1 : machine_ppoll(fds, count, limit);
}

static nsec_t nsec_of(const struct timespec *t)
{
	return t->tv_sec * NSEC_PER_SEC + t->tv_nsec;
}

WRAP_AS(BY_TIME("nanosleep", "__nanosleep64"), int, nanosleep,
	    const struct timespec *wanted, struct timespec *left)
{
	(void)left;
	if (op_fails(OP_SLEEP, "nanosleep"))
		return -1;
	machine_sleep(machine_now() + nsec_of(wanted));
	return 0;
}

WRAP_AS(BY_TIME("clock_nanosleep", "__clock_nanosleep_time64"), int, clock_nanosleep,
	    clockid_t clock, int flags, const struct timespec *until, struct timespec *left)
{
	(void)clock;
	(void)flags;
	(void)left;
	if (op_fails(OP_SLEEP, "clock_nanosleep"))
		return errno;
	return machine_sleep_lightly(nsec_of(until)) ? 0 : EINTR;
}

WRAP_AS(BY_TIME("clock_gettime", "__clock_gettime64"), int, clock_gettime,
	    clockid_t clock, struct timespec *now)
{
	nsec_t t;

	if (!own())
		return __real_clock_gettime(clock, now);
	t = machine_now();
	*now = (struct timespec){ .tv_sec = t / NSEC_PER_SEC, .tv_nsec = t % NSEC_PER_SEC };
	return 0;
}

/* The test keeps its own handlers. */
WRAP(int, sigaction, int number, const struct sigaction *act, struct sigaction *old)
{
	if (!own())
		return __real_sigaction(number, act, old);
	if (op_fails(OP_SET, "sigaction"))
		return -1;
	if (old)
		memset(old, 0, sizeof(*old));
	if (act)
		handlers[number] = act->sa_handler;
	return 0;
}

void op_signal(int number)
{
	handlers[number](number);
}

WRAP(unsigned long, getauxval, unsigned long type)
{
	return borrowed_rights && type == AT_SECURE ? 1 : __real_getauxval(type);
}

void op_borrow_rights(bool borrowed)
{
	borrowed_rights = borrowed;
}
