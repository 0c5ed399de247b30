/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "pins/sequence.h"

#define OWN_WAIT (50 * NSEC_PER_MSEC)	/* much longer than NRST with its capacitor needs */
#define DELAY_MAX_MS 3600000u		/* so that no text that fits argv adds up to an overflow */

static const char *const modem_words[] = {
	[STEP_RTS] = "rts", [STEP_DTR] = "dtr", [STEP_BREAK] = "brk",
};

/* The text that is parsed, and the sequence so far. */
struct parser {
	const char *text;
	const char *at;
	bool serial;
	struct sequence *s;
	struct step_list *part;
	struct err *e;
};

static int refuse_token(const struct parser *p, const char *at, size_t len, const char *why)
{
	return err_set(p->e, ERR_USAGE, "'%.*s' at column %zu of '%s' %s", (int)len, at,
		       (size_t)(at - p->text) + 1, p->text, why);
}

static int no_memory(struct err *e)
{
	return err_set(e, ERR_OTHER, "out of memory");
}

static int add_step(struct parser *p, struct step step)
{
	struct step_list *l = p->part;
	struct step *more;

	if (step.kind == STEP_DELAY && l->count && l->step[l->count - 1].kind == STEP_DELAY) {
		l->step[l->count - 1].delay += step.delay;
		return 0;
	}
	more = realloc(l->step, (l->count + 1) * sizeof(*more));
	if (!more)
		return no_memory(p->e);
	l->step = more;
	l->step[l->count++] = step;
	return 0;
}

static int add_delay(struct parser *p, nsec_t delay)
{
	return add_step(p, (struct step){ .kind = STEP_DELAY, .delay = delay });
}

/* A token of the text, without its sign. Pointers are into the text. */
struct token {
	enum step_kind kind;
	size_t len;
	const char *number;	/* DELAY, and LINE unless it is named */
	size_t number_len;
	const char *name;	/* LINE: name or chip */
	size_t name_len;
};

static bool ends_run(char c)
{
	return !c || c == ',' || c == '&' || c == ':';
}

static size_t run_length(const char *s)
{
	return strcspn(s, ",&:");
}

static size_t count_digits(const char *s)
{
	return strspn(s, "0123456789");
}

static bool lex_number(const char *s, struct token *t)
{
	size_t len = count_digits(s);
	bool delay = !strncmp(s + len, "ms", 2);

	if (!len)
		return false;
	t->kind = delay ? STEP_DELAY : STEP_LINE;
	t->number = s;
	t->number_len = len;
	t->len = len + 2 * delay;
	return true;
}

static bool lex_modem(const char *s, struct token *t)
{
	for (enum step_kind kind = STEP_RTS; kind <= STEP_BREAK; kind++) {
		if (!strncmp(s, modem_words[kind], 3)) {
			t->kind = kind;
			t->len = 3;
			return true;
		}
	}
	return false;
}

/* 'name', or 'chip'/offset. */
static bool lex_quoted(const char *s, struct token *t)
{
	const char *end = *s == '\'' ? strchr(s + 1, '\'') : NULL;

	if (!end)
		return false;
	t->name = s + 1;
	t->name_len = (size_t)(end - t->name);
	t->len = t->name_len + 2;
	if (end[1] == '/' && count_digits(end + 2)) {
		t->number = end + 2;
		t->number_len = count_digits(t->number);
		t->len += 1 + t->number_len;
	}
	return true;
}

/* A token whose end is plain to see without a separator. */
static bool lex_plain(const char *s, struct token *t)
{
	*t = (struct token){ .kind = STEP_LINE };
	return lex_number(s, t) || lex_modem(s, t) || lex_quoted(s, t);
}

/* Whether all up to the next separator is made of such tokens: "rtsdtr" is, "rts_n" is not. */
static bool is_plain(const char *s)
{
	struct token t;

	while (!ends_run(*s)) {
		s += *s == '-';
		if (!lex_plain(s, &t))
			return false;
		s += t.len;
	}
	return true;
}

