/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"
#include "base/poll.h"
#include "base/same_file.h"
#include "base/sha256.h"
#include "chip/device.h"
#include "chip/uf2_family.h"
#include "job/job.h"
#include "job/judge.h"
#include "job/zero_based.h"

/* Larger than the flash of any STM32 as Intel HEX, and a bound for a pipe that never ends. */
#define FILE_MAX (64u * 1024 * 1024)
/* The file "-", in messages. */
#define STDIN_NAME "standard input"
/* The USB device that ST's bootloaders are (AN2606). */
#define ST_VENDOR 0x0483
#define ST_DFU 0xDF11

/* ---- files ---- */

/* Until there is something to read, which may come from a person; -1 with a signal. */
static int await(int fd, const struct stop *stop, struct err *e)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = stop ? stop->wake[0] : -1, .events = POLLIN },
	};

	if (stop_check(stop, e) < 0)
		return -1;
	poll_for(fds, 2, NULL, NULL);
	return stop_check(stop, e);
}

static int read_all(int fd, const char *name, const struct stop *stop, uint8_t **data, size_t *len,
		    struct err *e)
{
	size_t room = 0;
	ssize_t n;

	*data = NULL;
	*len = 0;
	for (;;) {
		if (*len == room) {
			uint8_t *more;

			if (room >= FILE_MAX)
				return err_set(e, ERR_IMAGE, "%s: larger than %u MiB", name,
					       FILE_MAX >> 20);
			room = room ? 2 * room : 64 * 1024;
			more = realloc(*data, room);
			if (!more)
				return err_set(e, ERR_OTHER, "%s: out of memory", name);
			*data = more;
		}
		if (await(fd, stop, e) < 0)
			return -1;
		n = read(fd, *data + *len, room - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, ERR_IMAGE, errno, "cannot read '%s'", name);
		if (n == 0)
			return 0;
		*len += (size_t)n;
	}
}

/* A pipe whose writer is yet to come is opened at once where only regular files are taken. */
static int open_file(const char *name, bool regular_only, const struct stop *stop, struct err *e)
{
	struct stat st;
	int fd = regular_only ? open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
			      : open(name, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno == EINTR && stop_check(stop, e) < 0)
		return -1;
	if (fd < 0)
		return err_sys(e, ERR_IMAGE, errno, "cannot open '%s'", name);
	if (fstat(fd, &st) < 0)
		return fd;
	if (S_ISDIR(st.st_mode)) {
		close(fd);
		return err_set(e, ERR_IMAGE, "%s: is a directory", name);
	}
	if (regular_only && !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(e, ERR_IMAGE, "%s: is no regular file", name);
	}
	return fd;
}

/* Reads a file, or standard input to its end. */
static int slurp(const char *name, bool regular_only, const struct stop *stop, uint8_t **data,
		 size_t *len, struct err *e)
{
	int fd, ret;

	*data = NULL;
	if (strcmp(name, "-") == 0)
		return regular_only ? err_set(e, ERR_IMAGE, STDIN_NAME " is not read here")
				    : read_all(STDIN_FILENO, STDIN_NAME, stop, data, len, e);
	fd = open_file(name, regular_only, stop, e);
	if (fd < 0)
		return -1;
	ret = read_all(fd, name, stop, data, len, e);
	close(fd);
	return ret;
}

/* Is what stands before @at a file, or standard input? */
static bool names_file(char *name, char *at)
{
	bool found;

	*at = '\0';
	found = strcmp(name, "-") == 0 || access(name, F_OK) == 0;
	*at = '@';
	return found;
}

/* FILE@ADDR: the last '@' followed by a number, unless a file of the whole name exists. */
static int split_address(char *name, bool *given, uint32_t *addr, struct err *e)
{
	char *at = strrchr(name, '@');

	*given = false;
	if (!at || at == name || access(name, F_OK) == 0)
		return 0;
	if (num_address(at + 1, strlen(at + 1), addr) == NUM_BARE && names_file(name, at))
		return err_set(e, ERR_USAGE, "'%s': no chip has memory at '%s': 0x is missing? "
			       "('%.*s@0x%s')", name, at + 1, (int)(at - name), name, at + 1);
	*given = num_u32(at + 1, addr) == 0;
	if (*given)
		*at = '\0';
	return 0;
}

