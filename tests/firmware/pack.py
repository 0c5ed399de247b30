# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes a UF2 and a DfuSe file of sections.bin, from the documents of both, without bootpin's own code."""
import pathlib
import struct
import sys
import zlib

ADDRESS = 0x08004000
STM32F1 = 0x5EE21072

path = pathlib.Path(sys.argv[1])
data = path.read_bytes()

pieces = [data[at:at + 256] for at in range(0, len(data), 256)]
blocks = b"".join(
    struct.pack("<8I", 0x0A324655, 0x9E5D5157, 0x2000, ADDRESS + 256 * i, len(piece), i, len(pieces), STM32F1)
    + piece.ljust(476, b"\0") + struct.pack("<I", 0x0AB16F30)
    for i, piece in enumerate(pieces))
path.with_suffix(".uf2").write_bytes(blocks)

element = struct.pack("<2I", ADDRESS, len(data)) + data
target = struct.pack("<6sBI255s2I", b"Target", 0, 1, b"Internal flash", len(element), 1) + element
prefix = struct.pack("<5sBIB", b"DfuSe", 1, 11 + len(target), 1)
body = prefix + target + struct.pack("<4H3sB", 0xFFFF, 0xDF11, 0x0483, 0x011A, b"UFD", 16)
path.with_suffix(".dfu").write_bytes(body + struct.pack("<I", zlib.crc32(body) ^ 0xFFFFFFFF))
