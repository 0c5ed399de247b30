/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ports/rfc2217.h"

size_t telnet_escape(uint8_t *out, const uint8_t *data, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		out[n++] = data[i];
		if (data[i] == TELNET_IAC)
			out[n++] = TELNET_IAC;
	}
	return n;
}

size_t com_encode(uint8_t *out, enum com_command command, uint32_t value)
{
	const uint8_t bytes[] = {
		(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value,
	};
	size_t skip = command == COM_SET_BAUDRATE ? 0 : 3, n = 0;

	out[n++] = TELNET_IAC;
	out[n++] = TELNET_SB;
	out[n++] = TELNET_COM_PORT;
	out[n++] = (uint8_t)command;
	n += telnet_escape(out + n, bytes + skip, sizeof(bytes) - skip);
	out[n++] = TELNET_IAC;
	out[n++] = TELNET_SE;
	return n;
}

const char *com_name(enum com_command command)
{
	static const char *const names[] = {
		[COM_SET_BAUDRATE] = "the rate", [COM_SET_DATASIZE] = "the data size",
		[COM_SET_PARITY] = "the parity", [COM_SET_STOPSIZE] = "the stop size",
		[COM_SET_CONTROL] = "a control line", [COM_PURGE_DATA] = "a purge",
	};
	const char *name = command < sizeof(names) / sizeof(names[0]) ? names[command] : NULL;

	return name ? name : "a setting";
}

enum { IN_DATA, IN_COMMAND, IN_OPTION, IN_SUB, IN_SUB_COMMAND };

/* A subnegotiation is complete. */
static void take_sub(const struct telnet *t, struct telnet_event *event)
{
	if (t->sub_len < 2 || t->sub[0] != TELNET_COM_PORT || t->sub[1] < COM_FROM_SERVER)
		return;
	event->kind = TELNET_COMMAND;
	event->command = (uint8_t)(t->sub[1] - COM_FROM_SERVER);
	for (size_t i = 2; i < t->sub_len && i < 6; i++)
		event->value = event->value << 8 | t->sub[i];
}

static void keep_sub(struct telnet *t, uint8_t byte)
{
	if (t->sub_len < sizeof(t->sub))
		t->sub[t->sub_len++] = byte;
}

/* The byte behind IAC, outside of a subnegotiation. */
static void take_command(struct telnet *t, uint8_t byte, struct telnet_event *event)
{
	t->state = IN_DATA;
	if (byte == TELNET_IAC) {
		event->kind = TELNET_DATA;
		event->value = byte;
	} else if (byte >= TELNET_WILL) {
		t->verb = byte;
		t->state = IN_OPTION;
	} else if (byte == TELNET_SB) {
		t->sub_len = 0;
		t->state = IN_SUB;
	}
}

/* Behind IAC within one. Anything but IAC ends it: a command that is cut short must not swallow data. */
static void take_sub_command(struct telnet *t, uint8_t byte, struct telnet_event *event)
{
	if (byte == TELNET_IAC) {
		keep_sub(t, byte);
		t->state = IN_SUB;
	} else if (byte == TELNET_SE) {
		take_sub(t, event);
		t->state = IN_DATA;
	} else {
		take_command(t, byte, event);
	}
}

void telnet_take(struct telnet *t, uint8_t byte, struct telnet_event *event)
{
	*event = (struct telnet_event){ .kind = TELNET_NOTHING };
	switch (t->state) {
	case IN_DATA:
		if (byte == TELNET_IAC)
			t->state = IN_COMMAND;
		else
			*event = (struct telnet_event){ .kind = TELNET_DATA, .value = byte };
		return;
	case IN_COMMAND:
		take_command(t, byte, event);
		return;
	case IN_OPTION:
		*event = (struct telnet_event){ .kind = TELNET_OPTION, .verb = t->verb, .option = byte };
		t->state = IN_DATA;
		return;
	case IN_SUB:
		if (byte == TELNET_IAC)
			t->state = IN_SUB_COMMAND;
		else
			keep_sub(t, byte);
		return;
	default:
		take_sub_command(t, byte, event);
	}
}