static int add_image(struct job *j, const struct parser *p, const struct file *f,
		     const struct image *one, struct report *r, struct err *e)
{
	const char *name = f->name;
	bool loose = !p->addressed && !f->given && !j->req->range_given;

	if (one->has_family)
		j->claims[j->claim_count++] = (struct job_claim){ name, one->family };
	if (f->given && p->addressed)
		return err_set(e, ERR_USAGE,
			       "%s is %s, which says itself where it goes: no @0x%08x", name,
			       p->title, f->addr);
	if (one->count)
		report_event(r, EV_IMAGE_FILE, name, p->title, image_bytes(one), one->count,
			     f->digest);
	for (size_t i = 0; i < one->count && !loose; i++)
		report_event(r, EV_IMAGE_SEGMENT,
			     one->seg[i].addr, one->seg[i].addr + one->seg[i].len - 1);
	if (one->has_start && one->start_segmented)
		report_event(r, EV_IMAGE_START_SEGMENTED, one->start >> 16, one->start & 0xFFFF);
	else if (one->has_start)
		report_event(r, EV_IMAGE_START, one->start);
	if (loose && j->loose.count)
		return err_set(e, ERR_IMAGE,
			       "%s and %s are both raw: at most one may go without @ADDR",
			       j->loose.seg[0].origin, name);
	if (loose)
		return image_merge(&j->loose, one, e);
	return image_merge(p->addressed && zero_based_suspect(one) ? &j->low : &j->image, one, e);
}

/* --offset, for files that say themselves where they go. */
static int move_file(const struct request *req, const struct parser *p, const char *name,
		     struct image *one, struct report *r, struct err *e)
{
	if (!req->offset)
		return 0;
	if (!p->addressed) {
		report_event(r, EV_IMAGE_NOT_MOVED, name);
		return 0;
	}
	return image_move(one, req->offset, e) < 0 ? err_wrap(e, "%s: --offset", name) : 0;
}

/* Is @ids the device of one of the ports, as it is spelled there? */
static bool is_asked_for(const struct request *req, const struct dfu_ids *ids)
{
	char name[sizeof("usb:0000:0000")];

	snprintf(name, sizeof(name), "usb:%04x:%04x", ids->vid, ids->pid);
	return req->port && strcasecmp(req->port, name) == 0;
}

/* A file may be for another product's bootloader: its words are then right for another chip. */
static void warn_of_device(const struct job *j, const struct file *f, const struct dfu_ids *ids,
			   struct report *r)
{
	bool other = (ids->vid != ST_VENDOR && ids->vid != DFU_ANY_ID) ||
		     (ids->pid != ST_DFU && ids->pid != DFU_ANY_ID);

	if (other && !is_asked_for(j->req, ids))
		report_event(r, EV_IMAGE_FOREIGN, f->name, ids->vid, ids->pid);
}

/* Loads @f, which is of format @p, into @one, and adds that. */
static int load_data(struct job *j, struct file *f, const struct parser *p, struct image *one,
		     struct report *r, struct err *e)
{
	struct dfu_ids ids;
	bool has_ids = dfu_suffix_ids(f->data, f->len, &ids);
	size_t suffix = 0;

	if ((p == &parser_raw && judge_raw(j->req, f, &suffix, e) < 0) ||
	    p->load(f->data, f->len, f->name, f->given ? f->addr : j->req->range_addr, one, e) < 0)
		return -1;
	if (suffix)
		report_event(r, EV_IMAGE_SUFFIX, f->name, suffix);
	if (has_ids && (suffix || p->suffixed))
		warn_of_device(j, f, &ids, r);
	if (one->ignored_line)
		report_event(r, EV_IMAGE_TAIL, f->name, one->ignored_line);
	if (move_file(j->req, p, f->name, one, r, e) < 0)
		return -1;
	return add_image(j, p, f, one, r, e);
}

/* Finds out what @f is, and unpacks it where it holds another file: once, and no further. */
static int take_file(struct job *j, struct file *f, const struct parser *const *formats,
		     struct image *one, struct report *r, struct err *e)
{
	const struct parser *p;
	struct file inner;
	size_t len;
	uint8_t *out = NULL;
	int ret;