/* A name or chip/offset, up to the next separator. */
static void lex_name(const char *s, struct token *t)
{
	const char *slash;

	*t = (struct token){ .kind = STEP_LINE, .len = run_length(s), .name = s };
	t->name_len = t->len;
	slash = memrchr(s, '/', t->len);
	if (slash && count_digits(slash + 1) && slash + 1 + count_digits(slash + 1) == s + t->len) {
		t->name_len = (size_t)(slash - s);
		t->number = slash + 1;
		t->number_len = count_digits(t->number);
	}
}

static int read_token(const struct parser *p, const char *s, struct token *t)
{
	const char *end;

	if (isalpha((unsigned char)*s) && !is_plain(s)) {
		lex_name(s, t);
		return 0;
	}
	if (!lex_plain(s, t)) {
		if (*s == '\'')
			return refuse_token(p, s, strlen(s), "has no closing quote");
		return refuse_token(p, s, run_length(s),
				    "is no signal (a name that does not begin with "
				    "a letter needs quotes)");
	}
	end = s + t->len;
	if (*end != '-' && *end != '\'' && !is_plain(end))
		return refuse_token(p, s, run_length(s),
				    "needs a separator, or quotes if it is one name");
	return 0;
}

static int take_number(const struct parser *p, const struct token *t, uint32_t *val)
{
	if (t->number && num_span(t->number, t->number_len, val) < 0)
		return refuse_token(p, t->number, t->number_len,
				    "is no number between 0 and 4294967295 "
				    "without leading zeros");
	return 0;
}

static void free_line(struct line_ref *l)
{
	free(l->text);
	free(l->chip);
	free(l->name);
}

/* The index of the line that @t, found at @at, is about; it is added if it is new. */
static int take_line(struct parser *p, const char *at, const struct token *t, size_t *index)
{
	struct sequence *s = p->s;
	struct line_ref l = { .number = 0 }, *more;
	char **name = t->number ? &l.chip : &l.name;

	for (size_t i = 0; i < s->lines; i++) {
		if (strlen(s->line[i].text) == t->len && !memcmp(s->line[i].text, at, t->len)) {
			*index = i;
			return 0;
		}
	}
	if (t->name && !t->name_len)
		return refuse_token(p, at, t->len, "names nothing");
	if (take_number(p, t, &l.number) < 0)
		return -1;
	more = realloc(s->line, (s->lines + 1) * sizeof(*more));
	if (more)
		s->line = more;
	l.text = strndup(at, t->len);
	if (t->name)
		*name = strndup(t->name, t->name_len);
	if (!more || !l.text || (t->name && !*name)) {
		free_line(&l);
		return no_memory(p->e);
	}
	*index = s->lines;
	s->line[s->lines++] = l;
	return 0;
}

/* A sign and a token. */
static int parse_token(struct parser *p)
{
	const char *at = p->at, *s = at + (*at == '-');
	struct step step = { .level = s == at };
	struct token t;
	uint32_t ms = 0;

	if (ends_run(*s))
		return refuse_token(p, at, 1, "has no signal behind it");
	if (read_token(p, s, &t) < 0)
		return -1;
	p->at = s + t.len;
	step.kind = t.kind;
	switch (t.kind) {
	case STEP_LINE:
		return take_line(p, s, &t, &step.line) < 0 ? -1 : add_step(p, step);
	case STEP_DELAY:
		if (!step.level)
			return refuse_token(p, at, t.len + 1, "is a delay with a sign");
		if (take_number(p, &t, &ms) < 0)
			return -1;
		if (ms > DELAY_MAX_MS)
			return refuse_token(p, at, t.len, "is a delay of more than an hour");
		return add_delay(p, ms * NSEC_PER_MSEC);
	case STEP_RTS: case STEP_DTR: case STEP_BREAK:
		break;
	}
	if (!p->serial)
		return refuse_token(p, s, t.len, "is a signal of a serial port, and this is none");
	if (t.kind == STEP_BREAK) {
		step.delay = SEQUENCE_BREAK;
		if (!step.level)
			return 0;
	}
	return add_step(p, step);
}

