#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Judges the lines of --json: json_lines.py SCHEMA LIST.

Each line of LIST is "FILE STATUS ROW". Every line of FILE is one JSON object that the schema allows; the last one of
each port is its result, and the last of all has STATUS as its exit. Prints what is wrong with the ROW; exits with 1 then.
"""
import json
import sys

import jsonschema

# doc/json.md
VERIFIED_BY = {
    None, "reading", "a routine in its RAM", "the chip's checksum", "a routine in its RAM and reading",
    "the chip's checksum and reading", "proven by the chip's checksums", "looked at twice",
    "checked by parity alone", "checked by the CRC of USB alone", "it reads blank where it was looked at", "both ends of each page read blank",
    "computed by the chip", "over what was read twice",
}

# With --loop another board follows.
OF_NEXT_BOARD = {"board_awaited", "board_came", "board_trouble"}


def judge(validator, good, lines, status):
    """Yields what is wrong; @good: lines that were found right before."""
    results = {}
    line = {}
    for number, text in enumerate(lines, 1):
        try:
            line = json.loads(text.decode("utf-8"))
        except ValueError as why:
            yield f"line {number} is no JSON: {why}: {text!r}"
            continue
        if not text.endswith(b"\n"):
            yield f"line {number} has no end"
        port = line.get("port")
        if port in results and line.get("name") not in OF_NEXT_BOARD:
            yield f"line {number} is behind the result of {port}"
        results.pop(port, None)
        if line.get("event") == "result":
            results[port] = line["exit"]
            if line["verified_by"] not in VERIFIED_BY:
                yield f"line {number}: verified_by is {line['verified_by']!r}"
        if text in good:
            continue
        faults = list(validator.iter_errors(line))
        for fault in faults:
            yield f"line {number}: {fault.message[:200]}: {text.decode().strip()}"
        if not faults:
            good.add(text)
    if line.get("event") != "result":
        yield "the last line is no result"
    elif line["exit"] != status:
        yield f"exit of the last result is {line['exit']}, not {status}"
    elif len(results) > 1 and line["port"] is not None:
        yield "the result of several ports is not that of the whole"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    good = set()
    wrong = 0
    with open(sys.argv[2], encoding="utf-8") as file:
        runs = [text.rstrip("\n").split(" ", 2) for text in file]
    for name, status, row in runs:
        with open(name, "rb") as file:
            for what in judge(validator, good, file.readlines(), int(status)):
                print(f"{row}: {what}")
                wrong += 1
    print(f"{len(runs)} runs, {len(good)} different lines, {wrong} faults")
    sys.exit(1 if wrong or not runs else 0)


main()