	if (!f->len)
		return err_set(e, ERR_IMAGE, "%s: file is empty", f->name);
	sha256_text(f->data, f->len, f->digest);
	j->has_ids |= dfu_suffix_ids(f->data, f->len, &j->ids);
	p = judge_format(j->req, f, formats, e);
	if (!p)
		return -1;
	if (!p->unpack)
		return load_data(j, f, p, one, r, e);
	if (p->unpack(f->data, f->len, f->name, &out, &len, e) < 0)
		return -1;
	report_event(r, EV_IMAGE_UNPACKED, f->name, p->title, len);
	inner = *f;
	inner.data = out;
	inner.len = len;
	inner.unpacked = true;
	p = judge_format(j->req, &inner, formats, e);
	if (p && p->unpack)
		ret = err_set(e, ERR_IMAGE, "%s: holds a %s file again: unpack it first", f->name,
			      p->title);
	else
		ret = p ? load_data(j, &inner, p, one, r, e) : -1;
	free(out);
	return ret;
}

/*
 * stm32flash -S ADDR:LEN with a raw file wrote the first LEN bytes; a shorter LEN is refused here
 * like any fence.
 */
static int load_file(struct job *j, const char *arg, const struct parser *const *formats,
		     struct report *r, const struct stop *stop, struct err *e)
{
	char *name = strdup(arg);
	struct image one = IMAGE_INIT;
	struct file f = { 0 };
	uint8_t *data = NULL;
	int ret = -1;

	if (!name)
		return err_set(e, ERR_OTHER, "out of memory");
	j->names[j->name_count++] = name;
	if (split_address(name, &f.given, &f.addr, e) < 0)
		return -1;
	f.name = strcmp(name, "-") ? name : STDIN_NAME;
	if (slurp(name, j->req->regular_only, stop, &data, &f.len, e) == 0) {
		f.data = data;
		ret = take_file(j, &f, formats, &one, r, e);
	}
	if (ret < 0 && !e->file[0])
		err_in(e, f.name, 0);
	image_free(&one);
	free(data);
	return ret;
}

/* Bytes are what they are: no format is looked for in them. */
static int load_blob(struct job *j, const struct blob *b, struct report *r, struct err *e)
{
	struct file f = { .name = b->name, .given = true, .addr = b->addr };
	struct image one = IMAGE_INIT;
	int ret = -1;

	sha256_text(b->data, b->len, f.digest);
	if (parser_raw.load(b->data, b->len, b->name, b->addr, &one, e) == 0)
		ret = add_image(j, &parser_raw, &f, &one, r, e);
	image_free(&one);
	return ret;
}

static int load_blobs(struct job *j, struct report *r, struct err *e)
{
	for (size_t i = 0; i < j->req->blob_count; i++)
		if (load_blob(j, &j->req->blobs[i], r, e) < 0)
			return -1;
	return 0;
}

static int load_files(struct job *j, const struct parser *const *formats, struct report *r,
		      const struct stop *stop, struct err *e)
{
	if (!j->req->file_count)
		return 0;
	j->names = calloc(j->req->file_count, sizeof(*j->names));
	j->claims = calloc(j->req->file_count, sizeof(*j->claims));
	if (!j->names || !j->claims)
		return err_set(e, ERR_OTHER, "out of memory");
	for (size_t i = 0; i < j->req->file_count; i++)
		if (load_file(j, j->req->files[i], formats, r, stop, e) < 0)
			return -1;
	return 0;
}

/* Where several chips are possible, one of them is enough. */
static bool may_be_of(const struct target *t, uint32_t family)
{
	bool fits = uf2_family_fits(family, t->dev);

	for (size_t i = 0; i < t->rows.count && !fits; i++)
		fits = uf2_family_fits(family, t->rows.row[i]);
	return fits;
}

int job_check_claims(const struct job *j, const struct target *t, struct err *e)
{
	char name[96];

	for (size_t i = 0; i < j->claim_count && t->dev; i++) {
		uint32_t family = j->claims[i].family;
		const char *known = uf2_family_name(family);

		if (may_be_of(t, family))
			continue;
		err_set(e, ERR_IMAGE, "%s: is for %s (UF2 family 0x%08x), and this is %s",
			j->claims[i].file, known ? known : "no STM32", (unsigned int)family,
			target_name(t, name, sizeof(name)));
		return err_in(e, j->claims[i].file, 0);
	}
	return 0;
}

static int place_low(const struct job *j, const struct target *t, struct image *image,
		     struct report *r, struct err *e)
{
	uint32_t shift;

	if (zero_based_place(&j->low, t, image, &shift, e) < 0)
		return -1;
	if (shift)
		report_event(r, EV_IMAGE_MOVED, j->low.seg[0].origin, shift);
	return 0;
}

int job_place(const struct job *j, const struct target *t, uint32_t base, struct image *image,
	      struct report *r, struct err *e)
{
	const struct segment *s = j->loose.seg;

