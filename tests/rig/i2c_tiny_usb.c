/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/i2c.h>
#include <linux/usb/ch9.h>
#include <string.h>

#include "tests/rig/i2c_tiny_usb.h"

/* Requests; a message may begin and end a transaction. */
enum {
	GET_FUNC = 1,
	SET_DELAY = 2,
	GET_STATUS = 3,
	I2C_IO = 4,
};
#define IO_BEGIN 1u
#define IO_END 2u

enum {
	STATUS_IDLE = 0,
	STATUS_ACK = 1,
	STATUS_NAK = 2,
};

/* Longer than the driver waits. */
#define FOREVER (3600 * NSEC_PER_SEC)

static int message(struct i2c_tiny_usb *t, const struct usb_setup *setup, uint8_t *data,
		   size_t len, nsec_t *due)
{
	uint8_t addr = setup->index & 0x7F;
	nsec_t now = *due;
	int ret;

	/* Each message is taken for a transaction; the log tells where there was no stop. */
	if (setup->type & USB_DIR_IN)
		ret = board_i2c_read(t->board, addr, data, len, now, due);
	else
		ret = board_i2c_write(t->board, addr, data, len, now, due);
	if (!(setup->request & IO_END))
		board_log(t->board, now, "i2c without a stop");
	t->status = ret == -ENXIO ? STATUS_NAK : STATUS_ACK;
	if (ret == -ETIMEDOUT)
		*due = now + FOREVER;
	return ret == 0 || ret == -ENXIO || ret == -ETIMEDOUT ? (int)len : -EPIPE;
}

static int control(void *dev, const struct usb_setup *setup, uint8_t *data, size_t len,
		   nsec_t *due)
{
	static const uint32_t functions = I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
	struct i2c_tiny_usb *t = dev;

	switch (setup->request) {
	case GET_FUNC:
		for (size_t i = 0; i < len && i < sizeof(functions); i++)
			data[i] = (uint8_t)(functions >> 8 * i);
		return (int)len;
	case SET_DELAY:
		return 0;
	case GET_STATUS:
		if (len)
			data[0] = t->status;
		return (int)len;
	case I2C_IO:
	case I2C_IO | IO_BEGIN:
	case I2C_IO | IO_END:
	case I2C_IO | IO_BEGIN | IO_END:
		return message(t, setup, data, len, due);
	default:
		return -EPIPE;
	}
}

static const uint8_t config[] = {
	USB_DT_CONFIG_SIZE, USB_DT_CONFIG, 18, 0, 1, 1, 0, 0x80, 50,
	USB_DT_INTERFACE_SIZE, USB_DT_INTERFACE, 0, 0, 0, USB_CLASS_VENDOR_SPEC, 0, 0, 2,
};

const struct usb_kind i2c_tiny_usb_kind = {
	.vendor = 0x0403, .product = 0xC631,
	.maker = "Till Harbaum", .name = "i2c-tiny-usb",
	.config = config, .config_len = sizeof(config),
	.control = control,
};
