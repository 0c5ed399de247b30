/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A port: a way to reach a chip. It knows the transport only: bytes out, bytes in, and the clock.
 *
 * Deadlines are absolute and in nanoseconds of the port's own clock, so that the simulated chip
 * runs whole jobs in virtual time. No function blocks beyond its deadline. Every failure that
 * makes further use pointless (the adapter was pulled) is ERR_GONE.
 */
#ifndef BOOTPIN_PORT_H
#define BOOTPIN_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/stop.h"

/* Abilities of an open port. */
/* a byte stream (UART); without it each read and write is one transaction (I2C) */
#define PORT_STREAM 0x01u
#define PORT_PARITY 0x02u	/* bytes with a parity error are reported by read */
#define PORT_VIRTUAL 0x04u	/* its clock is virtual: waiting costs no wall-clock time */
/* control transfers (USB): control, device, select, look and rejoin, in place of read and write */
#define PORT_CONTROL 0x08u
#define PORT_FAR 0x10u		/* on another machine: what it is told takes round_trip to have an effect */

/* The wire behind a port. */
enum port_wire {
	WIRE_NONE,			/* none: this kind of port does not take the spec */
	WIRE_SERIAL,
	WIRE_RAW,			/* a serial line of another machine, which alone knows rate, mode and lines */
	WIRE_I2C,
	WIRE_USB,
};

/* Character format of a serial line, as in "8e1". */
struct serial_mode {
	unsigned char bits;	/* 5 to 8 */
	char parity;		/* 'n', 'e' or 'o' */
	unsigned char stop;	/* 1 or 2 */
};

#define SERIAL_MODE_8E1 ((struct serial_mode){ 8, 'e', 1 })

/* Bit times of one character, start bit included. 8E1: 11. */
unsigned int serial_mode_bits(struct serial_mode m);

/* Parses "8e1", letters in either case. Returns 0, or -1 with @m untouched. */
int serial_mode_parse(const char *text, struct serial_mode *m);

struct port_ops;

struct port_cfg {
	/* the kinds that port_open looks through, NULL-terminated (see ports/table.h) */
	const struct port_ops *const *kinds;
	/* as the user gave it: /dev/ttyX, /dev/i2c-N, rfc2217://HOST:PORT, sim:CHIP[,key=value...] */
	const char *spec;
	unsigned int baud;		/* 0: leave the tty's settings alone */
	struct serial_mode mode;
	struct stop *stop;		/* may be NULL; owned by the caller and outlives the port */
	unsigned int i2c_addr;		/* 7-bit; 0: none given */
	/* none yet: set_address comes before the first transaction */
	bool i2c_later;
	/*
	 * With PORT_CONTROL: the device need not be there yet, since pins will bring it: rejoin comes
	 * before the first transfer.
	 */
	bool device_later;
	/*
	 * With PORT_CONTROL: only to ask device what it is, whatever kind of DFU device is there. No other
	 * program is kept from it meanwhile, and nothing else may be asked of it.
	 */
	bool look_only;
};

/* Signals beside the data, as a sequence drives them. */
enum port_line {
	PORT_RTS,		/* on: asserted, which a TTL adapter shows as a low pin */
	PORT_DTR,
	PORT_BREAK,		/* on: the line is held low */
};

/*
 * A class request to the DFU interface of a USB device (DFU 1.1, chapter 3): one control transfer;
 * its wIndex is the interface.
 */
struct port_request {
	uint8_t request;	/* bRequest */
	uint16_t value;		/* wValue */
	bool in;		/* the data come from the device */
	uint8_t *data;		/* not changed unless @in; may be NULL with @len 0 */
	uint16_t len;		/* wLength */
};

/* Where the device of a port with PORT_CONTROL is. */
enum port_presence {
	PORT_SAME,		/* there, as it was when it was opened */
	PORT_AWAY,
	PORT_ANEW,		/* at the same place under a new address: it has been away */
};

struct port;
struct port_users;
struct usb_device;

struct port_ops {
	/*
	 * Whether this kind takes @spec, and the wire that it then has: what a device node is, or
	 * as far as the text tells where there is none yet.
	 */
	enum port_wire (*match)(const char *spec);

