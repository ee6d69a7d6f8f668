# SPDX-License-Identifier: GPL-2.0-or-later
#
# What src/run/signature.c is compared with.
#
#     signature.py of FILE...		the signature by its definition
#     signature.py mangle FILE DIR N	N damaged copies, always the same ones

import hashlib
import random
import struct
import sys


def sections(data):
    order = {1: "<", 2: ">"}[data[5]]
    if data[4] == 2:
        table, = struct.unpack_from(order + "Q", data, 40)
        size, count = struct.unpack_from(order + "HH", data, 58)
        form, fields = "IIQQQQ", (1, 2, 4, 5)
    else:
        table, = struct.unpack_from(order + "I", data, 32)
        size, count = struct.unpack_from(order + "HH", data, 46)
        form, fields = "IIIIII", (1, 2, 4, 5)
    for i in range(count):
        header = struct.unpack_from(order + form, data, table + i * size)
        yield tuple(header[field] for field in fields)


def signature(path):
    data = open(path, "rb").read()
    outer = hashlib.sha256()
    for kind, flags, offset, size in sections(data):
        if flags & 2 and kind not in (7, 8):
            inner = hashlib.sha256(data[offset:offset + size])
            outer.update(inner.digest())
    return outer.hexdigest()


def mangle(path, folder, count):
    sound = open(path, "rb").read()
    table, = struct.unpack_from("<Q", sound, 40)
    places = list(range(4, 64)) + list(range(table, len(sound)))
    chance = random.Random(1)
    for i in range(count):
        data = bytearray(sound)
        if i % 4 == 0:
            del data[chance.randrange(len(data)):]
        else:
            for _ in range(chance.randrange(1, 6)):
                data[chance.choice(places)] = chance.choice(
                    [0, 1, 0x7f, 0x80, 0xff, chance.randrange(256)])
        with open(f"{folder}/{i}", "wb") as out:
            out.write(data)


if sys.argv[1] == "of":
    for name in sys.argv[2:]:
        print(signature(name))
else:
    mangle(sys.argv[2], sys.argv[3], int(sys.argv[4]))
