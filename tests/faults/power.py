#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The power is cut after each sync of a session's journal.

    power.py CULPRIT SESSION TAKEN [LOST]

TAKEN is what tests/faults/power.so kept while an engine was at work on
SESSION, with a copy of what there was before as TAKEN/before.  For each cut the session is put together from what the disk had taken
by then, and opened: each run and each build that it knows must have its whole
console and its whole log.  Files whose names end in LOST are never taken, as
if nobody had synced them.

Prints how many cuts there were, how many facts they knew all in all, and how
many of these had lost their evidence; and fails when there were any.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile


def states(session, taken, lost):
    """What the disk has, by path in the session, at each sync of the journal:
    the number of the copy."""
    data, names, before = {}, set(), None
    for line in (taken / "log").read_text().splitlines():
        number, path, *entries = line.split("\t")
        try:
            inside = pathlib.Path(path).relative_to(session)
        except ValueError:
            continue
        if number == "-2":
            continue
        if number == "-1":
            names |= {inside / name for name in entries}
            continue
        if lost and inside.name.endswith(lost):
            continue
        data[inside] = int(number)
        if inside.name.startswith("session.db"):
            names.add(inside)
            state = {path: number for path, number in data.items()
                     if path in names}
            if state != before:
                yield state
            before = state


def put_together(state, taken, folder):
    shutil.copytree(taken / "before", folder)
    for path, number in state.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(taken / str(number), place)


def evidence(event):
    if event["kind"] == "run":
        return "runs/%s/%d.console" % (event["commit"], event["number"])
    return "builds/%s.log" % event["commit"]


def main():
    culprit, session, taken = sys.argv[1], *map(pathlib.Path, sys.argv[2:4])
    lost = sys.argv[4] if len(sys.argv) > 4 else None
    session = session.resolve()
    cuts = facts = without = 0
    for state in states(session, taken, lost):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name) / "session"
            put_together(state, taken, folder)
            log = subprocess.run(
                [culprit, "--session-dir", folder, "log", "--format", "json"],
                check=True, capture_output=True, text=True).stdout
            cuts += 1
            for event in json.loads(log)["events"]:
                if event["kind"] not in ("run", "build"):
                    continue
                facts += 1
                file = evidence(event)
                whole = (session / file).read_bytes()
                left = folder / file
                if not left.exists() or left.read_bytes() != whole:
                    without += 1
    print("%d cuts, %d facts, %d without their evidence" % (
        cuts, facts, without))
    return 1 if without or not facts else 0


if __name__ == "__main__":
    sys.exit(main())
