/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "loader/dfu/chips.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define ST_VENDOR 0x0483
#define ST_DFU 0xDF11
#define NAMES_ITSELF 0x418

/* Product IDs of the chips whose ROM speaks DFU (AN2606, rev 70, "USB" in their tables). */
static const uint16_t with_dfu[] = {
	0x445, 0x448, 0x418, 0x411, 0x432, 0x422, 0x439, 0x446, 0x413, 0x419, 0x423, 0x433, 0x431,
	0x441, 0x463, 0x421, 0x434, 0x452, 0x449, 0x451, 0x467, 0x468, 0x469, 0x479, 0x493, 0x44E,
	0x44F, 0x45A, 0x474, 0x478, 0x484, 0x47A, 0x450, 0x483, 0x480, 0x485, 0x447, 0x427, 0x436,
	0x437, 0x464, 0x435, 0x462, 0x415, 0x461, 0x470, 0x471, 0x472, 0x489, 0x454, 0x42A, 0x455,
	0x482, 0x481, 0x476, 0x495, 0x4B0, 0x4B2,
};

static bool has_dfu(uint32_t pid)
{
	for (size_t i = 0; i < COUNT(with_dfu); i++)
		if (with_dfu[i] == pid)
			return true;
	return false;
}

/* The weight of what fits: each outweighs all below it. */
enum { FITS_OTP = 1, FITS_SIZE = 2, FITS_OPTIONS = 4, FITS_BOTH_OPTIONS = 8, FITS_PAGES = 16 };

/* Page by page, up to where the shorter one ends. */
static bool alike(const struct geometry *a, const struct geometry *b)
{
	uint32_t ends[2] = { geometry_end(a), geometry_end(b) };
	uint32_t end = ends[0] < ends[1] ? ends[0] : ends[1], addr = a->region[0].addr;
	struct page pa, pb;

	if (addr != b->region[0].addr)
		return false;
	for (; addr < end; addr = pa.addr + pa.size)
		if (geometry_page_at(a, addr, &pa) < 0 || geometry_page_at(b, addr, &pb) < 0 ||
		    pa.addr != pb.addr || pa.size != pb.size)
			return false;
	return true;
}

/* 0 unlike, FITS_PAGES, with FITS_SIZE where both end where the largest part of the row ends. */
static unsigned int fit_layout(const struct dfu *d, const struct device *dev, const char *layout)
{
	struct geometry g;

	if (!layout || geometry_parse(layout, dev->flash_start, 0, &g, NULL) < 0 ||
	    !alike(&d->own, &g))
		return 0;
	return geometry_end(&d->own) == dev->flash_start + dev->flash_kb * 1024u ?
		       FITS_PAGES | FITS_SIZE : FITS_PAGES;
}

/* The best of its layouts. */
static unsigned int fit_pages(const struct dfu *d, const struct device *dev)
{
	unsigned int best = fit_layout(d, dev, dev->layout);

	for (const struct layout_variant *v = dev->variants; v && v->layout; v++) {
		unsigned int fit = fit_layout(d, dev, v->layout);

		if (fit > best)
			best = fit;
	}
	return best;
}

/* "STM32 0x418 DFU Bootloader": F105 alone. 0: it names none. */
static uint32_t named_pid(const struct usb_device *u)
{
	const char *hex = u ? strstr(u->product, "0x") : NULL;
	unsigned int pid = 0;

	return hex && sscanf(hex, "0x%3x", &pid) == 1 ? pid : 0;
}

/* One zone, or with a second block two; some ROMs of chips with two blocks name the first alone. */
static unsigned int fit_options(const struct layout *l, const struct device *dev)
{
	const struct layout_segment *s = l->segment;

	if (s->addr != dev->ob_start || s->page_size * s->count != dev->ob_end - dev->ob_start)
		return 0;
	if (l->count == 1)
		return FITS_OPTIONS;
	return s[1].addr == dev->ob2_start ? FITS_OPTIONS | FITS_BOTH_OPTIONS : 0;
}

unsigned int chips_fit(const struct dfu *d, const struct device *dev)
{
	const struct usb_device *u = dfu_device(d);
	unsigned int fit;

	if (!u || u->vid != ST_VENDOR || u->pid != ST_DFU || !d->own_known ||
	    (dev->flags & (DEV_CLONE | DEV_INVENTED)))
		return 0;
	if (named_pid(u) ? named_pid(u) != dev->pid
			 : d->has_unprotect && (!has_dfu(dev->pid) || dev->pid == NAMES_ITSELF))
		return 0;
	fit = fit_pages(d, dev);
	if (!fit)
		return 0;
	if (d->options_known)
		fit |= fit_options(&d->options, dev);
	if (d->otp_known && layout_start(&d->otp) == dev->otp_start)
		fit |= FITS_OTP;
	return fit;
}

bool chips_same_pages(const struct dfu *d, const struct device *dev)
{
	return !d->own_known || (!dev->layout && !dev->variants) || fit_pages(d, dev) != 0;
}
