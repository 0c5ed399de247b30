/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "loader/dfu/status.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const states[] = {
	"appIDLE", "appDETACH", "dfuIDLE", "dfuDNLOAD-SYNC", "dfuDNBUSY", "dfuDNLOAD-IDLE",
	"dfuMANIFEST-SYNC", "dfuMANIFEST", "dfuMANIFEST-WAIT-RESET", "dfuUPLOAD-IDLE", "dfuERROR",
};

static const char *const codes[] = {
	"OK", "errTARGET", "errFILE", "errWRITE", "errERASE", "errCHECK_ERASED", "errPROG",
	"errVERIFY", "errADDRESS", "errNOTDONE", "errFIRMWARE", "errVENDOR", "errUSBR", "errPOR",
	"errUNKNOWN", "errSTALLEDPKT",
};

int dfu_status_take(const uint8_t *raw, size_t len, struct dfu_status *st)
{
	if (len != DFU_STATUS_LEN)
		return -1;
	*st = (struct dfu_status){
		.code = raw[0],
		.poll_ms = raw[1] | (uint32_t)raw[2] << 8 | (uint32_t)raw[3] << 16,
		.state = (enum dfu_state)raw[4],
	};
	return 0;
}

bool dfu_status_is_error(const struct dfu_status *st)
{
	return st->state >= DFU_ERROR && st->state != DFU_UNKNOWN;
}

const char *dfu_status_name(const struct dfu_status *st, char *text, size_t size)
{
	char state[24], code[24];
	unsigned int s = (unsigned int)st->state;

	snprintf(state, sizeof(state), "state %u", s);
	snprintf(code, sizeof(code), "status %u", st->code);
	snprintf(text, size, "%s%s%s", s < COUNT(states) ? states[s] : state,
		 dfu_status_is_error(st) || st->code ? "/" : "",
		 !dfu_status_is_error(st) && !st->code ? "" :
		 st->code < COUNT(codes)	       ? codes[st->code] : code);
	return text;
}
