#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a guest, a commit or a mail may hold to attack the terminal it is
shown on: one attack a line.

    evil.py              the attacks: this made evil.bin
    evil.py console      the same with lines of 10 MB, and of a million escapes
    evil.py subject      all in one line that git takes for a subject

Parameters of the sequences are such as curses never makes, so that one which
gets through is told from the screen's own: see tests/vt/raw.c.
"""

import sys

CSI = [b"5;8;31m", b"38;2;1;2;3m", b"7777;7777H", b"7777A", b"7777X", b"6n",
       b"c", b">c", b"=c", b"?6n", b"18t", b"21t", b"3;1;1t", b"?2004h",
       b"?1003h", b"?47h", b"?1047h", b"?3h", b"20h", b"2;7777r", b"4i",
       b"5i", b"?5i", b"!p", b"7777b", b"3J", b"1;2'z", b"0;0;0;0*y", b">4;2m",
       b"?996n", b"7777@", b"s", b"u", b"31:5m", b" q", b"\"q", b"\r31;5m",
       b"\n5m", b"\x1b5m", b"31"]
STRING = [b"]0;evil title", b"]2;evil title", b"]l;x", b"]52;c;ZXZpbA==",
          b"]52;c;?", b"]4;1;?", b"]10;?", b"]11;#ff0000", b"]104;1",
          b"]8;;http://evil.example/", b"]777;notify;evil;evil", b"]9;evil",
          b"]50;?", b"]1337;File=:ZXZpbA==", b"P$q\"p", b"P+q544e", b"P1;1|17/41",
          b"Pq#0;2;0;0;0~-", b"_evil", b"_Ga=q;", b"^evil", b"Xevil", b"kevil"]
ESCAPE = [b"c", b"#8", b"(A", b")0", b"*B", b"+B", b"n", b"o", b"N", b"O", b"D",
          b"E", b"H", b"Z", b"|", b"}", b"~", b"%@", b"%G", b" F", b"l", b"m",
          b"\\", b"", b"\x1b", b"\x00", b"\x7f", b"\xff"]
HIDDEN = [0x61c, 0xad, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029,
          0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2061, 0x2064,
          0x2066, 0x2067, 0x2068, 0x2069, 0x206a, 0x206f, 0xfe00, 0xfe0f,
          0xfeff, 0xfff9, 0xfffa, 0xfffb, 0x115f, 0x3164, 0xffa0, 0x180e,
          0xe000, 0xf8ff, 0xe0001, 0xe0041, 0xe007f, 0xe0100, 0xf0000,
          0x10ffff, 0x1d173, 0x1bca0, 0x13430, 0x378, 0xfffe, 0xffff]
INVALID = [b"\x80", b"\xbf", b"\xc0\x9b", b"\xc1\x9b", b"\xc0\x80",
           b"\xe0\x80\x9b", b"\xe0\x82\x9b", b"\xf0\x80\x80\x9b",
           b"\xed\xa0\x80\xed\xb0\x80", b"\xf4\x90\x80\x80", b"\xf8\x88\x80",
           b"\xfc\x84", b"\xfe", b"\xff\xff", b"\xc2", b"\xe2\x80",
           b"\xf0\x9f\x98", b"\xc2\x1b[5m", b"\xe2\x80\x1b[5m"]


def attacks():
    for end in CSI:
        for begin in b"\x1b[", b"\x9b", b"\xc2\x9b":
            yield b"csi " + begin + end
    for text in STRING:
        for end in b"\x07", b"\x1b\\", b"\x9c", b"\xc2\x9c", b"", b"\x18":
            yield b"string \x1b" + text + end
        code = bytes([text[0] + 0x40])
        yield b"string " + code + text[1:] + b"\x9c"
        yield b"string \xc2" + code + text[1:] + b"\xc2\x9c"
    yield b"long \x1b]0;" + b"l" * 4089 + b"\x07 fits"
    yield b"long \x1b]0;" + b"l" * 5000 + b"\x07 does not"
    yield b"long \x1b[" + b"5;" * 2500 + b"m"
    yield b"nested \x1b]0;\x1b]0;\x1b[5mevil\x07\x07"
    for end in ESCAPE:
        yield b"escape \x1b" + end + b" x"
    for c in range(0x20):
        if c not in (0x0a,):
            yield b"c0 a" + bytes([c]) + b"b"
    for c in range(0x80, 0xa0):
        yield b"c1 a" + bytes([c]) + b"b" + b"\xc2" + bytes([c]) + b"c"
    for c in HIDDEN:
        yield b"hidden a" + chr(c).encode("utf-8", "surrogatepass") + b"b"
    for text in INVALID:
        yield b"invalid a" + text + b"b"
    yield "reversed: \u202egnp.exe \u2066x\u2069 if (a\u202e)".encode()
    yield b"combining a" + "\u0301".encode() * 200 + b"b"
    yield "\u0301 alone, \u4e2d\u0301 wide".encode()
    yield "\u0600 prepended \u0e33 \u1160 \U0001f468\u200d\U0001f469".encode()
    yield b"back abc\b\b\b\x1b[5mxyz\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\bover"
    yield b"over \x1b[5m\rwritten \r\x1b]0;x\r\x07"
    yield b"delete \x7f\x7f\x7f tab\ttab\t\x0b\x0c"
    yield b"nul \0\0\0 \0\x1b[5m"
    yield b"%s%n%d \\033[5m \\e]0;x\\a $(reboot) `reboot` ; reboot"
    yield b"cr \r\r\r\r"
    yield b"cut off \x1b[38;5"
    yield b"cut off \x1b]0;"
    yield b"cut off \xe2\x80"


def main():
    what = sys.argv[1] if len(sys.argv) > 1 else "attacks"
    out = sys.stdout.buffer
    lines = list(attacks())
    if what == "subject":
        short = [line for line in lines if len(line) < 100]
        out.write(b" ".join(short).replace(b"\0", b"").replace(b"\n", b""))
        return
    out.write(b"\n".join(lines) + b"\n")
    if what == "console":
        out.write(b"y" * 10_000_000 + b"\n")
        out.write(b"\x1b[5m" * 250_000 + b"\n")
        out.write(b"\b" * 1_000_000 + b"\r" * 1_000_000 + b"\n")
        out.write(b"\x1b]0;" + b"t" * 1_000_000 + b"\x07\n")
        out.write(b"\n".join(lines))


main()
