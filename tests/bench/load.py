#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Much of everything: a session of weeks, and runs that flood.

    load.py FOLDER [weeks] [range] [flood]
                            works in FOLDER, which make clean removes

$CULPRIT is the program.  Rows as bench.py has them, whose names begin with
"load"; none has a peer.  What has to be exact (bytes that were written, who
is alive) ends the program where it is not.
"""

import os
import shutil
import subprocess
import sys
import threading
import time

import bench
import screen
from screen import IDLE, Terminal, p95, row, say

HERE = os.path.dirname(os.path.abspath(__file__))
RUNS = 20        # at once
SPEED = 10       # MB/s of each
SECONDS = 4      # that each writes
KEYS = [b"j", b"k", b"G", b"g"]

SETTINGS = """policy = "syzkaller/%d/%d";
build: { command = "true"; };
test: { command = "%s %s"; output_limit = 200; slots = %d; };
"""


def flood():
    """The test of a flooding run: so many bytes, no faster than SPEED."""
    line = screen.LINE
    ring = b"".join(line % (n, n, n % 999, n % 9, n % 999)
                    for n in range(16_000))
    size = SPEED * SECONDS * 1_000_000
    began, written = time.monotonic(), 0
    while written < size:
        at = written % (len(ring) - 65536)
        written += os.write(1, ring[at:at + min(65536, size - written)])
        ahead = written / (SPEED * 1e6) - (time.monotonic() - began)
        if ahead > 0:
            time.sleep(ahead)


def status(pid, name):
    try:
        with open("/proc/%d/status" % pid, encoding="ascii") as file:
            for line in file:
                if line.startswith(name + ":"):
                    return int(line.split()[1]) / 1024
    except FileNotFoundError:
        pass
    return 0.0


def cpu_of(pid):
    """Seconds, of the process alone."""
    with open("/proc/%d/stat" % pid, encoding="ascii") as stat:
        words = stat.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


class Watched(threading.Thread):
    """How much memory a process had, from time to time."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid = pid
        self.seen = []
        self.cpu = 0.0
        self.over = threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.1):
            now = status(self.pid, "VmRSS")
            if not now:
                return
            self.seen.append(now)
            self.cpu = cpu_of(self.pid)

    def grown(self):
        """MiB between the first quarter and the last."""
        quarter = max(1, len(self.seen) // 4)
        return max(self.seen[-quarter:]) - max(self.seen[:quarter])


def press(terminal, keys, count):
    """Milliseconds from a key to its page, and of processor time."""
    took, spent = [], []
    for i in range(count):
        cpu, began = terminal.cpu(), time.monotonic()
        terminal.key(keys[i % len(keys)])
        end = terminal.until(lambda: terminal.shown >= terminal.keys)
        took.append((end - began) * 1000)
        spent.append((terminal.cpu() - cpu) * 1000)
        terminal.run(0.02)
    return took, spent


def flood_rows(folder):
    path = os.path.join(folder, "load.cfg")
    command = "%s %s" % (sys.executable, os.path.abspath(__file__))
    session = screen.Session(
        folder, SETTINGS % (RUNS, 2 * RUNS, command, "--flood", RUNS), 3)
    try:
        engine = subprocess.Popen(session.argv("run", "--batch"),
                                  stdout=subprocess.DEVNULL)
        session.engine = engine
        watched = Watched(engine.pid)
        while len(session.consoles("%d.console" % (RUNS - 1))) < 1:
            if engine.poll() is not None:
                sys.exit("the engine ended")
            time.sleep(0.01)
        began = time.monotonic()
        terminal = session.screen()
        terminal.key(b"5")
        terminal.until(lambda: terminal.shown >= terminal.keys)
        before = terminal.status("VmRSS")
        took = []
        while engine.poll() is None and time.monotonic() < began + 300:
            took += press(terminal, KEYS, 8)[0]
        lasted = time.monotonic() - began
        watched.over.set()
        grown = (terminal.status("VmRSS") - before) / 1024
        terminal.close()
        if engine.returncode not in (0, 2):
            sys.exit("the engine ended with %r" % engine.returncode)
        size = SPEED * SECONDS * 1_000_000
        consoles = [os.path.join(where, name)
                    for where, _, names in os.walk(
                        os.path.join(session.dir, "runs"))
                    for name in names if name.endswith(".console")]
        short = [c for c in consoles if os.path.getsize(c) != size]
        if short or len(consoles) % RUNS:
            sys.exit("%d of %d consoles are not whole" %
                     (len(short), len(consoles)))
        total = len(consoles) * size / 1e6
        row("load: %d runs at once, what they wrote, nothing dropped" % RUNS,
            total, None, "MB")
        row("load: the same, how fast it was taken in", total / lasted, None,
            "MB/s")
        row("load: the same, the engine's CPU", watched.cpu * 1000 / total,
            None, "ms/MB")
        row("load: the same, memory of the engine at most",
            max(watched.seen), None, "MiB")
        row("load: the same, growth of that", watched.grown(), None, "MiB")
        row("load: the same, growth of the screen", grown, None, "MiB")
        row("load: the same, key to page, p95", p95(took), None, "ms")
        row("load: the same, key to page, worst", max(took), None, "ms")
    finally:
        session.close()
        if os.path.exists(path):
            os.unlink(path)


VIEWS = [(b"1", "steps"), (b"2", "range"), (b"3", "runs"),
         (b"6", "evidence"), (b"9", "log"), (b"8", "replay")]


def weeks(folder, policy):
    """A session of 10,000 events and 2,000 runs."""
    path = os.path.join(folder, "load-session")
    shutil.rmtree(path, ignore_errors=True)
    bench = os.path.join(os.path.dirname(os.path.abspath(screen.CULPRIT)),
                         "tests/bench")
    subprocess.run([os.path.join(bench, "many"), path, policy], check=True,
                   stdout=subprocess.DEVNULL)
    what = "10,000 events, 2,000 runs, %s" % policy.split("/")[0]
    took = {}
    for _ in range(3):
        for line in subprocess.run([os.path.join(bench, "warm"), path],
                                   check=True, text=True,
                                   stdout=subprocess.PIPE).stdout.splitlines():
            name, number = line.split("\t")
            took[name] = min(float(number), took.get(name, float("inf")))
    row("load: open %s, CPU" % what, took["open"], None, "ms")
    row("load: the plan after one more verdict, " + what,
        max(took["next if good"], took["next if bad"]), None, "ms")
    row("load: an override, " + what, took["override"], None, "ms")
    terminal = Terminal([screen.CULPRIT, "--session-dir", path])
    terminal.until(lambda: IDLE.search(terminal.tail))
    row("load: the screen, to its first page and all behind it, CPU",
        terminal.cpu() * 1000, None, "ms")
    for key, name in VIEWS:
        spent = press(terminal, [key], 1)[1]
        row("load: to the %s, CPU" % name, spent[0], None, "ms")
        spent = press(terminal, KEYS, 12)[1]
        row("load: a key there, CPU, worst of 12", max(spent), None, "ms")
    row("load: memory of the screen", terminal.status("VmRSS") / 1024, None,
        "MiB")
    terminal.close()
    shutil.rmtree(path)


# Keys of the range view, and what each is; the fold below the newer end is
# unfolded first.
RANGE = [([b"j", b"\r"], "unfolded"), ([b"j", b" ", b"G", b"g"], "a move"),
         ([b"z"], "folded"), ([b"V", b"G", b"g"], "a mark and its cost"),
         ([b"V"], "no mark")]


def range_rows(folder):
    """The range on the screen, on a repository of Linux's size."""
    repo = bench.linux_like(folder)
    if not repo:
        return
    for good, bad in ("v84", "v85"), ("v84", "next"), ("v81", "next"):
        path = os.path.join(folder, "load-range")
        shutil.rmtree(path, ignore_errors=True)
        argv = [screen.CULPRIT, "--session-dir", path]
        subprocess.run(argv + ["start", bad, good], check=True, cwd=repo,
                       stdout=subprocess.DEVNULL)
        count = bench.output("git", "-C", repo, "rev-list", "--count", bad,
                             "^" + good).strip()
        terminal = Terminal(argv, cwd=repo)
        terminal.until(lambda: IDLE.search(terminal.tail))
        terminal.run(1)
        name = "load: the range of %s commits, " % count
        row(name + "brought up, CPU", press(terminal, [b"2"], 1)[1][0], None,
            "ms")
        for keys, what in RANGE:
            row(name + what + ", CPU, worst",
                max(press(terminal, keys, len(keys))[1]), None, "ms")
        for what in "the first search", "the next":
            press(terminal, [b"/"] + [b"x"] * 9, 10)
            cpu = terminal.cpu()
            terminal.key(b"\r")
            terminal.until(lambda: terminal.shown >= terminal.keys)
            row(name + what + " that finds nothing, by slices, CPU",
                (terminal.cpu() - cpu) * 1000, None, "ms")
        row(name + "memory", terminal.status("VmRSS") / 1024, None, "MiB")
        terminal.close()
        subprocess.run(["git", "-C", repo, "worktree", "prune"], check=True)
        shutil.rmtree(path)


def main():
    if sys.argv[1] == "--flood":
        flood()
        return
    folder = os.path.abspath(sys.argv[1])
    os.makedirs(folder, exist_ok=True)
    os.environ.update(GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null")
    if "weeks" in sys.argv[2:] or len(sys.argv) == 2:
        weeks(folder, "adaptive")
        weeks(folder, "syzkaller/10/20")
    if "range" in sys.argv[2:] or len(sys.argv) == 2:
        range_rows(folder)
    if "flood" in sys.argv[2:] or len(sys.argv) == 2:
        flood_rows(folder)


if __name__ == "__main__":
    main()
