/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/shown.h"
#include "chip/device.h"
#include "compat/stm32flash_chips.h"
#include "compat/stm32flash_pins.h"
#include "compat/stm32flash_text.h"
#include "report/text.h"

#define FLASH_START 0x08000000u
#define LINE_MAX_LEN 1024

#define NUMBER(at) ((unsigned int)values[at].number)

static struct stm32flash_text *text_of(struct report *r)
{
	return (struct stm32flash_text *)r;
}

static void say(struct stm32flash_text *x, const char *text)
{
	fputs(text, x->out);
	fflush(x->out);
}

static void say_own(struct stm32flash_text *x, const char *what, const char *text)
{
	char safe[2 * LINE_MAX_LEN];

	fflush(x->out);
	fprintf(x->r.err, STM32FLASH_OWN "%s%s\n", what, shown(text, safe, sizeof(safe)));
	fflush(x->r.err);
}

/* ---- before the port is open ---- */

static void say_parser(struct stm32flash_text *x, const struct event_value *values)
{
	const char *title = values[1].text;

	fprintf(x->out, "Using Parser : %s\n", strcmp(title, "raw binary") ? title : "Raw BINARY");
}

/* From where to where @img reaches, gaps included. False: there is nothing in it. */
static bool extent_of(const struct image *img, uint64_t *start, uint64_t *end)
{
	const struct segment *last = img->count ? &img->seg[img->count - 1] : NULL;

	if (!last)
		return false;
	*start = img->seg[0].addr;
	*end = (uint64_t)last->addr + last->len;
	return true;
}

/* Of the three parts that a job's image may have one file fills one. */
static const struct image *image_of(const struct job *job)
{
	return job->image.count ? &job->image : job->low.count ? &job->low : &job->loose;
}

static bool from_stdin(const struct stm32flash_text *x)
{
	return x->line->req.action == ACT_WRITE && !strcmp(x->line->file[0], "-");
}

void stm32flash_text_image(struct stm32flash_text *x, const struct job *job)
{
	const struct request *o = &x->line->req;
	const struct image *img = image_of(job);
	uint64_t start, end;

	x->job = job;
	if (!extent_of(img, &start, &end))
		return;
	x->first = x->start = start;
	x->bytes = image_bytes(img);
	x->len = end - start;
	if (from_stdin(x))
		return;
	if (img != &job->loose)
		fprintf(x->out, "Location     : %#08x\n", (unsigned int)start);
	fprintf(x->out, "Size         : %u\n",
		o->range_len_given ? o->range_len : (unsigned int)x->len);
}

static void say_interface(struct stm32flash_text *x, const struct event_value *values)
{
	const struct request *o = &x->line->req;

	(void)values;
	x->opened = true;
	if (o->wire == WIRE_I2C)
		fprintf(x->out, "Interface i2c: addr 0x%2x\n", o->i2c_addr);
	else if (!o->baud)
		fprintf(x->out, "Interface serial_posix: \n");
	else
		fprintf(x->out, "Interface serial_posix: %u %u%c%u\n", o->baud, o->mode.bits,
			o->mode.parity - 'a' + 'A', o->mode.stop);
	fflush(x->out);
}

/* ---- the chip ---- */

static void say_sizes(struct stm32flash_text *x, const struct stm32flash_sizes *s)
{
	fprintf(x->out, "- RAM        : Up to %uKiB  (%ub reserved by bootloader)\n", s->ram_kb,
		s->ram_reserved);
	fprintf(x->out, "- Flash      : Up to %uKiB (size first sector: %ux%u)\n", s->flash_kb,
		s->sector_pages, s->page_size);
	fprintf(x->out, "- Option RAM : %ub\n", s->option_bytes);
	fprintf(x->out, "- System RAM : %uKiB\n", s->system_kb);
}