/* Up to a ":" or the end of the text. */
static int parse_part(struct parser *p, enum sequence_part part)
{
	p->part = &p->s->part[part];
	for (int ret = 0; *p->at && *p->at != ':';) {
		switch (*p->at) {
		case ',':
			ret = add_delay(p, SEQUENCE_COMMA);
			p->at++;
			break;
		case '&':
			p->at++;
			break;
		default:
			ret = parse_token(p);
		}
		if (ret < 0)
			return -1;
	}
	return 0;
}

static int parse_end(const struct parser *p)
{
	return *p->at ? refuse_token(p, p->at, 1, "is one ':' too many") : 0;
}

static int parse_entry_and_exit(struct parser *p)
{
	if (parse_part(p, SEQUENCE_ENTRY) < 0)
		return -1;
	p->s->has_exit = *p->at == ':';
	p->at += p->s->has_exit;
	return parse_part(p, SEQUENCE_EXIT) < 0 ? -1 : parse_end(p);
}

/* The result of building a sequence: all of it or nothing. */
static int finish_building(struct sequence *s, int ret)
{
	if (ret < 0)
		sequence_free(s);
	return ret;
}

int sequence_parse(const char *text, bool serial, struct sequence *s, struct err *e)
{
	struct parser p = { .text = text, .at = text, .serial = serial, .s = s, .e = e };

	*s = (struct sequence){ .lines = 0 };
	return finish_building(s, parse_entry_and_exit(&p));
}

int sequence_from_parts(const char *const text[SEQUENCE_PARTS], bool serial, struct sequence *s,
			struct err *e)
{
	int ret = 0;

	*s = (struct sequence){ .has_exit = true, .own = true };
	for (size_t i = 0; i < SEQUENCE_PARTS && !ret; i++) {
		struct parser p = { text[i], text[i], serial, s, NULL, e };

		ret = parse_part(&p, (enum sequence_part)i);
		if (!ret)
			ret = parse_end(&p);
	}
	return finish_building(s, ret);
}

/* The parts of bootpin's own sequences. */
enum pin { PIN_END, PIN_WAIT, PIN_BOOT0, PIN_NRST, PINS };

static const struct {
	enum pin pin;
	bool high;
} own_moves[SEQUENCE_PARTS][6] = {
	[SEQUENCE_ENTRY] = {
		{ PIN_NRST, false }, { PIN_BOOT0, true }, { PIN_WAIT, 0 }, { PIN_NRST, true },
	},
	[SEQUENCE_EXIT] = {
		{ PIN_NRST, false }, { PIN_BOOT0, false }, { PIN_WAIT, 0 }, { PIN_NRST, true },
		{ PIN_WAIT, 0 },
	},
	[SEQUENCE_STAY] = {
		{ PIN_NRST, false }, { PIN_BOOT0, true }, { PIN_WAIT, 0 }, { PIN_NRST, true },
		{ PIN_WAIT, 0 },
	},
	[SEQUENCE_STARTED] = { { PIN_BOOT0, false } },
};

static bool holds_level(const struct step_list *l)
{
	return l->count && l->step->kind != STEP_BREAK && l->step->kind != STEP_DELAY;
}

/* The step that makes a pin high: "LINE", or "!LINE" through an inverting wire. */
static int parse_pin(const char *text, bool serial, struct sequence *s, struct step *high,
		     struct err *e)
{
	struct step_list one = { NULL, 0 };
	struct parser p = { text, text + (*text == '!'), serial, s, &one, e };
	int ret;

	if (*p.at == '-')
		return refuse_token(&p, p.at, 1, "is not for a wire ('!' is, if it inverts)");
	if (ends_run(*p.at))
		return refuse_token(&p, p.at, run_length(p.at), "is no signal");
	ret = parse_token(&p);
	if (!ret && *p.at) {
		ret = refuse_token(&p, p.at, strlen(p.at), "is too much: one signal is asked for");
	} else if (!ret && !holds_level(&one)) {
		ret = refuse_token(&p, text, strlen(text), "holds no level");
	} else if (!ret) {
		*high = *one.step;
		high->level = *text != '!';
	}
	free(one.step);
	return ret;
}

