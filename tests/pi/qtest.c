/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/pi/qtest.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/pi/sockets.h"

#define LOOK_MS 1
#define LOOKS 60000	/* for an answer, on a busy machine */

struct qtest {
	int fd;
	const struct qtest_calls *calls;
	void *arg;
	char text[256];		/* what has come of a line */
	size_t len;
};

static void take_edge(struct qtest *q, const char *line)
{
	unsigned int number;

	if (sscanf(line, "IRQ raise %u", &number) == 1)
		q->calls->edge(q->arg, number, true);
	else if (sscanf(line, "IRQ lower %u", &number) == 1)
		q->calls->edge(q->arg, number, false);
}

/* Reads what is there; for up to @wait_ms if that is nothing. Returns false when QEMU has gone. */
static bool fill(struct qtest *q, int wait_ms)
{
	struct pollfd p = { .fd = q->fd, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, wait_ms) <= 0)
		return true;
	n = read(q->fd, q->text + q->len, sizeof(q->text) - q->len);
	if (n <= 0)
		return n < 0 && errno == EINTR;
	q->len += (size_t)n;
	return true;
}

/* A whole line, without its end, into @line; false if there is none. */
static bool next_line(struct qtest *q, char line[sizeof(q->text)])
{
	char *end = memchr(q->text, '\n', q->len);
	size_t used;

	if (!end)
		return false;
	used = (size_t)(end - q->text) + 1;
	memcpy(line, q->text, used - 1);
	line[used - 1] = '\0';
	q->len -= used;
	memmove(q->text, q->text + used, q->len);
	return true;
}

int qtest_edges(struct qtest *q)
{
	char line[sizeof(q->text)];

	if (!fill(q, 0))
		return -1;
	while (next_line(q, line))
		take_edge(q, line);
	return 0;
}

/* Sends a command and waits for its answer, which follows "OK"; edges may come before it. */
__attribute__((format(printf, 3, 4)))
static int ask(struct qtest *q, char answer[sizeof(q->text)], const char *fmt, ...)
{
	char line[sizeof(q->text)], command[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	if (write(q->fd, command, strlen(command)) != (ssize_t)strlen(command))
		return -1;
	for (unsigned int i = 0; i < LOOKS; i++) {
		while (next_line(q, line)) {
			if (strncmp(line, "OK", 2) == 0) {
				strcpy(answer, line + 2);
				return 0;
			}
			if (strncmp(line, "FAIL", 4) == 0 || strncmp(line, "ERR", 3) == 0)
				return -1;
			take_edge(q, line);
		}
		q->calls->waiting(q->arg);
		if (!fill(q, LOOK_MS))
			return -1;
	}
	return -1;
}

int qtest_read(struct qtest *q, uint32_t addr, uint32_t *value)
{
	char answer[sizeof(q->text)];

	if (ask(q, answer, "readl 0x%08x\n", addr) < 0)
		return -1;
	*value = (uint32_t)strtoul(answer, NULL, 16);
	return 0;
}

int qtest_write(struct qtest *q, uint32_t addr, uint32_t value)
{
	char answer[sizeof(q->text)];

	return ask(q, answer, "writel 0x%08x 0x%08x\n", addr, value);
}

struct qtest *qtest_new(const char *path, const char *device, const struct qtest_calls *calls,
			void *arg, struct err *e)
{
	struct qtest *q = calloc(1, sizeof(*q));
	char answer[sizeof(q->text)];

	if (!q) {
		err_set(e, ERR_OTHER, "out of memory");
		return NULL;
	}
	q->calls = calls;
	q->arg = arg;
	q->fd = socket_connect(path, e);
	if (q->fd >= 0 && ask(q, answer, "irq_intercept_out %s\n", device) == 0)
		return q;
	err_set(e, ERR_OTHER, "%s: QEMU does not tell of %s", path, device);
	qtest_free(q);
	return NULL;
}

void qtest_free(struct qtest *q)
{
	if (!q)
		return;
	if (q->fd >= 0)
		close(q->fd);
	free(q);
}

int qtest_fd(const struct qtest *q)
{
	return q->fd;
}
