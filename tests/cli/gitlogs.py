#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds `culprit replay` of logs of git bisect against another reading.

    gitlogs.py REPO SEED COUNT   real bisections in a new repository, each in
                                 all the shapes in which people hand logs on
    gitlogs.py --files FILE...   files with "#expect" lines, see below

$CULPRIT is the program.  The logs are git's own; what they say is read here
from their plain form, then they are quoted, wrapped, encoded, pasted together
with other texts, and culprit has to read the same out of them.  What culprit
exports, `git bisect replay` must take.

A file's first lines say what a careful reader finds in it:

    #expect culprit=H result=W fix=B unsure=LINE|no
    #expect H VERDICT SUBJECT

They are cut off before culprit sees the rest.
"""

import json
import os
import random
import re
import subprocess
import sys
import textwrap

AREAS = ["drm/amdgpu", "net", "x86/mm", "wifi: mt76", "ASoC: amd: acp",
         "Merge tag 'arm-soc-6.1' of git://git.kernel.org/pub/scm/linux",
         "selftests/bpf", "xfs", "Merge branch 'for-next' of", "f2fs"]
WORDS = ["fix", "the", "use-after-free", "of", "a", "per-VMA", "lock", "when",
         "#if", "[v2]", "good:", "bad:", "'quoted'", "==", "100%", "bisect",
         "git", "Zieliński", "größer", "(patches", "from", "Andrew)", "remove",
         "__vma_adjust()", "helper", "function", "to", "do", "it", "->poll"]


def run(*argv, repo=None, check=True, data=None):
    env = dict(os.environ, GIT_AUTHOR_NAME="A", GIT_AUTHOR_EMAIL="a@b.c",
               GIT_COMMITTER_NAME="A", GIT_COMMITTER_EMAIL="a@b.c")
    if repo:
        argv = ("git", "-C", repo, *argv)
    done = subprocess.run(argv, stdout=subprocess.PIPE, input=data,
                          stderr=subprocess.STDOUT, check=False, env=env)
    if check and done.returncode:
        sys.exit(f"{argv}: {done.stdout.decode()}")
    return done


def make_repo(repo, rng, count):
    """A history with merges; commit n has the mark n."""
    run("git", "init", "-q", repo)
    stream, heads = [], []
    for number in range(1, count + 1):
        subject = rng.choice(AREAS) + ": " + " ".join(
            rng.choice(WORDS) for _ in range(rng.randint(2, 9)))
        subject = subject[:rng.randint(20, 120)].strip()
        date = f"A <a@b.c> {1600000000 + number * 1000} +0000"
        parents = [rng.choice(heads[-3:])] if heads else []
        if len(heads) > 3 and rng.random() < 0.2:
            parents.append(rng.choice(heads[-6:]))
        parents = list(dict.fromkeys(parents))
        text = subject.encode()
        stream.append(f"commit refs/heads/side\nmark :{number}\n"
                      f"author {date}\ncommitter {date}\n"
                      f"data {len(text)}\n".encode() + text + b"\n")
        for place, parent in enumerate(parents):
            stream.append(f"{'merge' if place else 'from'} :{parent}\n"
                          .encode())
        stream.append(f"M 644 inline f{number % 7}\ndata <<E\n{number}\nE\n\n"
                      .encode())
        heads.append(number)
    stream.append(f"reset refs/heads/side\nfrom :{heads[-1]}\n".encode())
    run("fast-import", "--quiet", "--force", repo=repo, data=b"".join(stream))
    run("checkout", "-q", "side", repo=repo)


def bisect(repo, rng):
    """One bisection as git does it: its log, and what a terminal showed."""
    history = run("rev-list", "--first-parent", "side", repo=repo)
    line = history.stdout.decode().split()
    bad = line[rng.randint(0, 3)]
    good = line[-rng.randint(1, 3)]
    everything = run("rev-list", f"{good}..{bad}", repo=repo)
    culprit = rng.choice(everything.stdout.decode().split())
    newer, older = rng.choice([("bad", "good")] * 5 + [
        ("new", "old"), ("fixed", "broken"), ("slow", "fast"),
        ("ugly", "nice")])
    words = ["start"]
    if newer not in ("bad", "new"):
        words += [f"--term-new={newer}", f"--term-old={older}"]
    if rng.random() < 0.2:
        words.append("--first-parent")
    shown = []

    def order(*argv):
        done = run("bisect", *argv, repo=repo, check=False)
        shown.append("$ git bisect " + " ".join(argv))
        shown.extend(done.stdout.decode().rstrip("\n").split("\n"))
        return done

    run("bisect", "reset", repo=repo, check=False)
    style = rng.choice(["ends", "marks", "names"])
    if newer == "new" and style != "marks":
        newer, older = "bad", "good"
    if style == "ends":
        order(*words, bad, good)
    elif style == "names":
        run("tag", "-f", "v6", bad, repo=repo)
        run("tag", "-f", "v5", good, repo=repo)
        order(*words, "v6", "v5", "--")
    else:
        order(*words)
        order(older + "ish", "HEAD")
        order(newer, bad)
        order(older, good)
    for _ in range(60):
        log = run("bisect", "log", repo=repo).stdout.decode()
        if re.search(r"^# (first|only) ", log, re.M):
            break
        head = run("rev-parse", "HEAD", repo=repo).stdout.decode().strip()
        has = run("merge-base", "--is-ancestor", culprit, head, repo=repo,
                  check=False).returncode == 0
        if rng.random() < 0.15:
            order("skip")
        else:
            order(newer if has else older)
    log = run("bisect", "log", repo=repo).stdout.decode()
    run("bisect", "reset", repo=repo)
    return log, "\n".join(shown) + "\n"


class Reading:
    """What the plain form of a log says."""

    def __init__(self, log):
        self.marks, self.subjects, self.culprit = {}, {}, None
        self.result = None
        self.possible = []
        newer, older = "bad", "good"
        for line in log.split("\n"):
            comment = re.match(r"# (?:(possible )?(first) )?'?([\w-]+)'?"
                               r"(?: commit)?: \[([0-9a-f]{40})\] (.*)$", line)
            if line.startswith("git bisect start"):
                for word in re.findall(r"--term-new=([\w-]+)", line):
                    newer = word
                for word in re.findall(r"--term-old=([\w-]+)", line):
                    older = word
            if not comment:
                continue
            possible, first, term, commit, subject = comment.groups()
            self.subjects[commit] = re.sub(r"\s+", " ", subject).strip()
            if possible:
                self.possible.append(commit)
            elif first:
                self.culprit = commit
            else:
                self.marks.pop(commit, None)
                self.marks[commit] = term
        self.fix = newer == "fixed" or older == "broken"
        for commit, term in self.marks.items():
            if term == "skip":
                continue
            is_new = term in (newer, "new")
            self.marks[commit] = "bad" if is_new != self.fix else "good"


# Shapes: each makes the same log as somebody would hand it on.

def quoted(log, _):
    return "".join("> " + line + "\n" for line in log.splitlines())


def quoted_twice(log, _):
    return "On Monday somebody wrote:\n\n" + "".join(
        ">> " + line + "\n" for line in log.splitlines()) + "\nThanks!\n"


def barred(log, _):
    return "".join("| " + line + "\n" for line in log.splitlines())


def indented(log, _):
    return "".join("    " + line + "\n" for line in log.splitlines())


def dos(log, _):
    return log.replace("\n", "\r\n")


def no_end(log, _):
    return log.rstrip("\n")


def nbsp(log, _):
    return "".join("\xa0" + line.replace("# ", "#\xa0").replace(
        "git bisect", "git\xa0bisect") + "\n" for line in log.splitlines())


def latin(log, _):
    return log.encode("latin-1", "replace")


def wrapped(log, rng):
    width = rng.choice([72, 74, 76])
    return "\n".join(
        "\n".join(textwrap.wrap(line, width, break_long_words=False,
                                break_on_hyphens=False) or [""])
        for line in log.splitlines()) + "\n"


def flowed(log, rng):
    return re.sub(r"(?<=[^\n])\n(?=[^#g\n]|git:)", " \n", wrapped(log, rng))


def wrapped_quoted(log, rng):
    return quoted(wrapped(log, rng), rng)


def printable(log, _):
    out = ["Content-Transfer-Encoding: quoted-printable\n\n"]
    for line in log.splitlines():
        text = "".join(chr(b) if 32 <= b < 127 and b != 61 else f"={b:02X}"
                       for b in ("> " + line).encode())
        while len(text) > 76:
            at = 75
            while "=" in text[at - 2:at]:
                at -= 1
            out.append(text[:at] + "=\n")
            text = text[at:]
        out.append(text + "\n")
    return "".join(out)


def mail(log, _):
    return ("From: A <a@b.c>\nSubject: [REGRESSION] it does not boot\n"
            "Date: Mon, 1 Jan 2024 10:00:00 +0000\n\nHi,\n\nI ran git bisect "
            "good and hard, see below. git bisect says what follows.\n"
            "The log of git bisect is:\n\n" + log +
            "\nReverting it helps.\n\n-- \nA\n\ndiff --git a/f b/f\n"
            "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-bad: it\n+good: it\n")


def newest(log, _):
    return re.sub(r"^(# (?:possible )?first )([\w-]+)( commit)", r"\1'\2'\3",
                  log, flags=re.M)


def oldest(log, _):
    return re.sub(r"^git bisect ", "git-bisect ", log, flags=re.M)


def statuses(log, _):
    return re.sub(r"^(git bisect start.*\n)",
                  r"\1# status: waiting for both good and bad commits\n", log,
                  flags=re.M)


def remarks(log, _):
    return re.sub(r"^(git bisect \w+ [0-9a-f]{40})$",
                  r"\1\n# took three boots\n#\n(it hung once)", log,
                  flags=re.M)


def squeezed(log, _):
    return "root@box:/usr/src/linux# git bisect log" + log.replace(
        "\n# ", "# ").replace("\ngit", "git")


def reflowed(log, _):
    return "\n".join(textwrap.wrap(log.replace("\n", " "), 74,
                                   break_long_words=False,
                                   break_on_hyphens=False)) + "\n"


def twice(log, rng):
    return log + "\nIn reply to the above:\n\n" + quoted(log, rng)


def bulleted(log, _):
    return "```\n" + "".join("* " + line + "\n"
                             for line in log.splitlines()) + "```\n"


def coloured(log, _):
    return "".join("\033[33m" + line + "\033[0m\n"
                   for line in log.splitlines())


SHAPES = [quoted, quoted_twice, barred, indented, dos, no_end, nbsp, latin,
          wrapped, flowed, wrapped_quoted, printable, mail, newest, oldest,
          statuses, remarks, squeezed, reflowed, twice, bulleted, coloured]
LOSSY = {latin: lambda text: text.encode("latin-1", "replace")
         .decode("latin-1"),
         squeezed: None, reflowed: None, nbsp: None}


class Comparison:
    def __init__(self):
        self.count = self.wrong = 0

    def same(self, where, what, ours, theirs):
        self.count += 1
        if ours != theirs:
            self.wrong += 1
            print(f"{where}: {what}: {ours!r} is printed for {theirs!r}")


def replay(path, *words):
    done = subprocess.run([os.environ["CULPRIT"], "replay", *words, path],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    return done.stdout


def compare(see, where, path, reading, subject_of, unsure=None):
    told = json.loads(replay(path, "--json"))
    marks = {step["commit"]: step["verdict"] for step in told["steps"]
             if step["verdict"]}
    see.same(where, "format", told["format"], "git")
    see.same(where, "marks", list(marks.items()), list(reading.marks.items()))
    see.same(where, "by", {step["by"] for step in told["steps"]
                           if step["verdict"]} - {"import"}, set())
    see.same(where, "culprit", told["culprit"], reading.culprit)
    see.same(where, "result", told["result"],
             reading.result or ("found" if reading.culprit else "only-skipped"
                                if reading.possible else "none"))
    see.same(where, "possible", sorted(told["candidates"]),
             sorted(reading.possible))
    see.same(where, "fix", told["fix"], reading.fix)
    see.same(where, "unsure", told["unsure_line"], unsure)
    if subject_of:
        for step in told["steps"]:
            if step["commit"] in reading.subjects and step["verdict"]:
                see.same(where, "subject", step["subject"],
                         subject_of(reading.subjects[step["commit"]]))


def write(path, text):
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())


def real(repo, seed, count):
    rng = random.Random(seed)
    see = Comparison()
    make_repo(repo, rng, 60)
    for number in range(count):
        log, shown = bisect(repo, rng)
        reading = Reading(log)
        write("plain.txt", log)
        compare(see, f"{number} plain", "plain.txt", reading, str)
        for shape in rng.sample(SHAPES, 6):
            name = f"{number}-{shape.__name__}.txt"
            write(name, shape(log, rng))
            subject_of = LOSSY.get(shape, str)
            compare(see, name, name, reading, subject_of)
        write("shown.txt", shown + "$ git bisect log\n" + log)
        compare(see, f"{number} shown", "shown.txt", reading, str)
        write("again.txt", replay("plain.txt", "--export", "git"))
        status, theirs = replayed(repo, "plain.txt")
        own_status, ours = replayed(repo, "again.txt")
        see.same(f"{number} export", "status", own_status, status)
        for what in ("culprit", "marks", "possible"):
            see.same(f"{number} export", what, getattr(ours, what),
                     getattr(theirs, what))
    return see


def replayed(repo, path):
    """What git makes of a log."""
    done = run("bisect", "replay", os.path.abspath(path), repo=repo,
               check=False)
    reading = Reading(run("bisect", "log", repo=repo).stdout.decode())
    run("bisect", "reset", repo=repo)
    return done.returncode, reading


def files(paths):
    see = Comparison()
    for path in paths:
        with open(path, "rb") as file:
            lines = file.read().split(b"\n")
        reading, told, unsure = Reading(""), {}, None
        while lines[0].startswith(b"#expect "):
            words = lines.pop(0).decode().split(" ", 3)[1:]
            pairs = dict(w.split("=") for w in " ".join(words).split()
                         if "=" in w)
            if "result" in pairs:
                told = pairs
                reading.culprit = told.get("culprit")
                reading.result = told["result"]
                reading.fix = told.get("fix") == "yes"
                if told.get("unsure", "no") != "no":
                    unsure = int(told["unsure"])
                continue
            if words[1] == "possible":
                reading.possible.append(words[0])
                continue
            reading.marks[words[0]] = words[1]
            if len(words) > 2:
                reading.subjects[words[0]] = words[2]
        write("file.txt", b"\n".join(lines))
        compare(see, os.path.basename(path), "file.txt", reading, str, unsure)
    return see


def main():
    if sys.argv[1] == "--files":
        see = files(sys.argv[2:])
    else:
        see = real(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    print(see.count, "fields compared")
    sys.exit(bool(see.wrong) or not see.count)


main()