static int write_part(struct sequence *s, enum sequence_part part,
		      const struct step *const pin[PINS], struct err *e)
{
	struct parser p = { .s = s, .part = &s->part[part], .e = e };

	for (size_t i = 0; own_moves[part][i].pin != PIN_END; i++) {
		const struct step *high = pin[own_moves[part][i].pin];
		struct step step;

		if (!high)
			continue;
		step = *high;
		step.level = step.level == own_moves[part][i].high;
		if (add_step(&p, step) < 0)
			return -1;
	}
	return 0;
}

int sequence_from_pins(const char *boot0, const char *nrst, bool serial, struct sequence *s,
		       struct err *e)
{
	struct step b = { .level = true }, n = b, wait = { .kind = STEP_DELAY, .delay = OWN_WAIT };
	const struct step *const pin[PINS] = {
		[PIN_BOOT0] = boot0 ? &b : NULL,
		[PIN_NRST] = nrst ? &n : NULL,
		[PIN_WAIT] = nrst ? &wait : NULL,
	};
	int ret = 0;

	*s = (struct sequence){ .has_exit = true, .own = true };
	if (boot0)
		ret = parse_pin(boot0, serial, s, &b, e);
	if (!ret && nrst)
		ret = parse_pin(nrst, serial, s, &n, e);
	if (!ret && boot0 && nrst && b.kind == n.kind && b.line == n.line)
		ret = err_set(e, ERR_USAGE, "'%s' cannot be both BOOT0 and NRST", nrst);
	for (size_t i = 0; i < SEQUENCE_PARTS && !ret; i++)
		ret = write_part(s, (enum sequence_part)i, pin, e);
	return finish_building(s, ret);
}

void sequence_free(struct sequence *s)
{
	for (size_t i = 0; i < SEQUENCE_PARTS; i++)
		free(s->part[i].step);
	for (size_t i = 0; i < s->lines; i++)
		free_line(&s->line[i]);
	free(s->line);
	*s = (struct sequence){ .lines = 0 };
}

const struct step_list *sequence_part(const struct sequence *s, enum sequence_part part)
{
	return &s->part[s->own || part == SEQUENCE_ENTRY ? part : SEQUENCE_EXIT];
}

bool sequence_drives_modem(const struct sequence *s)
{
	for (size_t i = 0; i < SEQUENCE_PARTS; i++) {
		for (size_t k = 0; k < s->part[i].count; k++) {
			enum step_kind kind = s->part[i].step[k].kind;

			if (kind == STEP_RTS || kind == STEP_DTR)
				return true;
		}
	}
	return false;
}

static int run_step(const struct step *step, const struct sequence_driver *d, void *ctx,
		    struct err *e)
{
	switch (step->kind) {
	case STEP_LINE:
		return d->line(ctx, step->line, step->level, e);
	case STEP_RTS:
		return d->rts(ctx, step->level, e);
	case STEP_DTR:
		return d->dtr(ctx, step->level, e);
	case STEP_BREAK:
		return d->brk(ctx, step->delay, e);
	case STEP_DELAY:
		d->sleep(ctx, step->delay);
		break;
	}
	return 0;
}

int sequence_run(const struct sequence *s, enum sequence_part part, const struct sequence_driver *d,
		 void *ctx, struct err *e)
{
	const struct step_list *l = sequence_part(s, part);

	for (size_t i = 0; i < l->count; i++) {
		const struct step *step = &l->step[i];

		if (run_step(step, d, ctx, e) < 0)
			return err_wrap(e, "cannot set '%s%s'", step->level ? "" : "-",
					step->kind == STEP_LINE ? s->line[step->line].text :
					modem_words[step->kind]);
	}
	return 0;
}
