/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ports/usb_boards.h"
#include "ports/usb_find.h"

static void take(struct usb_board *b, const struct usb_found *f)
{
	*b = (struct usb_board){
		.kind = f->is.kind,
		.address = f->address,
		.configuration = f->is.configuration,
		.is = f->is.device,
	};
	usb_current_name(&usb_linux, &b->is);
}

int usb_boards_list(struct usb_boards *list, struct err *e)
{
	libusb_context *context;
	struct usb_list found;
	int ret = usb_linux.init(&context);

	list->count = 0;
	if (ret < 0)
		return err_set(e, ERR_OPEN, "libusb cannot start: %s", libusb_strerror(ret));
	ret = usb_list_make(&found, &usb_linux, context, e);
	for (size_t i = 0; ret == 0 && i < found.count; i++)
		take(&list->board[list->count++], &found.found[i]);
	usb_list_free(&found);
	usb_linux.exit(context);
	return ret;
}
