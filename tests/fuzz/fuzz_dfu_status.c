/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: a DFU device that answers anything. Each transfer takes a byte of the input, which is how it
 * ends, and one that comes in takes its data; when the input is over the device has left. Corpus:
 * tests/corpus/dfu_status.
 */
#include "loader/dfu/dfu.h"
#include "loader/dfu/status.h"
#include "ports/usb_device.h"
#include "tests/fuzz/fuzz.h"

#define FLASH 0x08000000u

struct device_port {
	struct port port;
	struct input in;
	struct usb_device device;
	nsec_t now;
	bool unprotected;		/* Read Unprotect was sent */
};

static struct device_port *device_of(struct port *p)
{
	return (struct device_port *)p;
}

static ssize_t answer(struct device_port *d, const struct port_request *r)
{
	ssize_t n = r->len;

	for (uint16_t i = 0; r->in && i < r->len; i++)
		r->data[i] = d->in.left ? input_byte(&d->in) : 0;
	if (r->in && r->len && d->in.left && d->in.at[0] == 0xEE)
		n = r->len - 1;
	return n;
}

static ssize_t fuzz_control(struct port *p, const struct port_request *r, nsec_t until,
			    struct err *e)
{
	static const enum err_code codes[] = { ERR_NACK, ERR_TIMEOUT, ERR_GARBLED };
	struct device_port *d = device_of(p);
	uint8_t how;

	d->now += NSEC_PER_MSEC;
	if (r->request == DFU_DNLOAD && r->len == 1 && r->data[0] == 0x92)
		d->unprotected = true;
	if (!d->in.left)
		return err_set(e, ERR_GONE, "gone");
	how = input_byte(&d->in);
	if (how >= 0xF0 && (how & 3) < 3) {
		if ((how & 3) == 1 && until > d->now)
			d->now = until;
		return err_set(e, codes[how & 3], "fault");
	}
	return answer(d, r);
}

static const struct usb_device *fuzz_device(struct port *p)
{
	return &device_of(p)->device;
}

static int fuzz_select(struct port *p, unsigned int alt, nsec_t until, struct err *e)
{
	(void)p;
	(void)alt;
	(void)until;
	(void)e;
	return 0;
}

static int fuzz_look(struct port *p, enum port_presence *is, struct err *e)
{
	(void)e;
	*is = device_of(p)->in.left ? PORT_SAME : PORT_AWAY;
	return 0;
}

static int fuzz_rejoin(struct port *p, struct err *e)
{
	(void)p;
	return err_set(e, ERR_GONE, "gone");
}

static int fuzz_sleep(struct port *p, nsec_t until, struct err *e)
{
	(void)e;
	if (until > device_of(p)->now)
		device_of(p)->now = until;
	return 0;
}

static nsec_t fuzz_now(struct port *p)
{
	return device_of(p)->now;
}

static const struct port_ops ops = {
	.control = fuzz_control, .device = fuzz_device, .select = fuzz_select, .look = fuzz_look,
	.rejoin = fuzz_rejoin, .sleep = fuzz_sleep, .now = fuzz_now,
};

/* What jobs ask of it, as long as it goes on. */
static void use(struct loader *l)
{
	uint8_t buf[LOADER_BLOCK_MAX] = { 0 };
	struct page page = { .addr = FLASH, .size = 2048 };
	enum loader_written how;
	struct err e = ERR_INIT;
	size_t one = 1;

	if (l->ops->find(l, LOADER_WAKE, &e) <= 0)
		return;
	require(l->write_max && l->read_max);
	l->ops->read(l, FLASH, buf, l->read_max, LOADER_TWICE, &e);
	l->ops->erase(l, &page, &one, &e);
	l->ops->write(l, FLASH, buf, l->write_max, 0xFF, NSEC_PER_MSEC, &how, &e);
	l->ops->erase_all(l, NSEC_PER_SEC, &e);
	l->ops->write_options(l, 0x1FFF7800, buf, 16, NSEC_PER_SEC, &e);
	l->ops->go(l, FLASH, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct loader_config config = { .retries = 3 };
	struct device_port d = {
		.port = { .ops = &ops, .caps = PORT_CONTROL }, .in = { data, len },
		.device = { .vid = 0x0483, .pid = 0xDF11, .transfer_size = 64, .alt_count = 1,
			    .dfu_version = DFU_VERSION_DFUSE,
			    .alts = { { 0, "@Internal Flash  /0x08000000/0128*0002Kg" } } },
	};
	struct loader *l = dfu_open(&d.port, &config, NULL);

	require(l);
	use(l);
	/* Nobody has asked for that. */
	require(!d.unprotected);
	l->ops->close(l);
	return 0;
}
