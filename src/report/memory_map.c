/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "report/memory_map.h"

#define CELLS 64u		/* signs in a row of the picture */
#define ROWS_MOST 8u
#define LIST_MOST 40u		/* stripes that are listed as text */

static const struct {
	char mark;
	const char *name, *means, *fill;
} kinds[STRIPE_KINDS] = {
	[STRIPE_BARRED] = { '!', "barred", "write-protected, but the job would change it", "url(#cross)" },
	[STRIPE_NOT_READ] = { '?', "not_read", "erased, not read: what is there is lost", "url(#rising)" },
	[STRIPE_MAY_GO] = { ':', "may_go", "not read, lost if the page is erased", "url(#dots)" },
	[STRIPE_KEPT] = { 'k', "kept", "kept: read, and written back", "url(#level)" },
	[STRIPE_IMAGE] = { '#', "image", "image: erased and written", "currentColor" },
	[STRIPE_IF_DIFFERS] = { '~', "if_differs", "image: written where the page differs", "url(#falling)" },
	[STRIPE_OVER] = { '+', "over", "image: written without an erase", "url(#upright)" },
	[STRIPE_SAME] = { '=', "same", "holds the image already", "url(#sparse)" },
	[STRIPE_BLANK] = { '-', "blank", "erased by the unlock, stays blank", "none" },
	[STRIPE_PROTECTED] = { 'P', "protected", "write-protected, not touched", "url(#grid)" },
	[STRIPE_STACK] = { 'W', "stack", "may be the wireless stack, not touched", "url(#grid)" },
	[STRIPE_UNTOUCHED] = { '.', "untouched", "not touched", "none" },
};

/* ---- the list ---- */

const char *stripe_name(enum stripe_kind kind)
{
	return kinds[kind].name;
}

const char *stripe_meaning(enum stripe_kind kind)
{
	return kinds[kind].means;
}

int memory_map_add(struct memory_map *m, uint32_t addr, uint32_t len, enum stripe_kind kind,
		   struct err *e)
{
	struct stripe *last = m->stripe_count ? &m->stripes[m->stripe_count - 1] : NULL;

	if (last && last->kind == kind && last->addr + last->len == addr) {
		last->len += len;
		return 0;
	}
	if (!m->stripes || m->stripe_count == m->stripe_room) {
		size_t room = m->stripe_room ? 2 * m->stripe_room : 32;
		struct stripe *more = realloc(m->stripes, room * sizeof(*more));

		if (!more)
			return err_set(e, ERR_OTHER, "out of memory");
		m->stripes = more;
		m->stripe_room = room;
	}
	m->stripes[m->stripe_count++] = (struct stripe){ addr, len, kind };
	return 0;
}

void memory_map_note(struct memory_map *m, const char *note)
{
	if (m->note_count < MAP_NOTES_MAX)
		m->notes[m->note_count++] = note;
}

void memory_map_free(struct memory_map *m)
{
	free(m->pages);
	free(m->stripes);
	*m = (struct memory_map){ .pages = NULL };
}

/* ---- measures ---- */

/* Pages without a hole between them: [first, behind) of map->pages. */
struct run { size_t first, behind; uint32_t addr, len; };

/* The run that begins with page *next, which becomes the one after it. False: there is none. */
static bool next_run(const struct memory_map *m, size_t *next, struct run *run)
{
	size_t i = *next;

	if (i >= m->page_count)
		return false;
	*run = (struct run){ .first = i, .addr = m->pages[i].addr };
	do {
		run->len += m->pages[i].size;
		i++;
	} while (i < m->page_count && m->pages[i].addr == run->addr + run->len);
	run->behind = *next = i;
	return true;
}

static const struct map_page *page_at(const struct memory_map *m, uint32_t addr)
{
	size_t low = 0, high = m->page_count;

	while (high - low > 1) {
		size_t mid = (low + high) / 2;

		*(m->pages[mid].addr <= addr ? &low : &high) = mid;
	}
	return &m->pages[low];
}

