#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long culprit takes beside git, for the same answers.

    bench.py FOLDER [git] [linux] [whole] [titles]
                            keeps its repository in FOLDER for the next time

$CULPRIT is the program.  Prints rows, tab between:

    BENCH name ours peer ratio unit

Times are CPU seconds of the whole process, user and system: the best of
seven runs, or one where that takes long.  The ratio is peer through ours, "-"
where there is no honest peer.  A name ends in "(at least Nx)" or "(at most N)"
where there is a target.  CRASH_CORPUS names a folder of console logs.

LINUX_LIKE names a bare repository made by gen_linuxlike.py (1.3 million
commits, tags v1 to v85 and next); where it is not set but that program is
there, or is named by GEN_LINUXLIKE, it is made: a minute, and 500 MB.
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


def cpu(argv, runs=7, memory=None):
    """Least CPU time of some runs, and what the last one printed.

    memory: a list that gets the most memory of the runs, in MB; what is
    mapped of the repository's own files counts in that."""
    best = None
    for _ in range(runs):
        with tempfile.TemporaryFile("w+") as said:
            pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=[
                (os.POSIX_SPAWN_DUP2, said.fileno(), 1)])
            _, status, used = os.wait4(pid, 0)
            if status:
                sys.exit("failed: " + " ".join(argv))
            said.seek(0)
            text = said.read()
        if memory is not None:
            memory.append(used.ru_maxrss / 1024)
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


def target(least):
    return " (at least %gx)" % least if least else ""


def midpoint(repo, good, bad, graph, runs=7, least=None):
    ours, our_answer = cpu([os.environ["CULPRIT"], "next", "--repo", repo,
                            "--bad", bad, "--good", good])
    peer, git_answer = cpu(["git", "-C", repo, "rev-list", "--bisect", bad,
                            "^" + good], runs)
    if our_answer != git_answer:
        sys.exit("the answers differ on %s..%s" % (good, bad))
    suspects = output("git", "-C", repo, "rev-list", "--count",
                      good + ".." + bad).strip()
    row("midpoint of %s commits, %s%s" % (suspects, graph, target(least)),
        ours, peer)


def all_weights(repo, good, bad, least=None):
    """With a skip every weight has to be known, in git too."""
    middle = output("git", "-C", repo, "rev-list", "--bisect", bad,
                    "^" + good).strip()
    ours, _ = cpu([os.environ["CULPRIT"], "next", "--repo", repo, "--bad",
                   bad, "--good", good, "--skip", middle])
    peer, _ = cpu(["git", "-C", repo, "rev-list", "--bisect-all", bad,
                   "^" + good])
    row("all weights of %s..%s%s" % (good, bad, target(least)), ours, peer)


def shared_clone(repo, path, *config):
    """The same objects by an alternate, with a configuration of its own."""
    if not os.path.exists(os.path.join(path, "complete")):
        subprocess.run(["rm", "-rf", path], check=True)
        output("git", "clone", "-q", "--bare", "--shared", repo, path)
        for key, value in config:
            output("git", "-C", path, "config", key, value)
        with open(os.path.join(path, "complete"), "w", encoding="ascii"):
            pass
    return path


def linux_like(folder):
    """A repository of Linux's size; None where there is none to be had."""
    repo = os.environ.get("LINUX_LIKE")
    if repo:
        return os.path.abspath(repo)
    program = os.environ.get("GEN_LINUXLIKE", os.path.join(
        HERE, "../../../shared/tools/gen_linuxlike.py"))
    repo = os.path.abspath(os.path.join(folder, "linuxlike.git"))
    if os.path.exists(os.path.join(repo, "complete")):
        return repo
    if not os.path.exists(program):
        print("no repository of Linux's size: name one in LINUX_LIKE, or the "
              "program that makes one in GEN_LINUXLIKE", file=sys.stderr)
        return None
    subprocess.run(["rm", "-rf", repo], check=True)
    output("git", "init", "-q", "--bare", repo)
    made = subprocess.Popen([sys.executable, program, "linux", "--commits",
                             "1300000", "--seed", "1"],
                            stdout=subprocess.PIPE)
    subprocess.run(["git", "-C", repo, "fast-import", "--quiet", "--force"],
                   stdin=made.stdout, check=True)
    if made.wait():
        sys.exit("gen_linuxlike.py failed")
    with open(os.path.join(repo, "complete"), "w", encoding="ascii"):
        pass
    return repo


def whole(repo, graph, most=None, limit=None):
    """git does not come to an end here within a quarter of an hour."""
    root = output("git", "-C", repo, "rev-list", "--max-parents=0",
                  "v85").split()[-1]
    memory = []
    ours, _ = cpu([os.environ["CULPRIT"], "next", "--repo", repo, "--bad",
                   "v85", "--good", root], 1, memory)
    row("midpoint of all history, 1.3 million, %s%s" % (
        graph, " (at most %s)" % most if most else ""), ours, None)
    row("memory of that%s" % (" (at most %s)" % limit if limit else ""),
        memory[0], None, "MB")


