#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the screen costs beside less, tail, tig and htop, in the same run.

    screen.py FOLDER        works in FOLDER, which make clean removes

$CULPRIT is the program.  Rows as bench.py has them; a peer that is not
installed leaves its row out, with a word on standard error.  All terminals
are 100x30.

A key of ours counts until the page that shows it is written whole; of a peer,
which does not tell, until its first byte.
"""

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time

VT = os.path.abspath("tests/vt/vt")
CULPRIT = os.environ.get("CULPRIT", "culprit")
FLOOD = 50_000_000  # bytes a second
SECONDS = 5
SETTLE = 12  # what began with the screen has ended by then
KEYS = 100
IDLE = re.compile(rb"\x1b_culprit idle (\d+) \d+x\d+\x1b\\")
LINE = (b"[%5d.%06d][ T%3d] usb %d-1: new high-speed USB device number %3d "
        b"using xhci_hcd\n")


def say(text):
    print(text, file=sys.stderr, flush=True)


def row(name, ours, peer, unit):
    if ours is None:
        return
    print("BENCH\t%s\t%.3f\t%s\t%s\t%s" % (
        name, ours, "-" if peer is None else "%.3f" % peer,
        "-" if peer is None else "%.1f" % (peer / max(ours, 0.001)), unit),
        flush=True)


def have(peer):
    if shutil.which(peer):
        return True
    say("%s is not installed: its rows are left out" % peer)
    return False


class Terminal:
    """A program on a terminal; all it writes is counted."""

    def __init__(self, argv, cwd=None, stdin=None):
        self.bytes = 0
        self.keys = 0   # sent
        self.shown = 0  # that the program says it has shown
        self.tail = b""
        self.began = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            size = struct.pack("HHHH", 30, 100, 0, 0)
            fcntl.ioctl(1, termios.TIOCSWINSZ, size)
            os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8",
                              CULPRIT_IDLE_FD="1", LESS="", LESSHISTFILE="-",
                              HTOPRC="/dev/null")
            if cwd:
                os.chdir(cwd)
            if stdin:
                os.dup2(os.open(stdin, os.O_RDONLY), 0)
            try:
                os.execvp(argv[0], argv)
            finally:
                os._exit(127)

    def read(self, seconds):
        """What comes within that time; b"" when nothing does."""
        if not select.select([self.fd], [], [], max(0, seconds))[0]:
            return b""
        try:
            data = os.read(self.fd, 1 << 20)
        except OSError:
            sys.exit("a program ended that should not have")
        marks = IDLE.findall(self.tail + data)
        if marks:
            self.shown = int(marks[-1])
        if b"\x1b[5n" in self.tail[-3:] + data:  # are you there?
            os.write(self.fd, b"\x1b[0n")
        self.bytes += len(data) - sum(
            len(m.group()) for m in IDLE.finditer(data))
        self.tail = (self.tail + data)[-40:]
        return data

    def run(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(end - time.monotonic())

    def quiet(self, gap=0.05, limit=20):
        """Until it writes nothing for so long; when it last wrote."""
        last = time.monotonic()
        end = last + limit
        while self.read(gap) and time.monotonic() < end:
            last = time.monotonic()
        return last

    def until(self, condition, limit=30):
        end = time.monotonic() + limit
        while not condition():
            if time.monotonic() > end:
                sys.exit("it did not come to that: " + repr(self.tail))
            self.read(0.1)
        return time.monotonic()

    def key(self, key):
        self.keys += 1
        os.write(self.fd, key)

    def cpu(self):
        """Seconds on a processor, of all threads."""
        spent = 0
        for task in os.listdir("/proc/%d/task" % self.pid):
            with open("/proc/%d/task/%s/schedstat" % (self.pid, task),
                      encoding="ascii") as stat:
                spent += int(stat.read().split()[0])
        return spent / 1e9

    def status(self, name):
        with open("/proc/%d/status" % self.pid, encoding="ascii") as status:
            for line in status:
                if line.startswith(name + ":"):
                    return int(line.split()[1])
        return 0

    def wakes(self):
        total = 0
        for task in os.listdir("/proc/%d/task" % self.pid):
            with open("/proc/%d/task/%s/status" % (self.pid, task),
                      encoding="ascii") as status:
                for line in status:
                    if line.startswith("voluntary_ctxt_switches:"):
                        total += int(line.split()[1])
        return total

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def p95(values):
    return sorted(values)[int(len(values) * 0.95)]


class Flood:
    """A process that makes a file grow by FLOOD bytes a second."""

    def __init__(self, path):
        self.path = path
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self.write()
            finally:
                os._exit(1)

    def write(self):
        ring = b"".join(LINE % (n, n, n % 999, n % 9, n % 999)
                        for n in range(250_000))
        # never in step with the ring, so that the end is another each time
        chunk = 1_003_003
        began, written = time.monotonic(), 0
        with open(self.path, "ab", buffering=0) as out:
            while True:
                at = written % (len(ring) - chunk)
                written += out.write(ring[at:at + chunk])
                ahead = written / FLOOD - (time.monotonic() - began)
                if ahead > 0:
                    time.sleep(ahead)

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.truncate(self.path, 0)


def git(repo, *argv):
    return subprocess.run(("git", "-C", repo) + argv, check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


class Session:
    """One of the scripted runner, on a line of commits."""

    def __init__(self, folder, settings, commits=40):
        self.repo = os.path.join(folder, "screen-repo")
        self.dir = os.path.join(folder, "screen-session")
        self.engine = None
        for path in self.repo, self.dir:
            shutil.rmtree(path, ignore_errors=True)
        subprocess.run(["git", "init", "-q", "-b", "main", self.repo],
                       check=True)
        stream = b"".join(
            b"commit refs/heads/main\ncommitter C <c@example.com> %d +0000\n"
            b"data 9\ncommit %02d\nM 644 inline number\ndata 2\n%02d\n\n"
            % (1700000000 + n * 60, n, n) for n in range(commits))
        subprocess.run(["git", "-C", self.repo, "fast-import", "--quiet"],
                       input=stream, check=True)
        path = os.path.join(folder, "screen.cfg")
        with open(path, "w", encoding="ascii") as out:
            out.write(settings)
        self.culprit("start", "-c", path, "main",
                     "main~%d" % (commits - 1))

    def argv(self, *words):
        return [CULPRIT, "-C", self.repo, "--session-dir", self.dir, *words]

    def culprit(self, *words):
        return subprocess.run(self.argv(*words), check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    def run(self):
        """Let an engine begin a run that does not end; its console."""
        self.engine = subprocess.Popen(self.argv("run"),
                                       stdout=subprocess.DEVNULL)
        runs = os.path.join(self.dir, "runs")
        while not self.consoles("1.console"):
            if self.engine.poll() is not None:
                sys.exit("the engine ended")
            time.sleep(0.01)
        return self.consoles("1.console")[0]

    def consoles(self, wanted):
        return [os.path.join(where, name)
                for where, _, names in os.walk(os.path.join(self.dir, "runs"))
                for name in names if name == wanted]

    def screen(self):
        terminal = Terminal(self.argv())
        terminal.until(lambda: IDLE.search(terminal.tail))
        return terminal

    def close(self):
        if self.engine:
            self.engine.terminate()
            self.engine.wait()
        for path in self.repo, self.dir:
            shutil.rmtree(path, ignore_errors=True)


def follow(make, path):
    """CPU in percent, and KB/s to the terminal, following a flood."""
    flood = Flood(path)
    terminal = make()
    terminal.run(1)
    spent, wrote, began = terminal.cpu(), terminal.bytes, time.monotonic()
    size = os.path.getsize(path)
    terminal.run(SECONDS)
    took = time.monotonic() - began
    rate = (os.path.getsize(path) - size) / took
    if rate < FLOOD * 0.9:
        say("a busy machine: the flood was of %.1f MB/s" % (rate / 1e6))
    result = ((terminal.cpu() - spent) / took * 100,
              (terminal.bytes - wrote) / took / 1000)
    terminal.close()
    flood.close()
    return result


def flood_rows(session, console):
    cpu, wrote = follow(session.screen, console)
    for peer, argv in ("less +F", ["less", "+F"]), ("tail -f", ["tail", "-f"]):
        if not have(argv[0]):
            continue
        theirs = follow(lambda: Terminal(argv + [console]), console)
        row("CPU under a flood of 50 MB/s, beside " + peer, cpu, theirs[0],
            "%")
        row("to the terminal under it, beside " + peer, wrote, theirs[1],
            "KB/s")


def our_keys(terminal, keys):
    """Milliseconds from a key to the whole page that shows it."""
    took = []
    for i in range(KEYS):
        began = time.monotonic()
        terminal.key(keys[i % len(keys)])
        end = terminal.until(lambda: terminal.shown >= terminal.keys)
        took.append((end - began) * 1000)
        terminal.run(0.013)
    return took


def their_keys(argv, keys, cwd=None):
    terminal = Terminal(argv, cwd)
    terminal.run(2)
    took = []
    for i in range(KEYS):
        terminal.quiet(0.02)
        began = time.monotonic()
        terminal.key(keys[i % len(keys)])
        if terminal.read(1):
            took.append((time.monotonic() - began) * 1000)
    terminal.close()
    return p95(took) if took else None


def leaving_follow(console):
    """From ^C to the last byte less writes before it stands still."""
    flood = Flood(console)
    terminal = Terminal(["less", "+F", console])
    terminal.run(1)
    took = []
    for _ in range(20):
        began = time.monotonic()
        terminal.key(b"\x03")
        took.append((terminal.quiet(0.1) - began) * 1000)
        terminal.key(b"F")
        terminal.run(0.2)
    terminal.close()
    flood.close()
    return p95(took)


def key_rows(session, console, kernel):
    keys = [b"k", b"j", b"g", b"G"]
    terminal = session.screen()
    idle = p95(our_keys(terminal, keys))
    flood = Flood(console)
    terminal.run(1)
    flooded = p95(our_keys(terminal, keys))
    flood.close()
    terminal.close()
    if kernel and have("tig"):
        row("key to page, idle, p95, beside tig", idle,
            their_keys(["tig"], [b"j", b"k"], kernel), "ms")
    if have("htop"):
        row("key to page, idle, p95, beside htop", idle,
            their_keys(["htop"], [b"\x1bOB", b"\x1bOA"]), "ms")
    row("key to page, under a flood, p95, beside less leaving +F", flooded,
        leaving_follow(console) if have("less") else None, "ms")


def at_rest(terminal):
    """Wake-ups and bytes a second, with nobody there for a while."""
    terminal.run(SETTLE)
    woke, wrote, spent = terminal.wakes(), terminal.bytes, terminal.cpu()
    began = time.monotonic()
    terminal.run(SECONDS)
    took = time.monotonic() - began
    result = ((terminal.wakes() - woke) / took,
              (terminal.bytes - wrote) / took,
              (terminal.cpu() - spent) / took * 100)
    terminal.close()
    return result


def idle_rows(session, what):
    ours = at_rest(session.screen())
    peer = at_rest(Terminal(["htop"])) if have("htop") else (None,) * 3
    for name, unit, a, b in zip(("wake-ups", "to the terminal", "CPU"),
                                ("/s", "B/s", "%"), ours, peer):
        row("idle, %s, %s, beside htop" % (what, name), a, b, unit)


def start_row(session, kernel):
    took = []
    for _ in range(5):
        terminal = Terminal(session.argv())
        end = terminal.until(lambda: IDLE.search(terminal.tail))
        took.append((end - terminal.began) * 1000)
        terminal.close()
    peer = []
    for _ in range(5 if kernel and have("tig") else 0):
        terminal = Terminal(["tig"], kernel)
        terminal.until(lambda: b"[main]" in terminal.tail or
                       terminal.bytes > 2500)
        peer.append((time.monotonic() - terminal.began) * 1000)
        terminal.close()
    row("start to the first whole page, beside tig",
        statistics.median(took), statistics.median(peer) if peer else None,
        "ms")


SCRIPTED = 'policy = "syzkaller/5/10";\nfake: { slots = 1; script = "%s"; };\n'
SHOWS = """policy = "exit-code";
build: { command = "true"; };
test: { command = "cat %s"; crash = "never"; output_limit = 200; };
"""


def large_log(path):
    """100 MB, with one line that is like no other in the middle."""
    written, n = 0, 0
    with open(path, "wb") as out:
        while written < 100_000_000:
            block = b"".join(LINE % (i, i % 1000000, i % 999, i % 9, i % 999)
                             for i in range(n, n + 10_000))
            if written < 50_000_000 <= written + len(block):
                block += b"[77777.000000][ T777] the teapot boils over\n"
            n += 10_000
            written += out.write(block)
    return path


def laps(*steps):
    """The laps of a script of tests/vt/vt, in milliseconds."""
    done = subprocess.run([VT], input="size 100x30\n" + "\n".join(steps) +
                          "\n", text=True, stdout=subprocess.PIPE,
                          env=dict(os.environ, LC_ALL="C.UTF-8", LESS="",
                                   VT_TIMEOUT="120",
                                   TERM="xterm-256color", LESSHISTFILE="-"))
    if done.returncode:
        say(done.stdout)
        sys.exit("a step failed")
    return {line.split()[1]: float(line.split()[2])
            for line in done.stdout.splitlines() if line.startswith("lap ")}


def reading_rows(session, console):
    """A log of 100 MB: opened at its end, and searched."""
    with open(console, "rb") as log:
        lines = sum(block.count(b"\n")
                    for block in iter(lambda: log.read(1 << 20), b""))
    ours = laps("start " + " ".join(session.argv()), "full", "idle",
                "key 5", "wait %d lines" % lines, "lap end",
                "key g", "idle", "text /the.teapot", "idle",
                "key Enter", "wait ] the teapot boils", "lap first",
                "wait match 1 of 1", "lap all", "key Esc g", "idle",
                "text /no.such.thing", "idle",
                "key Enter", "wait nothing matches", "lap none")
    less = {}
    if have("less"):
        less = laps("start less -N +G " + console, "wait (END)", "lap end",
                    "sh sleep 0.3", "key g", "wait  1 [", "text /the.teapot",
                    "wait /the.teapot", "key Enter",
                    "wait ] the teapot boils", "lap first", "key g",
                    "wait  1 [", "text /no.such.thing",
                    "wait /no.such.thing", "key Enter",
                    "wait Pattern not found", "lap none")
    for name, what in (("end", "open at the end, with line numbers"),
                       ("first", "search, to a hit in the middle"),
                       ("none", "search, no hit at all")):
        row("100 MB of console: %s, beside less" % what, ours[name],
            less.get(name), "ms")
    row("100 MB of console: search, all hits counted", ours["all"], None,
        "ms")


def memory_rows(session, console):
    terminal = session.screen()
    for key in b"5", b"g", b"G":
        terminal.key(key)
    terminal.until(lambda: terminal.shown >= terminal.keys)
    terminal.run(1)
    ours = terminal.status("VmRSS") / 1024
    terminal.close()
    for peer, argv, stdin in (("less", ["less", console], None),
                              ("tig", ["tig"], console)):
        if not have(peer):
            continue
        terminal = Terminal(argv, stdin=stdin)
        terminal.run(2)
        terminal.key(b"G")
        terminal.quiet(1)
        row("100 MB of console: resident memory, beside " + peer, ours,
            terminal.status("VmRSS") / 1024, "MiB")
        terminal.close()


def reading(folder):
    session = Session(folder, SHOWS % large_log(
        os.path.join(folder, "screen.log")), commits=3)
    try:
        session.culprit("run", "--batch")
        console = session.consoles("0.console")[0]
        memory_rows(session, console)
        if os.access(VT, os.X_OK):
            reading_rows(session, console)
        else:
            say("no tests/vt/vt, which needs libvterm-dev: the rows of the "
                "console view are left out")
    finally:
        session.close()


def main():
    folder = os.path.abspath(sys.argv[1])
    os.makedirs(folder, exist_ok=True)
    os.environ.update(GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null")
    kernel = os.path.join(folder, "kernel-60000.git")
    if not os.path.exists(os.path.join(kernel, "complete")):
        say("no %s, which bench.py makes: tig is left out" % kernel)
        kernel = None
    session = Session(folder, SCRIPTED % "* runs=.~")
    try:
        console = session.run()
        start_row(session, kernel)
        idle_rows(session, "a run goes on")
        key_rows(session, console, kernel)
        flood_rows(session, console)
    finally:
        session.close()
    session = Session(folder, SCRIPTED % "* runs=X")
    try:
        session.culprit("run", "--batch")
        idle_rows(session, "all is done")
    finally:
        session.close()
    reading(folder)


if __name__ == "__main__":
    main()