static uint32_t flash_bytes(const struct memory_map *m)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < m->page_count; i++)
		sum += m->pages[i].size;
	return sum;
}

/* Bytes of one sign: no less than what makes @rows rows of the whole, and a power of two. */
static uint32_t sign_bytes(const struct memory_map *m, uint32_t rows)
{
	uint32_t bytes = 64;

	while ((uint64_t)bytes * CELLS * rows < flash_bytes(m))
		bytes *= 2;
	return bytes;
}

/* One row, or as many more as it takes for the smallest page to be a sign. */
static uint32_t choose_scale(const struct memory_map *m)
{
	uint32_t least = UINT32_MAX, bytes = sign_bytes(m, 1), finest = sign_bytes(m, ROWS_MOST);

	for (size_t i = 0; i < m->page_count; i++)
		if (m->pages[i].size < least)
			least = m->pages[i].size;
	while (bytes > least && bytes > finest)
		bytes /= 2;
	return bytes;
}

/* The kind that a sign for [addr, behind) shows: the one that matters most. *from: where to look on. */
static enum stripe_kind kind_in(const struct memory_map *m, uint32_t addr, uint64_t behind,
				size_t *from)
{
	enum stripe_kind found = STRIPE_KINDS;

	while (*from < m->stripe_count &&
	       (uint64_t)m->stripes[*from].addr + m->stripes[*from].len <= addr)
		++*from;
	for (size_t i = *from; i < m->stripe_count && m->stripes[i].addr < behind; i++)
		if (m->stripes[i].kind < found)
			found = m->stripes[i].kind;
	return found;
}

static uint64_t bytes_of(const struct memory_map *m, enum stripe_kind kind)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < m->stripe_count; i++)
		if (m->stripes[i].kind == kind)
			sum += m->stripes[i].len;
	return sum;
}

/* "128 KB", "1020 bytes" */
static const char *size_text(uint64_t bytes, char *buf, size_t size)
{
	if (bytes && bytes % 1024 == 0)
		snprintf(buf, size, "%llu KiB", (unsigned long long)(bytes / 1024));
	else
		report_size(bytes, buf, size);
	return buf;
}

/* "page 3", "pages 3 to 7", "pages with unknown numbers" */
static const char *pages_text(const struct memory_map *m, uint32_t addr, uint32_t len, char *buf,
			      size_t size)
{
	const struct map_page *first = page_at(m, addr), *last = page_at(m, addr + len - 1);

	if (first->unnumbered || last->unnumbered)
		snprintf(buf, size, "not numbered");
	else if (first == last)
		snprintf(buf, size, "%u", (unsigned int)first->number);
	else
		snprintf(buf, size, "%u to %u", (unsigned int)first->number,
			 (unsigned int)last->number);
	return buf;
}

/* ---- text ---- */

/* Puts @text at @column if nothing stands there, before it or behind it. */
static void put_label(char *line, size_t width, size_t column, const char *text)
{
	size_t len = strlen(text);

	if (column + len > width)
		return;
	for (size_t i = column ? column - 1 : 0; i <= column + len && i < width; i++)
		if (line[i] != ' ')
			return;
	memcpy(line + column, text, len);
}

/* Does a stripe begin at @addr? */
static bool is_border(const struct memory_map *m, uint32_t addr)
{
	size_t low = 0, high = m->stripe_count;

	while (high - low > 1) {
		size_t mid = (low + high) / 2;

		*(m->stripes[mid].addr <= addr ? &low : &high) = mid;
	}
	return m->stripe_count && m->stripes[low].addr == addr;
}

/* Numbers of the pages that begin in [addr, behind), those at borders of stripes first. */
static void label_pages(const struct memory_map *m, const struct run *run, uint32_t addr,
			uint64_t behind, uint32_t scale, char *line)
{
	for (int borders = 1; borders >= 0; borders--)
		for (size_t i = run->first; i < run->behind; i++) {
			const struct map_page *p = &m->pages[i];
			char number[16];

			if (p->addr < addr || p->addr >= behind || p->unnumbered)
				continue;
			if (borders ? !is_border(m, p->addr) && p->addr != addr
				    : p->size < 4 * scale && p->number % 8)
				continue;
			snprintf(number, sizeof(number), "%u", (unsigned int)p->number);
			put_label(line, CELLS + 4, (p->addr - addr) / scale, number);
		}
}

