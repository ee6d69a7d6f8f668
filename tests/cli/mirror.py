#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mixes git bisect and culprit at random, in one worktree, on random graphs.

    mirror.py REPO CASES [SEED]

REPO is made by `next.py make REPO random`; $CULPRIT is the program.  After
each order, whoever it was given to, both must agree: on the ends, the skipped
commits, the commit to test, git's numbers, and the end.  git is asked by `git
bisect next` in the session's worktree.  Prints the story of what differed, and
fails; also when the cases were too dull to prove much.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import next as graphs_of  # noqa: E402

CULPRIT = os.environ["CULPRIT"]


def run(*argv):
    return subprocess.run(argv, stdout=subprocess.PIPE, check=False,
                          stderr=subprocess.STDOUT, text=True)


class Differs(Exception):
    pass


class Case:
    """One session, and the truth: from which commit on it is newer."""

    def __init__(self, repo, graph, rng, place):
        self.repo, self.graph, self.rng = repo, graph, rng
        self.dir = os.path.join(place, "session")
        self.work = os.path.join(self.dir, "worktree")
        self.story = []
        self.fix = rng.random() < 0.25
        self.kinds = {"git": 0, "culprit": 0}
        self.replays = 0
        self.kills = 0

    def culprit(self, *words):
        done = run(CULPRIT, "-C", self.repo, "--session-dir", self.dir, *words)
        self.story.append("culprit %s (%d)\n%s"
                          % (" ".join(words), done.returncode, done.stdout))
        return done

    def git(self, *words):
        done = run("git", "-C", self.work, *words)
        self.story.append("git %s (%d)\n%s"
                          % (" ".join(words), done.returncode, done.stdout))
        return done

    def begin(self):
        while True:
            bad, goods = graphs_of.draw(self.graph, self.rng, False)
            if not goods or bad in goods:
                continue
            if self.fix:
                goods = goods[:1]
            below = set()
            for good in goods:
                below |= self.graph.below(good)
            suspects = sorted(self.graph.below(bad) - below)
            if len(suspects) > 2:
                break
        self.guilty = self.rng.choice(suspects)
        ids = self.graph.ids
        ends = ([ids[goods[0]], ids[bad]] if self.fix
                else [ids[bad], *[ids[g] for g in goods]])
        words = ["start"] + (["--fix"] if self.fix else [])
        if self.rng.random() < 0.2:
            words.append("--first-parent")
        done = self.culprit(*words, *ends)
        if done.returncode:
            raise Differs("start failed")

    def is_new(self, commit):
        return self.guilty in self.graph.below(commit)

    def number(self, oid):
        return self.graph.ids.index(oid)

    def word(self, commit, for_git):
        new = self.is_new(commit)
        if self.fix:
            return (("fixed" if new else "broken") if for_git
                    else ("good" if new else "bad"))
        return "bad" if new else "good"

    def some_commit(self, status):
        """Under test, or any: of these git takes a mark as well."""
        if status["testing"] and self.rng.random() < 0.7:
            return self.number(status["testing"])
        return self.rng.randrange(len(self.graph.ids))

    def step(self, status):
        if self.order(status) and self.status()["paused"]:
            self.culprit("resume")

    def order(self, status):
        """True: it may have taken back a resume, or a pause again."""
        commit = self.some_commit(status)
        oid = self.graph.ids[commit]
        bare = oid == status["testing"] and self.rng.random() < 0.7
        rev = [] if bare else [oid]
        draw = self.rng.random()
        if self.rng.random() < 0.5:
            self.kinds["git"] += 1
            if draw < 0.2:
                self.git("bisect", "skip", *rev)
            elif draw < 0.3:
                self.replay()
            elif draw < 0.34 and status["state"] != "found":
                self.git("bisect", "reset")
                self.culprit("status")
                self.culprit("resume")
            else:
                self.git("bisect", self.word(commit, True), *rev)
            return False
        self.kinds["culprit"] += 1
        if draw < 0.15:
            self.culprit("skip", *rev)
        elif draw < 0.25:
            self.culprit("undo")
            return True
        elif draw < 0.32 and status["steps"]:
            step = self.rng.choice(status["steps"])
            self.culprit("retract", step["commit"])
        elif draw < 0.36:
            self.culprit("redo")
            return True
        elif draw < 0.46:
            self.kill([self.word(commit, False), *rev])
        elif draw < 0.5:
            self.kill(["undo"])
            return True
        else:
            self.culprit(self.word(commit, False), *rev)
        return False

    def kill(self, words):
        """An order that is killed at any moment; git marks nothing."""
        before = self.by_git()
        done = subprocess.Popen(
            [CULPRIT, "-C", self.repo, "--session-dir", self.dir, *words],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            done.wait(self.rng.random() * 0.15)
        except subprocess.TimeoutExpired:
            done.kill()
            self.kills += 1
        done.wait()
        self.story.append("killed culprit %s\n" % " ".join(words))
        # git, its child, may still be at work and hold its locks
        for _ in range(200):
            try:
                self.status()
                break
            except Differs:
                pass
        self.expect("marks by git", before, self.by_git())

    def by_git(self):
        return run(CULPRIT, "--session-dir", self.dir,
                   "log").stdout.count("(by git)")

    def replay(self):
        """As git's manual has it: a mark is taken out of the log."""
        lines = self.git("bisect", "log").stdout.splitlines(True)
        marks = [n for n, line in enumerate(lines)
                 if re.match(r"git bisect (?!start)", line)]
        if not marks:
            return
        del lines[self.rng.choice(marks)]
        path = os.path.join(self.dir, "edited.log")
        with open(path, "w", encoding="utf-8") as out:
            out.writelines(lines)
        self.git("bisect", "replay", path)
        self.replays += 1

    def refs(self):
        out = run("git", "-C", self.work, "for-each-ref",
                  "--format=%(refname) %(objectname)", "refs/bisect").stdout
        new, old = ("fixed", "broken") if self.fix else ("bad", "good")
        found = {"new": [], "old": [], "skip": []}
        for line in out.splitlines():
            if not re.match(r"refs/bisect/\S+ [0-9a-f]+$", line):
                raise Differs("git says of its refs: " + line)
            name, oid = line.split()
            name = name[len("refs/bisect/"):]
            if name == new:
                found["new"].append(oid)
            elif name == old + "-" + oid:
                found["old"].append(oid)
            elif name == "skip-" + oid:
                found["skip"].append(oid)
            else:
                raise Differs("a ref that nobody knows: " + name)
        return found

    def read(self, name):
        path = run("git", "-C", self.work, "rev-parse", "--git-path",
                   name).stdout.strip()
        try:
            with open(os.path.join(self.work, path), encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def status(self):
        done = subprocess.run(
            [CULPRIT, "-C", self.repo, "--session-dir", self.dir, "status",
             "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, check=False)
        if "not in step" in done.stderr:
            raise Differs(done.stderr)
        return json.loads(done.stdout)

    def expect(self, what, ours, theirs):
        if ours != theirs:
            raise Differs("%s: culprit has %s, git %s" % (what, ours, theirs))

    def compare(self):
        """Both are in step; then what does git want next?"""
        status = self.status()
        self.story.append("state %s testing %s left %s\n"
                          % (status["state"], status["testing"],
                             status["left"]))
        if status["paused"]:
            raise Differs("the session is paused")
        refs = self.refs()
        new = status["good"] if self.fix else status["bad"]
        old = status["bad"] if self.fix else status["good"]
        if status["state"] != "merge-base-bad":
            self.expect("newer end", [new] if new else [], refs["new"])
        self.expect("older ends", sorted(old), sorted(refs["old"]))
        if status["testing"]:
            self.expect("expected", status["testing"],
                        self.read("BISECT_EXPECTED_REV").strip())
            self.expect("HEAD", status["testing"],
                        self.git("rev-parse", "HEAD").stdout.strip())
        log = run(CULPRIT, "--session-dir", self.dir, "log", "--format",
                  "git").stdout
        self.expect("log", log, self.git("bisect", "log").stdout)
        if new and old:
            self.compare_next(status)
        return status

    def compare_next(self, status):
        said = self.git("bisect", "next")
        state = status["state"]
        if state == "test":
            self.expect("next", status["testing"],
                        self.git("rev-parse", "HEAD").stdout.strip())
            left = re.search(r"Bisecting: (\d+) revision", said.stdout)
            if left and not status["merge_base"]:
                self.expect("left", status["left"], int(left.group(1)))
        elif state == "found":
            found = re.search("([0-9a-f]{40}) is the first", said.stdout)
            self.expect("culprit", status["culprit"],
                        found.group(1) if found else said.stdout)
        elif state == "only-skipped":
            self.expect("exit", 2, said.returncode)
            self.expect("candidates", sorted(status["candidates"]),
                        sorted(re.findall(r"^[0-9a-f]{40}$", said.stdout,
                                          re.M)))
        elif state == "needs-good":
            self.expect("exit", True, said.returncode != 0)
        else:
            raise Differs("state " + state)

    def play(self):
        self.begin()
        # along first parents there may be a single suspect, and no worktree
        while self.status()["state"] == "found":
            shutil.rmtree(self.dir)
            self.story.clear()
            self.begin()
        status = self.compare()
        for _ in range(self.rng.randint(4, 12)):
            self.step(status)
            status = self.compare()
            if status["state"] == "found" and self.rng.random() < 0.5:
                break
        return status["state"]

    def end(self):
        run(CULPRIT, "-C", self.repo, "--session-dir", self.dir, "reset")


def main():
    repo, cases = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    graphs = [g for g in graphs_of.load(repo) if len(g.ids) > 5]
    states, wrong, replays, kills = {}, 0, 0, 0
    kinds = {"git": 0, "culprit": 0}
    for number in range(seed, seed + cases):
        rng = random.Random(number)
        place = tempfile.mkdtemp(dir=".")
        case = Case(os.path.abspath(repo), rng.choice(graphs), rng,
                    os.path.abspath(place))
        try:
            state = case.play()
            states[state] = states.get(state, 0) + 1
        except Differs as difference:
            wrong += 1
            print("case %d: %s\n%s" % (number, difference,
                                       "".join(case.story)[-6000:]))
        case.end()
        shutil.rmtree(place)
        replays += case.replays
        kills += case.kills
        for kind, count in case.kinds.items():
            kinds[kind] += count
        if wrong > 3:
            break
    print("%d cases, %d differ; orders: %s, replays: %d, killed: %d; ends: %s"
          % (cases, wrong, kinds, replays, kills, states))
    dull = min(kinds.values()) < cases or (cases > 10 and
                                           "found" not in states)
    sys.exit(1 if wrong or dull else 0)


if __name__ == "__main__":
    main()
