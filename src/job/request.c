/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/request.h"

static const char *const action_names[] = {
	[ACT_IDENTIFY] = "no action",
	[ACT_READ] = "-r",
	[ACT_WRITE] = "-w",
	[ACT_ERASE] = "-o",
	[ACT_CRC] = "-C",
	[ACT_COMPARE] = "--compare",
	[ACT_BLANK_CHECK] = "--blank-check",
	[ACT_WRITE_UNPROTECT] = "-u",
	[ACT_READOUT_PROTECT] = "-j",
	[ACT_READOUT_UNPROTECT] = "-k",
	[ACT_OPTION_BYTES] = "--option-bytes",
	[ACT_CONFIGURE] = "no action",
	[ACT_HELP] = "--help",
	[ACT_VERSION] = "--version",
	[ACT_LIST_CHIPS] = "--list-chips",
	[ACT_LIST_FORMATS] = "--list-formats",
	[ACT_LIST_OPTION_BYTES] = "--list-option-bytes",
	[ACT_LIST_PORTS] = "--list-ports",
	[ACT_LIST_SIMULATED] = "--list-simulated",
	[ACT_LIST_WIRINGS] = "--list-wirings",
};

const char *action_name(enum action a)
{
	return action_names[a];
}

const char *request_start_name(const struct request *req)
{
	if (!req->go_given)
		return "-R";
	return req->go_spelled ? req->go_spelled : "-g";
}

bool action_changes_protection(enum action a)
{
	return a == ACT_WRITE_UNPROTECT || a == ACT_READOUT_PROTECT || a == ACT_READOUT_UNPROTECT;
}

bool action_changes_memory(enum action a)
{
	return a == ACT_WRITE || a == ACT_ERASE;
}
