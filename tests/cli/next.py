#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds `culprit next` against git, on many ranges.

    next.py make REPO random|SHAPE      a repository with graphs (gen_dag.py)
    next.py ranges REPO COUNT [--first-parent]    beside git rev-list
    next.py skips REPO COUNT                      beside git bisect next

$CULPRIT is the program.  Prints each difference, then what was compared;
fails on any difference, and when the ranges were too dull to prove much.
"""

import argparse
import concurrent.futures
import json
import os
import random
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                ".."))
sys.dont_write_bytecode = True
import gen_dag  # noqa: E402

WORKERS = 2
LARGEST = 4000  # suspects; git needs seconds beyond


def run(*argv, **kwargs):
    return subprocess.run(argv, stdout=subprocess.PIPE, check=False,
                          stderr=subprocess.PIPE, text=True, **kwargs)


def make(repo, kind):
    """Graphs of at most some 80 commits, or one of a real history's shape."""
    if kind == "random":
        rng = random.Random(20)
        dags = [gen_dag.random_dag(rng) for _ in range(120)]
    else:
        dags = [gen_dag.shape_dag(kind)]
    subprocess.run(["git", "init", "-q", "--bare", repo], check=True)
    marks = os.path.join(repo, "marks")
    importer = subprocess.Popen(
        ["git", "-C", repo, "fast-import", "--quiet",
         "--export-marks=" + os.path.abspath(marks)], stdin=subprocess.PIPE)
    mark = 1
    for number, dag in enumerate(dags):
        mark = gen_dag.write(dag, "g%d" % number, importer.stdin, mark)
    importer.stdin.close()
    if importer.wait():
        sys.exit("git fast-import failed")
    ids = {}
    with open(marks, encoding="ascii") as lines:
        for line in lines:
            number, oid = line.split()
            ids[int(number[1:])] = oid
    graphs = []
    mark = 1
    for dag in dags:
        graphs.append({"parents": dag.parents,
                       "ids": [ids[mark + c] for c in range(len(dag))]})
        mark += len(dag)
    with open(os.path.join(repo, "graphs.json"), "w",
              encoding="ascii") as out:
        json.dump(graphs, out)


class Graph:
    def __init__(self, stored):
        self.parents = stored["parents"]
        self.ids = stored["ids"]
        self.sets = None

    def below(self, commit):
        """All ancestors of a commit, itself too; for small graphs."""
        if self.sets is None:
            dag = gen_dag.Dag()
            dag.parents = self.parents
            dag.dates = [0] * len(self.parents)
            self.sets = dag.ancestors()
        bits = self.sets[commit]
        return {c for c in range(commit + 1) if bits >> c & 1}

    def small(self):
        return len(self.parents) < 1000


def load(repo):
    with open(os.path.join(repo, "graphs.json"), encoding="ascii") as stored:
        return [Graph(g) for g in json.load(stored)]


def far_back(graph, rng, commit, steps):
    """An ancestor some way down, by a random walk."""
    for _ in range(steps):
        if not graph.parents[commit]:
            break
        commit = rng.choice(graph.parents[commit])
    return commit


