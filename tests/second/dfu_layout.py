# SPDX-License-Identifier: GPL-2.0-or-later
"""Layout strings of DfuSe: what a setting says of its pages (protocol notes, "Interface string grammar")."""

import re
from dataclasses import dataclass

READ, ERASE, WRITE = 1, 2, 4
UNITS = {' ': 1, 'B': 1, 'K': 1 << 10, 'M': 1 << 20}


@dataclass(frozen=True)
class Page:
    start: int
    size: int
    rights: int
    setting: int


def pages(text, setting=0):
    """All pages of one string; none where it has no layout."""
    if not text.startswith('@'):
        return []
    _, *parts = text.split('/')
    found = []
    for address, segments in zip(parts[::2], parts[1::2]):
        start = int(address, 16)
        for segment in segments.split(','):
            count, size, unit, letter = re.fullmatch(
                r'(\d+)\*(\d+)([ BKM])([a-gA-G])', segment).groups()
            for _ in range(int(count)):
                length = int(size) * UNITS[unit]
                found.append(Page(start, length, ord(letter) & 7, setting))
                start += length
    return found


def lacking(layout, addr, count, rights):
    """The first address of [@addr, @addr + @count) that no page gives @rights to, or None."""
    end = addr + count
    while addr < end:
        page = next((page for page in layout if page.start <= addr < page.start + page.size
                     and page.rights & rights == rights), None)
        if page is None:
            return addr
        addr = page.start + page.size
    return None
