#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long culprit takes beside git, for the same answers.

    bench.py FOLDER         keeps its repository in FOLDER for the next time

$CULPRIT is the program.  Prints rows, tab between:

    BENCH name ours peer ratio unit

Times are CPU seconds of the whole process, user and system, the best of
three; CRASH_CORPUS names a folder of console logs; ratio is peer through ours; "-" where there is no honest peer.
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


CRASH = b"""[ 9000.000001][  T42] BUG: KASAN: use-after-free in teapot+0x1/0x2
[ 9000.000002][  T42] Read of size 8 at addr ffff888000000000 by task a/42
[ 9000.000003][  T42] Call Trace:
[ 9000.000004][  T42]  teapot+0x1/0x2
[ 9000.000005][  T42]  vfs_read+0x1/0x2
[ 9000.000006][  T42]  do_syscall_64+0x1/0x2
"""


def consoles(folder):
    """64 MiB without a crash, and the same with one at its end."""
    line = b"[%5d.%06d][ T%d] usb %d-1: new high-speed device number %d\n"
    clean = os.path.join(folder, "clean.console")
    crash = os.path.join(folder, "crash.console")
    text = b"".join(line % (n, n, n % 999, n % 9, n)
                    for n in range(1_200_000))[:64 << 20]
    for path, end in (clean, b"\n"), (crash, b"\n" + CRASH):
        with open(path, "wb") as out:
            out.write(text + end)
    return clean, crash


def titles(folder):
    culprit = os.environ["CULPRIT"]
    names = ("clean", "one crash at the end")
    for name, path in zip(names, consoles(folder)):
        spent, _ = cpu([culprit, "titles", path])
        row("titles, 64 MiB, " + name,
            os.path.getsize(path) / 1e6 / max(spent, 1e-6), None, "MB/s")
    beside = os.path.join(os.path.dirname(__file__),
                          "../../../shared/data/crash-corpus/dev")
    corpus = os.environ.get("CRASH_CORPUS", beside)
    if not os.path.isdir(corpus):
        print("no crash corpus: name its folder in CRASH_CORPUS",
              file=sys.stderr)
        return
    logs = sorted(os.path.join(corpus, name) for name in os.listdir(corpus)
                  if name.endswith(".txt"))
    size = sum(os.path.getsize(path) for path in logs)
    spent, _ = cpu([culprit, "titles"] + logs)
    row("titles, crash corpus", size / 1e6 / spent, None, "MB/s")
    row("titles, a log of the corpus", spent * 1000 / len(logs), None, "ms")
    dense = os.path.join(folder, "reports.console")
    with open(dense, "wb") as out:
        for path in logs * 20:
            with open(path, "rb") as log:
                out.write(log.read())
    spent, _ = cpu([culprit, "titles", "--all", dense])
    row("titles, reports one after another",
        os.path.getsize(dense) / 1e6 / spent, None, "MB/s")


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
    titles(folder)


if __name__ == "__main__":
    main()