	/*
	 * Whether @spec, which match takes, is spelled as this kind of port can be; nothing is opened.
	 * Returns 0, or -1 with @e set (ERR_USAGE). NULL: it always is.
	 */
	int (*check)(const char *spec, struct err *e);

	/* Opens. Returns NULL with @e set (ERR_OPEN, or ERR_USAGE for a malformed spec). */
	struct port *(*open)(const struct port_cfg *cfg, struct err *e);

	/*
	 * Reads at least one and at most @len bytes, waiting until @until; without PORT_STREAM it
	 * is all of them, in one transaction. Returns how many; 0 at the deadline; -1 with @e set
	 * (ERR_GONE, ERR_SIGNAL; without PORT_STREAM also ERR_TIMEOUT, ERR_GARBLED,
	 * ERR_TOO_LONG). *@bad becomes the index of the first byte that came with a parity error,
	 * or the number returned if there was none; only ports with PORT_PARITY can tell. @bad
	 * may be NULL.
	 */
	ssize_t (*read)(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
		 struct err *e);

	/*
	 * Writes all of @len bytes. Returns 0, or -1 with @e set (ERR_TIMEOUT if the line did not
	 * take them by @until; ERR_GONE, ERR_SIGNAL; without PORT_STREAM also ERR_GARBLED,
	 * ERR_TOO_LONG).
	 */
	int (*write)(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e);

	/*
	 * Carries out @request. Returns how many bytes of data were carried, which may be fewer than
	 * asked for where they come in; -1 with @e set: ERR_NACK if the device stalled it, ERR_TIMEOUT if
	 * it did not answer by @until (the transfer is cancelled; the device may have taken it),
	 * ERR_GARBLED for another fault of the bus, ERR_GONE if the device has left, ERR_SIGNAL. NULL
	 * without PORT_CONTROL, as the four below.
	 */
	ssize_t (*control)(struct port *p, const struct port_request *request, nsec_t until,
			   struct err *e);

	/* The device's descriptors, valid up to the next rejoin or close; NULL if there is none yet. */
	const struct usb_device *(*device)(struct port *p);

	/* Selects an alternate setting by its number (SET_INTERFACE). Errors as of control. */
	int (*select)(struct port *p, unsigned int alt, nsec_t until, struct err *e);

	/*
	 * Looks for the device by its bus and port path, in a new context: an old one may never hear that
	 * it returned. Returns 0 with *@presence set, or -1 with @e set.
	 */
	int (*look)(struct port *p, enum port_presence *presence, struct err *e);

	/*
	 * Opens the device that is there now, in place of the one that left, and reads its descriptors.
	 * Returns 0, or -1 with @e set: ERR_GONE if there is none, ERR_OPEN.
	 */
	int (*rejoin)(struct port *p, struct err *e);

	/* Throws away input that has already arrived. */
	int (*discard)(struct port *p, struct err *e);

	/*
	 * Waits. Returns 0 at @until, or -1 with @e set if a signal came and port->deaf is not set.
	 */
	int (*sleep)(struct port *p, nsec_t until, struct err *e);

	nsec_t (*now)(struct port *p);

	/* Drives RTS, DTR or BREAK. Returns 0, or -1 with @e set. NULL where there are none. */
	int (*set_line)(struct port *p, enum port_line which, bool on, struct err *e);

	/*
	 * Pins that the port itself has, by the name or number of a GPIO line: only a simulated
	 * board. find_pin returns an index for drive_pin, or -1 with @e set (ERR_OPEN). NULL
	 * where GPIO is the host's.
	 */
	int (*find_pin)(struct port *p, const char *name, uint32_t number, struct err *e);
	int (*drive_pin)(struct port *p, int pin, bool high, struct err *e);

	/*
	 * Goes on at another rate, in the same mode. Returns 0, or -1 with @e set (ERR_OPEN). NULL
	 * where there is none to change.
	 */
	int (*set_baud)(struct port *p, unsigned int baud, struct err *e);

	/*
	 * Speaks to another address from now on. ERR_OPEN if a driver of the kernel or another
	 * program has that address. NULL on all ports but I2C.
	 */
	int (*set_address)(struct port *p, unsigned int addr, struct err *e);