/* After a reset the chip is identified again. */
static void say_chip(struct stm32flash_text *x, const struct event_value *values)
{
	const struct device *d = device_by_pid(NUMBER(1));
	struct stm32flash_sizes sizes;
	char name[128];

	if (x->identified)
		return;
	x->identified = true;
	x->pid = NUMBER(1);
	x->flash_start = d ? d->flash_start : FLASH_START;
	fprintf(x->out, "Version      : 0x%02x\n", NUMBER(2));
	if (x->line->req.wire != WIRE_I2C)
		fprintf(x->out, "Option 1     : 0x00\nOption 2     : 0x00\n");
	x->unknown = !stm32flash_chip(x->pid, name, sizeof(name), &sizes);
	if (!x->unknown) {
		fprintf(x->out, "Device ID    : 0x%04x (%s)\n", x->pid, name);
		say_sizes(x, &sizes);
	}
	fflush(x->out);
	if (x->unknown)
		fprintf(x->r.err, "Unknown/unsupported device (Device ID: 0x%03x)\n", x->pid);
}

/* ---- the action ---- */

/* In front of all that it does. */
static void begin_action(struct stm32flash_text *x)
{
	static const struct { enum action action; const char *text; } words[] = {
		{ ACT_READ, "Memory read\n" }, { ACT_WRITE, "Write to memory\n" },
		{ ACT_ERASE, "Erasing flash\n" }, { ACT_CRC, "CRC computation\n" },
		{ ACT_WRITE_UNPROTECT, "Write-unprotecting flash\n" },
		{ ACT_READOUT_PROTECT, "Read-Protecting flash\n" },
		{ ACT_READOUT_UNPROTECT, "Read-UnProtecting flash\n" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && !x->begun; i++)
		if (words[i].action == x->line->req.action)
			say(x, words[i].text);
	x->begun = true;
}

static void begin_erase(struct stm32flash_text *x)
{
	begin_action(x);
	if (x->line->req.action == ACT_WRITE && !x->erasing)
		say(x, "Erasing memory\n");
	x->erasing = true;
}

static void set_range(struct stm32flash_text *x, const struct event_value *values)
{
	x->start = NUMBER(0);
	x->len = values[1].number - values[0].number + 1;
	begin_action(x);
}

/*
 * Takes the place of a raw file that goes to the start of flash, which only the chip tells: @page is the
 * first of the pages that are erased, @len bytes of them.
 */
static void set_place(struct stm32flash_text *x, uint32_t page, uint64_t len)
{
	x->erase_len = len;
	if (x->job && image_of(x->job) == &x->job->loose)
		x->first = x->start = page;
	begin_action(x);
}

static void set_erased(struct stm32flash_text *x, const struct event_value *values)
{
	set_place(x, NUMBER(1), values[2].number - values[1].number + 1);
}

static void set_not_erased(struct stm32flash_text *x, const struct event_value *values)
{
	(void)values;
	set_place(x, x->flash_start, 0);
}

static void say_protection(struct stm32flash_text *x, const struct event_value *values)
{
	(void)values;
	begin_action(x);
}

static void say_done(struct stm32flash_text *x, const struct event_value *values)
{
	(void)values;
	say(x, "Done.\n");
}

static void say_crc(struct stm32flash_text *x, const struct event_value *values)
{
	begin_action(x);
	fprintf(x->out, "CRC(0x%08x-0x%08x) = 0x%08x\n", NUMBER(0), NUMBER(1), NUMBER(2));
}

static void say_started(struct stm32flash_text *x, uint32_t at, const char *how)
{
	fprintf(x->out, "\nStarting execution at address 0x%08x... %s\n", (unsigned int)at, how);
	fflush(x->out);
	x->starting = true;
}

static void say_go(struct stm32flash_text *x, const struct event_value *values)
{
	say_started(x, NUMBER(0), "done.");
}

static uint32_t start_of(const struct stm32flash_text *x)
{
	const struct request *o = &x->line->req;

	return o->go_given && o->go ? o->go : x->flash_start;
}

static void say_reset(struct stm32flash_text *x, const struct event_value *values)
{
	(void)values;
	if (x->line->req.go_given)
		say_started(x, start_of(x), "done.");
	else
		say(x, "\nResetting device... \nReset done.\n");
}

static void say_pins(struct stm32flash_text *x, const struct event_value *values)
{
	bool entry = strcmp(values[0].text, "entry") == 0;
	bool resets = !entry && x->line->req.reset && !x->starting;

	if (resets)
		say(x, "\nResetting device... \n");
	stm32flash_pins(x->out, &x->job->pins.seq, entry ? SEQUENCE_ENTRY : SEQUENCE_EXIT);
	if (resets)
		say(x, "Reset done.\n");
}

/* Says @ev in stm32flash's words. False: it has none. */
static bool say_its_own(struct stm32flash_text *x, enum event ev, const struct event_value *values)
{
	static const struct {
		enum event ev;
		void (*say)(struct stm32flash_text *x, const struct event_value *values);
	} rows[] = {
		{ EV_IMAGE_FILE, say_parser },
		{ EV_PORT_OPENED, say_interface },
		{ EV_PINS_RUN, say_pins },
		{ EV_IDENTITY, say_chip },
		{ EV_READING, set_range },
		{ EV_WILL_ERASE, set_erased },
		{ EV_WILL_ERASE_NOTHING, set_not_erased },
		{ EV_CRC, say_crc },
		{ EV_PROTECTION_ERASES, say_protection },
		{ EV_PROTECTION_CHANGES, say_protection },
		{ EV_PROTECTION_CHANGED, say_done },
		{ EV_FLASH_ERASED, say_done },
		{ EV_STARTED, say_go },
		{ EV_GO_ACKNOWLEDGED, say_go },
		{ EV_RESET, say_reset },
		{ EV_RESET_BY_LAUNCH, say_reset },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].ev == ev) {
			rows[i].say(x, values);
			return true;
		}
	return false;
}