static void trim(char *line)
{
	size_t len = strlen(line);

	while (len && line[len - 1] == ' ')
		line[--len] = '\0';
}

static void tell_run(const struct memory_map *m, const struct run *run, uint32_t scale,
		     bool numbers, struct report *r)
{
	uint64_t end = (uint64_t)run->addr + run->len, row = (uint64_t)scale * CELLS;
	size_t from = 0;

	for (uint64_t addr = run->addr; addr < end; addr += row) {
		uint64_t behind = addr + row < end ? addr + row : end;
		char line[CELLS + 32], ruler[CELLS + 5];
		size_t n = (size_t)snprintf(line, sizeof(line), "0x%08x  ", (unsigned int)addr);

		for (uint64_t at = addr; at < behind; at += scale) {
			enum stripe_kind k = kind_in(m, (uint32_t)at,
						     at + scale < end ? at + scale : end, &from);

			line[n++] = k < STRIPE_KINDS ? kinds[k].mark : ' ';
		}
		line[n] = '\0';
		report_event(r, EV_MAP_LINE, line);
		if (!numbers)
			continue;
		memset(ruler, ' ', CELLS + 4);
		ruler[CELLS + 4] = '\0';
		label_pages(m, run, (uint32_t)addr, behind, scale, ruler);
		trim(ruler);
		snprintf(line, sizeof(line), "      page  %s", ruler);
		if (ruler[0])
			report_event(r, EV_MAP_LINE, line);
	}
}

static void tell_picture(const struct memory_map *m, uint32_t scale, bool numbers,
			 struct report *r)
{
	size_t next = 0;
	struct run run, before = { .len = 0 };

	while (next_run(m, &next, &run)) {
		char line[80];

		if (before.len) {
			snprintf(line, sizeof(line), "            no memory from 0x%08x to 0x%08x",
				 (unsigned int)(before.addr + before.len),
				 (unsigned int)(run.addr - 1));
			report_event(r, EV_MAP_LINE, line);
		}
		tell_run(m, &run, scale, numbers, r);
		before = run;
	}
}

static void tell_legend(const struct memory_map *m, struct report *r)
{
	for (enum stripe_kind k = 0; k < STRIPE_KINDS; k++) {
		uint64_t bytes = bytes_of(m, k);
		char line[100], size[32];

		if (!bytes)
			continue;
		snprintf(line, sizeof(line), "%c  %s: %s", kinds[k].mark, kinds[k].means,
			 size_text(bytes, size, sizeof(size)));
		report_event(r, EV_MAP_LINE, line);
	}
}

static void tell_list(const struct memory_map *m, struct report *r)
{
	char line[100], pages[32], size[32];

	snprintf(line, sizeof(line), "%-3s%-24s%-14s%10s  %s", "", "from, to", "pages", "bytes", "");
	trim(line);
	report_event(r, EV_MAP_LINE, line);
	for (size_t i = 0; i < m->stripe_count && i < LIST_MOST; i++) {
		const struct stripe *s = &m->stripes[i];

		snprintf(line, sizeof(line), "%c  0x%08x  0x%08x  %-14s%10s", kinds[s->kind].mark,
			 (unsigned int)s->addr, (unsigned int)(s->addr + s->len - 1),
			 pages_text(m, s->addr, s->len, pages, sizeof(pages)),
			 size_text(s->len, size, sizeof(size)));
		report_event(r, EV_MAP_LINE, line);
	}
	if (m->stripe_count > LIST_MOST) {
		snprintf(line, sizeof(line), "   and %zu more", m->stripe_count - LIST_MOST);
		report_event(r, EV_MAP_LINE, line);
	}
}