	if (place_low(j, t, image, r, e) < 0)
		return -1;
	if (!j->loose.count)
		return 0;
	if ((uint64_t)base + s->len > UINT64_C(1) << 32) {
		err_set(e, ERR_IMAGE, "%s: does not fit behind 0x%08x", s->origin, base);
		return err_in(e, s->origin, 0);
	}
	struct segment moved = { base, s->len, s->data, s->origin };
	struct image one = { .seg = &moved, .count = 1 };

	return image_merge(image, &one, e);
}

/* ---- the rest ---- */

static int check_chip(const struct job *j, struct err *e)
{
	struct device *d;

	if (!j->req->chip)
		return 0;
	d = device_describe(j->req->chip, NULL, e);
	if (!d)
		return -1;
	device_free(d);
	return 0;
}

/* The trace is renamed into its place last: over what was read, or the image that was written. */
static int check_trace(const struct job *j, struct err *e)
{
	bool clash = same_file(j->req->trace, j->req->read_file) ||
		     same_file(j->req->trace, j->req->preserve_file);

	for (size_t i = 0; i < j->name_count && !clash; i++)
		clash = same_file(j->req->trace, j->names[i]);
	return clash ? err_set(e, ERR_USAGE, "--trace '%s': the job needs that file itself",
			       j->req->trace)
		     : 0;
}

/* The map is renamed into its place before the job begins. */
static int check_map(const struct job *j, struct err *e)
{
	const char *file = j->req->map_file;
	bool clash = same_file(file, j->req->trace) || same_file(file, j->req->preserve_file);

	for (size_t i = 0; i < j->name_count && !clash; i++)
		clash = same_file(file, j->names[i]);
	return clash ? err_set(e, ERR_USAGE, "--memory-map '%s': the job needs that file itself", file)
		     : 0;
}

/* A read-protected chip cannot run the reset routine: after --lock, -R needs pins that reset. */
static int check_reset(const struct job *j, struct err *e)
{
	const struct sequence *seq = &j->pins.seq;

	if (!j->req->lock || !j->req->reset || !j->req->pins.gpio || seq->has_exit || seq->own)
		return 0;
	return err_set(e, ERR_USAGE, "'-R' cannot follow '--lock' where '-i' has no exit part: "
		       "the chip is then read-protected, so it cannot run the reset routine");
}

/* A ROM keeps the rate of the first 0x7F until its reset. --wiring detect may find a way to one. */
static int check_rate(const struct job *j, struct err *e)
{
	const struct pin_request *pins = &j->req->pins;
	bool resets = pins->gpio ? sequence_part(&j->pins.seq, SEQUENCE_ENTRY)->count > 0
				 : pins->nrst || pins->wiring;

	if (!j->req->baud_auto || resets)
		return 0;
	return err_set(e, ERR_USAGE, "'-b auto' needs a way to reset the chip between two rates: '--nrst' "
		       "with '--boot0', '--wiring', or an entry part in '-i'; else name a rate");
}

static int parse_pins(struct job *j, struct err *e)
{
	const struct request *req = j->req;

	if (pin_plan_parse(&j->pins, &req->pins, req->port, request_has_lines(req), e) < 0)
		return -1;
	if (req->pins.gpio && req->probe && !sequence_part(&j->pins.seq, SEQUENCE_ENTRY)->count)
		return err_set(e, ERR_USAGE, "'--probe' needs an entry part in '-i'");
	return check_rate(j, e);
}

int job_prepare(struct job *j, const struct request *req, const struct parser *const *formats,
		struct report *r, const struct stop *stop, struct err *e)
{
	*j = (struct job){ .req = req };
	if (req->read_file)
		j->save_as = parser_to_save(formats, req->read_file);
	if (check_chip(j, e) < 0 || parse_pins(j, e) < 0 || check_reset(j, e) < 0 ||
	    load_files(j, formats, r, stop, e) < 0 || load_blobs(j, r, e) < 0)
		return -1;
	return check_trace(j, e) < 0 || check_map(j, e) < 0 ? -1 : 0;
}

void job_free(struct job *j)
{
	image_free(&j->image);
	image_free(&j->low);
	image_free(&j->loose);
	for (size_t i = 0; i < j->name_count; i++)
		free(j->names[i]);
	free(j->names);
	free(j->claims);
	pin_plan_free(&j->pins);
	*j = (struct job){ 0 };
}
