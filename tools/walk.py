"""Looks for stacks that are younger than the plans of random requests: `python tools/walk.py --requests 100 --compiles 200 --seed 13`.

Each request whose plan is not the youngest of all is walked as `tests/index/walk.py` says; a line tells of each, the last one of all.
"""

from __future__ import annotations

import argparse
import sys
import time
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests" / "index")]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--compiles", type=int, default=200, help="how often uv is asked for one request at most")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--first", type=int, default=0, help="number of the first request")
    options = parser.parse_args()
    from chance import planned
    from walk import Walk

    started, walked, beaten, compiles, left, youngest = time.monotonic(), 0, 0, 0, 0, 0
    for number in count(options.first):
        if walked == options.requests:
            break
        walk = Walk(planned(options.seed, number), options.compiles)
        if walk.cost == (0, 0):
            youngest += 1
            continue
        better = walk.better()
        walked, beaten, compiles, left = walked + 1, beaten + bool(better), compiles + walk.compiles, left + bool(walk.left)
        print(f"{number}: {walk.cost[1]} days, {walk.compiles} compiles, {walk.left} questions left, {time.monotonic() - started:.0f} s", flush=True)
        if better:
            print(f"  {walk.case.told}\n  {better}", flush=True)
    print(f"{walked} requests walked ({youngest} more were the youngest of all), {beaten} beaten, {compiles} compiles, {left} with questions left")
    return 1 if beaten else 0


if __name__ == "__main__":
    sys.exit(main())
