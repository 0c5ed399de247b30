/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/table.h"

const struct parser *const parser_table[] = {
	&parser_ihex, &parser_srec, &parser_elf, &parser_dfuse, &parser_uf2,
	&parser_gzip, &parser_bzip2, &parser_xz, &parser_zstd, &parser_zip,
	&parser_7z, &parser_rar, &parser_ar, &parser_tar,
	&parser_lz4, &parser_lzip, &parser_compress, &parser_cab, &parser_exe, &parser_pdf,
	&parser_raw,
	NULL
};
