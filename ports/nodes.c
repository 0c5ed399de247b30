/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ports/nodes.h"
#include "ports/users.h"

#define TTYS "/sys/class/tty"
#define BUSES "/sys/class/i2c-dev"
#define BY_ID "/dev/serial/by-id"

/* Calls @take for each name in the folder @root@dir. */
static void each_name(const char *root, const char *dir,
		      void (*take)(const char *root, const char *name, struct port_nodes *n),
		      struct port_nodes *n)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *d;

	snprintf(path, sizeof(path), "%s%s", root, dir);
	d = opendir(path);
	while (d && (entry = readdir(d)))
		if (entry->d_name[0] != '.')
			take(root, entry->d_name, n);
	if (d)
		closedir(d);
}

/* NULL if there is no such node, or no room. */
static struct port_node *add_node(const char *root, const char *name, enum node_kind kind,
				  struct port_nodes *n)
{
	struct port_node *node = &n->node[n->count];
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/dev/%s", root, name);
	if (n->count == NODES_MAX || access(path, F_OK) < 0)
		return NULL;
	*node = (struct port_node){ .kind = kind };
	snprintf(node->path, sizeof(node->path), "/dev/%.50s", name);
	n->count++;
	return node;
}

/* A terminal that is no serial port has no device; a port without hardware has type 0. */
static bool is_real(const char *root, const char *name)
{
	char path[PATH_MAX], type[8] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s" TTYS "/%s/device", root, name);
	if (access(path, F_OK) < 0)
		return false;
	snprintf(path, sizeof(path), "%s" TTYS "/%s/type", root, name);
	f = fopen(path, "re");
	if (!f)
		return true;
	if (!fgets(type, sizeof(type), f))
		type[0] = '\0';
	fclose(f);
	return strcmp(type, "0\n") && strcmp(type, "0");
}

static void take_tty(const char *root, const char *name, struct port_nodes *n)
{
	struct port_node *node = is_real(root, name) ? add_node(root, name, NODE_TTY, n) : NULL;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s" TTYS "/%s/device", root, name);
	if (node)
		usb_sysfs_behind(path, &node->usb);
}

static void take_bus(const char *root, const char *name, struct port_nodes *n)
{
	struct port_node *node = strncmp(name, "i2c-", 4) ? NULL : add_node(root, name, NODE_I2C, n);
	char path[PATH_MAX];
	FILE *f;

	if (!node)
		return;
	snprintf(path, sizeof(path), "%s" BUSES "/%s/name", root, name);
	f = fopen(path, "re");
	if (!f)
		return;
	if (fgets(node->usb.product, sizeof(node->usb.product), f))
		node->usb.product[strcspn(node->usb.product, "\n")] = '\0';
	fclose(f);
}

static void take_dfuse(void *arg, const struct usb_dfuse *d)
{
	struct port_nodes *n = arg;
	struct port_node *node = &n->node[n->count];

	if (n->count == NODES_MAX)
		return;
	n->count++;
	*node = (struct port_node){ .kind = NODE_USB, .usb = d->facts };
	snprintf(node->path, sizeof(node->path), "usb:%s", d->path);
	snprintf(node->layout, sizeof(node->layout), "%s", d->layout);
}

static void take_id(const char *root, const char *name, struct port_nodes *n)
{
	char path[PATH_MAX], target[PATH_MAX], *base;
	ssize_t len;

	snprintf(path, sizeof(path), "%s" BY_ID "/%s", root, name);
	len = readlink(path, target, sizeof(target) - 1);
	target[len > 0 ? len : 0] = '\0';
	base = strrchr(target, '/');
	base = base ? base + 1 : target;
	for (size_t i = 0; i < n->count; i++)
		if (!strcmp(n->node[i].path + strlen("/dev/"), base))
			snprintf(n->node[i].id, sizeof(n->node[i].id), "%s", name);
}

/* Those with an id, then ttys, USB devices, buses; ttyS2 before ttyS10. */
static int compare_nodes(const void *a, const void *b)
{
	const struct port_node *x = a, *y = b;

	if (!x->id[0] != !y->id[0])
		return x->id[0] ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strverscmp(x->path, y->path);
}

void nodes_find(const char *root, struct port_nodes *n)
{
	n->count = 0;
	each_name(root, TTYS, take_tty, n);
	usb_sysfs_each_dfuse(root, take_dfuse, n);
	each_name(root, "/dev", take_bus, n);
	each_name(root, BY_ID, take_id, n);
	qsort(n->node, n->count, sizeof(n->node[0]), compare_nodes);
}

const char *nodes_kind(const struct port_node *node)
{
	static const char *const kinds[] = {
		[NODE_TTY] = "tty", [NODE_USB] = "usb", [NODE_I2C] = "i2c",
	};

	return kinds[node->kind];
}

/* O_PATH: the driver does not hear of it, so that RTS and DTR stay as they are. */
const char *nodes_users(const struct port_node *node, const char *root, char *text, size_t size)
{
	struct port_users users = { 0 };
	char path[PATH_MAX];
	int fd;

	text[0] = '\0';
	if (node->kind != NODE_TTY)
		return text;
	snprintf(path, sizeof(path), "%s%s", root, node->path);
	fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return text;
	users_find(fd, PROC_DIR, &users);
	close(fd);
	snprintf(text, size, "%s", users.names);
	return text;
}

/* As many as fit; returns @text. */
static const char *name_nodes(const struct port_nodes *n, char *text, size_t size)
{
	char one[sizeof(struct port_node) + 8];
	size_t used = 0, i, rest = strlen(" and 256 more") + 1;

	text[0] = '\0';
	for (i = 0; i < n->count; i++) {
		const struct port_node *node = &n->node[i];
		int len = snprintf(one, sizeof(one), "%s%s%s%s%s", i ? ", " : "", node->path,
				   node->id[0] ? " (" : "", node->id, node->id[0] ? ")" : "");

		if (used + (size_t)len + rest > size)
			break;
		memcpy(text + used, one, (size_t)len + 1);
		used += (size_t)len;
	}
	if (i < n->count)
		snprintf(text + used, size - used, " and %zu more", n->count - i);
	return text;
}

int nodes_ask_for_one(const char *root, struct err *e)
{
	struct port_nodes n;
	char text[400];

	nodes_find(root, &n);
	if (n.count)
		return err_set(e, ERR_USAGE, "no PORT was given; there %s %s",
			       n.count > 1 ? "are" : "is", name_nodes(&n, text, sizeof(text)));
	return err_set(e, ERR_USAGE,
		       "no PORT was given, and there is no serial port and no I2C bus "
		       "('sim:f103' is a simulated chip)");
}
