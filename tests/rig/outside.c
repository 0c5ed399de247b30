/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/rig/outside.h"

/* The device's largest piece on the UART is a Read Memory's reply and what it had queued. */
#define UART_QUEUE 4096
#define LINE_MAX_LEN (2 * UART_QUEUE + 16)
#define I2C_MAX 300

struct outside {
	int fd;
	char line[LINE_MAX_LEN];	/* not complete yet */
	size_t len;
	uint8_t uart[UART_QUEUE];	/* from the chip, not fetched yet */
	size_t head, tail;
	char answer[LINE_MAX_LEN];	/* to the last I2C transaction; "": none yet */
};

struct outside *outside_new(const char *path, struct err *e)
{
	struct outside *o = calloc(1, sizeof(*o));
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (!o) {
		err_set(e, ERR_OTHER, "out of memory");
		return NULL;
	}
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	o->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (o->fd >= 0 && connect(o->fd, (struct sockaddr *)&addr, sizeof(addr)) == 0)
		return o;
	err_sys(e, ERR_OTHER, errno, "cannot reach the chip at '%s'", path);
	outside_free(o);
	return NULL;
}

void outside_free(struct outside *o)
{
	if (!o)
		return;
	if (o->fd >= 0)
		close(o->fd);
	free(o);
}

/* --- lines --- */

/* A device that is gone is silent, which the tests notice. */
static void put_line(struct outside *o, const char *line)
{
	(void)!send(o->fd, line, strlen(line), MSG_NOSIGNAL);
}

static size_t from_hex(const char *text, uint8_t *bytes, size_t max)
{
	size_t n = 0;

	while (n < max && sscanf(text + 2 * n, "%2hhx", &bytes[n]) == 1)
		n++;
	return n;
}

static void take_line(struct outside *o)
{
	if (o->line[0] != 'u') {
		memcpy(o->answer, o->line, o->len + 1);
		return;
	}
	if (o->head == o->tail)
		o->head = o->tail = 0;
	o->tail += from_hex(o->line + 2, o->uart + o->tail, UART_QUEUE - o->tail);
}

/* Takes what has come; @flags is MSG_DONTWAIT or 0. False when there is no more. */
static bool receive(struct outside *o, int flags)
{
	char c;

	if (recv(o->fd, &c, 1, flags) != 1)
		return false;
	if (c != '\n' && o->len < LINE_MAX_LEN - 1) {
		o->line[o->len++] = c;
		return true;
	}
	o->line[o->len] = '\0';
	take_line(o);
	o->len = 0;
	return true;
}

/* --- wires and pins --- */

void outside_pins(struct outside *o, bool boot0, bool nrst)
{
	char line[16];

	snprintf(line, sizeof(line), "p %d %d\n", boot0, nrst);
	put_line(o, line);
}

void outside_send(struct outside *o, uint8_t byte)
{
	char line[16];

	snprintf(line, sizeof(line), "u %02x\n", byte);
	put_line(o, line);
}

bool outside_next(struct outside *o, uint8_t *byte)
{
	while (receive(o, MSG_DONTWAIT))
		;
	if (o->head == o->tail)
		return false;
	*byte = o->uart[o->head++];
	return true;
}

/* Sends a transaction and waits for its answer, of which the text behind the verb is returned. */
static const char *transact(struct outside *o, const char *line)
{
	o->answer[0] = '\0';
	put_line(o, line);
	while (!o->answer[0] && receive(o, 0))
		;
	return o->answer[0] ? o->answer + 2 : "nack";
}

static int outcome(const char *answer)
{
	if (strcmp(answer, "nack") == 0)
		return -ENXIO;
	if (strcmp(answer, "data") == 0)
		return -EREMOTEIO;
	return strcmp(answer, "stretch") == 0 ? -ETIMEDOUT : 0;
}

int outside_i2c_write(struct outside *o, uint8_t addr, const uint8_t *bytes, size_t len)
{
	char line[2 * I2C_MAX + 32];
	int at = snprintf(line, sizeof(line), "w 0x%02x ", addr);

	if (len > I2C_MAX)
		return -EOPNOTSUPP;
	for (size_t i = 0; i < len; i++)
		at += snprintf(line + at, sizeof(line) - (size_t)at, "%02x", bytes[i]);
	snprintf(line + at, sizeof(line) - (size_t)at, "\n");
	return outcome(transact(o, line));
}

int outside_i2c_read(struct outside *o, uint8_t addr, uint8_t *buf, size_t len)
{
	char line[32];
	const char *answer;
	int ret;

	snprintf(line, sizeof(line), "r 0x%02x %zu\n", addr, len);
	answer = transact(o, line);
	ret = outcome(answer);
	if (ret == 0 && from_hex(answer, buf, len) < len)
		return -ETIMEDOUT;
	return ret;
}
