#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws wirings.txt: as text into a document, and as pictures into a folder.

draw.py [DOCUMENT [FOLDER]]: ../jig.md and this folder, if they are not named. For those who maintain bootpin.
"""
import html
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
VERTICAL = re.compile(r"(up|down) (.+) to (.+)$")


# ---- the source ----

class Fault(Exception):
    """Something in the source or in the document is wrong; its text says where."""


class Cell:
    """What stands on one wire in one column."""

    def __init__(self, text):
        self.text = text
        self.kind, _, rest = text.partition(" ")
        self.part = self.end = self.net = None
        vertical = VERTICAL.match(text)
        if vertical:
            self.kind, self.part, self.end = vertical.groups()
        elif self.kind == "r" and rest:
            self.part = rest
        elif self.kind == "net" and rest:
            self.net = rest
        elif self.kind == "npn" and rest.startswith("net "):
            self.net = rest[4:]
        elif self.kind in ("pnp", "npn") and rest:
            self.end = rest
        elif text not in ("", ">", "<"):
            raise Fault("'%s' is no cell" % text)

    def above(self):
        """Lines of text that it takes above the wire."""
        return {"up": 2, "pnp": 1}.get(self.kind, 0)

    def below(self):
        return 2 if self.kind == "down" else 1 if self.kind == "npn" and not self.net else 0

    def on_wire(self):
        """What text shows on the wire itself."""
        return {"r": "[%s]" % self.part, "pnp": "┤PNP├", "npn": "┤NPN├", ">": "▶", "<": "◀", "up": "┴", "down": "┬"}.get(
            self.kind, "")

    def beside(self):
        """What text shows above or below the wire, nearest first."""
        return ["[%s]" % self.part, self.end] if self.part and self.end else [self.end] if self.end else []

    def width(self):
        return max([1, len(self.on_wire())] + [len(t) for t in self.beside()])


class Wire:
    def __init__(self, text):
        fields = text.split("|")
        if len(fields) < 2:
            raise Fault("a wire has two ends")
        self.left = None if fields[0] == "-" else fields[0]
        self.right = fields[-1]
        self.cells = [Cell(f) for f in fields[1:-1]]
        self.board = self.line = 0

    def first(self):
        """The column where it begins, or -1 where it comes from the left part."""
        if self.left:
            return -1
        return next(i for i, c in enumerate(self.cells) if c.text)


class Drawing:
    def __init__(self, name):
        self.name, self.title, self.left, self.right = name, "", "", []
        self.wires, self.notes, self.presets = [], [], []


def parse(path):
    drawings = []
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            word, _, rest = line.rstrip("\n").partition(" ")
            if not word or word == "#":
                continue
            try:
                take(drawings, word, rest)
            except Fault as fault:
                raise Fault("%s:%d: %s" % (path, number, fault)) from None
    for d in drawings:
        if len({len(w.cells) for w in d.wires}) != 1 or not d.right:
            raise Fault("%s: drawing %s: its wires need a part at the right, and as many cells each" % (path, d.name))
    return drawings


def take(drawings, word, rest):
    if word == "drawing":
        return drawings.append(Drawing(rest))
    if not drawings:
        raise Fault("'%s' stands before the first drawing" % word)
    d = drawings[-1]
    if word in ("title", "left"):
        setattr(d, word, rest)
    elif word == "right":
        d.right.append(rest)
    elif word == "presets":
        d.presets = rest.split()
    elif word == "note":
        d.notes.append(rest)
    elif word == "wire":
        d.wires.append(Wire(rest))
        d.wires[-1].board = len(d.right) - 1
    else:
        raise Fault("'%s' is no word of this file" % word)


# ---- the places, in characters and lines ----

class Layout:
    """Where the parts and columns of a drawing are; both kinds of picture follow it."""

    def __init__(self, d):
        names = [w.left.partition(", ") for w in d.wires if w.left]
        self.name_width = max(len(n[0]) for n in names)
        number_width = max(len(n[2]) for n in names)
        self.left_width = max(self.name_width + (number_width + 1 if number_width else 0), len(d.left)) + 4
        x = self.left_width + 2
        self.columns = []
        for i in range(len(d.wires[0].cells)):
            width = max(w.cells[i].width() for w in d.wires)
            self.columns.append(x + width // 2)
            x += width + 2
        self.right = x
        self.right_width = max([len(w.right) for w in d.wires] + [len(r) for r in d.right]) + 4
        self.place_lines(d)

    def place_lines(self, d):
        line, self.boxes, below = 0, [], 0
        for i, w in enumerate(d.wires):
            if i == 0 or w.board != d.wires[i - 1].board:
                if i:
                    self.boxes[-1][1] = line + below
                    line += below + 1
                self.boxes.append([line + 1, 0])
                line += 2
                below = 0
            above = max(c.above() for c in w.cells)
            line += below + above
            w.line = line
            below = max(c.below() for c in w.cells)
            line += 1
        self.boxes[-1][1] = self.bottom = line + below

    def nets(self, d):
        """Each net as its column and the wires that it joins, from the top."""
        found = {}
        for w in d.wires:
            for i, c in enumerate(w.cells):
                if c.net:
                    found.setdefault((i, c.net), []).append(w)
        return found


def left_name(wire, layout):
    name, _, number = wire.left.partition(", ")
    return name.ljust(layout.name_width) + (" " + number if number else "")


# ---- as text ----

class Canvas:
    def __init__(self):
        self.at = {}

    def put(self, x, y, text):
        for i, c in enumerate(text):
            self.at[x + i, y] = c

    def middle(self, x, y, text):
        self.put(x - len(text) // 2, y, text)

    def box(self, x, width, top, bottom):
        self.put(x, top, "┌" + "─" * (width - 2) + "┐")
        self.put(x, bottom, "└" + "─" * (width - 2) + "┘")
        for y in range(top + 1, bottom):
            self.put(x, y, "│")
            self.put(x + width - 1, y, "│")

    def text(self):
        lines = []
        for y in range(max(y for _, y in self.at) + 1):
            row = {x: c for (x, yy), c in self.at.items() if yy == y}
            lines.append("".join(row.get(x, " ") for x in range(max(row, default=-1) + 1)).rstrip())
        return "\n".join(lines) + "\n"


def text_wire(canvas, w, layout):
    first = w.first()
    start = layout.left_width if first < 0 else layout.columns[first]
    canvas.put(start, w.line, "─" * (layout.right - start))
    if first < 0:
        canvas.put(2, w.line, left_name(w, layout))
        canvas.put(layout.left_width - 1, w.line, "├")
    canvas.put(layout.right, w.line, "┤ " + w.right)
    for x, c in zip(layout.columns, w.cells):
        canvas.middle(x, w.line, c.on_wire())
        step = -1 if c.kind in ("up", "pnp") else 1
        for i, t in enumerate(c.beside(), 1):
            canvas.middle(x, w.line + step * i, t)
    if first >= 0:
        canvas.put(start, w.line, {"up": "└", "down": "┌"}.get(w.cells[first].kind, "─"))


def text_nets(canvas, d, layout):
    for (column, _), wires in layout.nets(d).items():
        x = layout.columns[column]
        for y in range(wires[0].line + 1, wires[-1].line):
            canvas.put(x, y, "│")
        for w in wires:
            if w.cells[column].kind == "npn":
                continue
            joint = "┬" if w is wires[0] else "┴" if w is wires[-1] else "┼"
            if w.first() == column:
                joint = "└" if w is wires[-1] else "├"
            canvas.put(x, w.line, joint)


def draw_text(d):
    layout, canvas = Layout(d), Canvas()
    canvas.put(1, 0, d.left)
    canvas.box(0, layout.left_width, 1, layout.bottom)
    for name, (top, bottom) in zip(d.right, layout.boxes):
        canvas.put(layout.right + 1, top - 1, name)
        canvas.box(layout.right, layout.right_width, top, bottom)
    for w in d.wires:
        text_wire(canvas, w, layout)
    text_nets(canvas, d, layout)
    return d.title + "\n\n" + canvas.text() + "".join("\n" + n + "\n" for n in d.notes)


# ---- as a picture ----

WIDE, HIGH, EDGE, HEAD = 9, 26, 16, 40

STYLE = """
svg { color: #111; background: #fff; font: 14px monospace; }
.ground { fill: #fff; }
.part, .case { fill: #fff; stroke: currentColor; stroke-width: 1.5; }
.wire { fill: none; stroke: currentColor; stroke-width: 1.5; }
.dot { fill: currentColor; }
text { fill: currentColor; }
.title { font-weight: bold; }
@media (prefers-color-scheme: dark) {
svg { color: #eee; background: #161616; }
.ground, .part, .case { fill: #161616; }
}
"""


class Picture:
    """Shapes in the order in which they cover each other. Places are in characters and lines."""

    def __init__(self):
        self.shapes = []

    @staticmethod
    def x(column):
        return EDGE + column * WIDE + WIDE / 2

    @staticmethod
    def y(line):
        return HEAD + line * HIGH + HIGH / 2

    def add(self, text, *values):
        self.shapes.append(text % values)

    def line(self, *points):
        self.add('<polyline class="wire" points="%s"/>', " ".join("%g,%g" % p for p in points))

    def words(self, x, y, text, anchor="middle", kind=""):
        self.add('<text x="%g" y="%g" text-anchor="%s"%s>%s</text>', x, y + 5, anchor, kind and ' class="%s"' % kind,
                 html.escape(text))

    def dot(self, x, y):
        self.add('<circle class="dot" cx="%g" cy="%g" r="3.5"/>', x, y)

    def resistor(self, x, y, text):
        width = len(text) * 8.6 + 10
        self.add('<rect class="part" x="%g" y="%g" width="%g" height="20"/>', x - width / 2, y - 10, width)
        self.words(x, y, text)

    def arrow(self, x, y, step):
        self.add('<path class="dot" d="M%g %g l%g -5 v10 z"/>', x + 5 * step, y, -10 * step)

    def capacitor(self, x, y, text):
        self.add('<rect class="ground" x="%g" y="%g" width="8" height="6"/>', x - 4, y - 3)
        for side in (-3, 3):
            self.line((x - 10, y + side), (x + 10, y + side))
        self.words(x - 14, y, text, "end")

    def contact(self, x, y, text):
        self.add('<rect class="ground" x="%g" y="%g" width="8" height="16"/>', x - 4, y - 8)
        self.line((x, y + 8), (x - 9, y - 7))
        self.words(x + 12, y, text, "start")

    def supply(self, x, y, name, step):
        """The end of a wire at (x, y), which came from the other side of step."""
        if name == "GND":
            for i, half in enumerate((10, 6, 2)):
                self.line((x - half, y + 4 * i - 4), (x + half, y + 4 * i - 4))
        else:
            self.line((x - 8, y - step), (x + 8, y - step))
            self.words(x, y + 10 * step, name)

    def transistor(self, x, y, kind, net_line):
        """Base from the left; the emitter goes up or down, the collector bends back to the wire at the right."""
        step = -1 if kind == "pnp" or net_line is not None else 1
        self.add('<rect class="ground" x="%g" y="%g" width="26" height="10"/>', x - 4, y - 5)
        self.add('<circle class="part" cx="%g" cy="%g" r="15"/>', x - 2, y)
        self.line((x - 20, y), (x - 8, y))
        self.line((x - 8, y - 9), (x - 8, y + 9))
        self.line((x - 8, y + 4 * step), (x, y + 11 * step), (x, y + 20 * step))
        self.line((x - 8, y - 4 * step), (x, y - 11 * step), (x + 22, y - 11 * step), (x + 22, y))
        tip = (x - 7, y + 5 * step) if kind == "pnp" else (x - 1, y + 10 * step)
        back = 1 if kind == "pnp" else -1
        self.add('<path class="dot" d="M%g %g l%g %g l%g %g z"/>', tip[0], tip[1], back * 7, back * step * 2.5,
                 -back * 4, back * step * 4)
        self.words(x - 18, y - 18 * step, kind.upper(), "end")

    def case(self, x, width, top, bottom, title):
        self.add('<rect class="case" x="%g" y="%g" width="%g" height="%g" rx="4"/>', self.x(x), self.y(top),
                 (width - 1) * WIDE, (bottom - top) * HIGH)
        self.words(self.x(x), self.y(top) - 12, title, "start")


def picture_cell(p, x, w, c):
    y = p.y(w.line)
    step = -1 if c.kind == "up" else 1
    if c.kind in (">", "<"):
        p.arrow(x, y, 1 if c.kind == ">" else -1)
    elif c.kind == "r":
        p.resistor(x, y, c.part)
    elif c.kind in ("pnp", "npn"):
        p.transistor(x, y, c.kind, c.net)
        if c.end:
            p.supply(x, y + (24 if c.kind == "npn" else -20), c.end, 1 if c.kind == "npn" else -1)
    elif c.part:
        middle, end = y + step * HIGH, y + step * (2 * HIGH - 6)
        p.line((x, y), (x, end))
        {"nF": p.capacitor, "kΩ": p.resistor}.get(c.part.split(" ")[-1], p.contact)(x, middle, c.part)
        p.supply(x, end, c.end, step)
        if w.left or w.cells[w.first()] is not c:
            p.dot(x, y)


def picture_nets(p, d, layout):
    for (column, _), wires in layout.nets(d).items():
        x = p.x(layout.columns[column])
        ends = [p.y(w.line) - (20 if w.cells[column].kind == "npn" else 0) for w in wires]
        p.line((x, ends[0]), (x, ends[-1]))
        for w, y in zip(wires, ends):
            if w.cells[column].kind == "net" and w.first() != column:
                p.dot(x, y)


def draw_picture(d):
    layout, p = Layout(d), Picture()
    for w in d.wires:
        first = w.first()
        start = p.x(layout.left_width - 1 if first < 0 else layout.columns[first])
        p.line((start, p.y(w.line)), (p.x(layout.right), p.y(w.line)))
    picture_nets(p, d, layout)
    for w in d.wires:
        for column, c in zip(layout.columns, w.cells):
            picture_cell(p, p.x(column), w, c)
    p.case(0, layout.left_width, 1, layout.bottom, d.left)
    for name, (top, bottom) in zip(d.right, layout.boxes):
        p.case(layout.right, layout.right_width, top, bottom, name)
    for w in d.wires:
        if w.left:
            name, _, number = w.left.partition(", ")
            p.words(p.x(1), p.y(w.line), name, "start")
            p.words(p.x(layout.left_width - 2), p.y(w.line), number, "end")
        p.words(p.x(layout.right + 1), p.y(w.line), w.right, "start")
    bottom = p.y(layout.bottom) + 14
    for note in d.notes:
        bottom += 18
        p.words(p.x(0), bottom - 8, note, "start")
    p.words(p.x(0), 20, d.title, "start", "title")
    longest = max([len(d.title) + 1, layout.right + layout.right_width] + [len(n) + 1 for n in d.notes])
    width, height = 2 * EDGE + longest * WIDE, bottom + EDGE / 2
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" '
            'aria-label="%s">\n<style>%s</style>\n<rect class="ground" width="100%%" height="100%%"/>\n%s\n</svg>\n'
            % (width, height, width, height, html.escape(d.title), STYLE, "\n".join(p.shapes)))


# ---- the files ----

def put_into(document, drawings):
    """The document with each drawing between its two marks."""
    for d in drawings:
        mark = "<!-- wiring %s -->\n" % d.name
        before, found, rest = document.partition(mark)
        if not found or "<!-- end -->" not in rest:
            raise Fault("the document has no place for the drawing %s" % d.name)
        after = rest[rest.index("<!-- end -->"):]
        picture = "[as a picture](wiring/%s.svg)\n" % d.name
        document = before + mark + "```text\n" + draw_text(d) + "```\n\n" + picture + after
    return document


def main(args):
    path = args[0] if args else os.path.join(HERE, "..", "jig.md")
    folder = args[1] if len(args) > 1 else HERE
    drawings = parse(os.path.join(HERE, "wirings.txt"))
    with open(path, encoding="utf-8") as f:
        document = put_into(f.read(), drawings)
    with open(path, "w", encoding="utf-8") as f:
        f.write(document)
    for d in drawings:
        with open(os.path.join(folder, d.name + ".svg"), "w", encoding="utf-8") as f:
            f.write(draw_picture(d))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (Fault, OSError) as fault:
        sys.exit("draw.py: %s" % fault)
