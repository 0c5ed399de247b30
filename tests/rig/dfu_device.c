/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <glob.h>
#include <linux/usb/ch9.h>
#include <stdio.h>

#include "tests/rig/dfu_device.h"

/* So often it is looked who runs. */
#define LOOK (5 * NSEC_PER_MSEC)

static const char *const names[] = {
	"DETACH", "DNLOAD", "UPLOAD", "GETSTATUS", "CLRSTATUS", "GETSTATE", "ABORT",
};

/* The kernel configures a device within this, on a busy machine too. */
#define PATIENCE (6 * NSEC_PER_SEC)

/* Class requests are logged: they are what hosts are told apart by. */
static void log_request(struct dfu_device *d, const struct usb_setup *s, int ret, nsec_t at)
{
	if ((s->type & 0x60) != 0x20 || s->request >= sizeof(names) / sizeof(names[0]))
		return;
	board_log(d->board, at, "usb %s %u %u %s", names[s->request], s->value, s->length,
		  ret == -EPIPE ? "stalled" : ret < 0 ? "lost" : "ok");
}

static int control(void *dev, const struct usb_setup *setup, uint8_t *data, size_t len, nsec_t *due)
{
	struct dfu_device *d = dev;
	nsec_t at = *due;
	int ret;

	(void)len;
	d->configured |= setup->type == 0 && setup->request == USB_REQ_SET_CONFIGURATION;
	ret = sim_usb_control(d->sim, setup, data, at, USB_NEVER, due);
	log_request(d, setup, ret, at);
	if (ret == -ENODEV || ret == -ETIMEDOUT)
		*due = USB_NEVER;
	return ret;
}

static nsec_t naks_until(void *dev, nsec_t now)
{
	return sim_usb_naks_until(((struct dfu_device *)dev)->sim, now);
}

static const struct usb_kind kind = { .whole = true, .control = control, .naks_until = naks_until };

static void pull(struct dfu_device *d)
{
	usbip_pull(d->plug);
	d->plug = NULL;
}

/* A kernel that is busy with another port takes a new device for the one that was there before: it is to see it go. */
static bool is_known(const struct dfu_device *d)
{
	char pattern[80];
	glob_t found;
	bool known;

	snprintf(pattern, sizeof(pattern), "/sys/devices/platform/vhci_hcd.0/usb*/*-%u", d->port + 1);
	known = glob(pattern, 0, NULL, &found) == 0;
	globfree(&found);
	return known;
}

static void plug_in(struct dfu_device *d, nsec_t now)
{
	struct err e = ERR_INIT;

	d->plug = usbip_plug(&kind, d, d->port, &e);
	d->address = sim_usb_address(d->sim);
	d->since = now;
	d->configured = false;
}

void dfu_device_run(struct dfu_device *d, nsec_t now)
{
	bool there = board_runs(d->board) && sim_usb_present(d->sim, now);

	if (d->plug && (!there || sim_usb_address(d->sim) != d->address)) {
		board_log(d->board, now, "usb gone");
		pull(d);
	} else if (d->plug && !d->configured && now - d->since > PATIENCE) {
		board_log(d->board, now, "usb is not configured: plugged in anew");
		pull(d);
	} else if (!d->plug && there && !is_known(d)) {
		plug_in(d, now);
		if (d->plug)
			board_log(d->board, now, "usb there");
	}
}

nsec_t dfu_device_due(const struct dfu_device *d, nsec_t now)
{
	return d->sim ? now + LOOK : USB_NEVER;
}