static void tell_scale(const struct memory_map *m, uint32_t scale, struct report *r)
{
	char line[100], size[32], sign[32];
	int len = snprintf(line, sizeof(line), "%zu page%s, %s of flash, a sign is %s",
			   m->page_count, m->page_count == 1 ? "" : "s",
			   size_text(flash_bytes(m), size, sizeof(size)),
			   size_text(scale, sign, sizeof(sign)));
	char whole[sizeof(m->chip) + sizeof(line) + 2];

	snprintf(whole, sizeof(whole), "%s: %s", m->chip, line);
	if (strlen(m->chip) + (size_t)len + 2 <= 80) {
		report_event(r, EV_MAP_LINE, whole);
		return;
	}
	report_event(r, EV_MAP_LINE, m->chip);
	report_event(r, EV_MAP_LINE, line);
}

void memory_map_tell(const struct memory_map *m, struct report *r)
{
	uint32_t scale = choose_scale(m);

	for (size_t i = 0; i < m->stripe_count; i++) {
		const struct stripe *s = &m->stripes[i];
		const struct map_page *first = page_at(m, s->addr),
				      *last = page_at(m, s->addr + s->len - 1);

		report_event(r, EV_MAP_STRIPE, s->addr, s->addr + s->len - 1, s->len,
			     kinds[s->kind].name, first->number, last->number,
			     !first->unnumbered && !last->unnumbered);
	}
	tell_scale(m, scale, r);
	tell_picture(m, scale, true, r);
	tell_list(m, r);
	tell_legend(m, r);
	for (size_t i = 0; i < m->note_count; i++)
		report_event(r, EV_MAP_LINE, m->notes[i]);
}

void memory_map_tell_short(const struct memory_map *m, struct report *r)
{
	uint32_t scale = sign_bytes(m, 1);

	tell_scale(m, scale, r);
	tell_picture(m, scale, false, r);
	tell_legend(m, r);
}

/* ---- SVG ---- */

#define LEFT 110
#define CELL 12
#define BAND 28
#define NUMBER_ROOM 30	/* of a page's number */
#define ROW 56
#define TOP 48
#define LINE 22
#define WIDTH (LEFT + (int)CELLS * CELL + 20)

/* Writes text into XML: its own signs are spelled out, bytes that are no printable ASCII become question marks. */
static void put_text(FILE *f, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '&':
			fputs("&amp;", f);
			break;
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		default:
			fputc(*text >= ' ' && *text <= '~' ? *text : '?', f);
		}
}

static const char head[] =
	"<style>\n"
	"svg { color: #000; background: #fff; font: 13px monospace; }\n"
	".ground { fill: #fff; } .frame, .page { stroke: #000; fill: none; }\n"
	"text { fill: #000; } .ink { stroke: #000; } .dot { fill: #000; }\n"
	"@media (prefers-color-scheme: dark) {\n"
	"svg { color: #eee; background: #111; } .ground { fill: #111; } text { fill: #eee; }\n"
	".frame, .page, .ink { stroke: #eee; } .dot { fill: #eee; } }\n"
	"</style>\n"
	"<defs>\n";

static const struct { const char *id, *size, *what; } patterns[] = {
	{ "cross", "8", "<path class=\"ink\" d=\"M0 0L8 8M8 0L0 8\" stroke-width=\"2\"/>" },
	{ "rising", "8", "<path class=\"ink\" d=\"M-2 2L2 -2M0 8L8 0M6 10L10 6\"/>" },
	{ "falling", "8", "<path class=\"ink\" d=\"M-2 6L2 10M0 0L8 8M6 -2L10 2\" stroke-width=\"2\"/>" },
	{ "dots", "6", "<circle class=\"dot\" cx=\"3\" cy=\"3\" r=\"1.5\"/>" },
	{ "sparse", "12", "<circle class=\"dot\" cx=\"6\" cy=\"6\" r=\"3\"/>" },
	{ "level", "6", "<path class=\"ink\" d=\"M0 3L6 3\" stroke-width=\"2\"/>" },
	{ "upright", "6", "<path class=\"ink\" d=\"M3 0L3 6\" stroke-width=\"2\"/>" },
	{ "grid", "7", "<path class=\"ink\" d=\"M0 3.5L7 3.5M3.5 0L3.5 7\"/>" },
};

