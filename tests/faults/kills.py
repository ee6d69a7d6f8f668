#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bisections in which something is killed with kill -9, again and again.

    kills.py KIND KILLS SEED

KIND is who is killed, in a state of the session that is chosen at random or
at a random time:

    engine   the engine process, while the practice repository is bisected
             and its culprit verified, with git's gc run in between
    screen   the screen, which started the engine; that goes on
    order    a command that is giving an order
    build    any process of a build: make, the compiler, its keeper
    run      any process of a run
    guest    what a guest runs in that is visited over ssh
    sshd     the sshd in it

After each kill everything that was acknowledged must be there: what the log
showed, and orders that had returned 0.  A session that asks for a person gets
the answer that a person would give who knows of the kill.  Prints one line:
how many kills, how many sessions found the right commit, what was lost.  The
same seed makes the same choices; what is hit by them is up to the machine.

SMALL=1 takes a repository that is smaller than the practice repository; KEEP
names a folder for the sessions that did not end right.
"""

import collections
import fcntl
import json
import os
import pathlib
import pty
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

CULPRIT = os.environ.get("CULPRIT", "./culprit")
PATIENCE = 120  # seconds for anything to happen
STATES = ["build-begin", "build", "run-begin", "run-crash", "run", "verdict"]
GIT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A U Thor",
    "GIT_AUTHOR_EMAIL": "author@example.com",
    "GIT_COMMITTER_NAME": "C O Mitter",
    "GIT_COMMITTER_EMAIL": "c@example.com",
}


class Lost(Exception):
    """Something that must not happen has happened."""


def until(what, condition):
    """Wait for it, and return what it gave."""
    begin = time.monotonic()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() - begin > PATIENCE:
            raise Lost("waited in vain: " + what)
        time.sleep(0.02)


def read_file(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def alive(pid):
    state = read_file("/proc/%d/stat" % pid).rpartition(b") ")[2][:1]
    return state not in (b"", b"Z", b"X")


class Session:
    """A repository and its session in a folder of their own."""

    verify = ["verify", "--runs", "4"]
    verified = "the revert fixes it"

    def __init__(self, folder, seed):
        self.folder = folder
        self.repo = folder / "repo"
        self.random = random.Random(seed)
        self.env = dict(os.environ, HOME=str(folder), LC_ALL="C.UTF-8",
                        TERM="xterm-256color", **GIT)
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "GIT_DIR"):
            self.env.pop(name, None)
        self.known = []  # events that were shown
        self.notes = []  # that were acknowledged
        self.given = 0
        self.lost = 0
        self.screen = None
        self.make(seed)
        self.told = set()
        self.db = next((self.repo / ".git/culprit").glob("*/session.db"))
        self.dir = self.db.parent

    def make(self, seed):
        self.run("demo", "--batch", "--dir", str(self.repo), "--seed",
                 str(seed), "--rate", "100", "--policy",
                 self.random.choice(["syzkaller/3/3", "adaptive", "strict"]),
                 begin_only=True)

    def answer(self):
        return self.git("rev-parse", "refs/demo/answer")

    def git(self, *words):
        return subprocess.run(["git", "-C", str(self.repo), *words],
                              env=self.env, check=True, text=True,
                              capture_output=True).stdout.strip()

    def collect(self):
        """All that git can: not where a killed git has left a lock, which
        the next engine takes away."""
        for words in (["reflog", "expire", "--expire=now", "--all"],
                      ["gc", "-q", "--prune=now"]):
            subprocess.run(["git", "-C", str(self.repo), *words],
                           env=self.env, check=False,
                           stderr=subprocess.DEVNULL)

    def command(self, *words):
        return [CULPRIT, "-C", str(self.repo), *words]

    def run(self, *words, begin_only=False):
        """A command that should succeed; a demo only up to its start."""
        if begin_only:
            process = subprocess.Popen([CULPRIT, *words], env=self.env,
                                       stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            until("an engine", lambda: list(
                (self.repo / ".git/culprit").glob("*/lock")))
            process.kill()
            process.wait()
            return ""
        done = subprocess.run(self.command(*words), env=self.env, text=True,
                              capture_output=True, check=False)
        if done.returncode:
            raise Lost("%s: %s" % (words, done.stderr))
        return done.stdout

    # What is there.

    def events(self):
        """What the log shows now, which was acknowledged by that."""
        events = json.loads(self.run("log", "--format", "json"))["events"]
        for event in events:
            event.pop("undone", None)
        return events

    def acknowledge(self):
        self.known = self.events()

    def check(self):
        now = self.events()
        self.lost += sum(a != b for a, b in zip(self.known, now))
        self.lost += max(0, len(self.known) - len(now))
        said = {e.get("text") for e in now if e["kind"] == "note"}
        self.lost += len(set(self.notes) - said)
        self.known = now

    def last(self):
        """The number and kind of the last event, as cheap as can be."""
        try:
            db = sqlite3.connect("file:%s?mode=ro" % self.db, uri=True)
            try:
                row = db.execute("SELECT seq, kind FROM events"
                                 " ORDER BY seq DESC LIMIT 1").fetchone()
            finally:
                db.close()
            return row or (0, "")
        except sqlite3.Error:
            return (0, "")

    def processes(self):
        """Those of the session, by pid, with their environment."""
        mine = b"CULPRIT_SESSION=" + os.fsencode(self.dir) + b"\0"
        found = {}
        for path in pathlib.Path("/proc").glob("[0-9]*/environ"):
            environ = read_file(path)
            if mine in environ and alive(int(path.parent.name)):
                found[int(path.parent.name)] = environ
        return found

    def holder(self):
        """The engine that has the session, or 0."""
        words = read_file(self.dir / "lock").split()
        pid = int(words[0]) if words else 0
        return pid if pid and alive(pid) else 0

    # Who is at work.

    def start_engine(self):
        process = subprocess.Popen(
            self.command("run", "--batch"), env=self.env,
            stdout=open(self.folder / "said", "w"), stderr=subprocess.STDOUT)
        return process

    def start_screen(self):
        master, slave = pty.openpty()
        process = subprocess.Popen(self.command(), env=self.env, stdin=slave,
                                   stdout=slave, stderr=slave,
                                   start_new_session=True)
        os.close(slave)

        def drain():
            try:
                while os.read(master, 65536):
                    pass
            except OSError:
                pass
            os.close(master)

        threading.Thread(target=drain, daemon=True).start()
        return process

    def wait_for_a_state(self, ended):
        """In a state chosen at random, or after a random time."""
        wanted = self.random.choice(STATES + ["time", "time"])
        delay = self.random.uniform(0, 0.08)
        if wanted == "time":
            time.sleep(self.random.uniform(0, 0.6))
            return
        begin = self.last()[0]
        until("the state " + wanted, lambda: ended() or (
            lambda now: now[0] > begin and now[1] == wanted)(self.last()))
        time.sleep(delay)

    def still(self):
        """Nobody is left of an engine that was killed."""
        until("the children's end", lambda: not self.processes())

    def help(self):
        """What a person does who is asked, and knows what was killed."""
        status = json.loads(self.run("status", "--json"))
        said = self.run("status")
        if "lost connection" in said and "lost connection" not in self.told:
            self.told.add("lost connection")
            self.run("other", "lost connection to test machine")
        elif status.get("needs_person"):
            self.run("resume")

    def finish(self):
        """Undisturbed to the end; is the answer right, and all in order?"""
        for _ in range(40):
            engine = self.start_engine()
            try:
                code = engine.wait(PATIENCE)
            except subprocess.TimeoutExpired as trouble:
                raise Lost("it does not end") from trouble
            said = (self.folder / "said").read_text()
            if code == 2:
                self.help()
            elif code == 0:
                break
            else:
                raise Lost("it ended with %d: %s" % (code, said))
        self.check()
        wanted = "%s is the first bad commit" % self.answer()
        if wanted not in said:
            raise Lost("another answer: " + said)
        self.orderly()

    def leave(self):
        pass

    def orderly(self):
        runs = collections.Counter(
            (e["commit"], e["number"]) for e in self.known
            if e["kind"] == "run")
        twice = [run for run, count in runs.items() if count > 1]
        if twice:
            raise Lost("runs with two ends: %s" % twice)
        self.still()
        locks = [path for path in (self.repo / ".git").rglob("*.lock")
                 if path.name != "culprit-bisect.lock"]
        if locks:
            raise Lost("locks are left: %s" % locks)
        self.git("fsck", "--no-dangling")
        if len(self.git("worktree", "list").splitlines()) > 2:
            raise Lost("worktrees are left")


class Line(Session):
    """8 commits of one line, built and tested by a few words of shell."""

    verify = ["verify", "--runs", "4", "--no-revert"]
    verified = ": confirmed"

    def make(self, seed):
        top = pathlib.Path(__file__).resolve().parent.parent
        subprocess.run(["sh", "-c", '. "$0/cli/lib.sh"; line_repo "$1" 8',
                        str(top), str(self.repo)], env=self.env, check=True)
        settings = self.folder / "line.cfg"
        settings.write_text("""