/* Whether a user must know of @ev, for which stm32flash has no words. */
static bool is_worth_a_line(enum event ev, enum event_level level)
{
	static const enum event told[] = {
		EV_LATE_ACK, EV_BROUGHT_BACK, EV_OPTION_BYTES_LEFT_OUT, EV_IMAGE_MOVED,
		EV_ERASE_NOT_SEEN, EV_MASS_ERASE_UNSEEN, EV_MASS_ERASE_REFUSED, EV_MAY_STAY,
		EV_NEXT_RESET_STAYS, EV_NOT_STARTED, EV_EEPROM_TOO,
	};

	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		if (told[i] == ev)
			return true;
	return level == LEVEL_WARN;
}

/* Behind these the action is done: what fails then is the start. */
static bool ends_action(enum event ev)
{
	return ev == EV_IDENTIFIED || ev == EV_READ || ev == EV_WRITTEN || ev == EV_WRITTEN_VERIFIED ||
	       ev == EV_ERASED || ev == EV_ALL_ERASED || ev == EV_MASS_ERASE_UNSEEN ||
	       ev == EV_SUMMED;
}

static void draw_event(struct report *r, const struct event_row *row,
		       const struct event_value *values)
{
	struct stm32flash_text *x = text_of(r);
	enum event ev = (enum event)(row - event_table);
	char line[LINE_MAX_LEN];

	x->acted |= ends_action(ev);
	if (say_its_own(x, ev, values) || !is_worth_a_line(ev, row->level))
		return;
	text_draw(row, values, line, sizeof(line));
	say_own(x, row->level == LEVEL_WARN ? "warning: " : "", line);
	if (ev == EV_ERASE_NOT_SEEN)
		say(x, "Done.\n");
}

static void draw_note(struct report *r, const struct event_row *row,
		      const struct event_value *values)
{
	(void)r;
	(void)row;
	(void)values;
}

/* ---- progress ---- */

static void draw_begin(struct report *r, nsec_t now)
{
	struct stm32flash_text *x = text_of(r);
	const struct request *o = &x->line->req;

	(void)now;
	if (r->phase == PHASE_ERASING && o->action != ACT_READOUT_UNPROTECT)
		begin_erase(x);
	if (r->phase == PHASE_SUMMING) {
		x->start = o->range_given ? o->range_addr : x->flash_start;
		x->len = r->total;
		begin_action(x);
	}
}

/* The address behind the first @done bytes of the image. */
static uint64_t reached(const struct stm32flash_text *x, uint64_t done)
{
	const struct image *img = image_of(x->job);
	size_t i = 0;

	while (i + 1 < img->count && done > img->seg[i].len)
		done -= img->seg[i++].len;
	return x->first + (img->seg[i].addr - img->seg[0].addr) + done;
}