	/*
	 * Which other programs have the device open, and so may read what is meant for this one
	 * (users.h). NULL where they cannot: a simulated port, or a bus, whose transactions are
	 * each one program's own.
	 */
	void (*find_users)(struct port *p, struct port_users *u);

	/* Does the chip behind it run code from RAM? A simulated one may not. NULL: it does. */
	bool (*runs_code)(struct port *p);

	/*
	 * Puts back what open changed, and frees. Returns 0, or -1 with @e set; @p is gone in
	 * either case.
	 */
	int (*close)(struct port *p, struct err *e);
};

/* Traffic on the wire, as far as the port took it. */
struct port_traffic {
	uint64_t sent, received;	/* bytes */
	uint64_t turns;			/* answers that were waited for behind something sent */
	bool asked;			/* something was sent since the last answer */
};

/* The head of every port; an implementation embeds it as its first member. */
struct port {
	const struct port_ops *ops;
	unsigned int caps;
	/* sleep goes on through signals, so that none cuts a reset short */
	bool deaf;
	bool keep_lines;		/* RTS and DTR keep their level after close */
	unsigned int baud;		/* the rate in use; 0: unknown. With PORT_STREAM */
	bool break_doubtful;		/* with PORT_FAR: BREAK was switched off, and is said to be on */
	nsec_t round_trip;		/* with PORT_FAR: the longest so far, there and back */
	unsigned int clock_hz;		/* of the bus; 0: unknown. Without PORT_STREAM */
	struct serial_mode mode;	/* only with PORT_STREAM */
	/*
	 * Longest transaction, in bytes; 0: no limit known. Lowered when a longer one ends in
	 * ERR_TOO_LONG.
	 */
	uint32_t max_read, max_write;
	struct port_traffic traffic;	/* counted by port_read and port_write */
};

/*
 * Opens cfg->spec with the first of cfg->kinds that takes it. NULL with @e set: ERR_USAGE if none
 * does.
 */
struct port *port_open(const struct port_cfg *cfg, struct err *e);

/* The wire that @spec has with the first of @kinds that takes it; WIRE_NONE if none does. */
enum port_wire port_wire(const struct port_ops *const *kinds, const char *spec);

/*
 * Whether @spec is spelled as a port can be, by the first of @kinds that takes it. Returns 0, or -1 with
 * @e set (ERR_USAGE).
 */
int port_check(const struct port_ops *const *kinds, const char *spec, struct err *e);

/*
 * Time that @bytes take on the wire; 0 on a serial line of unknown rate. Without PORT_STREAM they
 * are one transaction, with its start, address and stop, and a clock that is unknown counts as
 * 100 kHz.
 */
nsec_t port_wire_time(const struct port *p, size_t bytes);

/* Shorthands. */
static inline ssize_t port_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
				struct err *e)
{
	ssize_t n = p->ops->read(p, buf, len, until, bad, e);

	p->traffic.turns += p->traffic.asked;
	p->traffic.asked = false;
	p->traffic.received += n > 0 ? (uint64_t)n : 0;
	return n;
}

static inline int port_write(struct port *p, const void *buf, size_t len, nsec_t until,
			     struct err *e)
{
	p->traffic.asked = true;
	p->traffic.sent += len;
	return p->ops->write(p, buf, len, until, e);
}

/* A transfer is a turn: each ends with an answer of the device. */
static inline ssize_t port_control(struct port *p, const struct port_request *request, nsec_t until,
				   struct err *e)
{
	ssize_t n = p->ops->control(p, request, until, e);
	uint64_t *carried = request->in ? &p->traffic.received : &p->traffic.sent;

	p->traffic.turns++;
	*carried += n > 0 ? (uint64_t)n : 0;
	return n;
}

static inline int port_discard(struct port *p, struct err *e)
{
	return p->ops->discard(p, e);
}

static inline int port_sleep(struct port *p, nsec_t until, struct err *e)
{
	return p->ops->sleep(p, until, e);
}

/* Waits in full; signals do not end it. */
static inline void port_wait(struct port *p, nsec_t duration)
{
	p->deaf = true;
	p->ops->sleep(p, p->ops->now(p) + duration, NULL);
	p->deaf = false;
}

static inline nsec_t port_now(struct port *p)
{
	return p->ops->now(p);
}

/* NULL is accepted. */
int port_close(struct port *p, struct err *e);

#endif
