#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long culprit takes beside git, for the same answers.

    bench.py FOLDER         keeps its repository in FOLDER for the next time

$CULPRIT is the program.  Prints rows, tab between:

    BENCH name ours peer ratio unit

Times are CPU seconds of the whole process, user and system, the best of
three; ratio is peer through ours; "-" where there is no honest peer.
"""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
COMMITS = 60_000


def output(*argv):
    return subprocess.run(argv, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def cpu(argv):
    """Least CPU time of three runs, and what the last one printed."""
    best = None
    for _ in range(3):
        with tempfile.TemporaryFile("w+") as said:
            pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=[
                (os.POSIX_SPAWN_DUP2, said.fileno(), 1)])
            _, status, used = os.wait4(pid, 0)
            if status:
                sys.exit("failed: " + " ".join(argv))
            said.seek(0)
            text = said.read()
        spent = used.ru_utime + used.ru_stime
        best = spent if best is None else min(best, spent)
    return best, text


def row(name, ours, peer, unit="s"):
    print("BENCH\t%s\t%.3f\t%s\t%s\t%s" % (
        name, ours, "-" if peer is None else "%.3f" % peer,
        "-" if peer is None else "%.1f" % (peer / max(ours, 0.001)), unit),
        flush=True)


def repository(folder):
    repo = os.path.join(folder, "kernel-%d.git" % COMMITS)
    if not os.path.exists(os.path.join(repo, "complete")):
        subprocess.run(["rm", "-rf", repo], check=True)
        subprocess.run(["git", "init", "-q", "--bare", repo], check=True)
        made = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "..", "gen_dag.py"), "kernel",
             "--commits", str(COMMITS)], stdout=subprocess.PIPE)
        subprocess.run(["git", "-C", repo, "fast-import", "--quiet"],
                       stdin=made.stdout, check=True)
        if made.wait():
            sys.exit("gen_dag.py failed")
        with open(os.path.join(repo, "complete"), "w", encoding="ascii"):
            pass
    return repo


def midpoint(repo, good, bad, graph):
    ours, our_answer = cpu([os.environ["CULPRIT"], "next", "--repo", repo,
                            "--bad", bad, "--good", good])
    peer, git_answer = cpu(["git", "-C", repo, "rev-list", "--bisect", bad,
                            "^" + good])
    if our_answer != git_answer:
        sys.exit("the answers differ on %s..%s" % (good, bad))
    suspects = output("git", "-C", repo, "rev-list", "--count",
                      good + ".." + bad).strip()
    row("midpoint of %s commits, %s" % (suspects, graph), ours, peer)


def all_weights(repo, good, bad):
    """With a skip every weight has to be known, in git too."""
    middle = output("git", "-C", repo, "rev-list", "--bisect", bad,
                    "^" + good).strip()
    ours, _ = cpu([os.environ["CULPRIT"], "next", "--repo", repo, "--bad",
                   bad, "--good", good, "--skip", middle])
    peer, _ = cpu(["git", "-C", repo, "rev-list", "--bisect-all", bad,
                   "^" + good])
    row("all weights of %s..%s" % (good, bad), ours, peer)


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    os.environ["GIT_CONFIG_NOSYSTEM"] = "1"
    os.environ["GIT_CONFIG_GLOBAL"] = "/dev/null"
    repo = repository(folder)
    graph = os.path.join(repo, "objects/info/commit-graph")
    if os.path.exists(graph):
        os.unlink(graph)
    spans = [("v5", "v6"), ("v3", "v7"), ("v1", "v14")]
    for good, bad in spans:
        midpoint(repo, good, bad, "no commit-graph")
    output("git", "-C", repo, "commit-graph", "write", "--reachable")
    for good, bad in spans:
        midpoint(repo, good, bad, "commit-graph")
    all_weights(repo, "v3", "v7")


if __name__ == "__main__":
    main()
