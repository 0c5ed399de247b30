/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/shown.h"
#include "compat/dfu_util_job.h"
#include "loader/dfu/layout.h"
#include "steps/run.h"

#define TRANSFER_LEAST 64u	/* bytes: dfu-util's own bounds of -t */
#define TRANSFER_MOST 4096u
#define UPLOAD_DEFAULT 16384u	/* bytes that dfu-util reads without an address */

int dfu_exit_status(const struct err *e)
{
	switch (e->code) {
	case ERR_NONE:
		return DFU_OK;
	case ERR_SIGNAL:
		return 128 + e->sys;
	case ERR_USAGE:
	case ERR_IMAGE:
		return DFU_USAGE;
	case ERR_ABILITY:
		return e->has_addr ? DFU_USAGE : DFU_IO;
	default:
		return DFU_IO;
	}
}

/* ---- files ---- */

/* dfu-util has a status of its own for a file that is not there. */
static int check_file(struct dfu_job *j)
{
	const char *name = j->c->file;
	int fd;

	if (strcmp(name, "-") == 0)
		return DFU_OK;
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		dfu_report_error(j->d, "Could not open file %s for reading: %s", name, strerror(errno));
		return DFU_NO_INPUT;
	}
	close(fd);
	return DFU_OK;
}

/* A file of that name must not be there: it is made, empty, and replaced at the end. */
static int reserve_file(struct dfu_job *j)
{
	int fd = open(j->c->file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd < 0) {
		dfu_report_error(j->d, "Cannot open file %s for writing: %s", j->c->file,
				 strerror(errno));
		return DFU_CANNOT_CREATE;
	}
	close(fd);
	return DFU_OK;
}

/* Removes the empty file that was made for a job that has failed: it must not pass for what was read. */
static void drop_file(const struct dfu_job *j)
{
	struct stat st;

	if (lstat(j->c->file, &st) == 0 && S_ISREG(st.st_mode) && !st.st_size)
		unlink(j->c->file);
}

/* ---- what is asked for ---- */

static enum action action_of(const struct dfu_command *c)
{
	if (c->mode == DFU_DOWNLOAD)
		return ACT_WRITE;
	if (c->mode == DFU_UPLOAD)
		return ACT_READ;
	if (c->where.unprotect)
		return ACT_READOUT_UNPROTECT;
	return c->where.mass_erase ? ACT_ERASE : ACT_IDENTIFY;
}

/* "-" is a file like any other to dfu-util's -U. */
static const char *name_of_upload(const char *file)
{
	return strcmp(file, "-") ? file : "./-";
}

static void ask(struct dfu_job *j)
{
	const struct dfu_command *c = j->c;
	const struct dfu_where *w = &c->where;
	struct request *req = &j->req;

	*req = (struct request){
		.action = action_of(c), .wire = WIRE_USB, .port = "usb", .port_count = 1,
		.ports = &req->port, .retries = RETRIES_DEFAULT, .mode = SERIAL_MODE_8E1,
		.verbosity = c->verbosity,
	};
	if (req->action == ACT_WRITE) {
		j->files[0] = c->file;
		req->files = j->files;
		req->file_count = 1;
		req->unlock = w->unprotect;
		req->erase_all = w->mass_erase;
	}
	if (req->action == ACT_READ)
		req->read_file = name_of_upload(c->file);
	req->range_given = w->has_address && (req->action == ACT_WRITE || req->action == ACT_READ);
	req->range_addr = w->address;
	/* Behind an unprotect alone the flash is blank, and the chip resets itself. */
	req->go_given = w->leave && req->action != ACT_READOUT_UNPROTECT;
	req->go_spelled = ":leave";
	req->go = w->has_address ? w->address : 0;
	req->reset = c->reset && !req->go_given && req->action != ACT_READOUT_UNPROTECT;
}

bool dfu_job_is_dfuse(const struct dfu_job *j)
{
	return j->d->is_dfuse;
}

int dfu_job_prepare(struct dfu_job *j, const struct dfu_command *c, struct dfu_report *d,
		    const struct compat_tools *t)
{
	struct err e = ERR_INIT;
	int ret;

	*j = (struct dfu_job){ .c = c, .d = d };
	ask(j);
	d->leaves = j->req.go_given;
	ret = c->mode == DFU_DOWNLOAD ? check_file(j) : DFU_OK;
	if (ret != DFU_OK)
		return ret;
	if (job_prepare(&j->job, &j->req, t->parsers, &d->r, NULL, &e) < 0) {
		report_error(&d->r, "dfu-util", &e);
		return e.code == ERR_IMAGE ? DFU_DATA : dfu_exit_status(&e);
	}
	j->job.save_as = NULL;		/* raw bytes, whatever the name of the file */
	return DFU_OK;
}

void dfu_job_free(struct dfu_job *j)
{
	job_free(&j->job);
}

/* ---- what the device says of itself ---- */

