/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "report/result.h"

/* What was known of the chip before --lock hid it still holds. */
static void take_identity(struct job_result *t, const struct event_value *v)
{
	t->identified = true;
	snprintf(t->chip, sizeof(t->chip), "%s", v[0].text);
	t->product_id = (uint32_t)v[1].number;
	t->bootloader = (uint8_t)v[2].number;
	if (v[3].number)
		t->flash_kb = v[3].number;
	snprintf(t->unique_id, sizeof(t->unique_id), "%s", v[4].text);
	t->rate = v[5].number;
	t->read_protected = v[6].number;
}

/* @how: "" if nothing was proven. */
static void take_work(struct job_result *t, uint64_t bytes, const char *how)
{
	t->worked = true;
	t->bytes = bytes;
	snprintf(t->verified_by, sizeof(t->verified_by), "%s", how);
}

static void take_traffic(struct job_result *t, const struct event_value *v)
{
	t->connected = true;
	t->turns = v[0].number;
	t->sent = v[1].number;
	t->received = v[2].number;
	t->took = (nsec_t)v[3].number;
}

void result_take(struct job_result *t, enum event ev, const struct event_value *v)
{
	switch (ev) {
	case EV_IDENTITY:
		take_identity(t, v);
		break;
	case EV_ERASE_ACKNOWLEDGED:
		t->pages += v[0].number;
		break;
	case EV_WRITTEN:
		take_work(t, v[0].number, "");
		break;
	case EV_WRITTEN_VERIFIED:
		take_work(t, v[0].number, v[3].text);
		break;
	case EV_READ:
		take_work(t, v[0].number, strcmp(v[1].text, RESULT_UNCHECKED) ? v[1].text : "");
		break;
	case EV_ALL_ERASED:
		take_work(t, t->flash_kb * 1024, v[1].text);
		break;
	case EV_THERE_ALREADY:
	case EV_ERASED:
	case EV_SUMMED:
		take_work(t, v[0].number, v[1].text);
		break;
	case EV_BLANK:
	case EV_EQUAL:
		take_work(t, v[2].number, "reading");
		break;
	case EV_RECOVERIES:
		t->retries = v[0].number;
		break;
	case EV_TRAFFIC:
		take_traffic(t, v);
		break;
	default:
		break;
	}
}
