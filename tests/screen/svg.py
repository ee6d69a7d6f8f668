#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A terminal's screen as an SVG picture.

    tmux capture-pane -e -p | svg.py COLUMNS ROWS >screen.svg

Reads text with SGR attributes as tmux gives it; draws each stretch of equal
look as one piece of text, stretched to its cells.
"""

import re
import sys
import unicodedata
from html import escape

CELL, LINE, MARGIN, SIZE = 8.4, 18, 12, 14
PAPER, INK = "#15171c", "#d5d9e0"
COLOURS = ["#2b2f37", "#e5534b", "#57ab5a", "#d9a43b",
           "#539bf5", "#b083f0", "#39c5cf", "#d5d9e0"]
STEPS = (0, 95, 135, 175, 215, 255)  # of red, green and blue in the cube
PLAIN = (None, None, False, False, False, False)  # fg bg bold dim under turn


def colour_of(number):
    """One of the 256 colours of xterm."""
    if number < 16:
        return COLOURS[number % 8]
    if number < 232:
        cube = number - 16
        levels = [STEPS[cube // 36], STEPS[cube // 6 % 6], STEPS[cube % 6]]
    else:
        levels = [8 + 10 * (number - 232)] * 3
    return "#%02x%02x%02x" % tuple(levels)


def change(look, codes):
    """The look after one SGR sequence."""
    fg, bg, bold, dim, under, turn = look
    numbers = [int(c or 0) for c in codes.split(";")]
    while numbers:
        n = numbers.pop(0)
        if n == 0:
            fg, bg, bold, dim, under, turn = PLAIN
        elif n in (1, 2, 4, 7):
            bold, dim = bold or n == 1, dim or n == 2
            under, turn = under or n == 4, turn or n == 7
        elif n == 22:
            bold = dim = False
        elif n == 24:
            under = False
        elif n == 27:
            turn = False
        elif 30 <= n <= 37 or 90 <= n <= 97:
            fg = COLOURS[n % 10]
        elif 40 <= n <= 47 or 100 <= n <= 107:
            bg = COLOURS[n % 10]
        elif n in (38, 48) and numbers[:1] == [5]:
            colour = colour_of(numbers[1])
            fg, bg = (colour, bg) if n == 38 else (fg, colour)
            numbers = numbers[2:]
        elif n == 39:
            fg = None
        elif n == 49:
            bg = None
    return fg, bg, bold, dim, under, turn


def stretches(line, look):
    """(column, text, width, look) of each stretch of one line, which begins
    as the one before it ended; the last one has no text."""
    column = 0
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if part.startswith("\x1b["):
            look = change(look, part[2:-1])
        elif part:
            width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1
                        for c in part)
            yield column, part, width, look
            column += width
    yield column, "", 0, look


def draw(row, column, text, width, look):
    fg, bg, bold, dim, under, turn = look
    fg, bg = fg or INK, bg or PAPER
    if turn:
        fg, bg = bg, fg
    x, y = MARGIN + column * CELL, MARGIN + row * LINE
    if bg != PAPER and width:
        yield '<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>' % (
            x, y, width * CELL, LINE, bg)
    if text.strip() or under:
        yield ('<text x="%.1f" y="%d" textLength="%.1f" fill="%s"%s%s%s>%s'
               "</text>" % (
                   x, y + LINE - 5, width * CELL, fg,
                   ' font-weight="bold"' if bold else "",
                   ' opacity="0.55"' if dim else "",
                   ' text-decoration="underline"' if under else "",
                   escape(text)))


def main():
    columns, rows = int(sys.argv[1]), int(sys.argv[2])
    lines = sys.stdin.read().split("\n")[:rows]
    width, height = 2 * MARGIN + columns * CELL, 2 * MARGIN + rows * LINE
    print('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" '
          'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" '
          'font-size="%d" xml:space="preserve">' % (width, height, SIZE))
    print('<rect width="100%%" height="100%%" rx="8" fill="%s"/>' % PAPER)
    look = PLAIN
    for row, line in enumerate(lines):
        for stretch in stretches(line, look):
            look = stretch[-1]
            for piece in draw(row, *stretch):
                print(piece)
    print("</svg>")


main()
