/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formats that are recognised only to be refused: written as raw bytes, each of these files would
 * leave a chip that does not start, with flash that verifies.
 */
#include <stdlib.h>
#include <string.h>

#include "parsers/parser.h"

#define MAGIC(bytes) .magic = (bytes), .magic_len = sizeof(bytes) - 1

const struct parser parser_bzip2 = {
	.name = "bzip2",
	.title = "bzip2",
	.suffixes = ".bz2",
	MAGIC("BZh"),
	.advice = "unpack it with: bunzip2 <IN >OUT",
	.container = true,
};

const struct parser parser_xz = {
	.name = "xz",
	.title = "xz",
	.suffixes = ".xz",
	MAGIC("\xfd" "7zXZ\0"),
	.advice = "unpack it with: unxz <IN >OUT",
	.container = true,
};

const struct parser parser_zstd = {
	.name = "zstd",
	.title = "zstd",
	.suffixes = ".zst",
	MAGIC("\x28\xb5\x2f\xfd"),
	.advice = "unpack it with: unzstd <IN >OUT",
	.container = true,
};

/* A first file, nothing but the end of the archive, or the first of several volumes. */
static int zip_probe(const uint8_t *data, size_t len)
{
	if (len < 4 || data[0] != 'P' || data[1] != 'K' || data[3] != data[2] + 1)
		return 0;
	return data[2] == 3 || data[2] == 5 || data[2] == 7 ? 100 : 0;
}

const struct parser parser_zip = {
	.name = "zip",
	.title = "zip",
	.suffixes = ".zip",
	.probe = zip_probe,
	.advice = "unpack it with: unzip FILE",
	.container = true,
};

const struct parser parser_lz4 = {
	.name = "lz4",
	.title = "LZ4",
	.suffixes = ".lz4",
	MAGIC("\x04\x22\x4d\x18"),
	.advice = "unpack it with: unlz4 IN OUT",
	.container = true,
};

const struct parser parser_lzip = {
	.name = "lzip",
	.title = "lzip",
	.suffixes = ".lz",
	MAGIC("LZIP\1"),
	.advice = "unpack it with: lzip -d <IN >OUT",
	.container = true,
};

const struct parser parser_compress = {
	.name = "compress",
	.title = "compress",
	.suffixes = ".Z",
	MAGIC("\x1f\x9d"),
	.advice = "unpack it with: gunzip <IN >OUT",
	.container = true,
};

const struct parser parser_cab = {
	.name = "cab",
	.title = "cabinet",
	.suffixes = ".cab",
	MAGIC("MSCF\0\0\0\0"),
	.advice = "unpack it with: 7z x FILE",
	.container = true,
};

/* An odd stack pointer. Vendors ship updates as programs. */
const struct parser parser_exe = {
	.name = "exe",
	.title = "Windows program",
	.suffixes = ".exe",
	MAGIC("MZ"),
	.advice = "it may hold the firmware: 7z x FILE unpacks many",
	.container = true,
};

const struct parser parser_pdf = {
	.name = "pdf",
	.title = "PDF",
	.suffixes = ".pdf",
	MAGIC("%PDF-"),
	.advice = "it is a document, and no firmware",
	.container = true,
};

const struct parser parser_7z = {
	.name = "7z",
	.title = "7-Zip",
	.suffixes = ".7z",
	MAGIC("7z\xbc\xaf\x27\x1c"),
	.advice = "unpack it with: 7z x FILE",
	.container = true,
};

const struct parser parser_rar = {
	.name = "rar",
	.title = "RAR",
	.suffixes = ".rar",
	MAGIC("Rar!\x1a\x07"),
	.advice = "unpack it with: 7z x FILE",
	.container = true,
};

const struct parser parser_ar = {
	.name = "ar",
	.title = "ar (library or Debian package)",
	.suffixes = ".a .deb",
	MAGIC("!<arch>\n"),
	.advice = "unpack it with: ar x FILE",
	.container = true,
};

enum { TAR_BLOCK = 512, TAR_SUM = 148, TAR_SUM_LEN = 8 };

/*
 * tar's header has a sum of its bytes, in octal, with blanks where the sum stands. Old ones have
 * nothing else that tells them.
 */
static int tar_probe(const uint8_t *data, size_t len)
{
	char field[TAR_SUM_LEN + 1] = "";
	unsigned long sum = 0;

	if (len < TAR_BLOCK || !data[0])
		return 0;
	memcpy(field, data + TAR_SUM, TAR_SUM_LEN);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += i >= TAR_SUM && i < TAR_SUM + TAR_SUM_LEN ? ' ' : data[i];
	if (strspn(field, " 01234567") < 6)
		return 0;
	return strtoul(field, NULL, 8) == sum ? 100 : 0;
}

const struct parser parser_tar = {
	.name = "tar",
	.title = "tar",
	.suffixes = ".tar",
	.probe = tar_probe,
	.advice = "unpack it with: tar xf FILE",
	.container = true,
};
