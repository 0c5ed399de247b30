/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/pi/sockets.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define TRIES 600
#define PAUSE_MS 100

int socket_connect(const char *path, struct err *e)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	for (int i = 0; fd >= 0 && i < TRIES; i++) {
		if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
			return fd;
		poll(NULL, 0, PAUSE_MS);
	}
	err_sys(e, ERR_OTHER, errno, "cannot connect to '%s'", path);
	if (fd >= 0)
		close(fd);
	return -1;
}
