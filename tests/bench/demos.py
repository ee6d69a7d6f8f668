#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
    demos.py CULPRIT FOLDER FROM TO [JOBS]

Practice repositories of these seeds, searched for real: the bug shows in 30 of
100 runs, and the warning that is noise is on.  Each is searched by the adaptive
policy and by syzkaller's table, and what it took is a line of FOLDER/demos.tsv,
so that a hundred of them can be made in pieces, and none is made twice.  Prints
what all lines there come to: how many named the commit, and the runs they took,
as means with their standard errors.
"""

import concurrent.futures
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

RATE = 30
POLICIES = ("adaptive", "syzkaller")
# by the seed: what the culprit changed, of the files that the report names
CAUSES = ("file", "file", "file", "folder", "other")


def search(culprit, folder, seed, policy):
    """One demo, as a row of the table."""
    where = os.path.join(folder, "%s-%d" % (policy, seed))
    shutil.rmtree(where, ignore_errors=True)
    begun = time.monotonic()
    done = subprocess.run(
        [culprit, "demo", "--batch", "--dir", where, "--seed", str(seed),
         "--rate", str(RATE), "--policy", policy],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False)
    took = time.monotonic() - begun
    if done.returncode not in (0, 2):
        sys.exit("demos: seed %d by %s: %s" % (seed, policy, done.stdout))
    answer = subprocess.run(
        ["git", "-C", where, "rev-parse", "refs/demo/answer"],
        capture_output=True, text=True, check=True).stdout.strip()
    log = subprocess.run(
        [culprit, "-C", where, "log", "--format", "json"],
        capture_output=True, text=True, check=True).stdout
    kinds = [event["kind"] for event in json.loads(log)["events"]]
    named = [line.split()[0] for line in done.stdout.splitlines()
             if line.endswith(" is the first bad commit")]
    shutil.rmtree(where)
    return (policy, seed, int(named == [answer]), len(named),
            kinds.count("run-begin"), kinds.count("build-begin"),
            "%.1f" % took)


def read_rows(path):
    rows = {}
    if os.path.exists(path):
        with open(path, encoding="ascii") as lines:
            for line in lines:
                words = line.split()
                rows[words[0], int(words[1])] = [int(w) for w in words[2:6]]
    return rows


def mean(values):
    error = (statistics.stdev(values) / len(values) ** 0.5
             if len(values) > 1 else 0)
    return statistics.mean(values), error


def tell(rows, what, seeds):
    runs = {}
    print("%s: %d seeds" % (what, len(seeds)))
    for policy in POLICIES:
        mine = [rows[policy, seed] for seed in seeds]
        runs[policy] = mean([row[2] for row in mine])
        builds = mean([row[3] for row in mine])
        print("  %-10s right %d of %d, wrong %d, no single answer %d; "
              "runs %.1f ±%.1f, builds %.1f ±%.1f"
              % (policy, sum(row[0] for row in mine), len(mine),
                 sum(row[1] - row[0] for row in mine),
                 sum(1 - row[1] for row in mine), *runs[policy], *builds))
    return runs


def tell_all(rows):
    both = sorted(seed for policy, seed in rows
                  if policy == "adaptive" and ("syzkaller", seed) in rows)
    if not both:
        return
    for cause in sorted(set(CAUSES)):
        some = [seed for seed in both if CAUSES[seed % 5] == cause]
        if some:
            tell(rows, "the culprit changed a file of the report"
                 if cause == "file" else "only one in a folder of one"
                 if cause == "folder" else "neither", some)
    runs = tell(rows, "all", both)
    ours, table = runs["adaptive"][0], runs["syzkaller"][0]
    print("BENCH\truns of a demo at %d %%, right %d of %d, syzkaller's table "
          "%d\t%.1f\t%.1f\t%.2f\truns"
          % (RATE, sum(rows["adaptive", seed][0] for seed in both), len(both),
             sum(rows["syzkaller", seed][0] for seed in both), ours, table,
             table / ours))


def main():
    culprit, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    first, last = int(sys.argv[3]), int(sys.argv[4])
    jobs = int(sys.argv[5]) if len(sys.argv) > 5 else 2
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "demos.tsv")
    rows = read_rows(path)
    wanted = [(seed, policy) for seed in range(first, last + 1)
              for policy in POLICIES if (policy, seed) not in rows]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool, \
            open(path, "a", encoding="ascii") as table:
        made = [pool.submit(search, culprit, folder, seed, policy)
                for seed, policy in wanted]
        for row in concurrent.futures.as_completed(made):
            print(*row.result(), sep="\t", file=table, flush=True)
    tell_all(read_rows(path))


main()
