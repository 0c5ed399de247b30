# SPDX-License-Identifier: GPL-2.0-or-later
"""The settings of a station: lines NAME="VALUE" that the shell reads too; see station.conf."""

import os
import re
import shlex

DEFAULTS = {
    'title': 'Station', 'bootpin': 'bootpin', 'ports': None, 'image': None, 'reach': '',
    'job': '--unlock --lock', 'patch': None, 'state': None, 'present': 'path', 'wait': '10',
    'period': '1', 'page': '8015',
}
LINE = re.compile(r'([a-z]+)=(.*)')


class SettingsError(Exception):
    """What is wrong, with the file and the line."""


def read(path):
    """A dict of strings; `ports` is a list. SettingsError or OSError."""
    values = dict(DEFAULTS)
    with open(path, encoding='utf-8') as file:
        for number, line in enumerate(file, 1):
            take_line(values, line.strip(), '%s:%d' % (path, number))
    for name, value in values.items():
        if value is None:
            raise SettingsError("%s: '%s' is missing" % (path, name))
    values['ports'] = values['ports'].split()
    if not values['ports'] or '{serial}' not in values['patch']:
        raise SettingsError("%s: 'ports' is empty, or 'patch' has no {serial}" % path)
    if not values['present'].split():
        raise SettingsError("%s: 'present' is empty" % path)
    if len(set(values['ports'])) < len(values['ports']):
        raise SettingsError("%s: 'ports' has a port twice" % path)
    if not re.fullmatch('[0-9]{1,5}', values['page']) or int(values['page']) > 65535:
        raise SettingsError("%s: 'page' is no port number from 0 to 65535" % path)
    for name in 'wait', 'period':
        if not re.fullmatch(r'[0-9]+(\.[0-9]+)?', values[name]):
            raise SettingsError("%s: '%s' is no number" % (path, name))
    return values


def take_line(values, line, where):
    if not line or line.startswith('#'):
        return
    match = LINE.fullmatch(line)
    if not match or match[1] not in DEFAULTS:
        raise SettingsError('%s: no setting: %s' % (where, line))
    try:
        words = shlex.split(match[2])
    except ValueError as error:
        raise SettingsError('%s: %s' % (where, error)) from error
    if len(words) > 1 or '$' in match[2] or '`' in match[2]:
        raise SettingsError('%s: the value must be one word in quotes, without $ and `' % where)
    values[match[1]] = words[0] if words else ''


def filled(words, port, serial=''):
    """A list of words, each with its {port}, {name} and {serial} replaced."""
    return [word.replace('{port}', port).replace('{name}', os.path.basename(port))
            .replace('{serial}', str(serial)) for word in words.split()]
