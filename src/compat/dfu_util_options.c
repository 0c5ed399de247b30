/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/shown.h"
#include "compat/dfu_util_options.h"

static const char letters[] = "hVvleE:d:p:c:i:a:S:t:U:D:Rs:Z:wn:";

/* --wait takes an argument in dfu-util 0.11, and is refused without one; its own help has none. */
static const struct option long_names[] = {
	{ "help", 0, NULL, 'h' }, { "version", 0, NULL, 'V' }, { "verbose", 0, NULL, 'v' },
	{ "list", 0, NULL, 'l' }, { "detach", 0, NULL, 'e' }, { "detach-delay", 1, NULL, 'E' },
	{ "device", 1, NULL, 'd' }, { "path", 1, NULL, 'p' }, { "configuration", 1, NULL, 'c' },
	{ "cfg", 1, NULL, 'c' }, { "interface", 1, NULL, 'i' }, { "intf", 1, NULL, 'i' },
	{ "altsetting", 1, NULL, 'a' }, { "alt", 1, NULL, 'a' }, { "serial", 1, NULL, 'S' },
	{ "transfer-size", 1, NULL, 't' }, { "upload", 1, NULL, 'U' },
	{ "upload-size", 1, NULL, 'Z' }, { "download", 1, NULL, 'D' }, { "reset", 0, NULL, 'R' },
	{ "dfuse-address", 1, NULL, 's' }, { "devnum", 1, NULL, 'n' }, { "wait", 0, NULL, 'w' },
	{ NULL, 0, NULL, 0 },
};

static const char help[] =
	"Usage: dfu-util [options] ...\n"
	"  -h --help\t\t\tthis text\n"
	"  -V --version\t\t\tthe version\n"
	"  -v --verbose\t\t\tmore\n"
	"  -l --list\t\t\tthe DFU devices that are there\n"
	"  -e --detach\t\t\tsend a device into its DFU mode (only dfu-util itself does)\n"
	"  -E --detach-delay seconds\ttaken, and not needed\n"
	"  -d --device <vendor>:<product>[,<vendor_dfu>:<product_dfu>]\n"
	"\t\t\t\tby numbers: of a device that runs, and in DFU mode\n"
	"  -n --devnum <dnum>\t\tby its devnum of --list\n"
	"  -p --path <bus-port. ... .port>\tby its place\n"
	"  -c --cfg <config_nr>\t\tby its configuration\n"
	"  -i --intf <intf_nr>\t\tby its DFU interface\n"
	"  -S --serial <serial_string>[,<serial_string_dfu>]\n"
	"\t\t\t\tby its serial number\n"
	"  -a --alt <alt>\t\tthe alternate setting, by name or number\n"
	"  -t --transfer-size <size>\tbytes in a transfer, at most\n"
	"  -U --upload <file>\t\tread memory into a new file\n"
	"  -Z --upload-size <bytes>\ttaken, and not needed\n"
	"  -D --download <file>\t\twrite a file into memory, and verify it\n"
	"  -R --reset\t\t\treset the chip once all is done\n"
	"  -w --wait\t\t\twait for a device\n"
	"  -s --dfuse-address address<:...>\twhere a raw file goes, or what is read; then any of\n"
	"\t\tleave\t\tstart the application\n"
	"\t\tmass-erase\terase all flash (needs force)\n"
	"\t\tunprotect\tlift the read-out protection, which erases all flash (needs force)\n"
	"\t\twill-reset\ttaken, and not needed\n"
	"\t\tforce\t\tallow these two\n"
	"\t\t<length>\tbytes to read\n";

void dfu_options_help(FILE *to)
{
	fputs(help, to);
}

/* Something is wrong with the argument of an option. */
static int refuse(FILE *err, const char *what, const char *text)
{
	char safe[512];

	fprintf(err, "dfu-util: Invalid %s: %s\n", what, shown(text, safe, sizeof(safe)));
	return -1;
}

/* ---- arguments ---- */

static int take_number(const char *text, const char *what, int *value, FILE *err)
{
	uint32_t n;

	if (num_u32(text, &n) < 0 || n > INT32_MAX)
		return refuse(err, what, text);
	*value = (int)n;
	return 0;
}

/* VENDOR or PRODUCT, up to @end: "*" is any, "-" none, nothing @otherwise; above NONE: malformed. */
static int32_t take_id(const char *text, const char *end, int32_t otherwise)
{
	char *rest;
	unsigned long n;

	if (text < end && *text == '*')
		return DFU_MATCH_ANY;
	if (text < end && *text == '-')
		return DFU_MATCH_NONE;
	if (text >= end)
		return otherwise;
	if (!isxdigit((unsigned char)*text))
		return DFU_MATCH_NONE + 1;
	n = strtoul(text, &rest, 16);
	return rest != end || n > 0xFFFF ? DFU_MATCH_NONE + 1 : (int32_t)n;
}

static bool take_ids(const char *text, const char *end, struct dfu_match *m,
		     const struct dfu_match *otherwise)
{
	const char *colon = memchr(text, ':', (size_t)(end - text));

	m->vid = take_id(text, colon ? colon : end, otherwise->vid);
	m->pid = colon ? take_id(colon + 1, end, otherwise->pid) : otherwise->pid;
	return m->vid <= DFU_MATCH_NONE && m->pid <= DFU_MATCH_NONE;
}