/* Percents are of the image; of standard input, whose length is not known, of all that it may fill. */
static uint64_t whole_of(const struct stm32flash_text *x)
{
	const struct request *o = &x->line->req;
	struct stm32flash_sizes sizes;
	char name[128];

	if (!from_stdin(x))
		return x->len;
	if (o->range_len_given)
		return o->range_len;
	if (o->erase_pages)
		return x->erase_len;
	if (!stm32flash_chip(x->pid, name, sizeof(name), &sizes) || x->start < x->flash_start ||
	    x->start - x->flash_start >= sizes.flash_kb * UINT64_C(1024))
		return x->len;
	return x->flash_start + sizes.flash_kb * UINT64_C(1024) - x->start;
}

static void say_reached(struct stm32flash_text *x, FILE *to, const char *what, uint64_t addr)
{
	uint64_t whole = whole_of(x);

	if (!whole || addr <= x->start)
		return;
	fprintf(to, "\r%s address 0x%08x (%.2f%%) ", what, (unsigned int)addr,
		100.0 * (double)(addr - x->start) / (double)whole);
	fflush(to);
}

/* Pages that are done again are none of its steps. */
static void draw_progress(struct report *r, nsec_t now)
{
	struct stm32flash_text *x = text_of(r);
	bool all = x->job && x->bytes && r->total == x->bytes;

	(void)now;
	if (r->phase == PHASE_READING)
		say_reached(x, x->out, "Read", x->start + r->done);
	else if (r->phase == PHASE_SUMMING)
		say_reached(x, r->err, "CRC", x->start + r->done);
	else if (r->phase == PHASE_WRITING && all)
		say_reached(x, x->out, "Wrote", reached(x, r->done));
	else if (r->phase == PHASE_VERIFYING && all && x->line->verify)
		say_reached(x, x->out, "Wrote and verified", reached(x, r->done));
}

static void draw_waiting(struct report *r, nsec_t now)
{
	(void)r;
	(void)now;
}

static void draw_end(struct report *r, bool done, nsec_t now)
{
	struct stm32flash_text *x = text_of(r);
	enum phase last = x->line->verify ? PHASE_VERIFYING : PHASE_WRITING;

	(void)now;
	if (!done)
		return;
	if (r->phase == PHASE_SUMMING)
		fputs("Done.\n", r->err);
	if (r->phase == PHASE_READING || (x->line->req.action == ACT_WRITE && r->phase == last))
		say(x, "Done.\n");
}

/* ---- failures ---- */

static void say_not_opened(struct stm32flash_text *x)
{
	const struct request *o = &x->line->req;
	char safe[512];
	const char *port = shown(o->port, safe, sizeof(safe));

	if (o->wire == WIRE_I2C && !stm32flash_address_fits(o))
		fprintf(x->r.err, "I2C address out of range [0x03-0x77]\n");
	fprintf(x->r.err, "Error probing interface \"%s\"\nCannot handle device \"%s\"\n"
		"Failed to open port: %s\n", o->wire == WIRE_I2C ? "i2c" : "serial_posix", port, port);
}

/* The host's lines are asked for before the port is opened, and then it is not named. */
static bool is_of_pins(const struct stm32flash_text *x, const struct err *e)
{
	if (x->identified || !x->job || !x->job->pins.given)
		return false;
	return (e->code == ERR_OPEN || e->code == ERR_USAGE) &&
	       (x->opened || !strstr(e->msg, x->line->req.port));
}

static bool failed_in(const struct err *e, enum phase phase)
{
	return e->phase && strcmp(e->phase, phase_table[phase].doing) == 0;
}

static void say_write_failed(struct stm32flash_text *x, const struct err *e)
{
	if (e->differs)
		fprintf(x->r.err, "Failed to verify at address 0x%08x, expected 0x%02x and found 0x%02x\n",
			e->addr, e->want, e->found);
	else if (failed_in(e, PHASE_WRITING) && e->has_addr)
		fprintf(x->r.err, "Failed to write memory at address 0x%08x\n", e->addr);
	else if (failed_in(e, PHASE_ERASING) || e->code == ERR_PROTECTED ||
		 e->code == ERR_WRITE_PROTECTED)
		fprintf(x->r.err, "Failed to erase memory\n");
}

