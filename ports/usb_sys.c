/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <time.h>

#include "base/poll.h"
#include "ports/port_lock.h"
#include "ports/usb_sys.h"
#include "ports/users.h"

static void linux_wait(struct pollfd *fds, nfds_t count, nsec_t limit)
{
	struct timespec ts = {
		.tv_sec = (time_t)(limit / NSEC_PER_SEC), .tv_nsec = (long)(limit % NSEC_PER_SEC),
	};

	poll_for(fds, count, &ts, NULL);
}

static nsec_t linux_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

const struct usb_sys usb_linux = {
	.lock_dir = PORT_LOCK_DIR,
	.sysfs = "/sys",
	.nodes = "/dev/bus/usb",
	.proc = PROC_DIR,
	.init = libusb_init,
	.exit = libusb_exit,
	.get_device_list = libusb_get_device_list,
	.free_device_list = libusb_free_device_list,
	.get_bus_number = libusb_get_bus_number,
	.get_device_address = libusb_get_device_address,
	.get_port_numbers = libusb_get_port_numbers,
	.open = libusb_open,
	.close = libusb_close,
	.claim_interface = libusb_claim_interface,
	.release_interface = libusb_release_interface,
	.set_interface_alt_setting = libusb_set_interface_alt_setting,
	.submit_transfer = libusb_submit_transfer,
	.cancel_transfer = libusb_cancel_transfer,
	.get_pollfds = libusb_get_pollfds,
	.free_pollfds = libusb_free_pollfds,
	.handle_events = libusb_handle_events_timeout_completed,
	.wait = linux_wait,
	.now = linux_now,
};