/* Without a comma it is said only of devices that run an application; behind it, of those in DFU mode. */
static int take_device(const char *text, struct dfu_command *c, FILE *err)
{
	const char *comma = strchr(text, ','), *end = text + strlen(text);
	const struct dfu_match any = { .vid = DFU_MATCH_ANY, .pid = DFU_MATCH_ANY };
	struct dfu_match run = any, dfu = any;
	bool good = true;

	if (comma == text)
		run.vid = run.pid = DFU_MATCH_NONE;
	else
		good = take_ids(text, comma ? comma : end, &run, &any);
	if (good && comma)
		good = take_ids(comma + 1, end, &dfu, comma == text ? &any : &run);
	if (!good || (comma && strchr(comma + 1, ',')))
		return refuse(err, "device", text);
	c->runtime.vid = run.vid;
	c->runtime.pid = run.pid;
	c->dfu.vid = dfu.vid;
	c->dfu.pid = dfu.pid;
	return 0;
}

static void take_serial(const char *text, struct dfu_command *c)
{
	const char *comma = strchr(text, ',');

	c->runtime.serial = text;
	c->runtime.serial_len = comma ? (size_t)(comma - text) : strlen(text);
	c->dfu.serial = comma ? comma + 1 : text;
	c->dfu.serial_len = strlen(c->dfu.serial);
}

static void take_alt(const char *text, struct dfu_command *c)
{
	uint32_t n;

	c->alt = -1;
	c->alt_name = NULL;
	if (num_u32(text, &n) == 0 && n <= INT32_MAX)
		c->alt = (int)n;
	else
		c->alt_name = text;
}

/* ---- -s ---- */

static bool is_word(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(text, word, len) == 0;
}

/* A word behind a colon, of @len characters. */
static int take_modifier(const char *text, size_t len, struct dfu_where *w, FILE *err)
{
	const struct { const char *word; bool *flag; } words[] = {
		{ "force", &w->force }, { "leave", &w->leave }, { "unprotect", &w->unprotect },
		{ "mass-erase", &w->mass_erase }, { "will-reset", &w->will_reset },
	};
	char word[64];

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is_word(text, len, words[i].word)) {
			*words[i].flag = true;
			return 0;
		}
	w->has_length = num_span(text, len, &w->length) == 0 && w->length;
	if (w->has_length)
		return 0;
	snprintf(word, sizeof(word), "%.*s", (int)len, text);
	return refuse(err, "dfuse modifier", word);
}

/* Octal and bare digits, which dfu-util takes for another address than was meant, are refused. */
static int take_where(const char *text, struct dfu_where *w, FILE *err)
{
	size_t len = strcspn(text, ":");
	int ret;

	*w = (struct dfu_where){ .given = true };
	ret = len ? num_address(text, len, &w->address) : 0;
	if (ret == NUM_BARE)
		return refuse(err, "dfuse address, 0x is missing", text);
	if (ret < 0)
		return refuse(err, "dfuse address", text);
	w->has_address = len > 0;
	for (text += len; *text; text += len) {
		text++;
		len = strcspn(text, ":");
		if (take_modifier(text, len, w, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- all of it ---- */

static int take_option(struct dfu_command *c, int letter, char *arg, FILE *err)
{
	int unused, size = 0;

	switch (letter) {
	case 'V': c->mode = DFU_VERSION; return 0;
	case 'v': c->verbosity++; return 0;
	case 'l': c->mode = DFU_LIST; return 0;
	case 'e': c->mode = DFU_DETACH; return 0;
	case 'U': c->mode = DFU_UPLOAD; c->file = arg; return 0;
	case 'D': c->mode = DFU_DOWNLOAD; c->file = arg; return 0;
	case 'R': c->reset = true; return 0;
	case 'w': c->wait = true; return 0;
	case 'p': c->path = arg; return 0;
	case 'a': take_alt(arg, c); return 0;
	case 'S': take_serial(arg, c); return 0;
	case 'd': return take_device(arg, c, err);
	case 's': return take_where(arg, &c->where, err);
	case 'n': return take_number(arg, "devnum", &c->devnum, err);
	case 'c': return take_number(arg, "configuration", &c->configuration, err);
	case 'i': return take_number(arg, "interface", &c->interface, err);
	case 'E': return take_number(arg, "detach delay", &unused, err);
	case 'Z': return take_number(arg, "upload size", &unused, err);
	default: break;
	}
	if (letter != 't' || take_number(arg, "transfer size", &size, err) < 0)
		return -1;
	c->transfer_size = (unsigned int)size;
	return 0;
}

/* Checks what only shows when all is known. */
static enum dfu_exit check(struct dfu_command *c, int argc, char **argv, FILE *err)
{
	char safe[512];

	if (optind < argc) {
		fprintf(err, "Error: Unexpected argument: %s\n\n",
			shown(argv[optind], safe, sizeof(safe)));
		dfu_options_help(err);
		return DFU_USAGE;
	}
	if (c->configuration == 0)	/* no configuration has this number: any */
		c->configuration = -1;
	return DFU_OK;
}

enum dfu_exit dfu_options_parse(struct dfu_command *c, int argc, char **argv, FILE *err)
{
	const struct dfu_match any = { .vid = DFU_MATCH_ANY, .pid = DFU_MATCH_ANY };
	int letter;

	*c = (struct dfu_command){
		.runtime = any, .dfu = any,
		.devnum = -1, .configuration = -1, .interface = -1, .alt = -1,
	};
	optind = 0;		/* from the start, whoever parsed before */
	while ((letter = getopt_long(argc, argv, letters, long_names, NULL)) >= 0) {
		if (letter == 'h') {
			c->mode = DFU_HELP;
			return DFU_OK;
		}
		if (letter == '?') {
			dfu_options_help(err);
			return DFU_USAGE;
		}
		if (take_option(c, letter, optarg, err) < 0)
			return DFU_USAGE;
	}
	return check(c, argc, argv, err);
}
