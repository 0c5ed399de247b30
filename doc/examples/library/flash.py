#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""flash.py PORT FILE: programs FILE, and a serial number behind it."""
import sys

import bootpin


def tell(event):
    if event["event"] == "progress" or event["name"] == "end":
        print(f"{event['phase']}: {event['done']} of {event['total']} bytes")
    elif event["event"] == "warning":
        print("warning:", event["text"])


def main(port, file):
    with bootpin.Job(port, on_event=tell, timeout=60) as job:
        job.write(file)
        job.write_bytes(0x0800FC00, b"serial number 42")
        result = job.run()
        print(f"{result['chip']}, {result['unique_id']}: {result['done']}")


if len(sys.argv) != 3:
    sys.exit(__doc__)
try:
    main(*sys.argv[1:])
except bootpin.Error as error:
    print(f"{error} ({error.kind})", file=sys.stderr)
    sys.exit(error.status)
