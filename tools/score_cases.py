"""Scores `explain` on labelled cases in one process, with all signatures and without those known from the case's own thread alone.

usage: PYTHONPATH=src python tools/score_cases.py CASES.jsonl [--misses] [--only SUBSTRING] [--without-own]
Each line of CASES.jsonl: {"id", "log", "facts", "accept", "also", "benign", "thread"}.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from drivetrain.cli.session import Session
from drivetrain.workflows.explaining import Question, explained
from drivetrain.workflows.logs import Log


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases")
    parser.add_argument("--misses", action="store_true", help="print every miss")
    parser.add_argument("--only", default="", help="the cases whose accepted causes have this in their names")
    parser.add_argument("--without-own", action="store_true", help="leave out what is known from the case's own thread alone")
    parser.add_argument("--cache-dir")
    options = parser.parse_args()
    cases = [json.loads(line) for line in Path(options.cases).read_text(encoding="utf-8").splitlines()]
    cases = [case for case in cases if not options.only or any(options.only in each for each in case["accept"])]
    first = third = told = benign = alarms = fixless = untypable = 0
    for case in cases:
        without = case["thread"] if options.without_own else None
        question = Question(given=case["facts"], probe=False, settings=Session(offline=True, cache_dir=options.cache_dir), without=without)
        done = explained(Log([(case["log"] + "\n").encode()]), question)
        names = [each.cause for each in done.causes]
        right = set(case["accept"]) | set(case["also"])
        good = bool(names) and names[0] in right
        first += good
        third += bool(right & set(names[:3]))
        said = bool(done.causes) and done.causes[0].benign
        benign += case["benign"]
        told += case["benign"] and said
        alarms += said and not case["benign"]
        fixless += bool(done.causes) and not said and not done.causes[0].fix
        untypable += bool(done.causes) and not said and not any(fix.commands or fix.edit for fix in done.causes[0].fix)
        if options.misses and not good:
            shown = [(each.cause, each.confidence) for each in done.causes[:4]]
            print(f"MISS {case['id']}: want {'|'.join(sorted(right))} got {shown}")
    count = len(cases)
    print(
        f"cases {count}  top-1 {first} = {first / count:.3f}  top-3 {third} = {third / count:.3f}  benign told {told}/{benign}"
        f"  faults called benign {alarms}  without a fix {fixless}  with nothing to type {untypable}"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