title = "BUG: number too high";
policy = "syzkaller/2/2";
build: { command = "sleep 0.05; cp number kernel"; };
test: { command = "sleep 0.05; echo started; test $(cat kernel) -lt 5 ||
	echo BUG: number too high"; crash = "BUG: .*"; slots = 2; };
""")
        self.run("start", "-c", str(settings), "c8", "c1")

    def answer(self):
        return self.git("rev-parse", "c5")


class Guests(Session):
    """A line of commits, each a guest that is visited over ssh."""

    def make(self, seed):
        # the reproducer has one name on every peer, as in sshd.sh
        self.lock = open("/tmp/culprit-visit.lock", "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        top = pathlib.Path(__file__).resolve().parent.parent
        subprocess.run(["sh", str(top / "faults/guests.sh"), str(self.folder)],
                       env=self.env, check=True, stdout=subprocess.DEVNULL)
        self.run("start", "-c", str(self.folder / "guests.cfg"), "c16", "c1")

    def answer(self):
        return self.git("rev-parse", "c9")

    def leave(self):
        self.lock.close()


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
        return True
    except ProcessLookupError:
        return False


def kill_engines(session, kills, done):
    """The engine; then it is verified, and killed there."""
    verifying = False
    while done() < kills:
        engine = session.start_engine()
        until("an engine", lambda: session.holder() == engine.pid or
              engine.poll() is not None)
        session.wait_for_a_state(lambda: engine.poll() is not None)
        session.acknowledge()
        if engine.poll() is None and kill(engine.pid):
            engine.wait()
            yield
            session.still()
            session.check()
            if verifying:
                session.collect()
            continue
        if engine.returncode == 2:
            session.help()
        elif engine.returncode:
            raise Lost((session.folder / "said").read_text())
        elif verifying:
            break
        else:
            session.run(*session.verify)
            verifying = True
    session.finish()
    if verifying:
        said = (session.folder / "said").read_text()
        if session.verified not in said:
            raise Lost("not verified: " + said)


def kill_screens(session, kills, done):
    while done() < kills:
        screen = session.start_screen()
        found = lambda: json.loads(
            session.run("status", "--json"))["culprit"]
        until("an engine", lambda: session.holder() or found())
        engine = session.holder()
        session.wait_for_a_state(
            lambda: not session.holder() or screen.poll() is not None)
        session.acknowledge()
        if screen.poll() is not None:
            raise Lost("the screen ended by itself")
        kill(screen.pid)
        screen.wait()
        yield
        session.check()
        if found():
            break
        if engine and not session.holder() and not found():
            session.help()
    engine = session.holder()
    if engine:
        until("the engine's end", lambda: not session.holder())
    session.finish()


def kill_orders(session, kills, done):
    """Notes that are being written while the engine appends too."""
    engine = session.start_engine()
    while done() < kills:
        session.given += 1
        text = "note %d" % session.given
        order = subprocess.Popen(session.command("note", text),
                                 env=session.env, stdout=subprocess.DEVNULL)
        time.sleep(session.random.uniform(0, 0.03))
        if order.poll() is None and kill(order.pid):
            yield
        if order.wait() == 0:
            session.notes.append(text)
        if session.given % 8 == 0:
            session.check()
        if engine.poll() is not None:
            if engine.returncode == 0 and session.given > 24:
                break
            engine = session.start_engine()
    session.check()
    engine.terminate()
    engine.wait()
    session.finish()


def parent(pid):
    words = read_file("/proc/%d/stat" % pid).rpartition(b") ")[2].split()
    return int(words[1]) if len(words) > 1 else 0


def sshds(family):
    """They overwrite their environment, so they are known by descent."""
    for path in pathlib.Path("/proc").glob("[0-9]*/comm"):
        pid = above = int(path.parent.name)
        if read_file(path).strip() != b"sshd":
            continue
        while above > 1 and above not in family:
            above = parent(above)
        if above > 1:
            yield pid


def victims(session, kind):
    """Whom one can kill of a build or a run, a guest or its sshd."""
    family = session.processes()
    if kind == "sshd":
        return sorted(sshds(family))
    found = []
    for pid, environ in family.items():
        is_run = b"CULPRIT_RUN=" in environ
        name = read_file("/proc/%d/comm" % pid).strip()
        if kind == "build" and not is_run and name != b"git":
            found.append(pid)
        elif kind == "run" and is_run:
            found.append(pid)
        elif kind == "guest" and is_run and name != b"sshd":
            found.append(pid)
    return sorted(found)


def kill_work(kind):
    def work(session, kills, done):
        engine = session.start_engine()
        while done() < kills:
            if engine.poll() is not None:
                if engine.returncode == 0:
                    break
                if engine.returncode != 2:
                    raise Lost((session.folder / "said").read_text())
                session.help()
                engine = session.start_engine()
                continue
            time.sleep(session.random.uniform(0, 0.4))
            session.acknowledge()
            until("a victim", lambda: engine.poll() is not None or
                  victims(session, kind))
            pids = victims(session, kind)
            if pids and kill(session.random.choice(pids)):
                yield
            session.check()
        engine.terminate()
        engine.wait()
        session.finish()
    return work


KINDS = {
    "engine": (Session, kill_engines, 12),
    "screen": (Session, kill_screens, 10),
    "order": (Session, kill_orders, 40),
    "build": (Session, kill_work("build"), 6),
    "run": (Session, kill_work("run"), 8),
    "guest": (Guests, kill_work("guest"), 8),
    "sshd": (Guests, kill_work("sshd"), 8),
}


def sweep_up(session):
    for pid in {session.holder(), *session.processes()}:
        if pid:
            kill(pid)


def bisect(kind, seed, total, kills):
    """One session; counts its kills in total.  Returns (right, lost)."""
    world, work, most = KINDS[kind]
    if world is Session and "SMALL" in os.environ:
        world = Line
    folder = pathlib.Path(tempfile.mkdtemp(prefix="culprit-kills."))
    before = total[0]
    session = None
    try:
        session = world(folder, seed)
        for _ in work(session, min(kills - before, most),
                      lambda: total[0] - before):
            total[0] += 1
        return True, session.lost
    except Lost as trouble:
        print("# %s, seed %d: %s" % (kind, seed, trouble), file=sys.stderr)
        if "KEEP" in os.environ:
            shutil.copytree(folder, os.environ["KEEP"] + "/%s-%d" % (
                kind, seed), symlinks=True, dirs_exist_ok=True)
        return False, session.lost if session else 0
    finally:
        if session:
            sweep_up(session)
            session.leave()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    kind, kills, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    total, sessions, right, lost = [0], 0, 0, 0
    while total[0] < kills and sessions - right < 5:
        good, gone = bisect(kind, seed + sessions, total, kills)
        sessions += 1
        right += good
        lost += gone
    print("%-6s %3d kills, %d of %d sessions end right, lost "
          "acknowledgements %d" % (kind, total[0], right, sessions, lost))
    return 0 if right == sessions and lost == 0 else 1


if __name__ == "__main__":
    CULPRIT = os.path.realpath(CULPRIT)
    sys.exit(main())
