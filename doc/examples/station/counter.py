# SPDX-License-Identifier: GPL-2.0-or-later
"""Serial numbers: a file that has the next one. None is handed out twice."""

import contextlib
import fcntl
import os
import re


@contextlib.contextmanager
def locked(folder):
    """No other station counts or logs in @folder meanwhile; station.sh takes the same lock."""
    with open(os.path.join(folder, 'lock'), 'a', encoding='ascii') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def sync_folder(folder):
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def take(folder):
    """
    The next number. It is used up for good before this returns, also if the power fails. ValueError or
    OSError if it cannot be had: a file that is lost must not begin anew by itself.
    """
    path = os.path.join(folder, 'serial')
    with locked(folder):
        with open(path, encoding='ascii') as file:
            text = file.read().strip()
        if not re.fullmatch('[0-9]{1,10}', text):
            raise ValueError("'%s' has no number: write the next serial number into it" % path)
        number = int(text)
        with open(path + '.new', 'w', encoding='ascii') as file:
            file.write('%d\n' % (number + 1))
            file.flush()
            os.fsync(file.fileno())
        os.rename(path + '.new', path)
        sync_folder(folder)
    return number


def check(folder, used):
    """The number is beyond all of @used, those in the log. ValueError or OSError."""
    path = os.path.join(folder, 'serial')
    with open(path, encoding='ascii') as file:
        text = file.read().strip()
    if not re.fullmatch('[0-9]{1,10}', text) or int(text) <= max(used, default=-1):
        raise ValueError("'%s' must have a number above %d, the highest in the log"
                         % (path, max(used, default=-1)))
