#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds `culprit replay` against another reading of the same log.

    replay.py LOG...      fields of syzbot logs, and the journal's events
    replay.py --cut LOG   the same log cut at every STEPth byte: it comes back

$CULPRIT is the program.  Prints each difference; fails on any.  The reading
here knows only what the seeds have, and shares nothing with the program.
"""

import json
import os
import re
import subprocess
import sys

HEX = r"[0-9a-f]{40}"
OUTCOMES = {
    "OK": "ok",
    "crashed": "crashed",
    "boot failed": "boot-failed",
    "basic kernel testing failed": "test-failed",
    "infra problem": "infra",
    "ignore": "ignored",
    "failed": "infra",
}


def culprit(*argv):
    done = subprocess.run([os.environ["CULPRIT"], "replay", *argv],
                          stdout=subprocess.PIPE, check=False)
    return done.stdout


def outcome_of(text):
    word, _, title = text.partition(": ")
    return OUTCOMES[word], title or None


class Step:
    def __init__(self, commit):
        self.commit = commit
        self.runs = []
        self.all = None
        self.signature = self.compiler = self.verdict = None
        self.left = self.steps = self.chosen = self.subject = None
        self.errors = []
        self.details = {}


def read(lines):
    """Blocks of tests by commit, and what stands at the end."""
    steps, order = {}, []
    head = {"to": [], "cc": []}
    current = last = numbers = None
    state = ""
    for line in lines:
        if state == "report":
            continue
        begin = re.match(rf"testing commit ({HEX})(?: with (.*)| (\w+))?$",
                         line)
        mark = re.match(rf"# git bisect (good|bad|skip) ({HEX})$", line)
        start = re.match(rf"# git bisect start ({HEX}) ({HEX})$", line)
        left = re.match(r"Bisecting: (\d+) revisions? left to test after this "
                        r"\(roughly (\d+) steps?\)$", line)
        chosen = re.match(rf"\[({HEX})\] (.*)$", line)
        run = re.match(r"(run #(\d+)|all runs): (.*)$", line)
        if begin:
            current = Step(begin.group(1))
            current.compiler = begin.group(2)
            if chosen_for := head.pop("chosen", None):
                assert chosen_for[0] == current.commit, line
                current.chosen, current.subject = chosen_for[1:]
            steps[current.commit] = current
            order.append(current)
            state = "build"
        elif line.startswith("compiler: "):
            current.compiler = line[len("compiler: "):]
        elif line.startswith("kernel signature: "):
            current.signature = line.split()[-1]
            state = ""
        elif run:
            outcome = outcome_of(run.group(3))
            if run.group(1) == "all runs":
                current.all = outcome
            else:
                assert int(run.group(2)) == len(current.runs), line
                current.runs.append(outcome)
            state = "run" if outcome[1] else ""
        elif start:
            steps[start.group(1)].verdict = "bad"
            last = steps[start.group(2)]
            last.verdict = "good"
            state = ""
        elif mark:
            last = steps[mark.group(2)]
            last.verdict = mark.group(1)
            state = ""
        elif left:
            numbers = int(left.group(1)), int(left.group(2))
            last.left, last.steps = numbers
            state = ""
        elif chosen:
            head["chosen"] = (chosen.group(1), numbers, chosen.group(2))
        elif re.match(rf"{HEX} is the first bad commit$", line):
            head["culprit"] = line[:40]
            state = "git"
        elif line.startswith("culprit signature: "):
            head["own"] = line.split()[-1]
            state = ""
        elif line.startswith("parent  signature: "):
            head["parent"] = line.split()[-1]
        elif line.startswith("revisions tested: "):
            head["totals"] = re.match(
                r"revisions tested: (\d+), total time: (\S+) "
                r"\(build: (\S+), test: (\S+)\)$", line).groups()
        elif re.match(r"(recipients \(to\)|recipients \(cc\)|cc): ", line):
            where = "cc" if line.startswith(("cc", "recipients (cc)")) else "to"
            head[where] = re.findall(r'"([^"]*)"', line)
        elif line.startswith("crash: "):
            head["crash"] = line[len("crash: "):]
            state = "report"
        elif " starts bisection " in line:
            head["host"], head["started"] = line.split(" starts bisection ")
        elif line.startswith("building syzkaller on "):
            head["tool"] = line.split()[-1]
        elif state == "build":
            current.errors.append(line)
        elif state == "run" and not line.startswith("testing release "):
            current.details.setdefault(len(current.runs) - 1, []).append(line)
    return order, head


class Comparison:
    def __init__(self, name):
        self.name = name
        self.wrong = 0
        self.count = 0

    def same(self, what, ours, theirs):
        self.count += 1
        if ours != theirs:
            self.wrong += 1
            print(f"{self.name}: {what}: {ours!r} is printed for {theirs!r}")


def compare_step(see, step, told):
    name = step.commit[:12]
    runs = [(run["outcome"], run["title"]) for run in told["runs"]]
    if step.all:
        see.same(f"{name} assumed", told["runs_assumed"], True)
        see.same(f"{name} runs", set(runs), {step.all})
        see.same(f"{name} count", len(runs) in (10, 20), True)
    else:
        see.same(f"{name} assumed", told["runs_assumed"], False)
        see.same(f"{name} runs", runs, step.runs)
        see.same(f"{name} numbers", [run["number"] for run in told["runs"]],
                 list(range(len(step.runs))))
    details = {run["number"]: run["detail"].split("\n")
               for run in told["runs"] if run["detail"] is not None}
    see.same(f"{name} details", details, step.details)
    see.same(f"{name} verdict", told["verdict"], step.verdict)
    see.same(f"{name} by", told["by"], "import")
    see.same(f"{name} left", (told["left"], told["steps_left"]),
             (step.left, step.steps))
    see.same(f"{name} before", (told["left_before"], told["steps_before"]),
             step.chosen or (None, None))
    see.same(f"{name} signature", told["signature"], step.signature)
    see.same(f"{name} compiler", told["compiler"], step.compiler)
    see.same(f"{name} build", told["build"],
             "failed" if step.errors else "ok")
    see.same(f"{name} error", told["build_error"],
             "\n".join(step.errors) or None)
    if step.subject:
        see.same(f"{name} subject", told["subject"], step.subject)


def compare(path):
    see = Comparison(os.path.basename(path))
    with open(path, encoding="utf-8") as file:
        text = file.read()
    order, head = read(text.split("\n"))
    told = json.loads(culprit("--json", path))
    see.same("steps", [step["commit"] for step in told["steps"]],
             [step.commit for step in order])
    for step, step_told in zip(order, told["steps"]):
        compare_step(see, step, step_told)
    see.same("result", told["result"], "found")
    see.same("culprit", told["culprit"], head["culprit"])
    see.same("own", told["culprit_signature"], head["own"])
    see.same("parent", told["parent_signature"], head["parent"])
    see.same("totals", (str(told["revisions_tested"]), told["total_time"],
                        told["build_time"], told["test_time"]), head["totals"])
    see.same("recipients", told["recipients"],
             {"to": head["to"], "cc": head["cc"]})
    see.same("host", (told["host"], told["started"]),
             (head.get("host"), head.get("started")))
    see.same("tool", told["tool"], head["tool"])
    see.same("crash", told["crash"], head["crash"])
    see.same("sure", told["unsure_line"], None)
    compare_journal(see, path, text)
    return see


def compare_journal(see, path, text):
    """Every line is in some event, and the whole log comes out of them."""
    events = json.loads(culprit("--export", "json", path))["events"]
    see.same("verdicts", sum(e["kind"] == "verdict" for e in events),
             len(re.findall(r"^# git bisect (?:good|bad|skip) ", text, re.M))
             + 2)
    see.same("signatures", sum(e["kind"] == "build" and bool(e["signature"])
                               for e in events),
             len(re.findall(r"^kernel signature: ", text, re.M)))
    notes = [(e["number"], e["text"]) for e in events if e["kind"] == "note"]
    lines = text.split("\n")
    for number, note in notes:
        count = note.count("\n") + 1
        see.same(f"note at line {number}", note,
                 "\n".join(lines[number - 1:number - 1 + count]))
    see.same("round trip", culprit("--export", "syzbot", path),
             text.encode())


def cut(path, step):
    with open(path, "rb") as file:
        whole = file.read()
    see = Comparison("cut " + os.path.basename(path))
    for length in range(0, len(whole), step):
        with open("cut.txt", "wb") as file:
            file.write(whole[:length])
        see.same(f"at byte {length}",
                 culprit("--export", "syzbot", "cut.txt"), whole[:length])
    return see


def main():
    if sys.argv[1] == "--cut":
        seen = [cut(sys.argv[2], int(sys.argv[3]))]
    else:
        seen = [compare(path) for path in sys.argv[1:]]
    print(sum(see.count for see in seen), "fields compared")
    sys.exit(any(see.wrong for see in seen) or not all(s.count for s in seen))


main()
