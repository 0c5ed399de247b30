# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs bootpin for one board, and hears what it says."""

import json
import subprocess

NO_ANSWER = 5       # exit statuses of bootpin(1)
NO_PORT = 4
NO_IMAGE = 3
USAGE = 2


def run(command, hear, quiet=False):
    """
    bootpin's result, a dict. @hear is called with each line before it; @quiet: its messages are not
    printed, since the result has the error. A session of its own keeps the
    terminal's Ctrl-C from it: a job in hand is ended, not broken off.
    """
    result = None
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL if quiet else None, start_new_session=True) as process:
        for line in process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if event.get('event') == 'result':
                result = event
            else:
                hear(event)
    if result is None:
        raise OSError('%s ended with %d and gave no result' % (command[0], process.returncode))
    return result


def never_reached(result):
    """Nothing of this job, so neither its serial number, can have come to a chip."""
    return result['exit'] in (NO_ANSWER, NO_PORT, NO_IMAGE, USAGE) and result['chip'] is None