/* The names in the strings of what is meant, with their blanks: up to the first '/'. */
static void print_names(struct dfu_job *j, const struct dfu_board *b)
{
	char name[4 * USB_LAYOUT_MAX];

	for (unsigned int i = b->usb.is.alt_count; i--;) {
		const struct usb_alt *alt = &b->usb.is.alts[i];
		const char *text = alt->name + (alt->name[0] == '@');

		if (dfu_board_is_meant(b, alt, j->c))
			fprintf(j->d->r.out, "DfuSe interface name: \"%.*s\"\n",
				(int)strcspn(shown(text, name, sizeof(name)), "/"), name);
	}
}

static void print_transfer_size(struct dfu_job *j, const struct usb_device *is)
{
	unsigned int size = j->c->transfer_size;
	unsigned int most = is->transfer_size < TRANSFER_MOST ? is->transfer_size : TRANSFER_MOST;
	FILE *out = j->d->r.out;

	fprintf(out, "Device returned transfer size %u\n", is->transfer_size);
	if (!size)
		return;
	fprintf(out, "Warning: Overriding device-reported transfer size\n");
	if (size > most)
		fprintf(out, "Limited transfer size to %u\n", size = most);
	if (size < TRANSFER_LEAST)
		fprintf(out, "Adjusted transfer size to %u\n", size = TRANSFER_LEAST);
	j->req.frame_tx = size;
}

static void introduce(struct dfu_job *j, const struct dfu_choice *choice)
{
	const struct usb_device *is = &choice->board->usb.is;
	FILE *out = j->d->r.out;

	fprintf(out, "Opening DFU capable USB device...\n");
	fprintf(out, "Device ID %04x:%04x\n", is->vid, is->pid);
	fprintf(out, "Device DFU version %04x\n", is->dfu_version);
	fprintf(out, "Claiming USB DFU Interface...\n");
	fprintf(out, "DFU mode device DFU version %04x\n", is->dfu_version);
	print_transfer_size(j, is);
}

/* ---- layouts ---- */

/*
 * Does @addr to @end - 1 lie in what a setting that is meant stands for, with @rights? Otherwise
 * *@lacks is where that ends. *@options: it is one of option bytes.
 */
static bool is_in(const struct dfu_choice *choice, const struct dfu_command *c, uint32_t addr,
		  uint64_t end, unsigned int rights, uint32_t *lacks, bool *options)
{
	const struct usb_device *is = &choice->board->usb.is;
	uint64_t page_end;
	struct layout l;

	*lacks = addr;
	for (unsigned int i = 0; i < is->alt_count; i++) {
		if (!dfu_board_is_meant(choice->board, &is->alts[i], c) ||
		    layout_parse(is->alts[i].name, &l) < 0)
			continue;
		*options = strncmp(l.name, "Option", 6) == 0;
		if (!layout_lacks(&l, addr, end, rights, true, lacks, &page_end))
			return true;
	}
	*options = false;
	return false;
}

/* With force what is known of the chip decides, and where the device has not told its layout. */
static bool goes_by_layout(const struct dfu_job *j, const struct dfu_choice *choice)
{
	return !j->c->where.force && !choice->board->closed;
}

static int check_segment(struct dfu_job *j, const struct dfu_choice *choice, uint32_t addr,
			 uint32_t len)
{
	uint64_t end = (uint64_t)addr + len;
	bool options;
	uint32_t at, last = (uint32_t)(end - 1);

	if (is_in(choice, j->c, addr, end, LAYOUT_WRITE, &at, &options)) {
		j->req.with_option_bytes |= options;
		return DFU_OK;
	}
	if (!goes_by_layout(j, choice)) {
		/* A setting of option bytes may have no layout. */
		j->req.with_option_bytes |= j->c->alt > 0;
		return DFU_OK;
	}
	if (is_in(choice, j->c, last, end, LAYOUT_WRITE, &last, &options))
		dfu_report_error(j->d, "Page at 0x%08x is not writeable", at);
	else
		dfu_report_error(j->d, "Last page at 0x%08x is not writeable", (uint32_t)(end - 1));
	return DFU_USAGE;
}

static int check_ids(struct dfu_job *j, const struct usb_device *is)
{
	const struct dfu_ids *ids = &j->job.ids;

	if (!j->job.has_ids || ((ids->vid == DFU_ANY_ID || ids->vid == is->vid) &&
				(ids->pid == DFU_ANY_ID || ids->pid == is->pid)))
		return DFU_OK;
	dfu_report_error(j->d, "Error: File ID %04x:%04x does not match device (%04x:%04x)",
			 ids->vid, ids->pid, is->vid, is->pid);
	return DFU_USAGE;
}