/* Where a read that was refused at once would have begun. */
static uint32_t read_start(const struct stm32flash_text *x)
{
	const struct request *o = &x->line->req;
	const struct device *d = device_by_pid(x->pid);
	struct geometry g;
	struct page p;

	if (o->range_given)
		return o->range_addr;
	if (o->start_page && d && d->layout &&
	    geometry_parse(d->layout, d->flash_start, d->flash_kb, &g, NULL) == 0 &&
	    geometry_page(&g, o->start_page, &p) == 0)
		return p.addr;
	return x->flash_start;
}

static void say_read_failed(struct stm32flash_text *x, const struct err *e)
{
	if (e->code != ERR_PROTECTED && !e->has_addr)
		return;
	fprintf(x->r.err, "Failed to read memory at address 0x%08x, target write-protected?\n",
		e->has_addr ? e->addr : read_start(x));
}

static void say_action_failed(struct stm32flash_text *x, const struct err *e)
{
	static const struct {
		enum action action;
		const char *text;
	} rows[] = {
		{ ACT_ERASE, "Failed to erase memory" },
		{ ACT_CRC, "Failed to read CRC" },
		{ ACT_WRITE_UNPROTECT, "Failed to write-unprotect flash" },
		{ ACT_READOUT_PROTECT, "Failed to read-protect flash" },
		{ ACT_READOUT_UNPROTECT, "Failed to read-unprotect flash" },
	};
	enum action a = x->line->req.action;

	if (e->code == ERR_ABILITY && !x->begun)
		return;		/* what the chip has not got was not begun either */
	begin_action(x);
	if (a == ACT_READ || a == ACT_CRC)
		say_read_failed(x, e);
	if (a == ACT_WRITE)
		say_write_failed(x, e);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].action == a)
			fprintf(x->r.err, "%s\n", rows[i].text);
}

static void say_start_failed(struct stm32flash_text *x)
{
	const struct request *o = &x->line->req;

	if (o->go_given && !x->starting)
		say_started(x, start_of(x), "failed.");
	else if (o->reset && !x->starting)
		say(x, "\nResetting device... \nReset failed.\n");
}

static void draw_error(struct report *r, const char *prog, const struct err *e)
{
	struct stm32flash_text *x = text_of(r);

	(void)prog;
	fflush(x->out);
	if (e->code == ERR_SIGNAL)
		fprintf(r->err, "\nCaught signal %d\n", e->sys);
	else if (is_of_pins(x, e))
		fprintf(r->err, "Failed to send boot enter sequence\n");
	else if (e->code == ERR_OPEN && !x->opened)
		say_not_opened(x);
	else if (e->code == ERR_SILENT)
		fprintf(r->err, "Failed to init device, timeout.\n");
	else if (x->identified && !x->acted)
		say_action_failed(x, e);
	else if (x->acted && e->code != ERR_OPEN)
		say_start_failed(x);
	say_own(x, strstr(e->msg, " --") ? "(long options are those of that name) " : "", e->msg);
}

static const struct report_ops ops = {
	.event = draw_event,
	.note = draw_note,
	.begin = draw_begin,
	.progress = draw_progress,
	.waiting = draw_waiting,
	.end = draw_end,
	.error = draw_error,
};

/* ---- first and last ---- */

void stm32flash_text_begin(struct stm32flash_text *x, const struct stm32flash_line *l, FILE *out,
			   FILE *err)
{
	const char *to = l->req.read_file;

	*x = (struct stm32flash_text){ .line = l };
	x->out = to && !strcmp(to, "-") ? err : out;
	report_init(&x->r, &ops, x->out, err, 0, false);
	x->r.bar = false;
	say(x, "stm32flash 0.7\n\nhttp://stm32flash.sourceforge.net/\n\n");
}

int stm32flash_text_end(struct stm32flash_text *x)
{
	say(x, "\n");
	return x->unknown || ferror(x->out) ? -1 : 0;
}