static void put_head(FILE *f, const struct memory_map *m, int height)
{
	char size[32];

	fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" "
		"aria-labelledby=\"title desc\">\n<title id=\"title\">Flash of ", WIDTH, height);
	put_text(f, m->chip);
	fputs("</title>\n<desc id=\"desc\">", f);
	for (enum stripe_kind k = 0; k < STRIPE_KINDS; k++)
		if (bytes_of(m, k)) {
			put_text(f, kinds[k].means);
			fprintf(f, ": %s. ", size_text(bytes_of(m, k), size, sizeof(size)));
		}
	for (size_t i = 0; i < m->note_count; i++) {
		put_text(f, m->notes[i]);
		fputs(". ", f);
	}
	fputs("</desc>\n", f);
	fputs(head, f);
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		fprintf(f, "<pattern id=\"%s\" width=\"%s\" height=\"%s\" "
			"patternUnits=\"userSpaceOnUse\">%s</pattern>\n", patterns[i].id,
			patterns[i].size, patterns[i].size, patterns[i].what);
	fprintf(f, "</defs>\n<rect class=\"ground\" width=\"%d\" height=\"%d\"/>\n"
		"<text x=\"10\" y=\"26\" font-weight=\"bold\">", WIDTH, height);
	put_text(f, m->chip);
	fprintf(f, ": %s of flash, %zu pages</text>\n",
		size_text(flash_bytes(m), size, sizeof(size)), m->page_count);
}

static double x_of(uint64_t addr, uint64_t start, uint32_t scale)
{
	return LEFT + (double)(addr - start) * CELL / scale;
}

static void put_stripe(FILE *f, const struct memory_map *m, const struct stripe *s, uint64_t from,
		       uint64_t to, uint64_t start, uint32_t scale, int y)
{
	double x = x_of(from, start, scale), width = x_of(to, start, scale) - x;
	char pages[32];

	fprintf(f, "<g><title>0x%08x to 0x%08x, page %s: ", (unsigned int)s->addr,
		(unsigned int)(s->addr + s->len - 1),
		pages_text(m, s->addr, s->len, pages, sizeof(pages)));
	put_text(f, kinds[s->kind].means);
	fprintf(f, "</title><rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" fill=\"%s\"/>",
		x, y, width < 1 ? 1 : width, BAND, kinds[s->kind].fill);
	if (width >= 30 && s->kind != STRIPE_UNTOUCHED)
		fprintf(f, "<rect class=\"ground\" x=\"%.2f\" y=\"%d\" width=\"14\" height=\"16\"/>"
			"<text x=\"%.2f\" y=\"%d\" text-anchor=\"middle\">%c</text>",
			x + width / 2 - 7, y + 6, x + width / 2, y + 19, kinds[s->kind].mark);
	fputs("</g>\n", f);
}

/* Pages so wide are numbered each, each second, each fourth ... of them. */
static unsigned int number_step(double width)
{
	unsigned int step = 1;

	while (width > 0 && width * step < NUMBER_ROOM)
		step *= 2;
	return step;
}

/* Pages that begin in a row: a thin line, and the number where there is room for it. */
static void put_pages(FILE *f, const struct memory_map *m, const struct run *run, uint64_t addr,
		      uint64_t behind, uint32_t scale, int y)
{
	double free_from = 0;

	for (size_t i = run->first; i < run->behind; i++) {
		const struct map_page *p = &m->pages[i];
		double x = x_of(p->addr, addr, scale), width = (double)p->size * CELL / scale;
		char number[16];

		if (p->addr < addr || p->addr >= behind)
			continue;
		if (width >= 4)
			fprintf(f, "<path class=\"page\" stroke-width=\"0.5\" d=\"M%.2f %dv%d\"/>\n",
				x, y, BAND + 4);
		snprintf(number, sizeof(number), "%u", (unsigned int)p->number);
		if (p->unnumbered || x < free_from || p->number % number_step(width))
			continue;
		fprintf(f, "<text x=\"%.2f\" y=\"%d\" font-size=\"10\">%s</text>\n", x, y + BAND + 13,
			number);
		free_from = x + (double)strlen(number) * 6 + 18;
	}
}