static int check_download(struct dfu_job *j, const struct dfu_choice *choice)
{
	const struct image *parts[] = { &j->job.image, &j->job.low };
	int ret = check_ids(j, &choice->board->usb.is);

	if (ret == DFU_OK && j->job.loose.count && !j->c->where.has_address) {
		dfu_report_error(j->d, "Only DfuSe file version 1.1a is supported");
		dfu_report_error(j->d, "(for raw binary download, use the --dfuse-address option)");
		ret = DFU_USAGE;
	} else if (ret == DFU_OK && j->d->is_dfuse && j->c->where.has_address) {
		dfu_report_error(j->d, "This is a DfuSe file, not meant for raw download");
		ret = DFU_USAGE;
	}
	for (size_t p = 0; p < 2; p++)
		for (size_t i = 0; i < parts[p]->count && ret == DFU_OK; i++) {
			const struct segment *s = &parts[p]->seg[i];

			if (j->d->is_dfuse)
				fprintf(j->d->r.out, "Parsing element %zu, address = 0x%08x, "
					"size = %u\n", i + 1, s->addr, s->len);
			else
				fprintf(j->d->r.out, "Downloading element to address = 0x%08x, "
					"size = %u\n", s->addr, s->len);
			ret = check_segment(j, choice, s->addr, s->len);
		}
	j->d->options = j->req.with_option_bytes;
	return ret;
}

/* Where the segment that @addr is in ends; 0: it is in none. */
static uint32_t segment_end(const struct layout *l, uint32_t addr)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct layout_segment *s = &l->segment[i];

		if (addr >= s->addr && addr - s->addr < s->page_size * s->count &&
		    (s->rights & LAYOUT_READ))
			return s->addr + s->page_size * s->count;
	}
	return 0;
}

/* Without a length dfu-util reads to the end of the segment, without an address 16 KB. */
static int check_upload(struct dfu_job *j, const struct dfu_choice *choice)
{
	const struct dfu_where *w = &j->c->where;
	struct request *req = &j->req;
	struct layout l;
	bool known = layout_parse(choice->alt->name, &l) == 0;
	uint32_t end;

	if (!w->has_address && known)
		req->range_addr = layout_start(&l);
	if (!w->has_address && !w->has_length) {
		dfu_report_error(j->d, "Unbound upload not supported on DfuSe devices");
		fprintf(j->d->r.out, "Limiting default upload to %u bytes\n", UPLOAD_DEFAULT);
	}
	req->range_given |= known;
	end = known ? segment_end(&l, req->range_addr) : 0;
	if (!end && goes_by_layout(j, choice)) {
		dfu_report_error(j->d, "Page at 0x%08x is not readable", req->range_addr);
		return DFU_USAGE;
	}
	req->range_len_given = end || w->has_length;
	req->range_len = w->has_length ? w->length :
			 w->has_address ? end - req->range_addr : UPLOAD_DEFAULT;
	if (w->has_address && !w->has_length && end)
		fprintf(j->d->r.out, "Limiting upload to end of memory segment, %u bytes\n",
			req->range_len);
	return DFU_OK;
}

/* ---- words that need another ---- */

static int refuse(struct dfu_job *j, const char *why)
{
	dfu_report_error(j->d, "%s", why);
	return DFU_USAGE;
}

static int check_words(struct dfu_job *j)
{
	const struct dfu_where *w = &j->c->where;

	if (w->unprotect && !w->force)
		return refuse(j, "The read unprotect command will erase the flash memoryand can only be "
			      "used with force");
	if (w->mass_erase && !w->force)
		return refuse(j, "The mass erase command can only be used with force");
	if (j->c->mode == DFU_UPLOAD && (w->mass_erase || w->unprotect))
		return refuse(j, "What is to be uploaded would be erased: no mass-erase or unprotect with "
			      "an upload");
	return DFU_OK;
}

/* ---- all of it ---- */

static int prepare_device(struct dfu_job *j, const struct dfu_choice *choice)
{
	int ret;

	j->req.port = choice->board->spec;
	introduce(j, choice);
	ret = j->c->mode == DFU_UPLOAD ? reserve_file(j) : DFU_OK;
	if (ret != DFU_OK)
		return ret;
	if (j->c->mode != DFU_UPLOAD || j->c->where.has_address)
		print_names(j, choice->board);
	ret = check_words(j);
	if (ret == DFU_OK && j->c->mode == DFU_DOWNLOAD)
		ret = check_download(j, choice);
	else if (ret == DFU_OK && j->c->mode == DFU_UPLOAD)
		ret = check_upload(j, choice);
	else if (ret == DFU_OK)
		fprintf(j->d->r.out, "DfuSe command mode\n");
	if (ret != DFU_OK && j->c->mode == DFU_UPLOAD)
		drop_file(j);
	return ret;
}

int dfu_job_run(struct dfu_job *j, const struct dfu_choice *choice, const struct compat_tools *t)
{
	struct err e = ERR_INIT;
	int ret = prepare_device(j, choice);

	fflush(j->d->r.out);
	if (ret != DFU_OK)
		return ret;
	if (run_job(&j->job, t->kinds, &j->d->r, t->stop, &e) == 0)
		return DFU_OK;
	report_error(&j->d->r, "dfu-util", &e);
	if (j->c->mode == DFU_UPLOAD)
		drop_file(j);
	return dfu_exit_status(&e);
}
