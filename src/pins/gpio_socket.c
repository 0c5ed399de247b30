/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "pins/gpio_socket.h"

#define PATIENCE_MS 5000		/* a simulator answers at once */
#define MOST_LINES 16

struct gpio_chip {
	struct sockaddr_un addr;
	unsigned int lines;
	char name[MOST_LINES][GPIO_NAME_SIZE];
};

struct gpio_line {
	int fd;				/* the connection that holds it */
	char name[GPIO_NAME_SIZE];
};

bool gpio_socket_is(const char *chip)
{
	struct stat st;

	return chip && strchr(chip, '/') && stat(chip, &st) == 0 && S_ISSOCK(st.st_mode);
}

/* ---- question and answer; failures are told by errno ---- */

static int failed(int error)
{
	errno = error;
	return -1;
}

static int connect_to(const struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int error;

	if (fd < 0 || connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) == 0)
		return fd;
	error = errno;
	close(fd);
	return failed(error);
}

/* One line, without its end. */
static int read_line(int fd, char *line, size_t size)
{
	size_t len = 0;

	while (len < size) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		int n = poll(&ready, 1, PATIENCE_MS);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -1 : failed(ETIMEDOUT);
		if (recv(fd, line + len, 1, 0) != 1)
			return failed(ECONNRESET);
		if (line[len] == '\n') {
			line[len] = '\0';
			return 0;
		}
		len++;
	}
	return failed(EPROTO);
}

/* Returns 0 with what follows "ok" in @answer; @refused is the error of any other answer. */
static int ask(int fd, const char *question, char *answer, size_t size, int refused)
{
	if (send(fd, question, strlen(question), MSG_NOSIGNAL) != (ssize_t)strlen(question))
		return failed(ECONNRESET);
	if (read_line(fd, answer, size) < 0)
		return -1;
	if (strncmp(answer, "ok", 2) != 0 || (answer[2] && answer[2] != ' '))
		return failed(refused);
	memmove(answer, answer + 2, strlen(answer + 2) + 1);
	return 0;
}

/* ---- the chip ---- */

/* " BOOT0=0 NRST=1 ...": their names, by offset. */
static int take_names(struct gpio_chip *c, char *text)
{
	char *rest = text, *word;

	while ((word = strsep(&rest, " "))) {
		size_t len = strcspn(word, "=");

		if (!*word)
			continue;
		if (c->lines == MOST_LINES || !len || len >= GPIO_NAME_SIZE || !word[len])
			return failed(EPROTO);
		memcpy(c->name[c->lines++], word, len);
	}
	return 0;
}

static int read_chip(struct gpio_chip *c, const char *path)
{
	char answer[512];
	int fd, error;

	if (strlen(path) >= sizeof(c->addr.sun_path))
		return failed(ENAMETOOLONG);
	c->addr.sun_family = AF_UNIX;
	memcpy(c->addr.sun_path, path, strlen(path) + 1);
	fd = connect_to(&c->addr);
	if (fd < 0)
		return -1;
	if (ask(fd, "lines\n", answer, sizeof(answer), EPROTO) == 0 && take_names(c, answer) == 0) {
		close(fd);
		return 0;
	}
	error = errno;
	close(fd);
	return failed(error);
}

static struct gpio_chip *socket_chip_open(const char *path, struct gpio_chip_info *info)
{
	struct gpio_chip *c = calloc(1, sizeof(*c));
	int error;

	if (!c)
		return NULL;
	if (read_chip(c, path) < 0) {
		error = errno;
		free(c);
		errno = error;
		return NULL;
	}
	*info = (struct gpio_chip_info){ .name = "simulated", .label = "simulated",
					 .lines = c->lines };
	return c;
}

static void socket_chip_close(struct gpio_chip *chip)
{
	free(chip);
}

/* Who holds it, the request tells. */
static int socket_line_info(struct gpio_chip *chip, unsigned int offset,
			    struct gpio_line_info *info)
{
	*info = (struct gpio_line_info){ .output = false };
	memcpy(info->name, chip->name[offset], GPIO_NAME_SIZE);
	return 0;
}

/* ---- a line ---- */

static int tell(const struct gpio_line *l, const char *command, const char *level, int refused)
{
	char question[GPIO_NAME_SIZE + 16], answer[512];

	snprintf(question, sizeof(question), "%s %s%s\n", command, l->name, level);
	return ask(l->fd, question, answer, sizeof(answer), refused);
}

static void socket_line_release(struct gpio_line *line)
{
	close(line->fd);
	free(line);
}

static struct gpio_line *socket_line_request(struct gpio_chip *chip, unsigned int offset,
					     const char *consumer)
{
	struct gpio_line *l = calloc(1, sizeof(*l));
	int error;

	(void)consumer;
	if (!l)
		return NULL;
	memcpy(l->name, chip->name[offset], GPIO_NAME_SIZE);
	l->fd = connect_to(&chip->addr);
	if (l->fd >= 0 && tell(l, "hold", "", EBUSY) == 0)
		return l;
	error = errno;
	if (l->fd >= 0)
		close(l->fd);
	free(l);
	errno = error;
	return NULL;
}

static int socket_line_output(struct gpio_line *line, bool high)
{
	return tell(line, "set", high ? " 1" : " 0", EIO);
}

static int socket_line_input(struct gpio_line *line)
{
	return tell(line, "free", "", EIO);
}

const struct gpio_backend gpio_socket = {
	.chip_open = socket_chip_open,
	.chip_close = socket_chip_close,
	.line_info = socket_line_info,
	.line_request = socket_line_request,
	.line_output = socket_line_output,
	.line_input = socket_line_input,
	.line_release = socket_line_release,
};