/* Returns where the next row goes. */
static int put_run(FILE *f, const struct memory_map *m, const struct run *run, uint32_t scale,
		   int y)
{
	uint64_t end = (uint64_t)run->addr + run->len, row = (uint64_t)scale * CELLS;
	size_t from = 0;

	for (uint64_t addr = run->addr; addr < end; addr += row, y += ROW) {
		uint64_t behind = addr + row < end ? addr + row : end;

		fprintf(f, "<text x=\"10\" y=\"%d\">0x%08x</text>\n", y + 18, (unsigned int)addr);
		kind_in(m, (uint32_t)addr, addr, &from);
		for (size_t i = from; i < m->stripe_count && m->stripes[i].addr < behind; i++) {
			uint64_t begin = m->stripes[i].addr, stop = begin + m->stripes[i].len;

			put_stripe(f, m, &m->stripes[i], begin > addr ? begin : addr,
				   stop < behind ? stop : behind, addr, scale, y);
		}
		put_pages(f, m, run, addr, behind, scale, y);
		fprintf(f, "<rect class=\"frame\" x=\"%d\" y=\"%d\" width=\"%.2f\" height=\"%d\"/>\n",
			LEFT, y, x_of(behind, addr, scale) - LEFT, BAND);
	}
	return y;
}

static void put_legend(FILE *f, const struct memory_map *m, int y)
{
	char size[32];

	for (enum stripe_kind k = 0; k < STRIPE_KINDS; k++) {
		if (!bytes_of(m, k))
			continue;
		fprintf(f, "<rect class=\"frame\" x=\"%d\" y=\"%d\" width=\"36\" height=\"16\"/>"
			"<rect x=\"%d\" y=\"%d\" width=\"36\" height=\"16\" fill=\"%s\"/>"
			"<text x=\"%d\" y=\"%d\">%c  ", LEFT, y, LEFT, y, kinds[k].fill, LEFT + 50,
			y + 13, kinds[k].mark);
		put_text(f, kinds[k].means);
		fprintf(f, ": %s</text>\n", size_text(bytes_of(m, k), size, sizeof(size)));
		y += LINE;
	}
	for (size_t i = 0; i < m->note_count; i++, y += LINE) {
		fprintf(f, "<text x=\"%d\" y=\"%d\">", LEFT, y + 13);
		put_text(f, m->notes[i]);
		fputs("</text>\n", f);
	}
}

static int height_of(const struct memory_map *m, uint32_t scale)
{
	uint64_t row = (uint64_t)scale * CELLS;
	int height = TOP + (int)m->note_count * LINE + 20;
	struct run run;

	for (size_t next = 0; next_run(m, &next, &run);)
		height += (int)((run.len + row - 1) / row) * ROW;
	for (enum stripe_kind k = 0; k < STRIPE_KINDS; k++)
		height += bytes_of(m, k) ? LINE : 0;
	return height;
}

int memory_map_svg(const struct memory_map *m, struct outfile *to, struct err *e)
{
	uint32_t scale = choose_scale(m);
	FILE *f = outfile_stream(to, e);
	struct run run;
	bool failed;
	int y = TOP;

	if (!f)
		return -1;
	put_head(f, m, height_of(m, scale));
	for (size_t next = 0; next_run(m, &next, &run);)
		y = put_run(f, m, &run, scale, y);
	put_legend(f, m, y);
	fputs("</svg>\n", f);
	failed = ferror(f);
	if (fclose(f) != 0 || failed)
		return err_set(e, ERR_OTHER, "the memory map cannot be written");
	return 0;
}