def warm(path, runs=5):
    """What tests/bench/warm says, the least of each."""
    program = os.path.join(os.path.dirname(os.environ["CULPRIT"]),
                           "tests/bench/warm")
    took = {}
    for _ in range(runs):
        for line in output(program, path).splitlines():
            name, number = line.split("\t")
            took[name] = min(float(number), took.get(name, float("inf")))
    return took


def session_of(repo, folder, good, bad, least=None):
    """A session as it is stored, and what it costs to have it open.

    least: how many times a process of git the next commit may take."""
    path = os.path.abspath(os.path.join(folder, "%s-%s" % (good, bad)))
    subprocess.run(["rm", "-rf", path], check=True)
    culprit = [os.environ["CULPRIT"], "--session-dir", path]
    subprocess.run(culprit + ["start", bad, good], cwd=repo, check=True,
                   stdout=subprocess.DEVNULL)
    took = warm(path)
    peer, _ = cpu(["git", "-C", repo, "rev-list", "--bisect", bad,
                   "^" + good])
    what = "%d commits" % took["suspects"]
    row("open a session of %s (at most 50)" % what, took["open"], None, "ms")
    for answer in "next if good", "next if bad":
        row("%s, warm, %s (at most 10%s)" % (
            answer, what, "; at least %dx" % least if least else ""),
            took[answer], peer * 1000, "ms")
    row("override at step 3 of %d, %s" % (took["steps"], what),
        took["override"], peer * 1000, "ms")
    row("the range as a view, " + what, took["view"], None, "ms")
    row("memory of an open session, %s (at most 30)" % what,
        took["kilobytes"] / 1024, None, "MB")
    for step in range(10):
        subprocess.run(culprit + ["bad" if step % 3 else "good"], cwd=repo,
                       check=True, stdout=subprocess.DEVNULL)
    took = warm(path)
    row("first step back in a replay, " + what, took["first step back"], None,
        "ms")
    row("dearest further step back, " + what, took["dearest step back"], None,
        "ms")
    row("a search as a course, " + what, took["course"], None, "ms")
    row("what if its third verdict were another, " + what, took["what if"],
        None, "ms")


def whole_session(repo, folder):
    """A session over all of history: what begins with it is paid once."""
    path = os.path.abspath(os.path.join(folder, "whole"))
    subprocess.run(["rm", "-rf", path], check=True)
    culprit = [os.environ["CULPRIT"], "--session-dir", path]
    root = output("git", "-C", repo, "rev-list", "--max-parents=0",
                  "v85").split()[-1]
    cwd = os.getcwd()
    os.chdir(repo)
    spent, _ = cpu(culprit + ["start", "v85", root], 1)
    row("begin a session of all history, 1.3 million", spent, None)
    memory = []
    spent, _ = cpu(culprit + ["status"], 1, memory)
    os.chdir(cwd)
    row("its status", spent, None)
    row("memory of that (at most 200)", memory[0], None, "MB")
    took = warm(path, 1)
    row("open it", took["open"], None, "ms")
    row("memory of that open (at most 200)", took["kilobytes"] / 1024, None,
        "MB")
    for answer in "next if good", "next if bad", "override":
        row("%s, all history" % answer, took[answer], None, "ms")
    row("the range as a view, all history", took["view"], None, "ms")
    output("git", "-C", repo, "worktree", "prune")
    subprocess.run(["rm", "-rf", path], check=True)


def clones(folder):
    """With a commit-graph, and without: None where there is no repository."""
    big = linux_like(folder)
    if not big:
        return None, None
    graph = shared_clone(big, os.path.join(folder, "linux-graph.git"))
    if not os.path.exists(os.path.join(big, "objects/info/commit-graph")) and \
            not os.path.exists(os.path.join(graph,
                                            "objects/info/commit-graph")):
        output("git", "-C", graph, "commit-graph", "write", "--reachable",
               "--no-progress")
    plain = shared_clone(big, os.path.join(folder, "linux-plain.git"),
                         ("core.commitGraph", "false"))
    return graph, plain


def linux(folder):
    graph, plain = clones(folder)
    if not graph:
        return
    midpoint(plain, "v84", "v85", "no commit-graph", least=1.5)
    midpoint(graph, "v84", "v85", "commit-graph", least=10)
    midpoint(graph, "v82", "v85", "commit-graph", least=30)
    all_weights(graph, "v84", "next", least=20)
    midpoint(graph, "v75", "v85", "commit-graph", 1, least=100)
    session_of(graph, folder, "v84", "v85", 50)
    session_of(graph, folder, "v84", "next")


def whole_history(folder):
    graph, plain = clones(folder)
    if not graph:
        return
    whole(graph, "commit-graph", "2.5", "200")
    whole(plain, "no commit-graph")
    whole_session(graph, folder)


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


def small(folder):
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


PIECES = {"git": small, "linux": linux, "whole": whole_history,
          "titles": titles}


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    os.environ["GIT_CONFIG_NOSYSTEM"] = "1"
    os.environ["GIT_CONFIG_GLOBAL"] = "/dev/null"
    for name, piece in PIECES.items():
        if name in sys.argv[2:] or len(sys.argv) == 2:
            piece(folder)


if __name__ == "__main__":
    main()
