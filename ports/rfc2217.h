/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The coding of RFC 2217: what a serial port's bytes and settings look like on a Telnet connection.
 * It opens nothing and waits for nothing.
 *
 * Sources: RFC 854 (commands, IAC doubled), RFC 855 (options), RFC 856 (binary), RFC 2217 (Telnet Com
 * Port Control Option).
 */
#ifndef BOOTPIN_RFC2217_H
#define BOOTPIN_RFC2217_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Telnet's commands and options. */
enum {
	TELNET_SE = 240, TELNET_SB = 250,
	TELNET_WILL = 251, TELNET_WONT = 252, TELNET_DO = 253, TELNET_DONT = 254,
	TELNET_IAC = 255,

	TELNET_BINARY = 0, TELNET_SGA = 3, TELNET_COM_PORT = 44,
};

/* Commands to the server; its confirmations and notes have COM_FROM_SERVER added. */
enum com_command {
	COM_SET_BAUDRATE = 1,
	COM_SET_DATASIZE = 2,
	COM_SET_PARITY = 3,
	COM_SET_STOPSIZE = 4,
	COM_SET_CONTROL = 5,
	COM_NOTIFY_LINESTATE = 6,
	COM_NOTIFY_MODEMSTATE = 7,
	COM_FLOWCONTROL_SUSPEND = 8,
	COM_FLOWCONTROL_RESUME = 9,
	COM_SET_LINESTATE_MASK = 10,
	COM_SET_MODEMSTATE_MASK = 11,
	COM_PURGE_DATA = 12,
};
#define COM_FROM_SERVER 100

/* Values of COM_SET_CONTROL and COM_PURGE_DATA. */
enum {
	COM_NO_FLOW_CONTROL = 1,
	COM_BREAK_ON = 5, COM_BREAK_OFF = 6,
	COM_DTR_ON = 8, COM_DTR_OFF = 9,
	COM_RTS_ON = 11, COM_RTS_OFF = 12,

	COM_PURGE_INPUT = 1, COM_PURGE_BOTH = 3,
};

/* Longest encoded command: head, a rate of four bytes that are all doubled, tail. */
#define COM_COMMAND_MAX 14

/* Encodes @command with @value into @out, COM_COMMAND_MAX bytes. Returns how many it takes. */
size_t com_encode(uint8_t *out, enum com_command command, uint32_t value);

/* "the rate", for messages. */
const char *com_name(enum com_command command);

/* Copies @len bytes, each IAC doubled, into @out, which has room for twice as many. */
size_t telnet_escape(uint8_t *out, const uint8_t *data, size_t len);

/* The parser of the server's bytes; all zero at first. */
struct telnet {
	uint8_t state;
	uint8_t verb;			/* WILL, WONT, DO or DONT, whose option is to come */
	uint8_t sub[8];			/* a subnegotiation as it comes; what is longer is cut off */
	size_t sub_len;
};

enum telnet_kind {
	TELNET_NOTHING,			/* in the middle of something, or nothing of interest */
	TELNET_DATA,			/* a byte of data: value */
	TELNET_OPTION,			/* verb and option */
	TELNET_COMMAND,			/* of COM-PORT-OPTION, from the server: command, value */
};

struct telnet_event {
	enum telnet_kind kind;
	uint8_t verb, option;
	uint8_t command;		/* without COM_FROM_SERVER */
	uint32_t value;			/* of all bytes it has, at most four, the highest first */
};

/* Takes one byte from the server. */
void telnet_take(struct telnet *t, uint8_t byte, struct telnet_event *event);

#endif