def draw(graph, rng, only_ancestors):
    """One bad commit and one to four good ones, by number."""
    size = len(graph.parents)
    count = rng.choice([1, 1, 1, 2, 2, 3, 4])
    if not graph.small():
        bad = rng.randrange(size // 4, size)
        return bad, sorted({far_back(graph, rng, bad, rng.randint(5, 150))
                            for _ in range(count)})
    bad = rng.randrange(size // 2, size)
    if only_ancestors:
        pool = sorted(graph.below(bad) - {bad})
    else:
        pool = range(size)
    if len(pool) < count:
        return bad, []
    return bad, sorted(rng.sample(pool, count))


def draw_named(repo, graphs, rng, only_ancestors):
    """The same by id, and small enough for git to answer soon."""
    while True:
        graph = rng.choice(graphs)
        bad, goods = draw(graph, rng, only_ancestors)
        if not goods or bad in goods:
            continue
        names = [graph.ids[bad], [graph.ids[g] for g in goods]]
        if graph.small() or int(rev_list(
                repo, names[0], names[1], "--count").stdout) <= LARGEST:
            return names


def rev_list(repo, bad, goods, *options):
    return run("git", "-C", repo, "rev-list", *options, bad,
               *["^" + good for good in goods])


def culprit_next(repo, bad, goods, *options):
    argv = ["--bad", bad]
    for good in goods:
        argv += ["--good", good]
    return run(os.environ["CULPRIT"], "next", "--repo", repo, *argv, *options)


def compare_range(job):
    """None when all is equal, else what was not; and the suspects' number."""
    repo, bad, goods, options = job
    theirs = rev_list(repo, bad, goods, "--bisect-vars", *options)
    ours_vars = culprit_next(repo, bad, goods, "--vars", *options)
    ours = culprit_next(repo, bad, goods, *options)
    found = re.search("bisect_rev='(.*)'\n(?:.*\n)*bisect_all=(.*)\n",
                      theirs.stdout)
    wanted = found.group(1) + "\n" if found else ""
    if ours.stdout == wanted and ours.returncode == 0 and \
            ours_vars.stdout == theirs.stdout:
        return None, int(found.group(2)) if found else 0
    return ("bad %s good %s %s\ngit:\n%sculprit (%d):\n%s%s%s%s"
            % (bad, " ".join(goods), " ".join(options), theirs.stdout,
               ours.returncode, ours_vars.stdout, ours.stdout,
               ours_vars.stderr, ours.stderr)), 0


def ranges(repo, count, options):
    graphs = load(repo)
    rng = random.Random(3)
    jobs = [(repo, *draw_named(repo, graphs, rng, False), options)
            for _ in range(count)]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        results = list(pool.map(compare_range, jobs))
    wrong = [text for text, _ in results if text]
    real = sum(1 for _, suspects in results if suspects > 2)
    print("".join(text[:1500] + "\n" for text in wrong[:5]))
    print("%d ranges, %d with more than two suspects, %d differ"
          % (count, real, len(wrong)))
    return not wrong and real > count // 3


class Bisection:
    """A bare repository in the middle of a git bisect, set by its refs."""

    def __init__(self, repo, path):
        self.path = path
        subprocess.run(["git", "clone", "-q", "--bare", "--shared", repo,
                        path], check=True)

    def write(self, name, text):
        with open(os.path.join(self.path, name), "w",
                  encoding="ascii") as out:
            out.write(text)

    def next(self, bad, goods, skips):
        """The id that git would check out, or "skipped" or a complaint."""
        old = run("git", "-C", self.path, "for-each-ref",
                  "--format=delete %(refname)", "refs/bisect").stdout
        refs = {"refs/bisect/bad": bad}
        refs.update({"refs/bisect/good-" + g: g for g in goods})
        refs.update({"refs/bisect/skip-" + s: s for s in skips})
        for name in ["BISECT_ANCESTORS_OK", "BISECT_EXPECTED_REV"]:
            if os.path.exists(os.path.join(self.path, name)):
                os.unlink(os.path.join(self.path, name))
        self.write("BISECT_START", "master\n")
        self.write("BISECT_NAMES", "\n")
        self.write("BISECT_TERMS", "bad\ngood\n")
        self.write("BISECT_LOG", "")
        self.write("BISECT_HEAD", bad + "\n")
        if old:
            run("git", "-C", self.path, "update-ref", "--stdin", input=old)
        run("git", "-C", self.path, "update-ref", "--stdin", input="".join(
            "update %s %s\n" % pair for pair in refs.items()))
        said = run("git", "-C", self.path, "bisect", "next")
        found = re.search("([0-9a-f]{40}) is the first '?bad'? commit",
                          said.stdout)
        if found:
            return found.group(1)
        if said.returncode == 2:
            return "skipped"
        if said.returncode:
            return "git failed: " + said.stdout + said.stderr
        with open(os.path.join(self.path, "BISECT_HEAD"),
                  encoding="ascii") as head:
            return head.read().strip()


def draw_skips(repo, graphs, rng):
    """A range, its plain midpoint, and skips that mostly hit that one."""
    while True:
        bad, goods = draw_named(repo, graphs, rng, True)
        suspects = rev_list(repo, bad, goods).stdout.split()
        if not suspects:
            continue
        plain = rev_list(repo, bad, goods, "--bisect").stdout.strip()
        most = len(suspects)
        skips = set(rng.sample(suspects, rng.choice(
            [1, 1, min(2, most), most // 4, most // 2, most - 1, most])))
        if rng.random() < 0.7:
            skips.add(plain)
        if rng.random() < 0.2:
            skips.add(rng.choice(goods))
        if len(skips - set(goods)) <= 500:
            return bad, goods, plain, sorted(skips - set(goods))


def compare_skips(repo, bisection, jobs):
    wrong = []
    kinds = {"moved": 0, "skipped": 0, "found": 0}
    for bad, goods, plain, skips in jobs:
        theirs = bisection.next(bad, goods, skips)
        options = [word for skip in skips for word in ("--skip", skip)]
        said = culprit_next(repo, bad, goods, *options)
        ours = said.stdout.strip()
        if said.returncode == 2 and not ours and "skip" in said.stderr:
            ours = "skipped"
        if ours != theirs or (said.returncode and ours != "skipped"):
            wrong.append("bad %s good %s skip %s\ngit: %s\nculprit (%d): "
                         "%s\n%s\n" % (bad, " ".join(goods), " ".join(skips),
                                       theirs, said.returncode, ours,
                                       said.stderr))
        if theirs == "skipped":
            kinds["skipped"] += 1
        elif theirs == bad:
            kinds["found"] += 1
        elif theirs != plain:
            kinds["moved"] += 1
    return wrong, kinds


def skips_beside_git(repo, count):
    graphs = load(repo)
    rng = random.Random(5)
    jobs = [draw_skips(repo, graphs, rng) for _ in range(count)]
    bisections = [Bisection(repo, "%s.%d" % (repo, n)) for n in range(WORKERS)]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        parts = list(pool.map(
            lambda n: compare_skips(repo, bisections[n], jobs[n::WORKERS]),
            range(WORKERS)))
    wrong = [text for part, _ in parts for text in part]
    kinds = {kind: sum(part[kind] for _, part in parts)
             for kind in ("moved", "skipped", "found")}
    print("".join(text[:1500] + "\n" for text in wrong[:5]))
    print("%d ranges with skips, %d differ; git: %s"
          % (count, len(wrong), kinds))
    small = graphs[0].small()
    return not wrong and kinds["moved"] > count // 5 and \
        (not small or (kinds["skipped"] > count // 50 and kinds["found"]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("order", choices=["make", "ranges", "skips"])
    parser.add_argument("repo")
    parser.add_argument("what")
    parser.add_argument("--first-parent", action="store_true")
    args = parser.parse_args()
    if args.order == "make":
        make(args.repo, args.what)
        return
    if args.order == "ranges":
        options = ["--first-parent"] if args.first_parent else []
        right = ranges(args.repo, int(args.what), options)
    else:
        right = skips_beside_git(args.repo, int(args.what))
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
