#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Histories for tests, as a stream for git fast-import.

    gen_dag.py random --graphs 50 --seed 1 | git -C R.git fast-import --quiet
    gen_dag.py kernel --commits 60000 --seed 1 | git -C R.git fast-import ...
    gen_dag.py shape FILE.dag.gz | git -C R.git fast-import ...

The commits have no files.  The same words give the same commit ids, on any
machine.  Refs: refs/heads/<name>/<n> for every commit without children, and
for a kernel refs/heads/master and refs/tags/v<n>.

A shape is a real history reduced to its form, one line a commit, parents
first: the committer's time, then for each parent how many lines above it is.
"""

import argparse
import gzip
import random
import sys

DAY = 86400
EPOCH = 1_112_911_993  # early April 2005


class Dag:
    """Commits by number, parents before children."""

    def __init__(self):
        self.parents = []
        self.dates = []
        self.tags = {}
        self.master = None

    def __len__(self):
        return len(self.dates)

    def add(self, date, parents):
        self.dates.append(date)
        self.parents.append(list(parents))
        return len(self.dates) - 1

    def childless(self):
        has_child = {p for parents in self.parents for p in parents}
        return [c for c in range(len(self)) if c not in has_child]

    def ancestors(self):
        """For every commit the set of its ancestors and itself, as bits."""
        sets = []
        for commit, parents in enumerate(self.parents):
            bits = 1 << commit
            for parent in parents:
                bits |= sets[parent]
            sets.append(bits)
        return sets


def random_dag(rng, low=3, high=80):
    """Roots, forks, merges of up to five, equal dates, skewed clocks."""
    dag = Dag()
    size = rng.randint(low, high)
    merge_chance = rng.choice([0.05, 0.2, 0.45])
    fork_chance = rng.choice([0.1, 0.3, 0.6])
    root_chance = rng.choice([0.0, 0.03])
    equal_chance = rng.choice([0.0, 0.3, 0.9])
    skew_chance = rng.choice([0.0, 0.0, 0.15])
    tips = []
    for number in range(size):
        if number == 0 or rng.random() < root_chance:
            parents = []
        elif rng.random() < merge_chance:
            width = rng.choice([2, 2, 2, 2, 3, 5])
            pool = tips if len(tips) >= width else range(number)
            parents = rng.sample(list(pool), min(width, len(pool)))
        elif tips and rng.random() > fork_chance:
            parents = [rng.choice(tips)]
        else:
            parents = [rng.randrange(max(0, number - 15), number)]
        date = max([EPOCH] + [dag.dates[p] for p in parents])
        if rng.random() >= equal_chance:
            date += rng.randint(1, 5000)
        if rng.random() < skew_chance:
            date = max(1, date + rng.randint(-200_000, 200_000))
        tips = [t for t in tips if t not in parents] + [dag.add(date, parents)]
    return dag


def branch(dag, rng, start, length, first, last, upstream):
    """A topic branch; long ones now and then merge their upstream back."""
    head = start
    for done in range(length):
        date = first + (last - first) * (done + 1) // (length + 1)
        date += rng.choice([0, 0, 0, rng.randint(-3600, 3600)])
        parents = [head]
        if done and done % 40 == 0 and upstream > start:
            parents.append(upstream)
        head = dag.add(date, parents)
    return head


def kernel_dag(rng, commits):
    """A mainline that merges topics in a window, then stabilises."""
    dag = Dag()
    now = EPOCH
    head = dag.add(now, [])
    bases = [head]
    release = 0
    while len(dag) < commits:
        window = now + 14 * DAY
        topics = []
        for _ in range(60):
            length = min(5 + int(rng.expovariate(1 / 60)), 400)
            start = rng.choice(bases[-4:])
            first = dag.dates[start] + rng.randint(1, 20) * DAY
            topic = branch(dag, rng, start, length,
                           min(first, now - 3600), now, bases[-1])
            if len(topics) > 1 and rng.random() < 0.3:
                topic = dag.add(now, [topics.pop(), topic])
            topics.append(topic)
        while topics:
            width = 3 if len(topics) > 3 and rng.random() < 0.05 else 1
            now = min(now + rng.randint(600, 40_000), window)
            head = dag.add(now, [head] + [topics.pop() for _ in range(width)])
        now = window
        for _ in range(7):
            now += 7 * DAY
            bases.append(head)
            for _ in range(rng.randint(5, 20)):
                fix = branch(dag, rng, rng.choice(bases[-3:]),
                             rng.randint(1, 6), now - 6 * DAY, now - DAY, -1)
                head = dag.add(now, [head, fix])
            head = dag.add(now, [head])
        release += 1
        dag.tags["v%d" % release] = head
        bases.append(head)
    dag.master = head
    return dag


def shape_dag(path):
    dag = Dag()
    with gzip.open(path, "rt", encoding="ascii") as lines:
        for number, line in enumerate(lines):
            date, *back = map(int, line.split())
            dag.add(date, [number - b for b in back])
    return dag


def write(dag, name, out, first_mark=1):
    """Write one graph; marks count on from first_mark."""
    line = b"refs/heads/%s/growing" % name.encode()
    for commit, (date, parents) in enumerate(zip(dag.dates, dag.parents)):
        if not parents:
            out.write(b"reset %s\n" % line)
        message = b"%s: change %d" % (name.encode(), commit)
        out.write(b"commit %s\nmark :%d\ncommitter C <c@example.com> %d +0000\n"
                  b"data %d\n%s\n"
                  % (line, first_mark + commit, date, len(message), message))
        for place, parent in enumerate(parents):
            word = b"merge" if place else b"from"
            out.write(b"%s :%d\n" % (word, first_mark + parent))
    for place, commit in enumerate(dag.childless()):
        out.write(b"reset refs/heads/%s/%d\nfrom :%d\n\n"
                  % (name.encode(), place, first_mark + commit))
    refs = {"refs/tags/" + tag: commit for tag, commit in dag.tags.items()}
    if dag.master is not None:
        refs["refs/heads/master"] = dag.master
    for ref, commit in refs.items():
        out.write(b"reset %s\nfrom :%d\n\n"
                  % (ref.encode(), first_mark + commit))
    out.write(b"reset %s\nfrom %s\n\n" % (line, b"0" * 40))
    return first_mark + len(dag)


def main():
    parser = argparse.ArgumentParser(description="histories for tests")
    parser.add_argument("kind", choices=["random", "kernel", "shape"])
    parser.add_argument("file", nargs="?")
    parser.add_argument("--graphs", type=int, default=50)
    parser.add_argument("--commits", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    out = sys.stdout.buffer
    if args.kind == "random":
        mark = 1
        for number in range(args.graphs):
            mark = write(random_dag(rng), "g%d" % number, out, mark)
    elif args.kind == "kernel":
        write(kernel_dag(rng, args.commits), "kernel", out)
    else:
        write(shape_dag(args.file), "shape", out)


if __name__ == "__main__":
    main()
